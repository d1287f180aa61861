//! `cosim why`: when a failure became likely, and what it takes.

use super::exit::{Exit, Failure};
use super::guests;
use super::input::{self, Recorded};
use super::print::{count, outln, say};
use super::report::write_page;
use super::threads::Threads;
use cosim_testbed::freeze::freeze;
use cosim_testbed::guest::Guests;
use cosim_testbed::scenario::file;
use cosim_testbed::scenario::{Crypto, Scenario};
use cosim_testbed::shrink::{Twos, causes, shrink, twos};
use cosim_testbed::why::{Answer, Beside, Inexplicable, Likely, Trait, band, beside, likely, page};
use std::path::PathBuf;

/// Say why a seed fails: when that became likely, and what happens without each of its causes.
///
/// Plays the run again from many places, with all that was decided before as it was, and fresh chance from there on. Then cuts
/// the run down, and takes away each single thing that is left. It needs the scenario that was swept, since in a frozen one
/// nothing is left to chance. What fails may be an oracle or an expectation of the scenario.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The scenario.
    file: PathBuf,
    /// The seed that fails. Default the one in the file.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many futures are played from each place.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    futures: u32,
    /// Where to write all of it as a page, with a plot of the shares: one HTML file that a browser opens.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Compare these seeds, too: what do those that fail in the same way have, and the others lack?
    #[arg(long, value_name = "A..B", value_parser = super::run::seeds)]
    seeds: Option<std::ops::Range<u64>>,
    /// Hash and sign this way, whatever the file says.
    #[arg(long, value_name = "fast|real", value_parser = input::crypto)]
    crypto: Option<Crypto>,
    /// Play this recorded editing session, where the scenario says who types it.
    #[arg(long, value_name = "FILE")]
    recording: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    guests: guests::Args,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    args.threads.set()?;
    input::check_written(args.html.as_deref(), [&args.file].into_iter().chain(&args.recording))?;
    input::check_file(args.html.as_deref())?;
    let recorded = Recorded::read(args.recording.as_deref())?;
    let scenario = input::scenario(&args.file, args.crypto, recorded.as_ref(), &args.guests.known()?)?;
    let seed = args.seed.unwrap_or(scenario.seed);
    let source = input::source(&args.file, args.recording.as_deref());
    let likely = match likely(&scenario, seed, args.futures) {
        Ok(likely) => likely,
        Err(error) => {
            say!("{source}, seed {seed}: {error}");
            match error {
                Inexplicable::Holds => say!("hint: name a seed that does: --seed N"),
                Inexplicable::Guests | Inexplicable::Met => {}
            }
            return Ok(Exit::NothingRan);
        }
    };
    outln!("{source}, seed {seed}: {}\n", likely.key);
    shares(&likely);
    let frozen = freeze(&scenario, seed, &source);
    let mut answers = Vec::new();
    let mut say = |answer: Answer| {
        outln!("\n{}", answer.title);
        answer.lines.iter().for_each(|line| outln!("  {line}"));
        answers.push(answer);
    };
    cut_down(&frozen.file, &likely.key).into_iter().for_each(&mut say);
    together(&frozen.file, &likely.key).into_iter().for_each(&mut say);
    args.seeds.iter().for_each(|seeds| say(others(&scenario, &likely, seeds.clone())));
    if let Some(path) = &args.html {
        write_page(path, &page(&format!("{source}, seed {seed}"), &likely, &answers))?;
    }
    Ok(Exit::Held)
}

/// How many columns a bar has.
const BAR: u64 = 40;

/// A bar: `#` up to the lower bound of the band, `=` from there to the share, `-` from there to the upper bound.
fn bar(failing: u32, of: u32) -> String {
    let [from, to] = band(failing, of);
    let share = u64::from(failing) * BAR / u64::from(of.max(1));
    let (lower, upper) = ((from * BAR / 1000).min(share), (to * BAR).div_ceil(1000).max(share));
    let part = |sign: &str, columns: u64| sign.repeat(columns as usize);
    part("#", lower) + &part("=", share - lower) + &part("-", upper - share)
}

/// Rounded, so that a half is more.
fn percent(count: u64, of: u64) -> u64 {
    let of = of.max(1);
    (count * 200 + of) / (of * 2)
}

/// A share of the futures, with its band.
fn share(failing: u32, of: u32) -> String {
    let [from, to] = band(failing, of);
    let percent = percent(failing.into(), of.into());
    format!("{percent:>3} % ({}..{})", from / 10, to.div_ceil(10))
}

fn shares(likely: &Likely) {
    let Likely { futures, places, jumps, .. } = likely;
    let all = count(u64::from(*futures), "future");
    outln!("When it became likely: of {all} from there on, so many fail in the same way, with the range");
    outln!("in brackets in which the true share lies nineteen times in twenty (in the bars, # is below");
    outln!("that, - above the share):\n");
    outln!("  decisions        at");
    for place in places {
        let bar = bar(place.failing, *futures);
        let line = format!(
            "  {:>9}  {:>8}  {:<16} {bar}",
            place.decided,
            place.at.to_string(),
            share(place.failing, *futures)
        );
        outln!("{}", line.trim_end());
    }
    match jumps.as_slice() {
        [] if places.iter().all(|place| place.failing == *futures) => {
            outln!("\nFrom the start, all of them fail so: little or nothing is left to chance.");
        }
        [] => outln!("\nNo single decision made it likely: it came bit by bit."),
        _ => outln!("\nThe decisions that made it so:"),
    }
    for jump in jumps {
        let [before, after] =
            [jump.before, jump.after].map(|failing| percent(failing.into(), (*futures).into()));
        outln!(
            "  {:>9}  {:>8}  {before:>3} % -> {after:>3} %  {}",
            jump.number,
            jump.at.to_string(),
            jump.what
        );
    }
}

fn cut_down(frozen: &file::Scenario, key: &str) -> Option<Answer> {
    let shrunk = match shrink(frozen, &Guests::default(), &mut |_, _| {}) {
        Ok(shrunk) => shrunk,
        Err(error) => {
            say!("{error}");
            return None;
        }
    };
    let title = format!("What caused it: cut down to {}. Without:", shrunk.after);
    let causes = causes(&shrunk.file, &Guests::default(), key).into_iter();
    Some(Answer { title, lines: causes.map(|(name, what)| format!("{name}: {what}")).collect() })
}

/// How many decisions, or pairs of them, are worth reading.
const PAIRS: usize = 12;

/// What single decisions bring about, and what only two of them do.
fn together(frozen: &file::Scenario, key: &str) -> Vec<Answer> {
    let Twos { decisions, alone, pairs, left } = twos(frozen, &Guests::default(), key);
    if decisions == 0 {
        return Vec::new();
    }
    let verb = if alone.len() == 1 { "decides" } else { "decide" };
    let end = match alone.len() {
        0 => ".",
        1 => ": without it, the run does not fail so",
        _ => ": without any one of them, the run does not fail so",
    };
    let all = match decisions {
        1 => "Of the one decision".to_owned(),
        _ => format!("Of the {decisions} decisions"),
    };
    let title = format!("{all} of the whole run, {} {verb} alone{end}", alone.len());
    let mut lines: Vec<String> = alone.iter().take(PAIRS).map(ToString::to_string).collect();
    if alone.len() > PAIRS {
        lines.push(format!("and {} more", alone.len() - PAIRS));
    }
    let mut answers = vec![Answer { title, lines }];
    if decisions < alone.len() + 2 {
        return answers;
    }
    let them = if alone.is_empty() { "them" } else { "the others" };
    let title = if pairs.is_empty() {
        format!("No two of {them} do so together.")
    } else {
        format!("Two of {them}, without both of which it does not fail so:")
    };
    let shown = pairs.iter().take(PAIRS);
    let mut lines: Vec<String> =
        shown.flat_map(|[one, other]| [one.to_string(), format!("  and {other}")]).collect();
    let more = pairs.len().saturating_sub(PAIRS);
    if more > 0 {
        lines.push(format!("and {more} pairs more"));
    }
    if left > 0 {
        lines.push(format!("{left} of {them} were not tried in twos."));
    }
    answers.push(Answer { title, lines });
    answers
}

/// How many traits are worth reading.
const TRAITS: usize = 12;

fn others(scenario: &Scenario, likely: &Likely, seeds: std::ops::Range<u64>) -> Answer {
    let Beside { failing, others, traits } =
        beside(scenario, |outcome| likely.is_like(outcome), seeds.clone());
    let [fail, do_not] = [(failing, "fails", "fail"), (others, "does", "do")]
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }));
    let counts = format!("Of the seeds {}..{}, {fail} by this key and {do_not} not.", seeds.start, seeds.end);
    if failing == 0 || others == 0 {
        return Answer { title: format!("{counts} There is nothing to compare."), lines: Vec::new() };
    }
    let title = format!("{counts} What is more often there where they fail:");
    let share = |count: u64, of: u64| format!("{count:>6} ({:>3} %)", percent(count, of));
    let head = format!("{:<16}  others", "failing");
    let line = |it: &Trait| {
        format!("{:<16}  {:<16}  {}", share(it.failing, failing), share(it.others, others), it.what)
    };
    let lines = [head].into_iter().chain(traits.iter().take(TRAITS).map(line)).collect();
    Answer { title, lines }
}
