#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: a branch of a map is made, and later somebody who had not written to
# the map before writes to the map itself. One would expect that the branch goes on from the map as it was, and for
# everybody from the same. What happens: whoever loads the branch later sees in it what was written to the map after it
# was branched off, as long as it is by a session that the branch does not mention; whoever made the branch does not.
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

const [server, alice, bob, carol] = ["server", "alice", "bob", "carol"].map(node);
join(alice, server, "alice");
join(bob, server, "bob");
join(carol, server, "carol");
const group = alice.createGroup();
group.addMember(bob.getCurrentAgent(), "writer");
group.addMember(carol.getCurrentAgent(), "writer");
const map = group.createMap();
map.set("first", 1);
await settle();
const his = await load(bob, map.id);

const branch = await alice.checkoutBranch(map.id, "draft");
await settle();
his.set("second", 2);
await settle();
const hers = await load(carol, branch.id);
console.log(`the branch: alice, who made it, sees ${JSON.stringify(branch)}; carol sees ${JSON.stringify(hers)}`);
process.exit(branch.get("second") === undefined && hers.get("first") === 1 && hers.get("second") === 2 ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
