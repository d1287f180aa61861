//! The messages that a node begins or answers with, and the marks that sending them leaves: a sent `load` is
//! outstanding, content raises what is assumed, and all but `done` say what we hold.

use super::connection::Ranked;
use super::due::Due;
use super::limits::{FLIGHTS_MAX, LOADS_MAX, PIECE_BYTES_MAX, SESSIONS_MAX};
use crate::crypto::Crypto;
use crate::id::CoId;
use crate::known_state::KnownState;
use crate::message::{Content, Hint, Known, Message, SessionContent};
use crate::state::marks::{Asking, Flight, Subscription};
use crate::state::{Assumed, CoValueState, PeerSync, SessionLog};
use crate::vec_map::VecMap;
use alloc::vec::Vec;

/// A message before it gets its number.
pub(crate) struct Said<C: Crypto> {
    /// The number of the message that it answers; 0 for none.
    pub(crate) re: u32,
    pub(crate) message: Message<C>,
}

/// What a `known` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownKind {
    /// An announcement, an answer or an acknowledgement.
    Statement,
    /// Content could not be applied as it came.
    Correction,
}

/// Makes the message that is due to `peer` and marks it as sent, as number `n`.
pub(crate) fn say<C: Crypto>(
    due: Due,
    co: &mut CoValueState<C>,
    id: CoId,
    peer: Ranked,
    n: u32,
    asks: bool,
) -> Said<C> {
    match due {
        Due::Load => load(co, id, peer, n, asks),
        Due::Announce => {
            co.sync.entry_near(peer.place, peer.peer).marks.announcing = true;
            known(co, id, peer, 0, KnownKind::Statement)
        }
        Due::Content => content(co, id, peer, n),
        Due::Safe => {
            let re = co.sync.entry_near(peer.place, peer.peer).marks.safety.asked_in;
            known(co, id, peer, re, KnownKind::Statement)
        }
        Due::Done => done(co, id, peer),
    }
}

/// Notes that we tell `peer` all that we hold.
fn tell<C: Crypto>(co: &mut CoValueState<C>, peer: Ranked) -> (KnownState, &mut PeerSync) {
    let known = co.known_state();
    let sync = co.sync.entry_near(peer.place, peer.peer);
    sync.told = Some(known.clone());
    (known, sync)
}

/// `load`, or its repeat; whether it `asks` what is on the peer's disk.
pub(crate) fn load<C: Crypto>(
    co: &mut CoValueState<C>,
    id: CoId,
    peer: Ranked,
    n: u32,
    asks: bool,
) -> Said<C> {
    let done = co.done;
    let (known, PeerSync { marks, .. }) = tell(co, peer);
    let asking = marks.asking.get_or_insert(Asking { numbers: Vec::new(), with_header: known.header });
    asking.with_header &= known.header;
    if asking.numbers.len() == LOADS_MAX {
        asking.numbers.remove(0);
    }
    asking.numbers.push(n);
    marks.parting.loaded = true;
    marks.parting.muted = false;
    marks.parting.done_sent &= !done;
    marks.safety.asked |= asks;
    Said { re: 0, message: Message::Load { id, known, safe: asks } }
}

/// `known` S, as an answer to number `re` of the peer, or as an announcement (0).
pub(crate) fn known<C: Crypto>(
    co: &mut CoValueState<C>,
    id: CoId,
    peer: Ranked,
    re: u32,
    kind: KnownKind,
) -> Said<C> {
    let safe = co.marks.uploads.safe.clone();
    let (known, PeerSync { marks, .. }) = tell(co, peer);
    marks.told_none |= !known.header;
    let is_correction = kind == KnownKind::Correction;
    let safe = (marks.safety.asked_in > 0).then(|| {
        marks.safety.told.clone_from(&safe);
        safe
    });
    Said { re, message: Message::Known(Known { id, known, is_correction, safe }) }
}

/// `content` since what is assumed.
fn content<C: Crypto>(co: &mut CoValueState<C>, id: CoId, peer: Ranked, n: u32) -> Said<C> {
    let CoValueState { header, sessions, sync, .. } = co;
    let sync = sync.entry_near(peer.place, peer.peer);
    if !sync.is_unconfirmed() {
        sync.marks.flight.clear();
    }
    let on_header = matches!(sync.assumed, Assumed::Known(_));
    let mut assumed = match core::mem::take(&mut sync.assumed) {
        Assumed::Known(assumed) => assumed,
        // Sessions that it confirmed without a header, which only a liar does, count too.
        Assumed::Unknown | Assumed::Unavailable => {
            let mut confirmed = sync.confirmed.clone().unwrap_or_default();
            confirmed.header = true;
            confirmed
        }
    };
    let (mut new, mut after) = (VecMap::new(), Vec::new());
    let mut room = PIECE_BYTES_MAX;
    let mut is_all = true;
    let stopped = sessions.held().beyond(&assumed, |session, _, from| {
        let log = sessions.get(session)?;
        if sync.marks.refused_by_peer.sessions.contains(session) {
            is_all = false;
            return None;
        }
        let place = if new.is_empty() { Place::First } else { Place::Further };
        let Some((end, last_signature)) = cut(log, from, place, &mut room) else { return Some(()) };
        let new_transactions = log.transactions[from as usize..end as usize].to_vec();
        new.insert(session, SessionContent { after: from, new_transactions, last_signature });
        after.push((session, from));
        is_all &= end == log.len();
        (room == 0 || new.len() == SESSIONS_MAX).then_some(())
    });
    if is_all && stopped.is_none() && assumed.le(sessions.held()) {
        assumed.clone_from(sessions.held());
    } else {
        new.iter().for_each(|(session, piece)| _ = assumed.raise(session, piece.end()));
    }
    sync.assumed = Assumed::Known(assumed);
    if sync.marks.flight.len() == FLIGHTS_MAX {
        sync.marks.flight.remove(0);
    }
    sync.marks.flight.push(Flight { n, on_header, after });
    let header = if on_header { None } else { header.clone() };
    let re = match core::mem::take(&mut sync.marks.answering) {
        // A load that was passed on is answered by the content that it brought (rule 8).
        0 => sync.marks.owed.take().unwrap_or(0),
        n => n,
    };
    let hint = Hint(tell(co, peer).0);
    Said { re, message: Message::Content(Content { id, header, new, hint }) }
}

/// Whether a piece is the first of its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First,
    Further,
}

/// Where a piece that begins after `from` transactions ends: before the first batch, of those that were signed together,
/// for which there is no room. What it takes is taken from `room`. The first batch of a message is taken whatever its
/// size, since it cannot be cut; a receiver keeps one signature for the whole piece, so that pieces that went beyond
/// their room otherwise would grow from node to node.
fn cut<C: Crypto>(
    log: &SessionLog<C>,
    from: u32,
    place: Place,
    room: &mut usize,
) -> Option<(u32, C::Signature)> {
    let (mut start, mut signed) = (from, None);
    for (last, signature) in log.signature_after.iter_from(from) {
        let batch = &log.transactions[start as usize..=last as usize];
        let size = batch.iter().map(C::transaction_size).fold(0, usize::saturating_add);
        if size > *room && (place == Place::Further || signed.is_some()) {
            *room = 0;
            return signed.map(|signature: &C::Signature| (start, signature.clone()));
        }
        *room = room.saturating_sub(size);
        start = last + 1;
        signed = Some(signature);
    }
    Some((log.len(), log.last_signature.clone()))
}

/// The end and the signature of the piece of a log that begins after `from` transactions, where nothing else goes with it.
pub(crate) fn piece<C: Crypto>(log: &SessionLog<C>, from: u32) -> (u32, C::Signature) {
    let mut room = PIECE_BYTES_MAX;
    cut(log, from, Place::First, &mut room).unwrap_or_else(|| (log.len(), log.last_signature.clone()))
}

/// `done`: the peer no longer knows of our wish.
fn done<C: Crypto>(co: &mut CoValueState<C>, id: CoId, peer: Ranked) -> Said<C> {
    let marks = &mut co.sync.entry_near(peer.place, peer.peer).marks;
    marks.parting.done_sent = true;
    marks.parting.muted = true;
    if marks.subscription == Subscription::Wanting {
        marks.subscription = Subscription::No;
    }
    Said { re: 0, message: Message::Done { id } }
}
