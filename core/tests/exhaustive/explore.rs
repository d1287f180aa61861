//! Every order of delivery, loss, doubling and early deadlines of a story, depth first with memory; what is left at
//! the depth is completed fairly, and then all must agree and be silent.

use crate::judge::{TestNode, check_pair, check_rest, held, peer};
use crate::story::{Step, Story};
use cosim_core::{
    CoId, Config, ConnectionId, Envelope, FastCrypto, FastHeader, FastTransaction, Input, KnownState,
    Message, Node, Output, SessionId, Time,
};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

const ID: CoId = CoId(0);
/// How many inputs a fair completion may take.
const COMPLETION_MAX: u32 = 600;

/// A message under way.
#[derive(Clone, Hash)]
struct Flying {
    from: usize,
    to: usize,
    connection: ConnectionId,
    envelope: Rc<Envelope<FastCrypto>>,
}

impl Flying {
    fn key(&self) -> (usize, usize, ConnectionId, u32) {
        (self.from, self.to, self.connection, self.envelope.n)
    }
}

/// A state of the whole.
#[derive(Clone, Hash)]
struct Moment {
    nodes: Vec<Rc<TestNode>>,
    /// Ascending by key.
    flying: Vec<Flying>,
    /// By hearer, speaker and connection: what the speaker proved to hold.
    proved: BTreeMap<(usize, usize, ConnectionId), KnownState>,
    steps_taken: usize,
    now: Time,
    losses: u8,
    copies: u8,
    wakes: u8,
}

#[derive(Clone, Copy, Debug)]
enum Choice {
    Step,
    Deliver(usize),
    DeliverCopy(usize),
    Lose(usize),
    Wake(usize),
}

/// What an exploration found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) failure: String,
    /// The choices that lead to it.
    pub(crate) path: Vec<String>,
}

pub(crate) struct Explorer<'a> {
    story: &'a Story,
    /// How deep each state was explored.
    seen: BTreeMap<u64, u8>,
    path: Vec<String>,
}

impl<'a> Explorer<'a> {
    pub(crate) fn new(story: &'a Story) -> Self {
        Explorer { story, seen: BTreeMap::new(), path: Vec::new() }
    }

    /// How many different states were seen.
    pub(crate) fn states(&self) -> usize {
        self.seen.len()
    }

    /// Explores the story.
    pub(crate) fn run(&mut self, config: Config) -> Result<(), Found> {
        let node = Rc::new(Node::new(config, FastCrypto));
        let mut start = Moment {
            nodes: vec![node; self.story.topology.nodes],
            flying: Vec::new(),
            proved: BTreeMap::new(),
            steps_taken: 0,
            now: Time::ZERO,
            losses: self.story.losses,
            copies: self.story.copies,
            wakes: self.story.wakes,
        };
        let depth = self.story.depth;
        while start.steps_taken < self.story.opening {
            start.step(self.story).map_err(|failure| Found { failure, path: Vec::new() })?;
        }
        self.explore(&start, depth).map_err(|failure| Found { failure, path: std::mem::take(&mut self.path) })
    }

    fn explore(&mut self, moment: &Moment, depth: u8) -> Result<(), String> {
        let mut hasher = MixHasher(0);
        moment.hash(&mut hasher);
        let explored = self.seen.entry(hasher.finish()).or_insert(u8::MAX);
        if *explored != u8::MAX && *explored >= depth {
            return Ok(());
        }
        *explored = depth;
        let choices = moment.choices(self.story);
        if depth == 0 || choices.is_empty() {
            return moment.clone().complete(self.story);
        }
        for choice in choices {
            self.path.push(moment.describe(choice, self.story));
            let mut next = moment.clone();
            next.take(choice, self.story)?;
            self.explore(&next, depth - 1)?;
            self.path.pop();
        }
        Ok(())
    }
}

impl Moment {
    fn choices(&self, story: &Story) -> Vec<Choice> {
        let mut choices = Vec::new();
        if self.steps_taken < story.steps.len() {
            choices.push(Choice::Step);
        }
        for i in 0..self.flying.len() {
            if i > 0 && self.flying[i].key() == self.flying[i - 1].key() {
                continue;
            }
            choices.push(Choice::Deliver(i));
            if self.losses > 0 {
                choices.push(Choice::Lose(i));
            }
            if self.copies > 0 {
                choices.push(Choice::DeliverCopy(i));
            }
        }
        if self.wakes > 0 {
            let armed = (0..self.nodes.len()).filter(|n| self.nodes[*n].next_deadline().is_some());
            choices.extend(armed.map(Choice::Wake));
        }
        choices
    }

    fn describe(&self, choice: Choice, story: &Story) -> String {
        match choice {
            Choice::Step => format!("{:?}", story.steps[self.steps_taken]),
            Choice::Wake(node) => format!("{node} wakes: {:?}", self.nodes[node].next_deadline()),
            Choice::Deliver(i) | Choice::DeliverCopy(i) | Choice::Lose(i) => {
                let Flying { from, to, connection, envelope } = &self.flying[i];
                format!("{choice:?}: {from} -> {to} {connection:?} {envelope:?}")
            }
        }
    }

    fn take(&mut self, choice: Choice, story: &Story) -> Result<(), String> {
        match choice {
            Choice::Step => self.step(story),
            Choice::Deliver(i) => {
                let flying = self.flying.remove(i);
                self.deliver(flying)
            }
            Choice::DeliverCopy(i) => {
                self.copies -= 1;
                self.deliver(self.flying[i].clone())
            }
            Choice::Lose(i) => {
                self.losses -= 1;
                self.flying.remove(i);
                Ok(())
            }
            Choice::Wake(node) => {
                self.wakes -= 1;
                self.wake(node)
            }
        }
    }

    fn wake(&mut self, node: usize) -> Result<(), String> {
        if let Some((at, _)) = self.nodes[node].next_deadline() {
            self.now = self.now.max(at);
        }
        self.handle(node, Input::Deadline)
    }

    fn step(&mut self, story: &Story) -> Result<(), String> {
        let step = story.steps[self.steps_taken];
        self.steps_taken += 1;
        let at_end = |link: usize, end: usize| {
            let ends = story.topology.links[link].ends;
            (ends[end], peer(ends[1 - end].node))
        };
        let name =
            |link: usize, epoch: u32| ConnectionId(u32::try_from(link).expect("there are few") * 10 + epoch);
        match step {
            Step::Create(node) => self.handle(node, Input::Create { id: ID, header: FastHeader::new(ID) }),
            Step::Edit(node) => {
                let payload = self.steps_taken as u64;
                let transactions = vec![FastTransaction::new(Time::ZERO, payload, 1)];
                let session = SessionId(u32::try_from(node).expect("there are few"));
                self.handle(node, Input::Edit { id: ID, session, transactions })
            }
            Step::Load(node) => self.handle(node, Input::Load { id: ID }),
            Step::Done(node) => self.handle(node, Input::Done { id: ID }),
            Step::Connect { link, end, epoch } => {
                let (this, peer) = at_end(link, end);
                let (relationship, priority) = (this.other_is, this.priority);
                let connection = name(link, epoch);
                self.handle(this.node, Input::Connected { peer, connection, relationship, priority })
            }
            Step::Disconnect { link, end, epoch } => {
                let (this, peer) = at_end(link, end);
                self.handle(this.node, Input::Disconnected { peer, connection: name(link, epoch) })
            }
            Step::Block { link, end } => {
                let (this, peer) = at_end(link, end);
                self.handle(this.node, Input::Blocked { peer })
            }
            Step::Unblock { link, end } => {
                let (this, peer) = at_end(link, end);
                self.handle(this.node, Input::Writable { peer })
            }
        }
    }

    fn deliver(&mut self, flying: Flying) -> Result<(), String> {
        let Flying { from, to, connection, envelope } = flying;
        if self.nodes[to].connection(peer(from)) == Some(connection) {
            let known = match &envelope.message {
                Message::Load { known, .. } => known.clone(),
                Message::Known(known) => known.known.clone(),
                Message::Content(content) => content.known(),
                Message::Done { .. } => KnownState::EMPTY,
            };
            self.proved.entry((to, from, connection)).or_default().join(&known);
        }
        let envelope = Rc::unwrap_or_clone(envelope);
        self.handle(to, Input::Received { peer: peer(from), connection, envelope })?;
        let nodes: Vec<&TestNode> = self.nodes.iter().map(|node| &**node).collect();
        check_pair(&nodes, to, from, ID)
    }

    /// What the app may not do is left out.
    fn handle(&mut self, node: usize, input: Input<FastCrypto>) -> Result<(), String> {
        let before = held(&self.nodes[node], ID);
        let this = Rc::make_mut(&mut self.nodes[node]);
        this.handle(self.now, input).ok();
        if !before.le(&held(this, ID)) {
            return Err(format!("monotonic: {node}"));
        }
        while let Some(output) = Rc::make_mut(&mut self.nodes[node]).poll_output() {
            let Output::Send { peer, connection, envelope } = output else { continue };
            let to = peer.0 as usize;
            self.check_redundant(node, to, connection, &envelope)?;
            let flying = Flying { from: node, to, connection, envelope: Rc::new(envelope) };
            let at = self.flying.partition_point(|other| other.key() <= flying.key());
            self.flying.insert(at, flying);
        }
        Ok(())
    }

    fn check_redundant(
        &self,
        from: usize,
        to: usize,
        connection: ConnectionId,
        envelope: &Envelope<FastCrypto>,
    ) -> Result<(), String> {
        let Message::Content(content) = &envelope.message else { return Ok(()) };
        let Some(proved) = self.proved.get(&(from, to, connection)) else { return Ok(()) };
        let header = content.header.is_some() && proved.header;
        if header || content.new.iter().any(|(session, piece)| piece.after < proved.count(session)) {
            return Err(format!("no_redundant: {from} sends {to} what it has"));
        }
        Ok(())
    }

    /// Takes the steps that are left, delivers everything in order, and wakes nodes in time.
    fn complete(mut self, story: &Story) -> Result<(), String> {
        while self.steps_taken < story.steps.len() {
            self.step(story)?;
        }
        for _ in 0..COMPLETION_MAX {
            if !self.flying.is_empty() {
                let flying = self.flying.remove(0);
                self.deliver(flying)?;
                continue;
            }
            let first = (0..self.nodes.len())
                .filter_map(|n| self.nodes[n].next_deadline().map(|(at, _)| (at, n)))
                .min();
            let Some((_, node)) = first else {
                let nodes: Vec<&TestNode> = self.nodes.iter().map(|node| &**node).collect();
                return check_rest(&nodes, &story.topology);
            };
            self.wake(node)?;
        }
        Err("quiescence: no end of it".into())
    }
}

/// A hash that is the same everywhere.
struct MixHasher(u64);

impl Hasher for MixHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = FastCrypto::mix(self.0, u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = FastCrypto::mix(self.0, word);
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word.cast_unsigned() as u64);
    }
}
