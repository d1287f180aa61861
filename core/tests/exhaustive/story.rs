//! Small stories: who does what, in which order. When each step happens among the deliveries is for the explorer.

use crate::topology::{Topology, topology};

/// One step of a story. A connection begins and ends at each end by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Create(usize),
    Edit(usize),
    Load(usize),
    Done(usize),
    Connect { link: usize, end: usize, epoch: u32 },
    Disconnect { link: usize, end: usize, epoch: u32 },
    Block { link: usize, end: usize },
    Unblock { link: usize, end: usize },
}

/// A story and how far it is explored.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) topology: Topology,
    pub(crate) steps: Vec<Step>,
    /// How many steps are taken before the exploration begins.
    pub(crate) opening: usize,
    /// How many choices are explored in every order; what is left then goes fairly.
    pub(crate) depth: u8,
    /// How many messages may be lost.
    pub(crate) losses: u8,
    /// How many messages may be doubled.
    pub(crate) copies: u8,
    /// How many deadlines may pass while messages are under way.
    pub(crate) wakes: u8,
}

use Step::{Block, Create, Done, Edit, Load, Unblock};

fn connect(link: usize) -> [Step; 2] {
    [Step::Connect { link, end: 0, epoch: 1 }, Step::Connect { link, end: 1, epoch: 1 }]
}

fn reconnect(link: usize) -> [Step; 4] {
    [
        Step::Disconnect { link, end: 0, epoch: 1 },
        Step::Connect { link, end: 0, epoch: 2 },
        Step::Disconnect { link, end: 1, epoch: 1 },
        Step::Connect { link, end: 1, epoch: 2 },
    ]
}

/// With three nodes it is not when they connect that is of interest.
fn connects_first(parts: &[&[Step]]) -> usize {
    parts
        .iter()
        .flat_map(|steps| steps.iter())
        .take_while(|step| matches!(step, Step::Connect { .. }))
        .count()
}

/// How many choices are explored in every order, by the number of nodes.
#[derive(Clone, Copy)]
pub(crate) struct Depths {
    pub(crate) two_nodes: u8,
    pub(crate) three_nodes: u8,
}

/// All stories.
pub(crate) fn stories(depths: Depths) -> Vec<Story> {
    let story = |name, of, parts: &[&[Step]]| Story {
        name,
        topology: topology(of),
        steps: parts.concat(),
        opening: if topology(of).nodes > 2 { connects_first(parts) } else { 0 },
        depth: if topology(of).nodes > 2 { depths.three_nodes } else { depths.two_nodes },
        losses: 1,
        copies: 1,
        wakes: 1,
    };
    let (a, b) = (connect(0), connect(1));
    vec![
        story("write, then connect", "pair", &[&[Create(0), Edit(0)], &a, &[Edit(0)]]),
        story("connect, then write at both", "pair", &[&a, &[Create(0), Edit(0), Edit(1)]]),
        story("load of what the server has", "pair", &[&[Create(1), Edit(1)], &a, &[Load(0), Edit(1)]]),
        story("load of what nobody has", "pair", &[&a, &[Load(0), Create(1), Edit(1)]]),
        story("done, then loaded again", "pair", &[&a, &[Create(1), Load(0), Done(0), Edit(1), Load(0)]]),
        story("done, then written", "pair", &[&a, &[Create(1), Edit(1), Done(0), Edit(0)]]),
        story("reconnect while writing", "pair", &[&a, &[Create(0), Edit(0)], &reconnect(0), &[Edit(1)]]),
        story(
            "blocked while writing",
            "pair",
            &[&a, &[Block { link: 0, end: 0 }, Create(0), Edit(0), Unblock { link: 0, end: 0 }]],
        ),
        story("equals", "commonpair", &[&[Create(0), Create(1), Edit(0)], &a, &[Edit(1)]]),
        story(
            "equals, one without the header",
            "commonpair",
            &[&a, &[Create(0), Edit(0), Create(1), Edit(1)]],
        ),
        story("mutual servers", "both", &[&[Create(0), Edit(0)], &a, &[Edit(1), Edit(0)]]),
        story("mutual servers that ask each other", "both", &[&a, &[Load(0), Load(1), Create(1), Done(1)]]),
        story("through an edge", "chain", &[&a, &b, &[Create(0), Edit(0), Edit(2)]]),
        story("asked through an edge", "chain", &[&a, &b, &[Load(0), Create(2), Edit(2)]]),
        story("done through an edge", "chain", &[&a, &b, &[Create(0), Done(1), Edit(2), Done(0), Load(0)]]),
        story("two clients write", "two", &[&a, &b, &[Create(0), Edit(0), Edit(1)]]),
        story("asked of two servers", "twoserv", &[&a, &b, &[Load(0), Create(2), Edit(2)]]),
        story(
            "a triangle of equals",
            "mesh3",
            &[&a, &b, &connect(2), &[Create(0), Create(1), Create(2), Edit(0)]],
        ),
    ]
}
