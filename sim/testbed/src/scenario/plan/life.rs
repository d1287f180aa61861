//! What is generated of the lives of nodes: sleep, spells offline, departures, late joins, and clocks that go wrong.

use super::{at_least_some, end_name, fault_name, outage, pick, time_within};
use crate::clock::{ClockChange, Drift, Shift};
use crate::scenario::generated::Faults;
use crate::scenario::{Action, Connections, Operation};
use crate::stream::Stream;
use cosim_core::{Span, Time};

/// The names of what [`faults_of_lives`] generates.
pub(super) fn names(faults: &Faults) -> impl Iterator<Item = String> + '_ {
    let flaps = faults.flapping.map_or(0, |flapping| flapping.rounds * faults.nodes.len() as u32);
    let kinds = [
        ("pause", faults.pauses),
        ("departure", faults.departures),
        ("join", faults.joins),
        ("clock-jump", faults.clock_jumps),
        ("clock-drift", faults.clock_drifts),
        ("offline", faults.offline.times),
        ("flap", flaps),
    ];
    let kinds = kinds.into_iter().flat_map(|(kind, times)| (1..=times).map(move |n| fault_name(kind, n)));
    let stops =
        (1..=faults.clock_stops).flat_map(|n| [fault_name("clock-stop", n), end_name("clock-stop", n)]);
    kinds.chain(stops)
}

/// Pauses (four words each), departures (two), joins (one, and one for each node), clock jumps, stops and drifts and spells
/// offline (three), and a rhythm for each node that flaps (one). Those who create something are there from the start.
pub(super) fn faults_of_lives(seed: u64, faults: &Faults, creators: &[u32]) -> Vec<Operation> {
    let mut operations = pauses(seed, faults);
    operations.extend(departures(seed, faults));
    operations.extend(joins(seed, faults, creators));
    operations.extend(clock_jumps(seed, faults));
    operations.extend(clock_stops(seed, faults));
    operations.extend(clock_drifts(seed, faults));
    operations.extend(spells(seed, faults));
    operations.extend(flaps(seed, faults));
    operations
}

/// Half of all generated pauses keep the connections.
const CONNECTIONS: [Connections; 2] = [Connections::Kept, Connections::Dropped];

fn pauses(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut stream = Stream::new(seed, "faults", "pauses");
    let pauses = (1..=faults.pauses).map(|number| {
        let node = pick(&mut stream, &faults.nodes);
        let (at, span) = outage(&mut stream, faults);
        let (span, connections) = (at_least_some(span), pick(&mut stream, &CONNECTIONS));
        let name = fault_name("pause", number);
        Operation { name, at, action: Action::Pause { node, span, connections } }
    });
    pauses.collect()
}

fn departures(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut stream = Stream::new(seed, "faults", "departures");
    let departures = (1..=faults.departures).map(|number| {
        let node = pick(&mut stream, &faults.nodes);
        let at = time_within(&mut stream, faults.from, faults.until - faults.from);
        Operation {
            name: fault_name("departure", number),
            at,
            action: Action::Leave { node, spare: faults.spare },
        }
    });
    departures.collect()
}

/// Late joins. Each draws a lot for every node, and the least of those who may join late wins: who may not changes nothing
/// for the others.
pub(super) fn joins(seed: u64, faults: &Faults, creators: &[u32]) -> Vec<Operation> {
    let mut stream = Stream::new(seed, "faults", "joins");
    let mut operations = Vec::new();
    for number in 1..=faults.joins {
        let at = time_within(&mut stream, faults.from, faults.until - faults.from);
        let lots = faults.nodes.iter().map(|node| (stream.word(), *node));
        let may = |node: &u32| faults.newcomers.contains(node) && !creators.contains(node);
        let Some((_, node)) = lots.filter(|(_, node)| may(node)).min() else { continue };
        operations.push(Operation { name: fault_name("join", number), at, action: Action::Join { node } });
    }
    operations
}

fn clock_jumps(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut stream = Stream::new(seed, "faults", "clock_jumps");
    let jumps = (1..=faults.clock_jumps).map(|number| {
        let node = pick(&mut stream, &faults.nodes);
        let at = time_within(&mut stream, faults.from, faults.until - faults.from);
        let furthest = i64::try_from(faults.furthest.as_us()).expect("durations are far below 2^63");
        let drawn = stream.below(2 * faults.furthest.as_us() + 1);
        let shift = i64::try_from(drawn).expect("durations are far below 2^62") - furthest;
        let change = ClockChange::Jump(Shift::from_us(shift));
        Operation { name: fault_name("clock-jump", number), at, action: Action::Clock { node, change } }
    });
    jumps.collect()
}

fn clock_stops(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut stream = Stream::new(seed, "faults", "clock_stops");
    let mut operations = Vec::new();
    for number in 1..=faults.clock_stops {
        let node = pick(&mut stream, &faults.nodes);
        let (at, length) = outage(&mut stream, faults);
        let action = Action::Clock { node, change: ClockChange::Stop };
        operations.push(Operation { name: fault_name("clock-stop", number), at, action });
        let action = Action::Clock { node, change: ClockChange::Go };
        operations.push(Operation { name: end_name("clock-stop", number), at: at + length, action });
    }
    operations
}

fn clock_drifts(seed: u64, faults: &Faults) -> Vec<Operation> {
    const LIMIT: u64 = Drift::LIMIT_PPM as u64;
    let mut stream = Stream::new(seed, "faults", "clock_drifts");
    let drifts = (1..=faults.clock_drifts).map(|number| {
        let node = pick(&mut stream, &faults.nodes);
        let at = time_within(&mut stream, faults.from, faults.until - faults.from);
        let drawn = i32::try_from(stream.below(2 * LIMIT + 1)).unwrap_or_default() - Drift::LIMIT_PPM;
        let change = ClockChange::Drift(Drift::new(drawn).unwrap_or_default());
        Operation { name: fault_name("clock-drift", number), at, action: Action::Clock { node, change } }
    });
    drifts.collect()
}

fn spells(seed: u64, faults: &Faults) -> Vec<Operation> {
    let mut stream = Stream::new(seed, "faults", "offline");
    let spells = (1..=faults.offline.times).map(|number| {
        let node = pick(&mut stream, &faults.nodes);
        let at = time_within(&mut stream, faults.from, faults.until - faults.from);
        let width = faults.offline.longest - faults.offline.shortest;
        let span = at_least_some(faults.offline.shortest + Span::from_us(stream.below(width.as_us() + 1)));
        Operation { name: fault_name("offline", number), at, action: Action::Offline { node, span } }
    });
    spells.collect()
}

fn flaps(seed: u64, faults: &Faults) -> Vec<Operation> {
    let Some(flapping) = faults.flapping else { return Vec::new() };
    let mut stream = Stream::new(seed, "faults", "flapping");
    let mut operations = Vec::new();
    for (nth, &node) in (0..).zip(&faults.nodes) {
        let first = faults.from + Span::from_us(stream.below(flapping.every.as_us()));
        for round in 0..flapping.rounds {
            let at = first + flapping.every.saturating_mul(u64::from(round));
            if at < faults.until {
                let name = fault_name("flap", nth * flapping.rounds + round + 1);
                let action = Action::Offline { node, span: flapping.span };
                operations.push(Operation { name, at: Time::ZERO + at, action });
            }
        }
    }
    operations
}
