//! What cosim asks. Borrowed throughout: a request is written once, and then no longer needed.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::ops::Not;

/// What an app asks for: free JSON, of which only `op` is certain.
pub type Operation = serde_json::Map<String, serde_json::Value>;

/// A request, which becomes one line.
#[derive(Clone, Debug, Serialize)]
pub struct Request<'a> {
    /// Its number. They count up from 1, and from 2 after a reset, so that a run says the same in every process.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub verb: Verb<'a>,
}

/// The time, as a node is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// Microseconds since the run began.
    pub now: u64,
    /// What the node's wall clock shows, in milliseconds since 1970.
    pub wall: i64,
    /// By how many microseconds a clock of the process's own work goes on with each thing that it does in this step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<u64>,
}

/// What is asked of a guest.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Verb<'a> {
    /// The first request, which [`Process::start`](crate::Process::start) makes.
    Hello {
        /// [`PROTOCOL`](super::PROTOCOL).
        protocol: u32,
    },
    /// A node begins, and holds nothing.
    Make {
        /// The node.
        node: &'a str,
        /// For all that it draws by chance.
        #[serde(serialize_with = "hex_of_seed")]
        seed: u64,
        /// A name for what its app writes.
        session: &'a str,
        /// For CoJSON: of what its agent's secrets are made.
        #[serde(
            rename = "secretSeed",
            skip_serializing_if = "Option::is_none",
            serialize_with = "hex_of_secret"
        )]
        secret_seed: Option<[u8; 32]>,
        /// Whether it has a disk.
        #[serde(skip_serializing_if = "Not::not")]
        disk: bool,
        /// When.
        #[serde(flatten)]
        times: Times,
    },
    /// A connection opens.
    Connect {
        /// The node.
        node: &'a str,
        /// The node at the other end.
        peer: &'a str,
        /// A number that no other connection of the run has.
        connection: u64,
        /// What the peer is to this node.
        relationship: Relationship,
        /// Whether the node may count on it that the peer comes back.
        persistent: bool,
        /// When.
        #[serde(flatten)]
        times: Times,
    },
    /// A connection closes, and what was under way on it is lost.
    Disconnect {
        /// The node.
        node: &'a str,
        /// The node at the other end.
        peer: &'a str,
        /// The connection's number.
        connection: u64,
        /// When.
        #[serde(flatten)]
        times: Times,
    },
    /// A message arrives.
    Deliver {
        /// The node.
        node: &'a str,
        /// Who has said it.
        peer: &'a str,
        /// On which connection.
        connection: u64,
        /// To the letter as the other node has said it.
        message: &'a RawValue,
        /// When.
        #[serde(flatten)]
        times: Times,
    },
    /// The time has come that was due.
    Tick {
        /// The node.
        node: &'a str,
        /// When.
        #[serde(flatten)]
        times: Times,
    },
    /// The node's app asks for something.
    App {
        /// The node.
        node: &'a str,
        /// When.
        #[serde(flatten)]
        times: Times,
        /// For these things, in one go.
        operations: &'a [Operation],
    },
    /// What the node holds and shows; it must not change anything.
    Query {
        /// The node.
        node: &'a str,
        /// Which, or all.
        #[serde(skip_serializing_if = "Option::is_none")]
        subjects: Option<&'a [String]>,
    },
    /// The node's process ends and begins anew; its connections are closed.
    Restart {
        /// The node.
        node: &'a str,
        /// What it begins with.
        from: Source<'a>,
        /// Whether it was told to end before.
        graceful: bool,
        /// The name of a new session, or none to go on in the old one.
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<&'a str>,
        /// For all that it draws by chance from now on.
        #[serde(serialize_with = "hex_of_seed")]
        seed: u64,
        /// When.
        #[serde(flatten)]
        times: Times,
    },
    /// Nothing is left.
    Reset,
}

/// What a peer is to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relationship {
    /// The peer serves this node.
    Server,
    /// The peer is served by this node.
    Client,
    /// They are equals.
    Peer,
}

impl Relationship {
    /// What the node is to that peer.
    pub const fn seen_from_there(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
            Self::Peer => Self::Peer,
        }
    }
}

/// What a restarted process begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// Nothing.
    Nothing,
    /// Its disk, with all that was committed, also by a process that was told to end.
    Disk,
    /// A disk as it was after a commit.
    Image {
        /// The node that made the commit: this one, or another of which it gets a copy.
        of: &'a str,
        /// Its number among the commits of that node; 0 for a disk on which nothing was committed.
        commit: u64,
    },
}

impl Serialize for Source<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Image<'a> {
            disk: &'a str,
            commit: u64,
        }
        match *self {
            Self::Nothing => serializer.serialize_str("nothing"),
            Self::Disk => serializer.serialize_str("disk"),
            Self::Image { of, commit } => Image { disk: of, commit }.serialize(serializer),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn hex_of_seed<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{seed:016x}"))
}

#[expect(clippy::ref_option, reason = "serde asks for it")]
fn hex_of_secret<S: Serializer>(secret: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    let digits: String = secret.iter().flatten().map(|byte| format!("{byte:02x}")).collect();
    serializer.serialize_str(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times { now: 5, wall: -7, work: None };

    #[track_caller]
    fn check(id: u64, verb: Verb<'_>, line: &str) {
        assert_eq!(serde_json::to_string(&Request { id, verb }).unwrap(), line);
    }

    #[test]
    fn a_message_is_passed_on_to_the_letter() {
        let message = RawValue::from_string(r#"{"z": 1,"a":1.50}"#.to_owned()).unwrap();
        let verb = Verb::Deliver { node: "a", peer: "b", connection: 3, message: &message, times: TIMES };
        check(
            7,
            verb,
            r#"{"id":7,"verb":"deliver","node":"a","peer":"b","connection":3,"message":{"z": 1,"a":1.50},"now":5,"wall":-7}"#,
        );
    }

    #[test]
    fn bytes_are_in_hexadecimal_digits() {
        let verb = Verb::Make {
            node: "a",
            seed: 10,
            session: "s",
            secret_seed: Some([171; 32]),
            disk: false,
            times: TIMES,
        };
        let secret = "ab".repeat(32);
        let line = format!(
            r#"{{"id":2,"verb":"make","node":"a","seed":"000000000000000a","session":"s","secretSeed":"{secret}","now":5,"wall":-7}}"#
        );
        check(2, verb, &line);
    }

    #[test]
    fn what_is_missing_is_left_out() {
        check(3, Verb::Reset, r#"{"id":3,"verb":"reset"}"#);
        check(4, Verb::Query { node: "a", subjects: None }, r#"{"id":4,"verb":"query","node":"a"}"#);
        let verb =
            Verb::Make { node: "a", seed: 1, session: "s", secret_seed: None, disk: true, times: TIMES };
        check(
            5,
            verb,
            r#"{"id":5,"verb":"make","node":"a","seed":"0000000000000001","session":"s","disk":true,"now":5,"wall":-7}"#,
        );
    }

    #[test]
    fn a_process_begins_with_nothing_or_after_a_commit() {
        let restart = |from, graceful| Verb::Restart {
            node: "a",
            from,
            graceful,
            session: None,
            seed: 1,
            times: TIMES,
        };
        check(
            6,
            restart(Source::Image { of: "b", commit: 7 }, false),
            r#"{"id":6,"verb":"restart","node":"a","from":{"disk":"b","commit":7},"graceful":false,"seed":"0000000000000001","now":5,"wall":-7}"#,
        );
        check(
            7,
            restart(Source::Disk, true),
            r#"{"id":7,"verb":"restart","node":"a","from":"disk","graceful":true,"seed":"0000000000000001","now":5,"wall":-7}"#,
        );
        check(
            8,
            restart(Source::Nothing, false),
            r#"{"id":8,"verb":"restart","node":"a","from":"nothing","graceful":false,"seed":"0000000000000001","now":5,"wall":-7}"#,
        );
    }
}
