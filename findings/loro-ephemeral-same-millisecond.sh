#!/usr/bin/env bash
# loro-crdt 1.17.1 (npm), EphemeralStore, which shares cursors and presence as "last write wins" by the wall clock.
# One would expect that a peer which got every update, in order, shows the writer's last value.
# What happens: of two writes to one key within a millisecond the writer keeps the second and every peer the first, since
# an update with an equal time is dropped. A delete just after a set is lost alike. Sending the whole state again does
# not help: the peer goes on showing what is gone, until that key is written once more.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts loro-crdt@1.17.1
cat >try.mjs <<'JS'
import { EphemeralStore } from "loro-crdt";

// The clock stands still only to make sure that the writes below share a millisecond.
const now = Date.now();
Date.now = () => now;

const [writer, peer] = [new EphemeralStore(600_000), new EphemeralStore(600_000)];
writer.subscribeLocalUpdates((bytes) => peer.apply(bytes));
writer.set("cursor", 1);
writer.set("cursor", 2);
writer.set("typing", true);
writer.delete("typing");
await new Promise((done) => setTimeout(done, 50));
peer.apply(writer.encodeAll());
const show = (store) => JSON.stringify({ cursor: store.get("cursor"), typing: store.get("typing") ?? "gone" });
console.log(`writer ${show(writer)}, peer ${show(peer)}`);
const asTold = writer.get("cursor") === 2 && writer.get("typing") === undefined && peer.get("cursor") === 1 && peer.get("typing") === true;
process.exit(asTold ? 0 : 1);
JS
printf 'loro-crdt %s, Node.js %s\n' "$(node -p 'require("./node_modules/loro-crdt/package.json").version')" "$(node --version)"
node try.mjs
