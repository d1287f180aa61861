//! Known states are a join semilattice: that late, doubled and reordered statements do no harm rests on it.

use super::arbitrary::{known_state as small, session_id};
use cosim_core::{KnownState, SessionId};
use proptest::prelude::*;

/// Small ones, and some with more sessions than are compared at once, mostly the same.
fn known_state() -> impl Strategy<Value = KnownState> {
    let counts = proptest::collection::vec(0..3_u32, 38..40);
    let large = (any::<bool>(), counts).prop_map(|(header, counts)| {
        KnownState::new(header, (0..).map(SessionId).zip(counts.into_iter().map(|n| n + 1)))
    });
    prop_oneof![2 => small(), 1 => large]
}

fn joined(a: &KnownState, b: &KnownState) -> KnownState {
    let mut all = a.clone();
    all.join(b);
    all
}

proptest! {
    #[test]
    fn join_is_associative(a in known_state(), b in known_state(), c in known_state()) {
        prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
    }

    #[test]
    fn join_is_commutative(a in known_state(), b in known_state()) {
        prop_assert_eq!(joined(&a, &b), joined(&b, &a));
    }

    #[test]
    fn join_is_idempotent(a in known_state()) {
        prop_assert_eq!(joined(&a, &a), a);
    }

    #[test]
    fn join_is_monotone(a in known_state(), above in known_state(), c in known_state()) {
        let b = joined(&a, &above);
        prop_assert!(joined(&a, &c).le(&joined(&b, &c)));
    }

    #[test]
    fn join_is_the_least_upper_bound(a in known_state(), b in known_state(), c in known_state()) {
        let both = joined(&a, &b);
        prop_assert!(a.le(&both) && b.le(&both));
        prop_assert_eq!(a.le(&c) && b.le(&c), both.le(&c));
    }

    #[test]
    fn le_is_the_order_of_the_join(a in known_state(), b in known_state()) {
        prop_assert_eq!(a.le(&b), joined(&a, &b) == b);
        prop_assert_eq!(a.le(&b) && b.le(&a), a == b);
    }

    #[test]
    fn join_says_whether_anything_grew(a in known_state(), b in known_state()) {
        let mut all = a.clone();
        prop_assert_eq!(all.join(&b), all != a);
    }

    #[test]
    fn empty_is_the_bottom(a in known_state()) {
        prop_assert!(KnownState::EMPTY.le(&a));
        prop_assert_eq!(a.le(&KnownState::EMPTY), a.is_empty());
        prop_assert_eq!(joined(&a, &KnownState::EMPTY), a);
    }

    #[test]
    fn join_takes_the_larger_of_each_component(a in known_state(), b in known_state(), session in session_id()) {
        let both = joined(&a, &b);
        prop_assert_eq!(both.header, a.header || b.header);
        prop_assert_eq!(both.count(session), a.count(session).max(b.count(session)));
    }

    #[test]
    fn raise_is_a_join_with_one_session(a in known_state(), session in session_id(), count in 0..5_u32) {
        let mut raised = a.clone();
        prop_assert_eq!(raised.raise(session, count), count > a.count(session));
        prop_assert_eq!(raised, joined(&a, &KnownState::new(false, [(session, count)])));
    }

    #[test]
    fn le_except_leaves_sessions_out(a in known_state(), b in known_state(), session in session_id()) {
        let others = a.sessions().filter(|(s, _)| *s != session);
        let without = KnownState::new(a.header, others);
        prop_assert_eq!(a.le_except(&b, |s| s == session), without.le(&b));
    }

    #[test]
    fn beyond_is_what_a_join_would_raise(a in known_state(), b in known_state()) {
        let mut more = Vec::new();
        let none = a.beyond(&b, |session, mine, theirs| {
            more.push((session, mine, theirs));
            None::<()>
        });
        let raised = a.sessions().filter(|(session, count)| *count > b.count(*session));
        let raised: Vec<_> = raised.map(|(session, count)| (session, count, b.count(session))).collect();
        prop_assert_eq!(none, None);
        prop_assert_eq!(&more, &raised);
        prop_assert_eq!(a.beyond(&b, |session, _, _| Some(session)), raised.first().map(|(session, ..)| *session));
    }

    #[test]
    fn sessions_are_listed_once_and_in_order(a in known_state(), b in known_state()) {
        let mixed = KnownState::new(a.header, b.sessions().chain(a.sessions()));
        prop_assert!(mixed.sessions().is_sorted_by(|(one, _), (next, _)| one < next));
        prop_assert_eq!(mixed.transactions(), mixed.sessions().map(|(_, count)| u64::from(count)).sum::<u64>());
        let mut both = joined(&a, &b);
        both.header = a.header;
        prop_assert_eq!(mixed, both);
    }
}
