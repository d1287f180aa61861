//! A few good files, for every other test to start from.

/// Everything that a file can say.
pub(crate) const FULL: &str = r#"{
  "$schema": "../sim/scenario.schema.json",
  "version": 1,
  "about": "Two clients edit through a server that forgets.",
  "seed": 7,
  "crypto": "fast",
  "nodes": { "alice": {}, "bob": { "announce": "interested" }, "server": { "base": "1s", "cap": "16s", "mutations": ["never-retransmit"] } },
  "network": { "latency": "50ms", "loss": "5%", "duplicate": "0.25%", "reorder": "10%", "notice": "0ms..300ms" },
  "links": [
    { "between": ["server", "alice"], "relationship": "syncTheirs/syncAllOurs", "priority": [10, 0] },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs", "connected": false, "network": { "latency": "10ms..100ms", "reorder_delay": "0ms..1s" } }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "name": "e1", "edit": { "node": "alice", "id": "notes", "transactions": 2, "size": 100 } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
    { "at": "1.5s", "edit": { "node": "alice", "id": "notes" } },
    { "at": "2s", "load": { "node": "bob", "id": "notes" } },
    { "at": "2s", "done": { "node": "bob", "id": "notes" } },
    { "at": "3s", "disconnect": { "between": ["alice", "server"] } },
    { "after": "quiet", "connect": { "between": ["server", "alice"] } },
    { "at": "1s", "partition": { "from": "server", "to": "alice" } },
    { "at": "2s", "heal": { "between": ["alice", "server"] } },
    { "at": "3s", "restart": { "node": "server", "down_for": "500ms" } },
    { "at": "3.6s", "wipe": { "node": "server" } },
    { "at": "4s", "network": { "between": ["alice", "server"], "loss": "100%" } },
    { "at": "5s", "network": { "latency": "150us..0.5m" } }
  ],
  "workload": { "operations": 20, "until": "10s", "nodes": ["bob", "alice"], "co_values": ["notes", "todo"], "mix": { "edit": 8, "load": 2, "done": 1 }, "transactions": "1..3", "size": "20..200" },
  "faults": { "from": "1s", "until": "10s", "reconnects": 3, "partitions": 2, "restarts": 1, "wipes": 1, "longest": "3s" },
  "heal": true,
  "expect": { "oracles": ["prefix", "convergence"], "quiet_within": "1m", "load_within": "3m", "violation": "convergence", "loads": [{ "node": "bob", "id": "notes", "ends": "available" }], "content": [{ "node": "bob", "id": "notes", "transactions": 3 }], "messages_max": 40 }
}
"#;

/// As little as a file can say.
pub(crate) const LEAST: &str =
    r#"{ "version": 1, "about": "Nobody does anything.", "nodes": { "alice": {} } }"#;

/// A file as a person begins it.
pub(crate) const PAIR: &str = r#"{
  "version": 1,
  "about": "Alice writes while the server is away.",
  "nodes": {
    "alice": {},
    "server": {}
  },
  "links": [
    { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes" } }
  ]
}
"#;

/// What a file can say of clocks, and of nodes that come, go and sleep, with templates.
pub(crate) const LIVES: &str = r#"{
  "version": 1,
  "about": "Five devices live their lives.",
  "nodes": {
    "device-{1..3}": { "clock": { "skew": "-3d", "drift": 50 } },
    "late": {},
    "server": {},
    "twin": { "claims": "late", "clock": { "drift": "-0.01%" } }
  },
  "links": [
    { "between": ["device-{1..3}", "server"], "relationship": "syncAllOurs/syncTheirs" },
    { "between": ["server", "late"], "relationship": "syncTheirs/syncAllOurs" },
    { "between": ["twin", "server"], "relationship": "syncAllOurs/syncTheirs", "connected": false }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "device-1", "id": "notes" } },
    { "at": "1s", "load": { "node": "device-{2..3}", "id": "notes" } },
    { "at": "2s", "pause": { "node": "device-1", "for": "90s" } },
    { "at": "2s", "pause": { "node": "device-2", "for": "2h", "connections": "dropped" } },
    { "at": "3s", "offline": { "node": "device-3", "for": "21d" } },
    { "at": "4s", "clock": { "node": "device-1", "jump": "+2h" } },
    { "at": "4s", "clock": { "node": "device-2", "stop": true } },
    { "at": "5s", "clock": { "node": "device-2", "go": true } },
    { "at": "5s", "clock": { "node": "device-2", "drift": "-25%" } },
    { "at": "5s", "join": { "node": "late" } },
    { "at": "6s", "connect": { "between": ["twin", "server"] } },
    { "after": "quiet", "edit": { "node": "device-{1..3}", "id": "notes" } },
    { "at": "1s", "leave": { "node": "device-3" } }
  ],
  "workload": { "operations": 10, "until": "10s", "nodes": ["device-{1..3}"], "co_values": ["notes"] },
  "faults": {
    "until": "10s", "nodes": ["device-{1..2}"], "reconnects": 1, "pauses": 2, "departures": 1, "clock_jumps": 2, "clock_drifts": 2, "furthest": "3d",
    "offline": { "times": 3, "shortest": "1s", "longest": "1h" }, "flapping": { "every": "3s", "for": "500ms" }
  },
  "expect": { "content": [{ "node": "device-{1..2}", "id": "notes", "transactions": 3 }] }
}
"#;

pub(crate) const ALL: [&str; 4] = [FULL, LEAST, PAIR, LIVES];
