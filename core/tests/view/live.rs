//! A view that is kept up is at every moment the view that is computed anew, whatever arrives when.

use crate::arrival::{Arrived, SESSIONS, logs};
use crate::shelf::{Held, Person, Shelf, TestKey};
use cosim_core::real::{Key, MadeAt, Owner, Place, SealerSecret, Transaction, group_sealer};
use cosim_core::view::edit::group::{Handing, Member, Rotation};
use cosim_core::view::edit::{deletion, first_writer, set};
use cosim_core::view::{CoValue, Dialect, KeyRing, LiveView, Log, Resolver, Role, View, read_key};
use proptest::prelude::*;
use serde_json::{Number, Value, json};
use std::collections::BTreeMap;

/// A view that is kept up, held against the one that is computed anew whenever it is brought up to date.
#[derive(Clone, Default)]
pub(crate) struct Checked {
    pub(crate) live: LiveView,
    /// The same, by what has grown.
    pub(crate) grown: LiveView,
    pub(crate) lengths: BTreeMap<String, usize>,
}

impl Checked {
    /// Brings it up to date, and returns what it shows.
    pub(crate) fn update<R: Resolver>(&mut self, id: &str, resolver: &R, keys: &KeyRing) -> (View, u64) {
        let co_value = resolver.co_value(id).expect("it is there");
        let view = View::new(&co_value, resolver, keys);
        assert_eq!(self.live.is_as_new(&co_value, resolver, keys), self.live.view() == view);
        self.live.update(&co_value, resolver, keys);
        assert!(self.live.is_as_new(&co_value, resolver, keys));
        assert!(!self.live.update(&co_value, resolver, keys), "there was nothing left to take");
        let mut part = co_value.clone();
        part.sessions.retain(|session, log| self.lengths.get(*session) != Some(&log.len()));
        if !self.grown.grow(&part, resolver) {
            self.grown.update(&co_value, resolver, keys);
        }
        assert_eq!(self.grown.digest(), self.live.digest());
        self.lengths =
            co_value.sessions.iter().map(|(session, log)| ((*session).to_owned(), log.len())).collect();
        assert_eq!(self.live.view(), view);
        let key = self.live.read_key().map(|(id, secret)| (id.to_owned(), secret.clone()));
        assert_eq!(key, read_key(&co_value, resolver, keys));
        (view, self.live.digest())
    }
}

/// Digests tell views apart, and nothing else does.
fn assert_digests_tell(seen: &[(View, u64)]) {
    for (at, (view, digest)) in seen.iter().enumerate() {
        for (other, other_digest) in &seen[..at] {
            assert_eq!(view == other, digest == other_digest, "{view:?} and {other:?}");
        }
    }
}

proptest! {
    /// Few names, places and times, so that everything names everything, mostly too early.
    #[test]
    fn whatever_arrives_when(
        logs in logs(),
        arrivals in proptest::collection::vec(proptest::collection::vec(0..SESSIONS.len(), 1..4), 0..20),
    ) {
        for kind in ["comap", "colist", "coplaintext", "costream", "unheard of"] {
            let (mut node, mut checked, mut seen) = (Arrived::new(kind), Checked::default(), Vec::new());
            let rest = (0..SESSIONS.len()).rev().map(|session| vec![session; 5]);
            for piece in arrivals.iter().cloned().chain(rest) {
                piece.into_iter().for_each(|session| node.deliver(session, &logs));
                seen.push(checked.update("co_zit", &node, &KeyRing::empty()));
            }
            assert_digests_tell(&seen);
        }
    }
}

/// What somebody does: who, where, when, and what.
#[derive(Clone, Debug)]
enum Step {
    /// Writes operations into one of the values that the group owns.
    Write { session: usize, kind: usize, made_at: Number, key: Option<u8>, operations: Vec<Operation> },
    /// Alice gives somebody a role, and the first key.
    Add { member: usize, role: Role, at: u64 },
    /// Alice gives somebody a role only.
    Appoint { member: usize, role: Role, at: u64 },
    /// Alice takes Eve out, and there is another key.
    Rotate { at: u64 },
    /// Alice lets everyone read.
    Open { at: u64 },
    /// Alice makes Eve's group a parent.
    Extend { at: u64 },
    /// Eve gives Bob a role in her group.
    AppointAbove { role: Role, at: u64 },
    /// Writes the item that is the first of its name, or is not.
    First { session: usize, kind: usize, at: u64, key: Option<u8> },
    /// Somebody revokes itself.
    Leave { member: usize, at: u64 },
    /// Bob names the second key as his own, and hands it to Eve.
    OwnKey { at: u64 },
    /// Alice makes Eve's group a parent, as a stranger to it.
    Seal { at: u64 },
    /// Somebody deletes a value.
    Destroy { member: usize, kind: usize, at: u64 },
}

/// An operation on maps and lists, by small numbers.
#[derive(Clone, Debug)]
enum Operation {
    Set(&'static str, u32),
    Delete(&'static str),
    Insert(u32, Option<(usize, u32, u32)>),
    InsertBefore(u32, Option<(usize, u32, u32)>),
    Remove((usize, u32, u32)),
}

const KINDS: [&str; 4] = ["comap", "colist", "coplaintext", "costream"];

fn operation() -> impl Strategy<Value = Operation> {
    let op = || (0..6_usize, 0..3_u32, 0..2_u32);
    let neighbour = || proptest::option::weighted(0.7, op());
    let key = || proptest::sample::select(["a", "b"].as_slice());
    prop_oneof![
        (key(), 0..9_u32).prop_map(|(key, value)| Operation::Set(key, value)),
        key().prop_map(Operation::Delete),
        (0..9_u32, neighbour()).prop_map(|(value, on)| Operation::Insert(value, on)),
        (0..9_u32, neighbour()).prop_map(|(value, on)| Operation::InsertBefore(value, on)),
        op().prop_map(Operation::Remove),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let at = || 0..6_u64;
    let role = || {
        let old = [Role::Reader, Role::Writer, Role::Admin, Role::Revoked];
        let new = [Role::Manager, Role::WriteOnly];
        proptest::sample::select([old.as_slice(), &new].concat())
    };
    let made_at = prop_oneof![
        8 => (-2..8_i64).prop_map(Number::from),
        1 => (-1.5..6.5_f64).prop_map(|at| Number::from_f64(at).expect("it is finite")),
    ];
    let operations = proptest::collection::vec(operation(), 0..3);
    let write = (0..6_usize, 0..KINDS.len(), made_at, proptest::option::of(1..3_u8), operations);
    prop_oneof![
        10 => write.prop_map(|(session, kind, made_at, key, operations)| {
            Step::Write { session, kind, made_at, key, operations }
        }),
        1 => (1..3_usize, role(), at()).prop_map(|(member, role, at)| Step::Add { member, role, at }),
        1 => (1..3_usize, role(), at()).prop_map(|(member, role, at)| Step::Appoint { member, role, at }),
        1 => at().prop_map(|at| Step::Rotate { at }),
        1 => at().prop_map(|at| Step::Open { at }),
        1 => at().prop_map(|at| Step::Extend { at }),
        1 => (role(), at()).prop_map(|(role, at)| Step::AppointAbove { role, at }),
        4 => (0..6_usize, 0..KINDS.len(), at(), proptest::option::of(1..3_u8))
            .prop_map(|(session, kind, at, key)| Step::First { session, kind, at, key }),
        1 => (1..3_usize, at()).prop_map(|(member, at)| Step::Leave { member, at }),
        1 => at().prop_map(|at| Step::OwnKey { at }),
        1 => at().prop_map(|at| Step::Seal { at }),
        1 => (0..3_usize, 0..KINDS.len(), at())
            .prop_map(|(member, kind, at)| Step::Destroy { member, kind, at }),
    ]
}

/// Alice, who has an account, and Bob and Eve, who are agents; Alice's group and what it owns, and Eve's.
struct Story {
    shelf: Shelf,
    people: [Person; 3],
    /// Two for each, whose names UTF-8 and UTF-16 order differently.
    sessions: Vec<String>,
    keys: [TestKey; 2],
    group: String,
    above: String,
    owned: [String; 4],
    readers: [KeyRing; 3],
}

impl Story {
    fn new(dialect: Dialect) -> Story {
        let (mut shelf, keys) = (Shelf { dialect, ..Shelf::default() }, [1, 2].map(TestKey::new));
        let mut people = [1, 2, 3].map(Person::new);
        let account = shelf.create_account(&people[0], 0, &TestKey::new(8));
        people[0].id = account.clone();
        people[0].session = format!("{account}_session_z1");
        let group = shelf.create_group(&people[0], 0, &keys[0]);
        let above = shelf.create_group(&people[2], 0, &keys[1]);
        let owned = KINDS.map(|kind| match kind {
            "colist" => {
                let ruleset = json!({"type": "ownedByGroup", "group": group, "restrictDeletion": true});
                shelf.create(json!({"type": kind, "ruleset": ruleset, "meta": null}))
            }
            _ => shelf.create_owned(kind, &group),
        });
        let sessions = people.iter().flat_map(|person| {
            ["\u{10000}", "\u{ffff}"].map(|suffix| format!("{}_session_z{suffix}", person.id))
        });
        let sessions = sessions.collect();
        let readers =
            [KeyRing::of_account(&account, people[0].secret.clone()), people[1].keys(), KeyRing::empty()];
        Story { shelf, people, sessions, keys, group, above, owned, readers }
    }

    fn tell(&mut self, step: &Step) {
        let [alice, bob, eve] = self.people.clone();
        let (group, above) = (self.group.clone(), self.above.clone());
        match step {
            Step::Write { session, kind, made_at, key, operations } => {
                self.write((*session, *kind), MadeAt::from_number(made_at.clone()), *key, operations);
            }
            Step::Add { member, role, at } => {
                self.shelf.add(&group, &alice, *at, (&self.people[*member], *role), &self.keys[0]);
            }
            Step::Appoint { member, role, at } => {
                self.shelf.appoint(&group, &alice, *at, &self.people[*member].id, *role);
            }
            Step::Rotate { at } => {
                let [old, new] = self.keys.each_ref().map(TestKey::read_key);
                let readers = [alice.member(), bob.member()];
                let rotation =
                    Rotation { old, new, readers: &readers, everyone_reads: false, parent_keys: &[] };
                self.shelf.write_group(&group, &alice, *at, |writer| {
                    writer.remove_member(&eve.id, &rotation).expect("honest keys")
                });
            }
            Step::Open { at } => {
                let key = self.keys[0].read_key();
                self.shelf.write_group(&group, &alice, *at, |writer| {
                    writer.add_everyone(Role::Reader, &key).expect("a role for everyone")
                });
            }
            Step::Extend { at } => {
                let [key, parent_key] = self.keys.each_ref().map(TestKey::read_key);
                self.shelf
                    .write_group(&group, &alice, *at, |writer| writer.add_parent(&above, &parent_key, &key));
            }
            Step::AppointAbove { role, at } => self.shelf.appoint(&above, &eve, *at, &bob.id, *role),
            Step::First { session, kind, at, key } => {
                let made_at = MadeAt::from_ms(*at);
                let operations = [Operation::Set("a", 7), Operation::Insert(7, None)];
                self.say((*session, *kind), made_at, *key, &operations, Some(&first_writer("it")));
            }
            Step::Leave { member, at } => {
                let who = self.people[*member].clone();
                self.shelf.appoint(&group, &who, *at, &who.id, Role::Revoked);
            }
            Step::OwnKey { at } => {
                let given = [(bob.member(), self.keys[1].read_key())];
                self.shelf.write_group(&group, &bob, *at, |writer| {
                    writer.give_write_keys(&given, &[eve.member()]).expect("honest keys")
                });
            }
            Step::Seal { at } => {
                let sealer = group_sealer(&self.keys[1].secret).id();
                let once = SealerSecret::from_bytes([9; 32]);
                let handing = Handing::Sealed { sealer: &sealer, once: &once };
                let keys = [self.keys[0].read_key()];
                self.shelf.write_group(&group, &alice, *at, |writer| {
                    writer.extend(&above, Some(Role::Reader), &handing, &keys).expect("honest keys")
                });
            }
            Step::Destroy { member, kind, at } => {
                let owner = Owner::of_name(&self.people[*member].id).expect("somebody");
                let (id, session) = (self.owned[*kind].clone(), owner.delete_session(&[1; 7]));
                let place = Place::transaction(&id, &session, 0);
                let said = Transaction::trusting(MadeAt::from_ms(*at), &json!([]));
                self.shelf.push(&id, &session, said.with_meta(&deletion(&id), &place, None));
            }
        }
    }

    fn write(&mut self, at: (usize, usize), made_at: MadeAt, key: Option<u8>, operations: &[Operation]) {
        self.say(at, made_at, key, operations, None);
    }

    fn say(
        &mut self,
        (session, kind): (usize, usize),
        made_at: MadeAt,
        key: Option<u8>,
        operations: &[Operation],
        meta: Option<&Value>,
    ) {
        let changes: Value = operations.iter().map(|operation| self.to_json(operation)).collect();
        let (id, session) = (&self.owned[kind], &self.sessions[session]);
        let len = self.shelf.held[id].sessions.get(session).map_or(0, Vec::len);
        let place = Place::transaction(id, session, u32::try_from(len).expect("few transactions"));
        let key = key.map(|number| &self.keys[usize::from(number) - 1]);
        let transaction = match key {
            Some(key) => {
                Transaction::private(made_at, &changes, Key { id: &key.id, secret: &key.secret }, &place)
            }
            None => Transaction::trusting(made_at, &changes),
        };
        let transaction = match meta {
            Some(meta) => transaction.with_meta(meta, &place, key.map(|key| &key.secret)),
            None => transaction,
        };
        self.shelf.push(id, session, transaction);
    }

    fn to_json(&self, operation: &Operation) -> Value {
        let op = |(session, tx, change): &(usize, u32, u32)| json!({"sessionID": self.sessions[*session], "txIndex": tx, "changeIdx": change});
        let or = |on: &Option<_>, end: &str| on.as_ref().map_or_else(|| end.into(), op);
        match operation {
            Operation::Set(key, value) => json!({"op": "set", "key": key, "value": value}),
            Operation::Delete(key) => json!({"op": "del", "key": key}),
            Operation::Insert(value, on) => json!({"op": "app", "value": value, "after": or(on, "start")}),
            Operation::InsertBefore(value, on) => {
                json!({"op": "pre", "value": value, "before": or(on, "end")})
            }
            Operation::Remove(item) => json!({"op": "del", "insertion": op(item)}),
        }
    }
}

/// Puts up to `count` more transactions of a log onto another shelf. Returns whether there were any.
fn deliver(from: &Shelf, to: &mut Shelf, (id, session): &(String, String), count: usize) -> bool {
    let all = &from.held[id];
    let held = to
        .held
        .entry(id.clone())
        .or_insert_with(|| Held { header: all.header.clone(), sessions: BTreeMap::new() });
    let log = held.sessions.entry(session.clone()).or_default();
    let before = log.len();
    log.extend(all.sessions[session].iter().skip(before).take(count).cloned());
    log.len() > before
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// With roles and keys that come and go, and groups and accounts that arrive before or after what rests on them.
    #[test]
    fn whoever_may_write_and_read(
        dialect in proptest::sample::select(Dialect::ALL.as_slice()),
        steps in proptest::collection::vec(step(), 0..24),
        arrivals in proptest::collection::vec((any::<usize>(), 1..6_usize), 0..10),
    ) {
        let mut story = Story::new(dialect);
        steps.iter().for_each(|step| story.tell(step));
        let logs: Vec<(String, String)> = story.shelf.held.iter()
            .flat_map(|(id, held)| held.sessions.keys().map(|session| (id.clone(), session.clone())))
            .collect();
        let rest = (0..logs.len()).rev().map(|log| (log, usize::MAX));
        let (mut held, mut views) = (Shelf { dialect, ..Shelf::default() }, BTreeMap::<_, (Checked, Vec<_>)>::new());
        for (log, count) in arrivals.into_iter().chain(rest) {
            if !deliver(&story.shelf, &mut held, &logs[log % logs.len()], count) {
                continue;
            }
            for id in held.held.keys() {
                for (reader, keys) in story.readers.iter().enumerate() {
                    let (checked, seen) = views.entry((id.clone(), reader)).or_default();
                    seen.push(checked.update(id, &held, keys));
                }
            }
        }
        for ((id, reader), (checked, seen)) in &views {
            assert_digests_tell(seen);
            // Taken at once it is the same.
            let mut late = Checked::default();
            prop_assert_eq!(late.update(id, &held, &story.readers[*reader]).1, checked.live.digest());
        }
    }
}

/// A log some of whose transactions say nothing.
#[derive(Default)]
struct Patchy(Vec<Option<Transaction>>);

impl Log for Patchy {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, index: usize) -> Option<&Transaction> {
        self.0.get(index)?.as_ref()
    }
}

#[test]
fn what_says_nothing_takes_its_place_and_shows_nothing() {
    let header = json!({"type": "costream", "ruleset": {"type": "unsafeAllowAll"}});
    let said = |value: u32| Some(Transaction::trusting(MadeAt::from_ms(1), &json!([value])));
    let mut log = Patchy::default();
    let (mut live, shelf) = (LiveView::new(), Shelf::default());
    for (transaction, shown) in [(None, 0), (said(7), 1), (None, 1), (said(8), 2)] {
        log.0.push(transaction);
        let sessions = BTreeMap::from([("co_z1_session_z1", &log as &dyn Log)]);
        let co_value = CoValue { id: "co_zit", header: &header, sessions };
        assert!(live.update(&co_value, &shelf, &KeyRing::empty()));
        assert_eq!(live.view(), View::new(&co_value, &shelf, &KeyRing::empty()));
        let View::Stream(stream) = live.view() else { panic!("it is a stream") };
        assert_eq!(stream.sessions.values().flatten().count(), shown);
    }
    assert_eq!(
        [0, 1, 2, 3, 4].map(|index| live.visible("co_z1_session_z1", index)),
        [false, true, false, true, false]
    );
}

#[test]
fn what_is_visible_counts_and_can_be_read() {
    let mut story = Story::new(Dialect::V0_7);
    let [alice, bob, _] = story.people.clone();
    story.tell(&Step::Add { member: 1, role: Role::Writer, at: 3 });
    let write = |session, made_at: u64, key| Step::Write {
        session,
        kind: 0,
        made_at: made_at.into(),
        key,
        operations: vec![Operation::Set("a", 1)],
    };
    // Bob too early; in time; with a key that nobody has yet; Eve.
    for step in [write(2, 2, None), write(2, 4, Some(1)), write(2, 5, Some(2)), write(4, 5, None)] {
        story.tell(&step);
    }
    let (map, [_, bobs, stranger]) = (story.owned[0].clone(), &story.readers);
    let visible = |live: &LiveView| {
        [(2, 0), (2, 1), (2, 2), (4, 0)].map(|(session, index)| live.visible(&story.sessions[session], index))
    };
    let [mut to_bob, mut to_stranger] = [Checked::default(), Checked::default()];
    to_bob.update(&map, &story.shelf, bobs);
    to_stranger.update(&map, &story.shelf, stranger);
    assert_eq!(visible(&to_bob.live), [false, true, false, false]);
    assert_eq!(visible(&to_stranger.live), [false; 4]);
    assert_eq!(to_bob.live.get("a"), Some(&json!(1)));
    let role = |who: &Person, at: Option<u64>| to_bob.live.role_of(&who.id, at.map(MadeAt::from_ms).as_ref());
    assert_eq!(role(&alice, None), Some(Role::Admin));
    assert_eq!([role(&bob, Some(2)), role(&bob, None)], [None, Some(Role::Writer)]);
    // The key comes, and with it what was there already.
    let rotated = [alice.member(), Member { id: &bob.id, agent: &bob.agent }];
    let [old, new] = story.keys.each_ref().map(TestKey::read_key);
    let rotation = Rotation { old, new, readers: &rotated, everyone_reads: false, parent_keys: &[] };
    story.shelf.write_group(&story.group.clone(), &alice, 6, |writer| {
        writer.remove_member("co_zNobody", &rotation).expect("honest keys")
    });
    to_bob.update(&map, &story.shelf, bobs);
    assert_eq!(visible(&to_bob.live), [false, true, true, false]);
}

/// Another header, a shorter log, another CoValue: then nothing is as it was.
#[test]
fn what_did_not_grow_is_taken_anew() {
    let mut shelf = Shelf::default();
    let ids = ["comap", "costream"].map(|kind| shelf.create_open(kind));
    for (at, key) in [(1, "a"), (2, "b")] {
        ids.iter().for_each(|id| shelf.write(id, "co_z1_session_z1", at, &set(key, &1.into())));
    }
    let mut checked = Checked::default();
    checked.update(&ids[0], &shelf, &KeyRing::empty());
    checked.update(&ids[1], &shelf, &KeyRing::empty());
    shelf.held.get_mut(&ids[1]).expect("it is there").sessions.values_mut().for_each(|log| log.truncate(1));
    checked.update(&ids[1], &shelf, &KeyRing::empty());
    shelf.held.get_mut(&ids[1]).expect("it is there").header["type"] = json!("colist");
    checked.update(&ids[1], &shelf, &KeyRing::empty());
}
