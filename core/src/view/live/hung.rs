//! What hangs on one side of an item: mostly nothing, or what was typed next.

use alloc::vec;
use alloc::vec::Vec;

/// Items in order.
#[derive(Clone, Debug, Default)]
pub(super) enum Hung {
    #[default]
    Nothing,
    One(u32),
    Several(Vec<u32>),
}

impl Hung {
    /// The items, front to back.
    pub(super) fn items(&self) -> &[u32] {
        match self {
            Hung::Nothing => &[],
            Hung::One(item) => core::slice::from_ref(item),
            Hung::Several(items) => items,
        }
    }

    /// Puts an item at a place among them.
    pub(super) fn insert(&mut self, place: usize, item: u32) {
        match self {
            Hung::Nothing => *self = Hung::One(item),
            Hung::One(other) => {
                let mut items = vec![*other];
                items.insert(place, item);
                *self = Hung::Several(items);
            }
            Hung::Several(items) => items.insert(place, item),
        }
    }
}
