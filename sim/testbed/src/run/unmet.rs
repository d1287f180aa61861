//! What a scenario expects and a run does not come to. Where the run has kept a log, it is also said why, and why a node shows
//! what it shows, whether that was expected or not.

mod elsewhere;
mod evidence;
mod holders;
mod items;
mod loaded;
mod looking;
mod reason;
mod shown;
mod vain;

use super::{Stage, Watch};
use crate::cojson::{Cast, CoJson};
use crate::decision::Decide;
use crate::host::NodeId;
use crate::log::Log;
use crate::scenario::{ContentExpectation, LoadEnd, LoadExpectation, ViewExpectation, Wanted};
use crate::world::World;
use cosim_core::view::LiveView;
use cosim_core::{CoId, Names};
use evidence::Evidence;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
pub(super) use vain::writes as vain_writes;
pub use vain::{idle_mutations, plays_as_said};

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
    /// The node of which it is expected, where it is one.
    pub node: Option<String>,
}

/// What tells one cause from another in what is said of a write that does not show or a load, whatever anything is called.
const CAUSES: [&str; 37] = [
    " was asked ",
    " asked nobody for it",
    " never loads ",
    "'s disk did not take it",
    " the last date counts",
    " whose name sorts last",
    " before that in the same session",
    "not shown: ",
    " before that of what gave ",
    " that of what took ",
    " never had the right ",
    " had no right by then ",
    " may change in a group",
    " it may not change in a group",
    " counts for nothing in a group",
    " may delete for good",
    " never handed the key ",
    " was deleted for good",
    " no list of changes",
    " the same `fww`",
    " only who administers ",
    " was made only after that",
    "not merged into ",
    " branches off before that: ",
    " app reads by the rules of ",
    ": it was removed: ",
    "it had no effect: ",
    ", it was dropped",
    ", a partition swallowed it",
    ", it was lost",
    ", the line was full",
    ", it was held back",
    "ignored: its connection was over",
    "nobody ever sent it ",
    "nobody holds it any more",
    " had it until ",
    "nobody wrote the value that was expected",
];

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
    /// That something is not met yet.
    Unmet,
}

impl Unmet {
    /// Whether the same was expected of another run, and came out wrong in the same way.
    pub fn is_like(&self, other: &Unmet) -> bool {
        self.lasting() == other.lasting()
    }

    /// The kinds of causes that it is said to have. None where no log was kept, or where what was to be did not come.
    pub fn causes(&self) -> BTreeSet<&'static str> {
        let is_said = |cause: &&str| self.why.iter().any(|why| why.contains(cause));
        CAUSES.into_iter().filter(is_said).collect()
    }

    /// The kinds of causes that what is said first has, of what has any.
    pub fn main_causes(&self) -> BTreeSet<&'static str> {
        let of =
            |why: &String| CAUSES.into_iter().filter(|cause| why.contains(cause)).collect::<BTreeSet<_>>();
        self.why.iter().map(of).find(|causes| !causes.is_empty()).unwrap_or_default()
    }

    /// What is the same in every run that comes out wrong in the same way, in words.
    pub fn lasting(&self) -> String {
        match self.of {
            // Each run has its own number of messages.
            Expected::Messages => self.wanted.clone(),
            Expected::Load(_) | Expected::Content(_) | Expected::View(_) | Expected::Unmet => {
                self.to_string()
            }
        }
    }

    /// Whether the same was expected of both but for the node, and came out wrong in the same way.
    pub fn is_like_but_for_the_node(&self, other: &Unmet) -> bool {
        let about = |unmet: &Unmet| {
            let (node, wanted) = (unmet.node.as_deref()?, unmet.wanted.as_str());
            wanted.strip_prefix(node).map(str::to_owned)
        };
        about(self).is_some_and(|about_self| about(other) == Some(about_self)) && self.found == other.found
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, but {}", self.wanted, self.found)
    }
}

/// What was not met of what a scenario expects, and what was not as a known bug has it. `views` is what every app sees, and
/// `ended` says how a load ended.
pub(super) fn of<N: CoJson, D: Decide<N>>(
    stage: &Stage<'_>,
    world: &World<N, Watch, D>,
    (views, ended): (&[BTreeMap<CoId, Value>], impl Fn(NodeId, CoId) -> Option<bool>),
    log: Option<&Log>,
) -> [Vec<Unmet>; 2] {
    let expect = &stage.scenario().expect;
    let lists = [&expect.wanted, &expect.unmet];
    let [mut unmet, known] = lists.map(|wanted| missed(stage, world, wanted, (views, &ended), log));
    let is_met = |(of, _): &(Expected, String)| known.iter().all(|known| known.of != *of);
    unmet.extend(sentences(&expect.unmet, stage.cast()).into_iter().filter(is_met).map(|(_, wanted)| {
        Unmet {
            of: Expected::Unmet,
            wanted: format!("`expect.unmet` says of this that it is not met yet: {wanted}"),
            found: "now it is met. If the bug is mended, move it from `expect.unmet` to `expect`".to_owned(),
            why: Vec::new(),
            node: None,
        }
    }));
    [unmet, known]
}

/// Why a node shows a CoValue as it does, where that is asked.
pub(super) fn reasons<N: CoJson, D: Decide<N>>(
    stage: &Stage<'_>,
    world: &World<N, Watch, D>,
    views: &[BTreeMap<CoId, Value>],
) -> Vec<String> {
    let (Some((node, id)), Some(log)) = (world.observer.asked, &world.observer.log) else {
        return Vec::new();
    };
    let view = world.view();
    let evidence = Evidence::new(stage.scenario(), log, &view, &world.observer);
    shown::reasons(
        &evidence,
        (node, id),
        views[node.index()].get(&id),
        view.hosts[node.index()].node.view(id),
    )
}

/// All that is wanted, in words.
fn sentences(wanted: &Wanted, cast: &Cast) -> Vec<(Expected, String)> {
    let Wanted { loads, content, views, messages_max } = wanted;
    let loads = loads.iter().enumerate();
    let loads = loads.map(|(place, load)| (Expected::Load(place), load_in_words(load, cast)));
    let content = content.iter().enumerate();
    let content = content.map(|(place, content)| (Expected::Content(place), content_in_words(content, cast)));
    let views = views.iter().enumerate();
    let views = views.map(|(place, view)| (Expected::View(place), view_in_words(view, cast)));
    let messages = messages_max.iter().map(|max| (Expected::Messages, messages_in_words(*max)));
    loads.chain(content).chain(views).chain(messages).collect()
}

const fn end(available: bool) -> &'static str {
    if available { "available" } else { "unavailable" }
}

fn load_in_words(load: &LoadExpectation, cast: &Cast) -> String {
    let (node, id) = (cast.node(NodeId(load.node)), cast.co_value(CoId(load.co_value)));
    format!("{node}'s load of {id} was to end as {}", end(load.ends == LoadEnd::Available))
}

fn content_in_words(content: &ContentExpectation, cast: &Cast) -> String {
    let (node, id) = (cast.node(NodeId(content.node)), cast.co_value(CoId(content.co_value)));
    let plural = if content.transactions == 1 { "" } else { "s" };
    format!("{node} was to hold {} transaction{plural} of {id}", content.transactions)
}

fn view_in_words(view: &ViewExpectation, cast: &Cast) -> String {
    let (node, id) = (cast.node(NodeId(view.node)), cast.co_value(CoId(view.co_value)));
    if view.shows.is_null() {
        format!("{node} was to show nothing of {id}")
    } else {
        format!("{node} was to show {id} as {}", view.shows)
    }
}

fn messages_in_words(max: u64) -> String {
    if max == 1 {
        "at most 1 message was to be sent".to_owned()
    } else {
        format!("at most {max} messages were to be sent")
    }
}

/// What was not met of what is wanted.
fn missed<N: CoJson, D: Decide<N>>(
    stage: &Stage<'_>,
    world: &World<N, Watch, D>,
    expect: &Wanted,
    (views, ended): (&[BTreeMap<CoId, Value>], &impl Fn(NodeId, CoId) -> Option<bool>),
    log: Option<&Log>,
) -> Vec<Unmet> {
    let (scenario, cast) = (stage.scenario(), stage.cast());
    let view = world.view();
    let hosts = view.hosts;
    let evidence = || log.map(|log| Evidence::new(scenario, log, &view, &world.observer));
    let mut unmet = Vec::new();
    for (place, load) in expect.loads.iter().enumerate() {
        let (node, id) = (NodeId(load.node), CoId(load.co_value));
        let found = ended(node, id);
        if found != Some(load.ends == LoadEnd::Available) {
            unmet.push(Unmet {
                of: Expected::Load(place),
                wanted: load_in_words(load, cast),
                found: found.map_or("never ended".to_owned(), |found| format!("ended as {}", end(found))),
                why: evidence().map(|evidence| loaded::why(&evidence, (node, id), found)).unwrap_or_default(),
                node: Some(cast.node(node).into_owned()),
            });
        }
    }
    for (place, content) in expect.content.iter().enumerate() {
        let (node, id) = (NodeId(content.node), CoId(content.co_value));
        let co_value = hosts[node.index()].node.state().co_values.get(&id);
        let held: u64 =
            co_value.map_or(0, |co_value| co_value.sessions.values().map(|log| u64::from(log.len())).sum());
        if held != content.transactions {
            let why = |evidence: Evidence<'_>| evidence.content(node, id, (held, content.transactions));
            unmet.push(Unmet {
                of: Expected::Content(place),
                wanted: content_in_words(content, cast),
                found: format!("holds {held}"),
                why: evidence().map(why).unwrap_or_default(),
                node: Some(cast.node(node).into_owned()),
            });
        }
    }
    for (place, view) in expect.views.iter().enumerate() {
        let (node, id) = (NodeId(view.node), CoId(view.co_value));
        let shown = views[node.index()].get(&id);
        let seen = hosts[node.index()].node.view(id);
        let why = |key: &str| {
            evidence().map(|evidence| shown::why_key(&evidence, (node, id), seen, key)).unwrap_or_default()
        };
        unmet_keys((place, view), seen, cast, why, &mut unmet);
        let as_items = || seen.map(|seen| seen.view().to_json_in(scenario.directory.dialect_of(node)));
        // What is not there, or was deleted, shows nothing.
        let is_met = shown.unwrap_or(&Value::Null) == &view.shows
            || (view.shows.is_array() && as_items().as_ref() == Some(&view.shows));
        if !is_met {
            let why = |evidence: Evidence<'_>| shown::why(&evidence, view, shown, seen);
            unmet.push(Unmet {
                of: Expected::View(place),
                wanted: view_in_words(view, cast),
                found: match shown {
                    None => "it is not there".to_owned(),
                    Some(Value::Null) => "it shows nothing".to_owned(),
                    Some(shown) => format!("it shows {shown}"),
                },
                why: evidence().map(why).unwrap_or_default(),
                node: Some(cast.node(node).into_owned()),
            });
        }
    }
    let sent = world.figures().sent;
    if let Some(max) = expect.messages_max.filter(|max| sent > *max) {
        unmet.push(Unmet {
            of: Expected::Messages,
            wanted: messages_in_words(max),
            found: format!("{sent} were"),
            why: Vec::new(),
            node: None,
        });
    }
    unmet
}

/// Keys of a group that were to be there, or were not.
fn unmet_keys(
    (place, view): (usize, &ViewExpectation),
    seen: Option<&LiveView>,
    cast: &Cast,
    why: impl Fn(&str) -> Vec<String>,
    unmet: &mut Vec<Unmet>,
) {
    let (node, group) = (cast.node(NodeId(view.node)), cast.co_value(CoId(view.co_value)));
    let is_there = |key: &&String| seen.is_some_and(|seen| seen.get(key).is_some());
    let of = |key: &str, wanted, found: &str| Unmet {
        of: Expected::View(place),
        wanted,
        found: found.to_owned(),
        why: why(key),
        node: Some(node.clone().into_owned()),
    };
    let missing = view.has.iter().filter(|key| !is_there(key));
    unmet.extend(
        missing.map(|key| of(key, format!("{node} was to see the key {key} of {group}"), "it is not there")),
    );
    let there = view.lacks.iter().filter(is_there);
    unmet.extend(
        there.map(|key| of(key, format!("{node} was to see no key {key} of {group}"), "it is there")),
    );
}
