#!/usr/bin/env bash
# scuttlebutt 5.6.15 (npm), Model, a replicated map with a timestamp for each update.
# One would expect that a value which was just set on this node can be read on it. If the clock had been wrong, a refusal
# would be told: applyUpdate is documented to return true only for what was applied.
# What happens: after the clock went back, set is as if it had not been called, on this very node, until the clock passes
# the old time again. It returns the model as always; only an event called _remove carries the value that was dropped.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts scuttlebutt@5.6.15
cat >try.cjs <<'JS'
const Model = require("scuttlebutt/model");

let clock = 1_700_000_000_000;
Date.now = () => clock;
const model = new Model("one");
model.set("color", "red");
clock -= 60_000;
const answer = model.set("color", "blue");
const early = model.get("color");
clock += 60_001;
model.set("color", "green");
console.log(`set answered as usual: ${answer === model}; read back ${early}, a minute later ${model.get("color")}`);
process.exit(answer === model && early === "red" && model.get("color") === "green" ? 0 : 1);
JS
printf 'scuttlebutt %s, Node.js %s\n' "$(node -p 'require("./node_modules/scuttlebutt/package.json").version')" "$(node --version)"
node try.cjs
