//! What an answer of a guest says, taken in: what the node does then, and what the mirror shows.

use super::GuestNode;
use crate::cojson::{DiskWrite, Notice, Packet, Said, Transaction};
use crate::guest::disk::Image;
use crate::guest::registry::Wrote;
use crate::guest::shared::Shared;
use crate::host::Output;
use cosim_core::real;
use cosim_core::{CoId, ConnectionId, Envelope, Event, Time};
use cosim_guest::protocol::{self, Step};
use serde_json::Value;
use std::sync::Arc;

/// How often a node may commit to its disk in one step: each commit is a write of the world.
const COMMITS_MAX: u64 = 100_000;

impl GuestNode {
    /// Takes in what an answer says.
    ///
    /// # Errors
    /// What of it cannot be, in words.
    pub(super) fn take(
        &mut self,
        shared: &mut Shared,
        step: Step,
        operation: Option<u32>,
    ) -> Result<Option<String>, String> {
        if !is_nothing(&step) {
            self.idle = 0;
        }
        for wrote in &step.wrote {
            self.wrote(shared, wrote, operation)?;
        }
        for (name, held) in &step.held {
            self.holds(shared, name, held)?;
        }
        if !shared.speaks_cojson(self.guest) {
            for name in &step.changed {
                let id = shared.registry.id(name);
                self.has(shared, id);
            }
        }
        if step.commits > COMMITS_MAX {
            return Err(format!(
                "it has committed {} times in one step; {COMMITS_MAX} is the most",
                step.commits
            ));
        }
        let mut handed = 0;
        for sent in step.sent {
            if sent.commits < handed || sent.commits > step.commits {
                return Err(format!(
                    "a message was sent after {} of {} commits, and after one that was sent after {handed}",
                    sent.commits, step.commits
                ));
            }
            self.commit(sent.commits - handed);
            handed = sent.commits;
            let Some(connection) = connection_of(sent.connection) else { continue };
            if !self.connections.values().any(|open| *open == connection) {
                continue;
            }
            let said = self.said(shared, sent.message.get())?;
            self.outbox.push_back(Output::Send { connection, message: Packet::Guest(Arc::new(said)) });
        }
        self.commit(step.commits - handed);
        let mut refused = None;
        for notice in step.notices {
            match notice {
                protocol::Notice::Loaded { subject, available } => {
                    let id = shared.registry.id(&subject);
                    self.outbox.push_back(Output::Notice(Notice::LoadEnded { id, available }));
                }
                // Of one of an earlier request nobody waits any more.
                protocol::Notice::Failed { operation: None, .. } => {}
                protocol::Notice::Failed { operation: Some(place), error, .. } => {
                    let error = shared.registry.in_words(error);
                    let is_of = |wrote: &&Value| wrote["operation"] == place;
                    let wrote = step.wrote.iter().find(is_of).and_then(|wrote| wrote["subject"].as_str());
                    let wrote = wrote.map(|subject| shared.registry.id(subject));
                    let raised = Notice::Raised { wrote, error: error.as_str().into() };
                    self.outbox.push_back(Output::Notice(raised));
                    refused.get_or_insert(error);
                }
                protocol::Notice::Made { operation: place, token, subject } => {
                    let by_token = token.and_then(|token| shared.operation(&token));
                    if let Some(made) = by_token.or(operation.filter(|_| place.is_some())) {
                        shared.registry.make(made, subject);
                    }
                }
                protocol::Notice::Invited { secret, .. } => {
                    if let Some(made) = operation {
                        shared.registry.make(made, secret);
                    }
                }
                protocol::Notice::Closed { connection } => {
                    let Some(connection) = connection_of(connection) else { continue };
                    let peer = self.connections.iter().find(|(_, open)| **open == connection);
                    if let Some(peer) = peer.map(|(peer, _)| *peer) {
                        self.connections.remove(&peer);
                        self.outbox.push_back(Output::Close { connection });
                    }
                }
                protocol::Notice::Synced { subject } => {
                    let id = shared.registry.id(&subject);
                    self.outbox.push_back(Output::Notice(Notice::Synced { id }));
                }
                protocol::Notice::Raised { .. } => {}
            }
        }
        self.due = step.due.map(Time::from_us);
        self.awaits = step.awaits.map(Time::from_us);
        Ok(refused)
    }

    /// It has committed so often to its disk.
    fn commit(&mut self, times: u64) {
        for _ in 0..times {
            self.commits += 1;
            let (of, commit) = (self.id, self.commits);
            if self.has_disk {
                let (record, bytes) = (DiskWrite::Commit(commit), Image { of, commit }.mark());
                self.outbox.push_back(Output::Write { ticket: commit, record, bytes });
            }
        }
    }

    fn wrote(&mut self, shared: &mut Shared, wrote: &Value, operation: Option<u32>) -> Result<(), String> {
        let text = |name: &str| {
            let text = wrote.get(name).and_then(Value::as_str);
            text.ok_or_else(|| format!("`wrote` has no `{name}` that is a string: {wrote}"))
        };
        let id = shared.registry.id(text("subject")?);
        if !shared.speaks_cojson(self.guest) {
            let token = text("token")?;
            let Some(written) = shared.operation(token) else {
                return Err(format!("it wrote {token:?}, which is no token of this run"));
            };
            self.has(shared, id);
            self.outbox.push_back(Output::Notice(Notice::Taken { id, operation: written }));
            return Ok(());
        }
        let session = shared.registry.session(text("session")?, self.id);
        let after = wrote.get("after").and_then(Value::as_u64).and_then(|after| u32::try_from(after).ok());
        let after = after.ok_or_else(|| format!("`wrote` has no `after` that is a count: {wrote}"))?;
        let transactions = wrote.get("transactions").and_then(Value::as_array).cloned().unwrap_or_default();
        let said: Result<Vec<real::Transaction>, _> =
            transactions.into_iter().map(serde_json::from_value).collect();
        let said = said.map_err(|error| format!("a transaction that it wrote: {error}"))?;
        let signature = wrote.get("lastSignature").and_then(Value::as_str).map(real::Signature::new);
        let asked = operation.filter(|_| wrote.get("operation").is_some_and(Value::is_u64));
        let Wrote { id, session, after, transactions } =
            shared.registry.wrote((id, session, after), asked, said, signature)?;
        let transactions: Arc<[Transaction]> = transactions.into();
        self.outbox.push_back(Output::Notice(Notice::Wrote { id, session, after, transactions }));
        Ok(())
    }

    /// It holds so much of a CoValue now.
    fn holds(&mut self, shared: &mut Shared, name: &str, held: &Value) -> Result<(), String> {
        let id = shared.registry.id(name);
        let header = held.get("header").and_then(Value::as_bool).unwrap_or(false);
        let sessions = held.get("sessions").and_then(Value::as_object).into_iter().flatten();
        let counts: Option<Vec<(String, u32)>> = sessions
            .map(|(name, count)| Some((name.clone(), u32::try_from(count.as_u64()?).ok()?)))
            .collect();
        let counts =
            counts.ok_or_else(|| format!("what it holds of {name} is no count of transactions: {held}"))?;
        let holding = shared.registry.holding(id, header, &counts, self.id)?;
        if holding.header.is_none() && holding.sessions.is_empty() {
            self.mirror.co_values.remove(&id);
        } else {
            self.mirror.co_values.insert(id, holding);
        }
        self.outbox.push_back(Output::Notice(Notice::Event(Event::AddedNewTransactions { id })));
        Ok(())
    }

    /// It has a subject that is no CoValue.
    pub(super) fn has(&mut self, shared: &Shared, id: CoId) {
        let header = shared.registry.header(id);
        let entry = self.mirror.co_values.entry(id).or_default();
        entry.header = Some(header);
        self.outbox.push_back(Output::Notice(Notice::Event(Event::AddedNewTransactions { id })));
    }

    /// What a message of the guest is called, and what it means.
    fn said(&self, shared: &mut Shared, text: &str) -> Result<Said, String> {
        if shared.speaks_cojson(self.guest) {
            let reading = shared.registry.read(text, self.id);
            let json: Value = serde_json::from_str(text).map_err(|error| format!("a message: {error}"))?;
            let member = |name| json.get(name).and_then(Value::as_str);
            let action = member("action").ok_or_else(|| format!("a message has no `action`: {json}"))?;
            let is_correction = json.get("isCorrection").and_then(Value::as_bool) == Some(true);
            let kind = if is_correction { "correction" } else { action };
            let subject = shared.registry.id(member("id").unwrap_or_default());
            let reading = reading.map(|message| Envelope { n: 0, re: 0, message });
            return Ok(Said {
                kind: kind.to_owned(),
                subject,
                text: text.to_owned(),
                reading,
                tells_of: None,
            });
        }
        let json: Value = serde_json::from_str(text).map_err(|error| format!("a message: {error}"))?;
        let member = |name: &str| {
            let member = json.get(name).and_then(Value::as_str);
            member.ok_or_else(|| format!("a message has no `{name}` that is a string: {json}"))
        };
        let is_word = |kind: &str| !kind.is_empty() && !kind.contains(char::is_whitespace);
        if !is_word(member("kind")?) {
            return Err(format!("the `kind` of a message is not one word: {json}"));
        }
        let (kind, subject) = (member("kind")?.to_owned(), shared.registry.id(member("subject")?));
        let tells_of = newest(&json, shared);
        Ok(Said { kind, subject, text: text.to_owned(), reading: None, tells_of })
    }
}

/// The newest operation whose token stands somewhere in a message.
fn newest(json: &Value, shared: &Shared) -> Option<u32> {
    match json {
        Value::String(text) => shared.operation(text),
        Value::Array(items) => items.iter().filter_map(|item| newest(item, shared)).max(),
        Value::Object(members) => {
            let members = members.iter().filter(|(name, _)| !["kind", "subject"].contains(&name.as_str()));
            members.filter_map(|(_, member)| newest(member, shared)).max()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Whether nothing came of a step.
fn is_nothing(step: &Step) -> bool {
    let Step { sent, wrote, changed, held, notices, commits, log: _, due: _, awaits: _ } = step;
    sent.is_empty()
        && wrote.is_empty()
        && changed.is_empty()
        && held.is_empty()
        && notices.is_empty()
        && *commits == 0
}

fn connection_of(number: u64) -> Option<ConnectionId> {
    u32::try_from(number).ok().map(ConnectionId)
}
