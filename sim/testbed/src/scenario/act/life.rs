//! The lives of nodes: they sleep, go offline, join and leave.

use super::To;
use super::refs::{Named, Refs, Rename, fields};
use super::simpler::lengths;
use crate::scenario::file::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

fields! {
    /// A node that sleeps for a while.
    Pause(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// How long it sleeps.
        #[serde(rename = "for")]
        span: Duration = it.span;
        /// What happens to its connections. Default `kept`.
        #[serde(skip_serializing_if = "Option::is_none")]
        connections: Option<Connections> = it.connections, usually Connections::Kept => Connections;
    }
}

/// What happens to the connections of a node that sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connections {
    /// They stay open, and the peers notice nothing.
    Kept,
    /// They close. The peers notice at once, the node when it wakes, and then the connections open again.
    Dropped,
}

impl From<Connections> for crate::host::Connections {
    fn from(connections: Connections) -> crate::host::Connections {
        match connections {
            Connections::Kept => crate::host::Connections::Kept,
            Connections::Dropped => crate::host::Connections::Dropped,
        }
    }
}

fields! {
    /// Something that happens to a node for a while.
    Spell(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// How long it lasts.
        #[serde(rename = "for")]
        span: Duration = it.span;
    }

    /// Something that happens to a node.
    Lone(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
    }

    /// A node that leaves for good.
    Departure(it, by) {
        /// The node.
        node: R::Node = by.to_node(To::Leaver, ("node", None), &it.node)?;
        /// Whether this is skipped if the node holds the last copy of anything. Default false.
        #[serde(skip_serializing_if = "Option::is_none")]
        spare_last_copy: Option<bool> = it.spare_last_copy, usually false => bool;
    }
}

impl Pause {
    pub(super) fn words(&self) -> String {
        let Pause { node, span, .. } = self;
        match self.connections() {
            Connections::Kept => format!("{node} sleeps for {span}"),
            Connections::Dropped => format!("{node} sleeps for {span}, its connections dropped"),
        }
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Pause> {
        let kept = Pause { connections: None, ..self.clone() };
        [kept].into_iter().chain(lengths(self.span).map(|span| Pause { span, ..self.clone() }))
    }
}

impl Spell {
    pub(super) fn simpler(&self) -> impl Iterator<Item = Spell> {
        lengths(self.span).map(|span| Spell { span, ..self.clone() })
    }
}

impl Departure {
    pub(super) fn simpler(&self) -> impl Iterator<Item = Departure> {
        [Departure { spare_last_copy: None, ..self.clone() }].into_iter()
    }
}
