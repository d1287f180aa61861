//! Disks, and what goes wrong with them and with the processes that write to them.

use super::{DurationRange, Percent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node's disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// How long a write takes, once the writes before it are done. Default 1ms. A guest has none: what it commits is done
    /// when it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<DurationRange>,
    /// How often a write fails. Default 0%. A guest has none, either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Percent>,
    /// What a crash leaves of unfinished writes. Default `drawn`; of a guest `kept`: only a machine that fails takes what was
    /// committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsynced: Option<Unsynced>,
}

/// What a crash leaves of unfinished writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unsynced {
    /// Some of them, in order, and perhaps a part of the next one, as drawn from the seed.
    Drawn,
    /// All of them.
    Kept,
}

impl From<Unsynced> for crate::host::Unsynced {
    fn from(unsynced: Unsynced) -> crate::host::Unsynced {
        match unsynced {
            Unsynced::Drawn => crate::host::Unsynced::Drawn,
            Unsynced::Kept => crate::host::Unsynced::Kept,
        }
    }
}

/// When something that an app writes counts as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Durability {
    /// When the disk has it. Nothing is sent before that.
    DurableFirst,
    /// At once. After a crash the app writes in a new session.
    SendFirst,
    /// At once. After a crash the app continues its old session, which forks that session.
    SendFirstReuse,
}

impl From<Durability> for cosim_core::Durability {
    fn from(durability: Durability) -> cosim_core::Durability {
        match durability {
            Durability::DurableFirst => cosim_core::Durability::DurableFirst,
            Durability::SendFirst => cosim_core::Durability::SendFirst,
            Durability::SendFirstReuse => cosim_core::Durability::SendFirstReuse,
        }
    }
}
