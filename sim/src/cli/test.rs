//! `cosim test`: every scenario of a folder against its snapshot.

mod trial;
mod twice;

use super::exit::{Exit, Failure};
use super::guests;
use super::print::{out, outln};
use super::report::write_page;
use crate::snapshot::{self, SCENARIO, SNAPSHOT};
use cosim_testbed::page::{self, Contents, Tests};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use trial::{Finding, Trial};

/// Play every scenario of a folder, and compare each with its snapshot.
///
/// Each is played twice with the seed in its file. It must hold, come out the same both times, and match its snapshot.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder with the scenarios: every *.json in it and below.
    #[arg(default_value = "scenarios", value_name = "DIR")]
    scenarios: PathBuf,
    /// The folder with the snapshots. Default the folder `snapshots` beside DIR.
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// Write the snapshots that are missing or differ, and remove those without a scenario.
    #[arg(long)]
    update: bool,
    /// Also write a page: what was found of each, and the first failing runs.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    guests: guests::Args,
}

/// The two folders.
#[derive(Debug)]
struct Folders {
    scenarios: PathBuf,
    snapshots: PathBuf,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let folders = folders(args)?;
    let names = files(&folders.scenarios, SCENARIO)?;
    if names.is_empty() {
        anstream::eprintln!("error: there is no scenario in {}", folders.scenarios.display());
        anstream::eprintln!(
            "hint: a scenario is a file whose name ends with .json, in this folder or below it"
        );
        return Ok(Exit::NothingRan);
    }
    let guests = args.guests.known()?;
    let findings: Vec<Finding> =
        names.par_iter().map(|name| Trial::new(&folders, name).judge(&guests)).collect();
    let mut tally = Tally::default();
    let mut tested = Vec::new();
    for (name, finding) in names.iter().zip(findings) {
        let finding = if args.update { finding.update(&folders, name)? } else { finding };
        tally.take(name, &finding);
        if args.html.is_some() {
            tested.push(Trial::new(&folders, name).told(&finding, &guests));
        }
    }
    if folders.snapshots.is_dir() {
        for name in
            files(&folders.snapshots, SNAPSHOT)?.iter().filter(|name| names.binary_search(name).is_err())
        {
            let stale = Finding::Stale(snapshot::path(&folders.snapshots, name, SNAPSHOT));
            let finding = if args.update { stale.update(&folders, name)? } else { stale };
            tally.take(name, &finding);
            if args.html.is_some() {
                tested.push(Trial::new(&folders, name).told(&finding, &guests));
            }
        }
    }
    let exit = tally.close(args, &folders);
    if let Some(path) = &args.html {
        let folder = folders.scenarios.display().to_string();
        let tests = Tests { folder: &folder, all: tested, guests: &args.guests.words() };
        write_page(path, &page::tests(&tests, Contents::Shown))?;
    }
    Ok(exit)
}

fn folders(args: &Args) -> Result<Folders, Failure> {
    let scenarios = args.scenarios.clone();
    if scenarios.is_file() {
        return Err(Failure(format!(
            "error: {path} is a file, not a folder\nhint: one scenario is played by: cosim run {path}",
            path = scenarios.display()
        )));
    }
    let whole = scenarios.canonicalize().map_err(|error| Failure::file("read", &scenarios, &error))?;
    let beside = match (scenarios.file_name(), scenarios.parent()) {
        (Some(_), Some(parent)) => parent.join("snapshots"),
        // A path such as `.` or `..` names no parent; the folder that it stands for has one.
        _ => whole.parent().unwrap_or(&whole).join("snapshots"),
    };
    Ok(Folders { scenarios, snapshots: args.snapshots.clone().unwrap_or(beside) })
}

fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
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
    fn take(&mut self, name: &Path, finding: &Finding) {
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
        outln!("{:<8}  {}", finding.word(), name.display());
        out!("{}", finding.details());
    }

    fn close(&self, args: &Args, folders: &Folders) -> Exit {
        let updated =
            if args.update { format!(", {} snapshots updated", self.updated) } else { String::new() };
        let unplayed =
            if self.unplayed > 0 { format!(", {} not played", self.unplayed) } else { String::new() };
        outln!("\n{} passed, {} failed{unplayed}{updated}", self.passed, self.failed);
        if self.outdated {
            let folder = |option: &str, folder: &Path| format!("{option}{}", folder.display());
            let named = args.snapshots.as_ref().map(|path| folder(" --snapshots ", path)).unwrap_or_default();
            let command = format!("cosim test {}{named} --update", folders.scenarios.display());
            anstream::eprintln!("snapshots are in {}", folders.snapshots.display());
            anstream::eprintln!("hint: if the new behaviour is right, write it down: {command}");
        }
        self.exit.unwrap_or(Exit::NothingRan)
    }
}
