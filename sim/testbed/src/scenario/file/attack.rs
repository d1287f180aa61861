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
    /// How it lies.
    pub how: AttackKind,
    /// The CoValue. Default the first one, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How often it does that; of a flood, how many loads; of a fork, how many transactions the shorter branch has. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}
