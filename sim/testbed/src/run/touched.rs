//! Which faults of a run touched something. A partition while nobody says anything tests nothing.

use super::Stage;
use crate::cojson::CoJson;
use crate::host::{NodeId, Operation};
use crate::observer::{Ending, Happening, Loss, Observer, Sent};
use crate::scenario::{Act, FaultKind, Numbered, Touch};
use crate::world::View;
use cosim_core::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What became of the faults of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faulted {
    /// How many there were to be: generated, or in the timeline.
    pub planned: u64,
    /// How often one touched something: had an effect, or met a message or a write.
    pub touched: u64,
}

/// Watches what faults touch.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    /// The operations that are faults, by number.
    operations: Vec<Option<(FaultKind, Act<Numbered>)>>,
    faults: [Faulted; FaultKind::ALL.len()],
    /// The ends of every link.
    links: Vec<[u32; 2]>,
    /// The ends of links that are slow.
    slow: BTreeSet<[u32; 2]>,
    /// Which faults keep whose disk from writing, and until when.
    stalls: Vec<(FaultKind, u32, Time)>,
    nodes: Vec<OfNode>,
}

#[derive(Clone, Copy, Debug, Default)]
struct OfNode {
    /// Writes under way.
    writes: u32,
    /// Whether a crash waits for a point of its work.
    trapped: bool,
}

impl Touched {
    pub(super) fn new(stage: &Stage<'_>) -> Touched {
        let scenario = stage.scenario();
        let mut operations = vec![None; scenario.opened_at_first().count()];
        for operation in stage.plan().chapters.iter().flat_map(|chapter| &chapter.operations) {
            let fault = scenario.fault_of(operation).map(|kind| (kind, operation.act.clone()));
            operations.extend(std::iter::repeat_n(fault, stage.width(&operation.act) as usize));
        }
        let generated = |kind| scenario.faults.as_ref().map_or(0, |faults| faults.planned(kind));
        let mut faults = FaultKind::ALL.map(|kind| Faulted { planned: generated(kind), touched: 0 });
        for operation in scenario.chapters.iter().flat_map(|chapter| &chapter.operations) {
            if let Some(kind) = scenario.fault_of(operation) {
                faults[kind as usize].planned += 1;
            }
        }
        Touched {
            operations,
            faults,
            links: scenario.links.iter().map(|link| link.ends).collect(),
            slow: BTreeSet::new(),
            stalls: Vec::new(),
            nodes: vec![OfNode::default(); scenario.nodes.len()],
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

    fn fault(&self, number: u32) -> Option<(FaultKind, Act<Numbered>)> {
        self.operations.get(number as usize).cloned().flatten()
    }

    fn begins(&mut self, now: Time, number: u32) {
        let Some((kind, act)) = self.fault(number) else { return };
        if kind.row().touch == Touch::Effect {
            self.faults[kind as usize].touched += 1;
        } else if let Act::Crash(crash) = act {
            self.nodes[crash.node as usize].trapped = true;
        } else if let Some((node, fault, _)) = act.disk_fault()
            && fault.span() > Span::ZERO
        {
            self.stalls.retain(|(.., until)| now < *until);
            self.stalls.push((kind, node, now + fault.span()));
            let under_way = self.nodes[node as usize].writes > 0;
            self.faults[kind as usize].touched += u64::from(under_way);
        }
    }

    fn is_skipped(&mut self, number: u32) {
        let Some((kind, act)) = self.fault(number) else { return };
        if kind.row().touch == Touch::Effect {
            self.faults[kind as usize].touched -= 1;
        } else if let Act::Crash(crash) = act {
            self.nodes[crash.node as usize].trapped = false;
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
    }
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
                self.begins(view.now, *number);
            }
            Happening::Skipped { number, .. } => self.is_skipped(*number),
            Happening::Sent(sent) => self.sent(sent),
            Happening::Writing { node, .. } => {
                self.nodes[node.index()].writes += 1;
                let stalls =
                    self.stalls.iter().filter(|(_, of, until)| NodeId(*of) == *node && view.now < *until);
                for (kind, ..) in stalls {
                    self.faults[*kind as usize].touched += 1;
                }
            }
            Happening::Written { node, error, full, .. } => {
                let node = &mut self.nodes[node.index()];
                node.writes = node.writes.saturating_sub(1);
                if *full {
                    self.touch(Touch::Full);
                } else if error.is_some() {
                    self.touch(Touch::Failed);
                }
            }
            Happening::Down { node, ending } => {
                let node = &mut self.nodes[node.index()];
                let trapped = std::mem::take(&mut node.trapped);
                node.writes = 0;
                if trapped && *ending == Ending::Crash {
                    self.touch(Touch::Crashed);
                }
            }
            Happening::Spoilt { .. }
            | Happening::Cut { .. }
            | Happening::Up { .. }
            | Happening::Connected { .. }
            | Happening::Disconnected { .. }
            | Happening::Closed { .. }
            | Happening::Became { .. }
            | Happening::Timer { .. }
            | Happening::Delivered { .. }
            | Happening::Blocked { .. }
            | Happening::Writable { .. }
            | Happening::Left { .. }
            | Happening::Noticed { .. }
            | Happening::Settled { .. } => {}
        }
    }
}
