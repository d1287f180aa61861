//! The command line: what it prints where, how it exits, and that what it says to play again plays again.

use assert_cmd::Command;
use cosim_testbed::oracles::without_guests;
use std::path::Path;
use std::process::Output;

const GOOD: &str = r#"{
  "version": 1,
  "about": "Alice writes to the server.",
  "nodes": { "alice": {}, "server": {} },
  "network": { "latency": "20ms..80ms", "loss": "10%" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "100ms", "edit": { "node": "alice", "id": "notes" } }
  ]
}"#;

fn mutated(node: &str, mutation: &str) -> String {
    let text = GOOD
        .replace(&format!(r#""{node}": {{}}"#), &format!(r#""{node}": {{ "mutations": ["{mutation}"] }}"#));
    assert_ne!(text, GOOD);
    text
}

/// A folder with one file, in which the command is run.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(text: &str) -> Folder {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("story.json"), text).expect("a file in it");
        Folder(folder)
    }

    fn cosim(&self, args: &[&str]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
        command.current_dir(self.0.path()).env_remove("NO_COLOR").args(args);
        command.output().expect("it runs").into()
    }
}

/// What a command told.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Told {
    fn from(output: Output) -> Told {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn fingerprint(out: &str) -> &str {
    let (_, rest) = out.split_once("fingerprint ").expect("a summary has a fingerprint");
    rest.split_whitespace().next().expect("it is not empty")
}

#[test]
fn help_has_examples_and_exit_codes() {
    let told = Folder::with(GOOD).cosim(&["--help"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    for part in ["Examples:", "cosim run ", "Exit codes:", "\n  0 ", "\n  1 ", "\n  2 ", "\n  3 ", "\n  101 "]
    {
        assert!(told.out.contains(part), "{part:?} is missing in\n{}", told.out);
    }
    let widest = told.out.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest <= 110), "it fits a screen");
}

#[test]
fn a_good_run_prints_its_summary() {
    let told = Folder::with(GOOD).cosim(&["run", "story.json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    assert!(told.out.starts_with("Alice writes to the server.\n"), "{}", told.out);
    let held = format!("\n  held: all {} oracles\n", without_guests());
    assert!(told.out.contains(&held), "{}", told.out);
}

const JSON_KEYS: &str =
    "about cosim crypto endedAt figures fingerprint lastChange looks seed unmet verdict violations";
const FIGURES_KEYS: &str = "bytes content correction delivered done duplicated events known knownBytes load lost operations \
    partitioned redundant reordered retransmissions sent skipped timers";

/// What machines read keeps its keys; more may come.
#[test]
fn json_keeps_its_keys() {
    let folder = Folder::with(GOOD);
    let told = folder.cosim(&["run", "story.json", "--json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let json: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let lacks = |value: &serde_json::Value, keys: &'static str| -> Vec<&'static str> {
        keys.split(' ').filter(|key| value.get(key).is_none()).collect()
    };
    assert_eq!(lacks(&json, JSON_KEYS), [""; 0]);
    assert_eq!(lacks(&json["figures"], FIGURES_KEYS), [""; 0]);
    assert_eq!(json["verdict"], "held");

    let told = folder.cosim(&["run", "story.json", "--json", "--states"]);
    let json: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(lacks(&json["states"], "alice server"), [""; 0]);

    let told = folder.cosim(&["run", "story.json", "--json", "--log"]);
    let lines: Vec<serde_json::Value> =
        told.out.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    assert_eq!((&lines[0]["format"], &lines[0]["version"]), (&"cosim-log".into(), &2.into()));
    assert_eq!((&lines[0]["scenario"], &lines[0]["seed"]), (&"story.json".into(), &json["seed"]));
    assert!(lines[1..].iter().all(|line| line["kind"].is_string() && line["at"].is_u64()), "{}", told.out);
}

#[test]
fn seeds_are_a_line_each() {
    let folder = Folder::with(GOOD);
    let told = folder.cosim(&["run", "story.json", "--seeds", "0..5"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let lines: Vec<&str> = told.out.lines().collect();
    assert_eq!(lines.len(), 5, "{}", told.out);
    for (seed, line) in lines.iter().enumerate() {
        let alone = folder.cosim(&["run", "story.json", "--seed", &seed.to_string()]);
        assert!(line.contains(fingerprint(&alone.out)), "seed {seed}: {line}");
    }
}

/// Nothing was played: exit code 2, nothing on stdout, and stderr says what is wrong.
#[track_caller]
fn check_usage(told: &Told, parts: &[&str]) {
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{told:?}");
    for part in parts {
        assert!(told.err.contains(part), "{part:?} is missing in\n{}", told.err);
    }
    assert!(!told.err.contains("panicked"), "{}", told.err);
}

#[test]
fn a_bad_file_says_where_it_is_bad() {
    let folder = Folder::with(GOOD);
    check_usage(&folder.cosim(&["run", "none.json"]), &["error: cannot read none.json", "hint: "]);
    check_usage(&folder.cosim(&["run", "."]), &["error: ", "folder", "hint: "]);
    let check = |text: &str, parts: &[&str]| {
        let folder = Folder::with(text);
        for command in ["run", "check"] {
            check_usage(&folder.cosim(&[command, "story.json"]), parts);
        }
    };
    check("Once upon a time", &["error: ", "story.json:1:1"]);
    check(&GOOD[..GOOD.len() - 2], &["error: ", "story.json:10:"]);
    check(&GOOD.replace("\"edit\"", "\"eidt\""), &["error: ", "story.json:9:22", "edit"]);
    let alise = GOOD.replace(r#""edit": { "node": "alice""#, r#""edit": { "node": "alise""#);
    check(&alise, &["error: ", "story.json:9:40", "alise", "alice"]);
    check(&GOOD.replace("\"10%\"", "\"110%\""), &["error: ", "story.json:5:", "110%"]);
}

#[test]
fn a_folder_is_checked_with_all_that_is_in_it() {
    let folder = Folder::with(GOOD);
    std::fs::create_dir(folder.0.path().join("more")).expect("a folder");
    check_usage(&folder.cosim(&["check", "more"]), &["error: more: there is no scenario in it"]);
    std::fs::write(folder.0.path().join("more/bad.json"), "{").expect("a file");
    let told = folder.cosim(&["check", "."]);
    assert_eq!(told.out, "./story.json: fine\n");
    assert!(
        told.err.contains("more/bad.json:1:") && told.err.contains("1 of 2 files cannot be played"),
        "{}",
        told.err
    );
}

#[test]
fn wrong_usage_says_how_it_is_right() {
    let folder = Folder::with(GOOD);
    let cases: [&[&str]; 4] = [
        &["run"],
        &["play"],
        &["run", "story.json", "--seeds", "5..5"],
        &["run", "story.json", "--seed", "x"],
    ];
    for args in cases {
        check_usage(&folder.cosim(args), &["error: ", "--help"]);
    }
    let told = folder.cosim(&["run", "story.json", "--seeds", "7..3"]);
    check_usage(&told, &["the first number must be smaller"]);
}

/// A run that fails exits with `code`, and ends with a command that gives the same run.
fn check_failure(text: &str, code: i32, key: &str) {
    let folder = Folder::with(text);
    let told = folder.cosim(&["run", "story.json", "--seed", "3"]);
    assert_eq!(told.code, Some(code), "{told:?}");
    assert!(told.out.contains(&format!("key `{key}`")), "{}", told.out);
    assert!(told.out.contains("what may have led to it:\n"), "{}", told.out);
    let again = play_again(&folder, &told);
    assert_eq!(fingerprint(&told.out), fingerprint(&again.out));
    assert_eq!(told, again);

    // Of several seeds, the first that failed is said, and plays again.
    let told = folder.cosim(&["run", "story.json", "--seeds", "3..6"]);
    assert_eq!((told.code, told.out.lines().count()), (Some(code), 3), "{told:?}");
    assert!(told.out.lines().all(|line| line.contains("FAILED") && line.contains(key)), "{}", told.out);
    assert_eq!(play_again(&folder, &told), again);
}

/// Runs the command that a failure ends with.
fn play_again(folder: &Folder, told: &Told) -> Told {
    let (_, command) = told.err.rsplit_once("play it again: ").expect("it says how");
    let words: Vec<&str> = command.lines().next().expect("a line").split_whitespace().collect();
    assert_eq!(words[0], "cosim");
    folder.cosim(&words[1..])
}

#[test]
fn a_violation_exits_with_1_and_plays_again() {
    check_failure(&mutated("server", "ack-without-applying"), 1, "truthful client>server confirmed");
}

#[test]
fn a_liveness_failure_exits_with_3_and_plays_again() {
    let edit = r#""edit": { "node": "alice", "id": "notes" }"#;
    let text =
        mutated("server", "never-unavailable").replace(edit, r#""load": { "node": "alice", "id": "other" }"#);
    check_failure(&text, 3, "timely server>client load");
}

/// What never comes to rest is no success, whichever oracles are asked.
#[test]
fn a_run_without_rest_is_not_live_whatever_was_asked() {
    let edit = r#""edit": { "node": "alice", "id": "notes" }"#;
    let text =
        mutated("server", "never-unavailable").replace(edit, r#""load": { "node": "alice", "id": "other" }"#);
    for asked in [r#""oracles": ["convergence"]"#, r#""oracles": ["prefix", "truthful"]"#] {
        let text = text.replace("\"timeline\"", &format!("\"expect\": {{ {asked} }},\n  \"timeline\""));
        check_failure(&text, 3, "quiescence client>server load");
    }
}

/// A violation that the scenario expects is no failure; that it does not come is one.
#[test]
fn an_expected_violation_counts_as_held() {
    let expecting = |text: &str| {
        text.replace("\"timeline\"", "\"expect\": { \"violation\": \"truthful\" },\n  \"timeline\"")
    };
    let told =
        Folder::with(&expecting(&mutated("server", "ack-without-applying"))).cosim(&["run", "story.json"]);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    let told = Folder::with(&expecting(GOOD)).cosim(&["run", "story.json"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.err.contains("play it again: "), "{told:?}");
}

#[test]
fn a_pipe_gets_no_colours() {
    let wrong = Folder::with(&GOOD.replace("\"edit\"", "\"eidt\""));
    let broken = Folder::with(&mutated("server", "ack-without-applying"));
    for told in [
        wrong.cosim(&["run", "story.json"]),
        wrong.cosim(&["--help"]),
        wrong.cosim(&["run"]),
        broken.cosim(&["run", "story.json", "--log", "--states"]),
    ] {
        assert!(!told.out.contains('\u{1b}') && !told.err.contains('\u{1b}'), "{told:?}");
    }
}

/// Not even where the terminal takes colours.
#[test]
fn no_color_means_none() {
    let wrong = Folder::with(&GOOD.replace("\"edit\"", "\"eidt\""));
    let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
    let command = command.current_dir(wrong.0.path()).env("NO_COLOR", "1").env("TERM", "xterm-256color");
    let told: Told = command.args(["run", "story.json"]).output().expect("it runs").into();
    assert_eq!(told.code, Some(2));
    assert!(!told.err.contains('\u{1b}'), "{told:?}");
}

/// Whoever reads only the start of the output, as `head` does, has found no bug in cosim.
#[test]
fn a_closed_pipe_is_no_panic() {
    let good = Folder::with(GOOD);
    let cases: [&[&str]; 7] = [
        &["run", "story.json"],
        &["run", "story.json", "--log", "--states"],
        &["run", "story.json", "--json"],
        &["run", "story.json", "--json", "--log"],
        &["run", "story.json", "--seeds", "0..3"],
        &["check", "story.json"],
        &["schema"],
    ];
    for args in cases {
        assert_eq!(into_closed_pipe(good.0.path(), args).code, Some(0), "{args:?}");
    }
    let broken = Folder::with(&mutated("server", "ack-without-applying"));
    let told = into_closed_pipe(broken.0.path(), &["run", "story.json"]);
    assert_eq!(told.code, Some(1), "the exit code still tells the verdict: {told:?}");
}

fn into_closed_pipe(folder: &Path, args: &[&str]) -> Told {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cosim"));
    command.current_dir(folder).args(args).stdout(writer).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("it starts");
    let told: Told = child.wait_with_output().expect("it ends").into();
    assert!(!told.err.contains("panicked") && !told.err.contains("error:"), "{args:?}: {told:?}");
    told
}

/// What outcome files carry, so that what two builds found is not taken for one.
#[test]
fn the_version_names_the_commit_and_whether_the_tree_was_clean() {
    let told = Folder::with(GOOD).cosim(&["--version"]);
    let word = told.out.trim().strip_prefix("cosim 0.1.0 (").and_then(|rest| rest.strip_suffix(')'));
    let word = word.unwrap_or_else(|| panic!("{}", told.out));
    let form = regex::Regex::new("^(unknown|[0-9a-f]{12}-(clean|dirty-[0-9a-f]{12}))$").expect("a pattern");
    assert!(form.is_match(word), "{word}");
    let swept = Folder::with(GOOD);
    assert_eq!(swept.cosim(&["sweep", "story.json", "--seeds", "0..3", "--out", "out.jsonl"]).code, Some(0));
    let header = std::fs::read_to_string(swept.0.path().join("out.jsonl")).expect("it was written");
    assert!(
        header.lines().next().is_some_and(|header| header.contains(&format!(r#""build":"{word}""#))),
        "{header}"
    );
}
