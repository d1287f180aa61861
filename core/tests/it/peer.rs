//! A node and a published peer, whose messages come without an envelope.

use cosim_core::interop::Numbering;
use cosim_core::real::{AgentSecret, Header, MadeAt, Owner, Transaction};
use cosim_core::{
    CoId, Config, ConnectionId, Content, Envelope, FastCrypto, FastHeader, Hint, Input, Known, KnownState,
    Message, Node, Output, PeerId, RealCrypto, Relationship, SessionContent, SessionId, Time, VecMap,
};
use serde_json::{Map, json};

const ID: CoId = CoId(3);
const SESSION: SessionId = SessionId(1);

fn load(n: u32, header: bool) -> Envelope<FastCrypto> {
    Envelope { n, re: 0, message: Message::Load { id: ID, known: KnownState::new(header, []), safe: false } }
}

fn content(n: u32, header: bool, after: u32) -> Envelope<FastCrypto> {
    let piece = SessionContent { after, new_transactions: Vec::new(), last_signature: 0 };
    let mut new = VecMap::new();
    new.insert(SESSION, piece);
    let header = header.then(|| FastHeader::new(ID));
    Envelope { n, re: 0, message: Message::Content(Content { id: ID, header, new, hint: Hint::default() }) }
}

fn known(count: u32, is_correction: bool) -> Message<FastCrypto> {
    let known = KnownState::new(true, [(SESSION, count)]);
    Message::Known(Known { id: ID, known, is_correction, safe: None })
}

/// What each of these answers, after these were sent.
fn answers<const N: usize>(sent: &[Envelope<FastCrypto>], received: [Message<FastCrypto>; N]) -> [u32; N] {
    let mut numbering = Numbering::new();
    sent.iter().for_each(|envelope| numbering.sent(envelope));
    let mut n = 0;
    received.map(|message| {
        let envelope = numbering.received(message);
        n += 1;
        assert_eq!(envelope.n, n, "messages are numbered as they come");
        envelope.re
    })
}

#[test]
fn a_known_answers_a_load_before_content() {
    let sent = [content(1, true, 0), load(2, true), content(3, false, 1)];
    assert_eq!(answers(&sent, [0, 1, 1, 1].map(|count| known(count, false))), [2, 1, 3, 0]);
}

#[test]
fn a_correction_answers_what_builds_on_what_is_missing() {
    let sent = [content(1, true, 0), content(2, false, 1), content(3, false, 2)];
    assert_eq!(
        answers(&sent, [known(1, true), known(1, true), known(1, true), known(1, true)]),
        [3, 1, 2, 0]
    );
}

#[test]
fn content_answers_a_load_without_header() {
    let came = || content(1, true, 0).message;
    assert_eq!(answers(&[load(1, true), load(2, false)], [came(), came()]), [2, 0]);
    let other = Message::Load { id: CoId(4), known: KnownState::EMPTY, safe: false };
    assert_eq!(answers(&[load(1, false)], [other, Message::Done { id: ID }, came()]), [0, 0, 1]);
}

#[test]
fn what_is_never_answered_is_forgotten_at_last() {
    let sent: Vec<_> = (1..=70).map(|n| content(n, false, n)).collect();
    assert_eq!(answers(&sent, [known(70, false)]), [7]);
}

/// The package acknowledges content that brings the header, and no other.
#[test]
fn a_large_value_reaches_a_peer_that_does_not_acknowledge() {
    const PARTS: u32 = 30;
    let secret = AgentSecret::from_seed(&[3; 32]);
    let name = Owner::Agent(&secret.id().to_string()).session(&[9; 8]);
    let header = Header::new(Map::new());
    let mut crypto = RealCrypto::new();
    let (id, session) =
        (crypto.co_value(&header.id()).expect("an id"), crypto.session(&name).expect("an id"));
    crypto.own(session, secret.signer);
    let mut node = Node::new(Config::default(), crypto);
    let (peer, connection) = (PeerId(0), ConnectionId(1));
    let mut inputs = vec![Input::Create { id, header }];
    for part in 0..PARTS {
        let changes = json!([{"op": "set", "key": part.to_string(), "value": "x".repeat(60 * 1024)}]);
        let transactions = vec![Transaction::trusting(MadeAt::from_ms(part.into()), &changes)];
        inputs.push(Input::Edit { id, session, transactions });
    }
    let relationship = Relationship::SyncAllOurs;
    inputs.push(Input::Connected { peer, connection, relationship, priority: 0 });
    inputs.reverse();

    let (mut numbering, mut held, mut contents) = (Numbering::new(), KnownState::EMPTY, 0);
    while let Some(input) = inputs.pop() {
        node.handle(Time::ZERO, input).expect("nothing is wrong with it");
        while let Some(output) = node.poll_output() {
            let Output::Send { envelope, .. } = output else { continue };
            numbering.sent(&envelope);
            let answers = match &envelope.message {
                Message::Load { .. } => true,
                Message::Content(content) => {
                    let fits = content.new.iter().all(|(session, piece)| piece.after == held.count(session));
                    assert!(fits, "pieces go on where the one before ended");
                    held.join(&content.known());
                    contents += 1;
                    content.header.is_some()
                }
                Message::Known(_) | Message::Done { .. } => false,
            };
            if answers {
                let known = Known { id, known: held.clone(), is_correction: false, safe: None };
                let envelope = numbering.received(Message::Known(known));
                inputs.push(Input::Received { peer, connection, envelope });
            }
        }
    }
    assert_eq!((held.count(session), contents), (PARTS, PARTS));
}
