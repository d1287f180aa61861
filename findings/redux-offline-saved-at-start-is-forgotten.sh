#!/usr/bin/env bash
# @redux-offline/redux-offline 2.6.0 with redux-persist 4.10.2 and redux 4.2.1 (npm): actions made offline wait in an outbox,
# which is persisted. The app starts while its last session's outbox is still being read, and saves something right away.
# One would expect that both wait then: redux-persist's README says that actions from before the end of loading are queued
# and fired after it, and redux-offline that an action's effect is run, or else its rollback.
# What happens: the loaded outbox replaces the one in memory. The new action is forgotten: it is never sent, and neither commit
# nor rollback comes, also when the app is online. Saved a moment later, or with nothing on disk, it is sent.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  @redux-offline/redux-offline@2.6.0 redux-persist@4.10.2 redux@4.2.1
cat >try.js <<'JS'
const { createStore } = require("redux");
const { offline } = require("@redux-offline/redux-offline");
const { default: defaults } = require("@redux-offline/redux-offline/lib/defaults");

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const start = (disk, sent) => {
  const storage = {
    getItem: (key, done) => setTimeout(() => done(null, disk.get(key)), 20),
    setItem: (key, value, done) => done(null, void disk.set(key, value)),
    removeItem: (key, done) => done(null, void disk.delete(key)),
    getAllKeys: (done) => setTimeout(() => done(null, [...disk.keys()]), 20),
  };
  let tell;
  const detectNetwork = (callback) => void (tell = callback);
  const effect = async ({ text }) => void sent.push(text);
  const reducer = (told = [], { meta }) => (meta?.told ? [...told, meta.told] : told);
  const options = { ...defaults, persistOptions: { storage }, detectNetwork, effect };
  const store = createStore((state = {}, action) => ({ told: reducer(state.told, action) }), offline(options));
  const save = (text) => {
    const [commit, rollback] = ["sent", "refused"].map((what) => ({ type: what, meta: { told: `${text} ${what}` } }));
    store.dispatch({ type: "save", meta: { offline: { effect: { text }, commit, rollback } } });
  };
  return { save, told: () => store.getState().told, online: () => tell({ online: true }) };
};
const run = async (label, earlier, pause) => {
  const [disk, sent] = [new Map(), []];
  if (earlier) {
    const first = start(disk, sent);
    await wait(200);
    first.save(earlier);
    await wait(200);
  }
  const app = start(disk, sent);
  await wait(pause);
  app.save("new");
  await wait(200);
  app.online();
  await wait(200);
  console.log(`${label}: sent ${sent.join(", ") || "nothing"}; the app heard: ${app.told().join(", ") || "nothing"}`);
  return sent.join();
};
(async () => {
  const empty = await run("nothing on disk, saved at once", undefined, 0);
  const later = await run("old on disk, saved a moment later", "old", 200);
  const atOnce = await run("old on disk, saved at once", "old", 0);
  process.exit(empty === "new" && later === "old,new" && atOnce === "old" ? 0 : 1);
})();
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@redux-offline/redux-offline %s, redux-persist %s, redux %s, Node.js %s\n' \
  "$(version @redux-offline/redux-offline)" "$(version redux-persist)" "$(version redux)" "$(node --version)"
node try.js
