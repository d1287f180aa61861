//! What must hold of nodes: at every step, and at rest. Judged by what nodes hold and what they say of each other.

use crate::topology::Topology;
use cosim_core::{Announce, CoId, FastCrypto, LoadStatus, Node, PeerId, Relationship};

pub(crate) type TestNode = Node<FastCrypto>;

pub(crate) fn peer(node: usize) -> PeerId {
    PeerId(u32::try_from(node).expect("there are few"))
}

pub(crate) fn held(node: &TestNode, id: CoId) -> cosim_core::KnownState {
    node.state().co_values.get(&id).map_or_else(Default::default, |co| co.known_state())
}

/// What a node says of a peer: told ≤ S, confirmed ≤ assumed, and confirmed ≤ what the peer holds.
pub(crate) fn check_pair(nodes: &[&TestNode], a: usize, b: usize, id: CoId) -> Result<(), String> {
    let Some(co) = nodes[a].state().co_values.get(&id) else { return Ok(()) };
    let Some(sync) = co.sync.get(peer(b)) else { return Ok(()) };
    if sync.told.as_ref().is_some_and(|told| !told.le(&co.known_state())) {
        return Err(format!("told: {a} told {b} more than it holds of {id:?}"));
    }
    let Some(confirmed) = &sync.confirmed else { return Ok(()) };
    match sync.assumed.known() {
        Some(assumed) if !confirmed.le(assumed) => {
            return Err(format!("assumed: {a} assumes less of {b} than is confirmed of {id:?}"));
        }
        None if confirmed.header => return Err(format!("assumed: {a} forgets that {b} holds {id:?}")),
        _ => {}
    }
    let same_connection =
        nodes[a].connection(peer(b)).is_some_and(|c| nodes[b].connection(peer(a)) == Some(c));
    if same_connection && !confirmed.le(&held(nodes[b], id)) {
        return Err(format!("truthful: {a} thinks that {b} holds {confirmed:?} of {id:?}"));
    }
    Ok(())
}

/// What must hold when nothing more happens, all links being up.
pub(crate) fn check_rest(nodes: &[&TestNode], topology: &Topology) -> Result<(), String> {
    let mut ids: Vec<CoId> = nodes.iter().flat_map(|node| node.state().co_values.keys().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    for (n, node) in nodes.iter().enumerate() {
        if let Some((_, id, to, kind)) = node.deadlines().next() {
            return Err(format!("quiescence: {n} still waits for {to:?} about {id:?}: {kind:?}"));
        }
        if node.next_deadline().is_some() {
            return Err(format!("quiescence: {n} has a deadline for nothing"));
        }
    }
    for &id in &ids {
        for (n, node) in nodes.iter().enumerate() {
            check_load(n, node, id)?;
        }
        for link in &topology.links {
            for (this, other) in [(0, 1), (1, 0)] {
                let (x, y) = (link.ends[this].node, link.ends[other].node);
                check_link(nodes, x, y, link.ends[this].other_is, id)?;
            }
        }
    }
    Ok(())
}

fn check_load(n: usize, node: &TestNode, id: CoId) -> Result<(), String> {
    let has = held(node, id).header;
    match node.load_status(id) {
        Some(LoadStatus::Loading) => Err(format!("load_ends: {n} still loads {id:?}")),
        Some(LoadStatus::Unavailable) if has => Err(format!("load_ends: {n} holds {id:?}, yet unavailable")),
        _ => Ok(()),
    }
}

/// `y` is `other_is` to `x`.
fn check_link(
    nodes: &[&TestNode],
    x: usize,
    y: usize,
    other_is: Relationship,
    id: CoId,
) -> Result<(), String> {
    let (sx, sy) = (held(nodes[x], id), held(nodes[y], id));
    let is_done = |n: usize| nodes[n].state().co_values.get(&id).is_some_and(|co| co.done);
    let wants = |n: usize| nodes[n].load_status(id).is_some() && !is_done(n);
    let failed = |what: &str| Err(format!("convergence: {id:?} {what}: {x} {sx:?}, {y} {sy:?}"));
    if !sx.header {
        let loses = other_is == Relationship::SyncAllOurs && wants(x) && sy.header;
        return if loses { failed("wanted and not sent") } else { Ok(()) };
    }
    match other_is {
        Relationship::SyncAllOurs if !sx.le(&sy) || (!sy.le(&sx) && !is_done(x)) => {
            return failed("differs from the server");
        }
        Relationship::SyncTheirs if !sy.header => {
            let announces = nodes[x].config().announce == Announce::All || wants(y);
            return if announces && !is_done(y) { failed("is not at the client") } else { Ok(()) };
        }
        Relationship::SyncCommon if sy.header && !is_done(x) && !is_done(y) && sx != sy => {
            return failed("differs between equals");
        }
        Relationship::SyncAllOurs | Relationship::SyncTheirs | Relationship::SyncCommon => {}
    }
    if !sy.header || is_done(x) || is_done(y) {
        return Ok(());
    }
    check_agreement(nodes, x, y, id)
}

fn check_agreement(nodes: &[&TestNode], x: usize, y: usize, id: CoId) -> Result<(), String> {
    let (cx, cy) = (&nodes[x].state().co_values[&id], &nodes[y].state().co_values[&id]);
    if cx.sessions != cy.sessions && cx.known_state() == cy.known_state() {
        let same = cx.sessions.iter().all(|(session, log)| {
            cy.sessions.get(session).is_some_and(|other| other.transactions == log.transactions)
        });
        if !same {
            return Err(format!("fork: {x} and {y} hold different logs of {id:?}"));
        }
    }
    let sync = cx.sync.get(peer(y)).ok_or("confirmed: no entry")?;
    if sync.error.is_none() && sync.confirmed.as_ref() != Some(&cx.known_state()) {
        return Err(format!("confirmed: {x} is not sure that {y} holds {id:?}: {:?}", sync.confirmed));
    }
    Ok(())
}
