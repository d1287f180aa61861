//! What differs between a snapshot and a run: by meaning first, then by lines, and last how often oracles looked.

use super::meaning;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;
use std::ops::Range;

/// The lines of a difference that are shown; what follows is counted.
const LINES_MAX: usize = 60;

/// How many oracles whose looks changed are named.
const LOOKS_MAX: usize = 8;

/// How the label of the looks begins their first line in a summary.
const LOOKS: &str = "  looks  ";

/// What begins the lines that go on with a label's text.
const GOES_ON: &str = "              ";

/// What differs, in whole lines.
pub(super) fn between(kept: &str, rendered: &str) -> String {
    let [before, after] = [kept, rendered].map(parted);
    let mut out = meaning::difference(kept, rendered);
    // What happened is then told.
    let rest = |parted: &Parted| {
        if out.is_empty() { parted.rest.clone() } else { meaning::without_entries(&parted.rest) }
    };
    let lines = lines(&rest(&before), &rest(&after));
    if !lines.is_empty() {
        out.push_str(&format!("the snapshot (-) is not what happens (+)\n{lines}\n"));
    }
    out.push_str(&looks(&before.looks, &after.looks));
    out
}

/// The text of a snapshot without its looks, and those.
struct Parted {
    rest: String,
    /// By oracle.
    looks: BTreeMap<String, String>,
}

fn parted(text: &str) -> Parted {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let place = looks_in(&lines);
    let words = lines[place.clone()].join(" ");
    // What had nothing to check follows from the counts.
    let counts = words.split("had nothing to check").next().unwrap_or_default();
    let counts = counts.trim().trim_start_matches("looks").split(',');
    let looks = counts.filter_map(|pair| {
        let (oracle, count) = pair.trim().split_once(' ')?;
        Some((oracle.to_owned(), count.to_owned()))
    });
    let rest = lines[..place.start].iter().chain(&lines[place.end..]).flat_map(|line| [*line, "\n"]);
    Parted { looks: looks.collect(), rest: rest.collect() }
}

/// Where the looks are.
fn looks_in(lines: &[&str]) -> Range<usize> {
    let Some(start) = lines.iter().position(|line| line.starts_with(LOOKS)) else { return 0..0 };
    let more = lines[start + 1..].iter().take_while(|line| line.starts_with(GOES_ON)).count();
    start..start + 1 + more
}

/// The lines that differ, each group with a line before and after it.
fn lines(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(1).iter().enumerate() {
        if number > 0 {
            lines.push("  …".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end()));
        }
    }
    let more = lines.len().saturating_sub(LINES_MAX);
    lines.truncate(LINES_MAX);
    if more > 0 {
        lines.push(format!("  … {more} more lines"));
    }
    lines.join("\n")
}

/// Whose looks changed, in one line.
fn looks(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> String {
    let came_or_changed = after.iter().filter_map(|(oracle, now)| match before.get(oracle) {
        Some(then) if then == now => None,
        Some(then) => Some(format!("{oracle} {then} -> {now}")),
        None => Some(format!("{oracle} {now}, which is new")),
    });
    let went = before.keys().filter(|oracle| !after.contains_key(*oracle));
    let all: Vec<String> = came_or_changed.chain(went.map(|oracle| format!("{oracle} is gone"))).collect();
    if all.is_empty() {
        return String::new();
    }
    let more = match all.len().saturating_sub(LOOKS_MAX) {
        0 => String::new(),
        more => format!("; {more} more"),
    };
    let shown = &all[..all.len().min(LOOKS_MAX)];
    format!("looks of oracles: {}{more}\n", shown.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = "Story.\n\n  events      12\n  looks       prefix 3, bounded 4,\n              keys 0\n              \
                        had nothing to check: keys\n\n  held: 3 oracles\n\n    0.100s  alice -> server | LOAD notes\n";

    #[test]
    fn changed_looks_are_one_line() {
        let now = KEPT
            .replace("prefix 3", "prefix 5")
            .replace("keys 0", "keys 1")
            .replace("had nothing to check: keys", "");
        assert_eq!(between(KEPT, &now), "looks of oracles: keys 0 -> 1; prefix 3 -> 5\n");
        assert_eq!(between(KEPT, KEPT), "");
    }

    #[test]
    fn meaning_comes_before_lines_and_lines_before_looks() {
        let now = KEPT
            .replace("prefix 3", "prefix 5")
            .replace("LOAD", "DONE")
            .replace("keys 0", "held 0")
            .replace("events      12", "events      13");
        let told = between(KEPT, &now);
        let at = |what: &str| told.find(what).unwrap_or_else(|| panic!("{what:?} in {told}"));
        assert!(
            at("entries of the log: 1 came (+), 1 went (-)") < at("the snapshot (-) is not what happens (+)"),
            "{told}"
        );
        assert!(at("+   events      13") < at("looks of oracles: "), "{told}");
        assert!(!told.contains("+     0.100s"), "it is told by meaning: {told}");
        assert!(told.ends_with("held 0, which is new; prefix 3 -> 5; keys is gone\n"), "{told}");
    }

    #[test]
    fn a_snapshot_without_looks_is_compared_by_lines() {
        assert_eq!(between("a\n", "b\n"), "the snapshot (-) is not what happens (+)\n- a\n+ b\n");
    }
}
