//! Good files: what they mean, how they are written, and their schema.

use crate::samples::{ALL, FULL, LEAST};
use cosim_core::{Relationship, Span};
use cosim_testbed::oracles::ORACLES;
use cosim_testbed::scenario::file::Where;
use cosim_testbed::scenario::{Act, Scenario, file, parse, resolve, schema};
use std::path::{Path, PathBuf};

fn good(text: &str) -> Scenario {
    parse(text, "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn names_become_indices() {
    let scenario = good(FULL);
    let names: Vec<&str> = scenario.nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["alice", "bob", "server"]);
    assert_eq!(scenario.co_values, ["notes", "todo"]);
    let ends: Vec<[u32; 2]> = scenario.links.iter().map(|link| link.ends).collect();
    assert_eq!(ends, [[0, 2], [1, 2]]);
    assert_eq!(
        (scenario.node("bob"), scenario.co_value("todo"), scenario.link(2, 1)),
        (Some(1), Some(1), Some(1))
    );
    assert_eq!((scenario.node("eve"), scenario.co_value("eve"), scenario.link(0, 1)), (None, None, None));
}

#[test]
fn ends_that_are_given_in_the_other_order_are_turned_round() {
    let link = good(FULL).links[0];
    assert_eq!(link.relationship, [Relationship::SyncAllOurs, Relationship::SyncTheirs]);
    assert_eq!(link.priority, [0, 10]);
}

#[test]
fn a_link_overrides_only_what_it_gives() {
    let scenario = good(FULL);
    let [alice, bob] = [scenario.links[0].network, scenario.links[1].network];
    assert_eq!((alice.loss.get(), bob.loss.get(), bob.duplicate.get()), (50_000, 50_000, 2_500));
    assert_eq!(alice.latency.max(), Span::from_ms(50));
    assert_eq!(bob.latency.max(), Span::from_ms(100));
    assert_eq!(alice.reorder_delay.max(), Span::from_ms(200), "four times the latency");
    assert_eq!(bob.reorder_delay.max(), Span::from_s(1));
    assert_eq!((scenario.links[0].connected, scenario.links[1].connected), (true, false));
}

#[test]
fn chapters_have_clocks_of_their_own() {
    let scenario = good(FULL);
    let shown: Vec<Vec<String>> = scenario
        .chapters
        .iter()
        .map(|chapter| {
            chapter.operations.iter().map(|entry| format!("{} {}", entry.at, entry.name)).collect()
        })
        .collect();
    insta::assert_debug_snapshot!(shown);
    let [first, second] = &scenario.chapters[..] else { panic!("two chapters") };
    let Act::Edit(edit) = &first.operations[2].act else { panic!("an edit") };
    assert_eq!((edit.node, edit.id, edit.transactions(), edit.size()), (0, 0, 1, 100));
    let [alice, server] = ["alice", "server"].map(|name| scenario.node(name));
    let to_alice = Where { between: None, from: server, to: alice };
    assert_eq!(second.operations[1].act, Act::Partition(to_alice));
    let both = Where { between: alice.zip(server).map(|(a, b)| [a, b]), from: None, to: None };
    assert_eq!(second.operations[2].act, Act::Heal(both));
}

#[test]
fn a_name_that_looks_like_a_default_is_stepped_over() {
    let text = FULL.replace("\"e1\"", "\"edit-notes-alice-2\"");
    let scenario = good(&text);
    let names: Vec<&str> = scenario.chapters[0].operations.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names[1..4], ["edit-notes-alice-2", "edit-notes-alice", "edit-notes-alice-3"]);
}

#[test]
fn what_is_left_out_has_a_default() {
    let scenario = good(LEAST);
    assert_eq!((scenario.seed, scenario.heal, scenario.chapters.len()), (1, false, 1));
    assert_eq!((scenario.nodes[0].base, scenario.nodes[0].cap), (Span::from_s(1), Span::from_s(16)));
    assert_eq!(scenario.expect.oracles, ORACLES);
    assert_eq!(scenario.expect.quiet_within, Span::from_s(8 * 16 + 1 + 10));
}

/// Eight of the longest deadlines, and for each hop, and once more, a first deadline and a way there and back.
#[test]
fn silence_is_bounded_by_deadlines_and_distance() {
    let text = r#"{
        "version": 1,
        "about": "A client, an edge and a core, and somebody who knows nobody.",
        "nodes": {
            "client": { "base": "500ms", "cap": "1s" }, "core": { "base": "100ms", "cap": "2s" },
            "edge": { "base": "100ms", "cap": "1s" }, "hermit": { "base": "100ms", "cap": "1s" }
        },
        "network": { "latency": "10ms..100ms" },
        "links": [
            { "between": ["client", "edge"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["edge", "core"], "relationship": "syncAllOurs/syncTheirs" }
        ],
        "timeline": []
    }"#;
    let (deadlines, hop) = (Span::from_ms(8 * 2_000), Span::from_ms(500 + 2 * 100));
    let expected = deadlines + hop.saturating_mul(3) + Span::from_s(10);
    assert_eq!(good(text).expect.quiet_within, expected);
    let asked = text.replace("\"timeline\"", "\"expect\": { \"quiet_within\": \"7s\" }, \"timeline\"");
    assert_eq!(good(&asked).expect.quiet_within, Span::from_s(7));
}

#[test]
fn what_is_written_reads_the_same() {
    for text in ALL {
        let scenario = good(text);
        let written = scenario.file.to_json_pretty();
        assert_eq!(good(&written).file, scenario.file);
        assert_eq!(good(&written).file.to_json_pretty(), written, "written twice");
        assert_eq!(resolve(scenario.file.clone()).as_ref(), Ok(&scenario));
    }
    insta::assert_snapshot!(good(FULL).file.to_json_pretty());
}

#[test]
fn units_are_written_as_they_are_read() {
    for text in ["80ms", "1500ms", "150us", "0ms", "2s", "90s", "2m", "90m", "2h", "21d", "366d"] {
        assert_eq!(text.parse::<file::Duration>().expect("a duration").to_string(), text);
    }
    assert_eq!("0.5m".parse::<file::Duration>().expect("a duration").to_string(), "30s");
    for (text, sum) in [("1h30m", "90m"), ("1d2h3m4s5ms6us", "93784005006us"), ("1m0.5s", "60500ms")] {
        assert_eq!(text.parse::<file::Duration>().expect("a duration").to_string(), sum);
    }
    assert_eq!("0.0001s".parse::<file::Duration>().expect("a duration").to_string(), "100us");
    for text in ["+3d", "-2h", "+150us", "+0ms"] {
        assert_eq!(text.parse::<file::Shift>().expect("a duration with a sign").to_string(), text);
    }
    for (text, ppm) in [("0.01%", 100), ("-50%", -500_000), ("+0.0001%", 1)] {
        assert_eq!(text.parse::<file::Drift>().expect("a drift").0.ppm(), ppm);
    }
    for text in ["", "+", "--3d", "+-3d", "3", "36601d"] {
        text.parse::<file::Shift>().expect_err(text);
    }
    for text in ["2.5%", "0%", "100%", "0.0001%", "12.34%"] {
        assert_eq!(text.parse::<file::Percent>().expect("a percentage").to_string(), text);
    }
    for text in ["1..3", "7"] {
        assert_eq!(text.parse::<file::NumberRange>().expect("a range").to_string(), text);
    }
    for text in
        ["", ".", "1.s", ".5s", "1e3s", "+1s", " 1s", "1 s", "1S", "1..2", "30m1h", "1h30", "1s1s", "1h30m-"]
    {
        text.parse::<file::Duration>().expect_err(text);
    }
}

#[test]
fn of_a_number_that_is_too_large_it_is_said() {
    for text in ["4294967296", "1..4294967296"] {
        let error = text.parse::<file::NumberRange>().expect_err("it is too large").to_string();
        assert!(error.contains("`4294967296` is too large"), "{error}");
    }
    assert!("4294967295".parse::<file::NumberRange>().is_ok());
}

#[test]
fn a_duration_of_other_tools_is_shown_as_it_is_written_here() {
    for (text, hint) in [
        ("1min", "write `1m`;"),
        ("2 hours", "write `2h`;"),
        ("1w", "write `7d`;"),
        ("1 s", "without a space: `1s`"),
        ("10ms-100ms", "`10ms..100ms`"),
        ("soon", "such as `80ms`, `1.5s` or `1h30m`"),
    ] {
        let error = text.parse::<file::Duration>().expect_err(text);
        assert!(error.help.contains(hint), "{text}: {}", error.help);
    }
}

#[test]
fn the_schema_is_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenario.schema.json");
    let schema = format!("{:#}\n", schema());
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    if checked_in != schema {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenario.schema.json");
        std::fs::write(&fresh, &schema).expect("the target directory can be written");
        panic!("sim/scenario.schema.json is stale: copy {} over it", fresh.display());
    }
}

#[test]
fn the_schema_takes_what_is_good() {
    let validator = jsonschema::validator_for(&schema()).expect("a JSON Schema");
    for text in ALL {
        let written = good(text).file.to_json_pretty();
        for text in [text, &written] {
            let value = serde_json::from_str(text).expect("JSON");
            if let Err(error) = validator.validate(&value) {
                panic!("{error} at {}", error.instance_path());
            }
        }
    }
}

/// Every `.json` file in a folder and those in it.
fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut entries: Vec<PathBuf> = entries.collect();
    entries.sort();
    let expand = |path: PathBuf| if path.is_dir() { json_files(&path) } else { vec![path] };
    entries
        .into_iter()
        .flat_map(expand)
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .collect()
}

#[test]
fn every_scenario_that_is_checked_in_is_good_and_as_the_schema_says() {
    let validator = jsonschema::validator_for(&schema()).expect("a JSON Schema");
    let files = json_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios"));
    assert!(!files.is_empty());
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        parse(&text, &path.display().to_string()).unwrap_or_else(|problems| panic!("{problems}"));
        let value = serde_json::from_str(&text).expect("JSON");
        if let Err(error) = validator.validate(&value) {
            panic!("{}: {error} at {}", path.display(), error.instance_path());
        }
    }
}

#[test]
fn the_schema_refuses_what_is_mistaken() {
    let validator = jsonschema::validator_for(&schema()).expect("a JSON Schema");
    let mistakes = [
        ("\"version\": 1", "\"version\": 2"),
        ("\"heal\": true", "\"heel\": true"),
        ("\"1.5s\"", "\"1.5\""),
        ("\"5%\"", "5"),
        ("syncTheirs/syncAllOurs", "syncTheirs/syncTheirs"),
        ("\"1..3\"", "\"1-3\""),
        ("\"interested\"", "\"nobody\""),
    ];
    for (old, new) in mistakes {
        let value = serde_json::from_str(&FULL.replace(old, new)).expect("JSON");
        assert!(!validator.is_valid(&value), "{new}");
    }
}
