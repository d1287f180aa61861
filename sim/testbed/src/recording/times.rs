//! When things were done, and when they are done again.

use super::format::Session;
use super::{Error, Recording};
use chrono::DateTime;
use cosim_core::Span;
use std::collections::BTreeMap;

/// What is recorded to the second happened somewhere in that second.
const SECOND: Span = Span::from_s(1);

/// The Unix epoch, which stands for a time that is not known.
const UNKNOWN: i64 = 0;

/// When each transaction was done, in microseconds from the first. No author's clock goes backwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Times(Vec<u64>);

/// How fast a recording is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From one transaction to the next, whatever times the recording has. Where it has none, 100 ms are usual.
    pub every: Option<Span>,
    /// The longest time in which nobody does anything, where the recorded times are kept.
    pub longest_pause: Option<Span>,
}

/// The time from one transaction to the next, where neither the recording nor who plays it says.
const EVERY: Span = Span::from_ms(100);

impl Times {
    /// The times of a recording, if it has any.
    pub(super) fn of(session: &Session) -> Result<Option<Times>, Error> {
        let place = |number: usize| format!("txns[{}].time", number.saturating_sub(session.added));
        let mut times = Vec::with_capacity(session.txns.len());
        for (number, txn) in session.txns.iter().enumerate() {
            let Some(time) = &txn.time else {
                times.push(None);
                continue;
            };
            let time = DateTime::parse_from_rfc3339(time).map_err(|error| {
                let shown: String = time.chars().take(40).collect();
                let error = Error::at(place(number), format!("{shown:?} is no time: {error}"));
                error.expected("a time such as `2023-11-22T03:57:32+00:00`")
            })?;
            times.push(Some(time.timestamp_micros()));
        }
        if times.iter().all(|time| time.is_none_or(|time| time == UNKNOWN)) {
            return Ok(None);
        }
        if let Some(number) = times.iter().position(Option::is_none) {
            let error = Error::at(place(number), "this transaction has no time, and others have one");
            return Err(error.expected("a time for each of them, or for none"));
        }
        let times = known(times.into_iter().flatten().collect());
        let first = times.iter().copied().min().unwrap_or(UNKNOWN);
        let mut latest = BTreeMap::new();
        let since_first = times.iter().zip(&session.txns).map(|(time, txn)| {
            let time = time.abs_diff(first);
            let latest = latest.entry(txn.agent).or_insert(time);
            *latest = time.max(*latest);
            *latest
        });
        Ok(Some(Times(since_first.collect())))
    }

    /// When each is played. Those of one time are spread evenly, in order, over the second that it stands for, or over
    /// the time until the next if that is shorter.
    fn played(&self, pause: Span) -> Vec<Span> {
        let mut crowds: BTreeMap<u64, Crowd> = BTreeMap::new();
        for time in &self.0 {
            crowds.entry(*time).or_default().size += 1;
        }
        let nexts: Vec<u64> = crowds.keys().copied().skip(1).collect();
        let (mut start, mut next) = (Span::ZERO, nexts.into_iter());
        for (time, crowd) in &mut crowds {
            let until_next = next.next().map_or(SECOND, |next| Span::from_us(next - time).min(pause));
            crowd.start = start;
            crowd.width = until_next.min(SECOND);
            start = start + until_next;
        }
        let mut at = |time: &u64| {
            let crowd = crowds.entry(*time).or_default();
            let part = Span::from_us(crowd.width.as_us().saturating_mul(crowd.played) / crowd.size.max(1));
            crowd.played += 1;
            crowd.start + part
        };
        self.0.iter().map(&mut at).collect()
    }
}

/// The times, with the next known one in the place of each that is not known, and behind the last known one that.
fn known(mut times: Vec<i64>) -> Vec<i64> {
    let mut next = times.iter().rev().copied().find(|time| *time != UNKNOWN).unwrap_or(UNKNOWN);
    for time in times.iter_mut().rev() {
        if *time == UNKNOWN {
            *time = next;
        }
        next = *time;
    }
    times
}

/// All that was done at one recorded time.
#[derive(Default)]
struct Crowd {
    start: Span,
    width: Span,
    size: u64,
    played: u64,
}

impl Recording {
    /// When each transaction is played, counted from the first.
    pub fn played(&self, pace: Pace) -> Vec<Span> {
        match (&self.times, pace.every) {
            (Some(times), None) => times.played(pace.longest_pause.unwrap_or(Span::from_us(u64::MAX))),
            (_, every) => {
                let every = every.unwrap_or(EVERY);
                (0..).map(|number| every.saturating_mul(number)).take(self.transactions.len()).collect()
            }
        }
    }
}
