//! The oracles: what must hold in every run. Each is one file and judges by operations, messages and logs, never by
//! what a node says of itself; what several of them know is their evidence. [`ALL`] lists them, and a run can be given
//! others.
//!
//! Most look at every event, at what the event touches; the rest look once the world is at rest. A message or a command
//! touches one CoValue, a new connection or process all of them. A deadline may touch any, but how many a node holds
//! must not decide what a deadline costs: `ROUND_MAX` are looked at, and the next deadline goes on from there. What
//! that misses is found at the next event that touches it, or at rest, when everything is looked at again.

mod about;
mod as_written;
mod atomic;
mod attention;
mod bounded;
mod by_name;
mod by_node;
mod by_place;
mod checked;
mod convergence;
mod dependencies;
mod disks;
mod durable;
mod endless;
mod entitled;
mod evidence;
mod frugal;
mod heard;
mod holdings;
mod honest_no;
mod hostile;
mod interest;
mod keys;
mod ledger;
mod list;
mod load_ends;
mod logs;
mod looked;
mod monotonic;
mod no_fork;
mod no_lost_write;
mod no_phantom;
mod no_redundant;
mod oracle;
mod panel;
mod permission;
mod prefix;
mod quiescence;
mod reading;
mod reference_view;
mod rights;
mod same_view;
mod scene;
mod setup;
mod talks;
mod timely;
mod truthful;
mod unique_nonce;
mod uploaded;
mod verdicts;
mod violation;
mod waits;
mod watching;

pub use about::{About, Blames, Needed, Property};
pub use disks::Disks;
pub use endless::NAME as ENDLESS;
pub use evidence::{Evidence, Need, Needs};
pub use heard::{Heard, Hearing};
pub use holdings::{Beliefs, Holdings, Shown, Stored, StoredLog};
pub use hostile::Hostile;
pub use ledger::{Ledger, Taken};
pub use list::{ALL, Entry, GENERATION, ORACLES, named, of_generation, table, without_guests};
pub use logs::{Grounds, Logs, Opened, Seen};
pub use looked::{At, Looked};
pub use oracle::{Boxed, Look, Mail, Oracle, Rest};
pub(crate) use reading::Reading;
pub use rights::Rights;
pub use scene::{Link, Scene, Surroundings};
pub use setup::Setup;
pub use talks::{Flaw, Judged, Talks, Waits};
pub use verdicts::Verdicts;
pub use violation::{Subject, Violation, is};

use crate::cojson::{Command, Notice, SimCrypto};
use crate::host::NodeId;
use crate::observer::{Condition, Ending};
use crate::world::Endless;
use cosim_core::{CoId, ConnectionId, Content, Message, Record};
use panel::{Hook, Panel};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All oracles of a run.
#[derive(Clone, Debug)]
pub struct Oracles {
    setup: Arc<Setup>,
    panel: Panel,
    needs: Needs,
    evidence: Evidence,
    /// Nodes that start from their disk just now.
    starting: BTreeSet<NodeId>,
    /// What the event that is happening touches.
    touched: Touched,
    /// With whom, in which connection and about what messages were exchanged in the event that is happening.
    talked: Vec<(NodeId, ConnectionId, CoId)>,
    /// Where the next round of looks at a node begins.
    rounds: BTreeMap<NodeId, CoId>,
}

/// What an event touches of the node that it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touched {
    /// One CoValue, by a message from a peer that may hold content.
    Message { id: CoId, content: bool },
    /// One CoValue, by the node's app.
    Command { id: CoId },
    /// One or a few, by a deadline: it is not known which.
    Some,
    /// All of them.
    All,
    /// None.
    Nothing,
}

impl Oracles {
    /// Oracles that have seen nothing.
    pub fn new(setup: Setup) -> Oracles {
        let mut panel = Panel::default();
        for entry in ALL.iter().filter(|entry| setup.enabled.contains(&entry.about.name)) {
            panel.add((entry.fresh)());
        }
        Oracles {
            needs: panel.needs().and(setup.needs),
            panel,
            evidence: Evidence::new(&setup),
            setup: Arc::new(setup),
            starting: BTreeSet::new(),
            touched: Touched::All,
            talked: Vec::new(),
            rounds: BTreeMap::new(),
        }
    }

    /// One more judges the run, which has not begun: one that is in no list.
    pub fn add(&mut self, oracle: Box<dyn Oracle>) {
        self.panel.add(oracle);
        self.needs = self.panel.needs().and(self.setup.needs);
    }

    /// What was found, the first first.
    pub fn violations(&self) -> &[Violation] {
        self.panel.violations()
    }

    /// Whether something was found that ends the run: anything, or what it is played for.
    pub fn found(&self) -> bool {
        match &self.setup.seeks {
            None => !self.violations().is_empty(),
            Some(sought) => self.violations().iter().any(|violation| violation.is(sought)),
        }
    }

    /// What was found: what the run is played for, with what else there was in that event; else everything, the first
    /// first.
    pub fn findings(&self) -> Vec<Violation> {
        let all = self.violations();
        let is_sought =
            |violation: &Violation| self.setup.seeks.as_deref().is_some_and(|sought| violation.is(sought));
        let Some(at) = all.iter().position(is_sought) else { return all.to_vec() };
        // The same may be found twice in one event.
        let (before, from) = all.split_at(at);
        let others = before.iter().chain(&from[1..]).filter(|other| other.event == from[0].event);
        [&from[0]].into_iter().chain(others).cloned().collect()
    }

    /// Each oracle that is asked, and how often it has looked.
    pub fn looks(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.panel.looks()
    }

    /// How the last load of `id` by `node` ended: as available or not; `None` where it has not, or there was none.
    pub fn load_ended(&self, node: NodeId, id: CoId) -> Option<bool> {
        self.evidence.verdicts.ended(node, id)
    }

    /// From now on, every look is noted down.
    pub(crate) fn note_looks(&mut self) {
        self.panel.note_looks();
    }

    /// What was noted down since this was called last; nothing where nothing is.
    pub(crate) fn noted(&mut self) -> Vec<Looked> {
        self.panel.noted()
    }

    /// Asks those who have a hook.
    fn ask(
        &mut self,
        (hook, at): (Hook, At),
        world: &dyn Surroundings,
        ask: impl Fn(&mut dyn Oracle, &Scene<'_>) -> Look,
    ) {
        let scene = Scene { world, evidence: &self.evidence, setup: &self.setup };
        self.panel.ask((hook, at), &scene, |oracle| ask(oracle, &scene));
    }

    /// The run is over, in silence or not.
    pub fn ended(&mut self, world: &dyn Surroundings, rest: Rest) {
        self.evidence.ledger.accepted();
        // Whatever was asked: what never comes to rest was not judged at rest.
        if rest == Rest::Restless && self.looks().all(|(name, _)| name != quiescence::ABOUT.name) {
            self.add(Box::new(quiescence::Quiescence));
        }
        if rest == Rest::Silent {
            self.follow_talks(|talks, heard, about| talks.ended(world, heard, about));
        }
        self.ask((Hook::Ended, At::ALL), world, |oracle, scene| oracle.ended(scene, rest));
        if rest == Rest::Silent {
            if self.needs.has(Need::Holdings) {
                self.look_at_all(world);
            }
            if self.needs.has(Need::Logs) {
                self.look_at_guests(world);
            }
            self.ask((Hook::AtRest, At::ALL), world, |oracle, scene| oracle.at_rest(scene));
        }
    }

    /// The run would never end: a finding of its own, whichever oracles are asked.
    pub(crate) fn never_ends(&mut self, world: &dyn Surroundings, endless: Endless) {
        self.panel.find(endless::violation(world, &self.setup.cast, endless));
    }

    fn sent(&mut self, world: &dyn Surroundings, mail: &Mail<'_>) {
        if self.needs.has(Need::Heard) {
            self.talked.push((mail.to, mail.connection, mail.message.message.id()));
            if let Message::Load { id, .. } = &mail.message.message {
                self.evidence.heard.asks(world.now(), mail.connection, mail.from, *id);
            }
        }
        if self.needs.has(Need::Talks) {
            self.evidence.talks.says(mail);
        }
        // What it sends may be what it is just writing.
        self.took(world, mail.from);
        self.ask(
            (Hook::Sent, At::between(mail.from, mail.to, mail.message.message.id())),
            world,
            |oracle, scene| oracle.sent(scene, mail),
        );
        let Message::Content(content) = &mail.message.message else {
            return;
        };
        if self.evidence.hostile.is(mail.from) {
            self.note_signed(world, mail.from, content);
            self.evidence.ledger.sent_by_liar(content);
            return;
        }
        self.ask((Hook::SentContent, At::between(mail.from, mail.to, content.id)), world, |oracle, scene| {
            oracle.sent_content(scene, mail, content)
        });
        if self.needs.has(Need::Ledger) {
            self.evidence.ledger.sent(content);
        }
    }

    /// Takes note of what hostile authors have rightly signed in a content.
    fn note_signed(&mut self, world: &dyn Surroundings, from: NodeId, content: &Content<SimCrypto>) {
        if self.needs.has(Need::Signatures) {
            let crypto = self.crypto();
            self.evidence.hostile.sent(world.holdings(from), content, &crypto);
        }
    }

    fn crypto(&self) -> SimCrypto {
        SimCrypto::new(Arc::clone(&self.setup.directory))
    }

    fn delivered(&mut self, world: &dyn Surroundings, mail: &Mail<'_>, damaged: bool) {
        let Mail { from, to, connection, message, .. } = *mail;
        let id = message.message.id();
        if let Message::Content(content) = &message.message
            && damaged
        {
            // Damage may put a signature right that a liar had spoilt.
            self.note_signed(world, from, content);
        }
        self.touched = Touched::Message { id, content: matches!(message.message, Message::Content(_)) };
        if self.needs.has(Need::Heard) {
            let crypto = self.crypto();
            let heard = &mut self.evidence.heard;
            if damaged {
                heard.delivered_damaged(world.now(), connection, (to, from), (message, &crypto));
            } else {
                heard.delivered(world.now(), connection, (to, from), message);
            }
            self.talked.extend(heard.current(to, from).map(|current| (from, current, id)));
        }
        if self.needs.has(Need::Talks) && self.evidence.heard.current(to, from) == Some(connection) {
            let held = talks::held(world, to, id);
            let place = talks::Place { connection, node: to, id };
            self.evidence.talks.delivered(held, (place, from, damaged), message);
        }
        self.ask((Hook::Delivered, At::between(to, from, id)), world, |oracle, scene| {
            oracle.delivered(scene, mail)
        });
    }

    fn commanded(&mut self, world: &dyn Surroundings, node: NodeId, command: &Command) {
        self.touched = Touched::Command { id: command.id() };
        if !world.is_up(node) {
            return;
        }
        self.ask((Hook::Commanded, At::held(node, command.id())), world, |oracle, scene| {
            oracle.commanded(scene, node, command)
        });
        let Evidence { verdicts, ledger, hostile, talks, .. } = &mut self.evidence;
        if self.needs.has(Need::Verdicts) && !hostile.is(node) {
            verdicts.commanded(node, command, ledger);
        }
        if self.needs.has(Need::Ledger) {
            ledger.apply(world, node, command);
        }
        if self.needs.has(Need::Talks) {
            talks.concerns(command.id(), talks::held(world, node, command.id()));
            talks.commanded(node, command);
        }
    }

    fn goes_down(&mut self, world: &dyn Surroundings, node: NodeId, ending: Ending) {
        self.took(world, node);
        self.ask((Hook::GoesDown, At::node(node)), world, |oracle, scene| {
            oracle.goes_down(scene, node, ending)
        });
        let spoilt = matches!(ending, Ending::Wipe | Ending::Restore(_));
        // On a real disk the last of what it held may lack.
        if world.has_disk(node) || ending == Ending::Wipe {
            self.evidence.forget(node);
        }
        let Evidence { ledger, heard, disks, logs, talks, .. } = &mut self.evidence;
        ledger.goes_down(node, ending);
        heard.peers(node).for_each(|(_, connection)| talks.closed(node, connection));
        talks.goes_down(node);
        heard.goes_down(node);
        logs.goes_down(node);
        if spoilt {
            disks.spoilt(node);
        }
        self.evidence.cut(node);
    }

    fn came_up(&mut self, world: &dyn Surroundings, node: NodeId) {
        self.touched = Touched::All;
        if world.has_disk(node) {
            self.starting.insert(node);
        }
        self.ask((Hook::CameUp, At::node(node)), world, |oracle, scene| oracle.came_up(scene, node));
    }

    fn became(&mut self, world: &dyn Surroundings, node: NodeId, condition: Condition) {
        match condition {
            Condition::Asleep => self.evidence.talks.sleeps(node),
            Condition::Awake => self.evidence.talks.wakes(world.now(), node),
            Condition::Offline | Condition::Online => {}
        }
        self.ask((Hook::Became, At::node(node)), world, |oracle, scene| {
            oracle.became(scene, node, condition)
        });
    }

    fn spoilt(&mut self, world: &dyn Surroundings, node: NodeId) {
        self.ask((Hook::Spoilt, At::node(node)), world, |oracle, scene| oracle.spoilt(scene, node));
        self.evidence.disks.spoilt(node);
    }

    /// A node may have taken what its app wrote.
    fn took(&mut self, world: &dyn Surroundings, node: NodeId) {
        let taken = self.evidence.ledger.took(world.holdings(node), node);
        self.check_taken(world, taken);
    }

    fn check_taken(&mut self, world: &dyn Surroundings, taken: Vec<Taken>) {
        for taken in taken {
            self.ask((Hook::Took, At::held(taken.node, taken.id)), world, |oracle, scene| {
                oracle.took(scene, &taken)
            });
        }
    }

    /// A node hands a record over to its disk.
    fn writing(
        &mut self,
        world: &dyn Surroundings,
        (node, ticket): (NodeId, u64),
        record: &Record<SimCrypto>,
    ) {
        self.evidence.ledger.writing(node, world.holdings(node).durability(), record);
        self.evidence.writing(node, ticket, record);
        self.ask((Hook::Writing, At::held(node, record.id())), world, |oracle, scene| {
            oracle.writing(scene, node, record)
        });
    }

    /// A write has ended.
    fn written(&mut self, world: &dyn Surroundings, (node, ticket): (NodeId, u64), failed: bool) {
        self.touched = Touched::Some;
        self.evidence.talks.written();
        if let Some(record) = self.evidence.written(node, ticket, failed) {
            self.touched = Touched::Command { id: record.id() };
            if self.needs.has(Need::Talks) {
                let held = talks::held(world, node, record.id());
                self.evidence.talks.concerns(record.id(), held);
            }
            if self.needs.has(Need::Disks) {
                self.evidence.disks.written(node, &record);
            }
            self.ask((Hook::Written, At::held(node, record.id())), world, |oracle, scene| {
                oracle.written(scene, node, &record)
            });
        }
    }

    fn noticed(&mut self, world: &dyn Surroundings, node: NodeId, notice: &Notice) {
        self.ask((Hook::Noticed, At::notice(node, notice)), world, |oracle, scene| {
            oracle.noticed(scene, node, notice)
        });
        if self.needs.has(Need::Verdicts) {
            self.evidence.verdicts.noticed(node, notice);
        }
        if let Notice::Wrote { id, session, after, transactions } = notice {
            let (id, session, after) = (*id, *session, *after);
            let taken = Taken { node, id, session, after, transactions: transactions.to_vec() };
            self.evidence.ledger.wrote(&taken);
            self.check_taken(world, vec![taken]);
        }
        if let Notice::Written { id, session, count } = *notice
            && world.holdings(node).writes_in(session)
        {
            self.evidence.ledger.report(id, session, count);
        }
    }

    fn settled(&mut self, world: &dyn Surroundings, node: NodeId) {
        if self.setup.guests.contains(&node) {
            // Whatever a guest is told may touch anything that it holds.
            self.touched = Touched::All;
        }
        let taken = self.evidence.ledger.settled(world.holdings(node), node);
        self.check_taken(world, taken);
        if self.starting.remove(&node) {
            self.evidence.ledger.started(world.holdings(node), node);
            self.ask((Hook::Started, At::node(node)), world, |oracle, scene| oracle.started(scene, node));
            if self.needs.has(Need::Disks) {
                let holdings = world.holdings(node);
                let held = holdings.ids(CoId(0), CoId(u32::MAX));
                let held = held.filter_map(|id| Some((id, holdings.stored(id)?.known())));
                self.evidence.disks.started(node, held);
            }
        }
        if self.needs.has(Need::Holdings) {
            self.look_at_touched(world, node);
        }
        let mut talked = std::mem::take(&mut self.talked);
        let each = self.panel.notes_looks();
        // A message and its answer are one and the same to whoever looks at what is so now. Each look is noted in its turn.
        for same in talked.chunk_by(|a, b| !each && a == b) {
            let ((peer, connection, id), times) = (same[0], same.len() as u64);
            let scene = Scene { world, evidence: &self.evidence, setup: &self.setup };
            self.panel.ask_times(times, (Hook::Talked, At::between(node, peer, id)), &scene, |oracle| {
                oracle.talked(&scene, node, peer, id)
            });
            if self.needs.has(Need::Holdings) {
                self.look_at_confirmed(world, (node, peer, connection), id, times);
            }
        }
        talked.clear();
        self.talked = talked;
        if self.needs.has(Need::Talks) {
            self.follow_talks(|talks, heard, about| talks.settled(world, heard, about, node));
        }
        self.ask((Hook::Settled, At::node(node)), world, |oracle, scene| oracle.settled(scene, node));
    }

    /// Takes note of what nodes say to each other.
    fn follow_talks(&mut self, take_note: impl FnOnce(&mut Talks, &Heard, &talks::About<'_>)) {
        let Evidence { talks, heard, ledger, hostile, .. } = &mut self.evidence;
        let directory = &self.setup.directory;
        let about = talks::About {
            is_hostile: &|node| hostile.is(node),
            is_done: &|node, id| ledger.has_done(node, id),
            wanted: &|node| ledger.wanted_by(node).collect(),
            is_needed: &|id| directory.is_needed(id),
        };
        take_note(talks, heard, &about);
    }
}
