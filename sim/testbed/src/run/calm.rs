//! What ends with the faults: the chances of links, and, where a scenario says so, what its timeline has cut.

use super::Stage;
use crate::cojson::CoJson;
use crate::network::Network;
use crate::report::in_words;
use crate::world::View;
use cosim_core::Time;
use std::fmt;

/// When the faults ended, and what ended with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calmed {
    /// When.
    pub at: Time,
    /// The kinds of chance that were left to links until then.
    pub ended: Vec<&'static str>,
    /// How many links were partitioned until then.
    pub healed: u64,
    /// How many closed links opened.
    pub reopened: u64,
    /// How many links stay partitioned.
    pub left: u64,
}

impl Calmed {
    /// What is about to end at `at`; `None` where that is nothing, and nothing is left.
    pub(super) fn of<N: CoJson>(stage: &Stage<'_>, view: &View<'_, N>, at: Time) -> Option<Calmed> {
        let has = |is: fn(&Network) -> bool| stage.networks().iter().any(is);
        let kinds = [
            ("loss", has(|network| network.loss.get() > 0 || network.burst.is_some())),
            ("duplication", has(|network| network.duplicate.get() > 0)),
            ("reordering", has(|network| network.reorder.get() > 0)),
            ("replay", has(|network| network.replay.get() > 0)),
            ("damage", has(|network| network.damage.get() > 0 || network.truncate.get() > 0)),
            ("standstill", has(|network| network.bandwidth == Some(0))),
        ];
        let ended = kinds.into_iter().filter(|(_, is)| *is).map(|(kind, _)| kind).collect();
        let heals = stage.scenario().heal;
        let partitioned = view.links().filter(|link| link.partitioned).count() as u64;
        let closed = view.links().filter(|link| link.open.is_none()).count() as u64;
        let calmed = Calmed {
            at,
            ended,
            healed: if heals { partitioned } else { 0 },
            reopened: if heals { closed } else { 0 },
            left: if heals { 0 } else { partitioned },
        };
        let is_something = !calmed.ended.is_empty() || calmed.healed + calmed.reopened + calmed.left > 0;
        is_something.then_some(calmed)
    }
}

impl fmt::Display for Calmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Calmed { at, ended, healed, reopened, left } = self;
        let count = |n: u64, what: &str, becomes: &str| {
            let s = if n == 1 { "" } else { "s" };
            (n > 0).then(|| format!("{n} {what}{s} {becomes}"))
        };
        let undone = [
            count(*healed, "partition", "healed"),
            count(*reopened, "link", "opened"),
            count(*left, "partition", "not healed"),
        ];
        let undone: Vec<String> = undone.into_iter().flatten().collect();
        let parts = [ended.join(", "), undone.join(", ")];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        write!(f, "until {}: {}", in_words(*at), parts.join("; "))
    }
}
