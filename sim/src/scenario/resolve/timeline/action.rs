//! The one operation of an entry.

use super::super::names::Names;
use super::super::{At, Problem, Report, conditions, file};
use crate::clock::ClockChange;
use crate::scenario::{Action, Direction, MAX_TRANSACTION_BYTES, MAX_TRANSACTIONS};
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
    at: &At<'_>,
    report: &mut Report,
) -> Option<Chosen> {
    let kinds = [
        ("create", entry.create.is_some()),
        ("edit", entry.edit.is_some()),
        ("load", entry.load.is_some()),
        ("done", entry.done.is_some()),
        ("connect", entry.connect.is_some()),
        ("disconnect", entry.disconnect.is_some()),
        ("partition", entry.partition.is_some()),
        ("heal", entry.heal.is_some()),
        ("restart", entry.restart.is_some()),
        ("wipe", entry.wipe.is_some()),
        ("pause", entry.pause.is_some()),
        ("offline", entry.offline.is_some()),
        ("join", entry.join.is_some()),
        ("leave", entry.leave.is_some()),
        ("clock", entry.clock.is_some()),
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
    let mut chooser = Chooser { kind, names, at: &at.key(kind), report };
    let subjects = entry.create.as_ref().or(entry.load.as_ref()).or(entry.done.as_ref());
    let ends = entry.connect.as_ref().or(entry.disconnect.as_ref());
    let cut = entry.partition.as_ref().or(entry.heal.as_ref());
    let outage = entry.restart.as_ref().or(entry.wipe.as_ref());
    None.or_else(|| subjects.map(|subject| chooser.subject(subject)))
        .or_else(|| entry.edit.as_ref().map(|edit| chooser.edit(edit)))
        .or_else(|| ends.map(|ends| chooser.connection(ends)))
        .or_else(|| cut.map(|cut| chooser.partition(cut)))
        .or_else(|| outage.map(|outage| chooser.outage(outage)))
        .or_else(|| entry.pause.as_ref().map(|pause| chooser.pause(pause)))
        .or_else(|| entry.offline.as_ref().map(|spell| chooser.offline(spell)))
        .or_else(|| entry.join.as_ref().or(entry.leave.as_ref()).map(|lone| chooser.presence(lone)))
        .or_else(|| entry.clock.as_ref().map(|change| chooser.clock(change)))
        .or_else(|| entry.network.as_ref().map(|change| chooser.network(change)))?
}

struct Chooser<'a, 'n> {
    kind: &'a str,
    names: &'a Names<'n>,
    at: &'a At<'a>,
    report: &'a mut Report,
}

impl Chooser<'_, '_> {
    fn subject(&mut self, subject: &file::Subject) -> Option<Chosen> {
        let node = self.names.node(&subject.node, &self.at.key("node"), self.report)?;
        let co_value = self.names.co_value(&subject.id)?;
        let action = match self.kind {
            "create" => Action::Create { node, co_value },
            "load" => Action::Load { node, co_value },
            _ => Action::Done { node, co_value },
        };
        Some(Chosen { action, usual_name: format!("{}-{}-{}", self.kind, subject.id, subject.node) })
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
        let (link, direction, usual_name) = match (&cut.between, &cut.from, &cut.to) {
            (Some(between), None, None) => {
                let (link, usual_name) = self.between(between)?;
                (link, Direction::Both, usual_name)
            }
            (None, Some(from), Some(to)) => {
                let at = [&self.at.key("from"), &self.at.key("to")];
                let (link, in_order) = self.names.link([from, to], at, self.report)?;
                let direction = if in_order { Direction::Forward } else { Direction::Backward };
                (link, direction, format!("{}-{from}-to-{to}", self.kind))
            }
            _ => {
                let message = format!("`{}` needs either `between`, or `from` and `to`", self.kind);
                let problem = Problem::new(self.at.value(), message);
                self.report.add(problem.help(
                    "both ways: `\"between\": [\"alice\", \"server\"]`; one way: `\"from\": \"alice\", \"to\": \"server\"`",
                ));
                return None;
            }
        };
        let action = match self.kind {
            "partition" => Action::Partition { link, direction },
            _ => Action::Heal { link, direction },
        };
        Some(Chosen { action, usual_name })
    }

    fn outage(&mut self, outage: &file::Outage) -> Option<Chosen> {
        let node = self.names.node(&outage.node, &self.at.key("node"), self.report)?;
        let down_for = outage.down_for.map_or(Span::ZERO, |duration| duration.0);
        let action = if self.kind == "restart" {
            Action::Restart { node, down_for }
        } else {
            Action::Wipe { node, down_for }
        };
        Some(Chosen { action, usual_name: format!("{}-{}", self.kind, outage.node) })
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

    fn presence(&mut self, lone: &file::Lone) -> Option<Chosen> {
        let node = self.names.node(&lone.node, &self.at.key("node"), self.report)?;
        let action = if self.kind == "join" { Action::Join { node } } else { Action::Leave { node } };
        Some(Chosen { action, usual_name: format!("{}-{}", self.kind, lone.node) })
    }

    fn clock(&mut self, change: &file::ClockChange) -> Option<Chosen> {
        let node = self.names.node(&change.node, &self.at.key("node"), self.report);
        let action = match (change.jump, change.stop, change.go) {
            (Some(file::Shift(shift)), None, None) => ClockChange::Jump(shift),
            (None, Some(true), None) => ClockChange::Stop,
            (None, None, Some(true)) => ClockChange::Go,
            _ => {
                let problem = Problem::new(self.at.value(), "`clock` needs one of `jump`, `stop` and `go`");
                self.report.add(problem.expected("exactly one change").help(
                    "`\"jump\": \"-2h\"` sets it, `\"stop\": true` lets it stand still, `\"go\": true` go on",
                ));
                return None;
            }
        };
        let action = Action::Clock { node: node?, change: action };
        Some(Chosen { action, usual_name: format!("clock-{}", change.node) })
    }

    fn network(&mut self, change: &file::NetworkChange) -> Option<Chosen> {
        let (link, usual_name) = match &change.between {
            None => (None, self.kind.to_owned()),
            Some(between) => self.between(between).map(|(link, name)| (Some(link), name))?,
        };
        let action = Action::Network { link, change: conditions(&change.conditions()) };
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
