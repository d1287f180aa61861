//! `cosim import-netem`: a table of `tc-netem` becomes a network that a scenario can have.

use assert_cmd::Command;
use std::fs;

fn import(text: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("tail.dist"), text).expect("a file in it");
    let output = Command::new(env!("CARGO_BIN_EXE_cosim"))
        .current_dir(folder.path())
        .args(["import-netem", "tail.dist"])
        .args(more)
        .output()
        .expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_is_printed_is_a_network() {
    let table = "# a tail\n-8192 -4096 0 0 8192 32767\n";
    let (code, network, err) = import(table, &["--delay", "100ms", "--jitter", "20ms"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(network.contains("\"0%\": \"80ms\"") && network.contains("\"50%\": \"100ms\""), "{network}");
    let story = format!(
        r#"{{ "version": 1, "about": "A tail.", "nodes": {{ "alice": {{}}, "server": {{}} }}, "network": {network},
        "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
        "timeline": [{{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }}] }}"#
    );
    Command::new(env!("CARGO_BIN_EXE_cosim")).args(["run", "-"]).write_stdin(story).assert().success();
}

#[test]
fn a_mistake_in_a_table_is_told_with_its_line() {
    let (code, out, err) = import("1 2\n3 four\n", &[]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("tail.dist: line 2: `four`") && err.contains("hint: "), "{err}");
    let (code, _, err) = import("1 2\n", &["--delay", "9d"]);
    assert!(code == Some(2) && err.contains("longest"), "{err}");
}
