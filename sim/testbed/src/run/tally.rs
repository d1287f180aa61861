//! What a run counts beside what every world does: what is particular to CoJSON.

use crate::cojson::{CoJson, Command, Notice};
use crate::host::{Operation, SimMessage};
use crate::observer::{Happening, Observer, Skipped};
use crate::world::{Presence, View};
use cosim_core::{CoId, Event, KnownState, Message, Time};
use std::collections::BTreeMap;

/// Counts of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// `load` messages sent.
    pub load: u64,
    /// `known` messages sent, but for corrections.
    pub known: u64,
    /// Corrections sent.
    pub correction: u64,
    /// `content` messages sent.
    pub content: u64,
    /// `done` messages sent.
    pub done: u64,
    /// Messages sent that are not CoJSON's.
    pub other: u64,
    /// Bytes of the `load` and `known` messages and corrections sent: known states, which grow with a CoValue's sessions.
    pub known_bytes: u64,
    /// Messages sent because a deadline had passed.
    pub retransmissions: u64,
    /// Contents that brought their receiver nothing new.
    pub redundant: u64,
    /// Transactions that were reported as safe, and that nobody holds in the end.
    pub lost_though_safe: u64,
    /// What apps asked for and nodes refused.
    pub refused: u64,
    /// Operations that had no effect for another reason: their node was down, or it was so already.
    pub skipped: u64,
    /// When a node last came to hold something new.
    pub last_change: Time,
    /// When an app last wrote, if one did.
    pub last_write: Option<Time>,
    /// Whether, when all is over, a node that is up holds less of a CoValue than another: not everybody has what was written.
    pub apart: bool,
    /// Whether an app of ours writes in the event that is happening, whenever its node takes that.
    writes: bool,
    /// Whether the event that is happening is one in which the app of a guest may write.
    asks: bool,
    /// Whether the event that is happening is a deadline.
    in_timer: bool,
    /// Whether the event that is happening is the delivery of content that has brought nothing yet.
    in_vain: bool,
}

impl<N: CoJson> Observer<N> for Tally {
    #[inline]
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        match happening {
            Happening::Sent(sent) => {
                self.retransmissions += u64::from(self.in_timer);
                let Some(envelope) = sent.message.envelope() else {
                    self.other += 1;
                    return;
                };
                let count = match &envelope.message {
                    Message::Load { .. } => &mut self.load,
                    Message::Known(known) if known.is_correction => &mut self.correction,
                    Message::Known(_) => &mut self.known,
                    Message::Content(_) => &mut self.content,
                    Message::Done { .. } => &mut self.done,
                };
                *count += 1;
                if matches!(envelope.message, Message::Load { .. } | Message::Known(_)) {
                    self.known_bytes += sent.message.bytes();
                }
            }
            Happening::Noticed {
                notice: Notice::Event(Event::AddedNewHeader { .. } | Event::AddedNewTransactions { .. }),
                ..
            } => {
                self.last_change = view.now;
                self.writes |= self.asks;
                self.in_vain = false;
            }
            Happening::Skipped { why, .. } => {
                self.writes = false;
                let count =
                    if matches!(why, Skipped::Refused(_)) { &mut self.refused } else { &mut self.skipped };
                *count += 1;
            }
            Happening::Delivered { message, .. } => self.in_vain = message.kind() == "content",
            Happening::Timer { .. } => self.in_timer = true,
            Happening::Settled { .. } => {
                self.redundant += u64::from(self.in_vain);
                if self.writes {
                    self.last_write = Some(view.now);
                }
                (self.in_timer, self.in_vain) = (false, false);
                (self.writes, self.asks) = (false, false);
            }
            Happening::Operation { operation: Operation::Command { command, .. }, .. } => {
                self.writes = matches!(command, Command::Create { .. } | Command::Edit(_));
                self.asks = matches!(command, Command::Ask(_));
            }
            Happening::Operation { .. }
            | Happening::Down { .. }
            | Happening::Written { .. }
            | Happening::Spoilt { .. }
            | Happening::Cut { .. }
            | Happening::Writing { .. }
            | Happening::Up { .. }
            | Happening::Connected { .. }
            | Happening::Disconnected { .. }
            | Happening::Closed { .. }
            | Happening::Became { .. }
            | Happening::Blocked { .. }
            | Happening::Writable { .. }
            | Happening::Left { .. }
            | Happening::Noticed { .. } => {}
        }
    }
}

/// Whether somebody who is there, and up, holds less of a CoValue than somebody else does.
pub(super) fn are_apart<N: CoJson>(view: &View<'_, N>) -> bool {
    let mut most: BTreeMap<CoId, KnownState> = BTreeMap::new();
    let present = || view.hosts.iter().filter(|host| host.up && host.presence == Presence::Here);
    let held = || present().flat_map(|host| &host.node.state().co_values);
    for (id, co_value) in held() {
        most.entry(*id).or_default().join(&co_value.known_state());
    }
    held().any(|(id, co_value)| co_value.header.is_some() && most.get(id) != Some(&co_value.known_state()))
}
