//! A text with a gap where it was changed last: a change beside the one before costs what it changes.

/// A code point, and whether an item of the text begins with it.
pub(super) type Point = (char, bool);

/// The code points of a text.
#[derive(Debug, Default)]
pub(super) struct Gap {
    before: Vec<Point>,
    /// How many items begin there.
    items: usize,
    /// Last to first.
    after: Vec<Point>,
}

impl Gap {
    /// How many code points there are.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// The code point at a place.
    pub(super) fn at(&self, place: usize) -> Option<Point> {
        match place.checked_sub(self.before.len()) {
            None => self.before.get(place).copied(),
            Some(place) => self.after.iter().rev().nth(place).copied(),
        }
    }

    /// All of them, first to last.
    pub(super) fn iter(&self) -> impl Iterator<Item = Point> {
        self.before.iter().chain(self.after.iter().rev()).copied()
    }

    /// How many items begin before `place`, to which the gap goes.
    pub(super) fn items_before(&mut self, place: usize) -> usize {
        while self.before.len() > place
            && let Some(point) = self.before.pop()
        {
            self.items -= usize::from(point.1);
            self.after.push(point);
        }
        while self.before.len() < place
            && let Some(point) = self.after.pop()
        {
            self.push(point);
        }
        self.items
    }

    /// Takes so many code points out behind the gap; gives back how many items began there.
    pub(super) fn take(&mut self, count: usize) -> usize {
        let left = self.after.len().saturating_sub(count);
        self.after.drain(left..).filter(|(_, begins)| *begins).count()
    }

    /// Puts a code point before the gap.
    pub(super) fn push(&mut self, point: Point) {
        self.items += usize::from(point.1);
        self.before.push(point);
    }
}
