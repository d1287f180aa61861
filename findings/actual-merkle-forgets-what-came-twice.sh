#!/usr/bin/env bash
# @actual-app/crdt 3.1.3 (npm), the sync core of Actual: a Merkle trie of the messages' timestamps, to tell where two differ.
# One would expect that a set of messages has one hash, so that a message which comes twice changes nothing.
# What happens: a timestamp is XORed in, so the second time takes it out again. Who got a message twice has the same trie
# as who never got it, and diff says that these two are equal; while two who hold the same messages are told to differ.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @actual-app/crdt@3.1.3
cat >try.mjs <<'JS'
import { Timestamp, merkle } from "@actual-app/crdt";

const at = (minutes) => new Timestamp(1_700_000_000_000 + minutes * 60_000, 0, "0000000000000001");
const trie = (...times) => times.reduce((so_far, time) => merkle.insert(so_far, at(time)), merkle.emptyTrie());
const [never, once, twice] = [trie(0), trie(0, 10), trie(0, 10, 10)];
const between = (one, other) => { const from = merkle.diff(one, other); return from === null ? "equal" : "differ"; };
const told = { "twice and never": between(twice, never), "twice and once": between(twice, once) };
console.log(JSON.stringify(told), `hashes: never ${never.hash}, once ${once.hash}, twice ${twice.hash}`);
process.exit(told["twice and never"] === "equal" && told["twice and once"] === "differ" ? 0 : 1);
JS
printf '@actual-app/crdt %s, Node.js %s\n' "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/@actual-app/crdt/package.json")).version')" "$(node --version)"
node try.mjs
