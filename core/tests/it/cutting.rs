//! Where a log is cut, at the very limit: what the recorded vectors leave open.

use cosim_core::real::wire::KnownState;
use cosim_core::real::{Batch, CoValueLog, Header, MadeAt, Privacy, Signature, Transaction};
use serde_json::Map;

const LIMIT: usize = 100 * 1024;
const SESSION: &str = "co_zA_session_z1";

/// A log with one batch of one transaction for each of these changes.
fn log(changes: impl IntoIterator<Item = String>) -> CoValueLog {
    let mut log = CoValueLog::new(Header::new(Map::new()));
    for (at, changes) in changes.into_iter().enumerate() {
        let privacy = Privacy::Trusting { changes };
        let transaction = Transaction { made_at: MadeAt::from_ms(1), privacy, other: Map::new() };
        let signature = Signature::new(format!("signature_z{at}"));
        log.add_verified(SESSION, Batch { transactions: vec![transaction], given_hash: None, signature });
    }
    log
}

/// For each piece, how many transactions it has and what signs the last.
fn pieces(log: &CoValueLog, held: u64) -> Vec<(usize, String)> {
    let known = KnownState { sessions: vec![(SESSION.to_owned(), held)], ..KnownState::empty(log.id()) };
    let contents = log.new_content_since(Some(&known));
    let shown = contents.iter().map(|content| match content.new.as_slice() {
        [] => (0, String::new()),
        [(_, piece)] => (piece.new_transactions.len(), piece.last_signature.as_str().to_owned()),
        more => panic!("one session, not {more:?}"),
    });
    shown.collect()
}

fn signed(count: usize, at: usize) -> (usize, String) {
    (count, format!("signature_z{at}"))
}

#[test]
fn a_piece_begins_at_the_limit_and_a_signature_is_kept_above_it() {
    let header = (0, String::new());
    let below = log(["x".repeat(LIMIT - 1)]);
    assert_eq!(pieces(&below, 0), [signed(1, 0)]);
    let at = log(["x".repeat(LIMIT)]);
    assert_eq!(pieces(&at, 0), [header.clone(), signed(1, 0)]);
    assert!(at.session(SESSION).expect("a session").signature_after().is_empty());
    let above = log(["x".repeat(LIMIT + 1), "x".to_owned()]);
    assert_eq!(pieces(&above, 0), [header, signed(1, 0), signed(1, 1)]);
    assert_eq!(pieces(&above, 1), [signed(1, 1)]);
}

#[test]
fn sizes_are_utf_16_code_units() {
    assert_eq!(pieces(&log(["é".repeat(LIMIT - 1)]), 0).len(), 1);
    assert_eq!(pieces(&log(["😀".repeat(LIMIT / 2 - 1)]), 0).len(), 1);
    assert_eq!(pieces(&log(["😀".repeat(LIMIT / 2)]), 0).len(), 2);
}
