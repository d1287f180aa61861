//! What can be made simpler without being taken out: counts, times, conditions.

use crate::scenario::file::{Duration, DurationRange, Network, Scenario};
use crate::network::SpanRange;
use cosim_core::Span;

/// Every scenario that is this one with one thing made simpler. What is as simple as can be yields none, so trying
/// them all again and again comes to an end.
pub(super) fn candidates(file: &Scenario) -> Vec<Scenario> {
    let mut candidates = Vec::new();
    all_at_once(file, &mut candidates);
    nodes_and_links(file, &mut candidates);
    operations(file, &mut candidates);
    times(file, &mut candidates);
    decisions(file, &mut candidates);
    candidates
}

fn changed(file: &Scenario, candidates: &mut Vec<Scenario>, change: impl FnOnce(&mut Scenario)) {
    let mut candidate = file.clone();
    change(&mut candidate);
    if candidate != *file {
        candidates.push(candidate);
    }
}

fn all_at_once(file: &Scenario, candidates: &mut Vec<Scenario>) {
    changed(file, candidates, |file| file.heal = None);
    changed(file, candidates, |file| {
        for entry in &mut file.timeline {
            entry.at = entry.at.map(|at| Duration(round(at.0, Span::from_ms(100))));
        }
    });
    let usual = SpanRange::constant(Span::from_ms(50)).map(DurationRange);
    changed(file, candidates, |file| {
        file.network = Some(Network { latency: usual, ..Network::default() });
        for link in &mut file.links {
            link.network = None;
        }
    });
}

fn nodes_and_links(file: &Scenario, candidates: &mut Vec<Scenario>) {
    for name in file.nodes.keys() {
        let mut change = |change: fn(&mut crate::scenario::file::Node)| {
            changed(file, candidates, |file| {
                if let Some(node) = file.nodes.get_mut(name) {
                    change(node);
                }
            });
        };
        change(|node| node.announce = None);
        change(|node| (node.base, node.cap) = (None, None));
        for mutation in 0..file.nodes[name].mutations.len() {
            changed(file, candidates, |file| {
                if let Some(node) = file.nodes.get_mut(name) {
                    node.mutations.remove(mutation);
                }
            });
        }
    }
    for index in 0..file.links.len() {
        changed(file, candidates, |file| file.links[index].priority = None);
    }
}

fn operations(file: &Scenario, candidates: &mut Vec<Scenario>) {
    for (index, entry) in file.timeline.iter().enumerate() {
        if entry.edit.is_some() {
            changed(file, candidates, |file| {
                if let Some(edit) = &mut file.timeline[index].edit {
                    (edit.transactions, edit.size) = (None, None);
                }
            });
        }
        changed(file, candidates, |file| {
            let entry = &mut file.timeline[index];
            for outage in [&mut entry.restart, &mut entry.wipe].into_iter().flatten() {
                outage.down_for = None;
            }
        });
    }
}

/// Shorter gaps between operations, with everything after them drawn closer; then rounder times.
fn times(file: &Scenario, candidates: &mut Vec<Scenario>) {
    let mut before = Span::ZERO;
    for (index, entry) in file.timeline.iter().enumerate() {
        let Some(Duration(at)) = entry.at else {
            return;
        };
        let gap = at - before;
        for shorter in simpler(gap) {
            let by = gap - shorter;
            changed(file, candidates, |file| {
                for later in &mut file.timeline[index..] {
                    later.at = later.at.map(|Duration(at)| Duration(at - by));
                }
            });
        }
        before = at;
    }
}

fn decisions(file: &Scenario, candidates: &mut Vec<Scenario>) {
    let Some(listed) = &file.decisions else {
        return;
    };
    let tables = [&listed.duplicated, &listed.reordered, &listed.noticed, &listed.latencies];
    for (number, table) in tables.into_iter().enumerate() {
        for (address, Duration(span)) in table {
            for simpler in simpler(*span) {
                changed(file, candidates, |file| {
                    let Some(listed) = &mut file.decisions else {
                        return;
                    };
                    let tables =
                        [&mut listed.duplicated, &mut listed.reordered, &mut listed.noticed, &mut listed.latencies];
                    if let Some(Duration(span)) = tables.into_iter().nth(number).and_then(|table| table.get_mut(address))
                    {
                        *span = simpler;
                    }
                });
            }
        }
    }
}

/// Shorter spans that are rounder than this one, the simplest first.
fn simpler(span: Span) -> Vec<Span> {
    let units = [Span::from_s(1), Span::from_ms(100), Span::from_ms(10), Span::from_ms(1)];
    let rounder = units.into_iter().map(|unit| round(span, unit));
    let mut simpler: Vec<Span> = std::iter::once(Span::ZERO).chain(rounder).filter(|other| *other < span).collect();
    simpler.dedup();
    simpler
}

/// The largest multiple of `unit` that is no longer than `span`.
fn round(span: Span, unit: Span) -> Span {
    Span::from_us(span.as_us() / unit.as_us() * unit.as_us())
}
