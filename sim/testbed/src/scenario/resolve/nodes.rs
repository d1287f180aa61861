//! The nodes.

use super::names::{Names, check_name};
use super::{At, Problem, Report, file};
use crate::clock::Clock;
use crate::cojson;
use crate::network::{Ppm, SpanRange};
use crate::scenario::{NodeSpec, Unsynced};
use cosim_core::real::Owner;
use cosim_core::{Announce, CoId, Durability, Mutation, Span, Uploads};
use std::collections::BTreeSet;

/// The first deadline of a node that does not give one.
const BASE: Span = Span::from_s(1);
/// A shorter deadline would pass many times before an answer can come.
const BASE_MIN: Span = Span::from_ms(1);
/// How long a write takes on a disk that does not say.
const DISK_LATENCY: Span = Span::from_ms(1);
/// The longest deadline of a node that does not give one.
const CAP: Span = Span::from_s(16);

pub(super) fn nodes(file: &file::Scenario, report: &mut Report) -> Vec<NodeSpec> {
    let root = At::Root;
    let at = root.key("nodes");
    if file.nodes.is_empty() {
        report.add(
            Problem::new(at.value(), "the scenario has no nodes").help("name at least one: `\"alice\": {}`"),
        );
    }
    let joining: BTreeSet<&str> = file.timeline.iter().filter_map(|entry| entry.act.joins()).collect();
    let specs = (0..).zip(&file.nodes).map(|(number, (name, node))| {
        let at = at.key(name);
        NodeSpec {
            known_as: claimed(file, name, node, &at, report).unwrap_or(number),
            present: !joining.contains(name.as_str()),
            ..spec(name, node, &at, report)
        }
    });
    specs.collect()
}

/// The node whose name a node claims.
fn claimed(
    file: &file::Scenario,
    name: &str,
    node: &file::Node,
    at: &At<'_>,
    report: &mut Report,
) -> Option<u32> {
    let claims = node.claims.as_deref()?;
    let at = at.key("claims");
    let Some(number) = (0..).zip(file.nodes.keys()).find_map(|(n, other)| (other == claims).then_some(n))
    else {
        let problem = Problem::new(at.value(), format!("unknown node {}", file::quoted(claims)));
        let close = report.did_you_mean(claims, file.nodes.keys().map(String::as_str));
        let help = close.unwrap_or_else(|| "add it to `nodes`, or name one that is there".to_owned());
        report.add(problem.expected("expected a name of `nodes`").help(help));
        return None;
    };
    if claims == name {
        let problem = Problem::new(at.value(), format!("`{name}` claims its own name"));
        report
            .add(problem.expected("the name of another node").help("leave it out: every node has its name"));
    } else if file.nodes.get(claims).is_some_and(|other| other.claims.is_some()) {
        let problem = Problem::new(at.value(), format!("`{claims}` claims another name itself"));
        report
            .add(problem.expected("a node that goes by its own name").help("claim the same name as it does"));
    } else if let Some(link) = file.links.iter().position(|link| {
        link.between.iter().any(|end| end == name) && link.between.iter().any(|end| end == claims)
    }) {
        let problem =
            Problem::new(at.value(), format!("`{name}` is linked to `{claims}`, whose name it claims"));
        report.add(
            problem
                .expected(format!("no link between the two, as links[{link}] is"))
                .help("nobody takes another for itself: take the link away"),
        );
    }
    Some(number)
}

/// Whose app is on each node, once all CoValues have numbers.
pub(super) fn people(file: &file::Scenario, names: &Names<'_>, report: &mut Report) -> Vec<cojson::NodeSpec> {
    let root = At::Root;
    let at = root.key("nodes");
    let nodes = file.nodes.iter().map(|(name, node)| {
        let at = at.key(name);
        let seed =
            node.secret_seed.as_deref().and_then(|seed| secret_seed(seed, &at.key("secret_seed"), report));
        let spec = cojson::NodeSpec {
            name: name.clone(),
            account: node.account.as_deref().and_then(|account| names.co_value(account)).map(CoId),
            is_guest: node.guest.is_some(),
            writes_as_account: node.account.is_some() && node.guest.is_some(),
            seed,
            session: node.session.clone(),
            dialect: node.format.map(Into::into),
        };
        check_session(&spec, &at.key("session"), report);
        spec
    });
    nodes.collect()
}

/// 32 bytes in hexadecimal digits.
fn secret_seed(text: &str, at: &At<'_>, report: &mut Report) -> Option<[u8; 32]> {
    let mut seed = [0; 32];
    let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = (0..32).map(|i| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok());
    let parsed: Option<Vec<u8>> = bytes.collect();
    match parsed.filter(|_| digits) {
        Some(bytes) => {
            seed.copy_from_slice(&bytes);
            Some(seed)
        }
        None => {
            let problem = Problem::new(at.value(), "a seed that is no 32 bytes");
            report.add(
                problem.expected("64 hexadecimal digits").help("leave it out for one of the node's own"),
            );
            None
        }
    }
}

/// A session is one of the agent that the node is.
fn check_session(spec: &cojson::NodeSpec, at: &At<'_>, report: &mut Report) {
    let Some(session) = &spec.session else { return };
    let agent = spec.agent_name();
    if Owner::of_session(session).map(Owner::name) != Some(&*agent) {
        let whose = if spec.writes_as_account { "account" } else { "agent" };
        let problem =
            Problem::new(at.value(), format!("the session is not one of the {whose} of `{}`", spec.name));
        report.add(
            problem
                .expected(format!("`{agent}_session_z…`"))
                .help("give the `secret_seed` of the agent whose session it is, or leave the session out"),
        );
    }
}

fn spec(name: &str, node: &file::Node, at: &At<'_>, report: &mut Report) -> NodeSpec {
    check_name(name, "a node", at.name(), report);
    if name == "local" {
        let problem = Problem::new(at.name(), "a node cannot be called `local`");
        report.add(problem.expected("another name").help("to every node, `local` is itself"));
    }
    if name == "everyone" {
        let problem = Problem::new(at.name(), "a node cannot be called `everyone`");
        report.add(problem.expected("another name").help("to a group, `everyone` is all there are"));
    }
    let base = node.base.map_or(BASE, |base| base.0);
    if base == Span::ZERO {
        let problem = Problem::new(at.key("base").value(), format!("the base of `{name}` is zero"));
        report.add(problem.help("a deadline needs time: leave it out for 1s"));
    }
    if base > Span::ZERO && base < BASE_MIN {
        let message = format!("the base of `{name}` is too short");
        let problem = Problem::new(at.key("base").value(), message).expected(format!("at least {BASE_MIN}"));
        report.add(problem.help("a deadline is for answers that do not come: leave it out for 1s"));
    }
    if node.clock.and_then(|clock| clock.resolution).is_some_and(|resolution| resolution.0 == Span::ZERO) {
        let at = at.key("clock").key("resolution").value();
        let problem = Problem::new(at, format!("the clock of `{name}` has a resolution of zero"));
        report.add(
            problem
                .expected("more than 0us")
                .help("`\"10ms\"` for a coarse clock; leave it out for a fine one"),
        );
    }
    let cap = node.cap.map_or(CAP.max(base), |cap| cap.0);
    if cap < base {
        let problem = Problem::new(at.key("cap").value(), format!("the cap of `{name}` is below its base"));
        report.add(problem.expected(format!("at least {base}")).help("deadlines grow from base to cap"));
    }
    for (index, mutation) in node.mutations.iter().enumerate() {
        check_mutation(mutation, &at.key("mutations").index(index), report);
    }
    check_guest(name, node, at, report);
    let disk = node.disk.map(|disk| {
        // What a guest commits is done when it goes on.
        let usual = if node.guest.is_some() { Span::ZERO } else { DISK_LATENCY };
        let usual = SpanRange::constant(usual).unwrap_or_default();
        let latency = disk.latency.map_or(usual, |latency| latency.0);
        let usual = if node.guest.is_some() { Unsynced::Kept } else { Unsynced::Drawn };
        let unsynced = disk.unsynced.map_or(usual, Into::into);
        (latency, disk.errors.map_or(Ppm::NEVER, |errors| errors.0), unsynced)
    });
    if disk.is_none() && node.durability.is_some() {
        let message = format!("`{name}` has a durability, but no disk");
        let problem = Problem::new(at.key("durability").name(), message);
        report.add(problem.help("add `\"disk\": {}`, or leave it out"));
    }
    NodeSpec {
        disk,
        durability: match (disk, node.durability) {
            (None, _) => Durability::Ideal,
            (Some(_), None) => Durability::DurableFirst,
            (Some(_), Some(durability)) => durability.into(),
        },
        name: name.to_owned(),
        uploads: node.uploads.map_or(Uploads::Untold, Into::into),
        announce: node.announce.map_or(Announce::All, Into::into),
        base,
        cap,
        clock: clock(node.clock),
        known_as: 0,
        present: true,
        hostile: node.hostile.unwrap_or(false),
        mutations: node.mutations.clone(),
        guest: node.guest.clone(),
        work: node.work.map_or(SpanRange::default(), |work| work.0),
    }
}

/// What only our own nodes have.
fn check_guest(name: &str, node: &file::Node, at: &At<'_>, report: &mut Report) {
    let Some(guest) = &node.guest else {
        if node.work.is_some() {
            let problem = Problem::new(at.key("work").name(), format!("`{name}` is no guest"));
            let problem = problem.expected("a node with a `guest`");
            report.add(problem.help("leave it out: cosim's own nodes never look how long their work takes"));
        }
        return;
    };
    let known = guest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@/+".contains(&byte));
    if guest.is_empty() || !known || guest.len() > GUEST_NAME_MAX {
        let problem = Problem::new(at.key("guest").value(), "this cannot be what a guest is called");
        report.add(
            problem
                .expected("letters, digits and -_.@/+")
                .help("`cojson@0.20.19`, or a name that `--guest NAME=COMMAND` explains"),
        );
    }
    let ours = [
        ("announce", node.announce.is_some()),
        ("base", node.base.is_some()),
        ("cap", node.cap.is_some()),
        ("uploads", node.uploads.is_some()),
        ("claims", node.claims.is_some()),
        ("hostile", node.hostile.is_some()),
        ("mutations", !node.mutations.is_empty()),
        ("format", node.format.is_some()),
    ];
    for (field, _) in ours.into_iter().filter(|(_, given)| *given) {
        let problem =
            Problem::new(at.key(field).name(), format!("`{name}` is a guest, which has no `{field}`"));
        report.add(problem.help("leave it out: only cosim's own nodes have it"));
    }
    check_guest_disk(name, node, at, report);
}

/// What a guest commits is done when it goes on, and what it makes of that its own business.
fn check_guest_disk(name: &str, node: &file::Node, at: &At<'_>, report: &mut Report) {
    let disk = node.disk.unwrap_or_default();
    for (field, _) in [("latency", disk.latency.is_some()), ("errors", disk.errors.is_some())]
        .into_iter()
        .filter(|(_, given)| *given)
    {
        let message = format!("`{name}` is a guest, whose disk has no `{field}`");
        let problem = Problem::new(at.key("disk").key(field).name(), message);
        report.add(problem.help("leave it out: what a guest commits is done when it goes on"));
    }
    match node.durability {
        None | Some(file::Durability::SendFirstReuse) => {}
        Some(file::Durability::DurableFirst | file::Durability::SendFirst) => {
            let message = format!("`{name}` is a guest, which has a durability of its own");
            let problem = Problem::new(at.key("durability").value(), message);
            report.add(problem.expected("`send-first-reuse`, or nothing").help(
                "leave it out; `send-first-reuse` lets its app go on in its session from an old copy of the disk",
            ));
        }
    }
}

/// How long the name of a guest may be.
const GUEST_NAME_MAX: usize = 100;

fn clock(clock: Option<file::Clock>) -> Clock {
    let file::Clock { skew, drift, resolution } = clock.unwrap_or_default();
    let clock = Clock::new(skew.unwrap_or_default().0, drift.unwrap_or_default().0);
    resolution.map_or(clock, |resolution| clock.with_resolution(resolution.0))
}

/// Mutations that there were, and where in the bug bench the same fault is now.
const REMOVED_MUTATIONS: [(&str, &str); 9] = [
    ("every-correction-lowers", "62-every-correction-lowers"),
    ("load-drops-flight", "63-load-drops-flight"),
    ("done-once", "64-done-once"),
    ("repeat-corrections", "65-repeat-corrections"),
    ("relay-wants-live", "66-relay-wants-live"),
    ("load-is-no-verdict", "67-load-is-no-verdict"),
    ("mute-forgotten", "68-mute-forgotten"),
    ("ask-all-sources", "69-ask-all-sources"),
    ("swallow-storage-errors", "70-swallow-storage-errors"),
];

fn check_mutation(mutation: &str, at: &At<'_>, report: &mut Report) {
    if mutation.parse::<Mutation>().is_ok() {
        return;
    }
    let removed = REMOVED_MUTATIONS.iter().find(|(name, _)| *name == mutation);
    if let Some((name, patch)) = removed {
        let problem = Problem::new(at.value(), format!("the mutation `{name}` is gone"));
        report.add(problem.help(format!("it is a patch of the bug bench now: sim/bugs/{patch}.patch")));
        return;
    }
    let known_mutations = || Mutation::ALL.iter().map(|mutation| mutation.name());
    let problem = Problem::new(at.value(), format!("unknown mutation {}", file::quoted(mutation)));
    let list = || format!("the mutations are {}", known_mutations().collect::<Vec<_>>().join(", "));
    let help = report.did_you_mean(mutation, known_mutations()).unwrap_or_else(list);
    report.add(problem.help(help));
}
