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
pub trait Document: Sized {
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

    /// A message has come. One from a connection that is not open says nothing.
    ///
    /// # Errors
    /// The crate refuses.
    fn receive(&mut self, connection: ConnectionId, message: &Message) -> Result<(), Error>;

    /// What is to be sent after an input.
    fn to_send(&mut self) -> Vec<(ConnectionId, Message)>;

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
    /// What it says.
    pub bytes: Vec<u8>,
}

impl SimMessage for Message {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn subject(&self) -> u32 {
        0
    }

    fn size(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    fn digest(&self) -> u64 {
        hash(&self.bytes)
    }
}

/// A hash over bytes that is the same on every machine.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(bytes.len() as u64, |hash, byte| mix(hash, u64::from(*byte)))
}

/// What an app asks for. Places are counted round.
#[derive(Clone, Copy, Debug)]
pub enum Command {
    /// To add an item.
    Add {
        /// Where.
        place: usize,
        /// Which one.
        item: u32,
    },
    /// To remove an item.
    Remove {
        /// Where.
        place: usize,
    },
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
pub struct Host<D: Document> {
    identity: Identity,
    document: D,
    /// What it has last handed to its disk.
    saved: Vec<u8>,
    /// How many writes it has handed to its disk.
    tickets: u64,
    connections: Vec<ConnectionId>,
    outputs: VecDeque<Output<Host<D>>>,
}

impl<D: Document> fmt::Debug for Host<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("shown", &self.document.items()).finish_non_exhaustive()
    }
}

impl<D: Document> Host<D> {
    /// A node with an empty document.
    pub fn new(identity: Identity) -> Host<D> {
        Host {
            identity,
            document: D::new(identity.id),
            saved: Vec::new(),
            tickets: 0,
            connections: Vec::new(),
            outputs: VecDeque::new(),
        }
    }

    fn write(&mut self, command: Command) -> Result<Write, Refusal> {
        let items = self.document.items();
        match command {
            Command::Add { place, item } => {
                self.document.add(place % (items.len() + 1), item).map_err(Refusal::Crate)?;
                Ok(Write::Added(item))
            }
            Command::Remove { place } => {
                let place = place.checked_rem(items.len()).ok_or(Refusal::Empty)?;
                self.document.remove(place).map_err(Refusal::Crate)?;
                Ok(Write::Removed(items[place]))
            }
        }
    }

    /// The process starts anew: its connections are gone.
    fn start(&mut self, document: D) {
        self.document = document;
        self.connections.clear();
        self.outputs.clear();
    }

    /// Keeps what is new, and sends what is due.
    fn follow_up(&mut self) {
        if self.identity.has_disk {
            let saved = self.document.save();
            if saved != self.saved {
                self.tickets += 1;
                let bytes = framed(&saved);
                self.outputs.push_back(Output::Write { ticket: self.tickets, record: (), bytes });
                self.saved = saved;
            }
        }
        let messages = self.document.to_send().into_iter();
        self.outputs.extend(messages.map(|(connection, message)| Output::Send { connection, message }));
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
        match input {
            Input::Connected { connection, .. } => {
                self.connections.push(connection);
                self.document.connected(connection);
            }
            Input::Disconnected { connection, .. } => {
                self.connections.retain(|open| *open != connection);
                self.document.disconnected(connection);
            }
            Input::Received { connection, message, .. } if self.connections.contains(&connection) => {
                if let Err(error) = self.document.receive(connection, &message) {
                    self.outputs.push_back(Output::Notice(Notice::Refused(error.to_string())));
                }
            }
            Input::Command { command, .. } => {
                let write = self.write(*command)?;
                self.outputs.push_back(Output::Notice(Notice::Done(write)));
            }
            Input::Restart(Storage::Kept) => {
                for connection in std::mem::take(&mut self.connections) {
                    self.document.disconnected(connection);
                }
            }
            Input::Restart(Storage::Lost) => self.start(D::new(self.identity.id)),
            Input::Recover { disk, origin } => {
                let id = if origin.copied().is_some() { self.identity.restored_id } else { self.identity.id };
                let document = last_frame(disk).and_then(|saved| D::load(id, saved).ok());
                self.start(document.unwrap_or_else(|| D::new(id)));
            }
            Input::Received { .. }
            | Input::Deadline
            | Input::Blocked { .. }
            | Input::Writable { .. }
            | Input::Left { .. }
            | Input::Written { .. }
            | Input::WriteFailed { .. } => {}
        }
        self.follow_up();
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

/// The last whole frame on a disk.
fn last_frame(mut disk: &[u8]) -> Option<&[u8]> {
    let mut last = None;
    while let Some((length, rest)) = disk.split_first_chunk() {
        let Some((frame, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else { break };
        (last, disk) = (Some(frame), rest);
    }
    last
}
