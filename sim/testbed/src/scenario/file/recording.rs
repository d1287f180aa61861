//! Who types what somebody once typed.

use super::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A recorded editing session to play. The scenario says who types into which text; what they type, and when, is in the file
/// that `--recording` names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The text.
    pub id: String,
    /// The nodes that type, in the order of the recording's agents: as many as it has.
    #[schemars(length(min = 1))]
    pub authors: Vec<String>,
    /// When the first edit happens. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Duration>,
    /// The time from one transaction to the next, where the recording has no times. Default 100ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Duration>,
    /// How long a pause of all authors lasts at most, where the recording has times. Default as it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_pause: Option<Duration>,
}
