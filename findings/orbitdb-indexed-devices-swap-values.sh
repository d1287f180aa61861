#!/usr/bin/env bash
# @orbitdb/core 4.0.0 (npm), a peer-to-peer database on a replicated log: a key-value store in two kinds, plain, and
# "indexed" for quicker reading. Two devices, apart, each set one key; then they connect, and both have both entries.
# One would expect the same value on both, the one that is the later in the log, with either kind.
# What happens: with the index each device takes over the other's value, so that they have swapped them, and stay apart: an
# entry that comes late is put over what is in the index, though it is the earlier in the log. On one of the two, get gives
# another value than all does. The plain kind has it right. (Blocks and connections are stubs in memory here.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @orbitdb/core@4.0.0 it-drain@3.0.10
cat >try.mjs <<'JS'
import { PassThrough } from "node:stream";
import { createOrbitDB, IPFSAccessController, KeyValue, KeyValueIndexed } from "@orbitdb/core";

const nodes = new Map();
const blocks = new Map();
const put = async (cid, bytes) => void blocks.set(String(cid), bytes);
const blockstore = { put, get: async function* (cid) { yield blocks.get(String(cid)); } };
const pins = { isPinned: async () => true };
const side = (take, give) => ({
  send: (bytes) => give.write(bytes),
  close: async () => void give.end(),
  [Symbol.asyncIterator]: () => take[Symbol.asyncIterator](),
});
const node = async (name) => {
  const [handlers, topics] = [new Map(), new Set()];
  const pubsub = new EventTarget();
  Object.assign(pubsub, { subscribe: async (topic) => void topics.add(topic), publish: async () => {} });
  const dialProtocol = async (to, protocol) => {
    const [there, back] = [new PassThrough({ objectMode: true }), new PassThrough({ objectMode: true })];
    void nodes.get(to).handlers.get(protocol)(side(there, back), { remotePeer: name });
    return side(back, there);
  };
  const handle = async (protocol, handler) => void handlers.set(protocol, handler);
  const libp2p = Object.assign(new EventTarget(), { peerId: name, services: { pubsub }, handle, dialProtocol });
  nodes.set(name, { handlers, topics, pubsub });
  return createOrbitDB({ ipfs: { libp2p, blockstore, pins }, id: name, directory: `./${name}` });
};
const [phone, laptop] = [await node("phone"), await node("laptop")];
const connect = (from, to) => {
  const subscriptions = [...nodes.get(to).topics].map((topic) => ({ topic, subscribe: true }));
  const event = new Event("subscription-change");
  nodes.get(from).pubsub.dispatchEvent(Object.assign(event, { detail: { peerId: to, subscriptions } }));
};
const run = async (kind, Database) => {
  const AccessController = IPFSAccessController({ write: ["*"] });
  const mine = await phone.open(`title ${kind}`, { type: "keyvalue", Database, AccessController });
  const theirs = await laptop.open(mine.address, { type: "keyvalue", Database });
  await mine.put("title", "phone's");
  await theirs.put("title", "laptop's");
  connect("phone", "laptop");
  for (let i = 0; i < 50; i++) await new Promise((done) => setTimeout(done, 20));
  const seen = [];
  for (const one of [mine, theirs]) {
    const log = (await one.log.values()).map(({ payload }) => payload.value);
    seen.push({ log: log.join(), get: await one.get("title"), all: (await one.all())[0].value });
  }
  console.log(`${kind}: the log ${seen.map(({ log }) => log).join(" | ")}`);
  console.log(`  get: on the phone ${seen[0].get}, on the laptop ${seen[1].get}; all: ${seen[0].all}, ${seen[1].all}`);
  return seen;
};
const [a, b] = await run("plain", KeyValue());
const [c, d] = await run("indexed", KeyValueIndexed());
const right = a.get === b.get && a.log === b.log && a.log.endsWith(a.get) && c.log === d.log && c.all === d.all;
process.exit(right && c.get === "laptop's" && d.get === "phone's" ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@orbitdb/core %s, Node.js %s\n' "$(version @orbitdb/core)" "$(node --version)"
timeout 60 node try.mjs
