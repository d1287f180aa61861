//! Links that open, close, swallow messages and let them pass again.

use super::{Reference, Resolving, To};
use crate::scenario::operation::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A link, by its ends in either order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The two nodes.
    pub between: [String; 2],
}

/// A link both ways (`between`), or one way (`from` and `to`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A connection that has ended, but only for one end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HalfOpen {
    /// The node that notices that the connection is over.
    pub node: String,
    /// The node at the other end, which goes on believing that it is connected.
    pub peer: String,
}

/// A link, and which way of it is meant, as the fields of an act say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way<'a> {
    pub(crate) between: Option<&'a [String; 2]>,
    pub(crate) from: Option<&'a str>,
    pub(crate) to: Option<&'a str>,
}

impl<'a> Way<'a> {
    pub(super) fn refs(self) -> Vec<Reference<'a>> {
        let between = self.between.into_iter().flatten().enumerate();
        let between = between.map(|(end, node)| Reference::nth(To::Prepared, "between", end, node));
        let from = self.from.map(|node| Reference::new(To::Prepared, "from", node));
        between.chain(from).chain(self.to.map(|node| Reference::new(To::Prepared, "to", node))).collect()
    }

    /// The ends of the link.
    pub(crate) fn ends(self) -> Option<[&'a str; 2]> {
        match (self.between, self.from, self.to) {
            (Some([a, b]), ..) => Some([a, b]),
            (None, Some(from), Some(to)) => Some([from, to]),
            _ => None,
        }
    }

    /// The directions that are meant; none where the fields do not say it.
    pub(crate) fn directions(self) -> Vec<[&'a str; 2]> {
        match (self.between, self.from, self.to) {
            (Some([a, b]), None, None) => vec![[a, b], [b, a]],
            (None, Some(from), Some(to)) => vec![[from, to]],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.between, self.from, self.to) {
            (Some([a, b]), ..) => write!(f, "between {a} and {b}"),
            (None, from, to) => {
                write!(f, "from {} to {}", from.unwrap_or_default(), to.unwrap_or_default())
            }
        }
    }
}

impl Between {
    pub(super) fn refs(&self) -> Vec<Reference<'_>> {
        let ends = self.between.iter().enumerate();
        ends.map(|(end, node)| Reference::nth(To::Running, "between", end, node)).collect()
    }

    pub(super) fn pair(&self) -> String {
        let [a, b] = &self.between;
        format!("{a} and {b}")
    }
}

impl Where {
    pub(super) fn way(&self) -> Way<'_> {
        Way { between: self.between.as_ref(), from: self.from.as_deref(), to: self.to.as_deref() }
    }
}

impl HalfOpen {
    pub(super) fn refs(&self) -> Vec<Reference<'_>> {
        vec![Reference::new(To::Running, "node", &self.node), Reference::new(To::Running, "peer", &self.peer)]
    }

    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let at = [&by.at.key("node"), &by.at.key("peer")];
        let (link, in_order) = by.names.link([&self.node, &self.peer], at, by.report)?;
        Some(Action::HalfOpen { link, end: u8::from(!in_order) })
    }

    pub(super) fn words(&self) -> String {
        let HalfOpen { node, peer } = self;
        format!("{node} and {peer} disconnect, and only {node} notices")
    }
}
