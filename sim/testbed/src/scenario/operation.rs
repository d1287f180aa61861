//! What can happen in a run: one operation, named after what users do or suffer.

use super::file::{KINDS, Network};
use crate::clock::ClockChange;
use crate::cojson::AttackKind;
use crate::host::{Connections, Direction, DiskFault, Filter, FilterAct, Point};
use cosim_core::{Span, Time};

/// Something that happens to a node or a link at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name: unique in a scenario, and the same when other operations go.
    pub name: String,
    /// When it happens, counted from the start of its chapter.
    pub at: Time,
    /// What happens.
    pub action: Action,
}

/// What happens. Nodes, CoValues and links are indices into the lists of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The app of a node creates a CoValue.
    Create {
        /// The node.
        node: u32,
        /// The CoValue.
        co_value: u32,
    },
    /// The app of a node writes one batch of transactions.
    Edit {
        /// The node.
        node: u32,
        /// The CoValue.
        co_value: u32,
        /// How many transactions, at least one.
        transactions: u32,
        /// The bytes in each.
        size: u32,
    },
    /// The app of a node writes what the scenario says.
    Change {
        /// The node.
        node: u32,
        /// The CoValue.
        co_value: u32,
        /// What: an index into the changes of the scenario's directory.
        change: u32,
    },
    /// The app of a node asks for a CoValue.
    Load {
        /// The node.
        node: u32,
        /// The CoValue.
        co_value: u32,
    },
    /// The app of a node no longer wants a CoValue.
    Done {
        /// The node.
        node: u32,
        /// The CoValue.
        co_value: u32,
    },
    /// A link opens a new connection.
    Connect {
        /// The link.
        link: u32,
    },
    /// The connection of a link ends, and messages on their way in it are lost.
    Disconnect {
        /// The link.
        link: u32,
    },
    /// A link loses every message, while both ends believe that it is connected.
    Partition {
        /// The link.
        link: u32,
        /// Which way.
        direction: Direction,
    },
    /// A partition ends.
    Heal {
        /// The link.
        link: u32,
        /// Which way.
        direction: Direction,
    },
    /// The connection of a link ends, and one end only notices.
    HalfOpen {
        /// The link.
        link: u32,
        /// The end that notices: 0 or 1.
        end: u8,
    },
    /// Messages are kept back or lost.
    Filter {
        /// The link.
        link: u32,
        /// Which way.
        direction: Direction,
        /// Which messages, and what becomes of them: an index into the filters of the scenario.
        filter: u32,
    },
    /// Messages that are drawn are kept back or lost.
    FilterDrawn {
        /// The link.
        link: u32,
        /// Which way.
        direction: Direction,
        /// Of which kind, by its place among all kinds in order of their names; `None` for all.
        kind: Option<u8>,
        /// About which CoValue; `None` for all.
        co_value: Option<u32>,
        /// Whether they are kept back; else they are lost.
        hold: bool,
    },
    /// What was kept back arrives.
    Release {
        /// The link.
        link: u32,
        /// Which way.
        direction: Direction,
    },
    /// A node stops, and starts again from its disk.
    Restart {
        /// The node.
        node: u32,
        /// How long it is down.
        down_for: Span,
    },
    /// A node stops, loses its disk, and starts again empty.
    Wipe {
        /// The node.
        node: u32,
        /// How long it is down.
        down_for: Span,
        /// Whether the last copy of anything is spared.
        spare: bool,
    },
    /// A node stops in the middle of its work, and starts again from what its disk has.
    Crash {
        /// The node.
        node: u32,
        /// Where in its work.
        point: Point,
        /// How long it is down.
        down_for: Span,
    },
    /// A copy of a node's disk is taken.
    BackUp {
        /// The node.
        node: u32,
        /// The copy.
        backup: u32,
    },
    /// A node stops, and starts again from a copy of its disk.
    Restore {
        /// The node.
        node: u32,
        /// The copy.
        backup: u32,
        /// How long it is down.
        down_for: Span,
        /// Whether the last copy of anything is spared.
        spare: bool,
    },
    /// Something goes wrong with a node's disk, or is mended.
    Disk {
        /// The node.
        node: u32,
        /// What.
        fault: DiskFault,
        /// Whether the last copy of anything is spared.
        spare: bool,
    },
    /// A node sleeps, and what happens to it waits until it wakes.
    Pause {
        /// The node.
        node: u32,
        /// How long it sleeps.
        span: Span,
        /// What becomes of its connections.
        connections: Connections,
    },
    /// A node has no connection for a while.
    Offline {
        /// The node.
        node: u32,
        /// How long it lasts.
        span: Span,
    },
    /// A node joins that was not there from the start.
    Join {
        /// The node.
        node: u32,
    },
    /// A node leaves for good.
    Leave {
        /// The node.
        node: u32,
        /// Whether the last copy of anything is spared.
        spare: bool,
    },
    /// The wall clock of a node is set, stopped or started.
    Clock {
        /// The node.
        node: u32,
        /// What happens to it.
        change: ClockChange,
    },
    /// A hostile node lies to a peer.
    Attack {
        /// The hostile node.
        node: u32,
        /// The peer.
        on: u32,
        /// How.
        how: AttackKind,
        /// About which CoValue.
        co_value: u32,
        /// How often, or how much.
        count: u32,
    },
    /// The conditions of the network change.
    Network {
        /// The link; `None` for all of them.
        link: Option<u32>,
        /// What changes.
        change: Network,
    },
}

/// The messages that [`Action::FilterDrawn`] is about, and what becomes of them.
pub(crate) fn drawn_filter(kind: Option<u8>, co_value: Option<u32>, hold: bool) -> Filter {
    let kind = kind.and_then(|kind| KINDS.get(usize::from(kind)));
    Filter {
        kinds: kind.into_iter().map(|kind| (*kind).to_owned()).collect(),
        subjects: co_value.into_iter().collect(),
        act: if hold { FilterAct::Hold } else { FilterAct::Drop { count: None } },
    }
}
