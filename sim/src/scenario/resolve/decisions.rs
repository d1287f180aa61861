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
    ];
    for (field, table, of) in tables {
        let at = at.key(field);
        for (address, span) in table {
            check_address(address, of, names, &at.key(address).name(), report);
            check_span(*span, &at.key(address), report);
        }
    }
    for (field, table) in [("damaged", &decisions.damaged), ("truncated", &decisions.truncated)] {
        let at = at.key(field);
        for address in table.keys() {
            check_address(address, Table::Messages, names, &at.key(address).name(), report);
        }
    }
}

/// What the addresses of a table are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Messages,
    Notices,
}

fn check_address(text: &str, table: Table, names: &Names<'_>, place: &Place, report: &mut Report) {
    let address = match Address::parse(text) {
        Ok(address) => address,
        Err(error) => return report.add(Problem::new(place.clone(), error.message).help(error.help)),
    };
    if address.is_message() != (table == Table::Messages) {
        let (message, help) = match table {
            Table::Messages => {
                ("no message, but when an end notices a connection", "it belongs in `noticed`")
            }
            Table::Notices => {
                ("a message, and no end that notices a connection", "write `node hears-open peer @operation`")
            }
        };
        let problem = Problem::new(place.clone(), format!("{} is {message}", file::quoted(text)));
        return report.add(problem.help(help));
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
    let _ = names.link([address.from, address.to], [&At::Root; 2], report);
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
