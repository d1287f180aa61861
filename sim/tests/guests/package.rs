//! The published package `cojson`, fetched once for all of these tests, and what it is known to do.

use super::{Told, cosim_at, root, written};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

/// A home in which both versions are installed.
fn home() -> &'static Path {
    static HOME: OnceLock<tempfile::TempDir> = OnceLock::new();
    let home = HOME.get_or_init(|| {
        let home = tempfile::tempdir().expect("a folder");
        for package in ["cojson@0.7.35", "cojson@0.20.19"] {
            let told = cosim_at(home.path(), &["guest", "install", package]);
            assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
        }
        home
    });
    home.path()
}

fn cosim(args: &[&str]) -> Told {
    cosim_at(home(), args)
}

#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn both_versions_keep_to_the_rules() {
    for package in ["cojson@0.20.19", "cojson@0.7.35"] {
        let told = cosim(&["guest", "check", package]);
        assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    }
}

/// Every kept scenario is what its snapshot says, and is so twice.
#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn every_scenario_is_what_its_snapshot_says() {
    let sample = "last-writer=python3 guests/last-writer/guest.py";
    let (scenarios, snapshots) = ("scenarios/guests", "snapshots/guests");
    let told = cosim(&["test", scenarios, "--snapshots", snapshots, "--guest", sample]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    assert!(told.out.contains(" 0 failed\n"), "nothing is left out\n{}", told.out);
}

const STORY: &str = r#"{ "version": 1, "about": "Alice, bob and a server write to all kinds of CoValues.",
  "nodes": { "alice": GUEST, "bob": GUEST, "server": SERVER },
  "co_values": { "team": { "kind": "group", "admin": "alice" }, "notes": { "kind": "map", "owner": "team" },
    "tasks": { "kind": "list", "owner": "team" }, "chat": { "kind": "stream", "owner": "team" },
    "secrets": { "kind": "map", "owner": "team", "private": true } },
  "network": { "latency": "5ms..120ms" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "team" } },
    { "at": "0ms", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "0ms", "create": { "node": "alice", "id": "tasks" } },
    { "at": "0ms", "create": { "node": "alice", "id": "chat" } },
    { "at": "0ms", "create": { "node": "alice", "id": "secrets" } },
    { "at": "2s", "load": { "node": "bob", "id": "notes" } },
    { "at": "2s", "load": { "node": "bob", "id": "tasks" } },
    { "at": "2s", "load": { "node": "bob", "id": "chat" } },
    { "at": "2s", "load": { "node": "bob", "id": "secrets" } } ],
  "workload": { "operations": 40, "from": "4s", "until": "20s", "nodes": ["alice", "bob"],
    "co_values": ["notes", "tasks", "chat", "secrets"], "mix": { "edit": 1 } } }"#;

fn story(guest: &str, server: &str) -> String {
    STORY.replace("GUEST", guest).replace("SERVER", server)
}

const NEW: &str = r#"{ "guest": "cojson@0.20.19" }"#;
const OLD: &str = r#"{ "guest": "cojson@0.7.35" }"#;

/// The same story on guests, on our nodes, and mixed. Nothing goes wrong on the way, so what they show is the same.
#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn the_same_story_plays_on_guests_on_our_nodes_and_mixed() {
    let casts = [("{}", "{}"), (NEW, NEW), (OLD, OLD), ("{}", NEW), (NEW, "{}")];
    let views: Vec<serde_json::Value> = casts
        .iter()
        .map(|(client, server)| {
            let (_folder, path) = written(&story(client, server));
            let told = cosim(&["run", &path, "--crypto", "real", "--json", "--views"]);
            assert_eq!(told.code, Some(0), "{client} {server}: {}{}", told.out, told.err);
            let json: serde_json::Value = serde_json::from_str(&told.out).unwrap();
            json["views"]["alice"].clone()
        })
        .collect();
    assert!(views[0]["notes"].as_object().is_some_and(|notes| notes.len() > 3), "{:#}", views[0]);
    for (cast, view) in casts.iter().zip(&views) {
        for id in ["notes", "secrets", "team"] {
            assert_eq!(view[id], views[0][id], "{cast:?}: {id}");
        }
    }
}

/// All that befalls a process and its disk: crashes at any point of its work, ends in order, old copies.
const OUTAGES: &str = r#", "faults": { "from": "3s", "until": "20s", "longest": "2s", "nodes": ["alice", "bob", "server"],
    "crashes": 4, "restarts": 1, "wipes": 1, "restores": 1 } }"#;

const STORED: &str = r#"{ "guest": "cojson@0.20.19", "disk": {} }"#;

/// With one process and four at a time, on processes that have played other stories, and on fresh ones.
#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn the_same_bytes_whatever_the_processes_did_before() {
    let stored = story(STORED, STORED);
    let with_outages = format!("{}{OUTAGES}", stored.strip_suffix('}').expect("it is an object"));
    for text in [story(NEW, NEW), with_outages] {
        let (folder, path) = written(&text);
        let outcomes = |jobs: &str, name: &str| {
            let out = folder.path().join(name);
            let out = out.to_str().unwrap();
            let told = cosim(&["sweep", &path, "--seeds", "0..40", "--jobs", jobs, "--out", out]);
            assert!(told.code.is_some_and(|code| code < 2), "{}{}", told.out, told.err);
            std::fs::read(out).unwrap()
        };
        let alone = outcomes("1", "a.jsonl");
        assert_eq!(outcomes("4", "b.jsonl"), alone);
        assert_eq!(outcomes("1", "c.jsonl"), alone);
    }
    assert!(root().join("guests/cojson/guest.mjs").is_file());
}

#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn a_version_that_has_no_disk_is_no_node_with_one() {
    let (_folder, path) = written(&story(r#"{ "guest": "cojson@0.7.35", "disk": {} }"#, NEW));
    let told = cosim(&["run", &path]);
    assert_eq!(told.code, Some(6), "{}{}", told.out, told.err);
    let why = "`cojson@0.7.35` has no disk, but a node that it plays has";
    assert!(told.out.contains(why), "{}{}", told.out, told.err);
}

/// A failing run of guests is frozen, kept as a folder, cut down and played again.
#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn a_failure_is_kept_and_cut_down() {
    let text = std::fs::read_to_string(root().join("scenarios/guests/server-starts-empty.json")).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    file.as_object_mut().unwrap().remove("expect");
    let (folder, path) = written(&file.to_string());
    let out = folder.path().join("kept");
    let told = cosim(&["run", &path, "--out", out.to_str().unwrap(), "--shrink"]);
    assert_eq!(told.code, Some(1), "{}{}", told.out, told.err);
    let kept = std::fs::read_dir(&out).unwrap().next().unwrap().unwrap().path();
    let told = cosim(&["run", kept.to_str().unwrap()]);
    assert!(told.out.contains("reproduces"), "{}{}", told.out, told.err);
    assert!(kept.join("shrunk.json").is_file());
}

/// A scenario of the repository, without some of its sections.
fn known(name: &str, without: &[&str]) -> serde_json::Value {
    let text = std::fs::read_to_string(root().join("scenarios/guests").join(name)).expect("it is there");
    let mut file: serde_json::Value = serde_json::from_str(&text).expect("a scenario is JSON");
    for section in without {
        file.as_object_mut().expect("a scenario is an object").remove(*section);
    }
    file
}

/// The verbs that a mix draws, as the guest is asked for them, and what they are told.
const DRAWN: [&str; 17] = [
    "accept secret",
    "add_member",
    "branch",
    "collect_garbage",
    "delete_value",
    "extend",
    "hold",
    "insert subject",
    "insert through",
    "invite",
    "merge subject",
    "push through",
    "revoke_extend",
    "rotate",
    "set subject",
    "set through",
    "wait_for_sync",
];

/// Every verb is drawn in a few seeds and has an effect, and what freezing writes plays to the same fingerprint.
#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn all_that_guests_know_is_drawn_and_done_and_frozen() {
    let (folder, path) = written(&known("swarm-all.json", &["faults"]).to_string());
    let frozen = folder.path().join("frozen.json");
    let frozen = frozen.to_str().unwrap();
    let mut done = BTreeSet::new();
    for seed in (0..16).map(|seed: u32| seed.to_string()) {
        let told = cosim(&["freeze", &path, "--seed", &seed, "-o", frozen]);
        assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
        let file: serde_json::Value = serde_json::from_slice(&std::fs::read(frozen).unwrap()).unwrap();
        let played = cosim(&["run", frozen, "--json"]);
        let played: serde_json::Value = serde_json::from_str(&played.out).unwrap();
        assert_eq!(played["fingerprint"], file["origin"]["fingerprint"], "seed {seed}");
        let log = cosim(&["run", frozen, "--log"]).out;
        for entry in file["timeline"].as_array().unwrap() {
            let (name, ask) = (entry["name"].as_str().unwrap(), &entry["ask"]);
            let is_skipped = |line: &str| line.contains("* skipped:") && line.ends_with(&format!("[{name}]"));
            if !ask.is_object() || log.lines().any(is_skipped) {
                continue;
            }
            let told = ["subject", "secret"].into_iter().find(|member| ask["given"][member].is_string());
            let told = told.or(ask["with"]["through"].as_str().map(|_| "through"));
            let op = ask["op"].as_str().unwrap();
            done.insert(told.map_or(op.to_owned(), |told| format!("{op} {told}")));
        }
    }
    for verb in DRAWN {
        assert!(done.contains(verb), "{verb} is not among {done:?}");
    }
}

/// What a version has not is no mistake of the scenario: the operation is refused, and why is told.
#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn what_a_version_lacks_is_refused_with_its_reason() {
    let mut file = known("swarm-all.json", &["faults"]);
    for node in file["nodes"].as_object_mut().unwrap().values_mut() {
        *node = serde_json::json!({ "guest": "cojson@0.7.35" });
    }
    // It has no texts either.
    file["co_values"]["page"]["kind"] = "map".into();
    let (_folder, path) = written(&file.to_string());
    for lacking in ["branch", "delete_value", "wait_for_sync", "collect_garbage"] {
        let why = format!("skipped: cojson 0.7.35 has no {lacking} for ");
        let told = |seed: u32| cosim(&["run", &path, "--seed", &seed.to_string(), "--log"]).out;
        assert!((0..8).any(|seed| told(seed).contains(&why)), "{lacking}");
    }
}

/// One person with two devices, with both versions, and with a server of ours where the version gets on with that.
#[test]
#[ignore = "it plays the published package, as `.ci/run` does"]
fn two_devices_of_one_account() {
    let file = known("two-devices.json", &[]);
    for (clients, server) in [(NEW, "{}"), (NEW, NEW), (OLD, OLD)] {
        let mut file = file.clone();
        let guest: serde_json::Value = serde_json::from_str(clients).unwrap();
        for node in ["alice", "phone", "tablet"] {
            file["nodes"][node]["guest"] = guest["guest"].clone();
        }
        file["nodes"]["server"] = serde_json::from_str(server).unwrap();
        let (_folder, path) = written(&file.to_string());
        let told = cosim(&["run", &path]);
        assert_eq!(told.code, Some(0), "{clients} {server}: {}{}", told.out, told.err);
    }
}
