//! What a sweep has found: how often each scenario failed with each key, and what some of those runs come to when they are
//! cut down.

use super::super::exit::Failure;
use super::super::print::say;
use super::super::report::swept::{same, scenario};
use super::super::{guests, sweep::failure};
use super::store::{Swept, SweptFailure, SweptScenario, SweptShape};
use cosim_testbed::freeze::freeze;
use cosim_testbed::scenario::{Scenario, file};
use cosim_testbed::shrink::{shape, shrink};
use cosim_testbed::sweep::{Header, Source, read_each};
use std::collections::BTreeMap;
use std::path::Path;

/// How many runs with one key are cut down at most, over all scenarios of a sweep.
const CUT_MAX: usize = 32;

/// The shape of what cannot be cut down: an expectation that is not met, or where guests take part.
const WHOLE: &str = "not cut down";

/// A run that failed.
#[derive(Clone, Debug)]
struct Run {
    seed: u64,
    fingerprint: String,
}

/// A file of outcomes that was read.
#[derive(Debug)]
pub(super) struct Outcomes {
    pub(super) header: Header,
    /// How many runs there were of each scenario.
    runs: Vec<u64>,
    /// Of each scenario and key, how many failed and the first runs that did, and the last.
    failures: BTreeMap<(usize, String), Vec<Run>>,
}

impl Outcomes {
    pub(super) fn read(path: &Path) -> Result<Outcomes, Failure> {
        let mut failures: BTreeMap<(usize, String), Vec<Run>> = BTreeMap::new();
        let read = read_each(path, &mut |record| {
            if let Some(key) = &record.key {
                let run = Run { seed: record.seed, fingerprint: record.fingerprint.clone() };
                failures.entry((record.scenario as usize, key.clone())).or_default().push(run);
            }
        });
        let (header, summary) = read.map_err(failure)?;
        let runs = summary.scenarios().iter().map(|of| of.runs).collect();
        Ok(Outcomes { header, runs, failures })
    }

    /// By what the sweep is known: equal headers have equal outcomes.
    pub(super) fn digest(&self) -> String {
        blake3::hash(self.header.line().as_bytes()).to_hex().to_string()
    }

    /// How many runs there were.
    pub(super) fn runs(&self) -> u64 {
        self.runs.iter().sum()
    }

    /// Cuts down `cut` runs of each key and scenario at most.
    pub(super) fn cut_down(self, cut: usize, guests: &guests::Known) -> Result<Swept, Failure> {
        let (header, digest) = (&self.header, self.digest());
        let start = header.range().start;
        let of = |(source, runs): (&Source, &u64)| SweptScenario {
            path: source.path.clone(),
            blake3: source.blake3.clone(),
            crypto: source.crypto.name(),
            recording: source.recording.as_ref().map(|file| file.blake3.clone()).unwrap_or_default(),
            // Where nothing has failed, nobody needs it to be there still.
            file: same(&source.path, &source.blake3).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
            seeds: start..start + runs,
            failures: Vec::new(),
        };
        let mut scenarios: Vec<SweptScenario> = header.scenarios.iter().zip(&self.runs).map(of).collect();
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for ((place, key), runs) in &self.failures {
            let left = left.entry(key).or_insert(CUT_MAX);
            let chosen = spread(runs, cut.min(*left));
            *left -= chosen.len();
            let source = &header.scenarios[*place];
            let mut shapes: BTreeMap<String, SweptShape> = BTreeMap::new();
            if !chosen.is_empty() {
                say!("{}: cutting down {} of {} runs with {key}", source.path, chosen.len(), runs.len());
                let scenario = scenario(source, guests).map_err(|why| lost(&why))?;
                for run in chosen {
                    let (shape, file) = cut_one(&scenario, source, run)?;
                    add(&mut shapes, shape, run.seed, file);
                }
            }
            let times = runs.len() as u64;
            scenarios[*place].failures.push(SweptFailure {
                key: key.clone(),
                times,
                shapes: shapes.into_values().collect(),
            });
        }
        Ok(Swept { header: digest, cosim: header.cosim.clone(), build: header.build.clone(), scenarios })
    }
}

/// So many of these, the first and the last among them, at equal distances.
fn spread(runs: &[Run], wanted: usize) -> Vec<&Run> {
    let wanted = wanted.min(runs.len());
    let place = |number: usize| number * (runs.len() - 1) / (wanted - 1).max(1);
    (0..wanted).map(|number| &runs[place(number)]).collect()
}

/// The shape of a run, and the smallest scenario that shows it.
fn cut_one(scenario: &Scenario, source: &Source, run: &Run) -> Result<(String, String), Failure> {
    let frozen = freeze(scenario, run.seed, &source.path);
    let fingerprint = frozen.outcome.fingerprint.to_string();
    if fingerprint != run.fingerprint {
        return Err(Failure(format!(
            "error: {}: seed {} comes out as {fingerprint} here, and as {} in the sweep\nhint: let the build of cosim store it \
             that has played it",
            source.path, run.seed, run.fingerprint
        )));
    }
    if !scenario.has_guests()
        && let Ok(shrunk) = shrink(&frozen.file, &scenario.guests, &mut |_, _| {})
    {
        let key = shrunk.outcome.key().unwrap_or_default();
        let about = shrunk.about(key, run.seed, &source.path);
        let file = file::Scenario { about, ..shrunk.file };
        return Ok((shape(&file), file.to_json_pretty()));
    }
    Ok((WHOLE.to_owned(), frozen.file.to_json_pretty()))
}

fn add(shapes: &mut BTreeMap<String, SweptShape>, shape: String, seed: u64, file: String) {
    let known = shapes.entry(shape.clone()).or_insert_with(|| SweptShape {
        shape,
        cut: 0,
        first: seed,
        last: seed,
        file: file.clone(),
    });
    known.cut += 1;
    (known.first, known.last) = (known.first.min(seed), known.last.max(seed));
    if (file.len(), &file) < (known.file.len(), &known.file) {
        known.file = file;
    }
}

fn lost(why: &str) -> Failure {
    Failure(format!(
        "error: {why}\nhint: store a sweep where it was played: its failures are played again and cut down"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_down_is_spread_over_all() {
        let runs: Vec<Run> = (0..10).map(|seed| Run { seed, fingerprint: String::new() }).collect();
        let chosen = |wanted| spread(&runs, wanted).iter().map(|run| run.seed).collect::<Vec<_>>();
        assert!(chosen(0).is_empty());
        assert_eq!(chosen(1), [0]);
        assert_eq!(chosen(4), [0, 3, 6, 9]);
        assert_eq!(chosen(99), (0..10).collect::<Vec<_>>());
        assert!(spread(&[], 4).is_empty());
    }
}
