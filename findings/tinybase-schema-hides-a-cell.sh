#!/usr/bin/env bash
# tinybase 10.0.1 (npm), MergeableStore: two stores in sync, where one has a schema that says a cell is a number.
# One would expect that a value which a schema refuses is not taken in (so the stores would differ, and say so), or that
# it is there: the mergeable content and its hashes are what tells whether two stores are the same.
# What happens: a refused cell is recorded as had, hash and all, but never shown. The two stores have equal content and
# hashes, one shows the row and the other has none, and no sync will ever send it again, not even once the schema is gone.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps tinybase@10.0.1
cat >try.mjs <<'JS'
import { createMergeableStore } from "tinybase";

const [old, strict] = [createMergeableStore("old"), createMergeableStore("strict")];
strict.setTablesSchema({ parts: { price: { type: "number" } } });
old.setCell("parts", "bolt", "price", "12 a piece");
old.merge(strict);
const same = JSON.stringify(old.getMergeableContent()) === JSON.stringify(strict.getMergeableContent());
const early = [old, strict].map((store) => JSON.stringify(store.getTables()));
console.log(`mergeable content equal: ${same}; one shows ${early[0]}, the other ${early[1]}`);
strict.delTablesSchema();
old.merge(strict);
const late = JSON.stringify(strict.getTables());
console.log(`without the schema, merged again: ${late}`);
process.exit(same && early[0].includes("12 a piece") && early[1] === "{}" && late === "{}" ? 0 : 1);
JS
printf 'tinybase %s, Node.js %s\n' "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/tinybase/package.json")).version')" "$(node --version)"
node try.mjs
