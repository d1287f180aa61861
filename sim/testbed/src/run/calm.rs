//! What ends with the faults: the chances of links, and, where a scenario says so, what its timeline has cut.

use super::Stage;
use crate::cojson::CoJson;
use crate::network::Network;
use crate::report::in_words;
use crate::world::{LinkView, View};
use cosim_core::Time;
use std::fmt;

/// When the faults ended, and what ended with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calmed {
    /// When.
    pub at: Time,
    /// The kinds of chance that were left to links until then.
    pub ended: Vec<&'static str>,
    /// What of the timeline ended then.
    pub healed: Cut,
    /// How many closed links opened.
    pub reopened: u64,
    /// What of the timeline goes on.
    pub left: Cut,
}

/// How many links do not let through what is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Since they are partitioned.
    pub partitions: u64,
    /// Since messages are held back.
    pub holds: u64,
    /// Since messages are dropped.
    pub drops: u64,
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
        // The links of liars close for good.
        let honest = || {
            let links = view.links().zip(&stage.scenario().links);
            links.filter(|(_, spec)| !stage.is_hostile(spec)).map(|(link, _)| link)
        };
        let opens = |link: &LinkView<'_, N>| {
            link.open.is_none() && link.spec.ends.iter().all(|end| view.hosts[end.index()].up)
        };
        let count = |is: fn(&LinkView<'_, N>) -> bool| honest().filter(is).count() as u64;
        let cut = Cut {
            partitions: count(|link| link.partitioned),
            holds: count(|link| link.holds),
            drops: count(|link| link.drops),
        };
        let (healed, left) = if heals { (cut, Cut::default()) } else { (Cut::default(), cut) };
        let reopened = if heals { honest().filter(opens).count() as u64 } else { 0 };
        let calmed = Calmed { at, ended, healed, reopened, left };
        let is_something = !calmed.ended.is_empty() || cut != Cut::default() || calmed.reopened > 0;
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
            count(healed.partitions, "partition", "healed"),
            count(healed.holds, "hold", "released"),
            count(healed.drops, "drop", "ended"),
            count(*reopened, "link", "opened"),
            count(left.partitions, "partition", "not healed"),
            count(left.holds, "hold", "not released"),
            count(left.drops, "drop", "not ended"),
        ];
        let undone: Vec<String> = undone.into_iter().flatten().collect();
        let parts = [ended.join(", "), undone.join(", ")];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        write!(f, "until {}: {}", in_words(*at), parts.join("; "))
    }
}
