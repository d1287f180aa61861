//! A log with vector clocks, as ShiViz reads it: the first line is the expression that takes the other lines apart, the
//! second, which would part several executions, is empty. Whatever happens at a host ticks its own clock by one; what
//! arrives brings the clock of its sender as it was when it was sent. What happens at no node is not a host's, and happens
//! at a host of its own.

use super::words::{one_line, words};
use super::{Shown, shown, untold_sendings};
use crate::host::NodeId;
use crate::log::{Event, Log, Mail};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What takes a line apart. No name of a host has a blank or a brace in it.
const LINE: &str = r"(?<time>\S+) (?<host>\S+) (?<clock>\{[^}]*\}) (?<event>.*)";

/// Where that happens which happens at no node.
const RUN: &str = "run";

/// Up to how many bytes are written: what a browser still takes apart. A clock may have an entry for every host.
const BYTES_MAX: usize = 32 << 20;

/// Names that every object of JavaScript has already: ShiViz would take a host of such a name for one that it knows.
const TAKEN: [&str; 7] = [
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Whose clock it is; `None` is the run's.
type Host = Option<NodeId>;

type Clock = BTreeMap<Host, u64>;

pub(super) fn write(log: &Log, missing: &mut Vec<String>) -> String {
    bounded(log, missing, BYTES_MAX)
}

fn bounded(log: &Log, missing: &mut Vec<String>, bytes_max: usize) -> String {
    let names = names(log);
    let is_untold = untold_sendings(log).next().is_some();
    let mut clocks = Clocks { after: is_untold.then(BTreeMap::new), ..Clocks::default() };
    let mut text = format!("{LINE}\n\n");
    for (done, Shown { entry, about }) in shown(log).enumerate() {
        if text.len() > bytes_max {
            let left = shown(log).count() - done;
            missing.push(format!(
                "the log for ShiViz ends where it has {bytes_max} bytes: {left} entries are left out"
            ));
            break;
        }
        let host = about.node();
        if let Event::Delivered { mail, sent_in, .. } = &entry.what {
            clocks.receive(host, mail, *sent_in);
        }
        let clock = clocks.tick(host, entry.event);
        if let Event::Sent { mail, way, .. } = &entry.what {
            clocks.send(mail.number, way.map(|way| way.copies), clock.clone());
        }
        let clock: Map<String, Value> =
            clock.iter().map(|(host, count)| (names[host].clone(), (*count).into())).collect();
        let words = words(entry, log.cast());
        writeln!(text, "{} {} {} {words}", entry.at, names[&host], Value::Object(clock))
            .expect("a string takes all");
    }
    text
}

/// The clocks of all hosts.
#[derive(Debug, Default)]
struct Clocks {
    of: BTreeMap<Host, Clock>,
    /// By the number of a message under way: how many copies are still to come, if that is told, and its sender's clock
    /// when it was sent.
    sent: BTreeMap<u64, (Option<u8>, Clock)>,
    /// By host and event: the clock after it. Only where messages arrive whose sending is not told.
    after: Option<BTreeMap<(Host, u64), Clock>>,
}

impl Clocks {
    /// Something happens at a host.
    fn tick(&mut self, host: Host, event: u64) -> Clock {
        let clock = self.of.entry(host).or_default();
        *clock.entry(host).or_default() += 1;
        let clock = clock.clone();
        if let Some(after) = &mut self.after {
            after.insert((host, event), clock.clone());
        }
        clock
    }

    fn send(&mut self, mail: u64, copies: Option<u8>, clock: Clock) {
        if copies != Some(0) {
            self.sent.insert(mail, (copies, clock));
        }
    }

    /// A message arrives.
    fn receive(&mut self, host: Host, mail: &Mail, sent_in: u64) {
        let Some(sent) = self.sent_with(mail, sent_in) else { return };
        let clock = self.of.entry(host).or_default();
        for (other, count) in sent.into_iter().filter(|(other, _)| *other != host) {
            let known = clock.entry(other).or_default();
            *known = (*known).max(count);
        }
    }

    /// The clock with which a message was sent. Where its sending is not told, what its sender did last by then stands
    /// for that.
    fn sent_with(&mut self, mail: &Mail, sent_in: u64) -> Option<Clock> {
        let Some((copies, clock)) = self.sent.get_mut(&mail.number) else {
            let from = Some(mail.from);
            let before = self.after.as_ref()?.range((from, 0)..=(from, sent_in)).next_back();
            return before.map(|(_, clock)| clock.clone());
        };
        *copies = copies.map(|copies| copies.saturating_sub(1));
        if *copies == Some(0) {
            return self.sent.remove(&mail.number).map(|(_, clock)| clock);
        }
        Some(clock.clone())
    }
}

/// The hosts' names: each another, without blanks and braces.
fn names(log: &Log) -> BTreeMap<Host, String> {
    let hosts: BTreeSet<Host> = shown(log).map(|shown| shown.about.node()).collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut names = BTreeMap::new();
    // Nodes first, so that none is called otherwise for the run's sake.
    for host in hosts.iter().filter(|host| host.is_some()).chain(hosts.iter().filter(|host| host.is_none())) {
        let name = host.map_or(RUN.into(), |node| log.cast().node(node));
        let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let mut name: String = one_line(&name).chars().map(plain).collect();
        if name.starts_with("__") || TAKEN.contains(&name.as_str()) {
            name.insert_str(0, "node-");
        }
        while !taken.insert(name.clone()) {
            name.push('\'');
        }
        names.insert(*host, name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Limit;
    use crate::run::Run;
    use crate::scenario::parse;

    #[test]
    fn what_is_beyond_the_bound_is_left_out_and_said() {
        let text = r#"{
            "version": 1, "about": "Alice writes, and the server is sent it.",
            "nodes": { "alice": {}, "server": {} },
            "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
            "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }]
        }"#;
        let scenario = parse(text, "alice.json").expect("a scenario");
        let log = Run::of(&scenario).log(Limit::All).play().log.expect("it was asked for");
        let mut missing = Vec::new();
        let whole = write(&log, &mut missing);
        assert_eq!(missing, Vec::<String>::new());
        let part = bounded(&log, &mut missing, 500);
        assert!(whole.starts_with(&part) && part.len() > 500);
        let left = whole.lines().count() - part.lines().count();
        assert_eq!(
            missing,
            [format!("the log for ShiViz ends where it has 500 bytes: {left} entries are left out")]
        );
    }
}
