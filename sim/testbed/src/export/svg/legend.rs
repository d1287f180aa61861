//! What the shapes mean that a diagram has.

use super::draw::{Cross, Shape, stroke};
use super::{LINE, MARGIN, Page, cut, width};
use crate::export::words::one_line;
use std::collections::BTreeSet;

/// What is explained, in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    /// A message of a kind.
    Message(String),
    Lost,
    Held,
    UnderWay,
    /// A message of which a copy came before.
    Copy,
    /// One that came over an earlier connection.
    Ignored,
    /// One that came out of order.
    Bent,
    Mark(Shape),
    /// A node that is down, asleep or offline.
    Spell(&'static str),
}

pub(super) type Used = BTreeSet<Item>;

/// How wide the sample of a message is, with the space behind it.
const LINE_SAMPLE: u64 = 46;

/// And that of anything else.
const MARK_SAMPLE: u64 = 24;

/// Between an item and the next.
const GAP: u64 = 28;

/// How wide the legend of a narrow diagram is.
const WIDTH: u64 = 640;

/// How many kinds of messages are explained: a guest has its own.
const KINDS_MAX: usize = 12;

/// In lines as long as the diagram is wide.
pub(super) fn draw(used: &Used, page: &mut Page) {
    let end = page.width.max(WIDTH);
    let mut x = MARGIN;
    page.y += LINE;
    let is_message = |item: &&Item| matches!(item, Item::Message(_));
    let messages = used.iter().filter(is_message).take(KINDS_MAX);
    for item in messages.chain(used.iter().filter(|item| !is_message(item))) {
        let words = cut(&words(item), 30);
        let is_line = !matches!(item, Item::Mark(_) | Item::Spell(_));
        let sample_width = if is_line { LINE_SAMPLE } else { MARK_SAMPLE };
        let item_width = sample_width + width(&words);
        if x > MARGIN && x + item_width > end {
            x = MARGIN;
            page.y += LINE + 4;
        }
        sample(item, (x, page.y), page);
        let at = (x + sample_width, page.y + 4);
        page.text_at("soft", at, "start", &words, 30);
        x += item_width + GAP;
    }
}

fn words(item: &Item) -> String {
    match item {
        Item::Message(kind) => one_line(kind),
        Item::Lost => "lost".to_owned(),
        Item::Held => "held".to_owned(),
        Item::UnderWay => "still under way".to_owned(),
        Item::Copy => "a copy".to_owned(),
        Item::Ignored => "ignored".to_owned(),
        Item::Bent => "out of order".to_owned(),
        Item::Mark(shape) => shape.means().to_owned(),
        Item::Spell(name) => (*name).to_owned(),
    }
}

fn line((class, head): (&str, &str), path: std::fmt::Arguments<'_>, page: &mut Page) {
    page.element(format_args!("<path class=\"{class}\" marker-end=\"url(#{head})\" d=\"{path}\"/>"));
}

fn sample(item: &Item, (x, y): (u64, u64), page: &mut Page) {
    let middle = x + 8;
    match item {
        Item::Message(kind) => {
            let (class, head, _) = stroke(kind);
            line((class, head), format_args!("M{x} {y}H{}", x + 36), page);
        }
        Item::Lost => {
            page.element(format_args!("<path class=\"known lost\" d=\"M{x} {y}h24\"/>"));
            page.element(format_args!("<path class=\"fault\" d=\"{}\"/>", Cross(x + 24, y)));
        }
        Item::Held => {
            page.element(format_args!("<path class=\"known\" d=\"M{x} {y}h24\"/>"));
            page.element(format_args!("<path class=\"ink\" d=\"M{} {}v12\"/>", x + 24, y - 6));
        }
        Item::Copy => line(("known copy", "hollow"), format_args!("M{x} {y}H{}", x + 36), page),
        Item::Ignored => line(("known", "hollow"), format_args!("M{x} {y}H{}", x + 36), page),
        Item::Bent => {
            line(
                ("known", "closed"),
                format_args!("M{x} {}Q{} {} {} {}", y - 5, x + 9, y + 5, x + 36, y + 5),
                page,
            );
        }
        Item::UnderWay => {
            page.element(format_args!("<path class=\"known way\" d=\"M{x} {y}h24\"/>"));
            page.element(format_args!("<circle class=\"hollow\" cx=\"{}\" cy=\"{y}\" r=\"3\"/>", x + 26));
        }
        Item::Mark(shape) => shape.draw((middle, y), page),
        Item::Spell(name) => page.element(format_args!(
            "<rect class=\"hatch {name}\" x=\"{}\" y=\"{}\" width=\"12\" height=\"14\"/>",
            middle - 6,
            y - 7
        )),
    }
}
