//! The guest in `guests/last-writer`, and guests that fail.

use super::{cosim, written};

const BROKEN: &str = "last-writer=python3 guests/last-writer/guest.py";
const FIXED: &str = "last-writer=python3 guests/last-writer/guest.py --fixed";
pub(super) const STORY: &str = "scenarios/guests/last-writer.json";

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn a_sweep_finds_its_mistake_and_shrinking_cuts_it_down() {
    let told = cosim(&["sweep", STORY, "--seeds", "0..300", "--guest", BROKEN, "--json"]);
    assert_eq!(told.code, Some(1), "{}", told.err);
    let summary: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    let failure = &summary["failures"][0];
    assert!(failure["key"].as_str().unwrap().starts_with("convergence "), "{failure}");

    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small.json");
    let small = small.to_str().unwrap();
    let seed = failure["seed"].to_string();
    let told = cosim(&["shrink", STORY, "--seed", &seed, "--guest", BROKEN, "-o", small]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let shrunk: serde_json::Value = serde_json::from_slice(&std::fs::read(small).unwrap()).unwrap();
    assert!(shrunk["timeline"].as_array().unwrap().len() <= 3, "{shrunk:#}");

    let told = cosim(&["run", small, "--guest", BROKEN]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    assert!(told.out.contains("reproduces"), "{}", told.out);
    let told = cosim(&["run", small, "--guest", FIXED]);
    assert!(told.out.contains("fixed: no failure"), "{}", told.out);
}

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn mended_it_holds() {
    let told = cosim(&["sweep", STORY, "--seeds", "0..300", "--guest", FIXED]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
}

/// With processes that have played other stories before, with one and with four at a time.
#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn the_same_bytes_whatever_the_processes_did_before() {
    let outcomes = |jobs: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outcomes.jsonl");
        let path = path.to_str().unwrap();
        let args = ["sweep", STORY, "--seeds", "0..120", "--guest", BROKEN, "--jobs", jobs, "--out", path];
        let told = cosim(&args);
        assert!(told.code.is_some_and(|code| code < 2), "{}", told.err);
        std::fs::read(path).unwrap()
    };
    let alone = outcomes("1");
    assert!(alone.len() > 10_000);
    assert_eq!(outcomes("4"), alone);
    assert_eq!(outcomes("1"), alone);
}

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn what_was_kept_of_it_fails_in_the_same_way() {
    let told = cosim(&["run", "scenarios/guests/ack-of-another.json", "--guest", BROKEN]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    let told = cosim(&["run", "scenarios/guests/ack-of-another.json", "--guest", FIXED]);
    assert_eq!(told.code, Some(1), "{}{}", told.out, told.err);
}

/// A guest that answers a few requests as `last-writer` does, and then not.
const DIES: &str = r#"
import json, sys
for n, line in enumerate(sys.stdin):
    request = json.loads(line)
    if n == 0:
        answer = {"id": request["id"], "protocol": 1, "name": "dies", "version": "1", "speaks": "dies", "can": []}
    elif n > 3:
        sys.stderr.write("no memory left for notes\n")
        sys.exit(7)
    else:
        answer = {"id": request["id"], "due": None}
    print(json.dumps(answer), flush=True)
"#;

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn a_guest_that_dies_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("dies.py");
    std::fs::write(&program, DIES).unwrap();
    let guest = format!("mine=python3 {}", program.display());
    let (_scenario, path) = written(
        r#"{ "version": 1, "about": "Two nodes of a guest that dies.",
  "nodes": { "alice": { "guest": "mine" }, "bob": { "guest": "mine" } },
  "links": [{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } },
    { "at": "1s", "edit": { "node": "alice", "id": "notes" } }] }"#,
    );
    let told = cosim(&["run", &path, "--guest", &guest]);
    assert_eq!(told.code, Some(6), "{}{}", told.out, told.err);
    assert!(told.out.contains("GUEST FAILED: nothing was judged"), "{}", told.out);
    assert!(told.out.contains("no memory left for notes"), "{}", told.out);
    assert!(told.out.contains("try 2"), "it is tried once more\n{}", told.out);
    let told = cosim(&["run", &path, "--guest", &guest, "--log"]);
    assert!(told.out.contains("* the guest ended before it had answered\n"), "{}", told.out);

    let told = cosim(&["sweep", &path, "--seeds", "0..5", "--guest", &guest]);
    assert_eq!(told.code, Some(6), "{}{}", told.out, told.err);
    assert!(told.out.contains("5 runs: 0 held, 5 with a guest that failed"), "{}", told.out);

    let small = folder.path().join("small.json");
    let told = cosim(&["shrink", &path, "--guest", &guest, "-o", small.to_str().unwrap()]);
    assert_eq!(told.code, Some(6), "{}{}", told.out, told.err);
    assert!(told.err.contains("a guest failed"), "{}", told.err);
}

/// A guest that looks around each second, and ends a load after ten of them.
const LOOKS_AROUND: &str = r#"
import json, sys
loads, look = {}, 0
for line in sys.stdin:
    request = json.loads(line)
    node, now = request.get("node"), request.get("now", 0)
    answer = {"id": request["id"]}
    if request["verb"] == "hello":
        answer.update(protocol=1, name="looks-around", version="1", speaks="looks-around", can=["load"])
    elif request["verb"] == "reset":
        loads = {}
    elif request["verb"] == "query":
        answer["subjects"] = {}
    else:
        for operation in request.get("operations", []):
            if operation["op"] == "load":
                loads[node] = now + 10_000_000
        if now >= loads.get(node, now + 1):
            del loads[node]
            answer["notices"] = [{"notice": "loaded", "subject": "notes", "available": False}]
        answer["due"] = now - now % 1_000_000 + 1_000_000
        if "AWAITS" == "awaits":
            answer["awaits"] = loads.get(node)
    print(json.dumps(answer), flush=True)
"#;

/// A timer that only looks around hides none for which something waits, where the guest tells them apart.
#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn what_something_waits_for_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let (_scenario, path) = written(
        r#"{ "version": 1, "about": "A load that ends after ten looks around.",
  "nodes": { "alice": { "guest": "mine" }, "bob": { "guest": "mine" } },
  "links": [{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [{ "at": "1s", "load": { "node": "alice", "id": "notes" } }],
  "expect": { "oracles": ["load_ends", "quiescence"] } }"#,
    );
    for (said, code) in [("awaits", 0), ("nothing", 3)] {
        let program = folder.path().join(format!("{said}.py"));
        std::fs::write(&program, LOOKS_AROUND.replace("AWAITS", said)).unwrap();
        let guest = format!("mine=python3 {}", program.display());
        let told = cosim(&["run", &path, "--guest", &guest]);
        assert_eq!(told.code, Some(code), "{said}: {}{}", told.out, told.err);
    }
}

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn it_keeps_to_the_rules() {
    for guest in ["python3 guests/last-writer/guest.py", "python3 guests/last-writer/guest.py --fixed"] {
        let told = cosim(&["guest", "check", guest]);
        assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    }
}

/// A guest that says it holds what it was asked to make, and denies it afterwards; or that holds what nobody wrote.
const CONTRADICTS: &str = r#"
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    answer = {"id": request["id"], "due": None}
    if request["verb"] == "hello":
        answer.update(protocol=1, name="denies", version="1", speaks="cojson", can=[])
    elif request["verb"] == "app":
        subject = request["operations"][0]["subject"]
        sessions = {"SESSIONS": 3} if "SESSIONS" != "none" else {}
        answer["held"] = {subject: {"header": True, "sessions": sessions}}
    elif request["verb"] == "query":
        answer["subjects"] = {}
    print(json.dumps(answer), flush=True)
"#;

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn a_guest_that_contradicts_itself_has_failed() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("denies.py");
    let guest = format!("mine=python3 {}", program.display());
    let (_scenario, path) = written(
        r#"{ "version": 1, "about": "Alice is a guest that is not to be believed.",
  "nodes": { "alice": { "guest": "mine" } },
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }] }"#,
    );
    let cases =
        [("none", "it says something else than before"), ("somebody_session_z1", "of which 0 were written")];
    for (sessions, says) in cases {
        std::fs::write(&program, CONTRADICTS.replace("SESSIONS", sessions)).unwrap();
        let told = cosim(&["run", &path, "--guest", &guest]);
        assert_eq!(told.code, Some(6), "{}{}", told.out, told.err);
        assert!(told.out.contains(says), "{}", told.out);
    }
}

/// A guest that says hello to its peer and how far the clock of its work goes on, and shows whether it was greeted.
const TALKS: &str = r#"
import json, sys
links, heard = {}, {}  # by node: its connections, and whether its peer has said hello
for line in sys.stdin:
    request = json.loads(line)
    answer, verb, node = {"id": request["id"], "due": None}, request["verb"], request.get("node")
    if verb == "hello":
        answer.update(protocol=1, name="talks", version="1", speaks="talk", can=[])
    elif verb == "reset":
        links, heard = {}, {}
    elif verb == "connect":
        links.setdefault(node, []).append(request["connection"])
        say = {"kind": "hello", "subject": "notes", "work": request.get("work", 0)}
        answer["sent"] = [{"connection": request["connection"], "message": say}]
    elif verb == "disconnect":
        links[node].remove(request["connection"])
    elif verb == "app":
        say = {"kind": "work", "subject": "notes", "work": request.get("work", 0)}
        answer["sent"] = [{"connection": link, "message": say} for link in links.get(node, [])]
    elif verb == "deliver":
        heard[node] = heard.get(node) or request["message"]["kind"] == "hello"
        answer["changed"] = ["notes"]
    elif verb == "query":
        answer["subjects"] = {"notes": {"shown": heard.get(node), "tokens": []}}
    print(json.dumps(answer), flush=True)
"#;

/// Plays a story of alice and bob, two nodes of the guest that talks.
struct Talk {
    folder: tempfile::TempDir,
    guest: String,
}

impl Talk {
    fn new() -> Talk {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("talks.py");
        std::fs::write(&program, TALKS).expect("it is written");
        Talk { guest: format!("mine=python3 {}", program.display()), folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("it is text").to_owned()
    }

    fn story(&self, work: &str, network: &str) -> String {
        let path = self.path("story.json");
        let text = format!(
            r#"{{ "version": 1, "about": "Two nodes that talk.",
  "nodes": {{ "alice": {{ "guest": "mine"{work} }}, "bob": {{ "guest": "mine" }} }},
  "links": [{{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs"{network} }}],
  "timeline": [{{ "at": "5s", "create": {{ "node": "alice", "id": "notes" }} }}] }}"#
        );
        std::fs::write(&path, text).expect("it is written");
        path
    }

    fn run(&self, path: &str, seed: &str) -> serde_json::Value {
        let told = cosim(&["run", path, "--guest", &self.guest, "--seed", seed, "--json"]);
        assert!(told.code.is_some_and(|code| code < 2), "{}{}", told.out, told.err);
        serde_json::from_str(&told.out).expect("it is JSON")
    }
}

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn how_long_work_takes_is_drawn_and_frozen() {
    let talk = Talk::new();
    let usual = talk.run(&talk.story("", ""), "3")["fingerprint"].clone();
    let path = talk.story(r#", "work": "1us..60ms""#, "");
    let drawn = talk.run(&path, "3")["fingerprint"].clone();
    assert_ne!(drawn, usual);
    assert_ne!(talk.run(&path, "4")["fingerprint"], drawn);

    let frozen = talk.path("frozen.json");
    let told = cosim(&["freeze", &path, "--guest", &talk.guest, "--seed", "3", "-o", &frozen]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(talk.run(&frozen, "3")["fingerprint"], drawn);
    let mut file: serde_json::Value = serde_json::from_slice(&std::fs::read(&frozen).unwrap()).unwrap();
    let worked = file["decisions"]["worked"].as_object().unwrap();
    assert!(worked.contains_key("alice works command"), "{worked:?}");
    assert!(!worked.keys().any(|address| address.starts_with("bob")), "{worked:?}");

    file.as_object_mut().unwrap().remove("decisions");
    std::fs::write(&frozen, file.to_string()).unwrap();
    assert_eq!(talk.run(&frozen, "3")["fingerprint"], usual);
}

/// An end that notices late that a connection is there has not missed what the other end said at once.
#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn what_comes_before_a_connection_is_noticed_waits_for_that() {
    let talk = Talk::new();
    let late = r#", "network": { "latency": "10ms", "notice": "0ms..2s" }"#;
    let path = talk.story("", late);
    for seed in 0..10 {
        let run = talk.run(&path, &seed.to_string());
        assert_eq!(run["verdict"], "held", "{run:#}");
        assert_ne!(run["looks"]["convergence"], 0, "{run:#}");
    }
}

/// The guest of the story, on a leash: it holds a pipe open for as long as it lives. It may take its time.
const LEASHED: &str = r#"
import os, runpy, sys, time
leash = os.open(sys.argv[1], os.O_WRONLY)
os.write(leash, b"!")
time.sleep(float(sys.argv[2]))
sys.argv = [sys.argv[3]]
runpy.run_path(sys.argv[0], run_name="__main__")
"#;

/// Ctrl-C, while runs go on and while a guest is busy, leaves no process behind.
#[cfg(unix)]
#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn an_interrupt_leaves_no_guest_behind() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let guest = super::root().join("guests/last-writer/guest.py");
    // A test that was started in the background may have inherited that Ctrl-C is ignored, which a run leaves as it is.
    let commands = [
        ("-INT", "0", ["sweep", STORY, "--seeds", "0..1000000"]),
        ("-TERM", "1", ["run", STORY, "--seed", "1"]),
    ];
    for (signal, pause, command) in commands {
        let folder = tempfile::tempdir().unwrap();
        let [program, leash] = ["leashed.py", "leash"].map(|name| folder.path().join(name));
        std::fs::write(&program, LEASHED).unwrap();
        assert!(Command::new("mkfifo").arg(&leash).status().unwrap().success());
        let [program, leash_text, guest] = [&program, &leash, &guest].map(|path| path.display());
        let said = format!("last-writer=python3 {program} {leash_text} {pause} {guest}");
        let mut host = Command::new(assert_cmd::cargo::cargo_bin!("cosim"))
            .current_dir(super::root())
            .env("HOME", folder.path())
            .args(command)
            .args(["--guest", &said])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut leash = std::fs::File::open(&leash).unwrap();
        leash.read_exact(&mut [0]).expect("a guest has started");
        let sent = Command::new("kill").args([signal, &host.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let ended = host.wait().unwrap();
        assert!(!ended.success(), "{ended}");
        // It has an end when nobody holds it any more.
        leash.read_to_end(&mut Vec::new()).unwrap();
    }
}

/// A guest that holds what it was asked to make, and hands nothing of it on; or says it again to whatever is said.
const KEEPS: &str = r#"
import json, sys
held = {}
for line in sys.stdin:
    request = json.loads(line)
    answer = {"id": request["id"], "due": None}
    if request["verb"] == "hello":
        answer.update(protocol=1, name="keeps", version="1", speaks="cojson", can=[])
    elif request["verb"] == "app":
        made = request["operations"][0]
        held = {made["subject"]: {"header": True, "sessions": {}}}
        answer["held"] = held
    elif request["verb"] == "deliver" and "REPEATS" == "yes":
        content = {"action": "content", "id": made["subject"], "header": made["header"], "priority": 3, "new": {}}
        answer["sent"] = [{"connection": request["connection"], "message": content}]
    elif request["verb"] == "query":
        answer["subjects"] = held
    print(json.dumps(answer), flush=True)
"#;

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn what_a_newcomer_does_not_get_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("keeps.py");
    std::fs::write(&program, KEEPS.replace("REPEATS", "no")).unwrap();
    let guest = format!("mine=python3 {}", program.display());
    let (_scenario, path) = written(
        r#"{ "version": 1, "about": "Alice keeps everything to herself.",
  "nodes": { "alice": { "guest": "mine" } },
  "timeline": [{ "at": "0ms", "create": { "node": "alice", "id": "notes" } }] }"#,
    );
    let told = cosim(&["run", &path, "--guest", &guest]);
    assert_eq!(told.code, Some(1), "{}{}", told.out, told.err);
    let says = "a new client that asks alice for notes does not get all that alice holds";
    assert!(told.out.contains(says), "{}", told.out);
    assert!(told.out.contains("key `convergence node handed-on`"), "{}", told.out);

    std::fs::write(&program, KEEPS.replace("REPEATS", "yes")).unwrap();
    let told = cosim(&["run", &path, "--guest", &guest]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
}

/// A guest that writes twice in one place, with one key, and sends it if it is to; or holds something without what that
/// depends on.
const BREAKS: &str = r#"
import json, sys
held, session, links, writes, made = {}, None, [], 0, {}
for line in sys.stdin:
    request = json.loads(line)
    verb, answer = request["verb"], {"id": request["id"], "due": None}
    if verb == "hello":
        answer.update(protocol=1, name="breaks", version="1", speaks="cojson", can=["disk"])
    elif verb == "make" and request["node"] == "alice":
        session = request["session"]
    elif verb == "connect" and request["node"] == "alice":
        links.append(request["connection"])
    elif verb == "app":
        for operation in request["operations"]:
            subject = operation["subject"]
            if operation["op"] == "create":
                made[subject] = operation["header"]
                if "KEEPS" == "all" or operation["kind"] != "group":
                    held.update({subject: {"header": True, "sessions": {}}})
            else:
                writes += 1
                said = {"privacy": "private", "madeAt": 1, "keyUsed": "key_z1", "encryptedChanges": f"encrypted_U{writes}"}
                wrote = {"subject": subject, "session": session, "after": 0, "transactions": [said]}
                held.update({subject: {"header": True, "sessions": {session: 1}}})
                answer["wrote"] = [wrote]
                new = {session: {"after": 0, "newTransactions": [said], "lastSignature": "signature_z1"}}
                content = {"action": "content", "id": subject, "header": made[subject], "priority": 3, "new": new}
                if "SENDS" == "yes":
                    answer["sent"] = [{"connection": link, "message": content} for link in links]
            answer["held"] = held
    elif verb == "query":
        answer["subjects"] = held if request["node"] == "alice" else {}
    print(json.dumps(answer), flush=True)
"#;

#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn a_guest_that_uses_a_nonce_twice_is_found_and_one_that_holds_half() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("breaks.py");
    let guest = format!("mine=python3 {}", program.display());
    let play = |keeps: &str, sends: &str, disk: &str, oracle: &str| {
        std::fs::write(&program, BREAKS.replace("KEEPS", keeps).replace("SENDS", sends)).unwrap();
        let (_scenario, path) = written(&format!(
            r#"{{ "version": 1, "about": "Alice is a guest that is not careful.",
  "nodes": {{ "alice": {{ "guest": "mine"{disk} }}, "bob": {{ "guest": "mine" }} }},
  "co_values": {{ "team": {{ "kind": "group", "admin": "alice" }},
    "notes": {{ "kind": "map", "owner": "team", "private": true }} }},
  "links": [{{ "between": ["alice", "bob"], "relationship": "syncAllOurs/syncTheirs" }}],
  "timeline": [{{ "at": "1s", "create": {{ "node": "alice", "id": "team" }} }},
    {{ "at": "1s", "create": {{ "node": "alice", "id": "notes" }} }},
    {{ "at": "2s", "set": {{ "node": "alice", "id": "notes", "key": "a", "value": 1 }} }},
    {{ "at": "3s", "set": {{ "node": "alice", "id": "notes", "key": "a", "value": 2 }} }}],
  "expect": {{ "oracles": ["{oracle}"] }} }}"#
        ));
        let told = cosim(&["run", &path, "--guest", &guest]);
        assert!(told.code.is_some_and(|code| code < 2), "{}{}", told.out, told.err);
        told.out
    };
    let on_disk = r#", "disk": {}"#;
    let again = "`unique_nonce node write`";
    let out = play("all", "no", "", "unique_nonce");
    assert!(out.contains(again), "{out}");
    let out = play("all", "yes", on_disk, "unique_nonce");
    assert!(out.contains("`unique_nonce node content`"), "{out}");
    // Until it is sent, nobody has seen what a crash may have taken.
    let out = play("all", "no", on_disk, "unique_nonce");
    assert!(!out.contains("VIOLATED"), "{out}");

    let out = play("all", "no", "", "dependencies");
    assert!(!out.contains("VIOLATED"), "{out}");
    let out = play("some", "no", "", "dependencies");
    assert!(out.contains("alice shows notes without team, on which it depends"), "{out}");
}
