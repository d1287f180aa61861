//! The words of an address: how a decision says which message, or which notice, it is about.
//!
//! ```text
//! from>to kind id [carried] [#attempt] [@operation]        a message
//! node hears-open peer [#attempt] [@operation]             an end that notices a connection
//! node hears-close peer [#attempt] [@operation]            an end that notices that it has ended
//! node writes id [carried] [#attempt]                      a write to a disk
//! node crashes [#attempt] @operation                       what a crash leaves of the writes under way
//! node works kind id [carried] [#attempt]                  how long a node's work takes when that message comes
//! node works deadline|command|other [#attempt]             the same, with something else
//! ```
//!
//! What the words mean is told where addresses are given, in `crate::address`. Here they are read and written.

use super::UnitError;
use super::units::quoted;
use std::fmt;

/// The kinds of messages, as addresses name them.
pub(crate) const KINDS: [&str; 5] = ["content", "correction", "done", "known", "load"];

const HEARS_OPEN: &str = "hears-open";
const HEARS_CLOSE: &str = "hears-close";
const WRITES: &str = "writes";
const CRASHES: &str = "crashes";
const WORKS: &str = "works";

/// What a node handles beside messages, as addresses of its work name it.
const TASKS: [&str; 3] = ["deadline", "command", "other"];

/// An address, word by word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address<'a> {
    /// The sender, or the node that notices.
    pub(crate) from: &'a str,
    /// The receiver, or the peer of which it notices something; what a node does to its own disk, the node.
    pub(crate) to: &'a str,
    /// What passes between them.
    pub(crate) about: About<'a>,
    /// The how-manieth that is called so, from 2 on.
    pub(crate) attempt: Option<u32>,
    /// The operation that opened (or closed) the connection; `None` for the connection at the start.
    pub(crate) operation: Option<&'a str>,
}

/// What an address is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About<'a> {
    /// A message.
    Message {
        /// Its kind.
        kind: &'a str,
        /// Its CoValue.
        id: &'a str,
        /// The newest operation that it brings or covers.
        carried: Option<&'a str>,
    },
    /// That a connection has opened.
    Opened,
    /// That a connection has ended.
    Closed,
    /// A write to a disk.
    Write {
        /// Its CoValue.
        id: &'a str,
        /// The newest operation in it.
        carried: Option<&'a str>,
    },
    /// A crash.
    Crash,
    /// How long the work takes that a message makes.
    WorkOf {
        /// Its kind.
        kind: &'a str,
        /// Its CoValue.
        id: &'a str,
        /// The newest operation that it brings or covers.
        carried: Option<&'a str>,
    },
    /// How long other work takes.
    Work {
        /// What is handled.
        task: &'a str,
    },
}

impl<'a> Address<'a> {
    /// Reads an address.
    pub(crate) fn parse(text: &'a str) -> Result<Address<'a>, UnitError> {
        let mut words: Vec<&str> = text.split(' ').collect();
        let operation = words.pop_if(|word| word.starts_with('@')).map(|word| &word[1..]);
        let attempt = words.pop_if(|word| word.starts_with('#')).map(attempt).transpose()?;
        let rest = || words.iter().copied().chain(operation);
        if rest().any(|word| word.is_empty() || word.starts_with(['#', '@'])) {
            return Err(mistake(text));
        }
        let (from, to, about) = match *words.as_slice() {
            [node, HEARS_OPEN, peer] => (node, peer, About::Opened),
            [node, HEARS_CLOSE, peer] => (node, peer, About::Closed),
            [node, CRASHES] => (node, node, About::Crash),
            [node, WORKS, task] if TASKS.contains(&task) => (node, node, About::Work { task }),
            [node, WORKS, kind, id] => (node, node, About::WorkOf { kind, id, carried: None }),
            [node, WORKS, kind, id, carried] => {
                (node, node, About::WorkOf { kind, id, carried: Some(carried) })
            }
            [node, WRITES, id] => (node, node, About::Write { id, carried: None }),
            [node, WRITES, id, carried] => (node, node, About::Write { id, carried: Some(carried) }),
            [ends, kind, id] => message(text, ends, kind, id, None)?,
            [ends, kind, id, carried] => message(text, ends, kind, id, Some(carried))?,
            _ => return Err(mistake(text)),
        };
        Ok(Address { from, to, about, attempt, operation })
    }

    /// The operation that its message brings or covers.
    pub(crate) fn carried(&self) -> Option<&'a str> {
        match self.about {
            About::Message { carried, .. } | About::WorkOf { carried, .. } | About::Write { carried, .. } => {
                carried
            }
            About::Opened | About::Closed | About::Crash | About::Work { .. } => None,
        }
    }

    /// The same with another operation that is brought or covered, where it is about one that has a CoValue.
    pub(crate) fn carrying(self, carried: Option<&'a str>) -> Address<'a> {
        let about = match self.about {
            About::Message { kind, id, .. } => About::Message { kind, id, carried },
            About::Write { id, .. } => About::Write { id, carried },
            About::WorkOf { kind, id, .. } => About::WorkOf { kind, id, carried },
            other @ (About::Opened | About::Closed | About::Crash | About::Work { .. }) => other,
        };
        Address { about, ..self }
    }

    /// The CoValue that it is about.
    pub(crate) fn id(&self) -> Option<&'a str> {
        match self.about {
            About::Message { id, .. } | About::WorkOf { id, .. } | About::Write { id, .. } => Some(id),
            About::Opened | About::Closed | About::Crash | About::Work { .. } => None,
        }
    }
}

fn message<'a>(
    text: &str,
    ends: &'a str,
    kind: &'a str,
    id: &'a str,
    carried: Option<&'a str>,
) -> Result<(&'a str, &'a str, About<'a>), UnitError> {
    let ends = ends.split_once('>').filter(|(from, to)| !from.is_empty() && !to.is_empty());
    let (from, to) = ends.ok_or_else(|| mistake(text))?;
    Ok((from, to, About::Message { kind, id, carried }))
}

fn attempt(word: &str) -> Result<u32, UnitError> {
    let number =
        word[1..].parse().ok().filter(|number| *number >= 2 && word[1..].bytes().all(|b| b.is_ascii_digit()));
    number.ok_or_else(|| UnitError {
        message: format!("{} is no attempt", quoted(word)),
        help: "attempts are counted from `#2` on; the first has no number".to_owned(),
    })
}

fn mistake(text: &str) -> UnitError {
    UnitError {
        message: format!("{} is no address", quoted(text)),
        help: "write `from>to kind id [carried] [#attempt] [@operation]`, such as `alice>server content notes edit-1`, \
               or `node hears-open peer @operation`"
            .to_owned(),
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Address { from, to, about, attempt, operation } = self;
        match about {
            About::Message { kind, id, carried } => {
                write!(f, "{from}>{to} {kind} {id}")?;
                if let Some(carried) = carried {
                    write!(f, " {carried}")?;
                }
            }
            About::Write { id, carried } => {
                write!(f, "{from} {WRITES} {id}")?;
                if let Some(carried) = carried {
                    write!(f, " {carried}")?;
                }
            }
            About::Crash => write!(f, "{from} {CRASHES}")?,
            About::WorkOf { kind, id, carried } => {
                write!(f, "{from} {WORKS} {kind} {id}")?;
                if let Some(carried) = carried {
                    write!(f, " {carried}")?;
                }
            }
            About::Work { task } => write!(f, "{from} {WORKS} {task}")?,
            About::Opened => write!(f, "{from} {HEARS_OPEN} {to}")?,
            About::Closed => write!(f, "{from} {HEARS_CLOSE} {to}")?,
        }
        if let Some(attempt) = attempt {
            write!(f, " #{attempt}")?;
        }
        match operation {
            Some(operation) => write!(f, " @{operation}"),
            None => Ok(()),
        }
    }
}
