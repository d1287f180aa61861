//! `cosim bisect` on a repository that the test makes. What its commits build is a script that plays with `cosim`, and
//! changes what it plays: one commit plants a fault.

use assert_cmd::Command;
use std::path::Path;
use std::process::Command as Process;

/// Alice's content is lost, and somewhere she ceased to repeat it.
const FAILURE: &str = r#"{
  "version": 1,
  "about": "`timely client>server deadline`, cut down from seed 78 of forgetful.json.",
  "nodes": { "alice": {}, "server": {} },
  "network": { "latency": "50ms" },
  "links": [{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }],
  "timeline": [
    { "at": "0ms", "name": "create-shopping-alice", "create": { "node": "alice", "id": "shopping" } }
  ],
  "decisions": { "lost": ["alice>server content shopping create-shopping-alice"] },
  "expect": { "violation": "timely client>server deadline" },
  "origin": { "scenario": "forgetful.json", "seed": 78, "cosim": "0.1.0", "key": "timely client>server deadline", "oracles": 3 }
}
"#;

fn git(folder: &Path, args: &[&str]) -> String {
    let name =
        ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"];
    let output = Process::new("git").current_dir(folder).args(name).args(args).output().expect("git");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// A commit that builds a script, which changes what it plays by these words of `sed`; `None` where it does not build.
fn commit(folder: &Path, message: &str, sed: Option<&str>, more: &str) -> String {
    let cosim = assert_cmd::cargo::cargo_bin!("cosim").display().to_string();
    let build = match sed {
        None => "echo no such type; exit 1\n".to_owned(),
        Some(sed) => format!(
            "mkdir -p bin\ncat > bin/cosim <<'END'\n#!/bin/sh\nsed '{sed}' \"$2\" > \"$2.changed\"\nfile=\"$2.changed\"\n\
             shift 2\nexec '{cosim}' run \"$file\" {more} \"$@\"\nEND\nchmod +x bin/cosim\n"
        ),
    };
    std::fs::write(folder.join("build.sh"), build).expect("written");
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", message]);
    git(folder, &["rev-parse", "HEAD"])
}

/// What comes of a search in a folder of a repository, where `GIT_DIR` may speak of another.
fn bisected(
    failure: &Path,
    [good, bad]: [&str; 2],
    folder: &Path,
    git_dir: Option<&Path>,
) -> (i32, String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cosim"));
    command.args(["bisect", failure.to_str().expect("a name"), "--good", good, "--bad", bad]);
    command.args(["--build", "sh build.sh", "--binary", "bin/cosim"]).current_dir(folder);
    if let Some(git_dir) = git_dir {
        command.env("GIT_DIR", git_dir);
    }
    let output = command.output().expect("it runs");
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    (output.status.code().expect("a code"), out, err)
}

/// A repository in a folder, and the file that is played beside it.
fn repository(folder: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    let (tree, failure) = (folder.join("tree"), folder.join("failure.json"));
    std::fs::create_dir(&tree).expect("made");
    std::fs::write(&failure, FAILURE).expect("written");
    git(&tree, &["init", "--quiet"]);
    (tree, failure)
}

const FAULT: &str = r#"s/"alice": {}/"alice": { "mutations": ["never-retransmit"] }/"#;

/// A commit whose build leaves nothing is not judged by what another one has built.
#[test]
fn what_another_commit_has_built_is_not_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, failure) = repository(folder.path());
    let good = commit(&tree, "Begin", Some(""), "");
    std::fs::write(tree.join("build.sh"), "exit 0\n").expect("written");
    git(&tree, &["commit", "--quiet", "--all", "--message", "Build elsewhere"]);
    let bad = commit(&tree, "Save a deadline", Some(FAULT), "");
    let (code, out, err) = bisected(&failure, [&good, &bad], &tree, None);
    assert_eq!(code, 0, "{out}{err}");
    assert!(err.contains("Build elsewhere  skipped: the build leaves nothing at bin/cosim"), "{err}");
    assert!(out.starts_with("one of these") && out.contains("Save a deadline"), "{out}");
}

/// It is about the repository of the folder that it is called in, wherever in that, and whatever repository git is at work
/// in.
#[test]
fn the_repository_is_that_of_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, failure) = repository(folder.path());
    let good = commit(&tree, "Begin", Some(""), "");
    let bad = commit(&tree, "Save a deadline", Some(FAULT), "");
    let deeper = tree.join("deeper");
    std::fs::create_dir(&deeper).expect("made");
    let other = tempfile::tempdir().expect("a folder");
    git(other.path(), &["init", "--quiet"]);
    let before = commit(other.path(), "Something else", None, "");
    let (code, out, err) = bisected(&failure, [&good, &bad], &deeper, Some(&other.path().join(".git")));
    assert!(code == 0 && out.starts_with(&format!("commit {bad}\n")), "{out}{err}");
    assert_eq!(git(other.path(), &["rev-parse", "HEAD"]), before);
    assert_eq!(git(other.path(), &["status", "--porcelain"]), "");
    let (code, _, err) = bisected(&failure, [&good, &bad], folder.path(), None);
    assert!(code == 2 && err.contains("is not in a git repository\nhint:"), "{err}");
}

#[test]
fn the_commit_that_brought_a_failure_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, failure) = repository(folder.path());
    let fault = FAULT;
    let good = commit(&tree, "Begin", Some(""), "");
    commit(&tree, "Ask in place of telling", Some(r#"s/"create": {/"load": {/"#), "");
    commit(&tree, "Write a type wrong", None, "");
    commit(&tree, "Speak another grammar", Some(r#"s/"version": 1/"version": 9/"#), "");
    commit(&tree, "Draw in another order", Some(""), "--seed 99");
    let bad = commit(&tree, "Save a deadline\n\nNothing is ever lost.", Some(fault), "--seed 99");
    commit(&tree, "Draw as before", Some(fault), "");
    commit(&tree, "Write a type wrong again", None, "");
    let last = commit(&tree, "Mend the type", Some(fault), "");

    let bisect = |good: &str, last: &str| bisected(&failure, [good, last], &tree, None);
    let (code, out, err) = bisect(&good, &last);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.starts_with(&format!("commit {bad}\n")), "{out}{err}");
    assert!(out.contains("Nothing is ever lost."), "{out}");
    assert!(out.contains("before it, and with it:") && !out.contains("cannot be compared"), "{out}");

    // Before the commit in which draws moved, none can be judged but the first.
    let draws = git(&tree, &["rev-parse", &format!("{bad}~1")]);
    let (code, _, err) = bisect(&good, &draws);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("at this end the file has to fail"), "{err}");
    let (_, out, err) = bisect(&draws, &last);
    assert!(out.starts_with(&format!("commit {bad}\n")), "{out}{err}");

    // All that there is between.
    git(&tree, &["checkout", "--quiet", "--detach", &draws]);
    git(&tree, &["reset", "--quiet", "--hard", &format!("{good}~0")]);
    commit(&tree, "Ask in place of telling", Some(r#"s/"create": {/"load": {/"#), "");
    commit(&tree, "Write a type wrong", None, "");
    commit(&tree, "Speak another grammar", Some(r#"s/"version": 1/"version": 9/"#), "");
    let other = commit(&tree, "Save a deadline", Some(fault), "");
    let (code, out, err) = bisect(&good, &other);
    assert_eq!(code, 0, "{out}{err}");
    for why in ["diverged, without", "does not build", "cannot read the file"] {
        assert!(err.contains(why), "{why}: {err}");
    }
    assert!(
        out.contains("Ask in place") && out.contains("Write a type wrong") && out.contains("Save a deadline"),
        "{out}"
    );
}

/// What a commit is called in the repository counts, also where a clone of it calls another one so.
#[test]
fn names_are_those_of_the_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let (origin, failure) = repository(folder.path());
    let good = commit(&origin, "Begin", Some(""), "");
    let tree = folder.path().join("work");
    git(folder.path(), &["clone", "--quiet", "tree", "work"]);
    let bad = commit(&origin, "Save a deadline", Some(FAULT), "");
    let branch = git(&origin, &["branch", "--show-current"]);
    git(&tree, &["fetch", "--quiet"]);
    // Of a commit that no branch leads to any more, the reflog speaks.
    let gone = commit(&tree, "Save a deadline here", Some(FAULT), "");
    git(&tree, &["reset", "--quiet", "--hard", &good]);
    for (name, found) in [(format!("origin/{branch}"), &bad), (format!("{branch}@{{1}}"), &gone)] {
        let (code, out, err) = bisected(&failure, [&branch, &name], &tree, None);
        assert!(code == 0 && out.starts_with(&format!("commit {found}\n")), "{name}: {out}{err}");
    }
    let (code, _, err) = bisected(&failure, [&branch, "nothing"], &tree, None);
    assert!(code == 2 && err.contains("nothing is no commit of the repository\nhint: git log"), "{err}");
}

/// A good commit of another branch says nothing of the commits behind the fork.
#[test]
fn the_good_commit_is_on_the_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, failure) = repository(folder.path());
    commit(&tree, "Begin", Some(FAULT), "");
    let side = git(&tree, &["rev-parse", "HEAD"]);
    let bad = commit(&tree, "Go on", Some(FAULT), "--seed 99");
    git(&tree, &["checkout", "--quiet", "--detach", &side]);
    let good = commit(&tree, "Mend it", Some(""), "");
    let (code, out, err) = bisected(&failure, [&good, &bad], &tree, None);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains(&format!("{good} is not on the way to {bad}, along first parents")), "{err}");
    assert!(err.contains("the last commit that both come of is") && err.contains("Begin: is that"), "{err}");
}

/// What was built is in the clone, and nothing else is touched.
#[test]
fn what_is_built_is_in_the_clone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, failure) = repository(folder.path());
    let good = commit(&tree, "Begin", Some(""), "");
    let bad = commit(&tree, "Save a deadline", Some(FAULT), "");
    for binary in ["../../cosim", "bin/../../cosim", "/bin/cosim"] {
        let output = Command::new(assert_cmd::cargo::cargo_bin!("cosim"))
            .args(["bisect", failure.to_str().expect("a name"), "--good", &good, "--bad", &bad])
            .args(["--binary", binary])
            .current_dir(&tree)
            .output()
            .expect("it runs");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && err.contains("is not in the clone\nhint:"), "{err}");
    }
}

/// A build that prints no log is found all the same; a program that never ends is passed over.
#[test]
fn what_cannot_be_compared_and_what_never_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, failure) = repository(folder.path());
    let good = commit(&tree, "Begin", Some(""), "");
    let script = "mkdir -p bin\nprintf '#!/bin/sh\\nexec sleep 600\\n' > bin/cosim\nchmod +x bin/cosim\n";
    std::fs::write(tree.join("build.sh"), script).expect("written");
    git(&tree, &["commit", "--quiet", "--all", "--message", "Wait for ever"]);
    commit(&tree, "Save a deadline", Some(FAULT), "");
    let script = std::fs::read_to_string(tree.join("build.sh")).expect("a script");
    let script = script.replace("shift 2\n", "shift 2\n[ \"$1\" = --log ] && exit 9\n");
    std::fs::write(tree.join("build.sh"), script).expect("written");
    git(&tree, &["commit", "--quiet", "--all", "--amend", "--no-edit"]);
    let bad = git(&tree, &["rev-parse", "HEAD"]);
    let output = Command::new(assert_cmd::cargo::cargo_bin!("cosim"))
        .args(["bisect", failure.to_str().expect("a name"), "--good", &good, "--bad", &bad])
        .args(["--build", "sh build.sh", "--binary", "bin/cosim", "--timeout", "20s"])
        .current_dir(&tree)
        .output()
        .expect("it runs");
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(err.contains("Wait for ever  skipped: takes longer than --timeout to play the file"), "{err}");
    assert!(out.contains("they cannot be compared: ") && out.contains("printed no log"), "{out}");
}

/// Who is asked to end leaves nothing behind: no folder, and nothing that runs.
#[test]
fn who_is_interrupted_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tree, failure) = repository(folder.path());
    let mark = folder.path().join("begun");
    let script = format!("sleep 600 &\necho $! > '{0}.new'\nmv '{0}.new' '{0}'\nwait\n", mark.display());
    std::fs::write(tree.join("build.sh"), script).expect("written");
    git(&tree, &["add", "."]);
    git(&tree, &["commit", "--quiet", "--message", "Wait"]);
    let good = git(&tree, &["rev-parse", "HEAD"]);
    git(&tree, &["commit", "--quiet", "--allow-empty", "--message", "Wait on"]);
    let scratch = folder.path().join("scratch");
    std::fs::create_dir(&scratch).expect("made");
    let mut bisect = Process::new(assert_cmd::cargo::cargo_bin!("cosim"))
        .args(["bisect", failure.to_str().expect("a name"), "--good", &good, "--bad", "HEAD"])
        .args(["--build", "sh build.sh", "--binary", "bin/cosim"])
        .current_dir(&tree)
        .env("TMPDIR", &scratch)
        .spawn()
        .expect("it runs");
    while !mark.exists() {
        assert!(bisect.try_wait().expect("a child").is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    let process = bisect.id().to_string();
    assert!(Process::new("kill").args(["-TERM", &process]).status().expect("kill").success());
    assert_eq!(bisect.wait().expect("it ends").code(), Some(130));
    assert_eq!(std::fs::read_dir(&scratch).expect("a folder").count(), 0);
    let sleeps = std::fs::read_to_string(&mark).expect("a number");
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", sleeps.trim())).unwrap_or_default();
    // It may take the system a moment to end it, and nobody may bury it.
    while !state().is_empty() && !state().contains(") Z ") {
        std::thread::yield_now();
    }
}
