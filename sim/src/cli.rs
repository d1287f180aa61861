//! The command line: one file a subcommand. Data goes to stdout, talk to stderr.

mod bisect;
mod check;
mod config;
mod diff;
mod environment;
mod exit;
mod explain;
mod explore;
mod export;
mod findings;
mod freeze;
mod guest;
mod guests;
mod import_netem;
mod input;
mod keep;
mod list;
mod merge;
mod new;
mod print;
mod progress;
mod report;
mod results;
mod run;
mod schema;
mod shell;
mod shrink;
mod sweep;
mod test;
mod threads;
mod time;
mod version;
mod watch;
mod why;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};
use cosim_testbed::scenario::closest;
use exit::Exit;
use print::say;
use std::path::Path;
use std::process::ExitCode;

/// A deterministic simulation testbed for CoJSON sync.
///
/// Plays a scenario file: virtual nodes sync CoValues over a seeded, lossy, reordering network, and oracles judge every
/// step. The same file, seed and version give the same run, to the byte.
#[derive(Debug, Parser)]
#[command(version = version::VERSION, after_long_help = EXAMPLES, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cosim new my-story --like offline                     a scenario to begin with
  cosim run scenarios/basics/two-writers.json           play it with the seed in the file
  cosim run scenarios/faults/heavy-loss.json --seed 7   play it with another seed
  cosim run scenarios/faults/heavy-loss.json --seeds 0..1000
  cosim run scenarios/basics/two-writers.json --log     with every message, in order
  cosim run FILE --recording SESSION.json.gz            with what people once typed
  cosim run DIR/FAILURE                                 a failure that --out DIR kept
  cosim diff scenarios/faults/storm.json --seeds 1,2    where two runs part, and what led there
  cosim export scenarios/basics/hello.json --format svg   a picture of it; or for Perfetto, ShiViz, Mermaid, as CSV
  cosim report FILE --seed 17 -o run.html               a page that shows what happened
  cosim test                                            every scenario against its snapshot
  cosim sweep scenarios/faults/heavy-loss.json --seeds 0..100000 --out sweep
  cosim findings findings.db sweep                      what of it is new, and what is gone since the last sweep
  cosim shrink FILE --seed 17 -o small.json             a failing run, cut down to its causes
  cosim why FILE --seed 17                              when it became likely to fail, and what it takes
  cosim explore FILE --lost 2 --cuts 1                  every schedule with so many deviations, not a sample
  cosim prove small.json                                does any schedule near the one that failed still fail?
  cosim bisect small.json --good v1 --bad main          the commit that brought a failure
  cosim watch my-scenario.json                          play it whenever it changes
  cosim check my-scenario.json                          is it a scenario? what is wrong with it?
  cosim explain 'timely client>server deadline'         what does that mean?
  cosim schema > scenario.schema.json                   for your editor

Exit codes:
  0    everything held (a violation that the scenario expects counts as that)
  1    violated: safety, an expectation, a snapshot that differs, or a finding that is new
  2    usage, or a bad file: nothing was played
  3    not live: no silence in time, or a load that did not end
  4    nondeterminism: the same run came out differently
  5    nothing ran
  6    a guest failed: what it did could not be judged
  7    not whole: a limit kept schedules from being played, and those that were held
  8    parts of a sweep are missing, torn, double or foreign (cosim merge): nothing was merged
  130  interrupted (cosim sweep): go on with --resume
  101  a bug in cosim itself";

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Run(run::Args),
    Test(test::Args),
    Sweep(sweep::Args),
    Merge(merge::Args),
    Findings(findings::Args),
    Check(check::Args),
    Freeze(freeze::Args),
    Shrink(shrink::Args),
    Diff(diff::Args),
    Export(export::Args),
    ImportNetem(import_netem::Args),
    Report(report::Args),
    Explore(explore::Args),
    Prove(explore::ProveArgs),
    Why(why::Args),
    Bisect(bisect::Args),
    Guest(guest::Args),
    /// Play a scenario, and again whenever its file changes.
    ///
    /// It takes what `cosim run` takes. A mistake in the file is told, and the next change is waited for. Ctrl-C ends it.
    Watch(run::Args),
    List(list::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Says what is wrong with a command line, or what was asked for, and ends.
fn misused(error: &clap::Error) -> ! {
    // Where nothing can be printed, nothing can be said of that either.
    let _ = error.print();
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) {
        let commands = Cli::command();
        let names = commands.get_subcommands().map(clap::Command::get_name);
        if Path::new(word).is_file() {
            say!("\nhint: did you mean `cosim run {word}`?");
        } else if let Some(near) = closest(word, names) {
            say!("\nhint: did you mean `cosim {near}`?");
        }
    }
    std::process::exit(error.exit_code());
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| misused(&error));
    let exit = match cli.command {
        Command::New(args) => new::main(&args),
        Command::Run(args) => run::main(&args),
        Command::Test(args) => test::main(&args),
        Command::Sweep(args) => sweep::main(&args),
        Command::Merge(args) => merge::main(&args),
        Command::Findings(args) => findings::main(&args),
        Command::Check(args) => check::main(&args),
        Command::Freeze(args) => freeze::main(&args),
        Command::Shrink(args) => shrink::main(&args),
        Command::Diff(args) => diff::main(&args),
        Command::Export(args) => export::main(&args),
        Command::ImportNetem(args) => import_netem::main(&args),
        Command::Report(args) => report::main(&args),
        Command::Explore(args) => explore::main(&args),
        Command::Prove(args) => explore::prove(&args),
        Command::Why(args) => why::main(&args),
        Command::Bisect(args) => bisect::main(&args),
        Command::Guest(args) => guest::main(&args),
        Command::Watch(args) => watch::main(&args),
        Command::List(args) => list::main(&args),
        Command::Explain(args) => explain::main(&args),
        Command::Schema(args) => schema::main(&args),
        Command::Completions(args) => shell::completions(&args, Cli::command()),
        Command::Man(args) => shell::man(&args, Cli::command()),
    };
    exit.unwrap_or_else(|error| {
        say!("{error}");
        Exit::Usage
    })
    .into()
}
