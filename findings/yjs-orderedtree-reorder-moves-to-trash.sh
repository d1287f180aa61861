#!/usr/bin/env bash
# yjs-orderedtree 1.0.1-beta.3 with yjs 13.6.33 (npm), a tree on a Y.Map. One device moves a note to the trash and back again;
# another one meanwhile puts the same note last within its folder.
# One would expect the note in its folder, at one place or another: there it was on both devices before they met.
# What happens: the place among siblings is in one value with the count that tells which move was the last, and reordering
# writes the old count again. Where that wins, by Yjs' order of client ids, the move back is undone: both then have the note
# in the trash, where nobody had left it.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts yjs-orderedtree@1.0.1-beta.3 yjs@13.6.33
cat >try.mjs <<'JS'
import * as Y from "yjs";
import { YTree } from "yjs-orderedtree";

const run = (first, second) => {
  const docs = [first, second].map((id) => Object.assign(new Y.Doc(), { clientID: id }));
  const sync = () => {
    for (const from of docs) for (const to of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
  };
  const phone = new YTree(docs[0].getMap("tree"));
  phone.createNode("root", "work", "Work");
  phone.createNode("root", "trash", "Trash");
  phone.createNode("work", "note 1", "to pay");
  phone.createNode("work", "note 2", "to read");
  sync();
  const laptop = new YTree(docs[1].getMap("tree"));
  phone.moveChildToParent("note 1", "trash");
  phone.moveChildToParent("note 1", "work");
  laptop.setNodeOrderToEnd("note 1");
  const places = () => [phone, laptop].map((tree) => tree.getNodeParentFromKey("note 1")).join();
  const before = places();
  sync();
  return `${before} -> ${places()}`;
};

const [reorderWins, moveWins] = [run(1, 2), run(2, 1)];
console.log(`where the note is on phone and laptop, before and after they sync: ${reorderWins} (or ${moveWins}, by client ids)`);
process.exit(reorderWins === "work,work -> trash,trash" && moveWins === "work,work -> work,work" ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'yjs-orderedtree %s, yjs %s, Node.js %s\n' "$(version yjs-orderedtree)" "$(version yjs)" "$(node --version)"
node try.mjs
