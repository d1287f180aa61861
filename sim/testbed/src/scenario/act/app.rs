//! What an app is asked for: to create a CoValue, to write transactions of a size, to want a CoValue or not.

use super::refs::{Named, Refs, Rename, unless};
use super::{Resolving, check_edit};
use crate::scenario::problems::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node and a CoValue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Subject<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The CoValue.
    pub id: R::CoValue,
}

/// A batch of transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Edit<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// The CoValue.
    pub id: R::CoValue,
    /// How many transactions. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<u32>,
    /// How many bytes each transaction has. Default 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
}

impl<R: Refs> Subject<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Subject<S>> {
        Some(Subject { node: by.app(&self.node)?, id: by.id(&self.id)? })
    }
}

impl Subject {
    /// A group is created by its first admin.
    pub(super) fn check_create(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.node(&self.node, "node")?;
        let co_value = by.names.co_value(&self.id)?;
        if let Some(admin) = by.names.admin(co_value).filter(|admin| *admin != self.node) {
            let message = format!("`{}` creates `{}`, whose admin is `{admin}`", self.node, self.id);
            let problem = Problem::new(by.at.key("node").value(), message);
            by.report
                .add(problem.expected(format!("`{admin}`")).help("a group is created by its first admin"));
        }
        Some(())
    }
}

impl<R: Refs> Edit<R> {
    /// So many transactions of such a size.
    pub(in crate::scenario) fn new(node: R::Node, id: R::CoValue, transactions: u32, size: u32) -> Edit<R> {
        Edit { node, id, transactions: unless(transactions, 1), size: unless(size, Edit::USUAL_SIZE) }
    }

    /// How many transactions.
    pub fn transactions(&self) -> u32 {
        self.transactions.unwrap_or(1)
    }

    /// How many bytes each transaction has.
    pub fn size(&self) -> u32 {
        self.size.unwrap_or(Edit::USUAL_SIZE)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Edit<S>> {
        Some(Edit::new(by.app(&self.node)?, by.id(&self.id)?, self.transactions(), self.size()))
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
