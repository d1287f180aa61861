//! What an operation does, in words.

use super::Stage;
use crate::clock::ClockChange;
use crate::cojson::What;
use crate::host::{DiskFault, NodeId, Point};
use crate::network::Ppm;
use crate::scenario::{Action, Connections, Direction, Filter, FilterAct, drawn_filter, file};
use cosim_core::{CoId, Names};

impl Stage<'_> {
    /// What an action is, in words.
    pub(super) fn text(&self, action: &Action) -> String {
        let node = |node: u32| self.cast.node(NodeId(node));
        let id = |co_value: u32| self.cast.co_value(CoId(co_value));
        match *action {
            Action::Create { node: by, co_value } => format!("{} creates {}", node(by), id(co_value)),
            Action::Edit { node: by, co_value, transactions: 1, .. } => {
                format!("{} edits {}", node(by), id(co_value))
            }
            Action::Edit { node: by, co_value, transactions, .. } => {
                format!("{} edits {}, {transactions} transactions", node(by), id(co_value))
            }
            Action::Change { node: by, co_value, change } => {
                let change = self.scenario.directory.change(change);
                let text =
                    change.map_or_else(String::new, |change| self.changes(&change.what, &id(co_value)));
                let private = if change.is_some_and(|change| change.private) { ", in private" } else { "" };
                format!("{} {text}{private}", node(by))
            }
            Action::Load { node: by, co_value } => format!("{} loads {}", node(by), id(co_value)),
            Action::Done { node: by, co_value } => format!("{} is done with {}", node(by), id(co_value)),
            Action::Connect { link } => format!("{} connect", self.pair(link)),
            Action::Disconnect { link } => format!("{} disconnect", self.pair(link)),
            Action::Partition { link, direction } => format!("nothing passes {}", self.way(link, direction)),
            Action::Heal { link, direction } => format!("messages pass {} again", self.way(link, direction)),
            Action::HalfOpen { link, end } => {
                let [a, b] = self.scenario.links[link as usize].ends.map(|end| self.cast.node(NodeId(end)));
                let (notices, believes) = if end == 0 { (a, b) } else { (b, a) };
                format!("{notices} and {believes} disconnect, and only {notices} notices")
            }
            Action::Filter { link, direction, filter } => {
                self.filters(link, direction, &self.scenario.filters[filter as usize])
            }
            Action::FilterDrawn { link, direction, kind, co_value, hold } => {
                self.filters(link, direction, &drawn_filter(kind, co_value, hold))
            }
            Action::Release { link, direction } => {
                format!("what was kept back {} arrives", self.way(link, direction))
            }
            Action::Restart { node: of, down_for } => format!("{} restarts, down for {down_for}", node(of)),
            Action::Wipe { node: of, down_for, .. } => format!("{} is wiped, down for {down_for}", node(of)),
            Action::Crash { node: of, point, down_for } => {
                let when = match point {
                    Point::Now => "",
                    Point::Writing => " as soon as it hands over a write",
                    Point::Written => " as soon as a write ends",
                    Point::Sending => " as soon as it sends a message",
                };
                format!("{} crashes{when}, down for {down_for}", node(of))
            }
            Action::BackUp { node: of, backup } => {
                format!("{}'s disk is copied as {}", node(of), self.scenario.backup_name(backup))
            }
            Action::Restore { node: of, backup, down_for, .. } => {
                let copy = self.scenario.backup_name(backup);
                format!("{} starts again from the copy {copy} of its disk, down for {down_for}", node(of))
            }
            Action::Disk { node: of, fault, .. } => match fault {
                DiskFault::Stall(span) => format!("{}'s disk stalls for {span}", node(of)),
                DiskFault::Full => format!("{}'s disk is full", node(of)),
                DiskFault::Room => format!("{}'s disk has room again", node(of)),
                DiskFault::FailNext(1) => format!("the next write of {}'s disk fails", node(of)),
                DiskFault::FailNext(n) => format!("the next {n} writes of {}'s disk fail", node(of)),
                DiskFault::Rot { .. } => format!("a bit on {}'s disk flips", node(of)),
            },
            Action::Pause { node: of, span, connections: Connections::Kept } => {
                format!("{} sleeps for {span}", node(of))
            }
            Action::Pause { node: of, span, connections: Connections::Dropped } => {
                format!("{} sleeps for {span}, its connections dropped", node(of))
            }
            Action::Offline { node: of, span } => format!("{} goes offline for {span}", node(of)),
            Action::Join { node: of } => format!("{} joins", node(of)),
            Action::Leave { node: of, .. } => format!("{} leaves for good", node(of)),
            Action::Clock { node: of, change: ClockChange::Jump(shift) } => {
                format!("{}'s clock jumps by {shift}", node(of))
            }
            Action::Clock { node: of, change: ClockChange::Stop } => format!("{}'s clock stops", node(of)),
            Action::Clock { node: of, change: ClockChange::Go } => format!("{}'s clock goes on", node(of)),
            Action::Clock { node: of, change: ClockChange::Drift(drift) } => {
                let pace = match drift.ppm() {
                    0 => "at its pace again".to_owned(),
                    ppm => {
                        let much = Ppm::new(ppm.unsigned_abs()).unwrap_or_default();
                        format!("{} too {}", file::Percent(much), if ppm > 0 { "fast" } else { "slow" })
                    }
                };
                format!("{}'s clock goes {pace}", node(of))
            }
            Action::Attack { node: by, on, how, co_value, count } => {
                let times = if count == 1 { String::new() } else { format!(", {count} times") };
                format!("{} attacks {}: {}, {}{times}", node(by), node(on), how.name(), id(co_value))
            }
            Action::Network { link: Some(link), .. } => {
                format!("the network between {} changes", self.pair(link))
            }
            Action::Network { link: None, .. } => "the network changes everywhere".to_owned(),
        }
    }

    /// What a change does to a CoValue, in words.
    fn changes(&self, what: &What, id: &str) -> String {
        let member = |member: &Option<NodeId>| {
            member.map_or_else(|| "everyone".to_owned(), |node| self.cast.node(node).into_owned())
        };
        let end = |index: &u32| if *index == u32::MAX { "the end".to_owned() } else { index.to_string() };
        match what {
            What::Set { key, value } => format!("sets {key} of {id} to {value}"),
            What::Delete { key } => format!("deletes {key} of {id}"),
            What::Insert { index, values } => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                format!("inserts {} at {} of {id}", values.join(", "), end(index))
            }
            What::Remove { index, count: 1 } => format!("removes item {index} of {id}"),
            What::Remove { index, count } => format!("removes {count} items at {index} of {id}"),
            What::Push { value } => format!("pushes {value} to {id}"),
            What::Splice { index, delete: 0, insert } => {
                format!("types {insert:?} at {} of {id}", end(index))
            }
            What::Splice { index, delete, insert } if insert.is_empty() => {
                format!("deletes {delete} at {index} of {id}")
            }
            What::Splice { index, delete, insert } => {
                format!("types {insert:?} in place of {delete} at {index} of {id}")
            }
            What::AddMember { member: who, role } => {
                format!("makes {} a {} of {id}", member(who), role.name())
            }
            What::RemoveMember { member: who } => format!("removes {} from {id}", member(who)),
        }
    }

    fn filters(&self, link: u32, direction: Direction, filter: &Filter) -> String {
        let end = match filter.act {
            FilterAct::Hold => "is kept back".to_owned(),
            FilterAct::Drop { count: None } => "is dropped".to_owned(),
            FilterAct::Drop { count: Some(count) } => format!("is dropped, up to {count} messages"),
        };
        format!("{} {} {end}", self.messages(filter), self.way(link, direction))
    }

    /// The messages that a filter is about: `content, known of notes`.
    fn messages(&self, filter: &Filter) -> String {
        let kinds = if filter.kinds.is_empty() { "everything".to_owned() } else { filter.kinds.join(", ") };
        let ids: Vec<_> = filter.subjects.iter().map(|id| self.cast.co_value(CoId(*id))).collect();
        if ids.is_empty() { kinds } else { format!("{kinds} of {}", ids.join(", ")) }
    }

    fn pair(&self, link: u32) -> String {
        let [a, b] = self.scenario.links[link as usize].ends.map(|end| self.cast.node(NodeId(end)));
        format!("{a} and {b}")
    }

    fn way(&self, link: u32, direction: Direction) -> String {
        let [a, b] = self.scenario.links[link as usize].ends.map(|end| self.cast.node(NodeId(end)));
        match direction {
            Direction::Both => format!("between {a} and {b}"),
            Direction::Forward => format!("from {a} to {b}"),
            Direction::Backward => format!("from {b} to {a}"),
        }
    }
}
