//! What is told of findings, for people and for machines.

use super::changed::changes;
use super::standing::{Known, Standing};
use super::store::{Memory, Replayed, Sighting};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What is said of a finding, and what it is.
pub(super) fn told(memory: &Memory, known: &Known<'_>) -> Vec<(&'static str, String)> {
    let about = if known.is_estimate { "about " } else { "" };
    let mut told = vec![
        ("shape", known.finding.shape.clone()),
        ("seen", format!("{about}{} of {} runs", known.times, known.runs)),
        ("first", place(memory, known.first, known.first.first)),
        ("last", place(memory, known.last, known.last.last)),
    ];
    for [before, after] in &known.changed {
        let changes = changes(memory, [*before, *after]);
        told.push(("changed", format!("{}, since it was seen last: {changes}", path(memory, *after))));
    }
    if let Some(build) = known.back_since {
        told.push(("back", format!("it counted as fixed by {build}")));
    }
    if matches!(known.standing, Standing::Rare | Standing::Gone) {
        told.push(("since", format!("not seen, and due {} times", due(known))));
    }
    if let Some(Replayed { result, build, .. }) = known.replayed {
        told.push(("replayed", format!("{result}, by {build}")));
    }
    told
}

/// How often it was due: `4.2`.
fn due(known: &Known<'_>) -> String {
    let tenths = known.due / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `seed 7 of story.json, by 0123456789ab-clean of cosim 0.1.0`.
fn place(memory: &Memory, sighting: &Sighting, seed: u64) -> String {
    let (cosim, build) = version(memory, sighting.sweep);
    format!("seed {seed} of {}, by {build} of cosim {cosim}", path(memory, sighting.version))
}

fn path(memory: &Memory, version: i64) -> &str {
    memory.versions.iter().find(|it| it.id == version).map_or("?", |it| &it.path)
}

fn version(memory: &Memory, sweep: i64) -> (&str, &str) {
    memory.sweeps.iter().find(|it| it.id == sweep).map_or(("?", "?"), |it| (&it.cosim, &it.build))
}

/// A finding for a person.
pub(super) fn text(memory: &Memory, known: &Known<'_>) -> String {
    let mut text = format!("{:<10}  {}\n", known.standing.word(), known.finding.key);
    for (what, says) in told(memory, known) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "            {what:<8}  {says}");
    }
    text
}

/// What so many runs of these sweeps say of what is known, for a person.
pub(super) fn news(memory: &Memory, all: &[Known<'_>], (runs, now): (u64, &BTreeSet<i64>)) -> String {
    let news: Vec<&Known<'_>> = all.iter().filter(|known| !known.is_no_news(now)).collect();
    let count = |standing| news.iter().filter(|known| known.standing == standing).count();
    let words = [Standing::New, Standing::Ongoing, Standing::Rare, Standing::Gone]
        .map(|standing| format!("{} {}", count(standing), standing.word()));
    let each = news.iter().map(|known| format!("\n{}", text(memory, known)));
    format!("{runs} runs: {}\n{}", words.join(", "), each.collect::<String>())
}

/// Findings for a machine.
pub(super) fn json(memory: &Memory, all: &[Known<'_>]) -> Value {
    let at = |sighting: &Sighting, seed: u64| {
        let (cosim, build) = version(memory, sighting.sweep);
        json!({ "seed": seed, "scenario": path(memory, sighting.version), "cosim": cosim, "build": build })
    };
    let findings = all.iter().map(|known| {
        json!({
            "key": known.finding.key,
            "shape": known.finding.shape,
            "standing": known.standing.word(),
            "open": known.is_open(),
            "times": known.times,
            "runs": u64::try_from(known.runs).unwrap_or(u64::MAX),
            "estimated": known.is_estimate,
            "first": at(known.first, known.first.first),
            "last": at(known.last, known.last.last),
            "backSince": known.back_since,
            "changed": known.changed.iter().map(|versions| {
                json!({ "scenario": path(memory, versions[1]), "what": changes(memory, *versions) })
            }).collect::<Vec<_>>(),
            "due": due(known),
            "replayed": known.replayed.map(|it| json!({ "result": it.result, "build": it.build })),
            "smallest": serde_json::from_str::<Value>(&known.finding.file).ok(),
        })
    });
    json!({
        "cosim": env!("CARGO_PKG_VERSION"),
        "build": super::BUILD,
        "sweeps": memory.sweeps.len(),
        "findings": findings.collect::<Vec<_>>(),
    })
}
