//! What is shown where: which nodes have columns, which events have rows, and from where to where messages go.

use crate::export::spells::{Spell, spells};
use crate::export::{Shown, is_told, shown};
use crate::host::NodeId;
use crate::log::{Entry, Event, Log, Mail};
use cosim_core::Time;
use std::collections::{BTreeMap, BTreeSet};

/// How many nodes have columns: what is about others is left out.
const NODES_MAX: usize = 16;

/// How many messages a diagram has.
const MESSAGES_MAX: usize = 200;

/// How many rows.
const ROWS_MAX: usize = 500;

/// How far rows are apart, in pixels, where no time passes between them.
const ROW: u64 = 20;

pub(super) struct Layout<'a> {
    /// The nodes that have columns, in order.
    pub(super) columns: Vec<NodeId>,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) arrows: Vec<Arrow>,
    /// By row.
    pub(super) spells: Vec<Spell>,
    /// How many messages, and how many other events, have no row.
    pub(super) left_out: [usize; 2],
}

/// An event with a row.
pub(super) struct Row<'a> {
    pub(super) entry: &'a Entry,
    /// The nodes that it is about.
    pub(super) nodes: Vec<NodeId>,
    /// How far it is below the first.
    pub(super) y: u64,
    /// Whether it is later than the row before.
    pub(super) is_later: bool,
}

/// A message, or a copy of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) kind: String,
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    /// The row in which it was sent.
    pub(super) row: usize,
    pub(super) end: ArrowEnd,
    /// Whether it comes out of order.
    pub(super) is_bent: bool,
    /// Whether a copy of it came before.
    pub(super) is_copy: bool,
    /// Whether it is ignored, since its connection is over.
    pub(super) is_ignored: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArrowEnd {
    /// It arrives in this row.
    Arrives(usize),
    /// It never arrives.
    Lost,
    /// It is gone with its connection.
    Gone,
    /// It is held back to the end.
    Held,
    /// It is still under way in the last row.
    UnderWay,
}

/// What there is room for.
pub(super) fn room() -> String {
    format!("{MESSAGES_MAX} messages, {ROWS_MAX} rows and {NODES_MAX} nodes")
}

impl<'a> Layout<'a> {
    pub(super) fn of(log: &'a Log) -> Layout<'a> {
        let mut laying = Laying::default();
        for shown in shown(log) {
            laying.add(shown);
        }
        laying.finish()
    }

    /// Which column a node has.
    pub(super) fn column(&self, node: NodeId) -> Option<u64> {
        self.columns.binary_search(&node).ok().map(|column| column as u64)
    }
}

#[derive(Default)]
struct Laying<'a> {
    columns: BTreeSet<NodeId>,
    rows: Vec<Row<'a>>,
    arrows: Vec<Arrow>,
    messages: usize,
    left_out: [usize; 2],
    is_full: bool,
    /// The row of each step: the last of its rows at a node.
    steps: BTreeMap<(u64, NodeId), usize>,
    /// The first row of each event.
    events: BTreeMap<u64, usize>,
    /// Messages under way, by number, and how many copies are still to come, if that is told.
    under_way: BTreeMap<u64, (Arrow, Option<u8>)>,
}

impl<'a> Laying<'a> {
    fn add(&mut self, Shown { entry, about }: Shown<'a>) {
        let mail = mail(&entry.what);
        if is_told(&entry.what) && !self.row(entry, about.nodes, mail.is_some()) {
            self.left_out[usize::from(mail.is_none())] += 1;
            return;
        }
        if let Event::Disconnected(end) | Event::Closed(end) = &entry.what {
            self.close([end.node, end.peer]);
        }
        let (Some(mail), false) = (mail, self.is_full) else { return };
        if [mail.from, mail.to].iter().all(|node| self.columns.contains(node)) {
            self.message(entry, mail);
        }
    }

    /// Gives an event a row, if there is room.
    fn row(&mut self, entry: &'a Entry, nodes: Vec<NodeId>, is_message: bool) -> bool {
        self.is_full |= self.rows.len() == ROWS_MAX || is_message && self.messages == MESSAGES_MAX;
        let more = nodes.iter().filter(|node| !self.columns.contains(node)).count();
        if self.is_full || self.columns.len() + more > NODES_MAX {
            return false;
        }
        self.columns.extend(&nodes);
        self.messages += usize::from(is_message);
        let last = self.rows.last();
        let y = last.map_or(0, |last| last.y + ROW + fold(last.entry.at, entry.at));
        let is_later = last.is_none_or(|last| last.entry.at != entry.at);
        let is_operation = matches!(entry.what, Event::Operation { .. });
        for node in nodes.iter().take(if is_operation { nodes.len() } else { 1 }) {
            self.steps.insert((entry.event, *node), self.rows.len());
        }
        self.events.entry(entry.event).or_insert(self.rows.len());
        self.rows.push(Row { entry, nodes, y, is_later });
        true
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else has a message")]
    fn message(&mut self, entry: &Entry, mail: &Mail) {
        let last = self.rows.len().checked_sub(1);
        match &entry.what {
            Event::Delivered { sent_in, again, stale, .. } => {
                let row = self.steps.get(&(*sent_in, mail.from)).or_else(|| self.events.get(sent_in));
                let untold = row.map(|row| Arrow::of(mail, *row));
                let arrow = self.arrives(mail.number).or(untold);
                let end = ArrowEnd::Arrives(last.unwrap_or_default());
                let (is_copy, is_ignored) = (*again, *stale);
                self.arrows.extend(arrow.map(|arrow| Arrow { end, is_copy, is_ignored, ..arrow }));
            }
            Event::Sent { why, way, held, .. } => {
                let Some(row) = self.steps.get(&(entry.event, mail.from)).copied().or(last) else { return };
                let end = if *held { ArrowEnd::Held } else { ArrowEnd::UnderWay };
                let is_bent = way.is_some_and(|way| way.reordered.is_some());
                let arrow = Arrow { end, is_bent, ..Arrow::of(mail, row) };
                if why.is_some() {
                    self.arrows.push(Arrow { end: ArrowEnd::Lost, ..arrow.clone() });
                }
                let copies = way.map(|way| way.copies);
                if copies.unwrap_or(u8::from(why.is_none())) > 0 {
                    self.under_way.insert(mail.number, (arrow, copies));
                }
            }
            _ => {}
        }
    }

    /// What is on its way between two nodes goes with their connection, unless it arrives in spite of that.
    fn close(&mut self, ends: [NodeId; 2]) {
        let under_way = self.under_way.values_mut().map(|(arrow, _)| arrow);
        let of_both = under_way.filter(|arrow| ends.contains(&arrow.from) && ends.contains(&arrow.to));
        of_both.filter(|arrow| arrow.end == ArrowEnd::UnderWay).for_each(|arrow| arrow.end = ArrowEnd::Gone);
    }

    /// A copy of a message arrives.
    fn arrives(&mut self, number: u64) -> Option<Arrow> {
        let (arrow, copies) = self.under_way.get_mut(&number)?;
        let arrow = arrow.clone();
        *copies = copies.or(Some(1)).map(|copies| copies.saturating_sub(1));
        if *copies == Some(0) {
            self.under_way.remove(&number);
        }
        Some(arrow)
    }

    fn finish(mut self) -> Layout<'a> {
        self.arrows.extend(self.under_way.into_values().map(|(arrow, _)| arrow));
        Layout {
            spells: spells((0..).zip(self.rows.iter().map(|row| row.entry))),
            columns: self.columns.into_iter().collect(),
            rows: self.rows,
            arrows: self.arrows,
            left_out: self.left_out,
        }
    }
}

impl Arrow {
    fn of(mail: &Mail, row: usize) -> Arrow {
        let kind = mail.message.kind().to_owned();
        let (from, to, end) = (mail.from, mail.to, ArrowEnd::UnderWay);
        Arrow { kind, from, to, row, end, is_bent: false, is_copy: false, is_ignored: false }
    }
}

fn mail(what: &Event) -> Option<&Mail> {
    if let Event::Sent { mail, .. } | Event::Delivered { mail, .. } = what { Some(mail) } else { None }
}

/// How much room is left for the time that passes: more for more, and never much.
fn fold(from: Time, to: Time) -> u64 {
    match to.as_us().saturating_sub(from.as_us()) {
        0 => 0,
        1..1_000 => 2,
        1_000..10_000 => 4,
        10_000..100_000 => 7,
        100_000..1_000_000 => 11,
        1_000_000..60_000_000 => 18,
        _ => 30,
    }
}
