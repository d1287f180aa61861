//! Why a load ended as it did: who was asked, and who answered what.

use super::evidence::{Evidence, fate};
use crate::host::NodeId;
use crate::log::{Body, Entry, Event, message_text};
use crate::report::in_words;
use cosim_core::{CoId, Message, Names, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What one peer was asked, and what it answered.
#[derive(Default)]
struct Asked {
    times: u32,
    last: Time,
    /// How often the question did not arrive, and why it last did not.
    vain: Option<(u32, &'static str)>,
    /// The last answer that arrived.
    answer: Option<(Time, String)>,
    /// What became of the last answer that did not.
    lost: Option<&'static str>,
}

/// `found` is how the last load ended, if it did.
#[expect(clippy::wildcard_enum_match_arm, reason = "a few of many events are about it")]
pub(super) fn why(evidence: &Evidence<'_>, (node, id): (NodeId, CoId), found: Option<bool>) -> Vec<String> {
    let log = evidence.log;
    let mut asked: BTreeMap<NodeId, Asked> = BTreeMap::new();
    let (mut ended, mut line) = (None, Line::default());
    let is_end = |entry: &&Entry| matches!(&entry.what, Event::LoadEnded { node: of, id: what, .. } if (*of, *what) == (node, id));
    // What came after the end did not bring it about.
    let over = log.entries().rfind(is_end).map(|entry| entry.event);
    let (mut loaded, mut done) = (false, None);
    for entry in log.entries().take_while(|entry| over.is_none_or(|over| entry.event <= over)) {
        line.sees(node, &entry.what);
        match &entry.what {
            Event::Sent { mail, why, .. } if mail.from == node && is_load(&mail.message, id) => {
                let asked = asked.entry(mail.to).or_default();
                (asked.times, asked.last) = (asked.times + 1, entry.at);
                if let Some(why) = why {
                    asked.vain = Some((asked.vain.map_or(1, |(times, _)| times + 1), fate(*why)));
                }
            }
            Event::Sent { mail, why: Some(why), .. } if mail.to == node && mail.message.id() == id => {
                asked.entry(mail.from).or_default().lost = Some(fate(*why));
            }
            Event::Delivered { mail, stale: true, .. } if mail.from == node && is_load(&mail.message, id) => {
                let asked = asked.entry(mail.to).or_default();
                asked.vain = Some((asked.vain.map_or(1, |(times, _)| times + 1), "its connection was over"));
            }
            Event::Delivered { mail, stale: false, .. } if mail.to == node && mail.message.id() == id => {
                let answer = answer(&mail.message, evidence);
                asked.entry(mail.from).or_default().answer = Some((entry.at, answer));
            }
            Event::Operation { name, text, nodes, id: Some(of), .. }
                if *of == id && nodes.first() == Some(&node) =>
            {
                match evidence.called(name).map(|operation| operation.act) {
                    Some("load") => loaded = true,
                    Some("done") => done = Some((entry.at, format!("{text} at {}", in_words(entry.at)))),
                    _ => {}
                }
            }
            Event::LoadEnded { node: of, id: what, .. } if (*of, *what) == (node, id) => {
                ended = Some((entry.at, line.clone()));
            }
            _ => {}
        }
    }
    let mut said: Vec<(Time, String)> =
        asked.iter().map(|(peer, asked)| (asked.over(), told(&evidence.node(*peer), asked))).collect();
    said.extend(done);
    let (name, co_value) = (evidence.node(node), evidence.log.cast().co_value(id));
    if let Some(last) = asked.values().map(|asked| asked.last).max().filter(|_| ended.is_none()) {
        let end = evidence.ended.iter().find(|end| end.node == node && end.at >= last);
        said.extend(
            end.map(|end| (end.at, format!("{name} waited for it until {}", evidence.end_in_words(*end)))),
        );
    }
    if !loaded && ended.is_none() {
        return [format!("{name} never loads {co_value}")].into_iter().chain(evidence.who_has(id)).collect();
    }
    if asked.is_empty() {
        let has_peers = evidence.scenario.links.iter().any(|link| link.ends.contains(&node.0));
        let why = if has_peers { "" } else { ": it has no peer to load it from" };
        said.push((Time::ZERO, format!("{name} asked nobody for it{why}")));
    }
    if let Some(((at, line), available)) = ended.zip(found) {
        let word = if available { "available" } else { "unavailable" };
        let mut text = format!("the load ended at {} as {word}", in_words(at));
        if !available && line.open.is_empty() {
            let word = if line.was_open { "no longer" } else { "not yet" };
            let _ = write!(text, ": {name} was {word} connected to anybody");
        }
        said.push((at, text));
    }
    said.sort_by_key(|(at, _)| *at);
    said.into_iter().map(|(_, text)| text).chain(evidence.who_has(id)).collect()
}

/// The connections of a node, as it knows of them.
#[derive(Clone, Debug, Default)]
struct Line {
    open: BTreeSet<u32>,
    was_open: bool,
}

impl Line {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a few of many events are about it")]
    fn sees(&mut self, node: NodeId, what: &Event) {
        match what {
            Event::Connected(end) if end.node == node => {
                self.open.insert(end.connection);
                self.was_open = true;
            }
            Event::Disconnected(end) | Event::Closed(end) if end.node == node => {
                self.open.remove(&end.connection);
            }
            Event::Down { node: down } if *down == node => self.open.clear(),
            _ => {}
        }
    }
}

impl Asked {
    /// When the last of it was.
    fn over(&self) -> Time {
        self.answer.as_ref().map_or(self.last, |(at, _)| self.last.max(*at))
    }
}

fn is_load(message: &Body, id: CoId) -> bool {
    matches!(message, Body::CoJson(Message::Load { id: asked, .. }) if *asked == id)
}

/// What an answer says.
fn answer(message: &Body, evidence: &Evidence<'_>) -> String {
    match message {
        Body::CoJson(Message::Known(known)) if known.known.is_empty() => "it has nothing".to_owned(),
        Body::CoJson(message) => message_text(message, evidence.log.cast()).to_string(),
        Body::Guest { kind, .. } => format!("its {kind}"),
    }
}

fn told(peer: &str, asked: &Asked) -> String {
    let last = in_words(asked.last);
    let mut said = match asked.times {
        0 => format!("{peer} was not asked"),
        1 => format!("{peer} was asked at {last}"),
        times => format!("{peer} was asked {times} times, the last time at {last}"),
    };
    match asked.vain {
        Some((times, fate)) if times == asked.times => said.push_str(&format!(", in vain: {fate}")),
        Some((1, fate)) => said.push_str(&format!(", once of these in vain: {fate}")),
        Some((times, fate)) => said.push_str(&format!(", {times} times of these in vain: {fate}")),
        None => {}
    }
    // What a peer pushes answers nothing.
    let (answered, answer) = match asked.times {
        0 => ("unasked, it said", "what it said unasked"),
        _ => ("it answered", "its answer"),
    };
    said.push_str(&match (&asked.answer, asked.lost) {
        (Some((at, answer)), _) => format!("; {answered} at {}: {answer}", in_words(*at)),
        (None, Some(fate)) => format!("; {answer} did not arrive: {fate}"),
        (None, None) => "; no answer came".to_owned(),
    });
    said
}
