//! Which item an operation inserted. Mostly it is the first change of its transaction, which takes one number here.
//! What was merged says itself at which place it was made, which may be any.

use super::stamp::Op;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Items by the operations that inserted them.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// By session and transaction: the item of its first change, or `NONE`.
    firsts: Vec<Vec<u32>>,
    /// Those of all other changes, and of all that was merged.
    others: BTreeMap<Op, u32>,
}

/// No item.
const NONE: u32 = u32::MAX;

impl Index {
    /// The item that an operation inserted.
    pub(super) fn get(&self, op: Op) -> Option<u32> {
        let first = || self.firsts.get(op.session as usize)?.get(op.tx as usize).copied();
        let first = first().filter(|item| op.change == 0 && *item != NONE);
        first.or_else(|| self.others.get(&op).copied())
    }

    /// Puts an item in. If it was not merged, its operation was taken from a log, so its transaction's number is below the
    /// length of that.
    pub(super) fn insert(&mut self, op: Op, item: u32, is_merged: bool) {
        if op.change > 0 || is_merged {
            self.others.insert(op, item);
            return;
        }
        let (session, tx) = (op.session as usize, op.tx as usize);
        if self.firsts.len() <= session {
            self.firsts.resize(session + 1, Vec::new());
        }
        let firsts = &mut self.firsts[session];
        if firsts.len() <= tx {
            firsts.resize(tx + 1, NONE);
        }
        firsts[tx] = item;
    }
}
