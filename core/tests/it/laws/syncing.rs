//! Syncing a state by itself, as the seed's loop would: it ends, serves each peer once, and says nothing untrue.

use super::updates::{apply, start, updates};
use cosim_core::state::{check_invariants, check_step};
use cosim_core::{CoId, Message, PeerId};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn syncing_ends_and_serves_each_peer_once(updates in updates()) {
        let mut state = start();
        for update in updates {
            let _ = apply(&mut state, update);
        }
        let before = state.clone();
        for id in before.co_values.keys().copied() {
            let known = before.co_values[&id].known_state();
            let mut served: Vec<PeerId> = vec![];
            while let Some(send) = state.sync_to_peer(id).expect("it is there") {
                prop_assert!(!served.contains(&send.to), "{:?} is served twice: {:?}", send.to, send.messages);
                prop_assert!(!send.messages.is_empty());
                prop_assert_eq!(check_invariants(&state), Ok(()));
                for message in &send.messages {
                    prop_assert_eq!(message.id(), id);
                    match message {
                        Message::Load { known: said, .. } => prop_assert_eq!(said, &known),
                        Message::Known(said) => prop_assert_eq!(&said.known, &known),
                        Message::Content(content) => prop_assert!(content.known().le(&known)),
                        Message::Done { .. } => prop_assert!(before.co_values[&id].done),
                    }
                }
                served.push(send.to);
            }
            for (peer, sync) in state.co_values[&id].sync.iter() {
                let assumed = sync.assumed.known();
                prop_assert!(assumed.is_none_or(|assumed| known.le(assumed)), "{peer:?} is left behind");
            }
        }
        prop_assert_eq!(check_step(&before, &state), Ok(()));
        prop_assert_eq!(check_step(&state, &before), Ok(()));
    }

    #[test]
    fn what_is_sent_is_what_the_peer_is_assumed_to_lack(updates in updates()) {
        let mut state = start();
        for update in updates {
            let _ = apply(&mut state, update);
        }
        for id in (0..3).map(CoId) {
            loop {
                let before = state.clone();
                let Ok(Some(send)) = state.sync_to_peer(id) else { break };
                let sync = before.co_values[&id].sync.get(send.to).expect("every peer has an entry");
                let mut assumed = sync.assumed.known().cloned().unwrap_or_default();
                for message in &send.messages {
                    let Message::Content(content) = message else { continue };
                    prop_assert_eq!(content.header.is_some(), !assumed.header);
                    for (session, piece) in content.new.iter() {
                        prop_assert_eq!(piece.after, assumed.count(session));
                        prop_assert!(!piece.new_transactions.is_empty());
                    }
                    // What is large comes in pieces.
                    assumed.join(&content.known());
                }
            }
        }
    }
}
