//! Every check of a state finds what it is there for. Each test breaks one thing in a valid state.

use cosim_core::state::{
    Assumed, Broken, CoValueState, Logs, PeerSync, SessionLog, check_co_value, check_invariants, check_step,
};
use cosim_core::{
    CoId, FastCrypto, FastHeader, FastTransaction, KnownState, NodeState, PeerId, PeerInfo, Relationship,
    SessionId, VecMap,
};

const ID: CoId = CoId(1);
const PEER: PeerId = PeerId(2);
const SESSION: SessionId = SessionId(3);

fn log() -> SessionLog<FastCrypto> {
    let transaction = FastTransaction { made_at: 0, payload: 0, size: 0, depends_on: None };
    SessionLog {
        transactions: vec![transaction; 2],
        last_hash: 7,
        streaming_hash: 7,
        signature_after: VecMap::from_iter([(0, 8), (1, 9)]),
        last_signature: 9,
    }
}

/// A valid state with two transactions, of which the peer has confirmed one.
fn valid() -> NodeState<FastCrypto> {
    let mut sync = PeerSync::default();
    sync.told = Some(KnownState::new(true, [(SESSION, 2)]));
    sync.assumed = Assumed::Known(KnownState::new(true, [(SESSION, 2)]));
    sync.confirmed = Some(KnownState::new(true, [(SESSION, 1)]));
    let mut co_value = CoValueState::default();
    co_value.header = Some(FastHeader::new(ID));
    co_value.sessions.insert(SESSION, log());
    co_value.sync.insert(PEER, sync);
    let mut state = NodeState::default();
    state.peers.insert(PEER, PeerInfo { relationship: Relationship::SyncCommon, priority: 0 });
    state.co_values.insert(ID, co_value);
    state
}

fn co_value(state: &mut NodeState<FastCrypto>) -> &mut CoValueState<FastCrypto> {
    state.co_values.get_mut(&ID).expect("it is there")
}

fn change_log<T>(state: &mut NodeState<FastCrypto>, change: impl FnOnce(&mut SessionLog<FastCrypto>) -> T) {
    let sessions = &mut co_value(state).sessions;
    let mut log = sessions.get(SESSION).expect("it is there").clone();
    change(&mut log);
    sessions.insert(SESSION, log);
}

fn sync(state: &mut NodeState<FastCrypto>) -> &mut PeerSync {
    co_value(state).sync.get_mut(PEER).expect("it is there")
}

#[track_caller]
fn check<T>(change: impl FnOnce(&mut NodeState<FastCrypto>) -> T, expected: Result<(), Broken>) {
    let mut state = valid();
    assert_eq!(check_invariants(&state), Ok(()));
    change(&mut state);
    assert_eq!(check_invariants(&state), expected);
    assert_eq!(check_co_value(&state, ID), expected);
    assert_eq!(check_co_value(&state, CoId(0)), Ok(()));
}

#[test]
fn a_session_is_not_empty() {
    check(
        |state| change_log(state, |log| log.transactions.clear()),
        Err(Broken::EmptySession { id: ID, session: SESSION }),
    );
}

#[test]
fn transactions_need_a_header() {
    check(|state| co_value(state).header = None, Err(Broken::HeaderMissing { id: ID }));
}

#[test]
fn a_signature_is_after_a_transaction() {
    let beyond = Broken::SignatureBeyondEnd { id: ID, session: SESSION, index: 2 };
    check(|state| change_log(state, |log| log.signature_after.insert(2, 9)), Err(beyond));
}

#[test]
fn the_last_signature_is_kept_after_the_last_transaction() {
    let broken = Err(Broken::LastSignature { id: ID, session: SESSION });
    check(|state| change_log(state, |log| log.signature_after.remove(1)), broken);
    check(|state| change_log(state, |log| log.signature_after.clear()), broken);
    check(|state| change_log(state, |log| log.last_signature = 10), broken);
    check(|state| change_log(state, |log| log.signature_after.remove(0)), Ok(()));
}

#[test]
fn a_peer_that_is_noted_is_there() {
    let unknown = Err(Broken::UnknownPeer { id: ID, peer: PEER });
    check(|state| state.peers.remove(PEER), unknown);
    check(|state| co_value(state).sync.remove(PEER), Ok(()));
}

#[test]
fn nobody_is_told_more_than_is_held() {
    let broken = Err(Broken::ToldTooMuch { id: ID, peer: PEER });
    check(|state| sync(state).told = Some(KnownState::new(true, [(SESSION, 3)])), broken);
    check(|state| sync(state).told = Some(KnownState::new(true, [(SessionId(4), 1)])), broken);
    check(|state| sync(state).told = None, Ok(()));
}

#[test]
fn nobody_is_assumed_to_hold_less_than_confirmed() {
    let broken = Err(Broken::AssumedTooLittle { id: ID, peer: PEER });
    check(|state| sync(state).assumed = Assumed::Known(KnownState::header_only()), broken);
    check(|state| sync(state).confirmed = Some(KnownState::new(true, [(SESSION, 3)])), broken);
    check(|state| sync(state).assumed = Assumed::Unavailable, Ok(()));
    check(|state| sync(state).confirmed = None, Ok(()));
}

#[test]
fn what_is_assumed_has_its_header() {
    let broken = Err(Broken::AssumedWithoutHeader { id: ID, peer: PEER });
    check(|state| sync(state).assumed = Assumed::Known(KnownState::new(false, [(SESSION, 2)])), broken);
}

/// Checks the step from a valid state to a changed one.
#[track_caller]
fn check_lost<T>(change: impl FnOnce(&mut NodeState<FastCrypto>) -> T, expected: Result<(), Broken>) {
    let before = valid();
    let mut after = before.clone();
    change(&mut after);
    assert_eq!(check_step(&before, &after), expected);
}

#[test]
fn nothing_held_is_lost() {
    check_lost(|state| co_value(state).header = None, Err(Broken::HeaderLost { id: ID }));
    check_lost(|state| state.co_values.clear(), Err(Broken::HeaderLost { id: ID }));
    let lost = Err(Broken::TransactionsLost { id: ID, session: SESSION });
    check_lost(|state| change_log(state, |log| log.transactions.truncate(1)), lost);
    check_lost(|state| co_value(state).sessions = Logs::default(), lost);
    check_lost(|state| state.remove_peer(PEER), Ok(()));
}

#[test]
fn a_want_may_go_and_anything_may_come() {
    let mut before = valid();
    before.co_values.insert(CoId(9), CoValueState::default());
    assert_eq!(check_step(&before, &valid()), Ok(()));
    assert_eq!(check_step(&NodeState::default(), &before), Ok(()));
}

#[test]
fn what_is_broken_is_said_in_words() {
    let broken = Broken::SignatureBeyondEnd { id: ID, session: SESSION, index: 2 };
    assert_eq!(broken.to_string(), "co1: session3 has a signature after transaction 2, which is not there");
}
