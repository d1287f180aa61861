//! Links that open, close, swallow messages and let them pass again.

use super::refs::{Named, Refs, Rename, fields};
use super::{Resolving, To};
use crate::host::Direction;
use std::fmt;

fields! {
    /// A link, by its ends in either order.
    Between(it, by) {
        /// The two nodes.
        between: [R::Node; 2] = by.ends(To::Running, &it.between)?;
    }

    /// A link both ways (`between`), or one way (`from` and `to`).
    #[derive(Default)]
    Where(it, by) {
        /// The two nodes, for both ways.
        #[serde(skip_serializing_if = "Option::is_none")]
        between: Option<[R::Node; 2]> = by.between(&it.between)?;
        /// The sender, for one way.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<R::Node> = by.end("from", &it.from)?;
        /// The receiver, for one way.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<R::Node> = by.end("to", &it.to)?;
    }

    /// A connection that has ended, but only for one end.
    HalfOpen(it, by) {
        /// The node that notices that the connection is over.
        node: R::Node = by.running(&it.node)?;
        /// The node at the other end, which goes on believing that it is connected.
        peer: R::Node = by.to_node(To::Running, ("peer", None), &it.peer)?;
    }
}

/// A link, and which way of it is meant, as the fields of an act say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way<'a, R: Refs = Named> {
    pub(crate) between: Option<&'a [R::Node; 2]>,
    pub(crate) from: Option<&'a R::Node>,
    pub(crate) to: Option<&'a R::Node>,
}

impl<'a, R: Refs> Way<'a, R> {
    /// The ends of the link.
    pub(crate) fn ends(self) -> Option<[&'a R::Node; 2]> {
        match (self.between, self.from, self.to) {
            (Some([a, b]), ..) => Some([a, b]),
            (None, Some(from), Some(to)) => Some([from, to]),
            _ => None,
        }
    }

    /// The directions that are meant; none where the fields do not say it.
    pub(crate) fn directions(self) -> Vec<[&'a R::Node; 2]> {
        match (self.between, self.from, self.to) {
            (Some([a, b]), None, None) => vec![[a, b], [b, a]],
            (None, Some(from), Some(to)) => vec![[from, to]],
            _ => Vec::new(),
        }
    }
}

impl<'a> fmt::Display for Way<'a> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.between, self.from, self.to) {
            (Some([a, b]), ..) => write!(f, "between {a} and {b}"),
            (None, from, to) => {
                let name = |node: Option<&'a String>| node.map(String::as_str).unwrap_or_default();
                write!(f, "from {} to {}", name(from), name(to))
            }
        }
    }
}

impl Between {
    pub(super) fn pair(&self) -> String {
        let [a, b] = &self.between;
        format!("{a} and {b}")
    }
}

impl<R: Refs> Where<R> {
    /// These directions of a link.
    pub(in crate::scenario) fn of([a, b]: [R::Node; 2], direction: Direction) -> Where<R> {
        let nowhere = Where { between: None, from: None, to: None };
        match direction {
            Direction::Both => Where { between: Some([a, b]), ..nowhere },
            Direction::Forward => Where { from: Some(a), to: Some(b), ..nowhere },
            Direction::Backward => Where { from: Some(b), to: Some(a), ..nowhere },
        }
    }

    pub(crate) fn way(&self) -> Way<'_, R> {
        Way { between: self.between.as_ref(), from: self.from.as_ref(), to: self.to.as_ref() }
    }
}

impl HalfOpen {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let at = [&by.at.key("node"), &by.at.key("peer")];
        by.names.link([&self.node, &self.peer], at, by.report).map(drop)
    }

    pub(super) fn words(&self) -> String {
        let HalfOpen { node, peer } = self;
        format!("{node} and {peer} disconnect, and only {node} notices")
    }
}
