//! What a run leaves behind of a CoValue: what was written to it, by whom and when, and what became of the messages that
//! carried it. Where it is now, `holders` says.

use super::super::Watch;
use super::super::clocks::Clocks;
use super::super::losses::Ended;
use crate::clock::WallTime;
use crate::cojson::{CoJson, SimCrypto, Transaction, session_parts, written_by};
use crate::host::NodeId;
use crate::log::{Body, End, Event, Log, OperationName};
use crate::observer::Loss;
use crate::oracles::{Holdings, Reading};
use crate::report::in_words;
use crate::scenario::Scenario;
use crate::world::{Presence, View};
use cosim_core::view::LiveView;
use cosim_core::{CoId, Message, Names, NodeState, Relationship, SessionId, Time};
use std::collections::{BTreeMap, BTreeSet};

/// How many things of one kind are told.
pub(super) const TOLD_MAX: usize = 4;

/// See the module.
pub(super) struct Evidence<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) log: &'a Log,
    pub(super) states: Vec<&'a NodeState<SimCrypto>>,
    holdings: Vec<&'a dyn Holdings>,
    apps: Vec<&'a dyn Sees>,
    /// Who has left for good.
    pub(super) gone: BTreeSet<NodeId>,
    /// Whose process ended when.
    pub(super) ended: &'a [Ended],
    clocks: &'a Clocks,
    /// When each operation began, by its name.
    began: BTreeMap<&'a str, Time>,
}

/// A merge of a branch.
pub(super) struct Merge<'a> {
    pub(super) name: &'a str,
    pub(super) by: NodeId,
    pub(super) at: Time,
    /// Who did it when.
    pub(super) told: String,
    /// Why it had no effect, if it had none.
    pub(super) vain: Option<String>,
}

/// A node's app.
trait Sees {
    fn sees(&self, id: CoId) -> Option<&LiveView>;
}

impl<N: CoJson> Sees for N {
    fn sees(&self, id: CoId) -> Option<&LiveView> {
        self.view(id)
    }
}

/// A transaction that somebody wrote.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) id: CoId,
    pub(super) session: SessionId,
    pub(super) index: u32,
    pub(super) transaction: &'a Transaction,
}

impl<'a> Evidence<'a> {
    pub(super) fn new<N: CoJson>(
        scenario: &'a Scenario,
        log: &'a Log,
        world: &View<'a, N>,
        watch: &'a Watch,
    ) -> Evidence<'a> {
        let states = world.hosts.iter().map(|host| host.node.state()).collect();
        let holdings = world.hosts.iter().map(|host| &host.node as &dyn Holdings).collect();
        let hosts = (0..).map(NodeId).zip(world.hosts);
        let gone = hosts.filter(|(_, host)| host.presence == Presence::Gone).map(|(node, _)| node).collect();
        let mut began = BTreeMap::new();
        for entry in log.entries() {
            if let Event::Operation { name, .. } = &entry.what {
                began.entry(name.as_str()).or_insert(entry.at);
            }
        }
        let (ended, clocks) = (watch.losses.ended(), &watch.clocks);
        let apps = world.hosts.iter().map(|host| &host.node as &dyn Sees).collect();
        Evidence { scenario, log, states, holdings, apps, gone, ended, clocks, began }
    }

    /// What a node's app sees of a CoValue.
    pub(super) fn seen(&self, node: NodeId, id: CoId) -> Option<&'a LiveView> {
        self.apps.get(node.index())?.sees(id)
    }

    /// The last merge of a branch.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a few of many events are about it")]
    pub(super) fn last_merge(&self, branch: CoId) -> Option<Merge<'a>> {
        let log: &'a Log = self.log;
        let last = log.entries().rev().find_map(|entry| {
            let Event::Operation { name, text, .. } = &entry.what else { return None };
            let operation = self.called(name)?;
            let is_it = operation.act == "merge" && operation.id == Some(branch);
            is_it.then_some((entry.at, operation, text))
        });
        let (at, OperationName { name, nodes, .. }, text) = last?;
        let vain = log.entries().find_map(|entry| match &entry.what {
            Event::Skipped { name: skipped, why } if skipped == name => Some(why.to_string()),
            _ => None,
        });
        let told = format!("{text} at {} [{name}]", in_words(at));
        Some(Merge { name, by: *nodes.first()?, at, told, vain })
    }

    /// What a node holds, as its app reads it.
    pub(super) fn reading(&self, node: NodeId) -> Reading<'_> {
        Reading::of((node, self.holdings[node.index()]), &self.scenario.directory)
    }

    pub(super) fn node(&self, node: NodeId) -> String {
        self.log.cast().node(node).into_owned()
    }

    /// All that was written to a CoValue, as far as it is somewhere or was sent.
    pub(super) fn written(&self, id: CoId) -> Vec<Written<'a>> {
        let mut all = BTreeMap::new();
        for held in self.states.iter().filter_map(|state| state.co_values.get(&id)) {
            for (session, log) in held.sessions.iter() {
                let transactions = (0_u32..).zip(&log.transactions);
                all.extend(transactions.map(|(index, transaction)| ((session, index), transaction)));
            }
        }
        let log: &'a Log = self.log;
        for entry in log.entries() {
            let Event::Sent { mail, .. } = &entry.what else { continue };
            let Body::CoJson(Message::Content(content)) = &mail.message else { continue };
            for (session, piece) in content.new.iter().filter(|_| content.id == id) {
                for (index, transaction) in (piece.after..).zip(&piece.new_transactions) {
                    all.entry((session, index)).or_insert(transaction);
                }
            }
        }
        let written = all.into_iter();
        written.map(|((session, index), transaction)| Written { id, session, index, transaction }).collect()
    }

    /// Of several transactions that one operation wrote, the first.
    pub(super) fn by_operation(written: &[Written<'a>]) -> Vec<Written<'a>> {
        let mut first = BTreeMap::new();
        for one in written {
            first.entry((one.session, written_by(one.transaction))).or_insert(*one);
        }
        first.into_values().collect()
    }

    /// The operation that wrote it.
    pub(super) fn operation(&self, written: &Written<'_>) -> Option<&'a OperationName> {
        self.log.operation(written_by(written.transaction))
    }

    /// The operation of that name.
    pub(super) fn called(&self, name: &str) -> Option<&'a OperationName> {
        let log: &'a Log = self.log;
        (0..).map_while(|number| log.operation(number)).find(|operation| operation.name == name)
    }

    /// Who wrote it and when, and by which clock.
    pub(super) fn told(&self, written: &Written<'_>) -> String {
        let session = self.log.cast().session(written.session);
        let Some(operation) = self.operation(written) else { return format!("{session} wrote it") };
        let OperationName { name, text, .. } = operation;
        let Some(began) = self.began(written) else { return format!("{text} [{name}]") };
        let dated = self.dated(written, began);
        format!("{text} at {} [{name}]{dated}", in_words(began))
    }

    /// When the operation began that wrote it.
    pub(super) fn began(&self, written: &Written<'_>) -> Option<Time> {
        self.began_as(&self.operation(written)?.name)
    }

    /// When the operation of that name began.
    pub(super) fn began_as(&self, name: &str) -> Option<Time> {
        self.began.get(name).copied()
    }

    /// How wrong its author's clock was, and how far its date is from what that showed: nothing of what is less than a
    /// millisecond.
    fn dated(&self, written: &Written<'_>, began: Time) -> String {
        const MILLISECOND: u64 = 1_000;
        let (author, _) = session_parts(written.session);
        let right = WallTime::START.as_us().saturating_add(began.as_us());
        let showed = self.clocks.reading(self.scenario, author, began).as_us();
        let apart = |us: u64, from: u64| Some(us.abs_diff(from)).filter(|us| *us >= MILLISECOND).map(lasting);
        let clock = apart(showed, right).map(|wrong| {
            let way = if showed > right { "ahead" } else { "behind" };
            format!(", by a clock that was {wrong} {way}")
        });
        // Dates have milliseconds.
        let (date, showed) = (written.transaction.made_at / MILLISECOND, showed / MILLISECOND);
        let moved = apart(date * MILLISECOND, showed * MILLISECOND).map(|moved| {
            let way = if date > showed { "later" } else { "earlier" };
            format!(", dated {moved} {way} than {}'s clock showed", self.node(author))
        });
        clock.into_iter().chain(moved).collect()
    }

    /// Whether a node holds it.
    pub(super) fn holds(&self, node: NodeId, written: &Written<'_>) -> bool {
        let held = self.states.get(node.index()).and_then(|state| state.co_values.get(&written.id));
        let log = held.and_then(|held| held.sessions.get(written.session));
        log.is_some_and(|log| log.transactions.get(written.index as usize).is_some())
    }

    /// Why what was written did not come to a node: where it is, and what became of the messages with it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a few of many events are about it")]
    pub(super) fn journey(&self, written: &Written<'_>, to: NodeId) -> String {
        let mut said = self.whereabouts(written);
        let mut lost: BTreeMap<(NodeId, NodeId, &str), (Time, u32)> = BTreeMap::new();
        let mut useless = BTreeMap::new();
        let (mut sent, mut came, mut away) = (false, None, None);
        for entry in self.log.entries() {
            match &entry.what {
                Event::Sent { mail, why, held, .. } if brings(&mail.message, written) => {
                    if mail.to == to {
                        (sent, away) = (true, Some((mail.from, entry.at)));
                    }
                    let fate = why.map(fate).or(held.then_some("it was held back"));
                    if let Some(fate) = fate.filter(|_| !self.holds(mail.to, written)) {
                        let (at, times) = lost.entry((mail.from, mail.to, fate)).or_default();
                        (*at, *times) = (entry.at, *times + 1);
                    }
                }
                Event::Delivered { mail, stale: true, .. } | Event::Delivered { mail, damaged: true, .. }
                    if mail.to != to && brings(&mail.message, written) && !self.holds(mail.to, written) =>
                {
                    let is_damaged = matches!(&entry.what, Event::Delivered { damaged: true, .. });
                    useless.insert((mail.from, mail.to), (entry.at, is_damaged));
                }
                Event::Delivered { mail, stale, damaged, .. }
                    if mail.to == to && brings(&mail.message, written) =>
                {
                    let how = match (*stale, *damaged) {
                        (true, _) => "ignored: its connection was over",
                        (_, true) => "damaged",
                        (false, false) if self.waits_for(written.id, to).is_some() => "and waits there",
                        (false, false) => "taken in or refused, and is gone",
                    };
                    came = Some((mail.from, entry.at, how));
                }
                _ => {}
            }
        }
        let (name, more) = (self.node(to), lost.len().saturating_sub(TOLD_MAX));
        for ((from, to, fate), (at, times)) in lost.iter().take(TOLD_MAX) {
            let times = if *times > 1 { format!(" ({times} times, last then)") } else { String::new() };
            said.push(format!(
                "{} sent it to {} at {}, {fate}{times}",
                self.node(*from),
                self.node(*to),
                in_words(*at)
            ));
        }
        if more > 0 {
            let plural = if more == 1 { "" } else { "s" };
            said.push(format!("and {more} more message{plural} with it did not arrive"));
        }
        for ((from, to), (at, is_damaged)) in useless.into_iter().take(TOLD_MAX) {
            let how = if is_damaged { "damaged" } else { "when its connection was over" };
            let (from, to) = (self.node(from), self.node(to));
            said.push(format!("from {from} it came to {to} at {}, {how}", in_words(at)));
        }
        // Where a node has lost it, that is said.
        let is_lost = said.iter().any(|one| one.starts_with(&format!("{name} had it until ")));
        match came.filter(|_| !is_lost) {
            None if is_lost => {}
            Some((from, at, how)) => {
                said.push(format!("from {} it came to {name} at {}, {how}", self.node(from), in_words(at)));
                if let Some(needed) = self.waits_for(written.id, to) {
                    let needed = self.log.cast().co_value(needed);
                    said.push(format!(
                        "it can be taken only once {needed} is there, and that never came to {name}"
                    ));
                }
            }
            None if !sent => {
                said.push(format!("nobody ever sent it to {name}{}", self.unasked(written.id, to)));
                said.extend(self.lines_down(written).into_iter().take(TOLD_MAX));
            }
            None => {
                let lost_on_the_way = lost.keys().any(|(_, receiver, _)| *receiver == to);
                if let Some((from, at)) = away.filter(|_| !lost_on_the_way) {
                    let until = if self.gone.contains(&to) {
                        format!("before {name} left")
                    } else {
                        "in time".to_owned()
                    };
                    said.push(format!(
                        "{} sent it to {name} at {}, and it did not arrive {until}",
                        self.node(from),
                        in_words(at)
                    ));
                }
            }
        }
        said.join("; ")
    }

    /// Whether a node asked for a CoValue that nobody sent to it, or wanted it no longer.
    #[expect(clippy::wildcard_enum_match_arm, reason = "an operation is looked for")]
    fn unasked(&self, id: CoId, node: NodeId) -> String {
        let did = |act| {
            self.log.entries().rev().find_map(|entry| match &entry.what {
                Event::Operation { name, nodes, id: Some(of), .. }
                    if *of == id
                        && nodes.first() == Some(&node)
                        && self.called(name).is_some_and(|operation| operation.act == act) =>
                {
                    Some(entry.at)
                }
                _ => None,
            })
        };
        let name = self.node(node);
        match (did("load"), did("done")) {
            (loaded, Some(done)) if loaded.is_none_or(|loaded| loaded <= done) => {
                format!(", which was done with it at {}", in_words(done))
            }
            (None, _) if self.has_to_load(id, node) => format!(", and {name} never loads it"),
            _ => String::new(),
        }
    }

    /// Whether a node gets a CoValue only if it asks for it: it has nothing of it, and is no server alone.
    fn has_to_load(&self, id: CoId, node: NodeId) -> bool {
        let held = self.states.get(node.index()).and_then(|state| state.co_values.get(&id));
        let is_here = held.is_some_and(|held| held.header.is_some());
        let is_client = self.scenario.links.iter().any(|link| {
            let sides = link.ends.iter().zip(&link.relationship);
            sides.into_iter().any(|(end, it)| *end == node.0 && *it != Relationship::SyncTheirs)
        });
        !is_here && is_client
    }

    /// The links between who holds something and who does not on which no connection is open in the end, a sentence each.
    #[expect(clippy::wildcard_enum_match_arm, reason = "two of many events are about it")]
    fn lines_down(&self, written: &Written<'_>) -> Vec<String> {
        let has = |node: u32| self.holds(NodeId(node), written) && !self.gone.contains(&NodeId(node));
        let down = self.scenario.links.iter().filter(|link| has(link.ends[0]) != has(link.ends[1]));
        let told = down.filter_map(|link| {
            let ends = link.ends.map(NodeId);
            let is_of = |end: &End<NodeId>| ends.contains(&end.node) && ends.contains(&end.peer);
            let last = self.log.entries().rev().find_map(|entry| match &entry.what {
                Event::Connected(end) if is_of(end) => Some((entry.at, true)),
                Event::Disconnected(end) | Event::Closed(end) if is_of(end) => Some((entry.at, false)),
                _ => None,
            });
            let [one, other] = ends.map(|node| self.node(node));
            match last {
                Some((_, true)) => None,
                None => Some(format!("{one} and {other} were never connected")),
                Some((at, false)) => {
                    let by = self.cut_by(ends, at).map(|name| format!(" [{name}]")).unwrap_or_default();
                    Some(format!("{one} and {other} have not been connected since {}{by}", in_words(at)))
                }
            }
        });
        told.collect()
    }

    /// The operation that ended the connection between two nodes, the last before it was noticed.
    fn cut_by(&self, ends: [NodeId; 2], noticed: Time) -> Option<&'a String> {
        const CUTS: [&str; 6] = ["disconnect", "half_open", "leave", "offline", "pause", "crash"];
        let log: &'a Log = self.log;
        log.entries().rev().filter(|entry| entry.at <= noticed).find_map(|entry| {
            let Event::Operation { name, nodes, .. } = &entry.what else { return None };
            let act = self.called(name)?.act;
            let is_it = match act {
                "disconnect" | "half_open" => ends.iter().all(|end| nodes.contains(end)),
                _ => nodes.first().is_some_and(|node| ends.contains(node)),
            };
            (CUTS.contains(&act) && is_it).then_some(name)
        })
    }

    /// What a CoValue waits for at a node, since it depends on it: what the node has nothing of.
    fn waits_for(&self, id: CoId, node: NodeId) -> Option<CoId> {
        let state = self.states.get(node.index())?;
        let is_here = |id: &CoId| state.co_values.get(id).is_some_and(|held| held.header.is_some());
        let directory = &self.scenario.directory;
        let spec = &directory.co_value(id)?.spec;
        let needs =
            directory.depends_on(id).iter().copied().chain(directory.key_group(id)).chain(spec.branch_of);
        needs.filter(|needed| *needed != id).find(|needed| !is_here(needed))
    }

    /// Why a node holds so many transactions and not so many.
    pub(super) fn content(&self, node: NodeId, id: CoId, (held, wanted): (u64, u64)) -> Vec<String> {
        let written = self.written(id);
        if held > wanted {
            return self.all_written(&written);
        }
        let mut said = self.missing(node, &written);
        if (written.len() as u64) < wanted {
            let vanished = self.vanished(id, &written).into_iter().map(|(_, told)| told);
            let vanished: Vec<String> = vanished.chain(self.vanished_merges(id, &written)).collect();
            let (is, was) = if written.len() == 1 { ("is", "was") } else { ("are", "were") };
            let ever = if vanished.is_empty() {
                format!("{was} ever written or sent")
            } else {
                format!("{is} held or {was} sent")
            };
            said.push(match written.len() {
                0 => format!("none {ever}"),
                some => format!("no more than {some} {ever}"),
            });
            said.extend(vanished.into_iter().take(TOLD_MAX));
            said.extend(self.all_written(&written));
        }
        said
    }

    /// What was written and a node does not hold.
    pub(super) fn missing(&self, node: NodeId, written: &[Written<'a>]) -> Vec<String> {
        let missing: Vec<Written<'_>> =
            written.iter().filter(|one| !self.holds(node, one)).copied().collect();
        let missing = Evidence::by_operation(&missing);
        let more = missing.len().saturating_sub(TOLD_MAX);
        let told = missing.iter().take(TOLD_MAX);
        let mut said: Vec<String> =
            told.map(|one| format!("missing: {}: {}", self.told(one), self.journey(one, node))).collect();
        if more > 0 {
            said.push(format!("missing: {}", of_others(more)));
        }
        said
    }

    pub(super) fn all_written(&self, written: &[Written<'a>]) -> Vec<String> {
        let all = Evidence::by_operation(written);
        let more = all.len().saturating_sub(2 * TOLD_MAX);
        let mut said: Vec<String> =
            all.iter().take(2 * TOLD_MAX).map(|one| format!("written: {}", self.told(one))).collect();
        if more > 0 {
            said.push(format!("written: {}", of_others(more)));
        }
        said
    }
}

/// `what 2 other operations wrote`.
pub(super) fn of_others(count: usize) -> String {
    format!("what {count} other operation{} wrote", if count == 1 { "" } else { "s" })
}

/// Whether a message brings a transaction.
pub(super) fn brings(message: &Body, written: &Written<'_>) -> bool {
    let Body::CoJson(Message::Content(content)) = message else { return false };
    let piece = content.new.get(written.session).filter(|_| content.id == written.id);
    piece.is_some_and(|piece| (piece.after..piece.end()).contains(&written.index))
}

/// A span of time by its parts, to the millisecond: `2d 22h 1m`.
pub(super) fn lasting(us: u64) -> String {
    let us = us / 1_000 * 1_000;
    const MINUTE: u64 = 60_000_000;
    let parts = [(us / (1_440 * MINUTE), "d"), (us / (60 * MINUTE) % 24, "h"), (us / MINUTE % 60, "m")];
    let mut said: Vec<String> =
        parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if !us.is_multiple_of(MINUTE) || said.is_empty() {
        let (seconds, rest) = (us % MINUTE / 1_000_000, us % 1_000_000 / 1_000);
        said.push(match rest {
            0 => format!("{seconds}s"),
            _ if seconds == 0 => format!("{rest}ms"),
            rest => format!("{}s", format!("{seconds}.{rest:03}").trim_end_matches('0')),
        });
    }
    said.join(" ")
}

/// What became of a message that never arrives.
pub(super) fn fate(why: Loss) -> &'static str {
    match why {
        Loss::Partition => "a partition swallowed it",
        Loss::Chance => "it was lost",
        Loss::Overflow => "the line was full",
        Loss::Filter => "it was dropped",
        Loss::Undecodable => "it could not be read",
    }
}
