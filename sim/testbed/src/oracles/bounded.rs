//! `bounded`: buffers and messages stay within their named limits.

use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::oracle::{Look, Mail, Oracle};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::Cast;
use crate::cojson::SimCrypto;
use crate::host::NodeId;
use cosim_core::node::{
    FLIGHTS_MAX, HELD_MAX, LOADS_MAX, NAMED_MAX, PIECE_BYTES_MAX, SESSIONS_MAX, WRITES_MAX,
};
use cosim_core::{CoId, Content, Names};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "bounded",
    sentence: "buffers and messages stay within their limits",
    when: "every message",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Heard, Need::Ledger],
    turn: 9,
    since: 1,
};

/// The buffers of a node, in their order below: what is called full, and in words.
const BUFFERS: [(&str, &str); 5] = [
    ("writes", "writes under way"),
    ("held", "contents held back"),
    ("flight", "contents that are unanswered"),
    ("loads", "loads that are unanswered"),
    ("named", "CoValues that a peer has named"),
];

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bounded;

impl Oracle for Bounded {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        let largest_batch = scene.evidence.ledger.largest_batch();
        Look::once(message(mail.from, content, largest_batch, &scene.setup.cast))
    }

    /// Looks at the buffers of a node, and at those of its conversation with one peer about one CoValue.
    fn talked(&mut self, scene: &Scene<'_>, node: NodeId, peer: NodeId, id: CoId) -> Look {
        let buffers = scene.world.holdings(node).buffered(peer, id);
        let found = [buffers.writes, buffers.held, buffers.flight, buffers.loads, buffers.named];
        let held_max = HELD_MAX.saturating_mul(scene.world.nodes());
        let limits = [WRITES_MAX + SESSIONS_MAX, held_max, FLIGHTS_MAX, LOADS_MAX, NAMED_MAX];
        let full = found.iter().zip(&limits).position(|(found, limit)| found > limit);
        Look::once(full.map(|full| {
            let ((kind, words), found, limit) = (BUFFERS[full], found[full], limits[full]);
            let name = scene.setup.cast.node(node);
            let what = format!("{name} keeps {found} {words}, which is more than {limit}");
            Subject { node, peer: None, id: Some(id), kind, what }
        }))
    }
}

/// Looks at content that a node sends. It may exceed its limit only where it is one batch, which cannot be cut.
fn message(node: NodeId, content: &Content<SimCrypto>, largest_batch: u64, cast: &Cast) -> Option<Subject> {
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
