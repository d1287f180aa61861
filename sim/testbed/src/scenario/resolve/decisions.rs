//! Explicit decisions: their addresses must be such that a message could have them. Whether one has is found out by the
//! run: what an operation is called, and which CoValues there are, differs from seed to seed.

use super::names::Names;
use super::{At, Place, Problem, Report, SpanRange, file};
use crate::scenario::file::{About, Address, DecisionKind, Detail, KINDS, Topic};
use std::collections::BTreeMap;

pub(super) fn check(file: &file::Scenario, names: &Names<'_>, report: &mut Report) {
    let Some(decisions) = &file.decisions else { return };
    let root = At::Root;
    let at = root.key("decisions");
    for &kind in DecisionKind::ALL {
        let at = at.key(kind.field());
        let mut first = BTreeMap::new();
        for (index, (address, detail)) in decisions.of(kind).enumerate() {
            let listed = at.index(index).value();
            let entry = at.key(address);
            match detail {
                Detail::Nothing => {
                    check_address(address, kind.topic(), names, &listed, report);
                    if let Some(first) = first.insert(address, index) {
                        let message = format!("{} is {kind} twice", file::quoted(address));
                        let already = format!("already in decisions.{}[{first}]", kind.field());
                        report.add(Problem::new(listed, message).expected(already).help("keep one"));
                    }
                }
                Detail::Span(span) => {
                    check_address(address, kind.topic(), names, &entry.name(), report);
                    check_span(span, &entry, report);
                }
                Detail::Place(place) => {
                    check_address(address, kind.topic(), names, &entry.name(), report);
                    check_place(place, kind, &entry, report);
                }
            }
        }
    }
}

fn check_address(text: &str, topic: Topic, names: &Names<'_>, place: &Place, report: &mut Report) {
    let address = match Address::parse(text) {
        Ok(address) => address,
        Err(error) => return report.add(Problem::new(place.clone(), error.message).help(error.help)),
    };
    let is = Topic::of(address.about);
    if is != topic {
        let ((is, _), (wanted, form)) = (is.in_words(), topic.in_words());
        let message = format!("{} is {is}, and not {wanted}", file::quoted(text));
        return report.add(Problem::new(place.clone(), message).help(format!("write {form}")));
    }
    if let About::Message { kind, .. } | About::WorkOf { kind, .. } = address.about
        && !names.is_kind(kind)
    {
        let problem = Problem::new(place.clone(), format!("unknown kind of message {}", file::quoted(kind)));
        let list = || format!("the kinds are {}", KINDS.join(", "));
        let help = report.did_you_mean(kind, KINDS).unwrap_or_else(list);
        report.add(problem.help(help));
    }
    // An address is one place, whatever in it is mistaken.
    let found = report.problems.len();
    match topic {
        Topic::Message | Topic::Notice => {
            let _ = names.link([address.from, address.to], [&At::Root; 2], report);
        }
        Topic::Write | Topic::Crash | Topic::Work => {
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

fn check_place(place: u32, kind: DecisionKind, at: &At<'_>, report: &mut Report) {
    if let Some((most, places)) = kind.most()
        && place > most
    {
        let problem = Problem::new(at.value(), format!("{place} says nothing"));
        report.add(problem.expected(format!("0 to {most}")).help(places));
    }
}
