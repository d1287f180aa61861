//! The network faults that a file can ask for: what they mean, what is refused, and what is planned.

use cosim_core::{Span, Time};
use cosim_testbed::network::{Burst, Ppm};
use cosim_testbed::scenario::file::{Between, DropMessages, Duration, HalfOpen, Hold, NetworkChange, Where};
use cosim_testbed::scenario::{Act, Numbered, Operation, Scenario, parse, resolve};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Every fault of the network.
const HOSTILE: &str = r#"{
  "version": 1,
  "about": "A hostile network.",
  "nodes": { "alice": {}, "bob": {}, "server": {} },
  "network": { "burst": { "p": "2%" }, "replay": "1%", "damage": "5%", "truncate": "0.5%" },
  "links": [
    { "between": ["server", "alice"], "relationship": "syncTheirs/syncAllOurs", "network": { "bandwidth": "64KB/s", "queue": "1.5KiB", "slow_by": "10ms" } },
    { "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs", "network": { "burst": { "p": "1%", "r": "50%", "1-h": "90%", "1-k": "0.1%" }, "replay_delay": "5s..2m" } }
  ],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "hold": { "from": "server", "to": "alice", "kinds": ["known", "correction"], "ids": ["notes"] } },
    { "at": "2s", "drop": { "between": ["bob", "server"], "count": 3 } },
    { "at": "3s", "release": { "from": "server", "to": "alice" } },
    { "at": "4s", "half_open": { "node": "server", "peer": "bob" } },
    { "at": "5s", "network": { "between": ["alice", "server"], "bandwidth": "unlimited", "queue": "2MB" } }
  ],
  "faults": { "until": "10s", "reconnects": 2, "reconnect_bursts": 2, "half_opens": 2, "slow_links": 2, "holds": 2, "drops": 2, "longest": "2s" },
  "decisions": {
    "replayed": { "alice>server content notes": "9s" },
    "damaged": { "alice>server content notes": 17 },
    "truncated": { "alice>server load notes": 0 }
  }
}
"#;

fn good(text: &str) -> Scenario {
    parse(text, "scenario.json").unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn what_is_given_is_what_links_do() {
    let scenario = good(HOSTILE);
    let [alice, bob] = [scenario.links[0].network, scenario.links[1].network];
    let ppm = |ppm| Ppm::new(ppm).expect("below a million");
    let usual =
        Burst { begins: ppm(20_000), ends: ppm(980_000), bad_loss: Ppm::ALWAYS, good_loss: Ppm::NEVER };
    assert_eq!(alice.burst, Some(usual));
    let burst =
        Burst { begins: ppm(10_000), ends: ppm(500_000), bad_loss: ppm(900_000), good_loss: ppm(1_000) };
    assert_eq!(bob.burst, Some(burst));
    assert_eq!((alice.replay_delay.min(), alice.replay_delay.max()), (Span::from_s(1), Span::from_s(60)));
    assert_eq!((bob.replay_delay.min(), bob.replay_delay.max()), (Span::from_s(5), Span::from_s(120)));
    assert_eq!(alice.bandwidth, Some(64_000));
    assert_eq!((alice.queue, alice.slow_by), (Some(1536), Span::from_ms(10)));
    assert_eq!((bob.bandwidth, bob.queue), (None, None));
    let acts: Vec<&Act<Numbered>> =
        scenario.chapters[0].operations.iter().map(|operation| &operation.act).collect();
    let [alice, bob, server] =
        ["alice", "bob", "server"].map(|name| scenario.node(name).expect("it is there"));
    let from_server = Where { between: None, from: Some(server), to: Some(alice) };
    let hold = Hold {
        between: None,
        from: Some(server),
        to: Some(alice),
        kinds: Some(vec!["known".to_owned(), "correction".to_owned()]),
        ids: Some(vec![0]),
    };
    assert_eq!(acts[1], &Act::Hold(hold));
    let drop = DropMessages { between: Some([bob, server]), count: Some(3), ..DropMessages::default() };
    assert_eq!(acts[2], &Act::Drop(drop));
    assert_eq!(acts[3], &Act::Release(from_server));
    assert_eq!(acts[4], &Act::HalfOpen(HalfOpen { node: server, peer: bob }));
}

#[test]
fn what_is_written_reads_the_same() {
    let file = good(HOSTILE).file;
    let text = file.to_json_pretty();
    assert_eq!(good(&text).file, file);
    assert_eq!(good(&text).file.to_json_pretty(), text);
    for given in ["64KB/s", "unlimited"] {
        assert!(text.contains(given), "{text}");
    }
    assert!(text.contains("\"queue\": \"1536B\""), "in a unit of thousands: {text}");
    resolve(file).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn mistakes() {
    let text = HOSTILE;
    let cases = [
        ("a queue that is too large", "2MB", "2GB"),
        ("a queue of nothing", "1.5KiB", "0B"),
        ("a queue of half a byte", "1.5KiB", "0.5B"),
        ("a queue without unit", "1.5KiB", "1536"),
        ("a queue in an unknown unit", "1.5KiB", "3TB"),
        ("a bandwidth that is a size", "64KB/s", "64KB"),
        ("a bandwidth of nothing in an odd unit", "64KB/s", "0KB/s"),
        ("a bandwidth beyond all bounds", "64KB/s", "1001GB/s"),
        ("a bandwidth that is a word", "64KB/s", "fast"),
        ("a link that never delivers", "\"slow_by\": \"10ms\"", "\"slow_by\": \"100m\""),
        ("a burst without beginning", "{ \"p\": \"2%\" }", "{ \"r\": \"2%\" }"),
        ("a burst of an unknown parameter", "\"1-k\"", "\"1-l\""),
        ("a burst over 100", "\"1-h\": \"90%\"", "\"1-h\": \"101%\""),
        ("a replay that comes before it goes", "5s..2m", "2m..5s"),
        ("a damage over 100", "\"damage\": \"5%\"", "\"damage\": \"200%\""),
        ("a truncation without sign", "\"0.5%\"", "\"0.5\""),
        ("a hold of an unknown kind", "[\"known\", \"correction\"]", "[\"known\", \"correktion\"]"),
        ("a hold of no kind", "[\"known\", \"correction\"]", "[]"),
        ("a hold of an unknown CoValue", "\"ids\": [\"notes\"]", "\"ids\": [\"note\"]"),
        ("a hold with a count", "\"ids\": [\"notes\"] }", "\"ids\": [\"notes\"], \"count\": 2 }"),
        ("a hold on no link", "\"hold\": { \"from\": \"server\"", "\"hold\": { \"from\": \"bob\""),
        ("a hold without a way", "\"hold\": { \"from\": \"server\", ", "\"hold\": { "),
        ("a drop of nothing", "\"count\": 3", "\"count\": 0"),
        ("a drop of fewer than nothing", "\"count\": 3", "\"count\": -1"),
        ("a half-open connection with a stranger", "\"peer\": \"bob\"", "\"peer\": \"bill\""),
        ("a half-open connection without peer", ", \"peer\": \"bob\"", ""),
        ("a number of bursts that is none", "\"reconnect_bursts\": 2", "\"reconnect_bursts\": \"2\""),
        ("too many bursts", "\"reconnect_bursts\": 2", "\"reconnect_bursts\": 100001"),
        (
            "a replay of a message of no link",
            "{ \"alice>server content notes\": \"9s\"",
            "{ \"alice>bob content notes\": \"9s\"",
        ),
        ("a replay that is too late", "\"9s\"", "\"72m\""),
        (
            "damage of a notice",
            "{ \"alice>server content notes\": 17",
            "{ \"alice hears-open server @x\": 17",
        ),
        ("damage that is no bit", ": 17", ": \"17\""),
        ("truncation below zero", ": 0 }", ": -1 }"),
    ];
    let said = cases.iter().fold(String::new(), |mut out, (what, old, new)| {
        assert_eq!(text.matches(old).count(), 1, "{old} must occur once");
        let said = parse(&text.replace(old, new), "scenario.json").expect_err(what).to_string();
        writeln!(out, "## {what}\n\n{said}").expect("a string takes all");
        out
    });
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(said) });
}

/// The generated operations of a kind, by name.
fn planned(scenario: &Scenario, seed: u64, kind: &str) -> BTreeMap<String, Operation> {
    let operations = scenario.plan(seed).chapters.into_iter().flat_map(|chapter| chapter.operations);
    let named = operations.map(|operation| (operation.name.clone(), operation));
    named.filter(|(name, _)| name.starts_with(kind)).collect()
}

proptest! {
    #[test]
    fn every_fault_ends_and_none_shifts_another(seed: u64) {
        let text = HOSTILE;
        let all = good(text);
        let kinds = ["reconnect_bursts", "half_opens", "slow_links", "holds", "drops"];
        for (field, kind) in kinds.into_iter().zip(["f-reconnect-burst-", "f-half-open-", "f-slow-link-", "f-hold-", "f-drop-"]) {
            let (mut others, without) = (kinds.to_vec(), format!("\"{field}\": 2, "));
            others.retain(|other| *other != field);
            let alone = good(&others.iter().fold(text.to_owned(), |text, other| {
                text.replace(&format!("\"{other}\": 2, "), "")
            }));
            prop_assert_eq!(planned(&all, seed, kind), planned(&alone, seed, kind));
            let less = good(&text.replace(&without, ""));
            prop_assert!(planned(&less, seed, kind).is_empty());
            prop_assert_eq!(planned(&all, seed, "f-reconnect-1"), planned(&less, seed, "f-reconnect-1"));
            for (name, begins) in planned(&all, seed, kind) {
                if name.ends_with("-end") {
                    continue;
                }
                let ends = &planned(&all, seed, kind)[&format!("{name}-end")];
                let longest = if field == "reconnect_bursts" { Span::from_ms(3) } else { Span::from_s(2) };
                prop_assert!(begins.at <= ends.at && ends.at.since(begins.at) <= longest);
                prop_assert!(begins.at < Time::ZERO + Span::from_s(11));
                #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else is drawn is the failure")]
                let healed = match begins.act.clone() {
                    Act::Disconnect(on) => Act::Connect(on),
                    Act::HalfOpen(HalfOpen { node, peer }) => {
                        Act::Connect(Between { between: [node.min(peer), node.max(peer)] })
                    }
                    Act::Network(change) => {
                        prop_assert!(change.slow_by.is_some_and(|by| Span::ZERO < by.0 && by.0 <= Span::from_s(2)));
                        let slow_by = Some(Duration(Span::ZERO));
                        Act::Network(Box::new(NetworkChange { slow_by, ..*change }))
                    }
                    Act::Hold(Hold { between, from, to, .. }) => Act::Release(Where { between, from, to }),
                    Act::Drop(DropMessages { between, from, to, .. }) => Act::Heal(Where { between, from, to }),
                    other => panic!("{other:?} is no fault of a link"),
                };
                prop_assert_eq!(&ends.act, &healed);
            }
        }
        let cycles = planned(&all, seed, "f-reconnect-burst-1-").len();
        prop_assert!((4..=10).contains(&cycles) && cycles.is_multiple_of(2));
    }
}
