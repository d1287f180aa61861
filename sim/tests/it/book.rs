//! The book and the README: what they say that commands print is what they print.
//!
//! A page is one session in one folder, which has the repository's `scenarios`. Every block is played in order. In blocks
//! of `text` and `console` what begins with `$ ` is a command, and what follows it is what it prints, where a line of
//! three dots stands for any lines; in those of `sh` each line is a command that succeeds. A comment before a block says what else it is: `<!-- file: NAME -->` makes it a file,
//! and `<!-- not played: WHY -->` leaves it out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The pages: all of the summary, and the README.
fn pages() -> Vec<PathBuf> {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).expect("the book has a summary");
    let named = summary.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let pages = named.map(|(path, _)| root().join("docs").join(path));
    pages.chain([root().join("README.md")]).collect()
}

/// A block of a page.
struct Block<'a> {
    /// The line that it begins in.
    line: usize,
    language: &'a str,
    /// What the comment right before it says.
    comment: Option<&'a str>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    let mut comment = None;
    for (number, line) in page.lines().enumerate() {
        if let Some(mut block) = open.take() {
            if line.starts_with("```") {
                blocks.push(block);
            } else {
                block.text += line;
                block.text += "\n";
                open = Some(block);
            }
        } else if let Some(language) = line.strip_prefix("```") {
            let comment = comment.take();
            open = Some(Block { line: number + 1, language, comment, text: String::new() });
        } else if let Some(said) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
            comment = Some(said);
        } else if !line.trim().is_empty() {
            comment = None;
        }
    }
    assert!(open.is_none(), "a block does not end");
    blocks
}

/// The commands of a block, and what each is said to print.
fn commands(block: &Block<'_>) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    if block.language == "sh" {
        let lines = block.text.lines().filter(|line| !line.trim().is_empty());
        return lines.map(|line| (format!("{line} && echo done"), "...\ndone\n".to_owned())).collect();
    }
    for line in block.text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command.to_owned(), String::new()));
        } else if let Some((_, printed)) = commands.last_mut() {
            *printed += line;
            *printed += "\n";
        }
    }
    commands
}

/// What a command prints in a folder: first the data, then the talk, without progress.
fn play(folder: &Path, command: &str) -> String {
    let binary = assert_cmd::cargo::cargo_bin!("cosim");
    let of_ours = binary.parent().expect("it is in a folder").display();
    let mut shell = Command::new("sh");
    // As for somebody who has installed nothing, and on a terminal of no colours.
    shell.current_dir(folder).env("HOME", folder).env("NO_COLOR", "1");
    shell.args(["-c", &format!("PATH='{of_ours}':$PATH\n{command}")]);
    for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
        shell.env_remove(variable);
    }
    let output = shell.output().expect("there is a shell");
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    let talk = err.lines().filter(|line| !line.starts_with("shrinking: "));
    out + &talk.map(|line| format!("{line}\n")).collect::<String>()
}

/// What of a sample is not printed, or not in this order.
fn missing<'a>(sample: &'a str, printed: &str) -> Option<&'a str> {
    let mut rest = printed;
    for part in sample.split("...\n") {
        let Some(at) = rest.find(part) else { return Some(part) };
        rest = &rest[at + part.len()..];
    }
    None
}

/// Plays a page, and says what is not as it says.
fn complaints(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    for name in ["scenarios", "sim", "snapshots"] {
        let to = root().join(name).canonicalize().expect("it is there");
        std::os::unix::fs::symlink(to, here.join(name)).expect("a link");
    }
    let mut complaints = Vec::new();
    for block in blocks(&text) {
        let place = format!("{}:{}", page.display(), block.line);
        if let Some(name) = block.comment.and_then(|comment| comment.strip_prefix("file: ")) {
            fs::write(here.join(name), &block.text).expect("it can be written");
            continue;
        }
        // The set-up is played by `.ci/run`.
        let unplayed = |comment: &str| comment.starts_with("not played: ") || comment == "set-up: begin";
        if block.comment.is_some_and(unplayed) {
            continue;
        }
        let commands = commands(&block);
        if commands.is_empty() && block.language == "console" {
            complaints
                .push(format!("{place}: no line begins with `$ `, and no comment says why it is not played"));
        }
        for (command, sample) in commands {
            let printed = play(here, &command);
            if let Some(part) = missing(&sample, &printed) {
                complaints.push(format!(
                    "{place}: `{command}` does not print, or not there:\n{part}\nbut:\n{printed}"
                ));
            }
        }
    }
    complaints
}

#[test]
fn what_the_book_shows_is_what_happens() {
    let pages = pages();
    assert!(pages.len() > 20, "{pages:?}");
    let complaints: Vec<String> = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let pages = &pages;
            scope.spawn(move || {
                pages.iter().skip(half).step_by(2).flat_map(|page| complaints(page)).collect::<Vec<_>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().expect("it ends")).collect()
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

/// The check itself: it sees what is not printed, and what is not played without a reason.
#[test]
fn a_page_that_is_wrong_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.md");
    let wrong = |text: &str| {
        fs::write(&page, text).expect("it can be written");
        complaints(&page).len()
    };
    assert_eq!(wrong("```text\n$ echo one; echo two; echo three\none\n...\nthree\n```\n"), 0);
    assert_eq!(wrong("```text\n$ echo one; echo two\ntwo\none\n```\n"), 1);
    assert_eq!(wrong("<!-- file: a.txt -->\n```json\n{}\n```\n\n```text\n$ cat a.txt\n{}\n```\n"), 0);
    assert_eq!(wrong("```sh\ncat nothing\n```\n\n```console\ncat\n```\n"), 2);
    assert_eq!(wrong("<!-- not played: it takes an hour -->\n\n```sh\nsleep 3600\n```\n"), 0);
}
