//! A node that holds one document of some crate: what automerge, yrs and loro have in common in a world.
//!
//! The document is one list of numbers. A [`Document`] knows its crate and its own sync protocol; a [`Host`] hands it what
//! happens, keeps it on disk where it has one, and tells its app what became of its writes.

use cosim_base::mix;
use cosim_world::ConnectionId;
use cosim_world::Time;
use cosim_world::host::{Input, Output, SimMessage, SimNode, Storage};
use cosim_world::trial::replica::{Replica, Write};
use std::collections::VecDeque;
use std::fmt;

/// What a crate refuses to do, in its own words.
pub type Error = Box<dyn std::error::Error>;

/// A document of some crate, with the connections on which it is kept in sync.
pub trait Document: fmt::Debug + Sized {
    /// A new one, whose changes bear this id.
    fn new(id: u64) -> Self;

    /// One that was saved, whose next changes bear this id.
    ///
    /// # Errors
    /// The crate cannot read it.
    fn load(id: u64, saved: &[u8]) -> Result<Self, Error>;

    /// All of it, as bytes.
    fn save(&self) -> Vec<u8>;

    /// The items, in order.
    fn items(&self) -> Vec<u32>;

    /// Adds an item at a place.
    ///
    /// # Errors
    /// The crate refuses.
    fn add(&mut self, place: usize, item: u32) -> Result<(), Error>;

    /// Removes the item at a place.
    ///
    /// # Errors
    /// The crate refuses.
    fn remove(&mut self, place: usize) -> Result<(), Error>;

    /// A connection has opened.
    fn connected(&mut self, connection: ConnectionId);

    /// A connection has closed.
    fn disconnected(&mut self, connection: ConnectionId);

    /// A message has come: whether it may have changed the document. One from a connection that is not open says nothing.
    ///
    /// # Errors
    /// The crate refuses.
    fn receive(&mut self, connection: ConnectionId, message: &Message) -> Result<bool, Error>;

    /// What is to be sent after an input.
    fn due(&mut self) -> Vec<(ConnectionId, Message)>;

    /// The changes that a message brings, each by a hash of its own.
    fn brings(message: &Message) -> Vec<u64>;

    /// The changes that the sender of a message says it has.
    fn confirms(message: &Message) -> Vec<u64>;
}

/// Bytes of some protocol.
#[derive(Clone, Debug)]
pub struct Message {
    /// What kind of message it is.
    pub kind: &'static str,
    /// The number of the write that set it off, as a trace would have it; 0 where a connection did. It is not on the wire:
    /// messages are called by it, so that a schedule still finds them when other writes are taken out.
    pub cause: u32,
    /// What it says.
    pub bytes: Vec<u8>,
}

impl Message {
    /// A message that nothing set off yet.
    pub fn new(kind: &'static str, bytes: Vec<u8>) -> Message {
        Message { kind, cause: 0, bytes }
    }
}

impl SimMessage for Message {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn subject(&self) -> u32 {
        self.cause
    }

    fn size(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    fn digest(&self) -> u64 {
        hash(&self.bytes)
    }
}

/// A hash over bytes that is the same on every machine.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(bytes.len() as u64, |hash, byte| mix(hash, u64::from(*byte)))
}

/// What an app asks for.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The number of the write, from 1: also the item, where one is added.
    pub number: u32,
    /// What it is.
    pub act: Act,
    /// Where, counted round.
    pub place: usize,
}

/// See [`Command`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// To add an item.
    Add,
    /// To remove one.
    Remove,
}

/// What an app is told.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A write is done.
    Done(Write),
    /// The crate refuses what a peer has sent.
    Refused(String),
}

/// Why a write is not done.
#[derive(Debug)]
pub enum Refusal {
    /// There is nothing to remove.
    Empty,
    /// The crate says so.
    Crate(Error),
}

/// Who a host is.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// The id of its changes.
    pub id: u64,
    /// Their id after it has started from a backup.
    pub restored_id: u64,
    /// Whether it has a disk.
    pub has_disk: bool,
}

/// A node with a document.
#[derive(Debug)]
pub struct Host<D: Document> {
    identity: Identity,
    document: D,
    /// How many writes it has handed to its disk.
    tickets: u64,
    outputs: VecDeque<Output<Host<D>>>,
}

impl<D: Document> Host<D> {
    /// A node with an empty document.
    pub fn new(identity: Identity) -> Host<D> {
        Host { identity, document: D::new(identity.id), tickets: 0, outputs: VecDeque::new() }
    }

    fn write(&mut self, command: Command) -> Result<Write, Refusal> {
        let items = self.document.items();
        let Command { number, act, place } = command;
        match act {
            Act::Add => {
                self.document.add(place % (items.len() + 1), number).map_err(Refusal::Crate)?;
                Ok(Write::Added(number))
            }
            Act::Remove => {
                let place = place.checked_rem(items.len()).ok_or(Refusal::Empty)?;
                self.document.remove(place).map_err(Refusal::Crate)?;
                Ok(Write::Removed(items[place]))
            }
        }
    }

    /// The process starts anew, from what was saved where that can be read.
    fn start(&mut self, id: u64, saved: &[u8]) {
        self.document = D::load(id, saved).unwrap_or_else(|_| D::new(id));
        self.outputs.clear();
    }

    /// Writes the document to the disk, where there is one.
    fn keep(&mut self) {
        if self.identity.has_disk {
            self.tickets += 1;
            let bytes = framed(&self.document.save());
            self.outputs.push_back(Output::Write { ticket: self.tickets, record: (), bytes });
        }
    }
}

impl<D: Document> SimNode for Host<D> {
    type Message = Message;
    type Command = Command;
    type Refusal = Refusal;
    type Notice = Notice;
    type End = ();
    type Record = ();

    fn handle(&mut self, _now: Time, input: Input<'_, Self>) -> Result<(), Refusal> {
        let mut cause = 0;
        match input {
            Input::Connected { connection, .. } => self.document.connected(connection),
            Input::Disconnected { connection, .. } => self.document.disconnected(connection),
            Input::Received { connection, message, .. } => {
                cause = message.cause;
                match self.document.receive(connection, &message) {
                    Ok(true) => self.keep(),
                    Ok(false) => {}
                    Err(error) => self.outputs.push_back(Output::Notice(Notice::Refused(error.to_string()))),
                }
            }
            Input::Command { command, .. } => {
                cause = command.number;
                let write = self.write(*command)?;
                self.keep();
                self.outputs.push_back(Output::Notice(Notice::Done(write)));
            }
            Input::Restart(Storage::Kept) => self.start(self.identity.id, &self.document.save()),
            Input::Restart(Storage::Lost) => self.start(self.identity.id, &[]),
            Input::Recover { disk, origin } => {
                let id = if origin.copied().is_some() { self.identity.restored_id } else { self.identity.id };
                self.start(id, last_frame(disk));
            }
            Input::Deadline
            | Input::Blocked { .. }
            | Input::Writable { .. }
            | Input::Left { .. }
            | Input::Written { .. }
            | Input::WriteFailed { .. } => {}
        }
        for (connection, message) in self.document.due() {
            self.outputs.push_back(Output::Send { connection, message: Message { cause, ..message } });
        }
        Ok(())
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        self.outputs.pop_front()
    }

    fn next_deadline(&self) -> Option<Time> {
        None
    }

    fn digest(&self) -> u64 {
        hash(&self.document.save())
    }
}

impl<D: Document> Replica for Host<D> {
    fn shown(&self) -> Vec<u32> {
        self.document.items()
    }

    fn acknowledged(notice: &Notice) -> Option<Write> {
        if let Notice::Done(write) = notice { Some(*write) } else { None }
    }

    fn brings(message: &Message) -> Vec<u64> {
        D::brings(message)
    }

    fn confirms(message: &Message) -> Vec<u64> {
        D::confirms(message)
    }
}

/// Bytes with their length before them.
fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a document of a story is small");
    [&length.to_le_bytes(), bytes].concat()
}

/// What the last whole frame on a disk holds; nothing, where there is none.
fn last_frame(mut disk: &[u8]) -> &[u8] {
    let mut last = &disk[..0];
    while let Some((length, rest)) = disk.split_first_chunk() {
        let Some((frame, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else { break };
        (last, disk) = (frame, rest);
    }
    last
}
