#!/usr/bin/env bash
# yrs 0.28.1 (crates.io): what an update brings, as Update::state_vector tells it, to know whether it is new to somebody.
# One would expect "an upper bound of client clocks included by blocks stored in current update", as its documentation says:
# {2: 2} for the second item of client 2.
# What happens: of every client whose blocks do not begin at clock 0 it says nothing. For all updates but an author's first, it
# is empty: who compares it with a state vector takes every one of them for known.
# (This builds yrs in debug mode, which takes half a minute.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "vector"
version = "0.1.0"
edition = "2021"

[dependencies]
yrs = "=0.28.1"
TOML
cat >src/main.rs <<'RUST'
use yrs::updates::decoder::Decode;
use yrs::{Array, Doc, StateVector, Transact, Update};

fn main() {
    let doc = Doc::with_client_id(2);
    let list = doc.get_or_insert_array("list");
    let vectors: Vec<StateVector> = (0..3).map(|number: u32| {
        let mut write = doc.transact_mut();
        list.push_back(&mut write, number);
        Update::decode_v1(&write.encode_update_v1()).unwrap().state_vector()
    }).collect();
    for (number, vector) in vectors.iter().enumerate() {
        println!("update {}: {vector:?}, one would expect {{2: {}}}", number + 1, number + 1);
    }
    assert!(!vectors[0].is_empty());
    assert!(vectors[1].is_empty() && vectors[2].is_empty());
}
RUST
CARGO_TARGET_DIR="$folder/target" RUSTFLAGS="" CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet
printf 'yrs %s, %s\n' "$(sed -n '/^name = "yrs"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)" "$(rustc --version)"
target/debug/vector
