//! A recorded run as its file has it.

use cosim_core::real::{AgentSecret, wire};
use cosim_core::view::KeyRing;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    pub(crate) nodes: BTreeMap<String, Person>,
    pub(crate) messages: Vec<Sent>,
    pub(crate) steps: Vec<Step>,
    pub(crate) final_known_states: BTreeMap<String, BTreeMap<String, wire::KnownState>>,
    pub(crate) final_views: BTreeMap<String, BTreeMap<String, Value>>,
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
    Deliver {
        n: usize,
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

impl Step {
    /// The messages that were sent because of it.
    pub(crate) fn outputs(&self) -> &[usize] {
        match self {
            Step::Connect { outputs, .. }
            | Step::Disconnect { outputs, .. }
            | Step::Op { outputs, .. }
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
            | Step::Timers { at, .. } => Some(*at),
            Step::Deliver { .. } | Step::Note => None,
        }
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
        let mut seed = [0; 32];
        assert_eq!(self.secret_seed_hex.len(), 2 * seed.len(), "two digits for each byte");
        for (at, byte) in seed.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&self.secret_seed_hex[2 * at..][..2], 16).expect("hexadecimal digits");
        }
        AgentSecret::from_seed(&seed)
    }

    pub(crate) fn keys(&self) -> KeyRing {
        match &self.account_id {
            Some(account) => KeyRing::of_account(account, self.secret()),
            None => KeyRing::of_agent(self.secret()),
        }
    }
}

/// The folder of runs that is to be played instead of ours.
fn other_folder() -> Option<PathBuf> {
    std::env::var_os("COSIM_VECTORS").map(PathBuf::from)
}

/// How many there must be at least of what occurs so often in the runs that are here; of any others, one.
pub(crate) fn at_least(count: usize) -> usize {
    if other_folder().is_some() { 1 } else { count }
}

/// Every recorded run, by its file's name.
pub(crate) fn runs() -> Vec<(String, Run)> {
    runs_in(&other_folder().unwrap_or_else(own_folder))
}

/// The runs that are here, whatever `COSIM_VECTORS` says.
#[cfg(feature = "planted-faults")]
pub(crate) fn own_runs() -> Vec<(String, Run)> {
    runs_in(&own_folder())
}

fn own_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/data")
}

fn runs_in(root: &Path) -> Vec<(String, Run)> {
    let entries = fs::read_dir(root.join("lockstep")).expect("a folder of recorded runs");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry that was listed").path()).collect();
    paths.sort();
    let runs: Vec<_> = paths.iter().map(|path| (name(path), read(path))).collect();
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
