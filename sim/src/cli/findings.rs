//! `cosim findings`: what sweeps have found over time: what is new, and what is gone.

mod changed;
mod filesystem;
mod report;
mod standing;
mod store;
mod swept;
mod told;

use super::exit::{Exit, Failure};
use super::guests;
use super::print::{out, outln, say};
use super::results;
use super::version::BUILD;
use cosim_testbed::replay::Replay;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario;
use cosim_testbed::sweep::{outcomes_path, quoted};
use standing::{Known, Standing, known};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use store::{Finding, Memory, Missing, Replayed, Store};
use swept::Outcomes;

/// What becomes of a finding that fails as before when it is played again, and of one that does not fail any more.
const REPRODUCES: &str = "reproduces";
const FIXED: &str = "fixed";

/// Remember what sweeps found, and say what is new, ongoing, rare or gone.
///
/// Failures are told apart by their key, and by what is left of them when they are cut down: some of each key are. A scenario
/// is known by its path: if its file was edited in between, it is said what changed. A finding that is gone is played again from the smallest scenario that showed it before it counts as fixed.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_long_help = NOTES)]
// It is refused there, with what to do instead.
#[command(mut_arg("mutate", |arg| arg.hide(true)))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The file that remembers them, an SQLite database. It is made if it is missing.
    #[arg(required = true, value_name = "DB")]
    database: Option<PathBuf>,
    /// What was swept: files of outcomes, or the folders that hold them.
    #[arg(required = true, value_name = "SWEEP")]
    sweeps: Vec<PathBuf>,
    /// How many failures of each key and scenario are cut down, to tell in which ways they come about.
    #[arg(long, value_name = "N", default_value = "8")]
    shrink: NonZeroUsize,
    #[command(flatten)]
    printed: Printed,
    #[command(flatten)]
    guests: guests::Args,
}

/// How findings are read and printed.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Printed {
    /// For whom to print.
    #[arg(long, value_enum, value_name = "human|json", default_value_t)]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    format: Format,
    /// Take a database on a file system of a network, too: no two processes may write it at once.
    #[arg(long)]
    network_file_system: bool,
}

/// For whom findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person.
    #[default]
    Human,
    /// One JSON object.
    Json,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Report(report::Args),
}

const NOTES: &str = "\
What is new makes the exit code 1. What was stored once may be named again: it is not stored twice, and what is said of it \
stays. Several processes may write one database at once, and one that is killed loses nothing that it said was stored.

Examples:
  cosim findings findings.db sweep                  the folder that `cosim sweep --out sweep` wrote
  cosim findings report findings.db                 all that was found
  cosim findings report findings.db --html findings.html
  cosim findings report findings.db --out smallest  the smallest scenario of each, to be played";

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    if let Some(Command::Report(args)) = &args.command {
        return report::main(args);
    }
    let database = args.database.as_deref().expect("clap asks for it");
    if !args.printed.network_file_system {
        filesystem::refuse_network(database)?;
    }
    let in_folder = |path: &PathBuf| if path.is_dir() { outcomes_path(path) } else { path.clone() };
    let paths = args.sweeps.iter().map(in_folder);
    let sweeps: Vec<(PathBuf, Outcomes)> =
        paths.map(|path| Outcomes::read(&path).map(|read| (path, read))).collect::<Result<_, _>>()?;
    args.guests.refuse_to_plant()?;
    let guests = args.guests.known()?;
    let mut store = Store::open(database, Missing::Made)?;
    let (mut now, mut runs) = (BTreeSet::new(), 0_u64);
    for (path, outcomes) in sweeps {
        let (path, count) = (path.display().to_string(), outcomes.runs());
        let id = match store.known(&outcomes.digest())? {
            Some(id) => {
                let later = store.memory()?.sweeps.iter().filter(|sweep| sweep.id > id).count();
                let since = match later {
                    0 => String::new(),
                    1 => ", and another since: this is what was known then".to_owned(),
                    later => format!(", and {later} others since: this is what was known then"),
                };
                say!("{path} was stored before{since}");
                id
            }
            None => {
                let id = store.store(&outcomes.cut_down(args.shrink.get(), &guests)?)?;
                say!("stored {path}: {count} runs");
                id
            }
        };
        if now.insert(id) {
            runs = runs.saturating_add(count);
        }
    }
    play_again(&mut store, &now, &guests)?;
    let last = now.last().copied().unwrap_or_default();
    let memory = store.memory()?.until(last);
    let all = all(&memory, &now);
    let text = told::news(&memory, &all, (runs, &now));
    match args.printed.format {
        Format::Json => outln!("{}", told::json(&memory, &all)),
        Format::Human => out!("{text}"),
    }
    results::add_to_summary("findings", &text);
    let is_new = all.iter().any(|known| known.standing == Standing::New);
    if is_new {
        let database = quoted(&database.display().to_string());
        say!(
            "hint: the smallest scenario of each is written by: cosim findings report {database} --out smallest"
        );
    }
    Ok(if is_new { Exit::Violated } else { Exit::Held })
}

/// What is known of every finding, new ones first.
fn all<'a>(memory: &'a Memory, now: &BTreeSet<i64>) -> Vec<Known<'a>> {
    let mut all: Vec<Known<'_>> =
        memory.findings.iter().filter_map(|finding| known(memory, finding, now)).collect();
    all.sort_by(|a, b| {
        let rank = |known: &Known<'a>| (known.standing, &known.finding.key, &known.finding.shape);
        rank(a).cmp(&rank(b))
    });
    all
}

/// Plays those that are gone again, unless this build has done so since they were seen.
fn play_again(store: &mut Store, now: &BTreeSet<i64>, guests: &guests::Known) -> Result<(), Failure> {
    let memory = store.memory()?;
    let Some(sweep) = memory.sweeps.iter().map(|sweep| sweep.id).max() else { return Ok(()) };
    for known in all(&memory, now).iter().filter(|known| known.standing == Standing::Gone) {
        if known.replayed.is_some_and(|replayed| replayed.build == BUILD) {
            continue;
        }
        let result = replay(known.finding, guests);
        let (finding, build) = (known.finding.id, BUILD.to_owned());
        store.replayed(&Replayed { finding, sweep, build, result: result.to_owned() })?;
    }
    Ok(())
}

/// What becomes of a finding when its smallest scenario is played again.
fn replay(finding: &Finding, guests: &guests::Known) -> &'static str {
    let parsed = scenario::parse(&finding.file, &finding.key).ok();
    let Some(scenario) = parsed.and_then(|scenario| guests.cast(scenario).ok()) else {
        return "cannot be played by this build";
    };
    let outcome = run(&scenario, scenario.seed, Options::judged());
    let origin = scenario.file.origin.as_ref().expect("whatever was frozen says where it comes from");
    Replay::of(origin, &outcome).name()
}
