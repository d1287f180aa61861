#!/usr/bin/env bash
# crdts 0.2.0 (npm), OrbitDB's library of replicated data types: an OR-Set is saved with toJSON and loaded again with from,
# as any device does that is restarted.
# One would expect the same set: what is removed from it, here or by another device, is gone after the merge.
# What happens: from fills the list of operations but not the index by value that add, remove and merge go by. On the loaded
# set remove does nothing, without a word. A merge takes each value for new and keeps a second entry beside the first, so
# a removal by another device changes nothing either: the restarted device shows the item for good. (LWW-Set: the same.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts crdts@0.2.0
cat >try.mjs <<'JS'
import { ORSet } from "crdts";

const show = (set) => set.toArray().join(" ") || "nothing";
const restart = (set) => ORSet.from(JSON.parse(JSON.stringify(set.toJSON())));

const phone = new ORSet();
phone.add("milk", "phone-1");
phone.add("eggs", "phone-2");
const laptop = restart(phone);
const before = show(laptop);

laptop.remove("milk");
console.log(`loaded: ${before}; after it removed milk itself: ${show(laptop)}`);

phone.remove("eggs");
laptop.merge(phone);
phone.merge(laptop);
console.log(`the phone removed eggs, and both merged: phone ${show(phone)}; laptop ${show(laptop)}`);

const never = new ORSet(); // the same steps on a set that was not loaded
never.merge(phone);
console.log(`a new device that merges the phone's set: ${show(never)}`);

const asTold = before === "milk eggs" && show(laptop) === "milk eggs" && show(phone) === "milk" && show(never) === "milk";
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'crdts %s, Node.js %s\n' "$(version crdts)" "$(node --version)"
node try.mjs
