//! What a source file must have and must not have.

use crate::repository::{File, files, rust};
use crate::{lines, settle};

const LINES_MAX: usize = 500;

/// A word that must not stand in a source, where it may all the same, and why.
struct Banned {
    word: &'static str,
    why: &'static str,
    allowed: &'static [(&'static str, &'static str)],
}

const fn banned(word: &'static str, why: &'static str) -> Banned {
    Banned { word, why, allowed: &[] }
}

/// What nobody should find in finished work, anywhere.
const LEFTOVERS: [Banned; 8] = [
    banned("todo!", "finish it, or leave it out"),
    banned("unimplemented!", "finish it, or leave it out"),
    banned("TODO", "finish it, or leave it out"),
    banned("FIXME", "mend it"),
    banned("XXX", "say what is the matter, or mend it"),
    banned("HACK", "say what is the matter, or mend it"),
    banned("for now", "say what is so and why, not until when"),
    banned("dbg!", "a leftover of debugging"),
];

/// What would let a run depend on anything but its scenario and seed; and what hides who owns what.
const IN_SOURCES: [Banned; 14] = [
    banned("HashMap", "its order differs from run to run: BTreeMap"),
    banned("HashSet", "its order differs from run to run: BTreeSet"),
    banned("DefaultHasher", "its hashes may change with the compiler: Fingerprint"),
    Banned {
        word: "Instant",
        why: "a run has virtual time only",
        allowed: &[
            ("sim/guest/src/process/pipes.rs", "the watchdog over a guest's process"),
            ("sim/src/cli/time.rs", "when to begin no more, which decides nothing of what is found"),
        ],
    },
    banned("SystemTime", "a run has virtual time only"),
    Banned { word: "f32", why: "no float decides anything", allowed: &[FORWARDED] },
    Banned {
        word: "f64",
        why: "no float decides anything",
        allowed: &[("core/src/json/text.rs", "a number in foreign JSON is passed on as it is"), FORWARDED],
    },
    banned("std::env::var", "the environment must not reach a run"),
    banned("Rc", "one owner, `&mut` down, values up"),
    Banned { word: "RefCell", why: "one owner, `&mut` down, values up", allowed: &[REMEMBERED] },
    Banned { word: "thread_local!", why: "no state without an owner", allowed: &[REMEMBERED] },
    banned("static mut", "no state without an owner"),
    banned("async", "nothing waits: a node is handed inputs and drained of outputs"),
    banned("#[path", "a module lies where its name says"),
];

const FORWARDED: (&str, &str) = (
    "sim/testbed/src/scenario/deserialize.rs",
    "serde's list of all types, every one of which is read as what it is",
);

const REMEMBERED: (&str, &str) =
    ("core/src/real/once.rs", "what pure functions of cryptography came to, which changes nothing but time");

/// Who may name a random number generator.
const GENERATORS: [Banned; 2] = [
    Banned {
        word: "rand_chacha",
        why: "every random word comes from a named stream",
        allowed: &[("sim/world/src/stream.rs", "it makes the streams")],
    },
    Banned {
        word: "rand",
        why: "every random word comes from a named stream",
        allowed: &[("sim/world/src/stream.rs", "it makes the streams")],
    },
];

fn sources() -> Vec<File> {
    const CRATES: [&str; 7] = [
        "core/src",
        "core/base/src",
        "sim/src",
        "sim/guest/src",
        "sim/hosted/src",
        "sim/testbed/src",
        "sim/world/src",
    ];
    CRATES.iter().flat_map(|folder| files(folder, ".rs")).collect()
}

#[test]
fn every_source_says_what_it_is_for() {
    let silent = sources().into_iter().filter(|file| !file.text.starts_with("//! "));
    settle(
        &silent
            .map(|file| format!("{}: begins without a module doc (`//! ...`)", file.path))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn no_source_is_too_long() {
    let long = sources().into_iter().filter(|file| file.text.lines().count() > LINES_MAX);
    settle(
        &long.map(|file| format!("{}: more than {LINES_MAX} lines: split it", file.path)).collect::<Vec<_>>(),
    );
}

#[test]
fn no_leftovers() {
    let all: Vec<File> =
        rust().into_iter().filter(|file| !file.path.starts_with("sim/tests/tidy/")).collect();
    settle(&complaints(&all, &LEFTOVERS));
}

#[test]
fn nothing_that_differs_from_run_to_run() {
    settle(&complaints(&sources(), &IN_SOURCES));
}

#[test]
fn only_streams_are_random() {
    settle(&complaints(&sources(), &GENERATORS));
}

fn complaints(files: &[File], rules: &[Banned]) -> Vec<String> {
    rules.iter().flat_map(|rule| complaints_of(files, rule)).collect()
}

fn complaints_of(files: &[File], rule: &Banned) -> Vec<String> {
    let Banned { word, why, allowed } = rule;
    let mut complaints = Vec::new();
    let mut used = vec![false; allowed.len()];
    for file in files {
        for (number, _) in lines(file).filter(|(_, line)| holds_word(line, word)) {
            match allowed.iter().position(|(path, _)| *path == file.path) {
                Some(at) => used[at] = true,
                None => complaints.push(format!("{}:{number}: `{word}`: {why}", file.path)),
            }
        }
    }
    let unused = allowed.iter().zip(used).filter(|(_, used)| !used);
    complaints.extend(
        unused.map(|((path, _), _)| format!("{path}: `{word}` is allowed there, and does not occur")),
    );
    complaints
}

/// Whether `word` stands in `line`, and not as a part of a longer one.
fn holds_word(line: &str, word: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    let joins = |inside: Option<char>, outside: Option<char>| {
        inside.is_some_and(in_name) && outside.is_some_and(in_name)
    };
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        !joins(word.chars().next(), before.chars().next_back())
            && !joins(word.chars().next_back(), after.chars().next())
    })
}

#[test]
fn words_are_found_as_words() {
    assert!(holds_word("let x: f64 = 1.0;", "f64"));
    assert!(!holds_word("fn visit_f64<E>()", "f64"));
    assert!(holds_word("    todo!()", "todo!"));
    assert!(!holds_word("Rcx, Src", "Rc"));
}
