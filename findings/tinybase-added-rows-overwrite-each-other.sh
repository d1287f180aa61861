#!/usr/bin/env bash
# tinybase 10.0.1 (npm), MergeableStore: two devices each add a row while apart. The docs of addRow say that it gives the
# new row a unique Id and returns that.
# One would expect two rows after the merge, the more as a MergeableStore is made to be written in several places.
# What happens: the Ids are counted per store, so both rows are "0" and are merged cell by cell into one: a mixture that
# neither wrote, with one title lost. Nothing tells that there were two.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps tinybase@10.0.1
cat >try.mjs <<'JS'
import { isDeepStrictEqual } from "node:util";
import { createMergeableStore } from "tinybase";

let now = 1_700_000_000_000;
const [phone, laptop] = ["phone", "laptop"].map((name) => createMergeableStore(name, () => now));
const ids = [phone.addRow("todos", { title: "milk", urgent: true })];
now += 1000;
ids.push(laptop.addRow("todos", { title: "rent", due: "Friday" }));
phone.merge(laptop);
const shown = [phone, laptop].map((store) => store.getTable("todos"));
console.log(`Ids given: ${ids.join(" and ")}; after the merge ${JSON.stringify(shown[0])}`);
const mixture = { 0: { title: "rent", urgent: true, due: "Friday" } };
const plain = (table) => JSON.parse(JSON.stringify(table));
process.exit(ids[0] === ids[1] && shown.every((table) => isDeepStrictEqual(plain(table), mixture)) ? 0 : 1);
JS
printf 'tinybase %s, Node.js %s\n' "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/tinybase/package.json")).version')" "$(node --version)"
node try.mjs
