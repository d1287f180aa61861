#!/usr/bin/env bash
# @thi.ng/vclock 0.1.10 and vectorclock 0.0.0 (npm): comparators that are there to sort by vector clock. The first is called
# orderAsc, "for logically ordering vector clocks", the second ascSort.
# One would expect that a log sorted by them has each cause before its effect, with what is concurrent in any order.
# What happens: concurrent clocks compare as equal, which is no order that sort can build upon (a = b and b = c, but a < c).
# A log of three events is left as it was, effect first, with an event of somebody else between. No error, no warning.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @thi.ng/vclock@0.1.10 vectorclock@0.0.0
cat >try.mjs <<'JS'
import { isBefore, orderAsc } from "@thi.ng/vclock";
import vectorclock from "vectorclock";

const log = () => [
  { what: "reply", clock: { ada: 1, bob: 1 } },
  { what: "elsewhere", clock: { cleo: 1 } },
  { what: "question", clock: { ada: 1 } },
];
const [reply, , question] = log();
const caused = isBefore(question.clock, reply.clock) && vectorclock.compare(question, reply) === vectorclock.LT;
const sorted = {
  "@thi.ng/vclock": log().sort((a, b) => orderAsc(a.clock, b.clock)),
  vectorclock: log().sort(vectorclock.ascSort),
};
for (const [name, events] of Object.entries(sorted)) console.log(`${name}: ${events.map((event) => event.what).join(", ")}`);
console.log(`the question is before the reply: ${caused}`);
const effectFirst = Object.values(sorted).every(([first, , last]) => first.what === "reply" && last.what === "question");
process.exit(caused && effectFirst ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@thi.ng/vclock %s, vectorclock %s, Node.js %s\n' "$(version @thi.ng/vclock)" "$(version vectorclock)" "$(node --version)"
node try.mjs
