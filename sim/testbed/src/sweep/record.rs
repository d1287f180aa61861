//! The outcome of one run, as a line of a file of outcomes.

use crate::run::{Faulted, Outcome, Verdict};
use crate::scenario::{Crypto, Scenario};
use cosim_core::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The failure key of a run in which no oracle found anything, but something that the scenario expects did not come.
pub const EXPECTATION: &str = "expectation";

/// The outcome of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// The scenario, as its index in the header.
    pub scenario: u32,
    /// The seed.
    pub seed: u64,
    /// How nodes signed and hashed.
    pub crypto: Crypto,
    /// What it came to.
    pub verdict: Verdict,
    /// The fingerprint, in hexadecimal.
    pub fingerprint: String,
    /// The failure key; `null` where it held.
    pub key: Option<String>,
    /// How many events there were.
    pub events: u64,
    /// When it ended, in microseconds of virtual time.
    pub ended_at: u64,
    /// When a node last came to hold something new, in microseconds of virtual time.
    pub last_change: u64,
    /// When an app last wrote, in microseconds of virtual time. None where none did, and in outcomes of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_write: Option<u64>,
    /// Whether, in the end, not everybody has what was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
    /// What was counted.
    pub counts: Counts,
    /// How often each oracle that judged has looked.
    pub looks: BTreeMap<String, u64>,
    /// The guests that took part, with their versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<String>,
    /// How guests failed, in words: the first try, and where that one failed, the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guest_failures: Vec<String>,
    /// What became of the faults that were to be, by the field of their kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub faults: BTreeMap<String, Faulted>,
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident from $part:ident,)*) => {
        /// What is counted in a run, or over several.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Counts {
            /// What was counted in a run.
            pub fn of(outcome: &Outcome) -> Counts {
                Counts { $($name: outcome.$part.$name,)* }
            }

            pub(super) fn add(&mut self, other: &Counts) {
                $(self.$name = self.$name.saturating_add(other.$name);)*
            }
        }
    };
}

counts! {
    /// Operations that had an effect.
    operations from figures,
    /// Operations that had none.
    skipped from figures,
    /// Those among them that an app was asked for.
    vain_commands from figures,
    /// Deadlines that passed.
    timers from figures,
    /// Messages sent.
    sent from figures,
    /// Copies that arrived at a node that was up.
    delivered from figures,
    /// Messages lost by chance.
    lost from figures,
    /// Messages swallowed by a partition.
    partitioned from figures,
    /// Messages duplicated.
    duplicated from figures,
    /// Messages taken out of their order.
    reordered from figures,
    /// Messages of which another copy came long after.
    replayed from figures,
    /// Messages that arrived damaged.
    damaged from figures,
    /// Messages damaged so that their receiver could make nothing of them.
    undecodable from figures,
    /// Messages that did not fit into the queue before a line.
    overflowed from figures,
    /// How often a node was told that its line is full.
    #[serde(default)]
    blocked from figures,
    /// Messages that a filter dropped.
    dropped from figures,
    /// Messages that were kept back on their way.
    held from figures,
    /// Bytes sent.
    bytes from figures,
    /// Bytes of known states: of `load` and `known` messages and corrections.
    #[serde(default)]
    known_bytes from tally,
    /// `load` messages sent.
    load from tally,
    /// `known` messages sent, but for corrections.
    known from tally,
    /// Corrections sent.
    correction from tally,
    /// `content` messages sent.
    content from tally,
    /// `done` messages sent.
    done from tally,
    /// Messages sent because a deadline had passed.
    retransmissions from tally,
    /// Contents that brought their receiver nothing new.
    redundant from tally,
    /// Transactions that were reported as safe, and that nobody holds in the end.
    #[serde(default, skip_serializing_if = "is_zero")]
    lost_though_safe from tally,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Record {
    /// The record of an outcome of the scenario with this index.
    pub fn of(index: u32, scenario: &Scenario, outcome: &Outcome) -> Record {
        let verdict = outcome.verdict();
        Record {
            scenario: index,
            seed: outcome.seed,
            crypto: scenario.crypto,
            verdict,
            fingerprint: outcome.fingerprint.to_string(),
            key: (verdict != Verdict::Held).then(|| outcome.key().unwrap_or(EXPECTATION).to_owned()),
            events: outcome.figures.events,
            ended_at: outcome.ended_at.as_us(),
            last_change: outcome.tally.last_change.as_us(),
            last_write: outcome.tally.last_write.map(Time::as_us),
            apart: outcome.tally.apart,
            counts: Counts::of(outcome),
            looks: outcome.looks.iter().map(|(oracle, looks)| ((*oracle).to_owned(), *looks)).collect(),
            guests: outcome.guests.iter().map(|(name, version)| format!("{name} {version}")).collect(),
            guest_failures: outcome.guest_failures.iter().map(ToString::to_string).collect(),
            faults: outcome.faults.iter().map(|(kind, of)| (kind.row().field.to_owned(), *of)).collect(),
        }
    }

    /// The record of this run, which a line holds, or why it is none.
    pub(super) fn parse(line: &[u8], (scenario, seed): (u32, u64)) -> Result<Record, String> {
        let record: Record =
            serde_json::from_slice(line).map_err(|error| format!("this is no outcome: {error}"))?;
        if (record.scenario, record.seed) == (scenario, seed) {
            return Ok(record);
        }
        Err(format!(
            "expected the outcome of seed {seed} of scenario {scenario}, found that of seed {} of scenario {}",
            record.seed, record.scenario
        ))
    }

    /// The record as its line, without the end of the line.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a record has string keys only")
    }
}
