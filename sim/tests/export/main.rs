//! `cosim export`: every form is what its reader takes, by the reader's own rules. Each rule is shown to fail on a file
//! that breaks it.

#![expect(clippy::unwrap_used, reason = "a test says where it failed")]

mod command_line;
mod csv;
#[path = "../capsule/drawn.rs"]
mod drawn;
mod laws;
mod mermaid;
mod perfetto;
mod samples;
mod shiviz;
mod svg;
mod written;

/// What is wrong with a file, in words.
type Checked = Result<(), String>;

/// Complains if something does not hold.
fn must(holds: bool, rule: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(rule()) }
}

/// That a check finds a fault, and says so in these words.
#[track_caller]
fn finds(found: &Checked, rule: &str) {
    let Err(found) = found else { panic!("nothing was found, but expected: {rule}") };
    assert!(found.contains(rule), "found `{found}`, not `{rule}`");
}

/// A text with something else in one place.
#[track_caller]
fn broken(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "there is no `{from}` to break in:\n{text}");
    text.replacen(from, to, 1)
}
