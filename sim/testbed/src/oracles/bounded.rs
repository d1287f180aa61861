//! `bounded`: buffers and messages stay within their named limits.

use super::violation::Subject;
use crate::cojson::SimCrypto;
use crate::cojson::{Cast, CoJson};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::node::{
    FLIGHTS_MAX, HELD_MAX, LOADS_MAX, NAMED_MAX, PIECE_BYTES_MAX, SESSIONS_MAX, WRITES_MAX,
};
use cosim_core::{CoId, Content, Names};

/// Looks at the buffers of a node, and at those of its conversation with one peer about one CoValue.
pub(super) fn look<N: CoJson>(
    view: &View<'_, N>,
    node: NodeId,
    peer: NodeId,
    id: CoId,
    cast: &Cast,
) -> Option<Subject> {
    let buffers = view.hosts[node.index()].node.buffers(peer, id);
    let full = [
        ("writes", "writes under way", buffers.writes, WRITES_MAX + SESSIONS_MAX),
        ("held", "contents held back", buffers.held, HELD_MAX.saturating_mul(view.hosts.len())),
        ("flight", "contents that are unanswered", buffers.flight, FLIGHTS_MAX),
        ("loads", "loads that are unanswered", buffers.loads, LOADS_MAX),
        ("named", "CoValues that a peer has named", buffers.named, NAMED_MAX),
    ];
    let (kind, words, found, limit) = full.into_iter().find(|(_, _, found, limit)| found > limit)?;
    let what = format!("{} keeps {found} {words}, which is more than {limit}", cast.node(node));
    Some(Subject { node, peer: None, id: Some(id), kind, what })
}

/// Looks at content that a node sends. It may exceed its limit only where it is one batch, which cannot be cut.
pub(super) fn message(
    node: NodeId,
    content: &Content<SimCrypto>,
    largest_batch: u64,
    cast: &Cast,
) -> Option<Subject> {
    let transactions = content.new.values().flat_map(|piece| &piece.new_transactions);
    let bytes: u64 = transactions.map(|transaction| u64::from(transaction.size)).sum();
    let limit = (PIECE_BYTES_MAX as u64).max(largest_batch);
    (bytes > limit || content.new.len() > SESSIONS_MAX).then(|| {
        let what = format!(
            "{} sends a piece of {} with {bytes} bytes in {} sessions; it may have {limit} in {SESSIONS_MAX}",
            cast.node(node),
            cast.co_value(content.id),
            content.new.len(),
        );
        Subject { node, peer: None, id: Some(content.id), kind: "content", what }
    })
}
