//! `cosim.toml`: what it says holds here and below, a command line goes before it, and a mistake in it is told.

use assert_cmd::Command;
use std::fs;
use std::path::Path;

const STORY: &str = r#"{ "version": 1, "about": "Alice is alone.", "nodes": { "alice": {} },
    "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }] }"#;

fn repository(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    for inside in ["stories/below", "kept", "elsewhere"] {
        fs::create_dir_all(path.join(inside)).expect("a folder in it");
    }
    for file in ["stories/alone.json", "elsewhere/other.json"] {
        fs::write(path.join(file), STORY).expect("a file in it");
    }
    fs::write(path.join("cosim.toml"), config).expect("a file in it");
    folder
}

fn cosim(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cosim")).current_dir(folder).args(args).output();
    let output = output.expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const ALL: &str = "scenarios = \"stories\"\nsnapshots = \"kept\"\nseeds = \"0..3\"\nformat = \"json\"\n";

#[test]
fn it_says_where_scenarios_and_snapshots_are_and_how_to_test() {
    let repository = repository(ALL);
    let root = repository.path();
    let (code, out, err) = cosim(root, &["test", "--update"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with('{') && out.contains("alone"), "{out}");
    assert!(root.join("kept/alone.snap").is_file());
    // From a folder below it is the same.
    let (code, out, err) = cosim(&root.join("stories/below"), &["test", "--format", "human"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("1 passed, 0 failed"), "{out}");
    let (_, out, _) = cosim(root, &["list", "scenarios"]);
    assert!(out.contains("alone.json") && out.contains("Alice is alone."), "{out}");
}

/// A scenario below the folder has its snapshot where the file says, from whichever folder it is named, and so has a folder.
#[test]
fn it_counts_for_all_that_lies_in_its_folder() {
    let repository = repository(ALL);
    let root = repository.path();
    fs::write(root.join("stories/below/deep.json"), STORY).expect("a file in it");
    assert_eq!(cosim(root, &["test", "--update"]).0, Some(0));
    for (folder, word, passed) in [
        ("stories", "alone.json", "1 passed"),
        ("stories", "below/deep.json", "1 passed"),
        ("stories", "below", "1 passed"),
        ("stories", ".", "2 passed"),
        ("stories/below", "deep.json", "1 passed"),
        (".", "stories/below", "1 passed"),
        ("elsewhere", "../stories", "2 passed"),
    ] {
        let (code, out, err) = cosim(&root.join(folder), &["test", word, "--format", "human"]);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{folder} {word}: {out}");
        assert!(out.contains(passed), "{folder} {word}: {out}");
    }
    assert!(!root.join("stories/snapshots").exists());
}

#[test]
fn a_folder_that_it_names_and_is_not_there_is_told_as_such() {
    let (code, _, err) = cosim(repository("scenarios = \"nope\"\n").path(), &["test"]);
    assert!(code == Some(2) && err.starts_with("error: cosim.toml: `scenarios` is nope: "), "{err}");
}

/// Without `scenarios` it is the usual folder, beside the file.
#[test]
fn the_usual_folder_is_beside_it() {
    let repository = repository("snapshots = \"kept\"\n");
    let root = repository.path();
    fs::rename(root.join("stories"), root.join("scenarios")).expect("another name");
    assert_eq!(cosim(&root.join("elsewhere"), &["test", "--update"]).0, Some(0));
    assert!(root.join("kept/alone.snap").is_file());
}

/// Another folder may have its snapshots in the same place, and so may another program; and a word means scenarios before it
/// means a folder that happens to be called so.
#[test]
fn nothing_is_removed_that_may_belong_to_others() {
    let repository = repository("");
    let root = repository.path();
    fs::rename(root.join("stories"), root.join("scenarios")).expect("another name");
    fs::create_dir(root.join("alone")).expect("a folder");
    fs::write(root.join("alone/package.json"), "{}").expect("a file in it");
    for folder in ["scenarios", "elsewhere"] {
        let (code, out, _) = cosim(root, &["test", folder, "--update"]);
        assert!(code == Some(0) && out.contains("1 passed"), "{out}");
    }
    fs::write(root.join("snapshots/theirs.snap"), "---\nsource: src/lib.rs\n---\n1\n").expect("a file in it");
    for word in ["scenarios", "elsewhere", "alone"] {
        let (code, out, err) = cosim(root, &["test", word]);
        assert!(code == Some(0) && out.contains("1 passed, 0 failed"), "{word}: {out}{err}");
    }
    assert!(root.join("snapshots/alone.snap").is_file() && root.join("snapshots/other.snap").is_file());
}

#[test]
fn a_command_line_goes_before_it() {
    let repository = repository(ALL);
    let (code, out, _) = cosim(repository.path(), &["test", "elsewhere", "--update", "--format", "human"]);
    assert!(code == Some(0) && out.contains("other"), "{out}");
    assert!(
        repository.path().join("snapshots/other.snap").is_file(),
        "those of another folder are beside it"
    );
}

#[test]
fn a_mistake_in_it_is_told_with_its_place() {
    for (config, place, what) in [
        ("scenario = \"stories\"\n", "line 1, column 1", "unknown field `scenario`"),
        ("\nguest = \"rm -rf\"\n", "line 2, column 1", "unknown field `guest`"),
        ("seeds = \"5..1\"\n", "line 1, column 9", "it holds no seed"),
        ("format = \"xml\"\n", "line 1, column 10", "unknown variant `xml`"),
        ("scenarios = 3\n", "line 1, column 13", "invalid type"),
        ("scenarios = \"a\n", "line 1", "invalid"),
    ] {
        let (code, out, err) = cosim(repository(config).path(), &["test"]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{config}");
        assert!(err.starts_with("error: cosim.toml: ") && err.contains(place) && err.contains(what), "{err}");
        assert!(err.contains("hint: it may say `scenarios`"), "{err}");
    }
}
