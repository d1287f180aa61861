//! `FastCrypto` verifies what an author signed, and no log that differs from it in any one way.

use super::arbitrary::transaction;
use cosim_core::{CoId, Crypto, FastCrypto, FastHeader, FastTransaction, SessionId};
use proptest::prelude::*;

const ID: CoId = CoId(0);
const SESSION: SessionId = SessionId(5);

fn log() -> impl Strategy<Value = Vec<FastTransaction>> {
    proptest::collection::vec(transaction(), 1..6)
}

fn verifies(session: SessionId, log: &[FastTransaction], signature: u64) -> bool {
    FastCrypto.verify(ID, session, None, log, &signature).is_some()
}

fn sign(log: &[FastTransaction]) -> u64 {
    FastCrypto.sign(ID, SESSION, None, log).signature
}

proptest! {
    #[test]
    fn what_was_signed_verifies(log in log()) {
        let signed = FastCrypto.sign(ID, SESSION, None, &log);
        prop_assert_eq!(FastCrypto.verify(ID, SESSION, None, &log, &signed.signature), Some(signed));
    }

    #[test]
    fn a_log_in_pieces_is_the_whole_log(log in log(), cut in any::<prop::sample::Index>()) {
        let (first, second) = log.split_at(cut.index(log.len()));
        let before = FastCrypto.sign(ID, SESSION, None, first).streaming_hash;
        let whole = FastCrypto.sign(ID, SESSION, None, &log);
        let verified = FastCrypto.verify(ID, SESSION, Some(&before), second, &whole.signature);
        prop_assert_eq!(verified, Some(whole));
    }

    #[test]
    fn a_tampered_transaction_does_not_verify(
        log in log(),
        at in any::<prop::sample::Index>(),
        field in 0..3,
        bit in 0..32_u32,
    ) {
        let mut tampered = log.clone();
        let transaction = at.get_mut(&mut tampered);
        match field {
            0 => transaction.made_at ^= 1 << bit,
            1 => transaction.payload ^= 1 << bit,
            _ => transaction.size ^= 1 << bit,
        }
        prop_assert!(!verifies(SESSION, &tampered, sign(&log)));
    }

    #[test]
    fn a_reordered_log_does_not_verify(log in log(), at in any::<prop::sample::Index>()) {
        let mut reordered = log.clone();
        let (i, last) = (at.index(log.len()), log.len() - 1);
        reordered.swap(i, last);
        prop_assert_eq!(verifies(SESSION, &reordered, sign(&log)), reordered == log);
    }

    #[test]
    fn a_truncated_or_longer_log_does_not_verify(log in log(), cut in any::<prop::sample::Index>(), more in transaction()) {
        let signature = sign(&log);
        prop_assert!(!verifies(SESSION, &log[..cut.index(log.len())], signature));
        prop_assert!(!verifies(SESSION, &log[cut.index(log.len()) + 1..], signature));
        let longer: Vec<_> = log.iter().copied().chain([more]).collect();
        prop_assert!(!verifies(SESSION, &longer, signature));
    }

    #[test]
    fn another_sessions_log_does_not_verify(log in log(), session in any::<u32>()) {
        prop_assert_eq!(verifies(SessionId(session), &log, sign(&log)), SessionId(session) == SESSION);
    }

    #[test]
    fn another_signature_does_not_verify(log in log(), bit in 0..64_u32) {
        prop_assert!(!verifies(SESSION, &log, sign(&log) ^ (1 << bit)));
    }

    #[test]
    fn another_prefix_does_not_verify(log in log(), bit in 0..64_u32, new in transaction()) {
        let before = FastCrypto.sign(ID, SESSION, None, &log).streaming_hash;
        let signature = FastCrypto.sign(ID, SESSION, Some(&before), &[new]).signature;
        let other = before ^ (1 << bit);
        prop_assert_eq!(FastCrypto.verify(ID, SESSION, Some(&other), &[new], &signature), None);
        prop_assert_eq!(FastCrypto.verify(ID, SESSION, None, &[new], &signature), None);
    }

    #[test]
    fn a_header_belongs_to_one_id(id in any::<u32>(), uniqueness in any::<u32>()) {
        let belongs = FastCrypto.verify_header(CoId(id), &FastHeader::new(CoId(id)));
        prop_assert!(belongs);
        let belongs = FastCrypto.verify_header(CoId(id), &FastHeader::new(CoId(uniqueness)));
        prop_assert_eq!(belongs, id == uniqueness);
    }
}
