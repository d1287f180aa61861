//! What happens in the story that a guest is checked with. It is data: who knows a protocol makes one for it.

use crate::protocol::{Can, Operation, Relationship};
use serde_json::json;

/// A story. Messages take ten milliseconds unless it says otherwise, and arrive in order; timers ring when they are due.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Story {
    /// What happens, one after the other. Time goes on in [`Act::Pass`] alone.
    pub acts: Vec<Act>,
}

/// One thing that happens. Those for which a guest needs what it cannot are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A node begins.
    Make {
        /// The node.
        node: String,
        /// For all that it draws by chance.
        seed: u64,
        /// A name for what its app writes.
        session: String,
        /// For CoJSON.
        secret_seed: Option<[u8; 32]>,
    },
    /// Two nodes are connected.
    Connect {
        /// One.
        node: String,
        /// The other.
        peer: String,
        /// What the other is to the one.
        relationship: Relationship,
        /// Whether both may count on it that the other comes back.
        persistent: bool,
    },
    /// They are connected no longer, and what was on its way is lost. Nothing happens where they were not.
    Disconnect {
        /// One.
        node: String,
        /// The other.
        peer: String,
    },
    /// The node's app asks for something, in one go.
    App {
        /// The node.
        node: String,
        /// For these things.
        operations: Vec<Operation>,
        /// What the guest needs for that.
        needs: Option<Can>,
    },
    /// From now on the node's clocks go so.
    Clock {
        /// The node.
        node: String,
        /// How.
        clock: Clock,
    },
    /// From now on messages take so long.
    Latency {
        /// In microseconds.
        us: u64,
    },
    /// Time goes on, and what is due in it happens.
    Pass {
        /// For so many microseconds.
        us: u64,
    },
    /// What the node holds and shows is asked for.
    Query {
        /// The node.
        node: String,
        /// Of which subjects; of all where there is no list.
        subjects: Option<Vec<String>>,
    },
    /// A copy of the node's disk is taken. The guest is told nothing of it.
    Backup {
        /// The node.
        node: String,
        /// What it is called.
        name: String,
    },
    /// The node's process ends and begins anew. It is connected with nobody then.
    Restart {
        /// The node.
        node: String,
        /// What it begins with.
        from: RestartFrom,
        /// Whether it was told to end before. Nobody is whose disk is replaced.
        graceful: bool,
        /// How many of the commits of its last step reached the disk; all where nothing is said.
        commits: Option<u64>,
        /// The name of a new session; without one it goes on in the old one.
        session: Option<String>,
        /// For all that it draws by chance from now on.
        seed: u64,
    },
}

/// How a node's clocks go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Clock {
    /// By how many milliseconds its wall clock is ahead.
    pub ahead_ms: i64,
    /// Whether its wall clock stands still, at where the run has begun.
    pub stands_still: bool,
    /// By how many microseconds the clock of the process's own work goes on with each thing that it does.
    pub work: Option<u64>,
}

/// What a restarted process begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestartFrom {
    /// Its disk.
    Disk,
    /// Nothing.
    Nothing,
    /// A copy of a disk.
    Backup {
        /// What it is called.
        name: String,
        /// Of whose disk it is.
        of: String,
    },
}

impl Act {
    /// What a guest needs for it.
    pub(super) fn needs(&self) -> Vec<Can> {
        match self {
            Self::App { needs, .. } => needs.iter().copied().collect(),
            Self::Backup { .. } => vec![Can::Disk],
            Self::Restart { from, session, .. } => {
                let disk = (*from != RestartFrom::Nothing).then_some(Can::Disk);
                let session = session.is_none().then_some(Can::Session);
                [Some(Can::Restart), disk, session].into_iter().flatten().collect()
            }
            Self::Make { .. }
            | Self::Connect { .. }
            | Self::Disconnect { .. }
            | Self::Clock { .. }
            | Self::Latency { .. }
            | Self::Pass { .. }
            | Self::Query { .. } => Vec::new(),
        }
    }
}

const DAY_MS: i64 = 86_400_000;

/// A story for guests that have a protocol of their own: two clients and a server write, load, part and come back, with
/// clocks that are wrong; one of them is restarted in every way. Another seed has other names, values and moments.
pub fn of_registers(seed: u64) -> Story {
    let mut story = Teller { seed, writes: 0, acts: Vec::new() };
    story.begin();
    story.work();
    story.be_slow();
    story.part();
    story.mistake_the_time();
    story.restart();
    story.end();
    Story { acts: story.acts }
}

struct Teller {
    seed: u64,
    writes: u64,
    acts: Vec<Act>,
}

impl Teller {
    fn begin(&mut self) {
        for (node, number) in [("alice", 1), ("bob", 2), ("server", 3)] {
            self.acts.push(Act::Make {
                node: node.to_owned(),
                seed: self.drawn(number),
                session: format!("{node}-1"),
                secret_seed: None,
            });
        }
        self.connect("alice");
        self.connect("bob");
        self.pass();
    }

    fn work(&mut self) {
        let create = operation(&json!({"op": "create", "subject": "notes"}));
        let writes = [self.write("notes"), self.write("notes"), self.write("plans")];
        self.app("alice", [create].into_iter().chain(writes).collect());
        for subject in ["notes", "plans", "notes"] {
            let write = self.write(subject);
            self.app("alice", vec![write]);
        }
        self.pass();
        for subject in ["notes", "nothing"] {
            let load = operation(&json!({"op": "load", "subject": subject}));
            self.acts.push(Act::App {
                node: "bob".to_owned(),
                operations: vec![load],
                needs: Some(Can::Load),
            });
        }
        self.pass();
        self.query_all();
    }

    /// So slow that whoever waits for an answer should lose patience.
    fn be_slow(&mut self) {
        self.acts.push(Act::Latency { us: 4_000_000 });
        for node in ["alice", "bob"] {
            let write = self.write("plans");
            self.app(node, vec![write]);
        }
        self.acts.push(Act::Pass { us: 10_000_000 });
        self.acts.push(Act::Latency { us: 10_000 });
    }

    /// What is on its way when a connection closes is lost, and something is written while there is none.
    fn part(&mut self) {
        for write_first in [true, false] {
            if write_first {
                let write = self.write("notes");
                self.app("alice", vec![write]);
            }
            self.acts.push(Act::Disconnect { node: "alice".to_owned(), peer: "server".to_owned() });
            for node in ["alice", "bob"] {
                let write = self.write("notes");
                self.app(node, vec![write]);
            }
            self.pass();
            self.connect("alice");
            self.pass();
        }
        self.query_all();
    }

    fn mistake_the_time(&mut self) {
        let clocks = [
            Clock { ahead_ms: -DAY_MS, ..Clock::default() },
            Clock { ahead_ms: 400 * DAY_MS, work: Some(3), ..Clock::default() },
            Clock { stands_still: true, work: Some(0), ..Clock::default() },
            Clock::default(),
        ];
        for clock in clocks {
            self.acts.push(Act::Clock { node: "bob".to_owned(), clock });
            for node in ["bob", "bob", "alice"] {
                let write = self.write("plans");
                self.app(node, vec![write]);
            }
            self.pass();
        }
        self.query_all();
    }

    fn restart(&mut self) {
        let backup = |name: &str, of: &str| RestartFrom::Backup { name: name.to_owned(), of: of.to_owned() };
        for (node, name) in [("bob", "one"), ("alice", "one")] {
            self.acts.push(Act::Backup { node: node.to_owned(), name: name.to_owned() });
        }
        let restarts = [
            (RestartFrom::Disk, true, None),
            (RestartFrom::Disk, false, Some(0)),
            (RestartFrom::Disk, false, Some(1)),
            (RestartFrom::Nothing, false, None),
            (backup("one", "bob"), false, None),
            (backup("one", "alice"), false, None),
        ];
        for (number, (from, graceful, commits)) in (2..).zip(restarts) {
            let write = self.write("notes");
            self.app("bob", vec![write]);
            self.acts.push(Act::Restart {
                node: "bob".to_owned(),
                from,
                graceful,
                commits,
                session: Some(format!("bob-{number}")),
                seed: self.drawn(number + 10),
            });
            self.acts.push(Act::Query { node: "bob".to_owned(), subjects: None });
            self.connect("bob");
            self.pass();
        }
        self.acts.push(Act::Restart {
            node: "server".to_owned(),
            from: RestartFrom::Disk,
            graceful: true,
            commits: None,
            session: None,
            seed: self.drawn(20),
        });
        self.connect("bob");
        self.pass();
    }

    /// Long enough that whatever waits has come to its end.
    fn end(&mut self) {
        self.acts.push(Act::Pass { us: 60_000_000 });
        self.query_all();
    }

    fn connect(&mut self, node: &str) {
        self.acts.push(Act::Connect {
            node: node.to_owned(),
            peer: "server".to_owned(),
            relationship: Relationship::Server,
            persistent: node == "alice",
        });
    }

    fn app(&mut self, node: &str, operations: Vec<Operation>) {
        self.acts.push(Act::App { node: node.to_owned(), operations, needs: None });
    }

    fn write(&mut self, subject: &str) -> Operation {
        self.writes += 1;
        let [token, value] = ["write", "value"].map(|what| format!("{what}-{}-{}", self.seed, self.writes));
        operation(&json!({"op": "write", "subject": subject, "token": token, "value": value}))
    }

    /// Long enough for a message and its answer at least.
    fn pass(&mut self) {
        self.acts.push(Act::Pass { us: 25_000 + self.drawn(self.acts.len() as u64) % 5_000_000 });
    }

    fn query_all(&mut self) {
        for node in ["alice", "bob", "server"] {
            self.acts.push(Act::Query { node: node.to_owned(), subjects: None });
        }
        self.acts.push(Act::Query { node: "bob".to_owned(), subjects: Some(vec!["notes".to_owned()]) });
    }

    /// A number that depends on the seed and on what it is for: the output of SplitMix64.
    fn drawn(&self, what: u64) -> u64 {
        let mixed = (self.seed << 32 | what).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// An operation out of JSON that is an object.
fn operation(json: &serde_json::Value) -> Operation {
    json.as_object().cloned().unwrap_or_default()
}
