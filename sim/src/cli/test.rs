//! `cosim test`: every scenario of a folder against its snapshot.

mod difference;
mod meaning;
mod selection;
mod trial;
mod twice;

use super::config::Config;
use super::exit::{Exit, Failure};
use super::guests;
use super::input;
use super::print::{count, out, outln, say};
use super::report::write_page;
use super::results::{Format, Results};
use super::threads::Threads;
use crate::snapshot::{self, SNAPSHOT};
use cosim_testbed::page::{self, Contents, Tests};
use cosim_testbed::sweep::quoted;
use rayon::prelude::*;
use selection::Selection;
use std::ops::Range;
use std::path::{Path, PathBuf};
use trial::{Finding, Trial};

/// Play every scenario of a folder, and compare each with its snapshot.
///
/// Each is played twice with the seed in its file. It must hold, come out the same both times, and match its snapshot.
/// Those that fail are listed last.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOTES)]
// It is refused there, with what to do instead.
#[command(mut_arg("mutate", |arg| arg.hide(true)))]
pub(super) struct Args {
    /// The folder with the scenarios: every *.json in it and below. Then, or instead, which of them: files, patterns such
    /// as `faults/*`, or words that are in their paths. Default the folder of cosim.toml, or `scenarios`.
    #[arg(value_name = "DIR|FILE|PATTERN")]
    paths: Vec<PathBuf>,
    /// The folder with the snapshots. Default that of cosim.toml, or the folder `snapshots` beside DIR.
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// Write the snapshots that are missing or differ, and remove those without a scenario.
    #[arg(long)]
    update: bool,
    /// Also play these seeds of each, from the first up to, not including, the last: all must hold.
    #[arg(long, value_name = "A..B", value_parser = super::run::seeds)]
    seeds: Option<Range<u64>>,
    /// For whom to print.
    #[arg(long, value_enum, value_name = "human|json|junit|github", hide_possible_values = true)]
    format: Option<Format>,
    /// Also write a page: what was found of each, and the first failing runs.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    guests: guests::Args,
}

const NOTES: &str = "\
Examples:
  cosim test                                   all of scenarios/
  cosim test storm                             those whose path has `storm` in it
  cosim test 'faults/*' views/manager          by a pattern, and by a word
  cosim test stories stories/hello.json        one file of another folder
  cosim test --seeds 0..100                    a hundred seeds of each, beside their snapshots
  cosim test --format junit > junit.xml        for a CI that shows test results";

/// The two folders.
#[derive(Debug)]
struct Folders {
    scenarios: PathBuf,
    snapshots: PathBuf,
    /// The words by which a command finds them, each followed by a blank.
    named: String,
    /// The words that name guests, each after a blank.
    guests: String,
}

impl Folders {
    /// Whether a snapshot is of no scenario that there is: nor of one in a folder beside, which may have its snapshots here, too. What
    /// another program has written is not ours to judge.
    fn is_of_none(&self, name: &Path) -> bool {
        snapshot::is_ours(&snapshot::path(&self.snapshots, name, SNAPSHOT)) && self.beside(name).is_none()
    }

    /// The scenario of the same name in a folder beside, whose snapshot has the same name, too.
    fn beside(&self, name: &Path) -> Option<PathBuf> {
        let own = self.scenarios.canonicalize().ok()?;
        let beside = own.parent()?.read_dir().ok()?.flatten().map(|folder| folder.path());
        let mut scenarios = beside
            .filter(|folder| *folder != own)
            .map(|folder| snapshot::path(&folder, name, snapshot::SCENARIO));
        scenarios.find(|path| path.is_file())
    }
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    args.threads.set()?;
    let config = Config::find()?;
    let (folders, selection) = Selection::of(args, &config)?;
    let names = selection.names(&folders.scenarios)?;
    if names.is_empty() {
        say!("error: there is no scenario in {}", folders.scenarios.display());
        say!("hint: a scenario is a file whose name ends with .json, in this folder or below it");
        return Ok(Exit::NothingRan);
    }
    args.guests.refuse_to_plant()?;
    let guests = args.guests.known()?;
    let snapshots = names.iter().map(|name| snapshot::path(&folders.snapshots, name, SNAPSHOT));
    let read: Vec<PathBuf> = scenarios(&folders, &names).into_iter().chain(snapshots).collect();
    input::check_written(args.html.as_deref(), &read)?;
    let judge = |name: &PathBuf| {
        Trial::new(&folders, name).judge(&guests, args.seeds.as_ref().or(config.seeds.as_ref()))
    };
    let findings: Vec<Finding> = names.par_iter().map(judge).collect();
    let mut found: Vec<(PathBuf, Finding)> = names.into_iter().zip(findings).collect();
    if folders.snapshots.is_dir() && selection.is_all() {
        let known = |name: &PathBuf| found.iter().any(|(other, _)| other == name);
        let kept = files(&folders.snapshots, SNAPSHOT)?;
        let stale: Vec<PathBuf> =
            kept.into_iter().filter(|name| !known(name) && folders.is_of_none(name)).collect();
        found.extend(stale.into_iter().map(|name| {
            let path = snapshot::path(&folders.snapshots, &name, SNAPSHOT);
            (name, Finding::Stale(path))
        }));
    }
    if args.update {
        let updated =
            found.into_iter().map(|(name, finding)| Ok((name.clone(), finding.update(&folders, &name)?)));
        found = updated.collect::<Result<_, Failure>>()?;
    }
    let format = args.format.or(config.format).unwrap_or_default();
    let exit = tell((args, format), &folders, &found, &guests);
    if let Some(path) = &args.html {
        let tested = found.iter().map(|(name, finding)| Trial::new(&folders, name).told(finding, &guests));
        let folder = folders.scenarios.display().to_string();
        let tests = Tests { folder: &folder, all: tested.collect(), guests: &args.guests.words() };
        write_page(path, &page::tests(&tests, Contents::Shown))?;
    }
    Ok(exit)
}

/// The files of scenarios.
fn scenarios(folders: &Folders, names: &[PathBuf]) -> Vec<PathBuf> {
    names.iter().map(|name| snapshot::path(&folders.scenarios, name, snapshot::SCENARIO)).collect()
}

/// Prints what was found, as it is asked for.
fn tell(
    (args, format): (&Args, Format),
    folders: &Folders,
    found: &[(PathBuf, Finding)],
    guests: &guests::Known,
) -> Exit {
    let mut tally = Tally::default();
    found.iter().for_each(|(_, finding)| tally.take(finding));
    let mut results = Results {
        command: "test",
        cases: found.iter().map(|(name, finding)| Trial::new(folders, name).case(finding)).collect(),
    };
    results.shrink(format, |place| Trial::new(folders, &found[place].0).scenario(guests).ok());
    match format {
        Format::Json => outln!("{:#}", results.json()),
        Format::Junit => out!("{}", results.junit()),
        Format::Human | Format::Github => {
            let (passed, failed): (Vec<_>, Vec<_>) =
                found.iter().partition(|(_, finding)| finding.exit() == Exit::Held);
            for (name, finding) in passed.into_iter().chain(failed) {
                outln!("{:<8}  {}", finding.word(), name.display());
                out!("{}", finding.details());
            }
            tally.close(args, folders);
        }
    }
    results.tell_github(format);
    tally.exit.unwrap_or(Exit::NothingRan)
}

pub(super) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    snapshot::files(folder, ending).map_err(|error| Failure::file("read", folder, &error))
}

/// What was found so far.
#[derive(Debug, Default)]
struct Tally {
    exit: Option<Exit>,
    passed: u64,
    failed: u64,
    /// Those of which a guest is missing.
    unplayed: u64,
    updated: u64,
    /// Whether `--update` would mend something.
    outdated: bool,
}

impl Tally {
    fn take(&mut self, finding: &Finding) {
        let exit = finding.exit();
        self.exit = self.exit.max(Some(exit));
        self.outdated |= finding.is_outdated();
        match (finding, exit) {
            (Finding::Removed, _) => self.updated += 1,
            (Finding::Written(_), _) => {
                self.updated += 1;
                self.passed += 1;
            }
            (Finding::Unplayed(_), _) => self.unplayed += 1,
            (_, Exit::Held) => self.passed += 1,
            _ => self.failed += 1,
        }
    }

    fn close(&self, args: &Args, folders: &Folders) {
        let updated = if args.update {
            format!(", {} updated", count(self.updated, "snapshot"))
        } else {
            String::new()
        };
        let unplayed =
            if self.unplayed > 0 { format!(", {} not played", self.unplayed) } else { String::new() };
        outln!("\n{} passed, {} failed{unplayed}{updated}", self.passed, self.failed);
        if self.outdated {
            let words = args.paths.iter().map(|path| format!("{} ", quoted(&path.display().to_string())));
            let snapshots = args
                .snapshots
                .as_ref()
                .map(|path| format!("--snapshots {} ", quoted(&path.display().to_string())));
            let words = words.chain(snapshots).collect::<String>();
            let command = format!("cosim test {words}--update{}", folders.guests);
            say!("snapshots are in {}", folders.snapshots.display());
            say!("hint: if the new behaviour is right, write it down: {command}");
        }
    }
}
