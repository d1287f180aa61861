//! What each crate survives, as a table: every condition on every shape, for a range of seeds.

use crate::automerge::Automerge;
use crate::host::Document;
use crate::loro::Loro;
use crate::story::{Condition, Shape, trial};
use crate::yrs::Yrs;
use cosim_world::trial::replica::Oracle;
use cosim_world::trial::{ENDLESS, Played, RESTLESS, Schedule};
use rayon::prelude::*;
use std::fmt::Write;
use std::ops::Range;

/// A crate that is hosted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Crate {
    /// automerge.
    Automerge,
    /// yrs.
    Yrs,
    /// loro.
    Loro,
}

/// A failure, cut down to what causes it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What was wrong.
    pub what: String,
    /// The schedule: nothing in it can go.
    pub schedule: Schedule,
    /// What happens in it.
    pub log: String,
}

impl Crate {
    /// All of them.
    pub const ALL: [Crate; 3] = [Crate::Automerge, Crate::Yrs, Crate::Loro];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Crate::Automerge => "automerge",
            Crate::Yrs => "yrs",
            Crate::Loro => "loro",
        }
    }

    /// Whether it goes on at all under a condition. Where it ends the process instead, it is not played.
    pub fn stands(self, condition: Condition) -> bool {
        !(self == Crate::Loro && condition == Condition::SharedId)
    }

    /// Plays seeds.
    pub fn play(self, cell: Cell, seeds: Range<u64>) -> Vec<Played> {
        match self {
            Crate::Automerge => play::<Automerge>(cell, seeds),
            Crate::Yrs => play::<Yrs>(cell, seeds),
            Crate::Loro => play::<Loro>(cell, seeds),
        }
    }

    /// The first failure among seeds, cut down.
    pub fn shrink(self, cell: Cell, seeds: Range<u64>) -> Option<Failure> {
        match self {
            Crate::Automerge => shrink::<Automerge>(cell, seeds),
            Crate::Yrs => shrink::<Yrs>(cell, seeds),
            Crate::Loro => shrink::<Loro>(cell, seeds),
        }
    }

    /// Plays a schedule.
    pub fn replay(self, cell: Cell, schedule: &Schedule) -> Played {
        match self {
            Crate::Automerge => replay::<Automerge>(cell, schedule),
            Crate::Yrs => replay::<Yrs>(cell, schedule),
            Crate::Loro => replay::<Loro>(cell, schedule),
        }
    }
}

/// What is played, and who judges.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Who is linked with whom.
    pub shape: Shape,
    /// What happens to them.
    pub condition: Condition,
    /// What must hold.
    pub oracles: &'static [Oracle],
}

fn play<D: Document>(cell: Cell, seeds: Range<u64>) -> Vec<Played> {
    let trial = trial::<D>(cell.shape, cell.condition, cell.oracles);
    seeds.map(|seed| trial.play(seed)).collect()
}

fn replay<D: Document>(cell: Cell, schedule: &Schedule) -> Played {
    trial::<D>(cell.shape, cell.condition, cell.oracles).replay(schedule)
}

fn shrink<D: Document>(cell: Cell, seeds: Range<u64>) -> Option<Failure> {
    let trial = trial::<D>(cell.shape, cell.condition, cell.oracles);
    let found = trial.sweep(seeds)?;
    let schedule = trial.shrink(&trial.freeze(found.seed));
    Some(Failure { what: found.failure?, log: trial.log(&schedule), schedule })
}

/// With how many seeds the documented table is measured.
pub const SEEDS: u64 = 50;

/// What everybody needs.
pub const AGREEMENT: &[Oracle] = &[Oracle::Convergence, Oracle::NoLostWrite];

/// What saves work.
pub const ECHO: &[Oracle] = &[Oracle::NoEcho];

/// The table of what holds, as Markdown: in how many of the seeds each oracle was violated.
pub fn table(oracles: &'static [Oracle], seeds: u64) -> String {
    let columns =
        || Crate::ALL.iter().flat_map(|hosted| Shape::ALL.iter().map(move |shape| (*hosted, *shape)));
    let cells: Vec<_> = Condition::ALL
        .iter()
        .flat_map(|condition| columns().map(move |(hosted, shape)| (hosted, shape, *condition)))
        .collect();
    let played = |(hosted, shape, condition): &(Crate, Shape, Condition)| {
        if !hosted.stands(*condition) {
            return "not played".to_owned();
        }
        let cell = Cell { shape: *shape, condition: *condition, oracles };
        marks(oracles, &hosted.play(cell, 0..seeds))
    };
    let marks: Vec<String> = cells.par_iter().map(played).collect();
    let mut text = "| |".to_owned();
    for (hosted, shape) in columns() {
        let _ = write!(text, " {}, {} |", hosted.name(), shape.name());
    }
    text += "\n|---|";
    text += &"---|".repeat(columns().count());
    for (condition, row) in Condition::ALL.iter().zip(marks.chunks(columns().count())) {
        let _ = write!(text, "\n| {} | {} |", condition.name(), row.join(" | "));
    }
    text + "\n"
}

/// How often what was violated.
fn marks(oracles: &[Oracle], played: &[Played]) -> String {
    let times = |what: &str| played.iter().filter(|played| played.failure.as_deref() == Some(what)).count();
    let mut counted: Vec<(&str, usize)> =
        oracles.iter().map(|oracle| (oracle.name(), times(oracle.violation()))).collect();
    if oracles == AGREEMENT {
        counted.push(("silence", times(RESTLESS) + times(ENDLESS)));
    }
    let marks: Vec<String> = counted
        .iter()
        .filter(|(_, times)| *times > 0)
        .map(|(name, times)| format!("{name} {times}"))
        .collect();
    if marks.is_empty() { "holds".to_owned() } else { marks.join(", ") }
}
