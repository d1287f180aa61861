//! A peer that refuses content: it is sent again a bounded number of times, in case it was damaged on its way, and then
//! there is silence (rule 5).

use cosim_core::{
    CoId, Config, ConnectionId, Envelope, FastCrypto, FastHeader, FastTransaction, Input, Known, KnownState,
    Message, Node, Output, PeerId, Relationship, SessionId, Time,
};

const ID: CoId = CoId(0);
const PEER: PeerId = PeerId(1);
const CONNECTION: ConnectionId = ConnectionId(1);
const SESSION: SessionId = SessionId(7);

/// A node with a server that takes nothing but the header.
struct Refused {
    node: Node<FastCrypto>,
    now: Time,
    /// How many messages the server has sent.
    said: u32,
    /// How many contents it has refused.
    contents: u32,
}

impl Refused {
    fn new() -> Refused {
        let node = Node::new(Config::default(), FastCrypto);
        let mut refused = Refused { node, now: Time::ZERO, said: 0, contents: 0 };
        refused.input(Input::Create { id: ID, header: FastHeader::new(ID) });
        refused.edit();
        refused.input(Input::Connected {
            peer: PEER,
            connection: CONNECTION,
            relationship: Relationship::SyncAllOurs,
            priority: 0,
        });
        refused
    }

    fn edit(&mut self) {
        let transactions = vec![FastTransaction::new(self.now, 1, 10)];
        self.input(Input::Edit { id: ID, session: SESSION, transactions });
    }

    fn input(&mut self, input: Input<FastCrypto>) {
        self.node.handle(self.now, input).expect("nothing here is refused to the app");
        while let Some(output) = self.node.poll_output() {
            if let Output::Send { envelope, .. } = output {
                self.answer(&envelope);
            }
        }
    }

    fn answer(&mut self, envelope: &Envelope<FastCrypto>) {
        let is_correction = match envelope.message {
            Message::Load { .. } => false,
            Message::Content(_) => {
                self.contents += 1;
                true
            }
            Message::Known(_) | Message::Done { .. } => return,
        };
        let known = KnownState::new(true, []);
        self.say(envelope.n, Message::Known(Known { id: ID, known, is_correction, safe: None }));
    }

    fn say(&mut self, re: u32, message: Message<FastCrypto>) {
        self.said += 1;
        let envelope = Envelope { n: self.said, re, message };
        self.input(Input::Received { peer: PEER, connection: CONNECTION, envelope });
    }

    /// Lets every deadline pass that there is.
    fn rest(&mut self) {
        for _ in 0..100 {
            let Some((at, _)) = self.node.next_deadline() else { return };
            self.now = at;
            self.input(Input::Deadline);
        }
        panic!("there is no silence");
    }

    fn error(&self) -> Option<&str> {
        self.node.state().co_values[&ID].sync.get(PEER).and_then(|sync| sync.error.as_deref())
    }
}

#[test]
fn refused_content_is_sent_six_times_more_and_then_never_again() {
    let mut refused = Refused::new();
    assert_eq!(refused.contents, 1);
    refused.rest();
    assert_eq!(refused.contents, 7);
    assert!(refused.now < Time::from_us(60_000_000), "{}", refused.now);
    assert_eq!(refused.error(), Some("refused: session7 from 0"));
    refused.edit();
    refused.rest();
    assert_eq!(refused.contents, 7, "more of the same session is no reason to try again");
}

#[test]
fn a_load_is_a_reason_to_try_again() {
    let mut refused = Refused::new();
    refused.rest();
    refused.say(0, Message::Load { id: ID, known: KnownState::new(true, []), safe: false });
    refused.rest();
    assert_eq!(refused.contents, 14);
}

#[test]
fn what_is_taken_at_last_is_no_error() {
    let mut refused = Refused::new();
    let (at, _) = refused.node.next_deadline().expect("it will be tried again");
    refused.now = at;
    refused.input(Input::Deadline);
    let known = KnownState::new(true, [(SESSION, 1)]);
    refused.say(0, Message::Known(Known { id: ID, known, is_correction: false, safe: None }));
    assert_eq!(refused.error(), None);
    refused.rest();
}
