//! Measures what automerge, yrs and loro survive in cosim's world, and cuts a failure of theirs down.

use clap::{Parser, Subcommand};
use cosim_hosted::matrix::{AGREEMENT, Cell, Crate, ECHO, SEEDS, table};
use cosim_hosted::story::{Condition, Shape};

/// What automerge, yrs and loro survive.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// How many seeds each story is played with.
    #[arg(long, default_value_t = SEEDS, global = true)]
    seeds: u64,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Finds a failure, cuts it down to what causes it, and prints its schedule and what happens in it.
    Shrink {
        /// Of which crate.
        hosted: Crate,
        /// On which shape.
        shape: Shape,
        /// Under which condition.
        condition: Condition,
        /// What goes back to where it came from, instead of what is shown in the end.
        #[arg(long)]
        echo: bool,
    },
}

#[expect(clippy::print_stdout, reason = "a command says what came of it")]
fn main() {
    let options = Options::parse();
    match options.command {
        None => {
            let [agreement, echo] = [AGREEMENT, ECHO].map(|oracles| table(oracles, options.seeds));
            print!("{agreement}\n{echo}");
        }
        Some(Command::Shrink { hosted, shape, condition, echo }) => {
            let cell = Cell { shape, condition, oracles: if echo { ECHO } else { AGREEMENT } };
            match hosted.shrink(cell, 0..options.seeds) {
                Some(failure) => println!("{}\n\n{}\n{}", failure.what, failure.schedule, failure.log),
                None => println!("{} seeds, all held", options.seeds),
            }
        }
    }
}
