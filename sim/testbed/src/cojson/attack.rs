//! Hostile nodes: real nodes whose app can have them lie. A lie goes out beside what the node says, numbered in one row
//! with it, so that the node itself goes on as before: it hears nothing of the answers to lies.
//!
//! Everything here is decided by the attack and by what the node holds and has said; nothing is drawn.

mod lies;

use crate::cojson::SimCrypto;
use crate::host::NodeId;
use cosim_core::{CoId, ConnectionId, Envelope, Message, Node, PeerId, SessionId, Time, UpdateError};
use std::collections::{BTreeMap, VecDeque};

/// One attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attack {
    /// On whom.
    pub on: NodeId,
    /// How.
    pub how: AttackKind,
    /// About which CoValue.
    pub id: CoId,
    /// How often, or how much.
    pub count: u32,
    /// The number of the operation, which forged transactions carry.
    pub operation: u32,
}

/// How a hostile node attacks.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AttackKind {
    /// Messages that make no sense: counts that overflow, no transactions, the header of another CoValue.
    Malformed,
    /// A message with more sessions than a message may name, and a batch of 64 MiB that is signed in a session of its
    /// own.
    Oversized,
    /// Transactions that nobody made, in somebody else's session, with a made-up signature.
    Forged,
    /// A signed log, offered in another session and in another CoValue.
    Transplanted,
    /// Real transactions with wrong signatures.
    WrongSignature,
    /// Claims to hold far more than there is, less than it said before, or nothing.
    LyingKnown,
    /// An old message of its own, with its old number.
    Replay,
    /// Loads of CoValues that do not exist.
    Flood,
    /// Messages from an earlier connection with the numbers that they had there, and numbers that go backwards.
    Stale,
    /// Two correctly signed logs of its own session, sent to two peers. The second is longer.
    Fork,
}

impl AttackKind {
    /// All kinds, in the order in which they are drawn.
    pub const ALL: [AttackKind; 10] = [
        AttackKind::Malformed,
        AttackKind::Oversized,
        AttackKind::Forged,
        AttackKind::Transplanted,
        AttackKind::WrongSignature,
        AttackKind::LyingKnown,
        AttackKind::Replay,
        AttackKind::Flood,
        AttackKind::Stale,
        AttackKind::Fork,
    ];

    /// What it is called in files.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What it is called in files, and what a node says in it.
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            AttackKind::Malformed => {
                ("malformed", "counts that overflow, no transactions, the header of another CoValue")
            }
            AttackKind::Oversized => (
                "oversized",
                "more sessions than a message may name; a batch of 64 MiB, correctly signed in a session of its own",
            ),
            AttackKind::Forged => (
                "forged",
                "transactions that nobody made, in somebody else's session; one of them waits for a CoValue that never comes",
            ),
            AttackKind::Transplanted => {
                ("transplanted", "a signed log in another session, and in another CoValue")
            }
            AttackKind::WrongSignature => ("wrong-signature", "real transactions, wrongly signed"),
            AttackKind::LyingKnown => {
                ("lying-known", "that it holds far more than there is, less than it said, or nothing")
            }
            AttackKind::Replay => ("replay", "its own old messages, with their old numbers"),
            AttackKind::Flood => ("flood", "loads of CoValues that do not exist"),
            AttackKind::Stale => ("stale", "messages of an earlier connection; numbers that go backwards"),
            AttackKind::Fork => (
                "fork",
                "two logs of its own session to two peers, both correctly signed: cryptography does not stop that",
            ),
        }
    }

    /// The table of all kinds for a document, in Markdown.
    pub fn table() -> String {
        let head = "| kind | what it says |\n|---|---|\n".to_owned();
        AttackKind::ALL
            .into_iter()
            .map(AttackKind::row)
            .fold(head, |table, (name, says)| table + &format!("| `{name}` | {says} |\n"))
    }
}

type Said = Envelope<SimCrypto>;

/// How many messages to a peer are remembered, to be said again.
const REMEMBERED_MAX: usize = 64;

/// What a hostile node needs to lie.
#[derive(Clone, Debug, Default)]
pub(super) struct Attacker {
    lines: BTreeMap<NodeId, Line>,
    /// Lies that are yet to go out.
    outbox: VecDeque<(ConnectionId, Said)>,
    /// How many CoValues that do not exist it has made up.
    ghosts: u32,
}

/// The conversation with one peer, in the present connection.
#[derive(Clone, Debug, Default)]
struct Line {
    connection: ConnectionId,
    /// How many messages have a number, lies included.
    sent: u32,
    /// The numbers of lies, ascending.
    lies: Vec<u32>,
    /// The number of the peer's last message.
    heard: u32,
    /// What was said in this connection, the oldest first.
    history: VecDeque<Said>,
    /// What was said in earlier ones.
    earlier: VecDeque<Said>,
}

impl Line {
    fn remember(&mut self, said: &Said) {
        if self.history.len() == REMEMBERED_MAX {
            self.history.pop_front();
        }
        self.history.push_back(said.clone());
    }
}

impl Attacker {
    /// The node says something: it gets the next number in the row of all that is said.
    pub(super) fn says(&mut self, peer: NodeId, connection: ConnectionId, envelope: &mut Said) {
        let line = self.line(peer, connection);
        line.sent = line.sent.saturating_add(1);
        envelope.n = line.sent;
        line.remember(envelope);
    }

    /// The conversation in a connection, which may be new.
    fn line(&mut self, peer: NodeId, connection: ConnectionId) -> &mut Line {
        let line = self.lines.entry(peer).or_insert_with(|| Line { connection, ..Line::default() });
        if line.connection != connection {
            let mut earlier = std::mem::take(&mut line.history);
            if earlier.is_empty() {
                earlier = std::mem::take(&mut line.earlier);
            }
            *line = Line { connection, earlier, ..Line::default() };
        }
        line
    }

    /// The node is told something: what answers a lie answers nothing of its own.
    pub(super) fn hears(&mut self, peer: NodeId, envelope: &mut Said) {
        let Some(line) = self.lines.get_mut(&peer) else { return };
        line.heard = envelope.n;
        if envelope.re > 0 {
            envelope.re = match line.lies.binary_search(&envelope.re) {
                Ok(_) => u32::MAX,
                Err(before) => envelope.re - before as u32,
            };
        }
    }

    /// The next lie to go out.
    pub(super) fn next(&mut self) -> Option<(ConnectionId, Said)> {
        self.outbox.pop_front()
    }

    /// Attacks; refused where there is no connection, or nothing to attack with.
    pub(super) fn attack(
        &mut self,
        attack: &Attack,
        now: Time,
        node: &Node<SimCrypto>,
        (me, session): (NodeId, SessionId),
    ) -> Result<(), UpdateError> {
        let connection = node.connection(PeerId(attack.on.0)).ok_or(UpdateError::UnknownPeer)?;
        self.line(attack.on, connection);
        let fork = attack.how == AttackKind::Fork;
        let needs_header =
            fork || matches!(attack.how, AttackKind::Transplanted | AttackKind::WrongSignature);
        let held = node.state().co_values.get(&attack.id);
        if needs_header && held.is_none_or(|co_value| co_value.header.is_none()) {
            return Err(UpdateError::HeaderMissing);
        }
        match attack.how {
            AttackKind::Replay => self.replay(attack),
            AttackKind::Stale => self.stale(attack),
            AttackKind::Flood => self.flood(attack),
            AttackKind::Malformed
            | AttackKind::Oversized
            | AttackKind::Forged
            | AttackKind::Transplanted
            | AttackKind::WrongSignature
            | AttackKind::LyingKnown
            | AttackKind::Fork => {
                let heard = self.lines.get(&attack.on).map_or(0, |line| line.heard);
                let ghost = self.ghost();
                let liar = lies::Liar {
                    attack,
                    crypto: node.crypto(),
                    now,
                    state: node.state(),
                    me,
                    session,
                    heard,
                    ghost,
                };
                let (here, elsewhere) = liar.lies(attack.how);
                for (re, message) in here {
                    self.lie(attack.on, re, message);
                }
                if !elsewhere.is_empty() {
                    let second = self.second_victim(attack.on, node);
                    for (re, message) in elsewhere {
                        self.lie(second, re, message);
                    }
                }
            }
        }
        Ok(())
    }

    /// The first peer but the victim to which there is a connection; else the victim.
    fn second_victim(&mut self, victim: NodeId, node: &Node<SimCrypto>) -> NodeId {
        let others = node.state().peers.keys().map(|peer| NodeId(peer.0)).filter(|peer| *peer != victim);
        let connected = others.filter_map(|peer| Some((peer, node.connection(PeerId(peer.0))?))).next();
        if let Some((peer, connection)) = connected {
            self.line(peer, connection);
            return peer;
        }
        victim
    }

    /// The id of a CoValue that does not exist: ids count from 0, these down from the largest.
    fn ghost(&mut self) -> CoId {
        self.ghosts = self.ghosts.wrapping_add(1);
        CoId(u32::MAX - self.ghosts)
    }

    /// Says something that the node would not, under the next number.
    fn lie(&mut self, peer: NodeId, re: u32, message: Message<SimCrypto>) {
        let Some(line) = self.lines.get_mut(&peer) else { return };
        line.sent = line.sent.saturating_add(1);
        line.lies.push(line.sent);
        let said = Envelope { n: line.sent, re, message };
        self.outbox.push_back((line.connection, said));
    }

    fn replay(&mut self, attack: &Attack) {
        let Some(line) = self.lines.get(&attack.on) else { return };
        let again = line.history.iter().cycle().take(attack.count as usize);
        self.outbox.extend(again.map(|said| (line.connection, said.clone())));
    }

    fn stale(&mut self, attack: &Attack) {
        let Some(line) = self.lines.get(&attack.on) else { return };
        let (old, backwards) = (&line.earlier, line.history.iter().rev());
        let numbers = (0..=line.sent).rev();
        let backwards = backwards.zip(numbers).map(|(said, n)| Envelope { n, ..said.clone() });
        let lies = old.iter().cloned().chain(backwards).take(attack.count as usize);
        self.outbox.extend(lies.map(|said| (line.connection, said)));
    }

    fn flood(&mut self, attack: &Attack) {
        for _ in 0..attack.count {
            let id = self.ghost();
            let known = cosim_core::KnownState::EMPTY;
            self.lie(attack.on, 0, Message::Load { id, known, safe: false });
        }
    }
}
