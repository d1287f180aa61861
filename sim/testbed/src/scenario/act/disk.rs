//! What goes wrong with disks, and copies of them.

use super::refs::{Named, Refs, Rename, fields, is_unsaid};
use super::simpler::{fewer, lengths};
use super::{Act, Numbered, Resolving};
use crate::disk::{DiskFault, PLACES};
use crate::network::Ppm;
use crate::scenario::file::{Duration, Percent};
use crate::scenario::problems::Problem;
use cosim_core::Span;

fields! {
    /// A copy of a node's disk.
    BackUp(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// What to call the copy. A later copy with the same name replaces it. Default `backup`.
        #[serde(skip_serializing_if = "is_unsaid")]
        backup: R::Backup = by.to_backup(&it.backup)?;
    }

    /// A disk that writes nothing for a while.
    Stall(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// How long it lasts.
        #[serde(rename = "for")]
        span: Duration = it.span;
    }

    /// A disk that fails to write.
    FailWrites(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// How many of the next writes fail. Default 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        count: Option<u32> = it.count, usually 1 => u32;
    }

    /// A disk that writes out of order, which a crash shows.
    ReorderWrites(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// For how long nothing is written.
        #[serde(rename = "for")]
        span: Duration = it.span;
    }

    /// A disk on which a bit flips.
    Rot(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// Where on the disk, from the start of what is stored there: 0% is the first byte. Default 50%.
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<Percent> = Ppm::new(it.place()).map(Percent);
        /// Which bit of the byte at that place flips, 0 to 7. Default 0.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(range(max = 7))]
        bit: Option<u8> = it.bit, usually 0 => u8;
        /// Whether this is skipped if the node holds the last copy of anything. Default false.
        #[serde(skip_serializing_if = "Option::is_none")]
        spare_last_copy: Option<bool> = it.spare_last_copy, usually false => bool;
    }
}

impl Stall {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_own_disk(&self.node)?;
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

impl FailWrites {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_own_disk(&self.node)?;
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
        fewer(self.count())
            .map(|count| FailWrites { count: Some(count).filter(|count| *count > 1), ..self.clone() })
    }
}

impl ReorderWrites {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_own_disk(&self.node)?;
        by.check_length("reorder_writes", self.span)
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = ReorderWrites> {
        lengths(self.span).map(|span| ReorderWrites { span, ..self.clone() })
    }
}

impl<R: Refs> Rot<R> {
    /// Where on the disk, in parts of [`PLACES`].
    pub fn place(&self) -> u32 {
        self.place.map_or(PLACES / 2, |place| place.0.get()).min(PLACES - 1)
    }
}

impl Rot {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_own_disk(&self.node)?;
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

impl Act<Numbered> {
    /// What it does to whose disk, and whether the last copy of anything is spared.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other acts are not about disks")]
    pub(crate) fn disk_fault(&self) -> Option<(u32, DiskFault, bool)> {
        match self {
            Act::Stall(it) => Some((it.node, DiskFault::Stall(it.span.0), false)),
            Act::DiskFull(it) => Some((it.node, DiskFault::Full, false)),
            Act::DiskRoom(it) => Some((it.node, DiskFault::Room, false)),
            Act::FailWrites(it) => Some((it.node, DiskFault::FailNext(it.count()), false)),
            Act::ReorderWrites(it) => Some((it.node, DiskFault::Reorder(it.span.0), false)),
            Act::Rot(it) => {
                let fault = DiskFault::Rot { place: it.place(), bit: it.bit() };
                Some((it.node, fault, it.spare_last_copy()))
            }
            _ => None,
        }
    }
}
