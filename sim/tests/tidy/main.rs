//! The repository's hygiene as a test: sources, documents and the scripts that go with them.
//!
//! Nothing here looks at what the code does; each test names the place, the rule, and why there is one.

mod bugs;
mod documents;
mod modules;
mod repository;
mod sources;
mod tables;

use repository::File;

/// Fails with every complaint at once, so that one run shows all there is to do.
#[track_caller]
fn settle(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} things to tidy:\n{}", complaints.len(), complaints.join("\n"));
}

/// The lines of a file, with their numbers as editors count them.
fn lines(file: &File) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(file.text.lines())
}
