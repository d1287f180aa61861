//! What may have led to something: of all that happened before, what the chain of messages leads back to, what apps did,
//! and whatever did not go its plain way.

use super::{Entry, Event, Log, Outcome, Way};
use cosim_core::{CoId, Time};
use std::collections::BTreeSet;

impl Log {
    /// What may have led to what happened in `event`, in order. `concerns` says which CoValues it is about.
    ///
    /// Entries of the [chain](Log::chain) are part of it; so are operations, and messages that were lost, doubled, damaged,
    /// held or overtaken, of these CoValues, and what befell nodes and disks. A message that simply arrived is not.
    pub fn causes(&self, event: u64, concerns: impl Fn(CoId) -> bool) -> Vec<&Entry> {
        let chain = self.chain(event);
        let in_chain = |entry: &Entry| chain.iter().any(|link| std::ptr::eq(*link, entry));
        let before = self.entries().take_while(|entry| entry.event <= event);
        // That links open at first is part of the scene.
        let mut opened = BTreeSet::new();
        let mut sets_scene = |entry: &Entry| {
            if let Event::Connected(end) = &entry.what {
                return opened.insert((end.node, end.peer));
            }
            let is_opening = |name: &str| name.starts_with("open-") && entry.at == Time::ZERO;
            matches!(&entry.what, Event::Operation { name, .. } if is_opening(name))
        };
        let unusual =
            before.filter(|entry| !sets_scene(entry) && entry.is_unusual(&concerns) || in_chain(entry));
        unusual.collect()
    }
}

impl Entry {
    /// Whether it is more than that time goes on and messages arrive.
    fn is_unusual(&self, concerns: &impl Fn(CoId) -> bool) -> bool {
        match &self.what {
            Event::Operation { id, .. } => id.is_none_or(concerns),
            Event::Sent { mail, why, held, way } => {
                let is_odd = why.is_some() || *held || way.is_some_and(Way::is_odd);
                is_odd && concerns(mail.message.id())
            }
            Event::Delivered { mail, again, stale, damaged, .. } => {
                (*again || *stale || *damaged) && concerns(mail.message.id())
            }
            Event::Disk { id, outcome, .. } => *outcome != Outcome::Written && concerns(*id),
            Event::Committed { outcome, .. } => *outcome != Outcome::Written,
            Event::WriteFailed { id, .. } => concerns(*id),
            Event::LoadEnded { id, available, .. } => !available && concerns(*id),
            Event::Connected(_)
            | Event::Down { .. }
            | Event::Up { .. }
            | Event::Disconnected(_)
            | Event::Closed(_)
            | Event::Asleep { .. }
            | Event::Awake { .. }
            | Event::Offline { .. }
            | Event::Online { .. }
            | Event::Blocked(_)
            | Event::Cut { .. }
            | Event::Recovered { .. }
            | Event::GuestFailed { .. }
            | Event::Liveness {} => true,
            Event::Skipped { .. }
            | Event::Timer { .. }
            | Event::Writable(_)
            | Event::Uploaded { .. }
            | Event::State { .. }
            | Event::Looks(_) => false,
        }
    }
}

impl Way {
    /// Whether more happens to a message than that one copy arrives in its turn.
    fn is_odd(self) -> bool {
        let Way { copies, latency: _, reordered, duplicate, replayed, damaged, truncated } = self;
        copies != 1
            || reordered.is_some()
            || duplicate.is_some()
            || replayed.is_some()
            || damaged.is_some()
            || truncated.is_some()
    }
}
