#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: somebody who may write accepts an invite for readers. One would
# expect that he may still write: the package leaves an admin as he is who accepts one, and says itself that an invite
# must not take rights. What happens: he becomes a reader, and what he writes from then on nobody sees.
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

const [server, alice, bob] = ["server", "alice", "bob"].map(node);
join(alice, server, "alice");
join(bob, server, "bob");
const group = alice.createGroup();
group.addMember(bob.getCurrentAgent(), "writer");
const invite = group.createInvite("reader");
const map = group.createMap({}, null, "trusting");
await settle();
const his = await load(bob, map.id);
his.set("first", 1, "trusting");
const before = his.group.myRole();

const accepting = bob.acceptInvite(group.id, invite);
await settle();
await accepting;
await settle();
his.set("second", 2, "trusting");
await settle();
const after = his.group.myRole();
console.log(`bob was ${before}, and is ${after}; he has set "first" and "second", alice sees ${JSON.stringify(map)}`);
process.exit(before === "writer" && after === "reader" && map.get("first") === 1 && map.get("second") === undefined ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
