//! `session-logs.json`: signed sessions, batch by batch, and batches that were offered with the package's verdict.

use crate::data::{TODAY, lists};
use crate::ids::seed;
use cosim_core::real::wire::KnownState;
use cosim_core::real::{
    AgentSecret, Batch, CoValueLog, Header, Key, Place, Refusal, Signature, StreamingHash, Transaction,
    Verifier, canonical,
};
use cosim_core::{Crypto, RealCrypto};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    name: String,
    secret_seed_hex: String,
    #[serde(rename = "agentID")]
    agent_id: String,
    #[serde(rename = "sessionID")]
    session: String,
    header: Header,
    #[serde(rename = "coID")]
    co_id: String,
    batches: Vec<Applied>,
    negative: Vec<Offered>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Applied {
    transactions: Vec<Transaction>,
    transactions_stable: Option<Vec<String>>,
    /// This version says it, and 0.20 does not.
    expected_hash: Option<String>,
    signature: Signature,
    tx_count_after: usize,
    signature_after_idx: Vec<usize>,
    /// What the package was asked to write, where it wrote this itself.
    written: Option<Written>,
}

#[derive(Clone, Deserialize)]
struct Written {
    changes: Value,
    meta: Option<Value>,
    key: Named,
}

#[derive(Clone, Deserialize)]
struct Named {
    id: String,
    secret: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offered {
    name: String,
    after_batches: usize,
    #[serde(rename = "sessionID")]
    session: String,
    transactions: Vec<Transaction>,
    signature: Signature,
    given_expected_hash: Option<String>,
    other_header: Option<Header>,
    #[serde(rename = "otherCoID")]
    other_co_id: Option<String>,
    verdict: String,
    error_type: Option<String>,
    known_state_before: KnownState,
    known_state_after: KnownState,
}

impl Applied {
    fn batch(&self) -> Batch {
        Batch {
            transactions: self.transactions.clone(),
            given_hash: self.expected_hash.clone(),
            signature: self.signature.clone(),
        }
    }
}

#[test]
fn batches_are_hashed_and_signed_as_by_the_package() {
    for (version, vectors) in lists::<Vector>("session-logs") {
        println!("session-logs of {version}: {}", check_batches(&vectors));
    }
}

/// How many of which there were.
fn check_batches(vectors: &[Vector]) -> String {
    let (mut batches, mut transactions) = (0, 0);
    for vector in vectors {
        let name = &vector.name;
        let secret = AgentSecret::from_seed(&seed(&vector.secret_seed_hex));
        assert_eq!(secret.id().to_string(), vector.agent_id, "{name}");
        let mut log = CoValueLog::new(vector.header.clone());
        assert_eq!(log.id(), vector.co_id, "{name}");
        let mut crypto = RealCrypto::new();
        let id = crypto.co_value(&vector.co_id).expect("an id");
        let session = crypto.session(&vector.session).expect("an id");
        crypto.own(session, secret.signer.clone());
        let mut streaming_hash: Option<StreamingHash> = None;
        for (at, applied) in vector.batches.iter().enumerate() {
            if let Some(stable) = &applied.transactions_stable {
                let ours: Vec<String> = applied.transactions.iter().map(Transaction::stable).collect();
                assert_eq!(&ours, stable, "{name}: batch {at}");
            }
            let signed = crypto.sign(id, session, streaming_hash.as_ref(), &applied.transactions);
            if let Some(hash) = &applied.expected_hash {
                assert_eq!(&signed.hash.to_string(), hash, "{name}: batch {at}");
            }
            assert_eq!(signed.signature, applied.signature, "{name}: batch {at}");
            let before = streaming_hash.as_ref();
            let verified = crypto.verify(id, session, before, &applied.transactions, &applied.signature);
            assert_eq!(verified.as_ref(), Some(&signed), "{name}: batch {at}");
            streaming_hash = Some(signed.streaming_hash);
            if let Some(written) = &applied.written {
                let place = (vector.co_id.as_str(), vector.session.as_str(), at);
                check_written(&applied.transactions[0], written, place);
            }

            let verifier = Verifier::of_agent_session(&vector.session).expect("an agent's session");
            log.add(&vector.session, applied.batch(), &verifier).expect("accepted");
            let session = log.session(&vector.session).expect("added to");
            assert_eq!(session.transactions().len(), applied.tx_count_after, "{name}: batch {at}");
            let checkpoints: Vec<usize> = session.signature_after().keys().copied().collect();
            assert_eq!(checkpoints, applied.signature_after_idx, "{name}: batch {at}");
            batches += 1;
            transactions += applied.transactions.len();
        }
    }
    format!("{batches} batches of {transactions} transactions")
}

/// What the package wrote is read, and reads the same when we write it.
fn check_written(transaction: &Transaction, written: &Written, (co_value, session, at): (&str, &str, usize)) {
    let place = Place::transaction(co_value, session, u32::try_from(at).expect("few"));
    let secret = written.key.secret.parse().expect("the secret of a key");
    let made_at = transaction.made_at.clone();
    let (changes, meta, ours) = if transaction.is_private() {
        let key = Key { id: &written.key.id, secret: &secret };
        let ours = Transaction::private(made_at, &written.changes, key, &place);
        (transaction.decrypt(&secret, &place), transaction.decrypt_meta(&secret, &place), ours)
    } else {
        (transaction.changes(), transaction.meta(), Transaction::trusting(made_at, &written.changes))
    };
    assert_eq!(changes, Ok(Some(canonical(written.changes.clone()))));
    assert_eq!(meta, Ok(written.meta.clone()));
    let ours = match &written.meta {
        Some(meta) => ours.with_meta(meta, &place, Some(&secret)),
        None => ours,
    };
    // We sort members, it has them as they were given: only the order may differ.
    assert_eq!((ours.size(), &ours.made_at), (transaction.size(), &transaction.made_at));
}

#[test]
fn what_is_offered_gets_the_package_s_verdict() {
    for (version, vectors) in lists::<Vector>("session-logs") {
        let counts = check_offered(version, &vectors);
        println!("session-logs of {version}: offered batches by verdict: {counts:?}");
    }
}

/// How many there were of each verdict.
fn check_offered(version: &str, vectors: &[Vector]) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for vector in vectors {
        let verifier = Verifier::of_agent_session(&vector.session).expect("an agent's session");
        for offered in &vector.negative {
            let name = format!("{}: {}", vector.name, offered.name);
            let mut log = CoValueLog::new(vector.header.clone());
            for applied in &vector.batches[..offered.after_batches] {
                log.add(&vector.session, applied.batch(), &verifier).expect("accepted");
            }
            if let Some(header) = &offered.other_header {
                log = CoValueLog::new(header.clone());
                assert_eq!(Some(log.id()), offered.other_co_id.as_deref(), "{name}");
            }
            assert_eq!(log.known_state(), offered.known_state_before, "{name}");
            let (verdict, error) = offer(&mut log, offered);
            if version == TODAY && offered.name == "extra member added" {
                // It drops members that it does not know; we refuse what was not signed.
                assert_eq!((verdict, offered.verdict.as_str()), ("rejected", "accepted"), "{name}");
                continue;
            }
            assert_eq!(verdict, offered.verdict, "{name}");
            if version != TODAY {
                assert_eq!(error, offered.error_type.as_deref(), "{name}");
            }
            assert_eq!(log.known_state(), offered.known_state_after, "{name}");
            *counts.entry(error.unwrap_or(verdict).to_owned()).or_default() += 1;
        }
    }
    assert!(counts.contains_key("accepted") && counts.contains_key("InvalidSignature"));
    counts
}

/// The verdict on a batch, in the package's words; where it throws we refuse.
fn offer(log: &mut CoValueLog, offered: &Offered) -> (&'static str, Option<&'static str>) {
    let batch = Batch {
        transactions: offered.transactions.clone(),
        given_hash: offered.given_expected_hash.clone(),
        signature: offered.signature.clone(),
    };
    let before = log.session(&offered.session).map(|session| session.streaming_hash().clone());
    let by_node = offer_to_node(&offered.session, before.as_ref(), &batch);
    let result = Verifier::of_agent_session(&offered.session)
        .and_then(|verifier| log.add(&offered.session, batch, &verifier));
    assert_eq!(by_node.as_ref().err(), result.as_ref().err(), "both ways come to the same");
    match result {
        Ok(()) => ("accepted", None),
        Err(Refusal::InvalidSignature) => ("rejected", Some("InvalidSignature")),
        Err(Refusal::InvalidHash { .. }) => ("rejected", Some("InvalidHash")),
        Err(Refusal::MalformedSignature(_) | Refusal::MalformedSigner(_)) => ("rejected", Some("threw")),
        Err(Refusal::UnknownSigner) => ("rejected", Some("UnknownSigner")),
    }
}

fn offer_to_node(
    session: &str,
    before: Option<&StreamingHash>,
    batch: &Batch,
) -> Result<StreamingHash, Refusal> {
    let mut crypto = RealCrypto::new();
    let session = crypto.session(session).expect("an id");
    crypto.check(session, before, batch)
}
