#!/usr/bin/env bash
# cojson 0.20.19 (npm), the sync engine under Jazz: two people write to one list, and the clock of one is three seconds
# ahead. One would expect that clocks decide at most about the order of items. What happens: an item that is put after
# one of the other's has an earlier date than the item that it follows, so it is passed over: it is missing at once on
# its author's own device, and for good everywhere. No error.
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
const list = group.createList();
await settle();
const his = await load(bob, list.id);

now += 3000; // bob's clock
his.append("milk");
await settle();
now -= 2000; // alice's, a second later
list.append("eggs");
await settle();
const held = list.core.verifiedTransactions.filter((transaction) => transaction.isValid).length;
console.log(`alice holds ${held} valid transactions, and sees ${JSON.stringify(list)}; bob sees ${JSON.stringify(his)}`);
process.exit(held === 2 && `${list.asArray()}` === "milk" && `${his.asArray()}` === "milk" ? 0 : 1);
JS
printf 'cojson %s, Node.js %s\n' "$(node -p 'require("./node_modules/cojson/package.json").version')" "$(node --version)"
node try.mjs
