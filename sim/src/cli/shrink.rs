//! `cosim shrink`: a failing run cut down to what causes it.

use super::config::Config;
use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::print::{columns, count, out, outln, say};
use super::report::Playing;
use super::threads::Threads;
use cosim_testbed::freeze::freeze;
use cosim_testbed::guest::Guests;
use cosim_testbed::log::Limit;
use cosim_testbed::page::Contents;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{Crypto, resolve};
use cosim_testbed::shrink::{Shrunk, causes, shrink};
use cosim_testbed::sweep::quoted;
use cosim_testbed::whole;
use std::path::{Path, PathBuf};

/// Cut a failing run down to the few things that cause it.
///
/// Takes away whatever can go while the same failure remains. The result is a scenario like any other that expects this
/// failure: keep it, fix the cause, then remove the expectation. Of expectations that are not met the first is kept as it is.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The scenario, frozen or not.
    file: PathBuf,
    /// The seed that fails. Default the one in the file.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Hash and sign this way, whatever the file says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    /// Play this recorded editing session, where the scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    /// Where to write it.
    #[arg(short, long, value_name = "FILE", required_unless_present = "name")]
    output: Option<PathBuf>,
    /// Write it as regressions/NAME.json in the folder of scenarios.
    #[arg(long, value_name = "NAME", conflicts_with = "output")]
    name: Option<String>,
    /// Also write the page of what is left, as `cosim report` does.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    guests: guests::Args,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    args.threads.set()?;
    let recorded = Recorded::read(args.recording.as_deref())?;
    let scenario = input::scenario(&args.file, args.crypto, recorded.as_ref(), &args.guests.known()?)?;
    let source = input::source(&args.file, args.recording.as_deref());
    let seed = args.seed.unwrap_or(scenario.seed);
    let path = match (&args.output, &args.name) {
        (Some(path), _) => path.clone(),
        (None, name) => {
            let name = format!("{}.json", checked(name.as_deref().unwrap_or("shrunk"))?);
            Config::find()?.folder().join("regressions").join(name)
        }
    };
    for written in [Some(path.as_path()), args.html.as_deref()] {
        input::check_written(written, [&args.file].into_iter().chain(&args.recording))?;
        input::check_file(written)?;
    }
    input::check_apart(&[("-o", Some(&path)), ("--html", args.html.as_deref())])?;
    let frozen = freeze(&scenario, seed, &source);
    if !frozen.outcome.guest_failures.is_empty() {
        return Ok(guests::tell_failed(&frozen.outcome, &source));
    }
    if args.name.is_some() {
        refuse_another(&path, frozen.outcome.key(), &source)?;
    }
    let mut shown = 0;
    let mut progress = |best: &cosim_testbed::scenario::file::Scenario, runs: u64| {
        // The best so far is kept, should this be interrupted; that it cannot be written is said at the end.
        if whole::is_replaced(&path) {
            let _ = whole::write(&path, &best.to_json_pretty());
        }
        if runs >= shown {
            shown = runs + 100;
            let decisions = best.decisions.as_ref().map_or(0, cosim_testbed::scenario::file::Decisions::len);
            say!(
                "shrinking: {}, {} and {} left",
                count(runs, "run"),
                count(best.timeline.len() as u64, "operation"),
                count(decisions as u64, "decision")
            );
        }
    };
    let guests = scenario.guests.clone();
    let mut shrunk = match shrink(&frozen.file, &scenario.guests, &mut progress) {
        Ok(shrunk) => shrunk,
        Err(error) => {
            say!("seed {seed}: {error}");
            return Ok(Exit::NothingRan);
        }
    };
    let key = shrunk.outcome.key().unwrap_or_default().to_owned();
    shrunk.file.about = shrunk.about(&key, seed, &source);
    whole::write(&path, &shrunk.file.to_json_pretty())
        .map_err(|error| Failure::file("write", &path, &error))?;
    tell(&shrunk, &scenario.guests, &path)?;
    if let Some(page) = &args.html {
        let scenario = resolve(shrunk.file).map_err(|problems| Failure(problems.render(false)))?;
        let scenario = scenario.with_guests(&guests);
        let source = path.display().to_string();
        let playing =
            Playing { scenario: &scenario, seed: scenario.seed, source, guests: args.guests.words() };
        playing.write(page, Contents::Shown)?;
    }
    Ok(Exit::Held)
}

/// A name that is no path.
fn checked(name: &str) -> Result<&str, Failure> {
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
        return Err(Failure(format!(
            "error: --name `{name}` is no name of a file\nhint: a word, such as lost-answer; -o FILE writes anywhere"
        )));
    }
    Ok(name)
}

/// A regression of another failure is not replaced.
fn refuse_another(path: &Path, key: Option<&str>, source: &str) -> Result<(), Failure> {
    let kept = std::fs::read_to_string(path).ok();
    let kept = kept.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let Some(kept) = kept else { return Ok(()) };
    let origin = &kept["origin"];
    if origin["key"].as_str() == key && origin["scenario"] == source {
        return Ok(());
    }
    let of = |part: &str| origin[part].as_str().unwrap_or("unknown").to_owned();
    Err(Failure(format!(
        "error: {} is there, of another failure: {} of {}\nhint: choose another name",
        path.display(),
        of("key"),
        of("scenario")
    )))
}

/// How many changes are worth reading.
const CHANGES: usize = 8;

fn tell(shrunk: &Shrunk, guests: &Guests, path: &Path) -> Result<(), Failure> {
    let scenario = resolve(shrunk.file.clone()).map_err(|problems| Failure(problems.render(false)))?;
    let scenario = scenario.with_guests(guests);
    let outcome = run(&scenario, scenario.seed, Options::logged(Limit::All));
    if let Some(log) = &outcome.log {
        outln!("{log}");
    }
    for violation in &outcome.violations {
        outln!("  {}", cosim_testbed::report::finding(violation));
    }
    out!("{}", cosim_testbed::report::unmet_in(columns(), &outcome));
    let key = shrunk.outcome.key().unwrap_or_default();
    outln!("\nWhat caused it. Without:");
    for (name, what) in causes(&shrunk.file, guests, key) {
        outln!("  {name}: {what}");
    }
    say!("\nbefore: {}\nafter:  {}  ({})", shrunk.before, shrunk.after, count(shrunk.runs, "run"));
    let told = &shrunk.changes.told;
    if !told.is_empty() {
        say!("what is left is not all as it was:");
    }
    for change in told.iter().take(CHANGES) {
        say!("  {change}");
    }
    if told.len() > CHANGES {
        say!("  and {} more", told.len() - CHANGES);
    }
    for other in shrunk.others.keys() {
        say!("met on the way, and not followed: {other}");
    }
    let name = path.display().to_string();
    say!("written to {name}; play it: cosim run {}", quoted(&name));
    if shrunk.outcome.unmet.is_empty() {
        say!("when it is mended, play every schedule near it: cosim prove {}", quoted(&name));
    }
    Ok(())
}
