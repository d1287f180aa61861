//! What cosim asks. Borrowed throughout: a request is written once, and then no longer needed.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

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
    /// A copy of the node's disk is taken.
    Backup {
        /// The node.
        node: &'a str,
        /// What the copy is called.
        name: &'a str,
        /// When.
        #[serde(flatten)]
        times: Times,
    },
    /// The node's process ends and begins anew; its connections are closed.
    Restart {
        /// The node.
        node: &'a str,
        /// What it begins with.
        from: Source<'a>,
        /// Whether it was told to end before.
        graceful: bool,
        /// How many of the commits of its last step reached the disk; all where it is missing.
        #[serde(skip_serializing_if = "Option::is_none")]
        commits: Option<u64>,
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
    /// Its disk.
    Disk,
    /// Nothing.
    Nothing,
    /// A copy of a disk, put there by hand.
    Backup {
        /// What the copy is called.
        name: &'a str,
        /// Of whose disk it is.
        of: &'a str,
    },
}

impl Serialize for Source<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Copy<'a> {
            backup: &'a str,
            of: &'a str,
        }
        match *self {
            Self::Disk => serializer.serialize_str("disk"),
            Self::Nothing => serializer.serialize_str("nothing"),
            Self::Backup { name, of } => Copy { backup: name, of }.serialize(serializer),
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
        let verb =
            Verb::Make { node: "a", seed: 10, session: "s", secret_seed: Some([171; 32]), times: TIMES };
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
        let from = Source::Backup { name: "old", of: "b" };
        let verb = Verb::Restart {
            node: "a",
            from,
            graceful: true,
            commits: None,
            session: None,
            seed: 1,
            times: TIMES,
        };
        check(
            5,
            verb,
            r#"{"id":5,"verb":"restart","node":"a","from":{"backup":"old","of":"b"},"graceful":true,"seed":"0000000000000001","now":5,"wall":-7}"#,
        );
    }
}
