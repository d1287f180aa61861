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

/// Nodes in groups of equals, and which group has servers in which others.
struct Groups {
    /// The group of each node.
    of: Vec<usize>,
    /// How many nodes each has.
    size: Vec<u64>,
    /// The groups with servers of each, as often as there are links.
    above: Vec<Vec<usize>>,
}

impl Groups {
    fn new(nodes: usize, links: &[LinkSpec]) -> Groups {
        let mut equals = vec![Vec::new(); nodes];
        let mut upward = Vec::new();
        for link in links {
            let [a, b] = link.ends.map(|node| node as usize);
            match link.relationship {
                [Relationship::SyncAllOurs, Relationship::SyncTheirs] => upward.push((a, b)),
                [Relationship::SyncTheirs, Relationship::SyncAllOurs] => upward.push((b, a)),
                _ => {
                    equals[a].push(b);
                    equals[b].push(a);
                }
            }
        }
        let mut groups = Groups { of: vec![usize::MAX; nodes], size: Vec::new(), above: Vec::new() };
        for node in 0..nodes {
            let mut next = vec![node];
            let before = groups.size.len();
            while let Some(node) = next.pop() {
                if groups.of[node] == usize::MAX {
                    groups.of[node] = before;
                    groups.size.resize(before + 1, 0);
                    groups.size[before] += 1;
                    next.extend(&equals[node]);
                }
            }
        }
        groups.above = vec![Vec::new(); groups.size.len()];
        for (client, server) in upward {
            groups.above[groups.of[client]].push(groups.of[server]);
        }
        groups
    }

    /// The groups, each after all that have servers of it; those that are missing are in a circle, or below one.
    fn servers_first(&self) -> Vec<usize> {
        let mut left: Vec<usize> = self.above.iter().map(Vec::len).collect();
        let mut below = vec![Vec::new(); left.len()];
        for (group, above) in self.above.iter().enumerate() {
            above.iter().for_each(|&server| below[server].push(group));
        }
        let mut order: Vec<usize> = (0..left.len()).filter(|&group| left[group] == 0).collect();
        let mut at = 0;
        while let Some(&server) = order.get(at) {
            for &group in &below[server] {
                left[group] -= 1;
                if left[group] == 0 {
                    order.push(group);
                }
            }
            at += 1;
        }
        order
    }
}

/// How many nodes may have to be asked, at most, until a load has come to an end: whoever asks, its equals, their servers,
/// the equals and servers of those, and so on. Where ways join again it may be too many, but never more than there are.
pub(super) fn longest_way(nodes: usize, links: &[LinkSpec]) -> u64 {
    let groups = Groups::new(nodes, links);
    let mut ways = vec![0_u64; groups.size.len()];
    for group in groups.servers_first() {
        let mut above = groups.above[group].clone();
        above.sort_unstable();
        above.dedup();
        let way = above.iter().fold(groups.size[group], |way, server| way.saturating_add(ways[*server]));
        ways[group] = way.min(nodes as u64);
    }
    ways.into_iter().max().unwrap_or(0)
}

/// The first circle there is, if any: a link from a client to its server whose server can get back to the client over
/// servers and equals.
pub(super) fn circle(nodes: usize, links: &[LinkSpec]) -> Option<Circle> {
    let groups = Groups::new(nodes, links);
    let order = groups.servers_first();
    if order.len() == groups.size.len() {
        return None;
    }
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
