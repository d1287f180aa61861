//! The one operation of an entry.

use super::super::names::{Names, backup_name};
use super::super::{At, Problem, Report, conditions, file};
use crate::clock::ClockChange;
use crate::cojson::Change;
use crate::host::{DiskFault, Point};
use crate::scenario::{
    Action, AttackKind, Direction, Filter, FilterAct, MAX_FLOOD, MAX_LIES, MAX_TRANSACTION_BYTES,
    MAX_TRANSACTIONS,
};
use crate::world::PLACES;
use cosim_core::Span;

/// What an entry does, and how it is called if the file gives it no name.
pub(super) struct Chosen {
    pub(super) action: Action,
    pub(super) usual_name: String,
}

/// The operation of an entry; `None` with a problem where there is none, more than one or a mistaken one.
pub(super) fn choose(
    entry: &file::Entry,
    names: &Names<'_>,
    (filters, changes): (&mut Vec<Filter>, &mut Vec<Change>),
    at: &At<'_>,
    report: &mut Report,
) -> Option<Chosen> {
    let kinds = [
        ("create", entry.create.is_some()),
        ("edit", entry.edit.is_some()),
        ("set", entry.set.is_some()),
        ("delete", entry.delete.is_some()),
        ("insert", entry.insert.is_some()),
        ("remove", entry.remove.is_some()),
        ("push", entry.push.is_some()),
        ("splice", entry.splice.is_some()),
        ("add_member", entry.add_member.is_some()),
        ("remove_member", entry.remove_member.is_some()),
        ("load", entry.load.is_some()),
        ("done", entry.done.is_some()),
        ("connect", entry.connect.is_some()),
        ("disconnect", entry.disconnect.is_some()),
        ("partition", entry.partition.is_some()),
        ("heal", entry.heal.is_some()),
        ("half_open", entry.half_open.is_some()),
        ("hold", entry.hold.is_some()),
        ("release", entry.release.is_some()),
        ("drop", entry.drop.is_some()),
        ("restart", entry.restart.is_some()),
        ("wipe", entry.wipe.is_some()),
        ("crash", entry.crash.is_some()),
        ("back_up", entry.back_up.is_some()),
        ("restore", entry.restore.is_some()),
        ("stall", entry.stall.is_some()),
        ("disk_full", entry.disk_full.is_some()),
        ("disk_room", entry.disk_room.is_some()),
        ("fail_writes", entry.fail_writes.is_some()),
        ("rot", entry.rot.is_some()),
        ("pause", entry.pause.is_some()),
        ("offline", entry.offline.is_some()),
        ("join", entry.join.is_some()),
        ("leave", entry.leave.is_some()),
        ("clock", entry.clock.is_some()),
        ("attack", entry.attack.is_some()),
        ("network", entry.network.is_some()),
    ];
    let mut given = kinds.iter().filter(|(_, given)| *given).map(|&(kind, _)| kind);
    let Some(kind) = given.next() else {
        let all = kinds.map(|(kind, _)| kind).join(", ");
        let problem = Problem::new(at.value(), "an entry does nothing").expected("exactly one operation");
        report.add(problem.help(format!("the operations are {all}")));
        return None;
    };
    if let Some(second) = given.next() {
        let problem =
            Problem::new(at.key(second).name(), format!("an entry has both `{kind}` and `{second}`"));
        report.add(problem.expected("exactly one operation").help("write two entries with the same time"));
        return None;
    }
    let mut chooser = Chooser { kind, names, filters, changes, at: &at.key(kind), report };
    let subjects = entry.create.as_ref().or(entry.load.as_ref()).or(entry.done.as_ref());
    let ends = entry.connect.as_ref().or(entry.disconnect.as_ref());
    let cut = entry.partition.as_ref().or(entry.heal.as_ref()).or(entry.release.as_ref());
    let outage = entry.restart.as_ref().or(entry.wipe.as_ref());
    None.or_else(|| subjects.map(|subject| chooser.subject(subject)))
        .or_else(|| entry.edit.as_ref().map(|edit| chooser.edit(edit)))
        .or_else(|| chooser.change(entry))
        .or_else(|| ends.map(|ends| chooser.connection(ends)))
        .or_else(|| cut.map(|cut| chooser.partition(cut)))
        .or_else(|| entry.half_open.as_ref().map(|ends| chooser.half_open(ends)))
        .or_else(|| entry.hold.as_ref().map(|hold| chooser.filter(hold, FilterAct::Hold)))
        .or_else(|| entry.drop.as_ref().map(|drop| chooser.drop_messages(drop)))
        .or_else(|| outage.map(|outage| chooser.outage(outage)))
        .or_else(|| entry.crash.as_ref().map(|crash| chooser.crash(crash)))
        .or_else(|| entry.back_up.as_ref().map(|copy| chooser.back_up(copy)))
        .or_else(|| entry.restore.as_ref().map(|restore| chooser.restore(restore)))
        .or_else(|| disk_fault(entry).map(|(node, fault, spare)| chooser.disk(node, fault, spare)))
        .or_else(|| entry.pause.as_ref().map(|pause| chooser.pause(pause)))
        .or_else(|| entry.offline.as_ref().map(|spell| chooser.offline(spell)))
        .or_else(|| entry.join.as_ref().map(|join| chooser.join(join)))
        .or_else(|| entry.leave.as_ref().map(|leave| chooser.leave(leave)))
        .or_else(|| entry.clock.as_ref().map(|change| chooser.clock(change)))
        .or_else(|| entry.attack.as_ref().map(|attack| chooser.attack(attack)))
        .or_else(|| entry.network.as_ref().map(|change| chooser.network(change)))?
}

/// What an entry does to a disk.
fn disk_fault(entry: &file::Entry) -> Option<(&str, DiskFault, bool)> {
    let stall =
        entry.stall.as_ref().map(|stall| (stall.node.as_str(), DiskFault::Stall(stall.span.0), false));
    let full = entry.disk_full.as_ref().map(|of| (of.node.as_str(), DiskFault::Full, false));
    let room = entry.disk_room.as_ref().map(|of| (of.node.as_str(), DiskFault::Room, false));
    let fails = entry
        .fail_writes
        .as_ref()
        .map(|fails| (fails.node.as_str(), DiskFault::FailNext(fails.count.unwrap_or(1)), false));
    let rot = entry.rot.as_ref().map(|rot| {
        let place = rot.place.map_or(PLACES / 2, |place| place.0.get()).min(PLACES - 1);
        let fault = DiskFault::Rot { place, bit: rot.bit.unwrap_or(0) };
        (rot.node.as_str(), fault, rot.spare_last_copy.unwrap_or(false))
    });
    stall.or(full).or(room).or(fails).or(rot)
}

pub(super) struct Chooser<'a, 'n> {
    pub(super) kind: &'a str,
    pub(super) names: &'a Names<'n>,
    pub(super) filters: &'a mut Vec<Filter>,
    pub(super) changes: &'a mut Vec<Change>,
    pub(super) at: &'a At<'a>,
    pub(super) report: &'a mut Report,
}

impl Chooser<'_, '_> {
    fn subject(&mut self, subject: &file::Subject) -> Option<Chosen> {
        let node = self.names.node(&subject.node, &self.at.key("node"), self.report)?;
        let co_value = self.names.co_value(&subject.id)?;
        let action = match self.kind {
            "create" => {
                self.check_founder(subject, co_value);
                Action::Create { node, co_value }
            }
            "load" => Action::Load { node, co_value },
            _ => Action::Done { node, co_value },
        };
        Some(Chosen { action, usual_name: format!("{}-{}-{}", self.kind, subject.id, subject.node) })
    }

    /// A group is created by its first admin.
    fn check_founder(&mut self, subject: &file::Subject, co_value: u32) {
        if let Some(admin) = self.names.admin(co_value).filter(|admin| *admin != subject.node) {
            let message = format!("`{}` creates `{}`, whose admin is `{admin}`", subject.node, subject.id);
            let problem = Problem::new(self.at.key("node").value(), message);
            self.report
                .add(problem.expected(format!("`{admin}`")).help("a group is created by its first admin"));
        }
    }

    fn edit(&mut self, edit: &file::Edit) -> Option<Chosen> {
        let transactions = edit.transactions.unwrap_or(1);
        let size = edit.size.unwrap_or(100);
        check_edit([transactions; 2], [size; 2], self.at, self.report);
        let node = self.names.node(&edit.node, &self.at.key("node"), self.report)?;
        let co_value = self.names.co_value(&edit.id)?;
        let action = Action::Edit { node, co_value, transactions, size };
        Some(Chosen { action, usual_name: format!("edit-{}-{}", edit.id, edit.node) })
    }

    fn connection(&mut self, ends: &file::Between) -> Option<Chosen> {
        let (link, usual_name) = self.between(&ends.between)?;
        let action =
            if self.kind == "connect" { Action::Connect { link } } else { Action::Disconnect { link } };
        Some(Chosen { action, usual_name })
    }

    fn partition(&mut self, cut: &file::Where) -> Option<Chosen> {
        let (link, direction, usual_name) = self.way(&cut.between, &cut.from, &cut.to)?;
        let action = match self.kind {
            "partition" => Action::Partition { link, direction },
            "release" => Action::Release { link, direction },
            _ => Action::Heal { link, direction },
        };
        Some(Chosen { action, usual_name })
    }

    /// A link and the directions of it that an entry names, and the usual name of what happens to them.
    pub(super) fn way(
        &mut self,
        between: &Option<[String; 2]>,
        from: &Option<String>,
        to: &Option<String>,
    ) -> Option<(u32, Direction, String)> {
        match (between, from, to) {
            (Some(between), None, None) => {
                let (link, usual_name) = self.between(between)?;
                Some((link, Direction::Both, usual_name))
            }
            (None, Some(from), Some(to)) => {
                let at = [&self.at.key("from"), &self.at.key("to")];
                let (link, in_order) = self.names.link([from, to], at, self.report)?;
                let direction = if in_order { Direction::Forward } else { Direction::Backward };
                Some((link, direction, format!("{}-{from}-to-{to}", self.kind)))
            }
            _ => {
                let message = format!("`{}` needs either `between`, or `from` and `to`", self.kind);
                let problem = Problem::new(self.at.value(), message);
                self.report.add(problem.help(
                    "both ways: `\"between\": [\"alice\", \"server\"]`; one way: `\"from\": \"alice\", \"to\": \"server\"`",
                ));
                None
            }
        }
    }

    fn outage(&mut self, outage: &file::Outage) -> Option<Chosen> {
        let node = self.names.node(&outage.node, &self.at.key("node"), self.report)?;
        let down_for = outage.down_for.map_or(Span::ZERO, |duration| duration.0);
        let action = if self.kind == "restart" {
            Action::Restart { node, down_for }
        } else {
            Action::Wipe { node, down_for, spare: outage.spare_last_copy.unwrap_or(false) }
        };
        if self.kind == "restart" && outage.spare_last_copy.is_some() {
            let problem = Problem::new(self.at.key("spare_last_copy").name(), "a restart loses nothing");
            self.report.add(problem.help("leave it out, or write `wipe`"));
        }
        Some(Chosen { action, usual_name: format!("{}-{}", self.kind, outage.node) })
    }

    fn crash(&mut self, crash: &file::Crash) -> Option<Chosen> {
        let node = self.names.node(&crash.node, &self.at.key("node"), self.report)?;
        let down_for = crash.down_for.map_or(Span::ZERO, |duration| duration.0);
        let point = crash.point.map_or(Point::Now, Into::into);
        let action = Action::Crash { node, point, down_for };
        if matches!(point, Point::Writing | Point::Written) {
            self.disk_of(node, &crash.node)?;
        }
        Some(Chosen { action, usual_name: format!("crash-{}", crash.node) })
    }

    /// The disk of a node, which must be there.
    fn disk_of(&mut self, node: u32, name: &str) -> Option<()> {
        if self.names.has_disk(node) {
            return Some(());
        }
        let problem = Problem::new(self.at.key("node").value(), format!("`{name}` has no disk"));
        self.report.add(problem.help("give it one: `\"disk\": {}` among the node's fields"));
        None
    }

    fn back_up(&mut self, copy: &file::BackUp) -> Option<Chosen> {
        let node = self.names.node(&copy.node, &self.at.key("node"), self.report)?;
        self.disk_of(node, &copy.node)?;
        let backup = self.names.backup(copy.backup.as_deref())?;
        let action = Action::BackUp { node, backup };
        Some(Chosen { action, usual_name: format!("back-up-{}", copy.node) })
    }

    fn restore(&mut self, restore: &file::Restore) -> Option<Chosen> {
        let node = self.names.node(&restore.node, &self.at.key("node"), self.report)?;
        self.disk_of(node, &restore.node)?;
        let Some(backup) = self.names.backup(restore.backup.as_deref()) else {
            let name = file::quoted(backup_name(restore.backup.as_deref()));
            let problem =
                Problem::new(self.at.value(), format!("no copy called {name} is ever taken of a disk"));
            let entry = format!("{{ \"at\": …, \"back_up\": {{ \"node\": \"{}\" }} }}", restore.node);
            self.report.add(problem.help(format!("take one before: `{entry}`")));
            return None;
        };
        let down_for = restore.down_for.map_or(Span::ZERO, |duration| duration.0);
        let spare = restore.spare_last_copy.unwrap_or(false);
        let action = Action::Restore { node, backup, down_for, spare };
        Some(Chosen { action, usual_name: format!("restore-{}", restore.node) })
    }

    fn disk(&mut self, name: &str, fault: DiskFault, spare: bool) -> Option<Chosen> {
        let node = self.names.node(name, &self.at.key("node"), self.report)?;
        self.disk_of(node, name)?;
        match fault {
            DiskFault::Stall(Span::ZERO) => {
                let problem = Problem::new(self.at.key("for").value(), "a stall of no length");
                self.report.add(problem.expected("more than 0ms").help("leave the entry out"));
            }
            DiskFault::FailNext(0) => {
                let problem = Problem::new(self.at.key("count").value(), "no write is to fail");
                self.report.add(problem.expected("at least 1").help("leave it out for one write"));
            }
            DiskFault::Rot { bit, .. } if bit > 7 => {
                let problem = Problem::new(self.at.key("bit").value(), format!("a byte has no bit {bit}"));
                self.report.add(problem.expected("0 to 7").help("leave it out for bit 0"));
            }
            _ => {}
        }
        let usual_name = format!("{}-{name}", self.kind.replace('_', "-"));
        Some(Chosen { action: Action::Disk { node, fault, spare }, usual_name })
    }

    fn pause(&mut self, pause: &file::Pause) -> Option<Chosen> {
        let span = self.spell(pause.span)?;
        let node = self.names.node(&pause.node, &self.at.key("node"), self.report)?;
        let connections = pause.connections.unwrap_or(file::Connections::Kept).into();
        let action = Action::Pause { node, span, connections };
        Some(Chosen { action, usual_name: format!("pause-{}", pause.node) })
    }

    fn offline(&mut self, spell: &file::Spell) -> Option<Chosen> {
        let span = self.spell(spell.span)?;
        let node = self.names.node(&spell.node, &self.at.key("node"), self.report)?;
        Some(Chosen { action: Action::Offline { node, span }, usual_name: format!("offline-{}", spell.node) })
    }

    /// A length that is one.
    fn spell(&mut self, file::Duration(span): file::Duration) -> Option<Span> {
        if span == Span::ZERO {
            let message = format!("`{}` for no time at all", self.kind);
            let problem = Problem::new(self.at.key("for").value(), message);
            self.report
                .add(problem.expected("longer than 0ms").help("say how long, such as `\"for\": \"3h\"`"));
            return None;
        }
        Some(span)
    }

    fn join(&mut self, join: &file::Lone) -> Option<Chosen> {
        let node = self.names.node(&join.node, &self.at.key("node"), self.report)?;
        Some(Chosen { action: Action::Join { node }, usual_name: format!("join-{}", join.node) })
    }

    fn leave(&mut self, leave: &file::Departure) -> Option<Chosen> {
        let node = self.names.node(&leave.node, &self.at.key("node"), self.report)?;
        let spare = leave.spare_last_copy.unwrap_or(false);
        Some(Chosen { action: Action::Leave { node, spare }, usual_name: format!("leave-{}", leave.node) })
    }

    fn clock(&mut self, change: &file::ClockChange) -> Option<Chosen> {
        let node = self.names.node(&change.node, &self.at.key("node"), self.report);
        let action = match (change.jump, change.stop, change.go, change.drift) {
            (Some(file::Shift(shift)), None, None, None) => ClockChange::Jump(shift),
            (None, Some(true), None, None) => ClockChange::Stop,
            (None, None, Some(true), None) => ClockChange::Go,
            (None, None, None, Some(file::Drift(drift))) => ClockChange::Drift(drift),
            _ => {
                let problem =
                    Problem::new(self.at.value(), "`clock` needs one of `jump`, `stop`, `go` and `drift`");
                self.report.add(problem.expected("exactly one change").help(
                    "`\"jump\": \"-2h\"` sets it, `\"stop\": true` lets it stand still, `\"go\": true` go on, `\"drift\": \"1%\"` too fast",
                ));
                return None;
            }
        };
        let action = Action::Clock { node: node?, change: action };
        Some(Chosen { action, usual_name: format!("clock-{}", change.node) })
    }

    fn attack(&mut self, attack: &file::Attack) -> Option<Chosen> {
        let count = attack.count.unwrap_or(1);
        let most = match attack.how {
            AttackKind::Flood => MAX_FLOOD,
            AttackKind::Fork => MAX_TRANSACTIONS,
            _ => MAX_LIES,
        };
        if !(1..=most).contains(&count) {
            let message =
                if count == 0 { "an attack that never lies" } else { "an attack that lies too often" };
            let problem = Problem::new(self.at.key("count").value(), message);
            let range = format!("from 1 to {most}");
            self.report.add(problem.expected(range).help("leave it out for 1"));
        }
        let (by, on) = (self.at.key("node"), self.at.key("on"));
        let node = self.names.node(&attack.node, &by, self.report);
        if node.is_some_and(|node| !self.names.is_hostile(node)) {
            let problem = Problem::new(by.value(), format!("`{}` is not hostile", attack.node));
            self.report.add(problem.help("only a hostile node attacks: give it `\"hostile\": true`"));
        }
        self.names.link([&attack.node, &attack.on], [&by, &on], self.report)?;
        let victim = self.names.node(&attack.on, &on, self.report)?;
        let co_value = match &attack.id {
            Some(id) => self.names.co_value(id)?,
            None if self.names.co_values().is_empty() => {
                let problem = Problem::new(self.at.value(), "there is no CoValue to lie about");
                self.report.add(problem.help("create one, or name one: `\"id\": …`"));
                return None;
            }
            None => 0,
        };
        let action = Action::Attack { node: node?, on: victim, how: attack.how, co_value, count };
        let usual_name = format!("attack-{}-{}-{}", attack.how.name(), attack.node, attack.on);
        Some(Chosen { action, usual_name })
    }

    fn network(&mut self, change: &file::NetworkChange) -> Option<Chosen> {
        let (link, usual_name) = match &change.between {
            None => (None, self.kind.to_owned()),
            Some(between) => self.between(between).map(|(link, name)| (Some(link), name))?,
        };
        let action = Action::Network { link, change: conditions(&change.conditions(), self.at, self.report) };
        Some(Chosen { action, usual_name })
    }

    /// A link, and the usual name of what happens to it: the same in whichever order its ends are given.
    fn between(&mut self, [a, b]: &[String; 2]) -> Option<(u32, String)> {
        let at = self.at.key("between");
        let (link, _) = self.names.link([a, b], [&at.index(0), &at.index(1)], self.report)?;
        Some((link, format!("{}-{}-{}", self.kind, a.min(b), a.max(b))))
    }
}

/// What an edit, or the range of generated ones, must keep to. `at` has the fields `transactions` and `size`.
pub(in crate::scenario::resolve) fn check_edit(
    transactions: [u32; 2],
    size: [u32; 2],
    at: &At<'_>,
    report: &mut Report,
) {
    if transactions[0] == 0 {
        let problem = Problem::new(at.key("transactions").value(), "an edit without transactions");
        report.add(problem.expected("at least 1").help("leave it out for one transaction"));
    }
    if transactions[1] > MAX_TRANSACTIONS {
        let message = format!("{} transactions in one edit are too many", transactions[1]);
        let problem = Problem::new(at.key("transactions").value(), message);
        report.add(problem.expected(format!("at most {MAX_TRANSACTIONS}")).help("write several edits"));
    }
    if size[1] > MAX_TRANSACTION_BYTES {
        let message = format!("{} bytes in one transaction are too many", size[1]);
        let problem = Problem::new(at.key("size").value(), message);
        report.add(
            problem.expected(format!("at most {MAX_TRANSACTION_BYTES}")).help("write more transactions"),
        );
    }
}
