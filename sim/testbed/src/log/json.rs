//! The log for machines: JSON Lines. The first line is a header: the format, its version, the cosim that wrote it, and
//! of which scenario, seed and crypto it is. Each other line is one entry, with times in microseconds and messages in the
//! wire shape of the published package.
//!
//! Version 2 differs from version 1 in three ways. The header says which run it is. Every message has a line `sent` with
//! what happens to it on its way, in place of the lines `lost` and `held`. What became of writes and disks stands in fields
//! (`disk`, `cut`, `recovered`, `writeFailed`, and the `why` of `skipped`), in place of sentences (`disk` and `note`).
//!
//! On demand ([`With`](super::With), `cosim run --with`) there are lines of two more kinds, and the header says
//! `"states":true` or `"looks":true`. All other lines are the same with and without them.
//!
//! - `state`: what is different in what a node holds of a CoValue, once the node has handled an input, and before it goes
//!   down: `entry` (whether it has one, be it only a want), `header`, `sessions` (how many transactions of each that has
//!   changed; 0 is none), `told`, `assumed` and `confirmed` (the same by peer: what the node has told it, what it assumes
//!   that the peer holds, and what the peer said itself; `null` where that is forgotten, and the first two missing in
//!   older logs), `durable` (the same for what would outlive a crash, where the node writes to a disk), `waits` (all that it waits for:
//!   whom, why and until when) and `shown` (a hash over what the app sees, equal where the same is seen, or `null`). What
//!   is missing is as it was; at first, there is nothing of anything. How loads end is told in lines `loadEnded`.
//!   [`States`](super::States) puts the changes together again.
//! - `looks`: what oracles looked at and found, right after what they looked at. To keep it short, looks at one place in
//!   one happening are one line, and so are all CoValues in whose case they were alike: `node`, `peer` and `ids` say what
//!   it was about, each only where there is one, `looks` how often each oracle looked at each of the `ids`, `when` on
//!   which occasion (`step`; `deadline`, a step that a deadline began; at the end of the run `rest`, or `restless` where
//!   its time was up), and `violated` what did not hold, by oracle, with the failure key. An oracle that is in `looks` and
//!   not in `violated` found that all held. All looks of an oracle together are the `looks` of the verdict.

use super::{Entry, Log, Source, With};
use crate::cojson::Cast;
use crate::scenario::Crypto;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io;
use std::ops::Not;

/// The version of the JSON Lines form.
pub const LOG_VERSION: u32 = 2;

/// The name of the format.
pub(super) const FORMAT: &str = "cosim-log";

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) cosim: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scenario: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) crypto: Option<Crypto>,
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(super) states: bool,
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(super) looks: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dropped: Option<Dropped>,
}

/// The entries that were not kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dropped {
    pub(super) after: usize,
    pub(super) entries: u64,
}

impl Log {
    /// Writes the header and every entry that was kept.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json_lines(&self, mut out: impl io::Write) -> io::Result<()> {
        let (after, entries) = self.dropped();
        let Source { scenario, seed, crypto } = self.source.clone();
        let With { states, looks } = self.with;
        let header = Header {
            format: FORMAT.to_owned(),
            version: LOG_VERSION,
            cosim: env!("CARGO_PKG_VERSION").to_owned(),
            scenario,
            seed,
            crypto,
            states,
            looks,
            dropped: (entries > 0).then_some(Dropped { after, entries }),
        };
        // By way of a value, so that fields stand in the order of their names.
        writeln!(out, "{}", serde_json::to_value(header)?)?;
        for entry in self.entries() {
            writeln!(out, "{}", entry.to_json(self.cast()))?;
        }
        Ok(())
    }
}

impl Entry {
    /// The entry as a JSON object.
    pub fn to_json(&self, mut cast: &Cast) -> Value {
        let Ok(what) = self.what.rename(&mut cast);
        let mut json = serde_json::to_value(what).expect("an event has string keys only");
        json["event"] = self.event.into();
        json["at"] = self.at.as_us().into();
        json
    }
}
