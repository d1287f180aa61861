//! Explicit decisions: their addresses must be such that a message could have them. Whether one has is found out by the
//! run: what an operation is called, and which CoValues there are, differs from seed to seed.

use super::names::Names;
use super::{At, Place, Problem, Report, SpanRange, file};
use crate::scenario::file::{About, Address, KINDS};
use std::collections::BTreeMap;

pub(super) fn check(file: &file::Scenario, names: &Names<'_>, report: &mut Report) {
    let Some(decisions) = &file.decisions else { return };
    let root = At::Root;
    let at = root.key("decisions");
    let lost = at.key("lost");
    let mut first = BTreeMap::new();
    for (index, address) in decisions.lost.iter().enumerate() {
        let at = lost.index(index);
        check_address(address, Table::Messages, names, &at.value(), report);
        if let Some(first) = first.insert(address, index) {
            let problem = Problem::new(at.value(), format!("{} is lost twice", file::quoted(address)));
            report.add(problem.expected(format!("already in decisions.lost[{first}]")).help("keep one"));
        }
    }
    let tables = [
        ("duplicated", &decisions.duplicated, Table::Messages),
        ("reordered", &decisions.reordered, Table::Messages),
        ("replayed", &decisions.replayed, Table::Messages),
        ("noticed", &decisions.noticed, Table::Notices),
        ("latencies", &decisions.latencies, Table::Messages),
        ("writes", &decisions.writes, Table::Writes),
    ];
    for (field, table, of) in tables {
        let at = at.key(field);
        for (address, span) in table {
            check_address(address, of, names, &at.key(address).name(), report);
            check_span(*span, &at.key(address), report);
        }
    }
    let places = [
        ("damaged", &decisions.damaged, Table::Messages),
        ("truncated", &decisions.truncated, Table::Messages),
        ("failed_writes", &decisions.failed_writes, Table::Writes),
        ("kept_writes", &decisions.kept_writes, Table::Crashes),
        ("torn_writes", &decisions.torn_writes, Table::Crashes),
    ];
    for (field, table, of) in places {
        let at = at.key(field);
        for (address, place) in table {
            check_address(address, of, names, &at.key(address).name(), report);
            if of == Table::Writes && *place > 2 {
                let problem = Problem::new(at.key(address).value(), format!("{place} says nothing"));
                report.add(problem.expected("0 to 2").help(
                    "0: nothing of it is on the disk, 1: half of it is, 2: all of it is, though it is reported as failed",
                ));
            }
        }
    }
}

/// What the addresses of a table are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Messages,
    Notices,
    Writes,
    Crashes,
}

impl Table {
    /// The table in which an address belongs.
    const fn of(about: About<'_>) -> Table {
        match about {
            About::Message { .. } => Table::Messages,
            About::Opened | About::Closed => Table::Notices,
            About::Write { .. } => Table::Writes,
            About::Crash => Table::Crashes,
        }
    }

    /// What is in it, and how that is written.
    const fn in_words(self) -> (&'static str, &'static str) {
        match self {
            Table::Messages => ("a message", "`from>to kind id [carried]`"),
            Table::Notices => ("an end that notices a connection", "`node hears-open peer @operation`"),
            Table::Writes => ("a write to a disk", "`node writes id [carried]`"),
            Table::Crashes => ("a crash", "`node crashes @operation`"),
        }
    }
}

fn check_address(text: &str, table: Table, names: &Names<'_>, place: &Place, report: &mut Report) {
    let address = match Address::parse(text) {
        Ok(address) => address,
        Err(error) => return report.add(Problem::new(place.clone(), error.message).help(error.help)),
    };
    let is = Table::of(address.about);
    if is != table {
        let ((is, _), (wanted, form)) = (is.in_words(), table.in_words());
        let message = format!("{} is {is}, and not {wanted}", file::quoted(text));
        return report.add(Problem::new(place.clone(), message).help(format!("write {form}")));
    }
    if let About::Message { kind, .. } = address.about
        && !KINDS.contains(&kind)
    {
        let problem = Problem::new(place.clone(), format!("unknown kind of message {}", file::quoted(kind)));
        let list = || format!("the kinds are {}", KINDS.join(", "));
        let help = report.did_you_mean(kind, KINDS).unwrap_or_else(list);
        report.add(problem.help(help));
    }
    // An address is one place, whatever in it is mistaken.
    let found = report.problems.len();
    match table {
        Table::Messages | Table::Notices => {
            let _ = names.link([address.from, address.to], [&At::Root; 2], report);
        }
        Table::Writes | Table::Crashes => {
            let _ = names.node(address.from, &At::Root, report);
        }
    }
    for problem in &mut report.problems[found..] {
        problem.place = Some(place.clone());
    }
}

fn check_span(file::Duration(span): file::Duration, at: &At<'_>, report: &mut Report) {
    if span > SpanRange::LIMIT {
        let problem = Problem::new(at.value(), format!("duration {span} is too long for a network"));
        report.add(problem.help(format!("the longest is about 71m, exactly {}", SpanRange::LIMIT)));
    }
}
