//! The same scenario and seed give the same run, for every scenario that we ship: twice in a process, in two processes,
//! alone and among many threads. Another seed gives another run where anything is left to chance, and only there.

use assert_cmd::Command;
use cosim_testbed::log::{Entry, Limit, Log};
use cosim_testbed::network::{Network, Ppm, SpanRange};
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, run};
use cosim_testbed::scenario::{self, Act, Scenario, Unsynced};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

struct Shipped {
    path: PathBuf,
    scenario: Scenario,
}

/// Every scenario that we ship.
fn shipped() -> Vec<Shipped> {
    let mut paths = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios"), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "there are scenarios");
    let parse = |path: PathBuf| {
        let bytes = std::fs::read(&path).expect("a file that was just listed");
        let scenario = scenario::parse_bytes(&bytes, &path.display().to_string());
        Shipped { scenario: scenario.unwrap_or_else(|problems| panic!("{problems}")), path }
    };
    // Guests need more than a Rust toolchain: `sim/tests/guests` plays them.
    paths.into_iter().map(parse).filter(|shipped| !shipped.scenario.has_guests()).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of scenarios") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
}

impl Shipped {
    fn run(&self, seed: u64) -> Outcome {
        run(&self.scenario, seed, Options::logged(Limit::All))
    }

    /// Two runs that must be the same are; where they are not, the first event that differs is named.
    fn same(&self, how: &str, a: &Outcome, b: &Outcome) {
        let told =
            || format!("{} {how}: {}", self.path.display(), first_difference(a.log.as_ref(), b.log.as_ref()));
        assert_eq!(a.fingerprint, b.fingerprint, "{}", told());
        let scenario = &self.scenario;
        assert!(report::snapshot(scenario, a) == report::snapshot(scenario, b), "{}", told());
        assert_eq!(report::json(scenario, a), report::json(scenario, b), "{}", told());
        assert_eq!(report::states_json(a), report::states_json(b), "{}", told());
    }
}

/// Where two logs part, in words.
fn first_difference(a: Option<&Log>, b: Option<&Log>) -> String {
    let (Some(a), Some(b)) = (a, b) else { return "there is no log".to_owned() };
    let line = |log: &Log, entry: Option<&Entry>| {
        entry.map_or("nothing".to_owned(), |entry| {
            format!("event {}: {}", entry.event, entry.display(log.cast()))
        })
    };
    let (mut left, mut right) = (a.entries(), b.entries());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return "the logs are equal".to_owned(),
            (x, y) if x == y => {}
            (x, y) => return format!("first difference:\n  {}\n  {}", line(a, x), line(b, y)),
        }
    }
}

/// Each run is played alone, twice on this thread, then again with all the others on eight threads.
#[test]
fn the_same_seed_is_the_same_run_on_one_thread_and_on_many() {
    let shipped = shipped();
    let runs: Vec<(&Shipped, u64)> = shipped
        .iter()
        .flat_map(|shipped| [0, 1].map(|more| (shipped, shipped.scenario.seed + more)))
        .collect();
    let alone: Vec<Outcome> = runs.iter().map(|(shipped, seed)| shipped.run(*seed)).collect();
    for ((shipped, seed), outcome) in runs.iter().zip(&alone) {
        shipped.same("played again", outcome, &shipped.run(*seed));
    }
    let threads = rayon::ThreadPoolBuilder::new().num_threads(8).build().expect("eight threads");
    let crowded: Vec<Outcome> =
        threads.install(|| runs.par_iter().map(|(shipped, seed)| shipped.run(*seed)).collect());
    for ((shipped, _), (alone, crowded)) in runs.iter().zip(alone.iter().zip(&crowded)) {
        shipped.same("played among others", alone, crowded);
    }
}

#[test]
fn the_same_seed_is_the_same_run_in_two_processes() {
    shipped().par_iter().for_each(|shipped| {
        let play = |form: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
            command.arg("run").arg(&shipped.path).args(form).output().expect("it runs")
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        for form in [&["--log", "--states"][..], &["--json"]] {
            let (once, again) = (play(form), play(form));
            assert_eq!(text(&once.stdout), text(&again.stdout), "{}", shipped.path.display());
            assert_eq!(text(&once.stderr), text(&again.stderr), "{}", shipped.path.display());
            assert_eq!(once.status.code(), again.status.code(), "{}", shipped.path.display());
            let outcome = shipped.run(shipped.scenario.seed);
            assert!(
                text(&once.stdout).contains(&outcome.fingerprint.to_string()),
                "the same as in this process"
            );
        }
    });
}

/// Neither a log nor the way it is kept changes what happens.
#[test]
fn whoever_watches_changes_nothing() {
    for shipped in shipped() {
        let logged = shipped.run(shipped.scenario.seed);
        let judged = run(&shipped.scenario, shipped.scenario.seed, Options::judged());
        assert_eq!(logged.fingerprint, judged.fingerprint, "{}", shipped.path.display());
    }
}

#[test]
fn another_seed_is_another_run_where_something_is_random() {
    for shipped in shipped() {
        let seed = shipped.scenario.seed;
        let fingerprints = [1, 2].map(|more| shipped.run(seed + more).fingerprint);
        let same = fingerprints.iter().all(|other| *other == shipped.run(seed).fingerprint);
        assert_eq!(same, !is_random(&shipped.scenario), "{}", shipped.path.display());
    }
}

/// Whether anything in a scenario is left to the seed.
fn is_random(scenario: &Scenario) -> bool {
    let mut operations = scenario.chapters.iter().flat_map(|chapter| &chapter.operations);
    !scenario.workloads.is_empty()
        || scenario.faults.is_some()
        || scenario.links.iter().any(|link| is_random_network(&link.network))
        || operations.any(|operation| {
            if let Act::Network(change) = &operation.act {
                return is_random_network(&change.conditions().apply(Network::default()));
            }
            let Act::Crash(crash) = &operation.act else { return false };
            let disk = scenario.nodes[crash.node as usize].disk;
            disk.is_some_and(|(_, _, unsynced)| unsynced == Unsynced::Drawn)
        })
}

fn is_random_network(network: &Network) -> bool {
    let Network {
        latency,
        latency_quantiles: _,
        loss,
        duplicate,
        reorder,
        reorder_delay,
        notice,
        slow_by: _,
        burst,
        replay,
        replay_delay,
        damage,
        truncate,
        bandwidth: _,
        queue: _,
    } = *network;
    let open = |chance: Ppm| chance != Ppm::NEVER && chance != Ppm::ALWAYS;
    let wide = |range: SpanRange| range.min() != range.max();
    let reorders = reorder != Ppm::NEVER && wide(reorder_delay);
    let bursts = burst.is_some_and(|burst| {
        [burst.begins, burst.ends, burst.bad_loss, burst.good_loss].into_iter().any(open)
    });
    let replays = replay != Ppm::NEVER && wide(replay_delay);
    let damages = damage != Ppm::NEVER || truncate != Ppm::NEVER;
    bursts
        || replays
        || open(replay)
        || damages
        || open(loss)
        || open(duplicate)
        || open(reorder)
        || wide(latency)
        || wide(notice)
        || reorders
}
