#!/usr/bin/env bash
# @wora/offline-first 2.4.1 with @wora/cache-persist 2.2.1 and @wora/netinfo 2.1.1 (npm), an offline queue of requests. Three are
# made offline; onDiscard keeps what fails. Back online, the first is sent, then the connection breaks. A fourth one is made.
# One would expect that three are waiting then, and that all four reach the server in the end.
# What happens: a request that is given no id gets the number of those that wait. With two left (numbers 1 and 2) the new one
# is number 2 as well, and takes the place of the waiting one, which is never sent, with no error anywhere. The same with two
# requests that are made at once: both are number 0. If all three had been sent before, or none, nothing is lost.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps \
  @wora/offline-first@2.4.1 @wora/cache-persist@2.2.1 @wora/netinfo@2.1.1 tslib@2.8.1
cat >try.js <<'JS'
const { OfflineFirst } = require("@wora/offline-first");

const run = async (title, reached, atOnce = false) => {
  const sent = [];
  let line = reached; // how many requests still get through
  const queue = new OfflineFirst();
  queue.setOfflineOptions({
    execute: async (record) => {
      if (line-- <= 0) throw new Error("no connection");
      sent.push(record.request.payload);
    },
    onDiscard: async () => false,
  });
  await queue.hydrate();
  const make = (payload) => queue.publish({ request: { payload }, serial: true });
  const waiting = () => Object.values(queue.getState()).map((record) => `${record.id}:${record.request.payload}`).join(" ");
  if (atOnce) await Promise.all(["first", "second"].map(make));
  else {
    for (const payload of ["first", "second", "third"]) await make(payload);
    await queue.process();
    await make("fourth");
  }
  const before = waiting();
  line = Infinity;
  await queue.process();
  console.log(`${title}: waiting [${before}], sent in the end [${sent.join(" ")}], still waiting [${waiting()}]`);
  return sent.join(" ");
};
(async () => {
  const one = await run("one got through", 1);
  const none = await run("none got through", 0);
  const all = await run("all got through", 3);
  const two = await run("two made at once", 0, true);
  const whole = "first second third fourth";
  process.exit(one === "first second fourth" && none === whole && all === whole && two === "second" ? 0 : 1);
})();
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@wora/offline-first %s, Node.js %s\n' "$(version @wora/offline-first)" "$(node --version)"
node try.js
