#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: an admin of a group removes another admin, which is refused. One
# would expect that a call that raises an error has changed nothing. What happens: before it finds out, the package has
# given the group a new key, to everybody but that other admin. He stays an admin, and can read nothing that is written
# from then on.
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
group.addMember(bob.getCurrentAgent(), "admin");
const map = group.createMap();
map.set("first", 1);
await settle();
const seen = await load(bob, map.id);

let error = "none";
try {
  group.removeMember(bob.getCurrentAgent());
} catch (raised) {
  error = raised.message.replaceAll(/sealer_\S+/g, "bob");
}
map.set("second", 2);
await settle();
const role = seen.group.myRole();
console.log(`error: ${error}\nbob is ${role}; alice sees ${JSON.stringify(map)}, bob sees ${JSON.stringify(seen)}`);
const as = error !== "none" && role === "admin" && map.get("second") === 2 && seen.get("first") === 1 && !("second" in seen.toJSON());
process.exit(as ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
