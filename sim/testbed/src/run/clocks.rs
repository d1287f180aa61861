//! What wall clocks showed when: how each was at the start, and what happened to it since.

use crate::clock::{Clock, ClockChange, WallTime};
use crate::cojson::CoJson;
use crate::host::{NodeId, Operation};
use crate::observer::{Happening, Observer};
use crate::scenario::Scenario;
use crate::world::View;
use cosim_core::Time;

/// What happened to clocks, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks(Vec<(Time, NodeId, ClockChange)>);

impl Clocks {
    /// What a node's clock showed at a moment; that of nobody who is there is right.
    pub(super) fn reading(&self, scenario: &Scenario, node: NodeId, at: Time) -> WallTime {
        let clock: Clock = scenario.nodes.get(node.index()).map(|node| node.clock).unwrap_or_default();
        let changes = self.0.iter().filter(|(time, whose, _)| *time <= at && *whose == node);
        let clock = changes.fold(clock, |mut clock, (time, _, change)| {
            clock.change(*time, *change);
            clock
        });
        clock.reading(at)
    }
}

impl<N: CoJson> Observer<N> for Clocks {
    #[inline]
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        if let Happening::Operation { operation: Operation::Clock { node, change }, .. } = happening {
            self.0.push((view.now, *node, *change));
        }
    }
}
