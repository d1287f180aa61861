//! What nodes have said to each other and wait for, in every conversation between honest nodes: what is unanswered, and
//! when it must be said again (docs/protocol.md, rules 3 to 6 and 8), worked out from messages and from what is held. It
//! follows a conversation for as long as the messages tell all of it: not what was damaged or refused, nor where a node asks
//! what is safe, nor what an app is done with.

mod conversation;
mod doubt;
mod missed;
mod said;
mod since;
mod turn;
mod waits;

pub use waits::Waits;

use super::by_node::ByNode;
use super::by_place::ByPlace;
use super::heard::{Heard, Hearing};
use super::oracle::Mail;
use super::scene::Surroundings;
use crate::cojson::{Command, SimCrypto};
use crate::host::NodeId;
use conversation::{Conversation, Growth, Leaving, size};
use cosim_core::{CoId, ConnectionId, Envelope, KnownState, Relationship, Time};
use said::{Said, Turn};
use since::Since;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Where a conversation takes place: in which connection, from whose side, and about what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) connection: ConnectionId,
    pub(super) node: NodeId,
    pub(super) id: CoId,
}

impl Place {
    fn key(self) -> (NodeId, ConnectionId, CoId) {
        (self.node, self.connection, self.id)
    }
}

/// Something that was not as the rules have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Who did not do it, or did what it need not.
    pub node: NodeId,
    /// To whom.
    pub peer: NodeId,
    /// About which CoValue.
    pub id: CoId,
    /// What kind of message it is about.
    pub kind: &'static str,
    /// What is wrong, as it ends a sentence that begins with the node.
    pub what: &'static str,
    /// Since when what it is about is unanswered, where that matters.
    pub since: Option<Since>,
}

/// What came of one event: how often there was something to judge, and the first flaw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// So often.
    pub times: u64,
    /// The first.
    pub flaw: Option<Flaw>,
}

impl Judged {
    fn look(&mut self, flaw: Option<Flaw>) {
        self.times += 1;
        self.flaw = self.flaw.or(flaw);
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Talks {
    /// How long each node waits.
    waits: Vec<Waits>,
    conversations: ByPlace<Conversation>,
    /// The deadlines of those that are clear, earliest first.
    deadlines: BTreeSet<(Time, Place)>,
    /// The ends of connections whose line is full.
    blocked: BTreeSet<(ConnectionId, NodeId)>,
    /// What waits before the line from an end of a connection, oldest first.
    lines: BTreeMap<(ConnectionId, NodeId), VecDeque<(CoId, Leaving)>>,
    asleep: BTreeSet<NodeId>,
    /// How often a node's connections have changed.
    reconnects: BTreeMap<NodeId, u64>,
    /// How often a node was told or asked something about a CoValue.
    stirred: ByNode<u64>,
    turn: Turn,
    /// What was due in the last event that is over.
    due: Judged,
    /// What was sent in it.
    sent: Judged,
}

impl Talks {
    pub(super) fn new(waits: Vec<Waits>) -> Talks {
        Talks {
            waits,
            conversations: ByPlace::default(),
            deadlines: BTreeSet::new(),
            blocked: BTreeSet::new(),
            lines: BTreeMap::new(),
            asleep: BTreeSet::new(),
            reconnects: BTreeMap::new(),
            stirred: ByNode::default(),
            turn: Turn::default(),
            due: Judged::default(),
            sent: Judged::default(),
        }
    }

    /// Whether what was due in the event that is over was said in it, and nothing is overdue.
    pub fn due(&self) -> Judged {
        self.due
    }

    /// Whether what was said in the event that is over had to be said.
    pub fn sent(&self) -> Judged {
        self.sent
    }

    /// What should have been said again before `until`, and was not; `None` where nothing is.
    pub(super) fn late(&mut self, world: &dyn Surroundings, until: Option<Time>) -> Option<Flaw> {
        loop {
            let passed = self.deadlines.iter().take_while(|(at, _)| until.is_none_or(|until| *at < until));
            let &(at, place) = passed.into_iter().find(|(_, place)| !self.asleep.contains(&place.node))?;
            let conversation = self.conversations.get_mut(place.key())?;
            conversation.sees(size(&held(world, place.node, place.id)), Growth::Unseen);
            if conversation.clear {
                let (peer, what) = (conversation.peer, "has let a deadline pass");
                let since = Some(conversation.since(None));
                return Some(Flaw { node: place.node, peer, id: place.id, kind: "deadline", what, since });
            }
            conversation.listed = None;
            self.deadlines.remove(&(at, place));
        }
    }

    /// A disk has a write, or may have.
    pub(super) fn written(&mut self) {
        self.turn.is_written = true;
    }

    /// What happens is about a CoValue of which so much is held.
    pub(super) fn concerns(&mut self, id: CoId, held: KnownState) {
        self.turn.before = Some((id, held));
    }

    /// The run has ended in silence: what waits for its deadline waits for ever, and what was not said by now never is.
    pub(super) fn ended(&mut self, world: &dyn Surroundings, heard: &Heard, about: &About<'_>) {
        let flaw = self.late(world, None);
        self.due = Judged { times: 0, flaw: flaw.or_else(|| self.unparted(world, heard, about)) };
    }

    /// Who has asked a server or an equal for what its app is done with and nobody else wants through it, and has not said
    /// so. What others depend on they may want unasked.
    fn unparted(&self, world: &dyn Surroundings, heard: &Heard, about: &About<'_>) -> Option<Flaw> {
        let is_wanted = |place: &Place| {
            let mut others = heard.peers(place.node).filter(|(_, other)| *other != place.connection);
            (about.is_needed)(place.id)
                || others.any(|(_, other)| heard.of(other, place.node, place.id).is_some_and(Hearing::asked))
        };
        let talks = self.conversations.iter().filter(|(_, talk)| talk.owes_parting());
        let mut talks: Vec<(Place, &Conversation)> =
            talks.map(|((node, connection, id), talk)| (Place { connection, node, id }, talk)).collect();
        talks.sort_unstable_by_key(|(place, _)| *place);
        let (place, talk) = talks.into_iter().find(|(place, _)| {
            world.is_up(place.node)
                && !self.asleep.contains(&place.node)
                && (about.is_done)(place.node, place.id)
                && held(world, place.node, place.id).header
                && !is_wanted(place)
        })?;
        let what = "has not said that it is done";
        Some(Flaw { node: place.node, peer: talk.peer, id: place.id, kind: "done", what, since: None })
    }

    /// An end of a connection is told that it is over, or its process has ended.
    pub(super) fn closed(&mut self, node: NodeId, connection: ConnectionId) {
        for (id, conversation) in self.conversations.forget(node, connection) {
            if let Some(at) = conversation.listed {
                self.deadlines.remove(&(at, Place { connection, node, id }));
            }
        }
        self.blocked.remove(&(connection, node));
        self.lines.remove(&(connection, node));
        self.other_peers(node);
    }

    /// What a node says to one peer may depend on who the others are.
    pub(super) fn other_peers(&mut self, node: NodeId) {
        *self.reconnects.entry(node).or_default() += 1;
    }

    /// Something may change what a node has to say of a CoValue.
    fn stir(&mut self, node: NodeId, id: CoId) {
        *self.stirred.entry((node, id)).or_default() += 1;
    }

    /// Stays the same as long as nothing changes what a node has to say of a CoValue.
    fn stamp(&self, node: NodeId, id: CoId) -> (u64, u64) {
        let stirred = self.stirred.get((node, id)).copied().unwrap_or(0);
        (self.reconnects.get(&node).copied().unwrap_or(0), stirred)
    }

    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.asleep.remove(&node);
        self.turn = Turn::default();
    }

    pub(super) fn sleeps(&mut self, node: NodeId) {
        self.asleep.insert(node);
    }

    /// What has passed meanwhile passes now.
    pub(super) fn wakes(&mut self, now: Time, node: NodeId) {
        self.asleep.remove(&node);
        let passed = self.deadlines.iter().take_while(|(at, _)| *at < now);
        let passed: Vec<(Time, Place)> = passed.filter(|(_, place)| place.node == node).copied().collect();
        for (at, place) in passed {
            self.deadlines.remove(&(at, place));
            self.deadlines.insert((now, place));
            if let Some(conversation) = self.conversations.get_mut(place.key()) {
                (conversation.deadline, conversation.listed) = (Some(now), Some(now));
            }
        }
    }

    pub(super) fn blocks(&mut self, node: NodeId, connection: ConnectionId) {
        self.blocked.insert((connection, node));
    }

    pub(super) fn unblocks(&mut self, node: NodeId, connection: ConnectionId) {
        self.blocked.remove(&(connection, node));
        self.turn.writable = Some(connection);
    }

    /// The oldest of what waits before a line has left.
    pub(super) fn left(&mut self, connection: ConnectionId) {
        self.turn.left = Some(connection);
    }

    /// A deadline of a node passes.
    pub(super) fn times_out(&mut self) {
        self.turn.is_deadline = true;
    }

    /// A node's app asks for something.
    pub(super) fn commanded(&mut self, node: NodeId, command: &Command) {
        self.stir(node, command.id());
        self.turn.asked = Some(command.id());
        self.turn.is_done = matches!(command, Command::Done { .. });
    }

    /// A message arrives, which its receiver has not handled yet.
    pub(super) fn delivered(
        &mut self,
        held: KnownState,
        (place, peer, is_damaged): (Place, NodeId, bool),
        envelope: &Envelope<SimCrypto>,
    ) {
        self.stir(place.node, place.id);
        self.turn.hears((place, peer), envelope, held, is_damaged);
    }

    /// A node sends a message.
    pub(super) fn says(&mut self, mail: &Mail<'_>) {
        self.turn.said.push(Said::of(mail));
    }

    /// A node has done all that comes of an event.
    pub(super) fn settled(
        &mut self,
        world: &dyn Surroundings,
        heard: &Heard,
        about: &About<'_>,
        node: NodeId,
    ) {
        (self.due, self.sent) = (Judged::default(), Judged::default());
        let turn = std::mem::take(&mut self.turn);
        if (about.is_hostile)(node) {
            return;
        }
        turn::Taking { talks: self, world, heard, about, node, now: world.now() }.take(&turn);
        self.turn.recycle(turn);
        if self.due.flaw.is_none() {
            self.due.flaw = self.late(world, Some(world.now()));
        }
    }

    fn waits_of(&self, node: NodeId) -> Waits {
        self.waits[node.index()]
    }
}

/// What else there is to know.
pub(super) struct About<'a> {
    /// Whether a node is hostile.
    pub(super) is_hostile: &'a dyn Fn(NodeId) -> bool,
    /// Whether a node's app wants a CoValue no longer.
    pub(super) is_done: &'a dyn Fn(NodeId, CoId) -> bool,
    /// What a node's app wants.
    pub(super) wanted: &'a dyn Fn(NodeId) -> Vec<CoId>,
    /// Whether something may depend on a CoValue.
    pub(super) is_needed: &'a dyn Fn(CoId) -> bool,
}

/// What a node holds of a CoValue, with its header.
pub(super) fn held(world: &dyn Surroundings, node: NodeId, id: CoId) -> KnownState {
    let stored = world.holdings(node).stored(id).filter(|stored| stored.header().is_some());
    stored.map_or(KnownState::EMPTY, |stored| stored.known())
}

fn is_server(relationship: Relationship) -> bool {
    relationship == Relationship::SyncAllOurs
}
