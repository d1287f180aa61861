//! Each oracle finds the mistake that it is for, planted around a host of each crate.

use cosim_hosted::automerge::Automerge;
use cosim_hosted::host::{Act, Command, Document, Host, Message, Notice, Refusal};
use cosim_hosted::loro::Loro;
use cosim_hosted::story::{Condition, Shape, story};
use cosim_hosted::yrs::Yrs;
use cosim_world::host::{Input, Operation, Output, SimNode, Storage};
use cosim_world::trial::replica::{Oracle, Replica, Replicas, Write};
use cosim_world::trial::{ENDLESS, Planned, Story, Trial};
use cosim_world::world::{Bounds, LinkSpec};
use cosim_world::{ConnectionId, Time};
use std::collections::VecDeque;

/// What is wrong with a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    /// Nothing.
    Nothing,
    /// It does not hear what others say.
    Drops,
    /// It sends changes back to where they came from.
    Echoes,
    /// It answers every message with another.
    Chatters,
    /// It reports a write that it does not do.
    Pretends,
    /// It adds what it is told to add twice.
    Stutters,
    /// It loses all of its document once in a while, and says nothing.
    Forgets,
}

/// A host with a mistake.
#[derive(Debug)]
struct Mistaken<D: Document> {
    host: Host<D>,
    mistake: Mistake,
    outputs: VecDeque<Output<Host<D>>>,
}

impl<D: Document> Mistaken<D> {
    /// The host handles something, and what it wants is noted behind what is to be done already.
    fn pass_on(&mut self, now: Time, input: Input<'_, Host<D>>) -> Result<(), Refusal> {
        let outcome = self.host.handle(now, input);
        while let Some(output) = self.host.poll_output() {
            self.outputs.push_back(output);
        }
        outcome
    }

    fn receive(&mut self, now: Time, input: Input<'_, Host<D>>, connection: ConnectionId, message: Message) {
        let brings = !D::brings(&message).is_empty();
        match self.mistake {
            Mistake::Drops => return,
            Mistake::Chatters => self.outputs.push_back(Output::Send { connection, message }),
            Mistake::Echoes if brings => self.outputs.push_back(Output::Send { connection, message }),
            Mistake::Nothing | Mistake::Echoes | Mistake::Pretends | Mistake::Stutters | Mistake::Forgets => {
            }
        }
        // A host refuses commands only.
        let _ = self.pass_on(now, input);
    }
}

impl<D: Document> SimNode for Mistaken<D> {
    type Message = Message;
    type Command = Command;
    type Refusal = Refusal;
    type Notice = Notice;
    type End = ();
    type Record = ();

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), Refusal> {
        match input {
            Input::Connected { peer, connection, end } => {
                self.pass_on(now, Input::Connected { peer, connection, end })
            }
            Input::Disconnected { peer, connection } => {
                self.pass_on(now, Input::Disconnected { peer, connection })
            }
            Input::Received { peer, connection, message } => {
                let input = Input::Received { peer, connection, message: message.clone() };
                self.receive(now, input, connection, message);
                Ok(())
            }
            Input::Command { command: Command { number, act: Act::Add, .. }, .. }
                if self.mistake == Mistake::Pretends && number % 5 == 0 =>
            {
                self.outputs.push_back(Output::Notice(Notice::Done(Write::Added(*number))));
                Ok(())
            }
            Input::Command { command, .. } if self.mistake == Mistake::Forgets && command.number % 5 == 0 => {
                self.pass_on(now, Input::Restart(Storage::Lost))
            }
            Input::Command { command, wall } if self.mistake == Mistake::Stutters => {
                self.pass_on(now, Input::Command { command, wall })?;
                self.pass_on(now, Input::Command { command, wall })
            }
            Input::Command { command, wall } => self.pass_on(now, Input::Command { command, wall }),
            Input::Blocked { .. }
            | Input::Writable { .. }
            | Input::Left { .. }
            | Input::Deadline
            | Input::Restart(_)
            | Input::Recover { .. }
            | Input::Written { .. }
            | Input::WriteFailed { .. } => Ok(()),
        }
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        Some(match self.outputs.pop_front()? {
            Output::Send { connection, message } => Output::Send { connection, message },
            Output::Write { ticket, record, bytes } => Output::Write { ticket, record, bytes },
            Output::Close { connection } => Output::Close { connection },
            Output::Notice(notice) => Output::Notice(notice),
        })
    }

    fn next_deadline(&self) -> Option<Time> {
        None
    }

    fn digest(&self) -> u64 {
        self.host.digest()
    }
}

impl<D: Document> Replica for Mistaken<D> {
    fn shown(&self) -> Vec<u32> {
        self.host.shown()
    }

    fn acknowledged(notice: &Notice) -> Option<Write> {
        Host::<D>::acknowledged(notice)
    }

    fn brings(message: &Message) -> Vec<u64> {
        D::brings(message)
    }

    fn confirms(message: &Message) -> Vec<u64> {
        D::confirms(message)
    }
}

/// The reliable story, in which everybody makes a mistake.
fn mistaken<D: Document>(mistake: Mistake, seed: u64) -> Story<Mistaken<D>> {
    let story = story::<D>(Shape::Link, Condition::Reliable, seed);
    let outputs = VecDeque::new;
    let nodes =
        story.nodes.into_iter().map(|(name, host)| (name, Mistaken { host, mistake, outputs: outputs() }));
    let mut mistaken = Story::new(nodes);
    for link in story.links {
        let LinkSpec { ends, names, end, network } = link;
        mistaken.links.push(LinkSpec { ends, names, end, network });
    }
    // What else is planned changes the network to what it is.
    for Planned { name, at, operation } in story.operations {
        if let Operation::Connect { link } = operation {
            mistaken.plan(name, at, Operation::Connect { link });
        } else if let Operation::Command { node, command } = operation {
            mistaken.plan(name, at, Operation::Command { node, command });
        }
    }
    mistaken
}

/// What is found in ten seeds.
fn found<D: Document>(mistake: Mistake, oracles: &'static [Oracle]) -> Option<String> {
    let trial = Trial::new(move |seed| mistaken::<D>(mistake, seed), move || Replicas::new(oracles));
    trial.bounded(Bounds { events: 1_000, outputs: 1_000 }).sweep(0..10)?.failure
}

fn is_found_by_its_oracle<D: Document>() {
    let cases = [
        (Mistake::Drops, Oracle::Convergence, Oracle::Convergence.violation()),
        (Mistake::Pretends, Oracle::NoLostWrite, Oracle::NoLostWrite.violation()),
        (Mistake::Forgets, Oracle::NoLostWrite, Oracle::NoLostWrite.violation()),
        (Mistake::Stutters, Oracle::NoDuplicate, Oracle::NoDuplicate.violation()),
        (Mistake::Echoes, Oracle::NoEcho, Oracle::NoEcho.violation()),
        (Mistake::Chatters, Oracle::Convergence, ENDLESS),
    ];
    for (mistake, oracle, violation) in cases {
        let oracles: &'static [Oracle] = match oracle {
            Oracle::Convergence => &[Oracle::Convergence],
            Oracle::NoLostWrite => &[Oracle::NoLostWrite],
            Oracle::NoDuplicate => &[Oracle::NoDuplicate],
            Oracle::NoEcho => &[Oracle::NoEcho],
        };
        assert_eq!(found::<D>(mistake, oracles).as_deref(), Some(violation), "{mistake:?}");
        assert_eq!(found::<D>(Mistake::Nothing, oracles), None, "{oracle:?} without a mistake");
    }
}

#[test]
fn of_automerge() {
    is_found_by_its_oracle::<Automerge>();
}

#[test]
fn of_yrs() {
    is_found_by_its_oracle::<Yrs>();
}

#[test]
fn of_loro() {
    is_found_by_its_oracle::<Loro>();
}
