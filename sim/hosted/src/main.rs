//! Measures what automerge, yrs and loro survive in cosim's world, and cuts a failure of theirs down.

use clap::{Parser, Subcommand};
use cosim_hosted::cell::{Cell, Crate, Question};
use cosim_hosted::known::Failure;
use cosim_hosted::matrix::{SEEDS, table};
use cosim_hosted::story::{Condition, Shape};
use std::process::ExitCode;

/// Measures what automerge, yrs and loro survive, as tables.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// With how many seeds each cell is played.
    #[arg(long, default_value_t = SEEDS, global = true)]
    seeds: u64,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Looks for a failure, cuts it down to what causes it, and prints its schedule and what happens in it.
    Shrink {
        /// Of which crate.
        hosted: Crate,
        /// Who is linked with whom.
        shape: Shape,
        /// What happens to them.
        condition: Condition,
        /// What is asked of them.
        #[arg(default_value = "agreement")]
        question: Question,
    },
}

#[expect(clippy::print_stdout, reason = "a command says what came of it")]
fn main() -> ExitCode {
    let Options { seeds, command } = Options::parse();
    let Some(Command::Shrink { hosted, shape, condition, question }) = command else {
        let [agreement, echo] = [Question::Agreement, Question::Echo].map(|question| table(question, seeds));
        print!("{agreement}\n{echo}");
        return ExitCode::SUCCESS;
    };
    let cell = Cell { hosted, shape, condition, question };
    if !cell.can_be_played() {
        eprintln!("error: {cell} is not played: the crate can end the process there");
        return ExitCode::from(2);
    }
    match Failure::find(cell, seeds) {
        Some(failure) => print!("{failure}"),
        None => println!("{cell}: {seeds} seeds, all held"),
    }
    ExitCode::SUCCESS
}
