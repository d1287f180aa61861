//! What is said to be the reason is the one that it was: of equal items the one that was meant, of several ends of a process
//! the one that took it, of many writes the one that matters, and what an app could not do at all.

use super::expectations::said;
use super::laws::read;
use cosim_testbed::run::{Options, Verdict, run};

/// What is said of a story of alice and bob, who have a server between them.
fn told(nodes: &str, co_values: &str, timeline: &str, expect: &str) -> String {
    said(&format!(
        r#"{{ "version": 1, "about": "A story.", "format": "0.20",
            "nodes": {{ {nodes} }},
            "co_values": {{ {co_values} }},
            "links": [
                {{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
                {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }}
            ],
            "timeline": [{timeline}],
            "expect": {{ {expect} }} }}"#
    ))
}

const TWO: &str = r#""alice": {}, "bob": {}, "server": {}"#;
const ON_DISKS: &str = r#""alice": { "disk": {} }, "bob": { "disk": {} }, "server": {}"#;

/// A view that one node is to have.
fn view(node: &str, id: &str, shows: &str) -> String {
    format!(r#""views": [{{ "node": "{node}", "id": "{id}", "shows": {shows} }}]"#)
}

#[test]
fn of_equal_items_the_one_that_is_lacking() {
    let text = r#""t": { "kind": "text" }"#;
    let begin = r#"
        { "at": "0s", "create": { "node": "alice", "id": "t" } },
        { "at": "0s", "load": { "node": "bob", "id": "t" } },"#;
    let removed = format!(
        r#"{begin}
        {{ "at": "1s", "splice": {{ "node": "alice", "id": "t", "index": 0, "insert": "banana" }} }},
        {{ "at": "2s", "splice": {{ "node": "bob", "id": "t", "index": 1, "delete": 1 }} }},
        {{ "at": "3s", "splice": {{ "node": "alice", "id": "t", "index": 2, "delete": 1 }} }}"#
    );
    insta::assert_snapshot!(told(TWO, text, &removed, &view("alice", "t", r#""bnana""#)), @r#"
    expectation not met: alice was to show t as "bnana", but it shows "bnna"
      - not shown: "a" of this: alice types "banana" at 0 of t at 1.000s [splice-t-alice]: it was
        removed: alice deletes 1 at 2 of t at 3.000s [splice-t-alice-2]
    "#);
    let misplaced = format!(
        r#"{begin}
        {{ "at": "1s", "splice": {{ "node": "alice", "id": "t", "index": 0, "insert": "xa" }} }},
        {{ "at": "2s", "splice": {{ "node": "bob", "id": "t", "index": 0, "delete": 1 }} }},
        {{ "at": "3s", "clock": {{ "node": "alice", "jump": "+1h" }} }},
        {{ "at": "4s", "splice": {{ "node": "alice", "id": "t", "index": 1, "insert": "y" }} }},
        {{ "at": "5s", "splice": {{ "node": "bob", "id": "t", "index": 2, "insert": "x" }} }}"#
    );
    insta::assert_snapshot!(told(TWO, text, &misplaced, &view("alice", "t", r#""ayx""#)), @r#"
    expectation not met: alice was to show t as "ayx", but it shows "ay"
      - not shown: bob types "x" at 2 of t at 5.000s [splice-t-bob-2]: it hangs on an item that is
        dated 59m 59s later: alice types "y" at 1 of t at 4.000s [splice-t-alice-2], by a clock that
        was 1h ahead
    "#);
}

#[test]
fn the_order_of_a_list_has_its_reason() {
    let list = r#""l": { "kind": "list" }"#;
    let insert = |at: &str, node: &str, index: u32, values: &str| {
        format!(
            r#"{{ "at": "{at}", "insert": {{ "node": "{node}", "id": "l", "index": {index}, "values": {values} }} }}"#
        )
    };
    let begin = r#"
        { "at": "0s", "create": { "node": "alice", "id": "l" } },
        { "at": "0s", "load": { "node": "bob", "id": "l" } }"#;
    let at_once = [begin, &insert("1s", "alice", 0, "[1]"), &insert("1s", "bob", 0, "[2]")].join(",");
    insta::assert_snapshot!(told(TWO, list, &at_once, &view("alice", "l", "[2, 1]")), @r#"
    expectation not met: alice was to show l as [2,1], but it shows [1,2]
      - all of it is there, in another order: of what is put into an empty list, what counts first
        comes first
      - counts as number 1: alice inserts 1 at 0 of l at 1.000s [insert-l-alice]
      - counts as number 2: bob inserts 2 at 0 of l at 1.000s [insert-l-bob]
    "#);
    let one = [begin, &insert("1s", "alice", 0, "[1, 2]")].join(",");
    insta::assert_snapshot!(told(TWO, list, &one, &view("alice", "l", "[2, 1]")), @r#"
    expectation not met: alice was to show l as [2,1], but it shows [1,2]
      - all of it is there, in another order: each item stands where it was put
      - counts as number 1: alice inserts 1, 2 at 0 of l at 1.000s [insert-l-alice]
    "#);
    let beside = [
        begin,
        &insert("1s", "alice", 0, "[0]"),
        &insert("2s", "alice", 1, "[1]"),
        &insert("2s", "bob", 1, "[2]"),
    ];
    insta::assert_snapshot!(told(TWO, list, &beside.join(","), &view("alice", "l", "[0, 1, 2]")), @r#"
    expectation not met: alice was to show l as [0,1,2], but it shows [0,2,1]
      - all of it is there, in another order: of what is put beside one item, what counts last comes
        first
      - counts as number 1: alice inserts 0 at 0 of l at 1.000s [insert-l-alice]
      - counts as number 2: alice inserts 1 at 1 of l at 2.000s [insert-l-alice-2]
      - counts as number 3: bob inserts 2 at 1 of l at 2.000s [insert-l-bob]
    "#);
}

const TEAM: &str = r#""team": { "kind": "group", "admin": "alice" }, "m": { "kind": "map", "owner": "team" },
    "d": { "branch_of": "m" }"#;
const TEAM_BEGINS: &str = r#"
    { "at": "0s", "create": { "node": "alice", "id": "team" } },
    { "at": "0s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
    { "at": "0s", "create": { "node": "alice", "id": "m" } },
    { "at": "0s", "load": { "node": "bob", "id": "m" } },
    { "at": "1s", "branch": { "node": "alice", "id": "d" } },
    { "at": "2s", "set": { "node": "alice", "id": "d", "key": "a", "value": 1 } },"#;

#[test]
fn a_merge_that_vanished_is_not_there() {
    let failed = format!(
        r#"{TEAM_BEGINS} {{ "at": "3s", "fail_writes": {{ "node": "alice", "count": 9 }} }},
        {{ "at": "3s", "merge": {{ "node": "alice", "id": "d" }} }}"#
    );
    insta::assert_snapshot!(told(ON_DISKS, TEAM, &failed, &view("bob", "m", r#"{ "a": 1 }"#)), @r#"
    expectation not met: bob was to show m as {"a":1}, but it shows {}
      - a: no write of it counts here
      - not merged into m here: alice sets a of d to 1 at 2.000s [set-d-alice]: the last merge is not
        there: alice merges d at 3.000s [merge-d-alice]: alice's disk did not take it, at 3.001s
    "#);
    let content = r#""content": [{ "node": "bob", "id": "m", "transactions": 2 }]"#;
    insta::assert_snapshot!(told(ON_DISKS, TEAM, &failed, content), @r#"
    expectation not met: bob was to hold 2 transactions of m, but holds 1
      - no more than 1 is held or was sent
      - not there: alice merges d at 3.000s [merge-d-alice]: alice's disk did not take it, at 3.001s
      - written: alice makes the branch d at 1.000s [branch-d-alice]
    "#);
    let wiped = format!(
        r#"{TEAM_BEGINS} {{ "at": "3s", "merge": {{ "node": "alice", "id": "d" }} }},
        {{ "at": "3s", "wipe": {{ "node": "alice" }} }}"#
    );
    insta::assert_snapshot!(told(ON_DISKS, TEAM, &wiped, &view("bob", "m", r#"{ "a": 1 }"#)), @r#"
    expectation not met: bob was to show m as {"a":1}, but it shows {}
      - a: no write of it counts here
      - not merged into m here: alice sets a of d to 1 at 2.000s [set-d-alice]: the last merge is not
        there: alice merges d at 3.000s [merge-d-alice]: alice had it until 3.000s, when its disk was
        wiped [wipe-alice]
    "#);
}

#[test]
fn what_a_branch_deletes_is_not_merged_either() {
    let deleted = r#"
        { "at": "0s", "create": { "node": "alice", "id": "team" } },
        { "at": "0s", "create": { "node": "alice", "id": "l" } },
        { "at": "1s", "insert": { "node": "alice", "id": "l", "values": [1, 2] } },
        { "at": "2s", "branch": { "node": "alice", "id": "d" } },
        { "at": "3s", "remove": { "node": "alice", "id": "d", "index": 0 } }"#;
    let list = r#""team": { "kind": "group", "admin": "alice" }, "l": { "kind": "list", "owner": "team" },
        "d": { "branch_of": "l" }"#;
    insta::assert_snapshot!(told(TWO, list, deleted, &view("alice", "l", "[2]")), @r#"
    expectation not met: alice was to show l as [2], but it shows [1,2]
      - not merged into l here: alice removes item 0 of d at 3.000s [remove-d-alice]: nobody merges it
      - counts as number 1: alice inserts 1, 2 at the end of l at 1.000s [insert-l-alice]
    "#);
    let old = r#""alice": {}, "bob": { "format": "0.7" }, "server": {}"#;
    let apart = format!(
        r#"{TEAM_BEGINS} {{ "at": "3s", "set": {{ "node": "bob", "id": "m", "key": "b", "value": 2 }} }},
        {{ "at": "4s", "load": {{ "node": "bob", "id": "d" }} }}"#
    );
    insta::assert_snapshot!(told(old, TEAM, &apart, &view("bob", "d", r#"{ "a": 1, "b": 2 }"#)), @r#"
    expectation not met: bob was to show d as {"a":1,"b":2}, but it shows {"a":1}
      - b: no write of it counts here
      - d has nothing of m for bob, whose app reads by the rules of 0.7, which know no branches: bob
        sets b of m to 2 at 3.000s [set-m-bob]
      - bob's app reads by the rules of 0.7; by those of 0.20 it would show {"a":1,"b":2}
    "#);
}

#[test]
fn of_several_ends_the_one_that_took_it() {
    let map = r#""m": { "kind": "map" }"#;
    let slow = r#""alice": { "disk": { "latency": "500ms" } }, "bob": {}, "server": {}"#;
    let crashed = r#"
        { "at": "0s", "create": { "node": "alice", "id": "m" } },
        { "at": "3s", "set": { "node": "alice", "id": "m", "key": "a", "value": 1 } },
        { "at": "3s", "set": { "node": "alice", "id": "m", "key": "b", "value": 2 } },
        { "at": "3010ms", "crash": { "node": "alice" } },
        { "at": "20s", "wipe": { "node": "alice" } }"#;
    insta::assert_snapshot!(told(slow, map, crashed, &view("bob", "m", r#"{ "a": 1, "b": 2 }"#)), @r#"
    expectation not met: bob was to show m as {"a":1,"b":2}, but it shows {"a":1}
      - b: no write of it counts here
      - not there: alice sets b of m to 2 at 3.000s [set-m-alice-2]: alice had it until 3.010s, when
        it crashed [crash-alice]
    "#);
    let rotten = r#"
        { "at": "0s", "create": { "node": "alice", "id": "m" } },
        { "at": "0s", "load": { "node": "bob", "id": "m" } },
        { "at": "1s", "set": { "node": "alice", "id": "m", "key": "a", "value": 1 } },
        { "at": "5s", "restart": { "node": "bob" } },
        { "at": "6s", "disconnect": { "between": ["bob", "server"] } },
        { "at": "7s", "rot": { "node": "bob", "place": "90%" } },
        { "at": "8s", "crash": { "node": "bob" } }"#;
    insta::assert_snapshot!(told(ON_DISKS, map, rotten, &view("bob", "m", r#"{ "a": 1 }"#)), @r#"
    expectation not met: bob was to show m as {"a":1}, but it shows {}
      - a: no write of it counts here
      - not here: alice sets a of m to 1 at 1.000s [set-m-alice]: held by alice, server; bob had it
        until 8.000s, when it crashed [crash-bob], and some of its disk was damaged
    "#);
}

#[test]
fn lines_that_are_down_and_what_waits_for_another() {
    let map = r#""m": { "kind": "map", "depends_on": ["n"] }, "n": { "kind": "map" }"#;
    let cut = r#"
        { "at": "0s", "create": { "node": "alice", "id": "n" } },
        { "at": "0s", "create": { "node": "alice", "id": "m" } },
        { "at": "0s", "load": { "node": "bob", "id": "m" } },
        { "at": "1s", "disconnect": { "between": ["alice", "server"] } },
        { "at": "2s", "set": { "node": "alice", "id": "m", "key": "a", "value": 1 } }"#;
    insta::assert_snapshot!(told(TWO, map, cut, &view("server", "m", r#"{ "a": 1 }"#)), @r#"
    expectation not met: server was to show m as {"a":1}, but it shows {}
      - a: no write of it counts here
      - not here: alice sets a of m to 1 at 2.000s [set-m-alice]: held by alice; nobody ever sent it
        to server; alice and server have not been connected since 1.000s [disconnect-alice-server]
    "#);
    let waits = r#"
        { "at": "0s", "create": { "node": "alice", "id": "n" } },
        { "at": "0s", "create": { "node": "alice", "id": "m" } },
        { "at": "0s", "hold": { "from": "alice", "to": "server", "ids": ["n"] } },
        { "at": "1s", "set": { "node": "alice", "id": "m", "key": "a", "value": 1 } },
        { "at": "2s", "leave": { "node": "alice" } }"#;
    insta::assert_snapshot!(told(TWO, map, waits, &view("server", "m", r#"{ "a": 1 }"#)), @r#"
    expectation not met: server was to show m as {"a":1}, but it is not there
      - missing: alice sets a of m to 1 at 1.000s [set-m-alice]: nobody holds it any more; alice had
        it until 2.000s, when it left [leave-alice]; from alice it came to server at 1.150s, and waits
        there; it can be taken only once n is there, and that never came to server
    "#);
    let left = r#"
        { "at": "0s", "create": { "node": "alice", "id": "m" } },
        { "at": "1s", "load": { "node": "bob", "id": "m" } },
        { "at": "1010ms", "leave": { "node": "bob" } }"#;
    let load = r#""loads": [{ "node": "bob", "id": "m", "ends": "available" }]"#;
    let interested = r#""alice": {}, "bob": {}, "server": { "announce": "interested" }"#;
    insta::assert_snapshot!(told(interested, r#""m": { "kind": "map" }"#, left, load), @r#"
    expectation not met: bob's load of m was to end as available, but never ended
      - server was asked at 1.000s, in vain: its connection was over; no answer came
      - bob waited for it until 1.010s, when it left [leave-bob]
      - in the end, it is held by alice, server
    "#);
}

#[test]
fn of_many_writes_those_that_matter() {
    let list = r#""l": { "kind": "list" }"#;
    let inserts: Vec<String> = (1..=11)
        .map(|i| {
            format!(r#"{{ "at": "{i}s", "insert": {{ "node": "alice", "id": "l", "values": [{i}] }} }}"#)
        })
        .collect();
    let many =
        format!(r#"{{ "at": "0s", "create": {{ "node": "alice", "id": "l" }} }}, {}"#, inserts.join(","));
    let all_but_the_first = "[2, 3, 4, 5, 6, 7, 8, 9, 10, 11]";
    insta::assert_snapshot!(told(TWO, list, &many, &view("alice", "l", all_but_the_first)), @r#"
    expectation not met: alice was to show l as [2,3,4,5,6,7,8,9,10,11], but it shows
      [1,2,3,4,5,6,7,8,9,10,11]
      - counts as number 1: alice inserts 1 at the end of l at 1.000s [insert-l-alice]
      - counts as number 5: alice inserts 5 at the end of l at 5.000s [insert-l-alice-5]
      - counts as number 6: alice inserts 6 at the end of l at 6.000s [insert-l-alice-6]
      - counts as number 7: alice inserts 7 at the end of l at 7.000s [insert-l-alice-7]
      - counts as number 8: alice inserts 8 at the end of l at 8.000s [insert-l-alice-8]
      - counts as number 9: alice inserts 9 at the end of l at 9.000s [insert-l-alice-9]
      - counts as number 10: alice inserts 10 at the end of l at 10.000s [insert-l-alice-10]
      - counts as number 11: alice inserts 11 at the end of l at 11.000s [insert-l-alice-11]
      - counts, too: what 3 other operations wrote
    "#);
    let owned = r#""team": { "kind": "group", "admin": "alice" }, "l": { "kind": "list", "owner": "team" }"#;
    let vain: Vec<String> = (1..=6)
        .map(|i| format!(r#"{{ "at": "{i}s", "insert": {{ "node": "bob", "id": "l", "values": [{i}] }} }}"#))
        .collect();
    let vain = format!(
        r#"{{ "at": "0s", "create": {{ "node": "alice", "id": "team" }} }},
        {{ "at": "0s", "create": {{ "node": "alice", "id": "l" }} }},
        {{ "at": "0s", "load": {{ "node": "bob", "id": "l" }} }}, {}"#,
        vain.join(",")
    );
    insta::assert_snapshot!(told(TWO, owned, &vain, &view("alice", "l", "[6]")), @r#"
    expectation not met: alice was to show l as [6], but it shows []
      - does not count: bob inserts 6 at the end of l at 6.000s [insert-l-bob-6]: bob never had the
        right to write it: in team bob is no member
      - does not count: bob inserts 1 at the end of l at 1.000s [insert-l-bob]: bob never had the
        right to write it: in team bob is no member
      - does not count: bob inserts 2 at the end of l at 2.000s [insert-l-bob-2]: bob never had the
        right to write it: in team bob is no member
      - does not count: bob inserts 3 at the end of l at 3.000s [insert-l-bob-3]: bob never had the
        right to write it: in team bob is no member
      - does not count either: what 2 other operations wrote
    "#);
}

#[test]
fn who_could_not_be_taken_in_had_no_right() {
    let not_taken_in = r#"
        { "at": "0s", "create": { "node": "alice", "id": "team" } },
        { "at": "0s", "create": { "node": "alice", "id": "m" } },
        { "at": "0s", "load": { "node": "bob", "id": "m" } },
        { "at": "1s", "fail_writes": { "node": "alice", "count": 9 } },
        { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
        { "at": "2s", "set": { "node": "bob", "id": "m", "key": "a", "value": 1 } }"#;
    insta::assert_snapshot!(told(ON_DISKS, TEAM, not_taken_in, &view("alice", "m", r#"{ "a": 1 }"#)), @r#"
    expectation not met: alice was to show m as {"a":1}, but it shows {}
      - a: no write of it counts here
      - does not count: bob sets a of m to 1 at 2.000s [set-m-bob]: bob never had the right to write
        it: in team bob is no member; not there: alice makes bob a writer of team at 1.000s
        [add-member-team-alice]: alice's disk did not take it, at 1.001s
    "#);
    let circle = r#"
        { "at": "0s", "create": { "node": "alice", "id": "team" } },
        { "at": "0s", "create": { "node": "alice", "id": "club" } },
        { "at": "1s", "extend": { "node": "alice", "id": "club", "parent": "team" } },
        { "at": "2s", "extend": { "node": "alice", "id": "team", "parent": "club" } },
        { "at": "3s", "add_member": { "node": "alice", "id": "club", "member": "bob", "role": "writer" } }"#;
    let groups =
        r#""team": { "kind": "group", "admin": "alice" }, "club": { "kind": "group", "admin": "alice" }"#;
    let members = view("alice", "team", r#"{ "alice": "admin", "bob": "writer" }"#);
    insta::assert_snapshot!(told(TWO, groups, circle, &members), @r#"
    expectation not met: alice was to show team as {"alice":"admin","bob":"writer"}, but it shows
      {"alice":"admin"}
      - not there: alice extends team to the members of club at 2.000s [extend-team-alice]: it had no
        effect: a group cannot be its own ancestor
      - counts as number 1: alice creates team at 0.000s [create-team-alice]
    "#);
}

#[test]
fn what_is_private_in_a_group_shows_by_older_rules_to_who_can_read_it() {
    let private = r#"
        { "at": "0s", "create": { "node": "alice", "id": "team" } },
        { "at": "1s", "set": { "node": "alice", "id": "team", "key": "profile", "value": 1, "private": true } }"#;
    let old = r#""alice": { "format": "0.7" }, "bob": {}, "server": { "format": "0.7" }"#;
    let group = r#""team": { "kind": "group", "admin": "alice" }"#;
    let members = view("server", "team", r#"{ "alice": "admin", "profile": 1 }"#);
    let said = told(old, group, private, &members);
    assert!(said.contains("cannot read it, and has no key that opens it"), "{said}");
}

/// A number is the same in each of its forms, and silence may take as long as the timeline makes lines slow.
#[test]
fn a_form_of_a_number_and_a_slow_line_are_no_failures() {
    let story = |timeline: &str| {
        format!(
            r#"{{ "version": 1, "about": "A story.", "nodes": {{ "alice": {{}}, "server": {{}} }},
            "co_values": {{ "m": {{ "kind": "map" }}, "l": {{ "kind": "list" }}, "s": {{ "kind": "stream" }} }},
            "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
            "timeline": [
                {{ "at": "0s", "create": {{ "node": "alice", "id": "m" }} }},
                {{ "at": "0s", "create": {{ "node": "alice", "id": "l" }} }},
                {{ "at": "0s", "create": {{ "node": "alice", "id": "s" }} }}, {timeline}] }}"#
        )
    };
    let numbers = r#"
        { "at": "1s", "set": { "node": "alice", "id": "m", "key": "price", "value": 1.0 } },
        { "at": "2s", "insert": { "node": "alice", "id": "l", "values": [1e3] } },
        { "at": "3s", "push": { "node": "alice", "id": "s", "value": 1E2 } }"#;
    let slow = r#"
        { "at": "1s", "network": { "slow_by": "10m" } },
        { "at": "2s", "set": { "node": "alice", "id": "m", "key": "a", "value": 1 } }"#;
    let quantiles =
        slow.replace(r#""slow_by": "10m""#, r#""latency_quantiles": { "0%": "1m", "100%": "30m" }"#);
    for timeline in [numbers, slow, &quantiles] {
        let outcome = run(&read(&story(timeline)), 1, Options::judged());
        assert_eq!(outcome.verdict(), Verdict::Held, "{:?}", outcome.violations);
    }
}
