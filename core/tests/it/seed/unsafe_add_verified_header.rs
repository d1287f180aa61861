//! `unsafeAddVerifiedHeader`.

use super::{Seed, just_header, three_different_peers, told_just_header, with_id1};
use cosim_core::Event;
use cosim_core::state::Source;
use serde_json::json;

#[test]
fn adding_a_new_header_locally_to_an_empty_state() {
    let mut seed = Seed::empty();
    let id = seed.id1();
    assert_eq!(seed.add_header(Source::Local), Ok(Event::AddedNewHeader { id }));
    seed.assert_is(&with_id1(&json!({}), &json!({}), &json!({})));
}

#[test]
fn adding_a_new_header_locally_with_peers() {
    let mut seed = Seed::with_three_different_peers();
    let id = seed.id1();
    assert_eq!(seed.add_header(Source::Local), Ok(Event::AddedNewHeader { id }));
    let sync =
        json!({ "peer1": told_just_header(), "peer2": told_just_header(), "peer3": told_just_header() });
    seed.assert_is(&with_id1(&three_different_peers(), &json!({}), &sync));
}

#[test]
fn adding_a_new_header_from_a_peer() {
    let mut seed = Seed::with_three_different_peers();
    let (id, peer2) = (seed.id1(), seed.peer("peer2"));
    assert_eq!(seed.add_header(Source::Peer(peer2)), Ok(Event::AddedNewHeader { id }));
    let sync = json!({
        "peer1": told_just_header(),
        "peer2": { "assumedState": just_header(), "toldKnownState": just_header() },
        "peer3": told_just_header(),
    });
    seed.assert_is(&with_id1(&three_different_peers(), &json!({}), &sync));
}
