//! What an app is asked for: to create a CoValue, to write transactions of a size, to want a CoValue or not.

use super::{Reference, Resolving, To, check_edit};
use crate::scenario::operation::Action;
use crate::scenario::problems::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node and a CoValue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
}

/// A batch of transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The node.
    pub node: String,
    /// The CoValue.
    pub id: String,
    /// How many transactions. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<u32>,
    /// How many bytes each transaction has. Default 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
}

impl Subject {
    pub(super) fn refs(&self) -> Vec<Reference<'_>> {
        vec![Reference::new(To::App, "node", &self.node), Reference::new(To::CoValue, "id", &self.id)]
    }

    fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<(u32, u32)> {
        let node = by.node(&self.node, "node")?;
        Some((node, by.names.co_value(&self.id)?))
    }

    /// A group is created by its first admin.
    pub(super) fn create(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let (node, co_value) = self.resolve(by)?;
        if let Some(admin) = by.names.admin(co_value).filter(|admin| *admin != self.node) {
            let message = format!("`{}` creates `{}`, whose admin is `{admin}`", self.node, self.id);
            let problem = Problem::new(by.at.key("node").value(), message);
            by.report
                .add(problem.expected(format!("`{admin}`")).help("a group is created by its first admin"));
        }
        Some(Action::Create { node, co_value })
    }

    pub(super) fn load(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        self.resolve(by).map(|(node, co_value)| Action::Load { node, co_value })
    }

    pub(super) fn done(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        self.resolve(by).map(|(node, co_value)| Action::Done { node, co_value })
    }
}

impl Edit {
    /// The size that a transaction has where a file says nothing.
    pub(super) const USUAL_SIZE: u32 = 100;

    pub(super) fn refs(&self) -> Vec<Reference<'_>> {
        vec![Reference::new(To::App, "node", &self.node), Reference::new(To::CoValue, "id", &self.id)]
    }

    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let transactions = self.transactions.unwrap_or(1);
        let size = self.size.unwrap_or(Edit::USUAL_SIZE);
        check_edit([transactions; 2], [size; 2], by.at, by.report);
        let node = by.node(&self.node, "node")?;
        let co_value = by.names.co_value(&self.id)?;
        Some(Action::Edit { node, co_value, transactions, size })
    }

    pub(super) fn words(&self) -> String {
        let Edit { node, id, transactions, size: _ } = self;
        match transactions {
            None | Some(1) => format!("{node} edits {id}"),
            Some(transactions) => format!("{node} edits {id}, {transactions} transactions"),
        }
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Edit> {
        [Edit { transactions: None, size: None, ..self.clone() }].into_iter()
    }
}
