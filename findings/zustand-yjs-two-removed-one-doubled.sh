#!/usr/bin/env bash
# zustand-middleware-yjs 1.3.1 with zustand 4.5.7 and yjs 13.6.33 (npm), which keeps a store's state in a Yjs document, so that
# peers have the same state. A shopping list of five is in sync; somebody takes two things off it in one go.
# One would expect the list of three everywhere: both documents have it.
# What happens: the peer's store is one too long, and shows the last thing twice. That is no longer what is in its own
# document, and when the peer adds something, its list is written back, and all have that thing several times.
# Taken off one after the other, both go.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts zustand-middleware-yjs@1.3.1 zustand@4.5.7 yjs@13.6.33
cat >try.mjs <<'JS'
import * as Y from "yjs";
import yjs from "zustand-middleware-yjs";
import { createStore } from "zustand/vanilla";

const device = () => {
  const doc = new Y.Doc();
  const store = createStore(yjs(doc, "shop", (set) => ({ list: [], put: (list) => set({ list }) })));
  return {
    doc,
    put: (change) => store.getState().put(change(store.getState().list)),
    shown: () => store.getState().list.map((item) => item.name).join(" "),
    stored: () => doc.getMap("shop").toJSON().list.map((item) => item.name).join(" "),
  };
};
const run = (label, ...steps) => {
  const [phone, laptop] = [device(), device()];
  phone.doc.on("update", (update, origin) => origin !== "peer" && Y.applyUpdate(laptop.doc, update, "peer"));
  laptop.doc.on("update", (update, origin) => origin !== "peer" && Y.applyUpdate(phone.doc, update, "peer"));
  phone.put(() => ["milk", "eggs", "rice", "soap", "jam"].map((name) => ({ name })));
  for (const step of steps) step(phone, laptop);
  const seen = [phone.shown(), laptop.shown(), laptop.stored()];
  console.log(`${label}:`);
  console.log(`  the phone shows: ${seen[0]}; the laptop shows: ${seen[1]}; the laptop's document has: ${seen[2]}`);
  return seen.join();
};
const off = (...names) => (phone) => phone.put((list) => list.filter((item) => !names.includes(item.name)));
const add = (_, laptop) => laptop.put((list) => [...list, { name: "tea" }]);
const single = run("rice off, then soap off", off("rice"), off("soap"));
const double = run("rice and soap off at once", off("rice", "soap"));
const later = run("rice and soap off at once, then the laptop adds tea", off("rice", "soap"), add);
const asTold =
  single === "milk eggs jam,milk eggs jam,milk eggs jam" &&
  double === "milk eggs jam,milk eggs jam jam,milk eggs jam" &&
  later.split(",").every((list) => /^milk eggs jam( jam)+ tea$/.test(list));
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'zustand-middleware-yjs %s, zustand %s, yjs %s, Node.js %s\n' "$(version zustand-middleware-yjs)" \
  "$(version zustand)" "$(version yjs)" "$(node --version)"
node try.mjs
