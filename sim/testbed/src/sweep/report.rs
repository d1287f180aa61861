//! What a person or a machine reads about a sweep. It depends on the runs only: not on threads, nor on time.

use super::record::Counts;
use super::spread::Figure;
use super::summary::{Group, OfScenario, Summary};
use crate::report::{count, in_words};
use crate::run::Verdict;
use crate::scenario::FaultKind;
use cosim_core::Time;
use std::fmt::{self, Write};

/// The summary of a sweep.
pub fn text(summary: &Summary) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, summary);
    out
}

/// The command that plays a run again.
pub fn command(summary: &Summary, scenario: u32, seed: u64) -> String {
    let source = &summary.scenarios()[scenario as usize].source;
    let recording = source.recording.as_ref();
    let recording = recording.map(|file| format!(" --recording {}", quoted(&file.path))).unwrap_or_default();
    let (path, crypto, words) = (quoted(&source.path), source.crypto.name(), summary.words());
    format!("cosim run {path}{recording} --seed {seed} --crypto {crypto}{words}")
}

/// A path as a shell takes it for one word; `-` is standard input.
pub fn quoted(path: &str) -> String {
    if path == "-" {
        return path.to_owned();
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !path.is_empty() && !path.starts_with('-') && path.chars().all(plain) {
        return path.to_owned();
    }
    let dash = if path.starts_with('-') { "./" } else { "" };
    format!("{dash}'{}'", path.replace('\'', r"'\''"))
}

/// What was exercised, in words: a heading and what it came to, for each.
pub fn exercised(summary: &Summary) -> Vec<(String, String)> {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_exercised(&mut out, summary);
    let lines = out.lines().filter_map(|line| line.trim().split_once("  "));
    lines.map(|(heading, words)| (heading.to_owned(), words.trim().to_owned())).collect()
}

fn write_text(out: &mut String, summary: &Summary) -> fmt::Result {
    writeln!(out, "{}", verdicts(summary.runs(), summary.scenarios()))?;
    if summary.scenarios().len() > 1 {
        for of in summary.scenarios() {
            writeln!(out, "  {}: {}", of.source.path, verdicts(of.runs, std::slice::from_ref(of)))?;
        }
    }
    if summary.runs() == 0 {
        return Ok(());
    }
    write_exercised(out, summary)?;
    write_never(out, summary)?;
    if !summary.groups().is_empty() {
        writeln!(out, "\n  failures, by key")?;
        for (key, group) in by_first(summary) {
            let times = if group.count == 1 { "once".to_owned() } else { format!("{} times", group.count) };
            writeln!(out, "    {key}: {times}, first with seed {}", group.seed)?;
            writeln!(out, "      {}", command(summary, group.scenario, group.seed))?;
        }
    }
    Ok(())
}

/// `10 runs: 8 held, 1 violated, 1 not live`.
fn verdicts(runs: u64, scenarios: &[OfScenario]) -> String {
    let sum = |part: fn(&OfScenario) -> u64| scenarios.iter().map(part).sum::<u64>();
    let parts = [
        (sum(|of| of.violated), "violated"),
        (sum(|of| of.liveness), "not live"),
        (sum(|of| of.guest), "with a guest that failed"),
    ];
    let bad = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}"));
    let noun = if runs == 1 { "run" } else { "runs" };
    format!("{runs} {noun}: {} held{}", sum(|of| of.held), bad.collect::<String>())
}

fn write_exercised(out: &mut String, summary: &Summary) -> fmt::Result {
    let mut counts = Counts::default();
    summary.scenarios().iter().for_each(|of| counts.add(&of.counts));
    let events: u64 = summary.scenarios().iter().map(|of| of.events).sum();
    writeln!(out)?;
    writeln!(out, "  events      {events}")?;
    writeln!(out, "  operations  {}, {} without effect", counts.operations, counts.skipped)?;
    writeln!(
        out,
        "  messages    {} sent ({} load, {} known, {} content, {} correction, {} done), {} bytes, {} in known states",
        counts.sent,
        counts.load,
        counts.known,
        counts.content,
        counts.correction,
        counts.done,
        counts.bytes,
        counts.known_bytes,
    )?;
    write!(
        out,
        "  network     {} delivered, {} lost, {} partitioned, {} duplicated, {} reordered",
        counts.delivered, counts.lost, counts.partitioned, counts.duplicated, counts.reordered,
    )?;
    let rare = [
        (counts.replayed, "replayed"),
        (counts.damaged, "damaged"),
        (counts.undecodable, "undecodable"),
        (counts.overflowed, "overflowed"),
        (counts.dropped, "dropped"),
        (counts.held, "held"),
    ];
    for (count, what) in rare.into_iter().filter(|(count, _)| *count > 0) {
        write!(out, ", {count} {what}")?;
    }
    if counts.blocked > 0 {
        write!(
            out,
            ", a line full {} {}",
            counts.blocked,
            if counts.blocked == 1 { "time" } else { "times" }
        )?;
    }
    writeln!(out)?;
    writeln!(
        out,
        "  waste       {}, {} passed, {} brought nothing new",
        count(counts.retransmissions, "retransmission"),
        count(counts.timers, "deadline"),
        count(counts.redundant, "content"),
    )?;
    // Of several scenarios, each has its own times.
    if let [of] = summary.scenarios() {
        write_times(out, of)?;
    }
    if counts.lost_though_safe > 0 {
        let noun = if counts.lost_though_safe == 1 { "transaction" } else { "transactions" };
        let lost = counts.lost_though_safe;
        writeln!(out, "  lost        {lost} {noun} that had been safe, to wipes, backups or departures")?;
    }
    let planned = planned(summary);
    if !planned.is_empty() {
        writeln!(out, "  planned     {}", planned.join(", "))?;
    }
    let looks = looks(summary);
    let looked: Vec<String> =
        looks.iter().filter(|(_, n)| **n > 0).map(|(oracle, n)| format!("{oracle} {n}")).collect();
    writeln!(out, "  looks       {}", looked.join(", "))?;
    let idle: Vec<&str> = looks.iter().filter(|(_, n)| **n == 0).map(|(oracle, _)| *oracle).collect();
    if !idle.is_empty() {
        writeln!(out, "              had nothing to check: {}", idle.join(", "))?;
    }
    Ok(())
}

/// How long it took until everybody had what was written, over the runs that held.
fn write_times(out: &mut String, of: &OfScenario) -> fmt::Result {
    let spread = of.spreads.of(Figure::Convergence);
    let Some((largest, seed)) = spread.largest().first() else { return Ok(()) };
    let runs = if spread.count() == of.runs {
        "the runs".to_owned()
    } else {
        format!("{} of {} runs", spread.count(), of.runs)
    };
    let words = |us: u64| in_words(Time::from_us(us));
    writeln!(
        out,
        "  converged   half of {runs} within {} of the last write, 99 % within {}, all within {} (seed {seed})",
        words(spread.percentile(50)),
        words(spread.percentile(99)),
        words(*largest),
    )
}

/// The faults planned over all runs, in words, and how many of them happened, where not all did: there may have been nothing
/// to happen to, and a run that was cut short does not come to them.
fn planned(summary: &Summary) -> Vec<String> {
    let words = FaultKind::ALL.into_iter().filter_map(|kind| {
        let of = || summary.scenarios().iter().filter_map(|of| of.faults(kind));
        let planned = of().map(|faulted| faulted.planned).fold(0, u64::saturating_add);
        let happened = of().map(|faulted| faulted.happened).fold(0, u64::saturating_add);
        let [one, many] = kind.row().called;
        let less = if happened < planned { format!(" ({happened} happened)") } else { String::new() };
        (planned > 0).then(|| format!("{planned} {}{less}", if planned == 1 { one } else { many }))
    });
    words.collect()
}

/// How often each oracle looked, over all runs.
fn looks(summary: &Summary) -> std::collections::BTreeMap<&str, u64> {
    let mut sums = std::collections::BTreeMap::new();
    for (oracle, looks) in summary.scenarios().iter().flat_map(|of| &of.looks) {
        *sums.entry(oracle.as_str()).or_insert(0) += looks;
    }
    sums
}

fn write_never(out: &mut String, summary: &Summary) -> fmt::Result {
    let never: Vec<(&str, String)> = summary
        .scenarios()
        .iter()
        .flat_map(|of| of.never_happened().into_iter().map(|what| (of.source.path.as_str(), what)))
        .collect();
    if never.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  declared, and never happened")?;
    never.iter().try_for_each(|(path, what)| writeln!(out, "    {path}: {what}"))
}

/// The groups, in order of their first failure.
fn by_first(summary: &Summary) -> Vec<(&str, &Group)> {
    let mut groups: Vec<(&str, &Group)> =
        summary.groups().iter().map(|(key, group)| (key.as_str(), group)).collect();
    groups.sort_by_key(|(_, group)| (group.scenario, group.seed));
    groups
}

/// How the figures of the runs that held are spread; times are in microseconds.
fn figures(of: &OfScenario) -> serde_json::Map<String, serde_json::Value> {
    let figure = |figure: Figure| {
        let spread = of.spreads.of(figure);
        let said = serde_json::json!({
            "count": spread.count(), "min": spread.min(), "median": spread.percentile(50),
            "p90": spread.percentile(90), "p99": spread.percentile(99), "max": spread.max(),
        });
        (spread.count() > 0).then(|| (figure.name().to_owned(), said))
    };
    Figure::ALL.into_iter().filter_map(figure).collect()
}

/// A sweep for machines.
pub fn json(summary: &Summary) -> serde_json::Value {
    let scenarios: Vec<_> = summary
        .scenarios()
        .iter()
        .map(|of| {
            serde_json::json!({
                "path": of.source.path, "blake3": of.source.blake3, "declares": of.source.declares,
                "runs": of.runs, "held": of.held, "liveness": of.liveness, "violated": of.violated,
                "events": of.events, "counts": of.counts, "looks": of.looks, "faults": of.faults, "neverHappened": of.never_happened(),
                "figures": figures(of),
            })
        })
        .collect();
    let failures: Vec<_> = by_first(summary)
        .into_iter()
        .map(|(key, group)| {
            serde_json::json!({
                "key": key, "count": group.count, "scenario": group.scenario, "seed": group.seed,
                "command": command(summary, group.scenario, group.seed),
            })
        })
        .collect();
    serde_json::json!({
        "cosim": env!("CARGO_PKG_VERSION"),
        "build": summary.build(),
        "verdict": summary.verdict().map(Verdict::name),
        "runs": summary.runs(),
        "failed": summary.failures(),
        "failures": failures,
        "scenarios": scenarios,
    })
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn paths_are_one_word_for_a_shell() {
        assert_eq!(quoted("scenarios/a-b.json"), "scenarios/a-b.json");
        assert_eq!(quoted("my story.json"), "'my story.json'");
        assert_eq!(quoted("it's.json"), r"'it'\''s.json'");
        assert_eq!(quoted("-x.json"), "./'-x.json'");
    }
}
