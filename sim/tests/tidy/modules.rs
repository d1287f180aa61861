//! No dead sources: every Rust file is a crate's root or a module that its parent declares.

use crate::repository::{File, rust};
use crate::settle;
use std::collections::BTreeSet;

#[test]
fn every_source_is_compiled() {
    let files = rust();
    let declared: BTreeSet<String> = files.iter().flat_map(modules).collect();
    let dead = files.iter().filter(|file| !is_root(&file.path) && !declared.contains(&file.path));
    settle(&dead.map(|file| format!("{}: no `mod` leads to it", file.path)).collect::<Vec<_>>());
}

/// Whether cargo compiles it without being told: a crate's root.
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [.., "src", "lib.rs" | "main.rs"] | [.., "build.rs"] => true,
        [.., "tests" | "examples" | "benches", file] => file.ends_with(".rs"),
        [.., "tests" | "examples" | "benches", _, "main.rs"] => true,
        _ => false,
    }
}

/// The paths of the modules that a file declares.
fn modules(file: &File) -> Vec<String> {
    let folder = if is_root(&file.path) {
        file.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    } else {
        file.path.trim_end_matches(".rs")
    };
    let names = file.text.lines().filter_map(|line| {
        let line = line.split("//").next()?.trim().strip_suffix(';')?;
        let (visibility, name) = line.split_once("mod ")?;
        let plain = visibility.is_empty() || visibility.starts_with("pub");
        (plain && !name.contains(' ')).then(|| format!("{folder}/{name}.rs"))
    });
    names.collect()
}
