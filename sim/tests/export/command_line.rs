//! `cosim export` as a user meets it.

use crate::samples::{STORY, VIOLATED, story, written};
use cosim_testbed::export::Format;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

#[track_caller]
fn check(folder: &Path, arguments: &str, code: i32) -> (String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    command.current_dir(folder).args(arguments.split_whitespace());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let [out, err] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(status.code(), Some(code), "{out}{err}");
    (out, err)
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("story.json"), STORY).unwrap();
    fs::write(folder.path().join("violated.json"), VIOLATED).unwrap();
    folder
}

/// From a scenario, from its log, and to a file: the same bytes.
#[test]
fn a_scenario_and_its_log_are_exported_alike() {
    let here = folder();
    let (log, _) = check(here.path(), "run story.json --seed 3 --log --json", 0);
    fs::write(here.path().join("log.jsonl"), log).unwrap();
    for format in Format::ALL {
        let name = format.name();
        let (out, err) = check(here.path(), &format!("export story.json --seed 3 --format {name}"), 0);
        assert_eq!((out.as_str(), err.as_str()), (written(&story(), format).as_str(), ""));
        let (of_log, _) = check(here.path(), &format!("export log.jsonl --format {name}"), 0);
        assert_eq!(of_log, out);
        let (silent, err) = check(here.path(), &format!("export log.jsonl --format {name} -o in/a/file"), 0);
        assert_eq!((silent.as_str(), err), ("", format!("in/a/file: {} bytes\n", out.len())));
        assert_eq!(fs::read_to_string(here.path().join("in/a/file")).unwrap(), out);
    }
}

/// A failure is exported as any other run, and so is the folder that it was kept in.
#[test]
fn a_failure_is_exported() {
    let here = folder();
    let (out, err) = check(here.path(), "export violated.json --format mermaid", 0);
    assert!(err.starts_with("note: the run does not hold: "), "{err}");
    assert!(out.contains("VIOLATED#58; "), "{out}");
    check(here.path(), "run violated.json --out kept", 3);
    let kept = fs::read_dir(here.path().join("kept")).unwrap().next().unwrap().unwrap().file_name();
    let kept = kept.into_string().unwrap();
    let (of_folder, _) = check(here.path(), &format!("export kept/{kept} --format mermaid"), 0);
    assert!(of_folder.contains("VIOLATED#58; "), "{of_folder}");
    let (of_log, _) = check(here.path(), &format!("export kept/{kept}/log.jsonl --format csv"), 0);
    assert!(of_log.starts_with("event,at_us,kind,"), "{of_log}");
}

#[test]
fn mistakes_are_explained() {
    let here = folder();
    let (_, err) = check(here.path(), "export story.json --format png", 2);
    assert!(err.contains("the formats are `perfetto`, `shiviz`, `mermaid`, `svg`, `csv`"), "{err}");
    let (_, err) = check(here.path(), "export story.json", 2);
    assert!(err.contains("--format <perfetto|shiviz|mermaid|svg|csv>"), "{err}");
    let (_, err) = check(here.path(), "export nothing.json --format csv", 2);
    assert!(err.contains("cannot read nothing.json") && err.contains("hint: is the path right?"), "{err}");
    fs::write(here.path().join("other.jsonl"), "{}\n").unwrap();
    let (_, err) = check(here.path(), "export other.jsonl --format csv", 2);
    assert!(err.contains("it is no event log") && err.contains("hint: write the log anew"), "{err}");
    let (_, err) = check(here.path(), "export other.jsonl --format csv --seed 3", 2);
    assert!(err.contains("--seed says how to play a scenario") && err.contains("hint: "), "{err}");
    fs::create_dir(here.path().join("empty")).unwrap();
    let (_, err) = check(here.path(), "export empty --format csv", 2);
    assert!(err.contains("empty is a folder without"), "{err}");
    let (_, err) = check(here.path(), "export story.json --format csv -o empty", 2);
    assert!(err.contains("cannot write empty"), "{err}");
}
