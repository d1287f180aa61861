//! What is said of CoValues: what they are, who owns them, and what they depend on.

use super::branches;
use super::drawn;
use super::names::Names;
use super::{At, Problem, Report, file};
use crate::cojson::{CoValueSpec, Kind};
use crate::host::NodeId;
use crate::scenario::act::To;
use crate::scenario::place::Place;
use crate::scenario::suggest::{closest, question};
use cosim_core::CoId;
use std::collections::BTreeSet;

/// How many bytes the name in a group's header may have.
const DISPLAY_NAME_MAX: usize = 200;

/// What is given of each CoValue.
pub(super) fn co_values(file: &file::Scenario, names: &Names<'_>, report: &mut Report) -> Vec<CoValueSpec> {
    let spec = |name: &&str| CoValueSpec { name: (*name).to_owned(), ..CoValueSpec::default() };
    let mut all: Vec<CoValueSpec> = names.co_values().iter().map(spec).collect();
    let root = At::Root;
    let section = root.key("co_values");
    for (name, co_value) in &file.co_values {
        let Some(index) = names.co_value(name) else { continue };
        let at = section.key(name);
        let mut depends_on = depends_on(name, co_value, names, &at, report);
        let owner = owner(name, co_value, names, &at, report);
        if let Some(owner) = owner.filter(|owner| !depends_on.contains(owner)) {
            depends_on.push(owner);
        }
        let source = branches::source(name, co_value, names, &at, report);
        if let Some(source) = source.filter(|source| !depends_on.contains(source)) {
            depends_on.push(source);
        }
        let admin = admin(name, co_value, names, &at, report);
        check_header(name, co_value, &at, report);
        check_restriction(name, co_value, &at, report);
        check_display_name(name, co_value, &at, report);
        all[index as usize] = CoValueSpec {
            name: name.clone(),
            kind: names.kind(index),
            owner,
            admin,
            display_name: co_value.display_name.clone(),
            branch_of: source,
            private: names.is_private(index),
            restrict_deletion: co_value.restrict_deletion == Some(true),
            header: co_value.header.clone().map(serde_json::Value::Object),
            depends_on,
            is_parent: false,
            invites: Vec::new(),
        };
    }
    for reference in file.timeline.iter().flat_map(|entry| entry.act.refs()) {
        let parent = names.co_value(reference.name).filter(|_| reference.to == To::Parent);
        if let Some(spec) = parent.and_then(|parent| all.get_mut(parent as usize)) {
            spec.is_parent = true;
        }
    }
    drawn::parents(file, names, &mut all);
    let invited = || file.timeline.iter().filter_map(|entry| entry.act.invited());
    for (group, secret) in invited().filter(|(_, secret)| !drawn::is_drawn(secret)) {
        let spec = names.co_value(group).and_then(|group| all.get_mut(group as usize));
        if let Some(spec) = spec.filter(|spec| !spec.invites.contains(secret)) {
            spec.invites.push(secret.clone());
        }
    }
    drawn::invites(file, invited().any(|(_, secret)| drawn::is_drawn(secret)), &mut all);
    check_circles(&all, names, report);
    all
}

fn depends_on(
    name: &str,
    co_value: &file::CoValue,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Vec<CoId> {
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    let section = at.key("depends_on");
    for (index, need) in co_value.depends_on.iter().enumerate() {
        let place = section.index(index).value();
        if need == name {
            let problem = Problem::new(place, format!("{} depends on itself", file::quoted(name)));
            report.add(problem.help("leave it out"));
        } else if !seen.insert(need) {
            let problem = Problem::new(place, format!("{} is in the list twice", file::quoted(need)));
            report.add(problem.help("keep one"));
        } else if let Some(need) = names.co_value(need) {
            found.push(CoId(need));
        }
    }
    found
}

/// The group that owns a CoValue.
fn owner(
    name: &str,
    co_value: &file::CoValue,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Option<CoId> {
    let number = names.co_value(name)?;
    let Some(owner) = names.owner(number) else {
        if co_value.private == Some(true) {
            let (message, help) = if names.kind(number) == Some(Kind::Group) {
                let message = format!("`{name}` is a group, and who is a member of it is no secret");
                (message, "leave `private` out; one `set` of a group may be private")
            } else {
                let message = format!("`{name}` has no owner, so nobody has a key for what is private in it");
                (message, "name its `owner`, a group")
            };
            report.add(Problem::new(at.key("private").value(), message).help(help));
        }
        return None;
    };
    let place = if co_value.owner.is_some() { at.key("owner").value() } else { at.name() };
    let kind = names.kind(number);
    let number = names.co_value(owner)?;
    match kind {
        None => report.add(without_kind(name, Kind::Map, at.name())),
        Some(Kind::Group) => {
            let problem = Problem::new(place, format!("`{name}` is a group, and has an owner"));
            report.add(problem.expected("no owner").help("a group keeps its own members"));
        }
        Some(_) if names.kind(number) != Some(Kind::Group) => {
            let problem = Problem::new(place, format!("`{owner}` is no group"));
            let help = group_help(owner, names);
            report.add(problem.expected("the name of a group").help(help));
        }
        Some(_) => {}
    }
    Some(CoId(number))
}

/// What to do about a name that is to be that of a group, and is not.
pub(in crate::scenario) fn group_help(name: &str, names: &Names<'_>) -> String {
    let is_group = |number: &u32| names.kind(*number) == Some(Kind::Group);
    let groups = (0..).zip(names.co_values()).filter(|(number, _)| is_group(number)).map(|(_, name)| *name);
    closest(name, groups).map_or_else(
        || format!("make it one: `\"{name}\": {{ \"kind\": \"group\", \"admin\": … }}`"),
        question,
    )
}

/// The first admin of a group.
fn admin(
    name: &str,
    co_value: &file::CoValue,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Option<NodeId> {
    match (&co_value.admin, co_value.kind == Some(Kind::Group)) {
        (Some(admin), true) => names.node(admin, &at.key("admin"), report).map(NodeId),
        (None, true) => {
            let problem = Problem::new(at.name(), format!("the group `{name}` has no admin"));
            report.add(problem.help("name the node that creates it: `\"admin\": …`"));
            None
        }
        (Some(_), false) => {
            let problem = Problem::new(at.key("admin").name(), format!("`{name}` is no group"));
            report.add(problem.help("only a group has an admin: leave it out"));
            None
        }
        (None, false) => None,
    }
}

/// A header that is given word for word is one that anybody may write: keys and owners are the scenario's own.
fn check_header(name: &str, co_value: &file::CoValue, at: &At<'_>, report: &mut Report) {
    let Some(header) = &co_value.header else { return };
    let place = at.key("header");
    let kind = header.get("type").and_then(serde_json::Value::as_str);
    let Some(wanted) = co_value.kind else {
        report.add(without_kind(name, Kind::Map, at.name()));
        return;
    };
    if kind != Some(wanted.header_type()) {
        let message = format!("the header of `{name}` has another type than a {}", wanted.name());
        let problem = Problem::new(place.value(), message);
        report.add(
            problem
                .expected(format!("`\"type\": \"{}\"`", wanted.header_type()))
                .help("its `kind` says what it is, its header must agree"),
        );
    }
    let ruleset = header.get("ruleset").and_then(|ruleset| ruleset.get("type")?.as_str());
    if ruleset != Some("unsafeAllowAll") || co_value.owner.is_some() || co_value.admin.is_some() {
        let message = format!("the header of `{name}` says who may write it");
        let problem = Problem::new(place.value(), message);
        report.add(problem.expected("the ruleset `unsafeAllowAll`, no `owner` and no `admin`").help(
            "leave the header out, and give an owner: the agents here are not those of another header",
        ));
    }
}

/// Only from lists and texts something is deleted that others go by, and only an owner says who may.
fn check_restriction(name: &str, co_value: &file::CoValue, at: &At<'_>, report: &mut Report) {
    if co_value.restrict_deletion != Some(true) {
        return;
    }
    let at = at.key("restrict_deletion");
    let Some(kind) = co_value.kind else { return report.add(without_kind(name, Kind::List, at.value())) };
    if !matches!(kind, Kind::List | Kind::Text) {
        let problem = Problem::new(at.value(), format!("`{name}` is a {}", kind.name()));
        report.add(problem.expected("a list or a text").help("only from these deletion can be restricted"));
    } else if co_value.owner.is_none() {
        let message = format!("`{name}` has no owner, so nobody is an admin of it who could delete");
        report.add(Problem::new(at.value(), message).help("name its `owner`, a group"));
    }
}

/// Only the header of a group has a name.
fn check_display_name(name: &str, co_value: &file::CoValue, at: &At<'_>, report: &mut Report) {
    let Some(display_name) = &co_value.display_name else { return };
    let place = at.key("display_name");
    if co_value.kind != Some(Kind::Group) {
        let problem = Problem::new(place.name(), format!("`{name}` is no group"));
        report.add(problem.help("only a group's header has a name: leave it out"));
    } else if display_name.is_empty() || display_name.len() > DISPLAY_NAME_MAX {
        let message = format!("the name of `{name}` has {} bytes", display_name.len());
        let problem = Problem::new(place.value(), message);
        let problem = problem.expected(format!("1 to {DISPLAY_NAME_MAX}"));
        report.add(problem.help("say how people call the group, or leave it out"));
    }
}

/// For what is said of a CoValue that has no kind, and goes well with one of this kind.
pub(in crate::scenario) fn without_kind(name: &str, kind: Kind, place: Place) -> Problem {
    let problem = Problem::new(place, format!("`{name}` has no kind, so nothing is known of what it shows"));
    let admin = if kind == Kind::Group { ", \"admin\": …" } else { "" };
    let kind = kind.name();
    problem
        .help(format!("say what it is: `\"co_values\": {{ \"{name}\": {{ \"kind\": \"{kind}\"{admin} }} }}`"))
}

/// A header names what was there before it, so headers never depend on each other in a circle.
fn check_circles(all: &[CoValueSpec], names: &Names<'_>, report: &mut Report) {
    let mut left: BTreeSet<usize> = (0..all.len()).collect();
    loop {
        let free: Vec<usize> = left
            .iter()
            .copied()
            .filter(|at| all[*at].depends_on.iter().all(|need| !left.contains(&(need.0 as usize))))
            .collect();
        if free.is_empty() {
            break;
        }
        free.iter().for_each(|at| {
            left.remove(at);
        });
    }
    if let Some(first) = left.first().and_then(|at| names.co_values().get(*at)) {
        let root = At::Root;
        let section = root.key("co_values");
        let place = section.key(first).name();
        let problem =
            Problem::new(place, format!("{} depends on itself through others", file::quoted(first)));
        report
            .add(problem.help("a header can only name CoValues that were there before it: break the circle"));
    }
}
