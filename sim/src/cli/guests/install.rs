//! `cosim guest install`: the published package `cojson`, fetched by npm after a lock file, with the program that lets it
//! be played beside it. Each version is a folder, whose name ends with a hash of both: another cosim, or another lock,
//! makes another folder.

use super::super::exit::{Exit, Failure};
use super::super::print::outln;
use super::packages;
use cosim_guest::Launch;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How the names of packages begin that can be fetched.
pub(in crate::cli) const PACKAGE: &str = "cojson@";

/// The first version of Node.js with which the guest works.
pub(in crate::cli) const NODE_MIN: u32 = 20;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../guests/cojson/", $name)))),*]
    };
}

/// The program that lets the package be played.
const PROGRAM: &[(&str, &str)] = files![
    "chance.mjs",
    "guest.mjs",
    "machine.mjs",
    "node.mjs",
    "operations.mjs",
    "protocol.mjs",
    "storage.mjs",
    "time.mjs",
    "v07.mjs",
    "v20.mjs",
    "views.mjs",
];

/// What is known of a version beforehand.
struct Version {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// The versions that come with a lock file.
const VERSIONS: &[Version] = &[
    Version {
        name: "0.7.35",
        files: &[
            ("package.json", include_str!("../../../../guests/cojson/0.7.35/package.json")),
            ("package-lock.json", include_str!("../../../../guests/cojson/0.7.35/package-lock.json")),
        ],
    },
    Version {
        name: "0.20.19",
        files: &[
            ("package.json", include_str!("../../../../guests/cojson/0.20.19/package.json")),
            ("package-lock.json", include_str!("../../../../guests/cojson/0.20.19/package-lock.json")),
        ],
    },
];

/// The lock file of a package.
const LOCK: &str = "package-lock.json";

/// A package that is there to be played.
pub(in crate::cli) struct Installed {
    /// `cojson@0.20.19`.
    pub(in crate::cli) name: String,
    pub(in crate::cli) launch: Launch,
    /// A hash of its lock file.
    pub(in crate::cli) lock: String,
}

/// The packages that are installed, by this cosim or another with the same program.
pub(in crate::cli) fn installed() -> Vec<Installed> {
    let Some(all) = packages() else { return Vec::new() };
    let Ok(entries) = fs::read_dir(&all) else { return Vec::new() };
    let ending = format!("+{}", program_hash());
    let mut found: Vec<Installed> = entries
        .filter_map(|entry| {
            let folder = entry.ok()?.path();
            let name = folder.file_name()?.to_str()?.strip_suffix(&ending)?.to_owned();
            let lock = fs::read(folder.join(LOCK)).ok()?;
            let program = folder.join("guest.mjs").to_str()?.to_owned();
            let folder = folder.to_str()?.to_owned();
            let launch = Launch::new("node", [program, "--package".to_owned(), folder]);
            Some(Installed { name, launch, lock: short_hash(&lock) })
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Fetches a version of the package, so that scenarios can name it.
pub(in crate::cli) fn install(name: &str) -> Result<Exit, Failure> {
    let Fetched { folder, before } = fetch(name)?;
    let already = if before { " already" } else { "" };
    outln!("{name} is installed{already}, in {}", folder.display());
    Ok(Exit::Held)
}

/// Where a version of the package is.
pub(in crate::cli) struct Fetched {
    folder: PathBuf,
    /// Whether it was there before.
    before: bool,
}

/// Fetches a version of the package, unless it is there.
pub(in crate::cli) fn fetch(name: &str) -> Result<Fetched, Failure> {
    let version = name.strip_prefix(PACKAGE).filter(|version| is_version(version)).ok_or_else(|| {
        Failure(format!(
            "error: `{name}` cannot be installed: expected the package and its version, as in cojson@0.20.19\nhint: any \
             other guest is a command of your own: --guest NAME=COMMAND"
        ))
    })?;
    check_node()?;
    let all = packages().ok_or_else(|| {
        Failure("error: you have no home folder in which packages could be kept\nhint: set HOME".to_owned())
    })?;
    let folder = all.join(format!("{name}+{}", program_hash()));
    if folder.is_dir() {
        return Ok(Fetched { folder, before: true });
    }
    fs::create_dir_all(&all).map_err(|error| Failure::file("make", &all, &error))?;
    // It appears whole or not at all.
    let new = all.join(format!(".{name}-{}", std::process::id()));
    let made = fill(&new, version)
        .and_then(|()| fs::rename(&new, &folder).map_err(|error| Failure::file("make", &folder, &error)));
    if let Err(failure) = made {
        let _ = fs::remove_dir_all(&new);
        return Err(failure);
    }
    Ok(Fetched { folder, before: false })
}

/// The versions of a package that its registry has.
pub(in crate::cli) fn published(package: &str) -> Result<Vec<String>, Failure> {
    let said = npm(Path::new("."), &["view", package, "versions", "--json"])?;
    serde_json::from_str(&said).map_err(|error| {
        Failure(format!(
            "error: npm does not list the versions of {package}: {error}\nhint: is npm new enough?"
        ))
    })
}

/// Only what npm takes for one version, and nothing that a folder could be left by.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}

fn fill(folder: &Path, version: &str) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))
    };
    for (name, text) in PROGRAM {
        write(name, text)?;
    }
    match VERSIONS.iter().find(|known| known.name == version) {
        Some(known) => known.files.iter().try_for_each(|(name, text)| write(name, text))?,
        None => {
            // The newest version that comes with a lock is the nearest: the same helpers beside another package.
            let newest = VERSIONS.last().expect("there are versions");
            for (name, text) in newest.files.iter().filter(|(name, _)| *name != LOCK) {
                write(name, &text.replace(newest.name, version))?;
            }
            npm(folder, &["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"])?;
        }
    }
    npm(folder, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).map(drop)
}

/// What npm prints.
fn npm(folder: &Path, args: &[&str]) -> Result<String, Failure> {
    let called = format!("npm {}", args.join(" "));
    let output = Command::new("npm").args(args).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.map_err(|error| {
        Failure(format!(
            "error: `{called}` cannot be started: {error}\nhint: npm comes with Node.js: install that"
        ))
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(10).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(Failure(format!(
        "error: `{called}` failed\n{}\nhint: is the package registry reachable?",
        last.join("\n")
    )))
}

/// Whether there is a Node.js that will do.
fn check_node() -> Result<(), Failure> {
    let hint =
        format!("hint: install Node.js {NODE_MIN} or newer; everything but this guest works without it");
    let output = Command::new("node").arg("--version").stdin(Stdio::null()).output().map_err(|error| {
        Failure(format!("error: Node.js is missing: `node` cannot be started: {error}\n{hint}"))
    })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let major = text.trim().strip_prefix('v').and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    if major.is_some_and(|major| major >= NODE_MIN) {
        return Ok(());
    }
    Err(Failure(format!("error: Node.js is too old: it says {}\n{hint}", text.trim())))
}

fn program_hash() -> String {
    let mut all = Vec::new();
    for (name, text) in PROGRAM {
        all.extend_from_slice(name.as_bytes());
        all.push(0);
        all.extend_from_slice(text.as_bytes());
        all.push(0);
    }
    short_hash(&all)
}

fn short_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().as_str()[..12].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_program_is_all_there_is_of_it() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../guests/cojson");
        let there: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".mjs") && !name.contains("test"))
            .collect();
        let known: BTreeSet<String> = PROGRAM.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(there, known);
    }

    #[test]
    fn only_versions_are_versions() {
        assert!(is_version("0.20.19"));
        assert!(is_version("1.0.0-beta.2"));
        assert!(["", "latest", "../x", "0.1/..", "0 1", "^1"].iter().all(|text| !is_version(text)));
    }
}
