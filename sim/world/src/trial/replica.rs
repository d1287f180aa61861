//! Oracles for replicas: nodes that each hold a copy of one list. They know nothing else of a protocol.
//!
//! Each write adds an item, which has a number of its own, or removes one. Beside these oracles stands the silence that
//! every [`Trial`](super::Trial) asks for: a run that does not come to rest is [`RESTLESS`](super::RESTLESS).
//!
//! ```
//! use cosim_world::host::{Input, NodeId, Operation, Output, SimMessage, SimNode};
//! use cosim_world::network::{Network, Ppm, SpanRange};
//! use cosim_world::trial::replica::{Oracle, Replica, Replicas, Write};
//! use cosim_world::trial::{Story, Trial};
//! use cosim_world::world::LinkSpec;
//! use cosim_world::{ConnectionId, Span, Time};
//! use std::collections::BTreeSet;
//! use std::convert::Infallible;
//!
//! /// A list that only grows: what is new to a node is passed on to everybody but the one it came from.
//! #[derive(Debug, Default)]
//! struct Flood { items: BTreeSet<u32>, peers: Vec<ConnectionId>, outputs: Vec<Output<Flood>> }
//!
//! #[derive(Clone, Debug)]
//! struct Item(u32);
//!
//! impl SimMessage for Item {
//!     fn kind(&self) -> &'static str { "item" }
//!     fn subject(&self) -> u32 { self.0 }
//!     fn size(&self) -> u32 { 4 }
//!     fn digest(&self) -> u64 { self.0.into() }
//! }
//!
//! impl Flood {
//!     fn take(&mut self, item: u32, from: Option<ConnectionId>) {
//!         if self.items.insert(item) {
//!             let others = self.peers.iter().filter(|peer| Some(**peer) != from);
//!             let send = |peer: &ConnectionId| Output::Send { connection: *peer, message: Item(item) };
//!             self.outputs.extend(others.map(send));
//!         }
//!     }
//! }
//!
//! impl SimNode for Flood {
//!     type Message = Item;
//!     type Command = u32;
//!     type Refusal = Infallible;
//!     /// An item was added.
//!     type Notice = u32;
//!     type End = ();
//!     type Record = ();
//!
//!     fn handle(&mut self, _now: Time, input: Input<'_, Self>) -> Result<(), Infallible> {
//!         match input {
//!             Input::Connected { connection, .. } => self.peers.push(connection),
//!             Input::Received { connection, message, .. } => self.take(message.0, Some(connection)),
//!             Input::Command { command, .. } => {
//!                 self.take(*command, None);
//!                 self.outputs.push(Output::Notice(*command));
//!             }
//!             _ => {}
//!         }
//!         Ok(())
//!     }
//!     fn poll_output(&mut self) -> Option<Output<Self>> { self.outputs.pop() }
//!     fn next_deadline(&self) -> Option<Time> { None }
//!     fn digest(&self) -> u64 { self.items.iter().map(|item| u64::from(*item)).sum() }
//! }
//!
//! impl Replica for Flood {
//!     fn shown(&self) -> Vec<u32> { self.items.iter().copied().collect() }
//!     fn acknowledged(notice: &u32) -> Option<Write> { Some(Write::Added(*notice)) }
//!     fn brings(message: &Item) -> Vec<u64> { vec![message.0.into()] }
//!     fn confirms(_: &Item) -> Vec<u64> { Vec::new() }
//! }
//!
//! let story = |_seed| {
//!     let latency = SpanRange::constant(Span::from_ms(20)).expect("short enough");
//!     let loss = Ppm::percent(10).expect("a percentage");
//!     let names = ["alice", "bob"].map(str::to_owned);
//!     let mut story = Story::new(names.clone().map(|name| (name, Flood::default())));
//!     story.links.push(LinkSpec {
//!         ends: [NodeId(0), NodeId(1)], names, end: [(), ()], network: Network { latency, loss, ..Network::default() },
//!     });
//!     story.plan("open", Time::ZERO, Operation::Connect { link: 0 });
//!     for item in 1..=6 {
//!         let at = Time::ZERO + Span::from_ms(100 * u64::from(item));
//!         story.plan(format!("add-{item}"), at, Operation::Command { node: NodeId(item % 2), command: item });
//!     }
//!     story
//! };
//! let echo = Trial::new(story, || Replicas::new(&[Oracle::NoEcho]));
//! assert_eq!(echo.sweep(0..100), None, "nothing goes back to where it came from");
//! let agreement = Trial::new(story, || Replicas::new(&[Oracle::Convergence]));
//! let found = agreement.sweep(0..100).expect("a lost item is not sent again");
//! let small = agreement.shrink(&agreement.freeze(found.seed));
//! assert_eq!((small.operations().count(), small.choices().count()), (2, 1), "one item and its loss: {small}");
//! ```

use super::Judge;
use crate::host::{NodeId, SimNode};
use crate::world::View;
use crate::world::observer::{Ending, Happening, Observer};
use cosim_base::ConnectionId;
use std::collections::{BTreeMap, BTreeSet};

/// A node that holds a copy of the list.
pub trait Replica: SimNode {
    /// The items that its app sees, in order.
    fn shown(&self) -> Vec<u32>;

    /// The write that it reports as done to its app, where a notice says that.
    fn acknowledged(notice: &Self::Notice) -> Option<Write>;

    /// The changes that a message brings, each by a hash that no other change has.
    fn brings(message: &Self::Message) -> Vec<u64>;

    /// The changes of which a message says that its sender has them already.
    fn confirms(message: &Self::Message) -> Vec<u64>;
}

/// A write of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// It added this item, which nobody has added before.
    Added(u32),
    /// It removed this item, which it saw.
    Removed(u32),
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oracle {
    /// Where all is at rest, everybody runs and all links are open, everybody shows the same.
    Convergence,
    /// What an app was told to be written is shown everywhere in the end, and until then by its author. Removed items are
    /// nowhere. A node that starts from a backup may have lost what nobody else had heard of.
    NoLostWrite,
    /// Nobody ever shows an item twice.
    NoDuplicate,
    /// In a connection, no change goes to a peer that has sent it or has confirmed it there.
    NoEcho,
}

impl Oracle {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Oracle::Convergence => "convergence",
            Oracle::NoLostWrite => "no lost write",
            Oracle::NoDuplicate => "no duplicate",
            Oracle::NoEcho => "no echo",
        }
    }

    /// What is said when it does not hold.
    pub const fn violation(self) -> &'static str {
        match self {
            Oracle::Convergence => "convergence: at rest, nodes show different lists",
            Oracle::NoLostWrite => "no lost write: what was written is not shown, or what was removed is",
            Oracle::NoDuplicate => "no duplicate: an item is shown twice",
            Oracle::NoEcho => "no echo: a change goes back to a peer that is known to have it",
        }
    }
}

/// Judges replicas by some of the oracles.
#[derive(Clone, Debug)]
pub struct Replicas {
    oracles: &'static [Oracle],
    violated: Option<Oracle>,
    copies: BTreeMap<NodeId, Held>,
    /// The items about which a write was lost with the only node that had heard of it: nothing is asked of them.
    excused: BTreeSet<u32>,
    /// What a node knows its peer to have.
    known: BTreeMap<(NodeId, ConnectionId), BTreeSet<u64>>,
}

/// What is known of one node's copy.
#[derive(Clone, Debug, Default)]
struct Held {
    /// The writes that were acknowledged here.
    wrote: Vec<Write>,
    /// Which items it must show until somebody removes them.
    owes: BTreeSet<u32>,
    /// Which it shows.
    shown: BTreeSet<u32>,
    /// Which it has ever shown.
    seen: BTreeSet<u32>,
    /// Whether it is about to start from less than it had.
    set_back: bool,
}

impl Held {
    /// Whether a write has come here.
    fn has(&self, write: Write) -> bool {
        match write {
            Write::Added(item) => self.seen.contains(&item),
            Write::Removed(item) => self.seen.contains(&item) && !self.shown.contains(&item),
        }
    }
}

impl Replicas {
    /// A judge who asks these oracles.
    pub fn new(oracles: &'static [Oracle]) -> Replicas {
        let (copies, excused, known) = Default::default();
        Replicas { oracles, violated: None, copies, excused, known }
    }

    fn require(&mut self, oracle: Oracle, holds: bool) {
        if !holds && self.violated.is_none() && self.oracles.contains(&oracle) {
            self.violated = Some(oracle);
        }
    }

    fn acknowledge(&mut self, node: NodeId, write: Write) {
        let copy = self.copies.entry(node).or_default();
        copy.wrote.push(write);
        match write {
            Write::Added(item) => copy.owes.extend([item]),
            Write::Removed(item) => self.nobody_owes(item),
        }
    }

    fn nobody_owes(&mut self, item: u32) {
        for copy in self.copies.values_mut() {
            copy.owes.remove(&item);
        }
    }

    /// A node shows this after an event.
    fn shows(&mut self, node: NodeId, list: &[u32]) {
        let shown: BTreeSet<u32> = list.iter().copied().collect();
        self.require(Oracle::NoDuplicate, shown.len() == list.len());
        let copy = self.copies.entry(node).or_default();
        copy.seen.extend(&shown);
        copy.shown = shown;
        if std::mem::take(&mut copy.set_back) {
            copy.seen.clone_from(&copy.shown);
            copy.owes.retain(|item| copy.shown.contains(item));
            for write in copy.wrote.clone() {
                if !self.copies.values().any(|copy| copy.has(write)) {
                    let (Write::Added(item) | Write::Removed(item)) = write;
                    self.excused.insert(item);
                    self.nobody_owes(item);
                }
            }
        } else {
            let holds = copy.owes.is_subset(&copy.shown);
            self.require(Oracle::NoLostWrite, holds);
        }
    }

    fn listen<N: Replica>(&mut self, happening: &Happening<'_, N>) {
        if let Happening::Delivered { node, connection, message, damaged: false, .. } = happening {
            let known = self.known.entry((*node, *connection)).or_default();
            known.extend(N::brings(message));
            known.extend(N::confirms(message));
        }
        if let Happening::Sent(sent) = happening {
            let known = self.known.entry((sent.from, sent.connection)).or_default();
            let echoes = N::brings(sent.message).iter().any(|change| known.contains(change));
            self.require(Oracle::NoEcho, !echoes);
        }
    }

    /// Whether what was written is what this list has.
    fn is_as_written(&self, shown: &[u32]) -> bool {
        let writes = || self.copies.values().flat_map(|copy| &copy.wrote);
        let removed: BTreeSet<u32> = writes().filter_map(Write::removed).collect();
        let added: BTreeSet<u32> = writes().filter_map(Write::added).collect();
        let asked = |item: &u32| !self.excused.contains(item);
        removed.iter().filter(|item| asked(item)).all(|item| !shown.contains(item))
            && added.difference(&removed).filter(|item| asked(item)).all(|item| shown.contains(item))
    }
}

impl Write {
    fn added(&self) -> Option<u32> {
        if let Write::Added(item) = self { Some(*item) } else { None }
    }

    fn removed(&self) -> Option<u32> {
        if let Write::Removed(item) = self { Some(*item) } else { None }
    }
}

impl<N: Replica> Observer<N> for Replicas {
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        if let Happening::Noticed { node, notice } = happening
            && let Some(write) = N::acknowledged(notice)
        {
            self.acknowledge(*node, write);
        }
        if let Happening::Down { node, ending: Ending::Wipe | Ending::Restore(_) } = happening {
            self.copies.entry(*node).or_default().set_back = true;
        }
        if let Happening::Settled { node, .. } = happening {
            self.shows(*node, &view.hosts[node.index()].node.shown());
        }
        if self.oracles.contains(&Oracle::NoEcho) {
            self.listen(happening);
        }
    }
}

impl<N: Replica> Judge<N> for Replicas {
    fn verdict(&self) -> Option<&str> {
        self.violated.map(Oracle::violation)
    }

    fn at_rest(&mut self, view: &View<'_, N>) {
        let together = view.hosts.iter().all(|host| host.up)
            && view.links().all(|link| link.open.is_some() && link.passes);
        if !together {
            return;
        }
        let lists: Vec<Vec<u32>> = view.hosts.iter().map(|host| host.node.shown()).collect();
        self.require(Oracle::Convergence, lists.windows(2).all(|pair| pair[0] == pair[1]));
        let as_written = lists.iter().all(|list| self.is_as_written(list));
        self.require(Oracle::NoLostWrite, as_written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: NodeId = NodeId(0);
    const BOB: NodeId = NodeId(1);

    fn judge() -> Replicas {
        Replicas::new(&[Oracle::NoLostWrite])
    }

    fn set_back(judge: &mut Replicas, node: NodeId, items: &[u32]) {
        judge.copies.entry(node).or_default().set_back = true;
        judge.shows(node, items);
    }

    #[test]
    fn an_author_shows_what_it_wrote_until_somebody_removes_it() {
        let mut judge = judge();
        judge.acknowledge(ALICE, Write::Added(1));
        judge.shows(ALICE, &[1]);
        judge.shows(BOB, &[1]);
        judge.acknowledge(BOB, Write::Removed(1));
        judge.shows(ALICE, &[]);
        assert_eq!(judge.violated, None);
        judge.acknowledge(ALICE, Write::Added(2));
        judge.shows(ALICE, &[]);
        assert_eq!(judge.violated, Some(Oracle::NoLostWrite));
    }

    #[test]
    fn an_item_is_shown_once() {
        let mut judge = Replicas::new(&[Oracle::NoDuplicate]);
        judge.shows(ALICE, &[2, 1]);
        assert_eq!(judge.violated, None);
        judge.shows(ALICE, &[2, 1, 2]);
        assert_eq!(judge.violated, Some(Oracle::NoDuplicate));
    }

    #[test]
    fn in_the_end_what_was_added_is_there_and_what_was_removed_is_not() {
        let mut judge = judge();
        for write in [Write::Added(1), Write::Added(2), Write::Removed(2)] {
            judge.acknowledge(ALICE, write);
        }
        assert!(judge.is_as_written(&[1]));
        assert!(judge.is_as_written(&[1, 3]), "of what nobody was told to be written nothing is asked");
        assert!(!judge.is_as_written(&[]));
        assert!(!judge.is_as_written(&[1, 2]));
    }

    #[test]
    fn a_node_that_is_set_back_may_lose_what_nobody_else_had_heard_of() {
        let mut judge = judge();
        judge.acknowledge(ALICE, Write::Added(1));
        judge.acknowledge(ALICE, Write::Added(2));
        judge.shows(ALICE, &[1, 2]);
        judge.shows(BOB, &[1]);
        set_back(&mut judge, ALICE, &[]);
        assert_eq!(judge.violated, None, "it has lost both for the moment");
        assert!(judge.is_as_written(&[1]), "nobody else had heard of 2");
        assert!(!judge.is_as_written(&[]), "bob had heard of 1");
    }

    #[test]
    fn a_removal_may_be_lost_like_that_too() {
        let mut judge = judge();
        judge.acknowledge(ALICE, Write::Added(1));
        judge.shows(ALICE, &[1]);
        judge.shows(BOB, &[1]);
        judge.acknowledge(ALICE, Write::Removed(1));
        judge.shows(ALICE, &[]);
        set_back(&mut judge, ALICE, &[1]);
        assert!(judge.is_as_written(&[1]));
        assert!(judge.is_as_written(&[]), "it may still come through");
    }
}
