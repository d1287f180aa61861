//! `cosim check`: is it a scenario, and what is wrong with it?

use super::exit::{Exit, Failure};
use super::input::{self, Recorded};
use super::print::outln;
use cosim_testbed::recording::{self, Checked};
use cosim_testbed::scenario::{Kind, Scenario};
use std::path::{Path, PathBuf};

/// Check scenario files without playing them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check that the scenarios can play this recorded editing session.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
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
        anstream::eprintln!(
            "hint: {} does not say whose rules hold, so those of 0.7 do; write `\"format\": \"0.20\"` for today's, or \
             `\"format\": \"0.7\"` to keep these",
            path.display()
        );
    }
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let recorded = Recorded::read(args.recording.as_deref())?;
    if let Some(recorded) = &recorded {
        outln!("{}: {}", recorded.path.display(), without_network(recorded)?);
    }
    let mut wrong = 0;
    for path in &args.files {
        let checked = match &recorded {
            Some(recorded) => input::written(path, None)
                .and_then(|written| input::with_recorded(written, path, Some(recorded))),
            None => input::written(path, None),
        };
        match checked {
            Ok(scenario) => {
                outln!("{}: fine", path.display());
                hint_at_format(&scenario, path);
            }
            Err(failure) => {
                anstream::eprintln!("{failure}\n");
                wrong += 1;
            }
        }
    }
    match wrong {
        0 => Ok(Exit::Held),
        wrong => Err(Failure(format!("error: {wrong} of {} files cannot be played", args.files.len()))),
    }
}
