#!/usr/bin/env bash
# clock-mock 2.0.4 (npm), a mock clock for tests, to "test timing issues precisely and deterministically": setTimeout, Date and
# so on go by it, and advance(n) moves it by n ms. A request has a deadline of 50 ms; its answer comes after 10 ms.
# One would expect that advance(100) runs what is due in the order of the times, as time that passes does: the answer is in time.
# What happens: timers run in the order in which they were set, so that the deadline of 50 comes before the answer of 10, and
# the request fails. Both also see the clock at the end of the advance. With ten advances of 10 ms the same request succeeds.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts clock-mock@2.0.4
cat >try.mjs <<'JS'
import { Clock } from "clock-mock";

const run = (...steps) => {
  const clock = new Clock();
  const exit = clock.enter();
  const began = Date.now();
  const seen = [];
  let result;
  const settle = (what) => {
    seen.push(`${what} at ${Date.now() - began}`);
    result ??= what;
  };
  setTimeout(() => settle("deadline"), 50);
  setTimeout(() => settle("answer"), 10);
  for (const ms of steps) clock.advance(ms);
  exit();
  return { seen: seen.join(", then "), result };
};
const small = run(...Array(10).fill(10));
const once = run(100);
console.log(`ten advances of 10: ${small.seen}; the request ends by its ${small.result}`);
console.log(`one advance of 100: ${once.seen}; the request ends by its ${once.result}`);
const asTold = small.seen === "answer at 10, then deadline at 50" && once.seen === "deadline at 100, then answer at 100";
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'clock-mock %s, Node.js %s\n' "$(version clock-mock)" "$(node --version)"
node try.mjs
