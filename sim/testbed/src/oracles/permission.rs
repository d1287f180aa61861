//! `permission`: nothing shows that its author had no right to write, and everything that it had the right to write
//! shows to who can read it. Who has which right, `rights` says by the log of the group.
//!
//! What today's rules keep out though its author may write, `kept_out` says.
//!
//! Of what a hostile author writes only the first is asked: it may make no sense.

mod kept_out;

use super::about::{About, Blames, Needed, Property};
use super::evidence::{Evidence, Need};
use super::holdings::{Shown, Stored};
use super::logs::{Grounds, Seen};
use super::oracle::{Look, Oracle};
use super::rights::{Rights, author, encrypted};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Cast, session_parts};
use crate::host::NodeId;
use crate::observer::Ending;
use cosim_core::real::Transaction;
use cosim_core::view::Dialect;
use cosim_core::{CoId, Names, SessionId, VecMap};
use kept_out::{KeptOut, Placed};
use std::collections::BTreeMap;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "permission",
    sentence: "nothing is shown that its author had no right to write, and what an honest author had the right to write is shown to everybody who can read it",
    when: "every event: what is new, and all of it where the group has changed",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Groups,
    needs: &[Need::Logs, Need::Holdings],
    turn: 16,
    since: 1,
};

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

impl Oracle for Permission {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// A process ends: its logs will come from elsewhere.
    fn goes_down(&mut self, _scene: &Scene<'_>, node: NodeId, _ending: Ending) -> Look {
        self.checked.retain(|(of, _), _| *of != node);
        Look::NONE
    }

    fn shows(&mut self, scene: &Scene<'_>, seen: &Seen<'_>) -> Look {
        let stored = scene.world.holdings(seen.node).stored(seen.id);
        let (Some(shown), Some(stored)) = (seen.shown, stored) else { return Look::NONE };
        let Some(rights) = seen.grounds.rights.as_deref().filter(|rights| rights.are_known()) else {
            return Look::NONE;
        };
        let (logs, dialect) = (&scene.evidence.logs, scene.setup.directory.dialect_of(seen.node));
        let id = scene.setup.directory.co_value(seen.id).map_or("", |known| &known.id);
        let kept_out = KeptOut::of((id, stored), logs, rights, dialect);
        let judging = Judging { grounds: seen.grounds, rights, shown, kept_out };
        Look::times(self.look(scene, seen, stored, &judging))
    }
}

/// The first transaction of which a view shows more or less than it should: its place. Of a view that is no node's own, so
/// that who made it can be doubted.
pub(super) fn first_wrong(
    scene: &Scene<'_>,
    seen: &Seen<'_>,
    (shown, dialect): (&dyn Shown, Dialect),
) -> Option<(SessionId, usize)> {
    let Evidence { logs, hostile, .. } = scene.evidence;
    let stored = scene.world.holdings(seen.node).stored(seen.id)?;
    let rights = seen.grounds.rights.as_deref().filter(|rights| rights.are_known())?;
    let id = scene.setup.directory.co_value(seen.id).map_or("", |known| &known.id);
    let kept_out = KeptOut::of((id, stored), logs, rights, dialect);
    let judging = Judging { grounds: seen.grounds, rights, shown, kept_out };
    let mut all = stored.logs().flat_map(|(session, log)| {
        log.transactions.iter().enumerate().map(move |(index, transaction)| (session, index, transaction))
    });
    let wrong = all.find(|(session, index, transaction)| {
        // What was merged shows by where it was made, which the branch says.
        let is_merged =
            |said: &Transaction| matches!(said.meta(), Ok(Some(meta)) if meta.get("mi").is_some());
        transaction.said.as_deref().filter(|said| !is_merged(said)).is_some_and(|said| {
            let it = Placed { session: *session, name: logs.name(*session), index: *index as u32, said };
            judging.wrong(it, hostile.writes(*session)).is_some()
        })
    });
    wrong.map(|(session, index, _)| (session, index))
}

impl Permission {
    /// Looks at what is new in one CoValue of one node, and at all of it where the group has changed; says how many
    /// transactions it looked at.
    fn look(
        &mut self,
        scene: &Scene<'_>,
        seen: &Seen<'_>,
        stored: &dyn Stored,
        judging: &Judging<'_>,
    ) -> (u64, Option<Subject>) {
        let Evidence { logs, hostile, .. } = scene.evidence;
        let checked = self.checked.entry((seen.node, seen.id)).or_default();
        if checked.group != seen.grounds.group {
            *checked = Checked { group: seen.grounds.group, ..Checked::default() };
        }
        let mut looks = 0;
        for (session, log) in stored.logs() {
            let checked = checked.sessions.entry_or_insert_with(session, || 0);
            let new = log.transactions.iter().enumerate().skip(*checked);
            *checked = log.transactions.len();
            for (index, transaction) in new {
                let Some(said) = transaction.said.as_deref() else { continue };
                looks += 1;
                let it = Placed { session, name: logs.name(session), index: index as u32, said };
                if let Some(kind) = judging.wrong(it, hostile.writes(session)) {
                    return (looks, Some(subject(kind, seen, (session, index), &scene.setup.cast)));
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
    /// Though it is kept out.
    Kept,
    Hidden,
}

/// What a transaction is judged by.
struct Judging<'a> {
    grounds: &'a Grounds,
    rights: &'a Rights,
    shown: &'a dyn Shown,
    kept_out: KeptOut<'a>,
}

impl Judging<'_> {
    fn wrong(&self, it: Placed<'_>, hostile: bool) -> Option<Wrong> {
        let Placed { session, name, index, said } = it;
        let may = if self.grounds.is_group {
            self.rights.counts(session, index)
        } else {
            self.rights.may_write(author(name), said.made_at.as_ms()?)
        };
        let can_read = encrypted(said).is_none_or(|(key, _)| self.grounds.opened.has(key));
        let is_kept_out = || if self.grounds.is_group { Some(false) } else { self.kept_out.has(it) };
        match (may, self.shown.visible(name, index)) {
            (false, true) => Some(Wrong::Shown),
            (true, true) if is_kept_out() == Some(true) => Some(Wrong::Kept),
            (true, false) if can_read && !hostile && is_kept_out() == Some(false) => Some(Wrong::Hidden),
            _ => None,
        }
    }
}

fn subject(wrong: Wrong, seen: &Seen<'_>, (session, index): (SessionId, usize), cast: &Cast) -> Subject {
    let (node, author) = (cast.node(seen.node), cast.node(session_parts(session).0));
    let what = format!("transaction {index} of {} in {}", cast.session(session), cast.co_value(seen.id));
    let (kind, what) = match wrong {
        Wrong::Shown => ("shown", format!("{node} shows {what}, which {author} had no right to write")),
        Wrong::Kept => (
            "shown",
            format!("{node} shows {what}, which {author} wrote, and which the rules keep out of the view"),
        ),
        Wrong::Hidden => (
            "hidden",
            format!("{node} does not show {what}, which {author} had the right to write, and it can read"),
        ),
    };
    Subject { node: seen.node, peer: None, id: Some(seen.id), kind, what }
}
