//! `cosim schema`: the JSON Schema of scenario files, and the reference that is made of it.

mod fields;

use super::exit::{Exit, Failure};
use super::print::{out, outln};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Print the JSON Schema of scenario files, for an editor.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the reference of all fields as Markdown instead.
    #[arg(long)]
    markdown: bool,
    /// Scenarios from which the reference takes its examples.
    #[arg(value_name = "FILE", requires = "markdown")]
    files: Vec<PathBuf>,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let schema = cosim_testbed::scenario::schema();
    let fails = |error| Failure(format!("error: {error}"));
    if args.markdown {
        let schema = serde_json::to_value(schema).map_err(fails)?;
        let scenarios = args.files.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        out!("{}", fields::page(&schema, &scenarios));
    } else {
        outln!("{}", serde_json::to_string_pretty(&schema).map_err(fails)?);
    }
    Ok(Exit::Held)
}

/// A scenario file, as it stands.
fn read(path: &Path) -> Result<Value, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Failure(format!("error: {}: {error}\nhint: cosim check says more", path.display())))
}
