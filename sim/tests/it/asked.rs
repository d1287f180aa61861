//! `cosim run --why`: why a node shows what it shows, where nothing else is expected.

use assert_cmd::Command;

const STORY: &str = r#"{
  "version": 1,
  "about": "Two write to one card, and one of them has a wrong clock.",
  "format": "0.20",
  "nodes": { "alice": { "clock": { "skew": "+1h" } }, "bob": {}, "carol": {}, "server": {} },
  "co_values": {
    "team": { "kind": "group", "admin": "alice" },
    "card": { "kind": "map", "owner": "team" },
    "todo": { "kind": "list", "owner": "team" }
  },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0s", "create": { "node": "alice", "id": "team" } },
    { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
    { "at": "2s", "create": { "node": "alice", "id": "card" } },
    { "at": "2s", "create": { "node": "alice", "id": "todo" } },
    { "at": "3s", "set": { "node": "alice", "id": "card", "key": "title", "value": "Plan" } },
    { "at": "4s", "load": { "node": "bob", "id": "card" } },
    { "at": "5s", "set": { "node": "bob", "id": "card", "key": "title", "value": "Idea" } },
    { "at": "6s", "set": { "node": "alice", "id": "card", "key": "size", "value": 3 } },
    { "at": "7s", "delete": { "node": "alice", "id": "card", "key": "size" } },
    { "at": "8s", "insert": { "node": "alice", "id": "todo", "index": 0, "values": ["milk", "jam"] } }
  ]
}"#;

fn cosim(args: &[&str]) -> (Option<i32>, String, String) {
    cosim_of(STORY, args)
}

fn cosim_of(story: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
    let told = command.args(["run", "-"]).args(args).write_stdin(story).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (told.status.code(), text(told.stdout), text(told.stderr))
}

/// What is said of it, behind the summary.
fn said(of: &str) -> String {
    let (code, out, err) = cosim(&["--why", of]);
    assert_eq!(code, Some(0), "{out}{err}");
    let (_, said) = out.split_once("\n  why ").unwrap_or_else(|| panic!("{out}"));
    said.to_owned()
}

#[test]
fn each_key_of_a_map_has_its_reasons() {
    insta::assert_snapshot!(said("bob/card"), @r#"
    bob shows card as {"title":"Plan"}:
        - size: alice deletes size of card at 7.000s [delete-card-alice], by a clock that was 1h ahead
        - beaten: alice sets size of card to 3 at 6.000s [set-card-alice-2], by a clock that was 1h
          ahead: its date is 1s earlier, and the last date counts
        - title: alice sets title of card to "Plan" at 3.000s [set-card-alice], by a clock that was 1h
          ahead
        - does not count: bob sets title of card to "Idea" at 5.000s [set-card-bob]: its date is 59m 56s
          before that of what gave bob the right: alice makes bob a writer of team at 1.000s
          [add-member-team-alice], by a clock that was 1h ahead
    "#);
}

#[test]
fn of_a_list_and_a_group_all_that_counts_is_said() {
    insta::assert_snapshot!(said("alice/todo"), @r#"
    alice shows todo as ["milk","jam"]:
        - counts as number 1: alice inserts "milk", "jam" at 0 of todo at 8.000s [insert-todo-alice], by
          a clock that was 1h ahead
    "#);
    insta::assert_snapshot!(said("bob/team"), @r#"
    bob shows team as {"alice":"admin","bob":"writer"}:
        - counts as number 1: alice creates team at 0.000s [create-team-alice], by a clock that was 1h
          ahead
        - counts as number 2: alice makes bob a writer of team at 1.000s [add-member-team-alice], by a
          clock that was 1h ahead
    "#);
}

#[test]
fn what_shows_nothing_has_its_reasons_too() {
    insta::assert_snapshot!(said("carol/card"), @r#"
    carol shows nothing of card:
        - missing: alice sets title of card to "Plan" at 3.000s [set-card-alice], by a clock that was 1h
          ahead: held by alice, bob, server; nobody ever sent it to carol
        - missing: alice sets size of card to 3 at 6.000s [set-card-alice-2], by a clock that was 1h
          ahead: held by alice, bob, server; nobody ever sent it to carol
        - missing: alice deletes size of card at 7.000s [delete-card-alice], by a clock that was 1h
          ahead: held by alice, bob, server; nobody ever sent it to carol
        - missing: bob sets title of card to "Idea" at 5.000s [set-card-bob]: held by alice, bob,
          server; nobody ever sent it to carol
    "#);
}

#[test]
fn machines_are_told_too_and_the_run_is_the_same() {
    let (code, out, _) = cosim(&["--why", "bob/card", "--json"]);
    assert_eq!(code, Some(0));
    let mut asked: serde_json::Value = serde_json::from_str(&out).expect("an object");
    let why = asked.as_object_mut().and_then(|run| run.remove("why")).expect("it was asked");
    assert!(why.as_array().is_some_and(|why| why.iter().all(serde_json::Value::is_string)), "{why}");
    let (_, out, _) = cosim(&["--json"]);
    assert_eq!(asked, serde_json::from_str::<serde_json::Value>(&out).expect("an object"));
}

#[test]
fn a_question_about_nothing_is_refused() {
    let refused = |of: &str| {
        let (code, out, err) = cosim(&["--why", of]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
        err
    };
    let all = ["card", "bop/card", "bob/cards", "zoe/card", "bob/something", "bob/card/title"].map(refused);
    insta::assert_snapshot!(all.concat(), @r#"
    error: --why card: it is no node and CoValue
    hint: write both with a slash between them: alice/notes
    error: --why bop/card: there is no node `bop`
    hint: did you mean `bob`?
    error: --why bob/cards: there is no CoValue `cards`
    hint: did you mean `card`?
    error: --why zoe/card: there is no node `zoe`
    hint: the scenario names them under `nodes`
    error: --why bob/something: there is no CoValue `something`
    hint: the scenario names them under `co_values`
    error: --why bob/card/title: there is no CoValue `card/title`
    hint: the scenario names them under `co_values`
    "#);
}

/// What is said of `alice/card`, of which a disk loses a write.
fn said_with_a_full_disk(also: &str) -> String {
    let story = format!(
        r#"{{
  "version": 1,
  "about": "A disk is full for a while.",
  "nodes": {{ "alice": {{ "disk": {{}} }} }},
  "co_values": {{ "card": {{ "kind": "map" }} }},
  "timeline": [
    {{ "at": "0s", "create": {{ "node": "alice", "id": "card" }} }},
    {{ "at": "1s", "disk_full": {{ "node": "alice" }} }},
    {{ "at": "2s", "set": {{ "node": "alice", "id": "card", "key": "title", "value": "Plan" }} }}{also}
  ]
}}"#
    );
    let (_, out, err) = cosim_of(&story, &["--why", "alice/card"]);
    let (_, said) = out.split_once("\n  why ").unwrap_or_else(|| panic!("{out}{err}"));
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_key_of_which_every_write_came_to_nothing_has_its_reasons() {
    let alone = said_with_a_full_disk("");
    assert!(alone.contains("title"), "{alone}");
    assert!(alone.contains("disk did not take it"), "{alone}");
    assert!(!alone.contains("nobody wrote anything"), "somebody did: {alone}");
    let beside = said_with_a_full_disk(
        r#",
    { "at": "3s", "disk_room": { "node": "alice" } },
    { "at": "4s", "set": { "node": "alice", "id": "card", "key": "size", "value": 3 } }"#,
    );
    assert!(beside.contains("size: alice sets size of card to 3"), "{beside}");
    assert!(beside.contains("title: no write of it counts here"), "{beside}");
    assert!(beside.contains("disk did not take it"), "{beside}");
}

#[test]
fn of_what_apps_see_nothing_that_is_the_reason() {
    let story = STORY.replace(
        r#"{ "at": "8s", "insert""#,
        r#"{ "at": "8s", "edit": { "node": "alice", "id": "plain" } },
    { "at": "9s", "insert""#,
    );
    let story = story.replace(
        r#"{ "at": "3s", "set""#,
        r#"{ "at": "2s", "create": { "node": "alice", "id": "plain" } },
    { "at": "3s", "set""#,
    );
    let (_, said, err) = cosim_of(&story, &["--why", "alice/plain"]);
    let said = said + &err;
    assert!(said.contains("it has no `kind`"), "{said}");
}

#[test]
fn of_many_that_are_beaten_the_rest_is_counted() {
    let sets: Vec<String> = (0..12)
        .map(|i| {
            format!(
                r#",
    {{ "at": "{}s", "set": {{ "node": "alice", "id": "card", "key": "title", "value": {i} }} }}"#,
                10 + i
            )
        })
        .collect();
    let story = STORY.replace("\n  ]\n}", &format!("{}\n  ]\n}}", sets.concat()));
    let (_, said, _) = cosim_of(&story, &["--why", "alice/card"]);
    let beaten = said.matches("beaten: alice sets title").count();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    // Bob's does not count either.
    let more = 13 - beaten;
    assert!(said.contains(&format!("title: nor does it show what {more} other operations wrote")), "{said}");
}

#[test]
fn a_log_for_machines_has_no_place_for_it() {
    let (code, out, err) = cosim(&["--why", "bob/card", "--log", "--json"]);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    assert!(err.contains("there is no place for --why"), "{err}");
}
