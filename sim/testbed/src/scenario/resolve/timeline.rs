//! The timeline: chapters, times and operations. Their names are in `naming`.

mod lifecycle;
mod naming;
mod vain;

use super::names::Names;
use super::{At, Problem, Report, file};
use crate::scenario::act::{Resolving, When};
use crate::scenario::{Chapter, Operation};
use cosim_core::{Span, Time};

/// The timeline, and where each operation of it comes from.
pub(super) struct Timeline {
    pub(super) chapters: Vec<Chapter>,
    /// For each operation, in order: its entry in the file, and the name it has if the file gives none.
    sources: Vec<Source>,
}

struct Source {
    entry: usize,
    usual_name: String,
}

impl Timeline {
    /// All operations, each with the index of its entry.
    pub(super) fn operations(&self) -> impl Iterator<Item = (usize, &Operation)> {
        let operations = self.chapters.iter().flat_map(|chapter| &chapter.operations);
        self.sources.iter().map(|source| source.entry).zip(operations)
    }
}

pub(super) fn timeline(file: &file::Scenario, names: &Names<'_>, report: &mut Report) -> Timeline {
    let root = At::Root;
    let at = root.key("timeline");
    let (mut chapters, mut sources) = (vec![Chapter::default()], Vec::new());
    let mut latest = Span::ZERO;
    for (index, entry) in file.timeline.iter().enumerate() {
        let at = at.index(index);
        let time = time(entry, &mut latest, &at, report);
        let kind = entry.act.key();
        let mut by = Resolving { kind, names, at: &at.key(kind), report: &mut *report };
        let act = entry.act.resolve(&mut by);
        if entry.waits() {
            chapters.push(Chapter::default());
        }
        let (Some(time), Some(act)) = (time, act) else { continue };
        sources.push(Source { entry: index, usual_name: entry.act.usual_name() });
        if let Some(chapter) = chapters.last_mut() {
            chapter.operations.push(Operation { name: String::new(), at: Time::ZERO + time, act });
        }
    }
    lifecycle::check(file, report);
    vain::check(file, report);
    Timeline { chapters, sources }
}

/// When an entry happens, counted from the start of its chapter.
fn time(entry: &file::Entry, latest: &mut Span, at: &At<'_>, report: &mut Report) -> Option<Span> {
    match entry.when {
        When::At(file::Duration(time)) if time < *latest => {
            let problem = Problem::new(at.key("at").value(), "time runs backwards");
            report.add(problem.expected(format!("the entry before it is at {latest}")).help(
                "put the entries in order of time; after `\"after\": \"quiet\"` time starts at 0ms again",
            ));
            None
        }
        When::At(file::Duration(time)) => {
            *latest = time;
            Some(time)
        }
        When::Quiet => {
            *latest = Span::ZERO;
            Some(Span::ZERO)
        }
    }
}
