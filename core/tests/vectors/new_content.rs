//! `new-content-since.json`: which messages bring somebody up to date.

use crate::data::{TODAY, lists};
use cosim_core::real::wire::{Content, KnownState, Message};
use cosim_core::real::{Batch, CoValueLog, Header, Refusal, Signature, Transaction, Verifier};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    name: String,
    header: Header,
    #[serde(rename = "coID")]
    co_id: String,
    applied: Vec<Applied>,
    known_state: KnownState,
    signature_after_idx: BTreeMap<String, Vec<usize>>,
    form: String,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Applied {
    #[serde(rename = "sessionID")]
    session: String,
    transactions: Vec<Transaction>,
    signature: Signature,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    name: String,
    known_state: Option<KnownState>,
    expected: Option<Vec<Value>>,
    session_order: Option<Vec<Vec<String>>>,
}

#[test]
fn what_is_sent_is_what_the_package_sends() {
    for (version, vectors) in lists::<Vector>("new-content-since") {
        println!("new-content-since of {version}: {}", check(version, &vectors));
    }
}

/// How many of which there were.
fn check(version: &str, vectors: &[Vector]) -> String {
    let (mut logs, mut queries, mut pieces) = (0, 0, 0);
    for vector in vectors {
        let log = log_of(vector);
        for query in &vector.queries {
            let name = format!("{}: {}", vector.name, query.name);
            let sent = log.new_content_since(query.known_state.as_ref());
            let order = sessions(&sent);
            let sent: Vec<Value> = sent.into_iter().map(|content| shown(content, &vector.form)).collect();
            let (sent, order) =
                if version == TODAY { as_today((sent, order), query, &log) } else { (sent, order) };
            let expected_order = query.session_order.clone().unwrap_or_default();
            assert_eq!(order, expected_order, "{name}");
            assert_eq!((!sent.is_empty()).then_some(&sent), query.expected.as_ref(), "{name}");
            queries += 1;
            pieces += sent.len();
        }
        logs += 1;
    }
    format!("{queries} queries to {logs} logs, {pieces} messages")
}

fn sessions(sent: &[Content]) -> Vec<Vec<String>> {
    let of = |content: &Content| content.new.iter().map(|(session, _)| session.clone()).collect();
    sent.iter().map(of).collect()
}

/// The same messages as today's version sends them. It has the header in the first of the pieces, where we say it
/// before them, and it says there how far the pieces go.
fn as_today(
    (mut sent, mut order): (Vec<Value>, Vec<Vec<String>>),
    query: &Query,
    log: &CoValueLog,
) -> (Vec<Value>, Vec<Vec<String>>) {
    if sent.len() > 1 && order[0].is_empty() {
        let header = sent.remove(0)["header"].take();
        order.remove(0);
        sent[0]["header"] = header;
    }
    if sent.len() > 1 {
        let known = query.known_state.as_ref();
        let missing = log
            .known_state()
            .sessions
            .into_iter()
            .filter(|(session, count)| known.is_none_or(|known| known.count(session) < *count));
        let until: BTreeMap<String, u64> = missing.collect();
        sent[0]["expectContentUntil"] = json!(until);
    }
    (sent, order)
}

fn log_of(vector: &Vector) -> CoValueLog {
    let name = &vector.name;
    let mut log = CoValueLog::new(vector.header.clone());
    assert_eq!(log.id(), vector.co_id, "{name}");
    for applied in &vector.applied {
        let batch = Batch {
            transactions: applied.transactions.clone(),
            given_hash: None,
            signature: applied.signature.clone(),
        };
        match Verifier::of_agent_session(&applied.session) {
            Ok(verifier) => log.add(&applied.session, batch, &verifier).expect("accepted"),
            // Who signs for an account stands in its own CoValue, which the file has not.
            Err(Refusal::UnknownSigner) => log.add_verified(&applied.session, batch),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert_eq!(log.known_state(), vector.known_state, "{name}");
    for (session, expected) in &vector.signature_after_idx {
        let session = log.session(session).expect("a session");
        let checkpoints: Vec<usize> = session.signature_after().keys().copied().collect();
        assert_eq!(&checkpoints, expected, "{name}");
    }
    log
}

/// A message as the file has it: whole, or with the number of transactions in place of them.
fn shown(content: Content, form: &str) -> Value {
    let ranges: Vec<(String, usize)> =
        content.new.iter().map(|(session, piece)| (session.clone(), piece.new_transactions.len())).collect();
    let mut message = serde_json::to_value(Message::Content(content)).expect("JSON");
    match form {
        "full" => {}
        "ranges" => {
            for (session, count) in ranges {
                let piece = message["new"][&session].as_object_mut().expect("a piece");
                piece.remove("newTransactions");
                piece.insert("nNewTransactions".to_owned(), json!(count));
            }
        }
        form => panic!("an unknown form: {form}"),
    }
    message
}
