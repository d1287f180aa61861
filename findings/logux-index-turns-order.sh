#!/usr/bin/env bash
# @logux/core 0.10.0 (npm), a log of actions that is synced: MemoryStore, where an action may be put into an index, and
# each() goes through one index, the latest creation first. Two actions rename one document; a third belongs to another one.
# One would expect within the index the order of creation, as in the whole log, in whatever order the actions came in.
# What happens: an action that is the newest of its index, but came after a newer one of another index, is put before the
# last of its own index. There the older name counts as the latest, so an app that takes the first shows what had been
# replaced. Another device that got the same actions in another order shows the new name.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @logux/core@0.10.0
cat >try.mjs <<'JS'
import { Log, MemoryStore } from "@logux/core";

const rename = (time, doc, name) => [
  { type: "doc/rename", doc, name },
  { id: `${time} user:1 0`, time, indexes: [doc], reasons: ["history"] },
];
const actions = [rename(1, "plan", "old"), rename(2, "plan", "new"), rename(3, "budget", "2026")];
const device = async (order) => {
  const log = new Log({ nodeId: "user:2", store: new MemoryStore() });
  for (const at of order) await log.add(...structuredClone(actions[at]));
  const seen = { index: [], all: [] };
  await log.each({ order: "created", index: "plan" }, (action) => void seen.index.push(action.name));
  await log.each({ order: "created" }, (action) => void (action.doc === "plan" && seen.all.push(action.name)));
  return [seen.index.join(" "), seen.all.join(" ")];
};
const laptop = await device([0, 1, 2]);
const phone = await device([0, 2, 1]);
for (const [name, [index, all]] of Object.entries({ laptop, phone })) {
  console.log(`${name}: latest first, by the index of the plan: ${index}; by the whole log: ${all}`);
}
const asTold = laptop.join() === "new old,new old" && phone.join() === "old new,new old";
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@logux/core %s, Node.js %s\n' "$(version @logux/core)" "$(node --version)"
node try.mjs
