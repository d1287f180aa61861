//! A choice as the world asks for it, and how it is read and changed by decisions.

use super::{DecisionKind, Detail};
use crate::decision::{Fate, WriteFate};
use crate::host::Survival;
use crate::scenario::file::About;
use cosim_core::Span;

/// What a decision can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// A message.
    Message,
    /// An end that notices a connection.
    Notice,
    /// A write to a disk.
    Write,
    /// A crash.
    Crash,
    /// How long work takes.
    Work,
}

impl Topic {
    /// What an address is about.
    pub(crate) const fn of(about: About<'_>) -> Topic {
        match about {
            About::Message { .. } => Topic::Message,
            About::Opened | About::Closed => Topic::Notice,
            About::Write { .. } => Topic::Write,
            About::Crash => Topic::Crash,
            About::WorkOf { .. } | About::Work { .. } => Topic::Work,
        }
    }

    /// What it is called, and how an address of it is written.
    pub(crate) const fn in_words(self) -> (&'static str, &'static str) {
        match self {
            Topic::Message => ("a message", "`from>to kind id [carried]`"),
            Topic::Notice => ("an end that notices a connection", "`node hears-open peer @operation`"),
            Topic::Write => ("a write to a disk", "`node writes id [carried]`"),
            Topic::Crash => ("a crash", "`node crashes @operation`"),
            Topic::Work => ("a guest at work", "`node works kind id [carried]` or `node works deadline`"),
        }
    }
}

/// What is about to happen, and what the harmless default would be.
#[derive(Debug)]
pub(crate) enum Choice<'a> {
    /// To a message.
    Message(&'a mut Fate, Fate),
    /// To an end that notices a connection: how much later.
    Notice(&'a mut Span, Span),
    /// To a write.
    Write(&'a mut WriteFate, WriteFate),
    /// To the writes under way in a crash.
    Crash(&'a mut Survival, Survival),
    /// To a node at work: how far each look at the time of its work finds that gone on.
    Work(&'a mut Span, Span),
}

impl Choice<'_> {
    /// What is not the harmless default, as decisions. Of a message that is lost, nothing else matters.
    pub(crate) fn harm(&self) -> Vec<(DecisionKind, Detail)> {
        let mut harm = Vec::new();
        for &kind in DecisionKind::ALL {
            harm.extend(kind.said_by(self).map(|detail| (kind, detail)));
            if let [(DecisionKind::Lost, _)] = harm.as_slice() {
                break;
            }
        }
        harm
    }

    /// Makes it the harmless default.
    pub(crate) fn make_harmless(&mut self) {
        match self {
            Choice::Message(fate, usual) => **fate = *usual,
            Choice::Notice(late, usual) => **late = *usual,
            Choice::Write(fate, usual) => **fate = *usual,
            Choice::Crash(left, all) => **left = *all,
            Choice::Work(each, usual) => **each = *usual,
        }
    }

    /// Makes it what a decision says.
    pub(crate) fn put(&mut self, kind: DecisionKind, detail: Detail) {
        kind.put(self, detail);
    }
}
