//! What an oracle found.

use super::about::{About, Property};
use super::scene::Surroundings;
use crate::host::NodeId;
use cosim_core::{CoId, Relationship, Time};

/// What an oracle found, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which oracle.
    pub oracle: &'static str,
    /// What kind of failure it is.
    pub property: Property,
    /// The event at which it was found, by its number.
    pub event: u64,
    /// When.
    pub at: Time,
    /// Who and what is concerned.
    pub subject: Subject,
    /// What stays the same when names, times and numbers change: the oracle, what the nodes concerned are to each
    /// other, and the kind of message or thing.
    pub key: String,
}

/// Who and what a violation concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The node at fault, or first concerned.
    pub node: NodeId,
    /// The other node, where there is one.
    pub peer: Option<NodeId>,
    /// The CoValue, where it is about one.
    pub id: Option<CoId>,
    /// The kind of message or thing: `content`, `log`, `header`.
    pub kind: &'static str,
    /// What is wrong, in words.
    pub what: String,
}

impl Violation {
    pub(super) fn new(about: &About, world: &dyn Surroundings, subject: Subject) -> Violation {
        let oracle = about.name;
        let relationship = subject.peer.and_then(|peer| relationship(world, subject.node, peer));
        let between = match relationship {
            Some(Relationship::SyncAllOurs) => "client>server",
            Some(Relationship::SyncTheirs) => "server>client",
            Some(Relationship::SyncCommon) => "peer>peer",
            None => "node",
        };
        let key = format!("{oracle} {between} {}", subject.kind);
        Violation { oracle, property: about.property, event: world.event(), at: world.now(), subject, key }
    }
}

impl Violation {
    /// Whether this says the same as `later`, which was found in a later event.
    pub(super) fn is_older(&self, later: &Violation) -> bool {
        self.key == later.key && self.event < later.event
    }

    /// Whether this is the violation that `wanted` describes: its key, or the first words of it.
    pub fn is(&self, wanted: &str) -> bool {
        is(&self.key, wanted)
    }
}

/// Whether a failure key is `wanted`, or begins with its words.
pub fn is(key: &str, wanted: &str) -> bool {
    key.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// What `peer` is to `node`, by the link between them.
fn relationship(world: &dyn Surroundings, node: NodeId, peer: NodeId) -> Option<Relationship> {
    let link = world.links().find(|link| link.is_between(node, peer))?;
    Some(link.of(node))
}
