//! From positions in code points to places in graphemes, which are what a text is made of.

use super::format::{Patch, Session};
use super::gap::Gap;
use super::{Error, Splice};
use unicode_segmentation::UnicodeSegmentation;

/// The text as it stands when the transactions are taken in recorded order. Where people wrote at the same time that is
/// about what each of them saw, and only used where graphemes of several code points have to be counted.
#[derive(Debug)]
pub(super) struct Text {
    points: Gap,
    how: How,
}

/// How much is known of what the authors saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// All: everybody had seen all that was done before.
    Exactly,
    /// About.
    About,
    /// Nothing, and it does not matter: every grapheme is one code point.
    Plain,
}

impl Text {
    /// Before the first transaction.
    pub(super) fn of(session: &Session) -> Text {
        let how = if session.is_linear() {
            How::Exactly
        } else if session.txns.iter().flat_map(|txn| &txn.patches).all(|(_, _, inserted)| is_plain(inserted))
        {
            How::Plain
        } else {
            How::About
        };
        Text { points: Gap::default(), how }
    }

    /// What a patch does, and does it; `None` where it does nothing. Where a patch takes a grapheme apart, what stays of
    /// that is put in its place.
    pub(super) fn patched(&mut self, (position, deleted, inserted): Patch) -> Result<Option<Splice>, Error> {
        if deleted == 0 && inserted.is_empty() {
            return Ok(None);
        }
        if self.how == How::Plain {
            return Ok(Some(Splice { index: position, delete: deleted, insert: inserted }));
        }
        let len = self.points.len();
        let from = (position as usize).min(len);
        let to = from.saturating_add(deleted as usize).min(len);
        let beyond = (position - counted(from), deleted - counted(to - from));
        if self.how == How::Exactly && beyond != (0, 0) {
            let error = Error::at(
                "txns",
                format!("a patch at {position} of {deleted} code points is outside the text"),
            );
            return Err(error.expected(format!("positions in code points of a text that has {len} then")));
        }
        let start = (0..=from).rev().find(|at| self.is_boundary(*at)).unwrap_or(0);
        let end = (to..=len).find(|at| self.is_boundary(*at)).unwrap_or(len);
        let kept =
            |range: std::ops::Range<usize>| range.filter_map(|at| self.points.at(at)).map(|(char, _)| char);
        let insert: String = kept(start..from).chain(inserted.chars()).chain(kept(to..end)).collect();
        let (index, delete) = (self.points.items_before(start), self.points.take(end - start));
        for (at, char) in insert.graphemes(true).flat_map(|item| item.chars().enumerate()) {
            self.points.push((char, at == 0));
        }
        let [index, delete] =
            [counted(index).saturating_add(beyond.0), counted(delete).saturating_add(beyond.1)];
        Ok(Some(Splice { index, delete, insert }))
    }

    fn is_boundary(&self, at: usize) -> bool {
        self.points.at(at).is_none_or(|(_, begins)| begins)
    }

    /// Where all is known, the end is too.
    pub(super) fn check_end(&self, end: &str) -> Result<(), Error> {
        if self.how != How::Exactly || self.points.iter().map(|(char, _)| char).eq(end.chars()) {
            return Ok(());
        }
        let error = Error::at("endContent", "the transactions do not lead to this text");
        Err(error.expected("what the patches come to when they are applied one after the other"))
    }
}

pub(super) fn is_plain(text: &str) -> bool {
    text.graphemes(true).all(|grapheme| grapheme.chars().nth(1).is_none())
}

/// A count of code points: there are fewer than the bytes of a recording.
fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
