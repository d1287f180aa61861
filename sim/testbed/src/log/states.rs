//! What every node holds, rebuilt from the changes that a log tells; and what has changed, for the log to tell.

use super::change::{Change, Digest, KnownChange, Wait};
use super::event::Event;
use crate::host::NodeId;
use crate::oracles::Holdings;
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

/// What a node holds, has confirmed, waits for and shows of a CoValue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Whether it has an entry of it, be it only a want.
    pub entry: bool,
    /// How much it holds.
    pub known: KnownState,
    /// How much would outlive a crash, as far as it was told; nothing where whoever drives it keeps its state.
    pub durable: KnownState,
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
        let confirmed = holdings.confirmations(id);
        Held {
            entry: stored.is_some(),
            known: stored.map_or(KnownState::EMPTY, |stored| stored.known()),
            durable: if has_disk { holdings.durable(id) } else { KnownState::EMPTY },
            confirmed: confirmed.map(|(peer, known)| (peer, known.clone())).collect(),
            waits,
            shown: holdings.shown(id).map(|shown| Digest(shown.digest())),
        }
    }

    /// What leads from this to another.
    fn change_to(&self, is: &Held) -> Change<NodeId, SessionId> {
        let durable = KnownChange::between(&self.durable, &is.durable);
        let peers: BTreeSet<NodeId> = self.confirmed.keys().chain(is.confirmed.keys()).copied().collect();
        let confirmed = peers.into_iter().filter_map(|peer| {
            let (was, is) = (self.confirmed.get(&peer), is.confirmed.get(&peer));
            let change = is.map(|is| KnownChange::between(was.unwrap_or(&KnownState::EMPTY), is));
            (was != is).then_some((peer, change))
        });
        Change {
            entry: (self.entry != is.entry).then_some(is.entry),
            known: KnownChange::between(&self.known, &is.known),
            durable: (!durable.is_empty()).then_some(durable),
            confirmed: confirmed.collect(),
            waits: (self.waits != is.waits).then(|| is.waits.clone()),
            shown: (self.shown != is.shown).then_some(is.shown),
        }
    }

    fn apply(&mut self, change: &Change<NodeId, SessionId>) {
        let Change { entry, known, durable, confirmed, waits, shown } = change;
        self.entry = entry.unwrap_or(self.entry);
        known.apply(&mut self.known);
        if let Some(durable) = durable {
            durable.apply(&mut self.durable);
        }
        for (peer, change) in confirmed {
            match change {
                Some(change) => change.apply(self.confirmed.entry(*peer).or_default()),
                None => {
                    self.confirmed.remove(peer);
                }
            }
        }
        if let Some(waits) = waits {
            self.waits.clone_from(waits);
        }
        self.shown = shown.unwrap_or(self.shown);
    }
}
