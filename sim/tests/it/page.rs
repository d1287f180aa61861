//! The page of a run: it is the same for the same run, has all that the log has, and lets nothing in it be markup.

mod several;

use assert_cmd::Command;
use base64ct::{Base64, Encoding};
use cosim_testbed::log::Log;
use cosim_testbed::page::{Contents, Facts, Runs, html, played};
use cosim_testbed::run::Outcome;
use cosim_testbed::scenario::parse_bytes;
use flate2::read::GzDecoder;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

fn run(name: &str) -> (Outcome, Facts) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(name);
    let bytes = std::fs::read(&path).expect("the scenario is there");
    let scenario = parse_bytes(&bytes, name).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    played(&scenario, scenario.seed, name, format!("cosim run {name}"))
}

fn page(name: &str, contents: Contents) -> String {
    let (outcome, facts) = run(name);
    html(&outcome.log.expect("it was asked for"), &facts, contents)
}

/// What stands between two texts, of which the first comes once.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after}")).0
}

fn element(page: &str) -> &str {
    between(page, "<script type=\"application/json\" id=\"data\">", "</script>")
}

/// What a page shows: its first line, its columns and its lines.
struct Data {
    head: Value,
    columns: Vec<(String, Vec<u64>)>,
    lines: Vec<Map<String, Value>>,
    text: String,
}

/// The parts of a page of this kind, unpacked.
fn parts(page: &str, kind: &str) -> Vec<Vec<u8>> {
    let data: Value = serde_json::from_str(element(page)).expect("JSON");
    let is = (&data["format"], &data["version"], &data["kind"]);
    assert_eq!(is, (&"cosim-page".into(), &2.into(), &kind.into()));
    let unpack = |part: &Value| {
        let packed = Base64::decode_vec(part.as_str().expect("a text")).expect("base64");
        let mut bytes = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("gzip");
        bytes
    };
    data["parts"].as_array().expect("a list").iter().map(unpack).collect()
}

fn unpack(page: &str) -> Data {
    let [bytes] = &parts(page, "run")[..] else { panic!("a page of one run has one part") };
    read(bytes)
}

fn read(bytes: &[u8]) -> Data {
    let end = bytes.iter().position(|byte| *byte == b'\n').expect("a first line");
    assert_eq!((end + 1) % 8, 0, "columns begin where numbers of eight bytes may");
    let head: Value = serde_json::from_slice(&bytes[..end]).expect("JSON");
    let entries = head["entries"].as_u64().expect("a number") as usize;
    let (mut at, mut columns) = (end + 1, Vec::<(String, Vec<u64>)>::new());
    for column in head["columns"].as_array().expect("a list") {
        let width = column[1].as_u64().expect("a number") as usize;
        let numbers = bytes[at..at + width * entries].chunks(width);
        let number = |chunk: &[u8]| chunk.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
        columns.push((column[0].as_str().expect("a name").to_owned(), numbers.map(number).collect()));
        at += width * entries;
    }
    let text = String::from_utf8(bytes[at..].to_vec()).expect("text");
    let texts: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let numbers = &columns.iter().find(|(name, _)| name == "text").expect("a column").1;
    let line = |number: &u64| {
        let mut line = texts[*number as usize].as_object().expect("an object").clone();
        if let Some(message) = line.get_mut("message") {
            *message = texts[message.as_u64().expect("a number") as usize].clone();
        }
        line
    };
    let lines = numbers.iter().map(line).collect();
    Data { head, columns, lines, text }
}

impl Data {
    fn column(&self, name: &str) -> &[u64] {
        &self.columns.iter().find(|(known, _)| known == name).expect("a column").1
    }

    /// The name that an entry has a number of.
    fn name(&self, list: &str, column: &str, entry: usize) -> &Value {
        &self.head[list][self.column(column)[entry] as usize]
    }

    /// An entry as the log has it, put together as the page does. What a node waits for is told by its differences.
    fn entry(&self, entry: usize, sent: &mut std::collections::BTreeMap<u64, Value>) -> Value {
        let mut line = self.lines[entry].clone();
        let kind = self.name("kinds", "kind", entry).clone();
        let sum =
            |name: &str| self.column(name)[..=entry].iter().fold(0, |sum: u64, step| sum.wrapping_add(*step));
        line.insert("at".to_owned(), sum("at").into());
        line.insert("event".to_owned(), (sum("event") & 0xffff_ffff).into());
        let is_mail = kind == "sent" || kind == "delivered";
        for (column, usual, of_mail) in [("node", "node", "from"), ("peer", "peer", "to")] {
            let name = self.name("nodes", column, entry);
            if !name.is_null() {
                line.insert(if is_mail { of_mail } else { usual }.to_owned(), name.clone());
            }
        }
        let id = self.name("coValues", "id", entry);
        if !id.is_null() && kind == "looks" {
            line.insert("ids".to_owned(), serde_json::json!([id]));
        } else if !id.is_null() && !is_mail {
            line.insert("id".to_owned(), id.clone());
        }
        let number = self.column("number")[entry];
        if kind == "delivered" {
            let from = sent.get(&number).expect("this log has all that was sent");
            line.insert("sentAt".to_owned(), from["at"].clone());
            line.insert("sentIn".to_owned(), from["event"].clone());
            for field in ["connection", "mail", "message", "n", "re"] {
                line.entry(field).or_insert_with(|| from[field].clone());
            }
        }
        line.insert("kind".to_owned(), kind.clone());
        let line = Value::Object(line);
        if kind == "sent" {
            sent.insert(number, line.clone());
        }
        line
    }
}

#[test]
fn the_same_run_is_the_same_page() {
    let name = "faults/storm.json";
    assert!(page(name, Contents::Shown) == page(name, Contents::Shown), "two pages of one run differ");
}

#[test]
fn a_page_has_all_that_the_log_has() {
    for name in ["faults/storm.json", "storage/crash-storm.json", "network/damaged-contents.json"] {
        let (outcome, facts) = run(name);
        let log = outcome.log.expect("it was asked for");
        let data = unpack(&html(&log, &facts, Contents::Shown));
        let mut bytes = Vec::new();
        log.write_json_lines(&mut bytes).expect("memory");
        let text = String::from_utf8(bytes).expect("text");
        let mut sent = std::collections::BTreeMap::new();
        assert_eq!(text.lines().count(), data.lines.len() + 1, "{name}");
        for (entry, line) in text.lines().skip(1).enumerate() {
            let mut wanted: Value = serde_json::from_str(line).expect("JSON");
            let mut found = data.entry(entry, &mut sent);
            if wanted["kind"] == "state" {
                let waits =
                    |line: &mut Value| line.as_object_mut().and_then(|line| line.remove("waits")).is_some();
                assert_eq!(waits(&mut found), waits(&mut wanted), "{name}: {line}");
            }
            assert_eq!(found, wanted, "{name}");
        }
    }
}

#[test]
fn a_page_of_several_has_its_facts_and_each_run_whole() {
    let mut runs = Runs::default();
    let names = ["basics/hello.json", "faults/storm.json"];
    for (number, name) in names.iter().enumerate() {
        let (outcome, facts) = run(name);
        let log = outcome.log.expect("it was asked for");
        assert_eq!(runs.add(&log, &facts, Contents::Shown), number + 1);
    }
    let page = runs.html("some kind", "<both>", &serde_json::json!({ "about": "</script>" }));
    assert!(page.contains("<title>&lt;both&gt;</title>") && !element(&page).contains('<'));
    let parts = parts(&page, "some kind");
    assert_eq!(parts[0], br#"{"about":"</script>"}"#);
    for (part, name) in parts[1..].iter().zip(names) {
        let alone = unpack(&self::page(name, Contents::Shown));
        let data = read(part);
        assert_eq!((data.head, data.columns, data.lines), (alone.head, alone.columns, alone.lines));
    }
}

#[test]
fn nothing_in_a_page_is_markup() {
    let name = "</script><script>window.hit = 1</script>";
    let log = format!(
        "{}\n{}\n",
        serde_json::json!({ "format": "cosim-log", "version": 2, "cosim": "0.1.0", "scenario": name, "seed": 1 }),
        serde_json::json!({ "kind": "down", "event": 1, "at": 0, "node": name }),
    );
    let log = Log::read_json_lines(log.as_bytes()).expect("a log").log;
    let page = html(&log, &Facts::of_log("0.1.0".to_owned()), Contents::Shown);
    assert!(!page.contains(name) && !element(&page).contains('<'));
    assert!(
        page.contains("<title>&lt;/script&gt;&lt;script&gt;window.hit = 1&lt;/script&gt;, seed 1</title>")
    );
    assert_eq!(unpack(&page).head["nodes"][0], name);
}

/// A browser runs the script and takes the style only if the policy has their hashes.
#[test]
fn the_policy_allows_the_page_itself() {
    let page = page("basics/hello.json", Contents::Shown);
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    let hash = |text: &str| format!("'sha256-{}'", Base64::encode_string(&Sha256::digest(text.as_bytes())));
    let style = between(&page, "<style>", "</style>");
    let script =
        page.split("<script>").last().and_then(|rest| rest.split("</script>").next()).expect("a script");
    assert!(policy.contains(&format!("script-src {};", hash(script))), "{policy}");
    assert!(policy.contains(&format!("style-src {};", hash(style))), "{policy}");
}

#[test]
fn what_apps_wrote_can_be_left_out() {
    let name = "views/removed-member.json";
    let words = ["Oslo", "Lisbon", "pack light", "budget"];
    let shown = unpack(&page(name, Contents::Shown));
    let redacted = unpack(&page(name, Contents::Redacted));
    for word in words {
        assert!(
            shown.text.contains(word) && shown.head.to_string().contains(word),
            "{word} is not there at all"
        );
        assert!(!redacted.text.contains(word), "{word} is in the lines");
        assert!(!redacted.head.to_string().contains(word), "{word} is in what is known of the run");
    }
    assert_eq!(redacted.lines.len(), shown.lines.len());
}

#[test]
fn a_failure_says_what_it_takes() {
    let (_, facts) = run("regressions/relayed-load.json");
    assert_eq!(facts.verdict, Some("held"));
    let (_, facts) = run("known-bugs/36-no-reply.json");
    assert!(!facts.violations.is_empty() && facts.violations.iter().all(|found| !found.rule.is_empty()));
}

#[test]
fn pages_come_from_scenarios_logs_and_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/basics/hello.json");
    let cosim = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosim"));
        command.current_dir(folder.path());
        command
    };
    cosim().arg("report").arg(&scenario).args(["-o", "a.html"]).assert().success();
    cosim().arg("run").arg(&scenario).args(["--html", "b.html"]).assert().success();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("it was written");
    assert!(read("a.html") == read("b.html"), "two ways to one page");
    let log = cosim().arg("run").arg(&scenario).args(["--log", "--json"]).assert().success();
    std::fs::write(folder.path().join("log.jsonl"), &log.get_output().stdout).expect("it can be written");
    cosim().args(["report", "log.jsonl", "-o", "c.html"]).assert().success();
    let played = cosim().args(["report", "log.jsonl", "--seed", "3", "-o", "e.html"]).assert().code(2);
    let says = "--seed says how to play a scenario, but this is the log of a run";
    assert!(String::from_utf8_lossy(&played.get_output().stderr).contains(says));
    let data = unpack(&read("c.html"));
    assert_eq!(data.lines.len(), 13);
    assert_eq!(data.head["tells"]["states"], false);
    std::fs::write(folder.path().join("bad.jsonl"), "{}\n").expect("it can be written");
    let bad = cosim().args(["report", "bad.jsonl", "-o", "d.html"]).assert().code(2);
    let said = String::from_utf8_lossy(&bad.get_output().stderr).into_owned();
    assert!(said.contains("bad.jsonl: line 1: it is no event log") && said.contains("hint:"), "{said}");
    assert!(!folder.path().join("d.html").exists());
}

/// A reader who trusts a run must know what of its story never came to pass.
#[test]
fn what_was_decided_about_nothing_is_told() {
    let text = r#"{ "version": 1, "about": "Alice writes to the server.",
        "nodes": { "alice": {}, "server": {} },
        "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
        "timeline": [
            { "at": "0ms", "create": { "node": "alice", "id": "notes" } },
            { "at": "1s", "edit": { "node": "alice", "id": "notes" } }
        ],
        "decisions": { "lost": ["alice>server content notes edit-notes-alice", "alice>server content notes nothing"] },
        "origin": { "scenario": "story.json", "seed": 1, "cosim": "0.1.0", "key": "expectation", "unmet": "a secret" } }"#;
    let scenario = parse_bytes(text.as_bytes(), "story.json").expect("a good scenario");
    let (outcome, facts) = played(&scenario, 1, "story.json", String::new());
    let log = outcome.log.expect("it was asked for");
    let head = |contents| unpack(&html(&log, &facts, contents)).head["facts"].clone();
    let told = ["lost: alice>server content notes nothing"];
    assert_eq!(facts.unused, told);
    assert_eq!(head(Contents::Shown)["unused"], serde_json::json!(told));
    assert_eq!(head(Contents::Shown)["origin"]["unmet"], "a secret");
    let redacted = head(Contents::Redacted);
    assert_eq!(redacted["origin"]["scenario"], "story.json");
    assert!(!redacted.to_string().contains("secret"), "what was expected is what apps wrote");
}
