#!/usr/bin/env bash
# immer-yjs 1.2.0 with yjs 13.6.33 and immer 10.2.0 (npm): a list in a Yjs document, changed as a plain array ("any operation
# supported by immer", says its README). Two devices, apart, each put a new item on top.
# One would expect the list with both new items, as Yjs merges two inserts into one array.
# What happens: Immer tells an insert as new values for all places behind it, and each of these is written as a deletion and
# an insertion. So each device writes the whole list anew, and after the merge every item that was there stands twice.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts immer-yjs@1.2.0 yjs@13.6.33 immer@10.2.0
cat >try.mjs <<'JS'
import { bind } from "immer-yjs";
import * as Y from "yjs";

const device = (id) => {
  const doc = new Y.Doc();
  doc.clientID = id; // for equal output each time; with others only the order differs
  return { doc, ...bind(doc.getMap("state")) };
};
const sync = (from, to) => Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)));

const [phone, laptop] = [device(1), device(2)];
phone.update((state) => { state.todos = ["rent", "milk", "tea"]; });
sync(phone, laptop);
phone.update((state) => { state.todos.unshift("post"); });
laptop.update((state) => { state.todos.unshift("bread"); });
const before = [phone, laptop].map((one) => one.get().todos.join());
sync(phone, laptop);
sync(laptop, phone);
const after = [phone, laptop].map((one) => one.get().todos.join());
console.log(`phone had ${before[0]}, laptop ${before[1]}; then both have ${after[0]}`);
const doubled = "post,rent,milk,tea,bread,rent,milk,tea";
process.exit(before[0] === "post,rent,milk,tea" && before[1] === "bread,rent,milk,tea" && after.every((list) => list === doubled) ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'immer-yjs %s, yjs %s, immer %s, Node.js %s\n' "$(version immer-yjs)" "$(version yjs)" "$(version immer)" "$(node --version)"
node try.mjs
