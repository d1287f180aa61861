//! Attacks of hostile nodes.

use crate::cojson::AttackKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A hostile node that lies to a peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// The hostile node.
    pub node: String,
    /// The peer that it lies to.
    pub on: String,
    /// What kind of lie it tells.
    pub how: AttackKind,
    /// The CoValue that the lie is about. Default the first one by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How many times it lies. For a flood: how many loads it sends. For a fork: how many transactions the shorter
    /// branch has. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}
