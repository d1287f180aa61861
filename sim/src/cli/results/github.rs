//! What GitHub shows of results: annotations at the lines of scenarios, and the summary of a step.

use super::{Case, Failed, Found, Results};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// GitHub shows so many errors of a step, and drops the rest without a word.
const ANNOTATIONS_MAX: usize = 10;

/// GitHub takes no summary of a step that is longer.
const SUMMARY_BYTES_MAX: usize = 1 << 20;

/// Room for the line that says what did not fit.
const LAST_LINE_BYTES: usize = 200;

/// How many failures have a row in the table of a summary.
const ROWS_MAX: usize = 200;

/// How many characters a cell of the table has: rows are no place for more, and so they fit whatever is in them.
const CELL_MAX: usize = 500;

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

/// The results in Markdown, in so many bytes at most: what failed in a table, and the failures that were cut down with their
/// logs and drawings, as far as they fit.
fn summary(results: &Results, bytes_max: usize) -> String {
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
        if out.len() + part.len() + LAST_LINE_BYTES > bytes_max {
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
    let shown: String = text.chars().take(CELL_MAX).collect();
    let cut = if shown.len() < text.len() { "…" } else { "" };
    escaped(&format!("{shown}{cut}")).replace('|', "\\|").replace(['\n', '\r'], " ")
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

/// Adds to the summary of the step, to which other commands may add, too: what they have left of it. Where that is not enough
/// for the table, nothing is added.
pub(super) fn add_summary(path: &Path, results: &Results) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let used = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let bytes_max = SUMMARY_BYTES_MAX.saturating_sub(used);
    let text = summary(results, bytes_max);
    if text.len() > bytes_max {
        return Err(io::Error::other("other commands of this step have filled it"));
    }
    file.write_all(text.as_bytes())
}

/// Adds a text as it is to the summary of the step, as many lines as there is room for.
pub(super) fn add_text(path: &Path, heading: &str, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let used = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut left = SUMMARY_BYTES_MAX.saturating_sub(used).saturating_sub(heading.len() + LAST_LINE_BYTES);
    let fits = |line: &&str| {
        let is_room = line.len() < left;
        left = left.saturating_sub(line.len() + 1);
        is_room
    };
    let shown: Vec<&str> = text.lines().take_while(fits).collect();
    let cut = if shown.len() < text.lines().count() { "\nMore is too long to be shown here.\n" } else { "" };
    write!(file, "### cosim {heading}\n\n{}\n{cut}", fenced("", &shown.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::super::{FailedRun, Small};
    use super::*;
    use crate::cli::exit::Exit;
    use std::path::PathBuf;

    /// So many failures, whose logs are of this many bytes.
    fn results(failures: usize, bytes: usize) -> Results {
        let case = |number| Case {
            path: PathBuf::from(format!("scenarios/story-{number:03}.json")),
            found: Found::Failed(Failed {
                exit: Exit::Violated,
                kind: "violated",
                message: "<|>".repeat(1000),
                details: String::new(),
                run: Some(FailedRun { seed: number, key: None, again: "cosim run ".repeat(1000) }),
                small: Some(Small::sample("x".repeat(bytes))),
            }),
        };
        Results { command: "sweep", cases: (0..failures as u64).map(case).collect() }
    }

    #[test]
    fn a_summary_is_cut_on_purpose() {
        let whole = summary(&results(3, 1000), SUMMARY_BYTES_MAX);
        assert!(whole.len() < SUMMARY_BYTES_MAX && whole.matches("<details>").count() == 3);
        assert!(!whole.contains("too long"), "{whole}");
        let cut = summary(&results(4, 300_000), SUMMARY_BYTES_MAX);
        assert!(cut.len() <= SUMMARY_BYTES_MAX, "{}", cut.len());
        assert_eq!((cut.matches("<details>").count(), cut.matches("</details>").count()), (3, 3));
        assert!(cut.ends_with("\n1 more runs were cut down, and are too long to be shown here.\n"));
        // However many fail, and whatever they say, the table fits.
        let many = summary(&results(2000, 300_000), SUMMARY_BYTES_MAX);
        assert!(many.len() <= SUMMARY_BYTES_MAX, "{}", many.len());
        assert!(many.contains("\n1800 more failed.\n"));
    }

    #[test]
    fn a_step_has_one_summary_for_all_its_commands() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("summary.md");
        for _ in 0..4 {
            add_summary(&path, &results(1, 300_000)).expect("it can be written");
        }
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(text.len() <= SUMMARY_BYTES_MAX && text.matches("### cosim sweep").count() == 4);
        assert_eq!((text.matches("<details>").count(), text.matches("too long to be shown").count()), (3, 1));
        fs::write(&path, "x".repeat(SUMMARY_BYTES_MAX)).expect("it can be written");
        assert!(add_summary(&path, &results(1, 1)).is_err(), "it is full");
        fs::write(&path, "").expect("it can be written");
        add_text(&path, "findings", "1 new\n").expect("it can be written");
        add_text(&path, "findings", &"a line of it\n".repeat(100_000)).expect("it can be written");
        let text = fs::read_to_string(&path).expect("it is there");
        assert!(
            text.starts_with(
                "### cosim findings\n\n```\n1 new\n```\n### cosim findings\n\n```\na line of it\n"
            )
        );
        assert!(
            text.ends_with("```\n\nMore is too long to be shown here.\n") && text.len() <= SUMMARY_BYTES_MAX
        );
    }
}
