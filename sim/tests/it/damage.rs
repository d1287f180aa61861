//! Damaged content never verifies, and nothing else can be read once it is damaged.

use cosim_core::{
    CoId, Content, Crypto as _, Envelope, Hint, KnownState, Message, SessionContent, SessionId, VecMap,
};
use cosim_testbed::cojson::{Header, Packet, SimCrypto, Transaction};
use cosim_testbed::host::{Damage, SimMessage};
use cosim_testbed::log::{Body, Event, Limit};
use cosim_testbed::run::{Options, Outcome, run};
use cosim_testbed::scenario::{Crypto, parse};
use proptest::prelude::*;
use std::sync::Arc;

const ID: CoId = CoId(3);

fn transactions() -> impl Strategy<Value = Vec<Transaction>> {
    let one = (any::<u64>(), any::<u64>(), any::<u32>());
    let one = one.prop_map(|(made_at, payload, size)| Transaction {
        made_at,
        payload,
        size,
        depends_on: None,
        said: None,
    });
    prop::collection::vec(one, 1..5)
}

fn content() -> impl Strategy<Value = Content<SimCrypto>> {
    (any::<bool>(), prop::collection::vec(transactions(), 1..4)).prop_map(|(header, sessions)| {
        let mut new = VecMap::new();
        for (session, new_transactions) in (1..).map(SessionId).zip(sessions) {
            let last_signature = SimCrypto::default().sign(ID, session, None, &new_transactions).signature;
            new.insert(session, SessionContent { after: 0, new_transactions, last_signature });
        }
        Content {
            id: ID,
            header: header.then_some(Header::new(ID, Vec::new(), None)),
            new,
            hint: Hint::default(),
        }
    })
}

fn damaged(content: &Content<SimCrypto>, damage: Damage) -> Option<Content<SimCrypto>> {
    let envelope = Packet::Ours(Envelope { n: 2, re: 1, message: Message::Content(content.clone()) });
    let damaged = envelope.damaged(damage)?;
    let damaged = damaged.envelope()?.clone();
    assert_eq!((damaged.n, damaged.re), (2, 1));
    let Message::Content(content) = damaged.message else { panic!("content stays content") };
    Some(content)
}

/// How many parts of it, the header and each session, a receiver would refuse or find empty.
fn mistaken(content: &Content<SimCrypto>) -> usize {
    let header =
        content.header.as_ref().is_some_and(|header| !SimCrypto::default().verify_header(ID, header));
    let sessions = content.new.iter().filter(|(session, piece)| {
        let verified =
            SimCrypto::default().verify(ID, *session, None, &piece.new_transactions, &piece.last_signature);
        piece.new_transactions.is_empty() || verified.is_none()
    });
    usize::from(header) + sessions.count()
}

proptest! {
    #[test]
    fn one_bit_is_one_mistake(content in content(), place: u32) {
        prop_assert_eq!(mistaken(&content), 0);
        let flipped = damaged(&content, Damage::Flip(place)).expect("there is something to flip");
        prop_assert_eq!(mistaken(&flipped), 1);
        let back = damaged(&flipped, Damage::Flip(place)).expect("there is something to flip");
        prop_assert_eq!(back, content);
    }

    #[test]
    fn what_is_cut_off_is_missed(content in content(), place: u32) {
        let count = |content: &Content<SimCrypto>| {
            content.new.values().map(|piece| piece.new_transactions.len()).sum::<usize>()
        };
        let cut = damaged(&content, Damage::CutOff(place)).expect("there is something to cut off");
        prop_assert_eq!(count(&cut), count(&content) - 1 - place as usize % count(&content));
        prop_assert!(mistaken(&cut) >= 1);
        prop_assert_eq!(cut.header, content.header);
    }
}

#[test]
fn nothing_is_made_of_other_messages() {
    let empty = Content { id: ID, header: None, new: VecMap::new(), hint: Hint::default() };
    let messages = [
        Message::Load { id: ID, known: KnownState::EMPTY, safe: false },
        Message::Done { id: ID },
        Message::Content(empty),
    ];
    for message in messages {
        let envelope = Packet::Ours(Envelope { n: 1, re: 0, message });
        assert_eq!(envelope.damaged(Damage::Flip(5)), None);
        assert_eq!(envelope.damaged(Damage::CutOff(5)), None);
    }
}

/// All that is sent in a story with groups, keys and every kind of CoValue, as it arrives at first.
fn sent(crypto: Crypto) -> (SimCrypto, Vec<Content<SimCrypto>>, Outcome) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/views/shared-document.json");
    let text = std::fs::read_to_string(path).expect("a scenario of ours");
    let scenario = parse(&text, path).unwrap_or_else(|problems| panic!("{problems}")).with_crypto(crypto);
    let outcome = run(&scenario, 1, Options::logged(Limit::All));
    let log = outcome.log.as_ref().expect("it was asked for");
    let contents = log.entries().filter_map(|entry| {
        let Event::Delivered { mail, .. } = &entry.what else { return None };
        let Body::CoJson(Message::Content(content)) = &mail.message else { return None };
        Some(content.clone())
    });
    (SimCrypto::new(Arc::clone(&scenario.directory)), contents.collect(), outcome)
}

/// How many parts of a content would be refused by who holds what comes before it.
fn refused(crypto: &SimCrypto, content: &Content<SimCrypto>, outcome: &Outcome) -> usize {
    let held = &outcome.states[0].co_values[&content.id];
    let header = content.header.as_ref().is_some_and(|header| !crypto.verify_header(content.id, header));
    let sessions = content.new.iter().filter(|(session, piece)| {
        let before = &held.sessions.get(*session).expect("it is held in the end").transactions;
        let mut log = before[..piece.after as usize].to_vec();
        log.extend_from_slice(&piece.new_transactions);
        crypto.verify(content.id, *session, None, &log, &piece.last_signature).is_none()
    });
    usize::from(header) + sessions.count()
}

/// Of headers, transactions and signatures alike, and whoever signs.
#[test]
fn one_bit_of_what_apps_write_is_one_mistake() {
    for crypto in [Crypto::Fast, Crypto::Real] {
        let (provider, contents, outcome) = sent(crypto);
        assert!(contents.len() > 10, "there is enough to damage");
        for content in &contents {
            assert_eq!(refused(&provider, content, &outcome), 0);
            for place in (0..2_000).step_by(7) {
                let flipped = damaged(content, Damage::Flip(place)).expect("there is something to flip");
                assert_eq!(
                    refused(&provider, &flipped, &outcome),
                    1,
                    "{crypto:?}, bit {place} of {content:?}"
                );
            }
        }
    }
}
