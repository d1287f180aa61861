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

/// What else the network says stays, so does what a link says itself, and how the rest is written; the scenario plays.
#[test]
fn a_table_is_put_into_a_scenario() {
    let story = r#"{ "version": 1, "about": "A tail, and a link that has none.",   "nodes": { "{alice,bob}": {}, "server": {} },
        "network": { "latency": "10ms..20ms", "loss": "1%" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs", "network": { "latency": "1ms" } }],
        "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }] }"#;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("story.json"), story).expect("a file in it");
    fs::write(folder.path().join("tail.dist"), "-8192 0 32767\n").expect("another");
    let cosim = |words: &[&str], stdin: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
        let output =
            command.current_dir(folder.path()).args(words).write_stdin(stdin).output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = cosim(&["import-netem", "tail.dist", "--into", "story.json"], "");
    assert_eq!((code, out.as_str()), (Some(0), ""), "{err}");
    assert!(err.contains("story.json: its network has the latencies of tail.dist, but for a link"), "{err}");
    let text = fs::read_to_string(folder.path().join("story.json")).expect("it is there");
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(file["network"]["latency_quantiles"]["0%"], "30ms", "{text}");
    assert_eq!(
        (&file["network"]["latency"], &file["network"]["loss"]),
        (&serde_json::Value::Null, &"1%".into())
    );
    assert_eq!(file["links"][1]["network"]["latency"], "1ms");
    assert!(text.contains(r#"none.",   "nodes": { "{alice,bob}": {}, "#), "{text}");
    assert_eq!(cosim(&["run", "story.json"], "").0, Some(0));
    assert_eq!(cosim(&["import-netem", "tail.dist", "--into", "-"], story), (Some(0), text, String::new()));
    // What is no scenario is told as anywhere else, and stays.
    fs::write(folder.path().join("story.json"), "{}").expect("another");
    let (code, _, err) = cosim(&["import-netem", "tail.dist", "--into", "story.json"], "");
    assert!(code == Some(2) && err.contains("story.json:1:1"), "{err}");
    assert_eq!(fs::read_to_string(folder.path().join("story.json")).expect("it is there"), "{}");
}

#[test]
fn a_mistake_in_a_table_is_told_with_its_line() {
    let (code, out, err) = import("1 2\n3 four\n", &[]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("tail.dist: line 2: `four`") && err.contains("hint: "), "{err}");
    let (code, _, err) = import("1 2\n", &["--delay", "9d"]);
    assert!(code == Some(2) && err.contains("longest"), "{err}");
}
