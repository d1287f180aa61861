//! A recording without a network: each author writes into a text of CoJSON's that holds what it had seen, and all of it
//! together is compared with the recorded end. So what people typed elsewhere judges what our texts come to.

mod together;

use super::Error;
use super::format::{Patch, Session, Txn};
use super::text::is_plain;
use cosim_core::real::{MadeAt, Transaction};
use cosim_core::view::edit;
use cosim_core::view::{CoValue, KeyRing, LiveList, LiveView, Log, Resolver};
use serde_json::{Value, json};
use together::together;

/// How many texts are kept. Where more authors write side by side, one that was not used for long is made anew.
const TEXTS_MAX: usize = 16;

/// What a recording comes to without a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Everybody had seen all that was done before: that it leads to the end is found when it is read.
    Linear,
    /// The recorded end.
    End,
    /// Something else, which need not be wrong: people inserted at one place before they saw each other's. These are the
    /// first such transactions, two by two.
    Together(Vec<[u32; 2]>),
}

/// Plays a recording without a network.
///
/// # Errors
/// Where the bytes are none, or come to another end although nobody inserted at one place at the same time.
pub fn check(bytes: &[u8]) -> Result<Checked, Error> {
    let session = Session::read(bytes)?;
    session.check()?;
    if session.is_linear() {
        return Ok(Checked::Linear);
    }
    let mut play = Play::of(&session);
    let found = match play.all(&session) {
        Ok(end) if end == session.end_content => return Ok(Checked::End),
        Ok(end) => differing(&end, &session.end_content),
        Err(error) => error,
    };
    let together = together(&play);
    if together.is_empty() { Err(found) } else { Ok(Checked::Together(together)) }
}

fn differing(end: &str, recorded: &str) -> Error {
    let same = end.chars().zip(recorded.chars()).take_while(|(a, b)| a == b).count();
    let found = format!(
        "without a network the authors come to another text, from code point {same} on: it has {} of them",
        end.chars().count()
    );
    let expected = format!("the recorded text, which has {}", recorded.chars().count());
    Error::at("endContent", found).expected(expected)
}

/// How much of each log.
type Version = Vec<u32>;

/// The recording as it is played.
struct Play {
    header: Value,
    logs: Vec<AuthorLog>,
    /// What the author of each transaction had seen when it was done, it included.
    versions: Vec<Version>,
    texts: Vec<Text>,
    /// Whether every grapheme is one code point.
    is_plain: bool,
    /// How many transactions there are in all logs.
    made: u64,
}

/// What one author wrote, each after the one before. Who goes on from before its own last transaction does so in a new
/// one.
struct AuthorLog {
    agent: u32,
    name: String,
    transactions: Vec<Transaction>,
    /// Of the recording: which each is of.
    numbers: Vec<u32>,
}

/// A text that holds a part of the logs.
struct Text {
    version: Version,
    view: LiveView,
    /// When it was used last.
    used: usize,
}

/// A text needs nothing but itself.
struct Alone;

impl Resolver for Alone {
    fn co_value(&self, _id: &str) -> Option<CoValue<'_>> {
        None
    }
}

impl Text {
    fn bring_to(&mut self, version: &Version, header: &Value, logs: &[AuthorLog]) {
        let parts: Vec<&[Transaction]> =
            logs.iter().zip(version).map(|(log, len)| &log.transactions[..*len as usize]).collect();
        let sessions = logs.iter().zip(&parts).filter(|(_, part)| !part.is_empty());
        let sessions = sessions.map(|(log, part)| (log.name.as_str(), part as &dyn Log)).collect();
        self.view.update(&CoValue { id: ID, header, sessions }, &Alone, &KeyRing::empty());
        self.version.clone_from(version);
    }
}

/// What the text is called.
const ID: &str = "co_zText";

impl Play {
    fn of(session: &Session) -> Play {
        let mut inserted = session.txns.iter().flat_map(|txn| &txn.patches).map(|(_, _, inserted)| inserted);
        Play {
            header: json!({ "type": "coplaintext", "ruleset": { "type": "unsafeAllowAll" }, "meta": null }),
            logs: Vec::new(),
            versions: Vec::with_capacity(session.txns.len()),
            texts: Vec::new(),
            is_plain: inserted.all(|inserted| is_plain(inserted)),
            made: 0,
        }
    }

    /// Plays all of it; gives the end.
    fn all(&mut self, session: &Session) -> Result<String, Error> {
        for (number, txn) in (0..).zip(&session.txns) {
            let mut version = Version::new();
            for parent in &txn.parents {
                join(&mut version, &self.versions[*parent as usize]);
            }
            let done = self.one(number, txn, &mut version);
            self.versions.push(version);
            done?;
        }
        let all = self.logs.iter().map(|log| log.numbers.len() as u32).collect();
        let text = self.text_at(&all);
        Ok(self.texts[text].view.list().map(LiveList::text).unwrap_or_default())
    }

    /// Plays one transaction of who has seen `version`, which then has it too.
    fn one(&mut self, number: u32, txn: &Txn, version: &mut Version) -> Result<(), Error> {
        let log = self.log_of(txn.agent, version);
        let text = self.text_at(version);
        for (patch, it) in txn.patches.iter().enumerate() {
            let Some(changes) = self.texts[text].view.list().and_then(|list| self.changes(list, it)) else {
                let found = "without a network its author's text has no such place";
                return Err(Error::at("txns", found).of(number as usize, patch));
            };
            if changes.is_empty() {
                continue;
            }
            self.made += 1;
            let made_at = MadeAt::from_ms(self.made);
            self.logs[log].transactions.push(Transaction::trusting(made_at, &Value::Array(changes)));
            self.logs[log].numbers.push(number);
            version[log] += 1;
            let Play { header, logs, texts, .. } = self;
            texts[text].bring_to(version, header, logs);
        }
        Ok(())
    }

    /// The log in which an author goes on who has seen `version`.
    fn log_of(&mut self, agent: u32, version: &mut Version) -> usize {
        version.resize(self.logs.len(), 0);
        let mut logs = self.logs.iter().zip(&*version);
        let goes_on =
            |(log, seen): (&AuthorLog, &u32)| log.agent == agent && log.numbers.len() == *seen as usize;
        if let Some(log) = logs.position(goes_on) {
            return log;
        }
        let log = self.logs.len();
        let name = format!("co_z{agent}_session_z{log}");
        self.logs.push(AuthorLog { agent, name, transactions: Vec::new(), numbers: Vec::new() });
        version.push(0);
        log
    }

    /// A text that holds `version`: the one that held most of it and nothing else, with the rest.
    fn text_at(&mut self, version: &Version) -> usize {
        let holds = |text: &Text| text.version.iter().map(|len| u64::from(*len)).sum::<u64>();
        let fitting = (0..self.texts.len()).filter(|text| le(&self.texts[*text].version, version));
        let best = fitting.max_by_key(|text| holds(&self.texts[*text]));
        let text = best.unwrap_or_else(|| {
            let text = Text { version: Version::new(), view: LiveView::new(), used: 0 };
            if self.texts.len() < TEXTS_MAX {
                self.texts.push(text);
                return self.texts.len() - 1;
            }
            let oldest = (0..TEXTS_MAX).min_by_key(|text| self.texts[*text].used).unwrap_or(0);
            self.texts[oldest] = text;
            oldest
        });
        let Play { header, logs, texts, .. } = self;
        texts[text].bring_to(version, header, logs);
        texts[text].used = self.versions.len();
        text
    }

    /// What a patch changes in a text; `None` where it is not all there.
    fn changes(&self, list: &LiveList, (position, deleted, inserted): &Patch) -> Option<Vec<Value>> {
        let (from, to) = (*position as usize, (*position as usize).checked_add(*deleted as usize)?);
        let (items, insert) =
            if self.is_plain { (from..to, inserted.clone()) } else { graphemes(list, from..to, inserted)? };
        let gone = edit::remove(list, items.clone()).ok()?;
        let new = edit::insert_text(list, items.start, &insert).ok()?;
        Some([gone, new].into_iter().filter_map(elements).flatten().collect())
    }
}

fn elements(list: Value) -> Option<Vec<Value>> {
    if let Value::Array(items) = list { Some(items) } else { None }
}

/// The items that a range of code points touches, and what comes in their place: with what the range leaves of them.
fn graphemes(
    list: &LiveList,
    range: std::ops::Range<usize>,
    inserted: &str,
) -> Option<(std::ops::Range<usize>, String)> {
    let (mut at, mut items) = (0, 0..0);
    let [mut before, mut behind] = [String::new(), String::new()];
    for item in list.values().filter_map(Value::as_str) {
        if at >= range.end {
            break;
        }
        let end = at + item.chars().count();
        if end <= range.start {
            items.start += 1;
        } else {
            before.extend(item.chars().take(range.start.saturating_sub(at)));
            behind.extend(item.chars().skip(range.end.saturating_sub(at)));
        }
        items.end += 1;
        at = end;
    }
    (at >= range.end).then(|| (items, before + inserted + &behind))
}

fn join(version: &mut Version, other: &Version) {
    version.resize(version.len().max(other.len()), 0);
    for (len, other) in version.iter_mut().zip(other) {
        *len = (*len).max(*other);
    }
}

fn le(a: &Version, b: &Version) -> bool {
    let b = b.iter().copied().chain(std::iter::repeat(0));
    a.iter().zip(b).all(|(a, b)| *a <= b)
}
