//! What can be made simpler without being taken out: counts, times, conditions.

use super::reduce::{Reduction, without};
use crate::network::SpanRange;
use crate::scenario::file::{Decisions, Detail, Duration, DurationRange, Entry, Network, Scenario, Shift};
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
    file.timeline.iter().find(|entry| entry.after.is_some())?;
    let mut number = 0;
    file.timeline.retain_mut(|entry| {
        number += usize::from(entry.after.take().is_some());
        let start = chapters.get(number).map(|start| start.since(Time::ZERO));
        let at = entry.at.map_or(Span::ZERO, |at| at.0);
        entry.at = start.map(|start| Duration(start + at));
        start.is_some()
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
            (expect.quiet_within, expect.oracles) = (None, None);
        }
    });
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
        change(|node| node.hostile = None);
        change(|node| (node.base, node.cap) = (None, None));
        change(|node| node.clock = None);
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
    let on_link = |entry: &Entry| entry.connect.as_ref().is_some_and(|connect| connects(&connect.between));
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
        if entry.edit.is_some() {
            changed(file, candidates, |file| {
                if let Some(edit) = &mut file.timeline[index].edit {
                    (edit.transactions, edit.size) = (None, None);
                }
            });
        }
        spells(file, index, candidates);
        if let Some(attack) = &entry.attack {
            for simpler in [None, attack.count.map(|count| count / 2).filter(|count| *count > 0)] {
                changed(file, candidates, |file| {
                    if let Some(attack) = &mut file.timeline[index].attack {
                        attack.count = simpler;
                    }
                });
            }
        }
        let down_for = down_for(&mut entry.clone()).and_then(|down_for| *down_for).unwrap_or_default();
        for simpler in simpler(down_for.0) {
            changed(file, candidates, |file| {
                if let Some(down_for) = self::down_for(&mut file.timeline[index]) {
                    *down_for = Some(Duration(simpler)).filter(|_| simpler != Span::ZERO);
                }
            });
        }
        disks(file, index, candidates);
    }
}

/// For how long an entry takes a node down, where it does.
fn down_for(entry: &mut Entry) -> Option<&mut Option<Duration>> {
    let outage = entry.restart.as_mut().or(entry.wipe.as_mut()).map(|outage| &mut outage.down_for);
    let crash = entry.crash.as_mut().map(|crash| &mut crash.down_for);
    outage.or(crash).or(entry.restore.as_mut().map(|restore| &mut restore.down_for))
}

/// A crash at once, fewer writes that fail, a bit in the usual place, and what happens whatever it takes.
fn disks(file: &Scenario, index: usize, candidates: &mut Vec<Scenario>) {
    let mut change = |change: &dyn Fn(&mut Entry)| {
        changed(file, candidates, |file| change(&mut file.timeline[index]));
    };
    change(&|entry| {
        if let Some(crash) = &mut entry.crash {
            crash.point = None;
        }
    });
    let count = file.timeline[index].fail_writes.as_ref().and_then(|fails| fails.count).unwrap_or(1);
    for fewer in
        [1, count / 2, count.saturating_sub(1)].into_iter().filter(|fewer| (1..count).contains(fewer))
    {
        change(&|entry| {
            if let Some(fails) = &mut entry.fail_writes {
                fails.count = Some(fewer).filter(|fewer| *fewer > 1);
            }
        });
    }
    change(&|entry| {
        if let Some(rot) = &mut entry.rot {
            (rot.place, rot.bit) = (None, None);
        }
    });
    change(&|entry| {
        let outage = entry.wipe.as_mut().map(|wipe| &mut wipe.spare_last_copy);
        let rot = entry.rot.as_mut().map(|rot| &mut rot.spare_last_copy);
        let restore = entry.restore.as_mut().map(|restore| &mut restore.spare_last_copy);
        let leave = entry.leave.as_mut().map(|leave| &mut leave.spare_last_copy);
        if let Some(spare) = outage.or(rot).or(restore).or(leave) {
            *spare = None;
        }
    });
}

/// A shorter sleep, spell or stall, whose connections are kept, and a clock that jumps less far.
fn spells(file: &Scenario, index: usize, candidates: &mut Vec<Scenario>) {
    let entry = &file.timeline[index];
    changed(file, candidates, |file| {
        if let Some(pause) = &mut file.timeline[index].pause {
            pause.connections = None;
        }
    });
    let span = span(&mut entry.clone()).copied().unwrap_or_default().0;
    for simpler in simpler(span).into_iter().filter(|simpler| *simpler != Span::ZERO) {
        changed(file, candidates, |file| {
            if let Some(span) = self::span(&mut file.timeline[index]) {
                *span = Duration(simpler);
            }
        });
    }
    let Some(Shift(shift)) = entry.clock.as_ref().and_then(|change| change.jump) else { return };
    for simpler in simpler(shift.span()) {
        changed(file, candidates, |file| {
            if let Some(change) = &mut file.timeline[index].clock {
                let us = i64::try_from(simpler.as_us()).unwrap_or(i64::MAX);
                let us = if shift.as_us() < 0 { -us } else { us };
                change.jump = Some(Shift(crate::clock::Shift::from_us(us)));
            }
        });
    }
}

/// How long what an entry begins lasts, where it must last for a while.
fn span(entry: &mut Entry) -> Option<&mut Duration> {
    let pause = entry.pause.as_mut().map(|pause| &mut pause.span);
    let spell = entry.offline.as_mut().map(|spell| &mut spell.span);
    pause.or(spell).or(entry.stall.as_mut().map(|stall| &mut stall.span))
}

/// Simpler gaps between operations; everything after them in their chapter keeps its distance.
fn times(file: &Scenario, candidates: &mut Vec<Scenario>) {
    let mut before = Span::ZERO;
    for (index, entry) in file.timeline.iter().enumerate() {
        let Some(Duration(at)) = entry.at else {
            before = Span::ZERO;
            continue;
        };
        let gap = at - before;
        let chapter = file.timeline[index..].iter().position(|entry| entry.after.is_some());
        let end = chapter.map_or(file.timeline.len(), |length| index + length);
        for simpler in simpler(gap) {
            changed(file, candidates, |file| {
                for later in &mut file.timeline[index..end] {
                    later.at = later.at.map(|Duration(at)| Duration(at - gap + simpler));
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

/// Spans that are simpler than this one, the simplest first: shorter ones that are as round or rounder than people say,
/// then longer ones that are rounder.
fn simpler(span: Span) -> Vec<Span> {
    let usual = [Span::ZERO, Span::from_s(1), Span::from_ms(100)];
    let rounder = UNITS.into_iter().map(|unit| round(span, unit));
    let finest = UNITS.into_iter().find(|unit| round(span, *unit) == span).unwrap_or(Span::from_us(1));
    let half = round(Span::from_us(span.as_us() / 2), finest);
    let less = Span::from_us(span.as_us().saturating_sub(finest.as_us()));
    let shorter = usual.into_iter().chain(rounder).chain([half, less]).filter(|other| *other < span);
    let longer =
        UNITS.into_iter().filter(|unit| round(span, *unit) != span && *unit <= span.max(Span::from_ms(1)));
    let mut simpler = Vec::new();
    for other in shorter.chain(longer.map(|unit| round(span, unit) + unit)) {
        if !simpler.contains(&other) {
            simpler.push(other);
        }
    }
    simpler
}

const UNITS: [Span; 4] = [Span::from_s(1), Span::from_ms(100), Span::from_ms(10), Span::from_ms(1)];

/// The largest multiple of `unit` that is no longer than `span`.
fn round(span: Span, unit: Span) -> Span {
    Span::from_us(span.as_us() / unit.as_us() * unit.as_us())
}
