//! What a seed means, pinned: a dependency or a change of ours that draws differently moves every seed, and must say so
//! here first.

use crate::counter::{link, ms, send, world};
use cosim_core::{Span, Time};
use cosim_testbed::decision::Fate;
use cosim_testbed::host::NodeId;
use cosim_testbed::network::{Burst, Network, Ppm, SpanRange};
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario;
use cosim_testbed::stream::Stream;
use std::fmt::Write;

/// The first words of one stream of each kind.
#[test]
fn first_words_of_every_kind_of_stream() {
    let streams = [
        ("link", "alice>server"),
        ("link", "server>alice"),
        ("notice", "alice-server"),
        ("workload", ""),
        ("workload", "create-notes"),
        ("faults", "reconnects"),
        ("faults", "partitions"),
        ("faults", "restarts"),
        ("faults", "wipes"),
    ];
    let text = streams.iter().fold(String::new(), |mut out, (concern, name)| {
        let mut stream = Stream::new(1, concern, name);
        let words: [String; 4] = std::array::from_fn(|_| format!("{:016x}", stream.word()));
        let _ = writeln!(out, "{concern:<8} {name:<13} {}", words.join(" "));
        out
    });
    insta::assert_snapshot!(text, @r"
    link     alice>server  842bdecbee2793b6 6494b1b505bf4a62 dd30946f517e38f2 b6b620e5d0f7a289
    link     server>alice  17669c79ad274b70 12d8288188460b14 038ec9be208cdb60 92cf5cd548ee445c
    notice   alice-server  fa2d667728e14f41 003ade93d0930c5d ae6224d619a006d2 377532e37b34f419
    workload               27572aca92889f01 0124852807785807 7199a7aba8ae6152 e91d4801825ed240
    workload create-notes  512c725f215d72cf 7140d099c6468ddd 78244bbed99d9d73 3eb6d4c272d7fd05
    faults   reconnects    908112a572508cca 34f007bc1fb4eaa4 6de553fa38626125 9ec67e78349bb64f
    faults   partitions    17e41f095344514e 1cb1630893667477 adba68bd71999ea6 4f85ae8e7a9bb925
    faults   restarts      84e97881a78e7166 25e121d3e44a59a3 eaf597facbbf1cb1 4f203e56e16d0a58
    faults   wipes         b86f5b382b91a413 fc14e42af6b4004a 9286184ff8f50f75 5e3db738d9841070
    ");
}

/// The first fates of one direction, and when the ends of a link notice.
#[test]
fn first_fates_of_a_direction() {
    let range = |min, max| SpanRange::new(Span::from_ms(min), Span::from_ms(max)).expect("in order");
    let percent = |percent| Ppm::percent(percent).expect("a percentage");
    let network = Network {
        latency: range(20, 80),
        loss: percent(25),
        duplicate: percent(25),
        reorder: percent(25),
        reorder_delay: range(0, 300),
        notice: range(0, 500),
        ..Network::default()
    };
    let mut world = world(2, vec![link(0, 1, network)], 1, ());
    for number in 0..8 {
        send(&mut world, ms(1_000), [0, 1], number);
    }
    world.run_until(Time::from_us(u64::MAX));
    let mut text = String::new();
    for (node, span) in &world.decisions.notices {
        let _ = writeln!(text, "node {} notices after {span}", node.0);
    }
    for (from, fate) in &world.decisions.messages {
        assert_eq!(*from, NodeId(0));
        let Fate { lost, latency, reordered, duplicate, .. } = fate;
        let some =
            |what: &str, span: &Option<Span>| span.map(|span| format!(", {what} {span}")).unwrap_or_default();
        let lost = if *lost { ", lost" } else { "" };
        let _ = writeln!(
            text,
            "{latency}{}{}{lost}",
            some("reordered by", reordered),
            some("again after", duplicate)
        );
    }
    insta::assert_snapshot!(text, @r"
    node 0 notices after 100987us
    node 1 notices after 117475us
    41111us
    73358us, reordered by 276939us
    20618us
    40621us, again after 56984us, lost
    58234us, lost
    23824us
    28873us, again after 56213us, lost
    75650us, reordered by 78522us, again after 60883us
    ");
}

/// The first fates of one direction of a hostile link.
#[test]
fn first_fates_of_a_hostile_direction() {
    let percent = |percent| Ppm::percent(percent).expect("a percentage");
    let network = Network {
        burst: Some(Burst {
            begins: percent(30),
            ends: percent(50),
            bad_loss: percent(90),
            good_loss: percent(5),
        }),
        replay: percent(50),
        replay_delay: SpanRange::new(Span::from_s(1), Span::from_s(60)).expect("in order"),
        damage: percent(50),
        truncate: percent(50),
        ..Network::default()
    };
    let mut world = world(2, vec![link(0, 1, network)], 1, ());
    for number in 0..8 {
        send(&mut world, ms(1_000), [0, 1], number);
    }
    world.run_until(Time::from_us(u64::MAX));
    let mut text = String::new();
    for (_, Fate { lost, replayed, damaged, truncated, .. }) in &world.decisions.messages {
        let replayed = replayed.map(|span| span.to_string());
        let _ = writeln!(
            text,
            "lost {lost}, replayed {replayed:?}, damaged {damaged:?}, truncated {truncated:?}"
        );
    }
    insta::assert_snapshot!(text, @r#"
    lost false, replayed None, damaged Some(515709), truncated Some(3533)
    lost false, replayed Some("18947874us"), damaged None, truncated Some(834807)
    lost true, replayed Some("16172864us"), damaged None, truncated Some(485059)
    lost false, replayed Some("18243417us"), damaged Some(167675), truncated Some(729268)
    lost false, replayed None, damaged None, truncated None
    lost false, replayed None, damaged None, truncated Some(533549)
    lost false, replayed None, damaged None, truncated None
    lost false, replayed None, damaged Some(977145), truncated Some(837833)
    "#);
}

/// One small scenario with everything random in it.
#[test]
fn fingerprint_of_a_scenario() {
    let text = r#"{
        "version": 1, "about": "A little of everything.",
        "nodes": { "alice": {}, "bob": {}, "server": {} },
        "network": {
            "latency": "20ms..80ms", "loss": "10%", "duplicate": "5%", "reorder": "5%", "notice": "0ms..200ms"
        },
        "links": [
            { "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }
        ],
        "workload": {
            "operations": 20, "until": "5s", "co_values": ["notes"], "mix": { "edit": 3, "load": 1, "done": 1 }
        },
        "faults": { "until": "5s", "reconnects": 2, "partitions": 2, "restarts": 1, "wipes": 1 }
    }"#;
    let scenario = scenario::parse(text, "golden.json").unwrap_or_else(|problems| panic!("{problems}"));
    let pinned = [1, 2, 3].map(|seed| {
        let outcome = run(&scenario, seed, Options::judged());
        assert!(outcome.violations.is_empty(), "{:?}", outcome.violations);
        format!("{seed}: {} after {} events", outcome.fingerprint, outcome.figures.events)
    });
    insta::assert_snapshot!(pinned.join("\n"), @r"
    1: e3e10fa14e91798d after 117 events
    2: ef3018d2cbf080cb after 102 events
    3: d94bb3f43c058c22 after 65 events
    ");
}
