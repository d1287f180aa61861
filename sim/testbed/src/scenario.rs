//! Scenario files: what a person writes, and the checked form of it that a run uses.
//!
//! A file is parsed into [`file::Scenario`], which says exactly what the file says, and resolved into [`Scenario`], in
//! which names are indices, defaults are filled in and every check has passed. A mistake is a [`Problem`] with a place;
//! all independent mistakes of a file are found together. [`Scenario::plan`] draws the generated operations and faults
//! of a seed.
//!
//! Nothing here plays anything: the world does, and knows nothing of files.

pub(crate) mod act;
mod asks;
mod describe;
mod deserialize;
mod doubts;
mod draw;
mod expect;
mod fault;
pub mod file;
mod format;
mod generated;
mod limits;
mod netem;
mod numbers;
mod parse;
mod place;
mod plan;
mod problems;
mod prune;
mod quiet;
mod recording;
mod resolve;
mod schema;
mod suggest;
mod swarm;
mod template;
mod todays;
mod topology;
mod tree;

pub use crate::cojson::{AttackKind, Crypto, Format, Kind};
pub use crate::host::{Direction, Unsynced};
pub use act::{Act, Call, Named, Numbered, Refs};
pub use asks::GuestVerb;
pub use expect::{ContentExpectation, Expect, LoadEnd, LoadExpectation, ViewExpectation, Wanted};
pub use fault::{
    FaultKind, Faults, Flapping, HappensTo, Needs, Row, Spells, Swarm, Touch, Words, table as fault_table,
};
pub use generated::{Mix, Workload};
pub use limits::*;
pub use netem::{Netem, NetemError, with_latencies};
pub use parse::{doubts, parse, parse_bytes};
pub use place::{Part, Place, Step};
pub use problems::{Problem, Problems};
pub use recording::{Misfit, Recorded};
pub use resolve::resolve;
pub use schema::schema;
pub use suggest::closest;

use crate::clock::Clock;
use crate::cojson::Directory;
use crate::guest::Guests;
use crate::network::{Network, Ppm, SpanRange};
use cosim_core::{Announce, Durability, Relationship, Span, Time, Uploads};
use std::sync::Arc;

/// A scenario that has passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What the file said.
    pub file: file::Scenario,
    /// The story, in a sentence or two.
    pub about: String,
    /// The seed of a run for which no other is asked.
    pub seed: u64,
    /// How nodes sign and hash.
    pub crypto: Crypto,
    /// The nodes, in byte order of their names: an index into this list is a node.
    pub nodes: Vec<NodeSpec>,
    /// The names of the CoValues, in byte order: an index into this list is a CoValue.
    pub co_values: Vec<String>,
    /// The names of copies of disks: an index into this list is a copy.
    pub backups: Vec<String>,
    /// What is known of nodes and CoValues before anything happens.
    pub directory: Arc<Directory>,
    /// The links, in order of their ends: an index into this list is a link.
    pub links: Vec<LinkSpec>,
    /// What the timeline says, and a recording that was added. Never empty.
    pub chapters: Vec<Chapter>,
    /// The operations to generate.
    pub workloads: Vec<Workload>,
    /// Who types a recorded session, where it has not been added yet.
    pub recording: Option<Recorded>,
    /// The faults to generate.
    pub faults: Option<Faults>,
    /// Whether partitions and disconnects of the timeline are healed when the liveness phase begins. Generated ones
    /// always are.
    pub heal: bool,
    /// How the run is judged.
    pub expect: Expect,
    /// What a seed has taken, where the faults are a swarm, in words.
    pub chosen: Vec<String>,
    /// What the names of its guests stand for: no part of what it says.
    pub guests: Guests,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSpec {
    /// Its name.
    pub name: String,
    /// To whom it announces what it holds.
    pub announce: Announce,
    /// Its first deadline.
    pub base: Span,
    /// Its longest deadline.
    pub cap: Span,
    /// Its disk: how long a write takes, how often one fails, and what a crash leaves of those under way.
    pub disk: Option<(SpanRange, Ppm, Unsynced)>,
    /// When what its app writes counts as written.
    pub durability: Durability,
    /// What its app is told of its writes at servers.
    pub uploads: Uploads,
    /// Its wall clock at the start.
    pub clock: Clock,
    /// The node for which its peers take it; itself, unless it claims another's name.
    pub known_as: u32,
    /// Whether it is there from the start; else it joins.
    pub present: bool,
    /// Whether its app may attack its peers.
    pub hostile: bool,
    /// The bugs planted in it.
    pub mutations: Vec<String>,
    /// The guest that plays it; `None` for one of ours.
    pub guest: Option<String>,
    /// By how much each look at the clock of its own work finds that gone on.
    pub work: SpanRange,
}

/// One link: two nodes that are peers of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSpec {
    /// The two nodes, the smaller index first.
    pub ends: [u32; 2],
    /// What the other end is to each end: `relationship[0]` is what `ends[1]` is to `ends[0]`.
    pub relationship: [Relationship; 2],
    /// The priority that each end gives the other: larger is served first.
    pub priority: [i32; 2],
    /// Whether a connection is opened at the start.
    pub connected: bool,
    /// What its nodes may count on.
    pub contract: file::Contract,
    /// The conditions at the start, the same in both directions.
    pub network: Network,
}

/// A stretch of the timeline with a clock of its own. The first begins when the run does; each other one when
/// everything before it has happened and the simulated world has fallen silent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chapter {
    /// What happens, in order of time; what comes first in this list comes first at equal times.
    pub operations: Vec<Operation>,
}

/// Something that happens to a node or a link at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name: unique in a scenario, and the same when other operations go.
    pub name: String,
    /// When it happens, counted from the start of its chapter.
    pub at: Time,
    /// What happens. Nodes, CoValues and copies are indices into the lists of the scenario.
    pub act: Act<Numbered>,
}

/// What happens in one run: the timeline with the generated operations and faults of a seed merged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Never empty. What is generated belongs to the first chapter.
    pub chapters: Vec<Chapter>,
}

impl Scenario {
    /// The same scenario, with what the names of its guests stand for.
    #[must_use]
    pub fn with_guests(self, guests: &Guests) -> Scenario {
        Scenario { guests: guests.clone(), ..self }
    }

    /// Whether a guest plays one of its nodes.
    pub fn has_guests(&self) -> bool {
        self.nodes.iter().any(|node| node.guest.is_some())
    }

    /// The same scenario with another way to hash and sign.
    #[must_use]
    pub fn with_crypto(mut self, crypto: Crypto) -> Scenario {
        if self.crypto != crypto {
            self.crypto = crypto;
            self.file.crypto = Some(crypto);
            self.directory = Arc::new(self.directory.with_provider(crypto));
        }
        self
    }
}

/// How the names of generated copies begin.
const GENERATED_BACKUP: &str = "f-restore-";

impl Scenario {
    /// What a copy of a disk is called. Generated ones count down from the largest number.
    pub fn backup_name(&self, backup: u32) -> String {
        let name = self.backups.get(backup as usize).cloned();
        name.unwrap_or_else(|| format!("{GENERATED_BACKUP}{}", u32::MAX - backup))
    }

    /// How many nodes may have to be asked, at most, until a load has come to an end.
    pub(crate) fn longest_way(&self) -> u64 {
        topology::longest_way(self.nodes.len(), &self.links)
    }

    /// How many links a message may have to pass, at most.
    pub(crate) fn hops(&self) -> u64 {
        topology::hops(self.nodes.len(), &self.links)
    }

    /// The index of the node called `name`.
    pub fn node(&self, name: &str) -> Option<u32> {
        position(self.nodes.binary_search_by(|node| node.name.as_str().cmp(name)))
    }

    /// The links that are opened at the start, with their numbers: both ends must be there.
    pub fn opened_at_first(&self) -> impl Iterator<Item = (u32, &LinkSpec)> + '_ {
        let present = |end: u32| self.nodes[end as usize].present;
        (0..).zip(&self.links).filter(move |(_, link)| link.connected && link.ends.into_iter().all(present))
    }

    /// The links of a node that are open from when both ends are there.
    pub fn links_at_first(&self, node: u32) -> Vec<u32> {
        let links = (0..).zip(&self.links).filter(|(_, link)| link.connected && link.ends.contains(&node));
        links.map(|(number, _)| number).collect()
    }

    /// The index of the CoValue called `name`.
    pub fn co_value(&self, name: &str) -> Option<u32> {
        position(self.co_values.binary_search_by(|id| id.as_str().cmp(name)))
    }

    /// The index of the link between two nodes, in either order.
    pub fn link(&self, a: u32, b: u32) -> Option<u32> {
        let ends = [a.min(b), a.max(b)];
        position(self.links.binary_search_by(|link| link.ends.cmp(&ends)))
    }
}

/// An index found in a list whose length a limit bounds.
fn position(found: Result<usize, usize>) -> Option<u32> {
    found.ok().and_then(|at| u32::try_from(at).ok())
}
