//! Commands that teach: what there is, what it means, and a story to begin with. And where what they make goes.

use assert_cmd::Command;
use cosim_core::node::Mutation;
use cosim_testbed::oracles;
use std::path::Path;
use std::process::Output;

fn cosim(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
    command.current_dir(folder).env_remove("NO_COLOR").args(args);
    command.output().expect("it runs")
}

/// What a command prints that must succeed.
#[track_caller]
fn told(folder: &Path, args: &[&str]) -> String {
    let output = cosim(folder, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What a command says that must fail as misused.
#[track_caller]
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = cosim(folder, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn every_template_can_be_played_and_holds_for_many_seeds() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let names = told(folder, &["list", "templates"]);
    let names: Vec<&str> = names.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(names.len() >= 6, "{names:?}");
    for name in names {
        told(folder, &["new", name, "--like", name]);
        let file = format!("{name}.json");
        told(folder, &["check", &file]);
        told(folder, &["run", &file, "--seeds", "0..20"]);
        let again = refused(folder, &["new", name, "--like", name]);
        assert!(again.contains("is there already"), "{again}");
    }
    let unknown = refused(folder, &["new", "other", "--like", "ofline"]);
    assert!(unknown.contains("did you mean `offline`?"), "{unknown}");
}

#[test]
fn what_is_listed_is_explained() {
    let folder = Path::new(".");
    for (what, names) in [
        ("oracles", oracles::ALL.iter().map(|entry| entry.about.name).collect::<Vec<_>>()),
        ("mutations", Mutation::ALL.iter().map(|fault| fault.name()).collect()),
    ] {
        let listed = told(folder, &["list", what]);
        for name in names {
            assert!(listed.lines().any(|line| line == name), "{name} is not listed");
            assert!(told(folder, &["explain", name]).starts_with(name));
        }
    }
}

#[test]
fn rules_and_keys_are_explained() {
    let folder = Path::new(".");
    for number in 1..=15 {
        let text = told(folder, &["explain", "rule", &number.to_string()]);
        assert!(text.starts_with(&format!("rule {number}. ")), "{text}");
        assert!(!text.contains(&format!(" {}. **", number + 1)), "the next rule is another: {text}");
    }
    assert_eq!(told(folder, &["explain", "12"]), told(folder, &["explain", "rule", "12"]));
    let key = told(folder, &["explain", "timely client>server deadline"]);
    assert!(key.contains("a client, for what it does or leaves undone") && key.contains("deadline"), "{key}");
    let said = "confirmed: what a node takes for granted";
    assert!(told(folder, &["explain", "truthful client>server confirmed"]).contains(said));
    assert!(
        told(folder, &["explain", "wipe"])
            .contains("what may happen, in `timeline`. A node stops, loses its disk")
    );
    assert!(told(folder, &["explain", "send-first-reuse"]).contains("a value of Durability"));
    let views = told(folder, &["explain", "expect.views"]);
    assert!(views.contains("a field of Expect. ") && !views.contains("a field of Outcome"), "{views}");
    assert!(told(folder, &["explain", "nodes.clock"]).contains("a field of Node. "));
    assert!(told(folder, &["explain", "timeline.edit"]).contains("what may happen, in `timeline`. "));
    for nonsense in ["bogus.Network.latency", ".views", "expect..views", "nodes.views"] {
        assert!(refused(folder, &["explain", nonsense]).contains("is no oracle"), "{nonsense}");
    }
    for key in ["expectation", "endless", "guest"] {
        assert!(
            told(folder, &["explain", key]).starts_with(&format!("{key}: the key of a failure\n")),
            "{key}"
        );
    }
    assert!(told(folder, &["explain", "schedule"]).starts_with("schedule: a word of cosim\n"));
    assert!(refused(folder, &["explain", "rule", "99"]).contains("rule 15"));
    assert!(refused(folder, &["explain", "no-lost-write"]).contains("did you mean `no_lost_write`?"));
}

#[test]
fn scenarios_are_listed_with_what_they_are_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    told(folder, &["new", "an-app-of-0.7.json"]);
    std::fs::write(folder.join("b.json"), "{}").expect("a file");
    let listed = told(folder, &["list", "scenarios", "."]);
    assert!(listed.contains("./an-app-of-0.7.json\n"), "{listed}");
    assert!(listed.contains("Alice, bob and carol write"), "{listed}");
    assert!(listed.contains("cosim check ./b.json says why"), "{listed}");
}

#[test]
fn a_scenario_may_come_on_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    let text = std::fs::read(folder.join("a.json")).expect("a file");
    let play = |args: &[&str], text: &[u8]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
        command.args(args).write_stdin(text).output().expect("it runs")
    };
    let from_stdin = play(&["run", "-", "--seed", "3"], &text);
    assert!(from_stdin.status.success());
    assert_eq!(String::from_utf8_lossy(&from_stdin.stdout), told(folder, &["run", "a.json", "--seed", "3"]));
    let mistaken = play(&["run", "-"], b"{");
    assert_eq!(mistaken.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&mistaken.stderr).contains("<stdin>"));
}

#[test]
fn a_fault_is_planted_from_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    let text = std::fs::read_to_string(folder.join("a.json")).expect("a file");
    let planted = text.replace("\"alice\": {}", "\"alice\": { \"mutations\": [\"never-retransmit\"] }");
    std::fs::write(folder.join("planted.json"), planted).expect("a file");
    let plant = ["--mutate", "alice=never-retransmit"];
    // The same run as where the file says so, and the commands that are told have it, too.
    let failing = (0..50).map(|seed: u32| seed.to_string()).find(|seed| {
        let output = cosim(folder, &[&["run", "a.json", "--seed", seed], &plant[..]].concat());
        let written = cosim(folder, &["run", "planted.json", "--seed", seed]);
        assert_eq!((output.status.code(), &output.stdout), (written.status.code(), &written.stdout));
        let said = String::from_utf8_lossy(&output.stderr);
        output.status.code() != Some(0) && said.contains("--mutate alice=never-retransmit")
    });
    let seed = failing.expect("a seed that shows it");
    let small =
        cosim(folder, &[&["shrink", "a.json", "--seed", &seed, "-o", "small.json"], &plant[..]].concat());
    assert!(small.status.success());
    let small = std::fs::read_to_string(folder.join("small.json")).expect("it was made");
    assert!(small.contains("\"mutations\": [\"never-retransmit\"]"), "{small}");
    for (args, what) in [
        (["run", "a.json", "--mutate", "alise=never-retransmit"], "did you mean `alice`?"),
        (["run", "a.json", "--mutate", "alice=never-retransmits"], "did you mean `never-retransmit`?"),
        (["run", "a.json", "--mutate", "alice"], "expected a node and a fault"),
    ] {
        assert!(refused(folder, &args).contains(what), "{args:?}");
    }
    let sweep =
        |more: &[&str]| cosim(folder, &[&["sweep", "a.json", "--seeds", "0..50"], &plant[..], more].concat());
    let failed = sweep(&[]);
    assert_eq!(failed.status.code(), Some(3));
    let again = format!("cosim run a.json --seed {seed} --crypto fast --mutate alice=never-retransmit\n");
    assert!(String::from_utf8_lossy(&failed.stdout).contains(&again), "{again}");
    assert!(String::from_utf8_lossy(&failed.stderr).ends_with(&again), "{again}");
    // What is kept knows the file alone.
    let kept = String::from_utf8(sweep(&["--out", "kept.jsonl"]).stderr).expect("text");
    assert!(kept.contains("write it into a copy of the scenario"), "{kept}");
    // A fault that comes to nothing is no proof that the oracles see nothing.
    let idle = cosim(folder, &["sweep", "a.json", "--seeds", "0..5", "--mutate", "alice=ignore-re"]);
    let idle = String::from_utf8(idle.stderr).expect("text");
    assert!(idle.contains("`ignore-re` of alice made no difference in seeds 0..5"), "{idle}");
}

#[test]
fn what_a_command_reads_it_does_not_replace() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    let text = std::fs::read_to_string(folder.join("a.json")).expect("a file");
    for args in [
        &["run", "a.json", "--html", "a.json"][..],
        &["run", "a.json", "--html", "./a.json"],
        &["sweep", "a.json", "--seeds", "0..2", "--html", "a.json"],
        &["sweep", "a.json", "--seeds", "0..2", "--corpus", "kept.jsonl", "--out", "kept.jsonl"],
        &["shrink", "a.json", "-o", "a.json"],
    ] {
        let said = refused(folder, args);
        assert!(said.contains("would be replaced") || said.contains("cannot both be"), "{args:?}: {said}");
        assert_eq!(std::fs::read_to_string(folder.join("a.json")).expect("a file"), text);
    }
    for part in ["1/2", "2/2"] {
        let out = format!("parts/{}.jsonl", &part[..1]);
        std::fs::create_dir_all(folder.join("parts")).expect("a folder");
        told(folder, &["sweep", "a.json", "--seeds", "0..4", "--shard", part, "--out", &out]);
    }
    let part = refused(folder, &["merge", "parts/1.jsonl", "parts/2.jsonl", "-o", "parts/1.jsonl"]);
    assert!(part.contains("would be replaced"), "{part}");
    let unnamed = refused(folder, &["merge", "parts", "-o", "-"]);
    assert!(unnamed.contains("`-` is not taken"), "{unnamed}");
    // What was merged into the folder of the parts is none of them.
    for out in ["parts", "parts", "elsewhere.jsonl"] {
        assert!(told(folder, &["merge", "parts", "-o", out]).starts_with("4 runs: "), "{out}");
    }
}

#[test]
fn what_is_written_is_never_a_file_called_dash() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    for args in [
        &["run", "a.json", "--html", "-"][..],
        &["run", "a.json", "--out", "-"],
        &["sweep", "a.json", "--seeds", "0..2", "--html", "-"],
        &["sweep", "a.json", "--seeds", "0..2", "--out", "-"],
        &["shrink", "a.json", "-o", "-"],
        &["freeze", "a.json", "-o", "-"],
        &["export", "a.json", "--format", "svg", "-o", "-"],
        &["report", "a.json", "-o", "-"],
    ] {
        let said = refused(folder, args);
        assert!(
            said.contains("error: `-` is not taken for what is written\nhint: name a file"),
            "{args:?}: {said}"
        );
        assert!(!folder.join("-").exists(), "{args:?}");
    }
}

#[test]
fn options_that_have_no_effect_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    for args in [
        &["run", "a.json", "--seed", "3", "--format", "json"][..],
        &["run", "a.json", "--seed", "3", "--with", "looks"],
        &["run", "a.json", "--seeds", "0..2", "--log"],
        &["run", "a.json", "--seeds", "0..2", "--states"],
        &["run", "a.json", "--seeds", "0..2", "--jobs", "5000"],
    ] {
        assert!(refused(folder, args).contains("error: "), "{args:?}");
    }
    // A name that a shell would take apart is told so that it does not.
    told(folder, &["new", "my story.json"]);
    let failing = ["run", "my story.json", "--seeds", "0..50", "--mutate", "alice=never-retransmit"];
    let said = String::from_utf8(cosim(folder, &failing).stderr).expect("text");
    assert!(said.contains("play it again: cosim run 'my story.json' --seed "), "{said}");
}

#[test]
fn a_command_that_is_not_there_may_be_meant_for_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    assert!(refused(folder, &["a.json"]).contains("did you mean `cosim run a.json`?"));
    assert!(refused(folder, &["rn", "a.json"]).contains("did you mean `cosim run`?"));
    assert!(!refused(folder, &["something-else"]).contains("did you mean"));
}

#[test]
fn who_stays_apart_is_told_how_that_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let text = r#"{
  "version": 1,
  "about": "The server hears nothing any more.",
  "nodes": { "alice": {}, "server": {} },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0s", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "partition": { "between": ["alice", "server"] } },
    { "at": "2s", "edit": { "node": "alice", "id": "notes" } }
  ]
}"#;
    std::fs::write(folder.join("apart.json"), text).expect("a file");
    std::fs::write(
        folder.join("healed.json"),
        text.replace("  \"timeline\"", "  \"heal\": true,\n  \"timeline\""),
    )
    .expect("a file");
    let apart = cosim(folder, &["run", "apart.json"]);
    assert_eq!(apart.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&apart.stderr).contains("`\"heal\": true` ends all of it"));
    told(folder, &["run", "healed.json"]);
}

/// Reads lines until one of them says so.
#[track_caller]
fn read_until(lines: &mut impl Iterator<Item = std::io::Result<String>>, what: &str) {
    assert!(lines.any(|line| line.expect("text").contains(what)), "nobody says: {what}");
}

#[test]
fn a_watched_scenario_is_played_whenever_it_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cosim"));
    command.current_dir(folder).args(["watch", "a.json"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
    let mut watching = command.spawn().expect("it runs");
    let mut lines =
        std::io::BufRead::lines(std::io::BufReader::new(watching.stderr.take().expect("it is there")));
    read_until(&mut lines, "waiting for a.json to change");
    let text = std::fs::read_to_string(folder.join("a.json")).expect("a file");
    std::fs::write(folder.join("a.json"), "{").expect("a file");
    read_until(&mut lines, "error: ");
    read_until(&mut lines, "waiting for a.json to change");
    // As editors do that put a new file in the place of the old one.
    std::fs::write(folder.join("new"), text).expect("a file");
    std::fs::rename(folder.join("new"), folder.join("a.json")).expect("its new name");
    read_until(&mut lines, "waiting for a.json to change");
    watching.kill().expect("it is there");
    watching.wait().expect("it ends");
    assert!(refused(folder, &["watch", "b.json"]).contains("cannot be watched"));
    assert!(refused(folder, &["watch", "."]).contains("it is a folder"));
}

#[test]
fn shells_and_manuals_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for shell in ["bash", "zsh", "fish"] {
        assert!(told(folder, &["completions", shell]).contains("explore"));
    }
    told(folder, &["man", "pages"]);
    let page = std::fs::read_to_string(folder.join("pages/cosim-sweep.1")).expect("a page");
    assert!(page.contains("cosim\\-sweep"), "{page}");
}

#[cfg(unix)]
mod written {
    use super::{cosim, told};
    use std::fs;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::path::Path;

    const MADE: &[&str] = &["freeze", "a.json", "--seed", "3", "-o"];

    fn made(folder: &Path, output: &str) -> std::process::Output {
        cosim(folder, &[MADE, &[output]].concat())
    }

    #[test]
    fn a_link_is_followed_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        told(folder, &["new", "a"]);
        assert!(made(folder, "plain.json").status.success());
        let plain = fs::read(folder.join("plain.json")).expect("it was made");
        fs::create_dir(folder.join("kept")).expect("a folder");
        fs::write(folder.join("kept/target.json"), "old").expect("a file");
        symlink("kept/target.json", folder.join("link.json")).expect("a link");
        symlink("link.json", folder.join("second.json")).expect("a link");
        symlink("kept/not-there.json", folder.join("dangling.json")).expect("a link");
        for (link, target) in [("second.json", "kept/target.json"), ("dangling.json", "kept/not-there.json")]
        {
            assert!(made(folder, link).status.success());
            assert!(fs::symlink_metadata(folder.join(link)).expect("it is there").is_symlink());
            assert_eq!(fs::read(folder.join(target)).expect("it was made"), plain);
        }
        symlink("circle.json", folder.join("circle.json")).expect("a link");
        assert_eq!(made(folder, "circle.json").status.code(), Some(2));
    }

    #[test]
    fn a_file_keeps_its_mode() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        told(folder, &["new", "a"]);
        let path = folder.join("mine.json");
        fs::write(&path, "old").expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("its mode");
        assert!(made(folder, "mine.json").status.success());
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_device_that_is_full_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        told(folder.path(), &["new", "a"]);
        let output = made(folder.path(), "/dev/full");
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("/dev/full") && said.contains("No space left"), "{said}");
        assert!(fs::metadata("/dev/full").expect("it is there").file_type().is_char_device());
    }

    #[test]
    fn a_pipe_gets_what_is_made_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        told(folder, &["new", "a"]);
        assert!(made(folder, "plain.json").status.success());
        let pipe = folder.join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("it runs").success());
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read(pipe).expect("something comes"))
        };
        assert!(made(folder, "pipe").status.success());
        let read = reader.join().expect("it ends");
        assert_eq!(read, fs::read(folder.join("plain.json")).expect("it was made"));
        assert!(fs::metadata(&pipe).expect("it is there").file_type().is_fifo());
    }
}

/// Whatever a command writes, it never takes the place of what the command reads, be it by a link.
#[test]
fn nothing_that_is_read_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    told(folder, &["new", "b"]);
    let before = std::fs::read(folder.join("a.json")).expect("a file");
    std::os::unix::fs::symlink("a.json", folder.join("link.json")).expect("a link");
    for words in [
        "freeze a.json -o a.json",
        "freeze a.json -o link.json",
        "freeze link.json -o a.json",
        "export a.json --format csv -o a.json",
        "report a.json -o a.json",
        "diff a.json --seeds 1,2 --html a.json",
        "diff b.json a.json --html link.json",
        "why a.json --html a.json",
        "explore a.json --lost 1 -o a.json",
        "shrink a.json -o a.json",
        "shrink a.json -o c.json --html a.json",
        "run a.json --html a.json",
    ] {
        let said = refused(folder, &words.split(' ').collect::<Vec<_>>());
        assert!(said.contains("is read by this command"), "{words}: {said}");
        assert_eq!(std::fs::read(folder.join("a.json")).expect("a file"), before, "{words}");
    }
    let said = refused(folder, &["shrink", "a.json", "-o", "c.json", "--html", "c.json"]);
    assert!(said.contains("-o and --html cannot both be c.json"), "{said}");
    let said = refused(folder, &["shrink", "a.json", "-o", "c.json", "--html", "./c.json"]);
    assert!(said.contains("-o and --html cannot both be ./c.json"), "{said}");
}

/// What is behind `/dev/stdout` has no path of its own, and is written into.
#[test]
fn the_standard_output_can_be_named_by_its_path() {
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/basics/hello.json");
    let output = cosim(Path::new("/"), &["freeze", story.to_str().expect("a name"), "-o", "/dev/stdout"]);
    let out = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success() && out.starts_with("{\n") && out.contains("\"timeline\""), "{out}");
}

/// What a printed command names with a space in it is one word.
#[test]
fn printed_commands_can_be_pasted() {
    let folder = tempfile::tempdir().expect("a folder");
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/known-bugs/64-lost-tail.json");
    std::fs::copy(story, folder.path().join("a b.json")).expect("a file");
    let output = cosim(folder.path(), &["shrink", "a b.json", "-o", "c d.json"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("play it: cosim run 'c d.json'") && said.contains("cosim prove 'c d.json'"),
        "{said}"
    );
}

/// Of what is beside the scenario of a kept failure, nothing is taken for a scenario.
#[test]
fn a_kept_failure_is_one_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    let text = std::fs::read_to_string(folder.join("a.json")).expect("a file");
    let text = text.replacen("\"timeline\"", "\"expect\": { \"messages_max\": 0 }, \"timeline\"", 1);
    std::fs::write(folder.join("a.json"), text).expect("a file");
    let output = cosim(folder, &["run", "a.json", "--out", "kept here"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("kept, and played by: cosim run 'kept here/expectation-seed-1'"), "{said}");
    assert_eq!(told(folder, &["check", "kept here"]), "kept here/expectation-seed-1/scenario.json: fine\n");
    let listed = told(folder, &["list", "scenarios", "kept here"]);
    assert!(listed.contains("scenario.json") && !listed.contains("cannot be played"), "{listed}");
}

#[cfg(unix)]
#[test]
fn a_list_goes_on_past_what_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, &["new", "a"]);
    told(folder, &["new", "z"]);
    std::os::unix::fs::symlink("nowhere", folder.join("m.json")).expect("a link");
    let listed = told(folder, &["list", "scenarios", "."]);
    assert!(listed.contains("./z.json") && listed.contains("cosim check ./m.json says why"), "{listed}");
}
