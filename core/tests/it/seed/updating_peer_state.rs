//! "Updating peer state": six tests that the seed only named, for two functions that it left empty. A confirmation is
//! joined; a correction replaces, up or down.

use super::{Seed, just_header, known_json, session_of_four, with_id1};
use cosim_core::state::Source;
use cosim_core::{Event, UpdateError};
use serde_json::{Value, json};

/// A state that holds four transactions, and has one peer of which it notes `assumed` and `confirmed`.
fn state(assumed: &Value, confirmed: &Value) -> Value {
    let peers = json!({ "peer1": { "name": "peer1", "relationship": "syncAllOurs", "priority": 0 } });
    let mut sync = json!({ "assumedState": assumed, "toldKnownState": just_header() });
    if !confirmed.is_null() {
        sync["confirmedState"] = confirmed.clone();
    }
    with_id1(&peers, &json!({ "session1": session_of_four() }), &json!({ "peer1": sync }))
}

#[track_caller]
fn check_confirm(before: &Value, session1: u32, after: &Value) {
    let mut seed = Seed::read(before);
    let (id, peer, known) = (seed.id1(), seed.peer("peer1"), seed.known(session1));
    let result = seed.state.confirm_peer_state(peer, id, &known);
    assert_eq!(result, Ok(Event::SyncStateUpdated { peer, id }));
    seed.assert_is(after);
}

#[track_caller]
fn check_correct(before: &Value, session1: u32, after: &Value) {
    let mut seed = Seed::read(before);
    let (id, peer, known) = (seed.id1(), seed.peer("peer1"), seed.known(session1));
    let result = seed.state.correct_peer_assumed_state(peer, id, &known);
    assert_eq!(result, Ok(Event::SyncStateUpdated { peer, id }));
    seed.assert_is(after);
}

#[test]
fn confirming_a_peers_state_updates_confirmed_state() {
    check_confirm(&state(&known_json(2), &Value::Null), 2, &state(&known_json(2), &known_json(2)));
    check_confirm(&state(&known_json(3), &known_json(2)), 3, &state(&known_json(3), &known_json(3)));
    check_confirm(&state(&known_json(3), &known_json(2)), 1, &state(&known_json(3), &known_json(2)));
}

#[test]
fn confirming_a_peers_state_older_than_the_assumed_state_leaves_the_assumed_state_intact() {
    check_confirm(&state(&known_json(4), &Value::Null), 2, &state(&known_json(4), &known_json(2)));
}

#[test]
fn confirming_a_peers_state_newer_than_the_assumed_state_updates_the_assumed_state() {
    check_confirm(&state(&known_json(2), &known_json(2)), 4, &state(&known_json(4), &known_json(4)));
    check_confirm(&state(&json!("unknown"), &Value::Null), 4, &state(&known_json(4), &known_json(4)));
    check_confirm(&state(&json!("unavailable"), &Value::Null), 4, &state(&known_json(4), &known_json(4)));
}

#[test]
fn correcting_a_peers_assumed_state_updates_the_assumed_state() {
    check_correct(&state(&known_json(4), &Value::Null), 2, &state(&known_json(2), &known_json(2)));
}

#[test]
fn correcting_a_peers_assumed_state_older_than_the_confirmed_state_updates_the_confirmed_state_as_well() {
    check_correct(&state(&known_json(4), &known_json(3)), 2, &state(&known_json(2), &known_json(2)));
}

#[test]
fn correcting_a_peers_assumed_state_newer_than_the_confirmed_state_updates_both_assumed_and_confirmed_state()
{
    check_correct(&state(&known_json(3), &known_json(2)), 4, &state(&known_json(4), &known_json(4)));
    check_correct(&state(&json!("unknown"), &Value::Null), 4, &state(&known_json(4), &known_json(4)));
}

/// Not in the seed: what has no header is noted as `unavailable`.
#[test]
fn confirming_and_correcting_without_header_makes_a_peer_unavailable() {
    let nothing = json!({ "id": "id1", "header": false, "sessions": {} });
    let mut seed = Seed::read(&state(&json!("unknown"), &Value::Null));
    let (id, peer) = (seed.id1(), seed.peer("peer1"));
    seed.state.confirm_peer_state(peer, id, &cosim_core::KnownState::EMPTY).expect("both are there");
    seed.assert_is(&state(&json!("unavailable"), &nothing));
    let mut seed = Seed::read(&state(&known_json(4), &known_json(4)));
    seed.state.correct_peer_assumed_state(peer, id, &cosim_core::KnownState::EMPTY).expect("both are there");
    seed.assert_is(&state(&json!("unavailable"), &nothing));
}

/// Not in the seed, whose sketch gives one of the two no error and the other only one.
#[test]
fn confirming_and_correcting_need_the_peer_and_the_co_value() {
    let mut seed = Seed::empty();
    let (id, peer, known) = (seed.id1(), seed.peer("peer1"), seed.known(1));
    seed.add_header(Source::Local).expect("it is new");
    let before = seed.state.clone();
    assert_eq!(seed.state.confirm_peer_state(peer, id, &known), Err(UpdateError::UnknownPeer));
    assert_eq!(seed.state.correct_peer_assumed_state(peer, id, &known), Err(UpdateError::UnknownPeer));
    assert_eq!(seed.state, before);
    let mut seed = Seed::with_three_different_peers();
    let before = seed.state.clone();
    assert_eq!(seed.state.confirm_peer_state(peer, id, &known), Err(UpdateError::CoValueNotFound));
    assert_eq!(seed.state.correct_peer_assumed_state(peer, id, &known), Err(UpdateError::CoValueNotFound));
    assert_eq!(seed.state, before);
}
