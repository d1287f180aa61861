//! Every schedule is played once, and the first that fails is one like any other.

use super::*;
use crate::host::{Input, NodeId, Operation, Output, SimMessage};
use crate::network::SpanRange;
use crate::world::observer::{Happening, Observer};
use crate::world::{LinkSpec, View};
use cosim_base::{ConnectionId, Time};
use std::convert::Infallible;

/// A register: whoever sets it tells its peer, which takes over what it hears. What comes last wins, and what is lost is
/// not sent again.
#[derive(Clone, Debug, Default)]
struct Register {
    value: u32,
    peers: Vec<ConnectionId>,
    outputs: Vec<Output<Register>>,
}

#[derive(Clone, Debug)]
struct Set(u32);

impl SimMessage for Set {
    fn kind(&self) -> &'static str {
        "set"
    }
    fn subject(&self) -> u32 {
        self.0
    }
    fn size(&self) -> u32 {
        4
    }
    fn digest(&self) -> u64 {
        self.0.into()
    }
}

impl SimNode for Register {
    type Message = Set;
    type Command = u32;
    type Refusal = Infallible;
    type Notice = ();
    type End = ();
    type Record = ();

    #[expect(clippy::wildcard_enum_match_arm, reason = "it needs three of many")]
    fn handle(&mut self, _now: Time, input: Input<'_, Self>) -> Result<(), Infallible> {
        match input {
            Input::Connected { connection, .. } => self.peers.push(connection),
            Input::Received { message, .. } => self.value = message.0,
            Input::Command { command, .. } => {
                self.value = *command;
                for &connection in &self.peers {
                    self.outputs.push(Output::Send { connection, message: Set(*command) });
                }
            }
            _ => {}
        }
        Ok(())
    }
    fn poll_output(&mut self) -> Option<Output<Self>> {
        self.outputs.pop()
    }
    fn next_deadline(&self) -> Option<Time> {
        None
    }
    fn digest(&self) -> u64 {
        self.value.into()
    }
}

#[derive(Clone, Debug, Default)]
struct Agreement(Option<&'static str>);

impl Observer<Register> for Agreement {
    fn observe(&mut self, view: &View<'_, Register>, _happening: &Happening<'_, Register>) {
        let is_back = view.hosts.iter().any(|host| host.node.value == 1) && view.now > Time::from_us(350_000);
        self.0 = self.0.or(is_back.then_some("what was replaced is back"));
    }
}

impl Judge<Register> for Agreement {
    fn at_rest(&mut self, view: &View<'_, Register>) {
        let differ = view.hosts.windows(2).any(|pair| pair[0].node.value != pair[1].node.value);
        self.0 = differ.then_some("the registers differ");
    }
    fn verdict(&self) -> Option<&str> {
        self.0
    }
}

fn story(_seed: u64) -> Story<Register> {
    let names = ["alice", "bob"].map(str::to_owned);
    let mut story = Story::new(names.clone().map(|name| (name, Register::default())));
    let latency = SpanRange::new(Span::from_ms(1), Span::from_ms(260)).expect("in order");
    let network = Network { latency, ..Network::default() };
    story.links.push(LinkSpec { ends: [NodeId(0), NodeId(1)], names, end: [(), ()], network });
    story.plan("open", Time::ZERO, Operation::Connect { link: 0 });
    for (command, node) in [(1, 0), (2, 1), (3, 0), (4, 1)] {
        let at = Time::ZERO + Span::from_ms(100 * u64::from(command));
        story.plan(format!("set-{command}"), at, Operation::Command { node: NodeId(node), command });
    }
    story
}

type Registers = Trial<Register, fn(u64) -> Story<Register>, fn() -> Agreement>;

fn register() -> Registers {
    Trial::new(story, Agreement::default)
}

/// The plainest way: every set of deviations is played from the start, whatever it has in common with others.
fn enumerate(chosen: Vec<Deviation>, budget: Budget, found: &mut (Vec<u64>, BTreeMap<String, u64>)) {
    let trial = register();
    let explorer = Explorer { budget: budget.without(&chosen), ..Explorer::new(chosen.clone()) };
    let mut world = trial.world(1, None, (), |_, _| explorer);
    let failure = trial.carry_on(&mut world, |world| trial.advance(world));
    if found.0.len() <= chosen.len() {
        found.0.resize(chosen.len() + 1, 0);
    }
    found.0[chosen.len()] += 1;
    if let Some(failure) = failure {
        *found.1.entry(failure).or_default() += 1;
        return;
    }
    for deviation in world.decisions.noted {
        enumerate([chosen.as_slice(), &[deviation]].concat(), budget, found);
    }
}

#[test]
fn every_schedule_is_played_once() {
    for budget in
        [Budget::any(1), Budget::any(2), Budget { deviations: 3, late: 2, lost: 1, ..Budget::default() }]
    {
        let explored = register().explore(1, budget, u64::MAX);
        let mut plain = (Vec::new(), BTreeMap::new());
        enumerate(Vec::new(), budget, &mut plain);
        let failures: BTreeMap<String, u64> =
            explored.failures.iter().map(|(failure, (times, _))| (failure.clone(), *times)).collect();
        assert_eq!((explored.levels.clone(), failures), plain);
        assert!(explored.is_whole() && explored.events > explored.schedules());
    }
}

/// What is played at once is what a schedule in words plays from the start, and it is a smallest.
#[test]
fn the_first_that_fails_is_a_schedule_like_any_other() {
    let trial = register();
    let explored = trial.explore(1, Budget::any(2), u64::MAX);
    assert!(!explored.failures.is_empty());
    for (failure, (_, first)) in &explored.failures {
        assert_eq!(trial.replay(first).failure.as_ref(), Some(failure), "{first}");
        for (address, _) in first.choices() {
            let mut less = first.clone();
            less.without_choice(address);
            assert_ne!(trial.replay(&less).failure.as_ref(), Some(failure), "{first}");
        }
        assert_eq!(first.to_string().parse().as_ref(), Ok(first));
    }
}

/// A kept schedule tells when it is about what is called otherwise by now.
#[test]
fn what_a_schedule_says_in_vain_is_told() {
    let text = "seed 1\nplay open\nplay opne\nplay set-1\nmessage alice>bob set 1 @open : latency 1000 lost 1\n\
                message alice>bob set 9 @open : latency 1000 lost 1\nwrite alice>bob set 7 @open : latency 1\n";
    let played = register().replay(&text.parse().expect("a schedule"));
    assert_eq!(played.unused, ["play opne", "write alice>bob set 7 @open", "message alice>bob set 9 @open"]);
    assert_eq!(played.failure.as_deref(), Some("the registers differ"));
    assert!(register().play(1).unused.is_empty());
}

#[test]
fn what_is_left_is_counted() {
    let whole = register().explore(1, Budget::any(1), u64::MAX);
    let part = register().explore(1, Budget::any(1), 5);
    assert_eq!((part.schedules(), part.left), (5, whole.schedules() - 5));
    assert!(!part.is_whole());
    let none = register().explore(1, Budget::any(1), 0);
    assert_eq!((none.schedules(), none.left), (0, 1));
    let part = register().explore(1, Budget::any(3), 30);
    assert!(part.schedules() == 30 && part.left > 0);
    // However much may deviate, there is an end.
    let endless = Budget { deviations: u32::MAX, lost: 1, ..Budget::default() };
    assert_eq!(register().explore(1, endless, 1_000).levels.len(), 2);
}

/// Whoever plans for a node that is not there is told which operation that is.
#[test]
#[should_panic(expected = "set-5 is about node Some(NodeId(7)), and the story has 2 nodes")]
fn a_story_about_what_it_has_not() {
    let story = |seed| {
        let mut story = story(seed);
        story.plan("set-5", Time::ZERO, Operation::Command { node: NodeId(7), command: 5 });
        story
    };
    let _ = Trial::new(story, Agreement::default).play(1);
}
