//! Who is linked to whom, and what each is to the other.

use cosim_core::Relationship::{self, SyncAllOurs, SyncCommon, SyncTheirs};

/// A link; each end has its view of the other.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) ends: [End; 2],
}

/// One end of a link: a node, and what the other end is to it.
#[derive(Clone, Copy)]
pub(crate) struct End {
    pub(crate) node: usize,
    pub(crate) other_is: Relationship,
    pub(crate) priority: i32,
}

/// Nodes, by number, and links.
#[derive(Clone)]
pub(crate) struct Topology {
    pub(crate) nodes: usize,
    pub(crate) links: Vec<Link>,
}

fn link(a: usize, b: usize, other_is: [Relationship; 2], priority: i32) -> Link {
    Link {
        ends: [
            End { node: a, other_is: other_is[0], priority },
            End { node: b, other_is: other_is[1], priority: 0 },
        ],
    }
}

fn upstream(client: usize, server: usize) -> Link {
    link(client, server, [SyncAllOurs, SyncTheirs], 0)
}

fn common(a: usize, b: usize) -> Link {
    link(a, b, [SyncCommon, SyncCommon], 0)
}

fn mutual(a: usize, b: usize) -> Link {
    link(a, b, [SyncAllOurs, SyncAllOurs], 0)
}

fn all_pairs(nodes: usize, make: fn(usize, usize) -> Link) -> Vec<Link> {
    (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| make(a, b))).collect()
}

fn ring(nodes: usize) -> Vec<Link> {
    (0..nodes).map(|a| common(a, (a + 1) % nodes)).collect()
}

/// The topology of that name.
pub(crate) fn topology(name: &'static str) -> Topology {
    let (nodes, links) = match name {
        "pair" => (2, vec![upstream(0, 1)]),
        "two" => (3, vec![upstream(0, 2), upstream(1, 2)]),
        "chain" => (3, vec![upstream(0, 1), upstream(1, 2)]),
        "edge" => (5, vec![upstream(0, 2), upstream(1, 3), upstream(2, 4), upstream(3, 4)]),
        "twoserv" => (3, two_servers(0, 1, 2).to_vec()),
        "twoserv2" => (4, [two_servers(0, 2, 3), two_servers(1, 3, 2)].concat()),
        "mesh3" => (3, all_pairs(3, common)),
        "mesh4" => (4, all_pairs(4, common)),
        "ring4" => (4, ring(4)),
        "ring5" => (5, ring(5)),
        "both" => (2, vec![mutual(0, 1)]),
        "tri_all" => (3, all_pairs(3, mutual)),
        "star10" => (11, (1..11).map(|client| upstream(client, 0)).collect()),
        "mixed" => (4, vec![upstream(0, 2), upstream(1, 3), common(2, 3)]),
        "commonpair" => (2, vec![common(0, 1)]),
        other => panic!("no topology {other}"),
    };
    Topology { nodes, links }
}

fn two_servers(client: usize, first: usize, second: usize) -> [Link; 2] {
    let servers = [SyncAllOurs, SyncTheirs];
    [link(client, first, servers, 10), link(client, second, servers, 5)]
}

/// All of them.
pub(crate) const NAMES: [&str; 15] = [
    "pair",
    "two",
    "edge",
    "chain",
    "twoserv",
    "twoserv2",
    "mesh3",
    "mesh4",
    "ring4",
    "ring5",
    "both",
    "tri_all",
    "star10",
    "mixed",
    "commonpair",
];
