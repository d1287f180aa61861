//! What an act is about, as those who look at a whole timeline ask for it.

use super::refs::Refs;
use super::{Act, Subject, To, Way};

#[expect(clippy::wildcard_enum_match_arm, reason = "it is about a few acts")]
impl<R: Refs> Act<R> {
    /// The way of a link to which it does something.
    pub(crate) fn way(&self) -> Option<Way<'_, R>> {
        match self {
            Act::Partition(it) | Act::Heal(it) | Act::Release(it) => Some(it.way()),
            Act::Hold(it) => Some(it.way()),
            Act::Drop(it) => Some(it.way()),
            _ => None,
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "each of it is about a few acts")]
impl Act {
    /// The link to which it does something, by its ends.
    pub(crate) fn link(&self) -> Option<[&str; 2]> {
        let ends = match self {
            Act::Connect(it) | Act::Disconnect(it) => Some(it.between.each_ref()),
            Act::Network(it) => it.between.as_ref().map(<[_; 2]>::each_ref),
            Act::Attack(it) => Some([&it.node, &it.on]),
            Act::HalfOpen(it) => Some([&it.node, &it.peer]),
            _ => self.way().and_then(Way::ends),
        };
        ends.map(|ends| ends.map(String::as_str))
    }

    /// The creation of a CoValue, if it is one.
    pub(crate) fn creates(&self) -> Option<&Subject> {
        if let Act::Create(create) | Act::Branch(create) = self { Some(create) } else { None }
    }

    /// The group of the invite that it makes or accepts, and what its secret is called.
    pub(crate) fn invited(&self) -> Option<(&String, &String)> {
        match self {
            Act::Invite(it) => Some((&it.id, &it.secret)),
            Act::Accept(it) => Some((&it.id, &it.secret)),
            _ => None,
        }
    }

    /// The node that joins, if it is that.
    pub(crate) fn joins(&self) -> Option<&str> {
        if let Act::Join(join) = self { Some(&join.node) } else { None }
    }

    /// The node of which links may open once it is over.
    pub(crate) fn returns(&self) -> Option<&str> {
        match self {
            Act::Restart(it) | Act::Wipe(it) => Some(&it.node),
            Act::Crash(it) => Some(&it.node),
            Act::Restore(it) => Some(&it.node),
            Act::Pause(it) => Some(&it.node),
            Act::Offline(it) => Some(&it.node),
            _ => self.joins(),
        }
    }

    /// The CoValue to which it adds transactions.
    pub(crate) fn writes(&self) -> Option<&str> {
        match self {
            Act::Create(it) | Act::DeleteValue(it) | Act::Branch(it) | Act::Merge(it) => Some(&it.id),
            Act::Edit(it) => Some(&it.id),
            _ => self.change().map(|change| change.id.as_str()),
        }
    }

    /// What becomes of the node that runs, in words, where it must run for this to have an effect.
    pub(crate) fn asked(&self) -> Option<&'static str> {
        match self {
            Act::BackUp(_) => Some("has its disk copied"),
            Act::Crash(_) => Some("crashes"),
            Act::Restart(_) => Some("restarts"),
            Act::Wipe(_) => Some("is wiped"),
            Act::Restore(_) => Some("starts from a copy"),
            Act::Pause(_) => Some("falls asleep"),
            Act::Offline(_) => Some("goes offline"),
            _ => self
                .refs()
                .iter()
                .any(|reference| reference.to == To::App)
                .then_some("is asked for something"),
        }
    }
}
