//! Links that disconnect and swallow, and those of which the ends disagree for a while: about whether they are connected,
//! or about how long a message takes.

use super::draw::Draw;
use super::row::{Family, HappensTo, Needs, Row, Swarm, Touch, Width, Words};
use crate::scenario::Act;
use crate::scenario::file::{Between, Duration, HalfOpen, Network, NetworkChange, Where};
use cosim_core::{Span, Time};

pub(super) const RECONNECTS: Row = Row {
    field: "reconnects",
    name: "reconnect",
    called: ["disconnect", "disconnects"],
    happens_to: HappensTo::Links,
    stream: "reconnects",
    drawn: "link, time, length",
    words: Words::Each(3),
    swarm: Swarm { usual: 3, extreme: 12, needs: Needs::Links },
    touch: Touch::Effect,
    family: Family::Links,
    width: Width::Pair,
    times: |faults| faults.reconnects.map(u64::from),
    draw: reconnect,
    is: |act| matches!(act, Act::Disconnect(_)),
};

pub(super) const PARTITIONS: Row = Row {
    field: "partitions",
    name: "partition",
    called: ["partition", "partitions"],
    happens_to: HappensTo::Links,
    stream: "partitions",
    drawn: "link, time, length, direction",
    words: Words::Each(4),
    swarm: Swarm { usual: 3, extreme: 12, needs: Needs::Links },
    touch: Touch::Swallowed,
    family: Family::Links,
    width: Width::Pair,
    times: |faults| faults.partitions.map(u64::from),
    draw: partition,
    is: |act| matches!(act, Act::Partition(_)),
};

pub(super) const RECONNECT_BURSTS: Row = Row {
    field: "reconnect_bursts",
    name: "reconnect-burst",
    called: ["reconnect burst", "reconnect bursts"],
    happens_to: HappensTo::Links,
    stream: "reconnect-bursts",
    drawn: "link, time, length (not used), count, five pairs of gaps",
    words: Words::Each(9),
    swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Links },
    touch: Touch::Effect,
    family: Family::Links,
    width: Width::Pairs(CYCLES_MAX),
    times: |faults| faults.reconnect_bursts.map(u64::from),
    draw: reconnect_burst,
    is: |act| matches!(act, Act::Disconnect(_)),
};

pub(super) const HALF_OPENS: Row = Row {
    field: "half_opens",
    name: "half-open",
    called: ["half-open connection", "half-open connections"],
    happens_to: HappensTo::Links,
    stream: "half-opens",
    drawn: "link, time, length, end",
    words: Words::Each(4),
    swarm: Swarm { usual: 2, extreme: 8, needs: Needs::Links },
    touch: Touch::Effect,
    family: Family::Links,
    width: Width::Pair,
    times: |faults| faults.half_opens.map(u64::from),
    draw: half_open,
    is: |act| matches!(act, Act::HalfOpen(_)),
};

pub(super) const SLOW_LINKS: Row = Row {
    field: "slow_links",
    name: "slow-link",
    called: ["slow link", "slow links"],
    happens_to: HappensTo::Links,
    stream: "slow-links",
    drawn: "link, time, length, by how much",
    words: Words::Each(4),
    swarm: Swarm { usual: 2, extreme: 8, needs: Needs::Links },
    touch: Touch::Slowed,
    family: Family::Links,
    width: Width::Pair,
    times: |faults| faults.slow_links.map(u64::from),
    draw: slow_link,
    is: |act| matches!(act, Act::Network(change) if change.slow_by > Some(Duration::default())),
};

/// How often a link is disconnected and connected in one burst: from two to five times.
const CYCLES_MIN: u32 = 2;
const CYCLES_MAX: u32 = 5;

/// How long each state of a burst lasts at most.
const CYCLE: Span = Span::from_ms(3);

/// How much slower a slow link becomes at most.
const SLOW_BY: Span = Span::from_s(2);

fn reconnect(draw: &mut Draw<'_>) {
    let (between, (at, length)) = (draw.link(), draw.outage());
    draw.begin(at, Act::Disconnect(Between { between }));
    draw.end(at + length, Act::Connect(Between { between }));
}

fn partition(draw: &mut Draw<'_>) {
    let (link, (at, length), direction) = (draw.link(), draw.outage(), draw.direction());
    let way = Where::of(link, direction);
    draw.begin(at, Act::Partition(way.clone()));
    draw.end(at + length, Act::Heal(way));
}

fn reconnect_burst(draw: &mut Draw<'_>) {
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

fn half_open(draw: &mut Draw<'_>) {
    let (between, (at, length)) = (draw.link(), draw.outage());
    let [a, b] = between;
    let [node, peer] = if draw.stream().below(2) == 1 { [b, a] } else { [a, b] };
    draw.begin(at, Act::HalfOpen(HalfOpen { node, peer }));
    draw.end(at + length, Act::Connect(Between { between }));
}

fn slow_link(draw: &mut Draw<'_>) {
    let (link, (at, length)) = (draw.link(), draw.outage());
    let slow_by = Span::from_us(draw.stream().below(SLOW_BY.as_us()) + 1);
    let slow = |slow_by| {
        let change = Network { slow_by: Some(Duration(slow_by)), ..Network::default() };
        Act::Network(NetworkChange::new(Some(link), change))
    };
    draw.begin(at, slow(slow_by));
    draw.end(at + length, slow(Span::ZERO));
}
