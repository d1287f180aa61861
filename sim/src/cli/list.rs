//! `cosim list`: what there is, by name.

use super::config::Config;
use super::exit::{Exit, Failure};
use super::new;
use super::print::{columns, out, outln};
use crate::snapshot::{self, SCENARIO};
use cosim_core::node::Mutation;
use cosim_testbed::oracles;
use cosim_testbed::report::wrapped;
use cosim_testbed::scenario;
use cosim_testbed::sweep::quoted;
use std::path::{Path, PathBuf};

/// List the oracles, the faults that can be planted, the scenarios of a folder, or the templates of `cosim new`.
///
/// `cosim explain` says more of each oracle and each fault.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// What is judged: the names that `expect.oracles` takes.
    Oracles,
    /// The faults that `mutations` plants in a node.
    Mutations,
    /// The scenarios of a folder, and what each is about.
    Scenarios {
        /// The folder. Default that of cosim.toml, or `scenarios`.
        folder: Option<PathBuf>,
    },
    /// The stories from which `cosim new` starts.
    Templates,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    match &args.what {
        What::Oracles => {
            let all = oracles::ALL.iter().map(|entry| (entry.about.name, entry.about.sentence));
            print(all);
        }
        What::Mutations => print(Mutation::ALL.iter().map(|fault| (fault.name(), fault.sentence()))),
        What::Scenarios { folder: Some(folder) } => scenarios(folder)?,
        What::Scenarios { folder: None } => scenarios(&Config::find()?.folder())?,
        What::Templates => print(new::TEMPLATES.iter().map(|template| (template.name, template.sentence))),
    }
    Ok(Exit::Held)
}

/// Prints names, and what each of them is.
fn print(all: impl Iterator<Item = (&'static str, &'static str)>) {
    all.for_each(|(name, sentence)| out!("{name}\n{}", wrapped(columns(), "    ", "    ", sentence)));
}

fn scenarios(folder: &Path) -> Result<(), Failure> {
    for name in super::test::files(folder, SCENARIO)? {
        let path = snapshot::path(folder, &name, SCENARIO);
        let bytes = std::fs::read(&path).ok();
        let name = path.display().to_string();
        let scenario = bytes.and_then(|bytes| scenario::parse_bytes(&bytes, &name).ok());
        outln!("{name}");
        match scenario {
            Some(scenario) => out!("{}", wrapped(columns(), "    ", "    ", &scenario.about)),
            None => outln!("    cannot be played: cosim check {} says why", quoted(&name)),
        }
    }
    Ok(())
}
