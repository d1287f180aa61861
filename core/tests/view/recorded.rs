//! Every view that the published package showed at the end of a recorded run, and what it wrote: `../vectors/data/README.md` says what
//! the files hold. `COSIM_VECTORS` names another folder to compare with.

use crate::live::Checked;
use crate::shelf::{Held, Shelf};
use cosim_core::real::{AgentSecret, MadeAt, Place, Transaction, canonical, key_of, unseal};
use cosim_core::view::edit::group::{Member, ReadKey, Writer};
use cosim_core::view::edit::{delete, push, set};
use cosim_core::view::{Dialect, KeyRing};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 3] = ["lockstep", "transcripts", "groups"];

/// The members of a recorded run that say who saw what.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    nodes: BTreeMap<String, Node>,
    messages: Vec<Sent>,
    final_known_states: BTreeMap<String, BTreeMap<String, Known>>,
    final_views: BTreeMap<String, BTreeMap<String, Value>>,
    #[serde(default)]
    steps: Vec<Step>,
}

/// What happened, one thing after the other: only what apps did counts here.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Step {
    Op {
        at: u64,
        op: Op,
    },
    #[serde(other)]
    Other,
}

/// An edit that does not depend on what its author saw; those of lists do.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
enum Op {
    Set {
        id: String,
        key: String,
        value: Value,
        privacy: String,
    },
    Delete {
        id: String,
        key: String,
        privacy: String,
    },
    Push {
        id: String,
        value: Value,
        privacy: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Node {
    secret_seed_hex: String,
    #[serde(rename = "accountID")]
    account_id: Option<String>,
}

#[derive(Deserialize)]
struct Known {
    sessions: BTreeMap<String, usize>,
}

/// What its sender sent, not what a forger made of it.
#[derive(Deserialize)]
struct Sent {
    message: Message,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "camelCase")]
enum Message {
    Content(Content),
    #[serde(other)]
    Other,
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
    after: usize,
    new_transactions: Vec<Transaction>,
}

/// All that was ever sent.
#[derive(Default)]
struct Everything {
    headers: BTreeMap<String, Value>,
    logs: BTreeMap<(String, String), BTreeMap<usize, Transaction>>,
}

impl Everything {
    fn sent_in(messages: Vec<Sent>) -> Everything {
        let mut all = Everything::default();
        for sent in messages {
            let Message::Content(Content { id, header, new, .. }) = sent.message else { continue };
            if let Some(header) = header {
                all.headers.insert(id.clone(), header);
            }
            for (session, piece) in new {
                let log = all.logs.entry((id.clone(), session)).or_default();
                log.extend((piece.after..).zip(piece.new_transactions));
            }
        }
        all
    }

    /// What a node holds that knows this much.
    fn held_by(&self, known: &BTreeMap<String, Known>) -> Shelf {
        let held = known.iter().map(|(id, known)| {
            let sessions = known.sessions.iter().map(|(session, count)| {
                let log = &self.logs[&(id.clone(), session.clone())];
                (session.clone(), (0..*count).map(|index| log[&index].clone()).collect())
            });
            (id.clone(), Held { header: self.headers[id].clone(), sessions: sessions.collect() })
        });
        Shelf { held: held.collect(), ..Shelf::default() }
    }
}

impl Node {
    fn secret(&self) -> AgentSecret {
        let mut seed = [0; 32];
        assert_eq!(self.secret_seed_hex.len(), 2 * seed.len(), "two digits for each byte");
        for (at, byte) in seed.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&self.secret_seed_hex[2 * at..][..2], 16).expect("hexadecimal digits");
        }
        AgentSecret::from_seed(&seed)
    }

    pub(crate) fn keys(&self) -> KeyRing {
        match &self.account_id {
            Some(account) => KeyRing::of_account(account, self.secret()),
            None => KeyRing::of_agent(self.secret()),
        }
    }
}

#[test]
fn recorded_views_are_ours() {
    let folders = FOLDERS.map(|folder| (folder, paths(folder)));
    assert!(folders.iter().any(|(_, paths)| !paths.is_empty()), "no recorded runs of any kind: {FOLDERS:?}");
    for (folder, paths) in folders {
        if paths.is_empty() {
            println!("{folder}: none");
            continue;
        }
        let (mut files, mut nodes, mut views, mut empty) = (0, 0, 0, 0);
        for path in paths {
            let run: Run = serde_json::from_str(&text(&path)).expect("a recorded run");
            let all = Everything::sent_in(run.messages);
            for (name, expected) in &run.final_views {
                let shelf = all.held_by(&run.final_known_states[name]);
                for (id, expected) in expected {
                    let (shown, _) = Checked::default().update(id, &shelf, &run.nodes[name].keys());
                    let shown = canonical(shown.to_json());
                    assert_eq!(shown, canonical(expected.clone()), "{}: {id} at {name}", path.display());
                    views += 1;
                    empty += usize::from(*expected == json!({}));
                }
                nodes += 1;
            }
            files += 1;
        }
        println!("{folder}: {files} files, {nodes} nodes, {views} views, {empty} of them empty maps");
        assert!(views > 50, "{folder}: too few views to tell anything");
        assert!(empty > 0, "{folder}: no view without its key");
    }
}

/// What the package wrote for an edit, `edit` makes too.
#[test]
fn recorded_edits_are_ours() {
    let (mut edits, mut founded) = (0, 0);
    for path in FOLDERS.into_iter().flat_map(paths) {
        let run: Run = serde_json::from_str(&text(&path)).expect("a recorded run");
        let all = Everything::sent_in(run.messages);
        for step in run.steps {
            let Step::Op { at, op } = step else { continue };
            let (id, changes, privacy) = match op {
                Op::Set { id, key, value, privacy } => (id, set(&key, &value), privacy),
                Op::Delete { id, key, privacy } => (id, delete(&key), privacy),
                Op::Push { id, value, privacy } => (id, push(&value), privacy),
                Op::Other => continue,
            };
            if privacy == "trusting" {
                let ours = Transaction::trusting(MadeAt::from_ms(at), &changes);
                let mut logs = all.logs.iter().filter(|((log, _), _)| *log == id);
                assert!(
                    logs.any(|(_, log)| log.values().any(|tx| *tx == ours)),
                    "{}: {ours:?}",
                    path.display()
                );
                edits += 1;
            }
        }
        for ((id, session), log) in &all.logs {
            for node in run.nodes.values().filter(|_| all.headers[id]["ruleset"]["type"] == "group") {
                founded += usize::from(is_founded_alike(id, session, log, node));
            }
        }
    }
    println!("{edits} edits, {founded} groups and accounts");
    assert!(edits > 50 && founded > 20, "too few to tell anything");
}

/// Whether `node` founded the group in this log; then we would have done it in the same words.
fn is_founded_alike(id: &str, session: &str, log: &BTreeMap<usize, Transaction>, node: &Node) -> bool {
    let setting = |index: usize| log.get(&index)?.changes().ok()??.as_array()?.first().cloned();
    let (secret, agent) = (node.secret(), node.secret().id());
    let name = match &node.account_id {
        // An account is founded by its agent.
        Some(account) if account != id => account.clone(),
        _ => agent.to_string(),
    };
    let [Some(first), Some(second), Some(third)] = [0, 1, 2].map(setting) else { return false };
    if first != json!({"op": "set", "key": name, "value": "admin"}) || third["key"] != "readKey" {
        return false;
    }
    let sealed = second["value"].as_str().expect("a sealed key");
    let place = Place::transaction(id, session, 1);
    let opened = unseal(sealed, &secret.sealer, &agent.sealer, &place).expect("its founder opens it");
    let key_secret = key_of(&opened).expect("a key");
    let writer = Writer { group: id, session, after: 0, sealer: &secret.sealer, dialect: Dialect::V0_7 };
    let key = ReadKey { id: third["value"].as_str().expect("its id"), secret: &key_secret };
    let ours = writer.found(&Member { id: &name, agent: &agent }, &key).expect("an honest key");
    assert_eq!(ours, [json!([first]), json!([second]), json!([third])], "{id}");
    true
}

/// What there is of a kind. A folder of one's own need not have all kinds.
pub(crate) fn paths(folder: &str) -> Vec<PathBuf> {
    let own = std::env::var_os("COSIM_VECTORS").map(PathBuf::from);
    let is_own = own.is_some();
    let root = own.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/data"));
    assert!(root.is_dir(), "{} is no folder", root.display());
    let folder = root.join(folder);
    if is_own && !folder.exists() {
        return Vec::new();
    }
    let entries = fs::read_dir(folder).expect("a folder of recorded runs");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry that was listed").path()).collect();
    paths.sort();
    paths
}

pub(crate) fn text(path: &Path) -> String {
    let bytes = fs::read(path).expect("a recorded run can be read");
    if path.extension().is_some_and(|extension| extension == "gz") {
        std::io::read_to_string(GzDecoder::new(bytes.as_slice())).expect("a recorded run is gzipped")
    } else {
        String::from_utf8(bytes).expect("a recorded run is text")
    }
}
