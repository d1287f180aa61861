//! `permission`: nothing shows that its author had no right to write, and everything that it had the right to write
//! shows to who can read it. Who has which right, `rights` says by the log of the group.
//!
//! Of what a hostile author writes only the first is asked: it may make no sense.

use super::hostile::Hostile;
use super::logs::{Held, Logs};
use super::rights::{Rights, author, encrypted};
use super::violation::Subject;
use crate::cojson::{Cast, SimCrypto, session_parts};
use crate::host::NodeId;
use cosim_core::real::Transaction;
use cosim_core::state::SessionLog;
use cosim_core::view::LiveView;
use cosim_core::{CoId, Names, SessionId, VecMap};
use std::collections::BTreeMap;

/// How far each log was looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Permission {
    checked: BTreeMap<(NodeId, CoId), Checked>,
}

#[derive(Clone, Debug, Default)]
struct Checked {
    /// The state of the group by which it was.
    group: u64,
    sessions: VecMap<SessionId, usize>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub(super) node: NodeId,
    pub(super) id: CoId,
    pub(super) held: &'a Held,
    pub(super) sessions: &'a VecMap<SessionId, SessionLog<SimCrypto>>,
    pub(super) shown: &'a LiveView,
}

impl Permission {
    /// A process ends: its logs will come from elsewhere.
    pub(super) fn goes_down(&mut self, node: NodeId) {
        self.checked.retain(|(of, _), _| *of != node);
    }

    /// Looks at what is new in one CoValue of one node, and at all of it where the group has changed; says how many
    /// transactions it looked at.
    pub(super) fn look(
        &mut self,
        look: &Look<'_>,
        (logs, hostile): (&Logs, &Hostile),
        cast: &Cast,
    ) -> (u64, Option<Subject>) {
        let Some(rights) = look.held.rights.as_deref().filter(|rights| rights.are_known()) else {
            return (0, None);
        };
        let checked = self.checked.entry((look.node, look.id)).or_default();
        if checked.group != look.held.group {
            *checked = Checked { group: look.held.group, ..Checked::default() };
        }
        let mut looks = 0;
        for (session, log) in look.sessions.iter() {
            let checked = checked.sessions.entry_or_insert_with(session, || 0);
            let new = log.transactions.iter().enumerate().skip(*checked);
            *checked = log.transactions.len();
            for (index, transaction) in new {
                let Some(said) = transaction.said.as_deref() else { continue };
                looks += 1;
                let place = (session, index as u32, logs.name(session));
                if let Some(kind) = look.wrong(rights, place, said, hostile.writes(session)) {
                    return (looks, Some(look.subject(kind, session, index, cast)));
                }
            }
        }
        (looks, None)
    }
}

/// What is wrong with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Shown,
    Hidden,
}

impl Look<'_> {
    fn wrong(
        &self,
        rights: &Rights,
        (session, index, name): (SessionId, u32, &str),
        said: &Transaction,
        hostile: bool,
    ) -> Option<Wrong> {
        let may = if self.held.is_group {
            rights.counts(session, index)
        } else {
            rights.may_write(author(name), said.made_at.as_ms()?)
        };
        let can_read = encrypted(said).is_none_or(|(key, _)| self.held.opened.has(key));
        match (may, self.shown.visible(name, index)) {
            (false, true) => Some(Wrong::Shown),
            (true, false) if can_read && !hostile => Some(Wrong::Hidden),
            _ => None,
        }
    }

    fn subject(&self, wrong: Wrong, session: SessionId, index: usize, cast: &Cast) -> Subject {
        let (node, author) = (cast.node(self.node), cast.node(session_parts(session).0));
        let what = format!("transaction {index} of {} in {}", cast.session(session), cast.co_value(self.id));
        let (kind, what) = match wrong {
            Wrong::Shown => ("shown", format!("{node} shows {what}, which {author} had no right to write")),
            Wrong::Hidden => (
                "hidden",
                format!(
                    "{node} does not show {what}, which {author} had the right to write, and it can read"
                ),
            ),
        };
        Subject { node: self.node, peer: None, id: Some(self.id), kind, what }
    }
}
