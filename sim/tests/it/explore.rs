//! `cosim explore` and `cosim prove` from outside: what they print, and how they end. The session in
//! docs/explore.md is played with the rest of the book.

use assert_cmd::Command;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The exit code, what is printed, and what is said beside it.
fn cosim(folder: &Path, args: &str) -> (i32, String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    let output = command.current_dir(folder).args(args.split(' ')).output().expect("it runs");
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    (output.status.code().expect("an exit code"), out, err)
}

/// The story that docs/explore.md shows.
fn forgetful() -> String {
    let text = std::fs::read_to_string(root().join("docs/explore.md")).expect("it is there");
    let (_, rest) = text.split_once("```json\n").expect("it shows one");
    rest.split_once("```").expect("it ends").0.to_owned()
}

#[test]
fn how_it_ends() {
    let root = root();
    let hello = "scenarios/basics/two-writers.json";
    let ends = |args: &str| cosim(&root, args);

    let (code, out, _) = ends(&format!("explore {hello} --lost 1"));
    assert_eq!((code, out.lines().last()), (0, Some("20 schedules: all hold")), "{out}");

    // Three operations of alice's and three of bob's: twenty orders.
    let (code, out, err) = ends(&format!("explore {hello} --free --deviations 0"));
    assert_eq!((code, out.lines().last()), (0, Some("20 schedules: all hold")), "{out}");
    assert!(err.contains("operations in any order"), "{err}");
    let (code, out, _) = ends(&format!("explore {hello} --free --deviations 0 --schedules 10"));
    assert_eq!(code, 7, "{out}");

    let (code, out, _) = ends(&format!("explore {hello} --lost 2 --schedules 50"));
    assert_eq!(code, 7, "{out}");
    assert!(out.contains("NOT WHOLE"), "{out}");

    // No time at all is enough for one window: the same schedules as with that limit, and the same words.
    let (code, by_time, err) = ends(&format!("explore {hello} --lost 2 --time 0s"));
    assert_eq!(code, 7, "{by_time}");
    assert!(err.contains("--time ended it") && err.contains("--schedules 1 plays the same"), "{err}");
    let (code, by_schedules, _) = ends(&format!("explore {hello} --lost 2 --schedules 1"));
    assert_eq!((code, by_schedules), (7, by_time));

    let (code, out, err) = ends(&format!("explore {hello} --lost 2 --memory 2KB"));
    assert_eq!(code, 7, "{out}");
    assert!(out.contains("NOT WHOLE") && err.contains("--memory ended it"), "{out}{err}");

    for bound in ["--time soon", "--memory 0B", "--memory much"] {
        let (code, _, err) = ends(&format!("explore {hello} --lost 1 {bound}"));
        assert_eq!(code, 2, "{err}");
    }

    let (code, _, err) = ends(&format!("explore {hello} --lost 0"));
    assert_eq!(code, 5, "{err}");
    assert!(err.contains("one schedule only"), "{err}");

    let (code, _, err) = ends(&format!("explore {hello} --latencies soon"));
    assert_eq!(code, 2, "{err}");
}

#[test]
fn seeds_that_fail_are_compared_with_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("forgetful.json"), forgetful()).expect("written");
    let why = "why forgetful.json --seed 78 --futures 20 --html why.html --seeds 0..1000";
    let (code, out, err) = cosim(folder.path(), why);
    assert_eq!(code, 0, "{err}");
    let page = std::fs::read_to_string(folder.path().join("why.html")).expect("it was written");
    assert!(page.contains("<svg") && page.contains("timely client&gt;server deadline"), "{page}");
    assert!(out.contains("Of the seeds 0..1000, 422 fail by this key and 578 do not."), "{out}");
    assert!(out.contains("     422 (100 %)       406 ( 70 %)    any lost"), "{out}");
}

#[test]
fn nothing_is_explained_that_does_not_fail() {
    let (code, _, err) = cosim(&root(), "why scenarios/basics/two-writers.json");
    assert_eq!(code, 5, "{err}");
    assert!(err.contains("nothing to explain: it holds"), "{err}");
}

/// Whether the server shows the title depends on whether the one message that brings it comes before alice is gone.
#[test]
fn an_expectation_that_is_not_met_is_explained_as_a_violation_is() {
    let text = r#"{
        "version": 1, "about": "Alice writes a title and goes; the server is to show it.",
        "format": "0.20",
        "nodes": { "alice": {}, "server": {} },
        "co_values": { "doc": { "kind": "map", "owner": "team" }, "team": { "kind": "group", "admin": "alice" } },
        "network": { "latency": "20ms..80ms", "loss": "15%" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0ms", "create": { "node": "alice", "id": "team" } },
            { "at": "1ms", "create": { "node": "alice", "id": "doc" } },
            { "at": "20s", "set": { "node": "alice", "id": "doc", "key": "title", "value": "Plan" } },
            { "at": "20500ms", "disconnect": { "between": ["alice", "server"] } }
        ],
        "expect": { "views": [{ "node": "server", "id": "doc", "shows": { "title": "Plan" } }] }
    }"#;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("title.json"), text).expect("written");
    let (_, out, err) = cosim(folder.path(), "run title.json --seeds 0..100");
    let seed = err.split("title.json --seed ").nth(1).unwrap_or_else(|| panic!("{out}{err}"));
    let seed = seed.split_whitespace().next().expect("a number");
    let why = format!("why title.json --seed {seed} --futures 40 --html why.html");
    let (code, out, err) = cosim(folder.path(), &why);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(": expectation\n") && out.contains("100 %"), "{out}");
    assert!(out.contains("  lost: alice>server content doc set-doc-alice\n"), "{out}");
    assert!(out.contains("          0    0.000s "), "a run begins at its start: {out}");
    let page = std::fs::read_to_string(folder.path().join("why.html")).expect("it was written");
    assert!(page.contains("lost: alice&gt;server content doc set-doc-alice</pre>"), "{page}");
}

/// What is under `expect.unmet` and met fails by nothing that chance has brought about.
#[test]
fn what_is_met_at_last_is_not_explained() {
    let text = r#"{ "version": 1, "about": "Alice sends less than it was thought.", "nodes": { "alice": {}, "server": {} },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }],
        "expect": { "unmet": { "content": [{ "node": "server", "id": "notes", "transactions": 0 }] } } }"#;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("met.json"), text).expect("written");
    let (code, _, err) = cosim(folder.path(), "why met.json");
    assert!(code == 5 && err.contains("what is under expect.unmet is met now"), "{err}");
}

/// Nothing is cut behind the last time that an entry can have.
#[test]
fn a_story_of_a_year_is_explored() {
    let text = r#"{ "version": 1, "about": "Alice writes after a year.", "nodes": { "alice": {}, "server": {} },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [{ "at": "0s", "create": { "node": "alice", "id": "notes" } },
            { "at": "366d", "edit": { "node": "alice", "id": "notes" } }] }"#;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("year.json"), text).expect("written");
    let (code, out, err) = cosim(folder.path(), "explore year.json --cuts 1");
    assert!(code == 0 && out.contains("all hold"), "{out}{err}");
}

/// The first schedule that fails is a scenario like any other, and fails by the same key, be it by a cut or a crash.
#[test]
fn what_fails_is_written_and_plays_again() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, budget) in [
        ("37-rapid-reconnects", "--late 1 --latencies 200ms"),
        ("37-rapid-reconnects", "--duplicated 1 --cuts 1"),
        ("43-dependency-not-requested", "--lost 1"),
        ("57-shown-before-its-group", "--crashes 1 --lost 1"),
    ] {
        let text = std::fs::read_to_string(root().join(format!("scenarios/known-bugs/{name}.json")))
            .expect("it is there");
        std::fs::write(folder.path().join("story.json"), text).expect("written");
        let (code, out, err) = cosim(folder.path(), &format!("explore story.json {budget} -o found.json"));
        assert!(code == 1 || code == 3, "{name}: {out}{err}");
        let found = std::fs::read_to_string(folder.path().join("found.json")).expect("it was written");
        let found: serde_json::Value = serde_json::from_str(&found).expect("JSON");
        let key = found["origin"]["key"].as_str().expect("a key").to_owned();
        assert!(out.contains(&key), "{out}");
        let (_, out, err) = cosim(folder.path(), "run found.json");
        assert!(out.contains(&key), "{name} {budget}: {out}{err}");
        assert!(out.contains("reproduces") || err.contains("reproduces"), "{name} {budget}: {out}{err}");
    }
}

/// Over lines that fail once in a thousand messages, no sweep meets the two messages that matter.
#[test]
fn what_a_sweep_does_not_find() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = std::fs::read_to_string(root().join("docs/explore.md")).expect("it is there");
    let (code, out, err) = cosim(&root(), "explore scenarios/faults/rare-faults.json");
    assert_eq!(code, 0, "{out}{err}");
    let (all, _) = out.lines().last().expect("a line").split_once(' ').expect("a number first");
    assert!(told.contains(&format!("all {all} schedules with two deviations hold")), "{out}");
    let story =
        std::fs::read_to_string(root().join("scenarios/faults/rare-faults.json")).expect("it is there");
    for (fault, node, key) in [
        ("ignore-re", "server", "timely server>client deadline"),
        ("gap-proves-nothing", "server", "timely server>client deadline"),
        ("replace-first-hand", "bob", "frugal client>server content"),
    ] {
        let sound = format!(r#""{node}": {{}}"#);
        assert!(story.contains(&sound), "{story}");
        let planted = story.replacen(&sound, &format!(r#""{node}": {{ "mutations": ["{fault}"] }}"#), 1);
        std::fs::write(folder.path().join("story.json"), planted).expect("written");
        let (code, out, err) = cosim(folder.path(), "explore story.json");
        assert!(code == 1 || code == 3, "{fault}: {out}{err}");
        assert!(
            out.contains(&format!("schedules: {key}\n")) && out.contains("2 deviations"),
            "{fault}: {out}"
        );
        let found = out.lines().find_map(|line| line.split_once(" schedules: ")).expect("it fails").0;
        assert!(told.contains(&format!("| fails in schedule {found} | `{key}` |")), "{fault}: {found}");
        let (code, _, err) = cosim(folder.path(), "sweep story.json --seeds 0..1000");
        assert_eq!(code, 0, "{fault}: {err}");
    }
}

/// A server that never says that it has not got something: nobody notices while all load what is there already.
#[test]
fn another_order_shows_what_the_one_in_the_file_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let story =
        std::fs::read_to_string(root().join("scenarios/basics/two-writers.json")).expect("it is there");
    let sound = r#""server": {"#;
    assert!(story.contains(sound), "{story}");
    let story = story.replacen(sound, r#""server": { "mutations": ["never-unavailable"],"#, 1);
    std::fs::write(folder.path().join("story.json"), story).expect("written");
    let (code, out, _) = cosim(folder.path(), "run story.json");
    assert_eq!(code, 0, "{out}");
    let (code, out, err) = cosim(folder.path(), "explore story.json --free --deviations 0 -o found.json");
    assert_eq!(code, 3, "{out}{err}");
    assert!(out.contains("schedules: timely server>client load\n"), "{out}");
    assert!(out.contains("      order: load-notes-bob, edit-notes-alice\n"), "{out}");
    let (_, out, err) = cosim(folder.path(), "run found.json");
    assert!(out.contains("timely server>client load") && (out + &err).contains("reproduces"), "{err}");
}

/// The neighbours of the run of a seed: all that it decided stays, but for what deviates.
#[test]
fn around_the_run_of_a_seed() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    std::fs::write(here.join("forgetful.json"), forgetful()).expect("it can be written");
    let explore = "explore forgetful.json --around --lost 1";

    let (_, out, err) = cosim(here, &format!("{explore} --seed 1 -o near.json"));
    assert!(out.contains("timely client>server deadline\n      lost: alice>server"), "{out}{err}");
    assert!(err.contains("lost 1, harmless 1; from the run of the seed"), "{err}");
    let near = std::fs::read_to_string(here.join("near.json")).expect("it was written");
    assert!(near.contains("\"latencies\"") && near.contains("\"lost\""), "{near}");
    let (_, out, _) = cosim(here, "run near.json");
    assert!(out.contains("timely client>server deadline"), "{out}");

    // It has other neighbours than the quiet run: what it decided may be harmless, too.
    let quiet = cosim(here, "explore forgetful.json --lost 1 --all --seed 1").1;
    let around = cosim(here, &format!("{explore} --all --seed 1")).1;
    let schedules = |out: &str| out.lines().nth(1).map(str::to_owned).expect("a line for one deviation");
    assert_ne!(schedules(&quiet), schedules(&around));

    // One that fails is its own nearest neighbour.
    let (_, out, _) = cosim(here, &format!("{explore} --seed 78"));
    assert!(out.contains("      no deviation"), "{out}");
    let (code, _, err) = cosim(here, &format!("{explore} --free"));
    assert_eq!(code, 2, "{err}");
}

/// The file's own way to its failure passes another one, which is not where exploring ends.
#[test]
fn the_failure_that_a_file_is_of_is_found_behind_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = r#"{
        "version": 1, "about": "The server announces once, and its answers are lost.",
        "nodes": { "alice": {}, "server": { "mutations": ["announce-once"] } },
        "co_values": { "g": { "kind": "group", "admin": "alice" }, "m": { "kind": "map", "owner": "g" } },
        "network": { "latency": "50ms" },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0ms", "name": "create-g-alice", "create": { "node": "alice", "id": "g" } },
            { "at": "0ms", "name": "create-m-alice", "create": { "node": "alice", "id": "m" } },
            { "at": "1s", "name": "set-m-alice", "set": { "node": "alice", "id": "m", "key": "a", "value": null } },
            { "at": "1s", "name": "crash-server", "crash": { "node": "server" } }
        ],
        "expect": { "violation": "timely server>client known" }
    }"#;
    std::fs::write(folder.path().join("answers.json"), file).expect("it can be written");
    let (code, out, err) = cosim(folder.path(), "explore answers.json --lost 2 --all");
    assert_eq!(code, 3, "{out}{err}");
    assert!(out.contains("  timely server>client deadline\n"), "{out}");
    assert!(out.contains("  timely server>client known\n"), "{out}");
    // What is written expects what was found.
    let (_, out, _) = cosim(folder.path(), "explore answers.json --lost 1 -o first.json");
    assert!(out.contains("timely server>client deadline"), "{out}");
    let (code, out, _) = cosim(folder.path(), "run first.json");
    assert!(code == 0 && out.contains("timely server>client deadline"), "{out}");
}

#[test]
fn what_is_no_deviation_no_name_and_no_guest_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("forgetful.json"), forgetful()).expect("it can be written");
    let guest = forgetful().replace("\"server\": {}", "\"server\": { \"guest\": \"mine\" }");
    std::fs::write(folder.path().join("guest.json"), guest).expect("it can be written");
    let ends = |args: &str| cosim(folder.path(), args);
    for (args, what) in [
        (
            "explore forgetful.json --late 1 --latencies 20ms",
            "20ms is not late: without a deviation it takes 20ms",
        ),
        ("explore forgetful.json --noticed 1 --latencies 0ms", "0ms is not late"),
        ("explore forgetful.json --lost -1", "-1 is not in 0..="),
        ("explain timely server", "`timely server` is no key"),
        ("shrink forgetful.json --seed 78 --name ../out", "is no name of a file"),
    ] {
        let (code, out, err) = ends(args);
        assert!(code == 2 && err.contains(what), "{args}: {code} {out}{err}");
    }
    for command in
        ["explore guest.json --lost 1", "shrink guest.json -o s.json", "freeze guest.json -o f.json"]
    {
        let (code, _, err) = ends(&format!("{command} --guest mine=/nonexistent/guest"));
        assert_eq!(code, 6, "{command}: {err}");
        assert!(err.contains("a guest failed, and that is no failure of what it plays"), "{err}");
    }
    assert!(!folder.path().join("f.json").exists());
    // Another failure is not replaced by one of the same name.
    assert_eq!(ends("shrink forgetful.json --seed 78 --name kept").0, 0);
    assert_eq!(ends("shrink forgetful.json --seed 78 --name kept").0, 0);
    let (code, _, err) = ends("shrink scenarios/regressions/kept.json --name kept");
    assert!(code == 2, "{err}");
}

/// Damaged, truncated and replayed messages and slow writes are free, too; and a file that fails as it is is not proven,
/// whatever else holds.
#[test]
fn what_a_file_decides_of_every_kind_is_proven_or_not() {
    let kinds = [
        r#""nodes": { "a": { "mutations": ["refused-for-good"] }, "s": {} }, "network": { "latency": "50ms" }, LINK,
           "timeline": [CREATE, { "at": "0ms", "name": "edit-m-a-2", "edit": { "node": "a", "id": "m" } }],
           "decisions": { "damaged": { "a>s content m edit-m-a-2": 57 } }"#,
        r#""nodes": { "a": { "uploads": "safe" }, "s": { "disk": { "unsynced": "kept" }, "mutations": ["safe-on-receipt"] } },
           "network": { "latency": "50ms" }, LINK,
           "timeline": [CREATE, { "at": "0ms", "name": "edit-x-a", "edit": { "node": "a", "id": "m" } }],
           "decisions": { "writes": { "s writes m edit-x-a": "100ms" } }"#,
    ];
    for story in kinds {
        let text = format!(
            r#"{{ "version": 1, "about": "A failure that was cut down.", "format": "0.20", {story} }}"#
        )
        .replace("LINK", r#""links": [{ "between": ["a", "s"], "relationship": "syncAllOurs/syncTheirs" }]"#)
        .replace("CREATE", r#"{ "at": "0ms", "name": "create-m-a", "create": { "node": "a", "id": "m" } }"#);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("story.json"), &text).expect("it is written");
        let [run, proven, explored] =
            ["run", "prove", "explore"].map(|command| cosim(folder.path(), &format!("{command} story.json")));
        assert!(run.0 != 0, "{}", run.1);
        assert_eq!((run.0, run.0), (proven.0, explored.0), "{}\n{}", proven.1, explored.1);
        assert!(proven.1.contains("these fail"), "{}", proven.1);
    }
    // What lies behind a bound, or is not explored, is played as the file has it.
    let file = "scenarios/regressions/refused-for-good.json";
    let (code, out, _) = cosim(&root(), &format!("prove {file} --schedules 1"));
    assert_eq!(code, 1, "{out}");
    let own = "the schedule of the file itself fails: convergence client>server log\nof 1 other schedule, none fails\n";
    assert!(out.contains(own), "{out}");
    // A fix that only moves the failure is none.
    let text = std::fs::read_to_string(root().join(file)).expect("it is there");
    let moved = text.replace("convergence client>server log", "timely client>server content");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("moved.json"), moved).expect("it is written");
    let (code, out, _) = cosim(folder.path(), "prove moved.json --schedules 1");
    assert!(code == 1 && out.contains(own), "{out}");
}

/// What the network may do from some time on, or in the swarm of a seed, may happen; and what is reordered takes longer
/// than it would, however short that is.
#[test]
fn what_may_happen_is_what_the_file_says_anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let story = |node: &str, fields: &str, timeline: &str| {
        format!(
            r#"{{ "version": 1, "about": "A planted fault.", "nodes": {{ "alice": {{ "mutations": ["{node}"] }}, "server": {{}} }},
            "network": {{ "latency": "50ms" }},
            "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }}], {fields}
            "timeline": [{{ "at": "0s", "name": "create-s-alice", "create": {{ "node": "alice", "id": "s" }} }}, {timeline}] }}"#
        )
    };
    let edit = r#"{ "at": "1s", "edit": { "node": "alice", "id": "s" } }"#;
    let later = format!(r#"{{ "at": "500ms", "network": {{ "damage": "10%" }} }}, {edit}"#);
    let swarm = r#""faults": { "swarm": true, "until": "4s" },"#;
    let reordered = r#""decisions": { "reordered": {
        "alice>server content s edit-s-alice": "10ms", "server>alice correction s create-s-alice": "10ms" } },"#;
    let twice = r#"{ "at": "1s", "name": "edit-s-alice", "edit": { "node": "alice", "id": "s" } },
        { "at": "1001ms", "name": "edit-s-alice-2", "edit": { "node": "alice", "id": "s" } }"#;
    for (name, text, expected) in [
        ("later", story("refused-for-good", "", &later), "damaged 2"),
        ("reordered", story("replace-first-hand", reordered, twice), "reordered 3"),
    ] {
        std::fs::write(folder.path().join(format!("{name}.json")), text).expect("it is written");
        let (code, out, err) = cosim(folder.path(), &format!("explore {name}.json"));
        assert!(code != 0 && err.contains(expected), "{name}: {out}{err}");
    }
    std::fs::write(folder.path().join("swarm.json"), story("refused-for-good", swarm, edit))
        .expect("it is written");
    let said = |seed: u64| cosim(folder.path(), &format!("explore swarm.json --seed {seed} --schedules 2")).2;
    assert!((0..20).map(said).any(|said| said.contains("lost 2")), "some seed takes loss");
}

/// One message may be late and out of order at once, a deviation may move a chapter and what is cut in it, and only what was
/// not written whole is torn.
#[test]
fn no_schedule_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let story = |name: &str, nodes: &str, timeline: &str| {
        let text = format!(
            r#"{{ "version": 1, "about": "A story of a client and its server.",
                "nodes": {{ {nodes} }}, "network": {{ "latency": "20ms" }},
                "links": [{{ "between": ["a", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
                "timeline": [{{ "at": "0s", "create": {{ "node": "a", "id": "x" }} }}, {timeline}] }}"#
        );
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    let explored = |args: &str| cosim(folder.path(), &format!("explore {args}"));

    let again = r#"{ "at": "1s", "edit": { "node": "a", "id": "x" } }, { "at": "1s", "edit": { "node": "a", "id": "x" } },
        { "at": "3s", "disconnect": { "between": ["a", "server"] } }, { "at": "3s", "connect": { "between": ["a", "server"] } }"#;
    story("epochs.json", r#""a": {}, "server": { "mutations": ["ignore-epochs"] }"#, again);
    let (code, out, _) = explored("epochs.json --late 1 --reordered 1 --latencies 1s -o late.json");
    assert_eq!(code, 1, "{out}");
    let written = std::fs::read_to_string(folder.path().join("late.json")).expect("it was written");
    assert_eq!(written.matches("a>server content x edit-x-a\"").count(), 2, "{written}");
    let (code, out, _) = cosim(folder.path(), "prove late.json");
    assert!(code == 1 && out.contains("(the failure of this file)"), "{out}");

    let chapters = r#"{ "after": "quiet", "edit": { "node": "a", "id": "x" } }, { "at": "1s", "edit": { "node": "a", "id": "x" } }"#;
    story("chapters.json", r#""a": {}, "server": {}"#, chapters);
    let (code, out, _) = explored("chapters.json --late 1 --cuts 1 --latencies 60s");
    assert!(code == 0 && out.contains("2 deviations  162 schedules"), "{out}");

    let crashes = r#"{ "at": "1s", "edit": { "node": "a", "id": "x" } }, { "at": "1010ms", "crash": { "node": "a" } },
        { "at": "3s", "crash": { "node": "a" } }"#;
    story("torn.json", r#""a": { "disk": { "latency": "30ms" } }, "server": {}"#, crashes);
    let (code, out, _) = explored("torn.json --unwritten 3");
    // Nothing of the one write that is under way, and its first bytes.
    assert!(code == 0 && out.contains("3 schedules: all hold"), "{out}");
}

/// Whoever interrupts it is told how far it came.
#[test]
fn an_interruption_says_how_far_it_came() {
    let mut explore = std::process::Command::new(assert_cmd::cargo::cargo_bin!("cosim"))
        .args([
            "explore",
            "scenarios/faults/rare-faults.json",
            "--deviations",
            "3",
            "--schedules",
            "1000000000",
        ])
        .current_dir(root())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    // Once it says how many it has played, it is on its way.
    let mut said = std::io::BufReader::new(explore.stderr.take().expect("a pipe"));
    let mut line = String::new();
    while !line.contains("exploring: ") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut said, &mut line).expect("text") > 0, "it ended by itself");
    }
    let process = explore.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &process]).status().expect("kill").success());
    let output = explore.wait_with_output().expect("it ends");
    let out = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(130), "{out}");
    assert!(out.contains("NOT WHOLE: interrupted after "), "{out}");
}
