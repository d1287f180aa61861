//! How acts are called and told.

use super::{Act, To, Way};
use crate::scenario::file::NetworkChange;
use crate::scenario::resolve::names::backup_name;

impl Act {
    /// What it is called where the file gives it no name: what it does to what.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most acts are named after their node")]
    pub(crate) fn usual_name(&self) -> String {
        let kind = self.key().replace('_', "-");
        let refs = self.refs();
        let between = |[a, b]: [&str; 2]| format!("{kind}-{}-{}", a.min(b), a.max(b));
        match self {
            Act::Network(NetworkChange { between: None, .. }) => kind,
            Act::Connect(_) | Act::Disconnect(_) | Act::Network(_) => {
                between(self.link().unwrap_or_default())
            }
            Act::Partition(_) | Act::Heal(_) | Act::Release(_) | Act::Hold(_) | Act::Drop(_) => {
                match self.way() {
                    Some(Way { from: Some(from), to: Some(to), .. }) => format!("{kind}-{from}-to-{to}"),
                    _ => between(self.link().unwrap_or_default()),
                }
            }
            Act::HalfOpen(it) => format!("{kind}-{}-{}", it.node, it.peer),
            Act::Attack(it) => format!("{kind}-{}-{}-{}", it.how.name(), it.node, it.on),
            _ => {
                let node = refs.first().map_or("", |reference| reference.name);
                let id = refs.iter().find(|reference| reference.to == To::CoValue);
                id.map_or_else(|| format!("{kind}-{node}"), |id| format!("{kind}-{}-{node}", id.name))
            }
        }
    }

    /// What it does, in words, as a log tells it.
    pub(crate) fn words(&self) -> String {
        match self {
            Act::Create(it) => format!("{} creates {}", it.node, it.id),
            Act::Load(it) => format!("{} loads {}", it.node, it.id),
            Act::Done(it) => format!("{} is done with {}", it.node, it.id),
            Act::Edit(it) => it.words(),
            Act::Set(_)
            | Act::Delete(_)
            | Act::Insert(_)
            | Act::Remove(_)
            | Act::Push(_)
            | Act::Splice(_)
            | Act::AddMember(_)
            | Act::RemoveMember(_) => self.change_in_words(),
            Act::Connect(it) => format!("{} connect", it.pair()),
            Act::Disconnect(it) => format!("{} disconnect", it.pair()),
            Act::Partition(it) => format!("nothing passes {}", it.way()),
            Act::Heal(it) => format!("messages pass {} again", it.way()),
            Act::Release(it) => format!("what was kept back {} arrives", it.way()),
            Act::HalfOpen(it) => it.words(),
            Act::Hold(it) => it.words(),
            Act::Drop(it) => it.words(),
            Act::Restart(it) => format!("{} restarts, down for {}", it.node, it.down_for()),
            Act::Wipe(it) => format!("{} is wiped, down for {}", it.node, it.down_for()),
            Act::Crash(it) => it.words(),
            Act::Restore(it) => it.words(),
            Act::BackUp(it) => {
                format!("{}'s disk is copied as {}", it.node, backup_name(it.backup.as_deref()))
            }
            Act::Stall(it) => format!("{}'s disk stalls for {}", it.node, it.span),
            Act::DiskFull(it) => format!("{}'s disk is full", it.node),
            Act::DiskRoom(it) => format!("{}'s disk has room again", it.node),
            Act::FailWrites(it) => it.words(),
            Act::Rot(it) => format!("a bit on {}'s disk flips", it.node),
            Act::Pause(it) => it.words(),
            Act::Offline(it) => format!("{} goes offline for {}", it.node, it.span),
            Act::Join(it) => format!("{} joins", it.node),
            Act::Leave(it) => format!("{} leaves for good", it.node),
            Act::Clock(it) => it.words(),
            Act::Attack(it) => it.words(),
            Act::Network(it) => it.words(),
        }
    }
}
