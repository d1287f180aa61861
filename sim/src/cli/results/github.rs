//! What GitHub shows of results: annotations at the lines of scenarios, and the summary of a step.

use super::{Case, Failed, Found, Results};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// GitHub shows so many errors of a step, and drops the rest without a word.
const ANNOTATIONS_MAX: usize = 10;

/// GitHub takes no summary that is longer.
const SUMMARY_BYTES_MAX: usize = 1 << 20;

/// How many failures have a row in the table of a summary.
const ROWS_MAX: usize = 200;

/// A command for GitHub for each failure, the worst first. Where there are more than are shown, the last says how many.
pub(super) fn annotations(results: &Results) -> Vec<String> {
    let failed = results.failed();
    let shown = if failed.len() > ANNOTATIONS_MAX { ANNOTATIONS_MAX - 1 } else { failed.len() };
    let mut all: Vec<String> =
        failed.iter().take(shown).map(|(case, failed)| annotation(case, failed)).collect();
    if failed.len() > shown {
        all.push(format!("::error title=cosim::{} more scenarios failed", failed.len() - shown));
    }
    all
}

fn annotation(case: &Case, failed: &Failed) -> String {
    let path = case.path.display().to_string();
    let again = failed.run.as_ref().map(|run| format!("\n{}", run.again)).unwrap_or_default();
    format!(
        "::error file={},line={},title={}::{}",
        property(&path),
        line(&case.path, &path, failed),
        property(&format!("{}: {}", failed.kind, short(&case.path))),
        data(&format!("{}{again}", failed.message))
    )
}

/// Where in the scenario it is shown: at the mistake in a bad file, and at what was expected where that is not met.
fn line(path: &Path, name: &str, failed: &Failed) -> usize {
    let place = format!("--> {name}:");
    let said = failed.details.lines().find_map(|line| line.split_once(&place));
    let said = said.and_then(|(_, place)| place.split(':').next()?.trim().parse().ok());
    let expected = || {
        let text =
            fs::read_to_string(path).ok().filter(|_| failed.details.contains("expectation not met"))?;
        text.lines().position(|line| line.contains("\"expect\"")).map(|before| before + 1)
    };
    said.or_else(expected).unwrap_or(1)
}

fn short(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Text as the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as a property of one.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The results in Markdown: what failed in a table, and the failures that were cut down with their logs and drawings.
pub(super) fn summary(results: &Results) -> String {
    let failed = results.failed();
    let count = |is: fn(&Found) -> bool| results.cases.iter().filter(|case| is(&case.found)).count();
    let passed = count(|found| matches!(found, Found::Passed));
    let skipped = count(|found| matches!(found, Found::Skipped(_)));
    let not_played = if skipped > 0 { format!(", {skipped} not played") } else { String::new() };
    let mut out =
        format!("### cosim {}\n\n{passed} passed, {} failed{not_played}\n", results.command, failed.len());
    if failed.is_empty() {
        return out;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\n| scenario | seed | what | again |\n|---|---|---|---|");
    for (case, failed) in failed.iter().take(ROWS_MAX) {
        let run = failed.run.as_ref();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            cell(&case.path.display().to_string()),
            run.map_or_else(String::new, |run| run.seed.to_string()),
            cell(&format!("{}: {}", failed.kind, failed.message)),
            run.map_or_else(String::new, |run| format!("`{}`", cell(&run.again))),
        );
    }
    if failed.len() > ROWS_MAX {
        let _ = writeln!(out, "\n{} more failed.", failed.len() - ROWS_MAX);
    }
    let mut left = 0;
    for (case, failed) in &failed {
        let Some(small) = &failed.small else { continue };
        let part = format!(
            "\n<details><summary>{}, cut down to its causes: {}</summary>\n\n{}\n\n{}\n</details>\n",
            escaped(&short(&case.path)),
            escaped(&small.size),
            fenced("mermaid", &small.mermaid),
            fenced("", &small.log),
        );
        if out.len() + part.len() + 200 > SUMMARY_BYTES_MAX {
            left += 1;
        } else {
            out.push_str(&part);
        }
    }
    if left > 0 {
        let _ = writeln!(out, "\n{left} more runs were cut down, and are too long to be shown here.");
    }
    out
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    escaped(text).replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A block of text: with a fence that is not in it.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

/// Adds to the summary of the step, to which other commands may add, too.
pub(super) fn add_summary(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}
