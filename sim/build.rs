//! Tells the command line which build it is: the commit, and whether what is compiled is what the commit has.
//!
//! The word is `COMMIT-clean`, `COMMIT-dirty-HASH` with a hash of what differs, or `unknown` without git. Only what is
//! compiled is looked at, and only when that or the commit changes is it looked at again.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is compiled into the binary.
const COMPILED: [&str; 13] = [
    "Cargo.lock",
    "Cargo.toml",
    "core/Cargo.toml",
    "core/base",
    "core/src",
    "guests/cojson",
    "sim/Cargo.toml",
    "sim/build.rs",
    "sim/guest",
    "sim/src",
    "sim/testbed",
    "sim/viewer/dist",
    "sim/world",
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    // Git appends a line to logs/HEAD whenever the commit changes.
    let of_git = ["HEAD", "logs/HEAD"].map(|name| git(root, &["rev-parse", "--git-path", name]));
    let of_git = of_git.into_iter().flatten().map(|path| text(&path));
    for path in COMPILED.map(str::to_owned).into_iter().chain(of_git) {
        // What is watched and missing would be taken for changed each time.
        if root.join(&path).exists() {
            println!("cargo:rerun-if-changed={}", root.join(path).display());
        }
    }
    println!("cargo:rustc-env=COSIM_BUILD={}", build(root).unwrap_or_else(|| "unknown".to_owned()));
}

/// The word for this build; `None` where git cannot tell.
fn build(root: &Path) -> Option<String> {
    // The sources may lie in a repository of something else.
    let top = text(&git(root, &["rev-parse", "--show-toplevel"])?);
    if fs::canonicalize(top).ok()? != fs::canonicalize(root).ok()? {
        return None;
    }
    let commit = text(&git(root, &["rev-parse", "HEAD"])?);
    let commit = commit.get(..12)?;
    let changed =
        git(root, &[&["diff", "--name-only", "-z", "--no-renames", "HEAD", "--"], &COMPILED[..]].concat())?;
    let added =
        git(root, &[&["ls-files", "--others", "--exclude-standard", "-z", "--"], &COMPILED[..]].concat())?;
    let mut differs: Vec<u8> = Vec::new();
    for path in [changed, added].concat().split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
        let name = String::from_utf8_lossy(path);
        match fs::read(root.join(&*name)) {
            Ok(bytes) => differs.extend([format!("{name}\0{}\0", bytes.len()).into_bytes(), bytes].concat()),
            Err(_) => differs.extend(format!("{name}\0gone\0").bytes()),
        }
    }
    if differs.is_empty() {
        return Some(format!("{commit}-clean"));
    }
    let hash = asked(root, &["hash-object", "--stdin"], &differs)?;
    Some(format!("{commit}-dirty-{}", text(&hash).get(..12)?))
}

fn git(root: &Path, args: &[&str]) -> Option<Vec<u8>> {
    asked(root, args, &[])
}

/// What git answers; `None` where there is none, or no repository.
fn asked(root: &Path, args: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut git = Command::new("git");
    let git = git.arg("-C").arg(root).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut git = git.stderr(Stdio::null()).spawn().ok()?;
    // What git does not read before it ends is no loss: how it ended tells.
    let _ = std::io::Write::write_all(&mut git.stdin.take()?, input);
    let output = git.wait_with_output().ok()?;
    output.status.success().then_some(output.stdout)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}
