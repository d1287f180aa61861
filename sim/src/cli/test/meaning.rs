//! What differs between a snapshot and a run by meaning: which entries of the log came, went, and moved in time.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many of them are listed.
const LISTED_MAX: usize = 30;

/// What differs in the logs of two snapshots, in lines; nothing where no entry does.
pub(super) fn difference(kept: &str, rendered: &str) -> String {
    let (mut before, after) = (entries(kept), entries(rendered));
    let (mut came, mut moved, mut stayed) = (Vec::new(), Vec::new(), BTreeMap::<&str, Vec<&str>>::new());
    for (what, times) in after {
        // Those at the same time are the same ones.
        let mut old = before.remove(what).unwrap_or_default();
        for time in times {
            match old.iter().position(|at| *at == time) {
                Some(place) => drop(old.remove(place)),
                None => stayed.entry(what).or_default().push(time),
            }
        }
        before.insert(what, old);
    }
    for (what, times) in stayed {
        let old = before.entry(what).or_default();
        for time in times {
            if old.is_empty() {
                came.push((micros(time), format!("+ {time}  {what}")));
            } else {
                moved.push((micros(time), format!("~ {} -> {time}  {what}", old.remove(0))));
            }
        }
    }
    let went = before.into_iter().flat_map(|(what, times)| {
        times.into_iter().map(move |time| (micros(time), format!("- {time}  {what}")))
    });
    let went: Vec<(u128, String)> = went.collect();
    if came.is_empty() && went.is_empty() && moved.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "entries of the log: {} came (+), {} went (-), {} moved (~)\n",
        came.len(),
        went.len(),
        moved.len()
    );
    let mut all: Vec<&(u128, String)> = came.iter().chain(&went).chain(&moved).collect();
    // What happened first is mostly what the rest comes of.
    all.sort_by_key(|(at, _)| *at);
    for (_, line) in all.iter().take(LISTED_MAX) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {line}");
    }
    let more = all.len().saturating_sub(LISTED_MAX);
    if more > 0 {
        let _ = writeln!(out, "  … {more} more");
    }
    out
}

/// A time as a log has it, `12.345678s`, in microseconds.
fn micros(time: &str) -> u128 {
    let (seconds, rest) =
        time.trim_end_matches('s').split_once('.').unwrap_or((time.trim_end_matches('s'), ""));
    format!("{seconds}{rest:0<6}").parse().unwrap_or(u128::MAX)
}

/// The entries of the log in a snapshot, by what they are, with their times.
fn entries(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut entries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (time, what) in text.lines().filter_map(entry) {
        entries.entry(what).or_default().push(time);
    }
    entries
}

/// A snapshot without its log.
pub(super) fn without_entries(text: &str) -> String {
    text.lines().filter(|line| entry(line).is_none()).flat_map(|line| [line, "\n"]).collect()
}

/// `    0.050s  alice -> server | LOAD …`, as its time and what it is.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (time, what) = line.trim_start().split_once("  ")?;
    let number = time.strip_suffix('s')?;
    let is_time = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_time.then_some((time, what.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = "  Story.\n    0.050s  alice -> server | LOAD notes\n    0.100s  server -> alice | KNOWN notes\n    \
                        0.200s  alice -> server | LOAD notes\n";

    #[test]
    fn what_came_went_and_moved_is_told() {
        let now = "    0.050s  alice -> server | LOAD notes\n    0.300s  alice -> server | LOAD notes\n    \
                   0.400s  bob -> server | DONE notes\n";
        assert_eq!(
            difference(KEPT, now),
            "entries of the log: 1 came (+), 1 went (-), 1 moved (~)\n  - 0.100s  server -> alice | KNOWN notes\n  \
             ~ 0.200s -> 0.300s  alice -> server | LOAD notes\n  + 0.400s  bob -> server | DONE notes\n"
        );
    }

    #[test]
    fn nothing_is_told_of_equal_entries() {
        assert_eq!(difference(KEPT, &KEPT.replace("Story", "Another")), "");
        assert_eq!(difference("", ""), "");
    }

    #[test]
    fn so_many_are_listed() {
        let now: String = (0..100).map(|n| format!("  {n}.000s  entry {n}\n")).collect();
        let told = difference("", &now);
        assert_eq!(told.lines().count(), 1 + LISTED_MAX + 1);
        assert!(told.ends_with("… 70 more\n"), "{told}");
    }
}
