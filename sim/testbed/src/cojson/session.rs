//! The number of a session: whose it is, and how many its node has begun before, in 32 bits.
//!
//! The first 4,096 nodes have 20 bits to count in, and nobody reaches their end. What is left over there is shared out: the
//! nodes after them, each with the number of one of the first 4,096, say in the upper three of the 20 bits which round
//! they belong to, and count in the other 17. Where those three bits are all set, one of the first counts down from the
//! end, as who makes up sessions does.

use crate::host::NodeId;
use cosim_core::SessionId;

const COUNT_BITS: u32 = 20;
const ROUND_BITS: u32 = 3;
const ROUND_SHIFT: u32 = COUNT_BITS - ROUND_BITS;
/// Nodes of one round.
const ROUND: u32 = 1 << (32 - COUNT_BITS);
/// The last round; the one after it belongs to nobody, and all three bits to those who count down.
const LAST_ROUND: u32 = (1 << ROUND_BITS) - 3;

/// How many nodes can have sessions.
pub const NODES_MAX: u32 = ROUND * (LAST_ROUND + 1);

/// The session of a node's app after it has lost its storage `incarnation` times.
pub fn session(node: NodeId, incarnation: u32) -> SessionId {
    let (round, place) = (node.0 / ROUND, node.0 % ROUND);
    let bits = if round == 0 { COUNT_BITS } else { ROUND_SHIFT };
    SessionId(place << COUNT_BITS | round << ROUND_SHIFT | (incarnation & ((1 << bits) - 1)))
}

/// Whose session it is, and the how-manieth incarnation's.
pub fn session_parts(session: SessionId) -> (NodeId, u32) {
    let (place, count) = (session.0 >> COUNT_BITS, session.0 & ((1 << COUNT_BITS) - 1));
    match count >> ROUND_SHIFT {
        round @ 1..=LAST_ROUND => (NodeId(round * ROUND + place), count & ((1 << ROUND_SHIFT) - 1)),
        _ => (NodeId(place), count),
    }
}

/// Where the numbers begin of sessions that guests begin of their own accord.
pub(crate) const OF_GUESTS: u32 = 1 << (ROUND_SHIFT - 1);

/// Where the numbers begin of those of them in which a CoValue is deleted for good.
pub(crate) const OF_DELETIONS: u32 = OF_GUESTS + OF_GUESTS / 2;

/// Where they end.
const DELETIONS_END: u32 = 1 << ROUND_SHIFT;

/// The session in which a node's app accepts an invite: the `number`th of those.
pub(super) fn accepting(node: NodeId, number: u32) -> SessionId {
    session(node, OF_GUESTS + number % (OF_GUESTS / 2))
}

/// Whose app has begun a session of that kind, if it is one, and which of them it is.
pub(super) fn accepted(session: SessionId) -> Option<(NodeId, u32)> {
    let (node, count) = session_parts(session);
    (OF_GUESTS..OF_DELETIONS).contains(&count).then(|| (node, count - OF_GUESTS))
}

/// The session in which a node's app deletes CoValues for good after it has lost its storage `incarnation` times.
pub(crate) fn deletion(node: NodeId, incarnation: u32) -> SessionId {
    session(node, OF_DELETIONS + incarnation % (OF_GUESTS / 2))
}

/// Whether a session is one in which a CoValue is deleted for good.
pub(crate) fn is_deletion(session: SessionId) -> bool {
    (OF_DELETIONS..DELETIONS_END).contains(&session_parts(session).1)
}

/// What a session is called behind the name of its node: `1` is the first of its app, `2` the one after the node has lost its
/// storage; `apart-1` is the first that was begun for one thing, such as to accept an invite, and `deletion-1` the first in
/// which CoValues are deleted for good.
pub(crate) fn ordinal(session: SessionId) -> String {
    match session_parts(session).1 {
        count @ OF_DELETIONS..DELETIONS_END => format!("deletion-{}", count - OF_DELETIONS + 1),
        count @ OF_GUESTS..OF_DELETIONS => format!("apart-{}", count - OF_GUESTS + 1),
        count => (u64::from(count) + 1).to_string(),
    }
}

/// Which session of a node that is; an older log has numbers alone.
pub(crate) fn by_ordinal(text: &str) -> Option<u32> {
    let kinds = [("deletion-", OF_DELETIONS, DELETIONS_END), ("apart-", OF_GUESTS, OF_DELETIONS)];
    let of = |text: &str| text.parse::<u32>().ok()?.checked_sub(1);
    for (kind, first, end) in kinds {
        if let Some(number) = text.strip_prefix(kind) {
            return first.checked_add(of(number)?).filter(|count| *count < end);
        }
    }
    of(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::MAX_NODES;
    use std::collections::BTreeSet;

    #[test]
    fn every_node_of_the_largest_scenario_has_sessions_of_its_own() {
        assert!(MAX_NODES <= NODES_MAX as usize);
        let mut seen = BTreeSet::new();
        for node in (0..NODES_MAX).map(NodeId) {
            for incarnation in [0, 1, 2, (1 << ROUND_SHIFT) - 1] {
                let session = session(node, incarnation);
                assert_eq!(session_parts(session), (node, incarnation));
                assert!(seen.insert(session), "{node:?}/{incarnation}");
            }
        }
    }

    #[test]
    fn who_counts_down_from_the_end_stays_who_it_is() {
        for node in [0, 1, ROUND - 1, ROUND, NODES_MAX - 1].map(NodeId) {
            let sessions: BTreeSet<SessionId> = (0..64).map(|turn| session(node, u32::MAX - turn)).collect();
            assert_eq!(sessions.len(), 64);
            assert!(sessions.iter().all(|session| session_parts(*session).0 == node));
        }
    }

    #[test]
    fn what_guests_begin_is_told_apart() {
        for node in [0, ROUND, NODES_MAX - 1].map(NodeId) {
            assert!(!is_deletion(session(node, 0)) && !is_deletion(session(node, OF_GUESTS)));
            assert!(
                !is_deletion(session(node, OF_DELETIONS - 1)) && is_deletion(session(node, OF_DELETIONS))
            );
        }
    }

    #[test]
    fn every_session_is_found_by_what_it_is_called() {
        let numbers = [0, 1, OF_GUESTS - 1, OF_GUESTS, OF_DELETIONS - 1, OF_DELETIONS, DELETIONS_END - 1];
        for number in numbers {
            let ordinal = ordinal(session(NodeId(3), number));
            assert_eq!(by_ordinal(&ordinal), Some(number), "{ordinal}");
        }
        assert_eq!(ordinal(session(NodeId(3), OF_GUESTS)), "apart-1");
        assert_eq!(ordinal(session(NodeId(3), OF_DELETIONS + 1)), "deletion-2");
        assert_eq!(by_ordinal("65537"), Some(OF_GUESTS), "as older logs have it");
        for wrong in ["", "0", "apart-0", "apart-32769", "deletion-32769", "deletion-", "late-1", "-1"] {
            assert_eq!(by_ordinal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_first_nodes_have_the_numbers_that_they_always_had() {
        assert_eq!(session(NodeId(3), 5), SessionId(3 << 20 | 5));
        assert_eq!(session(NodeId(4_095), u32::MAX), SessionId(u32::MAX));
    }
}
