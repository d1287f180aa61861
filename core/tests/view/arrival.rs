//! A view is a function of the logs: not of how they arrived, and whatever they hold.

use crate::shelf::{Person, Shelf, TestKey};
use cosim_core::real::{Key, MadeAt, Place, Privacy, Transaction};
use cosim_core::view::{CoValue, KeyRing, Log, Resolver, Role, View, dependencies, view};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Names that UTF-8 and UTF-16 order differently are among them.
pub(crate) const SESSIONS: [&str; 4] =
    ["co_z1_session_z\u{10000}", "co_z1_session_z\u{ffff}", "co_z2_session_za", "x_session_z"];

/// An operation on maps and lists alike, with few names and few places, so that they meet.
fn operation() -> impl Strategy<Value = Value> {
    let op_id = (0..SESSIONS.len(), 0..4_u32, 0..2_u32).prop_map(
        |(session, tx, change)| json!({"sessionID": SESSIONS[session], "txIndex": tx, "changeIdx": change}),
    );
    prop_oneof![
        ("[ab]", 0..100_u32).prop_map(|(key, value)| json!({"op": "set", "key": key, "value": value})),
        "[ab]".prop_map(|key| json!({"op": "del", "key": key})),
        (0..100_u32).prop_map(|value| json!({"op": "app", "value": value, "after": "start"})),
        (0..100_u32).prop_map(|value| json!({"op": "pre", "value": value, "before": "end"})),
        (0..100_u32, op_id.clone()).prop_map(|(value, op)| json!({"op": "app", "value": value, "after": op})),
        (0..100_u32, op_id.clone())
            .prop_map(|(value, op)| json!({"op": "pre", "value": value, "before": op})),
        op_id.prop_map(|op| json!({"op": "del", "insertion": op})),
    ]
}

/// A log for each session.
pub(crate) fn logs() -> impl Strategy<Value = Vec<Vec<(u64, Vec<Value>)>>> {
    let transaction = (0..6_u64, proptest::collection::vec(operation(), 0..3));
    proptest::collection::vec(proptest::collection::vec(transaction, 0..5), SESSIONS.len())
}

/// All operations in the total order, each with its name: its session, transaction and change.
fn in_order(logs: &[Vec<(u64, Vec<Value>)>]) -> Vec<(Value, &Value)> {
    let mut all = Vec::new();
    for (session, log) in SESSIONS.iter().zip(logs) {
        for (index, (at, changes)) in log.iter().enumerate() {
            all.push((*at, session.encode_utf16().collect::<Vec<u16>>(), index, session, changes));
        }
    }
    all.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    let operations = all.into_iter().flat_map(|(_, _, index, session, changes)| {
        changes.iter().enumerate().map(move |(change, operation)| {
            (json!({"sessionID": session, "txIndex": index, "changeIdx": change}), operation)
        })
    });
    operations.collect()
}

/// What the map must show: all operations, sorted and applied one after the other.
fn naive_map(logs: &[Vec<(u64, Vec<Value>)>]) -> Value {
    let mut shown = Map::new();
    for (_, change) in in_order(logs) {
        let Some(key) = change["key"].as_str() else { continue };
        if change["op"] == "set" {
            shown.insert(key.into(), change["value"].clone());
        } else {
            shown.remove(key);
        }
    }
    Value::Object(shown)
}

/// An item of a naive list, and what hangs on it, front to back.
struct Item<'a> {
    op: Value,
    value: &'a Value,
    sides: [Vec<Item<'a>>; 2],
}

/// What the list must show: all operations, sorted, each insertion hung on the item that it names, if that is there.
fn naive_list(logs: &[Vec<(u64, Vec<Value>)>]) -> Vec<Value> {
    let (mut roots, mut deleted) = ([Vec::new(), Vec::new()], Vec::new());
    for (op, change) in in_order(logs) {
        let (side, neighbour) = match change["op"].as_str() {
            Some("app") => (1, &change["after"]),
            Some("pre") => (0, &change["before"]),
            Some("del") if change["insertion"].is_object() => {
                deleted.push(&change["insertion"]);
                continue;
            }
            _ => continue,
        };
        let item = Item { op, value: &change["value"], sides: [Vec::new(), Vec::new()] };
        match neighbour.as_str() {
            Some(_) => roots[1 - side].push(item),
            None => {
                if let Some(on) = roots.iter_mut().flatten().find_map(|root| root.find(neighbour)) {
                    on.sides[side].insert(0, item);
                }
            }
        }
    }
    let mut shown = Vec::new();
    roots.iter().flatten().for_each(|root| root.show(&deleted, &mut shown));
    shown
}

impl<'a> Item<'a> {
    fn find(&mut self, op: &Value) -> Option<&mut Item<'a>> {
        if self.op == *op {
            return Some(self);
        }
        self.sides.iter_mut().flatten().find_map(|item| item.find(op))
    }

    fn show(&self, deleted: &[&Value], into: &mut Vec<Value>) {
        self.sides[0].iter().for_each(|item| item.show(deleted, into));
        if !deleted.contains(&&self.op) {
            into.push(self.value.clone());
        }
        self.sides[1].iter().for_each(|item| item.show(deleted, into));
    }
}

/// Shows what has arrived, in whatever order the sessions came.
pub(crate) struct Arrived {
    header: Value,
    sessions: Vec<(usize, Vec<Transaction>)>,
}

impl Resolver for Arrived {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        let sessions = self.sessions.iter().map(|(session, log)| (SESSIONS[*session], log as &dyn Log));
        (id == "co_zit").then(|| CoValue { id: "co_zit", header: &self.header, sessions: sessions.collect() })
    }
}

impl Arrived {
    pub(crate) fn new(kind: &str) -> Arrived {
        let header = json!({"type": kind, "ruleset": {"type": "unsafeAllowAll"}});
        Arrived { header, sessions: Vec::new() }
    }

    /// The next transaction of a session, if it has more.
    pub(crate) fn deliver(&mut self, session: usize, logs: &[Vec<(u64, Vec<Value>)>]) {
        let at = self.sessions.iter().position(|(known, _)| *known == session).unwrap_or_else(|| {
            self.sessions.push((session, Vec::new()));
            self.sessions.len() - 1
        });
        let log = &mut self.sessions[at].1;
        if let Some((at, changes)) = logs[session].get(log.len()) {
            log.push(Transaction::trusting(MadeAt::from_ms(*at), &Value::Array(changes.clone())));
        }
    }

    fn view(&self) -> Value {
        view(&self.co_value("co_zit").expect("its id"), self, &KeyRing::empty())
    }
}

proptest! {
    /// Two nodes hear the same transactions, each in an order of its own and with a different part missing in
    /// between: in the end both show the same, and a map and a list show what the stated order says.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        logs in logs(),
        first in proptest::collection::vec(0..SESSIONS.len(), 0..30),
        second in proptest::collection::vec(0..SESSIONS.len(), 0..30),
    ) {
        for kind in ["comap", "colist", "coplaintext", "costream"] {
            let mut nodes = [&first, &second].map(|arrivals| {
                let mut node = Arrived::new(kind);
                for session in arrivals {
                    node.deliver(*session, &logs);
                    node.view();
                }
                node
            });
            for session in 0..SESSIONS.len() {
                for _ in 0..5 {
                    nodes[0].deliver(SESSIONS.len() - 1 - session, &logs);
                    nodes[1].deliver(session, &logs);
                }
            }
            let [one, other] = nodes.map(|node| node.view());
            prop_assert_eq!(&one, &other);
            if kind == "comap" {
                prop_assert_eq!(one, naive_map(&logs));
            } else if kind == "colist" {
                prop_assert_eq!(one, Value::Array(naive_list(&logs)));
            }
        }
    }
}

/// Any JSON, a few levels deep, with the words that mean something among its strings and keys.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        proptest::sample::select(WORDS.as_slice()).prop_map(String::from),
        any::<String>(),
        "[a-z_]{0,4}"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..3_u32).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(word.clone(), inner, 0..5).prop_map(|map| json!(map)),
        ]
    })
}

const WORDS: [&str; 36] = [
    "op",
    "set",
    "del",
    "app",
    "pre",
    "key",
    "value",
    "after",
    "before",
    "insertion",
    "sessionID",
    "txIndex",
    "changeIdx",
    "start",
    "end",
    "chunk",
    "type",
    "mimeType",
    "binary_U",
    "binary_U____",
    "readKey",
    "profile",
    "everyone",
    "admin",
    "writerInvite",
    "revoked",
    "extend",
    "key_z1",
    "key_z1_for_everyone",
    "key_z1_for_key_z2",
    "key_z2_for_key_z1",
    "_for_",
    "parent_co_z1",
    "co_z1",
    "sealer_z/signer_z",
    "sealed_U____",
];

/// A transaction with any content, of the shape of an operation more often than not.
fn any_transaction() -> impl Strategy<Value = (Transaction, usize)> {
    let single = proptest::collection::btree_map(
        proptest::sample::select(WORDS.as_slice()).prop_map(String::from),
        any_json(),
        0..5,
    );
    let one = (proptest::sample::select(WORDS.as_slice()), any_json())
        .prop_map(|(key, value)| json!([{"op": "set", "key": key, "value": value}]));
    let text = prop_oneof![
        any_json().prop_map(|value| value.to_string()),
        proptest::collection::vec(single, 0..3).prop_map(|changes| json!(changes).to_string()),
        one.prop_map(|changes| changes.to_string()),
        operation().prop_map(|operation| json!([operation]).to_string()),
        any::<String>(),
    ];
    let made_at = prop_oneof![any::<i64>().prop_map(Value::from), (0..5_u32).prop_map(Value::from)];
    (made_at, text, any::<bool>(), 0..6_usize).prop_map(|(made_at, text, private, session)| {
        let privacy = if private {
            Privacy::Private { key_used: "key_z1".into(), encrypted_changes: format!("encrypted_U{text}") }
        } else {
            Privacy::Trusting { changes: text }
        };
        let Value::Number(made_at) = made_at else { panic!("a number") };
        (Transaction { made_at: MadeAt::from_number(made_at), privacy, other: Map::new() }, session)
    })
}

proptest! {
    /// Whatever peers write, into a group, an account, or what they own: it is data, and shows something.
    #[test]
    fn no_log_is_an_error(
        transactions in proptest::collection::vec((any_transaction(), 0..6_usize), 0..25),
        header in any_json(),
    ) {
        let [alice, bob] = [1, 2].map(Person::new);
        let key = TestKey { id: "key_z1".into(), ..TestKey::new(1) };
        let mut shelf = Shelf::default();
        let group = shelf.create_group(&alice, 0, &key);
        let account = shelf.create_account(&bob, 0, &key);
        shelf.add(&group, &alice, 1, (&bob, Role::Writer), &key);
        let mut ids = vec![group.clone(), account.clone()];
        ids.extend(["comap", "colist", "costream", "coplaintext"].map(|kind| shelf.create_owned(kind, &group)));
        shelf.held.insert("co_z1".into(), crate::shelf::Held { header, sessions: BTreeMap::new() });
        ids.push("co_z1".into());
        let own = [alice.session.clone(), bob.session.clone(), format!("{account}_session_z1")];
        let sessions: Vec<String> = own.into_iter().chain(SESSIONS[1..].iter().map(|&name| name.into())).collect();
        for ((transaction, session), id) in transactions {
            shelf.push(&ids[id], &sessions[session], transaction);
        }
        let people = [alice.keys(), KeyRing::of_account(&account, bob.secret.clone()), KeyRing::empty()];
        for id in &ids {
            dependencies(&shelf.co_value(id).expect("it is there"));
            for keys in &people {
                let shown = shelf.typed(id, keys);
                prop_assert_eq!(shown.to_json(), shelf.view(id, keys));
                if let View::Stream(stream) = shown {
                    stream.file();
                }
            }
        }
    }

    /// Who decrypts with the right key sees any content, as it was written.
    #[test]
    fn any_value_comes_through_encryption(value in any_json(), key in any::<String>()) {
        let alice = Person::new(1);
        let read_key = TestKey::new(1);
        let mut shelf = Shelf::default();
        let group = shelf.create_group(&alice, 0, &read_key);
        let map = shelf.create_owned("comap", &group);
        let value = cosim_core::real::canonical(value);
        let changes = cosim_core::view::edit::set(&key, &value);
        let place = Place::transaction(&map, &alice.session, 0);
        let with = Key { id: &read_key.id, secret: &read_key.secret };
        shelf.push(&map, &alice.session, Transaction::private(MadeAt::from_ms(1), &changes, with, &place));
        prop_assert_eq!(shelf.view(&map, &alice.keys()), json!({ key: value }));
    }
}
