//! What whoever shrinks a timeline asks of an act: who else could do it, what undoes it, what is simpler.

use super::Act;

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`simpler` asks of each new act; the rest here is about a few"
)]
impl Act {
    /// The node whose app does it, where another's could as well.
    pub(crate) fn app_mut(&mut self) -> Option<&mut String> {
        match self {
            Act::Create(it) | Act::Load(it) | Act::Done(it) => Some(&mut it.node),
            Act::Edit(it) => Some(&mut it.node),
            _ => self.changing_mut(),
        }
    }

    /// The CoValues of whose messages something becomes, where it says which.
    pub(crate) fn filtered_mut(&mut self) -> Option<&mut Vec<String>> {
        match self {
            Act::Hold(hold) => hold.ids.as_mut(),
            Act::Drop(drop) => drop.ids.as_mut(),
            _ => None,
        }
    }

    /// Whether it undoes what `earlier` has done.
    pub(crate) fn undoes(&self, earlier: &Act) -> bool {
        let sorted = |act: &Act| act.link().map(|[a, b]| [a.min(b).to_owned(), a.max(b).to_owned()]);
        match (earlier, self) {
            (Act::Disconnect(_) | Act::HalfOpen(_), Act::Connect(_))
            | (Act::Partition(_) | Act::Drop(_), Act::Heal(_))
            | (Act::Hold(_), Act::Release(_) | Act::Heal(_)) => sorted(self) == sorted(earlier),
            (Act::DiskFull(full), Act::DiskRoom(room)) => full.node == room.node,
            (Act::BackUp(copy), Act::Restore(restore)) => {
                copy.node == restore.node && copy.backup == restore.backup
            }
            (Act::Done(done), Act::Load(load)) => done == load,
            (Act::Clock(stop), Act::Clock(go)) => {
                stop.stop == Some(true) && go.go == Some(true) && stop.node == go.node
            }
            _ => false,
        }
    }

    /// The same with one thing simpler, the simplest first.
    pub(crate) fn simpler(&self) -> Vec<Act> {
        let all: Vec<Act> = match self {
            Act::Edit(it) => it.simpler().map(Act::Edit).collect(),
            Act::Restart(it) => it.simpler().map(Act::Restart).collect(),
            Act::Wipe(it) => it.simpler().map(Act::Wipe).collect(),
            Act::Crash(it) => it.simpler().map(Act::Crash).collect(),
            Act::Restore(it) => it.simpler().map(Act::Restore).collect(),
            Act::Stall(it) => it.simpler().map(Act::Stall).collect(),
            Act::FailWrites(it) => it.simpler().map(Act::FailWrites).collect(),
            Act::Rot(it) => it.simpler().map(Act::Rot).collect(),
            Act::Pause(it) => it.simpler().map(Act::Pause).collect(),
            Act::Offline(it) => it.simpler().map(Act::Offline).collect(),
            Act::Leave(it) => it.simpler().map(Act::Leave).collect(),
            Act::Clock(it) => it.simpler().map(Act::Clock).collect(),
            Act::Attack(it) => it.simpler().map(Act::Attack).collect(),
            Act::Set(it) => it.simpler().map(Act::Set).collect(),
            Act::Insert(it) => it.simpler().map(Act::Insert).collect(),
            Act::Remove(it) => it.simpler().map(Act::Remove).collect(),
            Act::Push(it) => it.simpler().map(Act::Push).collect(),
            Act::Splice(it) => it.simpler().map(Act::Splice).collect(),
            Act::AddMember(it) => it.simpler().map(Act::AddMember).collect(),
            Act::Create(_)
            | Act::Delete(_)
            | Act::RemoveMember(_)
            | Act::Load(_)
            | Act::Done(_)
            | Act::Connect(_)
            | Act::Disconnect(_)
            | Act::Partition(_)
            | Act::Heal(_)
            | Act::HalfOpen(_)
            | Act::Hold(_)
            | Act::Release(_)
            | Act::Drop(_)
            | Act::BackUp(_)
            | Act::DiskFull(_)
            | Act::DiskRoom(_)
            | Act::Join(_)
            | Act::Network(_) => Vec::new(),
        };
        let all = self.as_usual().into_iter().chain(all);
        all.filter(|act| act != self).collect()
    }

    /// The same, encrypted or not as what it writes to usually is.
    fn as_usual(&self) -> Option<Act> {
        let mut act = self.clone();
        let (_, private) = act.private_mut()?;
        *private = None;
        Some(act)
    }
}
