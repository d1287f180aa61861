//! How a run is judged.

use cosim_core::Span;

/// How a run is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The oracles that judge it, in the order of [`ORACLES`](crate::oracles::ORACLES).
    pub oracles: Vec<&'static str>,
    /// How long after the liveness phase begins there must be silence.
    pub quiet_within: Span,
    /// How long a load may take, where the file says so.
    pub load_within: Option<Span>,
    /// The failure key of the violation that must occur, in a scenario of a known bug.
    pub violation: Option<String>,
    /// What must come out.
    pub wanted: Wanted,
    /// What a known bug keeps from coming out: none of it may.
    pub unmet: Wanted,
}

/// What is to come out of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// How loads end.
    pub loads: Vec<LoadExpectation>,
    /// What nodes hold at rest.
    pub content: Vec<ContentExpectation>,
    /// What apps see at rest.
    pub views: Vec<ViewExpectation>,
    /// How many messages are sent in all, at most.
    pub messages_max: Option<u64>,
}

impl Expect {
    /// Whether it says anything of a run but which violation it has.
    pub fn names_something(&self) -> bool {
        [&self.wanted, &self.unmet].into_iter().any(|wanted| *wanted != Wanted::default())
    }

    /// Whether it says how some load ends.
    pub(crate) fn names_loads(&self) -> bool {
        !(self.wanted.loads.is_empty() && self.unmet.loads.is_empty())
    }
}

/// What the app of a node must see of a CoValue at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewExpectation {
    /// The node.
    pub node: u32,
    /// The CoValue.
    pub co_value: u32,
    /// What it shows, as snapshots have it.
    pub shows: serde_json::Value,
    /// Keys of the group's map that must be there.
    pub has: Vec<String>,
    /// Keys of the group's map that must not.
    pub lacks: Vec<String>,
}

/// How the last load of a CoValue by a node must have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadExpectation {
    /// The node.
    pub node: u32,
    /// The CoValue.
    pub co_value: u32,
    /// How the load must have ended.
    pub ends: LoadEnd,
}

/// How a load ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoadEnd {
    /// The CoValue is here.
    Available,
    /// Every source has said that it does not have the CoValue, or has not answered.
    Unavailable,
}

/// How much of a CoValue a node must hold at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentExpectation {
    /// The node.
    pub node: u32,
    /// The CoValue.
    pub co_value: u32,
    /// How many transactions, over all sessions.
    pub transactions: u64,
}
