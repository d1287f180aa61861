//! Event logs in the forms of other tools. Each form has a file of its own, which reads the events of a log and nothing
//! else; a log that was read is written as the log of the run itself is. What a log does not tell is said, and so is
//! what a form leaves out.

mod about;
mod csv;
mod mermaid;
mod perfetto;
mod shiviz;
mod spells;
mod svg;
mod words;

use crate::host::NodeId;
use crate::log::{Entry, Event, Log, Mail};
use about::{About, about};
use std::collections::BTreeSet;

pub use csv::COLUMNS as CSV_COLUMNS;

/// A form in which a log can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Trace events in JSON, as Perfetto and Chrome read them.
    Perfetto,
    /// A log with vector clocks, as ShiViz reads it.
    Shiviz,
    /// A sequence diagram of Mermaid.
    Mermaid,
    /// A space-time diagram as an image.
    Svg,
    /// A table: a row an event.
    Csv,
}

impl Format {
    /// Every form.
    pub const ALL: [Format; 5] =
        [Format::Perfetto, Format::Shiviz, Format::Mermaid, Format::Svg, Format::Csv];

    /// What it is called on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Perfetto => "perfetto",
            Format::Shiviz => "shiviz",
            Format::Mermaid => "mermaid",
            Format::Svg => "svg",
            Format::Csv => "csv",
        }
    }
}

/// A log in another form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub text: String,
    /// What is missing in it: what the log does not tell, and what the form leaves out. One sentence each.
    pub missing: Vec<String>,
}

/// Writes a log in a form. The same log gives the same bytes.
pub fn export(log: &Log, format: Format) -> Exported {
    let mut missing = untold(log);
    let text = match format {
        Format::Perfetto => perfetto::write(log),
        Format::Shiviz => shiviz::write(log, &mut missing),
        Format::Mermaid => mermaid::write(log, &mut missing),
        Format::Svg => svg::write(log, &mut missing),
        Format::Csv => csv::write(log),
    };
    Exported { text, missing }
}

/// What the log does not tell.
fn untold(log: &Log) -> Vec<String> {
    let mut untold = Vec::new();
    let (after, dropped) = log.dropped();
    if dropped > 0 {
        untold.push(format!("the log leaves out {dropped} entries after its first {after}"));
    }
    let unsent = untold_sendings(log).count();
    let about_nodes = log.entries().filter_map(|entry| {
        let Event::Operation { nodes, .. } = &entry.what else { return None };
        Some(!nodes.is_empty())
    });
    let about_nodes: Vec<bool> = about_nodes.collect();
    if unsent > 0 {
        untold.push(format!("the log does not tell how {unsent} of the messages that arrive were sent"));
    }
    if !about_nodes.is_empty() && !about_nodes.contains(&true) {
        untold.push("the log does not tell which nodes its operations are about".to_owned());
    }
    untold
}

/// The messages that arrive though it is not told that they were sent, and in which event they were.
fn untold_sendings(log: &Log) -> impl Iterator<Item = (&Mail, u64)> {
    let mut told = BTreeSet::new();
    log.entries().filter_map(move |entry| {
        if let Event::Sent { mail, .. } = &entry.what {
            told.insert(mail.number);
        }
        let Event::Delivered { mail, sent_in, .. } = &entry.what else { return None };
        (!told.contains(&mail.number)).then_some((mail, *sent_in))
    })
}

/// An event that is shown, and what it is about.
struct Shown<'a> {
    entry: &'a Entry,
    about: About,
}

/// The events that are shown: all but how states change, and looks at what held. That an operation had no effect is about
/// what the operation is about.
fn shown(log: &Log) -> impl Iterator<Item = Shown<'_>> {
    let is_shown = |entry: &&Entry| {
        if let Event::Looks(looks) = &entry.what {
            !looks.violated.is_empty()
        } else {
            !matches!(entry.what, Event::State { .. })
        }
    };
    log.entries().filter(is_shown).scan((0, About::default()), |operation, entry| {
        let mut about = about(&entry.what);
        if matches!(entry.what, Event::Operation { .. }) {
            *operation = (entry.event, about.clone());
        } else if matches!(entry.what, Event::Skipped { .. }) && operation.0 == entry.event {
            about = operation.1.clone();
        }
        Some(Shown { entry, about })
    })
}

/// Whether what is shown has a line of its own where people read it: as in the text log, and what was violated.
fn is_told(what: &Event) -> bool {
    what.is_told() || matches!(what, Event::Looks(_))
}

/// The nodes that a log tells of, in order: those that its events are about, and not all that its scenario has.
fn nodes(log: &Log) -> Vec<NodeId> {
    let all: BTreeSet<NodeId> = shown(log).flat_map(|shown| shown.about.nodes).collect();
    all.into_iter().collect()
}
