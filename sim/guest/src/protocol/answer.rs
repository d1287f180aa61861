//! What guests answer. Members that nobody knows are passed over; `due` is the only one of a step that must be there.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// How a guest introduces itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Hello {
    /// The version of the protocol that it speaks.
    pub protocol: u32,
    /// What it is called.
    pub name: String,
    /// Which of it.
    pub version: String,
    /// The protocol of its messages: `cojson`, or anything else for one of its own.
    pub speaks: String,
    /// What it can, by name. Names that nobody knows are passed over: ask [`can`](Self::can).
    #[serde(default)]
    pub can: Vec<String>,
    /// What it expects of connections.
    #[serde(default)]
    pub contract: Option<Contract>,
    /// By whose rules its apps see what CoValues hold: `0.7` or `0.20`, as the `format` of a scenario.
    #[serde(default)]
    pub format: Option<String>,
}

impl Hello {
    /// Whether it can do this.
    pub fn can(&self, what: Can) -> bool {
        self.can.iter().any(|name| name == what.name())
    }

    /// Whether it speaks CoJSON.
    pub fn speaks_cojson(&self) -> bool {
        self.speaks == "cojson"
    }
}

/// What not every guest can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Can {
    /// Load a subject that it has not got.
    Load,
    /// Begin anew.
    Restart,
    /// Keep what it holds on a disk, of which copies can be taken.
    Disk,
    /// Go on in a session that it is told.
    Session,
    /// Say when a peer has what its app has written.
    WaitForSync,
}

impl Can {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Load, Self::Restart, Self::Disk, Self::Session, Self::WaitForSync];

    /// What it is called in `hello`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Restart => "restart",
            Self::Disk => "disk",
            Self::Session => "session",
            Self::WaitForSync => "wait_for_sync",
        }
    }
}

/// What a guest expects of its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// That they lose, double, reorder and damage nothing.
    Stream,
}

/// What came of a step.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Step {
    /// The messages sent, in order.
    #[serde(default)]
    pub sent: Vec<Sent>,
    /// What the app of this node newly wrote.
    #[serde(default)]
    pub wrote: Vec<Value>,
    /// Of what the node holds or shows something else than before.
    #[serde(default)]
    pub changed: Vec<String>,
    /// For CoJSON: how much the node holds now of what has changed.
    #[serde(default)]
    pub held: Map<String, Value>,
    /// What the node tells its app, in order.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// How often the node has committed to its disk in this step. The commits of a node are numbered from 1 over its whole
    /// life, so that both sides count alike.
    #[serde(default)]
    pub commits: u64,
    /// Lines of the guest's own log.
    #[serde(default)]
    pub log: Vec<String>,
    /// When the next timer of this node is due, in microseconds.
    #[serde(deserialize_with = "must_be_said")]
    pub due: Option<u64>,
    /// When the next of them is due that comes once; where it is missing, nobody knows.
    #[serde(default)]
    pub awaits: Option<u64>,
}

/// A message that a node has sent.
#[derive(Clone, Debug, Deserialize)]
pub struct Sent {
    /// On this connection.
    pub connection: u64,
    /// To the letter as the guest has said it.
    pub message: Box<RawValue>,
    /// How many of the step's commits were made before.
    #[serde(default)]
    pub commits: u64,
}

/// What a node tells its app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A load has come to its end.
    Loaded {
        /// Of this.
        subject: String,
        /// Whether it is there.
        available: bool,
    },
    /// What the app waited for is so.
    Synced {
        /// Of this.
        subject: String,
    },
    /// An operation raised an error. What it has written before that, it has written.
    Failed {
        /// Its place among those of this request; none where it was one of an earlier request that has waited.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<usize>,
        /// What it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// In words.
        error: String,
    },
    /// What an operation has made is called so.
    Made {
        /// Its place among those of this request; none where it was one of an earlier request that has waited.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<usize>,
        /// The token of the operation, where it had one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// The name.
        subject: String,
    },
    /// What an operation has made is an invite.
    Invited {
        /// Its place among those of this request.
        operation: usize,
        /// What lets somebody accept it.
        secret: String,
    },
    /// Something raised an error that no operation asked for.
    Raised {
        /// In words.
        error: String,
    },
    /// The node has closed this connection of its own accord.
    Closed {
        /// Its number.
        connection: u64,
    },
}

/// The answer to a query.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Queried {
    /// What the node holds and shows of each subject.
    pub subjects: Map<String, Value>,
}

/// A member that may be `null`, but not missing: serde takes a missing one for an error if it is read in a way of its own.
fn must_be_said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Option::deserialize(deserializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_due_must_be_said() {
        let step: Step = serde_json::from_str(r#"{"id":1,"due":null,"new":[1]}"#).unwrap();
        assert_eq!(step.due, None);
        let error = serde_json::from_str::<Step>(r#"{"id":1,"sent":[]}"#).unwrap_err().to_string();
        assert!(error.starts_with("missing field `due`"), "{error}");
    }

    #[test]
    fn a_message_keeps_the_order_of_its_members() {
        let text = r#"{"sent":[{"connection":1,"message":{"z": 1,"a":1.50}}],"due":5}"#;
        let step: Step = serde_json::from_str(text).unwrap();
        assert_eq!(step.sent[0].message.get(), r#"{"z": 1,"a":1.50}"#);
    }

    #[test]
    fn a_message_says_how_many_commits_come_before_it() {
        let text = r#"{"sent":[{"connection":1,"message":{}},{"connection":1,"message":{},"commits":2}],"commits":3,"due":5}"#;
        let step: Step = serde_json::from_str(text).unwrap();
        let before: Vec<u64> = step.sent.iter().map(|sent| sent.commits).collect();
        assert_eq!((before, step.commits), (vec![0, 2], 3));
    }

    #[test]
    fn notices_are_told_apart_by_name() {
        let notice: Notice =
            serde_json::from_str(r#"{"notice":"failed","operation":0,"error":"e"}"#).unwrap();
        assert_eq!(notice, Notice::Failed { operation: Some(0), subject: None, error: "e".to_owned() });
        assert!(serde_json::from_str::<Notice>(r#"{"notice":"odd"}"#).is_err());
    }
}
