//! The file of a recording, word for word, and the checks that need nothing but it.

use super::Error;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::Read;

/// The bytes of a recording when it is unpacked: 64 MiB.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// How a file begins that is packed with gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What a recording with parents says that it is.
const CONCURRENT: &str = "concurrent";

/// The Unix epoch, which stands for a time that is not known.
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// A recording.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub(super) struct Session {
    pub(super) kind: String,
    /// The text in the end.
    pub(super) end_content: String,
    /// How many people wrote.
    pub(super) num_agents: u32,
    pub(super) txns: Vec<Txn>,
    /// Whether the file says that each transaction follows the one before, and names no parents.
    #[serde(skip)]
    pub(super) is_linear: bool,
    /// How many transactions come before those of the file.
    #[serde(skip)]
    pub(super) added: usize,
}

/// A recording of one author, which names neither parents nor agents.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Linear {
    /// The text at first.
    #[serde(default)]
    start_content: String,
    end_content: String,
    txns: Vec<LinearTxn>,
}

/// What the one author did.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct LinearTxn {
    #[serde(default, alias = "timestamp")]
    time: Option<String>,
    patches: Vec<Patch>,
}

/// What tells one kind of recording from the other.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    kind: Option<IgnoredAny>,
    num_agents: Option<IgnoredAny>,
    txns: Option<IgnoredAny>,
}

/// What one of them did.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
pub(super) struct Txn {
    /// The transactions that its author had seen and no other of these had, by index.
    pub(super) parents: Vec<u32>,
    pub(super) agent: u32,
    #[serde(default, alias = "timestamp")]
    pub(super) time: Option<String>,
    pub(super) patches: Vec<Patch>,
}

/// The position in code points, how many code points went, and what came in their place.
pub(super) type Patch = (u32, u32, String);

impl Session {
    /// Reads the shapes.
    pub(super) fn read(bytes: &[u8]) -> Result<Session, Error> {
        let unpacked = if bytes.starts_with(&GZIP) { Some(unpack(bytes)?) } else { None };
        let json = unpacked.as_deref().unwrap_or(bytes);
        if json.len() > BYTES_MAX {
            let found = format!("it is larger than {BYTES_MAX} bytes");
            return Err(Error::shape(None, found).expected("a session of a few hours has a few million"));
        }
        if json.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(Error::shape(None, "it is neither packed with gzip nor a JSON object"));
        }
        if is_linear(json) { Ok(Session::of_linear(parse(json)?)) } else { parse(json) }
    }

    /// What the text was at first, its author inserts first: a transaction of its own, at a time that is not known.
    fn of_linear(linear: Linear) -> Session {
        let Linear { start_content, end_content, txns } = linear;
        let is_timed = txns.iter().any(|txn| txn.time.is_some());
        let start = LinearTxn {
            time: is_timed.then(|| EPOCH.to_owned()),
            patches: vec![(0, 0, start_content.clone())],
        };
        let start = (!start_content.is_empty()).then_some(start);
        let added = usize::from(start.is_some());
        let txn = |LinearTxn { time, patches }| Txn { parents: Vec::new(), agent: 0, time, patches };
        Session {
            kind: CONCURRENT.to_owned(),
            end_content,
            num_agents: 1,
            txns: start.into_iter().chain(txns).map(txn).collect(),
            is_linear: true,
            added,
        }
    }

    /// Checks who did what after what.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.kind != CONCURRENT {
            let found = format!("a recording of the kind {:?}", self.kind);
            return Err(Error::at("kind", found).expected("`concurrent`"));
        }
        let agents = self.num_agents;
        for (number, txn) in self.txns.iter().enumerate() {
            if txn.agent >= agents {
                let error =
                    Error::at(format!("txns[{number}].agent"), format!("there is no agent {}", txn.agent));
                return Err(error.expected(format!("a number below {agents}, which is `numAgents`")));
            }
            if let Some(later) = txn.parents.iter().position(|parent| *parent as usize >= number) {
                let place = format!("txns[{number}].parents[{later}]");
                let found = format!("transaction {} is not before this one", txn.parents[later]);
                return Err(Error::at(place, found).expected(format!("an index below {number}")));
            }
        }
        if self.txns.iter().all(|txn| txn.patches.is_empty()) {
            return Err(Error::at("txns", "nobody writes anything").expected("at least one patch"));
        }
        Ok(())
    }

    /// Whether everybody had seen all that was done before.
    pub(super) fn is_linear(&self) -> bool {
        self.is_linear
            || (0..).zip(&self.txns).all(|(number, txn): (u32, &Txn)| match number.checked_sub(1) {
                None => txn.parents.is_empty(),
                Some(before) => txn.parents == [before],
            })
    }
}

/// Whether it says nothing of who wrote: a file that is no recording at all is not said to be one.
fn is_linear(json: &[u8]) -> bool {
    let kind = serde_json::from_slice(json);
    kind.is_ok_and(|Kind { kind, num_agents, txns }| kind.is_none() && num_agents.is_none() && txns.is_some())
}

fn parse<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, Error> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        Error::shape(Some(place).filter(|place| place != "."), worded(error.inner()))
    })?;
    reader.end().map_err(|error| Error::shape(None, worded(&error)))?;
    Ok(parsed)
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut unpacked = Vec::new();
    let limit = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut unpacked);
    read.map_err(|error| {
        Error::shape(None, format!("it is packed with gzip and cannot be unpacked: {error}"))
    })?;
    Ok(unpacked)
}

/// What serde says, without the names of Rust's types.
fn worded(error: &serde_json::Error) -> String {
    error
        .to_string()
        .replace("expected u32", "expected a whole number from 0 to 4294967295")
        .replace("expected a tuple of size 3", "expected `[position, deleted, \"inserted\"]`")
        .replace("expected a sequence", "expected an array")
}
