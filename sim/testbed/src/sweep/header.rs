//! The first line of a file of outcomes: what was swept. Two files whose headers are equal hold the same bytes.

use super::declared::Declared;
use super::shard::{Order, Shard};
use crate::scenario::Crypto;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What the header calls the format.
pub const FORMAT: &str = "cosim-sweep";

/// The version of the format.
pub const VERSION: u32 = 3;

/// What was swept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The version of cosim that played: another one may play differently.
    pub cosim: String,
    /// The build of it: the commit, and what differs from that.
    #[serde(default = "unknown")]
    pub build: String,
    /// The scenarios, in the order in which they were given: outcomes name them by index.
    pub scenarios: Vec<Source>,
    /// All seeds, also those of other shards.
    pub seeds: Seeds,
    /// The part of the seeds; `null` for all of them.
    pub shard: Option<Shard>,
    /// The number of the failure that ends the sweep; `null` where none does.
    pub max_failures: Option<u64>,
}

/// A scenario of a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its path, as it was given.
    pub path: String,
    /// The BLAKE3 hash of its bytes, in hexadecimal.
    pub blake3: String,
    /// How nodes sign and hash.
    pub crypto: Crypto,
    /// The recorded session that was added to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<SourceFile>,
    /// What it declares.
    pub declares: Declared,
}

/// A file that something comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Its path, as it was given.
    pub path: String,
    /// The BLAKE3 hash of its bytes, in hexadecimal.
    pub blake3: String,
}

/// Seeds from the first up to, not including, the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seeds {
    /// The first.
    pub from: u64,
    /// The one after the last.
    pub until: u64,
}

impl Header {
    /// The seeds of the shard, or all of them.
    pub fn range(&self) -> Range<u64> {
        let all = self.seeds.from..self.seeds.until;
        self.shard.map_or(all.clone(), |shard| shard.of(&all))
    }

    /// How many runs there are to be, if not so many fail that it ends before.
    pub fn runs(&self) -> Option<u64> {
        self.order().runs()
    }

    pub(super) fn order(&self) -> Order {
        let scenarios =
            u32::try_from(self.scenarios.len()).expect("a list of scenarios is shorter than 2^32");
        Order { scenarios, seeds: self.range() }
    }

    /// Whether the numbers in it go together: what is read from a file may be anything.
    pub(super) fn is_sound(&self) -> bool {
        self.seeds.from <= self.seeds.until
            && self.shard.is_none_or(Shard::is_sound)
            && u32::try_from(self.scenarios.len()).is_ok()
            && self.order().runs().is_some()
    }

    /// The header as its line, without the end of the line.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a header has string keys only")
    }

    /// The BLAKE3 hash, in hexadecimal, of what all shards have in common: scenarios, configuration and version.
    pub(super) fn sweep(&self) -> String {
        blake3::hash(self.undivided().line().as_bytes()).to_hex().to_string()
    }

    /// The header of the whole of which this is a shard.
    pub(super) fn undivided(&self) -> Header {
        Header { shard: None, ..self.clone() }
    }

    /// The first thing in which another header differs from this one, as "it has …, here it is …".
    pub(super) fn difference(&self, other: &Header) -> Option<String> {
        let differs =
            |what: &str, ours: &str, theirs: &str| Some(format!("{what}: {theirs} there, {ours} here"));
        if self.cosim != other.cosim {
            return differs("the version of cosim", &self.cosim, &other.cosim);
        }
        if self.build != other.build {
            return differs("the build of cosim", &self.build, &other.build);
        }
        if self.scenarios.len() != other.scenarios.len() {
            let [ours, theirs] = [self, other].map(|header| header.scenarios.len().to_string());
            return differs("the number of scenarios", &ours, &theirs);
        }
        for (ours, theirs) in self.scenarios.iter().zip(&other.scenarios) {
            if ours.path != theirs.path {
                return differs("the path of a scenario", &ours.path, &theirs.path);
            }
            if ours.blake3 != theirs.blake3 {
                let what = format!("the content of {}", ours.path);
                return differs(&what, short(&ours.blake3), short(&theirs.blake3));
            }
            if ours.crypto != theirs.crypto {
                return differs("--crypto", ours.crypto.name(), theirs.crypto.name());
            }
            if ours.recording != theirs.recording {
                let [ours, theirs] = [ours, theirs].map(|source| {
                    source.recording.as_ref().map_or("none".to_owned(), |recording| {
                        format!("{} ({})", recording.path, short(&recording.blake3))
                    })
                });
                return differs("--recording", &ours, &theirs);
            }
            if ours != theirs {
                return Some(format!("what {} declares", ours.path));
            }
        }
        if self.seeds != other.seeds {
            let [ours, theirs] =
                [self, other].map(|header| format!("{}..{}", header.seeds.from, header.seeds.until));
            return differs("the seeds", &ours, &theirs);
        }
        if self.max_failures != other.max_failures {
            let [ours, theirs] = [self, other].map(|header| optional(header.max_failures));
            return differs("--max-failures", &ours, &theirs);
        }
        if self.shard != other.shard {
            let [ours, theirs] = [self, other].map(|header| optional(header.shard));
            return differs("--shard", &ours, &theirs);
        }
        None
    }
}

/// The build where nobody says which.
pub(super) fn unknown() -> String {
    "unknown".to_owned()
}

fn optional(value: Option<impl ToString>) -> String {
    value.map_or("none".to_owned(), |value| value.to_string())
}

fn short(digest: &str) -> &str {
    digest.get(..16).unwrap_or(digest)
}
