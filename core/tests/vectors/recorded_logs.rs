//! The content of `transcripts` and `lockstep`: what honest nodes sent is signed by its session's signer, and what was
//! tampered with on the way is not.

use crate::data::all_runs;
use cosim_core::RealCrypto;
use cosim_core::real::wire::{Content, Message};
use cosim_core::real::{Batch, CoValueLog, Header, Refusal};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Run {
    nodes: BTreeMap<String, Agent>,
    messages: Vec<Sent>,
}

#[derive(Deserialize)]
struct Agent {
    #[serde(rename = "agentID")]
    agent_id: String,
    #[serde(rename = "accountID")]
    account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    message: Message,
    replaced_by: Option<Message>,
}

/// Everything that was sent in a run, put together.
#[derive(Default)]
struct Ledger {
    crypto: RealCrypto,
    logs: BTreeMap<String, CoValueLog>,
    verified: usize,
    refused: usize,
}

impl Ledger {
    fn of(run: &Run) -> Ledger {
        let mut ledger = Ledger::default();
        for node in run.nodes.values() {
            let Some(account) = &node.account_id else { continue };
            let agent = node.agent_id.parse().expect("an agent");
            assert_eq!(&Header::account(&agent).id(), account, "an account follows from its agent");
            ledger.crypto.learn_account(account, &agent).expect("a public key");
        }
        ledger
    }

    /// What becomes of each session of `content` that goes on where a log ends.
    fn offer(&mut self, content: &Content) -> Vec<Result<(), Refusal>> {
        if let Some(header) = &content.header {
            self.logs.entry(content.id.clone()).or_insert_with(|| CoValueLog::new(header.clone()));
        }
        let Some(log) = self.logs.get_mut(&content.id) else { return Vec::new() };
        let mut results = Vec::new();
        for (name, piece) in &content.new {
            if log.known_state().count(name) != piece.after {
                continue;
            }
            let batch = Batch {
                transactions: piece.new_transactions.clone(),
                given_hash: None,
                signature: piece.last_signature.clone(),
            };
            let session = self.crypto.session(name).expect("an id");
            let verifier = self.crypto.verifier(session).expect("a known signer");
            results.push(log.add(name, batch, verifier));
        }
        results
    }
}

#[test]
fn recorded_content_verifies_and_tampered_content_does_not() {
    let (mut verified, mut refused) = (0, 0);
    for (path, run) in all_runs::<Run>() {
        let mut ledger = Ledger::of(&run);
        for sent in &run.messages {
            if let Some(Message::Content(tampered)) = &sent.replaced_by {
                for result in ledger.offer(tampered) {
                    assert_eq!(result, Err(Refusal::InvalidSignature), "{path}");
                    ledger.refused += 1;
                }
            }
            if let Message::Content(content) = &sent.message {
                for result in ledger.offer(content) {
                    assert_eq!(result, Ok(()), "{path}");
                    ledger.verified += 1;
                }
            }
        }
        verified += ledger.verified;
        refused += ledger.refused;
    }
    assert!(verified > 0);
    println!("messages: {verified} batches verify, {refused} tampered ones do not");
}
