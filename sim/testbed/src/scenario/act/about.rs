//! What an act is about: the nodes, links and CoValues that it refers to.

use super::{
    Act, BackUp, ClockChange, Crash, Departure, FailWrites, Lone, Outage, Pause, Reference, Restore, Rot,
    Spell, Stall, Subject, To, Way,
};

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`refs` asks of each new act; the rest here is about a few"
)]
impl Act {
    /// Whatever it refers to.
    pub(crate) fn refs(&self) -> Vec<Reference<'_>> {
        match self {
            Act::Create(it) | Act::Load(it) | Act::Done(it) => it.refs(),
            Act::Edit(it) => it.refs(),
            Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_) => self.change().map(|change| change.refs()).unwrap_or_default(),
            Act::Connect(it) | Act::Disconnect(it) => it.refs(),
            Act::Partition(it) | Act::Heal(it) | Act::Release(it) => it.way().refs(),
            Act::HalfOpen(it) => it.refs(),
            Act::Hold(it) => it.refs(),
            Act::Drop(it) => it.refs(),
            Act::Restart(Outage { node, .. })
            | Act::Wipe(Outage { node, .. })
            | Act::Crash(Crash { node, .. })
            | Act::Restore(Restore { node, .. })
            | Act::BackUp(BackUp { node, .. })
            | Act::Stall(Stall { node, .. })
            | Act::DiskFull(Lone { node })
            | Act::DiskRoom(Lone { node })
            | Act::FailWrites(FailWrites { node, .. })
            | Act::Rot(Rot { node, .. })
            | Act::Pause(Pause { node, .. })
            | Act::Offline(Spell { node, .. }) => vec![Reference::new(To::Running, "node", node)],
            Act::Join(Lone { node }) => vec![Reference::new(To::Newcomer, "node", node)],
            Act::Leave(Departure { node, .. }) => vec![Reference::new(To::Leaver, "node", node)],
            Act::Clock(ClockChange { node, .. }) => vec![Reference::new(To::Prepared, "node", node)],
            Act::Attack(it) => it.refs(),
            Act::Network(it) => it.refs(),
        }
    }

    /// The link to which it does something, by its ends.
    pub(crate) fn link(&self) -> Option<[&str; 2]> {
        let ends = match self {
            Act::Connect(it) | Act::Disconnect(it) => Some(&it.between),
            Act::Network(it) => it.between.as_ref(),
            Act::Attack(it) => return Some([&it.node, &it.on]),
            Act::HalfOpen(it) => return Some([&it.node, &it.peer]),
            _ => return self.way().and_then(Way::ends),
        };
        ends.map(|[a, b]| [a.as_str(), b.as_str()])
    }

    /// The way of a link to which it does something.
    pub(crate) fn way(&self) -> Option<Way<'_>> {
        match self {
            Act::Partition(it) | Act::Heal(it) | Act::Release(it) => Some(it.way()),
            Act::Hold(it) => Some(it.way()),
            Act::Drop(it) => Some(it.way()),
            _ => None,
        }
    }

    /// The creation of a CoValue, if it is one.
    pub(crate) fn creates(&self) -> Option<&Subject> {
        if let Act::Create(create) = self { Some(create) } else { None }
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
            Act::Create(it) => Some(&it.id),
            Act::Edit(it) => Some(&it.id),
            _ => self.change().map(|change| change.id),
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
