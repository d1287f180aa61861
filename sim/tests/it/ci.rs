//! What CI systems are told: JUnit's XML, annotations and summaries of GitHub, and which scenarios `cosim test` plays.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const HELLO: &str = r#"{ "version": 1, "about": "Alice greets her server.", "nodes": { "alice": {}, "server": {} },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "greeting" } }] }"#;

/// A folder with one scenario that holds, and others.
struct Folder(TempDir);

impl Folder {
    fn with(scenarios: &[(&str, String)]) -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        folder.write("scenarios/hello.json", HELLO);
        for (name, text) in scenarios {
            folder.write(&format!("scenarios/{name}.json"), text);
        }
        folder
    }

    /// With one that holds, one of which seed 1 fails, one that is no scenario, and one that fails with every seed.
    fn mixed() -> Folder {
        let folder = Folder::with(&[
            ("deep/forgetful", forgetful()),
            ("bad", "{ \"version\": 1,\n  \"abuot\": 1 }".to_owned()),
            ("unmet", unmet()),
        ]);
        folder.cosim(&["test", "hello", "--update"]);
        folder
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().expect("it has one")).expect("it can be made");
        fs::write(self.path(path), text).expect("it can be written");
    }

    fn cosim(&self, args: &[&str]) -> Said {
        self.cosim_with(args, &[])
    }

    fn cosim_with(&self, args: &[&str], environment: &[(&str, &Path)]) -> Said {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
        command
            .env_remove("GITHUB_ACTIONS")
            .env_remove("GITHUB_STEP_SUMMARY")
            .envs(environment.iter().copied());
        let output = command.current_dir(self.0.path()).args(args).output().expect("it runs");
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
        Said { code: output.status.code().expect("an exit code"), out, err }
    }
}

/// The exit code, what is printed, and what is said beside it.
#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn forgetful() -> String {
    HELLO
        .replace("\"alice\": {}", "\"alice\": { \"mutations\": [\"never-retransmit\"] }")
        .replace("\"links\"", "\"network\": { \"loss\": \"30%\" }, \"links\"")
}

fn unmet() -> String {
    HELLO.replace("\"timeline\"", "\n  \"expect\": { \"messages_max\": 1 },\n  \"timeline\"")
}

#[test]
fn other_readers_of_junit_read_ours() {
    let said = Folder::mixed().cosim(&["test", "--format", "junit"]);
    assert_eq!(said.code, 2, "{}", said.err);
    let suites = junit_parser::from_reader(said.out.as_bytes()).expect("it is JUnit");
    assert_eq!((suites.tests, suites.failures, suites.errors), (4, 2, 1));
    let cases = &suites.suites[0].cases;
    let names: Vec<_> =
        cases.iter().map(|case| (case.classname.as_deref(), case.original_name.as_str())).collect();
    let [flat, deep] = [Some("scenarios"), Some("scenarios.deep")];
    assert_eq!(names, [(flat, "bad"), (deep, "forgetful"), (flat, "hello"), (flat, "unmet")]);
    assert!(cases[0].status.is_error() && cases[1].status.is_failure() && cases[2].status.is_success());
    let failure = cases[1].status.failure_as_ref();
    assert_eq!(failure.failure_type, "not live");
    assert!(failure.message.starts_with("timely: alice has let a deadline pass"), "{}", failure.message);
    for word in [
        "seed  1",
        "key   timely",
        "cosim run scenarios/deep/forgetful.json --seed 1",
        "cut down to its causes",
    ] {
        assert!(failure.text.contains(word), "{word} in {}", failure.text);
    }
    // And as XML, without what XML has no words for.
    let xml = roxmltree::Document::parse(&said.out).expect("it is XML");
    let all = xml.descendants().filter(|node| node.has_tag_name("testcase"));
    assert!(all.clone().all(|case| case.attribute("classname").is_some_and(|class| !class.is_empty())));
    assert_eq!(all.count(), 4);
    assert!(said.out.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_scenario_that_is_swept_twice_has_two_names() {
    let folder = Folder::mixed();
    let args =
        ["sweep", "scenarios/hello.json", "scenarios/hello.json", "--seeds", "0..2", "--format", "junit"];
    let said = folder.cosim(&args);
    let suites = junit_parser::from_reader(said.out.as_bytes()).expect("it is JUnit");
    let names: Vec<_> = suites.suites[0].cases.iter().map(|case| case.original_name.as_str()).collect();
    assert_eq!((said.code, names), (0, vec!["hello", "hello (2)"]));
}

#[test]
fn sweeps_and_runs_say_which_seed_fails() {
    let folder = Folder::mixed();
    let file = "scenarios/deep/forgetful.json";
    for args in [
        ["sweep", file, "--seeds", "0..9", "--format", "junit"],
        ["run", file, "--seeds", "0..9", "--format", "junit"],
    ] {
        let said = folder.cosim(&args);
        assert_eq!(said.code, 3, "{}", said.err);
        let suites = junit_parser::from_reader(said.out.as_bytes()).expect("it is JUnit");
        let failure = suites.suites[0].cases[0].status.failure_as_ref();
        assert!(failure.message.contains("of 9 runs failed"), "{}", failure.message);
        assert!(
            failure.text.contains("again cosim run scenarios/deep/forgetful.json --seed "),
            "{}",
            failure.text
        );
    }
    let json = folder.cosim(&["test", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!((&json["passed"], &json["failed"]), (&1.into(), &3.into()));
    assert_eq!(json["scenarios"][1]["seed"], 1);
}

/// Two scenarios that fail by the same keys: each has a seed, a command and its own counts.
#[test]
fn every_scenario_that_fails_has_its_first_seed() {
    let folder = Folder::with(&[("a", forgetful()), ("b", forgetful())]);
    let files = ["scenarios/a.json", "scenarios/b.json"];
    let said = folder.cosim(&["sweep", files[0], files[1], "--seeds", "0..9", "--format", "junit"]);
    let suites = junit_parser::from_reader(said.out.as_bytes()).expect("it is JUnit");
    for (case, file) in suites.suites[0].cases.iter().zip(files) {
        let failure = case.status.failure_as_ref();
        assert!(failure.message.contains(" of 9 runs failed: "), "{}", failure.message);
        let again =
            failure.text.lines().find_map(|line| line.strip_prefix("again cosim ")).expect("a command");
        assert!(again.contains(file), "{again}");
        let code = folder.cosim(&again.split(' ').collect::<Vec<_>>()).code;
        assert!([1, 3].contains(&code), "{again}");
    }
}

#[test]
fn github_is_told_on_stderr_and_in_its_summary() {
    let folder = Folder::mixed();
    let [plain, told] = [
        &[][..],
        &[("GITHUB_ACTIONS", Path::new("true")), ("GITHUB_STEP_SUMMARY", &folder.path("summary.md"))],
    ]
    .map(|environment| folder.cosim_with(&["test"], environment));
    assert_eq!((plain.out, plain.code), (told.out, told.code), "what is printed stays");
    let errors: Vec<&str> = told.err.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(errors.len(), 3);
    assert!(errors[0].starts_with("::error file=scenarios/bad.json,line="), "the worst first: {}", errors[0]);
    assert!(
        errors[1].starts_with("::error file=scenarios/unmet.json,line=4,title=violated%3A unmet::"),
        "{}",
        errors[1]
    );
    assert!(errors[2].contains("%0Acosim run scenarios/deep/forgetful.json --seed 1"), "{}", errors[2]);
    let summary = fs::read_to_string(folder.path("summary.md")).expect("it was written");
    for word in [
        "### cosim test",
        "1 passed, 3 failed",
        "| scenarios/deep/forgetful.json | 1 |",
        "```mermaid\n",
        "cut down to its causes",
    ] {
        assert!(summary.contains(word), "{word} in {summary}");
    }
    // A step may have several commands.
    folder.cosim_with(
        &["test", "hello", "--format", "github"],
        &[("GITHUB_STEP_SUMMARY", &folder.path("summary.md"))],
    );
    let both = fs::read_to_string(folder.path("summary.md")).expect("it is there");
    assert!(both.starts_with(&summary) && both.ends_with("1 passed, 0 failed\n"), "{both}");
}

#[test]
fn of_many_errors_the_last_is_a_count() {
    let many: Vec<(String, String)> = (0..25).map(|number| (format!("unmet-{number:02}"), unmet())).collect();
    let many: Vec<(&str, String)> = many.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let folder = Folder::with(&many);
    let said = folder.cosim_with(
        &["test", "unmet", "--format", "github"],
        &[("GITHUB_STEP_SUMMARY", &folder.path("s.md"))],
    );
    let errors: Vec<&str> = said.err.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!((errors.len(), errors[9]), (10, "::error title=cosim::16 more scenarios failed"));
    let summary = fs::read_to_string(folder.path("s.md")).expect("it was written");
    assert_eq!(summary.lines().filter(|line| line.starts_with("| scenarios/")).count(), 25);
    assert!(summary.len() < 1 << 20);
}

#[test]
fn words_files_and_patterns_say_which_scenarios_are_meant() {
    let folder = Folder::with(&[("deep/hello", HELLO.to_owned()), ("deep/hail", HELLO.to_owned())]);
    assert_eq!(folder.cosim(&["test", "--update"]).code, 0);
    let played = |args: &[&str]| {
        let said = folder.cosim(&[&["test"], args].concat());
        let names = said.out.lines().filter_map(|line| line.strip_prefix("passed    ")).map(str::to_owned);
        (said.code, names.collect::<Vec<_>>())
    };
    let all = ["deep/hail", "deep/hello", "hello"].map(str::to_owned);
    assert_eq!(played(&[]), (0, all.to_vec()));
    assert_eq!(played(&["scenarios", "hello"]), (0, all[1..].to_vec()));
    assert_eq!(played(&["deep/*"]), (0, all[..2].to_vec()));
    assert_eq!(played(&["scenarios/hello.json"]), (0, all[2..].to_vec()));
    assert_eq!(played(&["hail.json"]), (0, all[..1].to_vec()));
    assert_eq!(
        played(&["scenarios", "scenarios/deep/hail.json", "scenarios/hello.json"]).1,
        [all[0].clone(), all[2].clone()]
    );
    let vain = folder.cosim(&["test", "hullo"]);
    assert_eq!(vain.code, 2);
    assert!(vain.err.contains("no scenario in scenarios is called hullo"), "{}", vain.err);
    // A file elsewhere has its snapshot beside its folder.
    folder.write("stories/new.json", HELLO);
    assert_eq!(folder.cosim(&["test", "stories/new.json", "--update"]).code, 0);
    assert!(folder.path("snapshots/new.snap").is_file());
    // What was not asked for is not stale.
    assert_eq!(folder.cosim(&["test", "hello", "--update"]).code, 0);
    assert!(folder.path("snapshots/deep/hail.snap").is_file());
}

#[test]
fn seeds_are_played_beside_the_snapshot() {
    let folder =
        Folder::with(&[("forgetful", forgetful().replace("\"version\"", "\"seed\": 2, \"version\""))]);
    assert_eq!(folder.cosim(&["test", "--update"]).code, 0, "the seed in the file holds");
    assert_eq!(folder.cosim(&["test", "--seeds", "2..3"]).code, 0);
    let said = folder.cosim(&["test", "--seeds", "0..9"]);
    assert_eq!(said.code, 3);
    let [passed, failed] =
        ["passed    hello", "FAILED    forgetful\n    with seed "].map(|word| said.out.find(word));
    assert!(passed.is_some() && passed < failed, "those that fail come last:\n{}", said.out);
    // Each command that is named shows what was seen, and JUnit names them too.
    let next: Vec<&str> =
        said.out.lines().filter_map(|line| line.trim().strip_prefix("next: cosim ")).collect();
    let [run, why, shrink, test] = next.as_slice() else { panic!("{next:?}") };
    let seed = run.rsplit_once("--seed ").expect("it names the seed").1;
    assert!(
        why.ends_with(&format!("--seed {seed}")) && shrink.contains(&format!("--seed {seed} ")),
        "{next:?}"
    );
    let again = folder.cosim(&run.split(' ').collect::<Vec<_>>());
    assert!(again.code == 3 && again.out.contains("timely"), "{}", again.out);
    assert!(test.contains(" --seeds "), "{test}");
    let again = folder.cosim(&test.split(' ').collect::<Vec<_>>());
    assert_eq!(again.code, 3);
    assert!(said.out.contains(again.out.split_once("\n\n").expect("a tally").0), "{}", again.out);
    let junit = folder.cosim(&["test", "--seeds", "0..9", "--format", "junit"]).out;
    for command in next {
        assert!(junit.contains(command), "{command} in {junit}");
    }
}

fn docs(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ci").join(name);
    fs::read_to_string(path).expect("it is there")
}

/// Plays a script as a CI does, with the binary on its PATH.
fn play(folder: &Folder, script: &str, environment: &[(&str, &str)]) -> Said {
    let binary = assert_cmd::cargo::cargo_bin!("cosim");
    let tools = std::env::var_os("PATH").unwrap_or_default();
    let known = binary.parent().into_iter().map(Path::to_owned).chain(std::env::split_paths(&tools));
    let mut command = Command::new("bash");
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY").envs(environment.iter().copied());
    command.env("PATH", std::env::join_paths(known).expect("a path"));
    let output = command.current_dir(folder.0.path()).args(["-eu", "-c", script]).output().expect("it runs");
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    Said { code: output.status.code().expect("an exit code"), out, err }
}

#[test]
fn the_plain_script_plays_a_strangers_scenarios() {
    let folder = Folder::with(&[]);
    assert_eq!(folder.cosim(&["test", "--update"]).code, 0);
    let holds = play(&folder, &docs("plain.sh"), &[("SEEDS", "5"), ("FIRST", "100")]);
    assert_eq!(holds.code, 0, "{}", holds.err);
    assert!(holds.out.starts_with("seeds 100..105\n"), "{}", holds.out);
    assert!(["junit.xml", "sweep.html"].iter().all(|file| folder.path(file).is_file()));
    folder.write("scenarios/forgetful.json", &forgetful());
    fs::remove_dir_all(folder.path("failures")).expect("it is there");
    assert_ne!(play(&folder, &docs("plain.sh"), &[("SEEDS", "9")]).code, 0);
}

#[test]
fn the_script_for_the_night_fails_for_what_is_new() {
    let folder = Folder::with(&[]);
    let night = || play(&folder, &docs("nightly.sh"), &[("FOR", "1s")]);
    let first = night();
    assert_eq!(first.code, 0, "{}", first.err);
    let next: u64 =
        fs::read_to_string(folder.path("state/next")).expect("kept").trim().parse().expect("a seed");
    assert!(next > 0 && folder.path("state/findings.db").is_file());
    folder.write("scenarios/forgetful.json", &forgetful());
    let second = night();
    assert_eq!(second.code, 1, "{}", second.err);
    assert!(second.out.contains("\nnew  "), "{}", second.out);
    assert!(folder.path(&format!("state/from-{next}")).is_dir(), "it goes on with fresh seeds");
}

/// The lines of a template that call cosim.
fn commands(template: &str) -> Vec<String> {
    let lines = docs(template);
    let lines = lines.lines().map(|line| line.trim().trim_start_matches("- ").trim_start_matches("run: "));
    let lines = lines.map(|line| line.trim_start_matches("[ ! -e findings.db ] || "));
    lines.filter(|line| line.starts_with("cosim ")).map(str::to_owned).collect()
}

#[test]
fn the_commands_of_the_templates_play_a_strangers_scenarios() {
    for template in ["github.yml", "gitlab.yml"] {
        let folder = Folder::with(&[("forgetful", forgetful())]);
        assert_eq!(folder.cosim(&["test", "--update", "hello"]).code, 0);
        let commands = commands(template);
        let count = if template == "github.yml" { 6 } else { 3 };
        assert_eq!(commands.len(), count, "{template} tests, sweeps, merges, and may remember: {commands:?}");
        for shard in ["1", "2", "3", "4"] {
            let sweep = commands[1].replace("20000", "20");
            let environment =
                [("FIRST", "0"), ("SHARD", shard), ("CI_NODE_INDEX", shard), ("CI_NODE_TOTAL", "4")];
            let said = play(&folder, &sweep, &environment);
            assert_eq!(said.code, 0, "{template}, {shard}: {}", said.err);
        }
        let merged = play(&folder, &commands[2], &[]);
        assert_eq!(merged.code, 3, "{template}: {}", merged.err);
        assert_ne!(play(&folder, &commands[0], &[]).code, 0, "{template}: one fails");
        let Some((remember, pages)) = commands[3..].split_first() else { continue };
        let said = play(&folder, remember, &[]);
        assert_eq!(said.code, 1, "{template}: {}", said.err);
        assert!(
            said.out.starts_with("40 runs: ") && said.out.contains("\nnew  "),
            "{template}: {}",
            said.out
        );
        for page in pages {
            let said = play(&folder, page, &[]);
            assert_eq!(said.code, 0, "{template}: {}", said.err);
        }
        assert!(["sweep.html", "findings.html", "smallest"].iter().all(|kept| folder.path(kept).exists()));
    }
}

/// Of two shards one is red: the CI shows it where it fails, with its seed and what to do, and the green one stays quiet.
#[test]
fn a_red_shard_is_shown_where_it_fails() {
    let folder = Folder::with(&[("forgetful", forgetful())]);
    let fails =
        |seed: u64| folder.cosim(&["run", "scenarios/forgetful.json", "--seed", &seed.to_string()]).code == 3;
    // The last of some that hold, and one that fails.
    let red = (1..200).find(|seed| !fails(seed - 1) && fails(*seed)).expect("it fails now and then");
    let seeds = format!("{}..{}", red - 1, red + 1);
    let shown = |part: &str| {
        let summary = folder.path(&format!("{}.md", &part[..1]));
        let environment = [("GITHUB_ACTIONS", Path::new("true")), ("GITHUB_STEP_SUMMARY", summary.as_path())];
        let args =
            ["sweep", "scenarios/hello.json", "scenarios/forgetful.json", "--seeds", &seeds, "--shard", part];
        let said = folder.cosim_with(&args, &environment);
        (said, fs::read_to_string(&summary).expect("it was written"))
    };
    let (green, summary) = shown("1/2");
    assert_eq!((green.code, green.err.contains("::error")), (0, false), "{}", green.err);
    assert_eq!(summary, "### cosim sweep\n\n2 passed, 0 failed\n");
    let (said, summary) = shown("2/2");
    assert_eq!(said.code, 3, "{}", said.err);
    let error = said.err.lines().find(|line| line.starts_with("::error ")).expect("it is told");
    let place = "::error file=scenarios/forgetful.json,line=1,title=not live%3A forgetful::1 of 1 runs failed: timely";
    let again = format!("cosim run scenarios/forgetful.json --seed {red} --crypto fast");
    assert!(error.starts_with(place) && error.ends_with(&format!("%0A{again}")), "{error}");
    assert!(summary.contains("1 passed, 1 failed") && summary.contains(&format!("`{again}`")), "{summary}");
    assert!(summary.contains("```mermaid\nsequenceDiagram"), "{summary}");
    // In words and in the drawing it says what was found.
    assert!(summary.contains("\ntimely: alice ") && summary.contains(" VIOLATED#58; timely"), "{summary}");
}
