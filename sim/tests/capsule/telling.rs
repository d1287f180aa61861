//! What a log tells on demand: states, from which what every node holds is rebuilt at every event, and looks, which come
//! to what the run counts.

use crate::samples::{CALM, FAULTY, calm_with, json_lines, scenario};
use cosim::snapshot;
use cosim_core::state::{Assumed, PeerSync};
use cosim_core::{CoId, Durability, KnownState};
use cosim_testbed::diff::{Compared, Side, compare};
use cosim_testbed::host::NodeId;
use cosim_testbed::log::{Digest, Event, Held, Limit, Log, States, Wait, When, With};
use cosim_testbed::observer::Ending;
use cosim_testbed::oracles::{About, Blames, Holdings, Look, Needed, Oracle, Property, Scene};
use cosim_testbed::run::{Options, Outcome, Run, run};
use cosim_testbed::scenario::Scenario;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// What a node was seen to hold when an event was over.
type Sight = (u64, NodeId, BTreeMap<CoId, Held>);

/// Judges nothing, and takes down what nodes hold.
#[derive(Clone, Debug, Default)]
struct Witness(Arc<Mutex<Vec<Sight>>>);

const WITNESS: About = About {
    name: "witness",
    sentence: "nothing in particular",
    when: "every event",
    property: Property::Safety,
    blames: Blames::Anybody,
    subject: Needed::Nothing,
    needs: &[],
    turn: 0,
    since: 1,
};

impl Oracle for Witness {
    fn about(&self) -> &'static About {
        &WITNESS
    }

    fn goes_down(&mut self, scene: &Scene<'_>, node: NodeId, _ending: Ending) -> Look {
        self.sees(scene, node)
    }

    fn settled(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        self.sees(scene, node)
    }
}

impl Witness {
    fn sees(&self, scene: &Scene<'_>, node: NodeId) -> Look {
        let holdings = scene.world.holdings(node);
        let nodes: Vec<NodeId> = scene.nodes().collect();
        let mut all: BTreeMap<CoId, Held> = BTreeMap::new();
        for id in holdings.ids(CoId(0), CoId(u32::MAX)) {
            all.insert(id, held(holdings, id, &nodes));
        }
        for (until, id, peer, why) in holdings.waits() {
            all.entry(id).or_default().waits.push(Wait { until: until.as_us(), peer, why });
        }
        self.0.lock().unwrap().push((scene.world.event(), node, all));
        Look::NONE
    }
}

fn held(holdings: &dyn Holdings, id: CoId, nodes: &[NodeId]) -> Held {
    let confirmed = |peer: &NodeId| Some((*peer, holdings.confirmed(id, *peer)?.clone()));
    let (mut told, mut assumed) = (BTreeMap::new(), BTreeMap::new());
    for (peer, beliefs) in holdings.beliefs(id) {
        told.extend(beliefs.told.map(|known| (peer, known.clone())));
        assumed.extend(beliefs.assumed.map(|known| (peer, known.clone())));
    }
    Held {
        entry: true,
        known: holdings.stored(id).unwrap().known(),
        durable: if holdings.durability() == Durability::Ideal {
            KnownState::EMPTY
        } else {
            holdings.durable(id)
        },
        told,
        assumed,
        confirmed: nodes.iter().filter_map(confirmed).collect(),
        waits: Vec::new(),
        shown: holdings.shown(id).map(|shown| Digest(shown.digest())),
    }
}

fn of_node(states: &States, node: NodeId) -> BTreeMap<CoId, Held> {
    states.iter().filter(|(of, ..)| *of == node).map(|(_, id, held)| (id, held.clone())).collect()
}

/// The changes that a run tells lead to what its nodes hold: after every event, and in the end.
#[track_caller]
fn states_are_rebuilt(scenario: &Scenario, seed: u64) {
    let witness = Witness::default();
    let with = With { states: true, looks: false };
    let run = Run::of(scenario).seed(seed).log(Limit::All).with(with).oracle(witness.clone());
    let outcome = run.play();
    let mut entries = outcome.log.as_ref().unwrap().entries().peekable();
    let mut states = States::default();
    let sights = witness.0.lock().unwrap();
    assert!(!sights.is_empty());
    // Where a node is seen twice in an event, what counts is how the event left it.
    let left: BTreeMap<(u64, NodeId), &BTreeMap<CoId, Held>> =
        sights.iter().map(|(event, node, held)| ((*event, *node), held)).collect();
    for ((event, node), held) in left {
        while let Some(entry) = entries.next_if(|entry| entry.event <= event) {
            states.apply(&entry.what);
        }
        assert_eq!(of_node(&states, node), *held, "event {event}, seed {seed}");
    }
    entries.for_each(|entry| states.apply(&entry.what));
    for (node, state) in (0..).map(NodeId).zip(&outcome.states) {
        let told = of_node(&states, node);
        let told: BTreeMap<CoId, _> = told
            .into_iter()
            .map(|(id, held)| (id, (held.known, held.told, held.assumed, held.confirmed)))
            .collect();
        let co_values = state.co_values.iter().map(|(id, co_value)| {
            let by_peer = |of: fn(&PeerSync) -> Option<KnownState>| -> BTreeMap<NodeId, KnownState> {
                co_value.sync.iter().filter_map(|(peer, sync)| Some((NodeId(peer.0), of(sync)?))).collect()
            };
            let assumed = by_peer(|sync| match &sync.assumed {
                Assumed::Unknown => None,
                Assumed::Unavailable => Some(KnownState::EMPTY),
                Assumed::Known(known) => Some(known.clone()),
            });
            let (told, confirmed) =
                (by_peer(|sync| sync.told.clone()), by_peer(|sync| sync.confirmed.clone()));
            (*id, (co_value.known_state(), told, assumed, confirmed))
        });
        assert_eq!(told, co_values.collect(), "{node:?}, seed {seed}");
    }
}

/// How many events a story may have that is played here: nearly all have less, and the few others many more.
const EVENTS_MAX: u64 = 1_000;

/// How long a log may be that is read back here.
const BYTES_MAX: usize = 1 << 20;

/// The scenarios that are shipped, but for the longest.
fn stories() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let names = snapshot::files(&folder, snapshot::SCENARIO).unwrap();
    assert!(!names.is_empty());
    let read = |name: &Path| std::fs::read_to_string(snapshot::path(&folder, name, snapshot::SCENARIO));
    let stories = names.iter().map(|name| scenario(&read(name).unwrap()));
    let is_short = |story: &Scenario| {
        !story.has_guests() && run(story, story.seed, Options::judged()).figures.events <= EVENTS_MAX
    };
    stories.filter(is_short).collect()
}

fn told(scenario: &Scenario, seed: u64, with: With) -> Outcome {
    run(scenario, seed, Options::logged(Limit::All).with(with))
}

#[test]
fn what_every_node_holds_is_rebuilt_at_every_event() {
    for story in stories() {
        states_are_rebuilt(&story, story.seed);
        states_are_rebuilt(&story, story.seed + 1);
    }
    let faulty = scenario(FAULTY);
    (0..30).for_each(|seed| states_are_rebuilt(&faulty, seed));
}

#[test]
fn looks_come_to_what_the_run_counts() {
    let mut moments = BTreeSet::new();
    for story in stories().into_iter().chain([scenario(FAULTY)]) {
        let outcome = told(&story, story.seed, With { states: false, looks: true });
        let mut counted: BTreeMap<&str, u64> = outcome.looks.iter().map(|(name, _)| (*name, 0)).collect();
        let mut violated = Vec::new();
        for entry in outcome.log.as_ref().unwrap().entries() {
            let Event::Looks(looks) = &entry.what else { continue };
            for (oracle, times) in &looks.looks {
                *counted.get_mut(oracle.as_str()).unwrap() += times * (looks.ids.len() as u64).max(1);
            }
            violated.extend(looks.violated.values().cloned());
            moments.insert(format!("{:?}", looks.when));
        }
        assert_eq!(counted.into_iter().collect::<BTreeSet<_>>(), outcome.looks.iter().copied().collect());
        let mut found: Vec<String> = outcome.violations.iter().map(|found| found.key.clone()).collect();
        violated.sort();
        found.sort();
        found.dedup();
        violated.dedup();
        // A run that is kept for a failure goes on past what is found before.
        violated.retain(|key| story.expect.violation.is_none() || found.contains(key));
        assert_eq!(violated, found);
    }
    assert!(moments.is_superset(&["Step", "Deadline", "Rest"].map(str::to_owned).into()), "{moments:?}");
}

/// A run that does not come to rest says so.
#[test]
fn looks_at_the_end_say_how_it_ended() {
    let restless = calm_with(r#""expect": { "quiet_within": "1ms" }"#).replace("50ms", "8s");
    for (text, when) in [(CALM, When::Rest), (&restless, When::Restless)] {
        let outcome = told(&scenario(text), 0, With::ALL);
        let mut looks = outcome.log.as_ref().unwrap().entries().filter_map(|entry| {
            let Event::Looks(looks) = &entry.what else { return None };
            Some(looks.when)
        });
        assert_eq!(looks.next_back(), Some(when));
    }
}

/// Nothing else in the log is another for it, and nothing in the run.
#[test]
fn what_is_told_on_demand_changes_nothing_else() {
    for story in stories() {
        let plain = told(&story, story.seed, With::NOTHING);
        let all = told(&story, story.seed, With::ALL);
        assert_eq!(all.fingerprint, plain.fingerprint);
        assert_eq!(all.looks, plain.looks);
        let (plain, all) = (json_lines(&plain), json_lines(&all));
        let on_demand =
            |line: &&str| line.contains(r#""kind":"state""#) || line.contains(r#""kind":"looks""#);
        assert!(!plain.lines().any(|line| on_demand(&line)));
        assert!(all.lines().any(|line| on_demand(&line)));
        let rest = all.lines().skip(1).filter(|line| !on_demand(line));
        assert!(rest.eq(plain.lines().skip(1)));
        let header = all.lines().next().unwrap();
        let header = header.replace(r#""looks":true,"#, "").replace(r#""states":true,"#, "");
        assert_eq!(plain.lines().next(), Some(header.as_str()));
    }
}

#[test]
fn it_comes_back_and_is_no_difference() {
    for story in stories() {
        let outcome = told(&story, story.seed, With::ALL);
        let lines = json_lines(&outcome);
        if lines.len() > BYTES_MAX {
            continue;
        }
        assert_eq!(lines, json_lines(&told(&story, story.seed, With::ALL)));
        let read =
            |lines: &str| Log::read_json_lines(lines.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let recorded = read(&lines);
        assert_eq!(recorded.log.tells(), With::ALL);
        assert_eq!(recorded.log.to_string(), outcome.log.unwrap().to_string());
        let mut again = Vec::new();
        recorded.log.write_json_lines(&mut again).unwrap();
        assert!(again == lines.as_bytes());
        let plain = read(&json_lines(&told(&story, story.seed, With::NOTHING)));
        assert_eq!(plain.log.tells(), With::NOTHING);
        assert_eq!(plain.log.to_string(), recorded.log.to_string());
        let sides = [Side::recorded("all".to_owned(), recorded), Side::recorded("plain".to_owned(), plain)];
        assert!(matches!(compare(&sides[0], &sides[1]), Ok(Compared::Same(_))));
    }
}
