//! Processes that end and start again: restarts, wipes, crashes and copies put back.

use super::Resolving;
use super::refs::{Named, Refs, Rename, is_unsaid, unless};
use super::simpler::simpler;
use crate::scenario::file::{Duration, quoted};
use crate::scenario::problems::Problem;
use crate::scenario::resolve::names::backup_name;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node that is down for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Outage<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
    /// For a wipe: whether it is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

/// A process that ends in the middle of its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Crash<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// Where in its work the process ends: the next time that it gets there. Default `now`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
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

/// A node that starts again from a copy of its disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Restore<R: Refs = Named> {
    /// The node.
    pub node: R::Node,
    /// Which copy. Default `backup`.
    #[serde(skip_serializing_if = "is_unsaid")]
    pub backup: R::Backup,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

/// How long a process is down.
fn span(down_for: Option<Duration>) -> Span {
    down_for.unwrap_or_default().0
}

/// What is said of that.
fn said(down_for: Span) -> Option<Duration> {
    unless(Duration(down_for), Duration::default())
}

/// Simpler lengths of an outage, the simplest first.
fn outages(down_for: Option<Duration>) -> impl Iterator<Item = Option<Duration>> {
    simpler(span(down_for)).into_iter().map(said)
}

impl<R: Refs> Outage<R> {
    /// How long it is down.
    pub fn down_for(&self) -> Span {
        span(self.down_for)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Outage<S>> {
        let spare_last_copy = self.spare_last_copy.filter(|spare| *spare);
        Some(Outage { node: by.running(&self.node)?, down_for: said(self.down_for()), spare_last_copy })
    }
}

impl Outage {
    pub(super) fn check_restart(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.node(&self.node, "node")?;
        if self.spare_last_copy.is_some() {
            let problem = Problem::new(by.at.key("spare_last_copy").name(), "a restart loses nothing");
            by.report.add(problem.help("leave it out, or write `wipe`"));
        }
        Some(())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Outage> {
        let shorter = outages(self.down_for).map(|down_for| Outage { down_for, ..self.clone() });
        shorter.chain([Outage { spare_last_copy: None, ..self.clone() }])
    }
}

impl<R: Refs> Crash<R> {
    /// Where in its work the process ends.
    pub fn point(&self) -> Point {
        self.point.unwrap_or(Point::Now)
    }

    /// How long it is down.
    pub fn down_for(&self) -> Span {
        span(self.down_for)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Crash<S>> {
        let (point, down_for) = (unless(self.point(), Point::Now), said(self.down_for()));
        Some(Crash { node: by.running(&self.node)?, point, down_for })
    }
}

impl Crash {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let node = by.node(&self.node, "node")?;
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
        let shorter = outages(self.down_for).map(|down_for| Crash { down_for, ..self.clone() });
        shorter.chain([Crash { point: None, ..self.clone() }])
    }
}

impl<R: Refs> Restore<R> {
    /// How long it is down.
    pub fn down_for(&self) -> Span {
        span(self.down_for)
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Restore<S>> {
        Some(Restore {
            node: by.running(&self.node)?,
            backup: by.to_backup(&self.backup)?,
            down_for: said(self.down_for()),
            spare_last_copy: self.spare_last_copy.filter(|spare| *spare),
        })
    }
}

impl Restore {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        by.check_node_with_disk(&self.node)?;
        if by.names.backup(self.backup.as_deref()).is_none() {
            let name = quoted(backup_name(self.backup.as_deref()));
            let problem =
                Problem::new(by.at.value(), format!("no copy called {name} is ever taken of a disk"));
            let entry = format!("{{ \"at\": …, \"back_up\": {{ \"node\": \"{}\" }} }}", self.node);
            by.report.add(problem.help(format!("take one before: `{entry}`")));
            return None;
        }
        Some(())
    }

    pub(super) fn words(&self) -> String {
        let (node, copy) = (&self.node, backup_name(self.backup.as_deref()));
        format!("{node} starts again from the copy {copy} of its disk, down for {}", self.down_for())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Restore> {
        let shorter = outages(self.down_for).map(|down_for| Restore { down_for, ..self.clone() });
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
    pub(crate) fn goes_down(&self) -> Option<Span> {
        let spared = |spare: Option<bool>| spare == Some(true);
        match self {
            super::Act::Restart(it) => Some(it.down_for()),
            super::Act::Wipe(it) => Some(it.down_for()).filter(|_| !spared(it.spare_last_copy)),
            super::Act::Crash(it) => Some(it.down_for()).filter(|_| it.point() == Point::Now),
            super::Act::Restore(it) => Some(it.down_for()).filter(|_| !spared(it.spare_last_copy)),
            _ => None,
        }
    }
}
