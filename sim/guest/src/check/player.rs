//! Plays a story with a guest: carries its messages, rings its timers, and keeps every answer. The simplest of worlds,
//! in which nothing is ever lost but by a connection that closes.

use super::story::{Act, Clock, RestartFrom, Story};
use crate::failure::Failure;
use crate::process::Process;
use crate::protocol::{Can, Notice, Relationship, Sent, Source, Step, Times, Verb};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How long a message takes at first.
const LATENCY_US: u64 = 10_000;
/// What wall clocks show when a run begins: the first moment of 2025.
const WALL_MS: i64 = 1_735_689_600_000;
/// How many messages and timers a story may have. A guest that says that something is due at once, again and again,
/// would never come to an end.
const EVENTS_MAX: usize = 50_000;

/// A request, and its answer.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) verb: &'static str,
    pub(super) request: String,
    pub(super) answer: String,
}

impl Exchange {
    /// The answer without its number.
    pub(super) fn answer_without_id(&self) -> String {
        let mut members: Map<String, Value> = serde_json::from_str(&self.answer).unwrap_or_default();
        members.remove("id");
        Value::from(members).to_string()
    }
}

/// When nodes are asked what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queries {
    /// When the story says so.
    AsTold,
    /// Also after every step, twice. These are not among the exchanges.
    Everywhere,
}

/// A guest with the world around it.
pub(super) struct Player<'a> {
    process: &'a mut Process,
    queries: Queries,
    exchanges: Vec<Exchange>,
    now: u64,
    nodes: BTreeMap<String, Node>,
    /// The open connections, by number.
    open: BTreeMap<u64, Ends>,
    /// The copies of disks, by whose they are and what they are called.
    copies: BTreeMap<(String, String), Image>,
    connections: u64,
    /// What is on its way, by when it arrives and in which order it was sent.
    under_way: BTreeMap<(u64, u64), UnderWay>,
    messages: u64,
    latency_us: u64,
    /// When the last of the messages arrives; none overtakes another.
    last_arrival: u64,
    events: usize,
}

#[derive(Default)]
struct Node {
    clock: Clock,
    due: Option<u64>,
    /// How often it has committed in its whole life, and in the last step.
    commits: u64,
    last_commits: u64,
    /// What its disk has, and had before the last step.
    image: Image,
    before: Image,
}

/// A disk as it was after a commit of a node.
#[derive(Clone, Default)]
struct Image {
    of: String,
    commit: u64,
}

impl Node {
    /// It has made a step.
    fn stepped(&mut self, name: &str, due: Option<u64>, commits: u64) {
        self.due = due;
        self.commits += commits;
        self.last_commits = commits;
        self.before = self.image.clone();
        if commits > 0 {
            self.image = Image { of: name.to_owned(), commit: self.commits };
        }
    }

    /// What its disk has where only so many of the commits of its last step reached it.
    fn cut(&self, name: &str, count: u64) -> Image {
        if count == 0 {
            return self.before.clone();
        }
        let commit = self.commits - self.last_commits.saturating_sub(count);
        Image { of: name.to_owned(), commit }
    }
}

struct Ends {
    node: String,
    peer: String,
}

impl Ends {
    fn other(&self, node: &str) -> String {
        if self.node == node { self.peer.clone() } else { self.node.clone() }
    }

    fn has(&self, node: &str) -> bool {
        self.node == node || self.peer == node
    }
}

struct UnderWay {
    from: String,
    to: String,
    connection: u64,
    message: Box<RawValue>,
}

/// What is next.
enum Event {
    Deliver((u64, u64)),
    Tick(String),
}

impl<'a> Player<'a> {
    pub(super) fn new(process: &'a mut Process, queries: Queries) -> Self {
        Self {
            process,
            queries,
            exchanges: Vec::new(),
            now: 0,
            nodes: BTreeMap::new(),
            open: BTreeMap::new(),
            copies: BTreeMap::new(),
            connections: 0,
            under_way: BTreeMap::new(),
            messages: 0,
            latency_us: LATENCY_US,
            last_arrival: 0,
            events: 0,
        }
    }

    /// Plays it to its end, or up to the first mistake.
    pub(super) fn play(mut self, story: &Story) -> Result<Vec<Exchange>, String> {
        for act in &story.acts {
            if act.needs().iter().all(|what| self.process.hello().can(*what)) {
                self.act(act)?;
            }
        }
        Ok(self.exchanges)
    }

    fn act(&mut self, act: &Act) -> Result<(), String> {
        match act {
            Act::Make { node, seed, session, secret_seed } => {
                let image = Image { of: node.clone(), commit: 0 };
                self.nodes.insert(node.clone(), Node { image, ..Node::default() });
                let times = self.times(node);
                let (seed, secret_seed) = (*seed, *secret_seed);
                let disk = self.process.hello().can(Can::Disk);
                self.step(node, "make", Verb::Make { node, seed, session, secret_seed, disk, times })
            }
            Act::Connect { node, peer, relationship, persistent } => {
                self.connections += 1;
                let connection = self.connections;
                self.open.insert(connection, Ends { node: node.clone(), peer: peer.clone() });
                self.connect(node, peer, connection, *relationship, *persistent)?;
                self.connect(peer, node, connection, relationship.seen_from_there(), *persistent)
            }
            Act::Disconnect { node, peer } => {
                let is_theirs = |ends: &&Ends| ends.has(node) && ends.has(peer);
                let theirs = self.open.iter().find(|(_, ends)| is_theirs(ends)).map(|(number, _)| *number);
                theirs.map_or(Ok(()), |connection| {
                    self.close(connection);
                    self.disconnect(node, peer, connection)?;
                    self.disconnect(peer, node, connection)
                })
            }
            Act::App { node, operations, .. } => {
                let times = self.times(node);
                self.step(node, "app", Verb::App { node, times, operations })
            }
            Act::Clock { node, clock } => {
                self.nodes.entry(node.clone()).or_default().clock = *clock;
                Ok(())
            }
            Act::Latency { us } => {
                self.latency_us = *us;
                Ok(())
            }
            Act::Pass { us } => self.pass(self.now + us),
            Act::Query { node, subjects } => {
                self.process.query(node, subjects.as_deref()).map_err(say)?;
                self.keep("query");
                Ok(())
            }
            Act::Backup { node, name } => {
                let image = self.nodes.get(node).map(|node| node.image.clone()).unwrap_or_default();
                self.copies.insert((node.clone(), name.clone()), image);
                Ok(())
            }
            Act::Restart { node, from, graceful, commits, session, seed } => {
                let (times, session) = (self.times(node), session.as_deref());
                let (graceful, seed) = (*graceful, *seed);
                let image = self.image(node, from, *commits)?;
                // Its peers notice when it is there again, or sooner; here they do so before.
                let of_node = self.open.iter().filter(|(_, ends)| ends.has(node));
                let lost: Vec<(u64, String)> =
                    of_node.map(|(number, ends)| (*number, ends.other(node))).collect();
                for (connection, peer) in lost {
                    self.close(connection);
                    self.disconnect(&peer, node, connection)?;
                }
                let from = match (from, &image) {
                    (RestartFrom::Nothing, _) => Source::Nothing,
                    (RestartFrom::Disk, _) if commits.is_none() => Source::Disk,
                    (_, Image { of, commit }) => Source::Image { of, commit: *commit },
                };
                let verb = Verb::Restart { node, from, graceful, session, seed, times };
                self.nodes.entry(node.clone()).or_default().image = image.clone();
                self.step(node, "restart", verb)
            }
        }
    }

    /// What is on the disk of a process that is restarted so.
    fn image(&self, name: &str, from: &RestartFrom, commits: Option<u64>) -> Result<Image, String> {
        let node = self.nodes.get(name);
        let image = match (from, commits) {
            (RestartFrom::Nothing, _) => Some(Image { of: name.to_owned(), commit: 0 }),
            (RestartFrom::Disk, None) => node.map(|node| node.image.clone()),
            (RestartFrom::Disk, Some(count)) => node.map(|node| node.cut(name, count)),
            (RestartFrom::Backup { name, of }, _) => self.copies.get(&(of.clone(), name.clone())).cloned(),
        };
        image.ok_or_else(|| format!("the story has no such thing for {name} to begin with"))
    }

    fn connect(
        &mut self,
        node: &str,
        peer: &str,
        connection: u64,
        relationship: Relationship,
        persistent: bool,
    ) -> Result<(), String> {
        let times = self.times(node);
        self.step(node, "connect", Verb::Connect { node, peer, connection, relationship, persistent, times })
    }

    fn disconnect(&mut self, node: &str, peer: &str, connection: u64) -> Result<(), String> {
        let times = self.times(node);
        self.step(node, "disconnect", Verb::Disconnect { node, peer, connection, times })
    }

    /// What was on its way on it is lost.
    fn close(&mut self, connection: u64) {
        self.open.remove(&connection);
        self.under_way.retain(|_, message| message.connection != connection);
    }

    /// Lets happen what is due until then.
    fn pass(&mut self, until: u64) -> Result<(), String> {
        while let Some((time, event)) = self.next().filter(|(time, _)| *time <= until) {
            self.now = time;
            self.events += 1;
            if self.events > EVENTS_MAX {
                let why = format!("it has something to do after {EVENTS_MAX} messages and timers, still");
                return Err(say(self.process.reject(why)));
            }
            match event {
                Event::Deliver(key) => self.deliver(key)?,
                Event::Tick(node) => {
                    let times = self.times(&node);
                    self.step(&node, "tick", Verb::Tick { node: &node, times })?;
                }
            }
        }
        self.now = until;
        Ok(())
    }

    /// What is next, and when. Messages come before timers.
    fn next(&self) -> Option<(u64, Event)> {
        let message = self.under_way.keys().next().map(|key| (key.0, Event::Deliver(*key)));
        let dues = self.nodes.iter().filter_map(|(name, node)| Some((node.due?.max(self.now), name)));
        let timer = dues.min().map(|(time, name)| (time, Event::Tick(name.clone())));
        match (message, timer) {
            (Some(message), Some(timer)) => Some(if timer.0 < message.0 { timer } else { message }),
            (message, timer) => message.or(timer),
        }
    }

    fn deliver(&mut self, key: (u64, u64)) -> Result<(), String> {
        let Some(UnderWay { from, to, connection, message }) = self.under_way.remove(&key) else {
            return Ok(());
        };
        let times = self.times(&to);
        let verb = Verb::Deliver { node: &to, peer: &from, connection, message: &message, times };
        self.step(&to, "deliver", verb)
    }

    fn times(&self, node: &str) -> Times {
        let Clock { ahead_ms, stands_still, work } =
            self.nodes.get(node).map_or_else(Clock::default, |node| node.clock);
        let passed = if stands_still { 0 } else { i64::try_from(self.now / 1_000).unwrap_or(i64::MAX) };
        Times { now: self.now, wall: WALL_MS.saturating_add(ahead_ms).saturating_add(passed), work }
    }

    /// Asks for a step of a node, and does what the node wants.
    fn step(&mut self, node: &str, name: &'static str, verb: Verb<'_>) -> Result<(), String> {
        let step = self.process.ask(verb).map_err(say)?;
        self.keep(name);
        self.look_at(&step).map_err(|why| say(self.process.reject(why)))?;
        let Step { sent, notices, due, commits, .. } = step;
        self.nodes.entry(node.to_owned()).or_default().stepped(node, due, commits);
        for Sent { connection, message, .. } in sent {
            let Some(ends) = self.open.get(&connection).filter(|ends| ends.has(node)) else {
                let why = format!("{node} sends on connection {connection}, which it has not got");
                return Err(say(self.process.reject(why)));
            };
            self.messages += 1;
            self.last_arrival = self.last_arrival.max(self.now + self.latency_us);
            let key = (self.last_arrival, self.messages);
            let to = ends.other(node);
            self.under_way.insert(key, UnderWay { from: node.to_owned(), to, connection, message });
        }
        if self.queries == Queries::Everywhere {
            self.query_twice(node)?;
        }
        notices.into_iter().try_for_each(|notice| self.hear(node, notice))
    }

    /// A connection that a node closes is closed for the other one, too.
    fn hear(&mut self, node: &str, notice: Notice) -> Result<(), String> {
        let Notice::Closed { connection } = notice else { return Ok(()) };
        let Some(ends) = self.open.get(&connection).filter(|ends| ends.has(node)) else {
            let why = format!("{node} closes connection {connection}, which it has not got");
            return Err(say(self.process.reject(why)));
        };
        let peer = ends.other(node);
        self.close(connection);
        self.disconnect(&peer, node, connection)
    }

    fn query_twice(&mut self, node: &str) -> Result<(), String> {
        let once = self.process.query(node, None).map_err(say)?;
        let then = self.process.query(node, None).map_err(say)?;
        if once == then {
            return Ok(());
        }
        Err(say(self.process.reject(format!("`query` of {node} has said something else just before"))))
    }

    /// Whether a step has what it must say, and a guest with a protocol of its own besides.
    fn look_at(&self, step: &Step) -> Result<(), String> {
        let before = step.sent.iter().map(|sent| sent.commits);
        if !before.clone().is_sorted() || before.clone().any(|before| before > step.commits) {
            let before: Vec<u64> = before.collect();
            let commits = step.commits;
            return Err(format!("its messages were sent after {before:?} of {commits} commits"));
        }
        if self.process.hello().speaks_cojson() {
            return Ok(());
        }
        for Sent { message, .. } in &step.sent {
            let message = serde_json::from_str::<Value>(message.get()).unwrap_or_default();
            has_texts(&message, ["kind", "subject"]).map_err(|what| format!("a message has no {what}"))?;
        }
        let mut wrote = step.wrote.iter();
        wrote
            .try_for_each(|write| has_texts(write, ["subject", "token"]))
            .map_err(|what| format!("what was written has no {what}"))
    }

    fn keep(&mut self, verb: &'static str) {
        let (request, answer) = self.process.last();
        self.exchanges.push(Exchange { verb, request: request.to_owned(), answer: answer.to_owned() });
    }
}

/// Whether a value is an object that has texts of these names; which is missing.
fn has_texts<'a>(value: &Value, names: [&'a str; 2]) -> Result<(), &'a str> {
    names.into_iter().find(|name| !value[*name].is_string()).map_or(Ok(()), Err)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn say(failure: Failure) -> String {
    failure.to_string()
}
