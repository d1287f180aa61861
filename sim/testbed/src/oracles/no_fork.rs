//! `no_fork`: at most one transaction was ever written or sent for each CoValue, session and index, by nodes that have
//! crashed since included. A session is its name: two nodes that write in one fork it. A hostile author may fork its own
//! sessions.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::by_name::ByName;
use super::evidence::Need;
use super::hostile::Hostile;
use super::ledger::Taken;
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Cast, SimCrypto, Transaction};
use crate::host::NodeId;
use crate::observer::Ending;
use cosim_core::{CoId, Content, Names, Record, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "no_fork",
    sentence: "at most one transaction was ever written or sent for each CoValue, session and index",
    when: "every write and content",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Ledger],
    turn: 5,
    since: 1,
};

/// The first transaction seen at each place.
#[derive(Clone, Debug, Default)]
pub(super) struct NoFork {
    sessions: ByName,
    seen: BTreeMap<(CoId, SessionId), Vec<Option<Transaction>>>,
    /// What each process has handed over to its disk in its own session. What a crash takes of that was never written.
    handed: BTreeMap<(NodeId, CoId, SessionId), BTreeMap<u32, Transaction>>,
    /// What the process of each guest that has a disk has written. It does not say with which commit: so what was not sent
    /// counts as written once the process has ended, and what a crash takes of it was never written.
    unsure: BTreeMap<(NodeId, CoId, SessionId), BTreeMap<u32, Transaction>>,
    /// Guests that have crashed, and not started from their disks since.
    crashed: BTreeSet<NodeId>,
}

impl Oracle for NoFork {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn took(&mut self, scene: &Scene<'_>, taken: &Taken) -> Look {
        let Taken { node, id, session, after, transactions } = taken;
        if scene.evidence.hostile.writes(*session) {
            return Look::once(None);
        }
        if scene.setup.guests.contains(node) && scene.world.has_disk(*node) {
            return Look::once(self.wrote_unsurely(taken, scene.setup));
        }
        Look::once(self.wrote(*node, *id, (*session, *after, transactions), scene.setup))
    }

    /// Nothing is counted: what is handed over is looked at when the disk has it.
    fn writing(&mut self, scene: &Scene<'_>, node: NodeId, record: &Record<SimCrypto>) -> Look {
        let Record::Log { id, session, after, transactions, .. } = record else { return Look::NONE };
        if scene.evidence.hostile.is(node) || !scene.world.holdings(node).writes_in(*session) {
            return Look::NONE;
        }
        let handed = self.handed.entry((node, *id, *session)).or_default();
        let mut places = (*after..).zip(transactions);
        let differs = |(index, new): &(u32, &Transaction)| {
            handed.entry(*index).or_insert_with(|| (*new).clone()) != *new
        };
        let forked = places.find(differs).map(|(index, _)| index as usize);
        Look::times((
            0,
            forked.map(|index| forked_write(node, *id, (*session, index), scene.setup, *session)),
        ))
    }

    fn goes_down(&mut self, scene: &Scene<'_>, node: NodeId, ending: Ending) -> Look {
        self.handed.retain(|(of, _, _), _| *of != node);
        match ending {
            Ending::Crash => _ = self.crashed.insert(node),
            Ending::Restart | Ending::Wipe | Ending::Restore(_) | Ending::Leave => {
                self.make_sure(node, |_, _| u32::MAX, scene.setup);
            }
        }
        Look::NONE
    }

    fn started(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        if self.crashed.remove(&node) {
            let holdings = scene.world.holdings(node);
            let left = |id, session| holdings.stored(id).map_or(0, |stored| stored.count(session));
            self.make_sure(node, left, scene.setup);
        }
        Look::NONE
    }

    fn written(&mut self, scene: &Scene<'_>, node: NodeId, record: &Record<SimCrypto>) -> Look {
        let hostile = &scene.evidence.hostile;
        let Record::Log { id, session, after, transactions, .. } = record else { return Look::once(None) };
        if hostile.is(node) || hostile.writes(*session) {
            return Look::once(None);
        }
        Look::once(self.wrote(node, *id, (*session, *after, transactions), scene.setup))
    }

    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        Look::once(self.sent(mail.from, content, &scene.evidence.hostile, scene.setup))
    }
}

impl NoFork {
    fn wrote(
        &mut self,
        node: NodeId,
        id: CoId,
        (session, after, transactions): (SessionId, u32, &[Transaction]),
        setup: &Setup,
    ) -> Option<Subject> {
        let (forked, first) = self.see((id, session, after), transactions, setup)?;
        Some(forked_write(node, id, (session, forked), setup, first))
    }

    /// The app of a guest has written what a crash may take yet.
    fn wrote_unsurely(&mut self, taken: &Taken, setup: &Setup) -> Option<Subject> {
        let Taken { node, id, session, after, transactions } = taken;
        let first = self.sessions.first(*session, &setup.directory);
        let seen = self.seen.get(&(*id, first)).map_or(&[][..], Vec::as_slice);
        let unsure = self.unsure.entry((*node, *id, *session)).or_default();
        let differs = |(index, new): &(u32, &Transaction)| {
            let sure = seen.get(*index as usize).and_then(Option::as_ref);
            unsure.entry(*index).or_insert_with(|| (*new).clone()) != *new
                || sure.is_some_and(|sure| sure != *new)
        };
        let forked = (*after..).zip(transactions).find(differs)?.0 as usize;
        Some(forked_write(*node, *id, (*session, forked), setup, first))
    }

    /// What a guest wrote is written as far as there is so much `left` of each log, and the rest never was.
    fn make_sure(&mut self, node: NodeId, left: impl Fn(CoId, SessionId) -> u32, setup: &Setup) {
        let of_node = self.unsure.extract_if(.., |(of, _, _), _| *of == node);
        for ((_, id, session), written) in of_node.collect::<Vec<_>>() {
            let left = left(id, session);
            for (index, transaction) in written.range(..left) {
                let _ = self.see((id, session, *index), std::slice::from_ref(transaction), setup);
            }
        }
    }

    /// A node sends content.
    fn sent(
        &mut self,
        node: NodeId,
        content: &Content<SimCrypto>,
        hostile: &Hostile,
        setup: &Setup,
    ) -> Option<Subject> {
        let cast = &setup.cast;
        let mut honest = content.new.iter().filter(|(session, _)| !hostile.writes(*session));
        honest.find_map(|(session, piece)| {
            let place = (content.id, session, piece.after);
            let (forked, first) = self.see(place, &piece.new_transactions, setup)?;
            let what = format!(
                "{} sends another transaction {forked} of {} in {} than the one seen first{}",
                cast.node(node),
                cast.session(session),
                cast.co_value(content.id),
                also(session, first, cast),
            );
            Some(Subject { node, peer: None, id: Some(content.id), kind: "content", what })
        })
    }

    /// Takes note of transactions; gives the index of the first that differs from what was seen there before, and the
    /// session in which that was.
    fn see(
        &mut self,
        (id, session, after): (CoId, SessionId, u32),
        new: &[Transaction],
        setup: &Setup,
    ) -> Option<(usize, SessionId)> {
        let session = self.sessions.first(session, &setup.directory);
        let seen = self.seen.entry((id, session)).or_default();
        let after = after as usize;
        if seen.len() < after + new.len() {
            seen.resize(after + new.len(), None);
        }
        let places = seen[after..].iter_mut().zip(new).enumerate();
        let mut forked = None;
        for (i, (place, transaction)) in places {
            if place.get_or_insert_with(|| transaction.clone()) != transaction && forked.is_none() {
                forked = Some(after + i);
            }
        }
        forked.map(|index| (index, session))
    }
}

fn forked_write(
    node: NodeId,
    id: CoId,
    (session, forked): (SessionId, usize),
    setup: &Setup,
    first: SessionId,
) -> Subject {
    let cast = &setup.cast;
    let what = format!(
        "{} writes transaction {forked} of {} in {} a second time{}",
        cast.node(node),
        cast.session(session),
        cast.co_value(id),
        also(session, first, cast),
    );
    Subject { node, peer: None, id: Some(id), kind: "write", what }
}

/// What else a session is called here, where two nodes go on in one.
fn also(session: SessionId, first: SessionId, cast: &Cast) -> String {
    if session == first { String::new() } else { format!(": that session is {} too", cast.session(first)) }
}
