//! A cell of the table: one crate under one condition, and what is asked of it.

use crate::automerge::Automerge;
use crate::host::{Document, Host};
use crate::loro::Loro;
use crate::story::{Condition, Shape, trial};
use crate::yrs::Yrs;
use clap::ValueEnum;
use cosim_world::trial::replica::Oracle;
use cosim_world::trial::{Judge, Played, Schedule, Story, Trial};
use std::fmt;
use std::ops::Range;

/// A crate that is hosted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Crate {
    /// automerge.
    Automerge,
    /// yrs.
    Yrs,
    /// loro.
    Loro,
}

/// What is asked, beside that it comes to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Question {
    /// Whether everybody shows the same in the end, with nothing lost or doubled.
    Agreement,
    /// Whether changes go back to where they came from.
    Echo,
}

impl Question {
    /// Who is asked.
    pub const fn oracles(self) -> &'static [Oracle] {
        match self {
            Question::Agreement => &[Oracle::Convergence, Oracle::NoLostWrite, Oracle::NoDuplicate],
            Question::Echo => &[Oracle::NoEcho],
        }
    }
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Of which crate.
    pub hosted: Crate,
    /// Who is linked with whom.
    pub shape: Shape,
    /// What happens to them.
    pub condition: Condition,
    /// What must hold.
    pub question: Question,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cell { hosted, shape, condition, question } = *self;
        write!(f, "{} {} {} {}", name(hosted), name(shape), name(condition), name(question))
    }
}

/// What a value is called on the command line and in texts.
pub fn name(value: impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

impl Cell {
    /// Whether it can be played at all. Where two nodes use one id, loro can end the process: that is said in words only.
    pub fn can_be_played(self) -> bool {
        !(self.hosted == Crate::Loro && self.condition == Condition::SharedId)
    }

    /// Plays seeds.
    pub fn play(self, seeds: Range<u64>) -> Vec<Played> {
        let trial = self.trial();
        seeds.map(|seed| trial.play_seed(seed)).collect()
    }

    /// The schedule of the first failure among seeds, cut down.
    pub fn shrink(self, seeds: Range<u64>) -> Option<Schedule> {
        self.trial().shrink_first(seeds)
    }

    /// The same schedule without whatever its failure does not need.
    pub fn shrink_again(self, schedule: &Schedule) -> Schedule {
        self.trial().shrink_schedule(schedule)
    }

    /// Plays a schedule; tells what happens in it, too.
    pub fn replay(self, schedule: &Schedule) -> (Played, String) {
        self.trial().replay_schedule(schedule)
    }

    fn trial(self) -> Box<dyn AnyTrial> {
        match self.hosted {
            Crate::Automerge => self.trial_of::<Automerge>(),
            Crate::Yrs => self.trial_of::<Yrs>(),
            Crate::Loro => self.trial_of::<Loro>(),
        }
    }

    fn trial_of<D: Document + 'static>(self) -> Box<dyn AnyTrial> {
        Box::new(trial::<D>(self.shape, self.condition, self.question.oracles()))
    }
}

/// A trial of whatever crate.
trait AnyTrial {
    fn play_seed(&self, seed: u64) -> Played;
    fn shrink_first(&self, seeds: Range<u64>) -> Option<Schedule>;
    fn shrink_schedule(&self, schedule: &Schedule) -> Schedule;
    fn replay_schedule(&self, schedule: &Schedule) -> (Played, String);
}

impl<D, S, J, O> AnyTrial for Trial<Host<D>, S, J>
where
    D: Document,
    S: Fn(u64) -> Story<Host<D>>,
    J: Fn() -> O,
    O: Judge<Host<D>>,
{
    fn play_seed(&self, seed: u64) -> Played {
        self.play(seed)
    }

    fn shrink_first(&self, seeds: Range<u64>) -> Option<Schedule> {
        self.sweep(seeds).map(|found| self.shrink(&self.freeze(found.seed)))
    }

    fn shrink_schedule(&self, schedule: &Schedule) -> Schedule {
        self.shrink(schedule)
    }

    fn replay_schedule(&self, schedule: &Schedule) -> (Played, String) {
        (self.replay(schedule), self.log(schedule))
    }
}
