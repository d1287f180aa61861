//! What a node writes to its disk: one line of text a record, `CHECKSUM JSON`, appended and never changed. A line has
//! an end of line before it too, so that one that was cut short never swallows the next. A reader verifies each line by its checksum, each header by its id and each log by its signatures, and takes nothing that
//! does not hold: a torn tail, a flipped bit or a missing line costs what it held, never the rest.

use crate::crypto::Crypto;
use crate::id::{CoId, SessionId};
use crate::json::JsonCrypto;
use crate::message::Hint;
use crate::node::piece;
use crate::state::{CoValueState, NewTransactions, NodeState, Source};
use crate::vec_map::VecMap;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// One thing that is written at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(serialize = "C: JsonCrypto", deserialize = "C: JsonCrypto"))]
pub enum Record<C: Crypto> {
    /// A CoValue's header.
    Header {
        /// The CoValue.
        id: CoId,
        /// Its header.
        header: C::Header,
    },
    /// A run of transactions of one session.
    Log {
        /// The CoValue.
        id: CoId,
        /// The session.
        session: SessionId,
        /// How many transactions of the session come before these.
        after: u32,
        /// The transactions, at least one.
        transactions: Vec<C::Transaction>,
        /// The author's signature over the session up to and with the last of these.
        signature: C::Signature,
    },
}

/// Why a line is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It has no checksum, or not that of what follows.
    Checksum,
    /// What follows is no record.
    Shape,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::Checksum => "the checksum does not match: the line was damaged or cut short",
            Unreadable::Shape => "the line is no record of this version",
        })
    }
}

impl core::error::Error for Unreadable {}

impl<C: Crypto> Record<C> {
    /// Which CoValue it is about.
    pub const fn id(&self) -> CoId {
        match self {
            Record::Header { id, .. } | Record::Log { id, .. } => *id,
        }
    }
}

impl<C: JsonCrypto> Record<C> {
    /// The line that holds it, with an end of line before and after.
    ///
    /// # Errors
    /// Where a value of the crypto has no JSON form, which none of this crate's lacks.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let json = serde_json::to_string(self)?;
        Ok(format!("\n{:08x} {json}\n", crc32fast::hash(json.as_bytes())).into_bytes())
    }

    /// The record that a line, without its end, holds.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn decode(line: &[u8]) -> Result<Self, Unreadable> {
        let (checksum, json) = line.split_at_checked(9).ok_or(Unreadable::Checksum)?;
        let expected = format!("{:08x} ", crc32fast::hash(json));
        if checksum != expected.as_bytes() {
            return Err(Unreadable::Checksum);
        }
        serde_json::from_slice(json).map_err(|_| Unreadable::Shape)
    }
}

/// What was found on a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Lines that were taken, or whose content was here already.
    pub records: u32,
    /// Lines that were damaged or cut short.
    pub damaged: u32,
    /// Lines that were whole, but did not fit: what comes before them is missing, or was replaced.
    pub unfit: u32,
    /// Lines that are put aside until what they depend on comes.
    pub waiting: u32,
}

impl Recovery {
    /// Whether every line was taken. Where not, an index of one's own session may be taken that cannot be seen here, so
    /// that a new session must be begun.
    pub const fn is_intact(&self) -> bool {
        self.damaged == 0 && self.unfit == 0 && self.waiting == 0
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records, {} damaged, {} that do not fit", self.records, self.damaged, self.unfit)?;
        if self.waiting > 0 {
            write!(f, ", {} that wait for what they depend on", self.waiting)?;
        }
        Ok(())
    }
}

/// The state that a disk holds, and how whole it is. Nothing on a disk can make this fail. A record may stand before one
/// that it builds on, where the write of that failed at first.
pub fn recover<C: JsonCrypto>(disk: &[u8], crypto: &C) -> (NodeState<C>, Recovery) {
    let Found { state, recovery, .. } = read(disk, crypto, |_, _| true);
    (state, recovery)
}

/// What was read from a disk.
pub(crate) struct Found<C: Crypto> {
    pub(crate) state: NodeState<C>,
    /// The records that were not taken, in the order of the disk.
    pub(crate) left: Vec<Record<C>>,
    pub(crate) recovery: Recovery,
}

/// Reads a disk, and takes what fits of the records that `may` be taken into what was read so far.
pub(crate) fn read<C: JsonCrypto>(
    disk: &[u8],
    crypto: &C,
    may: impl Fn(&NodeState<C>, &Record<C>) -> bool,
) -> Found<C> {
    let mut state = NodeState::default();
    let mut recovery = Recovery::default();
    let mut left = Vec::new();
    for line in disk.split_inclusive(|byte| *byte == b'\n').filter(|line| *line != b"\n") {
        let record = match line.strip_suffix(b"\n") {
            Some(line) => Record::decode(line),
            None => Err(Unreadable::Checksum),
        };
        match record {
            Err(_) => recovery.damaged = recovery.damaged.saturating_add(1),
            Ok(record) => left.push(record),
        }
    }
    let count = |records: usize| u32::try_from(records).unwrap_or(u32::MAX);
    let whole = left.len();
    loop {
        let before = left.len();
        left.retain(|record| !may(&state, record) || !take(&mut state, record, crypto));
        if left.len() == before {
            break;
        }
    }
    recovery.records = count(whole - left.len());
    recovery.unfit = count(left.len());
    Found { state, left, recovery }
}

/// Adds what a record says to what was read so far; says whether it fits.
fn take<C: JsonCrypto>(state: &mut NodeState<C>, record: &Record<C>, crypto: &C) -> bool {
    match record {
        Record::Header { id, header } => {
            if !crypto.verify_header(*id, header) {
                return false;
            }
            let co = state.co_values.entry(*id).or_default();
            if co.header.is_none() {
                co.set_header(header.clone(), &VecMap::new(), Source::Local);
            }
            true
        }
        Record::Log { id, session, after, transactions, signature } => {
            let Some(co) = state.co_values.get_mut(id) else { return false };
            append(co, *id, *session, *after, transactions, signature, crypto).is_some()
        }
    }
}

/// Adds what a stored log has beyond what is held; `None` where it does not follow, differs or does not verify.
pub(crate) fn append<C: Crypto>(
    co: &mut CoValueState<C>,
    id: CoId,
    session: SessionId,
    after: u32,
    transactions: &[C::Transaction],
    signature: &C::Signature,
    crypto: &C,
) -> Option<()> {
    let held = co.count(session);
    let overlap = held.checked_sub(after)? as usize;
    let log = co.sessions.get(session);
    let same = transactions.len().min(overlap);
    if let Some(log) = log
        && log.transactions.get(after as usize..after as usize + same)? != &transactions[..same]
    {
        return None;
    }
    if same == transactions.len() {
        return Some(());
    }
    let new = &transactions[same..];
    let before = log.map(|log| &log.streaming_hash);
    let signed = crypto.verify(id, session, before, new, signature)?;
    co.append(
        session,
        NewTransactions { after: held, transactions: new.to_vec(), signed },
        Source::Local,
        &Hint::default(),
    );
    Some(())
}

/// The records that bring a disk, which holds `written` of a CoValue, up to what is held of it. They end where content
/// would be cut: a reader knows one signature for each, so what it sends of a larger one could not be cut any more.
pub(crate) fn records_since<C: Crypto>(
    id: CoId,
    co: &CoValueState<C>,
    written: &crate::KnownState,
) -> Vec<Record<C>> {
    let mut records = Vec::new();
    let Some(header) = &co.header else { return records };
    if !written.header {
        records.push(Record::Header { id, header: header.clone() });
    }
    for (session, log) in co.sessions.iter() {
        let mut after = written.count(session);
        while after < log.len() {
            let (end, signature) = piece(log, after);
            let transactions = log.transactions[after as usize..end as usize].to_vec();
            records.push(Record::Log { id, session, after, transactions, signature });
            after = end;
        }
    }
    records
}
