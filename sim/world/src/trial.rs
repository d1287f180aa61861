//! Trials: a protocol of one's own, played for many seeds, and its failures frozen and cut down to what causes them.
//!
//! A [`Trial`] is a story (nodes, links and named operations, made anew for each run) and a judge (an [`Observer`] that
//! says what is wrong). [`Trial::sweep`] looks for a seed that fails, [`Trial::freeze`] writes its run down as a
//! [`Schedule`] without chance, [`Trial::shrink`] takes out of that whatever the failure does not need, and
//! [`Trial::log`] tells what happens in it. [`Trial::explore`] plays every schedule within a [`Budget`], and so can show that
//! none fails. A schedule is plain text, so a failure can stay in a test for ever.
//!
//! ```
//! use cosim_world::host::{Input, NodeId, Operation, Output, SimMessage, SimNode};
//! use cosim_world::network::{Network, SpanRange};
//! use cosim_world::observer::{Happening, Observer};
//! use cosim_world::trial::{Budget, Judge, Planned, Story, Trial};
//! use cosim_world::world::{LinkSpec, View};
//! use cosim_world::{ConnectionId, Span, Time};
//! use std::convert::Infallible;
//!
//! /// A register: whoever sets it tells its peers, who take over what they hear. The bug: what comes last wins.
//! #[derive(Clone, Debug, Default)]
//! struct Register { value: u32, peers: Vec<ConnectionId>, outputs: Vec<Output<Register>> }
//!
//! #[derive(Clone, Debug)]
//! struct Set(u32);
//!
//! impl SimMessage for Set {
//!     fn kind(&self) -> &'static str { "set" }
//!     fn subject(&self) -> u32 { self.0 }
//!     fn size(&self) -> u32 { 4 }
//!     fn digest(&self) -> u64 { self.0.into() }
//! }
//!
//! impl SimNode for Register {
//!     type Message = Set;
//!     type Command = u32;
//!     type Refusal = Infallible;
//!     type Notice = ();
//!     type End = ();
//!     type Record = ();
//!
//!     fn handle(&mut self, _now: Time, input: Input<'_, Self>) -> Result<(), Infallible> {
//!         match input {
//!             Input::Connected { connection, .. } => self.peers.push(connection),
//!             Input::Received { message, .. } => self.value = message.0,
//!             Input::Command { command, .. } => {
//!                 self.value = *command;
//!                 let send = |connection: &ConnectionId| Output::Send { connection: *connection, message: Set(*command) };
//!                 self.outputs.extend(self.peers.iter().map(send));
//!             }
//!             _ => {}
//!         }
//!         Ok(())
//!     }
//!     fn poll_output(&mut self) -> Option<Output<Self>> { self.outputs.pop() }
//!     fn next_deadline(&self) -> Option<Time> { None }
//!     fn digest(&self) -> u64 { self.value.into() }
//! }
//!
//! /// When nothing happens any more, registers that are connected hold the same.
//! #[derive(Clone, Default)]
//! struct Agreement(Option<String>);
//!
//! impl Observer<Register> for Agreement {
//!     fn observe(&mut self, _view: &View<'_, Register>, _happening: &Happening<'_, Register>) {}
//! }
//! impl Judge<Register> for Agreement {
//!     fn at_rest(&mut self, view: &View<'_, Register>) {
//!         let joined = view.links().all(|link| link.open.is_some());
//!         let differ = view.hosts.windows(2).any(|pair| pair[0].node.value != pair[1].node.value);
//!         self.0 = (joined && differ).then(|| "the registers differ".to_owned());
//!     }
//!     fn verdict(&self) -> Option<&str> { self.0.as_deref() }
//! }
//!
//! let story = |_seed| {
//!     let latency = SpanRange::new(Span::from_ms(1), Span::from_ms(90)).expect("in order");
//!     let names = ["alice", "bob"].map(str::to_owned);
//!     let mut story = Story::new(names.clone().map(|name| (name, Register::default())));
//!     story.links.push(LinkSpec {
//!         ends: [NodeId(0), NodeId(1)], names, end: [(), ()], network: Network { latency, ..Network::default() },
//!     });
//!     story.plan("open", Time::ZERO, Operation::Connect { link: 0 });
//!     for (number, node) in [(1, 0), (2, 1), (3, 0)] {
//!         let at = Time::ZERO + Span::from_ms(100 * u64::from(number));
//!         story.plan(format!("set-{number}"), at, Operation::Command { node: NodeId(node), command: number });
//!     }
//!     story.plan("set-4", Time::ZERO + Span::from_ms(320), Operation::Command { node: NodeId(1), command: 4 });
//!     story
//! };
//! let trial = Trial::new(story, Agreement::default);
//! let found = trial.sweep(0..1_000).expect("some order of arrival shows the bug");
//! let frozen = trial.freeze(found.seed);
//! assert_eq!(trial.replay(&frozen).fingerprint, found.fingerprint);
//! let small = trial.shrink(&frozen);
//! assert!(small.operations().eq(["open", "set-3", "set-4"]), "two operations cross: {small}");
//! assert_eq!(small.choices().count(), 1, "and one message is late");
//! println!("{small}\n{}", trial.log(&small));
//! assert_eq!(small.to_string().parse(), Ok(small), "it is plain text");
//!
//! let explored = trial.explore(found.seed, Budget::any(1), 10_000);
//! let (times, first) = &explored.failures["the registers differ"];
//! println!("{times} of {} schedules with one deviation fail, the first of them:\n{first}", explored.schedules());
//! assert!(explored.is_whole() && first.choices().count() == 1);
//! ```

mod explore;
mod log;
mod names;
pub mod replica;
mod schedule;
mod script;
mod shrink;

pub use explore::{Budget, Explored};
pub use schedule::{Choice, Schedule, ScheduleError};

use crate::decision::Decide;
use crate::fingerprint::Fingerprint;
use crate::host::{DiskSpec, NodeId, Operation, SimNode};
use crate::world::observer::{Happening, Observer};
use crate::world::{Bounds, Figures, LinkSpec, View, World};
use cosim_base::{Span, Time};
use log::Log;
use script::Script;
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::ops::Range;

/// What is played: nodes, the links between them, and what happens. It is made anew for each run.
#[derive(Debug)]
pub struct Story<N: SimNode> {
    /// The nodes and their names: an index into this list is a node.
    pub nodes: Vec<(String, N)>,
    /// The links: an index into this list is a link. Every one is closed at first.
    pub links: Vec<LinkSpec<N>>,
    /// The disks that nodes have.
    pub disks: Vec<(NodeId, DiskSpec)>,
    /// What happens, in any order.
    pub operations: Vec<Planned<N>>,
}

/// An operation at its time.
#[derive(Debug)]
pub struct Planned<N: SimNode> {
    /// What it is called: unique in its story, without white space, and the same when other operations go.
    pub name: String,
    /// When it happens.
    pub at: Time,
    /// What happens.
    pub operation: Operation<N>,
}

impl<N: SimNode> Story<N> {
    /// A story of these nodes in which nothing happens yet.
    pub fn new(nodes: impl IntoIterator<Item = (String, N)>) -> Story<N> {
        let nodes = nodes.into_iter().collect();
        Story { nodes, links: Vec::new(), disks: Vec::new(), operations: Vec::new() }
    }

    /// Adds an operation.
    pub fn plan(&mut self, name: impl Into<String>, at: Time, operation: Operation<N>) {
        self.operations.push(Planned { name: name.into(), at, operation });
    }
}

/// Watches a run and says what is wrong with it.
pub trait Judge<N: SimNode>: Observer<N> {
    /// What is wrong, in words that stay the same when names, times and numbers change: shrinking keeps to them. `None`
    /// while everything holds. It is asked after each event, and a run ends with the first failure.
    fn verdict(&self) -> Option<&str>;

    /// Nothing will happen any more: the time to look at what must hold in the end.
    fn at_rest(&mut self, view: &View<'_, N>) {
        let _ = view;
    }
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The seed.
    pub seed: u64,
    /// The hash over everything that happened.
    pub fingerprint: Fingerprint,
    /// What was counted.
    pub figures: Figures,
    /// When it ended.
    pub ended_at: Time,
    /// What was wrong, if anything was: what the judge said, [`RESTLESS`] or [`ENDLESS`].
    pub failure: Option<String>,
    /// The lines of the schedule that were about what did not come, without what they choose: an operation or a message that
    /// is called otherwise now, say. Where there are any, that all holds says little.
    pub unused: Vec<String>,
}

/// The failure of a run that does not fall silent in its time.
pub const RESTLESS: &str = "no silence in time";

/// The failure of a run that would never end, whatever the time: see [`Bounds`].
pub const ENDLESS: &str = "it would never end";

/// A story and its judge. See [the module](self).
#[derive(Clone, Debug)]
pub struct Trial<N, S, J> {
    story: S,
    judge: J,
    limit: Time,
    bounds: Bounds,
    node: PhantomData<fn() -> N>,
}

impl<N, S, J, O> Trial<N, S, J>
where
    N: SimNode,
    S: Fn(u64) -> Story<N>,
    J: Fn() -> O,
    O: Judge<N>,
{
    /// A trial of the story that `story` makes for a seed, judged by what `judge` makes. A run may take an hour of
    /// virtual time. Playing panics where two operations have one name, and where a link, disk or operation is of a node or
    /// link that the story has not.
    pub fn new(story: S, judge: J) -> Trial<N, S, J> {
        let limit = Time::ZERO + Span::from_s(60 * 60);
        Trial { story, judge, limit, bounds: Bounds::default(), node: PhantomData }
    }

    /// The same with another bound on the virtual time of a run: what is not silent then is [`RESTLESS`].
    #[must_use]
    pub fn within(self, limit: Span) -> Trial<N, S, J> {
        Trial { limit: Time::ZERO + limit, ..self }
    }

    /// The same with other bounds on what happens in a run: one that reaches them is [`ENDLESS`].
    #[must_use]
    pub fn bounded(self, bounds: Bounds) -> Trial<N, S, J> {
        Trial { bounds, ..self }
    }

    /// Plays a seed.
    pub fn play(&self, seed: u64) -> Played {
        self.run(seed, None, ()).0
    }

    /// Plays seeds in order up to the first that fails.
    pub fn sweep(&self, seeds: Range<u64>) -> Option<Played> {
        seeds.into_iter().map(|seed| self.play(seed)).find(|played| played.failure.is_some())
    }

    /// Writes the run of a seed down: replaying it gives the same fingerprint.
    pub fn freeze(&self, seed: u64) -> Schedule {
        let (_, script, ()) = self.run(seed, None, ());
        script.into_schedule()
    }

    /// Plays a schedule.
    pub fn replay(&self, schedule: &Schedule) -> Played {
        self.run(schedule.seed(), Some(schedule), ()).0
    }

    /// Takes out of a schedule whatever its failure does not need: no single operation or choice that is left can go. A
    /// schedule that does not fail comes back as it is.
    pub fn shrink(&self, schedule: &Schedule) -> Schedule {
        let Some(failure) = self.replay(schedule).failure else { return schedule.clone() };
        shrink::minimal(schedule, |candidate| {
            self.replay(candidate).failure.is_some_and(|found| found == failure)
        })
    }

    /// Tells what happens in a schedule, a line an event.
    pub fn log(&self, schedule: &Schedule) -> String {
        let names = (self.story)(schedule.seed()).nodes.into_iter().map(|(name, _)| name).collect();
        self.run(schedule.seed(), Some(schedule), Log::new(names)).2.into_text()
    }

    fn run<W: Watch<N>>(&self, seed: u64, schedule: Option<&Schedule>, log: W) -> (Played, Script, W) {
        let script = |names, operations| Script::new(seed, names, operations, schedule);
        let mut world = self.world(seed, schedule, log, script);
        let failure = self.carry_on(&mut world, |world| world.step(self.limit));
        let mut fingerprint = world.fingerprint();
        for (i, host) in (0..).zip(world.view().hosts) {
            fingerprint.fold(i, host.node.digest());
        }
        let (figures, ended_at) = (*world.figures(), world.now());
        let unused = world.decisions.unused();
        let played = Played { seed, fingerprint, figures, ended_at, failure, unused };
        (played, world.decisions, world.observer.log)
    }

    /// The world of a run before anything has happened. It panics where a story makes no sense. `decide` makes who decides, of the names of nodes and operations.
    fn world<W: Watch<N>, D: Decide<N>>(
        &self,
        seed: u64,
        schedule: Option<&Schedule>,
        log: W,
        decide: impl FnOnce(Vec<String>, Vec<String>) -> D,
    ) -> World<N, Watching<O, W>, D> {
        let mut story = (self.story)(seed);
        if let Some(schedule) = schedule {
            story.operations.retain(|planned| schedule.keeps(&planned.name));
        }
        let operations: Vec<String> = story.operations.iter().map(|planned| planned.name.clone()).collect();
        check(&story);
        let (names, nodes): (Vec<String>, Vec<N>) = story.nodes.into_iter().unzip();
        let watching = Watching { judge: (self.judge)(), log };
        let mut world = World::new(nodes, story.links, seed, watching, decide(names, operations));
        world.set_bounds(self.bounds);
        for (node, disk) in story.disks {
            world.add_disk(node, disk);
        }
        for planned in story.operations {
            world.observer.log.plan(&planned.name);
            world.schedule(planned.at, planned.operation);
        }
        world
    }

    /// Plays on to the first failure or to silence; gives the failure. `step` plays one event, and says whether there was one.
    fn carry_on<W: Watch<N>, D: Decide<N>>(
        &self,
        world: &mut World<N, Watching<O, W>, D>,
        step: impl Fn(&mut World<N, Watching<O, W>, D>) -> bool,
    ) -> Option<String> {
        while step(world) {
            if let Some(failure) = world.observer.judge.verdict() {
                return Some(failure.to_owned());
            }
        }
        if world.endless().is_some() {
            return Some(ENDLESS.to_owned());
        }
        if !world.is_silent() {
            return Some(RESTLESS.to_owned());
        }
        let (view, watching) = world.split();
        watching.judge.at_rest(&view);
        watching.judge.verdict().map(str::to_owned)
    }
}

/// Panics where a story is about what it has not, or calls two operations by one name.
fn check<N: SimNode>(story: &Story<N>) {
    let (nodes, links) = (story.nodes.len(), story.links.len());
    let mut names = BTreeSet::new();
    for Planned { name, operation, .. } in &story.operations {
        let is_word = !name.is_empty() && !name.contains(char::is_whitespace);
        assert!(is_word, "the name of an operation is one word, and this is none: {name:?}");
        assert!(names.insert(name), "two operations are called {name}");
        let node = operation.node().filter(|node| node.index() >= nodes);
        assert!(node.is_none(), "{name} is about node {node:?}, and the story has {nodes} nodes");
        let link = operation.links().iter().find(|link| **link as usize >= links);
        assert!(link.is_none(), "{name} is about link {link:?}, and the story has {links} links");
    }
    let ends = story.links.iter().flat_map(|link| link.ends);
    for node in ends.chain(story.disks.iter().map(|(node, _)| *node)) {
        assert!(
            node.index() < nodes,
            "a link or disk is of node {}, and the story has {nodes} nodes",
            node.0
        );
    }
}

/// Watches beside the judge.
trait Watch<N: SimNode>: Observer<N> {
    /// What the next operation is called.
    fn plan(&mut self, name: &str) {
        let _ = name;
    }
}

impl<N: SimNode> Watch<N> for () {}

impl<N: SimNode> Watch<N> for Log {
    fn plan(&mut self, name: &str) {
        self.name_operation(name);
    }
}

#[derive(Clone, Debug)]
struct Watching<J, W> {
    judge: J,
    log: W,
}

impl<N: SimNode, J: Judge<N>, W: Watch<N>> Observer<N> for Watching<J, W> {
    #[inline]
    fn observe(&mut self, view: &View<'_, N>, happening: &Happening<'_, N>) {
        self.log.observe(view, happening);
        self.judge.observe(view, happening);
    }
}

/// The name of a node; its number, where it has none.
fn name(names: &[String], node: NodeId) -> &str {
    names.get(node.index()).map_or("?", String::as_str)
}
