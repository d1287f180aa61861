//! What a node of ours holds in the end, and what its user sees, in the form of the recording.

use crate::run::Run;
use cosim_core::real::{Transaction, canonical};
use cosim_core::view::{CoValue, Dialect, KeyRing, Log, Resolver, View};
use cosim_core::{Names, Node, RealCrypto};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A node's CoValues under their names.
struct Shelf<'a> {
    dialect: Dialect,
    held: BTreeMap<String, (&'a Value, BTreeMap<String, &'a [Transaction]>)>,
}

impl<'a> Shelf<'a> {
    fn of(node: &'a Node<RealCrypto>, dialect: Dialect) -> Shelf<'a> {
        let names = node.crypto().names();
        let held = node.state().co_values.iter().filter_map(|(id, co)| {
            let sessions = co.sessions.iter();
            let sessions = sessions
                .map(|(session, log)| (names.session(session).into_owned(), log.transactions.as_slice()));
            Some((names.co_value(*id).into_owned(), (co.header.as_ref()?.as_json(), sessions.collect())))
        });
        Shelf { dialect, held: held.collect() }
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
        let view = View::new(&self.co_value(id).expect("it is held"), self, keys);
        if view == View::Deleted { DELETED.into() } else { canonical(view.to_json()) }
    }
}

impl Resolver for Shelf<'_> {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        let (id, (header, sessions)) = self.held.get_key_value(id)?;
        let sessions = sessions.iter().map(|(session, log)| (session.as_str(), log as &dyn Log));
        Some(CoValue { id, header, sessions: sessions.collect() })
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }
}

/// What came of a comparison.
#[derive(Default)]
pub(crate) struct End {
    /// How many views were the same.
    pub(crate) views: usize,
    /// The differences that have a name.
    pub(crate) differences: Vec<&'static str>,
}

/// Whether `node` holds and shows in the end what the node `name` of the recording did.
pub(crate) fn check_end(run: &Run, name: &str, node: &Node<RealCrypto>) -> Result<End, String> {
    let shelf = Shelf::of(node, run.dialect);
    let mut held = shelf.known_states();
    let mut end = End::default();
    let mut lenient = BTreeSet::new();
    for (id, known) in run.final_known_states[name].iter().filter(|(_, known)| known.header) {
        let recorded: BTreeMap<&str, u64> =
            known.sessions.iter().map(|(session, count)| (session.as_str(), *count)).collect();
        let ours = held.remove(id.as_str()).ok_or_else(|| format!("{name} lacks {id} in the end"))?;
        if ours == recorded {
            continue;
        }
        let covers =
            recorded.iter().all(|(session, count)| ours.get(session).is_some_and(|held| held >= count));
        let Some(difference) = why_more(run, name, id).filter(|_| covers) else {
            return Err(format!("{name} holds of {id} in the end {ours:#?}, and did hold {recorded:#?}"));
        };
        end.differences.push(difference);
        lenient.insert(id.as_str());
    }
    if !held.is_empty() {
        return Err(format!("{name} holds in the end {held:#?}, too"));
    }
    let keys = run.nodes[name].keys();
    for (id, view) in &run.final_views[name] {
        let (shown, recorded) = (shelf.view(id, &keys), canonical(view.clone()));
        if shown != recorded && !(lenient.contains(id.as_str()) && view != DELETED) {
            return Err(format!("{name} sees of {id} in the end {shown:#}, and did see {recorded:#}"));
        }
        end.views += usize::from(shown == recorded);
    }
    Ok(end)
}

/// What the recording has in place of the view of what was deleted.
const DELETED: &str = "deleted";

/// Whether what the node `name` of the recording shows of it in the end is that it was deleted.
pub(crate) fn is_deleted(run: &Run, name: &str, id: &str) -> bool {
    run.final_views[name].get(id).is_some_and(|view| view == DELETED)
}

/// Why our node may hold more than the recorded one.
fn why_more(run: &Run, name: &str, id: &str) -> Option<&'static str> {
    let had_error = run.final_errors.values().any(|ids| ids.contains(id));
    match (is_deleted(run, name, id), had_error) {
        (true, false) => Some("what was deleted is kept"),
        (false, true) => Some("a forger is heard again"),
        (true, true) | (false, false) => None,
    }
}
