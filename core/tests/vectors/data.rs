//! The recorded files: those beside this test, or those of the folder that `COSIM_VECTORS` names.

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file that holds a list.
#[derive(serde::Deserialize)]
pub(crate) struct List<T> {
    count: usize,
    vectors: Vec<T>,
}

/// All vectors of the list in the file `name`, of 0.7.35.
pub(crate) fn list<T: DeserializeOwned>(name: &str) -> Vec<T> {
    find(name).unwrap_or_else(|| panic!("there is no {name}"))
}

/// The same of both versions, each with its name. A folder of one's own need not have both.
pub(crate) fn lists<T: DeserializeOwned>(name: &str) -> Vec<(&'static str, Vec<T>)> {
    let both = [("0.7", Some(list(name))), (TODAY, todays(name))];
    both.into_iter().filter_map(|(version, vectors)| Some((version, vectors?))).collect()
}

/// The same of today's version only. A folder of one's own need not have it.
pub(crate) fn todays<T: DeserializeOwned>(name: &str) -> Option<Vec<T>> {
    let vectors = find(&format!("{TODAY}/{name}"));
    assert!(vectors.is_some() || !is_own(), "there is no {TODAY}/{name}");
    vectors
}

/// The version that people run, as its folder is called.
pub(crate) const TODAY: &str = "0.20";

fn find<T: DeserializeOwned>(name: &str) -> Option<Vec<T>> {
    let mut paths = ["json", "json.gz"].map(|end| root().join(format!("{name}.{end}"))).into_iter();
    let path = paths.find(|path| path.exists())?;
    let list: List<T> = parse(&path);
    assert_eq!(list.vectors.len(), list.count, "{}: `count` says how many", path.display());
    assert!(list.count > 0, "{}: nothing to check", path.display());
    Some(list.vectors)
}

/// Every recorded run of 0.7.35, with its path: those of `transcripts`, then those of `lockstep`.
pub(crate) fn runs<T: DeserializeOwned>() -> Vec<(String, T)> {
    runs_in(&["transcripts", "lockstep"])
}

/// The same, then those of today's version.
pub(crate) fn all_runs<T: DeserializeOwned>() -> Vec<(String, T)> {
    runs_in(&["transcripts", "lockstep", "0.20/lockstep"])
}

fn runs_in<T: DeserializeOwned>(folders: &[&str]) -> Vec<(String, T)> {
    let mut runs = Vec::new();
    for folder in folders {
        let folder = root().join(folder);
        // A folder of one's own need not have those of today's version.
        if folder.starts_with(root().join(TODAY)) && !folder.exists() && !is_own() {
            continue;
        }
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.expect("an entry that was listed").path()).collect();
        paths.sort();
        runs.extend(paths.iter().map(|path| (path.display().to_string(), parse(path))));
    }
    assert!(!runs.is_empty(), "no recorded runs");
    runs
}

/// Whether these are the files that are here.
fn is_own() -> bool {
    std::env::var_os("COSIM_VECTORS").is_none()
}

fn root() -> PathBuf {
    match std::env::var_os("COSIM_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/data"),
    }
}

fn parse<T: DeserializeOwned>(path: &Path) -> T {
    serde_json::from_str(&text(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    let read = if path.extension() == Some(OsStr::new("gz")) {
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text)
    } else {
        bytes.as_slice().read_to_string(&mut text)
    };
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text
}
