//! "Syncing a CoValue": five tests that the seed only named, for `syncToPeer`, which it left empty. What is sent counts
//! as told, and content as arrived, so that a second call reaches the next peer.

use super::{Seed, just_header, known_json, session_of_four, with_id1};
use serde_json::{Value, json};

fn peer(name: &str, relationship: &str, priority: i32) -> Value {
    json!({ "name": name, "relationship": relationship, "priority": priority })
}

/// Where a peer stands that was told this much.
fn standing(assumed: &Value, told: &Value) -> Value {
    json!({ "assumedState": assumed, "toldKnownState": told })
}

/// A state that holds four transactions.
fn state(peers: &Value, sync: &Value) -> Value {
    with_id1(peers, &json!({ "session1": session_of_four() }), sync)
}

/// A state that holds four transactions, and has one peer.
fn state_with(relationship: &str, assumed: &Value, told: &Value) -> Value {
    let peers = json!({ "peer1": peer("peer1", relationship, 0) });
    state(&peers, &json!({ "peer1": standing(assumed, told) }))
}

/// The message that brings the transactions after the first `after`.
fn content(after: usize) -> Value {
    let log = session_of_four();
    let transactions = &log["transactions"].as_array().expect("it is one")[after..];
    let piece =
        json!({ "after": after, "newTransactions": transactions, "lastSignature": log["lastSignature"] });
    json!({ "action": "content", "id": "id1", "new": { "session1": piece } })
}

/// The message with our own known state.
fn says_known(action: &str) -> Value {
    let mut message = known_json(4);
    message["action"] = json!(action);
    message
}

/// What one call sends, as `{ "to": …, "messages": [ … ] }`; `null` for nothing.
fn sync(seed: &mut Seed) -> Value {
    let id = seed.id1();
    let Some(send) = seed.state.sync_to_peer(id).expect("it is there") else { return Value::Null };
    let messages = send.messages.iter().map(|message| {
        serde_json::to_value(message.display_json(&seed.names)).expect("a message has a JSON form")
    });
    json!({ "to": cosim_core::Names::peer(&seed.names, send.to), "messages": messages.collect::<Vec<_>>() })
}

/// Checks that the first call sends one message to the only peer and makes the state `after`, and the next nothing.
#[track_caller]
fn check(before: &Value, message: &Value, after: &Value) {
    let mut seed = Seed::read(before);
    assert_eq!(sync(&mut seed), json!({ "to": "peer1", "messages": [message] }));
    seed.assert_is(after);
    assert_eq!(sync(&mut seed), Value::Null);
    seed.assert_is(after);
}

#[test]
fn syncing_a_co_value_with_unknown_assumed_state_and_no_confirmed_state_sends_a_load_request_to_sync_all_ours_peers()
 {
    let unknown = json!("unknown");
    check(
        &state_with("syncAllOurs", &unknown, &just_header()),
        &says_known("load"),
        &state_with("syncAllOurs", &unknown, &known_json(4)),
    );
}

#[test]
fn syncing_a_co_value_with_unknown_assumed_state_and_no_confirmed_state_sends_a_known_request_to_sync_theirs_peers()
 {
    let unknown = json!("unknown");
    check(
        &state_with("syncTheirs", &unknown, &just_header()),
        &says_known("known"),
        &state_with("syncTheirs", &unknown, &known_json(4)),
    );
}

#[test]
fn syncing_a_co_value_with_assumed_state_behind_our_state_sends_a_new_content_message_to_sync_all_ours_peers()
{
    let relationship = "syncAllOurs";
    let after = state_with(relationship, &known_json(4), &known_json(4));
    check(&state_with(relationship, &known_json(2), &just_header()), &content(2), &after);
    check(&state_with(relationship, &just_header(), &just_header()), &content(0), &after);
}

#[test]
fn syncing_a_co_value_with_assumed_state_behind_our_state_sends_a_new_content_message_to_sync_theirs_peers() {
    let relationship = "syncTheirs";
    let after = state_with(relationship, &known_json(4), &known_json(4));
    check(&state_with(relationship, &known_json(2), &just_header()), &content(2), &after);
    check(&state_with(relationship, &just_header(), &just_header()), &content(0), &after);
}

#[test]
fn syncing_a_co_value_only_creates_messages_for_the_highest_priority_peer_that_has_assumed_state_behind_ours()
{
    let peers = json!({
        "peer1": peer("peer1", "syncTheirs", 0),
        "peer2": peer("peer2", "syncTheirs", 0),
        "peer3": peer("peer3", "syncAllOurs", 5),
        "peer4": peer("peer4", "syncTheirs", 10),
    });
    let (behind, level) =
        (standing(&known_json(2), &just_header()), standing(&known_json(4), &known_json(4)));
    let up_to_date = standing(&known_json(4), &just_header());
    let mut expected = json!({ "peer1": behind, "peer2": behind, "peer3": behind, "peer4": up_to_date });
    let mut seed = Seed::read(&state(&peers, &expected));
    for next in ["peer3", "peer1", "peer2"] {
        assert_eq!(sync(&mut seed), json!({ "to": next, "messages": [content(2)] }));
        expected[next] = level.clone();
        seed.assert_is(&state(&peers, &expected));
    }
    assert_eq!(sync(&mut seed), Value::Null);
    seed.assert_is(&state(&peers, &expected));
}

/// Not in the seed: there is nothing to sync about what is not here.
#[test]
fn syncing_a_co_value_that_is_not_there_is_an_error() {
    let mut seed = Seed::with_three_different_peers();
    let id = seed.id1();
    assert_eq!(seed.state.sync_to_peer(id), Err(cosim_core::UpdateError::CoValueNotFound));
}
