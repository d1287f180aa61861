//! `cosim bisect`: the commit, or the version of a package, that brought a failure.

mod child;
mod commits;
mod repository;
mod search;
mod versions;

use super::exit::{Exit, Failure};
use super::input;
use super::print::{out, outln, say};
use child::{Children, Ended};
use commits::Commits;
use cosim_core::Span;
use cosim_testbed::diff::{Compared, Side, compare};
use cosim_testbed::scenario::Scenario;
use search::{Answer, Search};
use serde_json::Value;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use versions::Versions;

/// Find the commit that brought a failure, or the version of a package.
///
/// Builds commits of a git repository in a clone of its own, and plays the frozen file with each build. What a file decides
/// finds its messages by what they mean, so it survives changes of the code. A commit that cannot be judged is passed over:
/// one that does not build, that cannot read the file, that fails otherwise, or in which what is decided no longer comes.
///
/// With --guest, it plays the file with versions of that npm package in place of commits, and fetches those that are missing.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The failure: a frozen or shrunk scenario, or the folder that one was kept in.
    file: PathBuf,
    /// A commit that does not have it yet, or a version.
    #[arg(long, value_name = "REV")]
    good: String,
    /// A later commit that has it, or a version.
    #[arg(long, value_name = "REV")]
    bad: String,
    /// Find the version of this package, cojson, that plays nodes of the file.
    #[arg(long, value_name = "PACKAGE", conflicts_with_all = ["repository", "build", "binary"])]
    guest: Option<String>,
    /// The repository.
    #[arg(long, value_name = "DIR", default_value = ".")]
    repository: PathBuf,
    /// What builds a commit, in the shell, in the folder of the clone.
    #[arg(long, value_name = "COMMAND", default_value = "cargo build --release -p cosim")]
    build: String,
    /// What was built: the path of `cosim` in the clone.
    #[arg(long, value_name = "PATH", default_value = "target/release/cosim")]
    binary: PathBuf,
    /// Pass over what takes longer than this to build, or to play the file.
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = super::time::span)]
    timeout: Span,
}

/// What is searched, in order: of its steps the first does not fail, and the last does.
trait Line {
    /// How many steps there are.
    fn steps(&self) -> usize;

    /// What they are.
    fn what(&self) -> &'static str;

    /// What a step says of the failure.
    fn judge(&self, place: usize) -> Result<Answer, Failure>;

    /// A step, for people.
    fn named(&self, place: usize) -> Result<String, Failure>;

    /// All that there is to say of a step.
    fn message(&self, place: usize) -> Result<String, Failure>;

    /// Where the log of its run is kept.
    fn log(&self, place: usize) -> PathBuf;
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let scenario = input::written(&args.file, None)?;
    let key = scenario.file.origin.as_ref().and_then(|origin| origin.key.as_deref());
    let Some(key) = key else {
        return Err(Failure(format!(
            "error: {}: it does not say which failure it is of (`origin.key`)\nhint: name what `cosim shrink` or `cosim freeze` \
             wrote of a run that fails",
            args.file.display()
        )));
    };
    let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !args.binary.components().all(is_inside) {
        return Err(Failure(format!(
            "error: --binary {} is not in the clone\nhint: name what the build makes by its path in the repository, such as \
             target/release/cosim",
            args.binary.display()
        )));
    }
    let children = Children::new(args.timeout)?;
    match search(args, key, &scenario, &children) {
        // Nothing that it started goes on, and its folder is gone.
        _ if children.is_over() => Ok(Exit::Interrupted),
        found => found,
    }
}

fn search(args: &Args, key: &str, scenario: &Scenario, children: &Children) -> Result<Exit, Failure> {
    let (ends, text) = ([args.good.as_str(), args.bad.as_str()], scenario.file.to_json_pretty());
    let line: Box<dyn Line + '_> = match &args.guest {
        Some(package) => Box::new(Versions::between(package, ends, scenario.file.clone(), children)?),
        None => Box::new(Commits::between(
            &args.repository,
            ends,
            (args.build.as_str(), args.binary.as_path()),
            &text,
            children,
        )?),
    };
    let what = line.what();
    say!("{}: {key}\n{} {what}, with both ends", args.file.display(), line.steps());
    let judge = |place: usize| -> Result<Answer, Failure> {
        let answer = line.judge(place)?;
        if children.is_over() {
            return Err(Failure("interrupted".to_owned()));
        }
        say!("  {}  {answer}", line.named(place)?);
        Ok(answer)
    };
    let mut search = Search::new(line.steps());
    for (place, wanted) in [(0, Answer::Fixed), (line.steps() - 1, Answer::Reproduces)] {
        let answer = judge(place)?;
        if answer != wanted {
            let hint = match answer {
                Answer::Skipped(_) => format!(
                    "name another of the {what}; --build and --binary say how one is built and played"
                ),
                Answer::Reproduces | Answer::Fixed => format!("name another of the {what}, or another file"),
            };
            return Err(Failure(format!(
                "error: {}: {answer}, but at this end the file has to {}\nhint: {hint}",
                line.named(place)?,
                match wanted {
                    Answer::Reproduces => "fail",
                    Answer::Fixed | Answer::Skipped(_) => "hold",
                }
            )));
        }
        search.answered(place, &answer);
    }
    while let Some(place) = search.next() {
        let answer = judge(place)?;
        search.answered(place, &answer);
    }
    let (good, bad) = search.found();
    if bad - good > 1 {
        outln!("one of these, which could not be judged but for the last:");
        for place in good + 1..=bad {
            outln!("  {}", line.named(place)?);
        }
    } else {
        outln!("{}", line.message(bad)?);
    }
    outln!("\nbefore it, and with it:");
    let side = |place: usize| -> Result<Side, Failure> {
        let name = line.named(place)?;
        // Where the log was is in a folder that goes.
        match input::log(&line.log(place)) {
            Ok(log) => Ok(Side::recorded(name, log)),
            Err(_) => Err(Failure(format!("{name} printed no log that can be read"))),
        }
    };
    let (before, with) = match (side(good), side(bad)) {
        (Ok(before), Ok(with)) => (before, with),
        (Err(Failure(why)), _) | (_, Err(Failure(why))) => {
            outln!("they cannot be compared: {why}");
            return Ok(Exit::Held);
        }
    };
    match compare(&before, &with) {
        Ok(Compared::Same(entries)) => outln!("no difference, in {entries} entries"),
        Ok(Compared::Different(difference)) => out!("{}", difference.brief()),
        Err(left_out) => outln!("they cannot be compared: {left_out}"),
    }
    Ok(Exit::Held)
}

/// The exit code of a Rust program that panicked.
const PANICKED: i32 = 101;

/// What a build says of the file. Its log is kept.
fn played(binary: &Path, file: &Path, log: &Path, children: &Children) -> Answer {
    let run = |args: &[&str]| children.run(Command::new(binary).arg("run").arg(file).args(args));
    let output = match run(&["--json"]) {
        Ok(Ended::Itself(output)) => output,
        Ok(Ended::TooLong) => {
            return Answer::Skipped("takes longer than --timeout to play the file".to_owned());
        }
        Err(error) => return Answer::Skipped(format!("cannot be started: {error}")),
    };
    let said: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let Some(said) = said else {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        let mut lines = why.lines().filter(|line| !line.trim().is_empty());
        return Answer::Skipped(match output.status.code() {
            None => format!("it does not end of its own accord: {}", output.status),
            Some(PANICKED) => {
                let why = lines.find(|line| line.contains("panicked")).unwrap_or("it panicked");
                format!("it panicked: {}", why.trim())
            }
            Some(code) => lines.next().map_or_else(
                || format!("it does not say what comes of the file, and ends with {code}"),
                |why| format!("cannot read the file: {why}"),
            ),
        });
    };
    let answer = match said["replay"].as_str() {
        Some("reproduces") => Answer::Reproduces,
        Some("fixed") => Answer::Fixed,
        Some("another failure") => Answer::Skipped(format!(
            "fails otherwise: {}",
            said["violations"][0]["key"].as_str().unwrap_or_default()
        )),
        Some("diverged") => {
            let unused = said["unused"].as_array().into_iter().flatten();
            let gone =
                unused.map(|decision| decision.as_str().map_or_else(|| decision.to_string(), str::to_owned));
            Answer::Skipped(format!("diverged, without {}", gone.collect::<Vec<_>>().join("; ")))
        }
        other => Answer::Skipped(format!("says {} of it", other.unwrap_or("nothing"))),
    };
    if let Ok(Ended::Itself(output)) = run(&["--log", "--json"]) {
        // Without it, only the comparison in the end is missing, which says so.
        let _ = std::fs::write(log, output.stdout);
    }
    answer
}
