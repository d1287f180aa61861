//! The laws of a hostile network, on a node that does nothing but send numbers of four bytes each.

use crate::counter::{Counter, Fates, link, ms, send, world};
use cosim_core::{Span, Time};
use cosim_testbed::decision::Fate;
use cosim_testbed::host::{Direction, Filter, FilterAct, NodeId, Operation};
use cosim_testbed::network::{Burst, Network, Ppm, SpanRange};
use cosim_testbed::world::{Stop, World};
use proptest::prelude::*;

const NEVER: Time = Time::from_us(u64::MAX);
const SIZE: u64 = 4;

fn percent(percent: u32) -> Ppm {
    Ppm::percent(percent).expect("at most a hundred")
}

fn range(min_ms: u64, max_ms: u64) -> SpanRange {
    SpanRange::new(Span::from_ms(min_ms), Span::from_ms(max_ms)).expect("in order, and short")
}

/// Node 0 sends node 1 a number at each moment.
fn planned(network: Network, seed: u64, moments: &[u64]) -> World<Counter, (), Fates> {
    let mut world = world(2, vec![link(0, 1, network)], seed, ());
    for (number, moment) in (0..).zip(moments) {
        send(&mut world, ms(*moment), [0, 1], number);
    }
    world
}

fn played(network: Network, seed: u64, moments: &[u64]) -> World<Counter, (), Fates> {
    let mut world = planned(network, seed, moments);
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    world
}

fn heard(world: &World<Counter, (), Fates>) -> Vec<(Time, u32)> {
    world.host(NodeId(1)).node.heard.iter().map(|(at, _, number)| (*at, *number)).collect()
}

fn numbers(world: &World<Counter, (), Fates>) -> Vec<u32> {
    heard(world).into_iter().map(|(_, number)| number).collect()
}

fn fates(world: &World<Counter, (), Fates>) -> Vec<Fate> {
    world.decisions.messages.iter().map(|(_, fate)| *fate).collect()
}

fn rough() -> Network {
    Network {
        latency: range(1, 50),
        loss: percent(20),
        duplicate: percent(20),
        reorder: percent(20),
        reorder_delay: range(0, 100),
        ..Network::default()
    }
}

fn bursts(p: u32, r: u32) -> Option<Burst> {
    Some(Burst { begins: percent(p), ends: percent(r), bad_loss: Ppm::ALWAYS, good_loss: Ppm::NEVER })
}

fn moments() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(1_u64..400, 1..60).prop_map(|mut moments| {
        moments.sort_unstable();
        moments
    })
}

proptest! {
    /// Each chance has a stream of its own.
    #[test]
    fn switching_a_chance_on_shifts_no_other(seed: u64, moments in moments()) {
        let plain = fates(&played(rough(), seed, &moments));
        let all = Network {
            burst: bursts(20, 30),
            replay: percent(30),
            replay_delay: range(100, 9_000),
            damage: percent(30),
            truncate: percent(30),
            ..rough()
        };
        let burst = fates(&played(Network { burst: all.burst, ..rough() }, seed, &moments));
        let replay = Network { replay: all.replay, replay_delay: all.replay_delay, ..rough() };
        let replay = fates(&played(replay, seed, &moments));
        let damage = fates(&played(Network { damage: all.damage, ..rough() }, seed, &moments));
        for (i, fate) in fates(&played(all, seed, &moments)).into_iter().enumerate() {
            prop_assert_eq!(fate.lost, burst[i].lost);
            prop_assert_eq!(fate.replayed, replay[i].replayed);
            prop_assert_eq!(fate.damaged, damage[i].damaged);
            let (lost, replayed, damaged, truncated) = (plain[i].lost, None, None, None);
            prop_assert_eq!(Fate { lost, replayed, damaged, truncated, ..fate }, plain[i]);
            prop_assert!(fate.lost || !lost, "bursts only add losses");
        }
    }

    /// The state changes after a message, and a stretch that never ends loses all the rest.
    #[test]
    fn bursts_begin_and_end(seed: u64, moments in moments()) {
        let lossy = |burst| played(Network { burst, ..Network::default() }, seed, &moments);
        prop_assert_eq!(numbers(&lossy(bursts(0, 100))).len(), moments.len());
        prop_assert_eq!(numbers(&lossy(bursts(100, 0))), [0]);
        let every_other: Vec<u32> = (0..moments.len() as u32).step_by(2).collect();
        prop_assert_eq!(numbers(&lossy(bursts(100, 100))), every_other);
    }

    /// A replayed message arrives twice, the second time when its delay has passed.
    #[test]
    fn replays_come_long_after(seed: u64, moments in moments()) {
        let network = Network { replay: Ppm::ALWAYS, replay_delay: range(5_000, 9_000), ..Network::default() };
        let world = played(network, seed, &moments);
        prop_assert_eq!(world.figures().replayed, moments.len() as u64);
        for (number, moment) in (0..).zip(&moments) {
            let at: Vec<Time> = heard(&world).iter().filter(|(_, n)| *n == number).map(|(at, _)| *at).collect();
            prop_assert_eq!(at.len(), 2);
            prop_assert_eq!(at[0], ms(*moment));
            prop_assert!(ms(moment + 5_000) <= at[1] && at[1] <= ms(moment + 9_000));
        }
    }

    /// Nothing can be made of a number that is damaged.
    #[test]
    fn what_nobody_can_read_never_arrives(seed: u64, moments in moments()) {
        for (damage, truncate) in [(100, 0), (0, 100), (100, 100)] {
            let network =
                Network { damage: percent(damage), truncate: percent(truncate), ..Network::default() };
            let world = played(network, seed, &moments);
            prop_assert_eq!(heard(&world), []);
            prop_assert_eq!(world.figures().undecodable, moments.len() as u64);
        }
    }

    /// Against a list of what waits: what arrives when, what does not fit, and what the sender is told.
    #[test]
    fn a_line_is_a_queue(moments in moments(), bandwidth in 20_u64..2_000, queue in 4_u64..100) {
        let line = Network { bandwidth: Some(bandwidth), queue: Some(queue), ..Network::default() };
        let world = played(line, 1, &moments);
        let us = |bytes: u64| (bytes * 1_000_000).div_ceil(bandwidth);
        // A message takes just over half of the queue at most; the rest of it enters as there is room.
        let taken = SIZE.min(queue / 2 + 1);
        let (mut free_at, mut entered_at, mut arrives, mut overflowed) = (0_u64, 0_u64, Vec::new(), 0);
        for (number, moment) in (0..).zip(&moments) {
            let now = moment * 1_000;
            let [waiting, outside] =
                [free_at, entered_at].map(|at| (at.saturating_sub(now) * bandwidth).div_ceil(1_000_000));
            if waiting.saturating_sub(outside) + taken > queue {
                overflowed += 1;
                continue;
            }
            if taken < SIZE {
                entered_at = entered_at.max(now) + us(SIZE - taken);
            }
            free_at = free_at.max(now) + us(SIZE);
            arrives.push((Time::from_us(free_at), number));
        }
        prop_assert_eq!(heard(&world), arrives);
        prop_assert_eq!(world.figures().overflowed, overflowed);
        let flow = &world.host(NodeId(0)).node.flow;
        prop_assert!(flow.iter().enumerate().all(|(i, (_, writable))| *writable == (i % 2 == 1)));
        prop_assert_eq!(flow.len() % 2, 0, "what was full takes messages again");
        prop_assert_eq!(world.figures().blocked, flow.len() as u64 / 2);
        prop_assert!(overflowed == 0 || queue < 2 * SIZE || !flow.is_empty(), "who overflows was told before");
    }

    /// A line whose bound is taken away takes messages at once.
    #[test]
    fn a_line_without_bound_takes_everything(bandwidth in 20_u64..200) {
        let line = Network { bandwidth: Some(bandwidth), queue: Some(40), ..Network::default() };
        let mut world = planned(line, 1, &[1; 9]);
        world.schedule(ms(2), Operation::Network { link: 0, network: Box::default() });
        prop_assert_eq!(world.run_until(NEVER), Stop::Silent);
        prop_assert_eq!(&world.host(NodeId(0)).node.flow, &[(ms(1), false), (ms(2), true)]);
        prop_assert_eq!(numbers(&world), (0..9).collect::<Vec<u32>>());
    }

    /// What is sent while nothing leaves waits, as far as it fits, and leaves in order when something does.
    #[test]
    fn a_line_that_carries_nothing_keeps_what_fits(
        count in 1_u32..20,
        queue in 8_u64..60,
        bandwidth in 20_u64..2_000,
    ) {
        let nothing = Network { bandwidth: Some(0), queue: Some(queue), ..Network::default() };
        let mut world = planned(nothing, 1, &vec![1; count as usize]);
        let network = Network { bandwidth: Some(bandwidth), ..nothing };
        world.schedule(ms(50), Operation::Network { link: 0, network: Box::new(network) });
        prop_assert_eq!(world.run_until(NEVER), Stop::Silent);
        let fits = (queue / SIZE).min(u64::from(count)) as u32;
        prop_assert_eq!(world.figures().overflowed, u64::from(count - fits));
        let leaves = |number: u32| u64::from(number + 1) * (SIZE * 1_000_000).div_ceil(bandwidth);
        let arrives: Vec<_> = (0..fits).map(|number| (Time::from_us(50_000 + leaves(number)), number)).collect();
        prop_assert_eq!(heard(&world), arrives);
        let flow = &world.host(NodeId(0)).node.flow;
        prop_assert_eq!(flow.first().copied(), (2 * SIZE * u64::from(fits) > queue).then_some((ms(1), false)));
        prop_assert!(flow.iter().skip(1).all(|(at, writable)| *writable && *at >= ms(50)), "{:?}", flow);
        prop_assert_eq!(flow.len() % 2, 0);
    }

    /// What is kept back arrives in order when it is released, and what does not match passes.
    #[test]
    fn what_is_held_comes_in_order(seed: u64, moments in moments(), from in 0_u64..400, to in 400_u64..600) {
        let network = Network { latency: range(1, 50), ..Network::default() };
        let mut world = planned(network, seed, &moments);
        let subjects: Vec<u32> = (0..moments.len() as u32).step_by(3).collect();
        let filter = Filter { kinds: vec!["number".to_owned()], subjects, act: FilterAct::Hold };
        let direction = Direction::Both;
        world.schedule(ms(from), Operation::Filter { link: 0, direction, filter });
        world.schedule(ms(to), Operation::Release { link: 0, direction: Direction::Forward });
        prop_assert_eq!(world.run_until(NEVER), Stop::Silent);
        let is_held = |number: u32| number.is_multiple_of(3) && moments[number as usize] > from;
        let (held, passed): (Vec<_>, Vec<_>) = heard(&world).into_iter().partition(|(_, n)| is_held(*n));
        prop_assert!(held.is_sorted() && passed.is_sorted());
        prop_assert!(held.is_sorted_by_key(|(_, number)| *number));
        prop_assert!(held.iter().all(|(at, _)| *at >= ms(to)));
        prop_assert!(passed.iter().all(|(at, number)| *at <= ms(moments[*number as usize] + 50)));
        prop_assert_eq!(held.len() + passed.len(), moments.len());
        prop_assert_eq!(world.figures().held, held.len() as u64);
    }

    /// So many are dropped, and then all pass.
    #[test]
    fn a_drop_is_used_up(moments in moments(), count in 1_u32..20) {
        let mut world = planned(Network::default(), 1, &moments);
        let act = FilterAct::Drop { count: Some(count) };
        let filter = Filter { kinds: Vec::new(), subjects: Vec::new(), act };
        world.schedule(ms(0), Operation::Filter { link: 0, direction: Direction::Forward, filter });
        prop_assert_eq!(world.run_until(NEVER), Stop::Silent);
        prop_assert_eq!(numbers(&world), (0..moments.len() as u32).skip(count as usize).collect::<Vec<_>>());
    }
}

/// A filter of another kind or direction is about nothing; a link that heals has none.
#[test]
fn filters_end_where_a_link_heals() {
    let everything = Filter { kinds: Vec::new(), subjects: Vec::new(), act: FilterAct::Drop { count: None } };
    let words = Filter { kinds: vec!["word".to_owned()], ..everything.clone() };
    let mut world = planned(Network::default(), 1, &[2, 4, 6, 8]);
    world.schedule(ms(1), Operation::Filter { link: 0, direction: Direction::Both, filter: words });
    world.schedule(
        ms(1),
        Operation::Filter { link: 0, direction: Direction::Backward, filter: everything.clone() },
    );
    world.schedule(ms(3), Operation::Filter { link: 0, direction: Direction::Both, filter: everything });
    world.schedule(ms(5), Operation::Heal { link: 0, direction: Direction::Backward });
    world.schedule(ms(7), Operation::Heal { link: 0, direction: Direction::Forward });
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    assert_eq!(numbers(&world), [0, 3]);
    assert_eq!(world.figures().dropped, 2);
}

/// One end hears of it, the other only when the link disconnects or connects again; then it is whole.
#[test]
fn half_open_connections() {
    let lost = |world: &World<Counter, (), Fates>, node: u32| world.host(NodeId(node)).node.lost.clone();
    let mut world = planned(Network::default(), 1, &[5, 25]);
    world.schedule(ms(2), Operation::HalfOpen { link: 0, end: 1 });
    world.schedule(ms(3), Operation::HalfOpen { link: 0, end: 0 });
    world.schedule(ms(10), Operation::Disconnect { link: 0 });
    world.schedule(ms(20), Operation::Connect { link: 0 });
    world.schedule(ms(30), Operation::HalfOpen { link: 0, end: 0 });
    world.schedule(ms(40), Operation::Connect { link: 0 });
    world.schedule(ms(50), Operation::Disconnect { link: 0 });
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    assert_eq!(numbers(&world), [0, 1], "who believes in a connection goes on sending");
    assert_eq!(lost(&world, 1), [ms(2), ms(40), ms(50)]);
    assert_eq!(lost(&world, 0), [ms(10), ms(30), ms(50)]);
    assert_eq!(world.figures().skipped, 1, "it is half open already");
}
