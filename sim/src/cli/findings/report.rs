//! `cosim findings report`: all that a database remembers.

use super::super::exit::{Exit, Failure};
use super::super::guests;
use super::super::input;
use super::super::print::{out, outln, say};
use super::super::report::write_page;
use super::standing::{Known, known};
use super::store::{Memory, Missing, Store};
use super::{Format, Printed, filesystem, told};
use cosim_testbed::page::{self, Contents};
use cosim_testbed::scenario;
use cosim_testbed::whole;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Print all that was found, each as the last sweep of its scenarios left it.
#[derive(Debug, clap::Args)]
// It is refused there, with what to do instead.
#[command(mut_arg("mutate", |arg| arg.hide(true)))]
pub(super) struct Args {
    /// The database.
    #[arg(value_name = "DB")]
    database: PathBuf,
    /// Also write a page with every finding, and the smallest runs.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Leave out of the page what apps wrote, and keep how large it is and a hash of it.
    #[arg(long, requires = "html")]
    redact: bool,
    /// Also write the smallest scenario of each finding into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    printed: Printed,
    #[command(flatten)]
    guests: guests::Args,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    for written in [args.html.as_deref(), args.out.as_deref()] {
        input::check_written(written, [&args.database])?;
    }
    if !args.printed.network_file_system {
        filesystem::refuse_network(&args.database)?;
    }
    let memory = Store::open(&args.database, Missing::Refused)?.memory()?;
    let all = all(&memory);
    let runs: u128 = memory.played.iter().map(|it| u128::from(it.seeds.end - it.seeds.start)).sum();
    let open = all.iter().filter(|known| known.is_open()).count();
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let [sweeps, findings] = [counted(memory.sweeps.len(), "sweep"), counted(all.len(), "finding")];
    let played = format!("{sweeps}, {runs} runs: {findings}, {open} open");
    match args.printed.format {
        Format::Json => outln!("{}", told::json(&memory, &all)),
        Format::Human => {
            outln!("{played}");
            all.iter().for_each(|known| out!("\n{}", told::text(&memory, known)));
        }
    }
    let files = files(&all);
    if let Some(folder) = &args.out {
        for (name, known) in &files {
            let path = folder.join(name);
            whole::write(&path, &known.finding.file)
                .map_err(|error| Failure::file("write", &path, &error))?;
        }
        say!("{} scenarios are in {}", files.len(), folder.display());
    }
    if let Some(path) = &args.html {
        write(args, path, played, &memory, &files)?;
    }
    Ok(Exit::Held)
}

/// What is known of every finding, as of the last sweep that has played a scenario of it. Open ones come first.
fn all(memory: &Memory) -> Vec<Known<'_>> {
    let looked_at = |finding: &super::Finding| {
        let seen = memory.sightings.iter().filter(|it| it.finding == finding.id);
        let scenarios: BTreeSet<i64> = seen.map(|it| it.scenario).collect();
        memory.played.iter().filter(|it| scenarios.contains(&it.scenario)).map(|it| it.sweep).max()
    };
    let known = memory
        .findings
        .iter()
        .filter_map(|finding| known(memory, finding, &looked_at(finding).into_iter().collect()));
    let mut all: Vec<Known<'_>> = known.collect();
    all.sort_by(|a, b| {
        fn rank<'a>(known: &Known<'a>) -> (bool, super::Standing, &'a str, &'a str) {
            (!known.is_open(), known.standing, &known.finding.key, &known.finding.shape)
        }
        rank(a).cmp(&rank(b))
    });
    all
}

/// What the file of each finding is called: after its key, with a number where several have one.
fn files<'a, 'b>(all: &'b [Known<'a>]) -> Vec<(String, &'b Known<'a>)> {
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    let named = all.iter().map(|known| {
        let words =
            known.finding.key.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let name = words.collect::<Vec<_>>().join("-");
        let times = met.entry(name.clone()).or_default();
        *times += 1;
        (if *times == 1 { format!("{name}.json") } else { format!("{name}-{times}.json") }, known)
    });
    named.collect()
}

fn write(
    args: &Args,
    path: &Path,
    played: String,
    memory: &Memory,
    files: &[(String, &Known<'_>)],
) -> Result<(), Failure> {
    args.guests.refuse_to_plant()?;
    let guests = args.guests.known()?;
    let finding = |(name, known): &(String, &Known<'_>)| {
        let parsed = scenario::parse(&known.finding.file, name).ok();
        page::Finding {
            key: known.finding.key.clone(),
            shape: known.finding.shape.clone(),
            state: known.standing.word(),
            is_open: known.is_open(),
            told: told::told(memory, known),
            smallest: parsed.and_then(|scenario| guests.cast(scenario).ok()),
            command: format!("cosim run {name}{}", args.guests.words()),
        }
    };
    let database = args.database.display().to_string();
    let findings = page::Findings { database: &database, played, all: files.iter().map(finding).collect() };
    let contents = if args.redact { Contents::Redacted } else { Contents::Shown };
    write_page(path, &page::findings(&findings, contents))
}
