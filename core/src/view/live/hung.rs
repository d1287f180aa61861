//! What hangs on one side of an item: mostly nothing, or what was typed next.

use alloc::vec;
use alloc::vec::Vec;

/// Items in order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Hung {
    #[default]
    Nothing,
    One(u32),
    /// A row of the [`Rows`].
    Several(u32),
}

/// Rows of several items. They are apart from the many sides on which nothing hangs, or one item.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows(Vec<Vec<u32>>);

impl Rows {
    /// The items of a side, front to back.
    pub(super) fn items<'a>(&'a self, side: &'a Hung) -> &'a [u32] {
        match side {
            Hung::Nothing => &[],
            Hung::One(item) => core::slice::from_ref(item),
            Hung::Several(row) => &self.0[*row as usize],
        }
    }

    /// Puts an item at a place among those of a side.
    pub(super) fn insert(&mut self, side: &mut Hung, place: usize, item: u32) {
        match side {
            Hung::Nothing => *side = Hung::One(item),
            Hung::One(other) => {
                let mut items = vec![*other];
                items.insert(place, item);
                *side = Hung::Several(u32::try_from(self.0.len()).expect("memory ends before"));
                self.0.push(items);
            }
            Hung::Several(row) => self.0[*row as usize].insert(place, item),
        }
    }
}
