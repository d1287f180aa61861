//! Reading a log back: JSON Lines, as [`Log::write_json_lines`] writes them.
//!
//! Nodes and CoValues are numbered in byte order of their names, as a scenario numbers them, so that the text of a log
//! that was read is the text of the log that was written. A line is taken only if it would be written so again: nothing
//! that it says is passed over.

use super::json::{Dropped, FORMAT, Header};
use super::rename::Named;
use super::wire::Numbers;
use super::{Entry, LOG_VERSION, Limit, Log, Source, With, version_1};
use crate::cojson::{by_ordinal, ordinal, session, session_parts};
use crate::host::NodeId;
use crate::scenario::MAX_NODES;
use cosim_core::Time;
use serde::Deserialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt;

/// A log that was read.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The version of cosim that wrote it.
    pub cosim: String,
    /// What it holds.
    pub log: Log,
}

/// Why a log cannot be read. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It does not begin with the header of a log.
    NotALog,
    /// It is of a version that is not read.
    Version(String),
    /// Its last line has no end: whoever wrote it was interrupted.
    Torn {
        /// The line.
        line: u64,
    },
    /// A line does not say what a log says.
    Damaged {
        /// The line.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// It names more nodes than a scenario may have.
    TooManyNodes,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::NotALog => {
                let header = r#"{"format":"cosim-log","version":…}"#;
                write!(f, "line 1: it is no event log: a log begins with {header}")
            }
            ReadError::Version(found) => {
                let first = version_1::VERSION;
                write!(
                    f,
                    "line 1: the log has version {found}; this cosim reads versions {first} and {LOG_VERSION}"
                )
            }
            ReadError::Torn { line } => write!(f, "line {line}: it is cut off: no line break ends it"),
            ReadError::Damaged { line, why } => write!(f, "line {line}: {why}"),
            ReadError::TooManyNodes => write!(f, "it names more than {MAX_NODES} nodes"),
        }
    }
}

impl std::error::Error for ReadError {}

impl Log {
    /// Reads what [`Log::write_json_lines`] wrote.
    ///
    /// # Errors
    /// The first line that is not what it must be.
    pub fn read_json_lines(bytes: &[u8]) -> Result<Recorded, ReadError> {
        let mut lines = (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n'));
        let (_, first) = lines.next().ok_or(ReadError::NotALog)?;
        let header = header(first)?;
        let lines: Vec<Line> = lines
            .map(|(number, line)| Line::parse(number, header.version, line))
            .collect::<Result<_, _>>()?;
        let mut numbers = Numbers::default();
        for line in &lines {
            line.entry(&mut numbers)?;
        }
        let cast = numbers.in_order()?;
        let entry = |line: &Line| {
            let entry = line.entry(&mut numbers)?;
            if entry.to_json(&cast) == line.json {
                Ok(entry)
            } else {
                Err(line.damaged("it is not as a log says it".to_owned()))
            }
        };
        let mut head: Vec<Entry> = lines.iter().map(entry).collect::<Result<_, _>>()?;
        let dropped = header.dropped.unwrap_or(Dropped { after: head.len(), entries: 0 });
        if dropped.after > head.len() {
            let why = format!(
                "{} entries are to come before those left out, but there are {}",
                dropped.after,
                head.len()
            );
            return Err(ReadError::Damaged { line: 1, why });
        }
        let tail: VecDeque<Entry> = head.split_off(dropped.after).into();
        let mut log = Log::new(cast, Vec::new(), Limit::All).of(Source {
            scenario: header.scenario,
            seed: header.seed,
            crypto: header.crypto,
        });
        log.with = With { states: header.states, looks: header.looks };
        let told = |entry: &&Entry| entry.what.is_told();
        log.told = [head.iter().filter(told).count(), tail.iter().filter(told).count()];
        (log.head, log.tail, log.dropped) = (head, tail, dropped.entries);
        Ok(Recorded { cosim: header.cosim, log })
    }
}

fn header(line: &[u8]) -> Result<Header, ReadError> {
    let json: Value = serde_json::from_slice(line).map_err(|_| ReadError::NotALog)?;
    if json["format"] != FORMAT {
        return Err(ReadError::NotALog);
    }
    if json["version"] != LOG_VERSION && json["version"] != version_1::VERSION {
        return Err(ReadError::Version(json["version"].to_string()));
    }
    if !line.ends_with(b"\n") {
        return Err(ReadError::Torn { line: 1 });
    }
    Header::deserialize(json).map_err(|error| ReadError::Damaged { line: 1, why: error.to_string() })
}

/// A line, as it stands.
#[derive(Debug)]
struct Line {
    number: u64,
    json: Value,
    event: u64,
    at: Time,
    what: Named,
}

/// Calls sessions as they are called today: an older log has the numbers alone of those that were begun for one thing.
fn call_sessions(json: &mut Value) {
    let called = |name: &str| {
        let (node, life) = name.rsplit_once('/')?;
        let number = by_ordinal(life)?;
        let numbered = session(NodeId(0), number);
        (session_parts(numbered).1 == number).then(|| format!("{node}/{}", ordinal(numbered)))
    };
    match json {
        Value::Object(members) => {
            for (key, member) in members {
                if ["new", "sessions"].contains(&key.as_str())
                    && let Value::Object(sessions) = member
                {
                    let renamed = std::mem::take(sessions).into_iter();
                    sessions.extend(renamed.map(|(name, of)| (called(&name).unwrap_or(name), of)));
                } else if key == "session"
                    && let Value::String(name) = member
                {
                    *name = called(name).unwrap_or_else(|| std::mem::take(name));
                } else {
                    call_sessions(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(call_sessions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl Line {
    fn parse(number: u64, version: u32, line: &[u8]) -> Result<Line, ReadError> {
        if !line.ends_with(b"\n") {
            return Err(ReadError::Torn { line: number });
        }
        let damaged = |why: String| ReadError::Damaged { line: number, why };
        let mut json: Value = serde_json::from_slice(line).map_err(|error| damaged(error.to_string()))?;
        if version == version_1::VERSION {
            version_1::translate(&mut json)
                .ok_or_else(|| damaged("it is not as a log of version 1 says it".to_owned()))?;
        }
        call_sessions(&mut json);
        let Value::Object(mut fields) = json.clone() else {
            return Err(damaged("it is no JSON object".to_owned()));
        };
        let mut take = |name: &str| {
            let field = fields.remove(name).as_ref().and_then(Value::as_u64);
            field.ok_or_else(|| damaged(format!("it has no `{name}` that is a number")))
        };
        let (event, at) = (take("event")?, Time::from_us(take("at")?));
        let what = Named::deserialize(Value::Object(fields)).map_err(|error| damaged(error.to_string()))?;
        Ok(Line { number, json, event, at, what })
    }

    fn damaged(&self, why: String) -> ReadError {
        ReadError::Damaged { line: self.number, why }
    }

    fn entry(&self, numbers: &mut Numbers) -> Result<Entry, ReadError> {
        let what = self.what.rename(numbers).map_err(|why| self.damaged(why))?;
        Ok(Entry { event: self.event, at: self.at, what })
    }
}
