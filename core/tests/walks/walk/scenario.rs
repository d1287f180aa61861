//! What happens in a walk: drawn from its seed.

use super::world::{MS, Net, Op, S, World};
use crate::judge::check_rest;
use crate::rng::Rng;
use crate::topology::{Topology, topology};
use cosim_core::{Announce, Config, Relationship};

/// How much happens in a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One CoValue, up to four operations, up to two faults.
    Small,
    /// Four CoValues, up to 22 operations, up to ten faults.
    Large,
}

/// How long the calm phase may last.
const HORIZON: u64 = 600 * S;

/// Walks once; a failure comes with the trace that leads to it.
pub(crate) fn walk(seed: u64, name: &'static str, kind: Kind, config: Config) -> Result<(), String> {
    play(plan(seed, name, kind, config)).1.map_err(|failure| {
        let mut traced = plan(seed, name, kind, config);
        traced.trace = Some(Vec::new());
        let trace = play(traced).0.trace.unwrap_or_default();
        format!("{failure}\n{name} {seed} {kind:?}:\n{}", trace.join("\n"))
    })
}

fn play(mut world: World) -> (World, Result<(), String>) {
    let result = world.run().and_then(|()| check_rest(&world.nodes(), &world.topology));
    (world, result)
}

fn plan(seed: u64, name: &'static str, kind: Kind, config: Config) -> World {
    let mut rng = Rng::new(seed ^ (name.len() as u64 * 7919) << 32);
    let topology = topology(name);
    let small = kind == Kind::Small;
    let net = if small {
        Net {
            loss: rng.pick(&[0, 0, 25]),
            dup: rng.pick(&[0, 0, 20]),
            latency: (50 * MS, rng.pick(&[50, 50, 400, 2500]) * MS),
            late: rng.pick(&[0, 0, 15]),
        }
    } else {
        Net {
            loss: rng.pick(&[0, 10, 30, 60]),
            dup: rng.pick(&[0, 10, 40]),
            latency: (10 * MS, rng.pick(&[50, 500, 3000]) * MS),
            late: rng.pick(&[0, 10, 30]),
        }
    };
    let announce = rng.pick(&[Announce::All, Announce::All, Announce::Interested]);
    let config = Config { announce, ..config };
    let mut world = World::new(topology.clone(), config, net, Rng::new(seed.wrapping_add(77)));
    let span = if small { 8 * S } else { 30 * S };
    let mut plan = Plan { rng, topology, span, small, owners: [None; 4] };
    plan.connects(&mut world);
    plan.operations(&mut world);
    plan.faults(&mut world);
    let calm_at = if small { span + 4 * S } else { span + 8 * S + S / 2 };
    world.plan(calm_at, Op::Calm);
    world.ends_at(calm_at + HORIZON);
    world
}

struct Plan {
    rng: Rng,
    topology: Topology,
    span: u64,
    small: bool,
    owners: [Option<usize>; 4],
}

impl Plan {
    fn node(&mut self) -> usize {
        self.rng.below(self.topology.nodes as u64) as usize
    }

    fn time(&mut self) -> u64 {
        self.rng.range(0, self.span)
    }

    fn connects(&mut self, world: &mut World) {
        for link in 0..self.topology.links.len() {
            let later = self.rng.range(0, self.span / 2);
            let at = self.rng.pick(&[0, 0, later]);
            world.plan(at, Op::Up { link, skew: if self.small { 0 } else { 300 * MS } });
        }
    }

    fn operations(&mut self, world: &mut World) {
        let count = if self.small { self.rng.range(1, 4) } else { self.rng.range(4, 22) };
        for _ in 0..count {
            let at = self.time();
            let id = if self.small { 0 } else { self.rng.below(4) as u32 };
            let kind = self.rng.weighted(&[3, 5, 2, 1, 1]);
            let owner = self.owners[id as usize];
            match kind {
                0 => self.create(world, at, id),
                1 if owner.is_none() => {
                    self.create(world, at, id);
                    let owner = self.owners[id as usize].expect("created above");
                    let at = self.rng.range(at, self.span);
                    world.plan(at, Op::Edit(owner, id));
                }
                1 => {
                    for _ in 0..self.rng.pick(&[1, 1, 3]) {
                        let op = Op::Edit(self.node(), id);
                        world.plan(self.time(), op);
                    }
                }
                2 => world.plan(at, Op::Load(self.node(), id)),
                3 => world.plan(at, Op::Done(self.node(), id)),
                _ => self.done_and_reload(world, at, id),
            }
        }
    }

    fn create(&mut self, world: &mut World, at: u64, id: u32) {
        let is_common = self.topology.links.iter().any(|l| l.ends[0].other_is == Relationship::SyncCommon);
        let creators = if is_common {
            let all = self.rng.percent(60);
            let mut nodes: Vec<usize> = (0..self.topology.nodes).collect();
            while !all && nodes.len() > 1 && self.rng.percent(60) {
                let i = self.rng.below(nodes.len() as u64) as usize;
                nodes.remove(i);
            }
            nodes
        } else {
            vec![self.owners[id as usize].unwrap_or_else(|| self.node())]
        };
        for node in &creators {
            let at = if self.rng.percent(50) { at } else { self.time() };
            world.plan(at, Op::Create(*node, id));
        }
        self.owners[id as usize] = creators.first().copied();
    }

    fn done_and_reload(&mut self, world: &mut World, at: u64, id: u32) {
        let node = self.node();
        world.plan(at, Op::Done(node, id));
        let again = at + self.rng.pick(&[0, 20 * MS, S / 2, 3 * S]);
        world.plan(again, Op::Load(node, id));
        let edit_at = (again + self.rng.range(0, 4 * S)).min(self.span);
        let op = Op::Edit(self.node(), id);
        world.plan(edit_at, op);
    }

    fn faults(&mut self, world: &mut World) {
        for _ in 0..self.rng.range(0, if self.small { 2 } else { 10 }) {
            let at = self.time();
            let kind = self.rng.weighted(&[4, 2, 1, 2, 2]);
            let link = self.rng.below(self.topology.links.len() as u64) as usize;
            let [a, b] = self.topology.links[link].ends.map(|end| end.node);
            let (from, to) = self.rng.pick(&[(a, b), (b, a)]);
            match kind {
                0 => {
                    world.plan(at, Op::Down { link, skew: self.rng.pick(&[0, S / 2, 2 * S]) });
                    let again = at + self.rng.pick(&[10 * MS, 300 * MS, 3 * S]);
                    world.plan(again, Op::Up { link, skew: self.rng.pick(&[0, 300 * MS, S]) });
                }
                1 | 2 => {
                    let node = self.node();
                    world.plan(at, Op::Crash { node, wipe: kind == 2 });
                    world.plan(at + self.rng.pick(&[S / 10, S, 5 * S]), Op::Restart(node));
                }
                3 => {
                    world.plan(at, Op::Partition(from, to));
                    world.plan(at + self.rng.range(S / 2, 8 * S), Op::Heal(from, to));
                }
                _ => {
                    world.plan(at, Op::Block(from, to));
                    world.plan(at + self.rng.range(S / 5, 5 * S), Op::Unblock(from, to));
                }
            }
        }
    }
}
