//! Who is there when: nothing can be asked of a node that has not joined yet or has left.
//!
//! What `cosim freeze` wrote is taken as it is. It says what happened, and that may be that something had no effect.

use super::super::{At, Place, Problem, Report, file};
use crate::scenario::act::{Reference, To};
use std::collections::BTreeMap;

/// Where a node joined or left, by the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Absent,
    Joined(usize),
    Left(usize),
}

pub(super) fn check(file: &file::Scenario, report: &mut Report) {
    if file.origin.is_some() {
        return;
    }
    let root = At::Root;
    let at = root.key("timeline");
    let joins = file.timeline.iter().filter_map(|entry| entry.act.joins());
    let mut presences: BTreeMap<&str, Presence> = joins.map(|node| (node, Presence::Absent)).collect();
    for (index, entry) in file.timeline.iter().enumerate() {
        for (Reference { to, name: node, .. }, place) in entry.places(&at.index(index)) {
            let presence = presences.get(node).copied();
            match (to, presence) {
                (To::Newcomer, Some(Presence::Joined(first))) => {
                    let problem = Problem::new(place, format!("`{node}` joins a second time"));
                    report.add(
                        problem
                            .expected(format!("it is there since timeline[{first}]"))
                            .help("a node joins once: let it restart, or give the second a name of its own"),
                    );
                }
                (To::Newcomer, Some(Presence::Left(_))) => report.add(gone(node, "joins", place)),
                (To::Leaver, Some(Presence::Left(first))) => {
                    let problem = Problem::new(place, format!("`{node}` leaves a second time"));
                    report.add(
                        problem
                            .expected(format!("it has left for good in timeline[{first}]"))
                            .help("take one of the two away"),
                    );
                }
                (To::Leaver, Some(Presence::Absent)) => report.add(absent(node, "leaves", place)),
                (To::App | To::Running, Some(Presence::Absent)) => {
                    report.add(absent(node, "is asked for something", place));
                }
                (To::App | To::Running, Some(Presence::Left(_))) => {
                    report.add(gone(node, "is asked for something", place));
                }
                (To::Prepared, Some(Presence::Left(_))) => {
                    report.add(gone(node, "has a clock or links to change", place));
                }
                _ => {}
            }
            if to == To::Newcomer {
                presences.insert(node, Presence::Joined(index));
            } else if to == To::Leaver && matches!(presence, Some(Presence::Joined(_)) | None) {
                presences.insert(node, Presence::Left(index));
            }
        }
    }
}

fn absent(node: &str, what: &str, place: Place) -> Problem {
    let problem = Problem::new(place, format!("`{node}` {what} before it joins"));
    problem.expected("a node that is there").help("a node with an entry `join` is not there until then")
}

fn gone(node: &str, what: &str, place: Place) -> Problem {
    let problem = Problem::new(place, format!("`{node}` {what} after it has left"));
    problem
        .expected("a node that is there")
        .help("`leave` is for good: for a node that comes back use `restart`, `pause` or `offline`")
}
