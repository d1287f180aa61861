#!/usr/bin/env bash
# automerge 0.12.0 (crates.io): two replicas that agree open a new connection, with new sync states; one has made two changes since.
# One would expect it to send those two: the other's first message names the head that it has, and the protocol is there to
# send what is missing.
# What happens: it sends all three, the peer's own change with them. Where more than a third of all changes are news, the whole
# document goes out, whatever the peer has named. It costs bytes only; a small document that reconnects often pays each time.
# (This builds automerge in debug mode, which takes half a minute.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "echo"
version = "0.1.0"
edition = "2021"

[dependencies]
automerge = "=0.12.0"
TOML
cat >src/main.rs <<'RUST'
use automerge::sync::{State, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ROOT};

fn replica(actor: u8) -> AutoCommit {
    AutoCommit::new().with_actor(ActorId::from(vec![actor]))
}

/// Both talk until neither has anything to say.
fn agree(a: &mut AutoCommit, b: &mut AutoCommit) {
    let (mut at_a, mut at_b) = (State::new(), State::new());
    loop {
        let to_b = a.sync().generate_sync_message(&mut at_a);
        let to_a = b.sync().generate_sync_message(&mut at_b);
        if to_a.is_none() && to_b.is_none() {
            return;
        }
        if let Some(message) = to_b {
            b.sync().receive_sync_message(&mut at_b, message).unwrap();
        }
        if let Some(message) = to_a {
            a.sync().receive_sync_message(&mut at_a, message).unwrap();
        }
    }
}

fn main() {
    let (mut a, mut b) = (replica(1), replica(2));
    b.put(ROOT, "b", 1).unwrap();
    b.commit();
    agree(&mut a, &mut b);
    for (key, value) in [("x", 1), ("y", 2)] {
        a.put(ROOT, key, value).unwrap();
        a.commit();
    }
    let (mut at_a, mut at_b) = (State::new(), State::new());
    let hello = b.sync().generate_sync_message(&mut at_b).unwrap();
    println!("b names its head:  {:?}", hello.heads == b.get_heads());
    a.sync().receive_sync_message(&mut at_a, hello).unwrap();
    let answer = a.sync().generate_sync_message(&mut at_a).unwrap();
    // What the answer holds, seen by somebody who has nothing.
    let mut stranger = replica(3);
    stranger.sync().receive_sync_message(&mut State::new(), answer).unwrap();
    let changes = stranger.get_changes(&[]).len();
    println!("b lacks 2 changes, and is sent {changes}");
    assert_eq!(changes, 3);
}
RUST
CARGO_TARGET_DIR="$folder/target" RUSTFLAGS="" CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet
printf 'automerge %s, %s\n' "$(sed -n '/^name = "automerge"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)" "$(rustc --version)"
target/debug/echo
