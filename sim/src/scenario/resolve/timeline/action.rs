//! The one operation of an entry.

use super::super::names::Names;
use super::super::{At, Problem, Report, conditions, file};
use crate::scenario::{Action, Direction, Filter, FilterAct, MAX_TRANSACTION_BYTES, MAX_TRANSACTIONS};
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
    filters: &mut Vec<Filter>,
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
        ("half_open", entry.half_open.is_some()),
        ("hold", entry.hold.is_some()),
        ("release", entry.release.is_some()),
        ("drop", entry.drop.is_some()),
        ("restart", entry.restart.is_some()),
        ("wipe", entry.wipe.is_some()),
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
    let mut chooser = Chooser { kind, names, filters, at: &at.key(kind), report };
    let subjects = entry.create.as_ref().or(entry.load.as_ref()).or(entry.done.as_ref());
    let ends = entry.connect.as_ref().or(entry.disconnect.as_ref());
    let cut = entry.partition.as_ref().or(entry.heal.as_ref()).or(entry.release.as_ref());
    let outage = entry.restart.as_ref().or(entry.wipe.as_ref());
    None.or_else(|| subjects.map(|subject| chooser.subject(subject)))
        .or_else(|| entry.edit.as_ref().map(|edit| chooser.edit(edit)))
        .or_else(|| ends.map(|ends| chooser.connection(ends)))
        .or_else(|| cut.map(|cut| chooser.partition(cut)))
        .or_else(|| entry.half_open.as_ref().map(|ends| chooser.half_open(ends)))
        .or_else(|| entry.hold.as_ref().map(|hold| chooser.filter(hold, FilterAct::Hold)))
        .or_else(|| entry.drop.as_ref().map(|drop| chooser.drop_messages(drop)))
        .or_else(|| outage.map(|outage| chooser.outage(outage)))
        .or_else(|| entry.network.as_ref().map(|change| chooser.network(change)))?
}

pub(super) struct Chooser<'a, 'n> {
    pub(super) kind: &'a str,
    pub(super) names: &'a Names<'n>,
    pub(super) filters: &'a mut Vec<Filter>,
    pub(super) at: &'a At<'a>,
    pub(super) report: &'a mut Report,
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
            Action::Wipe { node, down_for }
        };
        Some(Chosen { action, usual_name: format!("{}-{}", self.kind, outage.node) })
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
