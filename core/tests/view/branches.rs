//! Branches and what is merged, by the rules of 0.20: each test is one minimal history.

use crate::live::Checked;
use crate::shelf::{Held, Person, Shelf, TestKey};
use cosim_core::real::{Key, MadeAt, Place, Transaction};
use cosim_core::view::edit::{self, branch, push, set};
use cosim_core::view::{Dialect, KeyRing, LiveView, Resolver, Role, View, dependencies_in, read_key};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A group that Alice founded at 10, in which Bob writes and Eve reads.
struct Story {
    shelf: Shelf,
    alice: Person,
    bob: Person,
    eve: Person,
    group: String,
}

impl Story {
    fn new() -> Story {
        Story::told_in(Dialect::V0_20)
    }

    fn told_in(dialect: Dialect) -> Story {
        let (mut shelf, key) = (Shelf { dialect, ..Shelf::default() }, TestKey::new(1));
        let [alice, bob, eve] = [1, 2, 3].map(Person::new);
        let group = shelf.create_group(&alice, 10, &key);
        shelf.add(&group, &alice, 11, (&bob, Role::Writer), &key);
        shelf.add(&group, &alice, 12, (&eve, Role::Reader), &key);
        Story { shelf, alice, bob, eve, group }
    }

    fn create(&mut self, kind: &str) -> String {
        self.shelf.create_owned(kind, &self.group.clone())
    }

    /// Writes with a meta, privately or not.
    fn say(&mut self, id: &str, by: &Person, at: u64, (changes, meta): (&Value, &Value), is_private: bool) {
        let co_value = self.shelf.co_value(id).expect("it is there");
        let count = co_value.sessions.get(by.session.as_str()).map_or(0, |log| log.len());
        let place = Place::transaction(id, &by.session, u32::try_from(count).expect("few"));
        let key =
            is_private.then(|| read_key(&co_value, &self.shelf, &by.keys()).expect("who writes has it"));
        let made_at = MadeAt::from_ms(at);
        let transaction = match &key {
            Some((id, secret)) => Transaction::private(made_at, changes, Key { id, secret }, &place),
            None => Transaction::trusting(made_at, changes),
        };
        let transaction = transaction.with_meta(meta, &place, key.as_ref().map(|(_, secret)| secret));
        self.shelf.push(id, &by.session, transaction);
    }

    /// Makes a branch that a group owns: that of its source, if no other is given.
    fn branch(&mut self, of: &str, by: &Person, at: u64, (name, group): (&str, Option<&str>)) -> String {
        let source = self.shelf.co_value(of).expect("it is there");
        let header = branch::header(&source, name, group).expect("a group owns it");
        let start = branch::start(&source);
        let id = self.shelf.create(header.as_json().clone());
        self.say(&id, by, at, (&json!([]), &start), true);
        self.say(of, by, at, (&json!([]), &branch::pointer(name, group)), true);
        id
    }

    /// What merges a branch, by somebody.
    fn merging(&self, branch: &str, by: &Person, now: u64) -> Option<branch::Merge> {
        branch::merge(&self.shelf.co_value(branch)?, &self.shelf, &by.keys(), now)
    }

    fn write_merge(&mut self, source: &str, by: &Person, merge: &branch::Merge) {
        let at = merge.made_at.as_ms().expect("a time");
        for merged in &merge.transactions {
            self.say(source, by, at, (&merged.changes, &merged.meta), merged.is_private);
        }
    }

    fn merge(&mut self, (branch, source): (&str, &str), by: &Person, now: u64) {
        let merge = self.merging(branch, by, now).expect("there is something to merge");
        self.write_merge(source, by, &merge);
    }

    /// What `id` shows to who.
    fn shown(&self, id: &str, who: &Person) -> Value {
        Checked::default().update(id, &self.shelf, &who.keys()).0.to_json()
    }

    /// Puts an item behind the last that somebody sees.
    fn append(&mut self, id: &str, by: &Person, at: u64, value: &str) {
        let View::List(list) = self.shelf.typed(id, &by.keys()) else { panic!("{id} is a list") };
        self.shelf.write(id, &by.session, at, &edit::append(&list, &[value.into()]));
    }
}

#[test]
fn a_branch_shows_its_source_as_it_was() {
    let mut story = Story::new();
    let (alice, bob) = (story.alice.clone(), story.bob.clone());
    let source = story.create("comap");
    story.shelf.write_private(&source, &alice, 20, &set("a", &1.into()));
    story.shelf.write(&source, &bob.session, 21, &set("b", &1.into()));
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    story.shelf.write(&draft, &alice.session, 40, &set("a", &2.into()));
    // The second is one too many for the branch; of Bob's session, the package takes one more than there was.
    story.shelf.write(&source, &bob.session, 41, &set("b", &2.into()));
    story.shelf.write(&source, &bob.session, 42, &set("b", &3.into()));
    story.shelf.write(&source, &alice.session, 43, &set("a", &3.into()));
    assert_eq!(story.shown(&draft, &alice), json!({"a": 2, "b": 2}));
    assert_eq!(story.shown(&source, &alice), json!({"a": 3, "b": 3}));
    let rests_on = dependencies_in(&story.shelf.co_value(&draft).expect("it is there"), Dialect::V0_20);
    assert!(rests_on.contains(&source));
}

/// By the older rules it is a CoValue like any other.
#[test]
fn the_older_version_has_no_branches() {
    let mut story = Story::told_in(Dialect::V0_7);
    let (alice, source) = (story.alice.clone(), story.create("comap"));
    story.shelf.write(&source, &alice.session, 20, &set("a", &1.into()));
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    story.shelf.write(&draft, &alice.session, 40, &set("b", &2.into()));
    assert_eq!(story.shown(&draft, &alice), json!({"b": 2}));
    assert_eq!(story.merging(&draft, &alice, 50), None);
    let rests_on = dependencies_in(&story.shelf.co_value(&draft).expect("it is there"), Dialect::V0_7);
    assert!(!rests_on.contains(&source));
}

/// Who makes the same branch makes the same CoValue, and the larger of two starts counts.
#[test]
fn two_who_make_a_branch_make_one() {
    let mut story = Story::new();
    let (alice, bob, source) = (story.alice.clone(), story.bob.clone(), story.create("comap"));
    for at in 20..23 {
        story.shelf.write(&source, &alice.session, at, &set("a", &at.into()));
    }
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    let early = json!({"from": {alice.session.as_str(): 0}});
    story.say(&draft, &bob, 31, (&json!([]), &early), true);
    assert_eq!(story.shown(&draft, &alice), json!({"a": 22}));
    let again = branch::header(&story.shelf.co_value(&source).expect("it is there"), "draft", None);
    assert_eq!(again.map(|header| header.id()), Some(draft));
}

#[test]
fn what_is_merged_stands_where_it_was_made() {
    let mut story = Story::new();
    let (alice, bob, source) = (story.alice.clone(), story.bob.clone(), story.create("comap"));
    story.shelf.write(&source, &alice.session, 20, &set("a", &1.into()));
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    story.shelf.write(&draft, &bob.session, 40, &set("a", &2.into()));
    story.shelf.write_private(&draft, &bob, 60, &set("b", &2.into()));
    story.shelf.write(&source, &alice.session, 50, &set("a", &3.into()));
    story.merge((&draft, &source), &alice, 70);
    // What was merged later was made earlier.
    assert_eq!(story.shown(&source, &alice), json!({"a": 3, "b": 2}));
    let View::Map(map) = story.shelf.typed(&source, &alice.keys()) else { panic!("it is a map") };
    assert_eq!(map.entries["b"].session, bob.session);
    assert_eq!(map.entries["b"].made_at, MadeAt::from_ms(60));
    assert_eq!(story.merging(&draft, &alice, 80), None, "it was merged");
    story.shelf.write(&draft, &bob.session, 90, &set("b", &4.into()));
    let merge = story.merging(&draft, &alice, 95).expect("there is one more");
    assert_eq!(merge.transactions.len(), 2, "and what says how much was merged");
}

/// A merge is dated after what it merges, even if its author's clock is behind. One that was not hides nothing.
#[test]
fn what_says_to_be_made_after_it_was_merged_is_not_shown() {
    let mut story = Story::new();
    let (alice, source) = (story.alice.clone(), story.create("colist"));
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    story.append(&draft, &alice, 90, "a");
    let late = json!({"mi": 1, "t": -40, "s": alice.session.as_str(), "b": draft.as_str()});
    let insertion = edit::append(&cosim_core::view::CoList::default(), &["a".into()]);
    story.say(&source, &alice, 50, (&insertion, &late), false);
    assert_eq!(story.shown(&source, &alice), json!([]));
    story.merge((&draft, &source), &alice, 50);
    assert_eq!(story.shown(&source, &alice), json!(["a"]));
}

#[test]
fn a_list_goes_on_in_a_branch() {
    let mut story = Story::new();
    let (alice, bob, source) = (story.alice.clone(), story.bob.clone(), story.create("colist"));
    story.append(&source, &alice, 20, "a");
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    story.append(&draft, &bob, 40, "b");
    story.append(&draft, &alice, 41, "c");
    let View::List(list) = story.shelf.typed(&draft, &bob.keys()) else { panic!("it is a list") };
    story.shelf.write(&draft, &bob.session, 42, &edit::remove(&list, 0..1).expect("it is there"));
    assert_eq!(story.shown(&draft, &bob), json!(["b", "c"]));
    assert_eq!(story.shown(&source, &bob), json!(["a"]));
    story.merge((&draft, &source), &bob, 50);
    assert_eq!(story.shown(&source, &alice), json!(["b", "c"]));
    // What was merged is named as in the branch.
    story.append(&source, &alice, 60, "d");
    assert_eq!(story.shown(&source, &alice), json!(["b", "c", "d"]));
}

/// Two who merge at once write everything twice. Each time it is the same operation, and a map or list shows it once; a
/// stream has its items twice, in the package as well.
#[test]
fn a_stream_is_doubled_by_two_merges() {
    for (kind, changes, shown) in [
        ("comap", set("a", &1.into()), json!({"a": 1})),
        (
            "colist",
            edit::append(&cosim_core::view::CoList::default(), &["x".into(), "y".into()]),
            json!(["x", "y"]),
        ),
        ("costream", push(&"x".into()), json!(["x", "x"])),
    ] {
        let mut story = Story::new();
        let (alice, bob, eve, source) =
            (story.alice.clone(), story.bob.clone(), story.eve.clone(), story.create(kind));
        let draft = story.branch(&source, &alice, 30, ("draft", None));
        story.shelf.write(&draft, &bob.session, 40, &changes);
        let merges = [(&alice, 50), (&bob, 60)].map(|(who, at)| (who, story.merging(&draft, who, at)));
        let (mut checked, mut seen) = (Checked::default(), Vec::new());
        for (who, merge) in merges {
            story.write_merge(&source, who, &merge.expect("nobody has merged it"));
            seen.push(checked.update(&source, &story.shelf, &eve.keys()));
        }
        let shown = if kind == "costream" { json!({bob.session.as_str(): shown}) } else { shown };
        assert_eq!(seen[1].0.to_json(), shown);
        assert_eq!(seen[0].0 == seen[1].0, kind != "costream");
        assert_eq!(seen[0].1 == seen[1].1, kind != "costream");
        assert_eq!(story.merging(&draft, &alice, 70), None);
    }
}

#[test]
fn a_stream_has_the_items_of_its_branch() {
    let mut story = Story::new();
    let (alice, source) = (story.alice.clone(), story.create("costream"));
    story.shelf.write(&source, &alice.session, 20, &push(&1.into()));
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    story.shelf.write(&draft, &alice.session, 40, &push(&2.into()));
    story.shelf.write(&source, &alice.session, 50, &push(&3.into()));
    let session = alice.session.as_str();
    assert_eq!(story.shown(&draft, &alice), json!({session: [1, 2]}));
    story.merge((&draft, &source), &alice, 60);
    assert_eq!(story.shown(&source, &alice), json!({session: [1, 2, 3]}));
}

#[test]
fn a_branch_may_have_a_branch() {
    let mut story = Story::new();
    let (alice, bob, source) = (story.alice.clone(), story.bob.clone(), story.create("colist"));
    story.append(&source, &alice, 20, "a");
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    story.append(&draft, &alice, 31, "b");
    let idea = story.branch(&draft, &bob, 40, ("idea", None));
    story.append(&idea, &bob, 41, "c");
    assert_eq!(story.shown(&idea, &alice), json!(["a", "b", "c"]));
    // What was merged into the branch is merged on as what it was.
    story.merge((&idea, &draft), &alice, 50);
    assert_eq!(story.shown(&draft, &alice), json!(["a", "b", "c"]));
    story.merge((&draft, &source), &bob, 60);
    assert_eq!(story.shown(&source, &alice), json!(["a", "b", "c"]));
    let View::List(list) = story.shelf.typed(&source, &alice.keys()) else { panic!("it is a list") };
    let branches: Vec<_> = list.items.iter().map(|item| item.op.branch.clone()).collect();
    assert_eq!(branches, [None, Some(draft), Some(idea)]);
}

/// Each CoValue is judged and read by its own group.
#[test]
fn a_branch_of_another_group() {
    let mut story = Story::new();
    let (alice, bob, eve, source) =
        (story.alice.clone(), story.bob.clone(), story.eve.clone(), story.create("comap"));
    let other = story.shelf.create_group(&alice, 15, &TestKey::new(2));
    story.shelf.add(&other, &alice, 16, (&bob, Role::Writer), &TestKey::new(2));
    story.shelf.write_private(&source, &alice, 20, &set("a", &1.into()));
    let draft = story.branch(&source, &alice, 30, ("draft", Some(&other)));
    story.shelf.write_private(&draft, &bob, 40, &set("b", &2.into()));
    story.shelf.write(&draft, &eve.session, 41, &set("c", &3.into()));
    assert_eq!(story.shown(&draft, &bob), json!({"a": 1, "b": 2}));
    // Eve reads the source, but not where the branch begins. A stranger reads nothing.
    assert_eq!(story.shown(&draft, &eve), json!({}));
    assert_eq!(story.merging(&draft, &eve, 50), None);
    // Who reads the branch only sees what was written there.
    let dora = Person::new(4);
    story.shelf.add(&other, &alice, 17, (&dora, Role::Reader), &TestKey::new(2));
    assert_eq!(story.shown(&draft, &dora), json!({"b": 2}));
    // Whoever merges, it has to be a writer of the source.
    let merge = story.merging(&draft, &bob, 60).expect("there is something to merge");
    story.write_merge(&source, &bob, &merge);
    assert_eq!(story.shown(&source, &eve), json!({"a": 1, "b": 2}));
}

/// What a branch shows follows the logs of its source, and of that one's group, whatever comes when.
#[test]
fn a_branch_is_kept_up() {
    let mut story = Story::new();
    let (alice, bob, source) = (story.alice.clone(), story.bob.clone(), story.create("comap"));
    story.shelf.write(&source, &bob.session, 20, &set("a", &1.into()));
    let draft = story.branch(&source, &alice, 30, ("draft", None));
    let (whole, mut checked) = (story.shelf.held.clone(), Checked::default());
    story.shelf.held.remove(&source);
    let mut see = |story: &Story| checked.update(&draft, &story.shelf, &alice.keys()).0.to_json();
    assert_eq!(see(&story), json!({}), "its source is not here");
    story.shelf.held.insert(source.clone(), Held { sessions: [].into(), ..whole[&source].clone() });
    assert_eq!(see(&story), json!({}));
    story.shelf.held = whole;
    assert_eq!(see(&story), json!({"a": 1}));
    story.shelf.write(&story.group.clone(), &alice.session, 15, &set(&bob.id, &"reader".into()));
    assert_eq!(see(&story), json!({}), "Bob may not write");
}

/// A chain of branches is followed so far; a circle, which no honest id makes, ends where it began.
#[test]
fn a_chain_of_branches_has_an_end() {
    const LONG: usize = 10_000;
    let mut shelf = Shelf { dialect: Dialect::V0_20, ..Shelf::default() };
    let session = Person::new(1).session;
    for number in 0..LONG {
        let meta = json!({"branch": "b", "source": format!("co_z{}", (number + 1) % LONG)});
        let header = json!({"type": "comap", "ruleset": {"type": "unsafeAllowAll"}, "meta": meta});
        let id = format!("co_z{number}");
        shelf.held.insert(id.clone(), Held { header, sessions: [].into() });
        let place = Place::transaction(&id, &session, 0);
        let start = Transaction::trusting(MadeAt::from_ms(10), &set(&id, &number.into()));
        shelf.push(&id, &session, start.with_meta(&json!({"from": {}}), &place, None));
    }
    let View::Map(map) = Checked::default().update("co_z0", &shelf, &KeyRing::empty()).0 else {
        panic!("it is a map")
    };
    assert_eq!(map.entries.len(), 32);
    let header = json!({"type": "comap", "ruleset": {"type": "unsafeAllowAll"}, "meta": {"source": "co_z1"}});
    shelf.held.get_mut("co_z1").expect("it is there").header = header;
    let View::Map(map) = Checked::default().update("co_z0", &shelf, &KeyRing::empty()).0 else {
        panic!("it is a map")
    };
    assert_eq!(map.entries.len(), 2);
}

/// A writer may merge one thing as often as it likes, and say so to be made anywhere.
#[test]
fn what_was_merged_very_often_has_an_end() {
    const MANY: u32 = 10_000;
    for kind in ["colist", "costream"] {
        let mut story = Story::new();
        let (alice, id) = (story.alice.clone(), story.create(kind));
        let meta = json!({"mi": 7, "s": alice.session.as_str(), "b": "co_zelsewhere", "t": 1});
        for _ in 0..MANY {
            story.shelf.push(
                &id,
                &alice.session,
                Transaction::trusting(
                    MadeAt::from_ms(20),
                    &json!([{"op": "app", "value": 1, "after": "start"}]),
                )
                .with_meta(&meta, &Place::transaction(&id, &alice.session, 0), None),
            );
        }
        let shown = story.shown(&id, &alice);
        let count = if kind == "colist" { &shown } else { &shown[alice.session.as_str()] };
        assert_eq!(count.as_array().map(Vec::len), Some(if kind == "colist" { 1 } else { 10_000 }));
    }
}

/// What a meta says of the place where something was made may be anything.
#[test]
fn a_place_may_be_anywhere() {
    let mut story = Story::new();
    let (alice, list) = (story.alice.clone(), story.create("colist"));
    let item = |value: u32| json!([{"op": "app", "value": value, "after": "start"}]);
    for (value, mi) in (0..).zip([json!(u32::MAX), json!(0), json!(-1), json!(1.5), json!("0"), json!(null)])
    {
        let meta = json!({"mi": mi, "s": alice.session.as_str(), "t": i64::MIN});
        story.say(&list, &alice, 20 + u64::from(value), (&item(value), &meta), false);
    }
    let View::List(shown) = Checked::default().update(&list, &story.shelf, &alice.keys()).0 else {
        panic!("it is a list")
    };
    // The second says to be the first of its session, which is the first itself and stands elsewhere.
    assert_eq!(shown.items.len(), 6);
    assert!(LiveView::new().list().is_none());
}

/// A place, by small numbers, in a meta: where a transaction was made, or where a branch begins.
fn meta() -> impl Strategy<Value = Option<Value>> {
    let merged =
        (0..4_u32, proptest::option::of(-1..3_i64), 0..4_usize, 0..4_usize).prop_map(|(mi, t, s, b)| {
            let mut meta = json!({"mi": mi});
            if let Some(t) = t {
                meta["t"] = t.into();
            }
            if let Some(session) = SESSIONS.get(s) {
                meta["s"] = (*session).into();
            }
            if let Some(branch) = ["co_zbranch", "co_zother", ""].get(b) {
                meta["b"] = (*branch).into();
            }
            meta
        });
    let start =
        (0..3_usize, 0..4_u32).prop_map(|(session, count)| json!({"from": {SESSIONS[session]: count}}));
    prop_oneof![
        5 => Just(None),
        4 => merged.prop_map(Some),
        1 => start.prop_map(Some),
        1 => (0..2_u32).prop_map(|name| Some(json!({"fww": name}))),
    ]
}

const SESSIONS: [&str; 3] = ["co_zA_session_z1", "co_zB_session_z1", "co_zA_session_z2"];

/// A change of a list, a map and a stream, in one.
fn change() -> impl Strategy<Value = Value> {
    let op = || {
        (0..3_usize, 0..4_u32, 0..3_usize).prop_map(|(session, index, branch)| {
            let mut op = json!({"sessionID": SESSIONS[session], "txIndex": index, "changeIdx": 0});
            if let Some(branch) = ["co_zbranch", "co_zother"].get(branch) {
                op["branch"] = (*branch).into();
            }
            op
        })
    };
    prop_oneof![
        3 => (0..2_u32, 0..9_u32).prop_map(|(key, value)| {
            json!({"op": "app", "key": key.to_string(), "value": value, "after": "start"})
        }),
        3 => (op(), 0..9_u32).prop_map(|(after, value)| {
            json!({"op": "app", "key": "0", "value": value, "after": after})
        }),
        1 => op().prop_map(|item| json!({"op": "del", "key": "1", "insertion": item})),
    ]
}

proptest! {
    /// Few names, places and times, so that everything is merged everywhere, and often twice.
    #[test]
    fn whatever_was_merged_where(
        writes in proptest::collection::vec(
            (any::<bool>(), 0..SESSIONS.len(), 0..4_u64, proptest::collection::vec(change(), 0..3), meta()),
            0..24,
        ),
    ) {
        for kind in ["comap", "colist", "costream"] {
            let mut shelf = Shelf { dialect: Dialect::V0_20, ..Shelf::default() };
            let mut checked = [Checked::default(), Checked::default()];
            let mut seen: Vec<(View, u64)> = Vec::new();
            for (id, source) in [("co_zbranch", "co_zsource"), ("co_zsource", "")] {
                let meta = json!({"branch": "b", "source": source});
                let header = json!({"type": kind, "ruleset": {"type": "unsafeAllowAll"}, "meta": meta});
                shelf.held.insert(id.into(), Held { header, sessions: [].into() });
            }
            for (in_branch, session, at, changes, meta) in writes.clone() {
                let id = if in_branch { "co_zbranch" } else { "co_zsource" };
                let transaction = Transaction::trusting(MadeAt::from_ms(at), &Value::Array(changes));
                let place = Place::transaction(id, SESSIONS[session], 0);
                let transaction = match meta {
                    Some(meta) => transaction.with_meta(&meta, &place, None),
                    None => transaction,
                };
                shelf.push(id, SESSIONS[session], transaction);
                for (checked, id) in checked.iter_mut().zip(["co_zbranch", "co_zsource"]) {
                    seen.push(checked.update(id, &shelf, &KeyRing::empty()));
                }
            }
            for (at, (view, digest)) in seen.iter().enumerate() {
                for (other, other_digest) in &seen[..at] {
                    prop_assert_eq!(view == other, digest == other_digest, "{:?} and {:?}", view, other);
                }
            }
        }
    }
}
