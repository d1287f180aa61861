//! What is given of nodes and CoValues.

use super::derived;
use crate::cojson::kind::Kind;
use crate::host::NodeId;
use cosim_core::CoId;
use cosim_core::real::{self, AgentSecret};
use cosim_core::view::Dialect;
use serde_json::Value;

/// What is given of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSpec {
    /// Its name.
    pub name: String,
    /// The CoValue that is the account of its app: all that the app writes depends on it.
    pub account: Option<CoId>,
    /// Whether a guest plays it.
    pub is_guest: bool,
    /// Whether its app writes as that account, as those of guests do; else as its agent.
    pub writes_as_account: bool,
    /// The seed of its agent's keys; one of its own name, where none is given.
    pub seed: Option<[u8; 32]>,
    /// The name of its app's first session; one of its own name, where none is given.
    pub session: Option<String>,
    /// By whose rules its app reads and writes, where those are not everybody's.
    pub dialect: Option<Dialect>,
}

/// What is given of a CoValue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoValueSpec {
    /// Its name.
    pub name: String,
    /// What it is; `None` for one of which only sizes matter.
    pub kind: Option<Kind>,
    /// The group that owns it: anybody may write what has none.
    pub owner: Option<CoId>,
    /// Of a group, who founds it.
    pub admin: Option<NodeId>,
    /// Of a group, what its header calls it.
    pub display_name: Option<String>,
    /// The CoValue of which it is a branch.
    pub branch_of: Option<CoId>,
    /// Whether what is written to it is encrypted, where nothing else is said.
    pub private: bool,
    /// Of a list or text: whether only who administers its owner deletes from it.
    pub restrict_deletion: bool,
    /// What the secrets of invites to the group are called, each once.
    pub invites: Vec<String>,
    /// Whether another group is made its child.
    pub is_parent: bool,
    /// Its header, where that is given word for word.
    pub header: Option<Value>,
    /// What its header depends on, its owner among them.
    pub depends_on: Vec<CoId>,
}

impl NodeSpec {
    /// The secrets of its agent.
    pub(super) fn secret(&self) -> AgentSecret {
        AgentSecret::from_seed(&self.secret_seed())
    }

    pub(super) fn secret_seed(&self) -> [u8; 32] {
        self.seed.unwrap_or_else(|| derived("agent", &self.name, 0))
    }

    /// What its app is called as a member and an author: by the id of its agent, `sealer_z…/signer_z…`, or of its account,
    /// `co_z…`.
    pub fn agent_name(&self) -> String {
        let agent = self.secret().id();
        if self.writes_as_account { real::Header::account(&agent).id() } else { agent.to_string() }
    }
}
