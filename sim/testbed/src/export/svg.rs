//! A space-time diagram as an image: a column a node, time downwards. Each line of the text log is a row, with what happens
//! in the columns on the left and the words beside them on the right, so that no label ever covers another. Messages are
//! slanted from the row in which they are sent to that in which they arrive. Idle stretches are folded.
//!
//! The image loads nothing and runs nothing. Names and words are text, whatever stands in them. Colours follow whether a
//! light or a dark page is wanted, and nothing is told by colour alone.

mod draw;
mod layout;
mod legend;
mod style;

use super::words::{at_most, one_line};
use crate::log::{Log, Source};
use layout::Layout;
use std::fmt::Write;

/// How high a line of text is, in pixels.
const LINE: u64 = 20;

/// Around everything.
const MARGIN: u64 = 24;

/// How long a line of text may be, in columns of the font.
const TEXT_MAX: usize = 110;

pub(super) fn write(log: &Log, missing: &mut Vec<String>) -> String {
    let layout = Layout::of(log);
    if layout.left_out.iter().any(|count| *count > 0) {
        let [messages, others] = layout.left_out;
        missing.push(format!(
            "the diagram leaves out {messages} messages and {others} other entries: it has room for {}",
            layout::room()
        ));
    }
    let mut page = Page { y: MARGIN / 2, ..Page::default() };
    page.text("title", MARGIN, "start", &title(log.source()));
    page.y += 4;
    page.text("soft", MARGIN, "start", "Time runs downwards; idle stretches are folded.");
    for sentence in missing.iter() {
        page.text("said", MARGIN, "start", &format!("Note: {sentence}."));
    }
    page.y += LINE;
    let used = draw::draw(&layout, log.cast(), &mut page);
    page.y += LINE;
    legend::draw(&used, &mut page);
    page.finish(&title(log.source()))
}

/// Which run it is.
fn title(source: &Source) -> String {
    let Source { scenario, seed, crypto } = source;
    let scenario = scenario.as_deref().map(one_line);
    let seed = seed.map(|seed| format!("seed {seed}"));
    let crypto = crypto.map(|crypto| format!("{} crypto", crypto.name()));
    let parts: Vec<String> = scenario.into_iter().chain(seed).chain(crypto).collect();
    if parts.is_empty() { "A run".to_owned() } else { parts.join(", ") }
}

/// An image that is being drawn, from the top down.
#[derive(Debug, Default)]
struct Page {
    body: String,
    /// How wide it is so far, without the margin.
    width: u64,
    /// Where what comes next is.
    y: u64,
}

impl Page {
    /// A line of text by itself.
    fn text(&mut self, class: &str, x: u64, anchor: &str, text: &str) {
        self.y += LINE;
        let y = self.y;
        self.text_at(class, (x, y), anchor, text, TEXT_MAX);
    }

    /// Text on a line, up to so many columns; what is cut off is its title.
    fn text_at(&mut self, class: &str, (x, y): (u64, u64), anchor: &str, text: &str, limit: usize) {
        let kept = cut(text, limit);
        let title = if kept == text {
            String::new()
        } else {
            format!("<title>{}</title>", escaped(&at_most(text, 2_000)))
        };
        let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
        self.element(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{}{title}</text>",
            escaped(&kept)
        ));
        if anchor.is_empty() {
            self.widen(x + width(&kept));
        }
    }

    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        writeln!(self.body, "{element}").expect("a string takes all");
    }

    fn widen(&mut self, x: u64) {
        self.width = self.width.max(x);
    }

    fn finish(self, title: &str) -> String {
        let (width, height) = (self.width + MARGIN, self.y + MARGIN);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"about\">\n\
             <title id=\"about\">{}</title>\n{}<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
            escaped(title),
            style::STYLE,
            self.body
        )
    }
}

/// How many columns of the font a character takes at most.
fn columns(c: char) -> usize {
    if c.is_ascii() || "…→·×".contains(c) { 1 } else { 2 }
}

/// The beginning of a text that fits into so many columns.
fn cut(text: &str, limit: usize) -> String {
    let mut end = 0;
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        // A place is kept for the ellipsis.
        if taken + columns(c) < limit {
            end = at + c.len_utf8();
        }
        taken += columns(c);
    }
    if taken <= limit { text.to_owned() } else { format!("{}…", &text[..end]) }
}

/// How wide a text is at most, in pixels.
fn width(text: &str) -> u64 {
    text.chars().map(|c| columns(c) as u64).sum::<u64>() * COLUMN.0 / COLUMN.1
}

/// A column of the font is so many pixels wide at most: 7.5.
const COLUMN: (u64, u64) = (15, 2);

/// Text as XML has it. What XML cannot have is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}
