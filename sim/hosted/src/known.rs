//! A failure as text: the cell, what is wrong, the schedule that shows it, and what happens in that.
//!
//! ```text
//! yrs link loss agreement
//! convergence: at rest, nodes show different lists
//! seed 1
//! play add-5-bob
//! play open-alice-bob
//! message bob>alice update 5 @open-alice-bob : latency 43638 lost 1
//!
//!       0.000s  * open-alice-bob
//! ```

use crate::cell::Cell;
use clap::ValueEnum;
use cosim_world::trial::{Played, Schedule};
use std::fmt;
use std::str::FromStr;

/// How many lines of a log are kept: what never ends repeats itself.
const LINES_MAX: usize = 70;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Of which crate, and under which condition.
    pub cell: Cell,
    /// What is wrong.
    pub what: String,
    /// The schedule.
    pub schedule: Schedule,
    /// What happens in it.
    pub log: String,
}

impl Failure {
    /// The first failure of a cell among seeds, cut down to what causes it; `None` where all of them hold.
    pub fn find(cell: Cell, seeds: u64) -> Option<Failure> {
        Failure::of(cell, cell.shrink(0..seeds)?)
    }

    /// What a schedule comes to; `None` where all holds.
    pub fn of(cell: Cell, schedule: Schedule) -> Option<Failure> {
        let (Played { failure, .. }, log) = cell.replay(&schedule);
        let lines: Vec<&str> = log.lines().take(LINES_MAX).collect();
        let more = if log.lines().count() > LINES_MAX { "\n              and so on\n" } else { "\n" };
        Some(Failure { cell, what: failure?, schedule, log: lines.join("\n") + more })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { cell, what, schedule, log } = self;
        write!(f, "{cell}\n{what}\n{schedule}\n{log}")
    }
}

impl FromStr for Failure {
    type Err = String;

    fn from_str(text: &str) -> Result<Failure, String> {
        let (head, log) = text.split_once("\n\n").ok_or("expected an empty line before the log")?;
        let mut parts = head.splitn(3, '\n');
        let mut part = |what: &str| parts.next().ok_or(format!("expected {what}"));
        let (cell, what) = (part("a cell")?.parse()?, part("what is wrong")?.to_owned());
        let schedule = part("a schedule")?;
        // Its own errors count lines from its first, which is the third here.
        let schedule = schedule.parse().map_err(|error| format!("schedule, {error}"))?;
        Ok(Failure { cell, what, schedule, log: log.to_owned() })
    }
}

impl FromStr for Cell {
    type Err = String;

    fn from_str(text: &str) -> Result<Cell, String> {
        let mut words = text.split(' ');
        let cell = Cell {
            hosted: value(&mut words)?,
            shape: value(&mut words)?,
            condition: value(&mut words)?,
            question: value(&mut words)?,
        };
        words.next().map_or(Ok(cell), |word| Err(format!("`{word}` is too much")))
    }
}

fn value<'a, V: ValueEnum>(words: &mut impl Iterator<Item = &'a str>) -> Result<V, String> {
    let names = V::value_variants().iter().map(|value| crate::cell::name(value.clone()));
    let names = names.collect::<Vec<_>>().join(", ");
    let word = words.next().ok_or(format!("expected one of {names}"))?;
    V::from_str(word, false).map_err(|_| format!("`{word}` is none of {names}"))
}
