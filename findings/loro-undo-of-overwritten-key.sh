#!/usr/bin/env bash
# loro-crdt 1.17.1 (npm), UndoManager, whose docs say that undo is local and cannot revert changes made by other peers.
# One would expect that undoing my write, which somebody else has since replaced, leaves their value alone: mine is gone.
# What happens: undo puts back what stood there before my write, for everybody. The other's later value is lost, though
# nobody undid it and it was never in the undo stack.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts loro-crdt@1.17.1
cat >try.mjs <<'JS'
import { LoroDoc, UndoManager } from "loro-crdt";

const [mine, theirs] = ["1", "2"].map((peer) => { const doc = new LoroDoc(); doc.setPeerId(peer); return doc; });
const send = (from, to) => to.import(from.export({ mode: "update", from: to.version() }));
const write = (doc, value) => { doc.getMap("page").set("title", value); doc.commit(); };
const undo = new UndoManager(mine, { mergeInterval: 0 });

write(mine, "draft");
write(mine, "by me");
send(mine, theirs);
write(theirs, "by somebody else, later");
send(theirs, mine);
const before = mine.toJSON().page.title;
undo.undo();
send(mine, theirs);
const after = [mine, theirs].map((doc) => doc.toJSON().page.title);
console.log(`before my undo: ${before}; after it: ${after.join(" and ")}`);
process.exit(before === "by somebody else, later" && after.every((title) => title === "draft") ? 0 : 1);
JS
printf 'loro-crdt %s, Node.js %s\n' "$(node -p 'require("./node_modules/loro-crdt/package.json").version')" "$(node --version)"
node try.mjs
