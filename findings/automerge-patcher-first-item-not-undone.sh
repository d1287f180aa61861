#!/usr/bin/env bash
# @onsetsoftware/automerge-patcher 0.13.0 with @automerge/automerge 2.2.9 (npm): undo. unpatchAll gives the reverse of a
# change, and patch applies it to the document, as its README shows. An item of a list is replaced, and that is undone.
# One would expect the old item back, wherever it is in the list.
# What happens: for the second item and the later ones, it is. The reverse for the first item is right too, and patch takes it
# without a word, but changes nothing: the first item can not be undone. What else belongs to the same undo is applied, so
# that half of a swap is taken back, and an item is lost. The same patch on a plain object instead does nothing either.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  @onsetsoftware/automerge-patcher@0.13.0 @automerge/automerge@2.2.9
cat >try.mjs <<'JS'
import { change, from } from "@automerge/automerge/next";
import { patch, unpatchAll } from "@onsetsoftware/automerge-patcher";

const run = (label, edit) => {
  let reverse = [];
  const start = from({ list: [1, 2, 3] });
  const patchCallback = (patches, { before }) => void (reverse = unpatchAll(before, patches));
  const edited = change(start, { patchCallback }, edit);
  const undone = change(edited, (doc) => reverse.forEach((one) => patch(doc, one)));
  const plain = { list: [...edited.list] };
  reverse.forEach((one) => patch(plain, one));
  const seen = [edited, undone, plain].map(({ list }) => list.join(" "));
  console.log(`1 2 3, ${label}: ${seen[0]}; undone: ${seen[1]}; undone on a plain object: ${seen[2]}`);
  return seen.join();
};
const set = (at, value) => (doc) => void (doc.list[at] = value);
const swap = (doc) => {
  doc.list[0] = 3;
  doc.list[2] = 1;
};
const second = run("second replaced", set(1, 20));
const first = run("first replaced", set(0, 10));
const both = run("first and last swapped", swap);
const asTold = second === "1 20 3,1 2 3,1 2 3" && first === "10 2 3,10 2 3,10 2 3" && both === "3 2 1,3 2 3,3 2 3";
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@onsetsoftware/automerge-patcher %s, @automerge/automerge %s, Node.js %s\n' \
  "$(version @onsetsoftware/automerge-patcher)" "$(version @automerge/automerge)" "$(node --version)"
node try.mjs
