//! What the addresses of a trial are made of. It has no names for what messages are about, so that stays a number.

use super::name;
use crate::address;
use crate::host::NodeId;
use std::borrow::Cow;

/// The names of a trial, by number.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) nodes: Vec<String>,
    pub(super) operations: Vec<String>,
}

impl address::Names for Names {
    fn node(&self, node: NodeId) -> Cow<'_, str> {
        Cow::Borrowed(name(&self.nodes, node))
    }

    fn subject(&self, subject: u32) -> Cow<'_, str> {
        Cow::Owned(subject.to_string())
    }

    fn operation(&self, number: u32) -> Option<&str> {
        self.operations.get(number as usize).map(String::as_str)
    }

    fn maker(&self, _: u32) -> Option<u32> {
        None
    }

    fn opened_by(&self, number: u32, _: [NodeId; 2]) -> Option<&str> {
        self.operation(number)
    }
}
