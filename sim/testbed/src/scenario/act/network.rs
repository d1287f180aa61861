//! Changes to the conditions of links.

use super::Resolving;
use super::refs::{Refs, Rename};
use crate::scenario::file::NetworkChange;
use crate::scenario::resolve::network::conditions;

impl<R: Refs> NetworkChange<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<NetworkChange<S>> {
        Some(NetworkChange::new(by.between(&self.between)?, self.conditions()))
    }
}

impl NetworkChange {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        if let Some(between) = &self.between {
            by.check_between(between)?;
        }
        conditions(&self.conditions(), by.at, by.report);
        Some(())
    }

    pub(super) fn words(&self) -> String {
        match &self.between {
            Some([a, b]) => format!("the network between {a} and {b} changes"),
            None => "the network changes everywhere".to_owned(),
        }
    }
}
