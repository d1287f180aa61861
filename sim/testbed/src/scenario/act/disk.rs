//! What goes wrong with disks, and copies of them.

use super::Resolving;
use super::refs::{Named, Refs, Rename, is_unsaid, unless};
use super::simpler::lengths;
use crate::network::Ppm;
use crate::scenario::file::{Duration, Percent};
use crate::scenario::problems::Problem;
use crate::world::PLACES;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A copy of a node's disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct BackUp<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// What to call the copy. A later copy with the same name replaces it. Default `backup`.
    #[serde(skip_serializing_if = "is_unsaid")]
    pub backup: R::Backup,
}

/// A disk that writes nothing for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Stall<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

/// A disk that fails to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct FailWrites<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// How many of the next writes fail. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// A disk on which a bit flips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Rot<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// Where on the disk, from the start of what is stored there: 0% is the first byte. Default 50%.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Percent>,
    /// Which bit of the byte at that place flips, 0 to 7. Default 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 7))]
    pub bit: Option<u8>,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

impl<R: Refs> BackUp<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<BackUp<S>> {
        Some(BackUp { node: by.running(&self.node)?, backup: by.to_backup(&self.backup)? })
    }
}

impl<R: Refs> Stall<R> {
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Stall<S>> {
        Some(Stall { node: by.running(&self.node)?, span: self.span })
    }
}

impl Stall {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_disk(&self.node)?;
        if self.span.0 == Span::ZERO {
            let problem = Problem::new(by.at.key("for").value(), "a stall of no length");
            by.report.add(problem.expected("more than 0ms").help("leave the entry out"));
        }
        Some(())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Stall> {
        lengths(self.span).map(|span| Stall { span, ..self.clone() })
    }
}

impl<R: Refs> FailWrites<R> {
    /// How many writes fail.
    pub fn count(&self) -> u32 {
        self.count.unwrap_or(1)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<FailWrites<S>> {
        Some(FailWrites { node: by.running(&self.node)?, count: unless(self.count(), 1) })
    }
}

impl FailWrites {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_disk(&self.node)?;
        if self.count() == 0 {
            let problem = Problem::new(by.at.key("count").value(), "no write is to fail");
            by.report.add(problem.expected("at least 1").help("leave it out for one write"));
        }
        Some(())
    }

    pub(super) fn words(&self) -> String {
        match self.count() {
            1 => format!("the next write of {}'s disk fails", self.node),
            count => format!("the next {count} writes of {}'s disk fail", self.node),
        }
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = FailWrites> {
        let count = self.count();
        let fewer = [1, count / 2, count.saturating_sub(1)].into_iter();
        let fewer = fewer.filter(move |fewer| (1..count).contains(fewer));
        fewer.map(|fewer| FailWrites { count: unless(fewer, 1), ..self.clone() })
    }
}

impl<R: Refs> Rot<R> {
    /// Where on the disk, in parts of [`PLACES`].
    pub fn place(&self) -> u32 {
        self.place.map_or(PLACES / 2, |place| place.0.get()).min(PLACES - 1)
    }

    /// Which bit.
    pub fn bit(&self) -> u8 {
        self.bit.unwrap_or(0)
    }

    /// Where on the disk is always said.
    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Rot<S>> {
        Some(Rot {
            node: by.running(&self.node)?,
            place: Ppm::new(self.place()).map(Percent),
            bit: unless(self.bit(), 0),
            spare_last_copy: self.spare_last_copy.filter(|spare| *spare),
        })
    }
}

impl Rot {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_disk(&self.node)?;
        let bit = self.bit();
        if bit > 7 {
            let problem = Problem::new(by.at.key("bit").value(), format!("a byte has no bit {bit}"));
            by.report.add(problem.expected("0 to 7").help("leave it out for bit 0"));
        }
        Some(())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Rot> {
        let usual = Rot { place: None, bit: None, ..self.clone() };
        [usual, Rot { spare_last_copy: None, ..self.clone() }].into_iter()
    }
}
