//! Swarms: each seed takes some kinds of faults, at random, at rates that are sometimes extreme, and leaves the others
//! out. A run in which everything goes wrong a little tests less than many runs in which a few things go very wrong.
//!
//! Each kind has a stream of its own, of three words: whether it is taken, how extreme it may be, and how much of it there
//! is. So a new kind never changes what a seed takes of the others.

use super::Scenario;
use super::fault::{FaultKind, Faults, Ground, Spells};
use super::file::{Burst, Bytes, Contract, DurationRange, Network, Percent, Rate};
use crate::network::{Ppm, SpanRange};
use crate::stream::Stream;
use cosim_core::Span;
use std::borrow::Cow;
use std::fmt::Display;
use std::num::NonZeroU64;

/// How often a kind is taken that may be extreme: one time in so many.
const EXTREME_IN: u64 = 4;

/// How many of one kind of fault that is counted a seed may take; the most of any kind.
pub(super) const COUNT_MAX: u32 = 12;

impl Scenario {
    /// What a seed makes of it: itself, or, where its faults are a swarm, itself with what the seed takes.
    /// Nodes that are drawn to join late are not there at first.
    pub fn of_seed(&self, seed: u64) -> Cow<'_, Scenario> {
        let mut scenario = match &self.faults {
            Some(faults) if faults.swarm => Cow::Owned(Swarm { seed, chosen: Vec::new() }.take(self, faults)),
            _ => Cow::Borrowed(self),
        };
        for node in scenario.late(seed) {
            scenario.to_mut().nodes[node as usize].present = false;
        }
        scenario
    }
}

/// What a swarm says of the conditions of links whose contract is `stream`.
const OF_STREAMS: [&str; 2] = ["notice ", "bandwidth "];

struct Swarm {
    seed: u64,
    /// What was taken, in words.
    chosen: Vec<String>,
}

impl Swarm {
    fn take(mut self, scenario: &Scenario, faults: &Faults) -> Scenario {
        let mut scenario = scenario.clone();
        let change = self.network();
        // What no link may do is not told either.
        if !scenario.links.is_empty() && scenario.links.iter().all(|link| link.contract == Contract::Stream) {
            self.chosen.retain(|kind| OF_STREAMS.iter().any(|name| kind.starts_with(name)));
        }
        for link in &mut scenario.links {
            link.network = match link.contract {
                Contract::Datagram => change.apply(link.network),
                Contract::Stream => change.of_stream().apply(link.network),
            };
        }
        if let (Some(Rate(Some(_))), false) = (change.bandwidth, scenario.workloads.is_empty()) {
            let large = self.count("large-writes", 3, 8);
            scenario.workloads.iter_mut().for_each(|workload| workload.large = large);
        }
        let told = self.chosen.len();
        let (errors, slowest) = (self.rate("disk-errors", 2, 30), self.span("disk-latency", 50, 1_000));
        if scenario.nodes.iter().all(|node| node.guest.is_some()) {
            self.chosen.truncate(told);
        }
        let own = scenario.nodes.iter_mut().filter(|node| node.guest.is_none());
        for (latency, often, _) in own.filter_map(|node| node.disk.as_mut()) {
            *often = errors.unwrap_or(*often);
            *latency = slowest.and_then(|slowest| longer(*latency, slowest)).unwrap_or(*latency);
        }
        // Dates matter to nothing else than what apps see.
        if scenario.directory.has_views()
            && let Some(resolution) = self.resolution()
        {
            for node in &mut scenario.nodes {
                node.clock = node.clock.with_resolution(resolution);
            }
        }
        scenario.faults = Some(self.faults(&scenario, faults));
        scenario.chosen = self.chosen;
        scenario
    }

    /// How much of a kind is taken: from 1 to `usual`, or now and then to `extreme`; `None` where nothing is.
    fn amount(&mut self, kind: &str, usual: u64, extreme: u64) -> Option<u64> {
        let mut stream = Stream::new(self.seed, "swarm", kind);
        let taken = stream.below(2) == 0;
        let most = if stream.below(EXTREME_IN) == 0 { extreme } else { usual };
        let amount = 1 + stream.below(most);
        taken.then_some(amount)
    }

    fn note(&mut self, kind: &str, amount: impl Display) {
        self.chosen.push(format!("{kind} {amount}"));
    }

    /// A rate, bounded by percentages.
    fn rate(&mut self, kind: &str, usual: u64, extreme: u64) -> Option<Ppm> {
        const STEPS: u64 = 10;
        let steps = self.amount(kind, usual * STEPS, extreme * STEPS)?;
        let rate = Ppm::new(u32::try_from(steps * 10_000 / STEPS).ok()?)?;
        self.note(kind, Percent(rate));
        Some(rate)
    }

    /// A longest time, bounded by milliseconds.
    fn span(&mut self, kind: &str, usual: u64, extreme: u64) -> Option<Span> {
        let span = Span::from_ms(self.amount(kind, usual, extreme)?);
        self.note(kind, format_args!("up to {span}"));
        Some(span)
    }

    fn count(&mut self, kind: &str, usual: u64, extreme: u64) -> u32 {
        debug_assert!(extreme <= u64::from(COUNT_MAX), "names are reserved for no more");
        let Some(count) = self.amount(kind, usual, extreme) else { return 0 };
        self.note(kind, count);
        u32::try_from(count).unwrap_or(COUNT_MAX)
    }

    /// The conditions of every link. What is not taken does not happen.
    fn network(&mut self) -> Network {
        let burst = self.rate("burst", 2, 10).map(|begins| Burst {
            p: Percent(begins),
            r: Ppm::percent(25).map(Percent),
            ..Burst::default()
        });
        let notice = self.span("notice", 300, 5_000).and_then(|max| SpanRange::new(Span::ZERO, max));
        let chances = Network::swarm(|kind, usual, extreme| self.rate(kind, usual, extreme));
        let bandwidth = self.bandwidth();
        let queue = bandwidth.and_then(|_| self.queue());
        let bandwidth = Some(Rate(bandwidth));
        Network { burst, notice: notice.map(DurationRange), bandwidth, queue, ..chances }
    }

    /// Kilobytes a second: the more of it, the less.
    fn bandwidth(&mut self) -> Option<u64> {
        let kilobytes = 1_000 / self.amount("bandwidth", 20, 200)?;
        self.note("bandwidth", format_args!("{kilobytes}KB/s"));
        Some(kilobytes * 1_000)
    }

    /// Kilobytes that may wait before a line: the more of it, the less.
    fn queue(&mut self) -> Option<Bytes> {
        let kilobytes = 256 / self.amount("queue", 16, 32)?;
        self.note("queue", format_args!("{kilobytes}KB"));
        NonZeroU64::new(kilobytes * 1_000).map(Bytes)
    }

    /// The steps of all clocks: so coarse that writes of several nodes are of one moment; a minute is longer than most
    /// runs, in which all clocks stand still then.
    fn resolution(&mut self) -> Option<Span> {
        let resolution = match self.amount("clock-resolution", 3, 3)? {
            1 => Span::from_ms(10),
            2 => Span::from_s(1),
            _ => Span::from_s(60),
        };
        self.note("clock-resolution", resolution);
        Some(resolution)
    }

    fn faults(&mut self, scenario: &Scenario, faults: &Faults) -> Faults {
        let ground = Ground::new(scenario, faults, &[]);
        let mut taken = [0; FaultKind::ALL.len()];
        for kind in FaultKind::in_swarms() {
            let swarm = &kind.row().swarm;
            if ground.has(swarm.needs) {
                taken[kind as usize] = self.count(&kind.in_swarm(), swarm.usual, swarm.extreme);
            }
        }
        let offline = Spells { shortest: Span::ZERO, longest: faults.longest };
        Faults { offline, ..faults.with_times(|kind| taken[kind as usize]) }
    }
}

/// The same range with another longest time, where that is not before the shortest.
fn longer(range: SpanRange, longest: Span) -> Option<SpanRange> {
    SpanRange::new(range.min(), longest.max(range.min()))
}

impl Faults {
    /// The most that it can be of each kind, whatever a seed takes: for whoever reserves names.
    pub(super) fn at_most(&self) -> Cow<'_, Faults> {
        if !self.swarm {
            return Cow::Borrowed(self);
        }
        Cow::Owned(self.with_times(|_| COUNT_MAX))
    }
}
