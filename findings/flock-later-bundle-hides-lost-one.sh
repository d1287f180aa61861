#!/usr/bin/env bash
# @loro-dev/flock 4.5.1 (npm), incremental sync: its README says to ask a peer with your version vector for "only novel
# changes", over any transport.
# One would expect that, where one bundle was lost on the way, the next such request brings what it held.
# What happens: a version is the latest time that was seen from each peer. The bundle after the lost one moves it past the
# gap, and from then on the peer answers with nothing. The two stores differ for good, with equal versions.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @loro-dev/flock@4.5.1
cat >try.mjs <<'JS'
import { Flock } from "@loro-dev/flock";

const [source, copy] = [new Flock("source"), new Flock("copy")];
source.put(["one"], 1, 1000);
const sent = source.version(); // the bundle up to here is sent and lost
source.put(["two"], 2, 2000);
copy.importJson(source.exportJson(sent));
const answer = source.exportJson(copy.version()); // what the copy lacks, by its own word
copy.importJson(answer);
const versions = JSON.stringify(source.version()) === JSON.stringify(copy.version());
const answered = Object.keys(answer.entries).length;
const equal = Flock.checkConsistency(source, copy);
console.log(`versions equal: ${versions}, entries sent on request: ${answered}, copy has "one": ${copy.get(["one"]) !== undefined}, consistent: ${equal}`);
process.exit(versions && answered === 0 && copy.get(["one"]) === undefined && copy.get(["two"]) === 2 && !equal ? 0 : 1);
JS
printf '@loro-dev/flock %s, Node.js %s\n' "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/@loro-dev/flock/package.json")).version')" "$(node --version)"
node try.mjs
