//! `uploaded`: what an app is told of its writes at a server is so. What was `sent` went there in a content, or is there;
//! what is `held` the server has, or had; what is `safe` its disk has acknowledged, with the headers of all that it needs,
//! and every process that starts from that disk holds it, until something befalls the disk that no node can help.

use super::about::{About, Blames, Needed, Property};
use super::by_node::ByNode;
use super::durable::all_needs;
use super::evidence::Need;
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Notice, SimCrypto};
use crate::host::NodeId;
use crate::observer::Ending;
use cosim_core::{CoId, Content, KnownState, Names, Reach, Record, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "uploaded",
    sentence: "what an app is told of its writes at a server is so: what was sent went there, what is held the server had, and what is safe is on its disk and outlives every crash",
    when: "every such report, every start from a disk, and at rest",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Uploads,
    needs: &[Need::Disks, Need::Holdings],
    turn: 14,
    since: 2,
};

/// How long a session is at a node, by CoValue.
type Lengths = ByNode<KnownState>;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Uploaded {
    /// What went from one node to another, by what the sender takes the other for.
    sent: BTreeMap<(NodeId, NodeId), BTreeMap<CoId, KnownState>>,
    /// What each node ever held.
    held: Lengths,
    /// What each disk ever had.
    written: Lengths,
    /// What some app was told is safe at a node, since anything last befell its disk.
    promised: BTreeMap<(NodeId, CoId), KnownState>,
}

/// One report.
#[derive(Clone, Copy)]
struct Report {
    node: NodeId,
    peer: NodeId,
    id: CoId,
    session: SessionId,
    count: u32,
    reach: Reach,
}

impl Oracle for Uploaded {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        let of = self.sent.entry((mail.from, scene.world.known_as(mail.to))).or_default();
        content.join_to(of.entry(content.id).or_default());
        Look::NONE
    }

    fn holds(
        &mut self,
        _scene: &Scene<'_>,
        holding: (NodeId, CoId),
        _was: &KnownState,
        is: &KnownState,
    ) -> Look {
        self.held.entry(holding).or_default().join(is);
        Look::NONE
    }

    fn written(&mut self, _scene: &Scene<'_>, node: NodeId, record: &Record<SimCrypto>) -> Look {
        let known = self.written.entry((node, record.id())).or_default();
        match record {
            Record::Header { .. } => known.header = true,
            Record::Log { session, after, transactions, .. } => {
                if known.count(*session) >= *after {
                    known.raise(*session, after.saturating_add(transactions.len() as u32));
                }
            }
        }
        Look::NONE
    }

    fn noticed(&mut self, scene: &Scene<'_>, node: NodeId, notice: &Notice) -> Look {
        match *notice {
            Notice::Uploaded { peer, id, session, count, reach } => {
                self.reported(scene, Report { node, peer, id, session, count, reach })
            }
            Notice::Event(_)
            | Notice::LoadEnded { .. }
            | Notice::Synced { .. }
            | Notice::Raised { .. }
            | Notice::Written { .. }
            | Notice::WriteFailed { .. }
            | Notice::Wrote { .. }
            | Notice::Taken { .. }
            | Notice::Recovered { .. } => Look::NONE,
        }
    }

    fn spoilt(&mut self, _scene: &Scene<'_>, node: NodeId) -> Look {
        self.promised.retain(|(server, _), _| *server != node);
        Look::NONE
    }

    fn goes_down(&mut self, _scene: &Scene<'_>, node: NodeId, ending: Ending) -> Look {
        match ending {
            Ending::Wipe | Ending::Restore(_) | Ending::Leave => {
                self.promised.retain(|(server, _), _| *server != node);
            }
            Ending::Crash | Ending::Restart => {}
        }
        Look::NONE
    }

    fn started(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        // A write that a crash left may never have been acknowledged. What a process starts with is on its disk.
        let holdings = scene.world.holdings(node);
        for id in holdings.ids(CoId(0), CoId(u32::MAX)) {
            if let Some(stored) = holdings.stored(id) {
                self.written.entry((node, id)).or_default().join(&stored.known());
            }
        }
        self.look(scene, node)
    }

    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        let servers: BTreeSet<NodeId> = self.promised.keys().map(|(server, _)| *server).collect();
        let (mut looks, mut found) = (0, None);
        for server in servers.into_iter().filter(|server| scene.world.is_up(*server)) {
            if let Look::Looked { times, found: here } = self.look(scene, server) {
                looks += times;
                found = found.or(here);
            }
        }
        Look::times((looks, found))
    }
}

impl Uploaded {
    /// Looks at what an app is told.
    fn reported(&mut self, scene: &Scene<'_>, report: Report) -> Look {
        let Report { node, peer, id, session, count, reach } = report;
        // Where several nodes go by one name, any of them may be meant. Liars say what they like.
        let servers: Vec<NodeId> =
            scene.nodes().filter(|server| scene.world.known_as(*server) == peer).collect();
        if servers.iter().any(|server| scene.setup.hostile.contains(server)) {
            return Look::NONE;
        }
        let covers = |known: Option<&KnownState>| known.is_some_and(|known| known.count(session) >= count);
        let is_held = |server: &NodeId| {
            let stored = scene.world.holdings(*server).stored(id);
            covers(self.held.get((*server, id))) || stored.is_some_and(|log| log.count(session) >= count)
        };
        let was_sent = || covers(self.sent.get(&(node, peer)).and_then(|sent| sent.get(&id)));
        let needs = all_needs(scene, id, session);
        let has_header =
            |server: NodeId, need: &CoId| self.written.get((server, *need)).is_some_and(|known| known.header);
        let is_safe = |server: &NodeId| {
            covers(self.written.get((*server, id))) && needs.iter().all(|need| has_header(*server, need))
        };
        let (holds, kind, how) = match reach {
            Reach::Sent => (was_sent() || servers.iter().any(is_held), "sent", "was sent"),
            Reach::Held => (servers.iter().any(is_held), "held", "is held there"),
            Reach::Safe => (servers.iter().any(is_safe), "safe", "is safe there"),
        };
        if let ([server], Reach::Safe) = (&servers[..], reach)
            && scene.evidence.disks.has(*server, id).is_some_and(|known| known.count(session) >= count)
        {
            self.promised.entry((*server, id)).or_default().raise(session, count);
        }
        Look::once((!holds).then(|| {
            let cast = &scene.setup.cast;
            let what = format!(
                "{} is told that {count} transactions of {} in {} are so far at {}: what {how}; they are not",
                cast.node(node),
                cast.session(session),
                cast.co_value(id),
                cast.node(peer)
            );
            Subject { node, peer: Some(peer), id: Some(id), kind, what }
        }))
    }

    /// Looks whether a node holds all that some app was told is safe there.
    fn look(&self, scene: &Scene<'_>, node: NodeId) -> Look {
        let cast = &scene.setup.cast;
        let of_node = self.promised.range((node, CoId(0))..=(node, CoId(u32::MAX)));
        let mut looks = 0;
        for ((_, id), promised) in of_node {
            looks += 1;
            let stored = scene.world.holdings(node).stored(*id);
            let held = stored.map_or(KnownState::EMPTY, |stored| stored.known());
            if !promised.le(&held) {
                let what = format!(
                    "{} holds less of {} than an app was told is safe there",
                    cast.node(node),
                    cast.co_value(*id)
                );
                return Look::once(Some(Subject { node, peer: None, id: Some(*id), kind: "lost", what }));
            }
        }
        Look::times((looks, None))
    }
}
