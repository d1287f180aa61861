//! What an app is asked for: to create a CoValue, to write transactions of a size, to want a CoValue or not.

use super::refs::{Named, Refs, Rename, fields};
use super::said::check_ours;
use super::{Resolving, check_edit};
use crate::scenario::Kind;
use crate::scenario::problems::Problem;
use crate::scenario::resolve::co_values::without_kind;
use cosim_core::view::Dialect;

fields! {
    /// A node and a CoValue.
    Subject(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The CoValue.
        id: R::CoValue = by.id(&it.id)?;
    }

    /// A batch of transactions.
    Edit(it, by) {
        /// The node.
        node: R::Node = by.app(&it.node)?;
        /// The CoValue.
        id: R::CoValue = by.id(&it.id)?;
        /// How many transactions. Default 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        transactions: Option<u32> = it.transactions, usually 1 => u32;
        /// How many bytes each transaction has. Default 100.
        #[serde(skip_serializing_if = "Option::is_none")]
        size: Option<u32> = it.size, usually Edit::USUAL_SIZE => u32;
    }
}

impl Subject {
    /// A group is created by its first admin.
    pub(super) fn check_create(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.node(&self.node, "node")?;
        let co_value = by.names.co_value(&self.id)?;
        if by.names.branch_of(co_value).is_some() {
            let problem = Problem::new(by.at.name(), format!("`{}` is a branch", self.id));
            let help =
                format!("make it of what its source shows: `\"branch\": {{ …, \"id\": \"{}\" }}`", self.id);
            by.report.add(problem.expected("`branch`").help(help));
        }
        let admin = by.names.admin(co_value);
        if let Some(admin) = admin.filter(|admin| *admin != self.node && by.names.knows_node(admin)) {
            let message = format!("`{}` creates `{}`, whose admin is `{admin}`", self.node, self.id);
            let problem = Problem::new(by.at.key("node").value(), message);
            by.report
                .add(problem.expected(format!("`{admin}`")).help("a group is created by its first admin"));
        }
        Some(())
    }
}

impl Subject {
    /// By today's rules, who is an admin of the owner deletes.
    pub(super) fn check_deletion(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.node(&self.node, "node")?;
        let co_value = by.names.co_value(&self.id)?;
        let place = by.at.key("id").value();
        let problem = if by.names.dialect_of(&self.node) == Dialect::V0_7 {
            let problem = Problem::new(by.at.value(), "nothing is deleted for good by the rules of 0.7");
            problem.help(by.names.how_to_be_new(&self.node))
        } else if by.names.kind(co_value).is_none() {
            without_kind(&self.id, Kind::Map, place)
        } else if !by.names.is_owned(co_value) {
            let (message, help) = match by.names.kind(co_value) {
                Some(Kind::Group) => {
                    (format!("`{}` is a group, and groups are not deleted", self.id), "name another")
                }
                _ => (
                    format!("`{}` has no owner, so nobody is an admin who could delete it", self.id),
                    "name another, or give it an `owner`",
                ),
            };
            Problem::new(place, message).expected("a CoValue that a group owns").help(help)
        } else {
            return Some(());
        };
        by.report.add(problem);
        None
    }
}

impl Subject {
    /// What is branched or merged is a branch; and guests have their own words for that.
    pub(super) fn check_branch(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        check_ours(&self.node, by.kind, by)?;
        let co_value = by.names.co_value(&self.id)?;
        let is_old = by.names.dialect_of(&self.node) == Dialect::V0_7;
        // That there are none in the whole scenario is said where they are made.
        let is_said = by.names.dialect() == Dialect::V0_7;
        if by.names.branch_of(co_value).is_some() && (!is_old || is_said) {
            return Some(());
        }
        let place = by.at.key("id").value();
        let problem = if is_old {
            let problem = Problem::new(by.at.value(), "there are no branches by the rules of 0.7");
            problem.help(by.names.how_to_be_new(&self.node))
        } else {
            let branches = || by.names.co_values().iter().copied().zip(0..);
            let branches = branches().filter(|(_, number)| by.names.branch_of(*number).is_some());
            let close = by.report.did_you_mean(&self.id, branches.map(|(name, _)| name));
            let say =
                || format!("say of what: `\"co_values\": {{ \"{}\": {{ \"branch_of\": … }} }}`", self.id);
            Problem::new(place, format!("`{}` is no branch", self.id)).help(close.unwrap_or_else(say))
        };
        by.report.add(problem);
        None
    }
}

impl Edit {
    /// The size that a transaction has where a file says nothing.
    pub(in crate::scenario) const USUAL_SIZE: u32 = 100;

    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        check_edit([self.transactions(); 2], [self.size(); 2], by.at, by.report);
        Some(())
    }

    pub(super) fn words(&self) -> String {
        let Edit { node, id, .. } = self;
        match self.transactions() {
            1 => format!("{node} edits {id}"),
            transactions => format!("{node} edits {id}, {transactions} transactions"),
        }
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Edit> {
        [Edit { transactions: None, size: None, ..self.clone() }].into_iter()
    }
}
