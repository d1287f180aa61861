//! When what is unanswered was first said, and what has set its deadline: no rule goes by that, but who reads that one was
//! broken wants to know.

use cosim_core::Time;
use std::fmt;

/// A message that is unanswered, and its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// When it was first said.
    pub first: Option<Time>,
    /// When its deadline passes, if that has begun.
    pub deadline: Option<Time>,
    /// Whether something still waits before its sender's line, so that none begins.
    pub is_leaving: bool,
    /// When that was set, and by what.
    pub set: Option<(Time, SetBy)>,
}

/// What has set a deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SetBy {
    /// It was said.
    #[default]
    Said,
    /// It has left the queue before its sender's line.
    Left,
    /// Something came from the other: an answer, or something new.
    Heard,
    /// The deadline before it has passed.
    Passed,
}

impl SetBy {
    fn words(self) -> &'static str {
        match self {
            SetBy::Said => "by what was said then",
            SetBy::Left => "as the message left its sender's queue",
            SetBy::Heard => "anew by what came from the other then",
            SetBy::Passed => "as the one before it passed",
        }
    }
}

/// `it was first said at 1.000s; its deadline is 2.000s, set at 1.000s by what was said then`.
impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.first {
            write!(f, "it was first said at {first}; ")?;
        }
        match (self.deadline, self.set) {
            (None, _) => {
                f.write_str("its deadline has not begun, since something still waits before the line")
            }
            (Some(at), Some((set, by))) => write!(f, "its deadline is {at}, set at {set} {}", by.words()),
            (Some(at), None) => write!(f, "its deadline is {at}"),
        }
    }
}
