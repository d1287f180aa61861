//! Playing a recorded editing session: each of its edits becomes an operation of the author's node, as if the timeline
//! said it. So whatever else plays, freezes or shrinks a scenario need not know of recordings.

use super::{Act, MAX_DURATION, MAX_OPERATIONS, MAX_TRANSACTION_BYTES, Operation, Scenario, file};
use crate::recording::{Pace, Recording, Splice};
use cosim_core::{CoId, Span, Time};
use std::fmt;

/// How the names of recorded edits begin.
const NAME: &str = "r";

/// Who types a recorded session, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The text.
    pub co_value: u32,
    /// The nodes that type, in the order of the recording's agents. Never empty.
    pub authors: Vec<u32>,
    /// When the first edit happens.
    pub from: Span,
    /// How fast it is played.
    pub pace: Pace,
}

/// Why a recording cannot be played by a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The scenario names no authors, or has its recording already.
    NotAsked,
    /// It names another number of authors than the recording has.
    Authors {
        /// Of the recording.
        recorded: u32,
        /// Of the scenario.
        named: usize,
    },
    /// There are too many operations.
    Operations(usize),
    /// So many bytes are inserted at once.
    Bytes(usize),
    /// It takes too long.
    Long(Span),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::NotAsked => f.write_str(
                "the scenario does not say who types a recording\nhint: `\"recording\": { \"id\": \"essay\", \"authors\": \
                 [\"alice\", \"bob\"] }`; a frozen scenario has its edits already, and needs none",
            ),
            Misfit::Authors { recorded, named } => write!(
                f,
                "the recording has {recorded} authors, and `recording.authors` names {named}\nexpected: a node for each \
                 author\nhint: name {recorded} nodes, in the order of the recording's agents"
            ),
            Misfit::Operations(found) => write!(
                f,
                "{found} operations are too many\nexpected: at most {MAX_OPERATIONS}\nhint: play a shorter recording"
            ),
            Misfit::Bytes(found) => write!(
                f,
                "the recording inserts {found} bytes at once\nexpected: at most {MAX_TRANSACTION_BYTES}\nhint: play another"
            ),
            Misfit::Long(_) => write!(
                f,
                "the recording goes on for more than a year\nexpected: at most {MAX_DURATION}\nhint: \
                 `\"recording\": {{ \"longest_pause\": \"1m\" }}`, or a smaller `every`"
            ),
        }
    }
}

impl std::error::Error for Misfit {}

impl Scenario {
    /// The same scenario, in which its authors type what was recorded. Belongs to the first chapter.
    ///
    /// # Errors
    /// See [`Misfit`].
    pub fn with_recording(mut self, recording: &Recording) -> Result<Scenario, Misfit> {
        let recorded = self.recording.take().ok_or(Misfit::NotAsked)?;
        let named = recorded.authors.len();
        if usize::try_from(recording.authors()) != Ok(named) {
            return Err(Misfit::Authors { recorded: recording.authors(), named });
        }
        let edits = edits(&recorded, recording);
        check(&self, &edits)?;
        let co_value = recorded.co_value;
        let private = self.directory.co_value(CoId(co_value)).is_some_and(|known| known.spec.private);
        let operations = (1..).zip(edits).map(|(number, Edit { at, node, splice })| {
            let Splice { index, delete, insert } = splice;
            let (delete, insert, private) = (Some(delete), Some(insert), Some(private));
            let act = Act::Splice(file::Splice { node, id: co_value, index, delete, insert, private });
            Operation { name: format!("{NAME}{number}"), at, act }
        });
        if let Some(chapter) = self.chapters.first_mut() {
            chapter.operations.extend(operations);
            chapter.operations.sort_by_key(|operation| operation.at);
        }
        Ok(self)
    }
}

struct Edit {
    at: Time,
    node: u32,
    splice: Splice,
}

/// The edits, in recorded order.
fn edits(recorded: &Recorded, recording: &Recording) -> Vec<Edit> {
    let played = recording.played(recorded.pace);
    let edits = recording.transactions().iter().zip(played).flat_map(|(transaction, since)| {
        let node = recorded.authors.get(transaction.author as usize).copied();
        let at = Time::ZERO + recorded.from + since;
        let splices = transaction.splices.iter().cloned();
        splices.filter_map(move |splice| Some(Edit { at, node: node?, splice }))
    });
    edits.collect()
}

/// What the timeline of a file may not say, a recording may not either.
fn check(scenario: &Scenario, edits: &[Edit]) -> Result<(), Misfit> {
    let others: usize = scenario.chapters.iter().map(|chapter| chapter.operations.len()).sum();
    let generated = scenario.workloads.iter().map(|it| it.operations as usize + it.roles as usize);
    let operations = others + generated.sum::<usize>() + edits.len();
    if operations > MAX_OPERATIONS {
        return Err(Misfit::Operations(operations));
    }
    let largest = edits.iter().map(|edit| edit.splice.insert.len()).max().unwrap_or(0);
    if largest > MAX_TRANSACTION_BYTES as usize {
        return Err(Misfit::Bytes(largest));
    }
    let last = edits.iter().map(|edit| edit.at.since(Time::ZERO)).max().unwrap_or(Span::ZERO);
    if last > MAX_DURATION {
        return Err(Misfit::Long(last));
    }
    Ok(())
}

/// Whether a recorded edit may have this name.
pub(super) fn is_recorded(name: &str) -> bool {
    name.strip_prefix(NAME)
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
