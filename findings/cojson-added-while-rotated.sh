#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: one admin adds a member, while another one gives the group a new key
# (as whenever somebody is removed), and both hear of each other a moment later. One would expect that the new member
# can read, as the group says, at the latest when an admin has seen both. What happens: the new key went to the members
# that there were, and the new member got the old one. Nothing ever mends that: the member reads nothing that is written
# from then on, and cannot write.
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
group.addMember(bob.getCurrentAgent(), "admin");
const map = group.createMap();
await settle();
const his = await load(bob, group.id);

his.addMember(carol.getCurrentAgent(), "writer");
group.rotateReadKey();
await settle();
map.set("color", "red");
await settle();
const hers = await load(carol, map.id);
let error = "none";
try {
  hers.set("color", "blue");
} catch (raised) {
  error = raised.message;
}
const role = hers.group.myRole();
console.log(`carol is ${role}; alice sees ${JSON.stringify(map)}, carol sees ${JSON.stringify(hers)}\nerror when carol writes: ${error}`);
process.exit(role === "writer" && map.get("color") === "red" && hers.get("color") === undefined && error !== "none" ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
