#!/usr/bin/env bash
# @loro-dev/flock 4.5.1 (npm), a key-value map where the last write wins by the physical time that put is given.
# One would expect that the write with the latest time wins on every peer, as times are all that decides.
# What happens: a put of the value that is there already is no write, whatever its time. Who sets "open" at 3000 where
# "open" stood since 1000 loses to "closed" from 2000: the last writer's choice is undone by an older one. The version does
# not move either, so not even an app that compares versions can tell.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @loro-dev/flock@4.5.1
cat >try.mjs <<'JS'
import { Flock } from "@loro-dev/flock";

const meet = (again) => {
  const [a, b] = [new Flock("a"), new Flock("b")];
  a.put(["door"], "open", 1000);
  b.importJson(a.exportJson());
  const before = JSON.stringify(a.version());
  b.put(["door"], "closed", 2000);
  a.put(["door"], again, 3000);
  const moved = JSON.stringify(a.version()) !== before;
  a.merge(b);
  b.merge(a);
  return { shown: [a.get(["door"]), b.get(["door"])].join(" and "), moved };
};
const [equal, other] = [meet("open"), meet("ajar")];
console.log(`"open" again at 3000: ${equal.shown}, version moved: ${equal.moved}; "ajar" at 3000: ${other.shown}, version moved: ${other.moved}`);
const asTold = equal.shown === "closed and closed" && !equal.moved && other.shown === "ajar and ajar" && other.moved;
process.exit(asTold ? 0 : 1);
JS
printf '@loro-dev/flock %s, Node.js %s\n' "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/@loro-dev/flock/package.json")).version')" "$(node --version)"
node try.mjs
