//! The oracles that follow what nodes say to each other: `timely`, `frugal`.

use super::every_event::alone;
use super::faulty::Fault;
use super::{check_mutations, fails, holds, network, play_with, sequence, star};
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{self, Scenario};

/// Alice is asked for nothing and pushes nothing: she only hears that the server holds what she has not got.
const ANNOUNCED: &str = r#"{ "at": "0ms", "create": { "node": "bob", "id": "notes" } }"#;

#[test]
fn timely_finds_an_announcement_that_is_not_answered() {
    let scenario = star(ANNOUNCED);
    check_mutations(&scenario, &[("alice", "ignore-announcements")], "timely client>server known");
}

#[test]
fn timely_finds_a_load_that_is_not_answered() {
    let scenario = star(r#"{ "at": "1s", "load": { "node": "bob", "id": "notes" } }"#);
    check_mutations(&scenario, &[("server", "never-unavailable")], "timely server>client load");
}

#[test]
fn timely_finds_content_that_is_not_acknowledged() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "drop": { "from": "server", "to": "bob", "kinds": ["content"], "count": 1 } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2100ms", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("bob", "ignore-gap")], "timely client>server content");
}

/// What is lost is never sent again: that is late at the first deadline, and said at once when nothing else will happen.
#[test]
fn timely_finds_a_deadline_that_nobody_keeps() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "drop": { "from": "alice", "to": "server", "kinds": ["content"], "count": 1 } },
           { "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#,
    );
    check_mutations(&scenario, &[("alice", "never-retransmit")], "timely client>server deadline");
}

/// A healthy peer is not let down because another's line is full.
#[test]
fn timely_looks_at_every_peer_by_itself() {
    let scenario = network(
        r#""alice": {}, "bob": {}, "server": {}"#,
        r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs",
             "network": { "bandwidth": "2KB/s", "queue": "8KB" } },
           { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }"#,
        r#"{ "at": "0ms", "create": { "node": "bob", "id": "notes" } },
           { "at": "1s", "edit": { "node": "bob", "id": "notes", "size": 6000 } },
           { "at": "2s", "edit": { "node": "bob", "id": "notes", "size": 6000 } },
           { "at": "3s", "load": { "node": "bob", "id": "plan" } }"#,
    );
    let outcome = holds(&scenario);
    assert!(outcome.figures.blocked > 0, "a line was full");
    check_mutations(&scenario, &[("server", "never-unavailable")], "timely server>client load");
    check_mutations(&scenario, &[("server", "forget-blocked")], "timely server>client content");
}

/// From 1 s on alice's line to her server is full for some seconds, of what she writes to her notes.
fn full_line(timeline: &str) -> Scenario {
    network(
        r#""alice": {}, "server": {}"#,
        r#"{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs",
             "network": { "bandwidth": "2KB/s", "queue": "8KB" } }"#,
        &format!(
            r#"{{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }},
               {{ "at": "1s", "edit": {{ "node": "alice", "id": "notes", "size": 6000 }} }}, {timeline}"#
        ),
    )
}

/// What is made while the line is full is asked for when it is so no longer.
#[test]
fn timely_finds_a_load_that_is_forgotten_while_the_line_is_full() {
    let scenario = full_line(r#"{ "at": "2s", "create": { "node": "alice", "id": "plan" } }"#);
    check_mutations(&scenario, &[("alice", "forget-blocked")], "timely client>server load");
}

#[test]
fn timely_finds_a_node_that_never_says_that_it_is_done() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "done": { "node": "bob", "id": "notes" } }"#,
    );
    let judged = alone(&scenario, "timely");
    holds(&scenario);
    fails(&judged, &play_with(&judged, "bob", Fault::SwallowsDone), "timely client>server done");
}

#[test]
fn frugal_finds_what_does_not_wait_for_a_full_line() {
    let scenario = full_line(r#"{ "at": "2s", "edit": { "node": "alice", "id": "notes" } }"#);
    let judged = alone(&scenario, "frugal");
    holds(&scenario);
    let outcome = play_with(&judged, "alice", Fault::IgnoresFullLines);
    fails(&judged, &outcome, "frugal client>server content");
}

#[test]
fn frugal_finds_what_is_answered_by_content_and_once_more() {
    let scenario = star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "load": { "node": "bob", "id": "notes" } }"#,
    );
    let mut file = scenario.file;
    file.nodes.get_mut("server").expect("it is there").announce = Some(scenario::file::Announce::Interested);
    let scenario = scenario::resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
    let judged = alone(&scenario, "frugal");
    holds(&scenario);
    let outcome = play_with(&judged, "server", Fault::AnswersTwice);
    fails(&judged, &outcome, "frugal server>client known");
    assert!(outcome.violations[0].subject.what.contains("once more"));
}

#[test]
fn frugal_finds_what_is_asked_before_its_deadline() {
    let scenario = star(ANNOUNCED);
    check_mutations(&scenario, &[("bob", "repeat-unanswered")], "frugal client>server load");
    check_mutations(&scenario, &[("server", "repeat-unanswered")], "frugal server>client known");
}

/// Nothing of it is judged in a conversation with a hostile node, nor what follows on what was damaged.
#[test]
fn timely_and_frugal_count_what_they_look_at() {
    let scenario = star(ANNOUNCED);
    let looks = run(&scenario, 1, Options::judged()).looks;
    let of = |name| looks.iter().find(|(oracle, _)| *oracle == name).map_or(0, |(_, looks)| *looks);
    assert!(of("timely") > 0 && of("frugal") > of("timely"), "{looks:?}");
}

/// A small edit is damaged on its way, and refused, while a large one that builds on it still waits before the line. When
/// the server asks, alice sends both again: what waits will not be taken.
#[test]
fn frugal_lets_be_sent_again_what_builds_on_what_was_refused() {
    let text = r#"{
        "version": 1, "about": "A story.", "nodes": { "alice": {}, "server": {} },
        "network": { "latency": "10ms", "bandwidth": "50KB/s", "queue": "10KB" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
            { "at": "0ms", "name": "small", "edit": { "node": "alice", "id": "notes" } },
            { "at": "0ms", "name": "large",
              "edit": { "node": "alice", "id": "notes", "transactions": 3, "size": 60000 } }
        ],
        "decisions": { "damaged": { "alice>server content notes small": 0 } }
    }"#;
    let outcome = holds(&scenario::parse(text, "story.json").expect("a scenario"));
    assert!(
        outcome.figures.damaged > 0 && outcome.figures.blocked > 0,
        "something was damaged while a line was full"
    );
}

/// Bob is ahead of a server that has lost a part of its disk. When that comes again from somebody else, the server takes
/// what was put aside, too, and sends it to bob, which is lost: it is sent again a deadline after that, not after bob said
/// that he is ahead.
fn put_aside(clients: &[&str], co_values: &str, timeline: &str) {
    let nodes = sequence(clients.iter().map(|client| format!(r#""{client}": {{}}"#)));
    let links = sequence(clients.iter().map(|client| {
        format!(r#"{{ "between": ["{client}", "server"], "relationship": "syncAllOurs/syncTheirs" }}"#)
    }));
    let text = format!(
        r#"{{ "version": 1, "about": "A story.",
             "nodes": {{ {nodes}, "server": {{ "disk": {{ "unsynced": "kept" }} }} }},
             "co_values": {{ {co_values} }}, "network": {{ "latency": "10ms" }},
             "links": [ {links} ], "timeline": [ {timeline} ] }}"#
    );
    let scenario = scenario::parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"));
    let outcome = holds(&scenario);
    assert_eq!(outcome.figures.dropped, 2, "bob hears neither that the server lacks it nor what it has then");
}

#[test]
fn timely_doubts_what_waits_where_a_header_was_put_aside() {
    put_aside(
        &["alice", "bob"],
        r#""notes": { "depends_on": ["group"] }"#,
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "group" } },
           { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "rot": { "node": "server", "place": "30%" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1s", "crash": { "node": "server" } },
           { "at": "1s", "drop": { "from": "server", "to": "bob", "kinds": ["known"], "ids": ["notes"], "count": 1 } },
           { "at": "1s",
             "drop": { "from": "server", "to": "bob", "kinds": ["content"], "ids": ["notes"], "count": 1 } }"#,
    );
}

#[test]
fn timely_doubts_what_waits_where_a_log_was_put_aside() {
    put_aside(
        &["alice", "bob", "carol"],
        "",
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "500ms", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1s", "offline": { "node": "bob", "for": "900ms" } },
           { "at": "1s", "offline": { "node": "carol", "for": "900ms" } },
           { "at": "1200ms", "edit": { "node": "alice", "id": "notes" } },
           { "at": "1500ms", "offline": { "node": "alice", "for": "10s" } },
           { "at": "1500ms", "rot": { "node": "server", "place": "50%" } },
           { "at": "1600ms", "crash": { "node": "server" } },
           { "at": "1905ms", "drop": { "from": "server", "to": "bob", "kinds": ["known"], "count": 1 } },
           { "at": "1905ms", "drop": { "from": "server", "to": "bob", "kinds": ["content"], "count": 1 } }"#,
    );
}

/// What an app writes counts once the disk has it. Where lines are full, nothing is said of that: whether a deadline that
/// was armed before is the same still, nobody can tell, and so not what is due when the line takes messages again.
#[test]
fn timely_asks_nothing_of_a_full_line_that_it_does_not_follow() {
    let text = r#"{
        "version": 1, "about": "A story.",
        "nodes": { "alice": {}, "bob": {}, "edge": {}, "server": { "disk": { "unsynced": "kept" } } },
        "network": { "latency": "5ms", "bandwidth": "55KB/s", "queue": "25KB" },
        "links": [
            { "between": ["alice", "edge"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["edge", "server"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["server", "bob"], "relationship": "syncAllOurs/syncTheirs" }
        ],
        "timeline": [
            { "at": "0ms", "name": "notes", "create": { "node": "server", "id": "notes" } },
            { "at": "0ms", "name": "diary", "create": { "node": "server", "id": "diary" } },
            { "at": "100ms", "name": "w17",
              "edit": { "node": "alice", "id": "diary", "transactions": 2, "size": 36943 } },
            { "at": "100ms", "name": "w1",
              "edit": { "node": "server", "id": "notes", "transactions": 3, "size": 95856 } },
            { "at": "100ms", "name": "w16",
              "edit": { "node": "server", "id": "diary", "transactions": 2, "size": 19973 } },
            { "at": "1100ms", "name": "w20",
              "edit": { "node": "alice", "id": "diary", "transactions": 3, "size": 40890 } },
            { "at": "1600ms", "name": "restart", "restart": { "node": "edge" } },
            { "at": "6600ms", "name": "join", "join": { "node": "bob" } },
            { "at": "6700ms", "name": "w14", "edit": { "node": "server", "id": "diary" } }
        ],
        "decisions": {
            "reordered": { "server>bob load notes w1 @join": "100ms", "bob>server known diary @join": "100ms" }
        }
    }"#;
    let outcome = holds(&scenario::parse(text, "story.json").expect("a scenario"));
    assert!(outcome.figures.blocked > 0, "a line was full");
}
