#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: an app sets a key on a branch, and merges the branch right away, in
# the same millisecond. One would expect that the value is the newest: a merged write keeps the date that it had on the
# branch. What happens: the date is told as a difference to the merge, and a difference of zero is taken for none, so
# that the write gets the date of its author's write before it. A value that somebody else has set in between wins,
# though it is older.
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
const node = (name) => {
  const secret = crypto.newRandomAgentSecret();
  return new LocalNode(secret, `${crypto.getAgentID(secret)}_session_z${name}`, crypto);
};

// Everybody is a client of the server. What is sent waits in a queue until all is settled.
const queues = [];
function join(client, server, name) {
  const ends = { server: { of: client, role: "server" }, [name]: { of: server, role: "client" } };
  const take = {};
  for (const [id, { of, role }] of Object.entries(ends)) {
    const other = id === "server" ? name : "server";
    const queue = [];
    queues.push(() => queue.splice(0).map((message) => take[other](message)).length);
    of.syncManager.addPeer({
      id, role, persistent: role === "server",
      incoming: { onMessage: (callback) => { take[id] = callback; }, onClose() {}, close() {} },
      outgoing: { push: (message) => queue.push(structuredClone(message)), onClose() {}, close() {} },
    });
  }
}
async function settle() {
  for (let quiet = 0; quiet < 5; ) {
    await new Promise((done) => setImmediate(done));
    quiet = queues.reduce((sum, empty) => sum + empty(), 0) === 0 ? quiet + 1 : 0;
  }
}
async function load(of, id) {
  const loading = of.load(id);
  await settle();
  return loading;
}

// One clock for all, which stands still between the steps.
let now = Date.now();
Date.now = () => now;

const [server, alice, bob] = ["server", "alice", "bob"].map(node);
join(alice, server, "alice");
join(bob, server, "bob");
const group = alice.createGroup();
group.addMember(bob.getCurrentAgent(), "writer");
const map = group.createMap();
await settle();
const his = await load(bob, map.id);

now += 1000;
const branch = await alice.checkoutBranch(map.id, "draft");
now += 1000;
his.set("color", "red");
await settle();
const shown = {};
for (const [wait, key] of [[0, "at once"], [1, "a millisecond later"]]) {
  now += 1000;
  branch.set("color", wait === 0 ? "blue" : "green");
  now += wait;
  branch.core.mergeBranch();
  await settle();
  shown[key] = map.get("color");
}
console.log(`bob sets red, then alice's branch sets blue: merged at once, it shows ${shown["at once"]}`);
console.log(`then the branch sets green: merged a millisecond later, it shows ${shown["a millisecond later"]}`);
process.exit(shown["at once"] === "red" && shown["a millisecond later"] === "green" ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
