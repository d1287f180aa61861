//! Runs, and how the tests export them.

use cosim_testbed::export::{Exported, Format, export};
use cosim_testbed::log::{Limit, Log, With};
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{Scenario, parse};
use std::fs;
use std::path::Path;

/// Something of everything that is drawn: a message that is lost, copies, a crash, a nap.
pub(crate) const STORY: &str = r#"{
  "version": 1,
  "about": "Alice writes through a partition, a crash of the server and a nap of her own.",
  "nodes": { "alice": {}, "server": {} },
  "network": { "latency": "50ms", "duplicate": "20%" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "partition": { "from": "alice", "to": "server" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes", "transactions": 2 } },
    { "at": "1500ms", "heal": { "from": "alice", "to": "server" } },
    { "at": "5s", "restart": { "node": "server", "down_for": "500ms" } },
    { "at": "6s", "pause": { "node": "alice", "for": "2s" } },
    { "at": "6s", "edit": { "node": "server", "id": "notes" } }
  ]
}"#;

/// Nobody repeats what the partition swallows.
pub(crate) const VIOLATED: &str = r#"{
  "version": 1,
  "about": "A client that never repeats itself.",
  "nodes": { "alice": { "mutations": ["never-retransmit"] }, "server": {} },
  "network": { "latency": "50ms" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "10ms", "partition": { "between": ["alice", "server"] } },
    { "at": "20ms", "edit": { "node": "alice", "id": "notes" } },
    { "at": "1s", "heal": { "between": ["alice", "server"] } }
  ]
}"#;

pub(crate) fn scenario(text: &str) -> Scenario {
    parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

/// The log of a run, as `cosim export` has it.
pub(crate) fn log(scenario: &Scenario, seed: u64) -> Log {
    let with = With { looks: true, ..With::NOTHING };
    let mut log = run(scenario, seed, Options::logged(Limit::All).with(with)).log.unwrap();
    log.name_scenario("story.json".to_owned());
    log
}

/// The log of [`STORY`].
pub(crate) fn story() -> Log {
    log(&scenario(STORY), 3)
}

pub(crate) fn written(log: &Log, format: Format) -> String {
    export(log, format).text
}

/// A log as a file, and read from it.
pub(crate) fn read_back(log: &Log) -> Log {
    let mut bytes = Vec::new();
    log.write_json_lines(&mut bytes).unwrap();
    Log::read_json_lines(&bytes).unwrap_or_else(|error| panic!("{error}")).log
}

/// Each form of a log with the check of its reader's rules; it is the same for the log that was read back.
#[track_caller]
pub(crate) fn check(log: &Log) -> [Exported; 5] {
    let read = read_back(log);
    Format::ALL.map(|format| {
        let exported = export(log, format);
        assert_eq!(export(&read, format), exported, "{}: of the log that was read", format.name());
        let checked = match format {
            Format::Perfetto => crate::perfetto::check(&exported.text),
            Format::Shiviz => crate::shiviz::check(&exported.text),
            Format::Mermaid => crate::mermaid::check(&exported.text),
            Format::Svg => crate::svg::check(&exported.text),
            Format::Csv => crate::csv::check(&exported.text, log),
        };
        checked.unwrap_or_else(|rule| panic!("{}: {rule}\n{}", format.name(), exported.text));
        exported
    })
}

/// A scenario of the repository.
pub(crate) fn of_repository(path: &str) -> Scenario {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    scenario(&fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}")))
}
