//! `cosim completions` and `cosim man`: what a shell and a reader of manuals want to have of a command.

use super::exit::{Exit, Failure};
use super::print::{out, outln};
use clap::Command;
use clap_complete::Shell;
use std::path::PathBuf;

/// Print what a shell needs to complete commands and options.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cosim completions bash > ~/.local/share/bash-completion/completions/cosim
  cosim completions fish > ~/.config/fish/completions/cosim.fish")]
pub(super) struct Completions {
    /// For which shell.
    shell: Shell,
}

/// Write the manual pages of all commands into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  cosim man ~/.local/share/man/man1 && man cosim-sweep")]
pub(super) struct Man {
    /// The folder. It is made, if it is missing.
    folder: PathBuf,
}

pub(super) fn completions(args: &Completions, mut command: Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "cosim", &mut script);
    out!("{}", String::from_utf8_lossy(&script));
    Ok(Exit::Held)
}

pub(super) fn man(args: &Man, command: Command) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let made = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    made.map_err(|error| Failure::file("write to", folder, &error))?;
    outln!("written to {0}: {0}/cosim.1, and one for each command", folder.display());
    Ok(Exit::Held)
}
