//! Generated faults in which the ends of a link disagree for a while: about whether they are connected, or about how long
//! a message takes.

use super::{DIRECTIONS, end_name, fault_name, outage, pick};
use crate::scenario::file::KINDS;
use crate::scenario::file::{Duration, Network};
use crate::scenario::{Action, Faults, Operation};
use crate::stream::Stream;
use cosim_core::{Span, Time};

/// How often a link is disconnected and connected in one burst: from two to five times.
const CYCLES_MIN: u32 = 2;
const CYCLES_MAX: u32 = 5;

/// How long each state of a burst lasts at most.
const CYCLE: Span = Span::from_ms(3);

/// How much slower a slow link becomes at most.
const SLOW_BY: Span = Span::from_s(2);

/// The names of what may be generated.
pub(super) fn names(faults: &Faults) -> impl Iterator<Item = String> + use<> {
    let pairs = [
        ("half-open", faults.half_opens),
        ("slow-link", faults.slow_links),
        ("hold", faults.holds),
        ("drop", faults.drops),
    ];
    let pairs = pairs.into_iter().flat_map(|(kind, count)| {
        (1..=count).flat_map(move |number| [fault_name(kind, number), end_name(kind, number)])
    });
    let bursts = (1..=faults.reconnect_bursts).flat_map(|number| {
        (1..=CYCLES_MAX).flat_map(move |cycle| [cycle_name(number, cycle), cycle_end(number, cycle)])
    });
    pairs.chain(bursts)
}

/// Reconnect bursts (nine words each), half-open connections and slow links (four words each), holds and drops (six).
pub(super) fn of_links(seed: u64, faults: &Faults, co_values: usize) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut stream = Stream::new(seed, "faults", "reconnect-bursts");
    for number in 1..=faults.reconnect_bursts {
        reconnect_burst(&mut stream, faults, number, &mut operations);
    }
    let mut stream = Stream::new(seed, "faults", "half-opens");
    for number in 1..=faults.half_opens {
        let link = pick(&mut stream, &faults.links);
        let (at, length) = outage(&mut stream, faults);
        let end = u8::from(stream.below(2) == 1);
        let name = fault_name("half-open", number);
        operations.push(Operation { name, at, action: Action::HalfOpen { link, end } });
        let name = end_name("half-open", number);
        operations.push(Operation { name, at: at + length, action: Action::Connect { link } });
    }
    let mut stream = Stream::new(seed, "faults", "slow-links");
    for number in 1..=faults.slow_links {
        let link = pick(&mut stream, &faults.links);
        let (at, length) = outage(&mut stream, faults);
        let slow_by = Span::from_us(stream.below(SLOW_BY.as_us()) + 1);
        let slow = |slow_by| {
            let change = Network { slow_by: Some(Duration(slow_by)), ..Network::default() };
            Action::Network { link: Some(link), change }
        };
        let name = fault_name("slow-link", number);
        operations.push(Operation { name, at, action: slow(slow_by) });
        let name = end_name("slow-link", number);
        operations.push(Operation { name, at: at + length, action: slow(Span::ZERO) });
    }
    filters(seed, faults, ("hold", faults.holds), co_values, &mut operations);
    filters(seed, faults, ("drop", faults.drops), co_values, &mut operations);
    operations
}

/// Messages that are kept back, or lost, for a while: of one kind or all, about one CoValue or all.
fn filters(
    seed: u64,
    faults: &Faults,
    (kind, count): (&str, u32),
    co_values: usize,
    operations: &mut Vec<Operation>,
) {
    let hold = kind == "hold";
    let mut stream = Stream::new(seed, "faults", kind);
    for number in 1..=count {
        let link = pick(&mut stream, &faults.links);
        let (at, length) = outage(&mut stream, faults);
        let direction = pick(&mut stream, &DIRECTIONS);
        // One more than there are: all of them.
        let of = u8::try_from(stream.index(KINDS.len() + 1)).ok().filter(|of| usize::from(*of) < KINDS.len());
        let about = stream.index(2 * co_values.max(1));
        let co_value = u32::try_from(about).ok().filter(|_| about < co_values);
        let action = Action::FilterDrawn { link, direction, kind: of, co_value, hold };
        operations.push(Operation { name: fault_name(kind, number), at, action });
        let action =
            if hold { Action::Release { link, direction } } else { Action::Heal { link, direction } };
        operations.push(Operation { name: end_name(kind, number), at: at + length, action });
    }
}

fn reconnect_burst(stream: &mut Stream, faults: &Faults, number: u32, operations: &mut Vec<Operation>) {
    let link = pick(stream, &faults.links);
    let (mut at, _) = outage(stream, faults);
    let cycles = CYCLES_MIN + stream.index((CYCLES_MAX - CYCLES_MIN + 1) as usize) as u32;
    for cycle in 1..=CYCLES_MAX {
        let word = stream.word();
        if cycle > cycles {
            continue;
        }
        let name = cycle_name(number, cycle);
        operations.push(Operation { name, at, action: Action::Disconnect { link } });
        at = later(at, word as u32);
        let name = cycle_end(number, cycle);
        operations.push(Operation { name, at, action: Action::Connect { link } });
        at = later(at, (word >> 32) as u32);
    }
}

/// Up to [`CYCLE`] later, decided by 32 random bits.
fn later(at: Time, bits: u32) -> Time {
    at + Span::from_us((u64::from(bits) * (CYCLE.as_us() + 1)) >> 32)
}

fn cycle_name(number: u32, cycle: u32) -> String {
    format!("f-reconnect-burst-{number}-{cycle}")
}

fn cycle_end(number: u32, cycle: u32) -> String {
    format!("f-reconnect-burst-{number}-{cycle}-end")
}
