//! What whoever shrinks a timeline asks of an act: who else could do it, and what undoes it.

use super::Act;

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`simpler` asks of each new act; the rest here is about a few"
)]
impl Act {
    /// The node whose app does it, where another's could as well.
    pub(crate) fn app_mut(&mut self) -> Option<&mut String> {
        match self {
            Act::Create(it)
            | Act::DeleteValue(it)
            | Act::Branch(it)
            | Act::Merge(it)
            | Act::Load(it)
            | Act::Done(it) => Some(&mut it.node),
            Act::Edit(it) => Some(&mut it.node),
            Act::Ask(it) => Some(&mut it.node),
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
                copy.node == *restore.source() && copy.backup == restore.backup
            }
            (Act::Done(done), Act::Load(load)) => done == load,
            (Act::Clock(stop), Act::Clock(go)) => {
                stop.stop == Some(true) && go.go == Some(true) && stop.node == go.node
            }
            _ => false,
        }
    }
}
