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
    const SWEEPS: usize = 60;
    let folder = Folder::new();
    let sweeps = sweeps(&folder, SWEEPS);
    let mut killed = 0;
    for round in 0..30 {
        for file in ["findings.db", "findings.db-journal"] {
            let _ = std::fs::remove_file(folder.path(file));
        }
        // The second goes on where the first was killed.
        let first = kill_at_work(&folder, &sweeps, round, &mut killed);
        let second = kill_at_work(&folder, &sweeps, round + 1, &mut killed);
        let said: Vec<String> = [first, second].concat();
        assert!(stored(&folder) >= said.len() as i64, "round {round}: {said:?} were said to be stored");
        for name in said {
            assert!(has(&folder, &name), "round {round}: {name} was said to be stored, and is not");
        }
    }
    assert!(killed >= 10, "{killed} of 60 were killed at work");
    assert!(store(&folder, &sweeps).wait().is_ok_and(|status| status.success()));
    assert_eq!(stored(&folder), SWEEPS as i64);
}

/// Lets a process store sweeps, and kills it after some of them, at once or a little later: while it stores another, as long
/// as it is not done. Gives what it has said it had stored.
fn kill_at_work(folder: &Folder, sweeps: &[String], round: usize, killed: &mut u32) -> Vec<String> {
    let mut child = store(folder, sweeps);
    let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines().map_while(Result::ok);
    let mut said = lines.filter_map(|line| Some(line.strip_prefix("stored ")?.split(':').next()?.to_owned()));
    let mut stored: Vec<String> = said.by_ref().take(1 + round % 4).collect();
    (0..round * 7 % 50).for_each(|_| std::thread::yield_now());
    child.kill().expect("it can be");
    *killed += u32::from(!child.wait().expect("it ends").success());
    // What it said before it was killed is still in the pipe.
    stored.extend(said);
    stored
}

/// Whether a sweep is stored, by its seeds.
fn has(folder: &Folder, name: &str) -> bool {
    let number = name.trim_start_matches("sweep-").trim_end_matches(".jsonl");
    let first = number.parse::<u64>().expect("a number") * 2;
    let sql = "SELECT count(*) FROM played JOIN sweep ON sweep = sweep.id WHERE first = ?1";
    folder.database().query_row(sql, [first.to_string()], |row| row.get::<_, i64>(0)) == Ok(1)
}
