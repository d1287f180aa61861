//! What no single decision of a run brings about, and two do: where either suffices, neither decides alone.

use super::reduce::{self, Reduction};
use super::sought::Sought;
use super::{Tried, attempt};
use crate::guest::Guests;
use crate::scenario::file::{Decision, Scenario};
use rayon::prelude::*;

/// Of how many decisions that do not decide alone any two are tried together.
const TRIED_MAX: usize = 40;

/// What the decisions of a run come to without one or two of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Twos {
    /// How many decisions there are.
    pub decisions: usize,
    /// Those without which alone it does not fail in the same way.
    pub alone: Vec<Decision>,
    /// Two of the others, without both of which it does not.
    pub pairs: Vec<[Decision; 2]>,
    /// How many of the others there are beside those that were tried in twos.
    pub left: usize,
}

/// Takes each decision of a scenario away that fails by this key, and each two of those that do not decide alone.
pub fn twos(file: &Scenario, guests: &Guests, key: &str) -> Twos {
    let Some(sought) = Sought::new(file, guests, key) else { return Twos::default() };
    let fails = |taken: &[Reduction]| {
        let attempt = attempt::plain(reduce::without(file, taken), guests, &sought);
        matches!(attempt.tried, Tried::Same(_))
    };
    let decisions = reduce::decisions(file);
    let stays: Vec<bool> = decisions.par_iter().map(|one| fails(std::slice::from_ref(one))).collect();
    let of = |wanted: bool| {
        let those = decisions.iter().zip(&stays).filter(move |(_, stays)| **stays == wanted);
        those.map(|(decision, _)| decision.clone()).collect::<Vec<_>>()
    };
    let (alone, others) = (of(false), of(true));
    let tried = &others[..others.len().min(TRIED_MAX)];
    let twos = tried
        .iter()
        .enumerate()
        .flat_map(|(place, one)| tried[place + 1..].iter().map(move |other| [one.clone(), other.clone()]));
    let twos: Vec<[Reduction; 2]> = twos.collect();
    let pairs: Vec<[Reduction; 2]> = twos.into_par_iter().filter(|two| !fails(two)).collect();
    Twos {
        decisions: decisions.len(),
        alone: alone.into_iter().filter_map(decided).collect(),
        pairs: pairs.into_iter().filter_map(both).collect(),
        left: others.len() - tried.len(),
    }
}

fn decided(item: Reduction) -> Option<Decision> {
    if let Reduction::Decision(decision) = item { Some(decision) } else { None }
}

fn both([one, other]: [Reduction; 2]) -> Option<[Decision; 2]> {
    Some([decided(one)?, decided(other)?])
}

#[cfg(test)]
mod tests {
    use super::twos;
    use crate::guest::Guests;
    use crate::run::{Options, run};
    use crate::scenario::parse;

    /// Alice never repeats herself, and two of her contents are lost: either is enough, so neither decides alone.
    #[test]
    fn either_of_two_is_enough() {
        let text = r#"{
            "version": 1, "about": "Alice writes twice, and never repeats it.",
            "nodes": { "alice": { "mutations": ["never-retransmit"] }, "server": {} },
            "network": { "latency": "20ms" },
            "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
            "timeline": [
                { "at": "0ms", "create": { "node": "alice", "id": "diary" } },
                { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
                { "at": "1s", "edit": { "node": "alice", "id": "diary" } },
                { "at": "1s", "edit": { "node": "alice", "id": "notes" } }
            ],
            "decisions": {
                "lost": ["alice>server content diary edit-diary-alice", "alice>server content notes edit-notes-alice"],
                "duplicated": { "alice>server load notes create-notes-alice": "5ms" }
            }
        }"#;
        let scenario = parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"));
        let outcome = run(&scenario, 1, Options::judged());
        let key = outcome.key().expect("it fails").to_owned();
        let twos = twos(&scenario.file, &Guests::default(), &key);
        assert_eq!((twos.decisions, twos.left), (3, 0));
        assert!(twos.alone.is_empty(), "{twos:?}");
        let words: Vec<[String; 2]> =
            twos.pairs.iter().map(|two| [two[0].to_string(), two[1].to_string()]).collect();
        let lost = |id| format!("lost: alice>server content {id} edit-{id}-alice");
        assert_eq!(words, [[lost("diary"), lost("notes")]]);
    }
}
