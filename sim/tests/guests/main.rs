//! Guests as nodes of scenarios, from the command line. What needs no more than a Rust toolchain is in `naming`; the rest
//! is ignored unless it is asked for, as `.ci/run` does: `sample` and `versions` need Python 3, `package` Node.js and npm.

mod naming;
mod package;
mod sample;
mod versions;

use assert_cmd::Command;
use std::path::{Path, PathBuf};

/// The root of the repository, in which commands are run.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What a command printed, and how it ended.
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs `cosim` for somebody who has installed nothing, or whose home is elsewhere.
fn cosim_at(home: &Path, args: &[&str]) -> Told {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    // What lies in that home stands in for a program of the same name.
    let path = std::env::join_paths([home.to_owned()].into_iter().chain(paths())).expect("paths");
    command.env("PATH", path);
    let output = command.current_dir(root()).env("HOME", home).args(args).output().expect("it runs");
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    Told { code: output.status.code(), out, err }
}

/// Where this process looks for programs.
fn paths() -> Vec<PathBuf> {
    let all = std::env::vars_os().find(|(name, _)| name == "PATH").map(|(_, path)| path);
    std::env::split_paths(&all.unwrap_or_default()).collect()
}

fn cosim(args: &[&str]) -> Told {
    cosim_at(tempfile::tempdir().expect("a folder").path(), args)
}

/// A scenario in a file of its own.
fn written(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("story.json");
    std::fs::write(&path, text).expect("a file in it");
    let path = path.to_str().expect("a plain path").to_owned();
    (folder, path)
}
