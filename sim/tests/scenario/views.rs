//! What is said of kinds, owners, members, keys and changes that cannot be.

use crate::disks::{good, table};
use cosim_core::CoId;
use cosim_testbed::cojson::Kind;
use cosim_testbed::scenario::{Act, Crypto};

/// A group, what it owns, what nobody owns, and every kind of change.
const VIEWS: &str = r#"{
  "version": 1,
  "about": "Every kind of CoValue, and every kind of change.",
  "crypto": "real",
  "nodes": {
    "alice": { "secret_seed": "96dad48b1c22977555ccbe853344b249e4eb387a7f07cf791428d0c90010edf1" },
    "bob": {}
  },
  "co_values": {
    "chat": { "kind": "stream", "owner": "team" },
    "essay": { "kind": "text", "owner": "team", "private": true },
    "card": { "kind": "map", "header": { "createdAt": null, "meta": null, "ruleset": { "type": "unsafeAllowAll" }, "type": "comap", "uniqueness": null } },
    "shopping": { "kind": "list" },
    "team": { "kind": "group", "admin": "alice" }
  },
  "links": [{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "team" } },
    { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "bob", "role": "writer" } },
    { "at": "1s", "add_member": { "node": "alice", "id": "team", "member": "everyone", "role": "reader" } },
    { "at": "2s", "remove_member": { "node": "alice", "id": "team", "member": "bob" } },
    { "at": "3s", "set": { "node": "alice", "id": "card", "key": "name", "value": { "first": "Ada" } } },
    { "at": "3s", "delete": { "node": "alice", "id": "card", "key": "name" } },
    { "at": "3s", "insert": { "node": "alice", "id": "shopping", "values": ["milk", 2] } },
    { "at": "3s", "remove": { "node": "alice", "id": "shopping", "index": 1 } },
    { "at": "3s", "push": { "node": "alice", "id": "chat", "value": "hi", "private": true } },
    { "at": "3s", "splice": { "node": "alice", "id": "essay", "index": 0, "delete": 1, "insert": "Hello", "private": false } }
  ],
  "expect": { "views": [{ "node": "alice", "id": "shopping", "shows": ["milk"] }] }
}
"#;

fn check(name: &str, said: &str) {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, said) });
}

#[test]
fn every_change_is_read() {
    let scenario = good(VIEWS);
    assert_eq!(scenario.crypto, Crypto::Real);
    let directory = &scenario.directory;
    let id = |name: &str| CoId(scenario.co_value(name).expect("it is named"));
    assert_eq!(directory.kind(id("essay")), Some(Kind::Text));
    assert_eq!(directory.depends_on(id("essay")), [id("team")]);
    assert_eq!(directory.co_value(id("card")).expect("it is known").id, "co_z47pEi55uW4tDoQnansCLYBumVQ");
    let acts: Vec<_> = scenario.chapters[0].operations.iter().map(|operation| &operation.act).collect();
    assert_eq!(acts.len(), 10);
    assert!(matches!(acts[6], Act::Insert(insert) if insert.private == Some(false)), "as the list says");
    assert!(matches!(acts[8], Act::Push(push) if push.private == Some(true)), "the entry says so");
    let Act::Splice(splice) = acts[9] else { panic!("a splice") };
    assert_eq!(splice.private, Some(false), "the entry says otherwise than the text");
    let Act::AddMember(everyone) = acts[2] else { panic!("a new member") };
    assert_eq!(everyone.member, None);
}

/// Numbers are JavaScript's, in what is to be seen as in what is.
#[test]
fn what_is_to_be_seen_has_numbers_of_javascript() {
    let scenario = good(&VIEWS.replace(r#""shows": ["milk"]"#, r#""shows": [1.0, 9007199254740993]"#));
    assert_eq!(scenario.expect.wanted.views[0].shows, serde_json::json!([1, 9_007_199_254_740_992_u64]));
}

/// What is read is written as it was, so that what is frozen or kept says the same.
#[test]
fn what_is_written_is_read_again() {
    let scenario = good(VIEWS);
    let again = good(&scenario.file.to_json_pretty());
    assert_eq!(scenario, again);
}

#[test]
fn crypto_can_be_overridden() {
    let real = good(VIEWS);
    let fast = real.clone().with_crypto(Crypto::Fast);
    assert_eq!(fast.file.crypto, Some(Crypto::Fast));
    assert_eq!(fast.directory.provider(), Crypto::Fast);
    assert_eq!(fast.with_crypto(Crypto::Real), real);
}

#[test]
fn kinds_and_owners_that_cannot_be() {
    let list = r#""shopping": { "kind": "list" }"#;
    let cases = [
        ("an unknown kind", list, r#""shopping": { "kind": "set" }"#),
        ("an owner that is no group", r#""stream", "owner": "team""#, r#""stream", "owner": "shopping""#),
        ("an owner of what has no kind", list, r#""shopping": { "kind": "list" }, "x": { "owner": "team" }"#),
        ("a group with an owner", r#""admin": "alice" }"#, r#""admin": "alice", "owner": "essay" }"#),
        ("a group without admin", r#""kind": "group", "admin": "alice""#, r#""kind": "group""#),
        ("an unknown admin", r#""admin": "alice""#, r#""admin": "alise""#),
        ("an admin of a list", list, r#""shopping": { "kind": "list", "admin": "bob" }"#),
        ("private, and nobody's", list, r#""shopping": { "kind": "list", "private": true }"#),
        ("a header of another type", r#""type": "comap""#, r#""type": "colist""#),
        (
            "a header with a group",
            r#""type": "unsafeAllowAll""#,
            r#""type": "ownedByGroup", "group": "co_z1""#,
        ),
        (
            "a header that is no object",
            r#"{ "createdAt": null, "meta": null, "ruleset": { "type": "unsafeAllowAll" }, "type": "comap", "uniqueness": null }"#,
            "7",
        ),
    ];
    check("kinds_and_owners_that_cannot_be", &table(VIEWS, &cases));
}

#[test]
fn people_that_cannot_be() {
    let seed = "96dad48b1c22977555ccbe853344b249e4eb387a7f07cf791428d0c90010edf1";
    let cases = [
        ("a seed that is too short", seed, "96dad48b"),
        (
            "a seed that is no number",
            seed,
            "zzdad48b1c22977555ccbe853344b249e4eb387a7f07cf791428d0c90010edf1",
        ),
        ("a session of nobody", r#""bob": {}"#, r#""bob": { "session": "bob_session_z1" }"#),
        ("an unknown crypto", r#""crypto": "real""#, r#""crypto": "none""#),
    ];
    check("people_that_cannot_be", &table(VIEWS, &cases));
}

#[test]
fn changes_that_cannot_be() {
    let cases = [
        (
            "a key of a list",
            r#""id": "card", "key": "name", "value""#,
            r#""id": "shopping", "key": "name", "value""#,
        ),
        (
            "items of a map",
            r#""insert": { "node": "alice", "id": "shopping""#,
            r#""insert": { "node": "alice", "id": "card""#,
        ),
        ("everyone as admin", r#""everyone", "role": "reader""#, r#""everyone", "role": "admin""#),
        ("a text that no JSON has", r#"{ "first": "Ada" }"#, r#"["encrypted_U\"q"]"#),
        (
            "a key that no JSON has",
            r#""delete": { "node": "alice", "id": "card", "key": "name""#,
            r#""delete": { "node": "alice", "id": "card", "key": "binary_U\n""#,
        ),
        (
            "members of a text",
            r#""id": "team", "member": "everyone""#,
            r#""id": "essay", "member": "everyone""#,
        ),
        (
            "what has no kind",
            r#""push": { "node": "alice", "id": "chat""#,
            r#""push": { "node": "alice", "id": "chats""#,
        ),
        ("nobody", r#""set": { "node": "alice""#, r#""set": { "node": "eve""#),
        ("an unknown member", r#""member": "everyone""#, r#""member": "everybody""#),
        ("an unknown role", r#""role": "reader""#, r#""role": "owner""#),
        ("nothing inserted", r#""values": ["milk", 2]"#, r#""values": []"#),
        ("nothing removed", r#""index": 1 }"#, r#""index": 1, "count": 0 }"#),
        ("nothing spliced", r#""index": 0, "delete": 1, "insert": "Hello""#, r#""index": 0"#),
        ("a place before the start", r#""index": 1 }"#, r#""index": -1 }"#),
        (
            "private, and nobody's",
            r#""value": { "first": "Ada" } }"#,
            r#""value": { "first": "Ada" }, "private": true }"#,
        ),
        ("a group that another creates", r#""create": { "node": "alice""#, r#""create": { "node": "bob""#),
        (
            "two changes at once",
            r#""delete": { "node": "alice", "id": "card", "key": "name" } }"#,
            r#""delete": { "node": "alice", "id": "card", "key": "name" }, "push": { "node": "alice", "id": "chat", "value": 1 } }"#,
        ),
        (
            "a view of what has no kind",
            r#""views": [{ "node": "alice", "id": "shopping""#,
            r#""views": [{ "node": "alice", "id": "other""#,
        ),
    ];
    check("changes_that_cannot_be", &table(VIEWS, &cases));
}

/// What today's rules have, where it makes no sense.
#[test]
fn words_of_today_that_cannot_be() {
    let list = r#""shopping": { "kind": "list" }"#;
    let set = r#""set": { "node": "alice", "id": "card", "key": "name", "value": { "first": "Ada" }"#;
    let cases = [
        ("a manager by the rules of 0.7", r#""everyone", "role": "reader""#, r#""bob", "role": "manager""#),
        ("deletion from nobody's list", list, r#""shopping": { "kind": "list", "restrict_deletion": true }"#),
        (
            "deletion from a stream",
            r#""kind": "stream", "owner": "team""#,
            r#""kind": "stream", "owner": "team", "restrict_deletion": true"#,
        ),
        ("a parent that is no group", set, r#""extend": { "node": "alice", "id": "team", "parent": "card""#),
        ("its own parent", set, r#""extend": { "node": "alice", "id": "team", "parent": "team""#),
        (
            "a child that is no group",
            set,
            r#""revoke_extend": { "node": "alice", "id": "card", "parent": "team""#,
        ),
        (
            "an invite for managers by the rules of 0.7",
            set,
            r#""invite": { "node": "alice", "id": "team", "role": "manager", "secret": "hello""#,
        ),
        ("an invite that nobody makes", set, r#""accept": { "node": "bob", "id": "team", "secret": "hello""#),
        ("deletion by the rules of 0.7", set, r#""delete_value": { "node": "alice", "id": "essay""#),
        (
            "a member that is set",
            set,
            r#""set": { "node": "alice", "id": "team", "key": "everyone", "value": "writer""#,
        ),
        (
            "a parent that is set",
            set,
            r#""set": { "node": "alice", "id": "team", "key": "parent_co_z1", "value": "extend""#,
        ),
        (
            "the first key of a group",
            set,
            r#""set": { "node": "alice", "id": "team", "key": "root", "value": 1, "fww": "init""#,
        ),
        ("a name of what is no group", list, r#""shopping": { "kind": "list", "display_name": "Milk" }"#),
        ("a group without a name", r#""kind": "group","#, r#""kind": "group", "display_name": "","#),
        ("keys of what is no group", r#""shows": ["milk"]"#, r#""shows": ["milk"], "has": ["groupSealer"]"#),
    ];
    check("words_of_today_that_cannot_be", &table(VIEWS, &cases));
}
