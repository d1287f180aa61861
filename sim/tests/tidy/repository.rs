//! The files of the repository, by path from its root.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Its path from the root, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let sim = Path::new(env!("CARGO_MANIFEST_DIR"));
    sim.parent().expect("the crate lies in the workspace").to_owned()
}

/// One file.
pub(crate) fn file(path: &str) -> File {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    File { path: path.to_owned(), text }
}

/// Every file under a folder with this ending, in order of path; none where there is no such folder.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<File> {
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    let mut found: Vec<File> = paths
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| file(&relative(&path)))
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Every Rust file: of both crates, their tests, examples and benches, and of the probe.
pub(crate) fn rust() -> Vec<File> {
    let mut found = files("core", ".rs");
    found.extend(files("sim", ".rs"));
    found
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry that was listed").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            walk(&path, paths);
        } else if path.is_file() {
            paths.push(path);
        }
    }
}

fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("everything was found under the root");
    inside.to_string_lossy().replace('\\', "/")
}
