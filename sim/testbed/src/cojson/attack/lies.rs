//! What a hostile node says, kind by kind, made of what it really holds.

use super::{Attack, AttackKind};
use crate::cojson::session;
use crate::cojson::{Header, Signature, SimCrypto, StreamingHash, Transaction};
use crate::host::NodeId;
use cosim_core::crypto::Signed;
use cosim_core::node::SESSIONS_MAX;
use cosim_core::state::{CoValueState, SessionLog};
use cosim_core::{
    CoId, Content, Crypto, FastCrypto, Hint, Known, KnownState, Message, NodeState, SessionContent,
    SessionId, Time, VecMap,
};

/// A message, and the number of the one that it pretends to answer.
type Lie = (u32, Message<SimCrypto>);

/// The process of its app that a hostile node makes up, to sign batches that its node knows nothing of.
const HIDDEN_INCARNATION: u32 = u32::MAX;

/// How many transactions a huge batch has, of the largest size that a scenario may ask for.
const HUGE_BATCH: u32 = 64;
const HUGE_TRANSACTION: u32 = 1024 * 1024;

/// What a lie is made of.
pub(super) struct Liar<'a> {
    pub(super) attack: &'a Attack,
    pub(super) crypto: &'a SimCrypto,
    pub(super) now: Time,
    pub(super) state: &'a NodeState<SimCrypto>,
    pub(super) me: NodeId,
    /// The session in which its app writes.
    pub(super) session: SessionId,
    /// The number of the victim's last message.
    pub(super) heard: u32,
    /// A CoValue that does not exist.
    pub(super) ghost: CoId,
}

impl Liar<'_> {
    /// What is said to the victim, and what to another peer.
    pub(super) fn lies(&self, how: AttackKind) -> (Vec<Lie>, Vec<Lie>) {
        let mut lies = Vec::new();
        if how == AttackKind::Fork {
            return self.fork();
        }
        for turn in 0..self.attack.count {
            match how {
                AttackKind::Malformed => self.malformed(&mut lies),
                AttackKind::Oversized => self.oversized(turn, &mut lies),
                AttackKind::Forged => self.forged(turn, &mut lies),
                AttackKind::Transplanted => self.transplanted(turn, &mut lies),
                AttackKind::WrongSignature => self.wrong_signature(turn, &mut lies),
                AttackKind::LyingKnown => self.lying_known(turn, &mut lies),
                AttackKind::Replay | AttackKind::Flood | AttackKind::Stale | AttackKind::Fork => {}
            }
        }
        (lies, Vec::new())
    }

    fn co_value(&self) -> Option<&CoValueState<SimCrypto>> {
        self.state.co_values.get(&self.attack.id)
    }

    fn held(&self, session: SessionId) -> u32 {
        self.co_value().map_or(0, |co_value| co_value.count(session))
    }

    /// Somebody else's session: one of which it holds something, else the victim's first.
    fn foreign(&self) -> SessionId {
        let held = self.co_value().into_iter().flat_map(|co_value| co_value.sessions.keys());
        let mut foreign = held.filter(|held| crate::cojson::session_parts(*held).0 != self.me);
        foreign.next().unwrap_or_else(|| session(self.attack.on, 0))
    }

    /// A transaction that nobody's app asked for. `turn` tells those of one attack apart.
    fn transaction(&self, turn: u32) -> Transaction {
        self.transaction_of(turn, 100)
    }

    fn transaction_of(&self, turn: u32, size: u32) -> Transaction {
        let number = (self.attack.operation, turn);
        Transaction::filler(self.now.as_us(), number, size, self.crypto.is_real())
    }

    /// Rightly signed, in its own name.
    fn sign(
        &self,
        session: SessionId,
        before: Option<&StreamingHash>,
        new: &[Transaction],
    ) -> Signed<SimCrypto> {
        self.crypto.sign(self.attack.id, session, before, new)
    }

    fn content(&self, pieces: impl IntoIterator<Item = (SessionId, Piece)>) -> Lie {
        self.content_of(self.attack.id, None, pieces)
    }

    fn content_of(
        &self,
        id: CoId,
        header: Option<Header>,
        pieces: impl IntoIterator<Item = (SessionId, Piece)>,
    ) -> Lie {
        let mut new = VecMap::new();
        for (session, piece) in pieces {
            new.insert(session, piece);
        }
        (0, Message::Content(Content { id, header, new, hint: Hint::default() }))
    }

    fn known(&self, re: u32, known: KnownState, is_correction: bool) -> Lie {
        (re, Message::Known(Known { id: self.attack.id, known, is_correction, safe: None }))
    }

    fn malformed(&self, lies: &mut Vec<Lie>) {
        let (foreign, own) = (self.foreign(), self.session);
        lies.push(self.content([(foreign, piece(u32::MAX, vec![self.transaction(0)], Signature::new(0)))]));
        let nothing = |after| piece(after, Vec::new(), Signature::new(0));
        lies.push(self.content([(foreign, nothing(u32::MAX)), (own, nothing(0))]));
        let other = Header::new(CoId(self.attack.id.0.wrapping_add(1)), Vec::new(), None);
        lies.push(self.content_of(self.attack.id, Some(other), []));
        lies.push(self.known(u32::MAX, KnownState::new(false, [(foreign, u32::MAX)]), true));
        lies.push(
            self.content([(foreign, piece(u32::MAX - 1, vec![self.transaction(0)], Signature::new(0)))]),
        );
    }

    fn oversized(&self, turn: u32, lies: &mut Vec<Lie>) {
        let sessions = || (0..=SESSIONS_MAX as u32).map(SessionId);
        let known = KnownState::new(true, sessions().map(|session| (session, 1)));
        lies.push((0, Message::Load { id: self.attack.id, known: known.clone(), safe: false }));
        lies.push(self.known(self.heard, known, false));
        let one = |session| (session, piece(0, vec![self.transaction(0)], Signature::new(0)));
        lies.push(self.content(sessions().map(one)));

        let large = |i| self.transaction_of(turn * HUGE_BATCH + i, HUGE_TRANSACTION);
        let batch: Vec<_> = (0..HUGE_BATCH).map(large).collect();
        let hidden = session(self.me, HIDDEN_INCARNATION.wrapping_sub(turn));
        let signature = self.sign(hidden, None, &batch).signature;
        lies.push(self.content([(hidden, piece(0, batch, signature))]));
    }

    fn forged(&self, turn: u32, lies: &mut Vec<Lie>) {
        let foreign = self.foreign();
        let after = self.held(foreign);
        let forged = self.transaction(turn);
        // Anybody could make the right keyed hash. With CoJSON's signatures only the author could sign, so the liar does.
        let signed = |log: Vec<Transaction>, after| {
            let made_up = FastCrypto::mix(u64::from(self.attack.operation), u64::from(foreign.0));
            let by_liar =
                || self.crypto.sign_by(self.session, (self.attack.id, foreign), None, &log).signature;
            let signature = if self.crypto.is_real() { by_liar() } else { Signature::new(made_up) };
            piece(after, log, signature)
        };
        lies.push(self.content([(foreign, signed(vec![forged.clone()], after))]));
        // Instead of what its author wrote.
        lies.push(self.content([(foreign, signed(vec![forged.clone(); after as usize + 1], 0))]));
        // One that has to wait for what never comes.
        let waiting = Transaction { depends_on: Some(self.ghost), ..forged };
        lies.push(self.content([(foreign, signed(vec![waiting], after))]));
    }

    fn transplanted(&self, turn: u32, lies: &mut Vec<Lie>) {
        let Some(co_value) = self.co_value() else { return };
        let logs: Vec<(SessionId, &SessionLog<SimCrypto>)> = co_value.sessions.iter().collect();
        let Some(&(from, log)) = logs.get(turn as usize % logs.len().max(1)) else { return };
        let whole = |after| piece(after, log.transactions.clone(), log.last_signature.clone());
        let other_session = logs.iter().map(|(session, _)| *session).find(|session| *session != from);
        let other_session = other_session.unwrap_or_else(|| session(self.attack.on, 0));
        for after in [0, self.held(other_session)] {
            lies.push(self.content([(other_session, whole(after))]));
        }
        let held = self.state.co_values.iter().filter(|(_, co_value)| co_value.header.is_some());
        let mut others = held.filter(|(id, _)| **id != self.attack.id);
        if let Some((id, other)) = others.next() {
            for after in [0, other.count(from)] {
                lies.push(self.content_of(*id, None, [(from, whole(after))]));
            }
        }
    }

    fn wrong_signature(&self, turn: u32, lies: &mut Vec<Lie>) {
        let wrong = |signature: &Signature| signature.altered(1 + u64::from(turn));
        let logs = self.co_value().into_iter().flat_map(|co_value| co_value.sessions.iter());
        for (session, log) in logs {
            lies.push(
                self.content([(session, piece(0, log.transactions.clone(), wrong(&log.last_signature)))]),
            );
        }
        let (own, next) = (self.session, vec![self.transaction(turn)]);
        let log = self.co_value().and_then(|co_value| co_value.sessions.get(own));
        let before = log.map(|log| &log.streaming_hash);
        let signature = self.sign(own, before, &next).signature;
        lies.push(self.content([(own, piece(self.held(own), next, wrong(&signature)))]));
    }

    fn lying_known(&self, turn: u32, lies: &mut Vec<Lie>) {
        const FAR: u32 = 1000;
        let held = self.co_value().map_or(KnownState::EMPTY, |co_value| co_value.known_state());
        let claimed = held.sessions().map(|(session, count)| (session, count.saturating_add(FAR + turn)));
        let more = KnownState::new(true, claimed.chain([(self.foreign(), FAR + turn)]));
        let less = KnownState::header_only();
        lies.push(self.known(0, more.clone(), false));
        lies.push(self.known(self.heard, less.clone(), false));
        lies.push(self.known(self.heard, KnownState::EMPTY, false));
        lies.push(self.known(self.heard, more.clone(), true));
        lies.push(self.known(self.heard, KnownState::EMPTY, true));
        lies.push((0, Message::Load { id: self.attack.id, known: less, safe: false }));
        lies.push((0, Message::Load { id: self.attack.id, known: more, safe: false }));
    }

    /// Two logs that go on differently from what its node holds: by `count` transactions, and by one more, so that who
    /// holds the longer one has something to send to who holds the other.
    fn fork(&self) -> (Vec<Lie>, Vec<Lie>) {
        const OTHER_BRANCH: u32 = 1 << 31;
        let Some(co_value) = self.co_value() else { return (Vec::new(), Vec::new()) };
        let own = self.session;
        let before = co_value.sessions.get(own).map(|log| &log.streaming_hash);
        let branch = |first: u32, count: u32| {
            let new: Vec<_> = (0..count).map(|i| self.transaction(first + i)).collect();
            let signature = self.sign(own, before, &new).signature;
            let pieces = [(own, piece(self.held(own), new, signature))];
            vec![self.content_of(self.attack.id, co_value.header.clone(), pieces)]
        };
        (branch(0, self.attack.count), branch(OTHER_BRANCH, self.attack.count + 1))
    }
}

type Piece = SessionContent<SimCrypto>;

fn piece(after: u32, new_transactions: Vec<Transaction>, last_signature: Signature) -> Piece {
    SessionContent { after, new_transactions, last_signature }
}
