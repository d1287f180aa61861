//! `cosim check`: is it a scenario, and what is wrong with it?

use super::exit::{Exit, Failure};
use super::input::{self, Recorded, Text};
use super::print::{count, outln, say};
use crate::snapshot::{self, SCENARIO};
use cosim_testbed::capsule;
use cosim_testbed::recording::{self, Checked};
use cosim_testbed::scenario::{self, Kind, Scenario};
use std::path::{Path, PathBuf};

/// Check scenario files without playing them.
///
/// Of a folder, all scenarios in it are checked.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The files, or folders of them.
    #[arg(required = true, value_name = "FILE|FOLDER")]
    files: Vec<PathBuf>,
    /// Check that the scenarios can play this recorded editing session.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    /// Take for a mistake what is only doubtful: what comes to nothing, or contradicts itself.
    #[arg(long, value_name = "warnings")]
    deny: Option<Denied>,
}

/// What is taken for a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Denied {
    Warnings,
}

/// What a recorded session comes to without a network.
fn without_network(recorded: &Recorded) -> Result<String, Failure> {
    let checked = recording::check(&recorded.bytes);
    let checked = checked.map_err(|error| Failure(format!("error: {}: {error}", recorded.path.display())))?;
    Ok(match checked {
        Checked::Linear => "fine: one patch after the other leads to its `endContent`".to_owned(),
        Checked::End => "fine: without a network its authors come to its `endContent`".to_owned(),
        Checked::Together(pairs) => {
            let pairs = pairs.iter().map(|[a, b]| format!("txns[{a}] and txns[{b}]")).collect::<Vec<_>>();
            format!(
                "not judged: without a network its authors come to another text than its `endContent`, and some insert at \
                 one place before they see each other's, where there is no right order: {}",
                pairs.join("; ")
            )
        }
    })
}

/// Who writes a scenario with groups anew is told whose rules hold where it does not say.
fn hint_at_format(scenario: &Scenario, path: &Path) {
    let file = &scenario.file;
    let has_groups = file.co_values.values().any(|co_value| co_value.kind == Some(Kind::Group));
    if has_groups && file.format.is_none() && file.origin.is_none() {
        say!(
            "hint: {} does not say whose rules hold, so those of 0.7 do; write `\"format\": \"0.20\"` for today's, or \
             `\"format\": \"0.7\"` to keep these",
            path.display()
        );
    }
}

/// The scenario in a file, with the recorded session where one is given, and its text.
fn read(path: &Path, recorded: Option<&Recorded>) -> Result<(Scenario, Text), Failure> {
    let text = input::text(path)?;
    let written = text.parsed()?;
    let scenario = match recorded {
        Some(_) => input::with_recorded(written, path, recorded)?,
        None => written,
    };
    Ok((scenario, text))
}

/// Tells what is doubtful about a file; says whether anything is. What a run was written down as is not doubted.
fn doubt(scenario: &Scenario, text: &Text) -> Result<bool, Failure> {
    if scenario.file.origin.is_some() {
        return Ok(false);
    }
    let doubts = scenario::doubts(&text.bytes, &text.name);
    let doubts = doubts.map_err(|problems| Failure(problems.render(input::has_colour())))?;
    if doubts.is_empty() {
        return Ok(false);
    }
    say!("{}", doubts.render(input::has_colour()));
    Ok(true)
}

/// The file itself; of a folder that is no kept failure, the scenarios in it.
fn inside(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() || capsule::is_kept(path) {
        return Ok(vec![path.to_owned()]);
    }
    let names = snapshot::files(path, SCENARIO).map_err(|error| Failure::file("read", path, &error))?;
    if names.is_empty() {
        return Err(Failure(format!(
            "error: {}: there is no scenario in it, no file that ends in .json",
            path.display()
        )));
    }
    Ok(names.iter().map(|name| snapshot::path(path, name, SCENARIO)).collect())
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let recorded = Recorded::read(args.recording.as_deref())?;
    if let Some(recorded) = &recorded {
        outln!("{}: {}", recorded.path.display(), without_network(recorded)?);
    }
    let (mut wrong, mut doubtful) = (0, 0);
    let files = args.files.iter().map(|path| inside(path)).collect::<Result<Vec<_>, _>>()?.concat();
    for path in &files {
        match read(path, recorded.as_ref()) {
            Ok((scenario, text)) => {
                if doubt(&scenario, &text)? {
                    outln!("{}: can be played, with warnings", path.display());
                    doubtful += 1;
                } else {
                    outln!("{}: fine", path.display());
                }
                hint_at_format(&scenario, path);
            }
            Err(failure) => {
                say!("{failure}\n");
                wrong += 1;
            }
        }
    }
    match wrong {
        0 if doubtful > 0 && args.deny == Some(Denied::Warnings) => {
            let are = if doubtful == 1 { "is" } else { "are" };
            Err(Failure(format!(
                "error: {doubtful} of {} {are} doubtful, and --deny warnings takes that for a mistake",
                count(files.len() as u64, "file")
            )))
        }
        0 => Ok(Exit::Held),
        wrong => {
            Err(Failure(format!("error: {wrong} of {} cannot be played", count(files.len() as u64, "file"))))
        }
    }
}
