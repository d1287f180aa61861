//! The page of a run, or of several: one HTML file with everything in it, made from event logs and what is known of their
//! runs. A browser opens it from the disk; it loads nothing, and runs no script but its own.
//!
//! The page itself is TypeScript in `sim/viewer`, built into one file that is checked in and embedded here. What it
//! shows is put into it as data: packed, and in base64, so that nothing of a scenario or a guest is ever markup.
//! The same log and facts make the same bytes.

mod columns;
mod comparison;
mod facts;
mod findings;
mod played;
mod redact;
mod sweep;
mod tested;

pub use comparison::comparison;
pub use facts::{Facts, Violated, Without};
pub use findings::{Finding, Findings, findings};
pub use played::{played, side};
pub use sweep::{Played, sweep};
pub use tested::{Tested, Tests, tests};

use crate::export::{Format, export};
use crate::log::{Event, Log};
use base64ct::{Base64, Encoding};
use columns::Columns;
use flate2::{Compression, GzBuilder};
use serde::Serialize;
use serde_json::json;
use std::io::Write;

/// The version of the data in the page. The page and its data are always of one version, as they come together.
pub const PAGE_VERSION: u32 = 2;

/// The page without its data, as `sim/viewer` builds it.
const SHELL: &str = include_str!("../../viewer/dist/page.html");

/// Where in the shell the title belongs.
const TITLE: &str = "<!--title-->";

/// Where in the shell the data belong.
const DATA: &str = "<!--data-->";

/// Whether what apps wrote is in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// It is.
    Shown,
    /// Only how large it is, and a hash, by which equal contents are known.
    Redacted,
}

/// The page of a log, with what is known of its run.
pub fn html(log: &Log, facts: &Facts, contents: Contents) -> String {
    let source = log.source();
    let name = source.scenario.as_deref().unwrap_or("a log");
    let seed = source.seed.map_or(String::new(), |seed| format!(", seed {seed}"));
    shell(&format!("{name}{seed}"), "run", &[packed(&data(log, facts, contents))])
}

/// How many runs the page of a sweep or of tests has in it at most.
const RUNS_MAX: usize = 8;

/// When such a page has so many bytes of runs, no more are put into it.
const RUN_BYTES_MAX: usize = 8 << 20;

/// Up to how many messages a run has ready-made drawings of it in its page.
const DRAWN_MESSAGES_MAX: usize = 100;

/// The runs that a page of several has in it, each to be opened on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs(Vec<String>);

impl Runs {
    /// Adds the run of a log, and gives back the number by which the page opens it: its first is 1.
    pub fn add(&mut self, log: &Log, facts: &Facts, contents: Contents) -> usize {
        self.0.push(packed(&data(log, facts, contents)));
        self.0.len()
    }

    /// Whether one more failure may be put into the page; else why not, in words.
    fn room(&self) -> Result<(), String> {
        if self.0.len() >= RUNS_MAX {
            return Err(format!("the page has {RUNS_MAX} runs, and no more are put into it"));
        }
        if self.0.iter().map(String::len).sum::<usize>() >= RUN_BYTES_MAX {
            return Err("the runs that are in the page are large enough".to_owned());
        }
        Ok(())
    }

    /// The page of several runs, with what is known of them together. What `facts` are depends on the kind of page, by
    /// which the viewer knows how to show them.
    pub fn html(&self, kind: &str, title: &str, facts: &impl Serialize) -> String {
        let facts = serde_json::to_vec(facts).expect("facts have string keys only");
        let parts: Vec<String> = std::iter::once(packed(&facts)).chain(self.0.iter().cloned()).collect();
        shell(title, kind, &parts)
    }
}

/// The shell with a title, and with data of some kind.
fn shell(title: &str, kind: &str, parts: &[String]) -> String {
    let (top, rest) = SHELL.split_once(TITLE).expect("the shell says where its title belongs");
    let (middle, bottom) = rest.split_once(DATA).expect("the shell says where its data belong");
    let data = json!({ "format": "cosim-page", "version": PAGE_VERSION, "kind": kind, "parts": parts });
    // Base64 has no `<`, and neither has anything else in there; should that change, nothing ends the element early.
    let data = data.to_string().replace('<', "\\u003c");
    [top, &escaped(title), middle, &data, bottom].concat()
}

/// What the page shows of a run: a line of JSON that says what follows, then the columns, then the texts of the log's lines. Spaces at the
/// end of the first line make the columns begin at a multiple of eight.
fn data(log: &Log, facts: &Facts, contents: Contents) -> Vec<u8> {
    let columns = Columns::of(log, |entry, cast| {
        let line = entry.to_json(cast);
        match contents {
            Contents::Shown => line,
            Contents::Redacted => redact::line(line, &facts.acts),
        }
    });
    let all = columns.all();
    let layout: Vec<(&str, u8)> = all.iter().map(|(name, width, _)| (*name, *width)).collect();
    let (source, with, (after, dropped)) = (log.source(), log.tells(), log.dropped());
    let head = json!({
        "entries": columns.len(),
        "columns": layout,
        "kinds": columns::KINDS.iter().chain(&columns::QUIET_KINDS).collect::<Vec<_>>(),
        "says": columns::SAYS,
        "flags": columns::FLAGS,
        "losses": columns::LOSSES,
        "timers": columns::TIMERS,
        "nodes": log.cast().nodes,
        "coValues": log.cast().co_values,
        "source": { "scenario": source.scenario, "seed": source.seed, "crypto": source.crypto },
        "tells": { "states": with.states, "looks": with.looks },
        "dropped": (dropped > 0).then(|| json!({ "after": after, "entries": dropped })),
        "facts": facts.shown(contents),
        "drawings": drawings(log, contents),
    });
    let mut data = head.to_string().into_bytes();
    while data.len() % 8 != 7 {
        data.push(b' ');
    }
    data.push(b'\n');
    all.into_iter().for_each(|(_, _, numbers)| data.extend(numbers));
    data.extend(columns.texts());
    data
}

/// A small run as a drawing, to be pasted where a page cannot go.
fn drawings(log: &Log, contents: Contents) -> Option<serde_json::Value> {
    let messages = log.entries().filter(|entry| matches!(entry.what, Event::Sent { .. })).count();
    let is_whole = log.dropped().1 == 0 && messages <= DRAWN_MESSAGES_MAX;
    let drawn = |format| export(log, format).text;
    (is_whole && contents == Contents::Shown)
        .then(|| json!({ "svg": drawn(Format::Svg), "mermaid": drawn(Format::Mermaid) }))
}

/// Packed, and in characters that mean nothing in HTML. The same data are the same text: nothing of when or where.
fn packed(data: &[u8]) -> String {
    let mut packer = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let bytes = packer.write_all(data).and_then(|()| packer.finish()).expect("writing to memory cannot fail");
    Base64::encode_string(&bytes)
}

/// A text as HTML has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
