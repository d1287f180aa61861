//! "Add and removing peers".

use super::{Seed, with_id1};
use cosim_core::state::Source;
use cosim_core::{Event, Relationship};
use serde_json::json;

#[test]
fn adding_a_peer_to_an_empty_state() {
    let mut seed = Seed::empty();
    let peer = seed.peer("peer1");
    seed.add_header(Source::Local).expect("it is new");
    assert_eq!(seed.state.add_peer(peer, Relationship::SyncAllOurs, 10), Ok(Event::AddedPeer { peer }));
    let peers = json!({ "peer1": { "name": "peer1", "relationship": "syncAllOurs", "priority": 10 } });
    let sync = json!({ "peer1": { "assumedState": "unknown" } });
    seed.assert_is(&with_id1(&peers, &json!({}), &sync));
}

#[test]
fn removing_a_peer_from_a_state() {
    let mut seed = Seed::empty();
    let peer = seed.peer("peer1");
    seed.add_header(Source::Local).expect("it is new");
    assert_eq!(seed.state.add_peer(peer, Relationship::SyncAllOurs, 10), Ok(Event::AddedPeer { peer }));
    assert_eq!(seed.state.remove_peer(peer), Ok(Event::RemovedPeer { peer }));
    seed.assert_is(&with_id1(&json!({}), &json!({}), &json!({})));
}
