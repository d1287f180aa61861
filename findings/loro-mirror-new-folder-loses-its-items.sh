#!/usr/bin/env bash
# loro-mirror 1.2.1 with loro-crdt 1.17.1 (npm), which keeps a plain state and a Loro document equal in both directions.
# In a tree, the user puts two notes into a new folder: one setState that adds the folder with the notes in it.
# One would expect that the document, and so everybody else, has the notes in the folder, as this device shows it.
# What happens: a node is moved to the id of its new parent, and a new folder has no id yet when the move is worked out. The
# folder is made empty, and the notes lie beside it, in a mixed order. This device goes on showing them in the folder until
# it is started anew. No error, no warning. (Folder first, and the move in a second setState, is right.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts loro-mirror@1.2.1 loro-crdt@1.17.1
cat >try.mjs <<'JS'
import { LoroDoc } from "loro-crdt";
import { Mirror, schema } from "loro-mirror";

const shape = schema({ tree: schema.LoroTree(schema.LoroMap({ title: schema.String() })) });
const device = (from) => {
  const doc = new LoroDoc();
  if (from) doc.import(from.doc.export({ mode: "update" }));
  const mirror = new Mirror({ doc, schema: shape });
  const inner = (nodes) => (nodes.length ? `(${show(nodes)})` : "");
  const show = (nodes) => nodes.map(({ data, children }) => data.title + inner(children)).join(" ");
  return { doc, mirror, show: () => show(mirror.getState().tree) };
};
const node = (title, children = []) => ({ data: { title }, children });
const pause = () => new Promise((done) => setTimeout(done, 50));
const start = () => {
  const phone = device();
  phone.mirror.setState({ tree: ["a", "b", "c", "d"].map((title) => node(title)) });
  return phone;
};

const phone = start();
phone.mirror.setState((state) => {
  const picked = state.tree.splice(1, 2);
  state.tree.unshift(node("folder", picked));
});
await pause();
const once = [phone, device(phone)].map((one) => one.show());

const tablet = start();
tablet.mirror.setState((state) => void state.tree.unshift(node("folder")));
tablet.mirror.setState((state) => {
  const picked = state.tree.splice(2, 2);
  state.tree[0].children.push(...picked);
});
await pause();
const twice = [tablet, device(tablet)].map((one) => one.show());

console.log(`in one setState: this device shows ${once[0]}; another one shows ${once[1]}`);
console.log(`in two: this device shows ${twice[0]}; another one shows ${twice[1]}`);
const good = "folder(b c) a d";
const asTold = once[0] === good && twice.every((one) => one === good) && once[1] === "b a d c folder";
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'loro-mirror %s, loro-crdt %s, Node.js %s\n' "$(version loro-mirror)" "$(version loro-crdt)" "$(node --version)"
node try.mjs
