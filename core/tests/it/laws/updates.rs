//! Any sequence of atomic updates, with valid and invalid arguments, leaves a valid state; nothing held is ever lost;
//! and an error changes nothing.

use super::arbitrary::{co_id, known_state, peer_id, session_id, transaction};
use cosim_core::crypto::Signed;
use cosim_core::state::{
    CoValueState, NewTransactions, Source, check_co_value, check_invariants, check_step,
};
use cosim_core::{
    CoId, Event, FastCrypto, FastHeader, FastTransaction, KnownState, NodeState, PeerId, Relationship,
    SessionId, UpdateError,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(crate) enum Update {
    AddHeader(CoId, Source),
    AddTransactions { id: CoId, session: SessionId, after: After, new: Vec<FastTransaction>, from: Source },
    MarkDone(CoId),
    AddPeer(PeerId, Relationship, i32),
    RemovePeer(PeerId),
    Confirm(PeerId, CoId, KnownState),
    Correct(PeerId, CoId, KnownState),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum After {
    /// What is held.
    Held,
    /// This many, which may be a gap or an overlap.
    Exactly(u32),
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![Just(Source::Local), peer_id().prop_map(Source::Peer)]
}

fn relationship() -> impl Strategy<Value = Relationship> {
    prop::sample::select(vec![Relationship::SyncAllOurs, Relationship::SyncTheirs, Relationship::SyncCommon])
}

fn add_transactions() -> impl Strategy<Value = Update> {
    let after = prop_oneof![4 => Just(After::Held), 1 => (0..4_u32).prop_map(After::Exactly)];
    let new = proptest::collection::vec(transaction(), 0..4);
    (co_id(), session_id(), after, new, source())
        .prop_map(|(id, session, after, new, from)| Update::AddTransactions { id, session, after, new, from })
}

fn update() -> impl Strategy<Value = Update> {
    prop_oneof![
        4 => (co_id(), source()).prop_map(|(id, from)| Update::AddHeader(id, from)),
        8 => add_transactions(),
        1 => co_id().prop_map(Update::MarkDone),
        4 => (peer_id(), relationship(), any::<i32>()).prop_map(|(p, r, n)| Update::AddPeer(p, r, n)),
        1 => peer_id().prop_map(Update::RemovePeer),
        4 => (peer_id(), co_id(), known_state()).prop_map(|(p, id, k)| Update::Confirm(p, id, k)),
        4 => (peer_id(), co_id(), known_state()).prop_map(|(p, id, k)| Update::Correct(p, id, k)),
    ]
}

pub(crate) fn updates() -> impl Strategy<Value = Vec<Update>> {
    proptest::collection::vec(update(), 0..40)
}

/// A state that holds nothing and wants one of the CoValues.
pub(crate) fn start() -> NodeState<FastCrypto> {
    let mut state = NodeState::default();
    state.co_values.insert(CoId(2), CoValueState::default());
    state
}

pub(crate) fn apply(state: &mut NodeState<FastCrypto>, update: Update) -> Result<Event, UpdateError> {
    match update {
        Update::AddHeader(id, from) => state.add_verified_header(id, FastHeader::new(id), from),
        Update::AddTransactions { id, session, after, new, from } => {
            let after = match after {
                After::Held => state.co_values.get(&id).map_or(0, |co_value| co_value.count(session)),
                After::Exactly(after) => after,
            };
            let end = u64::from(after) + new.len() as u64;
            let signed = Signed { hash: end, streaming_hash: end, signature: end };
            let batch = NewTransactions { after, transactions: new, signed };
            state.add_verified_transactions(id, session, batch, from)
        }
        Update::MarkDone(id) => state.mark_co_value_done(id),
        Update::AddPeer(peer, relationship, priority) => state.add_peer(peer, relationship, priority),
        Update::RemovePeer(peer) => state.remove_peer(peer),
        Update::Confirm(peer, id, known) => state.confirm_peer_state(peer, id, &known),
        Update::Correct(peer, id, known) => state.correct_peer_assumed_state(peer, id, &known),
    }
}

/// Tells every peer all there is, as a node that sends does, so that later updates are tried on told peers too.
fn tell_everything(state: &mut NodeState<FastCrypto>) {
    for co_value in state.co_values.values_mut() {
        let known = co_value.known_state();
        for (_, sync) in co_value.sync.iter_mut() {
            sync.told = Some(known.clone());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn updates_keep_the_state_valid(updates in updates(), told_after in 0..40_usize) {
        let mut state = start();
        for (i, update) in updates.into_iter().enumerate() {
            let before = state.clone();
            let result = apply(&mut state, update);
            if result.is_err() {
                prop_assert_eq!(&state, &before);
            }
            prop_assert_eq!(check_invariants(&state), Ok(()));
            prop_assert_eq!(check_step(&before, &state), Ok(()));
            for id in 0..4 {
                prop_assert_eq!(check_co_value(&state, CoId(id)), Ok(()));
            }
            if i == told_after {
                tell_everything(&mut state);
                prop_assert_eq!(check_invariants(&state), Ok(()));
            }
        }
    }

    #[test]
    fn what_is_held_is_what_was_added(updates in updates()) {
        let mut state = start();
        let mut held = KnownState::EMPTY;
        for update in updates {
            let grown = match &update {
                Update::AddHeader(CoId(0), _) => KnownState::header_only(),
                Update::AddTransactions { id: CoId(0), session, new, .. } => {
                    KnownState::new(false, [(*session, held.count(*session) + new.len() as u32)])
                }
                Update::AddHeader(..) | Update::AddTransactions { .. } | Update::MarkDone(_) | Update::AddPeer(..) | Update::RemovePeer(_) | Update::Confirm(..) | Update::Correct(..) => KnownState::EMPTY,
            };
            if apply(&mut state, update).is_ok() {
                held.join(&grown);
            }
            let known = state.co_values.get(&CoId(0)).map(CoValueState::known_state).unwrap_or_default();
            prop_assert_eq!(&known, &held);
        }
    }

    #[test]
    fn a_peer_is_known_to_every_co_value_or_to_none(updates in updates()) {
        let mut state = NodeState::default();
        for update in updates {
            let _ = apply(&mut state, update);
            for co_value in state.co_values.values() {
                prop_assert!(co_value.sync.keys().eq(state.peers.keys()));
            }
        }
    }
}
