//! `same_view`: whose logs are equal, and whose keys open the same, sees the same: however what it holds arrived. At
//! rest, what an app sees is what the logs show to who computes it from nothing.
//!
//! Who first holds something decides what it shows. Of the reader only counts which of the keys used in the CoValue it
//! can open, by the log of the group, so two members are compared, and so are two servers.
//!
//! And what an app writes shows at once, where it put it.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::as_written::AsWritten;
use super::evidence::Need;
use super::ledger::Taken;
use super::logs::Seen;
use super::oracle::{Look, Oracle};
use super::reading::Reading;
use super::rights::Rights;
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Cast, Command};
use crate::host::NodeId;
use cosim_core::view::Dialect;
use cosim_core::{CoId, Names};
use std::collections::{BTreeMap, VecDeque};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "same_view",
    sentence: "nodes that hold the same logs, and can open the same of the keys used in them, see the same; at rest, an app sees what its logs come to when they are read from scratch; what it writes it sees at once, where it put it",
    when: "every event: what it touches, and what a changed group owns; every edit that nothing is dated later than; at rest: all",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Views,
    needs: &[Need::Ledger, Need::Logs, Need::Holdings],
    turn: 15,
    since: 1,
};

/// How many states of a CoValue are remembered. Who comes to one that was forgotten decides anew.
const STATES_MAX: usize = 1024;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct SameView {
    seen: BTreeMap<CoId, Remembered>,
    /// What an app writes just now.
    writing: Option<AsWritten>,
}

/// What was seen of a CoValue.
#[derive(Clone, Debug, Default)]
struct Remembered {
    shown: BTreeMap<Basis, (NodeId, Option<u64>)>,
    /// The same, the oldest first.
    order: VecDeque<Basis>,
}

/// What a view is a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Basis {
    own: u64,
    group: u64,
    sources: u64,
    keys: u64,
    /// By whose rules.
    dialect: Dialect,
    /// Whether they are those of guests, or ours.
    of_guests: bool,
    /// The reader, where it is not sure that the same keys open the same for others.
    reader: Option<NodeId>,
}

impl Oracle for SameView {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn commanded(&mut self, scene: &Scene<'_>, node: NodeId, command: &Command) -> Look {
        self.writing = AsWritten::of(scene, node, command);
        Look::NONE
    }

    fn took(&mut self, scene: &Scene<'_>, taken: &Taken) -> Look {
        self.writing = self.writing.take().and_then(|writing| writing.took(scene, taken));
        Look::NONE
    }

    /// Counts a look where something was written.
    fn settled(&mut self, scene: &Scene<'_>, _node: NodeId) -> Look {
        let found = self.writing.take().and_then(|writing| writing.look(scene));
        found.map_or(Look::NONE, Look::once)
    }

    /// Counts a look where there was something to compare with.
    fn shows(&mut self, scene: &Scene<'_>, seen: &Seen<'_>) -> Look {
        let Seen { node, id, grounds, digest, .. } = *seen;
        // Which keys come of those of parents is not always known.
        let is_unsure = |rights: &Rights| rights.has_parents() && !rights.are_known() && digest.is_some();
        let is_unsure = grounds.rights.as_deref().is_some_and(is_unsure);
        let keys = grounds.opened.hash().filter(|_| !is_unsure && grounds.sources.is_some());
        let basis = Basis {
            own: grounds.own,
            group: grounds.group,
            sources: grounds.sources.unwrap_or(0),
            keys: keys.unwrap_or(0),
            reader: keys.is_none().then_some(node),
            dialect: seen.told.map_or(scene.setup.directory.dialect_of(node), |(dialect, _)| dialect),
            of_guests: seen.told.is_some(),
        };
        let seen = self.seen.entry(id).or_default();
        if let Some((first, decided)) = seen.shown.get(&basis) {
            let differs = *decided != digest;
            return Look::once(differs.then(|| differing(node, *first, id, &scene.setup.cast)));
        }
        if seen.order.len() == STATES_MAX
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.shown.remove(&oldest);
        }
        seen.order.push_back(basis);
        seen.shown.insert(basis, (node, digest));
        Look::NONE
    }

    /// Computes what every node shows from nothing, and compares.
    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        Look::times(at_rest(scene))
    }
}

fn differing(node: NodeId, first: NodeId, id: CoId, cast: &Cast) -> Subject {
    let (name, co_value) = (cast.node(node), cast.co_value(id));
    let what = if node == first {
        format!("{name} shows something else of {co_value} than before, though it holds what it held then")
    } else {
        let first = cast.node(first);
        format!("{name} shows something else of {co_value} than {first} did with the same logs and keys")
    };
    Subject { node, peer: None, id: Some(id), kind: "view", what }
}

fn at_rest(scene: &Scene<'_>) -> (u64, Option<Subject>) {
    let Setup { directory, cast, .. } = scene.setup;
    let mut looks = 0;
    // What guests show, `reference_view` compares.
    let ours = scene.honest().filter(|node| !scene.setup.guests.contains(node));
    for node in ours.filter(|node| scene.world.is_up(*node)) {
        let holdings = scene.world.holdings(node);
        let reading = Reading::of((node, holdings), directory);
        let keys = directory.keys(node);
        for id in directory.views() {
            let Some(held) = reading.get(id) else { continue };
            looks += 1;
            if !holdings.shown(id).is_some_and(|shown| shown.is_as_new(&held, &reading, &keys)) {
                let what = format!(
                    "{} shows something else of {} than what its logs come to when they are read from nothing",
                    cast.node(node),
                    cast.co_value(id),
                );
                return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "view", what }));
            }
        }
    }
    (looks, None)
}
