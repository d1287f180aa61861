//! `unsafeAddVerifiedTransactions`.

use super::{
    Seed, just_header, known_json, session_of_four, session_of_two, three_different_peers, told_just_header,
    with_id1,
};
use cosim_core::state::Source;
use cosim_core::{Event, UpdateError};
use serde_json::{Value, json};

/// Nobody has said anything, and nobody was told of transactions.
fn sync_locally() -> Value {
    json!({ "peer1": told_just_header(), "peer2": told_just_header(), "peer3": told_just_header() })
}

/// `peer2` sent the header and so many transactions.
fn sync_from_peer2(session1: u32) -> Value {
    json!({
        "peer1": told_just_header(),
        "peer2": { "assumedState": known_json(session1), "toldKnownState": just_header() },
        "peer3": told_just_header(),
    })
}

#[test]
fn adding_transactions_locally_to_an_empty_co_value() {
    let mut seed = Seed::empty();
    let id = seed.id1();
    seed.add_header(Source::Local).expect("it is new");
    assert_eq!(seed.add_two_transactions(0, Source::Local), Ok(Event::AddedNewTransactions { id }));
    seed.assert_is(&with_id1(&json!({}), &json!({ "session1": session_of_two() }), &json!({})));
}

#[test]
fn adding_transactions_locally_to_an_empty_co_value_with_peers() {
    let mut seed = Seed::with_three_different_peers();
    let id = seed.id1();
    seed.add_header(Source::Local).expect("it is new");
    assert_eq!(seed.add_two_transactions(0, Source::Local), Ok(Event::AddedNewTransactions { id }));
    let sessions = json!({ "session1": session_of_two() });
    seed.assert_is(&with_id1(&three_different_peers(), &sessions, &sync_locally()));
}

#[test]
fn adding_transactions_to_an_empty_co_value_from_peer() {
    let mut seed = Seed::with_three_different_peers();
    let (id, peer2) = (seed.id1(), seed.peer("peer2"));
    seed.add_header(Source::Peer(peer2)).expect("it is new");
    assert_eq!(seed.add_two_transactions(0, Source::Peer(peer2)), Ok(Event::AddedNewTransactions { id }));
    let sessions = json!({ "session1": session_of_two() });
    seed.assert_is(&with_id1(&three_different_peers(), &sessions, &sync_from_peer2(2)));
}

#[test]
fn adding_transactions_locally_to_a_non_empty_co_value() {
    let mut seed = Seed::empty();
    let id = seed.id1();
    seed.add_header(Source::Local).expect("it is new");
    seed.add_two_transactions(0, Source::Local).expect("they follow");
    assert_eq!(seed.add_two_transactions(2, Source::Local), Ok(Event::AddedNewTransactions { id }));
    seed.assert_is(&with_id1(&json!({}), &json!({ "session1": session_of_four() }), &json!({})));
}

#[test]
fn adding_transactions_locally_to_a_non_empty_co_value_with_peers() {
    let mut seed = Seed::with_three_different_peers();
    let id = seed.id1();
    seed.add_header(Source::Local).expect("it is new");
    seed.add_two_transactions(0, Source::Local).expect("they follow");
    assert_eq!(seed.add_two_transactions(2, Source::Local), Ok(Event::AddedNewTransactions { id }));
    let sessions = json!({ "session1": session_of_four() });
    seed.assert_is(&with_id1(&three_different_peers(), &sessions, &sync_locally()));
}

#[test]
fn adding_transactions_from_a_peer_to_a_non_empty_co_value() {
    let mut seed = Seed::with_three_different_peers();
    let (id, peer2) = (seed.id1(), seed.peer("peer2"));
    seed.add_header(Source::Peer(peer2)).expect("it is new");
    seed.add_two_transactions(0, Source::Peer(peer2)).expect("they follow");
    assert_eq!(seed.add_two_transactions(2, Source::Peer(peer2)), Ok(Event::AddedNewTransactions { id }));
    let sessions = json!({ "session1": session_of_four() });
    seed.assert_is(&with_id1(&three_different_peers(), &sessions, &sync_from_peer2(4)));
}

/// Not in the seed: its sketch would index the transaction before the first.
#[test]
fn adding_no_transactions_is_an_error() {
    let mut seed = Seed::empty();
    let (id, session) = (seed.id1(), seed.session1());
    seed.add_header(Source::Local).expect("it is new");
    seed.add_two_transactions(0, Source::Local).expect("they follow");
    let log = &seed.state.co_values[&id].sessions.get(session).expect("just added");
    let signed = cosim_core::crypto::Signed {
        hash: log.last_hash.clone(),
        streaming_hash: log.streaming_hash.clone(),
        signature: log.last_signature.clone(),
    };
    let batch = cosim_core::state::NewTransactions { after: 2, transactions: vec![], signed };
    let result = seed.state.add_verified_transactions(id, session, batch, Source::Local);
    assert_eq!(result, Err(UpdateError::EmptyTransactions));
    seed.assert_is(&with_id1(&json!({}), &json!({ "session1": session_of_two() }), &json!({})));
}

/// Not in the seed: an entry without header is a want, to which no transaction can belong yet.
#[test]
fn adding_transactions_without_header_is_an_error() {
    let entry = json!({ "id": "id1", "sessions": {}, "done": false, "sync": {} });
    let wanted = json!({ "peers": {}, "coValues": { "id1": entry } });
    let mut seed = Seed::read(&wanted);
    assert_eq!(seed.add_two_transactions(0, Source::Local), Err(UpdateError::HeaderMissing));
    seed.assert_is(&wanted);
    seed.add_header(Source::Local).expect("a want takes its header");
    seed.add_two_transactions(0, Source::Local).expect("they follow");
    seed.assert_is(&with_id1(&json!({}), &json!({ "session1": session_of_two() }), &json!({})));
}
