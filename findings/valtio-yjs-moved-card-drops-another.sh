#!/usr/bin/env bash
# valtio-yjs 0.7.0 with valtio 2.3.2 and yjs 13.6.33 (npm), "two-way binding" of a state and a Yjs document: a card is taken
# from the top of one list and put on top of another one, in one go, with the usual array methods.
# One would expect that the document, and so everybody else, has what this device shows.
# What happens: on each list the changes of both are carried out, by index alone. The document gets the next card of the first
# list twice and loses a card of the second one. The device that did it shows all as it should be until it loads the document
# again: that card is gone for good. No error, no warning. (In two steps, with a pause between, all is well.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps valtio-yjs@0.7.0 valtio@2.3.2 yjs@13.6.33
cat >try.mjs <<'JS'
import { proxy } from "valtio/vanilla";
import { bind } from "valtio-yjs";
import * as Y from "yjs";

const settle = () => new Promise((done) => setTimeout(done, 50)); // changes are written at the end of the tick
const device = (doc, state) => {
  bind(state, doc.getMap("board"));
  return { doc, state };
};
const shown = (state) => `todo ${state.todo.join()} / done ${state.done.join()}`;

const laptop = device(new Y.Doc(), proxy({ todo: ["rent", "milk", "tea"], done: ["post", "bread", "soap"] }));
const phone = device(new Y.Doc(), proxy({}));
laptop.doc.on("update", (update) => Y.applyUpdate(phone.doc, update));
Y.applyUpdate(phone.doc, Y.encodeStateAsUpdate(laptop.doc));
await settle();
const before = [laptop, phone].map((one) => shown(one.state));
laptop.state.done.unshift(laptop.state.todo.shift());
await settle();
const copy = new Y.Doc();
Y.applyUpdate(copy, Y.encodeStateAsUpdate(laptop.doc));
const reloaded = device(copy, proxy({}));
const [mine, theirs, again] = [laptop, phone, reloaded].map((one) => shown(one.state));
console.log(`before: ${before[0]}; then laptop: ${mine}; phone: ${theirs}; laptop, loaded again: ${again}`);
const wrong = "todo milk,milk,tea / done rent,bread,soap";
const start = "todo rent,milk,tea / done post,bread,soap";
const right = "todo milk,tea / done rent,post,bread,soap";
process.exit(before.every((one) => one === start) && mine === right && theirs === wrong && again === wrong ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'valtio-yjs %s, valtio %s, yjs %s, Node.js %s\n' "$(version valtio-yjs)" "$(version valtio)" "$(version yjs)" "$(node --version)"
node try.mjs
