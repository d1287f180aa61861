//! Processes that end and start again: restarts, wipes, crashes and copies put back.

use super::Resolving;
use super::simpler::simpler;
use crate::host;
use crate::scenario::file::{Duration, quoted};
use crate::scenario::operation::Action;
use crate::scenario::problems::Problem;
use crate::scenario::resolve::names::backup_name;
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node that is down for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// The node.
    pub node: String,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
    /// For a wipe: whether it is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

/// A process that ends in the middle of its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// The node.
    pub node: String,
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

impl From<crate::host::Point> for Point {
    fn from(point: crate::host::Point) -> Point {
        match point {
            crate::host::Point::Now => Point::Now,
            crate::host::Point::Writing => Point::Writing,
            crate::host::Point::Written => Point::Written,
            crate::host::Point::Sending => Point::Sending,
        }
    }
}

/// A node that starts again from a copy of its disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// The node.
    pub node: String,
    /// Which copy. Default `backup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// How long it is down. Default 0ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_for: Option<Duration>,
    /// Whether this is skipped if the node holds the last copy of anything. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_last_copy: Option<bool>,
}

/// How long a process is down.
pub(super) fn span(down_for: Option<Duration>) -> Span {
    down_for.map_or(Span::ZERO, |duration| duration.0)
}

/// Simpler lengths of an outage, the simplest first.
fn outages(down_for: Option<Duration>) -> impl Iterator<Item = Option<Duration>> {
    simpler(span(down_for)).into_iter().map(|span| Some(Duration(span)).filter(|_| span != Span::ZERO))
}

impl Outage {
    pub(super) fn restart(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let node = by.node(&self.node, "node")?;
        if self.spare_last_copy.is_some() {
            let problem = Problem::new(by.at.key("spare_last_copy").name(), "a restart loses nothing");
            by.report.add(problem.help("leave it out, or write `wipe`"));
        }
        Some(Action::Restart { node, down_for: span(self.down_for) })
    }

    pub(super) fn wipe(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let node = by.node(&self.node, "node")?;
        let spare = self.spare_last_copy.unwrap_or(false);
        Some(Action::Wipe { node, down_for: span(self.down_for), spare })
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Outage> {
        let shorter = outages(self.down_for).map(|down_for| Outage { down_for, ..self.clone() });
        shorter.chain([Outage { spare_last_copy: None, ..self.clone() }])
    }
}

impl Crash {
    /// Whether it surely happens at once.
    fn is_at_once(&self) -> bool {
        self.point.is_none_or(|point| point == Point::Now)
    }

    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let node = by.node(&self.node, "node")?;
        let point = self.point.map_or(host::Point::Now, Into::into);
        if matches!(point, host::Point::Writing | host::Point::Written) {
            by.check_disk(node, &self.node)?;
        }
        Some(Action::Crash { node, point, down_for: span(self.down_for) })
    }

    pub(super) fn words(&self) -> String {
        let when = match self.point {
            None | Some(Point::Now) => "",
            Some(Point::Writing) => " as soon as it hands over a write",
            Some(Point::Written) => " as soon as a write ends",
            Some(Point::Sending) => " as soon as it sends a message",
        };
        format!("{} crashes{when}, down for {}", self.node, span(self.down_for))
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Crash> {
        let shorter = outages(self.down_for).map(|down_for| Crash { down_for, ..self.clone() });
        shorter.chain([Crash { point: None, ..self.clone() }])
    }
}

impl Restore {
    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let node = by.node_with_disk(&self.node)?;
        let Some(backup) = by.names.backup(self.backup.as_deref()) else {
            let name = quoted(backup_name(self.backup.as_deref()));
            let problem =
                Problem::new(by.at.value(), format!("no copy called {name} is ever taken of a disk"));
            let entry = format!("{{ \"at\": …, \"back_up\": {{ \"node\": \"{}\" }} }}", self.node);
            by.report.add(problem.help(format!("take one before: `{entry}`")));
            return None;
        };
        let spare = self.spare_last_copy.unwrap_or(false);
        Some(Action::Restore { node, backup, down_for: span(self.down_for), spare })
    }

    pub(super) fn words(&self) -> String {
        let (node, copy) = (&self.node, backup_name(self.backup.as_deref()));
        let down_for = span(self.down_for);
        format!("{node} starts again from the copy {copy} of its disk, down for {down_for}")
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
    #[expect(clippy::wildcard_enum_match_arm, reason = "few acts end a process")]
    pub(crate) fn goes_down(&self) -> Option<Span> {
        let spared = |spare: Option<bool>| spare == Some(true);
        match self {
            super::Act::Restart(it) => Some(span(it.down_for)),
            super::Act::Wipe(it) => Some(span(it.down_for)).filter(|_| !spared(it.spare_last_copy)),
            super::Act::Crash(it) => Some(span(it.down_for)).filter(|_| it.is_at_once()),
            super::Act::Restore(it) => Some(span(it.down_for)).filter(|_| !spared(it.spare_last_copy)),
            _ => None,
        }
    }
}
