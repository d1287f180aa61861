//! What the app of a node with a fault sees in the place of what there is to be seen.

use super::faulty::Fault;
use cosim_core::real::{self, MadeAt};
use cosim_core::state::CoValueState;
use cosim_core::view::{CoValue, KeyRing, LiveView, Log, Resolver};
use cosim_core::{CoId, SessionId};
use cosim_testbed::cojson::{CoJson, CoNode, Directory, SimCrypto};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// What it sees of which CoValue; of others it sees what there is.
    pub(super) views: BTreeMap<CoId, LiveView>,
    /// The how-manieth each transaction was to arrive.
    arrivals: BTreeMap<(CoId, SessionId), Vec<u64>>,
}

impl Seen {
    /// The node has handled something.
    pub(super) fn follow(&mut self, fault: Fault, node: &CoNode, directory: &Directory) {
        for (id, held) in &node.state().co_values {
            let is_empty = held.sessions.iter().all(|(_, log)| log.transactions.is_empty());
            if matches!(fault, Fault::SeesByArrival | Fault::SeesTheOldest | Fault::SeesAnybody) {
                let view = self.seen(fault, *id, held, directory);
                self.views.extend(view.map(|view| (*id, view)));
            } else if let (Fault::SeesTheFirst, false, Some(view)) = (fault, is_empty, node.view(*id)) {
                self.views.entry(*id).or_insert_with(|| view.clone());
            }
        }
    }

    fn seen(
        &mut self,
        fault: Fault,
        id: CoId,
        held: &CoValueState<SimCrypto>,
        directory: &Directory,
    ) -> Option<LiveView> {
        let mut header: Value = held.header.as_ref()?.said.as_ref()?.as_json().clone();
        if header["ruleset"]["type"] == "group" {
            return None;
        }
        header["ruleset"] = json!({ "type": "unsafeAllowAll" });
        let mut sessions: BTreeMap<String, Vec<real::Transaction>> = BTreeMap::new();
        for (session, log) in held.sessions.iter() {
            let arrived = self.arrivals.values().map(Vec::len).sum::<usize>() as u64;
            let arrivals = self.arrivals.entry((id, session)).or_default();
            let new = log.transactions.len().saturating_sub(arrivals.len()) as u64;
            arrivals.extend((0..new).map(|i| arrived + i));
            let said = log.transactions.iter().zip(arrivals).filter_map(|(transaction, arrival)| {
                let mut said = real::Transaction::clone(transaction.said.as_ref()?);
                if fault == Fault::SeesByArrival {
                    said.made_at = MadeAt::from_ms(*arrival);
                } else if fault == Fault::SeesTheOldest {
                    said.made_at = MadeAt::from_ms(u64::from(u32::MAX) - *arrival);
                }
                Some(said)
            });
            sessions.insert(directory.session(session), said.collect());
        }
        let logs = sessions.iter().map(|(session, log)| (session.as_str(), log as &dyn Log));
        let id = directory.co_value(id)?.id.as_str();
        let mut view = LiveView::default();
        view.update(&CoValue { id, header: &header, sessions: logs.collect() }, &Nothing, &KeyRing::empty());
        Some(view)
    }
}

/// No CoValue is there.
struct Nothing;

impl Resolver for Nothing {
    fn co_value(&self, _: &str) -> Option<CoValue<'_>> {
        None
    }
}
