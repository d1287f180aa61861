//! The README: what it says that commands print is what they print.

use assert_cmd::Command;
use cosim::snapshot::{self, SCENARIO};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The blocks of one language, in order.
fn blocks<'a>(readme: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    readme.split(begin.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// What `cosim` prints in a folder: first the data, then the talk, without progress.
fn printed(folder: &Path, args: &str) -> String {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    // As for somebody who has installed nothing.
    let output = command.current_dir(folder).env("HOME", folder).args(args.split(' ')).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let talk = err.lines().filter(|line| !line.starts_with("shrinking: "));
    out + &talk.map(|line| format!("{line}\n")).collect::<String>()
}

/// A line of three dots stands for any lines.
fn check(sample: &str, printed: &str) {
    let mut rest = printed;
    for part in sample.split("...\n") {
        let at = rest.find(part).unwrap_or_else(|| panic!("not printed, or not here:\n{part}\nbut:\n{rest}"));
        rest = &rest[at + part.len()..];
    }
}

/// A copy of a scenario as `my-story.json`, with something else in place of what it says.
fn my_story(scenario: &str, says: &str, instead: &str) -> tempfile::TempDir {
    let story = read(scenario);
    assert_eq!(story.matches(says).count(), 1, "{scenario}: {says}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my-story.json"), story.replace(says, instead)).unwrap();
    folder
}

#[test]
fn samples_are_what_commands_print() {
    let readme = read("README.md");
    let faulty = r#""alice": { "mutations": ["ack-without-applying"] }"#;
    let silent = r#""edge": { "mutations": ["never-retransmit"] }"#;
    assert!(readme.contains(faulty) && readme.contains(silent), "the README plants these faults");
    let violated = my_story("scenarios/faults/wiped-server.json", r#""alice": {}"#, faulty);
    let hunted = my_story("scenarios/faults/storm.json", r#""edge": {}"#, silent);

    let mut commands = 0;
    for block in blocks(&readme, "text") {
        let Some((command, sample)) = block.strip_prefix("$ cosim ").and_then(|block| block.split_once('\n'))
        else {
            continue;
        };
        let verb = command.split(' ').next().unwrap_or_default();
        let folder = match verb {
            "run" if command.ends_with("my-story.json") => violated.path().to_owned(),
            "run" => root(),
            "sweep" | "shrink" => hunted.path().to_owned(),
            // The collection is played by a test of its own, and mistakes have snapshots of their own.
            "test" | "check" => continue,
            _ => panic!("cosim {command}: nothing checks this sample"),
        };
        check(sample, &printed(&folder, command));
        commands += 1;
    }
    assert_eq!(commands, 7, "samples of commands");
}

#[test]
fn excerpts_are_what_runs_print() {
    let readme = read("README.md");
    let excerpt = |begin: &str| {
        let mut found = blocks(&readme, "text").into_iter().filter(|block| block.starts_with(begin));
        found.next().expect("the README shows it")
    };
    let storm = printed(&root(), "run scenarios/faults/storm.json --log");
    assert!(storm.ends_with(excerpt("Everything at once")), "{storm}");
    check(
        excerpt("      0.000s  alice -x server"),
        &printed(&root(), "run scenarios/faults/heavy-loss.json --log"),
    );
}

#[test]
fn the_first_scenario_and_the_number_of_all_are_right() {
    let readme = read("README.md");
    assert!(blocks(&readme, "json").contains(&read("scenarios/basics/hello.json").as_str()));
    let names = snapshot::files(&root().join("scenarios"), SCENARIO).unwrap();
    let is_of_guests = |name: &PathBuf| {
        let path = snapshot::path(&root().join("scenarios"), name, SCENARIO);
        std::fs::read_to_string(path).unwrap().contains("\"guest\": ")
    };
    let (guests, ours): (Vec<_>, Vec<_>) = names.into_iter().partition(is_of_guests);
    let said = format!("\n{} passed, 0 failed, {} not played\n", ours.len(), guests.len());
    assert!(readme.contains(&said), "it should say{said}");
}
