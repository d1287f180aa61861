//! Who is told what: from what happens in a world, whatever its nodes are, to the oracles' own words.

use super::evidence::{Evidence, Need, Needs};
use super::holdings::Holdings;
use super::oracle::Mail;
use super::{Oracles, Touched};
use crate::cojson::{Command, DiskWrite, End, Notice, Packet};
use crate::host::{Operation, SimNode};
use crate::observer::{Happening, Observer, Sent};
use crate::world::View;

impl Oracles {
    /// Whether nobody judges, and nobody needs any evidence.
    fn is_idle(&self) -> bool {
        self.panel.is_empty() && self.needs == Needs::default()
    }
}

impl<N> Observer<N> for Oracles
where
    N: SimNode<Message = Packet, Command = Command, Notice = Notice, End = End, Record = DiskWrite>
        + Holdings,
{
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        if self.is_idle() {
            return;
        }
        if !matches!(happening, Happening::Skipped { .. }) {
            self.evidence.ledger.accepted();
        }
        match happening {
            Happening::Operation { operation: Operation::Command { node, command }, .. } => {
                self.commanded(view, *node, command);
            }
            Happening::Operation { .. } | Happening::Cut { .. } => {}
            Happening::Delivered { node, peer, connection, message, damaged, .. } => {
                match message.envelope() {
                    Some(message) => {
                        let connection = *connection;
                        let mail = Mail { from: *peer, to: *node, connection, message, queued: false };
                        self.delivered(view, &mail, *damaged);
                    }
                    None => self.touched = Touched::All,
                }
            }
            Happening::Connected { node, peer, connection } => {
                self.touched = Touched::All;
                self.evidence.talks.other_peers(*node);
                if self.needs.has(Need::Heard) {
                    let Evidence { heard, talks, .. } = &mut self.evidence;
                    if let Some(earlier) = heard.current(*node, *peer) {
                        talks.closed(*node, earlier);
                    }
                    heard.opened(*node, *peer, *connection);
                }
            }
            Happening::Disconnected { node, peer, connection } => {
                self.touched = Touched::All;
                self.evidence.talks.closed(*node, *connection);
                self.evidence.heard.closed(*node, *peer, *connection);
            }
            Happening::Closed { node, peer, connection, .. } => {
                self.evidence.talks.closed(*node, *connection);
                self.evidence.heard.closed(*node, *peer, *connection);
            }
            Happening::Up { node } => self.came_up(view, *node),
            Happening::Became { node, condition } => self.became(view, *node, *condition),
            Happening::Sent(sent) => {
                let Sent { from, to, connection, message, queued, .. } = *sent;
                if let Some(message) = message.envelope() {
                    self.sent(view, &Mail { from, to, connection, message, queued });
                }
            }
            Happening::Noticed { node, notice } => self.noticed(view, *node, notice),
            Happening::Down { node, ending } => self.goes_down(view, *node, *ending),
            Happening::Writing { node, ticket, record: DiskWrite::Record(record) } => {
                self.writing(view, (*node, *ticket), record);
            }
            // Nobody sees what is in it.
            Happening::Writing { record: DiskWrite::Commit(_), .. } => {}
            Happening::Written { node, ticket, error, .. } => {
                self.written(view, (*node, *ticket), error.is_some());
            }
            Happening::Spoilt { node } => self.spoilt(view, *node),
            Happening::Settled { node, .. } => self.settled(view, *node),
            Happening::Timer { .. } => {
                self.touched = Touched::Some;
                self.evidence.talks.times_out();
            }
            Happening::Blocked { node, connection, .. } => {
                self.touched = Touched::Some;
                self.evidence.talks.blocks(*node, *connection);
            }
            Happening::Left { connection, .. } => {
                self.touched = Touched::Nothing;
                self.evidence.talks.left(*connection);
            }
            Happening::Writable { node, connection, .. } => {
                self.touched = Touched::Some;
                self.evidence.talks.unblocks(*node, *connection);
            }
            Happening::Skipped { .. } => self.evidence.ledger.refused(),
        }
    }
}
