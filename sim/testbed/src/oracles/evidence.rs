//! What several oracles judge by, gathered once, and only where one of them needs it.

use super::Setup;
use super::by_node::ByNode;
use super::disks::Disks;
use super::heard::Heard;
use super::holdings::{Holdings, Stored};
use super::hostile::Hostile;
use super::ledger::Ledger;
use super::logs::{Grounds, Logs};
use super::talks::Talks;
use super::verdicts::Verdicts;
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use cosim_core::{CoId, KnownState, Record};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A part of the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// [`Ledger`], and with it the hook `took`.
    Ledger,
    /// [`Heard`], and with it the hooks `talked` and `confirms`.
    Heard,
    /// [`Disks`].
    Disks,
    /// [`Logs`], and with it the hook `shows`.
    Logs,
    /// What hostile authors have signed: a part of [`Hostile`].
    Signatures,
    /// How much nodes held when they were looked at last, and with it the hooks `holds`, `stores`, `shows` and
    /// `confirms`.
    Holdings,
    /// [`Verdicts`].
    Verdicts,
    /// [`Talks`], where there are [`Heard`](Need::Heard) and [`Ledger`](Need::Ledger) too.
    Talks,
}

/// Some parts of the evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs(u16);

impl Needs {
    /// Whether a part is among them.
    pub const fn has(self, need: Need) -> bool {
        self.0 & 1 << need as u8 != 0
    }

    /// These and others.
    #[must_use]
    pub const fn and(self, others: Needs) -> Needs {
        Needs(self.0 | others.0)
    }
}

impl FromIterator<Need> for Needs {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Needs {
        Needs(needs.into_iter().fold(0, |bits, need| bits | 1 << need as u8))
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What the apps did.
    pub ledger: Ledger,
    /// What each end of each connection was told.
    pub heard: Heard,
    /// What disks have acknowledged.
    pub disks: Disks,
    /// What nodes hold of what shows something, and who has which right in it.
    pub logs: Logs,
    /// Who is hostile, and what they signed.
    pub hostile: Hostile,
    /// How loads have ended.
    pub verdicts: Verdicts,
    /// What nodes have said to each other and wait for.
    pub talks: Talks,
    /// What each node was last seen to hold.
    held: ByNode<KnownState>,
    /// What each node's disk is writing, by its number.
    writing: BTreeMap<(NodeId, u64), Record<SimCrypto>>,
    /// Nodes whose last write to a CoValue was reported as failed.
    failed: BTreeSet<(NodeId, CoId)>,
}

impl Evidence {
    pub(super) fn new(setup: &Setup) -> Evidence {
        Evidence {
            ledger: Ledger::default(),
            heard: Heard::default(),
            disks: Disks::default(),
            logs: Logs::new(Arc::clone(&setup.directory)),
            hostile: Hostile::new(setup.hostile.clone()),
            verdicts: Verdicts::default(),
            talks: Talks::new(setup.waits.clone()),
            held: ByNode::default(),
            writing: BTreeMap::new(),
            failed: BTreeSet::new(),
        }
    }

    /// Takes note of how much a node holds of a CoValue; gives how much that was when it was looked at last, and is.
    pub(super) fn holds(
        &mut self,
        holding: (NodeId, CoId),
        stored: Option<&dyn Stored>,
    ) -> (KnownState, KnownState) {
        let is = stored.map_or(KnownState::EMPTY, |stored| stored.known());
        let was = std::mem::replace(self.held.entry(holding).or_default(), is.clone());
        (was, is)
    }

    /// What a node's view of a CoValue rests on; `None` where it holds nothing that could show.
    pub(super) fn follow(&mut self, holdings: &dyn Holdings, node: NodeId, id: CoId) -> Option<Grounds> {
        self.logs.follow(holdings, (node, id), &self.hostile)
    }

    /// The CoValues of a node that were looked at, from `from` to `to`.
    pub(super) fn seen(&self, node: NodeId, from: CoId, to: CoId) -> impl Iterator<Item = CoId> + '_ {
        self.held.range(node, from, to).map(|(id, _)| id)
    }

    /// What a node held says nothing of what it will hold.
    pub(super) fn forget(&mut self, node: NodeId) {
        self.held.forget(node);
    }

    /// A node hands a record over to its disk.
    pub(super) fn writing(&mut self, node: NodeId, ticket: u64, record: &Record<SimCrypto>) {
        self.writing.insert((node, ticket), record.clone());
    }

    /// A write has ended; gives its record where it is acknowledged.
    pub(super) fn written(&mut self, node: NodeId, ticket: u64, failed: bool) -> Option<Record<SimCrypto>> {
        let record = self.writing.remove(&(node, ticket))?;
        if failed {
            self.failed.insert((node, record.id()));
            return None;
        }
        self.failed.remove(&(node, record.id()));
        Some(record)
    }

    /// Whether the last write of a node to a CoValue was reported as failed.
    pub fn failed_last(&self, node: NodeId, id: CoId) -> bool {
        self.failed.contains(&(node, id))
    }

    /// A process ends: what is under way then may be lost.
    pub(super) fn cut(&mut self, node: NodeId) {
        self.writing.retain(|(of, _), _| *of != node);
    }
}
