//! What ends a run that would never end: bounds on what happens, never on the time that it takes.

use super::World;
use crate::decision::Decide;
use crate::host::{NodeId, SimNode};
use crate::world::observer::Observer;

/// How many events a run may have: what is still going on then would go on for ever.
pub const EVENTS_MAX: u64 = 100_000_000;

/// How many things a node may want of the world in one event: a message to each of twenty thousand peers is a fiftieth of it.
pub const OUTPUTS_MAX: u32 = 1_000_000;

/// How much may happen in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many events there may be.
    pub events: u64,
    /// How many things a node may want of the world in one event.
    pub outputs: u32,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { events: EVENTS_MAX, outputs: OUTPUTS_MAX }
    }
}

/// Why a run would never end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endless {
    /// Event follows upon event.
    Events,
    /// In one event this node wants more and more.
    Outputs(NodeId),
}

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// Lets other bounds hold than the usual ones. For the start of a run.
    pub fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// Why the run would never end, where a bound says so. Nothing happens any more then.
    pub fn endless(&self) -> Option<Endless> {
        let restless = self.figures.events >= self.bounds.events;
        self.overworked.map(Endless::Outputs).or(restless.then_some(Endless::Events))
    }
}
