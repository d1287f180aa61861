//! What can be made simpler without being taken out: counts, times, conditions.

use super::reduce::{Reduction, without};
use crate::network::SpanRange;
use crate::scenario::act::simpler::{round, simpler};
use crate::scenario::file::{
    Act, Decisions, Detail, Duration, DurationRange, Entry, Network, Scenario, When,
};
use cosim_core::{Span, Time};

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

/// The scenario without waiting for silence: what waits for it happens when the run that began these chapters had it
/// happen, and chapters that never began are gone. `None` where nothing waits.
pub(super) fn on_one_clock(file: &Scenario, chapters: &[Time]) -> Option<Scenario> {
    let mut file = file.clone();
    file.timeline.iter().find(|entry| entry.waits())?;
    let mut number = 0;
    file.timeline.retain_mut(|entry| {
        number += usize::from(entry.waits());
        let Some(start) = chapters.get(number) else { return false };
        entry.when = When::At(Duration(start.since(Time::ZERO) + entry.time()));
        true
    });
    Some(file)
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
        if let Some(expect) = &mut file.expect {
            (expect.quiet_within, expect.load_within, expect.oracles) = (None, None, None);
        }
    });
    changed(file, candidates, |file| {
        for entry in &mut file.timeline {
            entry.set_time(|at| round(at, Span::from_ms(100)));
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
        change(|node| node.uploads = None);
        change(|node| node.hostile = None);
        change(|node| (node.base, node.cap) = (None, None));
        change(|node| node.clock = None);
        change(|node| node.clock.iter_mut().for_each(|clock| clock.skew = None));
        change(|node| node.clock.iter_mut().for_each(|clock| clock.drift = None));
        change(|node| node.clock.iter_mut().for_each(|clock| clock.resolution = None));
        change(|node| node.work = None);
        change(|node| (node.disk, node.durability) = (None, None));
        change(|node| node.durability = None);
        change(|node| node.account = None);
        change(|node| {
            if let Some(disk) = &mut node.disk {
                disk.latency = None;
            }
        });
        change(|node| node.claims = None);
        for mutation in 0..file.nodes[name].mutations.len() {
            changed(file, candidates, |file| {
                if let Some(node) = file.nodes.get_mut(name) {
                    node.mutations.remove(mutation);
                }
            });
        }
    }
    for id in file.co_values.keys() {
        changed(file, candidates, |file| drop(file.co_values.remove(id)));
    }
    for index in 0..file.links.len() {
        changed(file, candidates, |file| file.links[index].priority = None);
        changed(file, candidates, |file| file.links[index].connected = None);
        connected_at_first(file, index, candidates);
    }
}

/// A link that an operation connects for the first time is connected from the start instead.
fn connected_at_first(file: &Scenario, index: usize, candidates: &mut Vec<Scenario>) {
    let link = &file.links[index];
    let connects = |between: &[String; 2]| between.iter().all(|end| link.between.contains(end));
    let on_link = |entry: &Entry| matches!(&entry.act, Act::Connect(connect) if connects(&connect.between));
    if link.connected != Some(false) {
        return;
    }
    if let Some(connect) = file.timeline.iter().position(on_link) {
        let mut candidate = without(file, &[Reduction::Entry(connect)]);
        candidate.links[index].connected = None;
        candidates.push(candidate);
    }
}

fn operations(file: &Scenario, candidates: &mut Vec<Scenario>) {
    for (index, entry) in file.timeline.iter().enumerate() {
        for act in entry.act.simpler() {
            changed(file, candidates, |file| file.timeline[index].act = act);
        }
    }
}

/// Simpler gaps between operations; everything after them in their chapter keeps its distance.
fn times(file: &Scenario, candidates: &mut Vec<Scenario>) {
    let mut before = Span::ZERO;
    for (index, entry) in file.timeline.iter().enumerate() {
        let When::At(Duration(at)) = entry.when else {
            before = Span::ZERO;
            continue;
        };
        let gap = at - before;
        let chapter = file.timeline[index..].iter().position(Entry::waits);
        let end = chapter.map_or(file.timeline.len(), |length| index + length);
        for simpler in simpler(gap) {
            changed(file, candidates, |file| {
                for later in &mut file.timeline[index..end] {
                    later.set_time(|at| at - gap + simpler);
                }
            });
        }
        before = at;
    }
}

fn decisions(file: &Scenario, candidates: &mut Vec<Scenario>) {
    for (decision, detail) in file.decisions.iter().flat_map(Decisions::with_details) {
        let simpler: Vec<Detail> = match detail {
            Detail::Nothing => Vec::new(),
            Detail::Span(Duration(span)) => {
                simpler(span).into_iter().map(|span| Detail::Span(Duration(span))).collect()
            }
            Detail::Place(place) => smaller(place).map(Detail::Place).collect(),
        };
        for detail in simpler {
            changed(file, candidates, |file| {
                if let Some(listed) = &mut file.decisions {
                    listed.put(decision.clone(), detail);
                }
            });
        }
    }
}

/// Smaller places, the smallest first.
fn smaller(place: u32) -> impl Iterator<Item = u32> {
    [0, 1, place / 1_000, place / 2].into_iter().filter(move |other| *other < place)
}
