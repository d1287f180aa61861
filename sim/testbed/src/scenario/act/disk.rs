//! What goes wrong with disks, and copies of them.

use super::Resolving;
use super::simpler::lengths;
use crate::host::DiskFault;
use crate::scenario::file::{Duration, Percent};
use crate::scenario::operation::Action;
use crate::scenario::problems::Problem;
use crate::world::PLACES;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A copy of a node's disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackUp {
    /// The node.
    pub node: String,
    /// What to call the copy. A later copy with the same name replaces it. Default `backup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
}

/// A disk that writes nothing for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stall {
    /// The node.
    pub node: String,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub span: Duration,
}

/// A disk that fails to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailWrites {
    /// The node.
    pub node: String,
    /// How many of the next writes fail. Default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// A disk on which a bit flips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rot {
    /// The node.
    pub node: String,
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

/// Something that goes wrong with the disk of the node called `name`, or is mended.
pub(super) fn resolve(
    name: &str,
    fault: DiskFault,
    spare: bool,
    by: &mut Resolving<'_, '_>,
) -> Option<Action> {
    let node = by.node_with_disk(name)?;
    Some(Action::Disk { node, fault, spare })
}

impl BackUp {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let node = by.node_with_disk(&self.node)?;
        let backup = by.names.backup(self.backup.as_deref())?;
        Some(Action::BackUp { node, backup })
    }
}

impl Stall {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let action = resolve(&self.node, DiskFault::Stall(self.span.0), false, by)?;
        if self.span.0 == Span::ZERO {
            let problem = Problem::new(by.at.key("for").value(), "a stall of no length");
            by.report.add(problem.expected("more than 0ms").help("leave the entry out"));
        }
        Some(action)
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Stall> {
        lengths(self.span).map(|span| Stall { span, ..self.clone() })
    }
}

impl FailWrites {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let count = self.count.unwrap_or(1);
        let action = resolve(&self.node, DiskFault::FailNext(count), false, by)?;
        if count == 0 {
            let problem = Problem::new(by.at.key("count").value(), "no write is to fail");
            by.report.add(problem.expected("at least 1").help("leave it out for one write"));
        }
        Some(action)
    }

    pub(super) fn words(&self) -> String {
        match self.count.unwrap_or(1) {
            1 => format!("the next write of {}'s disk fails", self.node),
            count => format!("the next {count} writes of {}'s disk fail", self.node),
        }
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = FailWrites> {
        let count = self.count.unwrap_or(1);
        let fewer = [1, count / 2, count.saturating_sub(1)].into_iter();
        let fewer = fewer.filter(move |fewer| (1..count).contains(fewer));
        fewer.map(|fewer| FailWrites { count: Some(fewer).filter(|fewer| *fewer > 1), ..self.clone() })
    }
}

impl Rot {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let place = self.place.map_or(PLACES / 2, |place| place.0.get()).min(PLACES - 1);
        let bit = self.bit.unwrap_or(0);
        let spare = self.spare_last_copy.unwrap_or(false);
        let action = resolve(&self.node, DiskFault::Rot { place, bit }, spare, by)?;
        if bit > 7 {
            let problem = Problem::new(by.at.key("bit").value(), format!("a byte has no bit {bit}"));
            by.report.add(problem.expected("0 to 7").help("leave it out for bit 0"));
        }
        Some(action)
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Rot> {
        let usual = Rot { place: None, bit: None, ..self.clone() };
        [usual, Rot { spare_last_copy: None, ..self.clone() }].into_iter()
    }
}
