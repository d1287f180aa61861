#!/usr/bin/env bash
# @loro-extended/change 5.4.2 with loro-crdt 1.17.1 (npm), a typed layer over Loro documents: change() puts several edits
# into one transaction. One device edits, while another one, apart, only looks at the same places within its change().
# One would expect that to look is not to write: the README says that placeholders are not stored, but worked out on reading.
# What happens: all plain values that were read within change() are written back at its end, changed or not, and a
# placeholder is written as if it had been set. After the merge the looker's default has replaced what the other one chose,
# the item that the other one deleted is back, and where both have looked at one item it stands twice. No error.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @loro-extended/change@5.4.2 loro-crdt@1.17.1
cat >try.mjs <<'JS'
import { change, createTypedDoc, loro, Shape } from "@loro-extended/change";

const shape = Shape.doc({
  settings: Shape.struct({ theme: Shape.plain.string().placeholder("light") }),
  tags: Shape.list(Shape.plain.string()),
  visits: Shape.counter(),
});
const device = (id) => {
  const doc = createTypedDoc(shape);
  loro(doc).doc.setPeerId(id); // for equal output each time
  return doc;
};
const send = (from, to) => loro(to).doc.import(loro(from).doc.export({ mode: "update" }));
const sync = (one, other) => (send(one, other), send(other, one));
const show = (doc) => JSON.stringify(doc.toJSON());
const start = () => {
  const all = [device("2"), device("1")];
  change(all[0], (draft) => {
    for (const tag of ["urgent", "home"]) draft.tags.push(tag);
  });
  sync(...all);
  return all;
};
const look = (doc) =>
  change(doc, (draft) => {
    if (draft.settings.theme !== "none" && draft.tags.get(0) !== "none") draft.visits.increment(1);
  });

const [looker, editor] = start();
change(editor, (draft) => {
  draft.settings.theme = "dark";
  draft.tags.delete(0, 1);
});
const edited = show(editor);
look(looker);
sync(looker, editor);
console.log(`the editor had ${edited}\nafter the merge both have ${show(editor)}`);

const [one, other] = start();
look(one);
look(other);
sync(one, other);
console.log(`where both only looked, both have ${show(one)}`);

const same = show(looker) === show(editor) && show(one) === show(other);
const had = edited === '{"settings":{"theme":"dark"},"tags":["home"],"visits":0}';
const lost = show(editor) === '{"settings":{"theme":"light"},"tags":["urgent","home"],"visits":1}';
const twice = show(one) === '{"settings":{"theme":"light"},"tags":["urgent","urgent","home"],"visits":2}';
process.exit(same && had && lost && twice ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@loro-extended/change %s, ' "$(version @loro-extended/change)"
printf 'loro-crdt %s, Node.js %s\n' "$(version loro-crdt)" "$(node --version)"
node try.mjs
