//! The encrypted runs of `transcripts` and `lockstep`: keys are unsealed from the messages with the agents' secrets,
//! and what was encrypted comes out as the package's own views have it.

use crate::data::runs;
use crate::ids::seed;
use cosim_core::real::{
    AgentId, AgentSecret, Key, KeySecret, Owner, Place, Privacy, Transaction, decrypt_key, encrypt_key,
    key_of, seal, unseal,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    nodes: BTreeMap<String, NodeKeys>,
    messages: Vec<Sent>,
    final_views: BTreeMap<String, BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeKeys {
    secret_seed_hex: String,
    #[serde(rename = "agentID")]
    agent_id: String,
    #[serde(rename = "accountID")]
    account_id: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    message: Value,
}

/// A transaction, and where it stands.
struct Placed {
    co_value: String,
    session: String,
    index: u32,
    transaction: Transaction,
}

impl Placed {
    fn place(&self) -> Place {
        Place::transaction(&self.co_value, &self.session, self.index)
    }

    fn set_operations(&self) -> Vec<(String, Value)> {
        let changes = self.transaction.changes().expect("JSON").unwrap_or_default();
        sets(&changes)
    }
}

fn sets(changes: &Value) -> Vec<(String, Value)> {
    let operations = changes.as_array().map(Vec::as_slice).unwrap_or_default();
    operations
        .iter()
        .filter(|operation| operation["op"] == "set")
        .map(|operation| (operation["key"].as_str().expect("a key").to_owned(), operation["value"].clone()))
        .collect()
}

fn placed(run: &Run) -> Vec<Placed> {
    let mut found: BTreeMap<(String, String, u32), Placed> = BTreeMap::new();
    for Sent { message } in &run.messages {
        let Some(new) = message["new"].as_object() else { continue };
        for (session, piece) in new {
            let co_value = message["id"].as_str().expect("an id").to_owned();
            let after = u32::try_from(piece["after"].as_u64().expect("a count")).expect("a small count");
            for (index, transaction) in (after..).zip(piece["newTransactions"].as_array().expect("an array"))
            {
                let transaction = Transaction::deserialize(transaction).expect("a transaction");
                let (co_value, session) = (co_value.clone(), session.clone());
                let key = (co_value.clone(), session.clone(), index);
                found.insert(key, Placed { co_value, session, index, transaction });
            }
        }
    }
    found.into_values().collect()
}

/// The agent that owns a session: of an account's session, the one agent of the nodes with that account.
fn author(run: &Run, session: &str) -> AgentId {
    let agent = match Owner::of_session(session).expect("an owner") {
        Owner::Agent(agent) => agent,
        Owner::Account(account) => {
            let node = run.nodes.values().find(|node| node.account_id.as_deref() == Some(account));
            &node.expect("a node with this account").agent_id
        }
    };
    agent.parse().expect("an agent")
}

#[test]
fn sealed_keys_open_and_private_transactions_decrypt() {
    let (mut keys_opened, mut chained, mut decrypted, mut seen) = (0, 0, 0, 0);
    for (path, run) in runs::<Run>() {
        let transactions = placed(&run);
        let mut keys: BTreeMap<String, KeySecret> = BTreeMap::new();
        for node in run.nodes.values() {
            let secret = AgentSecret::from_seed(&seed(&node.secret_seed_hex));
            assert_eq!(secret.id().to_string(), node.agent_id, "{path}");
            let names = [Some(&node.agent_id), node.account_id.as_ref()];
            let is_mine = |receiver: &str| names.iter().flatten().any(|name| *name == receiver);
            for placed in &transactions {
                for (key, value) in placed.set_operations() {
                    let Some((id, _)) = key.split_once("_for_").filter(|(_, receiver)| is_mine(receiver))
                    else {
                        continue;
                    };
                    let text = value.as_str().filter(|text| text.starts_with("sealed_U"));
                    let Some(text) = text else { continue };
                    let from = author(&run, &placed.session);
                    let opened = unseal(text, &secret.sealer, &from.sealer, &placed.place()).expect(&path);
                    keys.insert(id.to_owned(), key_of(&opened).expect("the secret of a key"));
                    keys_opened += 1;
                    if from == secret.id() {
                        let sealed = seal(&opened, &secret.sealer, &from.sealer, &placed.place());
                        assert_eq!(sealed.as_deref(), Ok(text), "{path}: sealed again");
                    }
                }
            }
        }
        chained += open_chained(&transactions, &mut keys);
        for placed in &transactions {
            let Privacy::Private { key_used, .. } = &placed.transaction.privacy else { continue };
            let key = keys.get(key_used).unwrap_or_else(|| panic!("{path}: {key_used} was never opened"));
            let changes = placed.transaction.decrypt(key, &placed.place()).expect(&path).expect("private");
            let key = Key { id: key_used, secret: key };
            let again =
                Transaction::private(placed.transaction.made_at.clone(), &changes, key, &placed.place());
            assert_eq!(again, placed.transaction, "{path}: encrypted again");
            decrypted += 1;
            seen += usize::from(is_shown(&run, &placed.co_value, &changes));
        }
    }
    assert!(keys_opened > 0 && decrypted > 0 && seen > 0);
    println!(
        "sealed: {keys_opened} keys unsealed, {chained} keys in keys, {decrypted} transactions decrypted, \
         {seen} of which a view shows"
    );
}

/// Keys that are encrypted with other keys, until there are no more.
fn open_chained(transactions: &[Placed], keys: &mut BTreeMap<String, KeySecret>) -> usize {
    let sets: Vec<(String, Value)> = transactions.iter().flat_map(Placed::set_operations).collect();
    let mut opened = 0;
    loop {
        let before = keys.len();
        for (key, value) in &sets {
            let Some((id, by)) = key.split_once("_for_") else { continue };
            let (Some(secret), Some(text)) = (keys.get(by).cloned(), value.as_str()) else { continue };
            let inner = decrypt_key(text, id, (by, &secret)).expect("a key in a key");
            assert_eq!(encrypt_key(&inner, id, (by, &secret)), text, "encrypted again");
            opened += usize::from(keys.insert(id.to_owned(), inner).is_none());
        }
        if keys.len() == before {
            return opened;
        }
    }
}

/// Whether the view of some node has just what these changes set.
fn is_shown(run: &Run, co_value: &str, changes: &Value) -> bool {
    let sets = sets(changes);
    let views = run.final_views.values().filter_map(|views| views.get(co_value));
    !sets.is_empty() && views.clone().any(|view| sets.iter().all(|(key, value)| view.get(key) == Some(value)))
}
