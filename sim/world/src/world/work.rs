//! How long the work of nodes takes that look at a clock of their own work.

use super::{Host, World};
use crate::decision::{Decide, Doing, Working};
use crate::host::{Input, NodeId, SimNode};
use crate::network::SpanRange;
use crate::stream::Stream;
use cosim_base::Span;

/// How long a node's work takes, where it takes some time.
#[derive(Clone, Debug)]
pub(super) struct Work {
    range: SpanRange,
    chance: Stream,
}

impl<N: SimNode, O, D: Decide<N>> World<N, O, D> {
    /// Lets the work of a node that looks how long that takes take some time: each look finds it gone on by a span of the
    /// range, drawn anew for each thing that it handles. For the start of a run.
    pub fn set_work(&mut self, node: NodeId, name: &str, range: SpanRange) {
        let chance = Stream::new(self.seed, "work", name);
        self.nodes[node.index()].work = Some(Work { range, chance });
    }

    /// Tells a node that looks how long its work takes what it will find.
    pub(super) fn time_work(&mut self, id: NodeId, input: &Input<'_, N>) {
        let Host { node, work, .. } = &mut self.nodes[id.index()];
        if !node.times_work() {
            return;
        }
        let doing = match input {
            Input::Received { message, .. } => Doing::Message(message),
            Input::Deadline => Doing::Deadline,
            Input::Command { .. } => Doing::Command,
            Input::Connected { .. }
            | Input::Disconnected { .. }
            | Input::Blocked { .. }
            | Input::Writable { .. }
            | Input::Left { .. }
            | Input::Restart(_)
            | Input::Recover { .. }
            | Input::Written { .. }
            | Input::WriteFailed { .. } => Doing::Other,
        };
        let drawn =
            work.as_mut().map_or(Span::ZERO, |work| work.range.pick((work.chance.word() >> 32) as u32));
        let working = Working { node: id, event: self.event, doing, host: node };
        let each = self.decisions.work(&working, drawn);
        node.works(each);
    }
}
