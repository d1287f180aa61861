#!/usr/bin/env bash
# yrs 0.28.1 (crates.io): a server encodes its document while two updates of an author are late, and others wait for them.
# One would expect that whoever loads that has the author's list once the late updates are there: "it doesn't matter in which
# order document updates are applied".
# What happens: among what waits, one item is written under the number of the next one. Who loads it shows that item twice,
# and takes the author's next item for known: a write that is lost, without an error. The server itself is right.
# (A peer that answers a state vector encodes in the same way. This builds yrs in debug mode, which takes half a minute.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "saved"
version = "0.1.0"
edition = "2021"

[dependencies]
yrs = "=0.28.1"
TOML
cat >src/main.rs <<'RUST'
use yrs::updates::decoder::Decode;
use yrs::{Array, ArrayRef, Doc, ReadTxn, StateVector, Transact, Update};

struct Replica(Doc, ArrayRef);

impl Replica {
    fn new(id: u64) -> Replica {
        let doc = Doc::with_client_id(id);
        let list = doc.get_or_insert_array("list");
        Replica(doc, list)
    }
    fn take(&self, update: &[u8]) {
        self.0.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }
    fn shows(&self) -> Vec<u32> {
        let read = self.0.transact();
        self.1.iter(&read).filter_map(|item| item.cast().ok()).collect()
    }
}

fn main() {
    let author = Replica::new(2);
    let places = [0, 0, 1, 1, 4, 1, 6];
    let updates: Vec<Vec<u8>> = (0..).zip(places).map(|(number, place)| {
        let mut write = author.0.transact_mut();
        author.1.insert(&mut write, place, number as u32);
        write.encode_update_v1()
    }).collect();
    let server = Replica::new(1);
    for number in [0, 2, 4, 5] {
        server.take(&updates[number]); // 1 and 3 are late
    }
    let saved = server.0.transact().encode_state_as_update_v1(&StateVector::default());
    let restored = Replica::new(3);
    restored.take(&saved);
    for update in &updates {
        server.take(update);
        restored.take(update);
    }
    println!("author    {:?}", author.shows());
    println!("server    {:?}", server.shows());
    println!("restored  {:?}", restored.shows());
    assert_eq!(author.shows(), [1, 5, 3, 2, 0, 4, 6]);
    assert_eq!(server.shows(), author.shows());
    assert_eq!(restored.shows(), [1, 5, 5, 3, 2, 0, 4], "5 twice, 6 never");
}
RUST
CARGO_TARGET_DIR="$folder/target" RUSTFLAGS="" CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet
printf 'yrs %s, %s\n' "$(sed -n '/^name = "yrs"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)" "$(rustc --version)"
target/debug/saved
