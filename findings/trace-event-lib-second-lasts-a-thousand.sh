#!/usr/bin/env bash
# trace-event-lib 1.4.1 (npm), which writes traces in the Trace Event format; begin() and end() put in the current time, in
# microseconds, where none is passed, as in its README. A task takes a bit more than a second.
# One would expect a span of a bit more than a million microseconds.
# What happens: the clock's whole seconds and its milliseconds are put together in different units, so that at every full second
# the time in the trace leaps by some 999 seconds. A task of 1.1 s shows as one of about a thousand seconds or two. Within a
# second the times are right, so that a short test of it shows nothing.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts trace-event-lib@1.4.1 browser-process-hrtime@1.0.0
cat >try.mjs <<'JS'
import lib from "trace-event-lib";

const events = [];
class Trace extends lib.AbstractEventBuilder {
  send(event) {
    events.push(event);
  }
}
const trace = new Trace();
const task = async (name, ms) => {
  const began = performance.now();
  trace.begin({ name });
  await new Promise((done) => setTimeout(done, ms));
  trace.end();
  const real = performance.now() - began;
  const [begin, end] = events.splice(0);
  const told = (end.ts - begin.ts) / 1000;
  console.log(`${name}: ${(real / 1000).toFixed(1)} s by the clock, ${(told / 1000).toFixed(1)} s in the trace`);
  return { real, told };
};
await new Promise((done) => setTimeout(done, 1050 - Math.floor(Number(process.hrtime()[1]) / 1e6)));
const short = await task("short task", 300);
const long = await task("long task", 1100);
const asTold = Math.abs(short.told - short.real) < 50 && long.real < 5000 && long.told > 900_000;
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'trace-event-lib %s, Node.js %s\n' "$(version trace-event-lib)" "$(node --version)"
node try.mjs
