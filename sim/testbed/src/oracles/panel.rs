//! Who judges a run: asks those who have a hook, in their turns, counts their looks and keeps what they find.

use super::about::{About, Blames};
use super::evidence::Needs;
use super::looked::{At, Looked};
use super::oracle::{Look, Oracle};
use super::scene::Scene;
use super::violation::Violation;

/// The hooks of an [`Oracle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hook {
    Commanded,
    Took,
    Sent,
    SentContent,
    Delivered,
    Noticed,
    Writing,
    Written,
    Spoilt,
    GoesDown,
    CameUp,
    Started,
    Became,
    Holds,
    Stores,
    Shows,
    Talked,
    Confirms,
    Settled,
    Ended,
    AtRest,
}

const HOOKS: usize = Hook::AtRest as usize + 1;

/// Of so many judges it is remembered who has no hook; those behind them are asked every time.
const REMEMBERED: usize = u64::BITS as usize;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Panel {
    /// In their turns.
    judges: Vec<Judge>,
    /// For each hook those who may have it, as bits, by their place among the judges.
    watching: [u64; HOOKS],
    /// What was found, the first first.
    violations: Vec<Violation>,
    /// Every look since somebody asked for them; `None` where nobody does.
    noted: Option<Vec<Looked>>,
}

#[derive(Clone, Debug)]
struct Judge {
    /// Its place in the list.
    number: usize,
    about: &'static About,
    oracle: Box<dyn Oracle>,
    looks: u64,
}

impl Panel {
    /// One more judges, the last in the list.
    pub(super) fn add(&mut self, oracle: Box<dyn Oracle>) {
        let about = oracle.about();
        let place = self.judges.partition_point(|judge| judge.about.turn <= about.turn);
        self.judges.insert(place, Judge { number: self.judges.len(), about, oracle, looks: 0 });
        self.watching = [u64::MAX; HOOKS];
    }

    /// Whether nobody judges.
    pub(super) fn is_empty(&self) -> bool {
        self.judges.is_empty()
    }

    /// What they need.
    pub(super) fn needs(&self) -> Needs {
        self.judges.iter().flat_map(|judge| judge.about.needs).copied().collect()
    }

    /// What was found, the first first.
    pub(super) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Takes note of what was found without asking anybody. It is the first where nothing was found before.
    pub(super) fn find(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    /// Each of them, as they are listed, and how often it has looked.
    pub(super) fn looks(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let mut judges: Vec<&Judge> = self.judges.iter().collect();
        judges.sort_unstable_by_key(|judge| judge.number);
        judges.into_iter().map(|judge| (judge.about.name, judge.looks))
    }

    /// From now on, every look is noted down.
    pub(super) fn note_looks(&mut self) {
        self.noted = Some(Vec::new());
    }

    /// What was noted down since this was called last.
    pub(super) fn noted(&mut self) -> Vec<Looked> {
        self.noted.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Asks those who have a hook about what it is at. What is the fault of a hostile node counts only where anybody may be
    /// blamed.
    pub(super) fn ask(
        &mut self,
        about: (Hook, At),
        scene: &Scene<'_>,
        ask: impl Fn(&mut dyn Oracle) -> Look,
    ) {
        self.ask_times(1, about, scene, ask);
    }

    /// The same, where what it is at has happened so often in one event: whoever finds nothing is asked once.
    pub(super) fn ask_times(
        &mut self,
        happened: u64,
        (hook, at): (Hook, At),
        scene: &Scene<'_>,
        ask: impl Fn(&mut dyn Oracle) -> Look,
    ) {
        let Panel { judges, watching, violations, noted } = self;
        let watching = &mut watching[hook as usize];
        for place in places(*watching).chain(REMEMBERED..judges.len()) {
            let Some(Judge { about, oracle, looks, .. }) = judges.get_mut(place) else { break };
            let mut left = happened;
            while left > 0 {
                let Look::Looked { times, found } = ask(&mut **oracle) else {
                    *watching &= !1_u64.checked_shl(place as u32).unwrap_or_default();
                    break;
                };
                let answers = if found.is_none() && noted.is_none() { left } else { 1 };
                left -= answers;
                // Who finds something has looked.
                let times = times.max(u64::from(found.is_some()));
                *looks += times * answers;
                let known = violations.len();
                if let Some(subject) = found
                    && (about.blames == Blames::Anybody || !scene.setup.hostile.contains(&subject.node))
                {
                    let violation = Violation::new(about, scene.world, subject);
                    // A run that goes on past it may find the same at every event.
                    if known == 0 || violations.iter().all(|other| !other.is_older(&violation)) {
                        violations.push(violation);
                    }
                }
                if let Some(noted) = noted {
                    note(noted, (at, about.name, times), violations.get(known));
                }
            }
        }
    }

    /// Whether every look is noted down.
    pub(super) fn notes_looks(&self) -> bool {
        self.noted.is_some()
    }
}

/// The places of the bits that are set, the lowest first.
fn places(bits: u64) -> impl Iterator<Item = usize> {
    let left = |bits: u64| Some(bits).filter(|bits| *bits != 0);
    std::iter::successors(left(bits), move |bits| left(bits & (bits - 1)))
        .map(|bits| bits.trailing_zeros() as usize)
}

/// Notes a look down, if it was one.
#[cold]
fn note(noted: &mut Vec<Looked>, (at, oracle, times): (At, &'static str, u64), found: Option<&Violation>) {
    if times > 0 || found.is_some() {
        noted.push(Looked { at, oracle, times, key: found.map(|violation| violation.key.clone()) });
    }
}
