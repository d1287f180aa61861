//! `cosim bisect`: the commit that brought a failure, or took it away.

mod repository;
mod search;

use super::exit::{Exit, Failure};
use super::input;
use super::print::{out, outln};
use cosim_testbed::diff::{Compared, Side, compare};
use cosim_testbed::whole;
use repository::Repository;
use search::{Answer, Search};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Find the commit that brought a failure.
///
/// Builds commits of a git repository in a clone of its own, and plays the frozen file with each build. What a file decides
/// finds its messages by what they mean, so it survives changes of the code. A commit that cannot be judged is passed over:
/// one that does not build, that cannot read the file, that fails otherwise, or in which what is decided no longer comes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The failure: a frozen or shrunk scenario, or the folder that one was kept in.
    file: PathBuf,
    /// A commit that does not have it yet.
    #[arg(long, value_name = "REV")]
    good: String,
    /// A later commit that has it.
    #[arg(long, value_name = "REV")]
    bad: String,
    /// The repository.
    #[arg(long, value_name = "DIR", default_value = ".")]
    repository: PathBuf,
    /// What builds a commit, in the shell, in the folder of the clone.
    #[arg(long, value_name = "COMMAND", default_value = "cargo build --release -p cosim")]
    build: String,
    /// What was built: the path of `cosim` in the clone.
    #[arg(long, value_name = "PATH", default_value = "target/release/cosim")]
    binary: PathBuf,
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
    let repository = Repository::clone_of(&args.repository)?;
    let text = scenario.file.to_json_pretty();
    let file = repository.beside("failure.json");
    whole::write(&file, &text).map_err(|error| Failure::file("write", &file, &error))?;

    let commits = repository.commits(&args.good, &args.bad)?;
    anstream::eprintln!("{}: {key}\n{} commits to judge at most", args.file.display(), commits.len() - 1);
    let judge = |place: usize| -> Result<Answer, Failure> {
        let commit = &commits[place];
        repository.check_out(commit)?;
        let answer = if repository.builds(&args.build)? {
            played(&repository.inside(&args.binary), &file, &repository.beside(&format!("{place}.jsonl")))
        } else {
            Answer::Skipped("does not build".to_owned())
        };
        anstream::eprintln!("  {}  {answer}", repository.named(commit)?);
        Ok(answer)
    };
    let mut search = Search::new(commits.len());
    for (place, wanted) in [(0, Answer::Fixed), (commits.len() - 1, Answer::Reproduces)] {
        let answer = judge(place)?;
        if answer != wanted {
            return Err(Failure(format!(
                "error: {}: {answer}, and {} was expected\nhint: name another commit, or another file",
                repository.named(&commits[place])?,
                match wanted {
                    Answer::Reproduces => "that it fails",
                    Answer::Fixed | Answer::Skipped(_) => "that it does not",
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
        for commit in &commits[good + 1..=bad] {
            outln!("  {}", repository.named(commit)?);
        }
    } else {
        outln!("{}", repository.message(&commits[bad])?);
    }
    outln!("\nbefore it, and with it:");
    let side = |place: usize| -> Result<Side, Failure> {
        let path = repository.beside(&format!("{place}.jsonl"));
        Ok(Side::recorded(repository.named(&commits[place])?, input::log(&path)?))
    };
    match compare(&side(good)?, &side(bad)?) {
        Ok(Compared::Same(entries)) => outln!("no difference, in {entries} entries"),
        Ok(Compared::Different(difference)) => out!("{difference}"),
        Err(left_out) => outln!("they cannot be compared: {left_out}"),
    }
    Ok(Exit::Held)
}

/// What a build says of the file. Its log is kept.
fn played(binary: &Path, file: &Path, log: &Path) -> Answer {
    let run = |args: &[&str]| Command::new(binary).arg("run").arg(file).args(args).output();
    let output = match run(&["--json"]) {
        Ok(output) => output,
        Err(error) => return Answer::Skipped(format!("cannot be started: {error}")),
    };
    let said: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let Some(said) = said else {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        let why = why.lines().find(|line| !line.is_empty()).unwrap_or("it says nothing").to_owned();
        return Answer::Skipped(format!("cannot read the file: {why}"));
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
    if let Ok(output) = run(&["--log", "--json"]) {
        // Without it, only the comparison in the end is missing, which says so.
        let _ = std::fs::write(log, output.stdout);
    }
    answer
}
