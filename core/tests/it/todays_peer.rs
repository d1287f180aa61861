//! A node and a peer that runs today's version of the package: what that one trusts and claims, and how it is answered.

use cosim_core::interop::Numbering;
use cosim_core::real::wire;
use cosim_core::real::{Header, MadeAt, Signature, Transaction};
use cosim_core::view::Dialect;
use cosim_core::{
    CoId, Config, ConnectionId, Content, FastCrypto, FastHeader, FastTransaction, Hint, Input, Known,
    KnownState, Message, Node, Output, PeerId, RealCrypto, Relationship, SessionId, Time, VecMap,
};
use serde_json::{Map, json};

const PEER: PeerId = PeerId(0);
const CONNECTION: ConnectionId = ConnectionId(1);
const MAP: CoId = CoId(3);
const GROUP: CoId = CoId(4);
const SESSION: SessionId = SessionId(1);

/// A node with a client, and what it says.
struct Served {
    node: Node<FastCrypto>,
    numbering: Numbering,
}

impl Served {
    fn by(relationship: Relationship) -> Served {
        let mut served =
            Served { node: Node::new(Config::default(), FastCrypto), numbering: Numbering::new() };
        served.input(Input::Connected { peer: PEER, connection: CONNECTION, relationship, priority: 0 });
        served
    }

    fn input(&mut self, input: Input<FastCrypto>) -> Vec<Message<FastCrypto>> {
        self.node.handle(Time::ZERO, input).expect("nothing is wrong with it");
        let mut said = Vec::new();
        while let Some(output) = self.node.poll_output() {
            let Output::Send { envelope, .. } = output else { continue };
            self.numbering.sent(&envelope);
            said.push(envelope.message);
        }
        said
    }

    /// Hears what the peer says, and gives what the node says and what the peer is asked for besides.
    fn hear(&mut self, message: Message<FastCrypto>) -> Vec<Message<FastCrypto>> {
        if let Message::Known(Known { id, known, is_correction: true, .. }) = &message {
            self.node.take_back(PEER, CONNECTION, *id, known);
        }
        let envelope = self.numbering.received(message);
        let mut said = self.input(Input::Received { peer: PEER, connection: CONNECTION, envelope });
        said.extend(self.numbering.to_ask(&self.node, PEER));
        said
    }

    fn write(&mut self) -> Vec<Message<FastCrypto>> {
        let transactions = vec![FastTransaction::new(Time::ZERO, 1, 1)];
        self.input(Input::Edit { id: MAP, session: SESSION, transactions })
    }
}

fn known(id: CoId, header: bool, count: u32, is_correction: bool) -> Message<FastCrypto> {
    let known = KnownState::new(header, [(SESSION, count)]);
    Message::Known(Known { id, known, is_correction, safe: None })
}

fn load(id: CoId, known: KnownState) -> Message<FastCrypto> {
    Message::Load { id, known, safe: false }
}

/// Where each content begins.
fn starts(said: &[Message<FastCrypto>]) -> Vec<u32> {
    let contents = said.iter().filter_map(|message| match message {
        Message::Content(content) => content.new.get(SESSION).map(|piece| piece.after),
        Message::Load { .. } | Message::Known(_) | Message::Done { .. } => None,
    });
    contents.collect()
}

/// A client's connection was cut between two pieces. It claims to hold what it was told to expect.
#[test]
fn a_claim_that_is_taken_back_is_believed_no_longer() {
    let mut served = Served::by(Relationship::SyncTheirs);
    served.input(Input::Create { id: MAP, header: FastHeader::new(MAP) });
    for _ in 0..3 {
        served.write();
    }
    let said = served.hear(load(MAP, KnownState::new(true, [(SESSION, 3)])));
    assert_eq!(said, [known(MAP, true, 3, false)]);
    assert_eq!(starts(&served.write()), [3]);
    assert_eq!(starts(&served.hear(known(MAP, true, 1, true))), [1], "all that it lacks is sent again");
    assert!(served.hear(known(MAP, true, 4, false)).is_empty());
    assert_eq!(served.node.next_deadline(), None, "and that is all");
}

#[test]
fn a_correction_that_says_more_takes_nothing_back() {
    let mut served = Served::by(Relationship::SyncTheirs);
    served.input(Input::Create { id: MAP, header: FastHeader::new(MAP) });
    served.write();
    served.hear(load(MAP, KnownState::new(true, [(SESSION, 1)])));
    served.write();
    let before = served.node.clone();
    served.node.take_back(PEER, CONNECTION, MAP, &KnownState::new(true, [(SESSION, 2)]));
    served.node.take_back(PEER, ConnectionId(9), MAP, &KnownState::EMPTY);
    served.node.take_back(PeerId(7), CONNECTION, MAP, &KnownState::EMPTY);
    served.node.take_back(PEER, CONNECTION, GROUP, &KnownState::EMPTY);
    assert_eq!(served.node, before);
}

/// A client that trusts what it knew of its server before sends nothing, though it is told that all is lost.
#[test]
fn a_client_is_asked_for_what_it_claims_and_does_not_send() {
    let mut served = Served::by(Relationship::SyncTheirs);
    let said = served.hear(load(MAP, KnownState::new(true, [(SESSION, 1)])));
    assert_eq!(
        said,
        [Message::Known(Known { id: MAP, known: KnownState::EMPTY, is_correction: false, safe: None })]
    );
    let (at, _) = served.node.next_deadline().expect("it waits for the client");
    served.node.handle(at, Input::Deadline).expect("nothing is wrong with it");
    let output = served.node.poll_output();
    let asked = matches!(output, Some(Output::Send { envelope, .. }) if envelope.message == load(MAP, KnownState::EMPTY));
    assert!(asked, "then it asks");
}

fn map_of_group() -> Message<FastCrypto> {
    let header = FastHeader::depending_on(MAP, vec![GROUP]);
    Message::Content(Content { id: MAP, header: Some(header), new: VecMap::new(), hint: Hint::default() })
}

fn holds(served: &Served, id: CoId) -> bool {
    served.node.state().co_values.get(&id).is_some_and(|co| co.header.is_some())
}

/// A client that trusts that its server still has the group sends the map alone.
#[test]
fn a_client_is_asked_once_for_what_its_content_rests_on() {
    let mut served = Served::by(Relationship::SyncTheirs);
    let said = served.hear(map_of_group());
    assert_eq!(said.last(), Some(&load(GROUP, KnownState::EMPTY)));
    assert!(!served.hear(map_of_group()).contains(&load(GROUP, KnownState::EMPTY)), "it is asked already");
    assert!(!holds(&served, MAP));
    let group = Content {
        id: GROUP,
        header: Some(FastHeader::new(GROUP)),
        new: VecMap::new(),
        hint: Hint::default(),
    };
    served.hear(Message::Content(group));
    assert!(holds(&served, MAP) && holds(&served, GROUP));
}

/// A server is asked by the node itself.
#[test]
fn a_server_is_not_asked_twice() {
    let mut served = Served::by(Relationship::SyncAllOurs);
    let said = served.hear(map_of_group());
    let asks = said.iter().filter(|message| **message == load(GROUP, KnownState::EMPTY));
    assert_eq!(asks.count(), 1);
}

fn piece(id: &str, session: &str, after: u64, count: usize) -> wire::Message {
    let transaction = Transaction::trusting(MadeAt::from_ms(1), &json!([]));
    let piece = wire::SessionContent {
        after,
        new_transactions: vec![transaction; count],
        last_signature: Signature::new("signature_z1"),
    };
    wire::Message::Content(wire::Content {
        id: id.into(),
        header: (after == 0).then(|| Header::new(Map::new())),
        priority: None,
        new: vec![(session.into(), piece)],
        expect_content_until: None,
    })
}

fn until(message: &wire::Message) -> Option<Vec<(String, u64)>> {
    let wire::Message::Content(content) = message else { return None };
    content.expect_content_until.clone()
}

#[test]
fn the_first_of_several_pieces_says_how_far_they_go() {
    let pieces = || {
        let load = wire::Message::Load(wire::KnownState::empty("co_zA"));
        [
            piece("co_zA", "s", 0, 2),
            load,
            piece("co_zB", "s", 0, 1),
            piece("co_zA", "s", 2, 3),
            piece("co_zA", "t", 4, 1),
        ]
    };
    let mut said = pieces();
    RealCrypto::by(Dialect::V0_20).announce_pieces(&mut said);
    let ends = vec![("s".to_owned(), 5), ("t".to_owned(), 5)];
    assert_eq!(said.each_ref().map(until), [Some(ends), None, None, None, None]);
    let text = serde_json::to_string(&said[0]).expect("JSON");
    assert!(text.ends_with(r#""expectContentUntil":{"s":5,"t":5}}"#), "{text}");
    assert_eq!(wire::Message::from_json_str(&text).as_ref(), Ok(&said[0]));

    let mut said = pieces();
    RealCrypto::by(Dialect::V0_7).announce_pieces(&mut said);
    assert_eq!(said, pieces(), "the older version knows nothing of it");
}
