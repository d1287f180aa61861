//! What oracles and logs can see of a node: what it holds, thinks of its peers, waits for and shows. A node of any make can be judged
//! that can tell this; every [`CoJson`] node can.

use crate::clock::WallTime;
use crate::cojson::{CoJson, Command, Foreign, Header, Signature, SimCrypto, Transaction};
use crate::host::NodeId;
use cosim_core::node::Buffers;
use cosim_core::state::{Assumed, CoValueState, PeerSync};
use cosim_core::view::{CoValue, KeyRing, LiveView, Resolver, View};
use cosim_core::{CoId, Durability, KnownState, PeerId, SessionId, Time, TimerKind};
use std::collections::BTreeMap;

/// What a node holds, thinks of its peers, waits for and shows.
pub trait Holdings {
    /// The CoValues of which it has an entry, from `from` to `to`, in order.
    fn ids(&self, from: CoId, to: CoId) -> Box<dyn Iterator<Item = CoId> + '_>;

    /// What it holds of a CoValue; `None` where it has no entry of it.
    fn stored(&self, id: CoId) -> Option<&dyn Stored>;

    /// What it takes for confirmed that a peer holds, which it knows by this number.
    fn confirmed(&self, id: CoId, peer: NodeId) -> Option<&KnownState>;

    /// What it thinks of its peers.
    fn beliefs(&self, id: CoId) -> Box<dyn Iterator<Item = (NodeId, Beliefs<'_>)> + '_>;

    /// What it waits for: until when, about which CoValue, from whom, and why.
    fn waits(&self) -> Vec<(Time, CoId, NodeId, TimerKind)>;

    /// What its app sees of a CoValue; `None` where nothing shows.
    fn shown(&self, id: CoId) -> Option<&dyn Shown>;

    /// How full its buffers are: those of the node, and those of its conversation with a peer about a CoValue.
    fn buffered(&self, peer: NodeId, id: CoId) -> Buffers;

    /// How it treats what its app writes.
    fn durability(&self) -> Durability;

    /// How much of a CoValue would outlive a crash, as far as it was told.
    fn durable(&self, id: CoId) -> KnownState;

    /// How much of a CoValue it found on its disk and keeps aside, until what that depends on comes.
    fn put_aside(&self, id: CoId) -> KnownState;

    /// The session in which its app writes.
    fn session(&self) -> SessionId;

    /// The session in which its app writes what a command asks for.
    fn session_of(&self, command: &Command) -> SessionId;

    /// Whether its app writes in a session now.
    fn writes_in(&self, session: SessionId) -> bool;

    /// How many transactions of that session it counts in a CoValue, on its disk and on the way there.
    fn next_index(&self, id: CoId) -> u32;

    /// Whether it can say what its app would write before it does.
    fn drafts(&self) -> bool;

    /// What its app sees, as JSON, where a guest speaks another protocol.
    fn displayed(&self, id: CoId) -> Option<serde_json::Value>;

    /// The operations of which something shows in that.
    fn tokens(&self, id: CoId) -> Vec<u32>;

    /// How much of each CoValue that it holds a client gets who connects now and asks for all of them; `None` where that is
    /// not tried. For the end of a run.
    fn served_to_a_newcomer(&self, now: Time) -> Option<BTreeMap<CoId, KnownState>>;

    /// The transactions that a command of its app would write now; none where the app can write none.
    fn drafted(&self, command: &Command, wall: WallTime) -> Vec<Transaction>;

    /// What its app would write to other CoValues before that, such as to a group, to put right who can open its key.
    fn beside(&self, command: &Command, wall: WallTime) -> Vec<(CoId, Vec<Transaction>)>;

    /// What only a guest that speaks CoJSON can tell; `None` for a node of any other make.
    fn foreign(&self) -> Option<&dyn Foreign>;
}

/// What a node thinks of a peer and a CoValue. `None` where it knows nothing of that.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beliefs<'a> {
    /// What it has told the peer that it holds.
    pub told: Option<&'a KnownState>,
    /// What it assumes that the peer holds, confirmed or not.
    pub assumed: Option<&'a KnownState>,
    /// What it takes the peer to hold, since that said so.
    pub confirmed: Option<&'a KnownState>,
}

impl<'a> Beliefs<'a> {
    fn of(sync: &'a PeerSync) -> Beliefs<'a> {
        static NOTHING: KnownState = KnownState::EMPTY;
        let assumed = match &sync.assumed {
            Assumed::Unknown => None,
            Assumed::Unavailable => Some(&NOTHING),
            Assumed::Known(known) => Some(known),
        };
        Beliefs { told: sync.told.as_ref(), assumed, confirmed: sync.confirmed.as_ref() }
    }
}

/// What a node holds of a CoValue.
pub trait Stored {
    /// The header; `None` where it is only wanted.
    fn header(&self) -> Option<&Header>;

    /// How much of it is held.
    fn known(&self) -> KnownState;

    /// The log of a session.
    fn log(&self, session: SessionId) -> Option<StoredLog<'_>>;

    /// The session at this place in their order, and its log.
    fn log_at(&self, place: usize) -> Option<(SessionId, StoredLog<'_>)>;
}

impl dyn Stored + '_ {
    /// The logs of all sessions, in order.
    pub fn logs(&self) -> impl Iterator<Item = (SessionId, StoredLog<'_>)> {
        (0..).map_while(|place| self.log_at(place))
    }

    /// How many transactions of a session are held.
    pub fn count(&self, session: SessionId) -> u32 {
        self.log(session).map_or(0, |log| u32::try_from(log.transactions.len()).unwrap_or(u32::MAX))
    }
}

/// A session's log, as a node holds it.
#[derive(Clone, Copy, Debug)]
pub struct StoredLog<'a> {
    /// The transactions, oldest first.
    pub transactions: &'a Vec<Transaction>,
    /// The author's signature over all of them.
    pub signature: &'a Signature,
}

/// What an app sees of a CoValue.
pub trait Shown {
    /// All of it.
    fn view(&self) -> View;

    /// Whether it is what the CoValue comes to when it is read from nothing.
    fn is_as_new(&self, co_value: &CoValue<'_>, resolver: &dyn Resolver, keys: &KeyRing) -> bool;

    /// A hash over all of it.
    fn digest(&self) -> u64;

    /// Whether a transaction of a session, which has this name, shows.
    fn visible(&self, session: &str, index: u32) -> bool;
}

impl<N: CoJson> Holdings for N {
    fn ids(&self, from: CoId, to: CoId) -> Box<dyn Iterator<Item = CoId> + '_> {
        Box::new(self.state().co_values.range(from..=to).map(|(id, _)| *id))
    }

    fn stored(&self, id: CoId) -> Option<&dyn Stored> {
        Some(self.state().co_values.get(&id)?)
    }

    fn confirmed(&self, id: CoId, peer: NodeId) -> Option<&KnownState> {
        self.state().co_values.get(&id)?.sync.get(PeerId(peer.0))?.confirmed.as_ref()
    }

    fn beliefs(&self, id: CoId) -> Box<dyn Iterator<Item = (NodeId, Beliefs<'_>)> + '_> {
        let syncs = self.state().co_values.get(&id).into_iter().flat_map(|co_value| co_value.sync.iter());
        Box::new(syncs.map(|(peer, sync)| (NodeId(peer.0), Beliefs::of(sync))))
    }

    fn waits(&self) -> Vec<(Time, CoId, NodeId, TimerKind)> {
        self.deadlines()
    }

    fn shown(&self, id: CoId) -> Option<&dyn Shown> {
        Some(CoJson::view(self, id)?)
    }

    fn buffered(&self, peer: NodeId, id: CoId) -> Buffers {
        self.buffers(peer, id)
    }

    fn durability(&self) -> Durability {
        CoJson::durability(self)
    }

    fn durable(&self, id: CoId) -> KnownState {
        CoJson::durable(self, id)
    }

    fn put_aside(&self, id: CoId) -> KnownState {
        CoJson::put_aside(self, id)
    }

    fn session(&self) -> SessionId {
        CoJson::session(self)
    }

    fn session_of(&self, command: &Command) -> SessionId {
        CoJson::session_of(self, command)
    }

    fn writes_in(&self, session: SessionId) -> bool {
        CoJson::writes_in(self, session)
    }

    fn next_index(&self, id: CoId) -> u32 {
        CoJson::next_index(self, id)
    }

    fn drafts(&self) -> bool {
        CoJson::drafts(self)
    }

    fn displayed(&self, id: CoId) -> Option<serde_json::Value> {
        self.shows(id)
    }

    fn tokens(&self, id: CoId) -> Vec<u32> {
        CoJson::tokens(self, id)
    }

    fn served_to_a_newcomer(&self, now: Time) -> Option<BTreeMap<CoId, KnownState>> {
        CoJson::served_to_a_newcomer(self, now)
    }

    fn drafted(&self, command: &Command, wall: WallTime) -> Vec<Transaction> {
        self.draft(command, wall).unwrap_or_default()
    }

    fn beside(&self, command: &Command, wall: WallTime) -> Vec<(CoId, Vec<Transaction>)> {
        CoJson::beside(self, command, wall)
    }

    fn foreign(&self) -> Option<&dyn Foreign> {
        CoJson::foreign(self)
    }
}

impl Stored for CoValueState<SimCrypto> {
    fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    fn known(&self) -> KnownState {
        self.known_state()
    }

    fn log(&self, session: SessionId) -> Option<StoredLog<'_>> {
        let log = self.sessions.get(session)?;
        Some(StoredLog { transactions: &log.transactions, signature: &log.last_signature })
    }

    fn log_at(&self, place: usize) -> Option<(SessionId, StoredLog<'_>)> {
        let (session, log) = self.sessions.at(place)?;
        Some((session, StoredLog { transactions: &log.transactions, signature: &log.last_signature }))
    }
}

impl Shown for LiveView {
    fn view(&self) -> View {
        LiveView::view(self)
    }

    fn is_as_new(&self, co_value: &CoValue<'_>, resolver: &dyn Resolver, keys: &KeyRing) -> bool {
        LiveView::is_as_new(self, co_value, resolver, keys)
    }

    fn digest(&self) -> u64 {
        LiveView::digest(self)
    }

    fn visible(&self, session: &str, index: u32) -> bool {
        LiveView::visible(self, session, index)
    }
}
