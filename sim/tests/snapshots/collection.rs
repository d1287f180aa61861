//! The scenarios of the repository: what they do is what their snapshots say, and they hold on other seeds too.

use cosim::snapshot::{self, SCENARIO, SNAPSHOT};
use cosim_testbed::report;
use cosim_testbed::run::{Options, Verdict, run};
use cosim_testbed::scenario::{Scenario, file, parse};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// The seeds on which every scenario must hold, beside the one in its file.
const SEEDS: u64 = 30;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn names() -> Vec<PathBuf> {
    let names = snapshot::files(&root().join("scenarios"), SCENARIO).unwrap();
    assert!(!names.is_empty());
    names
}

fn text(name: &Path) -> String {
    std::fs::read_to_string(snapshot::path(&root().join("scenarios"), name, SCENARIO)).unwrap()
}

fn scenario(name: &Path) -> Scenario {
    parse(&text(name), &name.display().to_string())
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)))
}

/// Checks each scenario, and says of all of them which failed.
fn for_each(check: impl Fn(&Path)) {
    let names = names();
    let failed: Vec<_> =
        names.iter().filter(|name| catch_unwind(AssertUnwindSafe(|| check(name))).is_err()).collect();
    assert!(failed.is_empty(), "{} of {} scenarios failed: {failed:?}", failed.len(), names.len());
}

#[test]
fn every_scenario_is_what_its_snapshot_says() {
    for_each(|name| {
        let scenario = scenario(name);
        if scenario.has_guests() {
            // It needs more than a Rust toolchain: `sim/tests/guests` plays it.
            return;
        }
        let rendered = report::snapshot(&scenario, &snapshot::play(&scenario));
        let mut settings = insta::Settings::clone_current();
        let folder = Path::new("../../../snapshots").join(name.parent().unwrap());
        settings.set_snapshot_path(folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let file_name = name.file_name().unwrap().to_str().unwrap();
        settings.bind(|| insta::assert_snapshot!(file_name, rendered));

        let kept =
            std::fs::read_to_string(snapshot::path(&root().join("snapshots"), name, SNAPSHOT)).unwrap();
        assert_eq!(
            kept,
            snapshot::file_text(&rendered),
            "insta and `cosim test --update` write the same bytes"
        );
    });
}

#[test]
fn every_snapshot_has_a_scenario() {
    let snapshots = snapshot::files(&root().join("snapshots"), SNAPSHOT).unwrap();
    let names = names();
    let stale: Vec<_> = snapshots.iter().filter(|name| !names.contains(name)).collect();
    assert!(stale.is_empty(), "no such scenarios: {stale:?}\nremove their snapshots: cosim test --update");
}

/// Words are put together of parts, and `an` goes before a vowel.
#[test]
fn every_snapshot_has_its_articles_right() {
    for_each(|name| {
        let kept =
            std::fs::read_to_string(snapshot::path(&root().join("snapshots"), name, SNAPSHOT)).unwrap();
        let words: Vec<&str> = kept.split_whitespace().collect();
        // Keys are called `a`, too.
        let wrong = words.windows(2).find(|pair| {
            let is_key = ["of", "and", "asks", "is"].contains(&pair[1]);
            pair[0] == "a" && pair[1].starts_with(['a', 'e', 'i', 'o']) && !is_key
        });
        assert_eq!(wrong, None, "{}", name.display());
    });
}

#[test]
fn every_scenario_holds_on_other_seeds() {
    for_each(|name| {
        let scenario = scenario(name);
        if scenario.has_guests() {
            return;
        }
        for seed in 0..SEEDS {
            let outcome = run(&scenario, seed, Options::judged());
            assert_eq!(
                outcome.verdict(),
                Verdict::Held,
                "seed {seed}\n{}",
                report::summary(&scenario, &outcome)
            );
        }
    });
}

#[test]
fn every_scenario_tells_its_story() {
    for_each(|name| {
        let about = scenario(name).about;
        assert!(about.ends_with('.') && about.len() > 40, "a sentence or two: {about}");
    });
}

#[test]
fn every_scenario_is_written_as_cosim_writes_it() {
    for_each(|name| {
        // Templates as they stand, not what they stand for.
        let file: file::Scenario = serde_json::from_str(&text(name)).expect("a scenario file");
        let pretty = file.to_json_pretty();
        assert!(text(name) == pretty, "{} should be written as\n{pretty}", name.display());
    });
}
