//! Which faults of a run happened, and which of these mattered: touched a message, a write or a reading of a clock. A
//! partition while nobody says anything tests nothing.
//!
//! What a fault touches directly (a message swallowed, a write failed) counts each time. What shows only later, as with a
//! link that was closed, stays open until something shows it.

mod open;

use super::Stage;
use crate::clock::ClockChange;
use crate::cojson::{CoJson, Command, Directory, Kind, Notice};
use crate::host::{DiskFault, NodeId, Operation};
use crate::observer::{Condition, Ending, Happening, Loss, Observer, Sent};
use crate::scenario::{FaultKind, Touch};
use crate::world::View;
use cosim_core::{CoId, Event, Span, Time};
use open::{Mark, On, Open, Sign};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What became of the faults of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faulted {
    /// How many there were to be: generated, or in the timeline.
    pub planned: u64,
    /// How often one happened. A burst happens several times.
    #[serde(default)]
    pub happened: u64,
    /// How often one touched a message, a write or a reading of a clock.
    pub touched: u64,
}

/// Watches what faults touch.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    /// The operations that are faults, by number.
    operations: Vec<Option<FaultKind>>,
    faults: [Faulted; FaultKind::ALL.len()],
    /// The ends of every link.
    links: Vec<[u32; 2]>,
    /// The CoValues that are written as they are created.
    founded: BTreeSet<CoId>,
    /// The ends of links that are slow.
    slow: BTreeSet<[u32; 2]>,
    /// Which faults keep whose disk from writing, and until when.
    stalls: Vec<(FaultKind, u32, Time)>,
    nodes: Vec<OfNode>,
    /// What has happened, and touched nothing yet.
    open: Open,
    /// What an app has just been asked for, unless that had no effect.
    asked: Option<Sign>,
    /// A lie that is being told.
    lying: Option<(FaultKind, NodeId)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct OfNode {
    /// Writes under way.
    writes: u32,
    /// The crash that waits for a point of its work.
    trap: Option<(FaultKind, u32)>,
    /// Whether its process ended in the middle of its work.
    crashed: bool,
}

impl Touched {
    pub(super) fn new(stage: &Stage<'_>) -> Touched {
        let scenario = stage.scenario();
        let mut operations = vec![None; scenario.opened_at_first().count()];
        for operation in stage.plan().chapters.iter().flat_map(|chapter| &chapter.operations) {
            let fault = scenario.fault_of(operation);
            operations.extend(std::iter::repeat_n(fault, stage.width(&operation.act) as usize));
        }
        let planned = |kind| scenario.faults.as_ref().map_or(0, |faults| faults.planned(kind));
        let mut faults = FaultKind::ALL.map(|kind| Faulted { planned: planned(kind), ..Faulted::default() });
        for operation in scenario.chapters.iter().flat_map(|chapter| &chapter.operations) {
            if let Some(kind) = scenario.fault_of(operation) {
                faults[kind as usize].planned += 1;
            }
        }
        let directory = &scenario.directory;
        Touched {
            operations,
            faults,
            links: scenario.links.iter().map(|link| link.ends).collect(),
            founded: directory.views().filter(|id| is_founded(directory, *id)).collect(),
            slow: BTreeSet::new(),
            stalls: Vec::new(),
            nodes: vec![OfNode::default(); scenario.nodes.len()],
            open: Open::default(),
            asked: None,
            lying: None,
        }
    }

    /// The kinds that were planned, and what became of them.
    pub(super) fn faults(&self) -> Vec<(FaultKind, Faulted)> {
        let all = FaultKind::ALL.into_iter().zip(self.faults);
        all.filter(|(_, faulted)| faulted.planned > 0).collect()
    }

    fn touch(&mut self, how: Touch) {
        for kind in FaultKind::ALL.into_iter().filter(|kind| kind.row().touch == how) {
            self.faults[kind as usize].touched += 1;
        }
    }

    fn touched(&mut self, kind: FaultKind) {
        self.faults[kind as usize].touched += 1;
    }

    /// Something shows what faults have touched.
    #[inline]
    fn see(&mut self, sign: Sign) {
        if !self.open.is_empty() {
            self.open.see(sign, |kind| self.faults[kind as usize].touched += 1);
        }
    }

    fn begins<N: CoJson>(&mut self, now: Time, number: u32, operation: &Operation<N>) {
        if let Operation::Clock { node, change: ClockChange::Go } = operation {
            // What stood still has dated nothing.
            self.open.forget(|mark| mark.kind == FaultKind::ClockStops && mark.on == On::Clock(*node));
        }
        let Some(kind) = self.operations.get(number as usize).copied().flatten() else { return };
        self.faults[kind as usize].happened += 1;
        let on = match kind.row().touch {
            Touch::Crashed => {
                self.faults[kind as usize].happened -= 1;
                if let Some(node) = operation.node() {
                    self.nodes[node.index()].trap = Some((kind, number));
                }
                return;
            }
            Touch::Lied => {
                self.lying = operation.node().map(|node| (kind, node));
                return;
            }
            Touch::Stalled => {
                if let Some((node, fault)) = disk_fault(operation) {
                    self.stalls(now, kind, node, fault);
                }
                return;
            }
            Touch::Parted => self.link_of(operation).map(On::Link),
            Touch::Talked => operation.node().map(On::Node),
            Touch::Missed => operation.node().map(|node| On::Around(node, self.neighbours(node))),
            Touch::Waited => operation.node().map(|node| On::Sleeper(node, None)),
            Touch::Dated => operation.node().map(On::Clock),
            Touch::Read => operation.node().map(On::Disk),
            Touch::Swallowed | Touch::Held | Touch::Dropped | Touch::Slowed | Touch::Full | Touch::Failed => {
                None
            }
        };
        if let Some(on) = on {
            self.open.add(Mark { kind, number, on });
        }
    }

    fn stalls(&mut self, now: Time, kind: FaultKind, node: NodeId, fault: DiskFault) {
        if fault.span() > Span::ZERO {
            self.stalls.retain(|(.., until)| now < *until);
            self.stalls.push((kind, node.0, now + fault.span()));
            let under_way = self.nodes[node.index()].writes > 0;
            self.faults[kind as usize].touched += u64::from(under_way);
        }
    }

    fn link_of<N: CoJson>(&self, operation: &Operation<N>) -> Option<[NodeId; 2]> {
        let (Operation::Disconnect { link } | Operation::HalfOpen { link, .. }) = operation else {
            return None;
        };
        Some(self.links[*link as usize].map(NodeId))
    }

    fn neighbours(&self, node: NodeId) -> Vec<NodeId> {
        let links = self.links.iter().filter(|ends| ends.contains(&node.0));
        links.map(|[a, b]| NodeId(if *a == node.0 { *b } else { *a })).collect()
    }

    fn is_skipped(&mut self, number: u32) {
        self.asked = None;
        self.lying = None;
        let Some(kind) = self.operations.get(number as usize).copied().flatten() else { return };
        if kind.row().touch == Touch::Crashed {
            let this = Some((kind, number));
            self.nodes.iter_mut().filter(|node| node.trap == this).for_each(|node| node.trap = None);
        } else {
            self.faults[kind as usize].happened -= 1;
            self.open.forget(|mark| mark.number == number);
        }
    }

    fn sent<N: CoJson>(&mut self, sent: &Sent<'_, N>) {
        match sent.loss {
            Some(Loss::Partition) => self.touch(Touch::Swallowed),
            Some(Loss::Filter) => self.touch(Touch::Dropped),
            Some(Loss::Chance | Loss::Overflow | Loss::Undecodable) | None => {}
        }
        if sent.held {
            self.touch(Touch::Held);
        }
        let NodeId(a) = sent.from.min(sent.to);
        let NodeId(b) = sent.from.max(sent.to);
        if !self.slow.is_empty() && self.slow.contains(&[a, b]) {
            self.touch(Touch::Slowed);
        }
        if let Some((kind, _)) = self.lying.take_if(|(_, liar)| *liar == sent.from) {
            self.touched(kind);
        }
        self.see(Sign::Said([sent.from, sent.to]));
    }

    fn writing(&mut self, now: Time, node: NodeId) {
        self.nodes[node.index()].writes += 1;
        let stalls = self.stalls.iter().filter(|(_, of, until)| NodeId(*of) == node && now < *until);
        for (kind, ..) in stalls {
            self.faults[*kind as usize].touched += 1;
        }
        self.see(Sign::Changed(node));
    }

    fn goes_down(&mut self, node: NodeId, ending: Ending) {
        let of = &mut self.nodes[node.index()];
        let (trap, writes) = (of.trap.take(), std::mem::take(&mut of.writes));
        of.crashed = ending == Ending::Crash;
        let Some((kind, number)) = trap.filter(|_| ending == Ending::Crash) else { return };
        self.faults[kind as usize].happened += 1;
        if writes > 0 {
            self.touched(kind);
        } else {
            self.open.add(Mark { kind, number, on: On::Node(node) });
        }
    }

    /// An app is asked for something, and a clock may be read for it.
    fn asks<N: CoJson>(&mut self, operation: &Operation<N>) {
        if let Operation::Command { node, command } = operation {
            let dates = match command {
                Command::Edit(_) => true,
                Command::Create { id, .. } => self.founded.contains(id),
                Command::Load { .. } | Command::Done { .. } | Command::Ask(_) | Command::Attack(_) => false,
            };
            self.asked = Some(if dates { Sign::Dated(*node) } else { Sign::Changed(*node) });
        }
    }
}

/// Whether something is written, and dated, as a CoValue is created.
fn is_founded(directory: &Directory, id: CoId) -> bool {
    let known = directory.co_value(id).map(|known| &known.spec);
    known.is_some_and(|spec| spec.kind == Some(Kind::Group) || spec.branch_of.is_some())
}

fn disk_fault<N: CoJson>(operation: &Operation<N>) -> Option<(NodeId, DiskFault)> {
    if let Operation::UnlessLastCopy { operation, .. } = operation {
        return disk_fault(operation);
    }
    let Operation::Disk { node, fault } = operation else { return None };
    Some((*node, *fault))
}

impl<N: CoJson> Observer<N> for Touched {
    #[inline]
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        match happening {
            Happening::Operation { number, operation } => {
                if let Operation::Network { link, network } = operation {
                    let ends = self.links[*link as usize];
                    if network.slow_by.as_us() > 0 {
                        self.slow.insert(ends)
                    } else {
                        self.slow.remove(&ends)
                    };
                }
                self.begins(view.now, *number, operation);
                self.asks(operation);
            }
            Happening::Skipped { number, .. } => self.is_skipped(*number),
            Happening::Sent(sent) => self.sent(sent),
            Happening::Delivered { node, peer, .. } => {
                self.see(Sign::Said([*peer, *node]));
                self.see(Sign::Woke(*node, view.now));
            }
            Happening::Writing { node, .. } => self.writing(view.now, *node),
            Happening::Written { node, error, full, .. } => {
                let of = &mut self.nodes[node.index()];
                of.writes = of.writes.saturating_sub(1);
                if *full {
                    self.touch(Touch::Full);
                } else if error.is_some() {
                    self.touch(Touch::Failed);
                }
            }
            Happening::Down { node, ending } => self.goes_down(*node, *ending),
            Happening::Up { node } => {
                if std::mem::take(&mut self.nodes[node.index()].crashed) {
                    self.see(Sign::Started(*node));
                }
            }
            Happening::Became { node, condition } => match condition {
                Condition::Awake => self.open.wakes(*node, view.now),
                Condition::Asleep | Condition::Offline | Condition::Online => {}
            },
            Happening::Connected { node, .. }
            | Happening::Disconnected { node, .. }
            | Happening::Timer { node }
            | Happening::Blocked { node, .. }
            | Happening::Writable { node, .. } => self.see(Sign::Woke(*node, view.now)),
            Happening::Noticed {
                node,
                notice: Notice::Event(Event::AddedNewHeader { .. } | Event::AddedNewTransactions { .. }),
            } => self.see(Sign::Changed(*node)),
            Happening::Settled { node, .. } => {
                self.lying = None;
                if let Some(sign) = self.asked.take() {
                    self.see(sign);
                    self.see(Sign::Woke(*node, view.now));
                }
            }
            Happening::Spoilt { .. }
            | Happening::Cut { .. }
            | Happening::Closed { .. }
            | Happening::Left { .. }
            | Happening::Noticed { .. } => {}
        }
    }
}
