//! What is said of a view that is not as expected is true of branches, texts, groups, older rules and equal dates, too. The
//! stories are scenarios of this repository, with other expectations.

use super::expectations::said;
use serde_json::{Value, json};

/// What is said of a story of which a node was to show something else.
fn why(story: &str, node: &str, id: &str, shows: &Value) -> String {
    expecting(story, json!({ "node": node, "id": id, "shows": shows }), &|_| {})
}

fn expecting(story: &str, view: Value, change: &dyn Fn(&mut Vec<Value>)) -> String {
    let path = format!("{}/../scenarios/views/{story}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut story: Value = serde_json::from_str(&text).expect("a scenario");
    change(story["timeline"].as_array_mut().expect("acts"));
    story["expect"] = json!({ "views": [view] });
    said(&story.to_string())
}

#[test]
fn what_was_merged_goes_by_the_date_that_it_had_in_the_branch() {
    let beaten = why("branch-and-merge", "bob", "plan", &json!({ "day": "Tuesday", "place": "here" }));
    insta::assert_snapshot!(beaten, @r#"
    expectation not met: bob was to show plan as {"day":"Tuesday","place":"here"}, but it shows
      {"day":"Friday","place":"here"}
      - day: bob sets day of plan to "Friday", in private at 5.000s [set-plan-bob-3]
      - beaten: alice sets day of plan-draft to "Tuesday", in private at 4.000s
        [set-plan-draft-alice], merged: alice merges plan-draft at 6.000s [merge-plan-draft-alice]:
        its date is 1s earlier, and the last date counts
      - beaten: bob sets day of plan to "Monday", in private at 2.000s [set-plan-bob]: its date is 3s
        earlier, and the last date counts
    "#);
    let shows = why("merged-at-once", "bob", "plan", &json!({ "day": "Monday" }));
    insta::assert_snapshot!(shows, @r#"
    expectation not met: bob was to show plan as {"day":"Monday"}, but it shows {"day":"Tuesday"}
      - day: bob sets day of plan-draft to "Tuesday", in private at 3.000s [set-plan-draft-bob],
        merged: alice merges plan-draft at 5.000s [merge-plan-draft-alice]
      - day: nobody wrote the value that was expected
    "#);
    let items = why("branch-and-merge", "bob", "tasks", &json!(["bake", "buy milk", "write"]));
    insta::assert_snapshot!(items, @r#"
    expectation not met: bob was to show tasks as ["bake","buy milk","write"], but it shows
      ["bake","write"]
      - not shown: "buy milk" of this: bob inserts "buy milk", "write" at the end of tasks at 2.000s
        [insert-tasks-bob]: it was removed: bob removes item 0 of tasks at 5.000s [remove-tasks-bob]
    "#);
}

#[test]
fn what_is_not_merged_or_not_in_the_branch_is_named() {
    let unmerged = json!({ "node": "bob", "id": "plan", "shows": { "day": "Tuesday", "place": "here" } });
    let early =
        expecting("branch-and-merge", unmerged, &|acts| acts.retain(|act| act.get("merge").is_none()));
    insta::assert_snapshot!(early, @r#"
    expectation not met: bob was to show plan as {"day":"Tuesday","place":"here"}, but it shows
      {"day":"Friday","place":"here"}
      - day: bob sets day of plan to "Friday", in private at 5.000s [set-plan-bob-3]
      - not merged into plan here: alice sets day of plan-draft to "Tuesday", in private at 4.000s
        [set-plan-draft-alice]: nobody merges it
      - beaten: bob sets day of plan to "Monday", in private at 2.000s [set-plan-bob]: its date is 3s
        earlier, and the last date counts
    "#);
    let late = why("branch-and-merge", "alice", "plan-draft", &json!({ "day": "Friday", "place": "here" }));
    insta::assert_snapshot!(late, @r#"
    expectation not met: alice was to show plan-draft as {"day":"Friday","place":"here"}, but it shows
      {"day":"Tuesday","place":"here"}
      - day: alice sets day of plan-draft to "Tuesday", in private at 4.000s [set-plan-draft-alice]
      - not in plan-draft, which branches off before that: bob sets day of plan to "Friday", in
        private at 5.000s [set-plan-bob-3]
      - beaten: bob sets day of plan to "Monday", in private at 2.000s [set-plan-bob]: its date is 2s
        earlier, and the last date counts
    "#);
}

#[test]
fn who_reads_by_older_rules_would_show_something_else_by_those_of_today() {
    let role = why("an-older-app", "olga", "plan", &json!({ "day": "Friday" }));
    insta::assert_snapshot!(role, @r#"
    expectation not met: olga was to show plan as {"day":"Friday"}, but it shows
      {"day":"Friday","late":"bob"}
      - late: bob sets late of plan to "bob" at 6.000s [set-plan-bob]
      - olga's app reads by the rules of 0.7; by those of 0.20 it would show {"day":"Friday"}
    "#);
    let first = why("an-older-app", "olga", "news", &json!({ "name": "first" }));
    insta::assert_snapshot!(first, @r#"
    expectation not met: olga was to show news as {"name":"first"}, but it shows {"name":"second"}
      - name: bob sets name of news to "second" (fww init) at 2.500s [set-news-bob]
      - beaten: alice sets name of news to "first" (fww init) at 2.000s [set-news-alice]: its date is
        500ms earlier, and the last date counts
      - olga's app reads by the rules of 0.7; by those of 0.20 it would show {"name":"first"}
    "#);
    let first = why("an-older-app", "alice", "news", &json!({ "name": "second" }));
    insta::assert_snapshot!(first, @r#"
    expectation not met: alice was to show news as {"name":"second"}, but it shows {"name":"first"}
      - name: alice sets name of news to "first" (fww init) at 2.000s [set-news-alice]
      - does not count: bob sets name of news to "second" (fww init) at 2.500s [set-news-bob]: another
        came first with the same `fww`, dated 500ms earlier: alice sets name of news to "first" (fww
        init) at 2.000s [set-news-alice]
    "#);
}

#[test]
fn of_equal_dates_the_rule_is_said() {
    let second = json!({ "node": "alice", "id": "news", "shows": { "name": "second" } });
    let at_once = |acts: &mut Vec<Value>| {
        acts.iter_mut().filter(|act| act["at"] == "2500ms").for_each(|act| act["at"] = "2s".into());
    };
    insta::assert_snapshot!(expecting("an-older-app", second, &at_once), @r#"
    expectation not met: alice was to show news as {"name":"second"}, but it shows {"name":"first"}
      - name: alice sets name of news to "first" (fww init) at 2.000s [set-news-alice]
      - does not count: bob sets name of news to "second" (fww init) at 2.000s [set-news-bob]: another
        came first with the same `fww`, dated the same millisecond, by a session whose name sorts
        first: alice sets name of news to "first" (fww init) at 2.000s [set-news-alice]
    "#);
}

#[test]
fn what_was_removed_of_a_text_is_named() {
    let text = r#"{ "version": 1, "about": "Bob takes away what alice has typed, all but its end.",
        "nodes": { "alice": {}, "bob": {} }, "co_values": { "note": { "kind": "text" } },
        "links": [{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0ms", "create": { "node": "alice", "id": "note" } },
            { "at": "1s", "splice": { "node": "alice", "id": "note", "index": 0, "insert": "abc" } },
            { "at": "2s", "splice": { "node": "bob", "id": "note", "index": 0, "delete": 2 } }
        ],
        "expect": { "views": [{ "node": "alice", "id": "note", "shows": "abc" }] } }"#;
    insta::assert_snapshot!(said(text), @r#"
    expectation not met: alice was to show note as "abc", but it shows "c"
      - not shown: "ab" of this: alice types "abc" at 0 of note at 1.000s [splice-note-alice]: it was
        removed: bob deletes 2 at 0 of note at 2.000s [splice-note-bob]
    "#);
}

#[test]
fn the_keys_of_a_group_have_their_reasons() {
    let team =
        json!({ "alice": "admin", "bob": "writer", "profile": "co_zOurProfile", "root": "co_zTheTrips" });
    let view =
        json!({ "node": "server", "id": "team", "shows": team, "has": ["name"], "lacks": ["readKey"] });
    insta::assert_snapshot!(expecting("root-of-a-group", view, &|_| {}), @r#"
    expectation not met: server was to see the key name of team, but it is not there
      - name: no write of it counts here
      - does not count: alice sets name of team to "the team" at 1.000s [set-team-alice-3]: it is
        nothing that an admin may change in a group
    expectation not met: server was to see no key readKey of team, but it is there
      - readKey: alice creates team at 0.000s [create-team-alice]
    "#);
}

/// A story of a team, a map, a list and a stream of it, a branch of each, and bob, who may write; this happens then.
fn team(acts: &str, id: &str, shows: &str) -> String {
    let create = |id: &str| format!(r#"{{ "at": "0s", "create": {{ "node": "alice", "id": "{id}" }} }},"#);
    let ids = ["team", "plan", "list", "chat"].map(create).concat();
    said(&format!(
        r#"{{ "version": 1, "about": "A team.", "format": "0.20",
        "nodes": {{ "alice": {{}}, "bob": {{}}, "carol": {{}}, "server": {{}} }},
        "co_values": {{
            "team": {{ "kind": "group", "admin": "alice" }}, "plan": {{ "kind": "map", "owner": "team" }},
            "list": {{ "kind": "list", "owner": "team" }}, "chat": {{ "kind": "stream", "owner": "team" }},
            "draft": {{ "branch_of": "plan" }}, "deeper": {{ "branch_of": "draft" }}, "chat-draft": {{ "branch_of": "chat" }}
        }},
        "links": [
            {{ "between": ["{{alice,bob,carol}}", "server"], "relationship": "syncAllOurs/syncTheirs" }}
        ],
        "timeline": [
            {ids} {{ "at": "0s", "add_member": {{ "node": "alice", "id": "team", "member": "bob", "role": "writer" }} }},
            {acts}
        ],
        "expect": {{ "views": [{{ "node": "alice", "id": "{id}", "shows": {shows} }}] }} }}"#
    ))
}

#[test]
fn of_changes_with_one_date_that_about_the_author_is_named() {
    let acts = r#"
        { "at": "2s", "load": { "node": "bob", "id": "plan" } },
        { "at": "5s", "add_member": { "node": "alice", "id": "team", "member": "carol", "role": "reader" } },
        { "at": "5s", "remove_member": { "node": "alice", "id": "team", "member": "bob" } },
        { "at": "6s", "set": { "node": "bob", "id": "plan", "key": "a", "value": 1 } }"#;
    insta::assert_snapshot!(team(acts, "plan", r#"{ "a": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"a":1}, but it shows {}
      - a: no write of it counts here
      - does not count: bob sets a of plan to 1 at 6.000s [set-plan-bob]: its date is 1s after that of
        what took the right from bob: alice removes bob from team at 5.000s [remove-member-team-alice]
    "#);
    // What does not count itself gives nobody anything.
    let acts = r#"
        { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "carol", "role": "reader" } },
        { "at": "2s", "load": { "node": "carol", "id": "plan" } },
        { "at": "3s", "add_member": { "node": "bob", "id": "team", "member": "carol", "role": "writer" } },
        { "at": "4s", "set": { "node": "carol", "id": "plan", "key": "a", "value": 1 } }"#;
    insta::assert_snapshot!(team(acts, "plan", r#"{ "a": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"a":1}, but it shows {}
      - a: no write of it counts here
      - does not count: carol sets a of plan to 1 at 4.000s [set-plan-carol]: carol never had the
        right to write it: in team carol is a reader; it counts for nothing that bob makes carol a
        writer of team at 3.000s [add-member-team-bob]
    "#);
}

#[test]
fn why_it_is_not_merged_is_said() {
    let merged = |more: &str| {
        format!(
            r#"{{ "at": "1s", "set": {{ "node": "alice", "id": "plan", "key": "z", "value": 1 }} }},
            {{ "at": "1s", "branch": {{ "node": "alice", "id": "draft" }} }},
            {{ "at": "2s", "set": {{ "node": "alice", "id": "draft", "key": "a", "value": 1 }} }}, {more}"#
        )
    };
    let early = r#"{ "at": "3s", "merge": { "node": "alice", "id": "draft" } },
        { "at": "4s", "set": { "node": "alice", "id": "draft", "key": "a", "value": 2 } }"#;
    insta::assert_snapshot!(team(&merged(early), "plan", r#"{ "a": 2, "z": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"a":2,"z":1}, but it shows {"a":1,"z":1}
      - a: alice sets a of draft to 1 at 2.000s [set-draft-alice], merged: alice merges draft at
        3.000s [merge-draft-alice]
      - not merged into plan here: alice sets a of draft to 2 at 4.000s [set-draft-alice-2]: the last
        merge is older: alice merges draft at 3.000s [merge-draft-alice]
    "#);
    let carol = r#"{ "at": "3s", "add_member": { "node": "alice", "id": "team", "member": "carol", "role": "reader" } },
        { "at": "4s", "load": { "node": "carol", "id": "draft" } },
        { "at": "5s", "set": { "node": "carol", "id": "draft", "key": "a", "value": 3 } },
        { "at": "6s", "merge": { "node": "alice", "id": "draft" } }"#;
    insta::assert_snapshot!(team(&merged(carol), "plan", r#"{ "a": 3, "z": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"a":3,"z":1}, but it shows {"a":1,"z":1}
      - a: alice sets a of draft to 1 at 2.000s [set-draft-alice], merged: alice merges draft at
        6.000s [merge-draft-alice]
      - not merged into plan here: carol sets a of draft to 3 at 5.000s [set-draft-carol]: carol never
        had the right to write it: in team carol is a reader
    "#);
    let deleted = r#"{ "at": "3s", "delete_value": { "node": "alice", "id": "plan" } }"#;
    insta::assert_snapshot!(team(&merged(deleted), "draft", r#"{ "a": 1, "z": 1 }"#), @r#"
    expectation not met: alice was to show draft as {"a":1,"z":1}, but it shows {"a":1}
      - z: no write of it counts here
      - draft has nothing of plan any more, which was deleted for good: alice deletes plan for good at
        3.000s [delete-value-plan-alice]
    "#);
    insta::assert_snapshot!(team(&merged(deleted), "plan", r#"{ "z": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"z":1}, but it shows nothing
      - it was deleted for good: alice deletes plan for good at 3.000s [delete-value-plan-alice]
    "#);
}

#[test]
fn what_is_there_twice_or_in_another_order_and_what_was_refused() {
    let twice = r#"
        { "at": "1s", "branch": { "node": "alice", "id": "chat-draft" } },
        { "at": "2s", "push": { "node": "alice", "id": "chat-draft", "value": "x" } },
        { "at": "3s", "load": { "node": "bob", "id": "chat-draft" } },
        { "at": "4s", "merge": { "node": "alice", "id": "chat-draft" } },
        { "at": "4s", "merge": { "node": "bob", "id": "chat-draft" } }"#;
    insta::assert_snapshot!(team(twice, "chat", r#"{ "alice/1": ["x"] }"#), @r#"
    expectation not met: alice was to show chat as {"alice/1":["x"]}, but it shows
      {"alice/1":["x","x"]}
      - counts as number 1: alice pushes "x" to chat-draft at 2.000s [push-chat-draft-alice], merged:
        alice merges chat-draft at 4.000s [merge-chat-draft-alice]
      - counts as number 2: alice pushes "x" to chat-draft at 2.000s [push-chat-draft-alice], merged:
        bob merges chat-draft at 4.000s [merge-chat-draft-bob]
    "#);
    let order = r#"
        { "at": "1s", "insert": { "node": "alice", "id": "list", "values": ["a"] } },
        { "at": "2s", "insert": { "node": "alice", "id": "list", "index": 0, "values": ["x"] } },
        { "at": "3s", "insert": { "node": "alice", "id": "list", "index": 0, "values": ["y"] } }"#;
    insta::assert_snapshot!(team(order, "list", r#"["x", "y", "a"]"#), @r#"
    expectation not met: alice was to show list as ["x","y","a"], but it shows ["y","x","a"]
      - all of it is there, in another order: each item stands where it was put
      - counts as number 1: alice inserts "a" at the end of list at 1.000s [insert-list-alice]
      - counts as number 2: alice inserts "x" at 0 of list at 2.000s [insert-list-alice-2]
      - counts as number 3: alice inserts "y" at 0 of list at 3.000s [insert-list-alice-3]
    "#);
    let refused = r#"
        { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "admin" } },
        { "at": "2s", "remove_member": { "node": "alice", "id": "team", "member": "bob" } }"#;
    insta::assert_snapshot!(team(refused, "team", r#"{ "alice": "admin" }"#), @r#"
    expectation not met: alice was to show team as {"alice":"admin"}, but it shows
      {"alice":"admin","bob":"admin"}
      - not there: alice removes bob from team at 2.000s [remove-member-team-alice]: it had no effect:
        nobody can take an admin out but the admin itself
      - counts as number 1: alice creates team at 0.000s [create-team-alice]
      - counts as number 2: alice makes bob a writer of team at 0.000s [add-member-team-alice]
      - counts as number 3: alice makes bob an admin of team at 1.000s [add-member-team-alice-2]
    "#);
}

#[test]
fn branches_of_branches_and_who_cannot_read_or_merge() {
    let branched = |more: &str| {
        format!(
            r#"{{ "at": "1s", "set": {{ "node": "alice", "id": "plan", "key": "z", "value": 1 }} }},
            {{ "at": "1s", "branch": {{ "node": "alice", "id": "draft" }} }}, {more}"#
        )
    };
    let deeper = r#"{ "at": "2s", "branch": { "node": "alice", "id": "deeper" } },
        { "at": "3s", "merge": { "node": "alice", "id": "draft" } },
        { "at": "4s", "set": { "node": "alice", "id": "deeper", "key": "a", "value": 2 } },
        { "at": "5s", "merge": { "node": "alice", "id": "deeper" } }"#;
    insta::assert_snapshot!(team(&branched(deeper), "plan", r#"{ "a": 2, "z": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"a":2,"z":1}, but it shows {"z":1}
      - a: no write of it counts here
      - not merged into plan here: alice sets a of deeper to 2 at 4.000s [set-deeper-alice], merged:
        alice merges deeper at 5.000s [merge-deeper-alice]: the last merge had no effect: alice merges
        draft at 3.000s [merge-draft-alice]: there is nothing to change
    "#);
    let by_a_reader = r#"
        { "at": "2s", "add_member": { "node": "alice", "id": "team", "member": "carol", "role": "reader" } },
        { "at": "3s", "set": { "node": "alice", "id": "draft", "key": "a", "value": 2 } },
        { "at": "4s", "load": { "node": "carol", "id": "draft" } },
        { "at": "6s", "merge": { "node": "carol", "id": "draft" } }"#;
    insta::assert_snapshot!(team(&branched(by_a_reader), "plan", r#"{ "a": 2, "z": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"a":2,"z":1}, but it shows {"z":1}
      - a: no write of it counts here
      - does not count: carol merges draft at 6.000s [merge-draft-carol]: carol never had the right to
        write it: in team carol is a reader
      - not merged into plan here: alice sets a of draft to 2 at 3.000s [set-draft-alice]: the last
        merge does not count: carol merges draft at 6.000s [merge-draft-carol]: carol never had the
        right to write it: in team carol is a reader
    "#);
    let begun_by_a_reader = r#"
        { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "carol", "role": "reader" } },
        { "at": "1s", "set": { "node": "alice", "id": "plan", "key": "z", "value": 1 } },
        { "at": "2s", "load": { "node": "carol", "id": "plan" } },
        { "at": "3s", "branch": { "node": "carol", "id": "draft" } },
        { "at": "4s", "load": { "node": "alice", "id": "draft" } }"#;
    insta::assert_snapshot!(team(begun_by_a_reader, "draft", r#"{ "z": 1 }"#), @r#"
    expectation not met: alice was to show draft as {"z":1}, but it shows {}
      - z: no write of it counts here
      - draft has nothing of plan here, as it does not say where it begins: carol makes the branch
        draft at 3.000s [branch-draft-carol]: carol never had the right to write it: in team carol is
        a reader
    "#);
    let vain = r#"
        { "at": "1s", "load": { "node": "bob", "id": "team" } },
        { "at": "2s", "add_member": { "node": "bob", "id": "team", "member": "carol", "role": "writer" } },
        { "at": "3s", "load": { "node": "carol", "id": "plan" } },
        { "at": "4s", "set": { "node": "carol", "id": "plan", "key": "a", "value": 1 } }"#;
    insta::assert_snapshot!(team(vain, "plan", r#"{ "a": 1 }"#), @r#"
    expectation not met: alice was to show plan as {"a":1}, but it shows {}
      - a: no write of it counts here
      - does not count: carol sets a of plan to 1 at 4.000s [set-plan-carol]: carol never had the
        right to write it: in team carol is no member; it counts for nothing that bob makes carol a
        writer of team at 2.000s [add-member-team-bob]
    "#);
}
