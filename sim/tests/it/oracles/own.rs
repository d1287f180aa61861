//! A run can be judged by an oracle that is in no list, and by each of those in the list alone.

use super::{planted, star};
use cosim_core::{CoId, KnownState};
use cosim_testbed::cojson::CoNode;
use cosim_testbed::decision::Seeded;
use cosim_testbed::host::NodeId;
use cosim_testbed::oracles::{
    ALL, About, Blames, GENERATION, Look, Mail, Need, Needed, ORACLES, Oracle, Property, Scene, Subject,
    named, of_generation, table, without_guests,
};
use cosim_testbed::run::{End, Options, Outcome, Verdict, play_judged_by, run};
use cosim_testbed::scenario::{self, Scenario, file};
use std::collections::BTreeSet;
use std::path::Path;

const ABOUT: About = About {
    name: "few_messages",
    sentence: "no node sends more than so many messages",
    when: "every message",
    property: Property::Liveness,
    blames: Blames::Honest,
    subject: Needed::Nothing,
    needs: &[Need::Holdings],
    turn: u8::MAX,
    since: 1,
};

#[derive(Clone, Debug)]
struct FewMessages {
    left: u64,
}

impl Oracle for FewMessages {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn sent(&mut self, scene: &Scene<'_>, mail: &Mail<'_>) -> Look {
        let over = self.left == 0;
        self.left = self.left.saturating_sub(1);
        Look::once(over.then(|| Subject {
            node: mail.from,
            peer: Some(mail.to),
            id: None,
            kind: "message",
            what: format!("one message too many at {}", scene.world.now()),
        }))
    }

    fn holds(&mut self, scene: &Scene<'_>, holding: (NodeId, CoId), _: &KnownState, is: &KnownState) -> Look {
        let stored = scene.world.holdings(holding.0).stored(holding.1);
        assert_eq!(stored.map(|stored| stored.known()).unwrap_or_default(), *is);
        Look::NONE
    }
}

fn play(scenario: &Scenario, left: u64) -> Outcome {
    let own: Vec<Box<dyn Oracle>> = vec![Box::new(FewMessages { left })];
    play_judged_by(own, scenario, scenario.seed, Options::judged(), CoNode::new, Seeded).0
}

fn story() -> Scenario {
    star(
        r#"{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
           { "at": "1s", "edit": { "node": "alice", "id": "notes" } },
           { "at": "2s", "load": { "node": "bob", "id": "notes" } }"#,
    )
}

#[test]
fn an_oracle_of_ones_own_judges_beside_the_others() {
    let scenario = story();
    let plain = run(&scenario, scenario.seed, Options::judged());
    let held = play(&scenario, u64::MAX);
    assert_eq!((held.verdict(), held.fingerprint), (Verdict::Held, plain.fingerprint));
    assert_eq!(held.looks[..plain.looks.len()], plain.looks);
    assert_eq!(held.looks[plain.looks.len()..], [("few_messages", plain.figures.sent)]);
    let failed = play(&scenario, 2);
    assert_eq!(failed.violations[0].key, "few_messages client>server message");
    assert_eq!(failed.verdict(), Verdict::Liveness, "it says itself what kind of failure it finds");
}

#[test]
fn the_list_says_of_each_oracle_what_it_says_of_itself() {
    let names: BTreeSet<&str> = ORACLES.into_iter().collect();
    assert_eq!(names.len(), ORACLES.len(), "no two have one name");
    for entry in ALL {
        assert_eq!(named(entry.about.name).map(|about| about.name), Some(entry.about.name));
        assert!(table().contains(&format!("| `{}` | {} |", entry.about.name, entry.about.sentence)));
        assert!(entry.about.since >= 1);
    }
}

/// What a file is kept for ends its run, and nothing that others find before.
#[test]
fn a_run_goes_on_past_others_until_what_it_is_kept_for() {
    let mut scenario = planted(&story(), &[("server", "ack-without-applying")]);
    let first = "few_messages server>client message";
    let others_first = play(&scenario, 1);
    assert_eq!(others_first.key(), Some(first));
    let alone = run(&scenario, scenario.seed, Options::judged());
    scenario.expect.violation = alone.key().map(str::to_owned);
    let passed = play(&scenario, 1);
    assert_eq!(passed.verdict(), Verdict::Held);
    assert_eq!((passed.key(), passed.fingerprint), (alone.key(), alone.fingerprint));
    assert_eq!(passed.violations, alone.violations, "what was gone past is not told");
    scenario.expect.violation = Some("no_fork".to_owned());
    scenario.expect.oracles = vec!["no_fork"];
    let never = play(&scenario, 1);
    assert_eq!((never.verdict(), never.key()), (Verdict::Violated, Some(first)));
    assert_ne!(never.end, End::Violation, "it was played to its end");
    let keys: BTreeSet<&str> = never.violations.iter().map(|violation| violation.key.as_str()).collect();
    assert_eq!(keys.len(), never.violations.len(), "of each key one, however often it is found");
}

/// Also where it says so only in its origin.
#[test]
fn a_kept_failure_is_judged_by_the_oracles_of_its_time() {
    let mut file = story().file;
    let origin = |key: Option<&str>, oracles| file::Origin {
        scenario: "none".to_owned(),
        seed: 0,
        cosim: "0".to_owned(),
        fingerprint: None,
        key: key.map(str::to_owned),
        unmet: None,
        swarm: Vec::new(),
        oracles,
    };
    let judges = |file: &file::Scenario| scenario::resolve(file.clone()).expect("valid").expect.oracles;
    for generation in 0..=GENERATION {
        file.origin = Some(origin(Some("prefix node log"), generation));
        let then: Vec<&str> = of_generation(generation).collect();
        assert_eq!(judges(&file), then);
        assert_eq!(then.len(), ALL.iter().filter(|entry| entry.about.since <= generation).count());
        file.origin = Some(origin(None, generation));
        assert_eq!(judges(&file), ORACLES, "nothing is known of what did not fail");
    }
    file.expect = Some(file::Expect { oracles: Some(vec!["prefix".to_owned()]), ..file::Expect::default() });
    file.origin = Some(origin(Some("prefix node log"), 0));
    assert_eq!(judges(&file), ["prefix"], "who is named judges");
}

/// Evidence is gathered only where somebody needs it. Who says too little of what it needs sees another run alone than in
/// company.
#[test]
fn each_oracle_looks_alike_alone_and_among_the_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut judged = BTreeSet::new();
    for name in [
        "views/crash-storm.json",
        "hostile/storm.json",
        "storage/disk-storm.json",
        "storage/upload-storm.json",
    ] {
        let text = std::fs::read_to_string(folder.join(name)).expect("it is in the repository");
        let scenario = scenario::parse(&text, name).unwrap_or_else(|problems| panic!("{problems}"));
        let together = run(&scenario, scenario.seed, Options::judged());
        for (oracle, looks) in &together.looks {
            let mut alone = scenario.clone();
            alone.expect.oracles = vec![oracle];
            let outcome = run(&alone, scenario.seed, Options::judged());
            assert_eq!(outcome.looks, [(*oracle, *looks)], "{name}");
            assert_eq!((outcome.fingerprint, &outcome.unmet), (together.fingerprint, &together.unmet));
            if *looks > 0 {
                judged.insert(*oracle);
            }
        }
    }
    // Those of guests look where guests are.
    assert_eq!(judged.len(), without_guests(), "every oracle looked somewhere: {judged:?}");
}

/// Also where nobody judges loads it is known how they ended.
#[test]
fn how_loads_end_is_known_whoever_judges() {
    let mut scenario = story();
    let expected = scenario::LoadExpectation {
        node: scenario.node("bob").expect("it is there"),
        co_value: 0,
        ends: scenario::LoadEnd::Available,
    };
    scenario.expect.oracles = vec!["quiescence"];
    scenario.expect.wanted.loads = vec![expected];
    let outcome = run(&scenario, scenario.seed, Options::judged());
    assert_eq!((outcome.verdict(), outcome.unmet.len()), (Verdict::Held, 0));
}
