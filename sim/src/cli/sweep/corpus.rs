//! A corpus: runs to play before anything else, since they failed once or have the most events. It is a file of JSON Lines
//! that sweeps add to. What comes of playing it is kept in a file of its own.

use super::super::exit::Failure;
use super::super::print::{count, say};
use super::super::version::BUILD;
use crate::snapshot::is_endless;
use cosim_testbed::run::{Options, Verdict, run};
use cosim_testbed::scenario::Scenario;
use cosim_testbed::sweep::{Header, Record, Source, Summary, command, outcomes_path};
use cosim_testbed::whole;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};

/// How many runs of one scenario are kept for one failure key.
const OF_A_KEY_MAX: usize = 16;

/// How many runs of one scenario are kept for their events.
const OF_EVENTS_MAX: usize = 10;

/// The first line of either file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    version: u32,
}

const FORMAT: &str = "cosim-corpus";

/// The format of what comes of one.
const PLAYED: &str = "cosim-corpus-outcomes";

/// No first line is longer.
const LINE_MAX: u64 = 16 << 20;
const VERSION: u32 = 1;

/// A run that is kept: a line of the corpus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// The path of its scenario.
    scenario: String,
    seed: u64,
    /// By what key it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// How many events it had, where it had many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    events: Option<u64>,
}

/// The runs of a corpus, in order.
#[derive(Debug, Default)]
pub(in crate::cli) struct Corpus(Vec<Kept>);

impl Corpus {
    /// The corpus in a file; where there is none, an empty one.
    pub(in crate::cli) fn read(path: &Path) -> Result<Corpus, Failure> {
        if is_endless(path) {
            return Err(Failure(format!(
                "error: {} is no file\nhint: a corpus is read and written again: name a file",
                path.display()
            )));
        }
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Corpus::default()),
            Err(error) => return Err(Failure::file("read", path, &error)),
        };
        let wrong = |line: usize, why: String| {
            Failure(format!(
                "error: {}:{line}: {why}\nhint: name a corpus that `cosim sweep --corpus` has written, or a file that is not \
                 there",
                path.display()
            ))
        };
        let mut lines = text.lines().zip(1..);
        let head = lines.next().and_then(|(head, _)| serde_json::from_str::<Head>(head).ok());
        if head.is_none_or(|head| (head.format.as_str(), head.version) != (FORMAT, VERSION)) {
            return Err(wrong(1, "this is no corpus".to_owned()));
        }
        let kept = lines.map(|(line, number)| {
            serde_json::from_str(line).map_err(|error| wrong(number, format!("this is no run: {error}")))
        });
        Ok(Corpus(kept.collect::<Result<_, _>>()?))
    }

    /// Plays the runs whose scenarios are at hand, keeps what comes of them beside `out`, and says what failed.
    pub(super) fn play(
        &self,
        (header, scenarios): (&Header, &[Scenario]),
        out: Option<&Path>,
        words: String,
    ) -> Result<Summary, Failure> {
        let place =
            |kept: &Kept| header.scenarios.iter().position(|source| is_one(&source.path, &kept.scenario));
        let mut runs: Vec<(usize, u64)> =
            self.0.iter().filter_map(|kept| Some((place(kept)?, kept.seed))).collect();
        runs.sort_unstable();
        runs.dedup();
        let play = |&(place, seed): &(usize, u64)| {
            let index = u32::try_from(place).expect("there are fewer scenarios than 2^32");
            Record::of(index, &scenarios[place], &run(&scenarios[place], seed, Options::judged()))
        };
        let records: Vec<Record> = runs.par_iter().map(play).collect();
        let mut summary = Summary::new(header).played_with(words);
        records.iter().for_each(|record| summary.add(record));
        if let Some(out) = out {
            let path = beside(out);
            whole::write(&path, &lines(header, &records))
                .map_err(|error| Failure::file("write", &path, &error))?;
        }
        say!("corpus: {}, {} failed", count(summary.runs(), "run"), summary.failures());
        for record in records.iter().filter(|record| record.verdict != Verdict::Held) {
            let key = record.key.as_deref().unwrap_or_default();
            say!("  {key}: {}", command(&summary, record.scenario, record.seed));
        }
        Ok(summary)
    }

    /// Adds what a sweep has shown: the first failure with each key, and the runs with most events. What is there already
    /// stays, as far as it is not too much of one kind.
    pub(in crate::cli) fn add(&mut self, summary: &Summary) {
        let path = |scenario: u32| summary.scenarios()[scenario as usize].source.path.clone();
        let failed = summary.groups().iter().map(|(key, group)| Kept {
            scenario: path(group.scenario),
            seed: group.seed,
            key: Some(key.clone()),
            events: None,
        });
        let most = summary.most().iter().map(|most| Kept {
            scenario: path(most.scenario),
            seed: most.seed,
            key: None,
            events: Some(most.events),
        });
        let new: Vec<Kept> = failed.chain(most).collect();
        for kept in new {
            let known = self.0.iter().find(|known| is_one(&known.scenario, &kept.scenario));
            let scenario = known.map_or_else(|| kept.scenario.clone(), |known| known.scenario.clone());
            self.0.push(Kept { scenario, ..kept });
        }
        let mut kinds: BTreeMap<(String, Option<String>), Vec<Kept>> = BTreeMap::new();
        for kept in self.0.drain(..) {
            let kind = kinds.entry((kept.scenario.clone(), kept.key.clone())).or_default();
            if !kind.iter().any(|known| known.seed == kept.seed) {
                kind.push(kept);
            }
        }
        for ((_, key), mut kind) in kinds {
            // Of those that failed, the first that came; of the others, those with most events.
            kind.sort_by_key(|kept| (std::cmp::Reverse(kept.events), kept.events.map(|_| kept.seed)));
            kind.truncate(if key.is_some() { OF_A_KEY_MAX } else { OF_EVENTS_MAX });
            self.0.extend(kind);
        }
    }

    pub(in crate::cli) fn write(&self, path: &Path) -> Result<(), Failure> {
        let head = Head { format: FORMAT.to_owned(), version: VERSION };
        let lines = [json(&head)].into_iter().chain(self.0.iter().map(json));
        let text: String = lines.map(|line| line + "\n").collect();
        whole::write(path, &text).map_err(|error| Failure::file("write", path, &error))?;
        let runs: BTreeSet<(&str, u64)> =
            self.0.iter().map(|kept| (kept.scenario.as_str(), kept.seed)).collect();
        say!("the corpus in {} has {}", path.display(), count(runs.len() as u64, "run"));
        Ok(())
    }
}

/// Whether two paths are one, written in two ways: `./a.json`.
fn is_one(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|path| Path::new(path).components());
    one.filter(|part| *part != Component::CurDir).eq(other.filter(|part| *part != Component::CurDir))
}

/// Where what comes of a corpus is kept: `corpus.jsonl` in the folder of the outcomes, or `NAME.corpus.jsonl` beside them.
fn beside(out: &Path) -> PathBuf {
    let outcomes = outcomes_path(out);
    if outcomes == out { out.with_extension("corpus.jsonl") } else { out.join("corpus.jsonl") }
}

/// Whether a file is what came of a corpus.
pub(in crate::cli) fn is_played(path: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Format {
        format: String,
    }
    let mut line = String::new();
    let read = File::open(path).and_then(|file| BufReader::new(file).take(LINE_MAX).read_line(&mut line));
    let format: Option<Format> = read.ok().and_then(|_| serde_json::from_str(&line).ok());
    format.is_some_and(|found| found.format == PLAYED)
}

/// The first line of what comes of a corpus. It is no sweep: its seeds are no range.
#[derive(Serialize)]
struct Played<'a> {
    format: &'static str,
    version: u32,
    cosim: &'a str,
    build: &'a str,
    scenarios: &'a [Source],
}

fn lines(header: &Header, records: &[Record]) -> String {
    let head = Played {
        format: PLAYED,
        version: VERSION,
        cosim: &header.cosim,
        build: BUILD,
        scenarios: &header.scenarios,
    };
    let lines = [json(&head)].into_iter().chain(records.iter().map(Record::line));
    lines.map(|line| line + "\n").collect()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it has string keys only")
}
