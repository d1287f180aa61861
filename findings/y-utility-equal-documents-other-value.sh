#!/usr/bin/env bash
# y-utility 0.1.4 with yjs 13.6.33 (npm), YKeyValue, a key-value store in a Y.Array. Two devices, apart, set one key for the
# first time. A server gets both writes in one update. Then the second device, not having heard of the first, deletes the key.
# One would expect that all three show the same once they have synced, the more as their documents are then equal.
# What happens: where two writes of a key come in one update, neither is cleaned away, and when the later one is deleted the
# server forgets the key, though the other still stands in the array. Both devices show that one. The server shows none
# until it opens the document anew. (Had the writes come one by one, all three would show none, and the array would be empty.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts y-utility@0.1.4 yjs@13.6.33
cat >try.mjs <<'JS'
import { YKeyValue } from "y-utility/y-keyvalue";
import * as Y from "yjs";

const replica = (id) => {
  const doc = new Y.Doc();
  doc.clientID = id; // for equal output each time: the higher one stands last
  return { doc, store: new YKeyValue(doc.getArray("store")) };
};
const state = (one) => Y.encodeStateAsUpdate(one.doc);
const all = ["phone", "laptop", "server"].map((_, at) => replica(at + 1));
const [phone, laptop, server] = all;

phone.store.set("title", "from phone");
laptop.store.set("title", "from laptop");
Y.applyUpdate(server.doc, Y.mergeUpdates([state(phone), state(laptop)]));
laptop.store.delete("title");
for (const _ of [1, 2]) for (const from of all) for (const to of all) Y.applyUpdate(to.doc, state(from));

const [byPhone, byLaptop, byServer] = all.map((one) => one.store.get("title"));
const held = all.map((one) => JSON.stringify(one.doc.getArray("store")));
const equal = held.every((one) => one === held[0]);
console.log(`documents equal: ${equal}, with ${held[0]}; phone shows ${byPhone}, laptop ${byLaptop}, server ${byServer}`);
process.exit(equal && held[0].includes("from phone") && byPhone === "from phone" && byLaptop === "from phone" && byServer === undefined ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'y-utility %s, yjs %s, Node.js %s\n' "$(version y-utility)" "$(version yjs)" "$(node --version)"
node try.mjs
