//! Draws what is laid out.

use super::layout::{Arrow, ArrowEnd, Layout, Row};
use super::legend::{Item, Used};
use super::{LINE, MARGIN, Page, TEXT_MAX, width};
use crate::cojson::Cast;
use crate::export::words::{one_line, words};
use crate::host::NodeId;
use crate::log::{Event, Outcome};
use std::fmt;

/// How far columns are apart at least and at most, in pixels.
const SPACING: [u64; 2] = [72, 150];

/// From how many rows on the names of nodes stand below them, too.
const LONG: usize = 25;

/// Half the width of a spell.
const SPELL: u64 = 6;

/// Where columns, rows and words are.
struct Places<'a> {
    layout: &'a Layout<'a>,
    /// Where times end.
    times: u64,
    /// Where the first column is.
    first: u64,
    spacing: u64,
    /// Where the words begin.
    words: u64,
    /// Where the first row is.
    top: u64,
    /// Below the last row.
    bottom: u64,
}

impl Places<'_> {
    fn x(&self, node: NodeId) -> u64 {
        self.first + self.layout.column(node).unwrap_or_default() * self.spacing
    }

    fn y(&self, row: usize) -> u64 {
        self.layout.rows.get(row).map_or(self.bottom, |row| self.top + row.y)
    }
}

/// Draws it all, and says what was used.
pub(super) fn draw(layout: &Layout<'_>, cast: &Cast, page: &mut Page) -> Used {
    let mut used = Used::default();
    let names: Vec<String> = layout.columns.iter().map(|node| one_line(&cast.node(*node))).collect();
    let spacing = names.iter().map(|name| width(name) + 20).max().unwrap_or_default();
    let spacing = spacing.clamp(SPACING[0], SPACING[1]);
    let times = layout.rows.iter().map(|row| width(&row.entry.at.to_string())).max().unwrap_or_default();
    let times = MARGIN + times;
    let first = times + 16 + spacing / 2;
    let top = page.y + 2 * LINE;
    let bottom = layout.rows.last().map_or(top, |row| top + row.y + LINE);
    let words = first + names.len() as u64 * spacing - spacing / 2 + 12;
    let places = Places { layout, times, first, spacing, words, top, bottom };
    heads(&places, &names, page.y + LINE, page);
    for row in &layout.rows {
        let y = top + row.y;
        page.element(format_args!(
            "<path class=\"grid\" d=\"M{} {y}H{}\"/>",
            places.times + 10,
            places.words - 8
        ));
    }
    for node in &layout.columns {
        let x = places.x(*node);
        page.element(format_args!("<path class=\"life\" d=\"M{x} {}V{bottom}\"/>", top - 12));
    }
    spells(&places, page, &mut used);
    for arrow in &layout.arrows {
        message(&places, arrow, page, &mut used);
    }
    for row in &layout.rows {
        mark(&places, row, page, &mut used);
    }
    for row in &layout.rows {
        label(&places, row, cast, page);
    }
    page.y = bottom;
    if layout.rows.len() >= LONG {
        page.y += LINE;
        heads(&places, &names, page.y, page);
    }
    page.widen(places.words);
    used
}

/// The names of the nodes.
fn heads(places: &Places<'_>, names: &[String], y: u64, page: &mut Page) {
    let limit = (places.spacing - 12) * super::COLUMN.1 / super::COLUMN.0;
    for (node, name) in places.layout.columns.iter().zip(names) {
        page.text_at("head", (places.x(*node), y), "middle", name, limit as usize);
    }
}

/// When it happens, where that is new, and what.
fn label(places: &Places<'_>, row: &Row<'_>, cast: &Cast, page: &mut Page) {
    // The base line of a text whose middle is on the row.
    let y = places.top + row.y + 4;
    if row.is_later {
        let time = row.entry.at.to_string();
        page.text_at("soft", (places.times, y), "end", &time, TEXT_MAX);
    }
    page.text_at(class(&row.entry.what), (places.words, y), "start", &words(row.entry, cast), TEXT_MAX);
}

/// How the words of an event look.
fn class(what: &Event) -> &'static str {
    match what {
        Event::Operation { .. } => "op",
        Event::Looks(_) | Event::GuestFailed { .. } => "violated",
        Event::Sent { why: Some(_), .. } | Event::WriteFailed { .. } => "bad",
        Event::Delivered { damaged: true, .. } => "bad",
        Event::Disk { outcome, .. } | Event::Committed { outcome, .. } if *outcome != Outcome::Written => {
            "bad"
        }
        Event::Down { .. }
        | Event::Up { .. }
        | Event::Asleep { .. }
        | Event::Awake { .. }
        | Event::Offline { .. }
        | Event::Online { .. }
        | Event::Sent { .. }
        | Event::Delivered { .. }
        | Event::LoadEnded { .. }
        | Event::Liveness {} => "said",
        Event::Skipped { .. }
        | Event::Connected(_)
        | Event::Disconnected(_)
        | Event::Closed(_)
        | Event::Timer { .. }
        | Event::Blocked(_)
        | Event::Writable(_)
        | Event::Disk { .. }
        | Event::Committed { .. }
        | Event::Cut { .. }
        | Event::Recovered { .. }
        | Event::Uploaded { .. }
        | Event::State { .. } => "soft",
    }
}

fn spells(places: &Places<'_>, page: &mut Page, used: &mut Used) {
    for spell in &places.layout.spells {
        let x = places.x(spell.node) - SPELL;
        let from = places.y(spell.from as usize);
        let until = spell.until.map_or(places.bottom, |row| places.y(row as usize));
        let (width, height) = (2 * SPELL, until.saturating_sub(from));
        let name = spell.condition.name();
        page.element(format_args!(
            "<rect class=\"paper\" x=\"{x}\" y=\"{from}\" width=\"{width}\" height=\"{height}\"/>"
        ));
        page.element(format_args!(
            "<rect class=\"hatch {name}\" x=\"{x}\" y=\"{from}\" width=\"{width}\" height=\"{height}\"/>"
        ));
        used.insert(Item::Spell(name));
    }
}

/// How messages of a kind are drawn, as the page of a run draws them: the class of the line, its head, and the head of a
/// copy.
pub(super) fn stroke(kind: &str) -> (&'static str, &'static str, &'static str) {
    match kind {
        "load" => ("load", "open", "open"),
        "correction" => ("correction", "double", "hollow"),
        "content" => ("content", "content", "hollow-content"),
        "done" => ("done", "bar", "bar"),
        _ => ("known", "closed", "hollow"),
    }
}

fn message(places: &Places<'_>, arrow: &Arrow, page: &mut Page, used: &mut Used) {
    let (class, head, hollow) = stroke(&arrow.kind);
    let (x, y, to) = (places.x(arrow.from), places.y(arrow.row), places.x(arrow.to));
    // What never arrives ends half way, still in its row.
    let (end_x, end_y) = (u64::midpoint(x, to), y + 7);
    match arrow.end {
        ArrowEnd::Arrives(row) => {
            let end = places.y(row);
            let head = if arrow.is_copy || arrow.is_ignored { hollow } else { head };
            let copy = if arrow.is_copy { " copy" } else { "" };
            let line = if arrow.is_bent {
                format!("Q{} {} {to} {end}", (3 * x + to) / 4, (y + 9 * end) / 10)
            } else {
                format!("L{to} {end}")
            };
            page.element(format_args!(
                "<path class=\"{class}{copy}\" marker-end=\"url(#{head})\" d=\"M{x} {y}{line}\"/>"
            ));
            let met =
                [(arrow.is_copy, Item::Copy), (arrow.is_ignored, Item::Ignored), (arrow.is_bent, Item::Bent)];
            used.extend(met.into_iter().filter_map(|(is_met, item)| is_met.then_some(item)));
        }
        ArrowEnd::Lost | ArrowEnd::Gone => {
            page.element(format_args!("<path class=\"{class} lost\" d=\"M{x} {y}L{end_x} {end_y}\"/>"));
            page.element(format_args!("<path class=\"fault\" d=\"{}\"/>", Cross(end_x, end_y)));
            used.insert(Item::Lost);
        }
        ArrowEnd::Held => {
            page.element(format_args!("<path class=\"{class}\" d=\"M{x} {y}L{end_x} {end_y}\"/>"));
            page.element(format_args!("<path class=\"ink\" d=\"M{end_x} {}v12\"/>", end_y - 6));
            used.insert(Item::Held);
        }
        ArrowEnd::UnderWay => {
            let end = places.bottom;
            page.element(format_args!("<path class=\"{class} way\" d=\"M{x} {y}L{to} {end}\"/>"));
            page.element(format_args!("<circle class=\"hollow\" cx=\"{to}\" cy=\"{end}\" r=\"3\"/>"));
            used.insert(Item::UnderWay);
        }
    }
    used.insert(Item::Message(arrow.kind.clone()));
}

/// What stands at a node for what happens there.
fn mark(places: &Places<'_>, row: &Row<'_>, page: &mut Page, used: &mut Used) {
    let y = places.top + row.y;
    let Some(shape) = Shape::of(&row.entry.what) else { return };
    let is_operation = shape == Shape::Operation;
    let at: Vec<u64> = row
        .nodes
        .iter()
        .take(if is_operation { row.nodes.len() } else { 1 })
        .map(|node| places.x(*node))
        .collect();
    if let (Some(left), Some(right), true) = (at.iter().min(), at.iter().max(), at.len() > 1) {
        page.element(format_args!("<path class=\"ink\" d=\"M{left} {y}H{right}\"/>"));
    }
    for x in at {
        shape.draw((x, y), page);
        used.insert(Item::Mark(shape));
    }
}

/// What is drawn at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    Operation,
    NoEffect,
    Damaged,
    Opened,
    Closed,
    Deadline,
    Disk,
    DiskFault,
    Available,
    Unavailable,
    Other,
    Violated,
}

impl Shape {
    fn of(what: &Event) -> Option<Shape> {
        Some(match what {
            Event::Operation { .. } => Shape::Operation,
            Event::Skipped { .. } => Shape::NoEffect,
            Event::Down { .. }
            | Event::Up { .. }
            | Event::Asleep { .. }
            | Event::Awake { .. }
            | Event::Offline { .. }
            | Event::Online { .. }
            | Event::Blocked(_)
            | Event::Writable(_)
            | Event::Cut { .. }
            | Event::Recovered { .. }
            | Event::Uploaded { .. } => Shape::Other,
            Event::Connected(_) => Shape::Opened,
            Event::Disconnected(_) | Event::Closed(_) => Shape::Closed,
            Event::Timer { .. } => Shape::Deadline,
            Event::Delivered { damaged: true, .. } => Shape::Damaged,
            Event::Disk { outcome, .. } | Event::Committed { outcome, .. }
                if *outcome != Outcome::Written =>
            {
                Shape::DiskFault
            }
            Event::WriteFailed { .. } => Shape::DiskFault,
            Event::Disk { .. } | Event::Committed { .. } => Shape::Disk,
            Event::LoadEnded { available: true, .. } => Shape::Available,
            Event::LoadEnded { .. } => Shape::Unavailable,
            Event::Looks(_) => Shape::Violated,
            Event::Sent { .. }
            | Event::Delivered { .. }
            | Event::GuestFailed { .. }
            | Event::Liveness {}
            | Event::State { .. } => {
                return None;
            }
        })
    }

    pub(super) const fn means(self) -> &'static str {
        match self {
            Shape::Operation => "operation",
            Shape::NoEffect => "no effect",
            Shape::Damaged => "arrives damaged",
            Shape::Opened => "connection opens",
            Shape::Closed => "connection closes",
            Shape::Deadline => "deadline",
            Shape::Disk => "disk",
            Shape::DiskFault => "disk fails",
            Shape::Available => "loaded",
            Shape::Unavailable => "unavailable",
            Shape::Other => "something else",
            Shape::Violated => "violated",
        }
    }

    pub(super) fn draw(self, (x, y): (u64, u64), page: &mut Page) {
        let diamond = format!("M{x} {}L{} {y}L{x} {}L{} {y}Z", y - 6, x + 6, y + 6, x - 6);
        let square = format!("M{} {}h9v9h-9Z", x - 4, y - 4);
        let drum = format!("M{} {}v6a5 2 0 0 0 10 0v-6a5 2 0 0 0 -10 0a5 2 0 0 0 10 0", x - 5, y - 3);
        let up = format!("M{x} {}L{} {}H{}Z", y - 5, x + 5, y + 4, x - 5);
        let down = format!("M{x} {}L{} {}H{}Z", y + 5, x + 5, y - 4, x - 5);
        let circle = |class: &str, r: &str, page: &mut Page| {
            page.element(format_args!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>"));
        };
        let path = |class: &str, d: &dyn fmt::Display, page: &mut Page| {
            page.element(format_args!("<path class=\"{class}\" d=\"{d}\"/>"));
        };
        match self {
            Shape::Operation => path("accent", &square, page),
            Shape::NoEffect => path("hollow", &square, page),
            Shape::Available => circle("accent", "5", page),
            Shape::Unavailable => circle("absent", "5", page),
            Shape::Damaged => circle("wrong", "4", page),
            Shape::Opened => path("full", &up, page),
            Shape::Closed => path("hollow", &down, page),
            Shape::Deadline => {
                circle("clock", "5", page);
                path("clock", &format_args!("M{x} {}V{y}H{}", y - 4, x + 4), page);
            }
            Shape::Disk => path("full", &drum, page),
            Shape::DiskFault => path("wrong", &drum, page),
            Shape::Other => path("ink", &diamond, page),
            Shape::Violated => {
                circle("alarm", "8", page);
                path("fault", &Cross(x, y), page);
            }
        }
    }
}

/// The path of a cross.
pub(super) struct Cross(pub(super) u64, pub(super) u64);

impl fmt::Display for Cross {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cross(x, y) = *self;
        write!(f, "M{} {}l8 8m0 -8l-8 8", x - 4, y - 4)
    }
}
