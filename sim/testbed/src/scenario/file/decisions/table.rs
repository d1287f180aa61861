//! How a file lists decisions: by address, some with a span or a place.

use crate::scenario::file::Duration;
use cosim_core::Span;
use std::collections::BTreeMap;

/// What a decision says beside its kind and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Nothing.
    Nothing,
    /// How long it lasts.
    Span(Duration),
    /// Where or how much.
    Place(u32),
}

impl From<()> for Detail {
    fn from((): ()) -> Detail {
        Detail::Nothing
    }
}

impl From<Duration> for Detail {
    fn from(span: Duration) -> Detail {
        Detail::Span(span)
    }
}

impl From<Span> for Detail {
    fn from(span: Span) -> Detail {
        Detail::Span(Duration(span))
    }
}

impl From<u32> for Detail {
    fn from(place: u32) -> Detail {
        Detail::Place(place)
    }
}

impl From<Detail> for Duration {
    /// No time at all, where the detail is none.
    fn from(detail: Detail) -> Duration {
        match detail {
            Detail::Span(span) => span,
            Detail::Nothing | Detail::Place(_) => Duration::default(),
        }
    }
}

impl From<Detail> for Span {
    fn from(detail: Detail) -> Span {
        Duration::from(detail).0
    }
}

impl From<Detail> for u32 {
    /// Zero, where the detail is no place.
    fn from(detail: Detail) -> u32 {
        match detail {
            Detail::Place(place) => place,
            Detail::Nothing | Detail::Span(_) => 0,
        }
    }
}

/// The decisions of one kind.
pub(super) trait Table {
    /// Whether it lists none.
    fn is_empty(&self) -> bool;

    /// Whether it lists one with this address.
    fn has(&self, address: &str) -> bool;

    /// Everything that it lists.
    fn entries(&self) -> Box<dyn Iterator<Item = (&String, Detail)> + '_>;

    /// Adds one, or replaces it.
    fn put(&mut self, address: String, detail: Detail);

    /// Keeps the addresses of which `keep` holds.
    fn keep(&mut self, keep: impl FnMut(&String) -> bool);
}

impl Table for Vec<String> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn has(&self, address: &str) -> bool {
        self.iter().any(|listed| listed == address)
    }

    fn entries(&self) -> Box<dyn Iterator<Item = (&String, Detail)> + '_> {
        Box::new(self.iter().map(|address| (address, Detail::Nothing)))
    }

    fn put(&mut self, address: String, _: Detail) {
        if !self.has(&address) {
            self.push(address);
        }
    }

    fn keep(&mut self, keep: impl FnMut(&String) -> bool) {
        self.retain(keep);
    }
}

impl<S: Copy + Into<Detail> + From<Detail>> Table for BTreeMap<String, S> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn has(&self, address: &str) -> bool {
        self.contains_key(address)
    }

    fn entries(&self) -> Box<dyn Iterator<Item = (&String, Detail)> + '_> {
        Box::new(self.iter().map(|(address, says)| (address, (*says).into())))
    }

    fn put(&mut self, address: String, detail: Detail) {
        self.insert(address, detail.into());
    }

    fn keep(&mut self, mut keep: impl FnMut(&String) -> bool) {
        self.retain(|address, _| keep(address));
    }
}
