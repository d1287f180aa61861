#!/usr/bin/env bash
# json-joy 17.67.0 (npm), JSON CRDT: one of three patches comes before the one that it builds upon.
# One would expect that it waits, or that an error tells what is missing, as documents of this kind are sent by any way.
# What happens: it is dropped in silence. Even so the document's clock passes it, so after all three have been applied
# both documents have the same clock, as if they were equal, while one lacks words.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps json-joy@17.67.0 tslib@2.8.1
cat >try.mjs <<'JS'
import { Model } from "json-joy/lib/json-crdt/index.js";

const source = Model.create(undefined, 1_111_111);
source.api.set({ text: "" });
source.api.flush();
const copy = Model.fromBinary(source.toBinary()).fork(2_222_222);
const add = (at, words) => { source.api.str(["text"]).ins(at, words); return source.api.flush(); };
const [first, second, third] = [add(0, "one"), add(3, " two"), add(0, "zero ")];
for (const patch of [second, first, third]) copy.applyPatch(patch);
const known = copy.clock.peers.get(1_111_111)?.time;
console.log(`source ${JSON.stringify(source.view())} at ${source.clock.time}; copy ${JSON.stringify(copy.view())} at ${copy.clock.time}, knows the source up to ${known}`);
process.exit(source.view().text === "zero one two" && copy.view().text === "zero one" && source.clock.time === copy.clock.time ? 0 : 1);
JS
printf 'json-joy %s, Node.js %s\n' "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/json-joy/package.json")).version')" "$(node --version)"
node try.mjs
