//! Guests: programs that people really ship, played as nodes of a scenario. A scenario only names a guest; what the name
//! stands for, who plays it says ([`Guests`]), so that no file runs a command.
//!
//! A guest node is a [`Member`] of the world like any other. Beside it stands a mirror of what it holds, made of what it
//! says and of what its app has written, so that the oracles that judge by logs judge it too. Where the guests of a run
//! speak another protocol than CoJSON, messages and operations are opaque, and the oracles that need no CoJSON judge
//! what the nodes show.

mod ask;
pub mod check;
mod disk;
mod member;
mod node;
mod pieces;
mod registry;
mod shared;

pub use cosim_guest::Failure;
pub use member::{Member, Ours};
pub use node::GuestNode;

use crate::cojson::{CoNode, Directory};
use crate::host::NodeId;
use crate::oracles::{Needed, ORACLES, named};
use crate::scenario::Scenario;
use cosim_core::Config;
use cosim_core::view::Dialect;
use cosim_guest::protocol::Can;
use cosim_guest::{Launch, Pool, Process, Trouble};
use shared::{Guest, Shared};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What the guests of a run are called by, and what each name stands for. Processes are kept from one run to the next.
#[derive(Clone, Debug, Default)]
pub struct Guests(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    parts: BTreeMap<String, Part>,
    pool: Pool,
}

/// What the name of a guest stands for.
#[derive(Clone, Debug)]
pub struct Part {
    /// How it is started.
    pub launch: Launch,
    /// A hash of the lock file that it was fetched after, where it was.
    pub lock: Option<String>,
}

impl Guests {
    /// These, by name.
    pub fn new(parts: BTreeMap<String, Part>) -> Guests {
        Guests(Arc::new(Known { parts, pool: Pool::default() }))
    }

    /// Whether it is known what a name stands for.
    pub fn knows(&self, name: &str) -> bool {
        self.0.parts.contains_key(name)
    }

    fn take(&self, name: &str) -> Result<Process, Failure> {
        let part = self.0.parts.get(name).ok_or_else(|| {
            Failure::new(Trouble::NotStarted(format!("nobody says what the guest `{name}` is")))
        })?;
        self.0.pool.take(&part.launch)
    }
}

/// How a guest is started is no part of what a scenario says.
impl PartialEq for Guests {
    fn eq(&self, _: &Guests) -> bool {
        true
    }
}

impl Eq for Guests {}

/// The guests of one run.
#[derive(Debug)]
pub(crate) struct Troupe {
    shared: Arc<Mutex<Shared>>,
    /// Which guest plays each node, where one does.
    parts: Vec<Option<Guest>>,
    /// What each guest calls itself.
    introduced: Vec<(String, String)>,
    speaks_other: bool,
    /// The nodes that guests play who follow today's rules.
    todays: Arc<BTreeSet<NodeId>>,
}

impl Troupe {
    /// The guests that a scenario names, ready to play. `operations` is what its operations are called, by number.
    pub(crate) fn new(scenario: &Scenario, seed: u64, operations: Vec<String>) -> Troupe {
        let named: BTreeSet<&String> = scenario.nodes.iter().filter_map(|node| node.guest.as_ref()).collect();
        let names: Vec<String> = named.into_iter().cloned().collect();
        let place = |name: &String| names.iter().position(|other| other == name).map(Guest);
        let parts: Vec<Option<Guest>> =
            scenario.nodes.iter().map(|node| place(node.guest.as_ref()?)).collect();
        let mut processes = Vec::new();
        let mut failure = None;
        for name in &names {
            match scenario.guests.take(name) {
                Ok(process) => processes.push(process),
                Err(reason) => failure = failure.or(Some(reason)),
            }
        }
        let stores = |name: &String| {
            let mut nodes = scenario.nodes.iter().filter(|node| node.guest.as_ref() == Some(name));
            nodes.any(|node| node.disk.is_some())
        };
        for (name, process) in names.iter().zip(&processes) {
            if stores(name) && !process.hello().can(Can::Disk) {
                let why =
                    format!("`{name}` has no disk, but a node that it plays has: leave `disk` out there");
                failure = failure.or_else(|| Some(Failure::new(Trouble::Miscast(why))));
            }
        }
        let introduced = names.iter().zip(&processes).map(|(name, process)| {
            let hello = process.hello();
            let lock = scenario.guests.0.parts.get(name).and_then(|part| part.lock.as_ref());
            let lock = lock.map(|lock| format!(" (lock {lock})")).unwrap_or_default();
            (hello.name.clone(), format!("{}{lock}", hello.version))
        });
        let introduced: Vec<(String, String)> = introduced.collect();
        let speaks: BTreeSet<&str> =
            processes.iter().map(|process| process.hello().speaks.as_str()).collect();
        if speaks.len() > 1 {
            let languages: Vec<&str> = speaks.iter().copied().collect();
            let why = format!("the guests of one run speak different protocols: {}", languages.join(", "));
            failure = failure.or_else(|| Some(Failure::new(Trouble::Miscast(why))));
        }
        let speaks_other = processes.iter().any(|process| !process.hello().speaks_cojson());
        let is_todays = |Guest(guest): Guest| {
            let format = processes.get(guest).and_then(|process| process.hello().format.as_deref());
            format.and_then(|format| format.parse().ok()) == Some(Dialect::V0_20)
        };
        let todays = (0..).map(NodeId).zip(&parts).filter(|(_, part)| part.is_some_and(is_todays));
        let todays = Arc::new(todays.map(|(node, _)| node).collect());
        let directory: &Arc<Directory> = &scenario.directory;
        let shared = Shared::new(directory, processes, seed, operations, failure);
        Troupe { shared: Arc::new(Mutex::new(shared)), parts, introduced, speaks_other, todays }
    }

    /// A node of the run.
    pub(crate) fn member(&self, id: NodeId, config: Config, scenario: &Scenario) -> Member {
        match self.parts.get(id.index()).copied().flatten() {
            None => {
                let (todays, shared) = (Arc::clone(&self.todays), Arc::clone(&self.shared));
                Member::Ours(Box::new(Ours::new(id, CoNode::new(id, config), todays, shared)))
            }
            Some(guest) => {
                let spec = &scenario.nodes[id.index()];
                Member::Guest(Box::new(GuestNode::new(id, spec, guest, Arc::clone(&self.shared))))
            }
        }
    }

    /// Whether a guest has failed: then nothing that comes after means anything.
    pub(crate) fn has_failed(&self) -> bool {
        self.lock().failure().is_some()
    }

    /// The first failure of a guest.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.lock().failure().cloned()
    }

    /// Whether the guests speak another protocol than CoJSON.
    pub(crate) fn speaks_other(&self) -> bool {
        self.speaks_other
    }

    /// What each guest calls itself: its name and its version.
    pub(crate) fn introduced(&self) -> &[(String, String)] {
        &self.introduced
    }

    /// The run is over, and the next one may have the processes.
    pub(crate) fn leave(self, guests: &Guests) {
        let Some(shared) = Arc::into_inner(self.shared) else { return };
        let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        if shared.failure().is_some() {
            return;
        }
        for process in shared.into_processes() {
            // One that cannot forget is let go, and the next run starts another.
            let _ = guests.0.pool.give_back(process);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The oracles that can judge guests which speak CoJSON: those that judge by logs and by what apps are told.
const OF_COJSON: [&str; 15] = [
    "convergence",
    "prefix",
    "no_fork",
    "monotonic",
    "no_lost_write",
    "quiescence",
    "load_ends",
    "no_phantom",
    "dependencies",
    "same_view",
    "unique_nonce",
    "keys",
    "reference_view",
    "waits",
    "atomic",
];

/// Those that need no CoJSON.
const OF_OTHERS: [&str; 4] = ["convergence", "no_lost_write", "quiescence", "load_ends"];

/// Whether an oracle can judge a run: one in which guests take part that speak CoJSON, or something else, or one without
/// guests.
pub(crate) fn is_judged_by(oracle: &str, speaks_other: Option<bool>) -> bool {
    debug_assert!(ORACLES.contains(&oracle), "it is an oracle");
    match speaks_other {
        Some(true) => OF_OTHERS.contains(&oracle),
        Some(false) => OF_COJSON.contains(&oracle),
        None => named(oracle).is_none_or(|about| about.subject != Needed::Guests),
    }
}
