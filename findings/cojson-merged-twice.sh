#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: two devices merge the same branch before they hear of each other.
# One would expect that what was merged twice shows once: the package tells each merged write by its place in the
# branch, and lists and maps go by that. What happens: in a stream it shows twice, for good.
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
const [stream, list] = [group.createStream(), group.createList()];
await settle();
const branches = [];
for (const value of [stream, list]) {
  await load(bob, value.id);
  const branch = await alice.checkoutBranch(value.id, "draft");
  if (value === stream) branch.push("hello");
  else branch.append("hello");
  await settle();
  branches.push(branch, await load(bob, branch.id));
}

for (const branch of branches) branch.core.mergeBranch();
await settle();
const shown = Object.values(stream.toJSON()).flat();
console.log(`one "hello" in each branch, merged by both: the list shows ${JSON.stringify(list)}, the stream ${JSON.stringify(shown)}`);
process.exit(`${list.asArray()}` === "hello" && `${shown}` === "hello,hello" ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
