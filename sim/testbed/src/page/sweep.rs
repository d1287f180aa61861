//! The page of a sweep: what failed and what was exercised, how figures are spread, and the first failures whole.
//!
//! It is made of a summary, which is the same whether the runs were just played or come from a file of outcomes.

use super::{Contents, Runs, played::one_of_several};
use crate::oracles;
use crate::run::Verdict;
use crate::scenario::{FaultKind, Scenario};
use crate::sweep::{
    EXPECTATION, Figure, Group, Header, OfScenario, Spread, Summary, command, exercised, quoted,
};
use serde_json::{Value, json};

/// How often the median a figure must be for its run to stand out, in tenths.
const STANDS_OUT_TENTHS: u64 = 20;

/// How many runs there must be before one can stand out.
const RUNS_MIN: u64 = 10;

/// A sweep that gets a page.
#[derive(Debug)]
pub struct Played<'a> {
    /// What was swept.
    pub header: &'a Header,
    /// What it came to.
    pub summary: &'a Summary,
    /// The scenarios, in their order; or why one cannot be played, in words.
    pub scenarios: &'a [Result<Scenario, String>],
    /// What a command says of guests.
    pub guests: &'a str,
}

/// The page of a sweep.
pub fn sweep(played: &Played<'_>, contents: Contents) -> String {
    let Played { header, summary, .. } = played;
    let mut runs = Runs::default();
    let failures: Vec<Value> = by_first(summary)
        .into_iter()
        .map(|(key, group)| played.failure(&mut runs, key, group, contents))
        .collect();
    let most = summary.most().iter().map(|most| {
        json!({
            "scenario": most.scenario, "seed": most.seed, "events": most.events, "verdict": most.verdict.name(),
            "command": played.report(most.scenario, most.seed),
        })
    });
    let facts = json!({
        "cosim": header.cosim,
        "verdict": summary.verdict().map(Verdict::name),
        "runs": summary.runs(),
        "planned": header.runs(),
        "failed": summary.failures(),
        "seeds": header.seeds,
        "shard": header.shard.map(|shard| shard.to_string()),
        "maxFailures": header.max_failures,
        "failures": failures,
        "exercised": words(summary),
        "faults": faults(summary),
        "looks": looks(summary),
        "scenarios": summary.scenarios().iter().zip(0..).map(|(of, index)| played.scenario(index, of)).collect::<Vec<_>>(),
        "most": most.collect::<Vec<_>>(),
    });
    runs.html("sweep", &title(header), &facts)
}

impl Played<'_> {
    fn report(&self, scenario: u32, seed: u64) -> String {
        let command = command(self.summary, scenario, seed).replacen("cosim run", "cosim report", 1);
        format!("{command} -o run.html{}", self.guests)
    }

    /// What is said of the failures with one key. The first of them is put into `runs`, if it can be.
    fn failure(&self, runs: &mut Runs, key: &str, group: &Group, contents: Contents) -> Value {
        let run = self.embed(runs, key, group, contents);
        json!({
            "key": key,
            "rule": rule(key),
            "count": group.count,
            "scenarios": group.scenarios.iter().map(|(place, of)| (place, of.count)).collect::<Vec<_>>(),
            "scenario": group.scenario,
            "seed": group.seed,
            "command": format!("{}{}", command(self.summary, group.scenario, group.seed), self.guests),
            "report": self.report(group.scenario, group.seed),
            "run": run.as_ref().ok(),
            "why": run.as_ref().err(),
        })
    }

    /// Puts the first failure of a group into the page, and gives back its number there; or says why it is not in it.
    fn embed(&self, runs: &mut Runs, key: &str, group: &Group, contents: Contents) -> Result<usize, String> {
        runs.room()?;
        let scenario = self.scenarios[group.scenario as usize].as_ref().map_err(Clone::clone)?;
        let path = &self.summary.scenarios()[group.scenario as usize].source.path;
        let command = format!("{}{}", command(self.summary, group.scenario, group.seed), self.guests);
        let (outcome, facts) = one_of_several(scenario, group.seed, path, command);
        let again = match outcome.verdict() {
            Verdict::Held => None,
            Verdict::Liveness | Verdict::Violated | Verdict::Guest => {
                Some(outcome.key().unwrap_or(EXPECTATION))
            }
        };
        if again != Some(key) {
            let came = again.map_or("it holds".to_owned(), |key| format!("it fails with {key}"));
            return Err(format!(
                "played again, {came}: the sweep is of another version, or guests are others"
            ));
        }
        let log = outcome.log.as_ref().expect("it was asked for");
        Ok(runs.add(log, &facts, contents))
    }

    fn scenario(&self, index: u32, of: &OfScenario) -> Value {
        let figures =
            Figure::ALL.into_iter().map(|figure| (figure.name().to_owned(), self.figure(index, of, figure)));
        json!({
            "path": of.source.path,
            "crypto": of.source.crypto.name(),
            "recording": of.source.recording.as_ref().map(|file| &file.path),
            "runs": of.runs,
            "held": of.held,
            "liveness": of.liveness,
            "violated": of.violated,
            "guest": of.guest,
            "endsAtViolation": of.source.declares.violation,
            "never": of.never_happened(),
            "lacks": self.scenarios[index as usize].as_ref().err(),
            "command": format!("cosim run {}", quoted(&of.source.path)),
            "figures": figures.collect::<serde_json::Map<_, _>>(),
        })
    }

    fn figure(&self, index: u32, of: &OfScenario, figure: Figure) -> Value {
        let spread = of.spreads.of(figure);
        if spread.count() == 0 {
            return Value::Null;
        }
        let largest = stands_out(spread).map(|(value, seed, times)| {
            json!({ "value": value, "seed": seed, "timesTenths": times, "command": self.report(index, seed) })
        });
        json!({
            "count": spread.count(), "min": spread.min(), "median": spread.percentile(50),
            "p90": spread.percentile(90), "p99": spread.percentile(99), "max": spread.max(),
            "buckets": spread.buckets().collect::<Vec<_>>(),
            "standOut": largest.collect::<Vec<_>>(),
        })
    }
}

/// The largest of a figure, as far as they are far above the median: the value, the seed, and how many times the median
/// it is, in tenths.
fn stands_out(spread: &Spread) -> impl Iterator<Item = (u64, u64, Option<u64>)> {
    let median = spread.percentile(50);
    let largest = spread.largest().iter().filter(move |_| spread.count() >= RUNS_MIN);
    largest.filter_map(move |&(value, seed)| match value.saturating_mul(10).checked_div(median) {
        None => (value > 0).then_some((value, seed, None)),
        Some(tenths) => (tenths >= STANDS_OUT_TENTHS).then_some((value, seed, Some(tenths))),
    })
}

/// What must hold, by the oracle that a key begins with; nothing where no oracle has found it.
fn rule(key: &str) -> &'static str {
    let oracle = key.split(' ').next().unwrap_or_default();
    let found = oracles::ALL.iter().find(|entry| entry.about.name == oracle);
    match (found, key) {
        (Some(entry), _) => entry.about.sentence,
        (None, EXPECTATION) => "what the scenario expects must come",
        (None, _) => "",
    }
}

fn by_first(summary: &Summary) -> Vec<(&str, &Group)> {
    let mut groups: Vec<(&str, &Group)> =
        summary.groups().iter().map(|(key, group)| (key.as_str(), group)).collect();
    groups.sort_by_key(|(_, group)| (group.scenario, group.seed));
    groups
}

/// What was exercised, in words, but for what the page has in tables.
fn words(summary: &Summary) -> Vec<(String, String)> {
    let mut all = exercised(summary);
    all.retain(|(heading, _)| heading != "planned" && heading != "looks");
    all
}

/// What became of the faults that were planned, over all runs.
fn faults(summary: &Summary) -> Vec<Value> {
    let kinds = FaultKind::ALL.into_iter().filter_map(|kind| {
        let of = || summary.scenarios().iter().filter_map(move |of| of.faults(kind));
        let sum = |part: fn(&crate::run::Faulted) -> u64| of().map(part).fold(0, u64::saturating_add);
        let planned = sum(|it| it.planned);
        let (happened, touched) = (sum(|it| it.happened), sum(|it| it.touched));
        (planned > 0).then(|| {
            json!({ "called": kind.row().called[1], "planned": planned, "happened": happened, "touched": touched })
        })
    });
    kinds.collect()
}

/// How often each oracle looked, over all runs.
fn looks(summary: &Summary) -> Vec<Value> {
    let all = oracles::ALL.iter().filter_map(|entry| {
        let (name, sentence) = (entry.about.name, entry.about.sentence);
        let mut of = summary.scenarios().iter().filter_map(|of| of.looks.get(name)).peekable();
        of.peek()?;
        Some(json!({ "oracle": name, "looks": of.fold(0, |sum: u64, it| sum.saturating_add(*it)), "rule": sentence }))
    });
    all.collect()
}

/// `A sweep of storm.json, seeds 0..100`.
fn title(header: &Header) -> String {
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    let what = match header.scenarios.as_slice() {
        [one] => name(&one.path),
        several => format!("{} scenarios", several.len()),
    };
    format!("A sweep of {what}, seeds {}..{}", header.seeds.from, header.seeds.until)
}
