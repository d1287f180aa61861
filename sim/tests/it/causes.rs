//! What is said of an expectation that is not met is the one reason why, and is said once.

use assert_cmd::Command;
use cosim_testbed::log::Limit;
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, run};
use cosim_testbed::scenario::{Scenario, parse};

fn read(text: &str) -> Scenario {
    parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn played(text: &str) -> Outcome {
    run(&read(text), 1, Options::logged(Limit::All))
}

/// What is said of the expectations that are not met, without breaks.
fn said(text: &str) -> String {
    unbroken(&report::unmet_in(report::COLUMNS, &played(text)))
}

fn unbroken(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a run warns of, a line each, where nothing is expected of it that would tell the same.
fn warned(text: &str) -> String {
    let story = text.rsplit_once(r#""expect""#).map_or(text, |(story, _)| story);
    played(&format!("{}}}", story.trim_end().trim_end_matches(','))).vain.join("\n")
}

/// Alice's phone and laptop, and a server. What is written, and what is expected.
fn story(co_values: &str, laptop: &str, timeline: &str, views: &str) -> String {
    format!(
        r#"{{ "version": 1, "about": "Somebody wonders why.", "format": "0.20",
        "nodes": {{ "alice": {{}}, "bob": {{ {laptop} }}, "carol": {{}}, "server": {{}} }},
        "co_values": {{ "team": {{ "kind": "group", "admin": "alice" }}, {co_values} }},
        "network": {{ "latency": "20ms" }},
        "links": [
            {{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
            {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }},
            {{ "between": ["carol", "server"], "relationship": "syncAllOurs/syncTheirs" }}
        ],
        "timeline": [
            {{ "at": "0s", "create": {{ "node": "alice", "id": "team" }} }},
            {{ "at": "1s", "add_member": {{ "node": "alice", "id": "team", "member": "bob", "role": "writer" }} }},
            {{ "at": "2s", "create": {{ "node": "alice", "id": "card" }} }},
            {timeline}
        ],
        "expect": {{ "views": [{views}] }} }}"#
    )
}

/// Bob, whose clock is ahead, appends to a list, and alice after him.
#[test]
fn an_item_that_hangs_on_one_with_a_later_date() {
    let text = story(
        r#""card": { "kind": "list", "owner": "team" }"#,
        r#""clock": { "skew": "+1d" }"#,
        r#"{ "at": "3s", "load": { "node": "bob", "id": "card" } },
           { "at": "1m", "insert": { "node": "bob", "id": "card", "values": ["tea"] } },
           { "at": "2m", "insert": { "node": "alice", "id": "card", "values": ["jam"] } },
           { "at": "3m", "insert": { "node": "alice", "id": "card", "values": ["soap"] } }"#,
        r#"{ "node": "alice", "id": "card", "shows": ["tea", "jam", "soap"] },
           { "node": "bob", "id": "card", "shows": ["tea", "jam", "soap"] }"#,
    );
    let said = said(&text);
    assert_eq!(said.matches("expectation not met").count(), 1, "{said}");
    assert!(said.contains(r#"but it shows ["tea"]; also bob"#), "{said}");
    assert!(
        said.contains(r#"not shown: alice inserts "jam" at the end of card at 120.000s"#)
            && said.contains("it hangs on an item that is dated 23h 59m later: bob inserts \"tea\""),
        "{said}"
    );
    assert!(!said.contains("counts as number"), "{said}");
    let warned = warned(&text);
    assert!(warned.contains("it shows to nobody in the end: it hangs on an item that is dated"), "{warned}");
}

/// What is wanted and was removed is said to be removed.
#[test]
fn an_item_that_was_removed() {
    let text = story(
        r#""card": { "kind": "list", "owner": "team" }"#,
        "",
        r#"{ "at": "1m", "insert": { "node": "alice", "id": "card", "values": ["tea", "jam"] } },
           { "at": "2m", "remove": { "node": "alice", "id": "card", "index": 0 } }"#,
        r#"{ "node": "alice", "id": "card", "shows": ["tea", "jam"] }"#,
    );
    let said = said(&text);
    assert!(said.contains("it was removed: alice removes item 0 of card at 120.000s"), "{said}");
    assert_eq!(warned(&text), "");
}

/// A write of bob's, whose clock is wrong by so much.
fn by_bob(skew: &str, before: &str) -> String {
    story(
        r#""card": { "kind": "map", "owner": "team" }"#,
        &format!(r#""clock": {{ "skew": "{skew}" }}"#),
        &format!(
            r#"{{ "at": "3s", "load": {{ "node": "bob", "id": "card" }} }}, {before}
            {{ "at": "1m", "set": {{ "node": "bob", "id": "card", "key": "door", "value": "open" }} }}"#
        ),
        r#"{ "node": "alice", "id": "card", "shows": { "door": "open" } }"#,
    )
}

#[test]
fn a_date_before_the_right() {
    let (said, warned) = (said(&by_bob("-3m", "")), warned(&by_bob("-3m", "")));
    let reason = "its date is 2m 1s before that of what gave bob the right: alice makes bob a writer of team";
    assert!(said.contains("does not count: bob sets door of card") && said.contains(reason), "{said}");
    assert!(warned.contains("it does not count, not even for bob: its date is 2m 1s before"), "{warned}");
    assert!(!said.contains("or its author"), "{said}");
    assert!(played(&by_bob("-3m", "")).vain.is_empty(), "what is told already is not told once more");
}

#[test]
fn a_date_after_the_right_was_taken() {
    let gone = r#"{ "at": "20s", "offline": { "node": "bob", "for": "2m" } },
        { "at": "30s", "remove_member": { "node": "alice", "id": "team", "member": "bob" } },"#;
    let said = said(&by_bob("+0ms", gone));
    assert!(said.contains("its date is 30s after that of what took the right from bob: alice"), "{said}");
}

#[test]
fn a_right_that_somebody_never_had() {
    let text = by_bob("+0ms", "").replace(r#""role": "writer""#, r#""role": "reader""#);
    let said = said(&text);
    assert!(said.contains("bob never had the right to write it: in team bob is a reader"), "{said}");
}

/// Carol is no member, and holds what she cannot read.
#[test]
fn a_key_that_was_never_handed_over() {
    let text = story(
        r#""card": { "kind": "map", "owner": "team", "private": true }"#,
        "",
        r#"{ "at": "3s", "load": { "node": "carol", "id": "card" } },
           { "at": "1m", "set": { "node": "alice", "id": "card", "key": "door", "value": "open" } }"#,
        r#"{ "node": "carol", "id": "card", "shows": { "door": "open" } }"#,
    );
    let said = said(&text);
    assert!(said.contains("carol cannot read it, and was never handed the key"), "{said}");
}

#[test]
fn another_that_came_first() {
    let text = story(
        r#""card": { "kind": "map", "owner": "team" }"#,
        "",
        r#"{ "at": "3s", "load": { "node": "bob", "id": "card" } },
           { "at": "1m", "set": { "node": "bob", "id": "card", "key": "by", "value": "bob", "fww": "init" } },
           { "at": "2m", "set": { "node": "alice", "id": "card", "key": "by", "value": "alice", "fww": "init" } }"#,
        r#"{ "node": "alice", "id": "card", "shows": { "by": "alice" } }"#,
    );
    let said = said(&text);
    assert!(
        said.contains("another came first with the same `fww`, dated 1m earlier: bob sets by of card"),
        "{said}"
    );
}

/// Bob writes to the server, is told that it is safe, and leaves; then the server loses its disk.
fn lost(how: &str) -> String {
    format!(
        r#"{{ "version": 1, "about": "What was safe is lost.",
        "nodes": {{ "alice": {{}}, "bob": {{ "uploads": "safe" }}, "server": {{ "disk": {{ "latency": "1ms" }} }} }},
        "network": {{ "latency": "20ms" }},
        "links": [
            {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }},
            {{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }}
        ],
        "timeline": [
            {{ "at": "0s", "back_up": {{ "node": "server" }} }},
            {{ "at": "0s", "create": {{ "node": "bob", "id": "notes" }} }},
            {{ "at": "1s", "edit": {{ "node": "bob", "id": "notes" }} }},
            {{ "at": "5s", "leave": {{ "node": "bob" }} }},
            {how}
            {{ "at": "20s", "join": {{ "node": "alice" }} }},
            {{ "at": "20s", "load": {{ "node": "alice", "id": "notes" }} }}
        ],
        "expect": {{
            "loads": [{{ "node": "alice", "id": "notes", "ends": "available" }}],
            "content": [{{ "node": "alice", "id": "notes", "transactions": 1 }}]
        }} }}"#
    )
}

const WIPED: &str = r#"{ "at": "10s", "wipe": { "node": "server", "down_for": "5s" } },"#;

#[test]
fn who_had_it_until_when() {
    let said = said(&lost(WIPED));
    for part in [
        // What alice asks later is no part of it.
        "alice asked nobody for it - the load ended at 20.000s as unavailable: alice was not yet connected to anybody - in the \
         end, nobody has notes - bob had it until 5.000s",
        "nobody holds it any more; bob had it until 5.000s, when it left [leave-bob]; server had it until 10.000s, when \
         its disk was wiped [wipe-server]",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let restored = r#"{ "at": "10s", "restore": { "node": "server", "down_for": "5s" } },"#;
    let said = self::said(&lost(restored));
    assert!(said.contains("when its disk was replaced by a backup [restore-server]"), "{said}");
}

#[test]
fn what_was_safe_and_is_lost_is_in_the_summary() {
    let summary = |text: &str| {
        let (scenario, outcome) = (read(text), played(text));
        (
            unbroken(&report::summary_in(report::COLUMNS, &scenario, &outcome)),
            report::json(&scenario, &outcome),
        )
    };
    let (told, json) = summary(&lost(WIPED));
    let line = "lost 1 transaction that had been safe, to wipes, backups or departures: 1 of notes by bob";
    assert!(told.contains(line), "{told}");
    assert_eq!(json["lostThoughSafe"][0]["id"], "notes", "{json}");
    let (told, json) = summary(&lost(""));
    assert!(!told.contains("had been safe") && json.get("lostThoughSafe").is_none(), "{told}");
}

#[test]
fn that_nothing_is_shown_can_be_expected() {
    let views = r#""expect": { "views": [{ "node": "alice", "id": "card", "shows": null }],"#;
    let text = lost(WIPED)
        .replace("notes", "card")
        .replace(r#""nodes""#, r#""co_values": { "card": { "kind": "map" } }, "nodes""#)
        .replace(
            r#""edit": { "node": "bob", "id": "card" }"#,
            r#""set": { "node": "bob", "id": "card", "key": "a", "value": 1 }"#,
        )
        .replace(r#""expect": {"#, views);
    let said = said(&text);
    assert!(!said.contains("to show"), "{said}");
    let said = self::said(&text.replace(WIPED, ""));
    assert!(said.contains(r#"alice was to show nothing of card, but it shows {"a":1}"#), "{said}");
}

/// The server asks once more each time that it hears of something.
#[test]
fn a_repetition_names_its_deadline() {
    let text = r#"{ "version": 1, "about": "Alice asks again and again.",
        "nodes": { "alice": { "mutations": ["repeat-unanswered"] }, "server": {} },
        "network": { "latency": "100ms" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0s", "create": { "node": "alice", "id": "notes" } },
            { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
            { "at": "1.050s", "edit": { "node": "alice", "id": "notes" } }
        ] }"#;
    let outcome = run(&read(text), 1, Options::judged());
    let violation = outcome.violations.first().expect("it repeats what is unanswered");
    assert_eq!(violation.oracle, "frugal", "{violation:?}");
    let what = &violation.subject.what;
    assert!(what.contains("it was first said at 0.000s; its deadline has not begun"), "{what}");
}

/// What was kept for a failure that is gone says so first, and what to do.
#[test]
fn a_kept_failure_that_is_fixed() {
    let text = r#"{ "version": 1, "about": "It was cut down from a failure.",
        "nodes": { "alice": {}, "server": {} }, "network": { "latency": "50ms" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "list" } }],
        "expect": { "violation": "truthful client>server confirmed" },
        "origin": { "scenario": "story.json", "seed": 19, "cosim": "0.1.0", "fingerprint": "5814562be4c703cf",
            "key": "truthful client>server confirmed", "oracles": 3 } }"#;
    let command = Command::new(env!("CARGO_BIN_EXE_cosim")).args(["run", "-"]).write_stdin(text).output();
    let output = command.expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let [told, hints] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("text"));
    assert!(told.contains("FIXED: `truthful client>server confirmed`"), "{told}");
    assert!(!told.contains("VIOLATED") && !hints.contains("shrink"), "{told}{hints}");
}

/// What no node and no message has was written all the same.
#[test]
fn what_nobody_holds_was_refused_or_lost() {
    let story = |between: &str, after: &str| {
        said(&format!(
            r#"{{ "version": 1, "about": "Alice sets what is not there in the end.", "nodes": {{ "alice": {{ "disk": {{}} }} }},
            "co_values": {{ "m": {{ "kind": "map" }} }},
            "timeline": [
                {{ "at": "0s", "create": {{ "node": "alice", "id": "m" }} }},
                {{ "at": "1s", {between} }},
                {{ "at": "3s", "set": {{ "node": "alice", "id": "m", "key": "a", "value": 1 }} }},
                {{ "at": "5s", {after} }}
            ],
            "expect": {{ "views": [{{ "node": "alice", "id": "m", "shows": {{ "a": 1 }} }}] }} }}"#
        ))
    };
    let [backup, restore] = [r#""back_up": { "node": "alice" }"#, r#""restore": { "node": "alice" }"#];
    let replaced = story(backup, restore);
    let told = "not there: alice sets a of m to 1 at 3.000s [set-m-alice]: alice ";
    let why = "had it until 5.000s, when its disk was replaced by a backup [restore-alice]";
    assert!(replaced.contains(&format!("{told}{why}")), "{replaced}");
    let full = story(r#""disk_full": { "node": "alice" }"#, r#""restart": { "node": "alice" }"#);
    assert!(
        full.contains("not there: alice sets a of m to 1") && full.contains("alice's disk did not take it"),
        "{full}"
    );
    for told in [replaced, full] {
        assert!(!told.contains("nobody wrote the value"), "{told}");
    }
}

#[test]
fn what_rules_of_groups_keep_from_counting() {
    let of_card = |timeline: &str| {
        story(
            r#""card": { "kind": "map", "owner": "team" }"#,
            "",
            timeline,
            r#"{ "node": "alice", "id": "card", "shows": null }"#,
        )
    };
    let deleted = said(&of_card(r#"{ "at": "4s", "delete_value": { "node": "bob", "id": "card" } }"#));
    assert!(
        deleted.contains("only an admin of team may delete for good, and bob is a writer there"),
        "{deleted}"
    );
    let of_team = |timeline: &str| {
        story(
            r#""card": { "kind": "map", "owner": "team" }"#,
            "",
            timeline,
            r#"{ "node": "alice", "id": "team", "shows": {} }"#,
        )
    };
    let admins = r#"{ "at": "3s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "admin" } },
        { "at": "4s", "add_member": { "node": "bob", "id": "team", "member": "alice", "role": "reader" } }"#;
    let demoted = said(&of_team(admins));
    assert!(demoted.contains("nobody can change the role of an admin but the admin itself"), "{demoted}");
    let private = r#"{ "at": "3s", "set": { "node": "alice", "id": "team", "key": "root", "value": "x", "private": true } }"#;
    let private = said(&of_team(private));
    assert!(private.contains("what is private counts for nothing in a group"), "{private}");
}
