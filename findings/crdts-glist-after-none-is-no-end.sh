#!/usr/bin/env bash
# crdts 7.3.2 (crates.io), GList, a grow-only list: insert_after(Option<&Identifier>, element) and insert_before alike.
# One would expect that "after None" is the very front and "before None" the very end (or that both are an end at least).
# What happens: with None the list is not looked at, and the element is numbered as the first one of an empty list. So both
# calls do the same: it lands beside the oldest item, before or after that by its value. Where items were added at the end
# that is in second or first place, and what was to be the last one is not; where they were added in front, it is the end.
# (This builds crdts in debug mode, which takes a quarter of a minute.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "again"
version = "0.1.0"
edition = "2021"

[dependencies]
crdts = "=7.3.2"
TOML
cat >src/main.rs <<'RUST'
use crdts::{CmRDT, GList};

fn main() {
    let (mut grown, mut piled): (GList<&str>, GList<&str>) = (GList::new(), GList::new());
    for day in ["mon", "tue", "wed"] {
        grown.apply(grown.insert_after(grown.last(), day));
        piled.apply(piled.insert_before(piled.first(), day));
    }
    let mut seen = Vec::new();
    for (name, list) in [("added at the end", &grown), ("added in front", &piled)] {
        let (mut front, mut end) = (list.clone(), list.clone());
        front.apply(front.insert_after(None, "new"));
        end.apply(end.insert_before(None, "new"));
        let [list, front, end] = [list.clone(), front, end].map(|list| list.read_into::<Vec<&str>>());
        println!("{name}: {list:?}; new after None: {front:?}; new before None: {end:?}");
        seen.push((front, end));
    }
    let second = vec!["mon", "new", "tue", "wed"];
    let last = vec!["wed", "tue", "mon", "new"];
    let right = seen == [(second.clone(), second), (last.clone(), last)];
    std::process::exit(if right { 0 } else { 1 });
}
RUST
CARGO_TARGET_DIR="$folder/target" RUSTFLAGS="" CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet
printf 'crdts %s, %s\n' "$(sed -n '/^name = "crdts"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)" "$(rustc --version)"
target/debug/again
