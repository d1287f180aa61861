//! `same_view`: whose logs are equal, and whose keys open the same, sees the same: however what it holds arrived. At
//! rest, what an app sees is what the logs show to who computes it from nothing.
//!
//! Who first holds something decides what it shows. Of the reader only counts which of the keys used in the CoValue it
//! can open, by the log of the group, so two members are compared, and so are two servers.

use super::hostile::Hostile;
use super::logs::{Held, header};
use super::violation::Subject;
use crate::cojson::{Cast, CoJson, Directory, SimCrypto};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::view::{self, CoValue, LiveView, Log, Resolver};
use cosim_core::{CoId, Names, NodeState, SessionId};
use std::collections::{BTreeMap, VecDeque};

/// How many states of a CoValue are remembered. Who comes to one that was forgotten decides anew.
const STATES_MAX: usize = 1024;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct SameView {
    seen: BTreeMap<CoId, Seen>,
}

/// What was seen of a CoValue.
#[derive(Clone, Debug, Default)]
struct Seen {
    shown: BTreeMap<Basis, (NodeId, Option<u64>)>,
    /// The same, the oldest first.
    order: VecDeque<Basis>,
}

/// What a view is a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Basis {
    own: u64,
    group: u64,
    keys: u64,
    /// The reader, where it is not sure that the same keys open the same for others.
    reader: Option<NodeId>,
}

impl SameView {
    /// Looks at what a node's app sees of a CoValue; says whether there was something to compare it with.
    pub(super) fn look(
        &mut self,
        (node, id): (NodeId, CoId),
        held: &Held,
        shown: Option<&LiveView>,
        cast: &Cast,
    ) -> (u64, Option<Subject>) {
        let keys = held.opened.hash();
        let basis = Basis {
            own: held.own,
            group: held.group,
            keys: keys.unwrap_or(0),
            reader: keys.is_none().then_some(node),
        };
        let digest = shown.map(LiveView::digest);
        let seen = self.seen.entry(id).or_default();
        if let Some((first, decided)) = seen.shown.get(&basis) {
            let differs = *decided != digest;
            return (1, differs.then(|| differing(node, *first, id, cast)));
        }
        if seen.order.len() == STATES_MAX
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.shown.remove(&oldest);
        }
        seen.order.push_back(basis);
        seen.shown.insert(basis, (node, digest));
        (0, None)
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

/// Computes what every node shows from nothing, and compares.
pub(super) fn at_rest<N: CoJson>(
    world: &View<'_, N>,
    directory: &Directory,
    hostile: &Hostile,
    cast: &Cast,
) -> (u64, Option<Subject>) {
    let mut looks = 0;
    let honest = (0..).map(NodeId).zip(world.hosts).filter(|(node, host)| host.up && !hostile.is(*node));
    for (node, host) in honest {
        let logs = Logs::of(host.node.state(), directory);
        let keys = directory.keys(node);
        for id in directory.views() {
            let Some(held) = logs.get(id) else { continue };
            looks += 1;
            let anew = view::View::new(&held, &logs, &keys);
            if host.node.view(id).map(LiveView::view).as_ref() != Some(&anew) {
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

/// The logs that a node holds, as views read them.
struct Logs<'a> {
    state: &'a NodeState<SimCrypto>,
    directory: &'a Directory,
    names: BTreeMap<SessionId, String>,
}

impl<'a> Logs<'a> {
    fn of(state: &'a NodeState<SimCrypto>, directory: &'a Directory) -> Logs<'a> {
        let sessions = directory.views().filter_map(|id| state.co_values.get(&id));
        let sessions = sessions.flat_map(|held| held.sessions.keys());
        let names = sessions.map(|session| (session, directory.session(session))).collect();
        Logs { state, directory, names }
    }

    fn get(&self, id: CoId) -> Option<CoValue<'_>> {
        let held = self.state.co_values.get(&id)?;
        let sessions = held.sessions.iter().filter_map(|(session, log)| {
            Some((self.names.get(&session)?.as_str(), &log.transactions as &dyn Log))
        });
        let id = self.directory.co_value(id)?.id.as_str();
        Some(CoValue { id, header: header(held)?, sessions: sessions.collect() })
    }
}

impl Resolver for Logs<'_> {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        self.get(self.directory.find(id)?)
    }
}
