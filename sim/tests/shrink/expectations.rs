//! An expectation that is not met says why, and can be shrunk: to something that is not met for the same reason.

use cosim_testbed::freeze::freeze;
use cosim_testbed::guest::Guests;
use cosim_testbed::log::Limit;
use cosim_testbed::report;
use cosim_testbed::run::{Options, UNMET_KEY, run};
use cosim_testbed::scenario::{Scenario, parse};
use cosim_testbed::shrink::{Shrunk, causes, shrink};

fn read(text: &str) -> Scenario {
    parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is said of a story whose expectations are not met.
pub(super) fn said(text: &str) -> String {
    report::unmet_in(report::COLUMNS, &run(&read(text), 1, Options::logged(Limit::All)))
}

/// What is left of such a story, which fails as it does, and what it is about.
fn left(text: &str) -> Shrunk {
    let frozen = freeze(&read(text), 1, "story.json");
    assert_eq!(frozen.outcome.key(), Some(UNMET_KEY));
    let shrunk =
        shrink(&frozen.file, &Guests::default(), &mut |_, _| {}).unwrap_or_else(|error| panic!("{error}"));
    let again = run(&read(&shrunk.file.to_json_pretty()), 7, Options::judged());
    assert_eq!(again.fingerprint, shrunk.outcome.fingerprint);
    assert!(
        again.unmet[0].is_like(&frozen.outcome.unmet[0]),
        "{} {}",
        again.unmet[0],
        frozen.outcome.unmet[0]
    );
    shrunk
}

fn acts(shrunk: &Shrunk) -> Vec<String> {
    shrunk.file.timeline.iter().filter_map(|entry| entry.name.clone()).collect()
}

/// Bob's clock is wrong; carol and the todo list have nothing to do with it.
const CLOCK: &str = r#"{
    "version": 1, "about": "Bob's clock is three days ahead.",
    "nodes": { "alice": {}, "bob": { "clock": { "skew": "+3d" } }, "carol": {}, "server": {} },
    "co_values": { "card": { "kind": "map" }, "todo": { "kind": "map" } },
    "network": { "latency": "20ms..80ms" },
    "links": [
        { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
        { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" },
        { "between": ["carol", "server"], "relationship": "syncAllOurs/syncTheirs" }
    ],
    "timeline": [
        { "at": "0ms", "create": { "node": "alice", "id": "card" } },
        { "at": "0ms", "create": { "node": "carol", "id": "todo" } },
        { "at": "1s", "set": { "node": "carol", "id": "todo", "key": "milk", "value": 1 } },
        { "at": "1m", "set": { "node": "bob", "id": "card", "key": "phone", "value": "bob's" } },
        { "at": "2h", "set": { "node": "alice", "id": "card", "key": "phone", "value": "alice's" } }
    ],
    "expect": { "views": [{ "node": "alice", "id": "card", "shows": { "phone": "alice's" } }] }
}"#;

#[test]
fn a_view_says_who_wrote_what_shows_and_what_it_beat() {
    insta::assert_snapshot!(said(CLOCK), @r#"
    expectation not met: alice was to show card as {"phone":"alice's"}, but it shows {"phone":"bob's"}
      - phone: bob sets phone of card to "bob's" at 60.000s [set-card-bob], by a clock that was 3d
        ahead
      - beaten: alice sets phone of card to "alice's" at 2h 0m 0.000s [set-card-alice]: its date is 2d
        22h 1m earlier, and the last date counts
    "#);
}

/// What changes who may write is dated after what it replaces, though the clock of its author is right.
#[test]
fn a_view_tells_a_wrong_clock_from_a_date_that_was_moved() {
    let told = said(
        r#"{
    "version": 1, "about": "Alice gives bob a role by a clock that is an hour ahead, and takes it back by one that is right.",
    "nodes": { "alice": { "clock": { "skew": "+1h" } }, "bob": {}, "server": {} },
    "co_values": { "card": { "kind": "map", "owner": "team" }, "team": { "kind": "group", "admin": "alice" } },
    "links": [
        { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
        { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
    ],
    "timeline": [
        { "at": "1s", "create": { "node": "alice", "id": "team" } },
        { "at": "1s", "create": { "node": "alice", "id": "card" } },
        { "at": "2s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
        { "at": "3s", "clock": { "node": "alice", "jump": "-1h" } },
        { "at": "4s", "remove_member": { "node": "alice", "id": "team", "member": "bob" } },
        { "at": "5s", "load": { "node": "bob", "id": "card" } },
        { "at": "2h", "set": { "node": "bob", "id": "card", "key": "phone", "value": "bob's" } }
    ],
    "expect": { "views": [{ "node": "bob", "id": "card", "shows": { "phone": "bob's" } }] }
}"#,
    );
    insta::assert_snapshot!(told, @r#"
    expectation not met: bob was to show card as {"phone":"bob's"}, but it shows {}
      - phone: no write of it counts here
      - does not count: bob sets phone of card to "bob's" at 2h 0m 0.000s [set-card-bob]: bob had no
        right by then to write it: in team bob is no member any more, since alice removes bob from
        team at 4.000s [remove-member-team-alice], dated 59m 58s later than alice's clock showed
    "#);
}

/// What an edit writes, the file does not say word for word.
#[test]
fn a_view_says_which_edit_has_written_what_shows() {
    let set = r#""set": { "node": "alice", "id": "card", "key": "phone", "value": "alice's" }"#;
    insta::assert_snapshot!(said(&CLOCK.replace(set, r#""edit": { "node": "alice", "id": "card" }"#)), @r#"
    expectation not met: alice was to show card as {"phone":"alice's"}, but it shows
      {"k2":"7.0","phone":"bob's"}
      - phone: bob sets phone of card to "bob's" at 60.000s [set-card-bob], by a clock that was 3d
        ahead
      - phone: nobody wrote the value that was expected
      - k2: alice edits card at 2h 0m 0.000s [edit-card-alice]
    "#);
}

#[test]
fn a_view_is_cut_down_to_the_writes_and_the_clock() {
    let shrunk = left(CLOCK);
    assert!(!shrunk.file.nodes.contains_key("carol"), "{}", shrunk.file.to_json_pretty());
    assert_eq!(acts(&shrunk).len(), 3, "{}", shrunk.file.to_json_pretty());
    assert!(shrunk.file.nodes["bob"].clock.is_some(), "it is the cause");
    let causes = causes(&shrunk.file, &Guests::default(), UNMET_KEY);
    assert_eq!(causes[0], ("bob's clock (skew +3d)".to_owned(), "the run holds".to_owned()), "{causes:#?}");
    assert_eq!(causes.len(), 4, "and the three operations: {causes:#?}");
}

/// A text is a list of what was typed.
#[test]
fn a_text_says_why_what_was_typed_is_not_there() {
    let text = CLOCK
        .replace(r#""card": { "kind": "map" }"#, r#""card": { "kind": "text" }"#)
        .replace(
            r#""set": { "node": "bob", "id": "card", "key": "phone", "value": "bob's" }"#,
            r#""splice": { "node": "bob", "id": "card", "index": 0, "insert": "b" }"#,
        )
        .replace(
            r#""set": { "node": "alice", "id": "card", "key": "phone", "value": "alice's" }"#,
            r#""splice": { "node": "alice", "id": "card", "index": 1, "insert": "a" }"#,
        )
        .replace(r#"{ "phone": "alice's" } }]"#, r#""ba" }]"#);
    insta::assert_snapshot!(said(&text), @r#"
    expectation not met: alice was to show card as "ba", but it shows "b"
      - not shown: alice types "a" at 1 of card at 2h 0m 0.000s [splice-card-alice]: it hangs on an
        item that is dated 2d 22h 1m later: bob types "b" at 0 of card at 60.000s [splice-card-bob],
        by a clock that was 3d ahead
    "#);
}

/// Alice gives up after one try, and it is lost. Bob's diary is beside it.
const LOST: &str = r#"{
    "version": 1, "about": "Alice never repeats herself.",
    "nodes": { "alice": { "mutations": ["never-retransmit"] }, "bob": {}, "server": {} },
    "network": { "latency": "20ms" },
    "links": [
        { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
        { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
    ],
    "timeline": [
        { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
        { "at": "0ms", "create": { "node": "bob", "id": "diary" } },
        { "at": "1s", "edit": { "node": "bob", "id": "diary" } },
        { "at": "1s", "edit": { "node": "alice", "id": "notes", "transactions": 2 } }
    ],
    "decisions": { "lost": ["alice>server content notes edit-notes-alice", "bob>server content diary edit-diary-bob"] },
    "expect": { "oracles": ["no_fork"], "content": [{ "node": "server", "id": "notes", "transactions": 2 }] }
}"#;

#[test]
fn content_says_where_it_is_and_which_message_was_lost() {
    insta::assert_snapshot!(said(LOST), @r#"
    expectation not met: server was to hold 2 transactions of notes, but holds 0
      - missing: alice edits notes, 2 transactions at 1.000s [edit-notes-alice]: held by alice; alice
        sent it to server at 1.000s, it was lost
    "#);
}

#[test]
fn content_is_cut_down_to_the_loss() {
    let shrunk = left(LOST);
    let text = shrunk.file.to_json_pretty();
    let decisions: Vec<_> = shrunk.file.decisions.iter().flat_map(|decisions| decisions.iter()).collect();
    assert_eq!(decisions.len(), 1, "{text}");
    assert!(decisions[0].address.starts_with("alice>server content notes"), "{text}");
    assert_eq!(shrunk.file.nodes.keys().collect::<Vec<_>>(), ["alice", "server"], "{text}");
    assert_eq!(
        shrunk.file.nodes["alice"].mutations,
        ["never-retransmit"],
        "else it would come in the end: {text}"
    );
}

/// Nobody who is asked has it.
const LOAD: &str = r#"{
    "version": 1, "about": "Bob asks the server, which is cut off from alice.",
    "nodes": { "alice": {}, "bob": {}, "server": {} },
    "network": { "latency": "20ms" },
    "links": [
        { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
        { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
    ],
    "timeline": [
        { "at": "0ms", "partition": { "between": ["alice", "server"] } },
        { "at": "1s", "create": { "node": "alice", "id": "notes" } },
        { "at": "2s", "create": { "node": "bob", "id": "diary" } },
        { "at": "2s", "load": { "node": "bob", "id": "notes" } },
        { "at": "3s", "disconnect": { "between": ["bob", "server"] } },
        { "at": "9s", "heal": { "between": ["alice", "server"] } }
    ],
    "expect": { "loads": [{ "node": "bob", "id": "notes", "ends": "available" }] }
}"#;

#[test]
fn a_load_says_who_was_asked_and_who_answered_what() {
    insta::assert_snapshot!(said(LOAD), @r#"
    expectation not met: bob's load of notes was to end as available, but ended as unavailable
      - server was asked at 2.000s; it answered at 2.040s: it has nothing
      - the load ended at 2.040s as unavailable
      - in the end, it is held by alice, server
    "#);
}

/// Whom bob asks has it. Had he nobody to ask, that would be another story.
#[test]
fn a_load_is_not_cut_down_to_another_cause() {
    let text = LOAD.replace(r#"{ "at": "0ms", "partition": { "between": ["alice", "server"] } },"#, "");
    let text = text.replace(
        r#""heal": { "between": ["alice", "server"] }"#,
        r#""connect": { "between": ["bob", "server"] }"#,
    );
    let left = left(&text.replace(r#""ends": "available""#, r#""ends": "unavailable""#));
    assert!(left.file.nodes.contains_key("server"), "{}", left.file.to_json_pretty());
}

/// What alice pushes is no answer to what nobody asked.
#[test]
fn a_load_says_what_came_unasked() {
    let told = said(
        r#"{
    "version": 1, "about": "Alice pushes what the server loads later.",
    "nodes": { "alice": {}, "server": {} },
    "network": { "latency": "20ms" },
    "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
    "timeline": [
        { "at": "1s", "create": { "node": "alice", "id": "notes" } },
        { "at": "2s", "load": { "node": "server", "id": "notes" } }
    ],
    "expect": { "loads": [{ "node": "server", "id": "notes", "ends": "unavailable" }] }
}"#,
    );
    insta::assert_snapshot!(told, @r#"
    expectation not met: server's load of notes was to end as unavailable, but ended as available
      - alice was not asked; unasked, it said at 1.060s: CONTENT notes header: true new:
      - the load ended at 2.000s as available
      - in the end, it is held by alice, server
    "#);
}

#[test]
fn a_load_is_cut_down_to_the_partition() {
    let left = acts(&left(LOAD));
    assert!(left.iter().any(|act| act.contains("partition")), "{left:?}");
    assert!(left.iter().any(|act| act == "create-notes-alice"), "else it would be trivial: {left:?}");
    assert!(!left.iter().any(|act| act.contains("diary")), "{left:?}");
}

/// By a clock that is behind, ben renames what ann has named, by his date before he may write. Without the rights, his date alone
/// would lose to hers: that is another story.
#[test]
fn no_other_reason_takes_the_place_of_the_one_that_is_told() {
    let rights = r#"{
        "version": 1, "about": "Ben's clock is behind.", "format": "0.20",
        "nodes": { "ann": {}, "ben": { "clock": { "skew": "-3m" } }, "server": {} },
        "co_values": { "doc": { "kind": "map", "owner": "team" }, "team": { "kind": "group", "admin": "ann" } },
        "network": { "latency": "20ms" },
        "links": [
            { "between": ["ann", "server"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["ben", "server"], "relationship": "syncAllOurs/syncTheirs" }
        ],
        "timeline": [
            { "at": "0ms", "create": { "node": "ann", "id": "team" } },
            { "at": "1ms", "create": { "node": "ann", "id": "doc" } },
            { "at": "1s", "set": { "node": "ann", "id": "doc", "key": "title", "value": "Untitled" } },
            { "at": "1m", "add_member": { "node": "ann", "id": "team", "member": "ben", "role": "writer" } },
            { "at": "90s", "load": { "node": "ben", "id": "doc" } },
            { "at": "2m", "set": { "node": "ben", "id": "doc", "key": "title", "value": "Budget" } }
        ],
        "expect": { "views": [{ "node": "ann", "id": "doc", "shows": { "title": "Budget" } }] }
    }"#;
    let reason = "before that of what gave ben the right";
    assert!(said(rights).replace("\n      ", " ").contains(reason), "{}", said(rights));
    let left = left(rights);
    assert!(left.after.operations < left.before.operations, "{}", left.file.to_json_pretty());
    let told = said(&left.file.to_json_pretty());
    assert!(told.replace("\n      ", " ").contains(reason), "{told}");
}

/// Of two who write, the later date counts: two writes of one of them would be another reason.
#[test]
fn who_is_beaten_stays_beaten_by_the_same_rule() {
    let dates = CLOCK
        .replace(r#""skew": "+3d""#, r#""skew": "+0ms""#)
        .replace(r#""phone": "alice's" } }]"#, r#""phone": "bob's" } }]"#);
    let rule = "and the last date counts";
    assert!(said(&dates).replace("\n      ", " ").contains(rule), "{}", said(&dates));
    let told = said(&left(&dates).file.to_json_pretty());
    assert!(told.replace("\n      ", " ").contains(rule), "{told}");
}

#[test]
fn what_is_not_met_in_peace_either_keeps_its_writes() {
    let wrong = CLOCK
        .replace(r#""skew": "+3d""#, r#""skew": "+0ms""#)
        .replace(r#"{ "phone": "alice's" } }]"#, r#"{ "phone": "x" } }]"#);
    let shrunk = left(&wrong);
    let left = shrunk.file.to_json_pretty();
    assert_eq!(acts(&shrunk).len(), 3, "{left}");
    // What is expected may name what is written, so that stays word for word: else no fix could ever meet it.
    assert!(["\"alice's\"", "\"bob's\""].iter().all(|value| left.contains(value)), "{left}");
    assert!(said(&wrong).contains("nobody wrote the value that was expected"));
}

#[test]
fn too_many_messages_are_cut_down_to_as_few_as_are_too_many() {
    let chatty = CLOCK.replace(
        r#""views": [{ "node": "alice", "id": "card", "shows": { "phone": "alice's" } }]"#,
        r#""messages_max": 3"#,
    );
    let shrunk = left(&chatty);
    assert!(shrunk.after.operations < shrunk.before.operations, "{}", shrunk.file.to_json_pretty());
}
