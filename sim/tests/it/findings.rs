//! `cosim findings`: what is new, ongoing, rare and gone; and that nothing is lost, whoever writes at once and whoever is killed.

mod at_once;

use assert_cmd::Command;
use rusqlite::Connection;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Alice never repeats herself, and one message in twenty is lost.
const FORGETFUL: &str = r#"{ "version": 1, "about": "Alice greets her server, once.",
  "nodes": { "alice": { "mutations": ["never-retransmit"] }, "server": {} }, "network": { "loss": "5%" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "greeting" } }] }"#;

/// What is left of it when her load is lost. The answer may be, too.
const LOST_LOAD: &str = "create; lost: client>server load";

/// A folder with a story that fails now and then.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        folder.write("story.json", FORGETFUL);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("it can be written");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    fn cosim(&self, words: &str) -> Said {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
        command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
        let output =
            command.current_dir(self.0.path()).args(words.split_whitespace()).output().expect("it runs");
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
        Said { code: output.status.code().expect("an exit code"), out, err }
    }

    fn sweep(&self, seeds: &str, name: &str) {
        let said = self.cosim(&format!("sweep story.json --seeds {seeds} --out {name}"));
        assert!([0, 3].contains(&said.code), "{}", said.err);
    }

    /// A sweep as a build would have played it in which alice is mended.
    fn sweep_mended(&self, seeds: &str, name: &str) {
        self.sweep(seeds, "as-it-is.jsonl");
        let header = self.read("as-it-is.jsonl");
        let header = header.lines().next().expect("a header").replace("\"build\":\"", "\"build\":\"mended-");
        self.write("story.json", &mended(FORGETFUL));
        self.sweep(seeds, "mended.jsonl");
        self.write("story.json", FORGETFUL);
        let records = self.read("mended.jsonl");
        let (_, records) = records.split_once('\n').expect("a header");
        let (records, mark) = records.trim_end().rsplit_once('\n').expect("an end mark");
        let before = format!("{header}\n{records}\n");
        let mut mark: Value = serde_json::from_str(mark).expect("JSON");
        let hash = |text: &str| Value::from(blake3::hash(text.as_bytes()).to_hex().to_string());
        (mark["end"]["sweep"], mark["end"]["blake3"]) = (hash(&header), hash(&before));
        self.write(name, &format!("{before}{mark}\n"));
    }

    /// What is said of a load that is lost, and with which exit code. All failures are cut down.
    fn findings(&self, sweep: &str) -> (i32, Value) {
        let said = self.cosim(&format!("findings findings.db {sweep} --shrink 100 --format json"));
        let all: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}", said.err));
        let all = all["findings"].as_array().expect("a list");
        let finding = all.iter().find(|it| it["shape"] == LOST_LOAD);
        (said.code, finding.unwrap_or_else(|| panic!("{all:#?}")).clone())
    }

    fn database(&self) -> Connection {
        Connection::open(self.path("findings.db")).expect("it is a database")
    }
}

/// The exit code, what is printed, and what is said beside it.
#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn mended(text: &str) -> String {
    let mended = text.replace("\"never-retransmit\"", "");
    assert_ne!(mended, text);
    mended
}

#[test]
fn a_finding_is_new_then_ongoing_and_remembers_where_it_was_seen() {
    let folder = Folder::new();
    folder.sweep("0..100", "first.jsonl");
    let (code, new) = folder.findings("first.jsonl");
    assert_eq!((code, new["standing"].as_str()), (1, Some("new")), "{new:#}");
    assert_eq!(
        (new["key"].as_str(), new["open"].as_bool()),
        (Some("timely client>server deadline"), Some(true))
    );
    let failed = folder.read("first.jsonl").matches("\"verdict\":\"liveness\"").count() as u64;
    assert!(new["times"].as_u64().is_some_and(|times| (1..failed).contains(&times)), "{new:#}");
    assert_eq!((new["runs"].as_u64(), new["estimated"].as_bool()), (Some(100), Some(false)));
    assert!(new["first"]["build"].as_str().is_some_and(|build| !build.is_empty()));
    assert_eq!(new["first"]["scenario"], "story.json");
    // Named again, nothing is stored twice, and the answer is the same.
    let again = folder.cosim("findings findings.db first.jsonl");
    assert!(again.err.contains("first.jsonl was stored before"), "{}", again.err);
    assert_eq!((again.code, folder.findings("first.jsonl")), (1, (1, new.clone())));
    folder.sweep("100..300", "second.jsonl");
    let (code, ongoing) = folder.findings("second.jsonl");
    assert_eq!((code, ongoing["standing"].as_str()), (0, Some("ongoing")), "{ongoing:#}");
    assert_eq!((&ongoing["first"], ongoing["runs"].as_u64()), (&new["first"], Some(300)));
    assert!(ongoing["last"]["seed"].as_u64() >= Some(100));
    let text = folder.cosim("findings findings.db second.jsonl").out;
    assert!(text.starts_with("200 runs: 0 new, 3 ongoing, 0 rare, 0 gone\n\nongoing     timely"), "{text}");
}

/// A scenario is known by its path, whatever else is new in its file.
/// Whatever came since, who asks again gets the answer of then; and who names a sweep twice, that of once.
#[test]
fn what_is_asked_again_has_the_same_answer() {
    let folder = Folder::new();
    folder.sweep("0..200", "first.jsonl");
    folder.sweep("200..400", "second.jsonl");
    let ask = |sweeps: &str| folder.cosim(&format!("findings f.db {sweeps}"));
    let first = ask("first.jsonl");
    assert_eq!(ask("first.jsonl first.jsonl").out, first.out);
    let second = ask("second.jsonl");
    let again = ask("first.jsonl");
    assert_eq!(again.out, first.out, "{}", again.err);
    assert!(
        again.err.contains("stored before, and another since: this is what was known then"),
        "{}",
        again.err
    );
    assert_eq!(ask("second.jsonl").out, second.out);
    let none = folder.cosim("findings f.db first.jsonl --shrink 0");
    assert_eq!(none.code, 2, "{}", none.err);
}

#[test]
fn an_edited_scenario_has_the_same_findings_and_what_changed_is_said() {
    let folder = Folder::new();
    folder.sweep("0..100", "first.jsonl");
    folder.findings("first.jsonl");
    let edited =
        FORGETFUL.replace("alice", "alicia").replace("\"5%\"", "\"9%\"").replace(", once", " (edited)");
    folder.write("story.json", &edited);
    folder.sweep("0..100", "second.jsonl");
    let (code, ongoing) = folder.findings("second.jsonl");
    assert_eq!(ongoing["standing"].as_str(), Some("ongoing"), "{ongoing:#}");
    let all = folder.cosim("findings findings.db second.jsonl").out;
    assert_eq!(code, i32::from(all.contains("\nnew ")), "{all}");
    assert_eq!((ongoing["runs"].as_u64(), &ongoing["first"]["seed"]), (Some(200), &ongoing["first"]["seed"]));
    let [changed] = ongoing["changed"].as_array().expect("a list").as_slice() else { panic!("{ongoing:#}") };
    assert_eq!(changed["scenario"], "story.json");
    for what in ["about: ", "network.loss: \"5%\" -> \"9%\"", "nodes.alice is gone; nodes.alicia is new"] {
        assert!(changed["what"].as_str().expect("words").contains(what), "{changed}");
    }
    assert!(all.contains("            changed   story.json, since it was seen last: about: "), "{all}");
    // Swept once more as it is, nothing has changed since.
    folder.sweep("100..200", "third.jsonl");
    assert_eq!(folder.findings("third.jsonl").1["changed"].as_array().map(Vec::len), Some(0));
    // Mended in the file it is gone, and the scenario that was kept still shows it.
    folder.write("story.json", &mended(&edited));
    folder.sweep("0..600", "fourth.jsonl");
    let (_, gone) = folder.findings("fourth.jsonl");
    assert_eq!(
        (gone["standing"].as_str(), gone["replayed"]["result"].as_str()),
        (Some("gone"), Some("reproduces")),
        "{gone:#}"
    );
    assert!(gone["changed"][0]["what"].as_str().is_some_and(|what| what.contains("mutations")), "{gone:#}");
}

/// What an earlier cosim has stored is read on.
#[test]
fn a_database_of_version_1_is_taken_over() {
    let folder = Folder::new();
    folder.sweep("0..100", "first.jsonl");
    folder.findings("first.jsonl");
    let older = "ALTER TABLE scenario DROP COLUMN file; PRAGMA user_version = 1";
    folder.database().execute_batch(older).expect("it can be changed");
    folder.write("story.json", &FORGETFUL.replace("5%", "9%"));
    folder.sweep("0..100", "second.jsonl");
    let (_, ongoing) = folder.findings("second.jsonl");
    assert_eq!(ongoing["standing"].as_str(), Some("ongoing"));
    assert_eq!(ongoing["changed"][0]["what"], "the file, one of whose versions was not kept");
}

#[test]
fn what_is_gone_is_played_again_before_it_counts_as_fixed() {
    let folder = Folder::new();
    folder.sweep("0..100", "first.jsonl");
    folder.findings("first.jsonl");
    folder.sweep_mended("100..102", "few.jsonl");
    let (code, rare) = folder.findings("few.jsonl");
    assert_eq!(
        (code, rare["standing"].as_str(), &rare["replayed"]),
        (0, Some("rare"), &Value::Null),
        "{rare:#}"
    );
    folder.sweep_mended("102..600", "many.jsonl");
    let (code, gone) = folder.findings("many.jsonl");
    assert_eq!((code, gone["standing"].as_str()), (0, Some("gone")), "{gone:#}");
    // This build still has the mistake: that no seed shows it any more is not enough.
    assert_eq!(
        (gone["replayed"]["result"].as_str(), gone["open"].as_bool()),
        (Some("reproduces"), Some(true))
    );
    // A build without it would play a scenario without it.
    let database = folder.database();
    database.execute("DELETE FROM replay", []).expect("it can be changed");
    let file = r#"UPDATE finding SET file = replace(file, '"never-retransmit"', '')"#;
    assert_eq!(database.execute(file, []), Ok(3));
    folder.sweep_mended("600..610", "more.jsonl");
    let (_, fixed) = folder.findings("more.jsonl");
    assert_eq!((fixed["replayed"]["result"].as_str(), fixed["open"].as_bool()), (Some("fixed"), Some(false)));
    let again = folder.cosim("findings findings.db more.jsonl").out;
    assert!(again.starts_with("10 runs: 0 new, 0 ongoing, 0 rare, 3 gone\n\ngone"), "{again}");
    // That it was fixed is said of one sweep.
    folder.sweep_mended("610..620", "later.jsonl");
    let text = folder.cosim("findings findings.db later.jsonl").out;
    assert_eq!(text, "10 runs: 0 new, 0 ongoing, 0 rare, 0 gone\n");
    // When it comes back, it is new.
    folder.sweep("620..820", "back.jsonl");
    let (code, back) = folder.findings("back.jsonl");
    assert_eq!(
        (code, back["standing"].as_str(), back["open"].as_bool()),
        (1, Some("new"), Some(true)),
        "{back:#}"
    );
    assert_eq!(back["backSince"], fixed["replayed"]["build"]);
}

/// A decision that is about a message which never comes says nothing.
#[test]
fn what_never_met_its_message_has_diverged() {
    let folder = Folder::new();
    folder.sweep("0..100", "first.jsonl");
    folder.findings("first.jsonl");
    let file = "UPDATE finding SET file = replace(file, 'server load', 'server done') WHERE shape = ?1";
    assert_eq!(folder.database().execute(file, [LOST_LOAD]), Ok(1));
    folder.sweep_mended("100..600", "many.jsonl");
    let (_, diverged) = folder.findings("many.jsonl");
    assert_eq!(
        (diverged["replayed"]["result"].as_str(), diverged["open"].as_bool()),
        (Some("diverged"), Some(true))
    );
}

#[test]
fn a_known_key_with_a_new_shape_is_new() {
    let folder = Folder::new();
    folder.sweep("0..100", "first.jsonl");
    folder.findings("first.jsonl");
    // The same key, but now it takes a cut and not a loss.
    let cut = FORGETFUL.replace(r#""network": { "loss": "5%" }, "#, "").replace(
        r#""timeline": ["#,
        r#""timeline": [{ "at": "0ms", "partition": { "from": "alice", "to": "server" } },"#,
    );
    folder.write("cut.json", &cut);
    assert_eq!(folder.cosim("sweep cut.json --seeds 0..3 --out cut.jsonl").code, 3);
    let said = folder.cosim("findings findings.db cut.jsonl --format json");
    let all: Value = serde_json::from_str(&said.out).expect("it is JSON");
    let found: Vec<_> = all["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            (it["standing"].as_str().unwrap(), it["key"].as_str().unwrap(), it["shape"].as_str().unwrap())
        })
        .collect();
    let key = "timely client>server deadline";
    assert_eq!((said.code, found[0]), (1, ("new", key, "create, partition")));
    assert!(found[1..].contains(&("not played", key, LOST_LOAD)), "{found:?}");
}

#[test]
fn the_report_has_all_as_text_json_page_and_scenarios() {
    let folder = Folder::new();
    folder.sweep("0..100", "first.jsonl");
    folder.findings("first.jsonl");
    let said = folder.cosim("findings report findings.db --html page.html --out smallest");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with("1 sweep, 100 runs: 3 findings, 3 open\n\nnew         timely"),
        "{}",
        said.out
    );
    let page = folder.read("page.html");
    assert!(page.contains("<title>Findings in findings.db</title>") && page.contains(r#""kind":"findings""#));
    let played = folder.cosim("run smallest/timely-client-server-deadline.json");
    assert_eq!(played.code, 0, "it expects what it shows: {}", played.out);
    assert!(played.out.contains("replay of seed") && played.out.contains("reproduces"), "{}", played.out);
    let json = folder.cosim("findings report findings.db --format json").out;
    let json: Value = serde_json::from_str(&json).expect("it is JSON");
    let small: Value =
        serde_json::from_str(&folder.read("smallest/timely-client-server-deadline.json")).expect("JSON");
    assert_eq!((&json["findings"][0]["smallest"], &json["sweeps"]), (&small, &1.into()));
    assert_eq!(folder.cosim("findings report missing.db").code, 2);
    assert!(!folder.path("missing.db").exists());
}

#[test]
fn what_is_no_database_or_no_sweep_is_refused() {
    let folder = Folder::new();
    folder.sweep("0..3", "sweep.jsonl");
    folder.write("text.db", "This is a text, and long enough to be no database. ".repeat(20).as_str());
    let other = Connection::open(folder.path("other.db")).expect("a database");
    other.execute_batch("CREATE TABLE other (id INTEGER)").expect("a table");
    for (words, what) in [
        ("findings text.db sweep.jsonl", "hint: it is no database"),
        ("findings other.db sweep.jsonl", "other.db is a database of something else"),
        ("findings there/is/none.db sweep.jsonl", "is the path right"),
        ("findings findings.db story.json", "story.json is no file of outcomes"),
        ("findings findings.db missing.jsonl", "cannot read missing.jsonl"),
    ] {
        let said = folder.cosim(words);
        assert!(said.code == 2 && said.err.contains(what), "{words}: {}", said.err);
    }
    // A sweep whose scenario has changed cannot be played again, and none of it is stored.
    folder.sweep("0..100", "failing.jsonl");
    folder.write("story.json", &mended(FORGETFUL));
    let said = folder.cosim("findings new.db failing.jsonl");
    assert!(said.code == 2 && said.err.contains("story.json is not what was swept"), "{}", said.err);
    assert!(folder.cosim("findings report new.db").out.starts_with("0 sweeps, 0 runs: 0 findings"));
}
