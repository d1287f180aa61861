//! What an app writes shows at once, where it put it: a part of `same_view`. Where nothing that is held is dated as late as
//! what it writes, the format leaves no choice, so what shows then is what it saw before with that change.
//!
//! Who merges a branch of a stream sees what it saw before, and what it saw of the branch alone: what was merged before does
//! not become more. (The branch itself may show things twice: it shows some of its source.)

use super::ledger::Taken;
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Change, Command, Transaction, What, Writes};
use crate::host::NodeId;
use cosim_core::view::View;
use cosim_core::{CoId, Names, SessionId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many bytes the transactions of a CoValue may take that is looked at: all that shows is made twice for each look.
const BYTES_MAX: u64 = 16 * 1024;

/// What an app should see when its node has taken what it writes.
#[derive(Clone, Debug)]
pub(super) struct AsWritten {
    node: NodeId,
    id: CoId,
    should: Value,
    /// Whether it merges a branch: then all of a stream is looked at.
    merges: bool,
    /// Where it was written, once it was taken.
    place: Option<(SessionId, u32)>,
}

impl AsWritten {
    /// Before an app writes; `None` where it does not, or nothing can be said.
    pub(super) fn of(scene: &Scene<'_>, node: NodeId, command: &Command) -> Option<AsWritten> {
        let Command::Edit(edit) = command else { return None };
        let Writes::Change(change) = &edit.writes else { return None };
        let holdings = scene.world.holdings(node);
        let logs = scene.held(node, edit.id)?.logs();
        let mut sizes =
            logs.flat_map(|(_, log)| log.transactions.iter().map(|transaction| u64::from(transaction.size)));
        // A long log is not summed up to its end for each edit.
        let left = BYTES_MAX.checked_sub(change.what.size() as u64)?;
        sizes.try_fold(left, u64::checked_sub)?;
        let view = holdings.shown(edit.id)?.view();
        let branch = if let What::Merge { branch } = change.what { Some(branch) } else { None };
        let should = match branch {
            // What was merged into it may have come twice, and be here once.
            Some(branch) if !scene.setup.directory.branches_of([&branch]).is_empty() => return None,
            Some(branch) => together(items(&view)?, items(&holdings.shown(branch)?.view())?),
            None => changed(own_part(&view, scene.evidence.logs.name(holdings.session()))?, change)?,
        };
        Some(AsWritten { node, id: edit.id, should, merges: branch.is_some(), place: None })
    }

    /// The node has taken something: this, if it is the only thing, and nothing is dated as late.
    pub(super) fn took(mut self, scene: &Scene<'_>, taken: &Taken) -> Option<AsWritten> {
        if (taken.node, taken.id) != (self.node, self.id) || self.place.is_some() {
            return None;
        }
        let date = taken.transactions.iter().filter_map(made_at).min()?;
        let is_late = |transaction: &Transaction| made_at(transaction).is_none_or(|at| at >= date);
        let mut logs = scene.held(self.node, self.id)?.logs();
        let has_late = logs.any(|(session, log)| {
            let before = if session == taken.session { taken.after as usize } else { log.transactions.len() };
            let mut before = log.transactions.iter().take(before);
            // In its own session what comes later stands later.
            before.any(|transaction| {
                if session == taken.session {
                    made_at(transaction) > Some(date)
                } else {
                    is_late(transaction)
                }
            })
        });
        self.place = Some((taken.session, taken.after));
        (!has_late).then_some(self)
    }

    /// The event is over. Gives what is wrong; `None` where there is nothing to look at: it was not taken yet, or its author
    /// may not write.
    pub(super) fn look(self, scene: &Scene<'_>) -> Option<Option<Subject>> {
        let (session, index) = self.place?;
        let name = scene.evidence.logs.name(session);
        let shown = scene.world.holdings(self.node).shown(self.id)?;
        let is = match self.merges {
            true => together(items(&shown.view())?, Items::new()),
            false => own_part(&shown.view(), name)?,
        };
        if !shown.visible(name, index) || is == self.should {
            return shown.visible(name, index).then_some(None);
        }
        let cast = &scene.setup.cast;
        let (node, co_value) = (cast.node(self.node), cast.co_value(self.id));
        let what =
            format!("{node} does not show of {co_value} what it saw before with what it has written since");
        Some(Some(Subject { node: self.node, peer: None, id: Some(self.id), kind: "edit", what }))
    }
}

/// The items of a stream by when and where they were pushed and what they are, and how often each is there.
type Items = BTreeMap<(u64, String, Option<String>, u32, String), u64>;

fn items(view: &View) -> Option<Items> {
    let View::Stream(stream) = view else { return None };
    let mut items = Items::new();
    for (session, pushed) in &stream.sessions {
        for item in pushed {
            let (made_at, branch) = (item.made_at.as_ms()?, item.branch.clone());
            let name = (made_at, session.clone(), branch, item.tx_index, item.value.to_string());
            *items.entry(name).or_default() += 1;
        }
    }
    Some(items)
}

/// The items, and what is in the others alone.
fn together(mut items: Items, others: Items) -> Value {
    for (name, count) in others {
        items.entry(name).or_insert(count);
    }
    items.into_iter().map(|(name, count)| json!([format!("{name:?}"), count])).collect()
}

fn made_at(transaction: &Transaction) -> Option<u64> {
    transaction.said.as_ref()?.made_at.as_ms()
}

/// What an app's change concerns: all of a map, a list or a text, what it pushed itself to a stream.
fn own_part(view: &View, session: &str) -> Option<Value> {
    match view {
        View::Map(map) => Some(map.to_json()),
        View::List(list) | View::Text(list) => Some(list.to_json()),
        View::Stream(stream) => {
            let own = stream.sessions.get(session).into_iter().flatten();
            Some(own.map(|item| item.value.clone()).collect())
        }
        View::Group(_) | View::Deleted | View::Unknown => None,
    }
}

/// What shows after a change.
fn changed(mut seen: Value, change: &Change) -> Option<Value> {
    let part = |items: &[Value], index: u32, count: u32| {
        let from = (index as usize).min(items.len());
        from..from.saturating_add(count as usize).min(items.len())
    };
    match &change.what {
        What::Set { key, value, .. } => _ = seen.as_object_mut()?.insert(key.clone(), value.clone()),
        What::Delete { key } => _ = seen.as_object_mut()?.remove(key),
        What::Insert { index, values } => {
            let items = seen.as_array_mut()?;
            let at = part(items, *index, 0);
            items.splice(at, values.iter().cloned());
        }
        What::Remove { index, count } => {
            let items = seen.as_array_mut()?;
            let gone = part(items, *index, *count);
            items.drain(gone);
        }
        What::Push { value } => seen.as_array_mut()?.push(value.clone()),
        What::Splice { index, delete, insert } => {
            // What else makes a grapheme is not for this to say.
            if !insert.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
                return None;
            }
            let items = seen.as_array_mut()?;
            let gone = part(items, *index, *delete);
            items.splice(gone, insert.chars().map(|char| Value::from(char.to_string())));
        }
        What::AddMember { .. }
        | What::RemoveMember { .. }
        | What::Invite { .. }
        | What::Accept { .. }
        | What::Extend { .. }
        | What::RevokeExtend { .. }
        | What::Merge { .. }
        | What::DeleteValue => return None,
    }
    Some(seen)
}
