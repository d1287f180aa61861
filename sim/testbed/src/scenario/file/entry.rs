//! Changes to the conditions of links, as a file says them.

use super::{Burst, Bytes, Duration, DurationRange, Network, Percent, Rate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A change to the conditions of a link, or of all links: only the fields given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkChange {
    /// The link. Default all links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// How long a message takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<DurationRange>,
    /// How often a message is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Percent>,
    /// How often a message arrives twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Percent>,
    /// How often a message leaves the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder: Option<Percent>,
    /// How much longer a message that leaves the order takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder_delay: Option<DurationRange>,
    /// How long after a connect or disconnect each end notices it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<DurationRange>,
    /// How much longer every message takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_by: Option<Duration>,
    /// Losses that come in bursts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<Burst>,
    /// How often a message arrives once more, long after, perhaps when its connection is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<Percent>,
    /// How long after it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_delay: Option<DurationRange>,
    /// How often one bit of a message flips.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<Percent>,
    /// How often the end of a message is cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate: Option<Percent>,
    /// How many bytes a second leave, in each direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<Rate>,
    /// How many bytes may wait to leave, in each direction: what does not fit is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Bytes>,
}

impl NetworkChange {
    /// The fields given, without the link.
    pub fn conditions(&self) -> Network {
        Network {
            latency: self.latency,
            loss: self.loss,
            duplicate: self.duplicate,
            reorder: self.reorder,
            reorder_delay: self.reorder_delay,
            notice: self.notice,
            slow_by: self.slow_by,
            burst: self.burst,
            replay: self.replay,
            replay_delay: self.replay_delay,
            damage: self.damage,
            truncate: self.truncate,
            bandwidth: self.bandwidth,
            queue: self.queue,
        }
    }
}
