//! A recorded run as its file has it.

use cosim_core::real::{AgentSecret, Header, Transaction, wire};
use cosim_core::view::{Dialect, KeyRing};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    /// By whose rules.
    #[serde(skip)]
    pub(crate) dialect: Dialect,
    pub(crate) nodes: BTreeMap<String, Person>,
    pub(crate) messages: Vec<Sent>,
    pub(crate) steps: Vec<Step>,
    /// The seeds of all agents' secrets, where others write than the nodes' own: who accepts an invite writes as that.
    #[serde(default)]
    secrets: BTreeMap<String, String>,
    pub(crate) final_known_states: BTreeMap<String, BTreeMap<String, wire::KnownState>>,
    pub(crate) final_views: BTreeMap<String, BTreeMap<String, Value>>,
    /// Of which CoValues nodes hear no more from somebody, since what came was wrong.
    #[serde(default)]
    pub(crate) final_errors: BTreeMap<String, BTreeSet<String>>,
}

/// Who a node is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    secret_seed_hex: String,
    #[serde(rename = "accountID")]
    pub(crate) account_id: Option<String>,
    #[serde(rename = "sessionID")]
    pub(crate) session_id: String,
    /// Whether it outlives its process.
    #[serde(default)]
    pub(crate) has_disk: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sent {
    pub(crate) n: usize,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) message: wire::Message,
    #[serde(default)]
    pub(crate) dropped: bool,
    pub(crate) replaced_by: Option<wire::Message>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(crate) enum Step {
    #[serde(rename_all = "camelCase")]
    Connect {
        a: String,
        b: String,
        a_role: Role,
        b_role: Role,
        at: u64,
        outputs: Vec<usize>,
    },
    Disconnect {
        a: String,
        b: String,
        at: u64,
        outputs: Vec<usize>,
    },
    Op {
        node: String,
        at: u64,
        op: Op,
        outputs: Vec<usize>,
    },
    /// The same, as it is recorded of today's version.
    App {
        node: String,
        at: u64,
        #[serde(default)]
        did: Vec<Act>,
        outputs: Vec<usize>,
    },
    Deliver {
        n: usize,
        at: Option<u64>,
        /// What the app did because of it.
        #[serde(default)]
        did: Vec<Act>,
        outputs: Vec<usize>,
    },
    /// A node's process ended, and another one has begun.
    Restart {
        node: String,
        at: u64,
        outputs: Vec<usize>,
    },
    Timers {
        at: u64,
        outputs: Vec<usize>,
    },
    Note,
}

/// What one node is in another's eyes.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Role {
    Client,
    Server,
    Peer,
}

/// What an app did.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(crate) enum Op {
    /// Makes a CoValue without transactions.
    #[serde(alias = "createMap")]
    Create { id: String },
    /// Makes one, and writes so much in it as has the time of this.
    CreateGroup { id: String },
    /// Writes so much as has the time of this.
    AddMember {
        #[serde(alias = "group")]
        id: String,
    },
    /// Writes one transaction.
    #[serde(alias = "delete", alias = "append", alias = "push")]
    Set { id: String },
    /// Wants a CoValue.
    Load { id: String },
}

/// What an app did, with all that it takes to do it again.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub(crate) enum Act {
    Create {
        id: String,
        header: Header,
    },
    #[serde(rename_all = "camelCase")]
    Write {
        id: String,
        session: String,
        after: u64,
        new_transactions: Vec<Transaction>,
    },
    Load {
        id: String,
    },
}

impl Step {
    /// The messages that were sent because of it.
    pub(crate) fn outputs(&self) -> &[usize] {
        match self {
            Step::Connect { outputs, .. }
            | Step::Disconnect { outputs, .. }
            | Step::Op { outputs, .. }
            | Step::App { outputs, .. }
            | Step::Restart { outputs, .. }
            | Step::Deliver { outputs, .. }
            | Step::Timers { outputs, .. } => outputs,
            Step::Note => &[],
        }
    }

    /// When it happened, where that is recorded.
    pub(crate) fn at(&self) -> Option<u64> {
        match self {
            Step::Connect { at, .. }
            | Step::Disconnect { at, .. }
            | Step::Op { at, .. }
            | Step::App { at, .. }
            | Step::Restart { at, .. }
            | Step::Timers { at, .. } => Some(*at),
            Step::Deliver { at, .. } => *at,
            Step::Note => None,
        }
    }

    /// What the app did in it.
    pub(crate) fn did(&self) -> &[Act] {
        match self {
            Step::App { did, .. } | Step::Deliver { did, .. } => did,
            Step::Connect { .. }
            | Step::Disconnect { .. }
            | Step::Op { .. }
            | Step::Restart { .. }
            | Step::Timers { .. }
            | Step::Note => &[],
        }
    }

    /// The node whose app that was.
    pub(crate) fn actor<'r>(&'r self, run: &'r Run) -> Option<&'r str> {
        match self {
            Step::App { node, .. } | Step::Op { node, .. } => Some(node),
            Step::Deliver { n, .. } => Some(&run.messages[*n].to),
            Step::Connect { .. }
            | Step::Disconnect { .. }
            | Step::Restart { .. }
            | Step::Timers { .. }
            | Step::Note => None,
        }
    }
}

impl Act {
    /// The session in which it was written.
    pub(crate) fn session(&self) -> Option<&str> {
        match self {
            Act::Write { session, .. } => Some(session),
            Act::Create { .. } | Act::Load { .. } => None,
        }
    }
}

impl Run {
    /// The secret of an agent that is no node's own.
    pub(crate) fn secret_of(&self, agent: &str) -> Option<AgentSecret> {
        self.secrets.get(agent).map(|seed| secret(seed))
    }
}

impl Op {
    pub(crate) fn id(&self) -> &str {
        match self {
            Op::Create { id }
            | Op::CreateGroup { id }
            | Op::AddMember { id }
            | Op::Set { id }
            | Op::Load { id } => id,
        }
    }

    pub(crate) fn creates(&self) -> bool {
        matches!(self, Op::Create { .. } | Op::CreateGroup { .. })
    }
}

impl Person {
    pub(crate) fn secret(&self) -> AgentSecret {
        secret(&self.secret_seed_hex)
    }

    pub(crate) fn keys(&self) -> KeyRing {
        match &self.account_id {
            Some(account) => KeyRing::of_account(account, self.secret()),
            None => KeyRing::of_agent(self.secret()),
        }
    }
}

fn secret(hex: &str) -> AgentSecret {
    let mut seed = [0; 32];
    assert_eq!(hex.len(), 2 * seed.len(), "two digits for each byte");
    for (at, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..][..2], 16).expect("hexadecimal digits");
    }
    AgentSecret::from_seed(&seed)
}

/// The folder of runs that is to be played instead of ours.
fn other_folder() -> Option<PathBuf> {
    std::env::var_os("COSIM_VECTORS").map(PathBuf::from)
}

/// How many there must be at least of what occurs so often in the runs that are here; of any others, one.
pub(crate) fn at_least(count: usize) -> usize {
    if other_folder().is_some() { 1 } else { count }
}

/// Whether these are the runs that are here, in which everything is known to occur.
pub(crate) fn are_own() -> bool {
    other_folder().is_none()
}

/// Every recorded run of a version, by its file's name.
pub(crate) fn runs(dialect: Dialect) -> Vec<(String, Run)> {
    runs_in(&other_folder().unwrap_or_else(own_folder), dialect)
}

/// The runs that are here, whatever `COSIM_VECTORS` says.
#[cfg(feature = "planted-faults")]
pub(crate) fn own_runs(dialect: Dialect) -> Vec<(String, Run)> {
    runs_in(&own_folder(), dialect)
}

fn own_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/data")
}

fn runs_in(root: &Path, dialect: Dialect) -> Vec<(String, Run)> {
    let folder = match dialect {
        Dialect::V0_7 => root.join("lockstep"),
        Dialect::V0_20 => root.join("0.20/lockstep"),
    };
    // A folder of one's own need not have those of today's version.
    if dialect == Dialect::V0_20 && !are_own() && !folder.exists() {
        return Vec::new();
    }
    let entries = fs::read_dir(folder).expect("a folder of recorded runs");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry that was listed").path()).collect();
    paths.sort();
    let runs: Vec<_> = paths.iter().map(|path| (name(path), Run { dialect, ..read(path) })).collect();
    assert!(!runs.is_empty(), "no recorded runs");
    runs
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("a file").to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

fn read(path: &Path) -> Run {
    let bytes = fs::read(path).expect("a recorded run can be read");
    let text = if path.extension().is_some_and(|extension| extension == "gz") {
        std::io::read_to_string(GzDecoder::new(bytes.as_slice())).expect("a recorded run is gzipped")
    } else {
        String::from_utf8(bytes).expect("a recorded run is text")
    };
    let run: Run = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(run.messages.iter().enumerate().all(|(at, sent)| sent.n == at), "messages are numbered");
    run
}
