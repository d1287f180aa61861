//! What is said of a sweep: failures by key, what was exercised, and what was declared and never happened.

use crate::samples::{FAULTY, TINY, both, bytes, entry, records, scope};
use cosim_testbed::run::Verdict;
use cosim_testbed::sweep::{EXPECTATION, Summary, command, json, text};

fn summary_of(path: &str, text: &str, seeds: u64) -> Summary {
    bytes(vec![entry(path, text)], &scope(0..seeds), 2).1
}

#[test]
fn failures_are_grouped_by_key_with_the_first_of_each() {
    let (bytes, summary) = bytes(both(), &scope(0..100), 2);
    let records = records(&bytes);
    let failed = records.iter().filter(|record| record.verdict != Verdict::Held);
    assert_eq!(summary.failures(), failed.count() as u64);
    assert_eq!(summary.groups().values().map(|group| group.count).sum::<u64>(), summary.failures());
    for (key, group) in summary.groups() {
        let first = records.iter().find(|record| record.key.as_ref() == Some(key)).unwrap();
        assert_eq!((group.scenario, group.seed), (first.scenario, first.seed));
        let command = command(&summary, group.scenario, group.seed);
        assert_eq!(command, format!("cosim run faulty.json --seed {} --crypto fast", group.seed));
        assert!(text(&summary).contains(&command));
    }
}

#[test]
fn what_was_exercised_is_summed_up() {
    let (bytes, summary) = bytes(both(), &scope(0..50), 2);
    let lost: u64 = records(&bytes).iter().map(|record| record.counts.lost).sum();
    assert!(lost > 0);
    assert!(text(&summary).contains(&format!(" {lost} lost")), "{}", text(&summary));
    let json = json(&summary);
    assert_eq!(json["scenarios"][0]["counts"]["lost"], lost);
    assert_eq!(json["runs"], 100);
    assert_eq!(json["failures"].as_array().unwrap().len(), summary.groups().len());
}

#[test]
fn how_long_it_takes_until_everybody_has_it() {
    let (bytes, summary) = bytes(vec![entry("tiny.json", TINY)], &scope(0..50), 2);
    let took = records(&bytes).into_iter().map(|record| {
        let wrote = record.last_write.expect("somebody writes");
        assert!(wrote < record.last_change, "{record:?}");
        record.last_change - wrote
    });
    let took: Vec<u64> = took.collect();
    let figure = &json(&summary)["scenarios"][0]["figures"]["convergence"];
    assert_eq!(figure["count"], 50);
    assert_eq!(figure["min"], *took.iter().min().unwrap());
    assert_eq!(figure["max"], *took.iter().max().unwrap());
    let text = text(&summary);
    let line = text.lines().find(|line| line.starts_with("  converged   half of the runs within "));
    assert!(line.is_some_and(|line| line.contains(" of the last write, 99 % within ")), "{text}");
    // Of two scenarios, each has its own.
    let (_, both) = self::bytes(both(), &scope(0..5), 2);
    assert!(!cosim_testbed::sweep::text(&both).contains("converged"));
}

#[test]
fn who_never_gets_it_is_no_fast_reader() {
    let cut = TINY.replacen(
        " }]\n}",
        " }, { \"at\": \"1m\", \"disconnect\": { \"between\": [\"alice\", \"server\"] } },
           { \"at\": \"61s\", \"edit\": { \"node\": \"alice\", \"id\": \"notes\" } }]\n}",
        1,
    );
    assert_ne!(cut, TINY);
    let (bytes, summary) = bytes(vec![entry("cut.json", &cut)], &scope(0..10), 2);
    assert!(records(&bytes).iter().all(|record| record.apart));
    assert_eq!(json(&summary)["scenarios"][0]["held"], 10, "{}", text(&summary));
    assert!(!text(&summary).contains("converged"), "{}", text(&summary));
}

#[test]
fn what_waits_for_a_disk_was_written_when_the_app_wrote_it() {
    let edited = TINY.replacen(
        " }]\n}",
        " }, { \"at\": \"3s\", \"edit\": { \"node\": \"alice\", \"id\": \"notes\" } }]\n}",
        1,
    );
    let slow = edited.replacen("\"alice\": {}", "\"alice\": { \"disk\": { \"latency\": \"1s\" } }", 1);
    for text in [edited, slow] {
        let (bytes, _) = bytes(vec![entry("story.json", &text)], &scope(0..3), 1);
        assert!(records(&bytes).iter().all(|record| record.last_write == Some(3_000_000)), "{text}");
    }
}

#[test]
fn an_expectation_that_is_not_met_has_a_key_of_its_own() {
    let unmet = TINY.replacen("\"timeline\"", "\"expect\": { \"messages_max\": 1 },\n  \"timeline\"", 1);
    let summary = summary_of("unmet.json", &unmet, 10);
    assert_eq!(summary.groups()[EXPECTATION].count, 10);
    assert_eq!(summary.verdict(), Some(Verdict::Violated));
}

/// What of a scenario was declared and never happened.
fn never(text: &str) -> Vec<String> {
    summary_of("story.json", text, 20).scenarios()[0].never_happened()
}

#[test]
fn what_happened_is_not_called_out() {
    assert_eq!(never(FAULTY), [""; 0]);
}

#[test]
fn what_never_happened_is_called_out() {
    let network = TINY.replace(
        "\"latency\": \"10ms..50ms\"",
        "\"latency\": \"10ms..50ms\", \"loss\": \"0.0001%\", \"duplicate\": \"0.0001%\", \"reorder\": \"0.0001%\"",
    );
    let called = never(&network);
    for what in ["loss, and no message", "duplication, and no message", "reordering, and no message"] {
        assert!(called.iter().any(|call| call.contains(what)), "{what}: {called:?}");
    }
    let late = TINY.replace(
        " }]\n}",
        " }, { \"at\": \"1m\", \"partition\": { \"between\": [\"alice\", \"server\"] } },
           { \"at\": \"61s\", \"heal\": { \"between\": [\"alice\", \"server\"] } }]\n}",
    );
    assert!(never(&late).iter().any(|call| call.contains("it plans partitions")), "{:?}", never(&late));
}

/// Which oracles are said never to have looked.
fn idle(text: &str) -> Vec<String> {
    let oracle =
        |what: &str| Some(what.strip_prefix("the oracle ")?.strip_suffix(" never looked")?.to_owned());
    never(text).iter().filter_map(|what| oracle(what)).collect()
}

#[test]
fn an_oracle_without_a_subject_is_no_surprise() {
    let summary = summary_of("story.json", TINY, 20);
    for oracle in ["dependencies", "durable", "load_ends", "no_lost_write", "no_phantom"] {
        assert_eq!(summary.scenarios()[0].looks[oracle], 0, "it is counted all the same");
    }
    assert_eq!(idle(TINY), [""; 0]);
}

/// Everything is declared, and comes when the only node has left.
#[test]
fn an_oracle_that_never_looked_is_called_out() {
    let text = r#"{
        "version": 1,
        "about": "Alice leaves before anything happens.",
        "nodes": { "alice": { "disk": {}, "account": "account" }, "server": {} },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [{ "at": "0ms", "leave": { "node": "alice" } }],
        "workload": { "operations": 5, "from": "1s", "until": "2s", "nodes": ["alice"], "co_values": ["notes"],
            "mix": { "edit": 1, "load": 1 } }
    }"#;
    let called = idle(text);
    for oracle in ["dependencies", "durable", "load_ends", "no_lost_write", "no_phantom", "entitled"] {
        assert!(called.iter().any(|idle| idle == oracle), "{oracle}: {called:?}");
    }
    assert!(!called.iter().any(|idle| idle == "quiescence"), "{called:?}");
}

/// A run ends at its violation, before the world is at rest.
#[test]
fn an_oracle_that_a_violation_comes_before_is_no_surprise() {
    let expecting = include_str!("../../../scenarios/known-bugs/62-echo.json");
    assert_eq!(summary_of("echo.json", expecting, 20).scenarios()[0].looks["convergence"], 0);
    assert_eq!(idle(expecting), [""; 0]);
}

#[test]
fn a_workload_that_did_nothing_is_called_out() {
    let down = TINY.replace(
        " }]\n}",
        " }, { \"at\": \"1s\", \"restart\": { \"node\": \"alice\", \"down_for\": \"5s\" } }],
         \"workload\": { \"operations\": 5, \"from\": \"2s\", \"until\": \"3s\", \"nodes\": [\"alice\"],
           \"co_values\": [\"notes\"], \"mix\": { \"edit\": 1 }, \"transactions\": \"1..2\" }\n}",
    );
    let called = never(&down);
    assert!(called.iter().any(|call| call.contains("its workload generated 100 operations")), "{called:?}");
}

#[test]
fn nothing_is_not_green() {
    let (bytes, summary) = bytes(both(), &crate::samples::shard(0..2, "1/4"), 2);
    assert_eq!((bytes.lines().count(), summary.runs(), summary.verdict()), (2, 0, None));
    assert!(json(&summary)["verdict"].is_null());
}
