//! When to act if nothing is heard (rule 6): at most one deadline for each CoValue and peer.
//!
//! The deadline itself stands in the marks. The queue only has to look at each in time: an entry that is too early is
//! put back when it surfaces, one whose conversation is over is dropped.

use crate::id::{CoId, PeerId};
use alloc::collections::BinaryHeap;
use core::cmp::Reverse;
use core::hash::{Hash, Hasher};
use cosim_base::Time;

/// A look at one conversation.
pub(crate) type Look = (Time, CoId, PeerId);

/// The looks to be had, earliest first. How it happens to stand is no part of what a node is, so any two are equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<Look>>,
}

impl Queue {
    pub(crate) fn push(&mut self, look: Look) {
        self.heap.push(Reverse(look));
    }

    pub(crate) fn first(&self) -> Option<Look> {
        self.heap.peek().map(|Reverse(look)| *look)
    }

    pub(crate) fn pop(&mut self) -> Option<Look> {
        self.heap.pop().map(|Reverse(look)| look)
    }
}

impl PartialEq for Queue {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Queue {}

impl Hash for Queue {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
