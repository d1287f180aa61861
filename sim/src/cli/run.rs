//! `cosim run`: play a scenario with one seed, or with several.

use super::config::Config;
use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::keep::Keeping;
use super::print::{columns, count, out, outln, say};
use super::progress::Waiting;
use super::report::Playing;
use super::results::{self, Case, Failed, FailedRun, Format, Found, Results};
use super::threads::Threads;
use super::version::BUILD;
use cosim_core::CoId;
use cosim_testbed::capsule::Failing;
use cosim_testbed::host::NodeId;
use cosim_testbed::log::{Limit, With};
use cosim_testbed::page::Contents;
use cosim_testbed::replay::Replay;
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, Verdict, idle_mutations, plays_as_said, run};
use cosim_testbed::scenario::file::{self, Act, CoValue, Entry};
use cosim_testbed::scenario::{Crypto, Kind, Scenario, closest};
use cosim_testbed::sweep::quoted;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Play a scenario, and judge it.
///
/// Without --seed, the seed in the file is played. With --seeds, every seed is one line, and the failures come last.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The scenario, or the folder in which --out kept a failure.
    file: PathBuf,
    /// Play this seed.
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Play these seeds: from the first up to, not including, the last.
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    seeds: Option<Range<u64>>,
    /// Hash and sign this way, whatever the file says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    /// Play this recorded editing session, where the scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    /// Print the event log.
    #[arg(long, conflicts_with = "seeds")]
    log: bool,
    /// Print what every node holds in the end, as JSON.
    #[arg(long, conflicts_with = "seeds")]
    states: bool,
    /// Print what every app sees in the end, as JSON.
    #[arg(long, conflicts_with = "seeds")]
    views: bool,
    /// Say why a node shows a CoValue as it does in the end, whether that was expected or not: who wrote it, and what does not
    /// count.
    #[arg(long, value_name = "NODE/COVALUE", conflicts_with = "seeds")]
    why: Option<String>,
    /// Print for machines: one JSON object a run (with --log, the log as JSON Lines).
    #[arg(long)]
    json: bool,
    /// For whom to print what became of the seeds.
    #[arg(
        long,
        value_enum,
        value_name = "human|json|junit|github",
        requires = "seeds",
        conflicts_with = "json"
    )]
    #[arg(hide_possible_values = true)]
    format: Option<Format>,
    /// Also tell this in the log for machines: how what nodes hold changes, and what oracles look at.
    #[arg(long, value_name = "states,looks", value_enum, value_delimiter = ',', requires_all = ["log", "json"])]
    #[arg(conflicts_with = "seeds", hide_possible_values = true)]
    with: Vec<Also>,
    /// Also write the page of the run, as `cosim report` does.
    #[arg(long, value_name = "FILE", conflicts_with = "seeds")]
    html: Option<PathBuf>,
    /// Keep a failure as a folder in this one: the run as a plain scenario, its log, states and verdict. With several
    /// seeds, keep the first that fails with each key.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Also shrink what is kept, as `cosim shrink` does.
    #[arg(long, requires = "out")]
    shrink: bool,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    guests: guests::Args,
}

/// What a log can tell beside what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Also {
    States,
    Looks,
}

impl Args {
    /// The file that is played.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    fn with(&self) -> With {
        let [states, looks] = [Also::States, Also::Looks].map(|also| self.with.contains(&also));
        With { states, looks }
    }
}

/// `3..7`.
pub(super) fn seeds(text: &str) -> Result<Range<u64>, String> {
    let parsed = text.split_once("..").and_then(|(a, b)| Some(a.parse().ok()?..b.parse().ok()?));
    let range = parsed.ok_or("expected two numbers: `0..1000` is the seeds from 0 to 999")?;
    if range.is_empty() {
        return Err("it holds no seed: the first number must be smaller than the second".to_owned());
    }
    Ok(range)
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    args.threads.set()?;
    let also = [("--why", args.why.is_some()), ("--views", args.views), ("--states", args.states)];
    if let Some((option, _)) = also.into_iter().find(|(_, is_given)| *is_given && args.log && args.json) {
        return Err(Failure(format!(
            "error: with --log and --json the log is all that is printed: there is no place for {option}\nhint: leave one of them out"
        )));
    }
    if args.seeds.is_none() && args.format.is_some() {
        return Err(Failure(
            "error: --format is for many runs, and there is one\nhint: --seeds A..B plays many; of one, --json prints an object"
                .to_owned(),
        ));
    }
    let is_for_machines = args.log && args.json;
    if !args.with.is_empty() && !is_for_machines {
        return Err(Failure("error: --with adds to the log for machines\nhint: add --log --json".to_owned()));
    }
    for written in [args.html.as_deref(), args.out.as_deref()] {
        input::check_written(written, [&args.file].into_iter().chain(&args.recording))?;
    }
    input::check_apart(&[("--html", args.html.as_deref()), ("--out", args.out.as_deref())])?;
    let recorded = Recorded::read(args.recording.as_deref())?;
    let scenario = input::scenario(&args.file, args.crypto, recorded.as_ref(), &args.guests.known()?)?;
    // The scenario has its edits now.
    drop(recorded);
    match &args.seeds {
        Some(seeds) => many(args, &scenario, seeds.clone()),
        None => one(args, &scenario, args.seed.unwrap_or(scenario.seed)),
    }
}

fn one(args: &Args, scenario: &Scenario, seed: u64) -> Result<Exit, Failure> {
    let asked = args.why.as_deref().map(|text| asked(scenario, text)).transpose()?;
    let mut options = Options::judged();
    if args.log {
        options = Options::logged(Limit::All).with(args.with());
    } else if asked.is_some() {
        options = Options::logged(Limit::All);
    } else if may_write_in_vain(&scenario.file) {
        // Only the log knows what that was.
        options = Options::logged(Limit::All);
    }
    if let Some((node, id)) = asked {
        options = options.asked(node, id);
    }
    let waiting = Waiting::for_one();
    let mut outcome = run(scenario, seed, options);
    let has_failed = !outcome.violations.is_empty() || !outcome.unmet.is_empty();
    // Who may ask for anything is told of nothing that comes to nothing.
    let is_drawn = scenario.file.workload.is_some() || scenario.file.recording.is_some();
    let is_in_vain = outcome.tally.refused > 0 || outcome.tally.skipped > 0 && plays_as_said(scenario);
    if (has_failed || is_in_vain && !is_drawn) && outcome.log.is_none() {
        // What led to it, or what came to nothing, is in the log, and a run can be had again.
        outcome = run(scenario, seed, Options::logged(Limit::All));
    }
    drop(waiting);
    if let Some(log) = &mut outcome.log {
        log.name_scenario(input::source(&args.file, args.recording.as_deref()));
    }
    if args.json {
        print_json(args, scenario, &outcome)?;
    } else {
        print_text(args, scenario, &outcome)?;
    }
    if let Some(asked) = asked.filter(|_| !args.json) {
        out!("\n{}", report::reasons_in(columns(), &outcome, asked));
    }
    if scenario.file.origin.is_none() {
        warn(scenario, &outcome);
    }
    if outcome.verdict() != Verdict::Held {
        keep(args, scenario, [seed])?;
        say!("\nplay it again: {}", again(args, scenario, seed));
        if outcome.verdict() == Verdict::Liveness && !scenario.heal && parts_for_good(scenario) {
            say!(
                "hint: what the timeline cuts, swallows or holds back stays so until an entry of the timeline ends it; `\"heal\": true` ends \
                 all of it when the faults end"
            );
        }
        if has_failed && !args.log && args.html.is_none() {
            say!(
                "hint: cosim shrink -o FILE cuts it down to what it takes, --log prints all that happened, --html FILE draws it"
            );
        }
    }
    if let Some(path) = &args.html {
        let source = input::source(&args.file, args.recording.as_deref());
        let playing = Playing { scenario, seed, source, guests: args.guests.words() };
        playing.write(path, Contents::Shown)?;
    }
    Ok(outcome.verdict().into())
}

/// `alice/notes`.
fn asked(scenario: &Scenario, text: &str) -> Result<(NodeId, CoId), Failure> {
    let wrong =
        |what: String, help: String| Failure(format!("error: --why {}: {what}\nhint: {help}", quoted(text)));
    let Some((node, id)) = text.split_once('/') else {
        let help = "write both with a slash between them: alice/notes".to_owned();
        return Err(wrong("it is no node and CoValue".to_owned(), help));
    };
    let near = |name: &str, names: &mut dyn Iterator<Item = &str>, all: &str| match closest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the scenario names them under `{all}`"),
    };
    let nodes = || scenario.nodes.iter().map(|node| node.name.as_str());
    let ids = || scenario.co_values.iter().map(String::as_str);
    let number = |place: Option<usize>| place.and_then(|place| u32::try_from(place).ok());
    let Some(at) = number(nodes().position(|name| name == node)) else {
        return Err(wrong(format!("there is no node `{node}`"), near(node, &mut nodes(), "nodes")));
    };
    let Some(of) = number(ids().position(|name| name == id)) else {
        return Err(wrong(format!("there is no CoValue `{id}`"), near(id, &mut ids(), "co_values")));
    };
    Ok((NodeId(at), CoId(of)))
}

/// Whether somebody may write what does not count: without the right to it, or after another who was to be the first.
fn may_write_in_vain(file: &file::Scenario) -> bool {
    let has_rules = |co_value: &CoValue| co_value.owner.is_some() || co_value.kind == Some(Kind::Group);
    let is_first = |entry: &Entry| matches!(&entry.act, Act::Set(set) if set.fww.is_some());
    file.co_values.values().any(has_rules) || file.timeline.iter().any(is_first)
}

/// How many decisions that found nothing are told.
const UNUSED_MAX: usize = 8;

/// Says what of the scenario came to nothing in a run that went to its end.
fn warn(scenario: &Scenario, outcome: &Outcome) {
    for vain in &outcome.vain {
        say!("warning: {vain}");
    }
    // What a violation ends may not have come to all that was decided.
    let unused = outcome.unused.iter().filter(|_| outcome.violations.is_empty());
    for decision in unused.take(UNUSED_MAX) {
        say!("warning: a decision is about what never came: {decision}");
    }
    for (node, mutation) in idle_mutations(scenario, outcome.seed, outcome) {
        say!("warning: `{mutation}` of {node} made no difference: the run comes out the same without it");
    }
}

/// The command that plays a seed again.
fn again(args: &Args, scenario: &Scenario, seed: u64) -> String {
    let source = input::source(&args.file, args.recording.as_deref());
    format!("cosim run {source} --seed {seed} --crypto {}{}", scenario.crypto.name(), args.guests.words())
}

/// Keeps the failures of these seeds, where that is asked for.
fn keep(args: &Args, scenario: &Scenario, seeds: impl IntoIterator<Item = u64>) -> Result<(), Failure> {
    let name = input::source(&args.file, args.recording.as_deref());
    let failures: Vec<Failing<'_>> =
        seeds.into_iter().map(|seed| Failing { scenario, name: &name, seed, build: BUILD }).collect();
    Keeping::new(args.out.as_deref(), args.shrink).map_or(Ok(()), |keeping| keeping.keep(&failures))
}

fn print_text(args: &Args, scenario: &Scenario, outcome: &Outcome) -> Result<(), Failure> {
    if let Some(log) = outcome.log.as_ref().filter(|_| args.log) {
        outln!("{log}");
    }
    if args.states {
        outln!("{}", states(outcome)?);
    }
    if args.views {
        outln!("{:#}", report::views_json(outcome));
    }
    out!("{}", report::summary_in(columns(), scenario, outcome));
    if let Some(origin) = &scenario.file.origin {
        outln!("  replay of seed {}: {}", origin.seed, Replay::of(origin, outcome));
    } else {
        for unused in &outcome.unused {
            outln!("  never met: {unused}");
        }
    }
    if let (Some(violation), Some(log)) = (outcome.violations.first(), &outcome.log) {
        out!("\n  what may have led to it:\n{}", report::causes(log, violation, scenario));
    }
    Ok(())
}

fn print_json(args: &Args, scenario: &Scenario, outcome: &Outcome) -> Result<(), Failure> {
    if let Some(log) = outcome.log.as_ref().filter(|_| args.log) {
        return match log.write_json_lines(anstream::stdout().lock()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure(format!("error: cannot write the log: {error}")))
            }
            Ok(()) | Err(_) => Ok(()),
        };
    }
    let mut json = report::json(scenario, outcome);
    if let Some(origin) = &scenario.file.origin {
        json["replay"] = Replay::of(origin, outcome).name().into();
    }
    let unused: Vec<String> = outcome.unused.iter().map(ToString::to_string).collect();
    json["unused"] = unused.into();
    if args.states {
        json["states"] = report::states_json(outcome);
    }
    if args.views {
        json["views"] = report::views_json(outcome);
    }
    outln!("{json}");
    Ok(())
}

fn states(outcome: &Outcome) -> Result<String, Failure> {
    serde_json::to_string_pretty(&report::states_json(outcome))
        .map_err(|error| Failure(format!("error: {error}")))
}

fn many(args: &Args, scenario: &Scenario, seeds: Range<u64>) -> Result<Exit, Failure> {
    let asked = if args.json { Some(Format::Json) } else { args.format };
    let format = asked.map_or_else(|| Ok(Config::find()?.format.unwrap_or_default()), Ok)?;
    let mut exit = Exit::Held;
    let mut failed: Vec<(u64, String)> = Vec::new();
    let total = seeds.end - seeds.start;
    let waiting = Waiting::for_seeds(total, format == Format::Junit);
    for (seed, outcome) in played(scenario, seeds, &waiting) {
        exit = exit.max(outcome.verdict().into());
        let key = outcome.key().map(str::to_owned);
        match format {
            Format::Json => outln!("{}", report::json(scenario, &outcome)),
            Format::Junit => {}
            Format::Human | Format::Github => {
                let verdict = if outcome.verdict() == Verdict::Held { "held" } else { "FAILED" };
                let unmet = outcome.unmet.first().filter(|_| outcome.violations.is_empty());
                let unmet = unmet.map(|unmet| format!(": {unmet}")).unwrap_or_default();
                let key = key.as_deref().map(|key| format!("  {key}{unmet}")).unwrap_or_default();
                outln!(
                    "seed {seed:>6}, {} crypto  {verdict}  {}  {:>6} events, ended at {}{key}",
                    scenario.crypto.name(),
                    outcome.fingerprint,
                    outcome.figures.events,
                    outcome.ended_at
                );
            }
        }
        if outcome.verdict() != Verdict::Held {
            failed.push((seed, key.unwrap_or_else(|| "expectation".to_owned())));
        }
    }
    drop(waiting);
    let mut results = Results { command: "run", cases: vec![case(args, scenario, (exit, total), &failed)] };
    results.shrink(format, |_| Some(scenario.clone()));
    if format == Format::Junit {
        out!("{}", results.junit());
    }
    results.tell_github(format);
    let mut keys = BTreeSet::new();
    keep(args, scenario, failed.iter().filter(|(_, key)| keys.insert(key)).map(|(seed, _)| *seed))?;
    match failed.first() {
        None => say!("{}, all held", count(total, "seed")),
        Some((seed, key)) => {
            say!("{}, {} failed; the first: {key}", count(total, "seed"), failed.len());
            say!("play it again: {}", again(args, scenario, *seed));
        }
    }
    Ok(exit)
}

/// What becomes of each seed, in order: as many at once as there are threads.
fn played(scenario: &Scenario, seeds: Range<u64>, waiting: &Waiting) -> impl Iterator<Item = (u64, Outcome)> {
    let at_once = rayon::current_num_threads() as u64;
    let starts =
        (0..(seeds.end - seeds.start).div_ceil(at_once)).map(move |round| seeds.start + round * at_once);
    starts.flat_map(move |start| {
        let some = start..seeds.end.min(start.saturating_add(at_once));
        let play = |seed| {
            let outcome = run(scenario, seed, Options::judged());
            waiting.one_more();
            (seed, outcome)
        };
        some.into_par_iter().map(play).collect::<Vec<_>>()
    })
}

/// Whether the timeline takes something from the network that does not come back by itself.
fn parts_for_good(scenario: &Scenario) -> bool {
    const PARTING: [&str; 5] = ["disconnect", "partition", "half_open", "hold", "drop"];
    scenario.file.timeline.iter().any(|entry| PARTING.contains(&entry.act.key()))
}

/// What CI systems are told of the seeds of a scenario.
fn case(args: &Args, scenario: &Scenario, (exit, total): (Exit, u64), failed: &[(u64, String)]) -> Case {
    /// The failed seeds that are listed.
    const LISTED_MAX: usize = 100;
    let found = match failed.first() {
        None => Found::Passed,
        Some((seed, key)) => {
            let mut details: String =
                failed.iter().take(LISTED_MAX).map(|(seed, key)| format!("seed {seed}: {key}\n")).collect();
            if failed.len() > LISTED_MAX {
                details.push_str(&format!("and {} more\n", failed.len() - LISTED_MAX));
            }
            let run = FailedRun { seed: *seed, key: Some(key.clone()), again: again(args, scenario, *seed) };
            let message = format!("{key}: {} of {} failed", failed.len(), count(total, "run"));
            Found::Failed(Failed {
                exit,
                kind: results::kind(exit),
                message,
                details,
                run: Some(run),
                small: None,
            })
        }
    };
    Case { path: args.file.clone(), found }
}
