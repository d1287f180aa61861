//! Drawn events: one of each kind, about two nodes and two CoValues, with whatever numbers and words.

use cosim_core::{CoId, Known, KnownState, Message, Reach, SessionId, TimerKind};
use cosim_testbed::cojson::session;
use cosim_testbed::host::NodeId;
use cosim_testbed::log::{
    Body, ByPeer, Change, Digest, Due, End, Event, KnownChange, Looks, Mail, Outcome, Piece, Reason, Wait,
    Way, When,
};
use cosim_testbed::observer::Loss;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

fn node() -> impl Strategy<Value = NodeId> {
    (0..2_u32).prop_map(NodeId)
}

fn co_value() -> impl Strategy<Value = CoId> {
    (0..2_u32).prop_map(CoId)
}

fn end() -> impl Strategy<Value = End<NodeId>> {
    (node(), node(), any::<u32>()).prop_map(|(node, peer, connection)| End { node, peer, connection })
}

fn piece() -> impl Strategy<Value = Piece<SessionId>> {
    (node(), 0..9_u32, 0..99_u32, 0..99_u32).prop_map(|(node, life, after, count)| Piece {
        session: session(node, life),
        after,
        count,
    })
}

fn mail() -> impl Strategy<Value = Mail> {
    let message = (co_value(), any::<bool>(), piece(), 0..4_u8).prop_map(|(id, flag, piece, kind)| {
        let mut known = KnownState::new(true, []);
        known.raise(piece.session, piece.after + 1);
        let says = json!({ "kind": "put", "flag": flag });
        Body::CoJson(match kind {
            0 => Message::Load { id, known, safe: flag },
            1 => {
                let safe = flag.then(|| known.clone());
                Message::Known(Known { id, known, is_correction: flag, safe })
            }
            2 => Message::Done { id },
            _ => return Body::Guest { kind: "put".to_owned(), id, says },
        })
    });
    (any::<u64>(), end(), any::<u32>(), any::<u32>(), message).prop_map(|(number, end, n, re, message)| {
        Mail { number, from: end.node, to: end.peer, connection: end.connection, n, re, message }
    })
}

fn way() -> impl Strategy<Value = Way> {
    let span = || any::<Option<u64>>();
    let part = || any::<Option<u32>>();
    (any::<u8>(), any::<u64>(), span(), span(), span(), part(), part()).prop_map(
        |(copies, latency, reordered, duplicate, replayed, damaged, truncated)| Way {
            copies,
            latency,
            reordered,
            duplicate,
            replayed,
            damaged,
            truncated,
        },
    )
}

const TIMERS: [TimerKind; 6] = [
    TimerKind::Load,
    TimerKind::Announce,
    TimerKind::Acknowledge,
    TimerKind::Pull,
    TimerKind::Store,
    TimerKind::Safe,
];

fn due() -> impl Strategy<Value = Due<NodeId, CoId>> {
    (co_value(), node(), select(&TIMERS[..])).prop_map(|(id, peer, why)| Due { id, peer, why })
}

fn reason() -> impl Strategy<Value = Reason> {
    let plain = [
        Reason::Down,
        Reason::AlreadySo,
        Reason::NoDisk,
        Reason::NoBackup,
        Reason::EmptyDisk,
        Reason::LastCopy,
        Reason::Absent,
        Reason::Gone,
        Reason::Offline,
        Reason::Asleep,
    ];
    prop_oneof![Just(plain).prop_flat_map(|plain| select(plain.to_vec())), ".*".prop_map(Reason::Refused)]
}

fn known_change() -> impl Strategy<Value = KnownChange<SessionId>> {
    let sessions =
        btree_map((node(), 0..9_u32).prop_map(|(node, life)| session(node, life)), 0..99_u32, 0..3);
    (any::<Option<bool>>(), sessions).prop_map(|(header, sessions)| KnownChange { header, sessions })
}

fn by_peer() -> impl Strategy<Value = ByPeer<NodeId, SessionId>> {
    btree_map(node(), of(known_change()), 0..3)
}

fn change() -> impl Strategy<Value = Change<NodeId, SessionId>> {
    let wait = (any::<u64>(), node(), select(&TIMERS[..]));
    let waits = vec(wait.prop_map(|(until, peer, why)| Wait { until, peer, why }), 0..3);
    (
        any::<Option<bool>>(),
        known_change(),
        of(known_change()),
        by_peer(),
        by_peer(),
        by_peer(),
        of(waits),
        any::<Option<Option<u64>>>(),
    )
        .prop_map(|(entry, known, durable, told, assumed, confirmed, waits, shown)| Change {
            entry,
            known,
            durable,
            told,
            assumed,
            confirmed,
            waits,
            shown: shown.map(|shown| shown.map(Digest)),
        })
}

fn looks() -> impl Strategy<Value = Looks<NodeId, CoId>> {
    let when = select(vec![When::Step, When::Deadline, When::Rest, When::Restless]);
    let (looks, violated) = (btree_map(".*", any::<u64>(), 0..3), btree_map(".*", ".*", 0..2));
    (when, of(node()), of(node()), vec(co_value(), 0..3), looks, violated)
        .prop_map(|(when, node, peer, ids, looks, violated)| Looks { when, node, peer, ids, looks, violated })
}

const LOSSES: [Loss; 5] = [Loss::Partition, Loss::Chance, Loss::Overflow, Loss::Filter, Loss::Undecodable];
const OUTCOMES: [Outcome; 5] =
    [Outcome::Written, Outcome::Full, Outcome::Nothing, Outcome::Torn, Outcome::Whole];

/// An event of each kind, in the order in which they are declared.
pub(crate) fn each_kind() -> Vec<BoxedStrategy<Event>> {
    vec![
        (".*", ".*", vec(node(), 0..3), of(co_value()))
            .prop_map(|(name, text, nodes, id)| Event::Operation { name, text, nodes, id })
            .boxed(),
        (".*", reason()).prop_map(|(name, why)| Event::Skipped { name, why }).boxed(),
        node().prop_map(|node| Event::Down { node }).boxed(),
        node().prop_map(|node| Event::Up { node }).boxed(),
        end().prop_map(Event::Connected).boxed(),
        end().prop_map(Event::Disconnected).boxed(),
        end().prop_map(Event::Closed).boxed(),
        node().prop_map(|node| Event::Asleep { node }).boxed(),
        node().prop_map(|node| Event::Awake { node }).boxed(),
        node().prop_map(|node| Event::Offline { node }).boxed(),
        node().prop_map(|node| Event::Online { node }).boxed(),
        (node(), of(due())).prop_map(|(node, due)| Event::Timer { node, due }).boxed(),
        (mail(), of(select(&LOSSES[..])), any::<bool>(), of(way()))
            .prop_map(|(mail, why, held, way)| Event::Sent { mail, why, held, way })
            .boxed(),
        (mail(), any::<(u64, u64, bool, bool, bool)>())
            .prop_map(|(mail, (sent_at, sent_in, again, stale, damaged))| Event::Delivered {
                mail,
                sent_at,
                sent_in,
                again,
                stale,
                damaged,
            })
            .boxed(),
        end().prop_map(Event::Blocked).boxed(),
        end().prop_map(Event::Writable).boxed(),
        (node(), co_value(), of(piece()), select(&OUTCOMES[..]))
            .prop_map(|(node, id, piece, outcome)| Event::Disk { node, id, piece, outcome })
            .boxed(),
        (node(), any::<u64>(), select(&OUTCOMES[..]))
            .prop_map(|(node, number, outcome)| Event::Committed { node, number, outcome })
            .boxed(),
        (node(), any::<(u32, u32, u32)>())
            .prop_map(|(node, (pending, kept, torn))| Event::Cut { node, pending, kept, torn })
            .boxed(),
        (node(), any::<(u32, u32, u32, u32, bool)>())
            .prop_map(|(node, (records, damaged, unfit, waiting, new_session))| Event::Recovered {
                node,
                records,
                damaged,
                unfit,
                waiting,
                new_session,
            })
            .boxed(),
        (node(), co_value(), piece())
            .prop_map(|(node, id, piece)| Event::WriteFailed { node, id, piece })
            .boxed(),
        (end(), co_value(), piece(), select(&[Reach::Sent, Reach::Held, Reach::Safe][..]))
            .prop_map(|(end, id, Piece { session, count, .. }, reach)| Event::Uploaded {
                node: end.node,
                peer: end.peer,
                id,
                session,
                count,
                reach,
            })
            .boxed(),
        (node(), co_value(), any::<bool>())
            .prop_map(|(node, id, available)| Event::LoadEnded { node, id, available })
            .boxed(),
        Just(Event::Liveness {}).boxed(),
        (node(), co_value(), change())
            .prop_map(|(node, id, change)| Event::State { node, id, change })
            .boxed(),
        looks().prop_map(Event::Looks).boxed(),
        "[a-z ]{0,9}".prop_map(|why| Event::GuestFailed { why }).boxed(),
    ]
}
