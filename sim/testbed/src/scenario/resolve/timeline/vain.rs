//! What can have no effect, as the timeline alone shows: the end of what never began, a process that ends while there is
//! none, a copy that is not there yet.
//!
//! What `cosim freeze` wrote is taken as it is. It says what happened, and that may be that something had no effect.

use super::super::names::backup_name;
use super::super::{At, Problem, Report, file};
use crate::scenario::FaultKind;
use crate::scenario::act::{Act, Reference, Way};
use cosim_core::Span;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(file: &file::Scenario, report: &mut Report) {
    if file.origin.is_some() {
        return;
    }
    let mut so_far = SoFar { generated: Generated::by(file), ..SoFar::default() };
    let root = At::Root;
    let at = root.key("timeline");
    for (index, entry) in file.timeline.iter().enumerate() {
        if entry.waits() {
            so_far.down.clear();
            so_far.spells.clear();
        }
        let at = at.index(index);
        so_far.links(entry, &at, report);
        so_far.processes(index, entry, &at, report);
        so_far.conditions(entry, &at, report);
        so_far.copies(file, entry, &at, report);
        so_far.invites(entry, &at, report);
    }
}

/// What the seed begins, too, so that it is not in vain to end it.
#[derive(Default)]
struct Generated {
    /// That messages are swallowed, dropped or kept back.
    cuts: bool,
    /// That messages are kept back.
    holds: bool,
    /// That clocks stand still.
    clock_stops: bool,
    /// That disks are full.
    full_disks: bool,
    /// That processes end.
    ends: bool,
}

impl Generated {
    fn by(file: &file::Scenario) -> Generated {
        use FaultKind::{
            ClockStops, Crashes, Drops, FullDisks, Holds, Partitions, Restarts, Restores, Rots, Wipes,
        };
        let Some(faults) = &file.faults else { return Generated::default() };
        let any = |kinds: &[FaultKind]| kinds.iter().any(|kind| faults.may(*kind));
        Generated {
            cuts: any(&[Partitions, Drops, Holds]),
            holds: any(&[Holds]),
            clock_stops: any(&[ClockStops]),
            full_disks: any(&[FullDisks]),
            ends: any(&[Restarts, Wipes, Crashes, Rots, Restores]),
        }
    }
}

/// What the entries so far have begun.
#[derive(Default)]
struct SoFar<'a> {
    generated: Generated,
    /// The directions in which messages are swallowed or dropped.
    cut: BTreeSet<[&'a String; 2]>,
    /// The directions in which messages are kept back.
    held: BTreeSet<[&'a String; 2]>,
    /// The nodes that go down in this chapter: until when, and by which entry.
    down: BTreeMap<&'a str, (Span, usize)>,
    /// The nodes that sleep or are offline in this chapter: which of the two, until when, and by which entry.
    spells: BTreeMap<(&'a str, &'static str), (Span, usize)>,
    /// The nodes whose clocks stand still.
    stopped: BTreeSet<&'a str>,
    /// The nodes whose disks are full.
    full: BTreeSet<&'a str>,
    /// The invites that were made to each group.
    invited: BTreeSet<(&'a String, &'a String)>,
    /// The copies that were taken of each node's disk.
    copies: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> SoFar<'a> {
    fn links(&mut self, entry: &'a file::Entry, at: &At<'_>, report: &mut Report) {
        let ways = entry.act.way().map(Way::directions).unwrap_or_default();
        if let Act::Partition(_) | Act::Drop(_) = &entry.act {
            self.cut.extend(ways.iter().copied());
        }
        if let Act::Hold(_) = &entry.act {
            self.held.extend(ways.iter().copied());
        }
        if let Act::Release(_) = &entry.act {
            let released = ways.iter().filter(|way| self.held.remove(*way)).count();
            if released == 0 && !ways.is_empty() && !self.generated.holds {
                let problem = Problem::new(at.key("release").value(), "a release, but nothing is kept back");
                report.add(
                    problem
                        .expected("a `hold` of this link and direction before it")
                        .help("write the `hold` first, or leave the release out"),
                );
            }
        }
        if let Act::Heal(_) = &entry.act {
            let healed = ways.iter().filter(|way| self.cut.remove(*way) | self.held.remove(*way)).count();
            if healed == 0 && !ways.is_empty() && !self.generated.cuts {
                let problem = Problem::new(at.key("heal").value(), "a heal without a partition");
                report.add(
                    problem
                        .expected("a `partition`, `drop` or `hold` of this link and direction before it")
                        .help("write the partition first, or leave the heal out"),
                );
            }
        }
    }

    fn processes(&mut self, index: usize, entry: &'a file::Entry, at: &At<'_>, report: &mut Report) {
        let now = entry.time();
        let Some(what) = entry.act.asked() else { return };
        let Some((Reference { name: node, .. }, place)) = entry.places(at).into_iter().next() else { return };
        if let Some((until, by)) = self.down.get(node).filter(|(until, _)| now <= *until) {
            let problem = Problem::new(place, format!("`{node}` {what}, but is down until {until}"));
            report.add(
                problem
                    .expected(format!("a time after {until}, since timeline[{by}] ends its process"))
                    .help("let it happen later, or make `down_for` of the other shorter"),
            );
        } else if let Some(down_for) = entry.act.goes_down() {
            self.down.insert(node, (now + down_for, index));
        }
        if entry.act.may_end_process() {
            // And with it its sleep.
            self.spells.remove(&(node, "pause"));
        }
        let (kind, state, file::Duration(span)) = if let Act::Pause(pause) = &entry.act {
            ("pause", "sleeps", pause.span)
        } else if let Act::Offline(spell) = &entry.act {
            ("offline", "is offline", spell.span)
        } else {
            return;
        };
        match self.spells.get(&(node, kind)).filter(|(until, _)| now < *until) {
            Some(_) if kind == "pause" && self.generated.ends => {}
            Some((until, by)) => {
                let place = at.key(kind).key("node").value();
                let problem = Problem::new(place, format!("`{node}` {state} already until {until}"));
                report.add(
                    problem
                        .expected(format!("a time after {until}, since timeline[{by}] lasts so long"))
                        .help("let it happen later, or make the other longer"),
                );
            }
            None => drop(self.spells.insert((node, kind), (now + span, index))),
        }
    }

    /// What stands still and goes on, or is full and has room, and conditions that stay as they are.
    fn conditions(&mut self, entry: &'a file::Entry, at: &At<'_>, report: &mut Report) {
        if let Act::Network(change) = &entry.act
            && change.conditions() == file::Network::default()
        {
            let problem = Problem::new(at.key("network").value(), "`network` changes nothing");
            report.add(problem.expected("at least one condition").help("such as `\"loss\": \"5%\"`"));
        }
        if let Act::Clock(clock) = &entry.act {
            if clock.stop == Some(true) {
                self.stopped.insert(&clock.node);
            }
            if clock.go == Some(true)
                && !self.stopped.remove(clock.node.as_str())
                && !self.generated.clock_stops
            {
                let message = format!("the clock of `{}` goes on, but nothing has stopped it", clock.node);
                let problem = Problem::new(at.key("clock").key("go").value(), message);
                report.add(
                    problem
                        .expected("an entry before it that stops the clock")
                        .help("write `\"stop\": true` first, or leave this out"),
                );
            }
        }
        if let Act::DiskFull(full) = &entry.act {
            self.full.insert(&full.node);
        }
        if let Act::DiskRoom(room) = &entry.act
            && !self.full.remove(room.node.as_str())
            && !self.generated.full_disks
        {
            let message = format!("the disk of `{}` has room again, but was not full", room.node);
            let problem = Problem::new(at.key("disk_room").key("node").value(), message);
            report.add(
                problem
                    .expected("a `disk_full` of the node before it")
                    .help("write the `disk_full` first, or leave this out"),
            );
        }
    }

    fn invites(&mut self, entry: &'a file::Entry, at: &At<'_>, report: &mut Report) {
        let Some((group, secret)) = entry.act.invited() else { return };
        if let Act::Invite(_) = &entry.act {
            self.invited.insert((group, secret));
        } else if !self.invited.contains(&(group, secret)) {
            let message = format!("no invite {} to `{group}` was made before", file::quoted(secret));
            let problem = Problem::new(at.key("accept").key("secret").value(), message);
            let close = report.did_you_mean(secret, self.invited.iter().map(|(_, made)| made.as_str()));
            let entry = format!(
                "`{{ \"at\": …, \"invite\": {{ \"id\": \"{group}\", \"secret\": \"{secret}\", … }} }}`"
            );
            let help = close.unwrap_or_else(|| format!("make it in an entry before: {entry}"));
            report.add(problem.expected("the secret of an `invite`").help(help));
        }
    }

    fn copies(&mut self, file: &file::Scenario, entry: &'a file::Entry, at: &At<'_>, report: &mut Report) {
        if let Act::BackUp(copy) = &entry.act {
            self.copies.insert((&copy.node, backup_name(copy.backup.as_deref())));
        }
        let Act::Restore(restore) = &entry.act else { return };
        let backup = backup_name(restore.backup.as_deref());
        let mut later = file.timeline.iter().filter_map(|entry| {
            let Act::BackUp(copy) = &entry.act else { return None };
            Some(copy)
        });
        // Of a copy that nobody takes, more is said elsewhere.
        if !self.copies.contains(&(restore.source().as_str(), backup))
            && later.any(|copy| backup_name(copy.backup.as_deref()) == backup)
        {
            let message = format!("no such copy was taken of the disk of `{}` before", restore.source());
            let problem = Problem::new(at.key("restore").value(), message);
            let entry = format!("{{ \"at\": …, \"back_up\": {{ \"node\": \"{}\" }} }}", restore.source());
            let whose = restore.of.as_ref().map_or("the node's own".to_owned(), |of| format!("`{of}`'s"));
            report.add(
                problem
                    .expected(format!("a copy of {whose} disk"))
                    .help(format!("take it in an entry before: `{entry}`")),
            );
        }
    }
}
