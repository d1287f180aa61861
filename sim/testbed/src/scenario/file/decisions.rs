//! Explicit decisions: what happens to single messages, by address, whatever the seed says.
//!
//! Every kind of decision is one row of the table below: where a file lists it, what its addresses are about, how it is
//! read from a choice, and how it is put into one. A new kind is a new row.

mod choice;
mod table;

pub(crate) use choice::{Choice, Topic};
pub(crate) use table::Detail;

use super::Duration;
use crate::host::WriteError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use table::Table;

/// Makes the kinds, and the section of a file that lists them, from rows:
///
/// ```text
/// /// What the field lists.
/// Kind = field: table, "how a report calls it", harm how-much-among-all [, at most place: "what the places mean"];
///     Topic(choice, harmless default): what is said where it is not the default; put detail: how that is done;
/// ```
macro_rules! decisions {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident = $field:ident: $table:ty, $words:literal, harm $harm:literal
            $(, at most $most:literal: $places:literal)?;
            $topic:ident($choice:ident, $harmless:pat): $said:expr; put $detail:pat => $put:expr;
    )+) => {
        /// What happens to single messages. A message is addressed by what it means: `alice>server content notes edit-1 #2` is
        /// the second content in which alice brings edit-1 to the server. `cosim freeze` writes these.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct Decisions {
            $(
                $(#[doc = $doc])+
                #[serde(default, skip_serializing_if = "Table::is_empty")]
                pub $field: $table,
            )+
        }

        /// What a decision decides.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DecisionKind {
            $(
                $(#[doc = $doc])+
                $kind,
            )+
        }

        impl DecisionKind {
            /// Every kind, in the order of a file.
            pub(crate) const ALL: &[DecisionKind] = &[$(DecisionKind::$kind),+];

            /// The field of a file that lists it.
            pub(crate) const fn field(self) -> &'static str {
                match self {
                    $(DecisionKind::$kind => stringify!($field),)+
                }
            }

            /// What the field lists.
            const fn about(self) -> &'static str {
                match self {
                    $(DecisionKind::$kind => concat!($($doc),+),)+
                }
            }

            /// How a report calls it.
            const fn words(self) -> &'static str {
                match self {
                    $(DecisionKind::$kind => $words,)+
                }
            }

            /// How much harm it does, compared with the others.
            const fn harm(self) -> u32 {
                match self {
                    $(DecisionKind::$kind => $harm,)+
                }
            }

            /// What its addresses are about.
            pub(crate) const fn topic(self) -> Topic {
                match self {
                    $(DecisionKind::$kind => Topic::$topic,)+
                }
            }

            /// The largest place that means something, and what the places mean; `None` where any does.
            pub(crate) fn most(self) -> Option<(u32, &'static str)> {
                match self {
                    $(DecisionKind::$kind => [$(($most, $places))?].first().copied(),)+
                }
            }

            /// What a choice says of it, where that is not the harmless default.
            fn said_by(self, choice: &Choice<'_>) -> Option<Detail> {
                match self {
                    $(DecisionKind::$kind => {
                        if let Choice::$topic($choice, $harmless) = choice { $said.map(Detail::from) } else { None }
                    })+
                }
            }

            /// Makes a choice say it. A choice about something else stays as it is.
            fn put(self, choice: &mut Choice<'_>, detail: Detail) {
                match self {
                    $(DecisionKind::$kind => {
                        if let Choice::$topic($choice, _) = choice {
                            let $detail = detail;
                            $put;
                        }
                    })+
                }
            }
        }

        impl Decisions {
            /// The decisions of one kind, with what else they say.
            pub(crate) fn of(&self, kind: DecisionKind) -> Box<dyn Iterator<Item = (&String, Detail)> + '_> {
                match kind {
                    $(DecisionKind::$kind => self.$field.entries(),)+
                }
            }

            /// Whether a decision is listed.
            pub(crate) fn has(&self, kind: DecisionKind, address: &str) -> bool {
                match kind {
                    $(DecisionKind::$kind => self.$field.has(address),)+
                }
            }

            /// Adds a decision; one of the same kind and address is replaced. What it does not say is zero.
            pub(crate) fn put(&mut self, Decision { kind, address }: Decision, detail: Detail) {
                match kind {
                    $(DecisionKind::$kind => self.$field.put(address, detail),)+
                }
            }

            /// Keeps the decisions of which `keep` holds.
            pub fn retain(&mut self, mut keep: impl FnMut(&Decision) -> bool) {
                $(self.$field.keep(|address| {
                    keep(&Decision { kind: DecisionKind::$kind, address: address.clone() })
                });)+
            }
        }
    };
}

decisions! {
    /// Messages that never arrive.
    Lost = lost: Vec<String>, "lost", harm 9;
        Message(fate, _): fate.lost.then_some(()); put _ => fate.lost = true;
    /// Messages that arrive twice, and how long the second copy takes.
    Duplicated = duplicated: BTreeMap<String, Duration>, "duplicated", harm 4;
        Message(fate, _): fate.duplicate; put span => fate.duplicate = Some(span.into());
    /// Messages that are taken out of order, and how much longer they take.
    Reordered = reordered: BTreeMap<String, Duration>, "reordered", harm 3;
        Message(fate, _): fate.reordered; put span => fate.reordered = Some(span.into());
    /// Messages that arrive once more, much later, and how long after they were sent.
    Replayed = replayed: BTreeMap<String, Duration>, "replayed", harm 5;
        Message(fate, _): fate.replayed; put span => fate.replayed = Some(span.into());
    /// Messages in which a bit flips, and which bit (past the last bit, counting starts again at the first).
    Damaged = damaged: BTreeMap<String, u32>, "damaged", harm 8;
        Message(fate, _): fate.damaged; put place => fate.damaged = Some(place.into());
    /// Messages that lose the end of what they carry, and how much of it: 0 is the least (past the most, counting
    /// starts again at 0).
    Truncated = truncated: BTreeMap<String, u32>, "truncated", harm 7;
        Message(fate, _): fate.truncated; put place => fate.truncated = Some(place.into());
    /// Writes that take longer or shorter than their disk says, and how long.
    Write = writes: BTreeMap<String, Duration>, "write", harm 1;
        Write(fate, usual): (fate.latency != usual.latency).then_some(fate.latency);
        put span => fate.latency = span.into();
    /// Writes that are reported as failed, and how much of each is on the disk anyway: 0 nothing, 1 half of it, 2 all
    /// of it.
    FailedWrite = failed_writes: BTreeMap<String, u32>, "failed write", harm 12,
        at most 2: "0: nothing of it is on the disk, 1: half of it is, 2: all of it is, though it is reported as failed";
        Write(fate, _): fate.error.map(|error| error as u32);
        put place => fate.error = Some(WriteError::of(place.into()));
    /// Crashes, and how many of the unfinished writes each leaves, in order.
    KeptWrites = kept_writes: BTreeMap<String, u32>, "kept writes", harm 11;
        Crash(left, all): (left.kept < all.kept).then_some(left.kept); put count => left.kept = count.into();
    /// Crashes that leave a part of the next unfinished write, and how many bytes of it.
    TornWrite = torn_writes: BTreeMap<String, u32>, "torn write", harm 10;
        Crash(left, all): (left.kept < all.kept && left.torn > 0).then_some(left.torn);
        put bytes => left.torn = bytes.into();
    /// Ends of a link that notice a connect or disconnect late, and how late.
    Noticed = noticed: BTreeMap<String, Duration>, "noticed late", harm 6;
        Notice(late, at_once): (**late != *at_once).then_some(**late); put span => **late = span.into();
    /// What guests handle while the clock of their own work goes on, and how far with each look at it.
    Worked = worked: BTreeMap<String, Duration>, "worked", harm 2;
        Work(each, none): (**each != *none).then_some(**each); put span => **each = span.into();
    /// Messages that take longer or shorter than their link says, and how long.
    Latency = latencies: BTreeMap<String, Duration>, "latency", harm 2;
        Message(fate, usual): (fate.latency != usual.latency).then_some(fate.latency);
        put span => fate.latency = span.into();
}

/// One decision, as it can be taken away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decision {
    /// What it decides.
    pub kind: DecisionKind,
    /// About what.
    pub address: String,
}

impl DecisionKind {
    /// The table of all kinds for a document, in Markdown: the field, what it lists, and how its addresses are written.
    pub fn table() -> String {
        let head = "| field | what it lists | by address |\n|---|---|---|\n".to_owned();
        DecisionKind::ALL.iter().fold(head, |table, kind| {
            let (field, (_, address)) = (kind.field(), kind.topic().in_words());
            let about = kind.about().trim().trim_end_matches('.');
            table + &format!("| `{field}` | {about} | {address} |\n")
        })
    }

    /// Every kind, the least harmful first.
    pub(crate) fn by_harm() -> Vec<DecisionKind> {
        let mut kinds = DecisionKind::ALL.to_vec();
        kinds.sort_by_key(|kind| kind.harm());
        kinds
    }
}

impl Decisions {
    /// Whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many decisions there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Every decision.
    pub fn iter(&self) -> impl Iterator<Item = Decision> + '_ {
        self.with_details().map(|(decision, _)| decision)
    }

    /// Every decision, with what else it says.
    pub(crate) fn with_details(&self) -> impl Iterator<Item = (Decision, Detail)> + '_ {
        DecisionKind::ALL.iter().flat_map(|&kind| {
            let listed = self.of(kind);
            listed.map(move |(address, detail)| (Decision { kind, address: address.clone() }, detail))
        })
    }
}

impl fmt::Display for DecisionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.address)
    }
}

/// Where a scenario that `freeze` or `shrink` wrote comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The scenario that was frozen.
    pub scenario: String,
    /// The seed that was played.
    pub seed: u64,
    /// The version of cosim that wrote it.
    pub cosim: String,
    /// The fingerprint of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The failure key of the run, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What the run did not meet of what was expected, in words, if that is how it failed. Another expectation, or the same
    /// that comes out otherwise, is another failure. Default any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmet: Option<String>,
    /// Which faults the seed took, if the faults were a swarm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub swarm: Vec<String>,
    /// The newest generation of oracles when it was written. Where it has a failure key, later ones do not judge it,
    /// unless `expect` names them. Default 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub oracles: u32,
}

const fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_first(oracles: &u32) -> bool {
    *oracles == 1
}
