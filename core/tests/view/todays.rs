//! Every view that `cojson` 0.20.19 showed of the recorded histories: `../vectors/record` makes them, and says what they
//! hold. `../views` makes others, of 0.7.35 too, in a folder that `COSIM_VECTORS` names.

use crate::live::Checked;
use crate::recorded::{paths, text};
use crate::shelf::{Held, Shelf};
use cosim_core::real::{AgentSecret, Transaction, canonical};
use cosim_core::view::{Dialect, KeyRing, Resolver, View, edit, read_key};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct File {
    count: usize,
    vectors: Vec<Vector>,
}

/// A history, and what became of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    kind: String,
    n: usize,
    nodes: BTreeMap<String, Reader>,
    messages: Vec<Sent>,
    views: BTreeMap<String, Vec<Shown>>,
    roles: BTreeMap<String, BTreeMap<String, Option<String>>>,
    read_keys: BTreeMap<String, BTreeMap<String, ReadKey>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reader {
    secret_seed_hex: String,
    #[serde(rename = "accountID")]
    account_id: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    message: Content,
}

#[derive(Deserialize)]
struct Content {
    id: String,
    header: Option<Value>,
    new: BTreeMap<String, Piece>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Piece {
    new_transactions: Vec<Transaction>,
}

/// What it shows to some of them.
#[derive(Deserialize)]
struct Shown {
    to: Vec<String>,
    #[serde(default)]
    view: Value,
    #[serde(default)]
    deleted: bool,
}

#[derive(Deserialize)]
struct ReadKey {
    id: Option<String>,
    secret: Option<String>,
}

impl Reader {
    fn keys(&self) -> KeyRing {
        let mut seed = [0; 32];
        for (at, byte) in seed.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&self.secret_seed_hex[2 * at..][..2], 16).expect("hexadecimal digits");
        }
        let secret = AgentSecret::from_seed(&seed);
        match &self.account_id {
            Some(account) => KeyRing::of_account(account, secret),
            None => KeyRing::of_agent(secret),
        }
    }
}

impl Vector {
    fn shelf(&self, dialect: Dialect) -> Shelf {
        let mut shelf = Shelf { dialect, ..Shelf::default() };
        for Sent { message } in &self.messages {
            let header = message.header.clone().expect("each message is whole");
            let sessions = message.new.iter();
            let sessions = sessions.map(|(session, piece)| (session.clone(), piece.new_transactions.clone()));
            shelf.held.insert(message.id.clone(), Held { header, sessions: sessions.collect() });
        }
        shelf
    }

    /// What is ours and not theirs, one line each.
    fn differences(&self, dialect: Dialect) -> Vec<String> {
        let shelf = self.shelf(dialect);
        let mut found = Vec::new();
        let mut compare = |what: &str, ours: Value, theirs: Value| {
            if ours != theirs {
                found.push(format!("{} {}: {what}: ours {ours}, theirs {theirs}", self.kind, self.n));
            }
        };
        for (id, shown) in &self.views {
            for Shown { to, view, deleted } in shown {
                for reader in to {
                    let keys = self.nodes[reader].keys();
                    let (ours, _) = Checked::default().update(id, &shelf, &keys);
                    let theirs = if *deleted { json!("deleted") } else { canonical(view.clone()) };
                    let ours =
                        if ours == View::Deleted { json!("deleted") } else { canonical(ours.to_json()) };
                    compare(&format!("{id} to {reader}"), ours, theirs);
                }
            }
        }
        // The older version is asked for roles by its own apps only, and tells them of no role of everyone.
        for (id, roles) in self.roles.iter().filter(|_| dialect == Dialect::V0_20) {
            let group = shelf.group(id);
            for (member, theirs) in roles {
                let ours = group.role_of(member).map(|role| role.as_str());
                compare(&format!("role of {member} in {id}"), json!(ours), json!(theirs));
            }
        }
        for (id, keys) in &self.read_keys {
            for (reader, theirs) in keys {
                let theirs = theirs.secret.as_ref().and(theirs.id.as_ref()).map(|id| (id, &theirs.secret));
                let co_value = shelf.co_value(id).expect("it is there");
                let ours = read_key(&co_value, &shelf, &self.nodes[reader].keys());
                let ours = ours.map(|(id, secret)| (id, Some(secret.to_string())));
                compare(&format!("key of {reader} in {id}"), json!(ours), json!(theirs));
            }
        }
        found
    }
}

/// What there is of a version in a folder. A folder of one's own need not have all.
fn vectors(dialect: Dialect, folder: &str) -> Vec<Vector> {
    let of = |path: &Path| {
        let file: File = serde_json::from_str(&text(path)).expect("recorded views");
        assert_eq!(file.count, file.vectors.len(), "{}", path.display());
        file.vectors
    };
    paths(&format!("{dialect}/{folder}")).iter().flat_map(|path| of(path)).collect()
}

fn compare(dialect: Dialect, folder: &str) -> usize {
    let vectors = vectors(dialect, folder);
    let found: Vec<_> = vectors.iter().flat_map(|vector| vector.differences(dialect)).collect();
    assert!(found.is_empty(), "{dialect}: {} differences\n{}", found.len(), found.join("\n"));
    vectors.len()
}

#[test]
fn todays_recorded_views_are_ours() {
    println!("0.20: {} histories", compare(Dialect::V0_20, "views"));
    // What the older version showed is in `recorded`, but for what somebody has in a folder of one's own.
    if std::env::var_os("COSIM_VECTORS").is_some() {
        println!("0.7: {} histories", compare(Dialect::V0_7, "views"));
    }
}

/// Who makes a branch of a name makes the same CoValue as the package, which all who look for it find.
#[test]
fn todays_recorded_branches_are_made_alike() {
    let mut branches = 0;
    for vector in ["views", "ties"].into_iter().flat_map(|folder| vectors(Dialect::V0_20, folder)) {
        let shelf = vector.shelf(Dialect::V0_20);
        for (id, held) in &shelf.held {
            let text = |of: &str, key: &str| held.header.get(of)?.get(key)?.as_str();
            let Some(source) = text("meta", "source") else { continue };
            let source = shelf.co_value(source).expect("it is there");
            let name = text("meta", "branch").expect("a branch has a name");
            let ours = edit::branch::header(&source, name, text("ruleset", "group"));
            assert_eq!(ours.map(|header| header.id()).as_ref(), Some(id), "{} {}", vector.kind, vector.n);
            branches += 1;
        }
    }
    println!("{branches} branches");
    assert!(branches > 50 || std::env::var_os("COSIM_VECTORS").is_some(), "too few to tell anything");
}

/// The histories with ties that look otherwise to us.
const BY_ARRIVAL: [&str; 16] = [
    "accounts 8",
    "accounts 9",
    "branches 10",
    "branches 8",
    "deletions 9",
    "lists 10",
    "lists 7",
    "maps 3",
    "maps 4",
    "maps 8",
    "parents 3",
    "parents 7",
    "streams 8",
    "streams 9",
    "texts 10",
    "texts 6",
];

/// Where times tie, we go by the sessions' names, and the package by what it has read first. Here sessions came by name;
/// but it reads private transactions after others, so some histories look otherwise to us all the same.
#[test]
fn todays_recorded_ties_are_mostly_ours() {
    let vectors = vectors(Dialect::V0_20, "ties");
    let other = vectors.iter().filter(|vector| !vector.differences(Dialect::V0_20).is_empty());
    let mut other: Vec<_> = other.map(|vector| format!("{} {}", vector.kind, vector.n)).collect();
    other.sort();
    println!("{} histories with ties, {} of them otherwise", vectors.len(), other.len());
    if std::env::var_os("COSIM_VECTORS").is_none() {
        assert_eq!(other, BY_ARRIVAL, "a rule about ties has changed");
    }
}
