//! Tells the writer of a guest whether it keeps to the rules: a story with every verb is played again and again, and
//! every answer must be the same to the byte. It judges no protocol.

mod player;
mod story;

pub use story::{Act, Clock, RestartFrom, Story, of_registers};

use crate::failure::{Failure, abridged};
use crate::process::{Launch, Process};
use crate::protocol::{Can, Hello};
use player::{Exchange, Player, Queries};
use std::collections::BTreeSet;
use std::fmt;

/// How many other stories a guest must have forgotten.
const OTHERS: u64 = 100;
/// The seed of the story that is compared; the others have those that follow.
const SEED: u64 = 1;
/// What every request gets in order to see that it is passed over.
const UNKNOWN_MEMBER: &str = r#","no_such_member":{"a":[1,null]}"#;
/// How much of two answers is shown before and after the place at which they differ.
const BEFORE: usize = 60;
const AFTER: usize = 120;

/// What was found out about a guest.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it has introduced itself, if it has.
    pub hello: Option<Hello>,
    /// What was looked at, in order. After what makes the rest senseless there is nothing.
    pub checks: Vec<Checked>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What must hold, in words.
    pub what: String,
    /// Why it does not.
    pub failed: Option<String>,
}

impl Report {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|checked| checked.failed.is_none())
    }

    /// Notes what came of something; what it was where it holds.
    fn note<T>(&mut self, what: impl Into<String>, result: Result<T, String>) -> Option<T> {
        let (value, failed) = match result {
            Ok(value) => (Some(value), None),
            Err(why) => (None, Some(why)),
        };
        self.checks.push(Checked { what: what.into(), failed });
        value
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(hello) = &self.hello {
            writeln!(f, "{} {} speaks {}", hello.name, hello.version, hello.speaks)?;
        }
        for Checked { what, failed } in &self.checks {
            let word = if failed.is_none() { "ok" } else { "FAILED" };
            writeln!(f, "{word:6}  {what}")?;
            failed.iter().flat_map(|why| why.lines()).try_for_each(|line| writeln!(f, "        {line}"))?;
        }
        let cannot =
            Can::ALL.into_iter().filter(|what| self.hello.as_ref().is_some_and(|hello| !hello.can(*what)));
        let cannot: Vec<&str> = cannot.map(Can::name).collect();
        if cannot.is_empty() {
            return Ok(());
        }
        writeln!(f, "not tried, since it does not say that it can: {}", cannot.join(", "))
    }
}

/// Checks the guest that is started so. `tell` has the story with a seed for a guest that has introduced itself so;
/// [`of_registers`] is one for guests that do not speak CoJSON.
pub fn check(launch: &Launch, tell: &dyn Fn(&Hello, u64) -> Story) -> Report {
    let mut report = Report { hello: None, checks: Vec::new() };
    let started = Process::start(launch).map_err(|failure| failure.to_string());
    let Some(process) = report.note("it starts, and says hello", started) else { return report };
    let hello = process.hello().clone();
    report.hello = Some(hello.clone());
    let story = tell(&hello, SEED);
    let mut guest = Guest { launch, process };

    let first = guest.play(&story, Queries::AsTold);
    let verbs = first.as_ref().map_or_else(|_| String::new(), |exchanges| verbs(exchanges));
    let Some(first) = report.note(format!("it answers what it is asked{verbs}"), first) else {
        return report;
    };
    report
        .note("it answers a verb that it does not know with an error, and goes on", guest.ask_for_nonsense());
    let again = guest.play(&story, Queries::AsTold);
    report.note("it answers the same after `reset`", same(&first, again));
    report.note(
        "it passes over members of requests that it does not know",
        guest.play_with_unknown_members(&story).and_then(|again| same_otherwise(&first, again)),
    );
    let asked = guest.play(&story, Queries::Everywhere);
    report.note(
        "`query` changes nothing, and says the same twice",
        asked.and_then(|again| same_otherwise(&first, again)),
    );
    let elsewhere = Process::start(launch).map_err(|failure| failure.to_string());
    let elsewhere = elsewhere.and_then(|process| Guest { launch, process }.play(&story, Queries::AsTold));
    report.note("it answers the same in another process", same(&first, elsewhere));
    let others = (SEED + 1..=SEED + OTHERS).try_for_each(|seed| {
        guest
            .play(&tell(&hello, seed), Queries::AsTold)
            .map(drop)
            .map_err(|why| format!("story {seed}: {why}"))
    });
    let after = others.and_then(|()| guest.play(&story, Queries::AsTold));
    report.note(format!("it answers the same after {OTHERS} other stories and `reset`"), same(&first, after));
    let closed = guest.alive().and_then(|process| process.close().map_err(|failure| failure.to_string()));
    report.note("it ends with its standard input, and leaves nothing behind", closed);
    report
}

/// A guest that is started anew where it has failed, so that one mistake does not hide the others.
struct Guest<'a> {
    launch: &'a Launch,
    process: Process,
}

impl Guest<'_> {
    fn revive(&mut self) -> Result<&mut Process, String> {
        if self.process.failure().is_some() {
            self.process = Process::start(self.launch).map_err(|failure| failure.to_string())?;
        }
        Ok(&mut self.process)
    }

    fn alive(mut self) -> Result<Process, String> {
        self.revive()?;
        Ok(self.process)
    }

    /// Plays a story, and has the guest forget it.
    fn play(&mut self, story: &Story, queries: Queries) -> Result<Vec<Exchange>, String> {
        let process = self.revive()?;
        let exchanges = Player::new(process, queries).play(story)?;
        process.reset().map_err(|failure| failure.to_string())?;
        Ok(exchanges)
    }

    fn play_with_unknown_members(&mut self, story: &Story) -> Result<Vec<Exchange>, String> {
        self.revive()?.set_postscript(UNKNOWN_MEMBER);
        let result = self.play(story, Queries::AsTold);
        self.process.set_postscript("");
        result
    }

    fn ask_for_nonsense(&mut self) -> Result<(), String> {
        let process = self.revive()?;
        let say = |failure: Failure| failure.to_string();
        match process.ask_for_the_impossible().map_err(say)? {
            Some(_) => process.reset().map_err(say),
            None => {
                process.reset().map_err(say)?;
                Err("it answers `no_such_verb` as if it had done something".to_owned())
            }
        }
    }
}

/// Which verbs were asked.
fn verbs(exchanges: &[Exchange]) -> String {
    let verbs: BTreeSet<&str> = exchanges.iter().map(|exchange| exchange.verb).collect();
    let verbs: Vec<&str> = verbs.into_iter().collect();
    format!(": {}", verbs.join(", "))
}

/// Whether two plays have the same answers, to the byte.
fn same(first: &[Exchange], again: Result<Vec<Exchange>, String>) -> Result<(), String> {
    compare(first, &again?, |exchange| exchange.answer.clone())
}

/// The same where the requests had other numbers or members.
fn same_otherwise(first: &[Exchange], again: Vec<Exchange>) -> Result<(), String> {
    compare(first, &again, Exchange::answer_without_id)
}

fn compare(first: &[Exchange], again: &[Exchange], text: impl Fn(&Exchange) -> String) -> Result<(), String> {
    for (one, other) in first.iter().zip(again) {
        let [once, then] = [text(one), text(other)];
        if once != then {
            let [once, then] = around_the_difference(&once, &then);
            let asked = abridged(&other.request);
            return Err(format!("an answer differs\n  asked: {asked}\n  once:  {once}\n  then:  {then}"));
        }
    }
    // As long as the answers are the same, so is what is asked.
    assert_eq!(first.len(), again.len(), "what is asked depends on answers alone");
    Ok(())
}

/// Two texts that differ, cut down to where they do.
fn around_the_difference(once: &str, then: &str) -> [String; 2] {
    let common = once.chars().zip(then.chars()).take_while(|(a, b)| a == b).count();
    let skipped = common.saturating_sub(BEFORE);
    [once, then].map(|text| {
        let shown: String = text.chars().skip(skipped).take(common - skipped + AFTER).collect();
        let before = if skipped > 0 { "…" } else { "" };
        let after = if text.chars().nth(common + AFTER).is_some() { "…" } else { "" };
        format!("{before}{shown}{after}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_with_what_is_around_it() {
        let [once, then] =
            ["1", "22"].map(|number| format!("{}{number}{}", "ä".repeat(100), "z".repeat(200)));
        let before = "ä".repeat(BEFORE);
        let shown = [
            format!("…{before}1{}…", "z".repeat(AFTER - 1)),
            format!("…{before}22{}…", "z".repeat(AFTER - 2)),
        ];
        assert_eq!(around_the_difference(&once, &then), shown);
        assert_eq!(around_the_difference("a", "ab"), ["a", "ab"]);
    }

    #[test]
    fn a_report_is_for_people() {
        let mut report = Report { hello: None, checks: Vec::new() };
        report.note("it starts", Ok(()));
        assert!(report.holds());
        report.note::<()>("it ends", Err("it does not\nat all".to_owned()));
        assert!(!report.holds());
        assert_eq!(
            report.to_string(),
            "ok      it starts\nFAILED  it ends\n        it does not\n        at all\n"
        );
    }
}
