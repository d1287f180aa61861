//! A run without chance: which operations happen, and every choice that was not the harmless one, by its address.

use crate::decision::{Fate, WriteFate};
use crate::host::{Survival, WriteError};
use cosim_base::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// A run, written down. Its text has a line each for the seed, the operations and the choices:
///
/// ```text
/// seed 7
/// play open
/// play set-1
/// message alice>bob set 1 @open : latency 12000 duplicate 40000
/// ```
///
/// Behind the colon are pairs of a word and a whole number; times are microseconds:
///
/// | line | words |
/// |---|---|
/// | `message` | `latency` always; `lost 1`; `reordered` and `duplicate` and `replayed`, each with a time; `damaged` and `truncated`, each with a place |
/// | `notice` | `delay` |
/// | `write` | `latency` always; `failed` with 0, 1 or 2: nothing, half or all of it is on the disk |
/// | `crash` | `kept` and `torn`: how many of the unfinished writes are left, and how many bytes of the next |
///
/// What a line is about has the form of [an address](crate::address). Lines of what no run comes to are in
/// [`Played::unused`](super::Played::unused).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    seed: u64,
    operations: BTreeSet<String>,
    choices: BTreeMap<String, Choice>,
}

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What happens to a message.
    Message(Fate),
    /// How much later than the other end an end notices.
    Notice(Span),
    /// What happens to a write.
    Write(WriteFate),
    /// What a crash leaves of the writes under way.
    Crash(Survival),
}

/// A text that is no schedule: its line, counted from 1, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    line: usize,
    expected: &'static str,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: expected {}", self.line, self.expected)
    }
}

impl std::error::Error for ScheduleError {}

impl Schedule {
    pub(super) fn new(
        seed: u64,
        operations: impl IntoIterator<Item = String>,
        choices: BTreeMap<String, Choice>,
    ) -> Schedule {
        Schedule { seed, operations: operations.into_iter().collect(), choices }
    }

    /// The seed for which the story is made.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The names of the operations that happen, in byte order.
    pub fn operations(&self) -> impl Iterator<Item = &str> + '_ {
        self.operations.iter().map(String::as_str)
    }

    /// Every choice that is not the harmless one, by its address.
    pub fn choices(&self) -> impl Iterator<Item = (&str, Choice)> + '_ {
        self.choices.iter().map(|(address, choice)| (address.as_str(), *choice))
    }

    pub(super) fn keeps(&self, operation: &str) -> bool {
        self.operations.contains(operation)
    }

    pub(super) fn choice(&self, address: &str) -> Option<Choice> {
        self.choices.get(address).copied()
    }

    /// The same without an operation.
    pub(super) fn without_operation(&mut self, name: &str) {
        self.operations.remove(name);
    }

    /// The same with another choice at an address.
    pub(super) fn choose(&mut self, address: &str, choice: Choice) {
        self.choices.insert(address.to_owned(), choice);
    }

    /// The same with the harmless choice.
    pub(super) fn without_choice(&mut self, address: &str) {
        self.choices.remove(address);
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        for operation in &self.operations {
            writeln!(f, "play {operation}")?;
        }
        for (address, choice) in &self.choices {
            writeln!(f, "{} {address} :{choice}", choice.word())?;
        }
        Ok(())
    }
}

impl Choice {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Choice::Message(_) => "message",
            Choice::Notice(_) => "notice",
            Choice::Write(_) => "write",
            Choice::Crash(_) => "crash",
        }
    }
}

/// ` name number` for each part that says something, times in microseconds.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = |span: Span| span.as_us();
        match self {
            Choice::Message(fate) => {
                write!(f, " latency {}", us(fate.latency))?;
                let parts = [
                    ("lost", fate.lost.then_some(1)),
                    ("reordered", fate.reordered.map(us)),
                    ("duplicate", fate.duplicate.map(us)),
                    ("replayed", fate.replayed.map(us)),
                    ("damaged", fate.damaged.map(u64::from)),
                    ("truncated", fate.truncated.map(u64::from)),
                ];
                parts.iter().try_for_each(|(word, part)| match part {
                    Some(number) => write!(f, " {word} {number}"),
                    None => Ok(()),
                })
            }
            Choice::Notice(delay) => write!(f, " delay {}", us(*delay)),
            Choice::Write(fate) => {
                write!(f, " latency {}", us(fate.latency))?;
                fate.error.map_or(Ok(()), |error| write!(f, " failed {}", error as u32))
            }
            Choice::Crash(survival) => write!(f, " kept {} torn {}", survival.kept, survival.torn),
        }
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Schedule, ScheduleError> {
        let (mut seed, mut operations, mut choices) = (None, BTreeSet::new(), BTreeMap::new());
        for (line, words) in (1..).zip(text.lines()) {
            let error = |expected| ScheduleError { line, expected };
            let (word, rest) = words.split_once(' ').ok_or(error("a word and what it is about"))?;
            match word {
                "seed" => seed = Some(rest.parse().map_err(|_| error("a whole number as the seed"))?),
                "play" => drop(operations.insert(rest.to_owned())),
                "message" | "notice" | "write" | "crash" => {
                    let (address, parts) =
                        rest.split_once(" :").ok_or(error("` :` between an address and a choice"))?;
                    let choice = Parts::read(parts).and_then(|parts| parts.choice(word));
                    let choice = choice.ok_or(error(match word {
                        "message" => "pairs of a word and a whole number, as `latency 12000 lost 1`, with the latency",
                        "write" => "pairs of a word and a whole number, as `latency 12000 failed 0`, with the latency",
                        "notice" => "`delay` and a whole number of microseconds",
                        _ => "`kept` and `torn`, each with a whole number",
                    }))?;
                    choices.insert(address.to_owned(), choice);
                }
                _ => return Err(error("`seed`, `play`, `message`, `notice`, `write` or `crash`")),
            }
        }
        let seed = seed.ok_or(ScheduleError { line: 1, expected: "a line `seed NUMBER`" })?;
        Ok(Schedule { seed, operations, choices })
    }
}

/// Words, each with its number.
struct Parts<'a>(BTreeMap<&'a str, u64>);

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Option<Parts<'a>> {
        let mut parts = BTreeMap::new();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let number = words.next()?.parse().ok()?;
            if parts.insert(word, number).is_some() {
                return None;
            }
        }
        Some(Parts(parts))
    }

    /// Whether all words are among these.
    fn are(&self, words: &[&str]) -> bool {
        self.0.keys().all(|word| words.contains(word))
    }

    fn span(&self, word: &str) -> Option<Span> {
        self.0.get(word).map(|us| Span::from_us(*us))
    }

    fn number(&self, word: &str) -> Option<u32> {
        self.0.get(word).and_then(|number| u32::try_from(*number).ok())
    }

    fn choice(&self, kind: &str) -> Option<Choice> {
        const MESSAGE: [&str; 7] =
            ["latency", "lost", "reordered", "duplicate", "replayed", "damaged", "truncated"];
        Some(match kind {
            "message" if self.are(&MESSAGE) => Choice::Message(Fate {
                lost: self.flag("lost")?,
                latency: self.span("latency")?,
                reordered: self.span("reordered"),
                duplicate: self.span("duplicate"),
                replayed: self.span("replayed"),
                damaged: self.number("damaged"),
                truncated: self.number("truncated"),
            }),
            "notice" if self.are(&["delay"]) => Choice::Notice(self.span("delay")?),
            "write" if self.are(&["latency", "failed"]) => {
                let error = match self.0.get("failed") {
                    None => None,
                    Some(number) => Some(WriteError::of(u32::try_from(*number).ok().filter(|it| *it <= 2)?)),
                };
                Choice::Write(WriteFate { latency: self.span("latency")?, error })
            }
            "crash" if self.are(&["kept", "torn"]) => {
                Choice::Crash(Survival { kept: self.number("kept")?, torn: self.number("torn")? })
            }
            _ => return None,
        })
    }

    /// Whether a word is there, which says 1.
    fn flag(&self, word: &str) -> Option<bool> {
        match self.0.get(word) {
            None => Some(false),
            Some(1) => Some(true),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans() -> impl Strategy<Value = Span> {
        (0..u64::from(u32::MAX)).prop_map(Span::from_us)
    }

    fn choices() -> impl Strategy<Value = Choice> {
        let option = || proptest::option::of(spans());
        let places = || proptest::option::of(any::<u32>());
        let fate = (any::<bool>(), spans(), option(), option(), option(), places(), places()).prop_map(
            |(lost, latency, reordered, duplicate, replayed, damaged, truncated)| {
                Choice::Message(Fate { lost, latency, reordered, duplicate, replayed, damaged, truncated })
            },
        );
        let write = (spans(), proptest::option::of(0..3_u32)).prop_map(|(latency, error)| {
            Choice::Write(WriteFate { latency, error: error.map(WriteError::of) })
        });
        let crash = any::<[u32; 2]>().prop_map(|[kept, torn]| Choice::Crash(Survival { kept, torn }));
        prop_oneof![fate, spans().prop_map(Choice::Notice), write, crash]
    }

    proptest! {
        /// A schedule is read as it was written.
        #[test]
        fn text_is_read_back(
            seed in any::<u64>(),
            operations in prop::collection::btree_set("[a-z0-9-]{1,8}", 0..5),
            choices in prop::collection::btree_map("[a-z]{1,5}>[a-z]{1,5} [a-z]{1,5} [0-9]{1,3}", choices(), 0..5),
        ) {
            let schedule = Schedule::new(seed, operations, choices);
            prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
        }

        /// What means nothing is told.
        #[test]
        fn words_that_mean_nothing_are_refused(word in "[a-z]{1,6}", number in 0..9_u32) {
            for line in [
                format!("message a>b set 1 : latency 5 {word} {number}"),
                format!("write a writes 0 : latency 5 {word} {number}"),
            ] {
                let text = format!("seed 1\n{line}\n");
                let printed = text.parse::<Schedule>().ok().map(|schedule| schedule.to_string());
                prop_assert!(printed.is_none() || printed == Some(text.clone()), "{}", text);
            }
        }

        /// No text makes reading fail otherwise than with an error.
        #[test]
        fn any_text_is_answered(text in "(seed|play|message|crash| |:|[a-z]|[0-9]|\n){0,40}") {
            let _ = text.parse::<Schedule>();
        }
    }
}
