//! The laws of the world, on a node that does nothing but send numbers.

use crate::counter::{Ask, Counter, Fates, Heard, link, ms, send, world};
use cosim_core::{Span, Time};
use cosim_testbed::host::{Direction, NodeId, Operation};
use cosim_testbed::network::{Network, Ppm, SpanRange};
use cosim_testbed::observer::{Happening, Observer};
use cosim_testbed::world::{Stop, View, World};
use proptest::prelude::*;
use std::collections::BTreeSet;

const NEVER: Time = Time::from_us(u64::MAX);

fn range(min_us: u64, max_us: u64) -> SpanRange {
    SpanRange::new(Span::from_us(min_us), Span::from_us(max_us)).expect("in order, and short")
}

fn percent(percent: u32) -> Ppm {
    Ppm::percent(percent).expect("at most a hundred")
}

/// Conditions that lose, double and reorder.
fn rough() -> impl Strategy<Value = Network> {
    (0_u64..5_000, 0_u64..100_000, 0_u32..60, 0_u32..60, 0_u32..60).prop_map(
        |(min, width, loss, duplicate, reorder)| Network {
            latency: range(min, min + width),
            loss: percent(loss),
            duplicate: percent(duplicate),
            reorder: percent(reorder),
            reorder_delay: range(0, 4 * width),
            ..Network::default()
        },
    )
}

/// When numbers are sent, in milliseconds: the first number first.
fn moments() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(1_u64..400, 1..60).prop_map(|mut moments| {
        moments.sort_unstable();
        moments
    })
}

/// Node 0 sends node 1 a number at each moment, and node 1 as many back; gives the world at rest.
fn exchange(network: Network, seed: u64, moments: &[u64]) -> World<Counter, (), Fates> {
    let mut world = world(2, vec![link(0, 1, network)], seed, ());
    for (number, moment) in (0..).zip(moments) {
        send(&mut world, ms(*moment), [0, 1], number);
        send(&mut world, ms(*moment), [1, 0], number);
    }
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    world
}

fn numbers(heard: &[Heard]) -> Vec<u32> {
    heard.iter().map(|(_, _, number)| *number).collect()
}

fn heard<O: Observer<Counter>>(world: &World<Counter, O, Fates>, node: u32) -> &[Heard] {
    &world.host(NodeId(node)).node.heard
}

proptest! {
    #[test]
    fn a_direction_stays_in_order_unless_reordered(network in rough(), seed: u64, moments in moments()) {
        let orderly = Network { reorder: Ppm::NEVER, duplicate: Ppm::NEVER, ..network };
        let world = exchange(orderly, seed, &moments);
        for node in 0..2 {
            let numbers = numbers(heard(&world, node));
            prop_assert!(numbers.is_sorted(), "node {} heard {:?}", node, numbers);
        }
    }

    #[test]
    fn what_is_always_lost_never_arrives(network in rough(), seed: u64, moments in moments()) {
        let world = exchange(Network { loss: Ppm::ALWAYS, ..network }, seed, &moments);
        prop_assert!(heard(&world, 0).is_empty() && heard(&world, 1).is_empty());
        prop_assert_eq!(world.figures().lost, 2 * moments.len() as u64);
        prop_assert_eq!(world.figures().delivered, 0);
    }

    #[test]
    fn what_is_always_doubled_arrives_twice(network in rough(), seed: u64, moments in moments()) {
        let world = exchange(Network { duplicate: Ppm::ALWAYS, loss: Ppm::NEVER, ..network }, seed, &moments);
        for node in 0..2 {
            let mut numbers = numbers(heard(&world, node));
            numbers.sort_unstable();
            let twice: Vec<u32> = (0..moments.len() as u32).flat_map(|number| [number, number]).collect();
            prop_assert_eq!(numbers, twice);
        }
    }

    #[test]
    fn a_constant_latency_is_exact(us in 0_u64..300_000, seed: u64, moments in moments()) {
        let network = Network { latency: range(us, us), ..Network::default() };
        let world = exchange(network, seed, &moments);
        let expected = (0..).zip(&moments).map(|(number, at)| (ms(*at) + Span::from_us(us), NodeId(0), number));
        prop_assert_eq!(heard(&world, 1), expected.collect::<Vec<_>>());
    }

    /// A latency lies within its bounds, counted from the sending, but for a message that waits for its turn.
    #[test]
    fn a_latency_lies_within_its_bounds(network in rough(), seed: u64, moments in moments()) {
        let world = exchange(Network { reorder: Ppm::NEVER, duplicate: Ppm::NEVER, ..network }, seed, &moments);
        let mut latest = Time::ZERO;
        for (at, _, number) in heard(&world, 1) {
            let sent = ms(moments[*number as usize]);
            prop_assert!(*at >= sent + network.latency.min());
            prop_assert!(*at <= (sent + network.latency.max()).max(latest));
            latest = *at;
        }
    }

    #[test]
    fn a_partition_swallows_one_way_only(
        network in rough(),
        seed: u64,
        moments in moments(),
        from in 1_u64..400,
        length in 1_u64..400,
        forward: bool,
    ) {
        let network = Network { reorder: Ppm::NEVER, ..network };
        let direction = if forward { Direction::Forward } else { Direction::Backward };
        let mut parted = world(2, vec![link(0, 1, network)], seed, ());
        parted.schedule(ms(from), Operation::Partition { link: 0, direction });
        parted.schedule(ms(from + length), Operation::Heal { link: 0, direction });
        for (number, moment) in (0..).zip(&moments) {
            send(&mut parted, ms(*moment), [0, 1], number);
            send(&mut parted, ms(*moment), [1, 0], number);
        }
        prop_assert_eq!(parted.run_until(NEVER), Stop::Silent);
        let whole = exchange(network, seed, &moments);
        let (cut, open) = if forward { (1, 0) } else { (0, 1) };
        prop_assert_eq!(heard(&parted, open), heard(&whole, open));
        // It was planned first, so what is sent at the moment of its beginning comes after that, and so with its end.
        let swallowed = |number: &u32| (from..from + length).contains(&moments[*number as usize]);
        let passed: BTreeSet<u32> = numbers(heard(&parted, cut)).into_iter().collect();
        let expected = numbers(heard(&whole, cut)).into_iter().filter(|number| !swallowed(number));
        prop_assert_eq!(passed, expected.collect());
    }

    /// Two links end in the same node, and everything arrives there at once: the order is that of the links and of the
    /// messages in them, however the sending was planned.
    #[test]
    fn ties_are_broken_by_meaning(seed: u64, plan in Just((0..12_u32).collect::<Vec<_>>()).prop_shuffle()) {
        let network = Network::default();
        let mut world = world(3, vec![link(0, 2, network), link(1, 2, network)], seed, ());
        for entry in &plan {
            let (sender, at) = (entry % 2, 1 + u64::from(entry / 2));
            world.schedule(ms(at), Operation::Network { link: sender, network: Box::new(arriving_at_10(at)) });
            send(&mut world, ms(at), [sender, 2], *entry);
        }
        prop_assert_eq!(world.run_until(NEVER), Stop::Silent);
        let expected = [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11].map(|number| (ms(10), NodeId(number % 2), number));
        prop_assert_eq!(heard(&world, 2), expected);
    }

    #[test]
    fn a_link_less_shifts_no_other_link(network in rough(), seed: u64, moments in moments()) {
        let run = |links| {
            let mut world = world(3, links, seed, ());
            for (number, moment) in (0..).zip(&moments) {
                send(&mut world, ms(*moment), [0, 1], number);
                send(&mut world, ms(*moment), [2, 1], number);
            }
            assert_eq!(world.run_until(NEVER), Stop::Silent);
            let from_first = heard(&world, 1).iter().filter(|(_, from, _)| *from == NodeId(0));
            from_first.copied().collect::<Vec<_>>()
        };
        let both = run(vec![link(0, 1, network), link(1, 2, network)]);
        prop_assert_eq!(&run(vec![link(0, 1, network)]), &both);
        prop_assert_eq!(&run(vec![link(1, 2, network), link(0, 1, network)]), &both);
    }

    #[test]
    fn doubling_shifts_no_loss(network in rough(), seed: u64, moments in moments()) {
        let fates = |duplicate| {
            let world = exchange(Network { duplicate, ..network }, seed, &moments);
            let fates = world.decisions.messages.iter();
            fates.map(|(from, fate)| (*from, fate.lost, fate.latency, fate.reordered)).collect::<Vec<_>>()
        };
        prop_assert_eq!(fates(Ppm::NEVER), fates(percent(50)));
    }

    #[test]
    fn the_same_seed_is_the_same_world(network in rough(), seed: u64, moments in moments()) {
        let [once, again] = [(); 2].map(|()| exchange(network, seed, &moments));
        prop_assert_eq!(once.fingerprint(), again.fingerprint());
        prop_assert_eq!(once.decisions.messages, again.decisions.messages);
    }
}

/// Conditions under which what is sent `at` milliseconds after the start arrives 10 ms after it.
fn arriving_at_10(at: u64) -> Network {
    let us = 10_000 - 1_000 * at;
    Network { latency: range(us, us), ..Network::default() }
}

/// The class of each event of a world of counters.
#[derive(Debug, Default)]
struct Classes(Vec<(Time, &'static str, NodeId)>);

impl Observer<Counter> for Classes {
    fn observe(&mut self, view: &View<'_, Counter>, happening: &Happening<'_, Counter>) {
        let (class, node) = match happening {
            Happening::Operation { operation: Operation::Command { node, .. }, .. } => ("operation", *node),
            Happening::Connected { node, .. } => ("notice", *node),
            Happening::Timer { node } => ("timer", *node),
            Happening::Delivered { node, .. } => ("delivery", *node),
            Happening::Operation { .. }
            | Happening::Skipped { .. }
            | Happening::Down { .. }
            | Happening::Written { .. }
            | Happening::Spoilt { .. }
            | Happening::Cut { .. }
            | Happening::Writing { .. }
            | Happening::Up { .. }
            | Happening::Disconnected { .. }
            | Happening::Closed { .. }
            | Happening::Became { .. }
            | Happening::Sent(_)
            | Happening::Blocked { .. }
            | Happening::Writable { .. }
            | Happening::Left { .. }
            | Happening::Noticed { .. }
            | Happening::Settled { .. } => return,
        };
        self.0.push((view.now, class, node));
    }
}

/// An operation, two notices, two timers and a delivery fall on one moment, the timers planned in the opposite order.
#[test]
fn classes_of_events_come_in_their_order() {
    let network = Network { latency: range(10_000, 10_000), ..Network::default() };
    let late_notice = Network { notice: range(10_000, 10_000), ..network };
    let mut world = world(4, vec![link(0, 1, network), link(2, 3, late_notice)], 1, Classes::default());
    send(&mut world, ms(10), [0, 1], 1);
    for node in [2, 1] {
        let command = Ask::WakeAt(ms(20));
        world.schedule(ms(1), Operation::Command { node: NodeId(node), command });
    }
    world.schedule(ms(5), Operation::Disconnect { link: 1 });
    world.schedule(ms(10), Operation::Connect { link: 1 });
    send(&mut world, ms(20), [0, 1], 2);
    assert_eq!(world.run_until(ms(20)), Stop::Limit);
    let at_20 =
        world.observer.0.iter().filter(|(at, ..)| *at == ms(20)).map(|(_, class, node)| (*class, node.0));
    let expected =
        [("operation", 0), ("notice", 2), ("notice", 3), ("timer", 1), ("timer", 2), ("delivery", 1)];
    assert_eq!(at_20.collect::<Vec<_>>(), expected);
}

/// An hour in which nothing happens costs nothing: the clock goes straight to the deadline.
#[test]
fn idle_time_costs_nothing() {
    let mut world = world(1, Vec::new(), 1, ());
    let hour = Time::ZERO + Span::from_s(3_600);
    world.schedule(Time::ZERO, Operation::Command { node: NodeId(0), command: Ask::WakeAt(hour) });
    assert!(world.step(NEVER));
    assert_eq!(world.figures().events, 1);
    assert!(world.step(NEVER), "the deadline");
    assert_eq!((world.now(), world.figures().events), (hour, 2));
    assert_eq!(world.host(NodeId(0)).node.woken, [hour]);
    assert!(!world.step(NEVER), "nothing is left");
}
