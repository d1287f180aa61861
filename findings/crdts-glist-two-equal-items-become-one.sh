#!/usr/bin/env bash
# crdts 7.3.2 (crates.io), GList, a list that "allows inserts but not deletes". Two devices, apart, each add one at the end.
# One would expect two more items after the sync: a list, other than a set, may hold equal ones, as on one device it does.
# What happens: an item is told by its place and its value alone, not by who added it. Two equal ones, added at the same
# place, are one: of two votes "yes" one is lost for good, while of "yes" and "no" both are there. List keeps both "yes".
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
use crdts::{CmRDT, CvRDT, GList, List};

fn votes(one: &'static str, two: &'static str) -> Vec<&'static str> {
    let mut here: GList<&str> = GList::new();
    here.apply(here.insert_after(here.last(), "no"));
    let mut there = here.clone();
    here.apply(here.insert_after(here.last(), one));
    there.apply(there.insert_after(there.last(), two));
    here.merge(there);
    here.read_into()
}

fn main() {
    let mut alone: GList<&str> = GList::new();
    for vote in ["no", "yes", "yes"] {
        alone.apply(alone.insert_after(alone.last(), vote));
    }
    let mut list: List<&str, u8> = List::new();
    let ops = [list.append("yes", 1), list.append("yes", 2)];
    ops.into_iter().for_each(|op| list.apply(op));
    let (alone, list): (Vec<&str>, Vec<&str>) = (alone.read_into(), list.read_into());
    let (other, equal) = (votes("yes", "no"), votes("yes", "yes"));
    println!("on one device: {alone:?}; List with two at once: {list:?}");
    println!("after \"no\", two devices add \"yes\" and \"no\": {other:?}; both add \"yes\": {equal:?}");
    let right = alone == ["no", "yes", "yes"] && list == ["yes", "yes"] && other.len() == 3 && equal == ["no", "yes"];
    std::process::exit(if right { 0 } else { 1 });
}
RUST
CARGO_TARGET_DIR="$folder/target" RUSTFLAGS="" CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet
printf 'crdts %s, %s\n' "$(sed -n '/^name = "crdts"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)" "$(rustc --version)"
target/debug/again
