//! Who holds what was written, and who did until when: who left has taken it along, and a disk that was wiped or replaced
//! by a backup has it no more.

use super::super::losses::Ended;
use super::evidence::{Evidence, TOLD_MAX, Written, brings};
use crate::cojson::{session_parts, written_by};
use crate::host::NodeId;
use crate::log::{Body, Event, OperationName, Outcome};
use crate::observer::Ending;
use crate::report::in_words;
use cosim_core::{CoId, Message, Names, Time};
use std::collections::BTreeSet;

/// The acts that write to the CoValue that they are about.
const WRITES: [&str; 15] = [
    "accept",
    "add_member",
    "branch",
    "delete",
    "delete_value",
    "edit",
    "extend",
    "insert",
    "invite",
    "push",
    "remove",
    "remove_member",
    "revoke_extend",
    "set",
    "splice",
];

impl Evidence<'_> {
    /// Where a transaction is, and who had it until when, a sentence each.
    pub(super) fn whereabouts(&self, written: &Written<'_>) -> Vec<String> {
        let (author, _) = session_parts(written.session);
        let wrote = self.began(written).filter(|_| author.index() < self.states.len());
        let holds = |node| self.holds(node, written);
        let came = |node| {
            let own = wrote.filter(|_| node == author);
            own.max(self.last_came(node, &|message| brings(message, written)))
        };
        self.told_of(written.id, holds, came, "held by", "nobody holds it any more")
    }

    /// What apps write to a CoValue of which nothing is left, not even a message: the operation, and what became of it.
    pub(super) fn vanished(&self, id: CoId, written: &[Written<'_>]) -> Vec<(&OperationName, String)> {
        self.gone((id, written), |operation| operation.id == Some(id) && WRITES.contains(&operation.act))
    }

    /// Merges of branches of it of which nothing is left, though they had something to merge.
    pub(super) fn vanished_merges(&self, id: CoId, written: &[Written<'_>]) -> Vec<String> {
        let skipped: BTreeSet<&String> = self
            .log
            .entries()
            .filter_map(|entry| if let Event::Skipped { name, .. } = &entry.what { Some(name) } else { None })
            .collect();
        let source = |id: CoId| self.scenario.directory.co_value(id)?.spec.branch_of;
        let gone = self.gone((id, written), |operation| {
            let is_merge = operation.act == "merge" && operation.id.and_then(source) == Some(id);
            is_merge && !skipped.contains(&operation.name)
        });
        gone.into_iter().map(|(_, told)| told).collect()
    }

    /// What became of each of these operations, if nothing is left that it wrote.
    fn gone(
        &self,
        (id, written): (CoId, &[Written<'_>]),
        is: impl Fn(&OperationName) -> bool,
    ) -> Vec<(&OperationName, String)> {
        let left: BTreeSet<u32> = written.iter().map(|one| written_by(one.transaction)).collect();
        let all = (0..).map_while(|number| Some((number, self.log.operation(number)?)));
        let of_it = all.filter(|(number, operation)| is(operation) && !left.contains(number));
        let told = of_it.filter_map(|(_, operation)| {
            let OperationName { name, text, nodes, .. } = operation;
            let (began, became) = (self.began_as(name)?, self.became(operation, *nodes.first()?, id)?);
            Some((operation, format!("not there: {text} at {} [{name}]: {became}", in_words(began))))
        });
        told.collect()
    }

    /// What became of an operation that left nothing in the CoValue to which it wrote.
    #[expect(clippy::wildcard_enum_match_arm, reason = "two of many events are about it")]
    pub(super) fn became(&self, operation: &OperationName, node: NodeId, id: CoId) -> Option<String> {
        let (began, author) = (self.began_as(&operation.name)?, self.node(node));
        let told = self.log.entries().find_map(|entry| match &entry.what {
            Event::Skipped { name, why } if *name == operation.name => {
                Some(format!("it had no effect: {why}"))
            }
            Event::WriteFailed { node: at, id: of, .. } if (*at, *of) == (node, id) && entry.at >= began => {
                Some(format!("{author}'s disk did not take it, at {}", in_words(entry.at)))
            }
            _ => None,
        });
        let ended =
            || Some(format!("{author} had it until {}", self.end_in_words(self.lost_by((node, id), began)?)));
        let is_hostile = self.scenario.nodes.get(node.index()).is_some_and(|node| node.hostile);
        let gone = || if is_hostile { "nobody was sent it" } else { "nobody holds it any more" }.to_owned();
        Some(told.or_else(ended).unwrap_or_else(gone))
    }

    /// Who has a CoValue in the end, and who had it until when, a sentence each.
    pub(super) fn who_has(&self, id: CoId) -> Vec<String> {
        let holds = |node: NodeId| {
            let held = self.states[node.index()].co_values.get(&id);
            held.is_some_and(|held| held.header.is_some())
        };
        let brings = |message: &Body| {
            matches!(message, Body::CoJson(Message::Content(content))
                if content.id == id && content.header.is_some())
        };
        let came = |node| self.last_came(node, &brings).max(self.created(node, id));
        let nobody = format!("in the end, nobody has {}", self.log.cast().co_value(id));
        self.told_of(id, holds, came, "in the end, it is held by", &nobody)
    }

    /// `came` says when something came to a node last.
    fn told_of(
        &self,
        id: CoId,
        holds: impl Fn(NodeId) -> bool,
        came: impl Fn(NodeId) -> Option<Time>,
        held_by: &str,
        nobody: &str,
    ) -> Vec<String> {
        let nodes = || (0..self.states.len() as u32).map(NodeId);
        let here = |node: &NodeId| holds(*node) && !self.gone.contains(node);
        let holders: Vec<String> = nodes().filter(here).map(|node| self.node(node)).collect();
        let mut said = vec![match holders.len().saturating_sub(TOLD_MAX) {
            _ if holders.is_empty() => nobody.to_owned(),
            0 => format!("{held_by} {}", holders.join(", ")),
            more => format!("{held_by} {} and {more} more", holders[..TOLD_MAX].join(", ")),
        }];
        let lost = nodes().filter(|node| !here(node)).filter_map(|node| {
            let ended = if holds(node) { self.last_of(node) } else { self.lost_by((node, id), came(node)?) };
            Some(format!("{} had it until {}", self.node(node), self.end_in_words(ended?)))
        });
        said.extend(lost.take(TOLD_MAX));
        said
    }

    /// When a message last came to a node and was heard of which that is true.
    fn last_came(&self, node: NodeId, is: &dyn Fn(&Body) -> bool) -> Option<Time> {
        let came = self.log.entries().rev().find(|entry| {
            matches!(&entry.what, Event::Delivered { mail, stale: false, damaged: false, .. }
                if mail.to == node && is(&mail.message))
        });
        came.map(|entry| entry.at)
    }

    /// When a node's app first did something with a CoValue that makes it its own, where it holds what nobody sent it.
    fn created(&self, node: NodeId, id: CoId) -> Option<Time> {
        let written = self.written(id);
        let own = written.iter().filter(|one| session_parts(one.session).0 == node);
        own.filter_map(|one| self.began(one)).max()
    }

    /// The end of a process that took from a node what came to it last at `came`: what it did not hold any longer when it
    /// started anew.
    fn lost_by(&self, (node, id): (NodeId, CoId), came: Time) -> Option<Ended> {
        let after = || self.ended.iter().filter(|ended| ended.node == node && ended.at >= came);
        let replaced = |ended: &&Ended| matches!(ended.how, Ending::Wipe | Ending::Restore(_));
        let took = after().find(|ended| self.takes(ended, id, came));
        took.or_else(|| after().find(replaced)).or_else(|| after().next()).copied()
    }

    /// Whether the end of a process took what came at `came`: its disk was wiped, replaced or damaged, or had not written
    /// it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a few of many events are about it")]
    fn takes(&self, ended: &Ended, id: CoId, came: Time) -> bool {
        let Ended { node, event, how, .. } = *ended;
        match how {
            Ending::Wipe | Ending::Restore(_) | Ending::Leave => true,
            Ending::Restart => self.is_damaged(ended),
            Ending::Crash => {
                let mut before = self.log.entries().take_while(|entry| entry.event < event);
                let is_written = before.any(|entry| {
                    matches!(&entry.what, Event::Disk { node: of, id: what, outcome: Outcome::Written, .. }
                        if (*of, *what) == (node, id) && entry.at >= came)
                });
                let cut = self.log.entries().any(|entry| match &entry.what {
                    Event::Cut { node: of, pending, kept, .. } => {
                        entry.event == event && *of == node && kept < pending
                    }
                    _ => false,
                });
                (!is_written && cut) || self.is_damaged(ended)
            }
        }
    }

    /// Whether something on its disk was damaged when it started again.
    fn is_damaged(&self, ended: &Ended) -> bool {
        let Ended { node, event, .. } = *ended;
        let next = self.ended.iter().find(|other| other.node == node && other.event > event);
        let entries = self.log.entries().skip_while(|entry| entry.event < event);
        let mut until = entries.take_while(|entry| next.is_none_or(|next| entry.event < next.event));
        until.any(|entry| {
            matches!(&entry.what, Event::Recovered { node: of, damaged, unfit, .. }
                if *of == node && *damaged + *unfit > 0)
        })
    }

    fn last_of(&self, node: NodeId) -> Option<Ended> {
        self.ended.iter().rfind(|ended| ended.node == node).copied()
    }

    /// `1h 40m, when its disk was replaced by a backup [restore-server]`.
    #[expect(clippy::wildcard_enum_match_arm, reason = "an operation is looked for")]
    pub(super) fn end_in_words(&self, ended: Ended) -> String {
        let how = match ended.how {
            Ending::Leave => "it left",
            Ending::Wipe => "its disk was wiped",
            Ending::Restore(_) => "its disk was replaced by a backup",
            Ending::Crash => "it crashed",
            Ending::Restart => "it was restarted",
        };
        let name = self.log.entries().find_map(|entry| match &entry.what {
            Event::Operation { name, nodes, .. }
                if entry.event == ended.event && nodes.first() == Some(&ended.node) =>
            {
                Some(format!(" [{name}]"))
            }
            _ => None,
        });
        let damaged = match ended.how {
            Ending::Crash | Ending::Restart if self.is_damaged(&ended) => {
                ", and some of its disk was damaged"
            }
            _ => "",
        };
        format!("{}, when {how}{}{damaged}", in_words(ended.at), name.unwrap_or_default())
    }
}
