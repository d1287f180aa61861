//! What every node holds, rebuilt from the changes that a log tells; and what has changed, for the log to tell.

use super::change::{ByPeer, Change, Digest, KnownChange, Wait};
use super::event::Event;
use crate::host::NodeId;
use crate::oracles::{Beliefs, Holdings};
use cosim_core::{CoId, Durability, KnownState, SessionId};
use std::collections::{BTreeMap, BTreeSet};

/// What every node holds of every CoValue, as far as the events say that were applied. After all of the events of a log
/// from its start up to any of them, it is what nodes hold then, if the log was written with states and leaves nothing
/// out.
///
/// ```
/// use cosim_testbed::host::NodeId;
/// use cosim_testbed::log::{Limit, States, With};
/// use cosim_testbed::run::Run;
/// use cosim_testbed::scenario::parse;
///
/// let text = r#"{
///     "version": 1, "about": "Alice writes, and the server is sent it.",
///     "nodes": { "alice": {}, "server": {} },
///     "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
///     "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }]
/// }"#;
/// let scenario = parse(text, "alice.json").expect("a scenario");
/// let with = With { states: true, ..With::NOTHING };
/// let log = Run::of(&scenario).log(Limit::All).with(with).play().log.expect("it was asked for");
///
/// let mut states = States::default();
/// log.entries().for_each(|entry| states.apply(&entry.what));
/// assert_eq!(states.iter().filter(|(_, _, held)| held.known.header).count(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States {
    held: BTreeMap<(NodeId, CoId), Held>,
}

/// What a node holds, thinks of its peers, waits for and shows of a CoValue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Whether it has an entry of it, be it only a want.
    pub entry: bool,
    /// How much it holds.
    pub known: KnownState,
    /// How much would outlive a crash, as far as it was told; nothing where whoever drives it keeps its state.
    pub durable: KnownState,
    /// What it has told peers that it holds.
    pub told: BTreeMap<NodeId, KnownState>,
    /// What it assumes that peers hold, confirmed or not.
    pub assumed: BTreeMap<NodeId, KnownState>,
    /// What it takes peers to hold, since they said so.
    pub confirmed: BTreeMap<NodeId, KnownState>,
    /// What it waits for.
    pub waits: Vec<Wait<NodeId>>,
    /// A hash over what its app sees; `None` where nothing shows.
    pub shown: Option<Digest>,
}

impl States {
    /// What a node holds of a CoValue; `None` where that is nothing at all.
    pub fn held(&self, node: NodeId, id: CoId) -> Option<&Held> {
        self.held.get(&(node, id))
    }

    /// What every node holds of what it holds anything of.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, CoId, &Held)> {
        self.held.iter().map(|((node, id), held)| (*node, *id, held))
    }

    /// Takes in an event; those that tell of no change change nothing.
    pub fn apply(&mut self, event: &Event) {
        let Event::State { node, id, change } = event else { return };
        let held = self.held.entry((*node, *id)).or_default();
        held.apply(change);
        if *held == Held::default() {
            self.held.remove(&(*node, *id));
        }
    }

    /// Looks at a node; gives what has changed of it since it was looked at last, in the order of its CoValues.
    pub(super) fn look(&mut self, node: NodeId, holdings: &dyn Holdings) -> Vec<Event> {
        let mut waits: BTreeMap<CoId, Vec<Wait<NodeId>>> = BTreeMap::new();
        for (until, id, peer, why) in holdings.waits() {
            waits.entry(id).or_default().push(Wait { until: until.as_us(), peer, why });
        }
        let (first, last) = (CoId(0), CoId(u32::MAX));
        let known = self.held.range((node, first)..=(node, last)).map(|((_, id), _)| *id);
        let ids: BTreeSet<CoId> =
            known.chain(holdings.ids(first, last)).chain(waits.keys().copied()).collect();
        let nothing = Held::default();
        let mut events = Vec::new();
        for id in ids {
            let is = Held::of(holdings, id, waits.remove(&id).unwrap_or_default());
            let was = self.held(node, id).unwrap_or(&nothing);
            if *was != is {
                events.push(Event::State { node, id, change: was.change_to(&is) });
                if is == nothing {
                    self.held.remove(&(node, id));
                } else {
                    self.held.insert((node, id), is);
                }
            }
        }
        events
    }
}

impl Held {
    /// What is seen in a node now of a CoValue, for which it waits so.
    pub(super) fn of(holdings: &dyn Holdings, id: CoId, waits: Vec<Wait<NodeId>>) -> Held {
        let stored = holdings.stored(id);
        let has_disk = holdings.durability() != Durability::Ideal;
        let beliefs = |of: fn(Beliefs<'_>) -> Option<&KnownState>| {
            let all = holdings.beliefs(id);
            all.filter_map(|(peer, beliefs)| Some((peer, of(beliefs)?.clone()))).collect()
        };
        Held {
            entry: stored.is_some(),
            known: stored.map_or(KnownState::EMPTY, |stored| stored.known()),
            durable: if has_disk { holdings.durable(id) } else { KnownState::EMPTY },
            told: beliefs(|of| of.told),
            assumed: beliefs(|of| of.assumed),
            confirmed: beliefs(|of| of.confirmed),
            waits,
            shown: holdings.shown(id).map(|shown| Digest(shown.digest())),
        }
    }

    /// What leads from this to another.
    fn change_to(&self, is: &Held) -> Change<NodeId, SessionId> {
        let durable = KnownChange::between(&self.durable, &is.durable);
        Change {
            entry: (self.entry != is.entry).then_some(is.entry),
            known: KnownChange::between(&self.known, &is.known),
            durable: (!durable.is_empty()).then_some(durable),
            told: by_peer(&self.told, &is.told),
            assumed: by_peer(&self.assumed, &is.assumed),
            confirmed: by_peer(&self.confirmed, &is.confirmed),
            waits: (self.waits != is.waits).then(|| is.waits.clone()),
            shown: (self.shown != is.shown).then_some(is.shown),
        }
    }

    fn apply(&mut self, change: &Change<NodeId, SessionId>) {
        let Change { entry, known, durable, told, assumed, confirmed, waits, shown } = change;
        self.entry = entry.unwrap_or(self.entry);
        known.apply(&mut self.known);
        if let Some(durable) = durable {
            durable.apply(&mut self.durable);
        }
        apply_by_peer(told, &mut self.told);
        apply_by_peer(assumed, &mut self.assumed);
        apply_by_peer(confirmed, &mut self.confirmed);
        if let Some(waits) = waits {
            self.waits.clone_from(waits);
        }
        self.shown = shown.unwrap_or(self.shown);
    }
}

/// What leads from one set of known states to another.
fn by_peer(
    was: &BTreeMap<NodeId, KnownState>,
    is: &BTreeMap<NodeId, KnownState>,
) -> ByPeer<NodeId, SessionId> {
    let peers: BTreeSet<NodeId> = was.keys().chain(is.keys()).copied().collect();
    let changes = peers.into_iter().filter_map(|peer| {
        let (was, is) = (was.get(&peer), is.get(&peer));
        let change = is.map(|is| KnownChange::between(was.unwrap_or(&KnownState::EMPTY), is));
        (was != is).then_some((peer, change))
    });
    changes.collect()
}

fn apply_by_peer(changes: &ByPeer<NodeId, SessionId>, known: &mut BTreeMap<NodeId, KnownState>) {
    for (peer, change) in changes {
        match change {
            Some(change) => change.apply(known.entry(*peer).or_default()),
            None => {
                known.remove(peer);
            }
        }
    }
}
