#!/usr/bin/env bash
# insieme 2.1.0 (npm), an offline-first sync library with a server that numbers all events. A client store can keep a
# "materialized view", here a sum. Two devices each add to a stock at about the same time; the phone's line is a little slow.
# One would expect that both views show the same once both devices have both events: the docs call a view exact for what the
# store holds, and say that events which come out of order are fine, as state is computed by their numbers.
# What happens: the server tells the laptop of its own event, number 2, before the phone's, number 1. The view takes number 2
# and from then on passes over all lower numbers. Number 1 is in the laptop's store but never in its view, also after a sync.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts insieme@2.1.0
cat >try.mjs <<'JS'
import { createInMemoryClientStore, createReducer, createSyncClient } from "insieme/client";
import { createInMemorySyncStore, createSyncServer } from "insieme/node";

const pause = (time) => new Promise((done) => setTimeout(done, time));
const server = createSyncServer({
  auth: { verifyToken: async (token) => ({ clientId: token, claims: {} }) },
  authz: { authorizeProject: async () => true },
  validation: { validate: async () => {} },
  store: createInMemorySyncStore(),
  clock: { now: () => Date.now() },
});
const reduce = createReducer({
  schemaHandlers: {
    "stock.added": ({ state, payload }) => {
      state.sum += payload.amount;
    },
  },
});
const device = (clientId, delay) => {
  let hear = () => {};
  const line = server.attachConnection({
    connectionId: clientId,
    send: async (message) => {
      await pause(delay); // the server's messages to one device stay in order
      hear(structuredClone(message));
    },
    close: async () => {},
  });
  const transport = {
    connect: async () => {},
    disconnect: async () => {},
    send: async (message) => void line.receive(structuredClone(message)),
    onMessage: (handler) => {
      hear = handler;
      return () => {};
    },
  };
  const views = [{ name: "stock", version: "1", initialState: () => ({ sum: 0 }), reduce }];
  const store = createInMemoryClientStore({ materializedViews: views });
  const client = createSyncClient({ transport, store, token: clientId, clientId, projectId: "shop" });
  const event = { partition: "shop", type: "stock.added", schemaVersion: 1 };
  const add = (amount) => client.submitEvent({ ...event, payload: { amount } });
  const view = async () => (await store.loadMaterializedView({ viewName: "stock", partition: "shop" })).sum;
  const tell = ({ committedId, payload }) => `${committedId}:+${payload.amount}`;
  const events = async () => (await store.listCommitted()).map(tell).join(" ");
  return { client, add, view, events };
};

const phone = device("phone", 200);
const laptop = device("laptop", 0);
for (const one of [phone, laptop]) {
  await one.client.start();
  await one.view(); // shown on the screen from the start
}
await pause(1000);
await phone.add(5);
await pause(50);
await laptop.add(70);
await pause(1000);
for (const one of [phone, laptop]) await one.client.syncNow();
await pause(1000);

const held = [await phone.events(), await laptop.events()];
const shown = [await phone.view(), await laptop.view()];
console.log(`phone holds ${held[0]} and shows ${shown[0]}; laptop holds ${held[1]} and shows ${shown[1]}`);
const asTold = held.every((one) => one === "1:+5 2:+70") && shown[0] === 75 && shown[1] === 70;
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'insieme %s, Node.js %s\n' "$(version insieme)" "$(node --version)"
node try.mjs
