//! Who types what somebody once typed.

use super::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who plays a recorded editing session. The scenario says who types into which text. What they type, and when, is in
/// the file that `--recording` names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The text.
    pub id: String,
    /// The nodes that type, in the order of the recording's agents. There must be as many as the recording has.
    #[schemars(length(min = 1))]
    pub authors: Vec<String>,
    /// When the first edit happens. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Duration>,
    /// The time from one transaction to the next. It goes before the recorded times. Default those, or 100ms if the recording
    /// has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Duration>,
    /// The longest pause of all authors together, if the recorded times are kept. Longer pauses are cut to this.
    /// Default no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_pause: Option<Duration>,
}
