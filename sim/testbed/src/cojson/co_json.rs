//! What a node must tell so that it can be judged and its app asked.

use super::{Command, Directory, DiskWrite, End, Foreign, Notice, Packet, Refusal, SimCrypto, Transaction};
use crate::clock::WallTime;
use crate::host::{NodeId, SimNode};
use cosim_core::node::Buffers;
use cosim_core::view::LiveView;
use cosim_core::{CoId, ConnectionId, Durability, KnownState, NodeState, SessionId, Time, TimerKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A node of which the oracles can see what it holds. [`CoNode`](super::CoNode) is one; a test plants a fault by wrapping it.
pub trait CoJson:
    SimNode<
        Message = Packet,
        Command = Command,
        Refusal = Refusal,
        Notice = Notice,
        End = End,
        Record = DiskWrite,
    >
{
    /// What it holds, and what it thinks of its peers.
    fn state(&self) -> &NodeState<SimCrypto>;

    /// The same, when the run is over.
    fn into_state(self) -> NodeState<SimCrypto>;

    /// The connection that it has with a peer, as far as it knows.
    fn connection(&self, peer: NodeId) -> Option<ConnectionId>;

    /// Whether it makes nothing of what comes on a connection.
    fn ignores(&self, peer: NodeId, connection: ConnectionId) -> bool {
        self.connection(peer) != Some(connection)
    }

    /// How much of each CoValue that it holds a client gets who connects now and asks for all of them; `None` where that is
    /// not tried, as of the core's nodes, of which every message is judged.
    fn served_to_a_newcomer(&self, now: Time) -> Option<BTreeMap<CoId, KnownState>> {
        let _ = now;
        None
    }

    /// What it waits for: until when, about which CoValue, from whom, and why.
    fn deadlines(&self) -> Vec<(Time, CoId, NodeId, TimerKind)>;

    /// The session in which its app writes.
    fn session(&self) -> SessionId;

    /// The session in which its app writes what a command asks for.
    fn session_of(&self, command: &Command) -> SessionId {
        let _ = command;
        self.session()
    }

    /// Whether its app writes in a session now.
    fn writes_in(&self, session: SessionId) -> bool {
        session == self.session()
    }

    /// How many transactions of that session it counts in a CoValue, on its disk and on the way there.
    fn next_index(&self, id: CoId) -> u32;

    /// Tells it what is known of nodes and CoValues, before anything happens.
    fn meet(&mut self, directory: &Arc<Directory>) {
        let _ = directory;
    }

    /// Whether it can say what its app would write before it does. A guest tells when it has written.
    fn drafts(&self) -> bool {
        true
    }

    /// The transactions that a command of its app would write now, its wall clock showing `wall`; none for one that
    /// writes nothing.
    ///
    /// # Errors
    /// What the app cannot write.
    fn draft(&self, command: &Command, wall: WallTime) -> Result<Vec<Transaction>, Refusal>;

    /// What its app would write to other CoValues before it does what a command asks, in order: to groups, to put right
    /// who can open their keys, and to what it makes a branch of.
    fn beside(&self, command: &Command, wall: WallTime) -> Vec<(CoId, Vec<Transaction>)> {
        let _ = (command, wall);
        Vec::new()
    }

    /// What its app sees of a CoValue; `None` where it has not got it, or nothing shows.
    fn view(&self, id: CoId) -> Option<&LiveView> {
        let _ = id;
        None
    }

    /// The same as people read it: JSON in which nodes and sessions have their names.
    fn shows(&self, id: CoId) -> Option<serde_json::Value> {
        let _ = id;
        None
    }

    /// What only a guest that speaks CoJSON can tell.
    fn foreign(&self) -> Option<&dyn Foreign> {
        None
    }

    /// The operations of which something shows of a subject, where a guest speaks another protocol.
    fn tokens(&self, id: CoId) -> Vec<u32> {
        let _ = id;
        Vec::new()
    }

    /// At rest: asks it for all that it holds, if it can be asked, and takes note where that is not what it has said.
    fn audit(&self) {}

    /// Tells it that its app may attack its peers, before anything happens.
    fn turn_hostile(&mut self) {}

    /// How it treats what its app writes.
    fn durability(&self) -> Durability {
        Durability::Ideal
    }

    /// How much of a CoValue would outlive a crash, as far as it was told.
    fn durable(&self, id: CoId) -> KnownState {
        self.state().co_values.get(&id).map_or(KnownState::EMPTY, |co_value| co_value.known_state())
    }

    /// How much of a CoValue it found on its disk and keeps aside, until what that depends on comes.
    fn put_aside(&self, _id: CoId) -> KnownState {
        KnownState::EMPTY
    }

    /// How full its buffers are: those of the node, and those of its conversation with a peer about a CoValue.
    fn buffers(&self, _peer: NodeId, _id: CoId) -> Buffers {
        Buffers::default()
    }
}
