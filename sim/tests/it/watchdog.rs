//! Runs that would never end, in time or in one event: both end, by count, and say so.

use cosim_testbed::host::{Input, NodeId, Operation, Output, SimMessage, SimNode};
use cosim_testbed::network::Network;
use cosim_testbed::observer::{Happening, Observer};
use cosim_testbed::world::{Bounds, LinkSpec, View};
use cosim_world::trial::{ENDLESS, Judge, Story, Trial};
use cosim_world::{ConnectionId, Time};
use std::convert::Infallible;

/// Says a word to whoever connects; what it does then depends on its nature.
#[derive(Clone, Debug)]
struct Talker {
    nature: Nature,
    says: Option<ConnectionId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// It says it once.
    Calm,
    /// It answers whatever it hears.
    Echo,
    /// It says it without end.
    Babbler,
}

#[derive(Clone, Debug)]
struct Word;

impl SimMessage for Word {
    fn kind(&self) -> &'static str {
        "word"
    }

    fn subject(&self) -> u32 {
        0
    }

    fn size(&self) -> u32 {
        1
    }

    fn digest(&self) -> u64 {
        0
    }
}

impl SimNode for Talker {
    type Message = Word;
    type Command = ();
    type Refusal = Infallible;
    type Notice = ();
    type End = ();
    type Record = ();

    fn handle(&mut self, _: Time, input: Input<'_, Self>) -> Result<(), Infallible> {
        if let Input::Connected { connection, .. } = input {
            self.says = Some(connection);
        } else if let Input::Received { connection, .. } = input
            && self.nature == Nature::Echo
        {
            self.says = Some(connection);
        }
        Ok(())
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        let connection = if self.nature == Nature::Babbler { self.says } else { self.says.take() };
        connection.map(|connection| Output::Send { connection, message: Word })
    }

    fn next_deadline(&self) -> Option<Time> {
        None
    }

    fn digest(&self) -> u64 {
        0
    }
}

/// Finds fault with nothing.
#[derive(Default)]
struct Lenient;

impl Observer<Talker> for Lenient {
    fn observe(&mut self, _: &View<'_, Talker>, _: &Happening<'_, Talker>) {}
}

impl Judge<Talker> for Lenient {
    fn verdict(&self) -> Option<&str> {
        None
    }
}

#[test]
fn what_would_never_end_is_ended_by_count() {
    let story = |nature| {
        move |_| {
            let names = ["a", "b"].map(str::to_owned);
            let mut story = Story::new(names.clone().map(|name| (name, Talker { nature, says: None })));
            let ends = [NodeId(0), NodeId(1)];
            story.links.push(LinkSpec { ends, names, end: [(), ()], network: Network::default() });
            story.plan("open", Time::ZERO, Operation::Connect { link: 0 });
            story
        }
    };
    let bounds = Bounds { events: 1_000, outputs: 50 };
    let play = |nature| Trial::new(story(nature), Lenient::default).bounded(bounds).play(1);
    let calm = play(Nature::Calm);
    assert_eq!((calm.failure, calm.figures.sent), (None, 2));
    // With a latency of nothing, time stands still while they talk.
    let echo = play(Nature::Echo);
    assert_eq!((echo.failure.as_deref(), echo.figures.events), (Some(ENDLESS), 1_000));
    let babbler = play(Nature::Babbler);
    assert_eq!((babbler.failure.as_deref(), babbler.figures.sent), (Some(ENDLESS), 50));
    assert_eq!(babbler.figures.events, 2, "it is the first that hears of its connection");
}
