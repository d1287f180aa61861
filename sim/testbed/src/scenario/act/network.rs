//! Changes to the conditions of links.

use super::{Reference, Resolving, To};
use crate::scenario::file::NetworkChange;
use crate::scenario::operation::Action;
use crate::scenario::resolve::network::conditions;

impl NetworkChange {
    pub(super) fn refs(&self) -> Vec<Reference<'_>> {
        let ends = self.between.iter().flatten().enumerate();
        ends.map(|(end, node)| Reference::nth(To::Prepared, "between", end, node)).collect()
    }

    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let link = match &self.between {
            None => None,
            Some(between) => Some(by.between(between)?),
        };
        Some(Action::Network { link, change: conditions(&self.conditions(), by.at, by.report) })
    }

    pub(super) fn words(&self) -> String {
        match &self.between {
            Some([a, b]) => format!("the network between {a} and {b} changes"),
            None => "the network changes everywhere".to_owned(),
        }
    }
}
