//! Random histories that the published package has played: `../vectors/record` says how. Whatever it has written is
//! signed as we know it.

use crate::recorded::{paths, text};
use cosim_core::RealCrypto;
use cosim_core::real::wire::{Content, Message};
use cosim_core::real::{Batch, CoValueLog, MadeAt, Refusal, Signature};
use serde::Deserialize;

/// The version of the package, as the folder is called.
const VERSION: &str = "0.20";

#[derive(Deserialize)]
struct File {
    count: usize,
    vectors: Vec<History>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    kind: String,
    n: u32,
    messages: Vec<Sent>,
}

#[derive(Deserialize)]
struct Sent {
    message: Message,
}

impl History {
    fn name(&self) -> String {
        format!("{} {}", self.kind, self.n)
    }

    fn contents(&self) -> impl Iterator<Item = &Content> {
        self.messages.iter().map(|sent| match &sent.message {
            Message::Content(content) => content,
            other @ (Message::Load(_) | Message::Known(_) | Message::Done { .. }) => {
                panic!("{}: {other:?} is no content", self.name())
            }
        })
    }
}

/// All histories of a folder.
fn histories(version: &str, kind: &str) -> Vec<History> {
    let mut found = Vec::new();
    for path in paths(&format!("{version}/{kind}")) {
        let file: File = serde_json::from_str(&text(&path)).expect("recorded histories");
        assert_eq!(file.count, file.vectors.len(), "{}: `count` says how many", path.display());
        found.extend(file.vectors);
    }
    found
}

/// Takes the sessions of a history, in which nothing or something was changed.
struct Ledger {
    crypto: RealCrypto,
}

impl Ledger {
    fn of(history: &History) -> Ledger {
        let mut crypto = RealCrypto::new();
        for content in history.contents() {
            let header = content.header.as_ref().expect("all of it is there");
            assert_eq!(header.id(), content.id, "{}: a header's id", history.name());
            if let Some(agent) = header.account_agent() {
                crypto.learn_account(&content.id, &agent).expect("a public key");
            }
        }
        Ledger { crypto }
    }

    fn take(&mut self, content: &Content, session: &str, batch: Batch) -> Result<(), Refusal> {
        let mut log = CoValueLog::new(content.header.clone().expect("all of it is there"));
        let id = self.crypto.session(session).expect("a session");
        log.add(session, batch, self.crypto.verifier(id).expect("a known signer"))
    }
}

/// The same batch with one thing changed in it.
fn flipped(batch: &Batch) -> Vec<Batch> {
    let mut all = Vec::new();
    for at in [0, batch.transactions.len() / 2, batch.transactions.len() - 1] {
        let mut other = batch.clone();
        let made_at = &mut other.transactions[at].made_at;
        let time = made_at.as_number().as_u64().expect("a time");
        *made_at = MadeAt::from_ms(time ^ 1);
        all.push(other);
    }
    let mut fewer = batch.clone();
    fewer.transactions.pop();
    all.push(fewer);
    let mut digits: Vec<char> = batch.signature.as_str().chars().collect();
    let last = digits.last_mut().expect("it is not empty");
    *last = if *last == '1' { '2' } else { '1' };
    all.push(Batch { signature: Signature::new(digits.into_iter().collect::<String>()), ..batch.clone() });
    all
}

#[test]
fn what_the_package_wrote_is_signed_as_we_know_it() {
    let (mut logs, mut transactions, mut refused) = (0, 0, 0);
    for history in ["views", "ties"].into_iter().flat_map(|kind| histories(VERSION, kind)) {
        let mut ledger = Ledger::of(&history);
        for content in history.contents() {
            for (session, piece) in &content.new {
                let batch = Batch {
                    transactions: piece.new_transactions.clone(),
                    given_hash: None,
                    signature: piece.last_signature.clone(),
                };
                for other in flipped(&batch) {
                    let result = ledger.take(content, session, other);
                    assert!(result.is_err(), "{}: a change in {session}", history.name());
                    refused += 1;
                }
                transactions += batch.transactions.len();
                let result = ledger.take(content, session, batch);
                assert_eq!(result, Ok(()), "{}: {} {session}", history.name(), content.id);
                logs += 1;
            }
        }
    }
    println!("{VERSION}: {logs} logs of {transactions} transactions, {refused} changes to them refused");
    let is_own = std::env::var_os("COSIM_VECTORS").is_some();
    assert!(is_own || logs > 3000, "too few to tell anything");
}
