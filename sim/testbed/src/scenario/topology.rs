//! How nodes are joined: who is whose server must not run in a circle, and how far a message may have to go.

use super::LinkSpec;
use cosim_core::Relationship;
use std::collections::VecDeque;

/// A link that closes a circle of servers, and the nodes of the circle from that link's client round to it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Circle {
    /// The link.
    pub(super) link: usize,
    /// The nodes, the first and the last the same. Each one's server or equal is the next.
    pub(super) nodes: Vec<u32>,
}

/// The first circle there is, if any: a link from a client to its server whose server can get back to the client over
/// servers and equals.
pub(super) fn circle(nodes: usize, links: &[LinkSpec]) -> Option<Circle> {
    let mut upward = vec![Vec::new(); nodes];
    for link in links {
        for (from, to) in [(0, 1), (1, 0)] {
            if link.relationship[from] != Relationship::SyncTheirs {
                upward[link.ends[from] as usize].push(link.ends[to]);
            }
        }
    }
    let mut closing: Vec<(u32, u32, usize)> = Vec::new();
    for (at, link) in links.iter().enumerate() {
        match link.relationship {
            [Relationship::SyncAllOurs, Relationship::SyncTheirs] => {
                closing.push((link.ends[1], link.ends[0], at));
            }
            [Relationship::SyncTheirs, Relationship::SyncAllOurs] => {
                closing.push((link.ends[0], link.ends[1], at));
            }
            _ => {}
        }
    }
    // One search for each server, however many clients it has.
    closing.sort_unstable();
    closing.chunk_by(|a, b| a.0 == b.0).find_map(|clients| {
        let before = search(clients[0].0, &upward);
        let &(server, client, link) =
            clients.iter().find(|(_, client, _)| before[*client as usize].is_some())?;
        let back =
            std::iter::successors(Some(client), |&node| before[node as usize].filter(|_| node != server));
        let mut nodes: Vec<u32> = back.collect();
        nodes.push(client);
        nodes.reverse();
        Some(Circle { link, nodes })
    })
}

/// How many links a message may have to pass from any node to any other, at most: a bound, not always the least.
pub(super) fn hops(nodes: usize, links: &[LinkSpec]) -> u64 {
    let mut neighbours = vec![Vec::new(); nodes];
    for [a, b] in links.iter().map(|link| link.ends) {
        neighbours[a as usize].push(b);
        neighbours[b as usize].push(a);
    }
    let mut reached = vec![false; nodes];
    let mut most = 0;
    for start in 0..nodes {
        let (mut steps, mut count, mut edge) = (0, 0, vec![start as u32]);
        loop {
            edge.retain(|&node| !std::mem::replace(&mut reached[node as usize], true));
            if edge.is_empty() {
                break;
            }
            (steps, count) = (steps + 1, count + edge.len() as u64);
            edge = edge.iter().flat_map(|&node| &neighbours[node as usize]).copied().collect();
        }
        // No two nodes are further apart than twice as far as either is from one of them.
        let [furthest, others] = [steps, count].map(|number: u64| number.saturating_sub(1));
        most = most.max((2 * furthest).min(others));
    }
    most
}

/// The node before each one on a shortest way from `start`; `None` for what cannot be reached.
fn search(start: u32, upward: &[Vec<u32>]) -> Vec<Option<u32>> {
    let mut before = vec![None; upward.len()];
    let mut queue = VecDeque::from([start]);
    before[start as usize] = Some(start);
    while let Some(node) = queue.pop_front() {
        for &next in &upward[node as usize] {
            if before[next as usize].is_none() {
                before[next as usize] = Some(node);
                queue.push_back(next);
            }
        }
    }
    before
}
