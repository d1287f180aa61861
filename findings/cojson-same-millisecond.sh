#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: two sessions set one key of a map in the same millisecond.
# One would expect that nodes which hold the same transactions show the same value, by some order of sessions, since dates
# are whole milliseconds and devices write at once.
# What happens: each node keeps the write that came to it last. Both hold both transactions, one shows "blue", the other
# "red", and nothing ever brings them together. Messages are passed on at once and in order; no clock is wrong.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps cojson@0.20.19
cat >try.mjs <<'JS'
import { LocalNode } from "cojson";
import { WasmCrypto } from "cojson/crypto/WasmCrypto";

const crypto = await WasmCrypto.create();
const secret = crypto.newRandomAgentSecret();
const agent = crypto.getAgentID(secret);
const node = (name) => new LocalNode(secret, `${agent}_session_z${name}`, crypto);

// Two devices of one user, joined by two queues that are emptied in turns.
const queues = { one: [], two: [] };
let take = {};
const peer = (own, other, role) => ({
  id: other, role, persistent: false,
  incoming: { onMessage: (cb) => { take[own] = cb; }, onClose() {}, close() {} },
  outgoing: { push: (message) => queues[other].push(structuredClone(message)), close() {}, onClose() {} },
});
const turn = () => new Promise((done) => setImmediate(done));
async function settle() {
  for (let quiet = 0; quiet < 5; ) {
    await turn();
    const before = queues.one.length + queues.two.length;
    for (const name of ["one", "two"]) for (const message of queues[name].splice(0)) take[name](message);
    quiet = before === 0 ? quiet + 1 : 0;
  }
}

const [one, two] = [node("one"), node("two")];
one.syncManager.addPeer(peer("one", "two", "server"));
two.syncManager.addPeer(peer("two", "one", "client"));
const map = one.createCoValue({ type: "comap", ruleset: { type: "unsafeAllowAll" }, meta: null, ...crypto.createdNowUnique() });
await settle();
const there = await Promise.race([two.loadCoValueCore(map.id), settle().then(() => two.getCoValue(map.id))]);
await settle();

const now = Date.now();
Date.now = () => now;
const views = [map, there].map((core) => core.getCurrentContent());
views[0].set("color", "red", "trusting");
views[1].set("color", "blue", "trusting");
await settle();
const shown = [one, two].map((node) => node.getCoValue(map.id).getCurrentContent().get("color"));
const counts = [one, two].map((node) => Object.values(node.getCoValue(map.id).knownState().sessions).reduce((a, b) => a + b, 0));
console.log(`both hold ${counts.join(" and ")} transactions; one shows ${shown[0]}, the other ${shown[1]}`);
process.exit(counts[0] === 2 && counts[1] === 2 && shown[0] !== shown[1] ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
