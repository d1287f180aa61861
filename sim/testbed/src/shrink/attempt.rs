//! One candidate, played.

use super::rebind;
use super::sought::Sought;
use crate::guest::Guests;
use crate::run::{GUEST_KEY, Options, Outcome, Stage, UNMET_KEY, play_cast};
use crate::scenario::file::{Decision, Scenario};
use crate::scenario::resolve;

/// What became of a candidate, and how many runs that took.
pub(super) struct Attempt {
    pub(super) tried: Tried,
    pub(super) runs: u64,
}

/// What became of a candidate.
pub(super) enum Tried {
    /// It is no valid scenario.
    Invalid,
    /// It does not fail.
    Holds,
    /// It does not meet the expectation, but in another way, for another reason, or only because what was expected cannot come
    /// any more: in words.
    Unlike(&'static str),
    /// It fails in another way: the key, and the scenario.
    Other(Box<(String, Scenario)>),
    /// It fails in the same way.
    Same(Box<(Scenario, Outcome)>),
}

/// Plays a candidate as it is.
pub(super) fn plain(candidate: Scenario, guests: &Guests, sought: &Sought) -> Attempt {
    once(candidate, guests, sought).0
}

/// Plays a candidate; where it does not fail in the same way and its decisions were not all met, those are tried with
/// other messages.
pub(super) fn bending(candidate: Scenario, guests: &Guests, sought: &Sought) -> Attempt {
    let (mut attempt, met) = once(candidate.clone(), guests, sought);
    if matches!(attempt.tried, Tried::Invalid | Tried::Same(_)) {
        return attempt;
    }
    for other in rebind::others(&candidate, &met.stranded, &met.seen) {
        let (bent, _) = once(other, guests, sought);
        attempt.runs += bent.runs;
        if matches!(bent.tried, Tried::Same(_)) {
            attempt.tried = bent.tried;
            return attempt;
        }
    }
    attempt
}

/// What a run met of what its scenario lists.
#[derive(Default)]
struct Met {
    /// The decisions that it never met.
    stranded: Vec<Decision>,
    /// The addresses of all that it decided.
    seen: Vec<String>,
}

/// Plays a candidate. What it lists and never meets is taken out: it decides nothing.
fn once(mut candidate: Scenario, guests: &Guests, sought: &Sought) -> (Attempt, Met) {
    let Ok(scenario) = resolve(candidate.clone()) else {
        return (Attempt { tried: Tried::Invalid, runs: 0 }, Met::default());
    };
    let scenario = scenario.with_guests(guests);
    let director = Stage::new(&scenario, scenario.seed).director().noting();
    let (outcome, director) = play_cast(Vec::new(), &scenario, scenario.seed, Options::judged(), director);
    let met = Met {
        stranded: director.unused(),
        seen: director.seen().iter().map(|asked| asked.address.clone()).collect(),
    };
    let tried = match outcome.key() {
        // A guest that fails is never followed.
        None | Some(GUEST_KEY) => Tried::Holds,
        Some(UNMET_KEY) if sought.key() != UNMET_KEY => Tried::Holds,
        Some(found) if found != sought.key() => Tried::Other(Box::new((found.to_owned(), candidate))),
        Some(_) => match sought.unlike(&candidate, &outcome, guests) {
            Some(other) => Tried::Unlike(other),
            None => {
                if let Some(decisions) = &mut candidate.decisions {
                    decisions.retain(|decision| !met.stranded.contains(decision));
                }
                candidate.decisions = candidate.decisions.filter(|decisions| !decisions.is_empty());
                Tried::Same(Box::new((candidate, outcome)))
            }
        },
    };
    (Attempt { tried, runs: 1 }, met)
}
