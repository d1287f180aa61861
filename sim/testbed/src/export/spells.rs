//! The spells in which nodes are down, asleep or offline.

use crate::host::NodeId;
use crate::log::{Entry, Event};
use std::collections::BTreeMap;

/// What keeps a node from taking part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    Down,
    Asleep,
    Offline,
}

impl Condition {
    pub(super) const ALL: [Condition; 3] = [Condition::Down, Condition::Asleep, Condition::Offline];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Condition::Down => "down",
            Condition::Asleep => "asleep",
            Condition::Offline => "offline",
        }
    }
}

/// From one place of a log up to another, whatever counts the places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spell {
    pub(super) node: NodeId,
    pub(super) condition: Condition,
    pub(super) from: u64,
    /// `None` where the log ends before it does.
    pub(super) until: Option<u64>,
}

/// The spells of these entries, each with its place, in the order in which they begin.
pub(super) fn spells<'a>(entries: impl Iterator<Item = (u64, &'a Entry)>) -> Vec<Spell> {
    let mut spells: Vec<Spell> = Vec::new();
    let mut open: BTreeMap<(NodeId, Condition), usize> = BTreeMap::new();
    for (place, entry) in entries {
        match turn(&entry.what) {
            Some((node, condition, true)) => {
                open.entry((node, condition)).or_insert_with(|| {
                    spells.push(Spell { node, condition, from: place, until: None });
                    spells.len() - 1
                });
            }
            Some((node, condition, false)) => {
                if let Some(index) = open.remove(&(node, condition)) {
                    spells[index].until = Some(place);
                }
            }
            None => {}
        }
    }
    spells
}

/// Whether a spell of a node begins, or ends. A process that has ended does not sleep any more.
#[expect(clippy::wildcard_enum_match_arm, reason = "it is about a few events")]
fn turn(what: &Event) -> Option<(NodeId, Condition, bool)> {
    Some(match what {
        Event::Down { node } => (*node, Condition::Down, true),
        Event::Up { node } => (*node, Condition::Down, false),
        Event::Asleep { node } => (*node, Condition::Asleep, true),
        Event::Awake { node } => (*node, Condition::Asleep, false),
        Event::Offline { node } => (*node, Condition::Offline, true),
        Event::Online { node } => (*node, Condition::Offline, false),
        _ => return None,
    })
}
