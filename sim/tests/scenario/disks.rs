//! What is said of disks, crashes and dependencies that cannot be, and of what can have no effect.

use crate::samples::PAIR;
use cosim_testbed::scenario::{Scenario, parse};
use std::fmt::Write;

/// Two nodes with disks and one without, and what happens to them.
const DISKS: &str = r#"{
  "version": 1,
  "about": "A disk is copied, fails and is put back.",
  "nodes": {
    "alice": { "disk": { "latency": "1ms..5ms", "errors": "1%", "unsynced": "kept" }, "durability": "send-first", "account": "alice-account" },
    "bob": {},
    "server": { "disk": {} }
  },
  "co_values": { "group": { "depends_on": ["alice-account"] }, "notes": { "depends_on": ["group"] } },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "back_up": { "node": "alice", "backup": "monday" } },
    { "at": "1s", "stall": { "node": "server", "for": "2s" } },
    { "at": "1s", "fail_writes": { "node": "alice", "count": 2 } },
    { "at": "2s", "disk_full": { "node": "alice" } },
    { "at": "3s", "disk_room": { "node": "alice" } },
    { "at": "4s", "rot": { "node": "alice", "place": "10%", "bit": 3, "spare_last_copy": true } },
    { "at": "5s", "crash": { "node": "alice", "point": "writing" } },
    { "at": "6s", "restore": { "node": "alice", "backup": "monday" } },
    { "at": "7s", "restart": { "node": "bob" } }
  ],
  "faults": { "until": "10s", "crashes": 1, "stalls": 1, "full_disks": 1, "failed_writes": 1, "rots": 1, "restores": 1 },
  "decisions": {
    "latencies": { "bob>server load notes": "1s" },
    "noticed": { "bob hears-open server": "1s" },
    "writes": { "alice writes notes create-notes-alice": "1s" },
    "failed_writes": { "alice writes notes #2": 1 },
    "kept_writes": { "alice crashes @crash-alice": 1 },
    "torn_writes": { "server crashes #2 @crash-alice": 7 }
  }
}
"#;

pub(crate) fn good(text: &str) -> Scenario {
    parse(text, "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn check(name: &str, said: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, said) });
}

/// What is said of each of several replacements.
pub(crate) fn table(text: &str, replacements: &[(&str, &str, &str)]) -> String {
    replacements.iter().fold(String::new(), |mut out, (what, old, new)| {
        assert_eq!(text.matches(old).count(), 1, "{old} must occur once");
        let said = parse(&text.replace(old, new), "scenario.json").expect_err(what);
        writeln!(out, "## {what}\n\n{said}").expect("a string takes all");
        out
    })
}

/// What is said of a pair with more entries behind its own.
fn entries(cases: &[(&str, &str)]) -> String {
    let edit = r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#;
    cases.iter().fold(String::new(), |mut out, (what, entries)| {
        assert_eq!(PAIR.matches(edit).count(), 1);
        let entries = entries.replace("; ", ",\n    ");
        let text = PAIR.replace(edit, &format!("{edit},\n    {entries}"));
        let said = parse(&text, "scenario.json").expect_err(what);
        writeln!(out, "## {what}\n\n{said}").expect("a string takes all");
        out
    })
}

#[test]
fn what_is_written_reads_the_same() {
    let file = good(DISKS).file;
    let text = file.to_json_pretty();
    assert_eq!(good(&text).file, file);
    assert_eq!(good(&text).file.to_json_pretty(), text);
}

#[test]
fn disks_that_cannot_be() {
    let alice = r#""disk": { "latency": "1ms..5ms", "errors": "1%", "unsynced": "kept" }, "#;
    let cases = [
        ("durability and operations without disk", alice, ""),
        ("a disk that is a number", alice, r#""disk": 3, "#),
        ("an unknown durability", "\"send-first\"", "\"send-last\""),
        ("a disk that sometimes forgets", "\"unsynced\": \"kept\"", "\"unsynced\": \"lost\""),
        ("errors over 100", "\"errors\": \"1%\"", "\"errors\": \"101%\""),
        ("a stall without disk", r#""stall": { "node": "server""#, r#""stall": { "node": "bob""#),
        ("a stall of no time", r#""for": "2s""#, r#""for": "0ms""#),
        ("no failing write", r#""count": 2"#, r#""count": 0"#),
        ("a bit that is none", r#""bit": 3"#, r#""bit": 8"#),
        ("a place beyond the end", "\"10%\"", "\"110%\""),
        ("an unknown point", "\"writing\"", "\"reading\""),
        (
            "a crash in a write without disk",
            r#""crash": { "node": "alice", "point": "writing""#,
            r#""crash": { "node": "bob", "point": "written""#,
        ),
        (
            "a restart that spares",
            r#""restart": { "node": "bob""#,
            r#""restart": { "node": "bob", "spare_last_copy": true"#,
        ),
        (
            "a copy that nobody takes",
            r#""restore": { "node": "alice", "backup": "monday""#,
            r#""restore": { "node": "alice", "backup": "tuesday""#,
        ),
        (
            "a copy of another disk",
            r#""restore": { "node": "alice", "backup": "monday""#,
            r#""restore": { "node": "server", "backup": "monday""#,
        ),
        (
            "a copy that is a number",
            r#""restore": { "node": "alice", "backup": "monday""#,
            r#""restore": { "node": "alice", "backup": 1"#,
        ),
        (
            "a copy with a strange name",
            r#""back_up": { "node": "alice", "backup": "monday""#,
            r#""back_up": { "node": "alice", "backup": "mon day""#,
        ),
        (
            "a copy with the name of a generated one",
            r#""back_up": { "node": "alice", "backup": "monday""#,
            r#""back_up": { "node": "alice", "backup": "f-restore-1""#,
        ),
    ];
    check("disks_that_cannot_be", &table(DISKS, &cases));
}

#[test]
fn faults_without_disks() {
    let faults = r#""faults": { "until": "1s", "crashes": 1, "stalls": 1, "full_disks": 1, "failed_writes": 1, "rots": 1, "restores": 1 },
  "timeline""#;
    check("faults_without_disks", &table(PAIR, &[("on no disk", "\"timeline\"", faults)]));
}

#[test]
fn dependencies_that_cannot_be() {
    let cases = [
        ("on itself", r#""depends_on": ["group"]"#, r#""depends_on": ["notes"]"#),
        ("twice", r#""depends_on": ["group"]"#, r#""depends_on": ["group", "group"]"#),
        ("in a circle", r#""depends_on": ["alice-account"]"#, r#""depends_on": ["notes"]"#),
        ("on a strange name", r#""depends_on": ["group"]"#, r#""depends_on": ["my group"]"#),
        ("on a number", r#""depends_on": ["group"]"#, r#""depends_on": [7]"#),
    ];
    check("dependencies_that_cannot_be", &table(DISKS, &cases));
}

#[test]
fn decisions_in_the_wrong_table() {
    let cases = [
        ("a write among messages", "\"bob>server load notes\"", "\"alice writes notes\""),
        ("a crash among notices", "\"bob hears-open server\"", "\"alice crashes @crash-alice\""),
        (
            "a message among writes",
            "\"alice writes notes create-notes-alice\"",
            "\"alice>server content notes\"",
        ),
        ("a notice among failed writes", "\"alice writes notes #2\"", "\"alice hears-close server\""),
        ("a write among crashes", "\"alice crashes @crash-alice\"", "\"alice writes notes\""),
        ("a message among torn writes", "\"server crashes #2 @crash-alice\"", "\"bob>server done notes\""),
        ("a crash of a stranger", "\"server crashes #2 @crash-alice\"", "\"sever crashes @crash-alice\""),
        ("a crash of two", "\"server crashes #2 @crash-alice\"", "\"alice>server crashes @crash-alice\""),
        ("a failure of an unknown kind", "#2\": 1", "#2\": 3"),
        ("a write that takes too long", "create-notes-alice\": \"1s\"", "create-notes-alice\": \"72m\""),
    ];
    check("decisions_in_the_wrong_table", &table(DISKS, &cases));
}

#[test]
fn what_has_no_effect() {
    let said = entries(&[
        (
            "a crash of a node that has left",
            r#"{ "at": "2s", "leave": { "node": "alice" } }; { "at": "3s", "crash": { "node": "alice" } }"#,
        ),
        (
            "a crash of a node that has not joined",
            r#"{ "at": "2s", "crash": { "node": "server" } }; { "at": "3s", "join": { "node": "server" } }"#,
        ),
        ("a heal without a partition", r#"{ "at": "2s", "heal": { "between": ["alice", "server"] } }"#),
        (
            "a heal of the other direction",
            r#"{ "at": "2s", "partition": { "from": "alice", "to": "server" } }; { "at": "3s", "heal": { "from": "server", "to": "alice" } }"#,
        ),
        (
            "a second heal",
            r#"{ "at": "2s", "drop": { "between": ["alice", "server"] } }; { "at": "3s", "heal": { "between": ["alice", "server"] } }; { "at": "4s", "heal": { "between": ["alice", "server"] } }"#,
        ),
        ("a release without a hold", r#"{ "at": "2s", "release": { "from": "server", "to": "alice" } }"#),
        (
            "a release after a heal",
            r#"{ "at": "2s", "hold": { "between": ["alice", "server"] } }; { "at": "3s", "heal": { "between": ["alice", "server"] } }; { "at": "4s", "release": { "between": ["alice", "server"] } }"#,
        ),
        (
            "a crash of a node that is down",
            r#"{ "at": "2s", "restart": { "node": "server", "down_for": "3s" } }; { "at": "4s", "crash": { "node": "server" } }"#,
        ),
        (
            "a restart of a node that has crashed",
            r#"{ "at": "2s", "crash": { "node": "server", "down_for": "3s" } }; { "at": "5s", "restart": { "node": "server" } }"#,
        ),
        (
            "a wipe of a node that is wiped",
            r#"{ "at": "2s", "wipe": { "node": "server", "down_for": "3s" } }; { "at": "3s", "wipe": { "node": "server" } }"#,
        ),
        (
            "a pause of a node that is down",
            r#"{ "at": "2s", "wipe": { "node": "server", "down_for": "3s" } }; { "at": "3s", "pause": { "node": "server", "for": "1s" } }"#,
        ),
    ]);
    check("what_has_no_effect", &said);
    let early = [(
        "a copy that is taken later",
        r#""at": "1s", "back_up""#,
        r#""at": "1s", "restore": { "node": "alice", "backup": "monday" } }, { "at": "1s", "back_up""#,
    )];
    check("a_copy_that_is_taken_later", &table(DISKS, &early));
}

/// The same where it has one.
#[test]
fn what_has_an_effect() {
    let edit = r#"{ "at": "1s", "edit": { "node": "alice", "id": "notes" } }"#;
    for entries in [
        r#"{ "at": "2s", "partition": { "between": ["alice", "server"] } }, { "at": "3s", "heal": { "from": "alice", "to": "server" } }, { "at": "3s", "heal": { "from": "server", "to": "alice" } }"#,
        r#"{ "at": "2s", "hold": { "from": "alice", "to": "server" } }, { "after": "quiet", "heal": { "between": ["server", "alice"] } }"#,
        r#"{ "at": "2s", "restart": { "node": "server", "down_for": "3s" } }, { "at": "5.001s", "wipe": { "node": "server" } }"#,
        r#"{ "at": "2s", "restart": { "node": "server", "down_for": "3s" } }, { "after": "quiet", "wipe": { "node": "server" } }"#,
        r#"{ "at": "2s", "crash": { "node": "server", "point": "sending", "down_for": "3s" } }, { "at": "3s", "restart": { "node": "server" } }"#,
        r#"{ "at": "2s", "wipe": { "node": "server", "down_for": "3s", "spare_last_copy": true } }, { "at": "3s", "restart": { "node": "server" } }"#,
        r#"{ "at": "2s", "pause": { "node": "server", "for": "9s" } }, { "at": "3s", "wipe": { "node": "server", "spare_last_copy": true } }, { "at": "4s", "pause": { "node": "server", "for": "1s" } }"#,
    ] {
        good(&PAIR.replace(edit, &format!("{edit}, {entries}")));
    }
    // What a run did may have been in vain.
    let vain = format!(r#"{edit}, {{ "at": "2s", "heal": {{ "between": ["alice", "server"] }} }}"#);
    let origin = r#""origin": { "scenario": "x", "seed": 1, "cosim": "0.1.0" }, "about""#;
    good(&PAIR.replace(edit, &vain).replace("\"about\"", origin));
}
