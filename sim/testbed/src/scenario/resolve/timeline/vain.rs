//! What can have no effect, as the timeline alone shows: the end of what never began, a process that ends while there is
//! none, a copy that is not there yet.
//!
//! What `cosim freeze` wrote is taken as it is. It says what happened, and that may be that something had no effect.

use super::super::names::backup_name;
use super::super::{At, Place, Problem, Report, file};
use crate::scenario::FaultKind;
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
        if entry.after.is_some() {
            so_far.down.clear();
            so_far.spells.clear();
        }
        let at = at.index(index);
        so_far.links(entry, &at, report);
        so_far.processes(index, entry, &at, report);
        so_far.conditions(entry, &at, report);
        so_far.copies(file, entry, &at, report);
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
        let Some(faults) = &file.faults else { return Generated::default() };
        use FaultKind::{
            ClockStops, Crashes, Drops, FullDisks, Holds, Partitions, Restarts, Restores, Rots, Wipes,
        };
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
    cut: BTreeSet<[&'a str; 2]>,
    /// The directions in which messages are kept back.
    held: BTreeSet<[&'a str; 2]>,
    /// The nodes that go down in this chapter: until when, and by which entry.
    down: BTreeMap<&'a str, (Span, usize)>,
    /// The nodes that sleep or are offline in this chapter: which of the two, until when, and by which entry.
    spells: BTreeMap<(&'a str, &'static str), (Span, usize)>,
    /// The nodes whose clocks stand still.
    stopped: BTreeSet<&'a str>,
    /// The nodes whose disks are full.
    full: BTreeSet<&'a str>,
    /// The copies that were taken of each node's disk.
    copies: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> SoFar<'a> {
    fn links(&mut self, entry: &'a file::Entry, at: &At<'_>, report: &mut Report) {
        let cuts = entry.partition.as_ref().map(|cut| ways(&cut.between, &cut.from, &cut.to));
        let drops = entry.drop.as_ref().map(|drop| ways(&drop.between, &drop.from, &drop.to));
        self.cut.extend(cuts.into_iter().chain(drops).flatten());
        let holds = entry.hold.as_ref().map(|hold| ways(&hold.between, &hold.from, &hold.to));
        self.held.extend(holds.into_iter().flatten());
        if let Some(release) = &entry.release {
            let ways = ways(&release.between, &release.from, &release.to);
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
        if let Some(heal) = &entry.heal {
            let ways = ways(&heal.between, &heal.from, &heal.to);
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
        let now = if entry.after.is_some() { Some(Span::ZERO) } else { entry.at.map(|at| at.0) };
        let (Some(now), Some((node, what, place))) = (now, asked(entry, at)) else { return };
        if let Some((until, by)) = self.down.get(node).filter(|(until, _)| now <= *until) {
            let problem = Problem::new(place, format!("`{node}` {what}, but is down until {until}"));
            report.add(
                problem
                    .expected(format!("a time after {until}, since timeline[{by}] ends its process"))
                    .help("let it happen later, or make `down_for` of the other shorter"),
            );
        } else if let Some(down_for) = goes_down(entry) {
            self.down.insert(node, (now + down_for, index));
        }
        if may_end_process(entry) {
            // And with it its sleep.
            self.spells.remove(&(node, "pause"));
        }
        let pause = entry.pause.as_ref().map(|pause| ("pause", "sleeps", pause.span));
        let offline = entry.offline.as_ref().map(|spell| ("offline", "is offline", spell.span));
        let Some((kind, state, file::Duration(span))) = pause.or(offline) else { return };
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
        if entry.network.as_ref().is_some_and(|change| change.conditions() == file::Network::default()) {
            let problem = Problem::new(at.key("network").value(), "`network` changes nothing");
            report.add(problem.expected("at least one condition").help("such as `\"loss\": \"5%\"`"));
        }
        if let Some(clock) = &entry.clock {
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
        if let Some(full) = &entry.disk_full {
            self.full.insert(&full.node);
        }
        if let Some(room) = &entry.disk_room
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

    fn copies(&mut self, file: &file::Scenario, entry: &'a file::Entry, at: &At<'_>, report: &mut Report) {
        if let Some(copy) = &entry.back_up {
            self.copies.insert((&copy.node, backup_name(copy.backup.as_deref())));
        }
        let Some(restore) = &entry.restore else { return };
        let backup = backup_name(restore.backup.as_deref());
        let mut later = file.timeline.iter().filter_map(|entry| entry.back_up.as_ref());
        // Of a copy that nobody takes, more is said elsewhere.
        if !self.copies.contains(&(&restore.node, backup))
            && later.any(|copy| backup_name(copy.backup.as_deref()) == backup)
        {
            let message = format!("no such copy was taken of the disk of `{}` before", restore.node);
            let problem = Problem::new(at.key("restore").value(), message);
            let entry = format!("{{ \"at\": …, \"back_up\": {{ \"node\": \"{}\" }} }}", restore.node);
            report.add(
                problem
                    .expected("a copy of the node's own disk")
                    .help(format!("take it in an entry before: `{entry}`")),
            );
        }
    }
}

/// The directions that an entry names.
fn ways<'a>(
    between: &'a Option<[String; 2]>,
    from: &'a Option<String>,
    to: &'a Option<String>,
) -> Vec<[&'a str; 2]> {
    match (between, from, to) {
        (Some([a, b]), None, None) => vec![[a, b], [b, a]],
        (None, Some(from), Some(to)) => vec![[from, to]],
        // It has been complained of.
        _ => Vec::new(),
    }
}

/// Which node must run for an entry to have an effect, what happens to it, and where the entry names it.
fn asked<'a>(entry: &'a file::Entry, at: &At<'_>) -> Option<(&'a str, &'static str, Place)> {
    let command = entry.command().map(|(kind, node)| (kind, "is asked for something", Some(node)));
    let kinds = [
        ("back_up", "has its disk copied", entry.back_up.as_ref().map(|copy| &copy.node)),
        ("crash", "crashes", entry.crash.as_ref().map(|crash| &crash.node)),
        ("restart", "restarts", entry.restart.as_ref().map(|outage| &outage.node)),
        ("wipe", "is wiped", entry.wipe.as_ref().map(|outage| &outage.node)),
        ("restore", "starts from a copy", entry.restore.as_ref().map(|restore| &restore.node)),
        ("pause", "falls asleep", entry.pause.as_ref().map(|pause| &pause.node)),
        ("offline", "goes offline", entry.offline.as_ref().map(|spell| &spell.node)),
    ];
    kinds
        .into_iter()
        .chain(command)
        .find_map(|(kind, what, node)| Some((node?.as_str(), what, at.key(kind).key("node").value())))
}

/// Whether an entry may end a process, at once or later.
fn may_end_process(entry: &file::Entry) -> bool {
    entry.restart.is_some() || entry.wipe.is_some() || entry.crash.is_some() || entry.restore.is_some()
}

/// For how long an entry ends a process, where it surely does so at once.
fn goes_down(entry: &file::Entry) -> Option<Span> {
    let restart = entry.restart.as_ref().map(|outage| outage.down_for);
    let wipe =
        entry.wipe.as_ref().filter(|wipe| wipe.spare_last_copy != Some(true)).map(|wipe| wipe.down_for);
    let at_once = |crash: &&file::Crash| crash.point.is_none_or(|point| point == file::Point::Now);
    let crash = entry.crash.as_ref().filter(at_once).map(|crash| crash.down_for);
    let restore = entry.restore.as_ref().filter(|restore| restore.spare_last_copy != Some(true));
    let restore = restore.map(|restore| restore.down_for);
    let down_for = restart.or(wipe).or(crash).or(restore)?;
    Some(down_for.unwrap_or_default().0)
}
