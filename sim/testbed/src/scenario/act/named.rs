//! From an operation of a run back to what a file says of it: numbers become names again.

use super::{
    Act, Attack, BackUp, Between, ClockChange, Connections, Crash, Departure, DropMessages, Edit, FailWrites,
    HalfOpen, Hold, Lone, Outage, Pause, Point, Restore, Rot, Spell, Stall, Subject, Where,
};
use crate::host::{self, Direction, DiskFault, Filter, FilterAct};
use crate::network::Ppm;
use crate::scenario::Scenario;
use crate::scenario::file::{Duration, NetworkChange, Percent};
use crate::scenario::operation::{Action, drawn_filter};
use cosim_core::Span;

impl Act {
    /// What an operation of a scenario is in a file. Whether something is encrypted is always
    /// said.
    pub(crate) fn of(scenario: &Scenario, action: &Action) -> Act {
        let name = |node: u32| scenario.nodes[node as usize].name.clone();
        let id = |co_value: u32| scenario.co_values[co_value as usize].clone();
        let subject = |node: u32, co_value: u32| Subject { node: name(node), id: id(co_value) };
        let ends = |link: u32| scenario.links[link as usize].ends.map(name);
        match *action {
            Action::Create { node, co_value } => Act::Create(subject(node, co_value)),
            Action::Load { node, co_value } => Act::Load(subject(node, co_value)),
            Action::Done { node, co_value } => Act::Done(subject(node, co_value)),
            Action::Edit { node, co_value, transactions, size } => {
                let transactions = Some(transactions).filter(|n| *n != 1);
                let size = Some(size).filter(|size| *size != Edit::USUAL_SIZE);
                Act::Edit(Edit { node: name(node), id: id(co_value), transactions, size })
            }
            Action::Change { node, co_value, change } => {
                let change = scenario.directory.change(change).expect("an operation names one that is there");
                Act::of_change(name(node), id(co_value), change, |node| name(node.0))
            }
            Action::Connect { link } => Act::Connect(Between { between: ends(link) }),
            Action::Disconnect { link } => Act::Disconnect(Between { between: ends(link) }),
            Action::Partition { link, direction } => Act::Partition(way(ends(link), direction)),
            Action::Heal { link, direction } => Act::Heal(way(ends(link), direction)),
            Action::Release { link, direction } => Act::Release(way(ends(link), direction)),
            Action::HalfOpen { link, end } => {
                let [a, b] = ends(link);
                let (node, peer) = if end == 0 { (a, b) } else { (b, a) };
                Act::HalfOpen(HalfOpen { node, peer })
            }
            Action::Filter { link, direction, filter } => {
                filtered(&scenario.filters[filter as usize], way(ends(link), direction), id)
            }
            Action::FilterDrawn { link, direction, kind, co_value, hold } => {
                filtered(&drawn_filter(kind, co_value, hold), way(ends(link), direction), id)
            }
            Action::Restart { node, down_for } => Act::Restart(outage(name(node), down_for)),
            Action::Wipe { node, down_for, spare } => {
                Act::Wipe(Outage { spare_last_copy: spare.then_some(true), ..outage(name(node), down_for) })
            }
            Action::Crash { node, point, down_for } => {
                let point = Some(point.into()).filter(|point| *point != Point::Now);
                Act::Crash(Crash { node: name(node), point, down_for: unless_zero(down_for) })
            }
            Action::BackUp { node, backup } => {
                Act::BackUp(BackUp { node: name(node), backup: Some(scenario.backup_name(backup)) })
            }
            Action::Restore { node, backup, down_for, spare } => Act::Restore(Restore {
                node: name(node),
                backup: Some(scenario.backup_name(backup)),
                down_for: unless_zero(down_for),
                spare_last_copy: spare.then_some(true),
            }),
            Action::Disk { node, fault, spare } => broken(name(node), fault, spare),
            Action::Pause { node, span, connections } => {
                let connections = match connections {
                    host::Connections::Kept => None,
                    host::Connections::Dropped => Some(Connections::Dropped),
                };
                Act::Pause(Pause { node: name(node), span: Duration(span), connections })
            }
            Action::Offline { node, span } => Act::Offline(Spell { node: name(node), span: Duration(span) }),
            Action::Join { node } => Act::Join(Lone { node: name(node) }),
            Action::Leave { node, spare } => {
                Act::Leave(Departure { node: name(node), spare_last_copy: spare.then_some(true) })
            }
            Action::Clock { node, change } => Act::Clock(ClockChange::of(name(node), change)),
            Action::Attack { node, on, how, co_value, count } => Act::Attack(Attack {
                node: name(node),
                on: name(on),
                how,
                id: Some(id(co_value)),
                count: Some(count).filter(|count| *count != 1),
            }),
            Action::Network { link, change } => Act::Network(NetworkChange::new(link.map(ends), change)),
        }
    }
}

fn filtered(filter: &Filter, way: Where, id: impl Fn(u32) -> String) -> Act {
    let Where { between, from, to } = way;
    let kinds = Some(filter.kinds.clone()).filter(|kinds| !kinds.is_empty());
    let ids: Vec<String> = filter.subjects.iter().copied().map(id).collect();
    let ids = Some(ids).filter(|ids| !ids.is_empty());
    match filter.act {
        FilterAct::Hold => Act::Hold(Hold { between, from, to, kinds, ids }),
        FilterAct::Drop { count } => Act::Drop(DropMessages { between, from, to, kinds, ids, count }),
    }
}

fn way([a, b]: [String; 2], direction: Direction) -> Where {
    match direction {
        Direction::Both => Where { between: Some([a, b]), ..Where::default() },
        Direction::Forward => Where { from: Some(a), to: Some(b), ..Where::default() },
        Direction::Backward => Where { from: Some(b), to: Some(a), ..Where::default() },
    }
}

fn unless_zero(span: Span) -> Option<Duration> {
    Some(Duration(span)).filter(|_| span != Span::ZERO)
}

fn outage(node: String, down_for: Span) -> Outage {
    Outage { node, down_for: unless_zero(down_for), spare_last_copy: None }
}

/// What goes wrong with a disk, or is mended.
fn broken(node: String, fault: DiskFault, spare: bool) -> Act {
    match fault {
        DiskFault::Stall(span) => Act::Stall(Stall { node, span: Duration(span) }),
        DiskFault::Full => Act::DiskFull(Lone { node }),
        DiskFault::Room => Act::DiskRoom(Lone { node }),
        DiskFault::FailNext(count) => {
            Act::FailWrites(FailWrites { node, count: Some(count).filter(|count| *count != 1) })
        }
        DiskFault::Rot { place, bit } => Act::Rot(Rot {
            node,
            place: Ppm::new(place).map(Percent),
            bit: Some(bit).filter(|bit| *bit != 0),
            spare_last_copy: spare.then_some(true),
        }),
    }
}
