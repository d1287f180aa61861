//! Addresses: how a decision says which message it is about, by what the message means and not by when it was drawn.
//!
//! ```text
//! alice>server content notes edit-notes-alice          the first content that brings that edit
//! server>alice known notes edit-notes-alice #2         the second such acknowledgement
//! alice>server load notes @reconnect-1                 in the connection that this operation opened
//! alice hears-open server @reconnect-1                 when alice notices that connection
//! alice writes notes edit-notes-alice                  the first write with that edit that alice's disk is given
//! alice commits 7                                      her seventh write, where nobody sees what is in it
//! alice crashes @crash-alice                           what that crash leaves of the writes under way
//! alice works content notes edit-bob                   how long alice's work takes when that message comes
//! alice works deadline #2                              the same, when her second deadline has passed
//! ```
//!
//! A message is named by its sender and receiver, its kind, its subject, and what its sender says that it
//! [carries](SimNode::carries). Then comes the attempt, where the same was said before in that connection, and the
//! operation that opened the connection, where that is not the one at the start. A write is named by its node, its subject
//! and the newest operation in it, or by its number where only its node knows what is in it; a crash by its node and the
//! operation that makes it crash; work by its node and what that handles.

use crate::decision::{Crashing, Doing, Noticing, Sending, Turn, Working, Writing};
use crate::host::{Carried, NodeId, Recorded, SimMessage, SimNode};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How a run calls what addresses are made of.
pub trait Names {
    /// A node.
    fn node(&self, node: NodeId) -> Cow<'_, str>;

    /// What messages and writes are about.
    fn subject(&self, subject: u32) -> Cow<'_, str>;

    /// An operation, by its number; `None` where it has no name.
    fn operation(&self, number: u32) -> Option<&str>;

    /// The operation that first makes a subject, by its number.
    fn maker(&self, subject: u32) -> Option<u32>;

    /// The operation that opened a connection between two nodes, the lower first; `None` for the one at the start.
    fn opened_by(&self, number: u32, ends: [NodeId; 2]) -> Option<&str>;
}

/// Gives every message, notice, write and crash of a run its address. Each is asked for once, in order.
#[derive(Clone, Debug)]
pub struct Addresses<M> {
    names: M,
    /// How often each address without its attempt was seen.
    attempts: BTreeMap<String, u32>,
}

impl<M: Names> Addresses<M> {
    /// The addresses of a run with these names.
    pub const fn new(names: M) -> Addresses<M> {
        Addresses { names, attempts: BTreeMap::new() }
    }

    /// The names.
    pub const fn names(&self) -> &M {
        &self.names
    }

    /// The address of a message that is being sent. Each call is one message more.
    pub fn of_message<N: SimNode>(&mut self, sending: &Sending<'_, N>) -> String {
        let Sending { from, to, message, .. } = *sending;
        let (sender, receiver) = (self.names.node(from), self.names.node(to));
        let subject = message.subject();
        let address = format!("{sender}>{receiver} {} {}", message.kind(), self.names.subject(subject));
        let address = self.carrying(address, subject, sending.node.carries(message));
        let ends = [from.min(to), from.max(to)];
        let operation = words_of(self.names.opened_by(sending.opened_by, ends));
        self.with_attempt(address, &operation)
    }

    /// The address of an end that is about to notice that a connection has opened or closed. Each call is one more.
    pub fn of_notice(&mut self, noticing: &Noticing) -> String {
        let verb = match noticing.turn {
            Turn::Opened => "hears-open",
            Turn::Closed => "hears-close",
        };
        let (node, peer) = (self.names.node(noticing.node), self.names.node(noticing.peer));
        let address = format!("{node} {verb} {peer}");
        let operation = words_of(self.names.operation(noticing.operation));
        // Only a scenario that calls an operation what a run calls its own can make this the second.
        self.with_attempt(address, &operation)
    }

    /// The address of a write that is being handed over. Each call is one write more.
    pub fn of_write<N: SimNode>(&mut self, writing: &Writing<'_, N>) -> String {
        let node = self.names.node(writing.node);
        let address = match N::recorded(writing.record) {
            Recorded::Subject(subject, carried) => {
                let address = format!("{node} writes {}", self.names.subject(subject));
                self.carrying(address, subject, carried)
            }
            Recorded::Commit(number) => format!("{node} commits {number}"),
        };
        self.with_attempt(address, "")
    }

    /// The address of what a crash leaves of the writes under way. Each call is one crash more.
    pub fn of_crash(&mut self, crashing: &Crashing<'_>) -> String {
        let operation = words_of(self.names.operation(crashing.operation));
        self.with_attempt(format!("{} crashes", self.names.node(crashing.node)), &operation)
    }

    /// The address of what a node is about to handle. Each call is one input more.
    pub fn of_work<N: SimNode>(&mut self, working: &Working<'_, N>) -> String {
        let node = self.names.node(working.node);
        let address = match working.doing {
            Doing::Message(message) => {
                let subject = message.subject();
                let address = format!("{node} works {} {}", message.kind(), self.names.subject(subject));
                self.carrying(address, subject, working.host.carries(message))
            }
            Doing::Deadline => format!("{node} works deadline"),
            Doing::Command => format!("{node} works command"),
            Doing::Other => format!("{node} works other"),
        };
        self.with_attempt(address, "")
    }

    /// The address with the newest operation that is carried.
    fn carrying(&self, mut address: String, subject: u32, carried: Carried) -> String {
        let number = match carried {
            Carried::Nothing => None,
            Carried::Subject => self.names.maker(subject),
            Carried::Operation(number) => Some(number),
        };
        if let Some(name) = number.and_then(|number| self.names.operation(number)) {
            address.push(' ');
            address.push_str(name);
        }
        address
    }

    fn with_attempt(&mut self, mut address: String, operation: &str) -> String {
        let attempt = self.attempts.entry(format!("{address}{operation}")).or_insert(0);
        *attempt += 1;
        if *attempt > 1 {
            // Writing to a string cannot fail.
            let _ = write!(address, " #{attempt}");
        }
        address.push_str(operation);
        address
    }
}

fn words_of(operation: Option<&str>) -> String {
    operation.map(|name| format!(" @{name}")).unwrap_or_default()
}
