//! What differs between the published versions, by the rules of both: each row is one minimal history.

use crate::live::Checked;
use crate::shelf::{Person, Shelf, TestKey};
use cosim_core::real::{Key, MadeAt, Owner, Place, SealerSecret, Transaction};
use cosim_core::view::edit::group::{Handing, ReadKey};
use cosim_core::view::edit::{self, delete, set};
use cosim_core::view::{Dialect, EVERYONE, Resolver, Role, read_key};
use serde_json::{Value, json};

/// A group that Alice founded at 10, and what it owns.
struct Story {
    shelf: Shelf,
    key: TestKey,
    alice: Person,
    bob: Person,
    eve: Person,
    group: String,
    map: String,
}

impl Story {
    fn new(dialect: Dialect) -> Story {
        let (mut shelf, key) = (Shelf { dialect, ..Shelf::default() }, TestKey::new(1));
        let [alice, bob, eve] = [1, 2, 3].map(Person::new);
        let group = shelf.create_group(&alice, 10, &key);
        let map = shelf.create_owned("comap", &group);
        Story { shelf, key, alice, bob, eve, group, map }
    }

    fn appoint(&mut self, by: &Person, at: u64, member: &str, role: &str) {
        let change = set(member, &role.into());
        self.shelf.write(&self.group.clone(), &by.session, at, &change);
    }

    fn set(&mut self, by: &Person, at: u64, key: &str, value: u64) {
        self.shelf.write(&self.map.clone(), &by.session, at, &set(key, &value.into()));
    }

    /// Writes with a meta. What is private is written with `key`.
    fn say(
        &mut self,
        id: &str,
        by: &Person,
        at: u64,
        (changes, meta): (&Value, &Value),
        key: Option<&TestKey>,
    ) {
        let log = self.shelf.held[id].sessions.get(&by.session).map_or(0, Vec::len);
        let place = Place::transaction(id, &by.session, u32::try_from(log).expect("few"));
        let made_at = MadeAt::from_ms(at);
        let transaction = match key {
            Some(key) => {
                let key = Key { id: &key.id, secret: &key.secret };
                Transaction::private(made_at, changes, key, &place)
            }
            None => Transaction::trusting(made_at, changes),
        };
        let transaction = transaction.with_meta(meta, &place, key.map(|key| &key.secret));
        self.shelf.push(id, &by.session, transaction);
    }

    /// What the map shows to `who`, computed anew and kept up.
    fn shown_to(&self, who: &Person) -> Value {
        let (view, _) = Checked::default().update(&self.map, &self.shelf, &who.keys());
        view.to_json()
    }
}

/// A history, told by the rules of either version, and what it comes to.
fn compare<T: PartialEq + std::fmt::Debug>(old: T, todays: T, tell: impl Fn(&mut Story) -> T) {
    for (dialect, expected) in Dialect::ALL.into_iter().zip([old, todays]) {
        assert_eq!(tell(&mut Story::new(dialect)), expected, "by the rules of {dialect}");
    }
}

#[test]
fn a_member_may_leave() {
    compare(json!({"a": 2}), json!({"a": 1}), |story| {
        let (alice, bob) = (story.alice.clone(), story.bob.clone());
        story.appoint(&alice, 20, &bob.id, "writer");
        story.set(&bob, 30, "a", 1);
        story.appoint(&bob, 40, &bob.id, "revoked");
        story.set(&bob, 50, "a", 2);
        story.shown_to(&alice)
    });
}

#[test]
fn the_revoked_are_of_everyone() {
    compare(json!({}), json!({"a": 1}), |story| {
        let (alice, bob) = (story.alice.clone(), story.bob.clone());
        story.appoint(&alice, 20, EVERYONE, "writer");
        story.appoint(&alice, 30, &bob.id, "writer");
        story.appoint(&alice, 40, &bob.id, "revoked");
        story.set(&bob, 50, "a", 1);
        story.shown_to(&alice)
    });
}

/// Where the package goes by arrival there is one order: that of names.
#[test]
fn what_is_made_at_one_time_has_one_order() {
    let told = |story: &mut Story| {
        let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
        for member in [&bob, &eve] {
            story.appoint(&alice, 20, &member.id, "writer");
        }
        let (first, last) = if bob.session < eve.session { (&bob, &eve) } else { (&eve, &bob) };
        story.set(last, 30, "k", 2);
        story.set(first, 30, "k", 1);
        story.shown_to(&alice)
    };
    compare(json!({"k": 2}), json!({"k": 2}), told);
}

#[test]
fn managers_write_and_appoint_writers() {
    let nothing = (json!({}), None, None);
    compare(nothing, (json!({"a": 1, "b": 2}), Some(Role::Manager), Some(Role::Writer)), |story| {
        let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
        story.appoint(&alice, 20, &bob.id, "manager");
        story.set(&bob, 30, "a", 1);
        story.appoint(&bob, 40, &eve.id, "writer");
        story.set(&eve, 50, "b", 2);
        // No more than that.
        story.appoint(&bob, 60, &eve.id, "admin");
        story.appoint(&bob, 60, &eve.id, "adminInvite");
        story.appoint(&bob, 60, &alice.id, "reader");
        let group = story.shelf.group(&story.group);
        assert_eq!(group.role_of(&alice.id), Some(Role::Admin));
        (story.shown_to(&alice), group.role_of(&bob.id), group.role_of(&eve.id))
    });
}

#[test]
fn who_only_writes_reads_its_own() {
    let told = |story: &mut Story| {
        let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
        let (group, map, key) = (story.group.clone(), story.map.clone(), story.key.clone());
        story.shelf.add(&group, &alice, 20, (&eve, Role::Reader), &key);
        let own = TestKey::new(7);
        let readers = [alice.member(), eve.member()];
        story.shelf.write_group(&group, &alice, 30, |writer| {
            writer
                .add_write_only(&bob.member(), Role::WriteOnly, &own.read_key(), &readers)
                .expect("honest keys")
        });
        story.shelf.write_private(&map, &alice, 40, &set("c", &3.into()));
        story.set(&bob, 50, "a", 1);
        let mine = story.shelf.co_value(&map).and_then(|map| read_key(&map, &story.shelf, &bob.keys()));
        let present = mine.as_ref().map(|(id, _)| id.clone());
        if let Some((id, secret)) = mine {
            let key = TestKey { id, secret };
            story.say(&map, &bob, 60, (&set("b", &2.into()), &json!({})), Some(&key));
        }
        ([&alice, &eve, &bob].map(|who| story.shown_to(who)), present)
    };
    let all = json!({"a": 1, "b": 2, "c": 3});
    compare(
        ([json!({"c": 3}), json!({"c": 3}), json!({})], None),
        ([all.clone(), all, json!({"a": 1, "b": 2})], Some("key_z7".to_owned())),
        told,
    );
}

/// Where everyone writes and was handed no key, who may only write goes on with its own.
#[test]
fn who_only_writes_keeps_its_key_where_everyone_has_none() {
    let mut story = Story::new(Dialect::V0_20);
    let (alice, bob, own) = (story.alice.clone(), story.bob.clone(), TestKey::new(7));
    story.shelf.write_group(&story.group.clone(), &alice, 20, |writer| {
        let readers = [alice.member()];
        writer.add_write_only(&bob.member(), Role::WriteOnly, &own.read_key(), &readers).expect("honest keys")
    });
    story.appoint(&alice, 30, EVERYONE, "writer");
    let mine = story.shelf.co_value(&story.map).and_then(|map| read_key(&map, &story.shelf, &bob.keys()));
    assert_eq!(mine.map(|(id, _)| id), Some(own.id));
}

/// The keys of a child are sealed for a parent by somebody who is a stranger there.
#[test]
fn a_stranger_hands_keys_to_a_parent() {
    let told = |story: &mut Story| {
        let (alice, eve, map) = (story.alice.clone(), story.eve.clone(), story.map.clone());
        let parent = story.shelf.create_group(&eve, 11, &TestKey::new(5));
        story.shelf.write_private(&map, &alice, 20, &set("a", &1.into()));
        let sealer = story.shelf.group(&parent).sealer();
        let once = SealerSecret::from_bytes([9; 32]);
        let key = story.key.clone();
        let stated = TestKey::new(5).read_key().secret.clone();
        let known = cosim_core::real::group_sealer(&stated).id();
        let sealer_or_known = sealer.clone().unwrap_or(known);
        story.shelf.write_group(&story.group.clone(), &alice, 30, |writer| {
            let handing = Handing::Sealed { sealer: &sealer_or_known, once: &once };
            writer.extend(&parent, None, &handing, &[key.read_key()]).expect("honest keys")
        });
        (story.shown_to(&eve), sealer.is_some())
    };
    compare((json!({}), false), (json!({"a": 1}), true), told);
}

#[test]
fn a_group_has_no_secrets_and_may_have_a_root() {
    compare((true, false), (false, true), |story| {
        let (alice, group) = (story.alice.clone(), story.group.clone());
        story.shelf.write_private(&group, &alice, 20, &set("a", &1.into()));
        story.shelf.write(&group, &alice.session, 30, &set("root", &"co_zRoot".into()));
        story.shelf.write(&group, &alice.session, 30, &set("name", &"Team".into()));
        let shown = story.shelf.view(&group, &alice.keys());
        assert!(shown.get("name").is_none(), "a name is said by the header");
        let root = story.shelf.group(&group).root().map(String::from);
        assert_eq!(shown.get("root").and_then(Value::as_str), root.as_deref());
        (shown.get("a").is_some(), root.is_some())
    });
}

#[test]
fn a_group_may_have_a_name() {
    compare((None, Some("co_zUs".to_owned())), (Some("us".to_owned()), Some("co_zUs".to_owned())), |story| {
        let (alice, key) = (story.alice.clone(), story.key.clone());
        let ruleset = json!({"type": "group", "initialAdmin": alice.id});
        let group = story.shelf.create(json!({"type": "comap", "ruleset": ruleset, "meta": {"name": "us"}}));
        story.shelf.write_group(&group, &alice, 10, |writer| {
            writer.found(&alice.member(), &key.read_key()).expect("an honest key")
        });
        story.shelf.write(&group, &alice.session, 20, &set("profile", &"co_zUs".into()));
        let group = story.shelf.group(&group);
        (group.name.clone(), group.profile().map(String::from))
    });
}

#[test]
fn the_first_of_a_name_may_win() {
    let told = |story: &mut Story| {
        let (alice, map) = (story.alice.clone(), story.map.clone());
        let meta = edit::first_writer("init");
        let key = story.key.clone();
        story.say(&map, &alice, 20, (&set("a", &1.into()), &meta), None);
        story.say(&map, &alice, 30, (&set("a", &2.into()), &meta), None);
        story.say(&map, &alice, 40, (&set("b", &3.into()), &meta), Some(&key));
        story.say(&map, &alice, 50, (&set("c", &4.into()), &edit::first_writer("other")), Some(&key));
        story.shown_to(&alice)
    };
    compare(json!({"a": 2, "b": 3, "c": 4}), json!({"a": 1, "c": 4}), told);
}

/// What was the first is not any more when an earlier one arrives; in a list it keeps its place, unseen.
#[test]
fn an_earlier_first_takes_over() {
    let mut story = Story::new(Dialect::V0_20);
    let (alice, bob) = (story.alice.clone(), story.bob.clone());
    story.appoint(&alice, 11, &bob.id, "writer");
    let list = story.shelf.create_owned("colist", &story.group.clone());
    let meta = edit::first_writer("init");
    let mut checked = Checked::default();
    let app = |value: u64| json!([{"op": "app", "value": value, "after": "start"}]);
    story.say(&list, &bob, 30, (&app(1), &meta), None);
    let beside = json!([{
        "op": "app", "value": 2, "after": {"sessionID": bob.session, "txIndex": 0, "changeIdx": 0}
    }]);
    story.shelf.write(&list, &bob.session, 40, &beside);
    assert_eq!(checked.update(&list, &story.shelf, &alice.keys()).0.to_json(), json!([1, 2]));
    story.say(&list, &alice, 20, (&app(3), &meta), None);
    assert_eq!(checked.update(&list, &story.shelf, &alice.keys()).0.to_json(), json!([3, 2]));
}

#[test]
fn a_list_may_restrict_who_deletes() {
    compare(json!([]), json!([7]), |story| {
        let (alice, bob, group) = (story.alice.clone(), story.bob.clone(), story.group.clone());
        story.appoint(&alice, 11, &bob.id, "writer");
        let ruleset = json!({"type": "ownedByGroup", "group": group, "restrictDeletion": true});
        let list = story.shelf.create(json!({"type": "colist", "ruleset": ruleset, "meta": null}));
        story.shelf.write(&list, &alice.session, 20, &json!([{"op": "app", "value": 7, "after": "start"}]));
        let item = json!({"sessionID": alice.session, "txIndex": 0, "changeIdx": 0});
        story.shelf.write(&list, &bob.session, 30, &json!([{"op": "del", "insertion": item}]));
        let shown = Checked::default().update(&list, &story.shelf, &alice.keys()).0.to_json();
        story.shelf.write(&list, &alice.session, 40, &json!([{"op": "del", "insertion": item}]));
        assert_eq!(story.shelf.public(&list), json!([]), "an admin may");
        shown
    });
}

#[test]
fn a_group_names_its_sealer() {
    compare(false, true, |story| story.shelf.public(&story.group).get("groupSealer").is_some());
}

#[test]
fn a_text_is_a_string_or_its_items() {
    compare(json!("ab"), json!(["a", "b"]), |story| {
        let text = story.shelf.create_open("coplaintext");
        let list = cosim_core::view::CoList::default();
        let changes = edit::insert_text(&list, 0, "ab").expect("an empty text has a beginning");
        story.shelf.write(&text, &story.alice.session, 20, &changes);
        story.shelf.public(&text)
    });
}

/// Who writes may write so much at once; what somebody else has written counts, however large it is.
#[test]
fn one_transaction_may_be_so_large() {
    let text = |len: usize| json!([{"op": "set", "key": "a", "value": "é".repeat(len / 2)}]);
    let frame = text(0).to_string().len();
    let (most, more) = (text(edit::CHANGES_BYTES_MAX - frame), text(edit::CHANGES_BYTES_MAX - frame + 2));
    let too_large = Err(edit::TooLarge { bytes: more.to_string().len() });
    compare((Ok(()), Ok(()), true), (Ok(()), too_large, true), |story| {
        let (dialect, map) = (story.shelf.dialect, story.map.clone());
        story.shelf.write(&map, &story.alice.session.clone(), 20, &more);
        let shows = story.shown_to(&story.alice.clone()).get("a").is_some();
        (edit::check_size(&most, dialect), edit::check_size(&more, dialect), shows)
    });
}

/// An admin deletes a CoValue, once and for all; nobody else does.
#[test]
fn a_co_value_may_be_deleted() {
    compare([json!({"a": 1}), json!({"a": 1})], [json!({"a": 1}), Value::Null], |story| {
        let (alice, bob, map) = (story.alice.clone(), story.bob.clone(), story.map.clone());
        story.appoint(&alice, 11, &bob.id, "manager");
        story.set(&alice, 20, "a", 1);
        let mut checked = Checked::default();
        [&bob, &alice].map(|by| {
            let owner = Owner::of_name(&by.id).expect("an agent");
            let mut deleting = by.clone();
            deleting.session = owner.delete_session(&[1; 7]);
            story.say(&map, &deleting, 30, (&json!([]), &edit::deletion(&map)), None);
            checked.update(&map, &story.shelf, &alice.keys()).0.to_json()
        })
    });
}

/// Who has a word of its own in a parent is not covered by what everyone is there.
#[test]
fn a_child_is_handed_down_what_everyone_is() {
    let old = [Some(Role::Reader), None, Some(Role::Reader)];
    let todays = [None, Some(Role::Reader), Some(Role::Reader)];
    compare(old, todays, |story| {
        let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
        let parent = story.shelf.create_group(&alice, 11, &TestKey::new(5));
        for (member, role) in [(EVERYONE, "reader"), (bob.id.as_str(), "writeOnly"), (&eve.id, "revoked")] {
            story.shelf.write(&parent, &alice.session, 20, &set(member, &role.into()));
        }
        let extend = set(&format!("parent_{parent}"), &"extend".into());
        story.shelf.write(&story.group.clone(), &alice.session, 30, &extend);
        let group = story.shelf.group(&story.group);
        [bob.id.as_str(), &eve.id, "a stranger"].map(|who| group.role_of(who))
    });
}

/// Two views of a group that differ in that alone have two digests.
#[test]
fn who_is_nobody_tells_groups_apart() {
    let mut story = Story::new(Dialect::V0_20);
    let (alice, bob, group) = (story.alice.clone(), story.bob.clone(), story.group.clone());
    let parent = story.shelf.create_group(&alice, 11, &TestKey::new(5));
    story.shelf.write(&parent, &alice.session, 20, &set(EVERYONE, &"reader".into()));
    story.shelf.write(&group, &alice.session, 30, &set(&format!("parent_{parent}"), &"extend".into()));
    let mut checked = Checked::default();
    let (_, before) = checked.update(&group, &story.shelf, &alice.keys());
    story.shelf.write(&parent, &alice.session, 40, &set(&bob.id, &"writeOnly".into()));
    let (_, after) = checked.update(&group, &story.shelf, &alice.keys());
    assert_ne!(before, after);
}

/// Among the words of a parent's members, and of what the parent may be.
#[test]
fn a_parent_is_a_group() {
    compare(true, false, |story| {
        let account = story.shelf.create_account(&story.eve.clone(), 11, &TestKey::new(4));
        let parent = format!("parent_{account}");
        story.shelf.write(
            &story.group.clone(),
            &story.alice.session.clone(),
            20,
            &set(&parent, &"extend".into()),
        );
        story.shelf.public(&story.group).get(&parent).is_some()
    });
}

#[test]
fn what_deletes_in_a_group_does_nothing() {
    compare(true, true, |story| {
        let bob = story.bob.id.clone();
        story.appoint(&story.alice.clone(), 20, &bob, "reader");
        story.shelf.write(&story.group.clone(), &story.alice.session.clone(), 30, &delete(&bob));
        story.shelf.public(&story.group).get(&bob).is_some()
    });
}

/// Every key of a member who only writes is where who reads can find it, by its own group's map.
#[test]
fn write_keys_are_listed() {
    let mut story = Story::new(Dialect::V0_20);
    let (alice, bob, own) = (story.alice.clone(), story.bob.clone(), TestKey::new(7));
    story.shelf.write_group(&story.group.clone(), &alice, 20, |writer| {
        let given = [(bob.member(), ReadKey { id: &own.id, secret: &own.secret })];
        writer.give_write_keys(&given, &[alice.member()]).expect("honest keys")
    });
    let group = story.shelf.group(&story.group);
    assert_eq!(group.write_keys().collect::<Vec<_>>(), [(bob.id.as_str(), "key_z7")]);
}

/// What a stranger to a group may write to it, and a circle of parents, is looked at once and has an end.
#[test]
fn hostile_histories_have_an_end() {
    const MANY: u64 = 10_000;
    let mut story = Story::new(Dialect::V0_20);
    let (alice, eve, group) = (story.alice.clone(), story.eve.clone(), story.group.clone());
    for number in 0..MANY {
        story.appoint(&alice, 20, &format!("co_z{number}"), "writeOnly");
        let own = format!("writeKeyFor_{}", eve.id);
        story.shelf.write(&group, &eve.session, 30, &set(&own, &format!("key_z{number}").into()));
        story.shelf.write(&group, &eve.session, 30, &set(&format!("key_z{number}_for_everyone"), &"".into()));
    }
    let others: Vec<String> = (100..120).map(|at| story.shelf.create_group(&alice, at, &story.key)).collect();
    for from in others.iter().chain([&group]) {
        for to in others.iter().chain([&group]) {
            let change = set(&format!("parent_{to}"), &"extend".into());
            story.shelf.write(from, &alice.session, 200, &change);
        }
    }
    story.appoint(&alice, 50, &story.bob.id.clone(), "writer");
    let shown = story.shelf.group(&group);
    assert_eq!(shown.members.len() as u64, MANY + 2);
    assert_eq!(shown.map.get(&format!("parent_{group}")), None, "no group is its own parent");
    assert_eq!(shown.role_of(&eve.id), None);
}
