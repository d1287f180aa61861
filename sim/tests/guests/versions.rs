//! The version of a package that brought a failure, found with programs that stand in for npm and Node.js.

use super::sample::STORY;
use super::{cosim_at, root, written};

/// Stands in for npm: it knows five versions, of which one cannot be fetched.
const NPM: &str = r#"#!/bin/sh
case "$1" in
  view) echo '["0.19.9", "0.20.0-beta.1", "0.20.0", "0.19.10", "0.20.1", "0.20.2"]' ;;
  ci) ! grep -q '0\.20\.0"' package.json ;;
  *) echo '{}' > package-lock.json ;;
esac
"#;

/// Stands in for Node.js: whatever it is to run is `last-writer`, mended before 0.20.1.
const NODE: &str = r#"#!/bin/sh
[ "$1" = --version ] && echo v20.0.0 && exit
grep -q '0\.20\.[12]"' "$3/package.json" || fixed=--fixed
exec python3 "GUEST" $fixed
"#;

/// Versions are found as commits are: that with the failure whose forerunner cannot be judged, or has it not.
#[test]
#[ignore = "it plays a guest in Python, as `.ci/run` does"]
fn the_version_that_brought_a_failure_is_found() {
    let home = tempfile::tempdir().unwrap();
    let guest = root().canonicalize().unwrap().join("guests/last-writer/guest.py");
    for (name, text) in [("npm", NPM), ("node", NODE)] {
        let path = home.path().join(name);
        std::fs::write(&path, text.replace("GUEST", guest.to_str().unwrap())).unwrap();
        let status = std::process::Command::new("chmod").arg("+x").arg(&path).status().unwrap();
        assert!(status.success());
    }
    let text = std::fs::read_to_string(root().join(STORY)).unwrap();
    let mut file: serde_json::Value =
        serde_json::from_str(&text.replace("last-writer", "cojson@0.20.2")).unwrap();
    let key = "convergence client>server state";
    file["seed"] = 58.into();
    file["origin"] =
        serde_json::json!({ "scenario": STORY, "seed": 58, "cosim": "0.1.0", "key": key, "oracles": 3 });
    // The lines of a package are streams, unless something else is said.
    for link in file["links"].as_array_mut().unwrap() {
        link["contract"] = "datagram".into();
    }
    let (_folder, path) = written(&file.to_string());
    let bisect = |good: &str, bad: &str| {
        let args = ["bisect", &path, "--guest", "cojson", "--good", good, "--bad", bad];
        cosim_at(home.path(), &args)
    };
    let told = bisect("0.19.9", "0.20.2");
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    assert!(told.err.contains("cojson@0.20.0  skipped: cannot be fetched"), "{}", told.err);
    assert!(
        told.out.starts_with("one of these, which could not be judged but for the last:"),
        "{}",
        told.out
    );
    assert!(told.out.contains("  cojson@0.20.0\n  cojson@0.20.1\n"), "{}", told.out);
    assert!(
        told.out.contains("before it, and with it:") && !told.out.contains("cannot be compared"),
        "{}",
        told.out
    );
    for (good, bad, why) in [
        ("0.20.2", "0.19.9", "the wrong way round"),
        ("0.19.9", "0.20.9", "is not published"),
        ("0.19.9", "0.19.10", "at this end the file has to fail"),
    ] {
        let told = bisect(good, bad);
        assert_eq!(told.code, Some(2), "{}{}", told.out, told.err);
        assert!(told.err.contains(why), "{}", told.err);
    }
}
