//! Snapshots of scenarios: which files there are, and what is in one.
//!
//! A snapshot is a file in insta's format, below a folder of its own, at the same relative path as its scenario. One
//! function renders it ([`cosim_testbed::report::snapshot`]); `cargo test` checks it through insta and `cosim test` through
//! [`read`], and either writes the same bytes.

use cosim_testbed::capsule;
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, run};
use cosim_testbed::scenario::Scenario;
use cosim_testbed::whole;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the name of a scenario file ends with.
pub const SCENARIO: &str = "json";

/// What the name of a snapshot file ends with.
pub const SNAPSHOT: &str = "snap";

/// What of a kept failure is played, without the ending.
const PLAYED: [&str; 2] = ["scenario", "shrunk"];

/// What insta writes in this repository. Nothing reads it, and a constant keeps the files of every writer equal.
const HEADER: &str = "---\nsource: sim/tests/snapshots/collection.rs\n---\n";

/// Plays a scenario with the seed in its file, and keeps as much of the log as a snapshot holds.
pub fn play(scenario: &Scenario) -> Outcome {
    run(scenario, scenario.seed, Options::logged(report::SNAPSHOT_LOG))
}

/// The files below a folder whose names end so, sorted: paths relative to the folder, without the ending. Links to
/// folders are not followed, and what begins with a dot is passed over, as is what a kept failure has beside its scenario.
pub fn files(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(relative) = folders.pop() {
        for entry in fs::read_dir(folder.join(&relative))? {
            let entry = entry?;
            let (name, path) = (entry.file_name(), relative.join(entry.file_name()));
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending)
                && !is_endless(&entry.path())
            {
                found.push(path.with_extension(""));
            }
        }
    }
    let is_played = |name: &Path| name.file_name().is_some_and(|name| PLAYED.iter().any(|it| name == *it));
    let is_beside = |name: &PathBuf| {
        let kept = folder.join(name).parent().is_some_and(capsule::is_kept);
        ending == SCENARIO && kept && !is_played(name)
    };
    found.retain(|name| !is_beside(name));
    found.sort();
    Ok(found)
}

/// Whether reading it may never end: it is a pipe or a device.
pub fn is_endless(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The path of the file of that name below a folder: the other way round than [`files`].
pub fn path(folder: &Path, name: &Path, ending: &str) -> PathBuf {
    let mut path = folder.join(name).into_os_string();
    path.push(".");
    path.push(ending);
    path.into()
}

/// The text in a snapshot; `None` where there is no such file.
pub fn read(path: &Path) -> io::Result<Option<String>> {
    match insta::Snapshot::from_file(path) {
        Ok(snapshot) => match snapshot.as_text() {
            Some(text) => Ok(Some(text.to_string())),
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "it holds no text")),
        },
        Err(_) if !path.exists() => Ok(None),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
    }
}

/// Whether cosim has written this file.
pub fn is_ours(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.starts_with(HEADER.as_bytes()))
}

/// Whether the text of a snapshot is that of a run: as insta sees it, what is blank at the end aside.
pub fn agrees(kept: &str, rendered: &str) -> bool {
    kept.trim_end() == rendered.trim_end()
}

/// All that is in the file of a snapshot with this text.
pub fn file_text(rendered: &str) -> String {
    format!("{HEADER}{}\n", rendered.trim_end())
}

/// Writes a snapshot.
pub fn write(path: &Path, rendered: &str) -> io::Result<()> {
    whole::write(path, &file_text(rendered))
}
