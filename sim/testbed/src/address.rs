//! Addresses: how a decision says which message it is about, by what the message means and not by when it was drawn.
//!
//! ```text
//! alice>server content notes edit-notes-alice          the first content that brings that edit
//! server>alice known notes edit-notes-alice #2         the second such acknowledgement
//! alice>server load notes @reconnect-1                 in the connection that this operation opened
//! alice hears-open server @reconnect-1                 when alice notices that connection
//! alice writes notes edit-notes-alice                  the first write with that edit that alice's disk is given
//! alice crashes @crash-alice                           what that crash leaves of the writes under way
//! ```
//!
//! A message is named by its sender and receiver, its kind, its CoValue, and what it carries: content, the newest
//! operation that it brings; load, known and correction, the newest that its sender holds by it; for the header alone,
//! the operation that created the CoValue. Then comes the attempt, where the same was said before in that connection,
//! and the operation that opened the connection, where that is not the one at the start. A write is named by its node, its
//! CoValue and the newest operation in it; a crash by its node and the operation that makes it crash.

use crate::cojson::SimCrypto;
use crate::cojson::{Cast, CoJson, written_by};
use crate::decision::{Crashing, Noticing, Sending, Turn};
use crate::host::{NodeId, SimMessage};
use crate::run::{OperationName, Stage, opening};
use cosim_core::{CoId, KnownState, Message, Names, NodeState, Record};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Gives every message and every notice of a run its address.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    cast: Cast,
    operations: Vec<OperationName>,
    /// The operation that first creates each CoValue.
    creates: BTreeMap<CoId, u32>,
    /// How often each address without its attempt was seen.
    attempts: BTreeMap<String, u32>,
}

impl Addresses {
    pub(crate) fn new(stage: &Stage<'_>) -> Addresses {
        let mut creates = BTreeMap::new();
        for (number, id) in stage.creates() {
            creates.entry(id).or_insert(number);
        }
        Addresses {
            cast: stage.cast().clone(),
            operations: stage.names().to_vec(),
            creates,
            attempts: BTreeMap::new(),
        }
    }

    /// The address of a message that is being sent. Each call is one message more.
    pub(crate) fn of_message<N: CoJson>(&mut self, sending: &Sending<'_, N>) -> String {
        let message = &sending.message.message;
        let (from, to) = (self.cast.node(sending.from), self.cast.node(sending.to));
        let mut address =
            format!("{from}>{to} {} {}", sending.message.kind(), self.cast.co_value(message.id()));
        if let Some(carried) =
            self.carried(sending.node.state(), message).and_then(|number| self.name(number))
        {
            address.push(' ');
            address.push_str(carried);
        }
        let (a, b) = if sending.from < sending.to { (&from, &to) } else { (&to, &from) };
        let opened_by = self.name(sending.opened_by).filter(|name| *name != opening(a, b));
        let connection = opened_by.map(|name| format!(" @{name}")).unwrap_or_default();
        self.with_attempt(address, &connection)
    }

    /// The address of an end that is about to notice that a connection has opened or closed. Each call is one more.
    pub(crate) fn of_notice(&mut self, noticing: &Noticing) -> String {
        let verb = match noticing.turn {
            Turn::Opened => "hears-open",
            Turn::Closed => "hears-close",
        };
        let (node, peer) = (self.cast.node(noticing.node), self.cast.node(noticing.peer));
        let address = format!("{node} {verb} {peer}");
        let operation = self.name(noticing.operation).map(|name| format!(" @{name}")).unwrap_or_default();
        // Only a scenario that calls an operation what a run calls its own can make this the second.
        self.with_attempt(address, &operation)
    }

    /// The address of a write that is being handed over. Each call is one write more.
    pub(crate) fn of_write(&mut self, node: NodeId, record: &Record<SimCrypto>) -> String {
        let newest = match record {
            Record::Header { .. } => None,
            Record::Log { transactions, .. } => transactions.iter().map(written_by).max(),
        };
        let newest = newest.or_else(|| self.creates.get(&record.id()).copied());
        let mut address = format!("{} writes {}", self.cast.node(node), self.cast.co_value(record.id()));
        if let Some(carried) = newest.and_then(|number| self.name(number)) {
            address.push(' ');
            address.push_str(carried);
        }
        self.with_attempt(address, "")
    }

    /// The address of what a crash leaves of the writes under way. Each call is one crash more.
    pub(crate) fn of_crash(&mut self, crashing: &Crashing<'_>) -> String {
        let operation = self.name(crashing.operation).map(|name| format!(" @{name}")).unwrap_or_default();
        self.with_attempt(format!("{} crashes", self.cast.node(crashing.node)), &operation)
    }

    fn with_attempt(&mut self, mut address: String, connection: &str) -> String {
        let attempt = self.attempts.entry(format!("{address}{connection}")).or_insert(0);
        *attempt += 1;
        if *attempt > 1 {
            // Writing to a string cannot fail.
            let _ = write!(address, " #{attempt}");
        }
        address.push_str(connection);
        address
    }

    fn name(&self, number: u32) -> Option<&str> {
        self.operations.get(number as usize).map(|operation| operation.name.as_str())
    }

    /// The newest operation that a message carries.
    fn carried(&self, sender: &NodeState<SimCrypto>, message: &Message<SimCrypto>) -> Option<u32> {
        match message {
            Message::Content(content) => {
                let transactions = content.new.values().flat_map(|piece| &piece.new_transactions);
                let newest = transactions.map(written_by).max();
                newest.or_else(|| self.creates.get(&content.id).copied())
            }
            Message::Load { id, known } => self.covered(sender, *id, known),
            Message::Known(known) => self.covered(sender, known.id, &known.known),
            Message::Done { .. } => None,
        }
    }

    /// The newest operation among those that a sender's known state covers, which are in its own logs.
    fn covered(&self, sender: &NodeState<SimCrypto>, id: CoId, known: &KnownState) -> Option<u32> {
        let logs = sender.co_values.get(&id).map(|co_value| &co_value.sessions);
        let last = |(session, count): (_, u32)| {
            let log = logs?.get(session)?;
            log.transactions.get((count as usize).checked_sub(1)?).map(written_by)
        };
        let newest = known.sessions().filter_map(last).max();
        newest.or_else(|| self.creates.get(&id).copied().filter(|_| known.header))
    }
}
