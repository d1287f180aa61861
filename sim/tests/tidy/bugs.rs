//! The bug bench: every patch says what it is, and its name and number are its own.

use crate::repository::{File, file, files};
use crate::settle;
use cosim_testbed::oracles::ORACLES;
use std::collections::BTreeSet;

/// How many bugs there are at least.
const BUGS_MIN: usize = 100;

fn patches() -> Vec<File> {
    files("sim/bugs", ".patch")
}

/// What a patch says of itself before the first change.
fn field<'a>(patch: &'a File, name: &str) -> Option<&'a str> {
    let header = patch.text.lines().take_while(|line| !line.starts_with("diff "));
    let mut values = header.filter_map(|line| line.split_once(": ").filter(|(key, _)| *key == name));
    values.next().map(|(_, value)| value).filter(|value| !value.trim().is_empty())
}

/// `sim/bugs/07-name.patch` is number 7 and called `name`. A number has two digits, from 100 on three.
fn number_and_name(patch: &File) -> Option<(u32, &str)> {
    let stem = patch.path.strip_prefix("sim/bugs/")?.strip_suffix(".patch")?;
    let (number, name) = stem.split_once('-')?;
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let value: u32 = number.parse().ok()?;
    (is_plain && number == format!("{value:02}")).then_some((value, name))
}

#[test]
fn there_are_enough_bugs() {
    let count = patches().len();
    assert!(count >= BUGS_MIN, "{count} bugs in sim/bugs; at least {BUGS_MIN} show that the testbed bites");
}

#[test]
fn every_bug_says_what_it_is() {
    let mut complaints = Vec::new();
    for patch in patches() {
        let mut complain = |what: &str| complaints.push(format!("{}: {what}", patch.path));
        match number_and_name(&patch) {
            None => complain("expected NN-name.patch or NNN-name.patch, in lower case"),
            Some((number, _)) if field(&patch, "Number") != Some(number.to_string().as_str()) => {
                complain("`Number:` must be the number in its name");
            }
            Some(_) => {}
        }
        if field(&patch, "Upstream").is_none() {
            complain("`Upstream:` must say where this happened, or `own`");
        }
        if !field(&patch, "Oracle").is_some_and(|oracle| ORACLES.contains(&oracle)) {
            complain("`Oracle:` must name the oracle that is the right one for it");
        }
        if !field(&patch, "What").is_some_and(|what| what.ends_with('.')) {
            complain("`What:` must say in one sentence what is wrong");
        }
        let changed = patch.text.lines().filter_map(|line| line.strip_prefix("+++ b/"));
        let foreign = changed.filter(|path| {
            !path.starts_with("core/src/")
                && ![
                    "sim/world/src/world/disk.rs",
                    "sim/testbed/src/cojson.rs",
                    "sim/testbed/src/oracles/rights.rs",
                ]
                .contains(path)
        });
        for path in foreign {
            complain(&format!(
                "{path} is not where a bug may be: in the core, what stands for its disk, or the oracles' rules of groups"
            ));
        }
    }
    settle(&complaints);
}

#[test]
fn no_two_bugs_share_a_number_or_a_name() {
    let patches = patches();
    let mut seen = BTreeSet::new();
    let mut complaints = Vec::new();
    for (number, name) in patches.iter().filter_map(number_and_name) {
        if !seen.insert(number.to_string()) || !seen.insert(name.to_owned()) {
            complaints.push(format!("{number:02}-{name}: its number or name is another bug's, too"));
        }
    }
    settle(&complaints);
}

/// What is written about the bugs is about all of them.
#[test]
fn the_table_lists_every_bug() {
    let readme = file("sim/bugs/README.md").text;
    let mut complaints = Vec::new();
    for (number, name) in patches().iter().filter_map(number_and_name) {
        let rows = readme.matches(&format!("| {number:02}-{name} |")).count();
        if rows != 2 {
            complaints.push(format!("{number:02}-{name}: in {rows} rows of sim/bugs/README.md, not 2"));
        }
    }
    settle(&complaints);
}
