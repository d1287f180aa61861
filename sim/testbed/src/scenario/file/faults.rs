//! What a file says of faults that are more than a number.

use super::Duration;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Faults of one kind, with a length of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spells {
    /// How many.
    pub times: u32,
    /// The shortest that one of them lasts. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortest: Option<Duration>,
    /// The longest that one of them lasts.
    pub longest: Duration,
}

/// The rhythm in which nodes go offline and come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flapping {
    /// The time from the start of one to the start of the next.
    pub every: Duration,
    /// How long each of them lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

impl Flapping {
    /// The most spells that begin in a window; 0 where they do not follow one another at all.
    pub(crate) fn rounds(&self, window: Span) -> u64 {
        let every = self.every.0.as_us();
        if every == 0 { 0 } else { window.as_us().div_ceil(every) }
    }
}
