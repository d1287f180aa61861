//! Many runs: every scenario with every seed, on all cores, judged and counted.
//!
//! A [`Sweep`] says what is played; [`Sweep::play`] plays it and hands over a [`Record`] for each run in order (all
//! seeds of the first scenario, then of the next), whatever the threads did. A [`Summary`] counts them, and
//! [`OutcomeFile`] keeps them: it appears whole or not at all, whoever else writes it, ends with a mark that says so, and
//! can be gone on with. [`merge()`] makes one file of the files of several shards, with the bytes of the file of the whole.
//!
//! Runs share nothing, and memory does not grow with their number. Nothing here prints, or knows of signals: the
//! command line does.

mod aside;
mod declared;
mod error;
mod file;
mod header;
mod mark;
mod merge;
mod ordered;
mod parts;
mod reader;
mod record;
mod report;
mod shard;
mod spread;
mod summary;

pub use declared::Declared;
pub use error::Error;
pub use file::{Opened, OutcomeFile, is_begun, read, read_each};
pub use header::{FORMAT, Header, Seeds, Source, SourceFile, VERSION};
pub use merge::merge;
pub use parts::Flaw;
pub use reader::is_outcomes;
pub use record::{Counts, EXPECTATION, Record};
pub use report::{command, exercised, json, quoted, text};
pub use shard::Shard;
pub use spread::{Figure, Spread, Spreads};
pub use summary::{Group, InScenario, Most, OfScenario, Summary};

use crate::run::{Options, run};
use crate::scenario::Scenario;
use std::any::Any;
use std::num::{NonZeroU64, NonZeroUsize};
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// A scenario to sweep.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its path, as it was given.
    pub path: String,
    /// The BLAKE3 hash of its bytes, in hexadecimal.
    pub blake3: String,
    /// The scenario.
    pub scenario: Scenario,
    /// The recording that was added to it.
    pub recording: Option<SourceFile>,
}

impl Entry {
    /// The scenario that these bytes of a file hold.
    pub fn new(path: String, bytes: &[u8], scenario: Scenario) -> Entry {
        Entry { path, blake3: blake3::hash(bytes).to_hex().to_string(), scenario, recording: None }
    }

    /// Says from which file the recording comes that was added to the scenario.
    pub fn add_recording(&mut self, path: String, bytes: &[u8]) {
        self.recording = Some(SourceFile { path, blake3: blake3::hash(bytes).to_hex().to_string() });
    }
}

/// How much is swept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// All seeds, also those of other shards.
    pub seeds: Range<u64>,
    /// The part of them to play; `None` for all.
    pub shard: Option<Shard>,
    /// The number of the failure, in order, after which nothing is played any more.
    pub max_failures: Option<NonZeroU64>,
}

/// What is swept.
#[derive(Clone, Debug)]
pub struct Sweep {
    header: Header,
    scenarios: Vec<Scenario>,
    runs: u64,
}

/// How a sweep ended.
#[derive(Debug)]
pub enum Ended {
    /// Everything was played, or as many failures were found as were asked for.
    Complete,
    /// It was stopped: what was handed over is a contiguous part from the start.
    Stopped,
    /// Playing this run panicked, which is a bug in cosim. Everything before it was handed over.
    Panicked {
        /// The index of the scenario.
        scenario: u32,
        /// The seed.
        seed: u64,
        /// What it panicked with.
        payload: Box<dyn Any + Send>,
    },
}

impl Sweep {
    /// A sweep of these scenarios, in this order. An error where 64 bits cannot count the runs.
    pub fn new(entries: Vec<Entry>, scope: &Scope) -> Result<Sweep, Error> {
        let source = |entry: &Entry| Source {
            path: entry.path.clone(),
            blake3: entry.blake3.clone(),
            crypto: entry.scenario.crypto,
            recording: entry.recording.clone(),
            declares: Declared::of(&entry.scenario),
        };
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            cosim: env!("CARGO_PKG_VERSION").to_owned(),
            build: header::unknown(),
            scenarios: entries.iter().map(source).collect(),
            seeds: Seeds { from: scope.seeds.start, until: scope.seeds.end },
            shard: scope.shard,
            max_failures: scope.max_failures.map(NonZeroU64::get),
        };
        let runs = header.order().runs().ok_or(Error::TooManyRuns)?;
        Ok(Sweep { header, scenarios: entries.into_iter().map(|entry| entry.scenario).collect(), runs })
    }

    /// The same, as played by this build of cosim. Of one that nobody names, nothing is known.
    #[must_use]
    pub fn built_from(mut self, build: &str) -> Sweep {
        build.clone_into(&mut self.header.build);
        self
    }

    /// What is swept, as the first line of its file says it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many runs there are, if not so many fail that it ends before.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Plays what `summary` does not count yet, on as many threads as there are `jobs`. Every run is added to `summary`
    /// and then handed to `each`, in order and on this thread. When `stop` is set, what was begun is still played.
    pub fn play(
        &self,
        jobs: NonZeroUsize,
        stop: &AtomicBool,
        summary: &mut Summary,
        mut each: impl FnMut(&Record, &Summary) -> Result<(), Error>,
    ) -> Result<Ended, Error> {
        if self.header.is_enough(summary) {
            return Ok(Ended::Complete);
        }
        let first = summary.runs();
        let order = self.header.order();
        let work = |number| self.record(order.at(number));
        let take = |played: Result<Record, Ended>| {
            let record = match played {
                Ok(record) => record,
                Err(panicked) => return ControlFlow::Break(Ok(panicked)),
            };
            summary.add(&record);
            match each(&record, summary) {
                Err(error) => ControlFlow::Break(Err(error)),
                Ok(()) if self.header.is_enough(summary) => ControlFlow::Break(Ok(Ended::Complete)),
                Ok(()) => ControlFlow::Continue(()),
            }
        };
        ordered::ordered(jobs, first..self.runs, stop, work, take).unwrap_or(Ok(Ended::Stopped))
    }

    /// Plays until `is_over` says that it is enough: the scenarios take turns, each with a few seeds, and a round that is
    /// begun is played to its end. So what was played is a sweep like any other, of the seeds in the header that comes back
    /// with how it ended. Every run is added to `summary` and handed to `each`.
    pub fn play_in_turns(
        &self,
        jobs: NonZeroUsize,
        mut is_over: impl FnMut() -> bool,
        summary: &mut Summary,
        mut each: impl FnMut(&Record, &Summary) -> Result<(), Error>,
    ) -> Result<(Ended, Header), Error> {
        let order = self.header.order();
        let mut played = self.header.range();
        played.end = played.start;
        let take = |record: Result<Record, Ended>| {
            let record = match record {
                Ok(record) => record,
                Err(panicked) => return ControlFlow::Break(Ok(panicked)),
            };
            summary.add(&record);
            if let Err(error) = each(&record, summary) {
                return ControlFlow::Break(Err(error));
            }
            let Some(whole) = order.played_in_turns(summary.runs()) else { return ControlFlow::Continue(()) };
            played = whole;
            if is_over() { ControlFlow::Break(Ok(Ended::Complete)) } else { ControlFlow::Continue(()) }
        };
        let work = |number| self.record(order.in_turns(number));
        let never = AtomicBool::new(false);
        let ended =
            ordered::ordered(jobs, 0..self.runs, &never, work, take).unwrap_or(Ok(Ended::Complete))?;
        let seeds = Seeds { from: played.start, until: played.end };
        Ok((ended, Header { seeds, ..self.header.clone() }))
    }

    /// Plays a run.
    fn record(&self, (index, seed): (u32, u64)) -> Result<Record, Ended> {
        let scenario = &self.scenarios[index as usize];
        let play = || Record::of(index, scenario, &run(scenario, seed, Options::judged()));
        catch_unwind(AssertUnwindSafe(play)).map_err(|payload| Ended::Panicked {
            scenario: index,
            seed,
            payload,
        })
    }
}

impl Header {
    /// Whether a sweep is complete with what `summary` counts.
    fn is_enough(&self, summary: &Summary) -> bool {
        let failures = self.max_failures.is_some_and(|max| summary.failures() >= max);
        failures || self.order().runs() == Some(summary.runs())
    }
}

/// The file of outcomes in a folder.
pub const OUTCOMES: &str = "outcomes.jsonl";

/// The file of outcomes that `--out` stands for: itself where its name ends in `.jsonl`, else `outcomes.jsonl` in the
/// folder of that name.
pub fn outcomes_path(out: &Path) -> PathBuf {
    let is_file = out.extension().is_some_and(|extension| extension == "jsonl") && !out.is_dir();
    if is_file { out.to_owned() } else { out.join(OUTCOMES) }
}
