//! What must hold of every state, and of every step from one state to the next: the checks of the protocol.
//!
//! They look at one node alone. Whether a log is a prefix of its author's, and whether what is assumed has a reason,
//! only somebody who sees all nodes can judge. Where assertions are on, the node checks what each step touched; tests, and
//! the feature `paranoid`, check all of it.

use super::{Assumed, CoValueState, NodeState, PeerSync, SessionLog};
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId, SessionId};
use core::fmt;

/// What does not hold, and where. Each of them is a bug in whatever made the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A session has no transaction.
    EmptySession {
        /// The CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
    },
    /// There are transactions, but no header.
    HeaderMissing {
        /// The CoValue.
        id: CoId,
    },
    /// A signature is kept for a transaction that is not there.
    SignatureBeyondEnd {
        /// The CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
        /// The index of the transaction.
        index: u32,
    },
    /// The signature kept for the last transaction is missing, or is not the session's last signature.
    LastSignature {
        /// The CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
    },
    /// Something is noted about a peer that is not there.
    UnknownPeer {
        /// The CoValue.
        id: CoId,
        /// The peer.
        peer: PeerId,
    },
    /// A peer was told that we hold what we do not hold.
    ToldTooMuch {
        /// The CoValue.
        id: CoId,
        /// The peer.
        peer: PeerId,
    },
    /// A peer is assumed to hold less than it has confirmed.
    AssumedTooLittle {
        /// The CoValue.
        id: CoId,
        /// The peer.
        peer: PeerId,
    },
    /// What a peer is assumed to hold has no header: that is kept as `Unavailable`.
    AssumedWithoutHeader {
        /// The CoValue.
        id: CoId,
        /// The peer.
        peer: PeerId,
    },
    /// A header that was held is gone.
    HeaderLost {
        /// The CoValue.
        id: CoId,
    },
    /// Transactions that were held are gone.
    TransactionsLost {
        /// The CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
    },
}

/// Checks a whole state.
///
/// # Errors
/// The first thing that does not hold, in the order of CoValues, sessions and peers.
pub fn check_invariants<C: Crypto>(state: &NodeState<C>) -> Result<(), Broken> {
    state.co_values.iter().try_for_each(|(id, co_value)| check(state, *id, co_value))
}

/// Checks one CoValue of a state; nothing, where there is no such CoValue.
///
/// # Errors
/// The first thing that does not hold, in the order of sessions and peers.
pub fn check_co_value<C: Crypto>(state: &NodeState<C>, id: CoId) -> Result<(), Broken> {
    state.co_values.get(&id).map_or(Ok(()), |co_value| check(state, id, co_value))
}

/// Checks one CoValue of which one session may have grown, and nothing else of what is held.
pub(crate) fn check_growth<C: Crypto>(
    state: &NodeState<C>,
    id: CoId,
    session: SessionId,
) -> Result<(), Broken> {
    let Some(co_value) = state.co_values.get(&id) else { return Ok(()) };
    if co_value.header.is_none() && !co_value.sessions.is_empty() {
        return Err(Broken::HeaderMissing { id });
    }
    co_value.sessions.get(session).map_or(Ok(()), |log| check_session(id, session, log))?;
    check_syncs(state, id, co_value)
}

/// Checks what a message of a peer about a CoValue may have touched where it brought nothing: that conversation alone.
///
/// # Errors
/// The first thing that does not hold.
pub fn check_conversation<C: Crypto>(state: &NodeState<C>, id: CoId, peer: PeerId) -> Result<(), Broken> {
    let Some(co_value) = state.co_values.get(&id) else { return Ok(()) };
    match co_value.sync.get(peer) {
        Some(_) if !state.peers.contains(peer) => Err(Broken::UnknownPeer { id, peer }),
        Some(sync) => check_sync(co_value, id, peer, sync),
        None => Ok(()),
    }
}

/// Checks that what a node holds only grew from `before` to `after`. An entry that held nothing may go.
///
/// # Errors
/// The first thing that was lost, in the order of CoValues and sessions.
pub fn check_step<C: Crypto>(before: &NodeState<C>, after: &NodeState<C>) -> Result<(), Broken> {
    before.co_values.iter().try_for_each(|(id, co_value)| check_grown(*id, co_value, after.co_values.get(id)))
}

fn check<C: Crypto>(state: &NodeState<C>, id: CoId, co_value: &CoValueState<C>) -> Result<(), Broken> {
    if co_value.header.is_none() && !co_value.sessions.is_empty() {
        return Err(Broken::HeaderMissing { id });
    }
    co_value.sessions.iter().try_for_each(|(session, log)| check_session(id, session, log))?;
    check_syncs(state, id, co_value)
}

fn check_syncs<C: Crypto>(state: &NodeState<C>, id: CoId, co_value: &CoValueState<C>) -> Result<(), Broken> {
    co_value.sync.iter().try_for_each(|(peer, sync)| {
        if !state.peers.contains(peer) {
            return Err(Broken::UnknownPeer { id, peer });
        }
        check_sync(co_value, id, peer, sync)
    })
}

fn check_session<C: Crypto>(id: CoId, session: SessionId, log: &SessionLog<C>) -> Result<(), Broken> {
    if log.is_empty() {
        return Err(Broken::EmptySession { id, session });
    }
    match log.signature_after.iter().next_back() {
        Some((index, _)) if index >= log.len() => Err(Broken::SignatureBeyondEnd { id, session, index }),
        Some((index, last)) if index == log.len() - 1 && *last == log.last_signature => Ok(()),
        _ => Err(Broken::LastSignature { id, session }),
    }
}

fn check_sync<C: Crypto>(
    co_value: &CoValueState<C>,
    id: CoId,
    peer: PeerId,
    sync: &PeerSync,
) -> Result<(), Broken> {
    if sync.told.as_ref().is_some_and(|told| !co_value.covers(told, |_| false)) {
        return Err(Broken::ToldTooMuch { id, peer });
    }
    let Assumed::Known(assumed) = &sync.assumed else { return Ok(()) };
    if !assumed.header {
        return Err(Broken::AssumedWithoutHeader { id, peer });
    }
    if sync.confirmed.as_ref().is_some_and(|confirmed| !confirmed.le(assumed)) {
        return Err(Broken::AssumedTooLittle { id, peer });
    }
    Ok(())
}

fn check_grown<C: Crypto>(
    id: CoId,
    before: &CoValueState<C>,
    after: Option<&CoValueState<C>>,
) -> Result<(), Broken> {
    if before.header.is_some() && after.is_none_or(|after| after.header.is_none()) {
        return Err(Broken::HeaderLost { id });
    }
    before.sessions.iter().try_for_each(|(session, log)| {
        let held = after.map_or(0, |after| after.count(session));
        if held < log.len() { Err(Broken::TransactionsLost { id, session }) } else { Ok(()) }
    })
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::EmptySession { id, session } => write!(f, "{id:?}: {session:?} has no transaction"),
            Broken::HeaderMissing { id } => write!(f, "{id:?}: there are transactions, but no header"),
            Broken::SignatureBeyondEnd { id, session, index } => {
                write!(f, "{id:?}: {session:?} has a signature after transaction {index}, which is not there")
            }
            Broken::LastSignature { id, session } => {
                write!(f, "{id:?}: {session:?} keeps no last signature after its last transaction")
            }
            Broken::UnknownPeer { id, peer } => write!(f, "{id:?}: {peer:?} is no peer"),
            Broken::ToldTooMuch { id, peer } => write!(f, "{id:?}: {peer:?} was told more than is held"),
            Broken::AssumedTooLittle { id, peer } => {
                write!(f, "{id:?}: {peer:?} is assumed to hold less than it confirmed")
            }
            Broken::AssumedWithoutHeader { id, peer } => {
                write!(f, "{id:?}: {peer:?} is assumed to hold something without its header")
            }
            Broken::HeaderLost { id } => write!(f, "{id:?}: the header is gone"),
            Broken::TransactionsLost { id, session } => {
                write!(f, "{id:?}: transactions of {session:?} are gone")
            }
        }
    }
}

impl core::error::Error for Broken {}
