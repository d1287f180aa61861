//! Who is there when: nothing can be asked of a node that has not joined yet or has left.
//!
//! What `cosim freeze` wrote is taken as it is. It says what happened, and that may be that something had no effect.

use super::super::{At, Place, Problem, Report, file};
use std::collections::BTreeMap;

/// Where a node joined or left, by the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Absent,
    Joined(usize),
    Left(usize),
}

pub(super) fn check(file: &file::Scenario, report: &mut Report) {
    if file.origin.is_some() {
        return;
    }
    let root = At::Root;
    let at = root.key("timeline");
    let joins = file.timeline.iter().filter_map(|entry| entry.join.as_ref());
    let mut presences: BTreeMap<&str, Presence> =
        joins.map(|join| (join.node.as_str(), Presence::Absent)).collect();
    for (index, entry) in file.timeline.iter().enumerate() {
        let at = at.index(index);
        if let Some(join) = &entry.join {
            let place = at.key("join").key("node").value();
            match presences.insert(&join.node, Presence::Joined(index)) {
                Some(Presence::Joined(first)) => {
                    let message = format!("`{}` joins a second time", join.node);
                    let problem = Problem::new(place, message);
                    report.add(
                        problem
                            .expected(format!("it is there since timeline[{first}]"))
                            .help("a node joins once: let it restart, or give the second a name of its own"),
                    );
                }
                Some(Presence::Left(_)) => report.add(gone(&join.node, "joins", place)),
                _ => {}
            }
            continue;
        }
        if let Some(leave) = &entry.leave {
            let place = at.key("leave").key("node").value();
            match presences.get(leave.node.as_str()) {
                Some(Presence::Left(first)) => {
                    let problem = Problem::new(place, format!("`{}` leaves a second time", leave.node));
                    report.add(
                        problem
                            .expected(format!("it has left for good in timeline[{first}]"))
                            .help("take one of the two away"),
                    );
                }
                Some(Presence::Absent) => report.add(absent(&leave.node, "leaves", place)),
                Some(Presence::Joined(_)) | None => {
                    presences.insert(&leave.node, Presence::Left(index));
                }
            }
            continue;
        }
        for (node, place) in entry.needs(&at) {
            match presences.get(node) {
                Some(Presence::Absent) => report.add(absent(node, "is asked for something", place)),
                Some(Presence::Left(_)) => report.add(gone(node, "is asked for something", place)),
                Some(Presence::Joined(_)) | None => {}
            }
        }
        for (node, place) in entry.prepares(&at) {
            if let Some(Presence::Left(_)) = presences.get(node) {
                report.add(gone(node, "has a clock or links to change", place));
            }
        }
    }
}

fn absent(node: &str, what: &str, place: Place) -> Problem {
    let problem = Problem::new(place, format!("`{node}` {what} before it joins"));
    problem.expected("a node that is there").help("a node with an entry `join` is not there until then")
}

fn gone(node: &str, what: &str, place: Place) -> Problem {
    let problem = Problem::new(place, format!("`{node}` {what} after it has left"));
    problem
        .expected("a node that is there")
        .help("`leave` is for good: for a node that comes back use `restart`, `pause` or `offline`")
}

impl file::Entry {
    /// The nodes that must be there for an entry to make sense, and where it names them.
    pub(in crate::scenario::resolve) fn needs<'a>(&'a self, at: &At<'_>) -> Vec<(&'a str, Place)> {
        let nodes = [
            ("restart", self.restart.as_ref().map(|outage| &outage.node)),
            ("wipe", self.wipe.as_ref().map(|outage| &outage.node)),
            ("crash", self.crash.as_ref().map(|crash| &crash.node)),
            ("back_up", self.back_up.as_ref().map(|copy| &copy.node)),
            ("restore", self.restore.as_ref().map(|restore| &restore.node)),
            ("pause", self.pause.as_ref().map(|pause| &pause.node)),
            ("offline", self.offline.as_ref().map(|spell| &spell.node)),
            ("stall", self.stall.as_ref().map(|stall| &stall.node)),
            ("disk_full", self.disk_full.as_ref().map(|disk| &disk.node)),
            ("disk_room", self.disk_room.as_ref().map(|disk| &disk.node)),
            ("fail_writes", self.fail_writes.as_ref().map(|writes| &writes.node)),
            ("rot", self.rot.as_ref().map(|rot| &rot.node)),
        ];
        let command = self.command().map(|(kind, node)| (kind, Some(node)));
        let mut needed: Vec<_> = nodes
            .into_iter()
            .chain(command)
            .filter_map(|(kind, node)| Some((node?.as_str(), at.key(kind).key("node").value())))
            .collect();
        if let Some(attack) = &self.attack {
            needed.push((&attack.on, at.key("attack").key("on").value()));
        }
        if let Some(half_open) = &self.half_open {
            needed.push((&half_open.node, at.key("half_open").key("node").value()));
            needed.push((&half_open.peer, at.key("half_open").key("peer").value()));
        }
        for (kind, ends) in [("connect", &self.connect), ("disconnect", &self.disconnect)] {
            for (end, node) in ends.iter().flat_map(|ends| ends.between.iter().enumerate()) {
                needed.push((node, at.key(kind).key("between").index(end).value()));
            }
        }
        needed
    }

    /// The nodes of which a clock or a link changes, which may be before they join, and where the entry names them.
    fn prepares<'a>(&'a self, at: &At<'_>) -> Vec<(&'a str, Place)> {
        let mut changed = Vec::new();
        if let Some(clock) = &self.clock {
            changed.push((clock.node.as_str(), at.key("clock").key("node").value()));
        }
        let partition = self.partition.as_ref().map(|it| (&it.between, it.from.as_ref(), it.to.as_ref()));
        let heal = self.heal.as_ref().map(|it| (&it.between, it.from.as_ref(), it.to.as_ref()));
        let release = self.release.as_ref().map(|it| (&it.between, it.from.as_ref(), it.to.as_ref()));
        let links = [
            ("network", self.network.as_ref().map(|it| (&it.between, None, None))),
            ("partition", partition),
            ("heal", heal),
            ("release", release),
            ("hold", self.hold.as_ref().map(|it| (&it.between, it.from.as_ref(), it.to.as_ref()))),
            ("drop", self.drop.as_ref().map(|it| (&it.between, it.from.as_ref(), it.to.as_ref()))),
        ];
        for (kind, link) in links {
            let Some((between, from, to)) = link else { continue };
            let at = at.key(kind);
            for (end, node) in between.iter().flatten().enumerate() {
                changed.push((node, at.key("between").index(end).value()));
            }
            changed.extend(from.map(|node| (node.as_str(), at.key("from").value())));
            changed.extend(to.map(|node| (node.as_str(), at.key("to").value())));
        }
        changed
    }
}
