#!/usr/bin/env bash
# @tanstack/offline-transactions 1.0.53 with @tanstack/db 0.8.7 (npm), which keeps writes made offline in an outbox in
# IndexedDB (here fake-indexeddb 6.2.8, as Node.js has none) and, says its README, completes them in the order of creation.
# An app inserts an item and changes it twice, all at once, while offline. One would expect that order also after a restart.
# What happens: the outbox is loaded in the order of the random ids and sorted by the time of creation in milliseconds. So
# writes made within one millisecond are sent in a random order after a restart: a change before the insert that it belongs
# to, an older value after the newest. Without the restart the order is right.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  @tanstack/offline-transactions@1.0.53 @tanstack/db@0.8.7 fake-indexeddb@6.2.8
cat >try.mjs <<'JS'
import "fake-indexeddb/auto";
import { createCollection } from "@tanstack/db";
import { startOfflineExecutor } from "@tanstack/offline-transactions";
import { mock } from "node:test";

let next = 900;
crypto.randomUUID = () => `00000000-0000-4000-8000-000000000${next--}`; // for equal output each time; else it is random
const pause = (time) => new Promise((done) => setTimeout(done, time));
const only = {
  requestLeadership: async () => true,
  releaseLeadership() {},
  isLeader: () => true,
  onLeadershipChange: () => () => {},
};

const start = async (server, net) => {
  const notes = createCollection({ id: "notes", getKey: (note) => note.id, sync: { sync: ({ markReady }) => markReady() } });
  const listeners = new Set();
  const offline = startOfflineExecutor({
    collections: { notes },
    mutationFns: {
      push: async ({ transaction }) => {
        for (const { type, modified } of transaction.mutations) server.push(`${type} ${modified.text}`);
      },
    },
    leaderElection: only, // there is one tab
    onlineDetector: {
      isOnline: () => net.online,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      notifyOnline: () => listeners.forEach((listener) => listener()),
      dispose: () => listeners.clear(),
    },
  });
  await offline.waitForInit();
  const write = (change) => {
    const transaction = offline.createOfflineTransaction({ mutationFnName: "push", autoCommit: false });
    transaction.mutate(change);
    transaction.commit().catch(() => {});
  };
  const edit = () => {
    mock.timers.enable({ apis: ["Date"], now: Date.now() }); // the three are within one millisecond
    write(() => notes.insert({ id: "note", text: "one" }));
    for (const text of ["two", "three"]) write(() => notes.update("note", (note) => void (note.text = text)));
    mock.timers.reset();
  };
  const connect = () => {
    net.online = true;
    listeners.forEach((listener) => listener());
  };
  return { edit, connect, stop: () => offline.dispose() };
};

const stayed = [];
const app = await start(stayed, { online: false });
app.edit();
await pause(200);
app.connect();
await pause(500);
app.stop();
console.log(`the app went on: the server got ${stayed.join(", ")}`);

const restarted = [];
const before = await start(restarted, { online: false });
before.edit();
await pause(200);
before.stop();
const after = await start(restarted, { online: true });
await pause(500);
after.stop();
console.log(`the app restarted: the server got ${restarted.join(", ")}`);
const inOrder = stayed.join() === "insert one,update two,update three";
process.exit(inOrder && restarted.join() === "update three,update two,insert one" ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@tanstack/offline-transactions %s, ' "$(version @tanstack/offline-transactions)"
printf '@tanstack/db %s, Node.js %s\n' "$(version @tanstack/db)" "$(node --version)"
node --no-warnings try.mjs
