//! The lives of nodes: they sleep, go offline, join and leave.

use super::Resolving;
use super::simpler::lengths;
use crate::scenario::file::Duration;
use crate::scenario::operation::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node that sleeps for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The node.
    pub node: String,
    /// How long it sleeps.
    #[serde(rename = "for")]
    pub span: Duration,
    /// What happens to its connections. Default `kept`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Connections>,
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

/// Something that happens to a node for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spell {
    /// The node.
    pub node: String,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

/// Something that happens to a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lone {
    /// The node.
    pub node: String,
}

/// A node that leaves for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// The node.
    pub node: String,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

impl Pause {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let span = by.length("pause", self.span)?;
        let node = by.node(&self.node, "node")?;
        let connections = self.connections.unwrap_or(Connections::Kept).into();
        Some(Action::Pause { node, span, connections })
    }

    pub(super) fn words(&self) -> String {
        let Pause { node, span, connections } = self;
        match connections {
            None | Some(Connections::Kept) => format!("{node} sleeps for {span}"),
            Some(Connections::Dropped) => format!("{node} sleeps for {span}, its connections dropped"),
        }
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Pause> {
        let kept = Pause { connections: None, ..self.clone() };
        [kept].into_iter().chain(lengths(self.span).map(|span| Pause { span, ..self.clone() }))
    }
}

impl Spell {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let span = by.length("offline", self.span)?;
        let node = by.node(&self.node, "node")?;
        Some(Action::Offline { node, span })
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Spell> {
        lengths(self.span).map(|span| Spell { span, ..self.clone() })
    }
}

impl Departure {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let node = by.node(&self.node, "node")?;
        Some(Action::Leave { node, spare: self.spare_last_copy.unwrap_or(false) })
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Departure> {
        [Departure { spare_last_copy: None, ..self.clone() }].into_iter()
    }
}
