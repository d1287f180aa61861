//! Guests in Python.

use cosim_guest::Launch;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file of the repository.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// How a guest of the repository is started.
pub(crate) fn guest(path: &str, args: &[&str]) -> Launch {
    need_python();
    let path = file(path).to_string_lossy().into_owned();
    Launch::new("python3", [path.as_str()].iter().chain(args).copied())
}

/// The guest that documents point to.
pub(crate) fn last_writer(args: &[&str]) -> Launch {
    guest("guests/last-writer/guest.py", args)
}

/// Without Python these tests would say nothing, and must not seem to have passed.
#[track_caller]
fn need_python() {
    let version = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    assert!(version.is_ok_and(|status| status.success()), "the tests of guests need `python3` in PATH");
}
