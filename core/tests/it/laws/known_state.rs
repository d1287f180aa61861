//! Known states are a join semilattice: that late, doubled and reordered statements do no harm rests on it.

use super::arbitrary::{known_state, session_id};
use cosim_core::KnownState;
use proptest::prelude::*;

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
}
