//! What oracles looked at and what they found, as events of the log have it: one event for all CoValues that were looked
//! at alike, so that a log stays small where a node holds many.

use super::event::Event;
use crate::oracles::{At, Looked, Rest};
use cosim_core::{CoId, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Looks at a node, at two that talk, or at everything. In one step, those that were alike but for the CoValue are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "N: Deserialize<'de>, C: Deserialize<'de>"))]
pub struct Looks<N, C> {
    /// When.
    pub when: When,
    /// At which node, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<N>,
    /// And at which other, where it was about both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<N>,
    /// At each of these CoValues; none where it was about no CoValue in particular.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<C>,
    /// How often each oracle looked: at each of the CoValues, where there are any.
    pub looks: BTreeMap<String, u64>,
    /// What did not hold: the failure key, by the oracle that found it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub violated: BTreeMap<String, String>,
}

/// When an oracle looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// Something has happened.
    Step,
    /// A node's deadline has passed.
    Deadline,
    /// The run has ended, in silence.
    Rest,
    /// The run has ended, and something still went on.
    Restless,
}

impl When {
    /// At the end of a run.
    pub(crate) const fn at(rest: Rest) -> When {
        match rest {
            Rest::Silent => When::Rest,
            Rest::Restless => When::Restless,
        }
    }
}

/// What was found at one place: how often each oracle looked, and the failure keys.
type Found = (BTreeMap<String, u64>, BTreeMap<String, String>);

/// What was looked at, in order of nodes; those that were alike but for the CoValue are one event.
pub(super) fn events(when: When, all: Vec<Looked>) -> Vec<Event> {
    let mut places: BTreeMap<At, Found> = BTreeMap::new();
    for Looked { at, oracle, times, key } in all {
        let (looks, violated) = places.entry(at).or_default();
        *looks.entry(oracle.to_owned()).or_default() += times;
        violated.extend(key.map(|key| (oracle.to_owned(), key)));
    }
    let mut alike: BTreeMap<(At, Found), Vec<CoId>> = BTreeMap::new();
    for (at, found) in places {
        // What is about no CoValue is no list of none: it is apart from what is about some.
        let ids = alike.entry((At { id: at.id.map(|_| CoId(0)), ..at }, found)).or_default();
        ids.extend(at.id);
    }
    let event = |((At { node, peer, .. }, (looks, violated)), ids)| {
        Event::Looks(Looks { when, node, peer, ids, looks, violated })
    };
    alike.into_iter().map(event).collect()
}

impl super::Log {
    /// Adds what oracles looked at in an event.
    pub(crate) fn looked(&mut self, (event, at): (u64, Time), when: When, all: Vec<Looked>) {
        for what in events(when, all) {
            self.push(event, at, what);
        }
    }
}
