//! Links that disconnect and swallow, and those of which the ends disagree for a while: about whether they are connected,
//! or about how long a message takes.

use super::draw::Draw;
use crate::scenario::Act;
use crate::scenario::file::{Between, Duration, HalfOpen, Network, NetworkChange, Where};
use cosim_core::{Span, Time};

/// How often a link is disconnected and connected in one burst: from two to five times.
const CYCLES_MIN: u32 = 2;
pub(super) const CYCLES_MAX: u32 = 5;

/// How long each state of a burst lasts at most.
const CYCLE: Span = Span::from_ms(3);

/// How much slower a slow link becomes at most.
const SLOW_BY: Span = Span::from_s(2);

pub(super) fn reconnect(draw: &mut Draw<'_>) {
    let (between, (at, length)) = (draw.link(), draw.outage());
    draw.begin(at, Act::Disconnect(Between { between }));
    draw.end(at + length, Act::Connect(Between { between }));
}

pub(super) fn partition(draw: &mut Draw<'_>) {
    let (link, (at, length), direction) = (draw.link(), draw.outage(), draw.direction());
    let way = Where::of(link, direction);
    draw.begin(at, Act::Partition(way.clone()));
    draw.end(at + length, Act::Heal(way));
}

pub(super) fn reconnect_burst(draw: &mut Draw<'_>) {
    let (between, (mut at, _)) = (draw.link(), draw.outage());
    let cycles = CYCLES_MIN + draw.stream().index((CYCLES_MAX - CYCLES_MIN + 1) as usize) as u32;
    for cycle in 1..=CYCLES_MAX {
        let word = draw.stream().word();
        if cycle > cycles {
            continue;
        }
        let connected = later(at, word as u32);
        draw.pair(
            cycle,
            [(at, Act::Disconnect(Between { between })), (connected, Act::Connect(Between { between }))],
        );
        at = later(connected, (word >> 32) as u32);
    }
}

/// Up to [`CYCLE`] later, decided by 32 random bits.
fn later(at: Time, bits: u32) -> Time {
    at + Span::from_us((u64::from(bits) * (CYCLE.as_us() + 1)) >> 32)
}

pub(super) fn half_open(draw: &mut Draw<'_>) {
    let (between, (at, length)) = (draw.link(), draw.outage());
    let [a, b] = between;
    let [node, peer] = if draw.stream().below(2) == 1 { [b, a] } else { [a, b] };
    draw.begin(at, Act::HalfOpen(HalfOpen { node, peer }));
    draw.end(at + length, Act::Connect(Between { between }));
}

pub(super) fn slow_link(draw: &mut Draw<'_>) {
    let (link, (at, length)) = (draw.link(), draw.outage());
    let slow_by = Span::from_us(draw.stream().below(SLOW_BY.as_us()) + 1);
    let slow = |slow_by| {
        let change = Network { slow_by: Some(Duration(slow_by)), ..Network::default() };
        Act::Network(Box::new(NetworkChange::new(Some(link), change)))
    };
    draw.begin(at, slow(slow_by));
    draw.end(at + length, slow(Span::ZERO));
}
