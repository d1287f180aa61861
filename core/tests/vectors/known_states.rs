//! `combined-known-states.json`: the join of two known states, and the order of its sessions.

use crate::data::list;
use cosim_core::RealCrypto;
use cosim_core::real::wire::{KnownState, Message};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    n: u32,
    a: KnownState,
    b: KnownState,
    combined: KnownState,
    session_order: Vec<String>,
}

#[test]
fn the_join_is_the_package_s() {
    let vectors = list::<Vector>("combined-known-states");
    let mut translated = 0;
    for vector in &vectors {
        let n = vector.n;
        let combined = vector.a.combined(&vector.b);
        let order: Vec<&String> = combined.sessions.iter().map(|(session, _)| session).collect();
        assert_eq!(order, vector.session_order.iter().collect::<Vec<_>>(), "{n}");
        assert_eq!(combined, vector.combined, "{n}");
        translated += usize::from(the_node_joins_alike(vector));
    }
    assert!(translated > 0);
    println!(
        "combined-known-states: {} joins, {translated} of them by the node's own type too",
        vectors.len()
    );
}

/// The node's own join comes to the same; it has no sessions of no transactions, and counts with 32 bits.
fn the_node_joins_alike(vector: &Vector) -> bool {
    let mut crypto = RealCrypto::new();
    let mut read = |known: &KnownState| {
        let message = crypto.read_message(Message::Load(known.clone())).ok()?;
        let cosim_core::Message::Load { known, .. } = message else { panic!("a load is a load") };
        Some(known)
    };
    let (Some(mut a), Some(b), Some(combined)) = (read(&vector.a), read(&vector.b), read(&vector.combined))
    else {
        return false;
    };
    a.join(&b);
    assert_eq!(a, combined, "{}", vector.n);
    true
}
