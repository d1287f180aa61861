//! The documents: what they point at exists, what they promise is what is checked, and they stand alone.

use crate::repository::{File, file, files, root};
use crate::{lines, settle};

/// The documents beside those in `docs`.
const DOCUMENTS: [&str; 4] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/// How many words a new maintainer reads in ten minutes.
const ARCHITECTURE_WORDS: usize = 1_500;

/// What marks the two commands in the README that `.ci/run` runs.
const BEGIN: &str = "<!-- set-up: begin -->";
const END: &str = "<!-- set-up: end -->";

fn documents() -> Vec<File> {
    DOCUMENTS.iter().map(|path| file(path)).chain(files("docs", ".md")).collect()
}

#[test]
fn the_architecture_is_a_page() {
    let words = file("ARCHITECTURE.md").text.split_whitespace().count();
    assert!(words <= ARCHITECTURE_WORDS, "ARCHITECTURE.md has {words} words; move what is too much to docs");
}

/// A document that nothing leads to is not read.
#[test]
fn the_book_has_every_document() {
    let summary = file("docs/SUMMARY.md").text;
    let named = |path: &str| path == "SUMMARY.md" || summary.contains(&format!("]({path})"));
    let lost =
        files("docs", ".md").into_iter().filter(|file| !file.path.strip_prefix("docs/").is_some_and(named));
    settle(&lost.map(|file| format!("docs/SUMMARY.md: no link to {}", file.path)).collect::<Vec<_>>());
}

#[test]
fn set_up_is_two_commands_and_ci_runs_them() {
    let readme = file("README.md").text;
    let (_, rest) = readme.split_once(BEGIN).expect("the README marks where the set-up begins");
    let (block, after) = rest.split_once(END).expect("the README marks where the set-up ends");
    assert!(!after.contains(BEGIN), "the README has one set-up block");
    let commands: Vec<&str> =
        block.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("```")).collect();
    let [main, test] = commands.as_slice() else { panic!("the set-up is two commands, not {commands:?}") };
    assert!(main.starts_with("cargo run --release -p cosim -- run scenarios/"), "{main}");
    assert!(main.contains(" --log"), "{main}");
    assert_eq!(*test, "cargo test");
    let ci = file(".ci/run").text;
    assert!(ci.contains(BEGIN) && ci.contains(END), ".ci/run reads the commands from the README");
}

/// In the documents, and in the examples of `cosim --help`.
#[test]
fn every_scenario_named_exists() {
    let mut complaints = Vec::new();
    for file in documents().into_iter().chain([file("sim/src/cli.rs")]) {
        for (number, line) in lines(&file) {
            for path in
                paths_in(line).filter(|path| path.starts_with("scenarios/") && path.ends_with(".json"))
            {
                if !root().join(path).is_file() {
                    complaints.push(format!("{}:{number}: there is no {path}", file.path));
                }
            }
        }
    }
    settle(&complaints);
}

/// Paths in backticks that begin with a folder of ours.
#[test]
fn every_path_named_exists() {
    const FOLDERS: [&str; 6] = ["core/", "sim/", "docs/", "scenarios/", "snapshots/", ".ci/"];
    let mut complaints = Vec::new();
    for file in documents() {
        for (number, line) in lines(&file) {
            let quoted = line.split('`').skip(1).step_by(2);
            for path in quoted.filter(|text| FOLDERS.iter().any(|folder| text.starts_with(folder))) {
                let path = path.trim_end_matches('/');
                let is_plain = paths_in(path).eq([path]);
                if is_plain && !path.ends_with("my-story.json") && !root().join(path).exists() {
                    complaints.push(format!("{}:{number}: there is no {path}", file.path));
                }
            }
        }
    }
    settle(&complaints);
}

/// Runs of characters that a path may have.
fn paths_in(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || "/._-".contains(c))).filter(|part| !part.is_empty())
}

#[test]
fn every_link_leads_somewhere() {
    let mut complaints = Vec::new();
    for file in documents() {
        for (number, line) in lines(&file) {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if !leads_somewhere(&file, target) {
                    complaints.push(format!("{}:{number}: the link to {target} leads nowhere", file.path));
                }
            }
        }
    }
    settle(&complaints);
}

fn leads_somewhere(from: &File, target: &str) -> bool {
    if target.contains("://") {
        return true;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let path = if path.is_empty() { from.path.clone() } else { beside(&from.path, path) };
    if !root().join(&path).exists() {
        return false;
    }
    anchor.is_none_or(|anchor| headings(&file(&path)).any(|heading| heading == anchor))
}

/// The path, from the root, that a document calls `target`.
fn beside(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchors of a document's headings.
fn headings(document: &File) -> impl Iterator<Item = String> {
    let titles = document.text.lines().filter_map(|line| line.strip_prefix('#'));
    titles.map(|title| {
        let title = title.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

/// Nothing refers to a machine on which it was written.
#[test]
fn the_project_stands_alone() {
    // The folder in which this was built is one, wherever that is.
    const PLACES: [&str; 4] = [env!("CARGO_MANIFEST_DIR"), "/home/", "/root/", "/tmp/"];
    let mut all = documents();
    all.push(file(".ci/run"));
    all.extend(files("core", ".rs"));
    all.extend(files("sim", ".rs").into_iter().filter(|file| !file.path.starts_with("sim/tests/")));
    all.extend(files("scenarios", ".json"));
    let mut complaints = Vec::new();
    for file in &all {
        for (number, line) in lines(file) {
            for place in PLACES.iter().filter(|place| line.contains(**place)) {
                complaints.push(format!("{}:{number}: {place}: a path of one machine", file.path));
            }
        }
    }
    settle(&complaints);
}

/// Every dependency has its reason in the table.
#[test]
fn every_dependency_has_a_reason() {
    let manifest = file("Cargo.toml").text;
    let (_, rest) = manifest.split_once("[workspace.dependencies]").expect("a table of dependencies");
    let table = rest.split("\n[").next().unwrap_or_default();
    let names = table.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim());
    let reasons = file("docs/dependencies.md").text;
    let missing = names.filter(|name| !name.starts_with("cosim-") && !reasons.contains(&format!("`{name}`")));
    settle(&missing.map(|name| format!("docs/dependencies.md: no reason for `{name}`")).collect::<Vec<_>>());
}
