//! The timeline: chapters, times and operations. Their names are in `naming`.

mod action;
mod change;
mod filter;
mod lifecycle;
mod naming;
mod vain;

use super::names::Names;
use super::{At, Problem, Report, file};
use crate::cojson::Change;
use crate::scenario::{Chapter, Filter, Operation};
pub(super) use action::check_edit;
use action::{Chosen, choose};
use cosim_core::{Span, Time};

/// The timeline, and where each operation of it comes from.
pub(super) struct Timeline {
    pub(super) chapters: Vec<Chapter>,
    /// The filters that operations name by number.
    pub(super) filters: Vec<Filter>,
    /// The changes that operations name by number.
    pub(super) changes: Vec<Change>,
    /// For each operation, in order: its entry in the file, and the name it has if the file gives none.
    sources: Vec<Source>,
}

struct Source {
    entry: usize,
    usual_name: String,
}

pub(super) fn timeline(file: &file::Scenario, names: &Names<'_>, report: &mut Report) -> Timeline {
    let root = At::Root;
    let at = root.key("timeline");
    let mut timeline = Timeline {
        chapters: vec![Chapter::default()],
        filters: Vec::new(),
        changes: Vec::new(),
        sources: Vec::new(),
    };
    let mut latest = Span::ZERO;
    for (index, entry) in file.timeline.iter().enumerate() {
        let at = at.index(index);
        let time = time(entry, &mut latest, &at, report);
        let chosen = choose(entry, names, (&mut timeline.filters, &mut timeline.changes), &at, report);
        if entry.after.is_some() {
            timeline.chapters.push(Chapter::default());
        }
        let (Some(time), Some(Chosen { action, usual_name })) = (time, chosen) else { continue };
        timeline.sources.push(Source { entry: index, usual_name });
        if let Some(chapter) = timeline.chapters.last_mut() {
            chapter.operations.push(Operation { name: String::new(), at: Time::ZERO + time, action });
        }
    }
    lifecycle::check(file, report);
    vain::check(file, report);
    timeline
}

/// When an entry happens, counted from the start of its chapter.
fn time(entry: &file::Entry, latest: &mut Span, at: &At<'_>, report: &mut Report) -> Option<Span> {
    match (entry.at, entry.after) {
        (Some(file::Duration(time)), None) if time < *latest => {
            let problem = Problem::new(at.key("at").value(), "time runs backwards");
            report.add(problem.expected(format!("the entry before it is at {latest}")).help(
                "put the entries in order of time; after `\"after\": \"quiet\"` time starts at 0ms again",
            ));
            None
        }
        (Some(file::Duration(time)), None) => {
            *latest = time;
            Some(time)
        }
        (None, Some(file::When::Quiet)) => {
            *latest = Span::ZERO;
            Some(Span::ZERO)
        }
        (Some(_), Some(_)) => {
            *latest = Span::ZERO;
            let problem = Problem::new(at.key("after").name(), "an entry has both `at` and `after`");
            report.add(
                problem.expected("`at` or `after`, not both").help("keep one; the next entry may say `at`"),
            );
            None
        }
        (None, None) => {
            let problem = Problem::new(at.value(), "an entry does not say when");
            report.add(problem.help("say `\"at\": \"1s\"` or `\"after\": \"quiet\"`"));
            None
        }
    }
}
