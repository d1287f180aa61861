//! What a person reads about a run: a summary, the final states, and what led to a violation. `cosim run` prints it and
//! snapshots hold it, so it depends on nothing but the run.

mod json;
mod lines;
mod short;

pub use json::{json, states_json};
pub use lines::{COLUMNS, wrapped};
pub use short::{reasons_in, unmet_in};

use crate::cojson::{Cast, Directory, SimCrypto};
use crate::log::{Entry, Limit, Log};
use crate::oracles::{Violation, without_guests};
use crate::replay::Replay;
use crate::run::{End, Outcome, Tally, Verdict};
use crate::scenario::Scenario;
use cosim_core::state::{Assumed, CoValueState};
use cosim_core::{CoId, KnownState, Names, PeerId, Time};
use lines::Lines;
use short::lost;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// How much of a log a snapshot holds: whole for short runs, head and tail for long ones.
pub const SNAPSHOT_LOG: Limit = Limit::Ends { head: 120, tail: 40 };

/// The summary of a run.
pub fn summary(scenario: &Scenario, outcome: &Outcome) -> String {
    summary_in(COLUMNS, scenario, outcome)
}

/// The summary of a run, in lines of so many columns.
pub fn summary_in(columns: usize, scenario: &Scenario, outcome: &Outcome) -> String {
    let mut out = Lines::of(columns);
    // Writing to a string cannot fail.
    let _ = write_summary(&mut out, scenario, outcome);
    out.text
}

fn write_summary(out: &mut Lines, scenario: &Scenario, outcome: &Outcome) -> fmt::Result {
    out.wrap("", "", &scenario.about)?;
    writeln!(out)?;
    let Outcome { figures, tally, .. } = outcome;
    out.row("seed", &format!("{}, {} crypto", outcome.seed, scenario.crypto.name()))?;
    if !outcome.swarm.is_empty() {
        out.row("swarm", &outcome.swarm.join(", "))?;
    }
    let world = [
        count(scenario.nodes.len() as u64, "node"),
        count(scenario.links.len() as u64, "link"),
        count(scenario.co_values.len() as u64, "CoValue"),
    ];
    out.row("world", &world.join(", "))?;
    if !outcome.guests.is_empty() {
        let guests = outcome.guests.iter().map(|(name, version)| format!("{name} {version}"));
        out.row("guests", &guests.collect::<Vec<_>>().join(", "))?;
    }
    out.row("time", &time(outcome))?;
    if let Some(calmed) = &outcome.calmed {
        out.row("faults", &calmed.to_string())?;
    }
    out.row("operations", &format!("{}{}", figures.operations, some(figures.skipped, "without effect")))?;
    let untouched = untouched(scenario, outcome);
    if !untouched.is_empty() {
        out.row("", &format!("touched no message, write or clock: {}", untouched.join(", ")))?;
    }
    if !outcome.lost.is_empty() {
        out.row("lost", &lost(outcome))?;
    }
    let bytes = format!("{}, {} in known states", count(figures.bytes, "byte"), tally.known_bytes);
    out.row("messages", &format!("{}, {bytes}", said(tally, figures.sent)))?;
    let network = [
        (figures.lost, "lost"),
        (figures.partitioned, "swallowed by partitions"),
        (figures.duplicated, "duplicated"),
        (figures.reordered, "reordered"),
        (figures.replayed, "replayed"),
        (figures.damaged, "damaged"),
        (figures.undecodable, "undecodable"),
        (figures.overflowed, "overflowed"),
        (figures.dropped, "dropped"),
        (figures.held, "held"),
    ];
    let mut network = network.map(|(n, what)| some(n, what)).concat();
    if figures.blocked > 0 {
        let _ = write!(network, ", a line full {}", count(figures.blocked, "time"));
    } else if outcome.bounded {
        network.push_str(", no line was ever full");
    }
    out.row("network", &format!("{} delivered{network}", figures.delivered))?;
    out.row("waste", &waste(tally, figures.timers))?;
    out.row("events", &format!("{}, fingerprint {}", figures.events, outcome.fingerprint))?;
    write_looks(out, outcome)?;
    writeln!(out)?;
    write_judgement(out, scenario, outcome)
}

/// How a run was judged: what did not hold, and the verdict. It ends the summary.
pub fn judgement(scenario: &Scenario, outcome: &Outcome) -> String {
    let mut out = Lines::of(COLUMNS);
    // Writing to a string cannot fail.
    let _ = write_judgement(&mut out, scenario, outcome);
    out.text
}

fn write_judgement(out: &mut Lines, scenario: &Scenario, outcome: &Outcome) -> fmt::Result {
    for violation in &outcome.violations {
        writeln!(out, "  {}", finding(violation))?;
    }
    write_guest_failures(out, outcome)?;
    for known in &outcome.known {
        out.wrap("  ", "    ", &format!("not met, as the scenario says of a known bug: {known}"))?;
    }
    out.write_str(&unmet_in(out.columns, outcome))?;
    out.wrap("  ", "    ", &verdict(scenario, outcome))
}

/// The faults that were to be and touched nothing, in words: `5 partitions`. A run that ended before its time may not have
/// come to them, and what was frozen says what happened, which may have been nothing.
pub fn untouched(scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
    if matches!(outcome.end, End::Violation | End::Guest) || scenario.file.origin.is_some() {
        return Vec::new();
    }
    let idle = outcome.faults.iter().filter(|(_, faulted)| faulted.touched == 0);
    let words = idle.map(|(kind, faulted)| {
        let [one, many] = kind.row().called;
        format!("{} {}", faulted.planned, if faulted.planned == 1 { one } else { many })
    });
    words.collect()
}

/// How guests failed: with what was asked, what came and their last words.
fn write_guest_failures(out: &mut Lines, outcome: &Outcome) -> fmt::Result {
    let tries = outcome.guest_failures.len();
    for (number, failure) in (1..).zip(&outcome.guest_failures) {
        let again = if outcome.end == End::Guest { "" } else { ", and not when it was tried again" };
        let number = if tries > 1 { format!(" (try {number})") } else { again.to_owned() };
        writeln!(out, "  guest{number}: {}", failure.to_string().replace('\n', "\n  "))?;
    }
    Ok(())
}

fn time(outcome: &Outcome) -> String {
    let ended_at = in_words(outcome.ended_at);
    match outcome.end {
        End::Silent => {
            format!("last change at {}, silent at {ended_at}", in_words(outcome.tally.last_change))
        }
        End::Violation => format!("stopped by a violation at {ended_at}"),
        End::Restless => format!("not silent at {ended_at}"),
        End::Guest => format!("stopped at {ended_at}: a guest failed"),
    }
}

/// `12 sent: 3 load, 5 known, 4 content`, without the kinds of which there was none.
fn said(tally: &Tally, sent: u64) -> String {
    let kinds = [
        (tally.load, "load"),
        (tally.known, "known"),
        (tally.correction, "correction"),
        (tally.content, "content"),
        (tally.done, "done"),
        (tally.other, "of a guest's own"),
    ];
    let kinds = listed(kinds.map(|(n, what)| (n > 0).then(|| format!("{n} {what}"))));
    if kinds.is_empty() { format!("{sent} sent") } else { format!("{sent} sent: {kinds}") }
}

/// What a perfect network and perfect knowledge would have spared.
fn waste(tally: &Tally, deadlines: u64) -> String {
    let waste = listed([
        (deadlines > 0).then(|| format!("{} passed", count(deadlines, "deadline"))),
        (tally.retransmissions > 0).then(|| count(tally.retransmissions, "retransmission")),
        (tally.redundant > 0).then(|| format!("{} brought nothing new", count(tally.redundant, "content"))),
    ]);
    if waste.is_empty() { "none".to_owned() } else { waste }
}

fn write_looks(out: &mut Lines, outcome: &Outcome) -> fmt::Result {
    if outcome.looks.is_empty() {
        return Ok(());
    }
    let looks: Vec<String> = outcome.looks.iter().map(|(name, looks)| format!("{name} {looks}")).collect();
    out.row("looks", &looks.join(", "))?;
    let idle: Vec<&str> =
        outcome.looks.iter().filter(|(_, looks)| *looks == 0).map(|(name, _)| *name).collect();
    if !idle.is_empty() && outcome.end == End::Silent {
        out.row("", &format!("had nothing to check: {}", idle.join(", ")))?;
    }
    Ok(())
}

fn verdict(scenario: &Scenario, outcome: &Outcome) -> String {
    match (outcome.verdict(), outcome.expected_violation) {
        (Verdict::Held, Some(true)) => "held: the violation that the scenario expects occurred".to_owned(),
        (_, Some(false)) if is_fixed(scenario, outcome) => {
            let wanted = scenario.expect.violation.as_deref().unwrap_or_default();
            format!(
                "FIXED: `{wanted}`, for which this file is kept, does not occur any more. To keep it as a regression that \
                 must hold, take `expect.violation` and `origin.key` out of it"
            )
        }
        (_, Some(false)) => {
            let wanted = scenario.expect.violation.as_deref().unwrap_or_default();
            format!("VIOLATED: the scenario expects the violation `{wanted}`, which did not occur")
        }
        (Verdict::Held, None) => format!("held: {}", held(outcome)),
        (Verdict::Liveness, _) => "NOT LIVE: see above".to_owned(),
        (Verdict::Violated, _) => "VIOLATED: see above".to_owned(),
        (Verdict::Guest, _) => "GUEST FAILED: nothing was judged".to_owned(),
    }
}

/// Whether a scenario that was kept for a failure has none any more, though all that it decides was met.
pub fn is_fixed(scenario: &Scenario, outcome: &Outcome) -> bool {
    scenario.file.origin.as_ref().is_some_and(|origin| Replay::of(origin, outcome) == Replay::Fixed)
}

fn held(outcome: &Outcome) -> String {
    match outcome.looks.len() {
        0 => "nothing was judged".to_owned(),
        n if n == without_guests() => format!("all {n} oracles"),
        n => count(n as u64, "oracle"),
    }
}

/// A violation in a line or two.
pub fn finding(violation: &Violation) -> String {
    let Violation { oracle, event, at, subject, key, property: _ } = violation;
    format!("{oracle}: {}\n    at {at}, event {event}; key `{key}`", subject.what)
}

/// How many lines are told of what led to a violation. Of more, the first are left out.
const CAUSES_MAX: usize = 160;

/// What may have led to a violation, of all that concerns its CoValue and what that depends on: see [`Log::causes`]. Empty
/// where the log does not reach back.
pub fn causes(log: &Log, violation: &Violation, scenario: &Scenario) -> String {
    let entries = causing(log, violation, scenario);
    let more = entries.len().saturating_sub(CAUSES_MAX);
    let mut out = String::new();
    // Writing to a string cannot fail.
    if more > 0 {
        let _ = writeln!(out, "    … {more} before that; --log has them …");
    }
    for entry in &entries[more..] {
        let _ = writeln!(out, "  {}", entry.display(log.cast()));
    }
    out
}

/// The entries of the same, for a page to show.
pub(crate) fn causing<'a>(log: &'a Log, violation: &Violation, scenario: &Scenario) -> Vec<&'a Entry> {
    let concerned = violation.subject.id.map(|id| with_dependencies(&scenario.directory, id));
    log.causes(violation.event, |id| concerned.as_ref().is_none_or(|ids| ids.contains(&id)))
}

/// A CoValue, and all that it depends on.
fn with_dependencies(directory: &Directory, id: CoId) -> BTreeSet<CoId> {
    let (mut met, mut todo) = (BTreeSet::new(), vec![id]);
    while let Some(id) = todo.pop() {
        if met.insert(id) {
            todo.extend(directory.depends_on(id));
        }
    }
    met
}

/// What every node holds: a line for each CoValue, and one for each peer that is not known to hold the same.
pub fn states(outcome: &Outcome) -> String {
    let mut out = String::new();
    for node in 0..outcome.states.len() {
        // Writing to a string cannot fail.
        let _ = write_state(&mut out, node, outcome);
    }
    out
}

fn write_state(out: &mut String, node: usize, outcome: &Outcome) -> fmt::Result {
    let Outcome { cast, states, views, .. } = outcome;
    let (state, views) = (&states[node], &views[node]);
    writeln!(out, "{}", cast.nodes[node])?;
    if state.co_values.is_empty() {
        writeln!(out, "  nothing")?;
    }
    for (id, co_value) in &state.co_values {
        let done = if co_value.done { ", done" } else { "" };
        let known = co_value.known_state();
        writeln!(out, "  {}: {}{done}", cast.co_value(*id), held_text(&known, cast))?;
        if let Some(shown) = views.get(id) {
            writeln!(out, "    shows {}", shortened(&shown.to_string()))?;
        }
        for (peer, sync) in co_value.sync.iter() {
            if let Some(doubt) = doubt(co_value, &known, peer, cast) {
                writeln!(out, "    {}: {doubt}", cast.peer(peer))?;
            }
            if let Some(error) = &sync.error {
                writeln!(out, "    {}: {error}", cast.peer(peer))?;
            }
        }
    }
    Ok(())
}

/// How many characters of what a CoValue shows are written.
const SHOWN_MAX: usize = 400;

/// The beginning of what is shown, where it is long.
fn shortened(shown: &str) -> Cow<'_, str> {
    let more = shown.chars().count().saturating_sub(SHOWN_MAX);
    if more == 0 {
        return shown.into();
    }
    let beginning: String = shown.chars().take(SHOWN_MAX).collect();
    format!("{beginning} … {more} more characters").into()
}

/// What every app sees in the end, by node and CoValue.
pub fn views_json(outcome: &Outcome) -> serde_json::Value {
    let views = outcome.cast.nodes.iter().zip(&outcome.views).map(|(node, views)| {
        let views = views.iter().map(|(id, shown)| (outcome.cast.co_value(*id).into_owned(), shown.clone()));
        (node.clone(), serde_json::Value::Object(views.collect()))
    });
    serde_json::Value::Object(views.collect())
}

/// What is worth saying of what a peer is thought to hold: nothing, where it has confirmed all that we hold.
fn doubt(
    co_value: &CoValueState<SimCrypto>,
    known: &KnownState,
    peer: PeerId,
    cast: &Cast,
) -> Option<String> {
    let sync = co_value.sync.get(peer)?;
    if sync.confirmed.as_ref() == Some(known) {
        return None;
    }
    let confirmed = match &sync.confirmed {
        Some(confirmed) => format!("confirmed {}", held_text(confirmed, cast)),
        None => "confirmed nothing".to_owned(),
    };
    let assumed = match &sync.assumed {
        Assumed::Unknown => "assumed unknown".to_owned(),
        Assumed::Unavailable => "assumed unavailable".to_owned(),
        Assumed::Known(assumed) => format!("assumed {}", held_text(assumed, cast)),
    };
    Some(format!("{confirmed}, {assumed}"))
}

/// `header`, `header + alice/1: 3, bob/1: 2`, `no header`.
fn held_text(known: &KnownState, cast: &Cast) -> String {
    let header = if known.header { "header" } else { "no header" };
    let sessions: Vec<String> = known.sessions().map(|(s, n)| format!("{}: {n}", cast.session(s))).collect();
    if sessions.is_empty() { header.to_owned() } else { format!("{header} + {}", sessions.join(", ")) }
}

/// How many nodes a snapshot shows the states of: all of a few, and else so many from the start and the end.
const SNAPSHOT_NODES: [usize; 2] = [12, 4];

/// How many lines of the state of one node a snapshot shows.
const SNAPSHOT_STATE_LINES: usize = 40;

/// What every node holds, or of many nodes the first and the last.
fn ends_of_states(outcome: &Outcome) -> String {
    let [first, last] = SNAPSHOT_NODES;
    let nodes = outcome.states.len();
    let left_out = if nodes > 2 * (first + last) { first..nodes - last } else { 0..0 };
    let mut out = String::new();
    for i in 0..nodes {
        // Writing to a string cannot fail.
        if i == left_out.start && !left_out.is_empty() {
            let _ = writeln!(out, "… {} more …", left_out.len());
        }
        if !left_out.contains(&i) {
            let mut text = String::new();
            let _ = write_state(&mut text, i, outcome);
            let more = text.lines().count().saturating_sub(SNAPSHOT_STATE_LINES);
            text.lines().take(SNAPSHOT_STATE_LINES).for_each(|line| out.extend([line, "\n"]));
            if more > 0 {
                let _ = writeln!(out, "  … {more} more …");
            }
        }
    }
    out
}

/// What a snapshot holds: the summary, the final states and the log, the latter two as far as they are kept.
pub fn snapshot(scenario: &Scenario, outcome: &Outcome) -> String {
    let log = outcome.log.as_ref().map(Log::to_string).unwrap_or_default();
    format!("{}\nFinal states\n\n{}\nEvent log\n\n{log}", summary(scenario, outcome), ends_of_states(outcome))
}

/// Without the microseconds, which the log has; from an hour on by its parts: `7d 0h 3m 0.200s`.
pub(crate) fn in_words(time: Time) -> String {
    const HOUR: u64 = 3_600_000_000;
    let us = time.as_us() / 1_000 * 1_000;
    if us < HOUR {
        return Time::from_us(us).to_string();
    }
    let (days, hours, minutes) = (us / (24 * HOUR), us / HOUR % 24, us / 60_000_000 % 60);
    let days = if days > 0 { format!("{days}d ") } else { String::new() };
    format!("{days}{hours}h {minutes}m {}", Time::from_us(us % 60_000_000))
}

/// What there is, with commas.
fn listed<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

pub(crate) fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn some(n: u64, what: &str) -> String {
    if n == 0 { String::new() } else { format!(", {n} {what}") }
}
