//! What happens in a trial, for people: a line an event.

use super::name;
use crate::host::{SimMessage, SimNode};
use crate::world::View;
use crate::world::observer::{Condition, Happening, Loss, Observer};
use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Log {
    nodes: Vec<String>,
    operations: Vec<String>,
    /// The messages that have come, by number: what comes again is a copy.
    came: BTreeSet<u64>,
    text: String,
}

impl Log {
    pub(super) fn new(nodes: Vec<String>) -> Log {
        Log { nodes, operations: Vec::new(), came: BTreeSet::new(), text: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// What the next operation is called.
    pub(super) fn name_operation(&mut self, name: &str) {
        self.operations.push(name.to_owned());
    }

    fn line(&mut self, at: impl fmt::Display, what: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:>12}  {what}", at.to_string());
    }
}

fn about(message: &impl SimMessage) -> String {
    format!("{} {}", message.kind(), message.subject())
}

impl<N: SimNode> Observer<N> for Log {
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        let now = view.now;
        let nodes = std::mem::take(&mut self.nodes);
        let called = |node| name(&nodes, node);
        let operation = |number: &u32| self.operations.get(*number as usize).cloned().unwrap_or_default();
        match happening {
            Happening::Operation { number, .. } => {
                let operation = operation(number);
                self.line(now, format_args!("* {operation}"));
            }
            Happening::Skipped { number, why } => {
                let operation = operation(number);
                self.line(now, format_args!("* {operation} has no effect: {why:?}"));
            }
            Happening::Down { node, .. } => self.line(now, format_args!("* {} is down", called(*node))),
            Happening::Up { node } => self.line(now, format_args!("* {} is up", called(*node))),
            Happening::Connected { node, peer, .. } => {
                self.line(now, format_args!("* {} connected to {}", called(*node), called(*peer)));
            }
            Happening::Disconnected { node, peer, .. } => {
                self.line(now, format_args!("* {} lost {}", called(*node), called(*peer)));
            }
            Happening::Closed { node, peer, .. } => {
                self.line(now, format_args!("* {} drops {}", called(*node), called(*peer)));
            }
            Happening::Became { node, condition } => {
                let condition = match condition {
                    Condition::Asleep => "asleep",
                    Condition::Awake => "awake",
                    Condition::Offline => "offline",
                    Condition::Online => "online",
                };
                self.line(now, format_args!("* {} is {condition}", called(*node)));
            }
            Happening::Timer { node } => self.line(now, format_args!("* {}'s deadline", called(*node))),
            Happening::Sent(sent) => {
                let Some(loss) = sent.loss else {
                    self.nodes = nodes;
                    return;
                };
                let why = match loss {
                    Loss::Partition => "partitioned",
                    Loss::Chance => "lost",
                    Loss::Overflow => "overflow",
                    Loss::Filter => "dropped",
                    Loss::Undecodable => "undecodable",
                };
                let (from, to) = (called(sent.from), called(sent.to));
                self.line(now, format_args!("{from} -x {to} | {}  ({why})", about(sent.message)));
            }
            Happening::Delivered { node, peer, message, mail, damaged, .. } => {
                let (from, to) = (called(*peer), called(*node));
                let again = if self.came.insert(*mail) { "" } else { "  (again)" };
                let damaged = if *damaged { "  (damaged)" } else { "" };
                self.line(now, format_args!("{from} -> {to} | {}{again}{damaged}", about(*message)));
            }
            Happening::Noticed { node, notice } => {
                self.line(now, format_args!("* {} tells its app: {notice:?}", called(*node)));
            }
            Happening::Written { node, error, .. } => {
                let how = if error.is_none() { "has written" } else { "fails to write" };
                self.line(now, format_args!("* {}'s disk {how}", called(*node)));
            }
            Happening::Spoilt { node } => {
                self.line(now, format_args!("* what is written on {}'s disk is spoilt", called(*node)));
            }
            Happening::Blocked { node, peer, .. } => {
                self.line(now, format_args!("* {}'s line to {} is full", called(*node), called(*peer)));
            }
            Happening::Writable { node, peer, .. } => {
                let (node, peer) = (called(*node), called(*peer));
                self.line(now, format_args!("* {node}'s line to {peer} takes messages again"));
            }
            Happening::Cut { node, survival, pending } => {
                let (node, kept) = (called(*node), survival.kept);
                let torn = if survival.torn > 0 { ", and a part of the next" } else { "" };
                let what =
                    format_args!("* of {pending} unfinished writes, {kept} are on {node}'s disk{torn}");
                self.line(now, what);
            }
            Happening::Writing { .. } | Happening::Left { .. } | Happening::Settled { .. } => {}
        }
        self.nodes = nodes;
    }
}
