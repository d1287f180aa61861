#!/usr/bin/env bash
# @signaldb/sync 1.3.1 with @signaldb/core 1.8.1 (npm): one device removes an item, another changes one field of it.
# One would expect that the item is gone, or that it is there again as the second device had it.
# What happens: it comes back with its id and that one field. Every other field is lost, also on the device that showed
# all of them a moment ago, and the fragment is pushed to the server as a newly added item. The server keeps what it is sent,
# and the syncs run one after the other.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps @signaldb/core@1.8.1 @signaldb/sync@1.3.1
cat >try.mjs <<'JS'
import { Collection } from "@signaldb/core";
import { SyncManager } from "@signaldb/sync";

// A server that keeps the newest of what it is sent and gives everything to who asks.
const server = new Map();
const device = (id) => {
  const manager = new SyncManager({
    id,
    autostart: false,
    persistenceAdapter: () => undefined,
    pull: async () => ({ items: structuredClone([...server.values()]) }),
    push: async (_, { changes }) => {
      for (const item of [...changes.added, ...changes.modified]) server.set(item.id, structuredClone(item));
      for (const item of changes.removed) server.delete(item.id);
    },
  });
  const items = new Collection();
  manager.addCollection(items, { name: "todos" });
  const rest = () => new Promise((done) => setTimeout(done, 200));
  return { items, sync: async () => { await rest(); await manager.sync("todos"); await rest(); } };
};

const [phone, laptop] = [device("phone"), device("laptop")];
phone.items.insert({ id: "1", title: "rent", due: "Friday", done: false });
await phone.sync();
await laptop.sync();
phone.items.removeOne({ id: "1" });
laptop.items.updateOne({ id: "1" }, { $set: { done: true } });
const before = JSON.stringify(laptop.items.findOne({ id: "1" }));
await phone.sync();
await laptop.sync();
await phone.sync();
const after = [phone, laptop].map((one) => JSON.stringify(one.items.find({}).fetch())).concat(JSON.stringify([...server.values()]));
console.log(`laptop before ${before}; then phone ${after[0]}, laptop ${after[1]}, server ${after[2]}`);
const whole = '{"id":"1","title":"rent","due":"Friday","done":true}';
process.exit(before === whole && after.every((items) => items === '[{"id":"1","done":true}]') ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/@signaldb/$1/package.json')).version"; }
printf '@signaldb/sync %s, @signaldb/core %s, Node.js %s\n' "$(version sync)" "$(version core)" "$(node --version)"
node try.mjs
