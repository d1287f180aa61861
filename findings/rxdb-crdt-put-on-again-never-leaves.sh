#!/usr/bin/env bash
# rxdb 17.6.0 with rxjs 7.8.2 (npm), a local-first store, with its CRDT plugin: a document is the sum of operations, and devices
# merge them. Between two syncs, the phone takes an item off a list, and puts it on again by the same key with another note.
# One would expect that the new note comes to the server and to the laptop.
# What happens: the new document's operations start anew, and two documents count as equal if the operations in them come from
# the same devices, whatever these operations are. So the phone never sends the new note, and when the laptop changes another
# field, the old note replaces the phone's new one for good. Changed in place, or when all had heard that it was off, it arrives.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts rxdb@17.6.0 rxjs@7.8.2
cat >try.mjs <<'JS'
import { addRxPlugin, createRxDatabase } from "rxdb";
import { getCRDTSchemaPart, RxDBcrdtPlugin } from "rxdb/plugins/crdt";
import { replicateRxCollection } from "rxdb/plugins/replication";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";

addRxPlugin(RxDBcrdtPlugin);
const properties = { id: { type: "string", maxLength: 20 }, note: { type: "string" }, count: { type: "number" } };
const crdt = { field: "ops" };
properties.ops = getCRDTSchemaPart();
const schema = { version: 0, primaryKey: "id", type: "object", properties, crdt };
const same = (a, b) => JSON.stringify(a?.ops) === JSON.stringify(b?.ops);
const both = async (one, other) => (await one.sync(), await other.sync());
const run = async (label, edit) => {
  const server = new Map();
  let changes = 0;
  const pull = async (since = { at: 0 }) => {
    const news = [...server.values()].filter(({ at }) => at > since.at);
    return { documents: news.map(({ doc }) => doc), checkpoint: { at: changes } };
  };
  const push = async (rows) => rows.flatMap(({ newDocumentState: doc, assumedMasterState: assumed }) => {
    const now = server.get(doc.id)?.doc;
    if (now && !same(now, assumed)) return [now];
    server.set(doc.id, { at: ++changes, doc });
    return [];
  });
  const device = async (name) => {
    const db = await createRxDatabase({ name: `${label} ${name}`, storage: getRxStorageMemory(), multiInstance: false });
    const { items: collection } = await db.addCollections({ items: { schema } });
    const options = { collection, replicationIdentifier: "list", live: false, pull: { handler: pull }, push: { handler: push } };
    const sync = () => replicateRxCollection(options).awaitInitialReplication();
    const milk = () => collection.findOne("milk").exec();
    const put = (fields) => collection.insertCRDT({ ifMatch: { $set: { id: "milk", count: 1, ...fields } } });
    const change = async (ifMatch) => (await milk()).updateCRDT({ ifMatch });
    return { milk, put, change, sync };
  };
  const [phone, laptop] = [await device("phone"), await device("laptop")];
  await phone.put({ note: "cow" });
  await both(phone, laptop);
  await edit(phone, laptop);
  const seen = [(await phone.milk()).note];
  await both(phone, laptop);
  seen.push((await laptop.milk()).note);
  await laptop.change({ $inc: { count: 1 } });
  await both(laptop, phone);
  seen.push((await phone.milk()).note);
  console.log(`${label}: phone ${seen[0]}; laptop after a sync ${seen[1]}; phone when the laptop changed the count ${seen[2]}`);
  return seen.join();
};
const inPlace = await run("changed in place", async ({ change }) => change({ $set: { note: "oat" } }));
const off = async ({ milk }) => (await milk()).remove();
const on = async ({ put }) => put({ note: "oat" });
const heard = await run("off, both sync, on again", async (...two) => (await off(two[0]), await both(...two), await on(two[0])));
const again = await run("off and on again", async (one) => (await off(one), await on(one)));
process.exit(inPlace === "oat,oat,oat" && heard === "oat,oat,oat" && again === "oat,cow,cow" ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'rxdb %s, rxjs %s, Node.js %s\n' "$(version rxdb)" "$(version rxjs)" "$(node --version)"
timeout 60 node try.mjs
