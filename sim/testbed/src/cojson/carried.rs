//! What CoJSON's messages and records carry, so that decisions can name them by what they mean: content, the newest
//! operation that it brings; load, known and correction, the newest that their sender holds of what they cover; a header
//! alone, that the CoValue is there.

use super::{Packet, SimCrypto, written_by};
use crate::host::Carried;
use cosim_core::{CoId, KnownState, Message, NodeState, Record};

/// What a message carries that a node in this state sends.
pub(crate) fn by_packet(sender: &NodeState<SimCrypto>, packet: &Packet) -> Carried {
    match (packet.envelope(), packet) {
        (Some(envelope), _) => by_message(sender, &envelope.message),
        (None, Packet::Guest(said)) => said.tells_of.map_or(Carried::Nothing, Carried::Operation),
        (None, Packet::Ours(_)) => Carried::Nothing,
    }
}

fn by_message(sender: &NodeState<SimCrypto>, message: &Message<SimCrypto>) -> Carried {
    match message {
        Message::Content(content) => {
            let transactions = content.new.values().flat_map(|piece| &piece.new_transactions);
            newest(transactions.map(written_by))
        }
        Message::Load { id, known, .. } => covered(sender, *id, known),
        Message::Known(known) => covered(sender, known.id, &known.known),
        Message::Done { .. } => Carried::Nothing,
    }
}

/// What a record carries.
pub(super) fn by_record(record: &Record<SimCrypto>) -> Carried {
    match record {
        Record::Header { .. } => Carried::Subject,
        Record::Log { transactions, .. } => newest(transactions.iter().map(written_by)),
    }
}

fn newest(operations: impl Iterator<Item = u32>) -> Carried {
    operations.max().map_or(Carried::Subject, Carried::Operation)
}

/// The newest operation among those that a sender's known state covers, which are in its own logs.
fn covered(sender: &NodeState<SimCrypto>, id: CoId, known: &KnownState) -> Carried {
    let logs = sender.co_values.get(&id).map(|co_value| &co_value.sessions);
    let last = |(session, count): (_, u32)| {
        let log = logs?.get(session)?;
        log.transactions.get((count as usize).checked_sub(1)?).map(written_by)
    };
    let subject = if known.header { Carried::Subject } else { Carried::Nothing };
    known.sessions().filter_map(last).max().map_or(subject, Carried::Operation)
}
