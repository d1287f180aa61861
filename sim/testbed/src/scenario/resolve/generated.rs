//! What to generate: `workload` and `faults`.

use super::names::Names;
use super::{At, Problem, Report, each_workload, file};
use crate::cojson::Kind;
use crate::scenario::act::{To, check_edit};
use crate::scenario::{FaultKind, Faults, Flapping, GuestVerb, HappensTo, LinkSpec, Mix, Spells, Workload};
use cosim_core::Span;
use cosim_core::view::Dialect;
use std::collections::BTreeSet;

/// The workloads, each after what those before it have.
pub(super) fn workloads<'a>(
    file: &'a file::Scenario,
    names: &Names<'_>,
    report: &mut Report,
) -> Vec<Workload> {
    let entries = file.timeline.iter().filter_map(|entry| entry.act.creates());
    let mut created: BTreeSet<&str> = entries.map(|create| create.id.as_str()).collect();
    let mut is_missing = |id: &&'a String| {
        // A branch is made of what is there.
        let is_branch = names.co_value(id).is_some_and(|id| names.branch_of(id).is_some());
        !is_branch && created.insert(id)
    };
    let (mut place, mut before) = (0, [0, 0]);
    let workloads = each_workload(file, |at, said| {
        let missing = said.co_values.iter().filter(&mut is_missing);
        let creates = missing.filter_map(|id| names.co_value(id)).collect();
        let workload = workload(file, said, (names, at), (place, before, creates), report);
        place += 1;
        before = [before[0] + workload.operations, before[1] + workload.roles];
        workload
    });
    if file.workload.is_some() && workloads.is_empty() {
        let problem = Problem::new(At::Root.key("workload").value(), "a list without workloads");
        report.add(problem.expected("at least one").help("leave it out, or say what is to be drawn"));
    }
    workloads
}

fn workload(
    file: &file::Scenario,
    workload: &file::Workload,
    (names, at): (&Names<'_>, &At<'_>),
    (place, before, creates): (usize, [u32; 2], Vec<u32>),
    report: &mut Report,
) -> Workload {
    let (from, until) = window(workload.from, workload.until, at, report);
    let one = |number| file::NumberRange { min: number, max: number };
    let transactions = workload.transactions.unwrap_or(one(1));
    let size = workload.size.unwrap_or(one(file::Edit::USUAL_SIZE));
    let (transactions, size) = ([transactions.min, transactions.max], [size.min, size.max]);
    check_edit(transactions, size, at, report);
    Workload {
        place,
        before,
        operations: workload.operations,
        from,
        until,
        nodes: nodes(workload.nodes.as_deref(), "a workload", names, at, report),
        co_values: co_values(workload, names, at, report),
        creates,
        mix: mix(file, workload, names, at, report),
        transactions,
        size,
        large: 0,
        roles: workload.roles.unwrap_or(0),
        groups: groups(file, workload, names, at, report),
    }
}

/// The groups in which roles change.
fn groups(
    file: &file::Scenario,
    workload: &file::Workload,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Vec<u32> {
    let is_group =
        |id: &&String| file.co_values.get(*id).is_some_and(|known| known.kind == Some(Kind::Group));
    let groups: Vec<u32> =
        workload.co_values.iter().filter(is_group).filter_map(|id| names.co_value(id)).collect();
    if workload.roles.unwrap_or(0) > 0 && groups.is_empty() {
        let problem = Problem::new(at.key("roles").value(), "`roles`, but none of the CoValues is a group");
        report.add(problem.help("name a group in `co_values`, or leave it out"));
    }
    groups
}

const NO_DISK: &str = "none of the nodes has a disk";

pub(super) fn faults(
    file: &file::Scenario,
    names: &Names<'_>,
    links: &[LinkSpec],
    report: &mut Report,
) -> Option<Faults> {
    let faults = file.faults.as_ref()?;
    let root = At::Root;
    let at = root.key("faults");
    let (from, until) = window(faults.from, faults.until, &at, report);
    let nodes = nodes(faults.nodes.as_deref(), "faults", names, &at, report);
    let hit = |link: &LinkSpec| link.ends.iter().any(|end| nodes.contains(end));
    let hit: Vec<u32> = (0..).zip(links).filter(|(_, link)| hit(link)).map(|(number, _)| number).collect();
    let asked = |to: HappensTo| {
        let of = FaultKind::ALL.into_iter().filter(move |kind| kind.row().happens_to == to);
        of.filter(|kind| faults.times(*kind).unwrap_or(0) > 0).map(|kind| kind.row().field)
    };
    for field in asked(HappensTo::Links).filter(|_| hit.is_empty()) {
        let problem = Problem::new(at.key(field).value(), format!("`{field}` without links"));
        if file.links.is_empty() {
            report.add(problem.help("add links, or leave it out"));
        } else if !links.is_empty() && !nodes.is_empty() {
            report.add(problem.help("none of its `nodes` has a link: name others, or leave it out"));
        }
    }
    check_swarm(faults, &at, report);
    let disks: Vec<u32> = nodes.iter().copied().filter(|node| names.has_disk(*node)).collect();
    let own_disks: Vec<u32> = disks.iter().copied().filter(|node| !names.is_guest(*node)).collect();
    let keepers: Vec<u32> = nodes.iter().copied().filter(|node| names.keeps(*node)).collect();
    for (to, hit, lacks) in [
        (HappensTo::Disks, &disks, NO_DISK),
        (HappensTo::OwnDisks, &own_disks, "none of cosim's own nodes has a disk"),
        (HappensTo::Keepers, &keepers, "all nodes are guests without a disk"),
    ] {
        for field in asked(to).filter(|_| hit.is_empty() && !nodes.is_empty()) {
            let lacks = if disks.is_empty() && to == HappensTo::OwnDisks { NO_DISK } else { lacks };
            let problem = Problem::new(at.key(field).value(), format!("`{field}`, but {lacks}"));
            report.add(problem.help("give a node one, `\"disk\": {}`, or leave it out"));
        }
    }
    check_attacks(file, faults, names, &at, report);
    let newcomers = newcomers(file, names, &nodes);
    if faults.times(FaultKind::Joins).unwrap_or(0) > 0 && newcomers.is_empty() && !nodes.is_empty() {
        let message = "`joins`, but the timeline asks something of every node";
        let problem = Problem::new(at.key("joins").value(), message);
        report.add(problem.help("a node of which it asks nothing may join late: add one, or leave it out"));
    }
    Some(Faults {
        from,
        until,
        swarm: faults.swarm.unwrap_or(false),
        times: FaultKind::ALL.map(|kind| u32::try_from(faults.times(kind).unwrap_or(0)).unwrap_or(u32::MAX)),
        spare: !faults.take_last_copies.unwrap_or(false),
        furthest: faults.furthest.map_or(FURTHEST, |furthest| furthest.0),
        longest: faults.longest.map_or(Span::from_s(1), |longest| longest.0),
        offline: faults.offline.map(|spells| self::spells(spells, &at, report)).unwrap_or_default(),
        flapping: faults.flapping.and_then(|flapping| self::flapping(flapping, &at, report)),
        nodes,
        keepers,
        disks,
        own_disks,
        newcomers,
        links: hit,
    })
}

/// Those of some nodes of which the timeline asks nothing.
fn newcomers(file: &file::Scenario, names: &Names<'_>, nodes: &[u32]) -> Vec<u32> {
    let references = file.timeline.iter().flat_map(|entry| entry.act.refs());
    let asked: BTreeSet<&str> = references
        .filter(|reference| matches!(reference.to, To::App | To::Running | To::Newcomer))
        .map(|reference| reference.name)
        .collect();
    nodes.iter().copied().filter(|node| !asked.contains(names.node_name(*node))).collect()
}

/// A swarm leaves the numbers to the seed.
fn check_swarm(faults: &file::Faults, at: &At<'_>, report: &mut Report) {
    if faults.swarm != Some(true) {
        return;
    }
    for kind in FaultKind::ALL.into_iter().filter(|kind| faults.times(*kind).is_some()) {
        let field = kind.row().field;
        let problem = Problem::new(at.key(field).name(), format!("`{field}` beside `swarm`"));
        report
            .add(problem.help("in a swarm each seed says how often what happens: leave one of the two out"));
    }
}

/// How far a clock jumps at most where a file says nothing.
const FURTHEST: Span = Span::from_s(24 * 60 * 60);

fn spells(spells: file::Spells, at: &At<'_>, report: &mut Report) -> Spells {
    let (shortest, longest) = (spells.shortest.unwrap_or_default().0, spells.longest.0);
    if longest < shortest {
        let at = at.key("offline");
        let problem =
            Problem::new(at.key("longest").value(), "the longest spell is shorter than the shortest");
        report.add(problem.expected(format!("at least {shortest}")).help("turn the two round"));
    }
    Spells { shortest, longest: longest.max(shortest) }
}

fn flapping(flapping: file::Flapping, at: &At<'_>, report: &mut Report) -> Option<Flapping> {
    let at = at.key("flapping");
    let (every, span) = (flapping.every.0, flapping.span.0);
    let mistake = if span == Span::ZERO {
        Some(("for", "spells of no time at all".to_owned(), "longer than 0ms".to_owned()))
    } else if every <= span {
        let message = format!("a spell of {span} every {every} never ends");
        Some(("every", message, format!("longer than {span}")))
    } else {
        None
    };
    if let Some((field, message, expected)) = mistake {
        let problem = Problem::new(at.key(field).value(), message);
        report.add(problem.expected(expected).help("such as `\"every\": \"90s\", \"for\": \"5s\"`"));
        return None;
    }
    Some(Flapping { every, span })
}

/// Attacks need somebody who attacks, somebody to be attacked, and something to lie about.
fn check_attacks(
    file: &file::Scenario,
    faults: &file::Faults,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) {
    if faults.times(FaultKind::Attacks).unwrap_or(0) == 0 {
        return;
    }
    let hostile = |name: &String| file.nodes.get(name).is_some_and(|node| node.hostile == Some(true));
    let (message, help) = if !file.nodes.keys().any(hostile) {
        ("`attacks`, but no node is hostile", "let one be, `\"hostile\": true`, or leave it out")
    } else if !file.links.iter().any(|link| link.between.iter().any(hostile)) {
        ("`attacks`, but no hostile node has a link", "add one, or leave it out")
    } else if names.co_values().is_empty() {
        ("`attacks`, but there is no CoValue to lie about", "create one, or leave it out")
    } else {
        return;
    };
    report.add(Problem::new(at.key("attacks").value(), message).help(help));
}

/// A window of time, with its end not before its start whatever the file says.
fn window(
    from: Option<file::Duration>,
    until: file::Duration,
    at: &At<'_>,
    report: &mut Report,
) -> (Span, Span) {
    let (from, until) = (from.unwrap_or_default().0, until.0);
    if until < from {
        let problem = Problem::new(at.key("until").value(), "the window ends before it begins");
        report.add(problem.expected(format!("at least {from}")).help("`from` comes first, then `until`"));
    }
    (from, until.max(from))
}

fn nodes(
    nodes: Option<&[String]>,
    section: &str,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Vec<u32> {
    let Some(nodes) = nodes else { return (0..).take(names.node_count()).collect() };
    let at = at.key("nodes");
    check_list(nodes, section, "nodes", &at, report);
    let named =
        nodes.iter().enumerate().filter_map(|(index, node)| names.node(node, &at.index(index), report));
    named.collect()
}

fn co_values(workload: &file::Workload, names: &Names<'_>, at: &At<'_>, report: &mut Report) -> Vec<u32> {
    check_list(&workload.co_values, "a workload", "CoValues", &at.key("co_values"), report);
    workload.co_values.iter().filter_map(|id| names.co_value(id)).collect()
}

/// A list of names to draw from has at least one, and each once.
pub(super) fn check_list(list: &[String], section: &str, what: &str, at: &At<'_>, report: &mut Report) {
    if list.is_empty() {
        let problem = Problem::new(at.value(), format!("{section} without {what}"));
        report.add(problem.expected("at least one name").help("there must be something to draw from"));
    }
    let mut seen = BTreeSet::new();
    for (index, name) in list.iter().enumerate() {
        if !seen.insert(name) {
            let message = format!("{} is in the list twice", file::quoted(name));
            report.add(
                Problem::new(at.index(index).value(), message).help("every name counts the same: keep one"),
            );
        }
    }
}

fn mix(
    file: &file::Scenario,
    workload: &file::Workload,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Mix {
    let mix = workload.mix.unwrap_or(file::Mix { edit: Some(1), ..file::Mix::default() });
    check_asks(file, workload, names, &at.key("mix"), report);
    let mix = Mix {
        edit: mix.edit.unwrap_or(0),
        load: mix.load.unwrap_or(0),
        done: mix.done.unwrap_or(0),
        asks: mix.asks(),
    };
    if mix.total() == 0 {
        let problem = Problem::new(at.key("mix").value(), "a mix of nothing");
        report.add(
            problem.expected("at least one weight above 0").help("`\"mix\": { \"edit\": 8, \"load\": 2 }`"),
        );
    }
    mix
}

/// What only guests know is asked of nodes that guests play, and there is something for it to be about.
fn check_asks(
    file: &file::Scenario,
    workload: &file::Workload,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) {
    let asked = workload.mix.iter().flat_map(file::Mix::asks).filter(|(_, weight)| *weight > 0);
    let is_ours = |name: &&String| file.nodes.get(*name).is_some_and(|node| node.guest.is_none());
    let ours = match &workload.nodes {
        Some(nodes) => nodes.iter().find(is_ours),
        None => file.nodes.keys().find(is_ours),
    };
    let kind = |id: &String| names.co_value(id).and_then(|id| names.kind(id));
    let groups = workload.co_values.iter().filter(|id| kind(id) == Some(Kind::Group)).count();
    let values = workload.co_values.len() - groups;
    let is_branch = |id: &&String| names.co_value(id).is_some_and(|id| names.branch_of(id).is_some());
    let branches = workload.co_values.iter().filter(is_branch).count();
    let is_new = |name: &&String| names.dialect_of(name) == Dialect::V0_20;
    let is_todays = match &workload.nodes {
        Some(nodes) => nodes.iter().any(|name| is_new(&name)),
        None => file.nodes.keys().any(|name| is_new(&name)),
    };
    let has_guests = match &workload.nodes {
        Some(nodes) => !nodes.iter().all(|name| is_ours(&name)),
        None => !file.nodes.keys().all(|name| is_ours(&name)),
    };
    for (verb, _) in asked {
        let (at, name) = (at.key(verb.name()), verb.name());
        let [groups_needed, values_needed] = verb.needs();
        let is_known = verb.is_of_all() && !has_guests;
        if let Some(ours) = ours.filter(|_| is_known && !is_todays) {
            let message = format!("`{name}` by the rules of 0.7, and `{ours}` is one of cosim's own nodes");
            let problem = Problem::new(at.name(), message).expected("the rules of 0.20, or guests");
            report.add(problem.help("write `\"format\": \"0.20\"` at the top for today's rules"));
        } else if let Some(ours) = ours.filter(|_| !is_known) {
            let message = format!("`{name}` is for guests, and `{ours}` is one of cosim's own nodes");
            let problem = Problem::new(at.name(), message).expected("a workload of nodes that guests play");
            report.add(problem.help("name those alone in `nodes` of the workload, or leave it out"));
        } else if groups_needed > groups {
            let there_are = if groups == 0 { "none" } else { "only one" };
            let needed = if groups_needed == 1 { "a group" } else { "two groups" };
            let message = format!("`{name}`, but {there_are} of the CoValues is a group");
            let problem = Problem::new(at.name(), message).expected(needed);
            report.add(problem.help("name more in `co_values`, or leave it out"));
        } else if values_needed > values {
            let problem = Problem::new(at.name(), format!("`{name}`, but all of the CoValues are groups"));
            report.add(problem.expected("one that is none").help("name one in `co_values`, or leave it out"));
        } else if ours.is_some() && matches!(verb, GuestVerb::Branch | GuestVerb::Merge) && branches == 0 {
            let problem = Problem::new(at.name(), format!("`{name}`, but none of the CoValues is a branch"));
            let help = "give one a `branch_of`, and name it in `co_values` of the workload";
            report.add(problem.expected("a branch").help(help));
        }
    }
}
