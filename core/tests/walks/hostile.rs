//! A peer that says anything at all: nothing panics, nothing forged is stored, and the state stays whole.

use crate::judge::{TestNode, peer};
use crate::rng::Rng;
use cosim_core::{
    CoId, Config, ConnectionId, Content, Envelope, FastCrypto, FastHeader, FastTransaction, Hint, Input,
    Known, KnownState, Message, Node, Output, Relationship, SessionContent, SessionId, Span, Time, state,
};

const EDGES: [u32; 6] = [0, 1, 2, 3, u32::MAX - 1, u32::MAX];
const ID: CoId = CoId(0);
/// The session in which the node itself writes.
const OWN: SessionId = SessionId(0);

fn known(rng: &mut Rng) -> KnownState {
    let sessions: Vec<_> =
        (0..rng.below(3)).map(|_| (SessionId(rng.pick(&[0, 1, 2])), rng.pick(&EDGES))).collect();
    KnownState::new(rng.percent(50), sessions)
}

fn content(rng: &mut Rng) -> Content<FastCrypto> {
    let header = rng.percent(50).then(|| FastHeader::new(CoId(rng.pick(&[0, 0, 1]))));
    let pieces = rng.below(3);
    let new = (0..pieces).map(|_| {
        let new_transactions = (0..rng.below(3)).map(|_| FastTransaction::new(Time::ZERO, 666, 1)).collect();
        let piece =
            SessionContent { after: rng.pick(&EDGES), new_transactions, last_signature: rng.below(3) };
        (SessionId(rng.pick(&[0, 1, 2])), piece)
    });
    Content { id: ID, header, new: new.collect(), hint: Hint::default() }
}

fn message(rng: &mut Rng) -> Message<FastCrypto> {
    match rng.below(5) {
        0 => Message::Load { id: ID, known: known(rng), safe: false },
        1 | 2 => {
            let (known, is_correction) = (known(rng), rng.percent(50));
            Message::Known(Known { id: ID, known, is_correction, safe: None })
        }
        3 => Message::Content(content(rng)),
        _ => Message::Done { id: ID },
    }
}

fn input(rng: &mut Rng) -> Input<FastCrypto> {
    let transactions = vec![FastTransaction::new(Time::ZERO, 1, 1)];
    match rng.below(20) {
        0 => Input::Create { id: ID, header: FastHeader::new(CoId(0)) },
        1 => Input::Edit { id: ID, session: OWN, transactions },
        2 => Input::Load { id: ID },
        3 => Input::Done { id: ID },
        4 | 5 => Input::Deadline,
        _ => {
            let (n, re) = (rng.pick(&EDGES), rng.pick(&EDGES));
            let envelope = Envelope { n, re, message: message(rng) };
            Input::Received {
                peer: peer(rng.pick(&[1, 2, 3])),
                connection: ConnectionId(rng.pick(&[1, 1, 2])),
                envelope,
            }
        }
    }
}

/// Plays one conversation.
pub(crate) fn converse(seed: u64) {
    let mut rng = Rng::new(seed);
    let mut node: TestNode = Node::new(Config::default(), FastCrypto);
    let mut now = Time::ZERO;
    let relationships = [Relationship::SyncAllOurs, Relationship::SyncTheirs, Relationship::SyncCommon];
    for (i, relationship) in relationships.into_iter().enumerate() {
        let connected =
            Input::Connected { peer: peer(i + 1), connection: ConnectionId(1), relationship, priority: 0 };
        node.handle(now, connected).expect("a connection is never refused");
    }
    for _ in 0..60 {
        now += Span::from_ms(rng.pick(&[0, 1, 1000, 20_000]));
        let input = input(&mut rng);
        let woken = matches!(input, Input::Deadline);
        let by_app = !matches!(input, Input::Received { .. } | Input::Deadline);
        let result = node.handle(now, input);
        assert!(by_app || result.is_ok(), "what a peer says is never an error");
        let sent =
            std::iter::from_fn(|| node.poll_output()).filter(|o| matches!(o, Output::Send { .. })).count();
        assert!(sent <= 12, "seed {seed}: {sent} messages for one input");
        assert_eq!(state::check_invariants(node.state()), Ok(()), "seed {seed}");
        let late = node.next_deadline().is_some_and(|(at, _)| at <= now);
        assert!(!woken || !late, "seed {seed}: a deadline in the past");
        let forged =
            node.state().co_values.values().flat_map(|co| co.sessions.keys()).any(|session| session != OWN);
        assert!(!forged, "seed {seed}: a forged session is stored");
    }
}
