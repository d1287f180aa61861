//! How a choice says which message it is about: by sender, receiver, kind and subject, and the how-manieth of those it
//! is, in connections that one operation opened.

use super::name;
use crate::decision::{Crashing, Noticing, Sending, Turn, Writing};
use crate::host::{SimMessage, SimNode};
use std::collections::BTreeMap;

/// Gives everything that is decided its address.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    nodes: Vec<String>,
    operations: Vec<String>,
    seen: BTreeMap<String, u32>,
}

impl Addresses {
    pub(super) fn new(nodes: Vec<String>, operations: Vec<String>) -> Addresses {
        Addresses { nodes, operations, seen: BTreeMap::new() }
    }

    pub(super) fn operations(&self) -> &[String] {
        &self.operations
    }

    pub(super) fn of_message<N: SimNode>(&mut self, sending: &Sending<'_, N>) -> String {
        let (from, to) = (name(&self.nodes, sending.from), name(&self.nodes, sending.to));
        let (kind, subject) = (sending.message.kind(), sending.message.subject());
        self.numbered(format!("{from}>{to} {kind} {subject} @{}", self.operation(sending.opened_by)))
    }

    pub(super) fn of_notice(&mut self, noticing: &Noticing) -> String {
        let verb = match noticing.turn {
            Turn::Opened => "hears-open",
            Turn::Closed => "hears-close",
        };
        let (node, peer) = (name(&self.nodes, noticing.node), name(&self.nodes, noticing.peer));
        self.numbered(format!("{node} {verb} {peer} @{}", self.operation(noticing.operation)))
    }

    pub(super) fn of_write<N: SimNode>(&mut self, writing: &Writing<'_, N>) -> String {
        self.numbered(format!("{} writes", name(&self.nodes, writing.node)))
    }

    pub(super) fn of_crash(&mut self, crashing: &Crashing<'_>) -> String {
        let node = name(&self.nodes, crashing.node);
        self.numbered(format!("{node} crashes @{}", self.operation(crashing.operation)))
    }

    fn operation(&self, number: u32) -> &str {
        self.operations.get(number as usize).map_or("?", String::as_str)
    }

    /// The first is called as it is, the others are numbered.
    fn numbered(&mut self, address: String) -> String {
        let count = self.seen.entry(address.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { address } else { format!("{address} #{count}") }
    }
}
