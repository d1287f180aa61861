//! What messages are called in a world of another protocol than CoJSON.

use crate::counter::{Ask, Counter, link, ms};
use cosim_core::Span;
use cosim_testbed::address::{Addresses, Names};
use cosim_testbed::decision::{Crashing, Decide, Fate, Noticing, Sending, WriteFate, Writing};
use cosim_testbed::host::{NodeId, Operation, Survival};
use cosim_testbed::network::Network;
use cosim_testbed::world::World;
use std::borrow::Cow;

/// The operations of the run, by number.
const OPERATIONS: [&str; 4] = ["open", "say-five", "close", "reopen"];

#[derive(Debug)]
struct Script;

impl Names for Script {
    fn node(&self, node: NodeId) -> Cow<'_, str> {
        Cow::Borrowed(["ann", "bob"][node.index()])
    }

    fn subject(&self, subject: u32) -> Cow<'_, str> {
        Cow::Owned(format!("number-{subject}"))
    }

    fn operation(&self, number: u32) -> Option<&str> {
        OPERATIONS.get(number as usize).copied()
    }

    fn maker(&self, subject: u32) -> Option<u32> {
        (subject == 5).then_some(1)
    }

    fn opened_by(&self, number: u32, _: [NodeId; 2]) -> Option<&str> {
        self.operation(number).filter(|name| *name != "open")
    }
}

/// Notes what everything is called that it is asked about.
#[derive(Debug)]
struct Noting {
    addresses: Addresses<Script>,
    noted: Vec<String>,
}

impl Decide<Counter> for Noting {
    fn message(&mut self, sending: &Sending<'_, Counter>, drawn: Fate) -> Fate {
        self.noted.push(self.addresses.of_message(sending));
        drawn
    }

    fn notice(&mut self, noticing: &Noticing, drawn: Span) -> Span {
        self.noted.push(self.addresses.of_notice(noticing));
        drawn
    }

    fn write(&mut self, _: &Writing<'_, Counter>, drawn: WriteFate) -> WriteFate {
        drawn
    }

    fn crash(&mut self, _: &Crashing<'_>, drawn: Survival) -> Survival {
        drawn
    }
}

#[test]
fn decisions_of_any_protocol_have_addresses() {
    let noting = Noting { addresses: Addresses::new(Script), noted: Vec::new() };
    let links = vec![link(0, 1, Network::default())];
    let mut world = World::new(vec![Counter::default(); 2], links, 1, (), noting);
    let say = |number| Operation::Command { node: NodeId(0), command: Ask::Send(NodeId(1), number) };
    let connect = || Operation::Connect { link: 0 };
    let story = [connect(), say(5), Operation::Disconnect { link: 0 }, connect(), say(5), say(5), say(6)];
    for (at, operation) in (0..).zip(story) {
        world.schedule(ms(at), operation);
    }
    world.run_until(ms(100));
    let noted = [
        "ann hears-open bob @open",
        "bob hears-open ann @open",
        "ann>bob number number-5 say-five",
        "ann hears-close bob @close",
        "bob hears-close ann @close",
        "ann hears-open bob @reopen",
        "bob hears-open ann @reopen",
        "ann>bob number number-5 say-five @reopen",
        "ann>bob number number-5 say-five #2 @reopen",
        "ann>bob number number-6 @reopen",
    ];
    assert_eq!(world.decisions.noted, noted);
}
