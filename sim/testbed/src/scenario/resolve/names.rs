//! The names of nodes, CoValues and links, and what they stand for.

use super::{At, Problem, Report, each_workload, file};
use crate::scenario::Kind;
use crate::scenario::act::{Act, To};
use crate::scenario::file::KINDS;
use crate::scenario::place::Place;
use crate::scenario::{GENERATED_BACKUP, MAX_CO_VALUES, MAX_NAME_BYTES};
use cosim_core::view::Dialect;
use std::collections::BTreeMap;
use std::iter;

/// What a copy of a disk is called where the file does not say.
const BACKUP: &str = "backup";

/// What a copy of a disk is called.
pub(in crate::scenario) fn backup_name(name: Option<&str>) -> &str {
    name.unwrap_or(BACKUP)
}

/// What each name stands for.
pub(in crate::scenario) struct Names<'a> {
    nodes: Vec<&'a str>,
    /// By whose rules views are made, where nothing else is said of a node.
    dialect: Dialect,
    /// By whose rules the app of each node reads and writes.
    dialects: Vec<Dialect>,
    co_values: Vec<&'a str>,
    /// The index of each link, by its ends.
    links: BTreeMap<[u32; 2], u32>,
    /// What the file says of each CoValue that it says more of.
    described: BTreeMap<&'a str, &'a file::CoValue>,
    /// Whether each node has a disk.
    disks: Vec<bool>,
    /// Whether each node is hostile.
    hostile: Vec<bool>,
    /// The guest that plays each node, where one does.
    guests: Vec<Option<&'a str>>,
    /// Whether one of them may speak another protocol than CoJSON.
    speaks_other: bool,
    /// The names of copies that are taken of disks, sorted, once.
    backups: Vec<&'a str>,
    /// Whether every link of the file is in `links`; else nothing is said of a missing one.
    links_complete: bool,
}

impl<'a> Names<'a> {
    /// By whose rules views are made, where nothing else is said of a node.
    pub(in crate::scenario) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// By whose rules the app of a node reads and writes: of one that there is not, as of most.
    pub(in crate::scenario) fn dialect_of(&self, node: &str) -> Dialect {
        let place = self.nodes.binary_search(&node).ok();
        place.and_then(|place| self.dialects.get(place)).copied().unwrap_or(self.dialect)
    }

    /// What to do where the app of a node is to do what only today's rules have.
    pub(in crate::scenario) fn how_to_be_new(&self, node: &str) -> String {
        if self.dialect == Dialect::V0_7 {
            "write `\"format\": \"0.20\"` at the top for today's rules".to_owned()
        } else {
            format!(
                "`{node}` goes by older rules than the scenario: name another node, or take its `format` away"
            )
        }
    }

    /// Gathers the names of nodes and of all CoValues that are mentioned anywhere.
    pub(in crate::scenario) fn new(file: &'a file::Scenario, report: &mut Report) -> Names<'a> {
        let nodes = file.nodes.keys().map(String::as_str).collect();
        let co_values = mentions(file, report);
        let disks = file.nodes.values().map(|node| node.disk.is_some()).collect();
        let hostile = file.nodes.values().map(|node| node.hostile == Some(true)).collect();
        let is_other = |node: &file::Node| node.guest.as_ref().is_some_and(|it| !it.starts_with("cojson@"));
        let speaks_other = file.nodes.values().any(is_other);
        let guests = file.nodes.values().map(|node| node.guest.as_deref()).collect();
        check_backups(file, report);
        let mut backups: Vec<&str> =
            file.timeline.iter().filter_map(|entry| copied(&entry.act)).map(backup_name).collect();
        backups.sort_unstable();
        backups.dedup();
        let described = file.co_values.iter().map(|(name, co_value)| (name.as_str(), co_value)).collect();
        let dialect = file.format.unwrap_or_default().into();
        let dialects = file.nodes.values().map(|node| node.format.map_or(dialect, Into::into)).collect();
        Names {
            nodes,
            dialect,
            dialects,
            co_values,
            described,
            disks,
            hostile,
            guests,
            speaks_other,
            backups,
            links: BTreeMap::new(),
            links_complete: true,
        }
    }

    /// Adds the links, in order of their ends.
    pub(in crate::scenario) fn set_links(&mut self, ends: impl Iterator<Item = [u32; 2]>, complete: bool) {
        self.links = ends.zip(0..).collect();
        self.links_complete = complete;
    }

    pub(in crate::scenario) fn node_name(&self, node: u32) -> &'a str {
        self.nodes[node as usize]
    }

    pub(in crate::scenario) fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is a node of that name.
    pub(in crate::scenario) fn knows_node(&self, name: &str) -> bool {
        self.nodes.binary_search(&name).is_ok()
    }

    /// The node called `name`, or a problem.
    pub(in crate::scenario) fn node(&self, name: &str, at: &At<'_>, report: &mut Report) -> Option<u32> {
        if let Ok(index) = self.nodes.binary_search(&name) {
            return u32::try_from(index).ok();
        }
        let problem = Problem::new(at.value(), format!("unknown node {}", file::quoted(name)));
        let close = report.did_you_mean(name, self.nodes.iter().copied());
        let help = close.unwrap_or_else(|| "add it to `nodes`, or name one that is there".to_owned());
        report.add(problem.expected("expected a name of `nodes`").help(help));
        None
    }

    fn described(&self, co_value: u32) -> Option<&'a file::CoValue> {
        self.described.get(*self.co_values.get(co_value as usize)?).copied()
    }

    /// What the file says of a CoValue, then of its source where it is a branch, and so on.
    fn lineage(&self, co_value: u32) -> impl Iterator<Item = &'a file::CoValue> {
        let source = |of: &&'a file::CoValue| self.described.get(of.branch_of.as_deref()?).copied();
        // Who is a branch of itself is one for ever.
        iter::successors(self.described(co_value), source).take(self.described.len())
    }

    /// What a CoValue is, where the file says so: a branch is what its source is.
    pub(in crate::scenario) fn kind(&self, co_value: u32) -> Option<Kind> {
        self.lineage(co_value).find_map(|co_value| co_value.kind)
    }

    /// The CoValue of which one is a branch.
    pub(in crate::scenario) fn branch_of(&self, co_value: u32) -> Option<u32> {
        self.co_value(self.described(co_value)?.branch_of.as_deref()?)
    }

    /// The group that owns a CoValue: a branch that of its source, where nothing else is said.
    pub(in crate::scenario) fn owner(&self, co_value: u32) -> Option<&'a str> {
        self.lineage(co_value).find_map(|co_value| co_value.owner.as_deref())
    }

    /// The CoValues of which the file says more than their names.
    pub(in crate::scenario) fn described_names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.described.keys().copied()
    }

    /// The first admin of a group.
    pub(in crate::scenario) fn admin(&self, co_value: u32) -> Option<&'a str> {
        self.described(co_value)?.admin.as_deref()
    }

    /// Whether a group owns a CoValue.
    pub(in crate::scenario) fn is_owned(&self, co_value: u32) -> bool {
        self.owner(co_value).is_some()
    }

    /// Whether a message may be called so: those of guests have names of their own.
    pub(in crate::scenario) fn is_kind(&self, kind: &str) -> bool {
        self.speaks_other || KINDS.contains(&kind)
    }

    /// The guest that plays a node, if one does.
    pub(in crate::scenario) fn guest(&self, node: u32) -> Option<&'a str> {
        self.guests.get(node as usize).copied().flatten()
    }

    /// Whether a guest plays a node.
    pub(in crate::scenario) fn is_guest(&self, node: u32) -> bool {
        self.guest(node).is_some()
    }

    /// Whether a node whose process ends still has what it held: all but guests without a disk do.
    pub(in crate::scenario) fn keeps(&self, node: u32) -> bool {
        self.has_disk(node) || !self.is_guest(node)
    }

    /// Whether what is written to a CoValue is encrypted, where an entry does not say.
    pub(in crate::scenario) fn is_private(&self, co_value: u32) -> bool {
        self.lineage(co_value).find_map(|co_value| co_value.private) == Some(true)
    }

    pub(in crate::scenario) fn has_disk(&self, node: u32) -> bool {
        self.disks.get(node as usize).copied().unwrap_or(false)
    }

    pub(in crate::scenario) fn is_hostile(&self, node: u32) -> bool {
        self.hostile.get(node as usize).copied().unwrap_or(false)
    }

    /// The copy of that name, where one is ever taken.
    pub(in crate::scenario) fn backup(&self, name: Option<&str>) -> Option<u32> {
        let found = self.backups.binary_search(&backup_name(name)).ok()?;
        u32::try_from(found).ok()
    }

    pub(in crate::scenario) fn backups(&self) -> Vec<String> {
        self.backups.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The CoValue called `name`.
    pub(in crate::scenario) fn co_value(&self, name: &str) -> Option<u32> {
        self.co_values.binary_search(&name).ok().and_then(|index| u32::try_from(index).ok())
    }

    /// The link between two nodes, and whether they are named in the order of its ends; or a problem.
    pub(in crate::scenario) fn link(
        &self,
        names: [&str; 2],
        at: [&At<'_>; 2],
        report: &mut Report,
    ) -> Option<(u32, bool)> {
        let first = self.node(names[0], at[0], report);
        let second = self.node(names[1], at[1], report);
        let (first, second) = (first?, second?);
        if let Some(&link) = self.links.get(&[first.min(second), first.max(second)]) {
            return Some((link, first < second));
        }
        if self.links_complete {
            let problem = Problem::new(
                at[1].value(),
                format!("there is no link between `{}` and `{}`", names[0], names[1]),
            );
            report.add(problem.help(self.linked_to(first)));
        }
        None
    }

    fn linked_to(&self, node: u32) -> String {
        const MOST: usize = 5;
        let others = self.links.keys().filter(|ends| ends.contains(&node));
        let others = others.map(|&[a, b]| format!("`{}`", self.node_name(if a == node { b } else { a })));
        let others = others.take(MOST).collect::<Vec<_>>().join(", ");
        let name = self.node_name(node);
        if others.is_empty() {
            "add it to `links`".to_owned()
        } else {
            format!("`{name}` is linked to {others}")
        }
    }

    pub(in crate::scenario) fn co_values(&self) -> &[&'a str] {
        &self.co_values
    }

    pub(in crate::scenario) fn into_co_values(self) -> Vec<String> {
        self.co_values.into_iter().map(str::to_owned).collect()
    }
}

/// What a copy that is taken is called, if the file says so.
fn copied(act: &Act) -> Option<Option<&str>> {
    let Act::BackUp(copy) = act else { return None };
    Some(copy.backup.as_deref())
}

/// The names of copies are plain, and none is that of a generated one.
fn check_backups(file: &file::Scenario, report: &mut Report) {
    let generated = file.faults.as_ref().and_then(|faults| faults.restores).unwrap_or(0);
    let root = At::Root;
    let at = root.key("timeline");
    for (index, entry) in file.timeline.iter().enumerate() {
        let Some(Some(backup)) = copied(&entry.act) else { continue };
        let place = at.index(index).key("back_up").key("backup").value();
        check_name(backup, "a copy", place.clone(), report);
        let number = backup.strip_prefix(GENERATED_BACKUP).and_then(|number| number.parse::<u32>().ok());
        if number.is_some_and(|number| (1..=generated).contains(&number)) {
            let message = format!("{} is the name of a generated copy", file::quoted(backup));
            report.add(Problem::new(place, message).help("choose another, or leave it out"));
        }
    }
}

/// Every CoValue that is mentioned, sorted, once.
fn mentions<'a>(file: &'a file::Scenario, report: &mut Report) -> Vec<&'a str> {
    let root = At::Root;
    let mut seen = BTreeMap::new();
    let mut mention = |name: &'a str, at: At<'_>| {
        // In this section alone names are keys.
        let is_key = matches!(at, At::Key(At::Key(At::Root, "co_values"), _));
        seen.entry(name).or_insert_with(|| if is_key { at.name() } else { at.value() });
    };
    for (name, node) in &file.nodes {
        if let Some(account) = &node.account {
            mention(account, root.key("nodes").key(name).key("account"));
        }
    }
    for (name, co_value) in &file.co_values {
        let at = root.key("co_values");
        mention(name, at.key(name));
        if let Some(owner) = &co_value.owner {
            mention(owner, at.key(name).key("owner"));
        }
        if let Some(source) = &co_value.branch_of {
            mention(source, at.key(name).key("branch_of"));
        }
        for (index, need) in co_value.depends_on.iter().enumerate() {
            mention(need, at.key(name).key("depends_on").index(index));
        }
    }
    let at = root.key("timeline");
    for (index, entry) in file.timeline.iter().enumerate() {
        for reference in entry.act.refs() {
            let field = if reference.to == To::CoValue {
                "id"
            } else if reference.to == To::Parent {
                "parent"
            } else {
                continue;
            };
            mention(reference.name, at.index(index).key(entry.act.key()).key(field));
        }
    }
    each_workload(file, |at, workload| {
        for (index, id) in workload.co_values.iter().enumerate() {
            mention(id, at.key("co_values").index(index));
        }
    });
    if let Some(recording) = &file.recording {
        mention(&recording.id, root.key("recording").key("id"));
    }
    let at = root.key("expect");
    let of_unmet = at.key("unmet");
    let met = file.expect.iter().map(|it| (&at, &it.loads, &it.views, &it.content));
    let unmet = file.expect.iter().filter_map(|it| it.unmet.as_ref());
    let unmet = unmet.map(|it| (&of_unmet, &it.loads, &it.views, &it.content));
    for (at, loads, views, content) in met.chain(unmet) {
        for (index, load) in loads.iter().enumerate() {
            mention(&load.id, at.key("loads").index(index).key("id"));
        }
        for (index, view) in views.iter().enumerate() {
            mention(&view.id, at.key("views").index(index).key("id"));
        }
        for (index, content) in content.iter().enumerate() {
            mention(&content.id, at.key("content").index(index).key("id"));
        }
    }
    let drawn = each_workload(file, |at, workload| (workload.co_values.len(), at.key("co_values").name()));
    // Of equal ones, the first.
    let drawn = drawn.into_iter().rev().max_by_key(|(number, _)| *number);
    let (drawn, place_of_drawn) = drawn.unwrap_or((0, root.key("workload").name()));
    let place = match file.co_values.len() {
        described if described > file.timeline.len().max(drawn) => root.key("co_values").name(),
        _ if drawn > file.timeline.len() => place_of_drawn,
        _ => root.key("timeline").name(),
    };
    report.limit(place, seen.len(), "CoValues", MAX_CO_VALUES);
    for (name, place) in &seen {
        check_name(name, "a CoValue", place.clone(), report);
    }
    seen.into_keys().collect()
}

/// Names stand in logs, addresses and printed commands: they are kept plain.
pub(in crate::scenario) fn check_name(name: &str, what: &str, place: Place, report: &mut Report) {
    check_name_up_to(MAX_NAME_BYTES, name, what, place, report);
}

pub(in crate::scenario) fn check_name_up_to(
    limit: usize,
    name: &str,
    what: &str,
    place: Place,
    report: &mut Report,
) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let message = if name.is_empty() {
        format!("the name of {what} is empty")
    } else if name.len() > limit {
        format!("the name of {what} has {} bytes", name.len())
    } else if !name.bytes().all(plain) {
        format!("{} cannot be the name of {what}", file::quoted(name))
    } else {
        return;
    };
    let help = if name.contains(['{', '}']) {
        "a range in braces stands for many names where nodes are named, and in the lists of `workload`: here, write one name"
            .to_owned()
    } else {
        format!("a name is made of letters, digits, `-`, `_` and `.`, at most {limit} bytes")
    };
    report.add(Problem::new(place, message).help(help));
}
