//! What a liar can do with content that waits for dependencies: hold up nobody else's, and fill no more than its share.

use cosim_core::node::NAMED_MAX;
use cosim_core::{
    CoId, Config, ConnectionId, Content, Crypto, Envelope, FastCrypto, FastHeader, FastTransaction, Hint,
    Input, Message, Node, PeerId, Relationship, SessionContent, SessionId, Time, VecMap,
};

const NOTES: CoId = CoId(1);
const ACCOUNT: CoId = CoId(2);
const GHOST: CoId = CoId(1_000_000);
const ALICE: PeerId = PeerId(0);
const MALLORY: PeerId = PeerId(1);

struct Server {
    node: Node<FastCrypto>,
    said: u32,
}

impl Server {
    /// With two clients.
    fn new() -> Server {
        let mut server = Server { node: Node::new(Config::default(), FastCrypto), said: 0 };
        for peer in [ALICE, MALLORY] {
            server.take(Input::Connected {
                peer,
                connection: ConnectionId(peer.0),
                relationship: Relationship::SyncTheirs,
                priority: 0,
            });
        }
        server
    }

    fn take(&mut self, input: Input<FastCrypto>) {
        self.node.handle(Time::ZERO, input).expect("what peers do is never refused");
        while self.node.poll_output().is_some() {}
    }

    fn hear(&mut self, peer: PeerId, content: Content<FastCrypto>) {
        self.said += 1;
        let envelope = Envelope { n: self.said, re: 0, message: Message::Content(content) };
        self.take(Input::Received { peer, connection: ConnectionId(peer.0), envelope });
    }

    fn count(&self, session: SessionId) -> u32 {
        self.node.state().co_values.get(&NOTES).map_or(0, |co_value| co_value.count(session))
    }
}

fn header(id: CoId) -> Content<FastCrypto> {
    Content { id, header: Some(FastHeader::new(id)), new: VecMap::new(), hint: Hint::default() }
}

/// Transactions of a peer's own session in the notes that depend on these, rightly signed.
fn depending(peer: PeerId, on: impl IntoIterator<Item = CoId>) -> Content<FastCrypto> {
    let transaction = |id| FastTransaction { depends_on: Some(id), ..FastTransaction::new(Time::ZERO, 1, 1) };
    let new_transactions: Vec<_> = on.into_iter().map(transaction).collect();
    let session = SessionId(peer.0);
    let last_signature = FastCrypto.sign(NOTES, session, None, &new_transactions).signature;
    let mut new = VecMap::new();
    new.insert(session, SessionContent { after: 0, new_transactions, last_signature });
    Content { id: NOTES, header: None, new, hint: Hint::default() }
}

#[test]
fn what_waits_for_a_ghost_holds_up_nothing_else() {
    let mut server = Server::new();
    server.hear(ALICE, header(NOTES));
    server.hear(MALLORY, depending(MALLORY, [GHOST]));
    server.hear(ALICE, depending(ALICE, [ACCOUNT]));
    assert_eq!(server.count(SessionId(ALICE.0)), 0, "it waits for the account");
    server.hear(ALICE, header(ACCOUNT));
    assert_eq!(server.count(SessionId(ALICE.0)), 1, "the account is here");
    assert_eq!(server.count(SessionId(MALLORY.0)), 0, "the ghost never comes");
    assert_eq!(server.node.buffers(MALLORY, NOTES).held, 1);
}

#[test]
fn ghosts_count_as_named() {
    let mut server = Server::new();
    server.hear(ALICE, header(NOTES));
    let ghosts = NAMED_MAX as u32 + 1000;
    server.hear(MALLORY, depending(MALLORY, (0..ghosts).map(|i| CoId(GHOST.0 + i))));
    let buffers = server.node.buffers(MALLORY, NOTES);
    assert_eq!((buffers.named, buffers.held), (NAMED_MAX, 0));
    assert!(server.node.state().co_values.len() <= NAMED_MAX + 1);
    // That was mallory's share.
    server.hear(ALICE, depending(ALICE, [ACCOUNT]));
    server.hear(ALICE, header(ACCOUNT));
    assert_eq!(server.count(SessionId(ALICE.0)), 1);
}
