#!/usr/bin/env bash
# PouchDB 9.0.0 (npm: pouchdb-core, pouchdb-replication, pouchdb-adapter-memory): two devices, apart, each add one to a counter.
# One would expect what its guide tells of two devices that change one document: a conflict, found with conflicts: true
# and resolved by the app (which would then make it 2).
# What happens: both made the same document of the same parent, and a revision's name is the hash of just that. So the two
# edits are one revision: there is no conflict, nothing to resolve, and one of the two increments is lost for good.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts pouchdb-core@9.0.0 pouchdb-replication@9.0.0 pouchdb-adapter-memory@9.0.0
cat >try.cjs <<'JS'
const PouchDB = require("pouchdb-core").plugin(require("pouchdb-adapter-memory")).plugin(require("pouchdb-replication"));

async function main() {
  const [phone, laptop] = ["phone", "laptop"].map((name) => new PouchDB(name, { adapter: "memory" }));
  const count = async (device, by) => {
    const doc = await device.get("counter");
    return device.put({ ...doc, value: doc.value + by });
  };
  const state = async () => {
    await phone.sync(laptop);
    const docs = await Promise.all([phone, laptop].map((device) => device.get("counter", { conflicts: true })));
    return docs.map((doc) => `${doc.value} with ${doc._conflicts?.length ?? 0} conflicts`).join(" and ");
  };
  await phone.put({ _id: "counter", value: 0 });
  await phone.sync(laptop);
  const [one, other] = [await count(phone, 1), await count(laptop, 1)];
  const equal = await state();
  await count(phone, 1);
  await count(laptop, 2);
  const unequal = await state();
  console.log(`one and one: ${equal} (same revision: ${one.rev === other.rev}); then one and two: ${unequal}`);
  const asTold = equal === "1 with 0 conflicts and 1 with 0 conflicts" && /^(2|3) with 1 conflicts and \1 with 1 conflicts$/.test(unequal);
  process.exit(asTold && one.rev === other.rev ? 0 : 1);
}
main();
JS
printf 'PouchDB %s, Node.js %s\n' "$(node -p 'require("./node_modules/pouchdb-core/package.json").version')" "$(node --version)"
node try.cjs
