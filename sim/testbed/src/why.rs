//! Why a seed fails: when that became likely, and what it would have come to without each thing that is left of it.
//!
//! All that chance decides in a run is a list, in order. The run is played again with the first so many decisions as they
//! were, and fresh chance from there on, many times: of so many *futures*, how many fail in the same way? Between two
//! decisions where that share jumps lies the one that made the failure likely. What is generated before a run starts stays
//! that of the seed.

mod beside;
mod plot;

pub use beside::{Beside, Trait, beside};
pub use plot::page;

use crate::cojson::CoNode;
use crate::decision::{Crashing, Decide, Fate, Noticing, Sending, Working, WriteFate, Writing};
use crate::host::{SimNode, Survival};
use crate::log::{Limit, Log};
use crate::run::{Expected, Options, Outcome, Stage, Unmet, play_from};
use crate::scenario::Scenario;
use crate::script::Director;
use cosim_core::{Span, Time};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// From how many places futures are played at most.
const MOMENTS_MAX: usize = 48;

/// By how many of a hundred futures a decision must change what comes, to be named.
const JUMP: u32 = 10;

/// When a failure became likely, be it that an oracle found something or that an expectation was not met.
#[derive(Clone, Debug)]
pub struct Likely {
    /// By which key the seed fails.
    pub key: String,
    /// How many futures were played from each place.
    pub futures: u32,
    /// The places, in order; the first is the start, and the last the failure.
    pub places: Vec<Place>,
    /// The decisions that changed by much what comes, in order.
    pub jumps: Vec<Jump>,
    /// The expectation that is not met, where the seed fails by one.
    pub unmet: Option<Unmet>,
}

impl Likely {
    /// Whether a run fails in the same way.
    pub fn is_like(&self, outcome: &Outcome) -> bool {
        is_like(outcome, &self.key, self.unmet.as_ref())
    }
}

/// Whether a run fails by this key, and if that is an expectation, by one like this.
fn is_like(outcome: &Outcome, key: &str, unmet: Option<&Unmet>) -> bool {
    match unmet {
        Some(unmet) => outcome.unmet.iter().any(|other| other.is_like(unmet)),
        None => outcome.key() == Some(key),
    }
}

/// What else is known of a failure, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it is about.
    pub title: String,
    /// Its lines.
    pub lines: Vec<String>,
}

/// A place in a run, and what may come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many decisions come before it.
    pub decided: usize,
    /// When the last of them was made.
    pub at: Time,
    /// How many futures from there fail in the same way.
    pub failing: u32,
}

/// A decision that changed by much what comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jump {
    /// Its number, from 1.
    pub number: usize,
    /// When it was made.
    pub at: Time,
    /// What was decided, in words.
    pub what: String,
    /// How many futures fail without it.
    pub before: u32,
    /// How many fail with it.
    pub after: u32,
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inexplicable {
    /// The run does not fail.
    Holds,
    /// What is under `expect.unmet` is met.
    Met,
    /// Guests draw for themselves, which no other seed begins anew.
    Guests,
}

impl fmt::Display for Inexplicable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Inexplicable::Holds => "nothing to explain: it holds",
            Inexplicable::Met => "nothing to explain: what is under expect.unmet is met now",
            Inexplicable::Guests => "guests draw for themselves, and nobody can give them other futures",
        })
    }
}

impl std::error::Error for Inexplicable {}

/// Finds when the failure of a seed became likely, by so many futures from each of some places.
///
/// # Errors
/// See [`Inexplicable`].
pub fn likely(scenario: &Scenario, seed: u64, futures: u32) -> Result<Likely, Inexplicable> {
    if scenario.has_guests() {
        return Err(Inexplicable::Guests);
    }
    let (outcome, recall) = recalled(scenario, (seed, seed), Options::logged(Limit::All), Recall::nothing);
    let key = outcome.key().ok_or(Inexplicable::Holds)?.to_owned();
    let unmet = outcome.unmet.first().cloned();
    if unmet.as_ref().is_some_and(|unmet| unmet.of == Expected::Unmet) {
        return Err(Inexplicable::Met);
    }
    let past = Past::new(&outcome, recall);
    let failing = |decided: usize| {
        let one = |future: u32| {
            let other = seed.wrapping_add(u64::from(future));
            let again = |director| Recall {
                tape: Arc::clone(&past.tape),
                until: decided,
                ..Recall::nothing(director)
            };
            let (outcome, _) = recalled(scenario, (seed, other), Options::judged(), again);
            u32::from(is_like(&outcome, &key, unmet.as_ref()))
        };
        (1..=futures).into_par_iter().map(one).sum::<u32>()
    };
    let last = past.tape.len();
    let mut shares = BTreeMap::from([(0, failing(0)), (last, failing(last))]);
    while shares.len() < MOMENTS_MAX {
        let pairs = shares.iter().zip(shares.iter().skip(1));
        let wide = pairs.filter(|((from, _), (to, _))| *to - *from > 1);
        let steepest = wide.max_by_key(|((_, before), (_, after))| before.abs_diff(**after));
        let Some(((from, before), (to, after))) = steepest else { break };
        if before.abs_diff(*after) * 100 < futures * JUMP {
            break;
        }
        let middle = from.midpoint(*to);
        shares.insert(middle, failing(middle));
    }
    let places = shares.iter().map(|(&decided, &failing)| Place { decided, at: past.at(decided), failing });
    let pairs = shares.iter().zip(shares.iter().skip(1));
    let jumps = pairs.filter_map(|((&from, &before), (&to, &after))| {
        let jumps = to - from == 1 && before.abs_diff(after) * 100 >= futures * JUMP;
        jumps.then(|| Jump { number: to, at: past.at(to), what: past.what(to), before, after })
    });
    Ok(Likely { futures, places: places.collect(), jumps: jumps.collect(), key, unmet })
}

/// Bounds, in thousandths, between which a share of `of` lies nineteen times in twenty (Wilson's).
pub fn band(failing: u32, of: u32) -> [u64; 2] {
    let (hits, of) = (u64::from(failing.min(of)), u64::from(of.max(1)));
    // With z = 2: (hits + 2 ± 2 sqrt(hits (of - hits) / of + 1)) / (of + 4), in millionths under the root.
    let root = (1_000_000 * hits * (of - hits) / of + 1_000_000).isqrt();
    let middle = 1000 * (hits + 2);
    [middle.saturating_sub(2 * root) / (of + 4), ((middle + 2 * root) / (of + 4)).min(1000)]
}

/// Plays with the plan of one seed and the chance of another.
fn recalled(
    scenario: &Scenario,
    (plan, chance): (u64, u64),
    options: Options,
    recall: impl FnOnce(Director) -> Recall,
) -> (Outcome, Recall) {
    let stage = Stage::new(scenario, plan);
    let decisions = recall(stage.director());
    play_from(stage, chance, options, CoNode::new, decisions)
}

/// What was decided in a run.
struct Past {
    tape: Arc<[Decided]>,
    director: Director,
    times: BTreeMap<u64, Time>,
}

impl Past {
    fn new(outcome: &Outcome, recall: Recall) -> Past {
        let entries = outcome.log.iter().flat_map(Log::entries);
        // What happens in no event, as that the faults end, says nothing of when decisions were made.
        let times = entries.filter(|entry| entry.event > 0).map(|entry| (entry.event, entry.at)).collect();
        Past { tape: recall.made.into(), director: recall.director, times }
    }

    /// When the last of so many decisions was made.
    fn at(&self, decided: usize) -> Time {
        let asked = decided.checked_sub(1).and_then(|place| self.director.seen().get(place));
        let event = asked.map_or(0, |asked| asked.event);
        self.times.range(..=event).next_back().map_or(Time::ZERO, |(_, at)| *at)
    }

    /// What the last of so many decisions was, in words.
    fn what(&self, decided: usize) -> String {
        let asked = decided.checked_sub(1).and_then(|place| self.director.seen().get(place));
        let Some(asked) = asked else { return String::new() };
        let made = self.director.made().iter().filter(|made| made.decision.address == asked.address);
        let harm = made.map(|made| made.decision.kind.to_string()).collect::<Vec<_>>();
        let harm = if harm.is_empty() { "nothing harmful".to_owned() } else { harm.join(", ") };
        format!("{harm}: {}", asked.address)
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug)]
enum Decided {
    Message(Fate),
    Notice(Span),
    Write(WriteFate),
    Crash(Survival),
    Work(Span),
}

/// Decides so often as another run did, then as it would itself.
#[derive(Clone, Debug)]
struct Recall {
    director: Director,
    tape: Arc<[Decided]>,
    until: usize,
    made: Vec<Decided>,
}

/// What the tape says of this decision, or what the director does.
macro_rules! decide {
    ($self:ident, $kind:ident, $said:expr) => {{
        let said = $said;
        let recalled = $self.tape.get($self.made.len()).filter(|_| $self.made.len() < $self.until);
        // The same decisions come up as long as the same was decided.
        let decided = if let Some(Decided::$kind(decided)) = recalled { *decided } else { said };
        $self.made.push(Decided::$kind(decided));
        decided
    }};
}

impl Recall {
    fn nothing(director: Director) -> Recall {
        let director = director.recording().noting();
        Recall { director, tape: Arc::new([]), until: 0, made: Vec::new() }
    }
}

impl<N: SimNode> Decide<N> for Recall {
    fn message(&mut self, sending: &Sending<'_, N>, drawn: Fate) -> Fate {
        decide!(self, Message, self.director.message(sending, drawn))
    }

    fn notice(&mut self, noticing: &Noticing, drawn: Span) -> Span {
        decide!(self, Notice, Decide::<N>::notice(&mut self.director, noticing, drawn))
    }

    fn write(&mut self, writing: &Writing<'_, N>, drawn: WriteFate) -> WriteFate {
        decide!(self, Write, self.director.write(writing, drawn))
    }

    fn crash(&mut self, crashing: &Crashing<'_>, drawn: Survival) -> Survival {
        decide!(self, Crash, Decide::<N>::crash(&mut self.director, crashing, drawn))
    }

    fn work(&mut self, working: &Working<'_, N>, drawn: Span) -> Span {
        decide!(self, Work, self.director.work(working, drawn))
    }
}

#[cfg(test)]
mod tests {
    use super::{band, likely};
    use crate::scenario::parse;

    #[test]
    fn bands_hold_the_share() {
        for (failing, of, band_of) in
            [(0, 200, [0, 19]), (200, 200, [980, 1000]), (100, 200, [429, 570]), (1, 1, [200, 1000])]
        {
            assert_eq!(band(failing, of), band_of, "{failing} of {of}");
        }
    }

    /// Alice never repeats what is lost: her one content decides, and nothing before or after it.
    #[test]
    fn one_lost_message_makes_it_certain() {
        let text = r#"{
            "version": 1, "about": "Alice writes once, and never repeats it.",
            "nodes": { "alice": { "mutations": ["never-retransmit"] }, "server": {} },
            "network": { "latency": "20ms..80ms", "loss": "10%" },
            "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
            "timeline": [
                { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
                { "at": "1s", "name": "last", "edit": { "node": "alice", "id": "notes" } }
            ]
        }"#;
        let scenario = parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"));
        let fails = |seed: &u64| {
            let outcome = crate::run::run(&scenario, *seed, crate::run::Options::judged());
            outcome.violations.first().is_some_and(|violation| violation.at.as_us() > 1_000_000)
        };
        let seed = (0..1000).find(fails).expect("a seed fails after the edit");
        let likely = likely(&scenario, seed, 100).expect("it fails");
        assert_eq!(likely.places.last().map(|place| place.failing), Some(100), "{likely:?}");
        let jump = likely.jumps.last().expect("a jump");
        assert!(jump.what.starts_with("lost: "), "{likely:?}");
        assert!(jump.before < 50 && jump.after == 100, "{likely:?}");
    }
}
