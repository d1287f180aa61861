//! Logs as views need them, wherever they are kept.

use crate::real::Transaction;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

/// What a log consists of.
pub trait Entry {
    /// The transaction; `None` for one that says nothing.
    fn transaction(&self) -> Option<&Transaction>;
}

impl Entry for Transaction {
    fn transaction(&self) -> Option<&Transaction> {
        Some(self)
    }
}

/// A session's log, wherever it is kept.
pub trait Log {
    /// How many transactions there are.
    fn len(&self) -> usize;

    /// The transaction at `index`; `None` beyond the end, and for one that says nothing.
    fn get(&self, index: usize) -> Option<&Transaction>;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for dyn Log + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).map(|index| self.get(index))).finish()
    }
}

impl<T: Entry> Log for Vec<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, index: usize) -> Option<&Transaction> {
        self.as_slice().get(index)?.transaction()
    }
}

impl Log for &[Transaction] {
    fn len(&self) -> usize {
        <[Transaction]>::len(self)
    }

    fn get(&self, index: usize) -> Option<&Transaction> {
        <[Transaction]>::get(self, index)
    }
}

impl Log for Cow<'_, [Transaction]> {
    fn len(&self) -> usize {
        <[Transaction]>::len(self)
    }

    fn get(&self, index: usize) -> Option<&Transaction> {
        <[Transaction]>::get(self, index)
    }
}
