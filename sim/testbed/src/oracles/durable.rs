//! `durable`: a process that starts from its disk holds at least everything that the disk had acknowledged, and every
//! log that it holds verifies from its start. What depends on what is missing may be held back. What a process reports as
//! written its disk has acknowledged, with the header, without which it cannot be read. And at rest the disk has
//! acknowledged everything that the process holds.

use super::disks::Disks;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson, Directory, SimCrypto};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::state::CoValueState;
use cosim_core::{CoId, Crypto, Durability, KnownState, Names, SessionId};
use std::sync::Arc;

/// Looks at a node that has just started from its disk; says at how many CoValues it looked.
pub(super) fn look<N: CoJson>(
    view: &View<'_, N>,
    node: NodeId,
    disks: &Disks,
    directory: &Arc<Directory>,
    cast: &Cast,
) -> (u64, Option<Subject>) {
    let state = view.hosts[node.index()].node.state();
    let has_header = |id: &CoId| state.co_values.get(id).is_some_and(|co_value| co_value.header.is_some());
    let mut looks = 0;
    for (id, acknowledged) in disks.acknowledged(node) {
        // A write that was never acknowledged may have survived, and need an account that did not.
        let accounts = directory.accounts();
        let mut needs = directory.depends_on(id).iter().copied().chain(accounts).filter(|need| *need != id);
        if needs.any(|need| !has_header(&need)) {
            continue;
        }
        looks += 1;
        let held = state.co_values.get(&id).map_or(KnownState::EMPTY, |co_value| co_value.known_state());
        if !acknowledged.le(&held) {
            let what = format!(
                "{} has started anew with less of {} than its disk had acknowledged",
                cast.node(node),
                cast.co_value(id)
            );
            return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "log", what }));
        }
    }
    let crypto = SimCrypto::new(Arc::clone(directory));
    for (id, co_value) in &state.co_values {
        looks += 1;
        if !verifies(*id, co_value, &crypto) {
            let what = format!(
                "{} has started anew with a log of {} that does not verify",
                cast.node(node),
                cast.co_value(*id)
            );
            return (looks, Some(Subject { node, peer: None, id: Some(*id), kind: "signature", what }));
        }
    }
    (looks, None)
}

/// Looks at what a node reports as written: how long a session is on its disk.
pub(super) fn reported<N: CoJson>(
    view: &View<'_, N>,
    node: NodeId,
    (id, session, count): (CoId, SessionId, u32),
    disks: &Disks,
    cast: &Cast,
) -> (u64, Option<Subject>) {
    let host = &view.hosts[node.index()];
    if host.disk.is_none() || host.node.durability() == Durability::Ideal {
        return (0, None);
    }
    let Some(on_disk) = disks.has(node, id) else { return (0, None) };
    let found = (on_disk.count(session) < count).then(|| {
        let what = format!(
            "{} reports more of {} as written than its disk has acknowledged",
            cast.node(node),
            cast.co_value(id)
        );
        Subject { node, peer: None, id: Some(id), kind: "report", what }
    });
    (1, found)
}

/// Looks at every disk when nothing will happen any more; says at how many CoValues it looked.
pub(super) fn at_rest<N: CoJson>(view: &View<'_, N>, disks: &Disks, cast: &Cast) -> (u64, Option<Subject>) {
    let mut looks = 0;
    for (node, host) in (0..).map(NodeId).zip(view.hosts) {
        if !host.up || host.disk.is_none() || host.node.durability() == Durability::Ideal {
            continue;
        }
        for (id, co_value) in &host.node.state().co_values {
            let Some(on_disk) = disks.has(node, *id) else { break };
            looks += 1;
            if !co_value.known_state().le(&on_disk) {
                let what = format!(
                    "{} holds more of {} than its disk has, and nothing is being written",
                    cast.node(node),
                    cast.co_value(*id)
                );
                return (looks, Some(Subject { node, peer: None, id: Some(*id), kind: "disk", what }));
            }
        }
    }
    (looks, None)
}

fn verifies(id: CoId, co_value: &CoValueState<SimCrypto>, crypto: &SimCrypto) -> bool {
    co_value.header.as_ref().is_none_or(|header| crypto.verify_header(id, header))
        && co_value.sessions.iter().all(|(session, log)| {
            crypto.verify(id, session, None, &log.transactions, &log.last_signature).is_some()
        })
}
