#!/usr/bin/env bash
# turmoil 0.7.2 with tokio 1.48.0 (crates.io): a simulation with a seed that has tokio::select! over what is ready at once.
# One would expect equal runs: turmoil calls itself deterministic, and Builder says that rng_seed is what makes tests so.
# What happens: select! takes a ready branch by a random number of the runtime, which turmoil seeds only in programs built
# with --cfg tokio_unstable. Its docs name that flag for panics alone. Without it the same seed runs otherwise each time.
# (This builds both libraries in debug mode, which takes most of a minute.)
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
turmoil = "=0.7.2"
tokio = { version = "=1.48.0", features = ["macros", "rt"] }
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let mut simulation = turmoil::Builder::new().rng_seed(42).build();
    simulation.client("one", async {
        let mut taken = String::new();
        for _ in 0..64 {
            tokio::select! {
                () = std::future::ready(()) => taken.push('l'),
                () = std::future::ready(()) => taken.push('r'),
            }
        }
        println!("{taken}");
        Ok(())
    });
    simulation.run().unwrap();
}
RUST
CARGO_TARGET_DIR="$folder/target" RUSTFLAGS="" CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet
version() { sed -n "/^name = \"$1\"$/{n;s/version = \"\(.*\)\"/\1/p}" Cargo.lock; }
printf 'turmoil %s, tokio %s, %s\n' "$(version turmoil)" "$(version tokio)" "$(rustc --version)"
first="$(target/debug/again)"
second="$(target/debug/again)"
printf 'branches taken with seed 42: %s\n                  once more: %s\n' "$first" "$second"
test "${#first}" -eq 64 && test "${#second}" -eq 64 && test "$first" != "$second"
