//! Several processes that write one database at once, and processes that are killed.

use super::Folder;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Sweeps that all hold, each of seeds of its own.
fn sweeps(folder: &Folder, count: usize) -> Vec<String> {
    folder.write("story.json", &super::mended(super::FORGETFUL));
    let name = |number: usize| format!("sweep-{number:02}.jsonl");
    for number in 0..count {
        folder.sweep(&format!("{}..{}", number * 2, number * 2 + 2), &name(number));
    }
    (0..count).map(name).collect()
}

fn store(folder: &Folder, sweeps: &[String]) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    command.current_dir(folder.0.path()).args(["findings", "findings.db"]).args(sweeps);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs")
}

/// How many runs are stored, and that the database is whole.
fn stored(folder: &Folder) -> i64 {
    let database = folder.database();
    let check: String =
        database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it answers");
    assert_eq!(check, "ok");
    database
        .query_row("SELECT count(*) FROM sweep JOIN played ON sweep = sweep.id", [], |row| row.get(0))
        .expect("a count")
}

#[test]
fn several_processes_write_at_once_and_nothing_is_lost() {
    let folder = Folder::new();
    let sweeps = sweeps(&folder, 24);
    // Each has three of its own, and three that another stores at the same time.
    let children: Vec<Child> = (0..8)
        .map(|place| {
            let of = |place: usize| &sweeps[place % 8 * 3..place % 8 * 3 + 3];
            store(&folder, &[of(place), of(place + 1)].concat())
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(stored(&folder), 24);
}

#[test]
fn a_process_that_is_killed_loses_nothing_that_it_said_was_stored() {
    const SWEEPS: usize = 80;
    let folder = Folder::new();
    let sweeps = sweeps(&folder, SWEEPS);
    let mut said: Vec<String> = Vec::new();
    let mut killed = 0;
    for round in 0..1000 {
        let mut child = store(&folder, &sweeps);
        let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        // It is killed after the next that it stores: at once, or a little later, while it stores another.
        let mut lines = lines.map(|line| line.expect("text"));
        let next = lines.find_map(|line| Some(line.strip_prefix("stored ")?.split(':').next()?.to_owned()));
        (0..round % 8 * 10).for_each(|_| std::thread::yield_now());
        child.kill().expect("it can be");
        let status = child.wait().expect("it ends");
        killed += u32::from(!status.success());
        said.extend(next);
        // What else it said before it was killed.
        said.extend(
            lines.filter_map(|line| Some(line.strip_prefix("stored ")?.split(':').next()?.to_owned())),
        );
        let stored = stored(&folder);
        assert!(
            said.len() as i64 <= stored,
            "round {round}: {} were said to be stored, and {stored} are",
            said.len()
        );
        if stored == SWEEPS as i64 {
            break;
        }
    }
    assert!(killed > 10, "{killed} were killed at work");
    // A sweep that was said to be stored twice would have been lost in between.
    said.sort();
    let mut once = said.clone();
    once.dedup();
    assert_eq!(once, said);
    let output = store(&folder, &sweeps).wait_with_output().expect("it ends");
    let again = String::from_utf8_lossy(&output.stderr).into_owned();
    for name in &said {
        assert!(again.contains(&format!("{name} was stored before")), "{name}: {again}");
    }
    assert_eq!(stored(&folder), SWEEPS as i64);
}
