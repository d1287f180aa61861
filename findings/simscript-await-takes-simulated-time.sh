#!/usr/bin/env bash
# simscript 1.0.37 (npm), discrete-event simulation: an entity is an async script, and only delay, queues and signals take
# simulated time. A truck's script has its paperwork in helper methods that wait for nothing, and a clock ticks beside it.
# One would expect that such helpers take no simulated time, however the code is cut into methods.
# What happens: the simulation goes on after a fixed number of turns of JavaScript's promise queue. A script that needs a few
# more to come to its next delay is overtaken: the clock has gone on meanwhile. With one helper the truck is done at 2, with
# four helpers at 2.25, and with twenty the simulation ends without it, as if all were done.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts simscript@1.0.37
cat >try.js <<'JS'
const { Entity, Simulation } = require("simscript");

const run = (helpers) =>
  new Promise((resolve) => {
    let done = null;
    class Truck extends Entity {
      async paperwork(left) {
        if (left > 1) return this.paperwork(left - 1);
      }
      async script() {
        await this.delay(1);
        await this.paperwork(helpers);
        await this.delay(1);
        done = this.simulation.timeNow;
      }
    }
    class Clock extends Entity {
      async script() {
        for (let tick = 0; tick < 8; tick++) await this.delay(0.25);
      }
    }
    class Yard extends Simulation {
      onStarting(event) {
        super.onStarting(event);
        for (const entity of [new Truck(), new Clock()]) this.activate(entity);
      }
    }
    const yard = new Yard();
    yard.yieldInterval = Infinity; // else it waits for a frame of a browser now and then
    yard.finished.addEventListener(() => resolve({ helpers, done, end: yard.timeNow }));
    yard.start();
  });

(async () => {
  const results = [];
  for (const helpers of [1, 4, 20]) results.push(await run(helpers));
  for (const { helpers, done, end } of results) {
    console.log(`helpers: ${helpers}; the truck is done at ${done ?? "no time at all"}; the simulation ended at ${end}`);
  }
  const [one, four, twenty] = results;
  process.exit(one.done === 2 && four.done > 2 && twenty.done === null ? 0 : 1);
})();
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'simscript %s, Node.js %s\n' "$(version simscript)" "$(node --version)"
node try.js
