//! What acts need to become operations of a run: what names stand for, and somewhere for what is wrong.

use super::Way;
use crate::scenario::file::Duration;
use crate::scenario::place::At;
use crate::scenario::problems::Problem;
use crate::scenario::resolve::{Report, names::Names};
use crate::scenario::{MAX_TRANSACTION_BYTES, MAX_TRANSACTIONS};
use cosim_core::Span;

/// An act on its way from names to numbers.
pub(in crate::scenario) struct Resolving<'a, 'n> {
    /// The key of the act.
    pub(in crate::scenario) kind: &'a str,
    /// What names stand for.
    pub(in crate::scenario) names: &'a Names<'n>,
    /// Where the fields of the act are.
    pub(in crate::scenario) at: &'a At<'a>,
    /// Where problems go.
    pub(in crate::scenario) report: &'a mut Report,
}

impl Resolving<'_, '_> {
    /// The node that a field names.
    pub(super) fn node(&mut self, name: &str, field: &str) -> Option<u32> {
        self.names.node(name, &self.at.key(field), self.report)
    }

    /// That there is the node that the field `node` names, and that it has a disk.
    pub(super) fn check_node_with_disk(&mut self, name: &str) -> Option<()> {
        let node = self.node(name, "node")?;
        self.check_disk(node, name)
    }

    /// That a node has a disk on which something can go wrong.
    pub(super) fn check_node_with_own_disk(&mut self, name: &str) -> Option<()> {
        let node = self.node(name, "node")?;
        self.check_disk(node, name)?;
        if !self.names.is_guest(node) {
            return Some(());
        }
        let message = format!("`{name}` is a guest, and nothing goes wrong with what it commits");
        let problem = Problem::new(self.at.key("node").value(), message).expected("one of cosim's own nodes");
        self.report.add(
            problem.help("of a guest's disk there are crashes and copies: `crash`, `back_up`, `restore`"),
        );
        None
    }

    /// That a node still has what it held when its process ends.
    pub(super) fn check_keeps(&mut self, name: &str) -> Option<u32> {
        let node = self.node(name, "node")?;
        if self.names.keeps(node) {
            return Some(node);
        }
        let message = format!("`{name}` is a guest without a disk, and would lose all that it holds");
        let problem = Problem::new(self.at.key("node").value(), message);
        self.report
            .add(problem.help("give it a disk, `\"disk\": {}` among the node's fields, or write `wipe`"));
        None
    }

    /// That a node has a disk.
    pub(super) fn check_disk(&mut self, node: u32, name: &str) -> Option<()> {
        if self.names.has_disk(node) {
            return Some(());
        }
        let problem = Problem::new(self.at.key("node").value(), format!("`{name}` has no disk"));
        self.report.add(problem.help("give it one: `\"disk\": {}` among the node's fields"));
        None
    }

    /// That a length is one.
    pub(super) fn check_length(&mut self, kind: &str, Duration(span): Duration) -> Option<()> {
        if span == Span::ZERO {
            let message = format!("`{kind}` for no time at all");
            let problem = Problem::new(self.at.key("for").value(), message);
            self.report
                .add(problem.expected("longer than 0ms").help("say how long, such as `\"for\": \"3h\"`"));
            return None;
        }
        Some(())
    }

    /// That there is a link between two nodes, in either order.
    pub(super) fn check_between(&mut self, [a, b]: &[String; 2]) -> Option<()> {
        let at = self.at.key("between");
        self.names.link([a, b], [&at.index(0), &at.index(1)], self.report).map(drop)
    }

    /// That there is such a link, and that it is clear which way of it is meant.
    pub(super) fn check_way(&mut self, way: Way<'_>) -> Option<()> {
        match (way.between, way.from, way.to) {
            (Some(between), None, None) => self.check_between(between),
            (None, Some(from), Some(to)) => {
                let at = [&self.at.key("from"), &self.at.key("to")];
                self.names.link([from, to], at, self.report).map(drop)
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
}

/// What an edit, or the range of generated ones, must keep to. `at` has the fields `transactions` and `size`.
pub(in crate::scenario) fn check_edit(
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
