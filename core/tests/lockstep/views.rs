//! What a node of ours holds in the end, and what its user sees, in the form of the recording.

use crate::run::{Person, Run};
use cosim_core::real::{Transaction, canonical};
use cosim_core::view::{CoValue, KeyRing, Resolver, view};
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
        let sessions = sessions.iter().map(|(session, log)| (session.as_str(), *log));
        Some(CoValue { id, header, sessions: sessions.collect() })
    }
}

/// Asserts that `node` holds and shows in the end what the node `name` of the recording did. Returns how many views
/// that were.
pub(crate) fn assert_final(run: &Run, name: &str, node: &Node<RealCrypto>, what: &str) -> usize {
    let shelf = Shelf::of(node);
    let recorded = run.final_known_states[name].iter().filter(|(_, known)| known.header);
    let recorded: BTreeMap<&str, BTreeMap<&str, u64>> = recorded
        .map(|(id, known)| {
            (id.as_str(), known.sessions.iter().map(|(name, count)| (name.as_str(), *count)).collect())
        })
        .collect();
    assert_eq!(shelf.known_states(), recorded, "{what}: what {name} holds in the end");
    let person: &Person = &run.nodes[name];
    for (id, view) in &run.final_views[name] {
        let shown = shelf.view(id, &person.keys());
        assert_eq!(shown, canonical(view.clone()), "{what}: {id} as {name} sees it in the end");
    }
    run.final_views[name].len()
}
