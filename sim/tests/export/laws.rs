//! What holds of every log: each form is what its reader takes, is the same for the log that was read back, and says the
//! same whenever it is written.

use crate::drawn::each_kind;
use crate::samples::{check, log, of_repository, read_back};
use cosim_core::Time;
use cosim_testbed::cojson::Cast;
use cosim_testbed::export::{Format, export};
use cosim_testbed::log::{Event, Limit, Log};
use proptest::prelude::*;
use proptest::sample::select;

/// Scenarios of which every seed is another: other faults, operations and shapes.
const STORMS: [&str; 14] = [
    "swarm/pair.json",
    "swarm/star.json",
    "swarm/family.json",
    "swarm/council.json",
    "swarm/two-servers.json",
    "swarm/chain.json",
    "swarm/hostile.json",
    "faults/storm.json",
    "faults/lives.json",
    "faults/one-name-storm.json",
    "storage/crash-storm.json",
    "storage/upload-storm.json",
    "hostile/storm.json",
    "views/crash-storm.json",
];

/// Names as no scenario has them, but a log may.
fn name() -> impl Strategy<Value = String> {
    const HOSTILE: [&str; 12] = [
        "constructor",
        "__proto__",
        "a b",
        "a_b",
        "run",
        "",
        "<script>x</script>",
        "a\"b,c\n",
        "}{",
        "]]>",
        "&amp;",
        "名前",
    ];
    prop_oneof![select(HOSTILE.to_vec()).prop_map(str::to_owned), ".{0,40}"]
}

/// Events of every kind, in any order and number.
fn events() -> impl Strategy<Value = Vec<(u64, u64, Event)>> {
    let event = each_kind().prop_flat_map(select);
    proptest::collection::vec((0..4_u64, 0..3_000_000_u64, event), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn of_every_run(path in select(STORMS.to_vec()), seed in 0..1_000_000_u64) {
        check(&log(&of_repository(path), seed));
    }
}

proptest! {
    #[test]
    fn of_whatever_a_log_says(names in proptest::collection::btree_set(name(), 2), co_value in name(), events in events()) {
        let cast = Cast { nodes: names.into_iter().collect(), co_values: vec![co_value, "zoo".to_owned()] };
        let mut log = Log::new(cast, Vec::new(), Limit::All);
        let (mut number, mut at) = (0, 0);
        for (more, later, event) in events {
            (number, at) = (number + more, at + later);
            log.push(number, Time::from_us(at), event);
        }
        for format in Format::ALL {
            let exported = export(&log, format);
            let checked = match format {
                Format::Perfetto => crate::perfetto::check(&exported.text),
                Format::Shiviz => crate::shiviz::check(&exported.text),
                Format::Mermaid => crate::mermaid::check(&exported.text),
                Format::Svg => crate::svg::check(&exported.text),
                Format::Csv => crate::csv::check(&exported.text, &log),
            };
            prop_assert!(checked.is_ok(), "{}: {checked:?}\n{}", format.name(), exported.text);
        }
    }
}

/// What a log of version 1 lacks is said, and what it tells is shown.
#[test]
fn of_a_log_of_version_1() {
    const OLD: [&str; 2] = [
        include_str!("../capsule/logs/pair.v1.jsonl"),
        include_str!("../capsule/logs/held-acknowledgements.v1.jsonl"),
    ];
    for lines in OLD {
        let log = Log::read_json_lines(lines.as_bytes()).unwrap().log;
        let exported = check(&log);
        for of_format in &exported {
            let said = of_format.missing.join("\n");
            assert!(said.contains("of the messages that arrive were sent"), "{said}");
            assert!(said.contains("which nodes its operations are about"), "{said}");
        }
        let arrivals = log.entries().filter(|entry| matches!(entry.what, Event::Delivered { .. })).count();
        let [perfetto, shiviz, ..] = exported;
        assert!(
            crate::perfetto::count(&perfetto.text, "f", "message") * 10 > arrivals * 9,
            "most arrivals have a flow"
        );
        assert!(shiviz.text.contains("\"server\":"), "{}", shiviz.text);
    }
}

/// What was not kept of a log is said.
#[test]
fn of_the_ends_of_a_log() {
    let log = log(&of_repository("faults/storm.json"), 1);
    let mut ends = Log::new(log.cast().clone(), Vec::new(), Limit::Ends { head: 50, tail: 50 });
    for entry in log.entries() {
        ends.push(entry.event, entry.at, entry.what.clone());
    }
    let ends = read_back(&ends);
    for exported in check(&ends) {
        let (_, dropped) = ends.dropped();
        let said = format!("the log leaves out {dropped} entries");
        assert!(
            exported.missing.iter().any(|sentence| sentence.starts_with(&said)),
            "{:?}",
            exported.missing
        );
    }
}
