//! The lives of nodes: they sleep, go offline, join and leave.

use super::To;
use super::refs::{Named, Refs, Rename, unless};
use super::simpler::lengths;
use crate::scenario::file::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node that sleeps for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Pause<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
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
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Spell<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

/// Something that happens to a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Lone<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
}

/// A node that leaves for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Departure<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

impl<R: Refs> Pause<R> {
    /// What happens to its connections.
    pub fn connections(&self) -> Connections {
        self.connections.unwrap_or(Connections::Kept)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Pause<S>> {
        let connections = unless(self.connections(), Connections::Kept);
        Some(Pause { node: by.running(&self.node)?, span: self.span, connections })
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

impl<R: Refs> Spell<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Spell<S>> {
        Some(Spell { node: by.running(&self.node)?, span: self.span })
    }
}

impl<R: Refs> Lone<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Lone<S>> {
        Some(Lone { node: by.running(&self.node)? })
    }
}

impl<R: Refs> Departure<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Departure<S>> {
        let node = by.to_node(To::Leaver, ("node", None), &self.node)?;
        Some(Departure { node, spare_last_copy: self.spare_last_copy.filter(|spare| *spare) })
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
