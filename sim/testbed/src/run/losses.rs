//! What the ends of processes took with them: when whose process ended how, and what of that which apps were told is safe
//! nobody has any more.

use crate::cojson::{CoJson, Notice};
use crate::host::NodeId;
use crate::observer::{Ending, Happening, Observer};
use crate::world::{Presence, View};
use cosim_core::{CoId, Reach, SessionId, Time};
use std::collections::BTreeMap;

/// A process that ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) node: NodeId,
    pub(super) at: Time,
    /// In which event.
    pub(super) event: u64,
    pub(super) how: Ending,
}

/// What an app was told is safe, and nobody holds any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// In which CoValue.
    pub id: CoId,
    /// In which session.
    pub session: SessionId,
    /// How many transactions.
    pub count: u32,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Losses {
    ended: Vec<Ended>,
    /// How much of each session its app was told is safe.
    safe: BTreeMap<(CoId, SessionId), u32>,
}

impl Losses {
    /// The processes that ended, in order.
    pub(super) fn ended(&self) -> &[Ended] {
        &self.ended
    }

    /// What was safe and is lost, when all is over. Who left for good has taken along what it holds, and what was deleted
    /// for good is not lost.
    pub(super) fn lost<N: CoJson>(&self, view: &View<'_, N>) -> Vec<Lost> {
        let left = |(id, session): (CoId, SessionId)| {
            let here = view.hosts.iter().filter(|host| host.presence != Presence::Gone);
            let logs = here.filter_map(|host| host.node.state().co_values.get(&id));
            logs.map(|co_value| co_value.sessions.get(session).map_or(0, |log| log.len())).max().unwrap_or(0)
        };
        let is_deleted =
            |id: CoId| view.hosts.iter().any(|host| host.node.shows(id).is_some_and(|shown| shown.is_null()));
        let lost = self.safe.iter().filter_map(|((id, session), safe)| {
            let count = safe.saturating_sub(left((*id, *session)));
            (count > 0 && !is_deleted(*id)).then_some(Lost { id: *id, session: *session, count })
        });
        lost.collect()
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "two of many things are about it")]
impl<N: CoJson> Observer<N> for Losses {
    #[inline]
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        match happening {
            Happening::Down { node, ending } => {
                self.ended.push(Ended { node: *node, at: view.now, event: view.event, how: *ending });
            }
            Happening::Noticed {
                notice: Notice::Uploaded { id, session, count, reach: Reach::Safe, .. },
                ..
            } => {
                let safe = self.safe.entry((*id, *session)).or_default();
                *safe = (*count).max(*safe);
            }
            _ => {}
        }
    }
}
