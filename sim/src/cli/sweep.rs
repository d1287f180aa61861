//! `cosim sweep`: play scenarios with many seeds, on all cores.

pub(super) mod corpus;
mod engine;
mod idle;
mod progress;
mod signal;
mod turns;

use super::environment;
use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::keep::Keeping;
use super::print::{count, out, outln, say};
use super::report::Sweeping;
use super::results::{self, Case, Failed, FailedRun, Format, Found, Printed, Results};
use super::threads;
use super::time::span;
use super::version::BUILD;
use corpus::Corpus;
use cosim_core::Span;
use cosim_testbed::capsule::Failing;
use cosim_testbed::page::Contents;
use cosim_testbed::run::Verdict;
use cosim_testbed::scenario::{Crypto, Scenario};
use cosim_testbed::sweep::{
    self, Ended, Entry, Error, Header, InScenario, OfScenario, Opened, OutcomeFile, Scope, Shard, Summary,
    Sweep,
};
use progress::Progress;
use signal::Stop;
use std::any::Any;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Play scenarios with many seeds, on all cores, and sum up what failed and what was exercised.
///
/// Outcomes come in order: every seed of the first file, then every seed of the next. They and the summary are the same
/// to the byte, whatever the number of threads.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
// It is refused there, with what to do instead.
#[command(mut_arg("mutate", |arg| arg.hide(true)))]
pub(super) struct Args {
    /// The scenarios, or folders in which --out kept a failure; `-` reads one from standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Play these seeds: from the first up to, not including, the last. With --for, `A..` has no last.
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    seeds: Range<u64>,
    /// Play for so long, as `10m`, at most: the scenarios take turns, and it is said how far they came. What was played is kept
    /// as a sweep of that range.
    #[arg(long = "for", value_name = "SPAN", value_parser = span)]
    #[arg(conflicts_with_all = ["resume", "shard", "max_failures"])]
    time: Option<Span>,
    /// Hash and sign this way, whatever the file says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    /// Play this recorded editing session, where the scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    /// How many threads to use. Default one for each core.
    #[arg(long, value_name = "N", value_parser = threads::jobs)]
    jobs: Option<NonZeroUsize>,
    /// Stop after this many failures: nothing after the last of them is played or kept.
    #[arg(long, value_name = "K")]
    max_failures: Option<NonZeroU64>,
    /// Keep every outcome: as this file, if it ends in .jsonl, else as outcomes.jsonl in this folder, and beside it a
    /// folder for the first failure with each key, which `cosim run` plays.
    #[arg(long, value_name = "FILE.jsonl|DIR")]
    out: Option<PathBuf>,
    /// Play only this part of the seeds: 2/8 is the second of eight. `cosim merge` puts the parts together. With --shards,
    /// the part that an engine has given to this process: slurm, kubernetes, gitlab, buildkite, parallel, or `auto` for the
    /// one that is there.
    #[arg(long, value_name = "I/N|ENGINE|auto")]
    shard: Option<engine::Which>,
    /// How many parts there are, where an engine says which of them this is.
    #[arg(long, value_name = "N", requires = "shard")]
    shards: Option<NonZeroU32>,
    /// Play the runs in this file before, those that failed once and those with the most events, and add to it what this sweep
    /// shows. Of several shards the first plays it and none adds to it: `cosim merge --corpus` does.
    #[arg(long, value_name = "FILE")]
    corpus: Option<PathBuf>,
    /// Continue what is in --out, if there is anything.
    #[arg(long, requires = "out")]
    resume: bool,
    /// Also shrink the failures that are kept, as `cosim shrink` does.
    #[arg(long, requires = "out")]
    shrink: bool,
    /// Also write the page of the sweep, as `cosim report` does.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    printed: Printed,
    #[command(flatten)]
    guests: guests::Args,
}

const NOTES: &str = "\
Outcomes are written as JSON Lines, a header first and an end mark last, and under a name of this process's own until \
all are there. What a Ctrl-C, a SIGTERM, or anything worse, leaves of them is gone on with by the same command and \
--resume, to the same bytes, also while another process plays the same. A sweep that is interrupted exits with 130 \
within five seconds; one in which nothing was to be played, with 5. One that --for ends, or that is interrupted with it, \
comes to the end of its round, and exits as any other.

Examples:
  cosim sweep scenarios/faults/storm.json --seeds 0..10000
  cosim sweep scenarios/swarm/*.json --seeds 0..1000 --out failures --html sweep.html
  cosim sweep scenarios/swarm/*.json --seeds 0.. --for 10m --out sweep --corpus corpus.jsonl

  cosim sweep scenarios/swarm/*.json --seeds 0..100000 --shard slurm --shards 8 --out part-3.jsonl --resume";

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let entries = entries(args)?;
    let scenarios: Vec<Scenario> = entries.iter().map(|entry| entry.scenario.clone()).collect();
    let shard = args.shard.map(|which| engine::shard(which, args.shards)).transpose()?;
    let scope = Scope { seeds: args.seeds.clone(), shard, max_failures: args.max_failures };
    let sweep = Sweep::new(entries, &scope).map_err(failure)?.built_from(BUILD);
    let stop = signal::stop()?;
    if args.time.is_none() && args.seeds.end == NO_LAST {
        return Err(Failure(format!(
            "error: --seeds {}.. has no last seed\nhint: say how many, or how long with --for 10m",
            args.seeds.start
        )));
    }
    let corpus = play_corpus(args, shard, (sweep.header(), &scenarios))?;
    let before = corpus.as_ref().and_then(|(_, played)| played.verdict()).map_or(Exit::Held, Exit::from);
    let (exit, summary) = play(args, &sweep, scenarios, (&stop, corpus))?;
    if exit != Exit::Interrupted && args.shard.is_none() {
        add_to_corpus(args.corpus.as_deref(), &summary)?;
    }
    Ok(exit.max(before))
}

fn play(
    args: &Args,
    sweep: &Sweep,
    scenarios: Vec<Scenario>,
    (stop, corpus): (&Stop, Option<(PathBuf, Summary)>),
) -> Result<(Exit, Summary), Failure> {
    let mut summary = Summary::new(sweep.header()).played_with(args.guests.words());
    let format = args.printed.format()?;
    let told = Told { format, scenario: &|place| scenarios.get(place).cloned(), corpus };
    if let Some(time) = args.time {
        return turns::play(args, (sweep, &scenarios), (time, stop), &told);
    }
    let mut file = match open(args, sweep, &mut summary)? {
        Some(Opened::Complete) => {
            say!("nothing is left to play");
            let kept = keep(args, &scenarios, &summary);
            let exit = told.conclude(&summary);
            kept.and_then(|()| draw(args, sweep.header(), &scenarios, &summary))?;
            return Ok((exit, summary));
        }
        Some(Opened::Partial(file)) => Some(file),
        None => None,
    };
    let mut progress = Progress::new(Some(sweep.runs()), &summary);
    let ended = sweep.play(jobs(args), &stop.asked, &mut summary, |record, summary| {
        progress.passed(summary);
        file.as_mut().map_or(Ok(()), |file| file.write(record))
    });
    stop.played.store(true, Ordering::Relaxed);
    progress.finish(&summary);
    match ended.map_err(failure)? {
        Ended::Complete => {
            file.map_or(Ok(()), OutcomeFile::finish).map_err(failure)?;
            // What cannot be kept does not take the summary with it.
            let kept = keep(args, &scenarios, &summary);
            let exit = told.conclude(&summary);
            if args.shard.is_none() {
                idle::tell(&scenarios, &args.seeds, &summary);
            }
            kept.and_then(|()| draw(args, sweep.header(), &scenarios, &summary))?;
            Ok((exit, summary))
        }
        Ended::Stopped => {
            interrupted(file.as_mut(), sweep.runs(), &summary)?;
            told.conclude(&summary);
            draw(args, sweep.header(), &scenarios, &summary)?;
            Ok((Exit::Interrupted, summary))
        }
        Ended::Panicked { scenario, seed, payload } => bug(&summary, (scenario, seed), payload),
    }
}

/// Playing a run panicked: says which.
fn bug(summary: &Summary, (scenario, seed): (u32, u64), payload: Box<dyn Any + Send>) -> ! {
    let again = sweep::command(summary, scenario, seed);
    say!("\na bug in cosim: play it again: {again}");
    std::panic::resume_unwind(payload)
}

/// How many threads play.
fn jobs(args: &Args) -> NonZeroUsize {
    args.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// Plays the runs of a corpus, where one is named, and this is no shard but the first; gives its path and what came of it.
fn play_corpus(
    args: &Args,
    shard: Option<Shard>,
    sweep: (&Header, &[Scenario]),
) -> Result<Option<(PathBuf, Summary)>, Failure> {
    let path = args.corpus.as_ref().filter(|_| shard.is_none_or(Shard::is_first));
    let played = path.map(|path| {
        let played = Corpus::read(path)?.play(sweep, args.out.as_deref(), args.guests.words())?;
        Ok((path.clone(), played))
    });
    played.transpose()
}

/// Adds what a sweep has shown to a corpus, where one is named.
pub(super) fn add_to_corpus(path: Option<&Path>, summary: &Summary) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let mut corpus = Corpus::read(path)?;
    corpus.add(summary);
    corpus.write(path)
}

/// Where a range of seeds ends that has no last: no machine gets there.
const NO_LAST: u64 = 1 << 48;

/// `3..7`, or `3..`.
fn seeds(text: &str) -> Result<Range<u64>, String> {
    match text.strip_suffix("..").map(str::parse) {
        Some(Ok(first)) if first < NO_LAST => Ok(first..NO_LAST),
        _ => super::run::seeds(text),
    }
}

/// The end of a range, as a command takes it.
fn written(end: u64) -> String {
    if end == NO_LAST { String::new() } else { end.to_string() }
}

/// The scenarios. A recording is played by those that say who types it.
fn entries(args: &Args) -> Result<Vec<Entry>, Failure> {
    let out = args.out.as_deref().map(sweep::outcomes_path);
    input::check_apart(&[
        ("--corpus", args.corpus.as_deref()),
        ("--out", out.as_deref()),
        ("--html", args.html.as_deref()),
    ])?;
    for written in [args.out.as_deref(), out.as_deref(), args.html.as_deref()] {
        input::check_written(written, args.files.iter().chain(&args.recording).chain(&args.corpus))?;
    }
    if (args.out.is_some() || args.corpus.is_some()) && args.files.iter().any(|path| path == Path::new("-")) {
        return Err(Failure(
            "error: what --out and --corpus keep names the file of its scenario, and standard input is none\nhint: write the \
             scenario into a file"
                .to_owned(),
        ));
    }
    // What nobody keeps is forgotten by nobody.
    if args.out.is_some() || args.corpus.is_some() {
        args.guests.refuse_to_plant()?;
    }
    let (recorded, guests) = (Recorded::read(args.recording.as_deref())?, args.guests.known()?);
    let entries = args.files.iter().map(|path| entry(path, args.crypto));
    let mut entries: Vec<Entry> = entries.collect::<Result<_, _>>()?;
    let nobody_types = entries.iter().all(|entry| entry.scenario.recording.is_none());
    for (entry, path) in entries.iter_mut().zip(&args.files) {
        let recorded = recorded.as_ref().filter(|_| nobody_types || entry.scenario.recording.is_some());
        entry.scenario = guests.cast(input::with_recorded(entry.scenario.clone(), path, recorded)?)?;
        if let Some(recorded) = recorded {
            entry.add_recording(recorded.path.display().to_string(), &recorded.bytes);
        }
    }
    Ok(entries)
}

fn entry(path: &Path, crypto: Option<Crypto>) -> Result<Entry, Failure> {
    let text = input::text(path)?;
    let scenario = input::with_crypto(text.parsed()?, crypto);
    let name = if path == Path::new("-") { "-".to_owned() } else { text.name };
    Ok(Entry::new(name, &text.bytes, scenario))
}

fn open(args: &Args, sweep: &Sweep, summary: &mut Summary) -> Result<Option<Opened>, Failure> {
    let Some(out) = &args.out else { return Ok(None) };
    let path = sweep::outcomes_path(out);
    let opened = if args.resume {
        OutcomeFile::resume(&path, &environment::writer(), sweep.header(), summary)
    } else {
        OutcomeFile::begin(&path, &environment::writer(), sweep.header()).map(Opened::Partial)
    };
    if summary.runs() > 0 && matches!(opened, Ok(Opened::Partial(_))) {
        say!("{} of {} runs were played before", summary.runs(), sweep.runs());
    }
    opened.map(Some).map_err(failure)
}

/// Keeps the first failure with each key, where outcomes are kept in a folder.
fn keep(args: &Args, scenarios: &[Scenario], summary: &Summary) -> Result<(), Failure> {
    let folder = args.out.as_deref().filter(|out| sweep::outcomes_path(out) != *out);
    let Some(keeping) = Keeping::new(folder, args.shrink) else { return Ok(()) };
    let mut first: Vec<(u32, u64)> =
        summary.groups().values().map(|group| (group.scenario, group.seed)).collect();
    first.sort_unstable();
    let source = |index: u32| {
        let source = &summary.scenarios()[index as usize].source;
        let recording = source.recording.as_ref().map(|file| Path::new(&file.path));
        input::source(Path::new(&source.path), recording)
    };
    let names: Vec<String> = first.iter().map(|(index, _)| source(*index)).collect();
    let failing = first.iter().zip(&names).map(|(&(index, seed), name)| Failing {
        scenario: &scenarios[index as usize],
        name,
        seed,
        build: BUILD,
    });
    keeping.keep(&failing.collect::<Vec<_>>())
}

/// Writes the page of what was played, where it is asked for.
fn draw(args: &Args, header: &Header, scenarios: &[Scenario], summary: &Summary) -> Result<(), Failure> {
    let Some(path) = &args.html else { return Ok(()) };
    let scenarios = scenarios.iter().cloned().map(Ok).collect();
    let sweeping = Sweeping { header, summary, scenarios, guests: args.guests.words() };
    sweeping.write(path, Contents::Shown)
}

fn interrupted(file: Option<&mut OutcomeFile>, runs: u64, summary: &Summary) -> Result<(), Failure> {
    say!("interrupted after {} of {runs} runs", summary.runs());
    match file {
        None => say!("hint: with --out, what was played is kept and can be gone on with"),
        Some(file) => {
            file.sync().map_err(failure)?;
            say!("they are in {}", file.partial().display());
            say!("hint: go on with the same command and --resume");
        }
    }
    Ok(())
}

/// For whom a summary is printed, and of what.
pub(super) struct Told<'a> {
    pub(super) format: Format,
    /// The scenario at a place, where it is at hand.
    pub(super) scenario: &'a dyn Fn(usize) -> Option<Scenario>,
    /// The corpus that was played before, and what came of it.
    pub(super) corpus: Option<(PathBuf, Summary)>,
}

impl Told<'_> {
    /// Prints a summary, and last the command that plays the first failure again.
    pub(super) fn conclude(&self, summary: &Summary) -> Exit {
        let mut results = Results { command: "sweep", cases: cases(summary) };
        results.shrink(self.format, self.scenario);
        results.cases.extend(self.corpus.as_ref().map(of_corpus));
        match self.format {
            Format::Json => {
                let mut json = sweep::json(summary);
                if let Some((path, played)) = &self.corpus {
                    let (runs, failed) = (played.runs(), played.failures());
                    json["corpus"] = serde_json::json!({ "path": path.display().to_string(), "runs": runs, "failed": failed });
                }
                outln!("{json}");
            }
            Format::Junit => out!("{}", results.junit()),
            Format::Human | Format::Github => out!("{}", sweep::text(summary)),
        }
        results.tell_github(self.format);
        let first = summary.groups().values().min_by_key(|group| (group.scenario, group.seed));
        if let Some(group) = first {
            let command = sweep::command(summary, group.scenario, group.seed);
            say!("\nplay it again: {command}");
        }
        match summary.verdict() {
            Some(verdict) => verdict.into(),
            None => {
                say!("nothing was played: there is no seed in this part");
                Exit::NothingRan
            }
        }
    }
}

/// What CI systems are told of a corpus: it is a case of its own.
fn of_corpus((path, played): &(PathBuf, Summary)) -> Case {
    let failed = cases(played).into_iter().filter_map(|case| match case.found {
        Found::Failed(failed) => Some((case.path, failed)),
        Found::Passed | Found::Skipped(_) => None,
    });
    let failed: Vec<(PathBuf, Failed)> = failed.collect();
    let details = failed.iter().map(|(path, failed)| format!("{}: {}", path.display(), failed.message));
    let details: Vec<String> = details.collect();
    let found = match failed.first() {
        None => Found::Passed,
        Some((_, first)) => Found::Failed(Failed {
            message: format!("{} of {} runs of the corpus failed", played.failures(), played.runs()),
            details: details.join("\n"),
            ..first.clone()
        }),
    };
    Case { path: path.clone(), found }
}

/// What CI systems are told of each scenario: how often it failed by which key, and the first run that did.
fn cases(summary: &Summary) -> Vec<Case> {
    let of = |(place, of): (u32, &OfScenario)| {
        let groups = summary.groups().iter();
        let of_it = groups.filter_map(|(key, group)| Some((key.as_str(), *group.scenarios.get(&place)?)));
        let mut failures: Vec<(&str, InScenario)> = of_it.collect();
        failures.sort_by_key(|(_, failed)| failed.seed);
        let found = match failures.first() {
            None if of.runs == 0 => Found::Skipped("no seed of it was played".to_owned()),
            None => Found::Passed,
            Some((first, InScenario { seed, .. })) => {
                let lines = failures.iter().map(|(key, InScenario { count, seed })| {
                    format!("{key}: {count} of {} runs, first with seed {seed}\n", of.runs)
                });
                let exit: Exit = verdict(of).into();
                let others = failures.len() - 1;
                let keys = if others == 0 {
                    (*first).to_owned()
                } else {
                    format!("{first} and {}", count(others as u64, "other key"))
                };
                Found::Failed(Failed {
                    exit,
                    kind: results::kind(exit),
                    message: format!("{} of {} runs failed: {keys}", of.runs - of.held, of.runs),
                    details: lines.collect(),
                    run: Some(FailedRun {
                        seed: *seed,
                        key: Some((*first).to_owned()),
                        again: sweep::command(summary, place, *seed),
                    }),
                    small: None,
                })
            }
        };
        Case { path: PathBuf::from(&of.source.path), found }
    };
    (0..).zip(summary.scenarios()).map(of).collect()
}

/// The worst verdict over the runs of a scenario.
fn verdict(of: &OfScenario) -> Verdict {
    if of.guest > 0 {
        Verdict::Guest
    } else if of.violated > 0 {
        Verdict::Violated
    } else {
        Verdict::Liveness
    }
}

/// What made a sweep impossible, as what ends a command.
pub(super) fn failure(error: Error) -> Failure {
    if let Error::File { doing, path, error } = &error {
        return Failure::file(doing, path, error);
    }
    Failure(format!("error: {error}"))
}
