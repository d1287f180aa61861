//! What the addresses of a run are made of: the names of its nodes, CoValues and operations. What addresses look like is
//! said where they are given, in [`address`](crate::address).

use crate::address;
use crate::cojson::Cast;
use crate::host::NodeId;
use crate::log::OperationName;
use cosim_core::{CoId, Names as _};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The names of a run.
#[derive(Clone, Debug)]
pub(crate) struct Names(Arc<Known>);

#[derive(Debug)]
struct Known {
    cast: Cast,
    operations: Vec<OperationName>,
    /// The operation that first creates each CoValue.
    creates: BTreeMap<CoId, u32>,
}

impl Names {
    /// `creates` are the operations that create a CoValue, by number, and which one.
    pub(crate) fn new(
        cast: Cast,
        operations: Vec<OperationName>,
        creates: impl Iterator<Item = (u32, CoId)>,
    ) -> Names {
        let mut first = BTreeMap::new();
        for (number, id) in creates {
            first.entry(id).or_insert(number);
        }
        Names(Arc::new(Known { cast, operations, creates: first }))
    }
}

/// The name of the operation that opens a link at the start.
pub(crate) fn opening(a: &str, b: &str) -> String {
    format!("open-{a}-{b}")
}

impl address::Names for Names {
    fn node(&self, node: NodeId) -> Cow<'_, str> {
        self.0.cast.node(node)
    }

    fn subject(&self, subject: u32) -> Cow<'_, str> {
        self.0.cast.co_value(CoId(subject))
    }

    fn operation(&self, number: u32) -> Option<&str> {
        self.0.operations.get(number as usize).map(|operation| operation.name.as_str())
    }

    fn maker(&self, subject: u32) -> Option<u32> {
        self.0.creates.get(&CoId(subject)).copied()
    }

    fn opened_by(&self, number: u32, [a, b]: [NodeId; 2]) -> Option<&str> {
        let at_start = opening(&self.0.cast.node(a), &self.0.cast.node(b));
        self.operation(number).filter(|name| *name != at_start)
    }
}
