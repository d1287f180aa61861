//! Which build a cosim says it is: what the build script makes of a tree, with git and without.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tree with as much in it as is looked at, in a folder, and the build script, compiled for it.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Tree {
        let tree = Tree(tempfile::tempdir().expect("a folder"));
        for folder in ["core/src", "sim/src", "docs"] {
            fs::create_dir_all(tree.path().join(folder)).expect("it can be made");
        }
        fs::write(tree.path().join("core/src/lib.rs"), "//! A core.\n").expect("a file");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs");
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "-o"]).args([&tree.script(), &script]);
        let status = rustc.env("CARGO_MANIFEST_DIR", tree.path().join("sim")).status();
        assert!(status.expect("it runs").success());
        tree
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("tree")
    }

    fn script(&self) -> PathBuf {
        self.0.path().join("script")
    }

    fn git(&self, words: &str) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]);
        let status = git.current_dir(self.path()).args(words.split(' ')).status();
        assert!(status.expect("it runs").success(), "{words}");
    }

    fn build(&self) -> String {
        let output = Command::new(self.script()).output().expect("it runs");
        let told = String::from_utf8(output.stdout).expect("text");
        let word = told.lines().find_map(|line| line.strip_prefix("cargo:rustc-env=COSIM_BUILD="));
        word.expect("it says which").to_owned()
    }
}

#[test]
fn a_build_is_its_commit_and_what_differs_from_it() {
    let tree = Tree::new();
    assert_eq!(tree.build(), "unknown", "there is no git");
    tree.git("init --quiet");
    assert_eq!(tree.build(), "unknown", "there is no commit");
    tree.git("add --all");
    tree.git("commit --quiet -m first");
    let clean = tree.build();
    let commit = clean.strip_suffix("-clean").unwrap_or_else(|| panic!("{clean}"));
    assert_eq!(commit.len(), 12);
    // What is not compiled does not count.
    fs::write(tree.path().join("docs/page.md"), "A page.\n").expect("a file");
    assert_eq!(tree.build(), clean);
    fs::write(tree.path().join("core/src/lib.rs"), "//! Another core.\n").expect("a file");
    let dirty = tree.build();
    assert!(dirty.starts_with(&format!("{commit}-dirty-")), "{dirty}");
    // It is the difference that counts, not how far it is on its way into a commit.
    tree.git("add core");
    assert_eq!(tree.build(), dirty);
    fs::write(tree.path().join("core/src/new.rs"), "//! A new file.\n").expect("a file");
    let more = tree.build();
    assert!(more != dirty && more.starts_with(&format!("{commit}-dirty-")), "{more}");
    tree.git("reset --quiet --hard");
    fs::remove_file(tree.path().join("core/src/new.rs")).expect("it is there");
    assert_eq!(tree.build(), clean);
}

#[test]
fn a_tree_in_a_repository_of_something_else_is_of_no_commit() {
    let tree = Tree::new();
    let mut git = Command::new("git");
    let status = git.args(["init", "--quiet"]).current_dir(tree.0.path()).status();
    assert!(status.expect("it runs").success());
    tree.git("commit --quiet --allow-empty -m first");
    assert_eq!(tree.build(), "unknown");
    tree.git("init --quiet");
    tree.git("commit --quiet --allow-empty -m first");
    assert!(tree.build().contains("-dirty-"), "now it is its own, and its files are in no commit");
}
