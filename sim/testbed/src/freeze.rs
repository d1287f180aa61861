//! Freezing: a run as a plain scenario without randomness. What was generated is written out, times are absolute, and
//! every decision that was not the harmless one is listed by its address. The frozen scenario runs to the same
//! fingerprint, whatever the seed.

use crate::clock::ClockChange;
use crate::cojson::{Change, CoNode, What};
use crate::host::{DiskFault, NodeId};
use crate::network::{Ppm, SpanRange};
use crate::run::{Options, Outcome, Stage, play};
use crate::scenario::file::{
    Between, DropMessages, Duration, DurationRange, Edit, Entry, HalfOpen, Hold, Link, Lone, Network,
    NetworkChange, Origin, Outage, Pause, Spell, Subject, When, Where,
};
use crate::scenario::{
    Action, Connections, Direction, Filter, FilterAct, MAX_DURATION, Operation, Scenario, drawn_filter, file,
};
use crate::script::Director;
use cosim_core::{CoId, Span, Time};
use std::collections::BTreeMap;

/// A run, frozen.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The scenario without randomness.
    pub file: file::Scenario,
    /// The run that was frozen.
    pub outcome: Outcome,
}

/// How the run is judged. The usual bound for silence depends on latencies, of which a frozen network has the shortest
/// only.
fn expect(scenario: &Scenario) -> file::Expect {
    let mut expect = scenario.file.expect.clone().unwrap_or_default();
    expect.quiet_within.get_or_insert(file::Duration(scenario.expect.quiet_within));
    expect
}

/// Freezes the run of a seed. `scenario_name` is where the scenario came from, for its reader.
pub fn freeze(scenario: &Scenario, seed: u64, scenario_name: &str) -> Frozen {
    let stage = Stage::new(scenario, seed);
    let director = Director::recording(&stage);
    let (outcome, director) = play(scenario, seed, Options::judged(), CoNode::new, director);
    let mut decisions = file::Decisions::default();
    for made in director.into_made() {
        decisions.put(made.decision, made.detail);
    }
    let source = &scenario.file;
    let (network, links) = networks(stage.scenario());
    let file = file::Scenario {
        schema: source.schema.clone(),
        version: source.version,
        about: source.about.clone(),
        seed: None,
        crypto: source.crypto,
        nodes: harmless_disks(&source.nodes),
        co_values: source.co_values.clone(),
        network,
        links,
        timeline: timeline(scenario, &stage, &outcome),
        workload: None,
        recording: None,
        faults: None,
        heal: source.heal,
        decisions: Some(decisions).filter(|decisions| !decisions.is_empty()),
        expect: Some(expect(scenario)),
        origin: Some(Origin {
            scenario: scenario_name.to_owned(),
            seed,
            cosim: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: Some(outcome.fingerprint.to_string()),
            key: outcome.key().map(str::to_owned),
            swarm: outcome.swarm.clone(),
        }),
    };
    Frozen { file, outcome }
}

/// The harmless conditions: of all links, where they are the same everywhere, and else of each.
fn networks(scenario: &Scenario) -> (Option<Network>, Vec<Link>) {
    let harmless = |link: &crate::scenario::LinkSpec| Network::of(&link.network).without_chance();
    let first = scenario.links.first().map(harmless);
    let same = scenario.links.iter().all(|link| Some(harmless(link)) == first);
    let links = scenario.file.links.iter().map(|link| {
        let [a, b] = &link.between;
        let ends = scenario.node(a).zip(scenario.node(b));
        let spec = ends.and_then(|(a, b)| scenario.link(a, b)).map(|index| &scenario.links[index as usize]);
        Link { network: spec.map(harmless).filter(|_| !same), ..link.clone() }
    });
    (first.filter(|_| same), links.collect())
}

/// Every operation at its time. Where a chapter never began, since a violation came first or silence never did, all of
/// them keep waiting for silence: how long the run waits for it is part of the run.
fn timeline(scenario: &Scenario, stage: &Stage<'_>, outcome: &Outcome) -> Vec<Entry> {
    let chapters = &stage.plan().chapters;
    let absolute = outcome.chapters.len() == chapters.len() && last(stage, outcome) <= MAX_DURATION;
    let mut entries = Vec::new();
    for (number, chapter) in chapters.iter().enumerate() {
        let start = outcome
            .chapters
            .get(number)
            .filter(|_| absolute)
            .map_or(Span::ZERO, |start| start.since(Time::ZERO));
        for (i, operation) in chapter.operations.iter().enumerate() {
            let mut entry = entry(scenario, operation);
            if absolute || number == 0 || i > 0 {
                entry.at = Some(Duration(start + operation.at.since(Time::ZERO)));
            } else {
                entry.after = Some(When::Quiet);
            }
            entries.push(entry);
        }
    }
    entries
}

/// When the last operation happens, counted from the start of the run.
fn last(stage: &Stage<'_>, outcome: &Outcome) -> Span {
    let chapters = stage.plan().chapters.iter().zip(&outcome.chapters);
    let ends = chapters.filter_map(|(chapter, start)| {
        Some(start.since(Time::ZERO) + chapter.operations.last()?.at.since(Time::ZERO))
    });
    ends.max().unwrap_or(Span::ZERO)
}

/// What an app writes, as an entry without a time.
fn changed(scenario: &Scenario, named: Entry, node: String, (id, of): (String, CoId), change: u32) -> Entry {
    let directory = &scenario.directory;
    let Some(Change { what, private }) = directory.change(change).cloned() else { return named };
    let usual = directory.co_value(of).is_some_and(|known| known.spec.private);
    let private = Some(private).filter(|private| *private != usual);
    let name = |member: Option<NodeId>| {
        member.map_or_else(|| "everyone".to_owned(), |node| scenario.nodes[node.index()].name.clone())
    };
    match what {
        What::Set { key, value } => {
            Entry { set: Some(file::SetKey { node, id, key, value, private }), ..named }
        }
        What::Delete { key } => Entry { delete: Some(file::DeleteKey { node, id, key, private }), ..named },
        What::Insert { index, values } => {
            let index = Some(index).filter(|index| *index != u32::MAX);
            Entry { insert: Some(file::InsertItems { node, id, index, values, private }), ..named }
        }
        What::Remove { index, count } => {
            let count = Some(count).filter(|count| *count != 1);
            Entry { remove: Some(file::RemoveItems { node, id, index, count, private }), ..named }
        }
        What::Push { value } => Entry { push: Some(file::PushItem { node, id, value, private }), ..named },
        What::Splice { index, delete, insert } => {
            let delete = Some(delete).filter(|delete| *delete != 0);
            let insert = Some(insert).filter(|insert| !insert.is_empty());
            Entry { splice: Some(file::Splice { node, id, index, delete, insert, private }), ..named }
        }
        What::AddMember { member, role } => {
            Entry { add_member: Some(file::AddMember { node, id, member: name(member), role }), ..named }
        }
        What::RemoveMember { member } => {
            Entry { remove_member: Some(file::RemoveMember { node, id, member: name(member) }), ..named }
        }
    }
}

/// An operation as an entry without a time.
fn entry(scenario: &Scenario, operation: &Operation) -> Entry {
    let node = |node: u32| scenario.nodes[node as usize].name.clone();
    let subject = |n: u32, co_value: u32| {
        Some(Subject { node: node(n), id: scenario.co_values[co_value as usize].clone() })
    };
    let ends = |link: u32| scenario.links[link as usize].ends.map(node);
    let named = Entry { name: Some(operation.name.clone()), ..Entry::default() };
    match operation.action {
        Action::Create { node, co_value } => Entry { create: subject(node, co_value), ..named },
        Action::Load { node, co_value } => Entry { load: subject(node, co_value), ..named },
        Action::Done { node, co_value } => Entry { done: subject(node, co_value), ..named },
        Action::Edit { node: n, co_value, transactions, size } => {
            let edit = Edit {
                node: node(n),
                id: scenario.co_values[co_value as usize].clone(),
                transactions: Some(transactions).filter(|n| *n != 1),
                size: Some(size).filter(|size| *size != EDIT_SIZE),
            };
            Entry { edit: Some(edit), ..named }
        }
        Action::Change { node: n, co_value, change } => {
            let id = scenario.co_values[co_value as usize].clone();
            changed(scenario, named, node(n), (id, CoId(co_value)), change)
        }
        Action::Connect { link } => Entry { connect: Some(Between { between: ends(link) }), ..named },
        Action::Disconnect { link } => Entry { disconnect: Some(Between { between: ends(link) }), ..named },
        Action::Partition { link, direction } => {
            Entry { partition: Some(way(ends(link), direction)), ..named }
        }
        Action::Heal { link, direction } => Entry { heal: Some(way(ends(link), direction)), ..named },
        Action::HalfOpen { link, end } => {
            let [a, b] = ends(link);
            let (node, peer) = if end == 0 { (a, b) } else { (b, a) };
            Entry { half_open: Some(HalfOpen { node, peer }), ..named }
        }
        Action::Filter { link, direction, filter } => {
            filtered(scenario, &scenario.filters[filter as usize], way(ends(link), direction), named)
        }
        Action::FilterDrawn { link, direction, kind, co_value, hold } => {
            filtered(scenario, &drawn_filter(kind, co_value, hold), way(ends(link), direction), named)
        }
        Action::Release { link, direction } => Entry { release: Some(way(ends(link), direction)), ..named },
        Action::Restart { node: n, down_for } => Entry { restart: Some(outage(node(n), down_for)), ..named },
        Action::Wipe { node: n, down_for, spare } => {
            let wipe = Outage { spare_last_copy: spare.then_some(true), ..outage(node(n), down_for) };
            Entry { wipe: Some(wipe), ..named }
        }
        Action::Crash { node: n, point, down_for } => {
            let point = Some(point.into()).filter(|point| *point != file::Point::Now);
            let down_for = Some(Duration(down_for)).filter(|_| down_for != Span::ZERO);
            Entry { crash: Some(file::Crash { node: node(n), point, down_for }), ..named }
        }
        Action::BackUp { node: n, backup } => {
            let copy = file::BackUp { node: node(n), backup: Some(scenario.backup_name(backup)) };
            Entry { back_up: Some(copy), ..named }
        }
        Action::Restore { node: n, backup, down_for, spare } => {
            let restore = file::Restore {
                node: node(n),
                backup: Some(scenario.backup_name(backup)),
                down_for: Some(Duration(down_for)).filter(|_| down_for != Span::ZERO),
                spare_last_copy: spare.then_some(true),
            };
            Entry { restore: Some(restore), ..named }
        }
        Action::Disk { node: n, fault, spare } => {
            let node = node(n);
            match fault {
                DiskFault::Stall(span) => {
                    Entry { stall: Some(file::Stall { node, span: Duration(span) }), ..named }
                }
                DiskFault::Full => Entry { disk_full: Some(Lone { node }), ..named },
                DiskFault::Room => Entry { disk_room: Some(Lone { node }), ..named },
                DiskFault::FailNext(count) => {
                    let count = Some(count).filter(|count| *count != 1);
                    Entry { fail_writes: Some(file::FailWrites { node, count }), ..named }
                }
                DiskFault::Rot { place, bit } => {
                    let place = Ppm::new(place).map(file::Percent);
                    let bit = Some(bit).filter(|bit| *bit != 0);
                    let spare_last_copy = spare.then_some(true);
                    Entry { rot: Some(file::Rot { node, place, bit, spare_last_copy }), ..named }
                }
            }
        }
        Action::Pause { node: n, span, connections } => {
            let connections = match connections {
                Connections::Kept => None,
                Connections::Dropped => Some(file::Connections::Dropped),
            };
            Entry { pause: Some(Pause { node: node(n), span: Duration(span), connections }), ..named }
        }
        Action::Offline { node: n, span } => {
            Entry { offline: Some(Spell { node: node(n), span: Duration(span) }), ..named }
        }
        Action::Join { node: n } => Entry { join: Some(Lone { node: node(n) }), ..named },
        Action::Leave { node: n, spare } => {
            let leave = file::Departure { node: node(n), spare_last_copy: spare.then_some(true) };
            Entry { leave: Some(leave), ..named }
        }
        Action::Clock { node: n, change } => {
            let clock = file::ClockChange { node: node(n), ..file::ClockChange::default() };
            let clock = match change {
                ClockChange::Jump(shift) => file::ClockChange { jump: Some(file::Shift(shift)), ..clock },
                ClockChange::Stop => file::ClockChange { stop: Some(true), ..clock },
                ClockChange::Go => file::ClockChange { go: Some(true), ..clock },
                ClockChange::Drift(drift) => file::ClockChange { drift: Some(file::Drift(drift)), ..clock },
            };
            Entry { clock: Some(clock), ..named }
        }
        Action::Attack { node: n, on, how, co_value, count } => {
            let attack = file::Attack {
                node: node(n),
                on: node(on),
                how,
                id: Some(scenario.co_values[co_value as usize].clone()),
                count: Some(count).filter(|count| *count != 1),
            };
            Entry { attack: Some(attack), ..named }
        }
        Action::Network { link, change } => {
            let mut left = change.without_chance();
            if left == Network::default() {
                // It changed chances only, and there are none left: it stays as the event that it was.
                left.loss = Some(file::Percent(Ppm::NEVER));
            }
            let change = NetworkChange::new(link.map(ends), left);
            Entry { network: Some(change), ..named }
        }
    }
}

fn filtered(scenario: &Scenario, filter: &Filter, way: Where, named: Entry) -> Entry {
    let Where { between, from, to } = way;
    let kinds = Some(filter.kinds.clone()).filter(|kinds| !kinds.is_empty());
    let ids: Vec<String> =
        filter.subjects.iter().map(|id| scenario.co_values[*id as usize].clone()).collect();
    let ids = Some(ids).filter(|ids| !ids.is_empty());
    match filter.act {
        FilterAct::Hold => Entry { hold: Some(Hold { between, from, to, kinds, ids }), ..named },
        FilterAct::Drop { count } => {
            Entry { drop: Some(DropMessages { between, from, to, kinds, ids, count }), ..named }
        }
    }
}

/// The size that an edit has where a file says nothing.
const EDIT_SIZE: u32 = 100;

fn way([a, b]: [String; 2], direction: Direction) -> Where {
    match direction {
        Direction::Both => Where { between: Some([a, b]), ..Where::default() },
        Direction::Forward => Where { from: Some(a), to: Some(b), ..Where::default() },
        Direction::Backward => Where { from: Some(b), to: Some(a), ..Where::default() },
    }
}

fn outage(node: String, down_for: Span) -> Outage {
    let down_for = Some(Duration(down_for)).filter(|_| down_for != Span::ZERO);
    Outage { node, down_for, spare_last_copy: None }
}

/// The nodes, with disks that take the shortest time, never fail and lose nothing in a crash.
fn harmless_disks(nodes: &BTreeMap<String, file::Node>) -> BTreeMap<String, file::Node> {
    let harmless = |node: &file::Node| {
        let latency = |disk: file::Disk| disk.latency.and_then(|range| SpanRange::constant(range.0.min()));
        let disk = node.disk.map(|disk| file::Disk {
            latency: latency(disk).map(DurationRange),
            errors: None,
            unsynced: Some(file::Unsynced::Kept),
        });
        file::Node { disk, ..node.clone() }
    };
    nodes.iter().map(|(name, node)| (name.clone(), harmless(node))).collect()
}
