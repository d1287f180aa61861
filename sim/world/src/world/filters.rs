//! The filters of a link: which messages are kept back or lost, and those that are kept back.

use super::transmit::Mail;
use crate::host::{Direction, Filter, FilterAct, SimMessage};
use crate::queue::Order;
use cosim_base::Time;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Filters<M> {
    /// In the order in which they came.
    active: Vec<Active>,
    /// In the order in which they were sent.
    held: Vec<(Time, Order, Mail<M>)>,
}

#[derive(Clone, Debug)]
struct Active {
    direction: Direction,
    filter: Filter,
}

impl<M> Default for Filters<M> {
    fn default() -> Self {
        Filters { active: Vec::new(), held: Vec::new() }
    }
}

impl<M: SimMessage> Filters<M> {
    pub(super) fn add(&mut self, direction: Direction, filter: Filter) {
        self.active.push(Active { direction, filter });
    }

    /// What becomes of a message that starts at this end: the first filter that is about it says so, and is used up by
    /// it if it is to drop no more.
    #[inline]
    pub(super) fn meet(&mut self, side: usize, message: &M) -> Option<FilterAct> {
        if self.active.is_empty() {
            return None;
        }
        let index = self
            .active
            .iter()
            .position(|active| active.direction.includes(side) && active.filter.matches(message))?;
        let act = self.active[index].filter.act;
        if let FilterAct::Drop { count: Some(left) } = &mut self.active[index].filter.act {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.active.remove(index);
            }
        }
        Some(act)
    }

    pub(super) fn hold(&mut self, at: Time, order: Order, mail: Mail<M>) {
        self.held.push((at, order, mail));
    }

    /// Keeps nothing back any more in these directions, and gives what was kept back.
    pub(super) fn release(&mut self, direction: Direction) -> Vec<(Time, Order, Mail<M>)> {
        self.end(direction, |act| act == FilterAct::Hold);
        let side = |order: &Order| (order.entity() % 2) as usize;
        self.held.extract_if(.., |(_, order, _)| direction.includes(side(order))).collect()
    }

    /// Drops nothing any more in these directions.
    pub(super) fn pass(&mut self, direction: Direction) {
        self.end(direction, |act| act != FilterAct::Hold);
    }

    fn end(&mut self, direction: Direction, ends: impl Fn(FilterAct) -> bool) {
        self.active.retain_mut(|active| {
            if !ends(active.filter.act) {
                return true;
            }
            let left = active.direction.without(direction);
            left.is_some_and(|left| {
                active.direction = left;
                true
            })
        });
    }
}

impl<M> Filters<M> {
    /// Whether nothing is kept back or lost.
    pub(super) fn is_empty(&self) -> bool {
        self.active.is_empty() && self.held.is_empty()
    }

    /// Whether messages are kept back.
    pub(super) fn hold_some(&self) -> bool {
        self.active.iter().any(|active| active.filter.act == FilterAct::Hold)
    }

    /// Whether messages are lost.
    pub(super) fn drop_some(&self) -> bool {
        self.active.iter().any(|active| active.filter.act != FilterAct::Hold)
    }
}
