//! A sequence diagram of Mermaid: a participant a node, an arrow a message where the text log has it, a note for what
//! happens to nodes. What would not be drawn, or be no use, is left out, and a last note says so.

use super::words::{at_most, one_line, words};
use super::{Shown, is_told, nodes, shown};
use crate::cojson::Cast;
use crate::host::NodeId;
use crate::log::{Entry, Event, Log, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many messages a diagram has.
const MESSAGES_MAX: usize = 100;

/// How many nodes: what is about others is left out.
const NODES_MAX: usize = 40;

/// How long a label may be, in characters.
const LABEL_MAX: usize = 100;

/// And the name of a node.
const NAME_MAX: usize = 30;

/// Mermaid draws nothing of a text of more than 50,000 characters. So many bytes of them are for arrows and notes; the
/// rest is for participants, of which none takes more than 350, and for the last notes.
const TEXT_MAX: usize = 34_000;

/// What arrows mean that are not just a message that arrives, in the words of the page of a run.
const ARROWS: [(&str, &str); 3] = [
    ("-->>", "a dotted line is a copy"),
    ("-x", "what ends in a cross was lost"),
    ("-)", "what ends in an open head is held"),
];

/// No line is longer, in bytes: each character of a label takes at most ten, as `#1114111;`.
const LINE_MAX: usize = 10 * LABEL_MAX + 60;

pub(super) fn write(log: &Log, missing: &mut Vec<String>) -> String {
    let mut diagram = Diagram {
        cast: log.cast(),
        ids: nodes(log).into_iter().zip(1..).collect(),
        nodes: BTreeSet::new(),
        text: String::new(),
        messages: 0,
        arrows: BTreeSet::new(),
        left_out: [0; 2],
        is_full: false,
    };
    for shown in shown(log) {
        diagram.add(shown);
    }
    diagram.finish(missing)
}

struct Diagram<'a> {
    cast: &'a Cast,
    /// What each node is called in the diagram: a word of ours, whatever its name is.
    ids: BTreeMap<NodeId, usize>,
    /// The nodes that take part.
    nodes: BTreeSet<NodeId>,
    text: String,
    messages: usize,
    /// The arrows that are explained at the end.
    arrows: BTreeSet<&'static str>,
    /// How many messages, and how many notes, are left out.
    left_out: [usize; 2],
    /// Nothing comes after what was left out.
    is_full: bool,
}

impl Diagram<'_> {
    fn add(&mut self, Shown { entry, about }: Shown<'_>) {
        if !is_drawn(&entry.what) {
            return;
        }
        let nodes = about.nodes;
        let is_message = matches!(entry.what, Event::Sent { .. } | Event::Delivered { .. });
        let more = nodes.iter().filter(|node| !self.nodes.contains(node)).count();
        self.is_full |= is_message && self.messages == MESSAGES_MAX;
        self.is_full |= self.text.len() + LINE_MAX > TEXT_MAX;
        let fits = !self.is_full && self.nodes.len() + more <= NODES_MAX;
        let drawn = if fits { self.drawn(entry, &nodes) } else { None };
        match drawn {
            Some(drawn) => {
                self.nodes.extend(nodes);
                self.messages += usize::from(is_message);
                self.arrows.extend(arrow(&entry.what).map(|(_, arrow, _)| arrow));
                line(&mut self.text, &drawn);
            }
            None => self.left_out[usize::from(!is_message)] += 1,
        }
    }

    /// The line of an entry; `None` where there is no node yet to which it could be noted.
    fn drawn(&self, entry: &Entry, nodes: &[NodeId]) -> Option<String> {
        let words = words(entry, self.cast);
        let (place, said) = match (arrow(&entry.what), nodes) {
            (Some((from, arrow, to)), _) => {
                // `alice -> server | LOAD notes`: the arrow says the first half.
                let said = words.split_once(" | ").map_or(words.as_str(), |(_, said)| said);
                (format!("{}{arrow}{}", self.id(from), self.id(to)), said)
            }
            (None, []) => {
                let (first, last) = (*self.nodes.first()?, *self.nodes.last()?);
                (format!("Note over {}", self.both(first, last)), words.as_str())
            }
            (None, [a, b]) if matches!(entry.what, Event::Operation { .. }) => {
                (format!("Note over {}", self.both(*a, *b)), words.as_str())
            }
            (None, [node, ..]) => (format!("Note over {}", self.id(*node)), words.as_str()),
        };
        Some(format!("{place}: {}", escaped(&at_most(&format!("{} {said}", entry.at), LABEL_MAX))))
    }

    fn finish(self, missing: &mut Vec<String>) -> String {
        let [messages, notes] = self.left_out;
        if messages + notes > 0 {
            missing.push(format!(
                "the diagram leaves out {messages} messages and {notes} notes: it has room for {MESSAGES_MAX} messages and \
                 {NODES_MAX} nodes"
            ));
        }
        let mut whole = "sequenceDiagram\n".to_owned();
        for node in &self.nodes {
            let name = at_most(&one_line(&self.cast.node(*node)), NAME_MAX);
            line(&mut whole, &format!("participant {} as {}", self.id(*node), escaped(&name)));
        }
        whole.push_str(&self.text);
        if let [Some(first), Some(last)] = [self.nodes.first(), self.nodes.last()] {
            let means = ARROWS.iter().filter(|(arrow, _)| self.arrows.contains(arrow));
            let legend = means.map(|(_, means)| *means).collect::<Vec<_>>().join(", ");
            for sentence in missing.iter().map(String::as_str).chain((!legend.is_empty()).then_some(&*legend))
            {
                line(&mut whole, &format!("Note over {}: {}", self.both(*first, *last), escaped(sentence)));
            }
        }
        whole
    }

    fn id(&self, node: NodeId) -> String {
        format!("n{}", self.ids[&node])
    }

    /// Two nodes, or one that is both.
    fn both(&self, a: NodeId, b: NodeId) -> String {
        if a == b { self.id(a) } else { format!("{},{}", self.id(a), self.id(b)) }
    }
}

/// Whether it has a line. Of a message that arrives the arrival has one; that a link opens is told by the operation before
/// its ends notice, and that a write succeeds is no news.
fn is_drawn(what: &Event) -> bool {
    is_told(what)
        && !matches!(
            what,
            Event::Connected(_)
                | Event::Disconnected(_)
                | Event::Disk { outcome: Outcome::Written, .. }
                | Event::Committed { outcome: Outcome::Written, .. }
        )
}

/// The arrow of a message.
fn arrow(what: &Event) -> Option<(NodeId, &'static str, NodeId)> {
    if let Event::Delivered { mail, again, .. } = what {
        return Some((mail.from, if *again { "-->>" } else { "->>" }, mail.to));
    }
    let Event::Sent { mail, why, .. } = what else { return None };
    Some((mail.from, if why.is_some() { "-x" } else { "-)" }, mail.to))
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "    {line}").expect("a string takes all");
}

/// A text that means nothing to Mermaid: all but letters, digits and a few marks by their numbers.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || " ./,-_".contains(c) {
            escaped.push(c);
        } else {
            write!(escaped, "#{};", u32::from(c)).expect("a string takes all");
        }
    }
    escaped
}
