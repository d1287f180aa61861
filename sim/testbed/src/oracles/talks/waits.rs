//! How long a node waits for an answer.

use cosim_core::Span;

/// How long a node waits: the first deadline, and the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// The first.
    pub base: Span,
    /// The longest.
    pub cap: Span,
}

impl Waits {
    /// How long it waits after so many deadlines without progress.
    pub(super) fn after(self, passed: u32) -> Span {
        let mut wait = self.base.max(Span::from_us(1)).min(self.cap.max(Span::from_us(1)));
        for _ in 0..passed {
            if wait >= self.cap {
                break;
            }
            wait = (wait + wait).min(self.cap);
        }
        wait
    }
}
