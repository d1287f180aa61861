//! Trace events in JSON, as Perfetto and Chrome read them: a process a node, with a track for its steps, one for the
//! operations that are about it, and one for each kind of spell. Messages are flows.
//!
//! Events of a run take no time, and slices must, since flows begin and end in them: each step of a node is a slice of one
//! microsecond. Slices of a track never overlap, and none in which a message arrives begins before that in which it was
//! sent has ended; where several steps have one time, the later ones are moved on by as many microseconds as that takes.
//! `args.at_us` says when it really was.

use super::about::About;
use super::spells::{Condition, spells};
use super::words::{one_line, words};
use super::{Shown, nodes, shown, untold_sendings};
use crate::host::NodeId;
use crate::log::{Entry, Event, Log, Source};
use cosim_core::Names;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long a step takes, in microseconds.
const STEP_US: u64 = 1;

/// Tracks of a process, from 1: track 0 counts as none.
const STEPS: u64 = 1;
const OPERATIONS: u64 = 2;
const SPELLS: u64 = 3;

pub(super) fn write(log: &Log) -> String {
    let mut trace = Trace::new(log);
    for shown in shown(log) {
        trace.add(shown.entry, &shown.about);
        trace.add_senders(shown.entry);
    }
    trace.add_spells();
    trace.finish()
}

/// A slice on the track of a node's steps.
#[derive(Clone, Copy, Debug)]
struct Slice {
    pid: u64,
    ts: u64,
    /// Its place among all slices.
    index: usize,
}

struct Trace<'a> {
    log: &'a Log,
    /// Processes by node; that of `None` is the run's.
    pids: BTreeMap<Option<NodeId>, u64>,
    slices: Vec<Value>,
    instants: Vec<Value>,
    flows: Vec<Value>,
    /// How many arrivals have a flow.
    arrivals: u64,
    /// When the last slice of each process's steps ends.
    ends: BTreeMap<u64, u64>,
    /// The slice of each step, by event and node.
    steps: BTreeMap<(u64, NodeId), Slice>,
    /// The slice in which each message was sent.
    sent: BTreeMap<u64, Slice>,
    /// Who sent messages in an event, where it is not told: the messages arrive, and say so.
    untold: BTreeMap<u64, BTreeSet<NodeId>>,
    /// The operation that the last event began with.
    operation: Option<(u64, &'a str)>,
}

impl<'a> Trace<'a> {
    fn new(log: &'a Log) -> Trace<'a> {
        Trace {
            log,
            pids: nodes(log).into_iter().map(Some).chain([None]).zip(1..).collect(),
            slices: Vec::new(),
            instants: Vec::new(),
            flows: Vec::new(),
            arrivals: 0,
            ends: BTreeMap::new(),
            steps: BTreeMap::new(),
            sent: BTreeMap::new(),
            untold: untold_senders(log),
            operation: None,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else happens at a node is part of a step")]
    fn add(&mut self, entry: &'a Entry, about: &About) {
        match &entry.what {
            Event::Operation { text, nodes, .. } => {
                self.operation = Some((entry.event, text));
                nodes.iter().for_each(|node| self.instant(entry, Some(*node)));
                if nodes.is_empty() {
                    self.instant(entry, None);
                }
            }
            Event::Skipped { .. } | Event::GuestFailed { .. } | Event::Liveness {} | Event::Looks(_) => {
                self.instant(entry, about.node());
            }
            Event::Delivered { mail, sent_in, .. } => {
                let sent = self.sent.get(&mail.number).or_else(|| self.steps.get(&(*sent_in, mail.from)));
                let sent = sent.copied();
                let earliest = sent.map_or(0, |sent| sent.ts.saturating_add(STEP_US));
                let arrives = self.begin(entry, mail.to, earliest);
                if let Some(sent) = sent {
                    self.flow(sent, arrives);
                }
            }
            Event::Sent { mail, why, .. } => {
                let slice = self.step(entry, mail.from);
                if why.is_none() {
                    self.sent.insert(mail.number, slice);
                }
            }
            _ => {
                if let Some(node) = about.node() {
                    self.step(entry, node);
                }
            }
        }
    }

    /// Those who sent something in the event of an entry have a step, whether or not that is told.
    fn add_senders(&mut self, entry: &Entry) {
        for node in self.untold.remove(&entry.event).unwrap_or_default() {
            if !self.steps.contains_key(&(entry.event, node)) {
                self.begin(entry, node, 0);
            }
        }
    }

    /// The step of a node to which an entry belongs.
    fn step(&mut self, entry: &Entry, node: NodeId) -> Slice {
        let Some(slice) = self.steps.get(&(entry.event, node)).copied() else {
            return self.begin(entry, node, 0);
        };
        let words = words(entry, self.log.cast());
        if let Some(then) = self.slices[slice.index]["args"]["then"].as_array_mut() {
            then.push(words.into());
        }
        slice
    }

    /// A step begins, not before the one before it has ended.
    fn begin(&mut self, entry: &Entry, node: NodeId, earliest: u64) -> Slice {
        let pid = self.pids[&Some(node)];
        let end = self.ends.entry(pid).or_default();
        let ts = entry.at.as_us().max(*end).max(earliest);
        *end = ts.saturating_add(STEP_US);
        let slice = Slice { pid, ts, index: self.slices.len() };
        self.steps.insert((entry.event, node), slice);
        let mut args = self.args(entry);
        args.insert("then".to_owned(), json!([]));
        self.slices.push(json!({
            "ph": "X", "pid": pid, "tid": STEPS, "ts": ts, "dur": STEP_US, "name": self.name(entry), "cat": "event",
            "args": args,
        }));
        slice
    }

    /// What a step is called: short, so that steps of a kind have one name.
    fn name(&self, entry: &Entry) -> String {
        let cast = self.log.cast();
        if let Event::Delivered { mail, .. } = &entry.what {
            let id = Names::co_value(cast, mail.message.id());
            return one_line(&format!("{} {id}", mail.message.kind().to_uppercase()));
        }
        match self.operation {
            Some((event, text)) if event == entry.event => one_line(text),
            _ => words(entry, cast),
        }
    }

    fn args(&self, entry: &Entry) -> Map<String, Value> {
        let words = words(entry, self.log.cast());
        let args =
            [("event", entry.event.into()), ("at_us", entry.at.as_us().into()), ("words", words.into())];
        args.map(|(name, value): (&str, Value)| (name.to_owned(), value)).into_iter().collect()
    }

    fn instant(&mut self, entry: &Entry, node: Option<NodeId>) {
        let scope = if matches!(entry.what, Event::Looks(_)) { "g" } else { "t" };
        self.instants.push(json!({
            "ph": "i", "pid": self.pids[&node], "tid": OPERATIONS, "ts": entry.at.as_us(), "s": scope,
            "name": words(entry, self.log.cast()), "cat": "operation", "args": self.args(entry),
        }));
    }

    /// A flow from the slice in which a message was sent to that in which it, or a copy of it, arrives.
    fn flow(&mut self, from: Slice, to: Slice) {
        self.arrivals += 1;
        let id = format!("{:#x}", self.arrivals);
        let end = |ph: &str, slice: Slice| {
            json!({
                "ph": ph, "id": id, "pid": slice.pid, "tid": STEPS, "ts": slice.ts, "name": "message",
                "cat": "message",
            })
        };
        let (start, mut finish) = (end("s", from), end("f", to));
        finish["bp"] = "e".into();
        self.flows.extend([start, finish]);
    }

    /// Spells that have not ended go on up to the end of the log.
    fn add_spells(&mut self) {
        let last = shown(self.log).last().map_or(0, |shown| shown.entry.at.as_us());
        let mut ends: BTreeMap<(NodeId, Condition), u64> = BTreeMap::new();
        for spell in spells(shown(self.log).map(|Shown { entry, .. }| (entry.at.as_us(), entry))) {
            let end = ends.entry((spell.node, spell.condition)).or_default();
            let ts = spell.from.max(*end);
            *end = spell.until.unwrap_or(last).max(ts.saturating_add(STEP_US));
            self.slices.push(json!({
                "ph": "X", "pid": self.pids[&Some(spell.node)], "tid": SPELLS + spell.condition as u64, "ts": ts,
                "dur": *end - ts, "name": spell.condition.name(), "cat": "spell",
                "args": { "at_us": spell.from, "ends": spell.until.is_some() },
            }));
        }
    }

    /// Names first, then slices, then what lies in them.
    fn finish(self) -> String {
        let Source { scenario, seed, crypto } = self.log.source();
        let mut events = self.names();
        events.extend(self.slices.into_iter().chain(self.instants).chain(self.flows));
        let lines: Vec<String> = events.iter().map(Value::to_string).collect();
        let crypto = crypto.map(|crypto| crypto.name());
        let other = json!({ "scenario": scenario, "seed": seed, "crypto": crypto });
        format!(
            "{{\"displayTimeUnit\":\"ms\",\"otherData\":{other},\"traceEvents\":[\n{}\n]}}\n",
            lines.join(",\n")
        )
    }

    /// The names of all processes and tracks that something happens on.
    fn names(&self) -> Vec<Value> {
        let mut tracks: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for event in self.slices.iter().chain(&self.instants) {
            let [pid, tid] = ["pid", "tid"].map(|field| event[field].as_u64().unwrap_or_default());
            let tids = tracks.entry(pid).or_default();
            if !tids.contains(&tid) {
                tids.push(tid);
                tids.sort_unstable();
            }
        }
        let mut names = Vec::new();
        for (node, pid) in &self.pids {
            let Some(tids) = tracks.get(pid) else { continue };
            let name = node.map_or("the run".into(), |node| self.log.cast().node(node));
            let about = |what: &str, tid: u64, field: &str, value: Value| {
                let mut args = Map::new();
                args.insert(field.to_owned(), value);
                json!({ "ph": "M", "pid": pid, "tid": tid, "name": what, "args": args })
            };
            names.push(about("process_name", STEPS, "name", one_line(&name).into()));
            names.push(about("process_sort_index", STEPS, "sort_index", (*pid).into()));
            for tid in tids {
                let spell = Condition::ALL.iter().find(|condition| SPELLS + **condition as u64 == *tid);
                let track = match *tid {
                    STEPS => "events",
                    OPERATIONS => "operations",
                    _ => spell.map_or("", |condition| condition.name()),
                };
                names.push(about("thread_name", *tid, "name", track.into()));
                names.push(about("thread_sort_index", *tid, "sort_index", (*tid).into()));
            }
        }
        names
    }
}

/// Who sent the messages of which only the arrival is told, by the event in which they were sent.
fn untold_senders(log: &Log) -> BTreeMap<u64, BTreeSet<NodeId>> {
    let mut senders: BTreeMap<u64, BTreeSet<NodeId>> = BTreeMap::new();
    for (mail, sent_in) in untold_sendings(log) {
        senders.entry(sent_in).or_default().insert(mail.from);
    }
    senders
}
