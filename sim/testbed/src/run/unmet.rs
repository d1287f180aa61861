//! What a scenario expects and a run does not come to. Where the run has kept a log, it is also said why.

mod evidence;
mod loaded;
mod shown;
mod vain;

use super::{Stage, Watch};
use crate::cojson::{Cast, CoJson};
use crate::decision::Decide;
use crate::host::NodeId;
use crate::log::Log;
use crate::scenario::{LoadEnd, ViewExpectation};
use crate::world::World;
use cosim_core::view::LiveView;
use cosim_core::{CoId, Names};
use evidence::Evidence;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
pub use vain::idle_mutations;
pub(super) use vain::writes as vain_writes;

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Which one.
    pub of: Expected,
    /// What was to be, in words.
    pub wanted: String,
    /// What was instead.
    pub found: String,
    /// What led to it, a sentence each. Empty where no log was kept.
    pub why: Vec<String>,
}

/// An expectation, by its place in the list of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// How a load ends.
    Load(usize),
    /// How much a node holds.
    Content(usize),
    /// What an app sees.
    View(usize),
    /// How many messages are sent.
    Messages,
}

impl Unmet {
    /// Whether the same was expected of another run, and came out wrong in the same way.
    pub fn is_like(&self, other: &Unmet) -> bool {
        self.lasting() == other.lasting()
    }

    /// What is the same in every run that comes out wrong in the same way, in words.
    pub fn lasting(&self) -> String {
        match self.of {
            // Each run has its own number of messages.
            Expected::Messages => self.wanted.clone(),
            Expected::Load(_) | Expected::Content(_) | Expected::View(_) => self.to_string(),
        }
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, but {}", self.wanted, self.found)
    }
}

/// What was not met of what a scenario expects. `views` is what every app sees, and `ended` says how a load ended.
pub(super) fn of<N: CoJson, D: Decide<N>>(
    stage: &Stage<'_>,
    world: &World<N, Watch, D>,
    (views, ended): (&[BTreeMap<CoId, Value>], impl Fn(NodeId, CoId) -> Option<bool>),
    log: Option<&Log>,
) -> Vec<Unmet> {
    let (scenario, cast) = (stage.scenario(), stage.cast());
    let expect = &scenario.expect;
    let hosts = world.view().hosts;
    let evidence = || {
        let states = hosts.iter().map(|host| host.node.state()).collect();
        log.map(|log| Evidence::new(scenario, log, states))
    };
    let mut unmet = Vec::new();
    for (place, load) in expect.loads.iter().enumerate() {
        let (node, id) = (NodeId(load.node), CoId(load.co_value));
        let word = |available| if available { "available" } else { "unavailable" };
        let wanted = load.ends == LoadEnd::Available;
        let found = ended(node, id);
        if found != Some(wanted) {
            let (name, id_name) = (cast.node(node), cast.co_value(id));
            unmet.push(Unmet {
                of: Expected::Load(place),
                wanted: format!("{name}'s load of {id_name} was to end as {}", word(wanted)),
                found: found.map_or("never ended".to_owned(), |found| format!("ended as {}", word(found))),
                why: evidence().map(|evidence| loaded::why(&evidence, (node, id), found)).unwrap_or_default(),
            });
        }
    }
    for (place, content) in expect.content.iter().enumerate() {
        let (node, id) = (NodeId(content.node), CoId(content.co_value));
        let co_value = hosts[node.index()].node.state().co_values.get(&id);
        let held: u64 =
            co_value.map_or(0, |co_value| co_value.sessions.values().map(|log| u64::from(log.len())).sum());
        if held != content.transactions {
            let (name, id_name, wanted) = (cast.node(node), cast.co_value(id), content.transactions);
            let why = |evidence: Evidence<'_>| evidence.content(node, id, (held, wanted));
            unmet.push(Unmet {
                of: Expected::Content(place),
                wanted: format!("{name} was to hold {wanted} transactions of {id_name}"),
                found: format!("holds {held}"),
                why: evidence().map(why).unwrap_or_default(),
            });
        }
    }
    for (place, view) in expect.views.iter().enumerate() {
        let (node, id) = (NodeId(view.node), CoId(view.co_value));
        let shown = views[node.index()].get(&id);
        let seen = hosts[node.index()].node.view(id);
        unmet_keys((place, view), seen, cast, &mut unmet);
        let as_items = || seen.map(|seen| seen.view().to_json_in(scenario.directory.dialect_of(node)));
        if shown != Some(&view.shows) && !(view.shows.is_array() && as_items().as_ref() == Some(&view.shows))
        {
            let why = |evidence: Evidence<'_>| shown::why(&evidence, view, shown, seen);
            unmet.push(Unmet {
                of: Expected::View(place),
                wanted: format!("{} was to show {} as {}", cast.node(node), cast.co_value(id), view.shows),
                found: shown.map_or("it is not there".to_owned(), |shown| format!("it shows {shown}")),
                why: evidence().map(why).unwrap_or_default(),
            });
        }
    }
    let sent = world.figures().sent;
    if let Some(max) = expect.messages_max.filter(|max| sent > *max) {
        unmet.push(Unmet {
            of: Expected::Messages,
            wanted: format!("at most {max} messages were to be sent"),
            found: format!("{sent} were"),
            why: Vec::new(),
        });
    }
    unmet
}

/// Keys of a group that were to be there, or were not.
fn unmet_keys(
    (place, view): (usize, &ViewExpectation),
    seen: Option<&LiveView>,
    cast: &Cast,
    unmet: &mut Vec<Unmet>,
) {
    let (node, group) = (cast.node(NodeId(view.node)), cast.co_value(CoId(view.co_value)));
    let is_there = |key: &&String| seen.is_some_and(|seen| seen.get(key).is_some());
    let of = |wanted, found: &str| Unmet {
        of: Expected::View(place),
        wanted,
        found: found.to_owned(),
        why: Vec::new(),
    };
    let missing = view.has.iter().filter(|key| !is_there(key));
    unmet.extend(
        missing.map(|key| of(format!("{node} was to see the key {key} of {group}"), "it is not there")),
    );
    let there = view.lacks.iter().filter(is_there);
    unmet.extend(there.map(|key| of(format!("{node} was to see no key {key} of {group}"), "it is there")));
}
