#!/usr/bin/env bash
# @opentelemetry/sdk-trace-base 2.12.1 (npm): spans with the times of a simulation that counts milliseconds from 0. A time
# may be given as epoch milliseconds, so one would expect that 0 is in 1970, as new Date(0) is, and that equal runs give
# equal traces.
# What happens: each number is compared with how long this process has been running. Below that it counts from the start
# of the process, above it from 1970. So one trace has spans of today beside spans of 1970, and other ones with each run. A
# span that starts below the bound and ends above it would end before it began: it is kept with a length of zero.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @opentelemetry/sdk-trace-base@2.12.1 @opentelemetry/api@1.9.1
cat >try.cjs <<'JS'
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-base");

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const hour = 3_600_000;
const show = (from, to) => {
  provider.getTracer("simulation").startSpan("step", { startTime: from }).end(to);
  const { startTime, duration } = exporter.getFinishedSpans().at(-1);
  const began = startTime[0] * 1000 + startTime[1] / 1e6;
  const today = Math.abs(began - performance.timeOrigin) < hour;
  return `${today ? "today" : new Date(began).getUTCFullYear()} for ${(duration[0] * 1000 + duration[1] / 1e6).toFixed(0)} ms`;
};

while (performance.now() < 50); // longer than the first span's times, far shorter than an hour
const told = [show(0, 20), show(0, hour), show(hour, hour + 1000), show(new Date(0), new Date(hour))];
console.log(`20 ms from 0: ${told[0]}; an hour from 0: ${told[1]}; a second after that hour: ${told[2]}; the hour as Dates: ${told[3]}`);
const asTold = ["today for 20 ms", "today for 0 ms", "1970 for 1000 ms", "1970 for 3600000 ms"];
process.exit(told.join() === asTold.join() ? 0 : 1);
JS
printf '@opentelemetry/sdk-trace-base %s, Node.js %s\n' "$(node -p 'require("./node_modules/@opentelemetry/sdk-trace-base/package.json").version')" "$(node --version)"
node try.cjs
