//! How much a schedule may deviate, and by what.

use super::Schedule;
use super::deviation::{Deviation, Does, What};
use crate::decision::Turn;
use crate::host::NodeId;
use crate::network::{Network, Ppm, SpanRange};
use crate::scenario::file::{Decision, DecisionKind, Detail, Duration};
use crate::scenario::{Act, FaultKind, Scenario};
use crate::script::{Asked, Asks};
use cosim_core::Span;
use std::collections::BTreeMap;
use std::fmt;

/// A kind of deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A message never arrives.
    Lost,
    /// A message arrives twice.
    Duplicated,
    /// A message takes longer, and holds up what is behind it.
    Late,
    /// A message takes longer, and what is behind it does not wait.
    Reordered,
    /// An end notices late that a connection has opened or closed.
    Noticed,
    /// A bit of a message flips.
    Damaged,
    /// The end of a message is cut off.
    Truncated,
    /// A message arrives once more, much later.
    Replayed,
    /// A write takes longer.
    SlowWrite,
    /// A write is reported as failed.
    FailedWrite,
    /// A crash leaves less than all of what was being written.
    Unwritten,
    /// A connection ends, and the next one opens.
    Cut,
    /// A node crashes, and starts again.
    Crash,
    /// Nothing harmful happens where the story has something harmful happen.
    Harmless,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 14] = [
        Kind::Lost,
        Kind::Duplicated,
        Kind::Late,
        Kind::Reordered,
        Kind::Noticed,
        Kind::Damaged,
        Kind::Truncated,
        Kind::Replayed,
        Kind::SlowWrite,
        Kind::FailedWrite,
        Kind::Unwritten,
        Kind::Cut,
        Kind::Crash,
        Kind::Harmless,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Lost => "lost",
            Kind::Duplicated => "duplicated",
            Kind::Late => "late",
            Kind::Reordered => "reordered",
            Kind::Noticed => "noticed late",
            Kind::Damaged => "damaged",
            Kind::Truncated => "truncated",
            Kind::Replayed => "replayed",
            Kind::SlowWrite => "slow writes",
            Kind::FailedWrite => "write errors",
            Kind::Unwritten => "unwritten",
            Kind::Cut => "cuts",
            Kind::Crash => "crashes",
            Kind::Harmless => "harmless",
        }
    }

    /// The kind that a decision is of. Exploring does not try how long work takes: that counts as what it comes nearest to.
    pub(super) const fn of(decision: DecisionKind) -> Kind {
        match decision {
            DecisionKind::Lost => Kind::Lost,
            DecisionKind::Duplicated => Kind::Duplicated,
            DecisionKind::Latency | DecisionKind::Worked => Kind::Late,
            DecisionKind::Damaged => Kind::Damaged,
            DecisionKind::Truncated => Kind::Truncated,
            DecisionKind::Replayed => Kind::Replayed,
            DecisionKind::Write => Kind::SlowWrite,
            DecisionKind::Reordered => Kind::Reordered,
            DecisionKind::Noticed => Kind::Noticed,
            DecisionKind::FailedWrite => Kind::FailedWrite,
            DecisionKind::KeptWrites | DecisionKind::TornWrite => Kind::Unwritten,
        }
    }

    /// Whether something of this kind happens by chance in a scenario.
    fn is_allowed(self, scenario: &Scenario) -> bool {
        let links = |has: &dyn Fn(&Network) -> bool| networks(scenario).iter().any(has);
        let faults = |kinds: &[FaultKind]| {
            scenario.file.faults.as_ref().is_some_and(|faults| kinds.iter().any(|kind| faults.may(*kind)))
        };
        match self {
            Kind::Lost => links(&|network| network.loss > Ppm::NEVER || network.burst.is_some()),
            Kind::Duplicated => links(&|network| network.duplicate > Ppm::NEVER),
            Kind::Late => links(&|network| network.latency.max() > network.latency.min()),
            Kind::Reordered => links(&|network| network.reorder > Ppm::NEVER),
            Kind::Noticed => links(&|network| network.notice.max() > Span::ZERO),
            Kind::Damaged => links(&|network| network.damage > Ppm::NEVER),
            Kind::Truncated => links(&|network| network.truncate > Ppm::NEVER),
            Kind::Replayed => links(&|network| network.replay > Ppm::NEVER),
            Kind::SlowWrite => disks(scenario).any(|disk| disk.max() > disk.min()),
            Kind::FailedWrite => {
                let errors = |disk: &(_, Ppm, _)| disk.1 > Ppm::NEVER;
                scenario.nodes.iter().any(|node| node.disk.as_ref().is_some_and(errors))
                    || faults(&[FaultKind::FailedWrites, FaultKind::FullDisks])
            }
            Kind::Cut => faults(&[FaultKind::Reconnects, FaultKind::HalfOpens, FaultKind::ReconnectBursts]),
            Kind::Crash => faults(&[FaultKind::Crashes, FaultKind::Restarts]),
            Kind::Harmless => false,
            Kind::Unwritten => {
                let crashes = |act: &Act<_>| matches!(act, Act::Crash(_));
                let mut operations = scenario.chapters.iter().flat_map(|chapter| &chapter.operations);
                operations.any(|operation| crashes(&operation.act)) || faults(&[FaultKind::Crashes])
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much a schedule may deviate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How many deviations it may have in all.
    pub deviations: u32,
    /// How many of each kind; none of a kind that is not here.
    pub of: BTreeMap<Kind, u32>,
    /// How long messages, copies and writes take that take longer, and how late ends notice.
    pub latencies: Vec<Span>,
    /// Which bit flips of a message that is damaged, how much is cut off of one that is truncated, and how many bytes a crash
    /// leaves of a write that it tears.
    pub places: Vec<u32>,
    /// Whether operations of different nodes happen in any order. That is no deviation.
    pub free: bool,
    /// Whether what the scenario decides itself stays, and schedules deviate from that. Else all of it is harmless.
    pub around: bool,
}

impl Budget {
    /// What a scenario itself allows: where it decides something, what [proves](Budget::proving) it; else any two deviations of
    /// the kinds that its network, disks and faults have by chance.
    pub fn of(scenario: &Scenario) -> Budget {
        if scenario.file.decisions.is_some() {
            return Budget::proving(scenario);
        }
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_allowed(scenario));
        Budget::any(2, kinds, scenario)
    }

    /// One deviation more than a scenario decides, of the kinds that it decides, lost and doubled messages, and cuts.
    pub fn proving(scenario: &Scenario) -> Budget {
        let decided = scenario.file.decisions.iter().flat_map(crate::scenario::file::Decisions::iter);
        let kinds: Vec<Kind> = decided.map(|decision| Kind::of(decision.kind)).collect();
        let deviations = kinds.len() as u32 + 1;
        Budget::any(deviations, kinds.into_iter().chain([Kind::Lost, Kind::Duplicated, Kind::Cut]), scenario)
    }

    /// So many deviations of any of these kinds.
    fn any(deviations: u32, kinds: impl Iterator<Item = Kind>, scenario: &Scenario) -> Budget {
        let of = kinds.map(|kind| (kind, deviations)).collect();
        let (latencies, places) = (Budget::latencies_of(scenario), Budget::places_of(scenario));
        Budget { deviations, of, latencies, places, free: false, around: false }
    }

    /// The places that a scenario lists itself; where it lists none, the first.
    pub fn places_of(scenario: &Scenario) -> Vec<u32> {
        let listed = scenario.file.decisions.iter().flat_map(crate::scenario::file::Decisions::with_details);
        let places = listed.filter_map(|(decision, detail)| match (decision.kind, detail) {
            (
                DecisionKind::Damaged | DecisionKind::Truncated | DecisionKind::TornWrite,
                Detail::Place(place),
            ) => Some(place),
            _ => None,
        });
        let mut places: Vec<u32> = places.collect();
        if places.is_empty() {
            places.push(0);
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The spans that a scenario lists itself; where it lists none, the longest latency of those of its links and disks that
    /// have several, the longest delay of what is reordered, and what is just past the first deadline of its nodes.
    pub fn latencies_of(scenario: &Scenario) -> Vec<Span> {
        let listed = scenario.file.decisions.iter().flat_map(crate::scenario::file::Decisions::with_details);
        let spans = listed.filter_map(|(_, detail)| match detail {
            Detail::Span(Duration(span)) => Some(span),
            Detail::Nothing | Detail::Place(_) => None,
        });
        let mut spans: Vec<Span> = spans.collect();
        if spans.is_empty() {
            let networks = networks(scenario);
            let ranges = networks.iter().map(|network| network.latency).chain(disks(scenario));
            spans.extend(ranges.filter(|range| range.max() > range.min()).map(|range| range.max()).max());
            let reorders = networks.iter().filter(|network| network.reorder > Ppm::NEVER);
            spans.extend(reorders.map(|network| network.reorder_delay.max()).max());
            let deadline = scenario.nodes.iter().map(|node| node.base).max();
            spans.extend(deadline.map(|base| base + Span::from_ms(1)));
        }
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    /// Whether a schedule may have one more of a kind.
    fn allows(&self, schedule: &Schedule, kind: Kind) -> bool {
        schedule.count(kind) < self.of.get(&kind).copied().unwrap_or(0)
    }

    /// Whether a schedule may have another operation.
    pub(super) fn has_operations(&self, schedule: &Schedule) -> bool {
        self.allows(schedule, Kind::Cut) || self.allows(schedule, Kind::Crash)
    }

    /// What may be decided of this, as one deviation more, where the story itself decides `said` of it.
    pub(super) fn choices(
        &self,
        schedule: &Schedule,
        asked: &Asked,
        said: &[(Decision, Detail)],
    ) -> Vec<Deviation> {
        let spans = || self.latencies.iter().map(|span| Detail::from(*span));
        // What takes no longer than it does anyway is no deviation, unless the story around it has it take another time.
        let longer = |shortest: Span| {
            let spans = self.latencies.iter().filter(move |span| **span > shortest || !said.is_empty());
            spans.map(|span| Detail::from(*span))
        };
        let places = || self.places.iter().map(|place| Detail::Place(*place));
        let mut choices: Vec<(DecisionKind, Detail)> = Vec::new();
        match asked.about {
            Asks::Message(shortest) => {
                choices.push((DecisionKind::Lost, Detail::Nothing));
                choices.extend(spans().map(|span| (DecisionKind::Duplicated, span)));
                choices.extend(longer(shortest).map(|span| (DecisionKind::Latency, span)));
                choices.extend(longer(Span::ZERO).map(|span| (DecisionKind::Reordered, span)));
                choices.extend(places().map(|place| (DecisionKind::Damaged, place)));
                choices.extend(places().map(|place| (DecisionKind::Truncated, place)));
                choices.extend(spans().map(|span| (DecisionKind::Replayed, span)));
            }
            Asks::Notice(..) => choices.extend(spans().map(|span| (DecisionKind::Noticed, span))),
            Asks::Write(shortest) => {
                choices.extend(longer(shortest).map(|span| (DecisionKind::Write, span)));
                choices.extend((0..=2).map(|place| (DecisionKind::FailedWrite, Detail::Place(place))));
            }
            // Only of a write that was not whole something is torn.
            Asks::Crash(pending) => {
                choices.extend((0..pending).map(|kept| (DecisionKind::KeptWrites, Detail::Place(kept))));
                if schedule.is_at(asked) || !said.is_empty() {
                    choices.extend(torn(&self.places).map(|place| (DecisionKind::TornWrite, place)));
                }
            }
            Asks::Work => {}
        }
        choices.retain(|(kind, _)| self.allows(schedule, Kind::of(*kind)));
        let address = || asked.address.clone();
        let deviation =
            |(kind, detail)| Deviation(What::Decision(Decision { kind, address: address() }, detail));
        let choices = choices.into_iter().map(deviation);
        let is_said = |deviation: &Deviation| match (&deviation.0, said) {
            (What::Decision(decision, detail), [only]) => (decision, detail) == (&only.0, &only.1),
            (What::Decision(..) | What::Harmless(_) | What::Operation(..), _) => false,
        };
        let harmless = (!said.is_empty() && self.allows(schedule, Kind::Harmless))
            .then(|| Deviation(What::Harmless(address())));
        harmless.into_iter().chain(choices.filter(|choice| !is_said(choice))).collect()
    }

    /// What may be decided beside the last deviation of a schedule, of what that is of. Each set of them comes in one order.
    pub(super) fn besides(&self, schedule: &Schedule, asked: &Asked) -> Vec<Deviation> {
        let Some(Deviation(What::Decision(last, _))) = schedule.deviations.last() else { return Vec::new() };
        if last.address != asked.address {
            return Vec::new();
        }
        let mut besides = self.choices(schedule, asked, &[]);
        besides.retain(|Deviation(what)| match what {
            What::Decision(decision, _) => {
                let (first, next) = (together(last.kind), together(decision.kind));
                first.is_some_and(|first| next.is_some_and(|next| first < next))
            }
            What::Harmless(_) | What::Operation(..) => false,
        });
        besides
    }

    /// What may happen at a moment, after what was asked before it, as one deviation more.
    pub(super) fn operations(&self, schedule: &Schedule, scenario: &Scenario, before: &[Asked]) -> Vec<Does> {
        let mut operations = Vec::new();
        if self.allows(schedule, Kind::Cut) {
            let links = scenario.links.iter().filter(|link| is_open(link.ends.map(NodeId), before));
            operations.extend(
                links.map(|link| Does::Cut(link.ends.map(|node| scenario.nodes[node as usize].name.clone()))),
            );
        }
        if self.allows(schedule, Kind::Crash) {
            let ours = scenario
                .nodes
                .iter()
                .filter(|node| node.disk.is_some() && !node.hostile && node.guest.is_none());
            operations.extend(ours.map(|node| Does::Crash(node.name.clone())));
        }
        operations
    }
}

/// Which of several decisions about one thing comes first; `None` for one beside which there is none, as nothing else becomes
/// of what is lost.
pub(super) fn together(kind: DecisionKind) -> Option<u8> {
    match kind {
        DecisionKind::Lost | DecisionKind::Noticed | DecisionKind::Worked => None,
        DecisionKind::Latency | DecisionKind::Write | DecisionKind::KeptWrites => Some(1),
        DecisionKind::Duplicated | DecisionKind::FailedWrite | DecisionKind::TornWrite => Some(2),
        DecisionKind::Reordered => Some(3),
        DecisionKind::Damaged => Some(4),
        DecisionKind::Truncated => Some(5),
        DecisionKind::Replayed => Some(6),
    }
}

/// How many bytes a crash leaves of a write that it tears: at least one.
fn torn(places: &[u32]) -> impl Iterator<Item = Detail> + '_ {
    let some = places.iter().copied().filter(|place| *place > 0);
    let is_none = places.iter().all(|place| *place == 0);
    some.chain(is_none.then_some(1)).map(Detail::Place)
}

/// The conditions of every link, and those that the timeline sets.
fn networks(scenario: &Scenario) -> Vec<Network> {
    let operations = scenario.chapters.iter().flat_map(|chapter| &chapter.operations);
    let changed = operations.filter_map(|operation| {
        let Act::Network(change) = &operation.act else { return None };
        Some(change.conditions().apply(Network::default()))
    });
    scenario.links.iter().map(|link| link.network).chain(changed).collect()
}

/// How long the writes of each disk take.
fn disks(scenario: &Scenario) -> impl Iterator<Item = SpanRange> + '_ {
    scenario.nodes.iter().filter_map(|node| Some(node.disk.as_ref()?.0))
}

/// Whether both ends of a link were last told that it is open.
fn is_open(ends: [NodeId; 2], before: &[Asked]) -> bool {
    let last = |node: NodeId| {
        before.iter().rev().find_map(|asked| {
            let Asks::Notice([at, peer], turn) = asked.about else { return None };
            (at == node && ends.contains(&peer)).then_some(turn)
        })
    };
    ends.into_iter().all(|node| last(node) == Some(Turn::Opened))
}
