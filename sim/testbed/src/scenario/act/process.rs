//! Processes that end and start again: restarts, wipes, crashes and copies put back.

use super::Resolving;
use super::refs::{Named, Refs, Rename, fields, is_unsaid};
use super::simpler::simpler;
use crate::scenario::file::{Duration, quoted};
use crate::scenario::problems::Problem;
use crate::scenario::resolve::names::backup_name;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

fields! {
    /// A node that is down for a while.
    Outage(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// How long it is down. Default 0ms.
        #[serde(skip_serializing_if = "Option::is_none")]
        down_for: Option<Duration> = it.down_for, usually Duration(Span::ZERO) => Duration;
        /// For a wipe: whether it is skipped if the node holds the last copy of anything. Default false.
        #[serde(skip_serializing_if = "Option::is_none")]
        spare_last_copy: Option<bool> = it.spare_last_copy, usually false => bool;
    }

    /// A process that ends in the middle of its work.
    Crash(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// Where in its work the process ends: the next time that it gets there. Default `now`.
        #[serde(skip_serializing_if = "Option::is_none")]
        point: Option<Point> = it.point, usually Point::Now => Point;
        /// How long it is down. Default 0ms.
        #[serde(skip_serializing_if = "Option::is_none")]
        down_for: Option<Duration> = it.down_for, usually Duration(Span::ZERO) => Duration;
    }
}

/// Where in its work a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// At once, between two events.
    Now,
    /// As soon as it has handed over a write.
    Writing,
    /// As soon as a write has ended, before the process is told.
    Written,
    /// As soon as it has sent a message.
    Sending,
}

impl From<Point> for crate::host::Point {
    fn from(point: Point) -> crate::host::Point {
        match point {
            Point::Now => crate::host::Point::Now,
            Point::Writing => crate::host::Point::Writing,
            Point::Written => crate::host::Point::Written,
            Point::Sending => crate::host::Point::Sending,
        }
    }
}

fields! {
    /// A node that starts again from a copy of its disk, or of another's.
    Restore(it, by) {
        /// The node.
        node: R::Node = by.running(&it.node)?;
        /// Of whose disk the copy is. Default: the node's own.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<R::Node> = by.source(&it.of)?;
        /// Which copy. Default `backup`.
        #[serde(skip_serializing_if = "is_unsaid")]
        backup: R::Backup = by.to_backup(&it.backup)?;
        /// How long it is down. Default 0ms.
        #[serde(skip_serializing_if = "Option::is_none")]
        down_for: Option<Duration> = it.down_for, usually Duration(Span::ZERO) => Duration;
        /// Whether this is skipped if the node holds the last copy of anything. Default false.
        #[serde(skip_serializing_if = "Option::is_none")]
        spare_last_copy: Option<bool> = it.spare_last_copy, usually false => bool;
    }
}

/// Simpler lengths of an outage, the simplest first.
fn outages(Duration(down_for): Duration) -> impl Iterator<Item = Option<Duration>> {
    simpler(down_for).into_iter().map(|span| Some(Duration(span)).filter(|_| span != Span::ZERO))
}

impl Outage {
    pub(super) fn check_restart(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_keeps(&self.node)?;
        if self.spare_last_copy.is_some() {
            let problem = Problem::new(by.at.key("spare_last_copy").name(), "a restart loses nothing");
            by.report.add(problem.help("leave it out, or write `wipe`"));
        }
        Some(())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Outage> {
        let shorter = outages(self.down_for()).map(|down_for| Outage { down_for, ..self.clone() });
        shorter.chain([Outage { spare_last_copy: None, ..self.clone() }])
    }
}

impl Crash {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let node = by.check_keeps(&self.node)?;
        match self.point() {
            Point::Writing | Point::Written => by.check_disk(node, &self.node),
            Point::Now | Point::Sending => Some(()),
        }
    }

    pub(super) fn words(&self) -> String {
        let when = match self.point() {
            Point::Now => "",
            Point::Writing => " as soon as it hands over a write",
            Point::Written => " as soon as a write ends",
            Point::Sending => " as soon as it sends a message",
        };
        format!("{} crashes{when}, down for {}", self.node, self.down_for())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Crash> {
        let shorter = outages(self.down_for()).map(|down_for| Crash { down_for, ..self.clone() });
        shorter.chain([Crash { point: None, ..self.clone() }])
    }
}

impl<R: Refs> Restore<R> {
    /// Of whose disk the copy is.
    pub fn source(&self) -> &R::Node {
        self.of.as_ref().unwrap_or(&self.node)
    }
}

impl Restore {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_disk(&self.node)?;
        if self.of.as_ref() == Some(&self.node) {
            let problem = Problem::new(by.at.key("of").value(), "a copy of the node's own disk");
            by.report.add(problem.help("leave `of` out"));
            return None;
        }
        if let Some(of) = &self.of {
            self.check_source(of, by)?;
        }
        if by.names.backup(self.backup.as_deref()).is_none() {
            let name = quoted(backup_name(self.backup.as_deref()));
            let problem =
                Problem::new(by.at.value(), format!("no copy called {name} is ever taken of a disk"));
            let named =
                self.backup.as_ref().map(|name| format!(", \"backup\": \"{name}\"")).unwrap_or_default();
            let entry = format!("{{ \"at\": …, \"back_up\": {{ \"node\": \"{}\"{named} }} }}", self.source());
            by.report.add(problem.help(format!("take one before: `{entry}`")));
            return None;
        }
        Some(())
    }

    /// That a node can read what another has written.
    fn check_source(&self, of: &str, by: &mut Resolving<'_, '_>) -> Option<()> {
        let (node, source) = (by.node(&self.node, "node")?, by.node(of, "of")?);
        if by.names.guest(node) == by.names.guest(source) {
            return Some(());
        }
        let message = format!("`{}` cannot read what is on the disk of `{of}`", self.node);
        let problem = Problem::new(by.at.key("of").value(), message);
        by.report.add(
            problem
                .expected("a node that the same guest plays, or, for one of cosim's own, another of these")
                .help("each kind of node has a form of its own for what it stores"),
        );
        None
    }

    pub(super) fn words(&self) -> String {
        let (node, copy) = (&self.node, backup_name(self.backup.as_deref()));
        let of = self.of.as_ref().map_or_else(|| "its".to_owned(), |of| format!("{of}'s"));
        format!("{node} starts again from the copy {copy} of {of} disk, down for {}", self.down_for())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Restore> {
        let shorter = outages(self.down_for()).map(|down_for| Restore { down_for, ..self.clone() });
        shorter.chain([Restore { spare_last_copy: None, ..self.clone() }])
    }
}

impl super::Act {
    /// Whether it may end a process, at once or later.
    pub(crate) fn may_end_process(&self) -> bool {
        use super::Act::{Crash, Restart, Restore, Wipe};
        matches!(self, Restart(_) | Wipe(_) | Crash(_) | Restore(_))
    }

    /// For how long it ends a process, where it surely does so at once.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few acts end a process")]
    pub(crate) fn goes_down(&self) -> Option<Span> {
        let down_for = match self {
            super::Act::Restart(it) => it.down_for(),
            super::Act::Wipe(it) if !it.spare_last_copy() => it.down_for(),
            super::Act::Crash(it) if it.point() == Point::Now => it.down_for(),
            super::Act::Restore(it) if !it.spare_last_copy() => it.down_for(),
            _ => return None,
        };
        Some(down_for.0)
    }
}
