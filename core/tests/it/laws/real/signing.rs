//! A signed batch is taken as it is, and with any bit turned over it is refused for the right reason.

use super::secrets::flipped;
use cosim_core::real::{
    AgentId, AgentSecret, Batch, MadeAt, Owner, Privacy, Refusal, Signature, SignerId, StreamingHash,
    Transaction, Verifier,
};
use cosim_core::{Crypto, RealCrypto, SessionId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value};

pub(super) fn transaction() -> impl Strategy<Value = Transaction> {
    let privacy = prop_oneof![
        any::<String>().prop_map(|changes| Privacy::Trusting { changes }),
        any::<(String, String)>().prop_map(|(key_used, text)| Privacy::Private {
            key_used,
            encrypted_changes: format!("encrypted_U{text}"),
        }),
    ];
    let other = proptest::option::of(any::<String>());
    (0..1_u64 << 53, privacy, other).prop_map(|(ms, privacy, other)| Transaction {
        made_at: MadeAt::from_ms(ms),
        privacy,
        other: other.map(|text| ("meta".to_owned(), Value::from(text))).into_iter().collect::<Map<_, _>>(),
    })
}

/// A node that writes in a session of its own, what was written there, and a batch that goes on.
struct Written {
    crypto: RealCrypto,
    agent: AgentId,
    session: SessionId,
    before: StreamingHash,
    batch: Batch,
}

impl Written {
    fn new(seed: [u8; 32], before: &[Transaction], transactions: Vec<Transaction>) -> Written {
        let secret = AgentSecret::from_seed(&seed);
        let mut crypto = RealCrypto::new();
        let name = Owner::Agent(&secret.id().to_string()).session(&[1; 8]);
        let session = crypto.session(&name).expect("an id");
        crypto.own(session, secret.signer.clone());
        let id = crypto.co_value("co_zAny").expect("an id");
        let before = StreamingHash::after(None, before);
        let signed = crypto.sign(id, session, Some(&before), &transactions);
        let given_hash = Some(signed.hash.to_string());
        let batch = Batch { transactions, given_hash, signature: signed.signature };
        Written { crypto, agent: secret.id(), session, before, batch }
    }

    fn check(&self, batch: &Batch) -> Result<(), Refusal> {
        let checked = self.crypto.check(self.session, Some(&self.before), batch);
        let id = self.crypto.names().find_co_value("co_zAny").expect("named above");
        let Batch { transactions, signature, .. } = batch;
        let verified = self.crypto.verify(id, self.session, Some(&self.before), transactions, signature);
        if batch.given_hash.is_none() {
            assert_eq!(verified.is_some(), checked.is_ok(), "a node judges alike");
        }
        checked.map(drop)
    }

    /// Refused: without a hash because of the signature, with one because of the hash.
    fn refuses(&self, transactions: Vec<Transaction>) -> Result<(), TestCaseError> {
        let signature = self.batch.signature.clone();
        let changed = Batch { transactions, given_hash: None, signature };
        prop_assert_eq!(self.check(&changed), Err(Refusal::InvalidSignature));
        let changed = Batch { given_hash: self.batch.given_hash.clone(), ..changed };
        prop_assert!(matches!(self.check(&changed), Err(Refusal::InvalidHash { .. })), "with a hash");
        Ok(())
    }
}

fn written() -> impl Strategy<Value = Written> {
    (any::<[u8; 32]>(), vec(transaction(), 0..3), vec(transaction(), 1..4))
        .prop_map(|(seed, before, new)| Written::new(seed, &before, new))
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} in {:?}", self.batch, self.session)
    }
}

/// `text` with one bit of one character turned over; `None` where that makes no character.
fn flipped_text(text: &str, at: Index, bit: u32) -> Option<String> {
    let mut characters: Vec<char> = text.chars().collect();
    if characters.is_empty() {
        return None;
    }
    let at = at.index(characters.len());
    characters[at] = char::from_u32(u32::from(characters[at]) ^ (1 << bit))?;
    Some(characters.into_iter().collect())
}

/// `transaction` with one bit of its `field` turned over.
fn flipped_field(transaction: &Transaction, field: u8, at: Index, bit: u32) -> Option<Transaction> {
    let mut changed = transaction.clone();
    if field == 0 {
        let ms = transaction.made_at.as_ms()? ^ (1 << at.index(53));
        changed.made_at = MadeAt::from_ms(ms);
    } else if field == 1 {
        let meta = transaction.other.get("meta")?.as_str()?;
        changed.other.insert("meta".to_owned(), Value::from(flipped_text(meta, at, bit)?));
    } else {
        let text = match &mut changed.privacy {
            Privacy::Trusting { changes } => changes,
            Privacy::Private { key_used, .. } if field == 2 => key_used,
            Privacy::Private { encrypted_changes, .. } => encrypted_changes,
        };
        *text = flipped_text(text, at, bit)?;
    }
    Some(changed)
}

proptest! {
    #[test]
    fn an_honest_batch_is_taken(written in written()) {
        prop_assert_eq!(written.check(&written.batch), Ok(()));
        let without_hash = Batch { given_hash: None, ..written.batch.clone() };
        prop_assert_eq!(written.check(&without_hash), Ok(()));
    }

    #[test]
    fn a_bit_of_a_transaction_is_noticed(
        written in written(),
        which in any::<Index>(),
        field in 0..4_u8,
        at in any::<Index>(),
        bit in 0..20_u32,
    ) {
        let mut transactions = written.batch.transactions.clone();
        let which = which.index(transactions.len());
        if let Some(changed) = flipped_field(&transactions[which], field, at, bit) {
            transactions[which] = changed;
            written.refuses(transactions)?;
        }
    }

    #[test]
    fn more_fewer_or_other_transactions_are_noticed(
        written in written(),
        which in any::<Index>(),
        added in transaction(),
    ) {
        let transactions = &written.batch.transactions;
        let which = which.index(transactions.len());
        let mut fewer = transactions.clone();
        let removed = fewer.remove(which);
        written.refuses(fewer)?;
        let mut more = transactions.clone();
        more.insert(which, added);
        written.refuses(more)?;
        let mut twice = transactions.clone();
        twice.insert(which, removed);
        written.refuses(twice)?;
        let mut rotated = transactions.clone();
        rotated.rotate_left(which);
        if rotated != *transactions {
            written.refuses(rotated)?;
        }
    }

    #[test]
    fn a_bit_of_the_signature_is_noticed(written in written(), bit in 0..512_usize) {
        let bytes = written.batch.signature.to_bytes().expect("a signature");
        let signature = Signature::from(flipped(&bytes, bit));
        let changed = Batch { signature, ..written.batch.clone() };
        prop_assert_eq!(written.check(&changed), Err(Refusal::InvalidSignature));
    }

    #[test]
    fn text_that_is_no_signature_is_refused(written in written(), end in any::<Index>(), text in any::<String>()) {
        let whole = written.batch.signature.as_str();
        // One digit is less than a byte: only two always make another length.
        let cut = &whole[..end.index(whole.len() - 1)];
        for malformed in [cut, &format!("{whole}11"), &format!("{whole}!"), &text] {
            let changed = Batch { signature: Signature::new(malformed), ..written.batch.clone() };
            prop_assert!(matches!(written.check(&changed), Err(Refusal::MalformedSignature(_))));
        }
    }

    #[test]
    fn a_bit_of_the_signer_is_noticed(written in written(), bit in 0..256_usize) {
        let signer = SignerId::from_bytes(flipped(written.agent.signer.as_bytes(), bit));
        let other = AgentId { sealer: written.agent.sealer.clone(), signer };
        let mut crypto = RealCrypto::new();
        let session = crypto.session(&Owner::Agent(&other.to_string()).session(&[1; 8])).expect("an id");
        let expected = Verifier::new(&other.signer).err().unwrap_or(Refusal::InvalidSignature);
        prop_assert_eq!(crypto.verifier(session).is_some(), expected == Refusal::InvalidSignature);
        prop_assert_eq!(crypto.check(session, Some(&written.before), &written.batch), Err(expected));
    }

    /// The hash of a log is one, however it was cut into batches.
    #[test]
    fn hashing_goes_on(transactions in vec(transaction(), 0..6), at in any::<Index>()) {
        let (first, second) = transactions.split_at(at.index(transactions.len() + 1));
        let whole = StreamingHash::after(None, &transactions);
        let first = StreamingHash::after(None, first);
        prop_assert_eq!(StreamingHash::after(Some(&first), second), whole);
    }
}

#[test]
fn an_account_s_session_verifies_once_its_signer_is_known() {
    let written =
        Written::new([5; 32], &[], vec![Transaction::trusting(MadeAt::from_ms(1), &Value::from("x"))]);
    let mut crypto = RealCrypto::new();
    let before = crypto.session("co_zAccount_session_z1").expect("an id");
    assert_eq!(crypto.check(before, None, &written.batch).err(), Some(Refusal::UnknownSigner));
    crypto.learn_account("co_zAccount", &written.agent).expect("a public key");
    let after = crypto.session("co_zAccount_session_z2").expect("an id");
    let other = crypto.session("co_zOther_session_z1").expect("an id");
    assert!(crypto.check(before, None, &written.batch).is_ok());
    assert!(crypto.check(after, None, &written.batch).is_ok());
    assert_eq!(crypto.check(other, None, &written.batch).err(), Some(Refusal::UnknownSigner));
}
