//! Who is whose server must not run in a circle.

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
