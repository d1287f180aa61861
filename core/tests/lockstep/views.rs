//! What a node of ours holds in the end, and what its user sees, in the form of the recording.

use crate::run::Run;
use cosim_core::real::{Transaction, canonical};
use cosim_core::view::{CoValue, KeyRing, Log, Resolver, view};
use cosim_core::{Names, Node, RealCrypto};
use serde_json::Value;
use std::collections::BTreeMap;

/// A node's CoValues under their names.
struct Shelf<'a> {
    held: BTreeMap<String, (&'a Value, BTreeMap<String, &'a [Transaction]>)>,
}

impl<'a> Shelf<'a> {
    fn of(node: &'a Node<RealCrypto>) -> Shelf<'a> {
        let names = node.crypto().names();
        let held = node.state().co_values.iter().filter_map(|(id, co)| {
            let sessions = co.sessions.iter();
            let sessions = sessions
                .map(|(session, log)| (names.session(session).into_owned(), log.transactions.as_slice()));
            Some((names.co_value(*id).into_owned(), (co.header.as_ref()?.as_json(), sessions.collect())))
        });
        Shelf { held: held.collect() }
    }

    fn known_states(&self) -> BTreeMap<&str, BTreeMap<&str, u64>> {
        let held = self.held.iter().map(|(id, (_, sessions))| {
            (
                id.as_str(),
                sessions.iter().map(|(session, log)| (session.as_str(), log.len() as u64)).collect(),
            )
        });
        held.collect()
    }

    fn view(&self, id: &str, keys: &KeyRing) -> Value {
        canonical(view(&self.co_value(id).expect("it is held"), self, keys))
    }
}

impl Resolver for Shelf<'_> {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        let (id, (header, sessions)) = self.held.get_key_value(id)?;
        let sessions = sessions.iter().map(|(session, log)| (session.as_str(), log as &dyn Log));
        Some(CoValue { id, header, sessions: sessions.collect() })
    }
}

/// Whether `node` holds and shows in the end what the node `name` of the recording did. Gives how many views that were.
pub(crate) fn check_end(run: &Run, name: &str, node: &Node<RealCrypto>) -> Result<usize, String> {
    let shelf = Shelf::of(node);
    let recorded = run.final_known_states[name].iter().filter(|(_, known)| known.header);
    let recorded: BTreeMap<&str, BTreeMap<&str, u64>> = recorded
        .map(|(id, known)| {
            (id.as_str(), known.sessions.iter().map(|(name, count)| (name.as_str(), *count)).collect())
        })
        .collect();
    let held = shelf.known_states();
    if held != recorded {
        return Err(format!("{name} holds in the end {held:#?}, and did hold {recorded:#?}"));
    }
    let keys = run.nodes[name].keys();
    for (id, view) in &run.final_views[name] {
        let (shown, recorded) = (shelf.view(id, &keys), canonical(view.clone()));
        if shown != recorded {
            return Err(format!("{name} sees of {id} in the end {shown:#}, and did see {recorded:#}"));
        }
    }
    Ok(run.final_views[name].len())
}
