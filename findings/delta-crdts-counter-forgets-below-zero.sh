#!/usr/bin/env bash
# delta-crdts 0.10.3 (npm), the "Causal Counter" (ccounter), with inc and dec: the counter that may be put into an OR-map.
# One would expect that 1 taken away four times is -4, as the package's PN-Counter has it.
# What happens: what a replica has added up is taken for 0 wherever it is below 0, before the new amount is counted. So 1
# taken away four times is -1, and with 1 added after that it is 1, not -3. A replica that mostly takes away keeps only its
# last step, and all replicas agree on that. No error.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts delta-crdts@0.10.3
cat >try.js <<'JS'
const CRDT = require("delta-crdts");

const run = (type) => {
  const [shop, office] = ["shop", "office"].map((id) => CRDT(type)(id));
  const seen = [];
  for (const act of ["dec", "dec", "dec", "dec", "inc"]) {
    office.apply(shop[act]());
    seen.push(`${shop.value()}/${office.value()}`);
  }
  return seen.join(" ");
};
const [causal, pn] = [run("ccounter"), run("pncounter")];
console.log("four times dec, then inc, as the shop and the office see it after each step");
console.log(`ccounter  ${causal}\npncounter ${pn}`);
process.exit(causal === "-1/-1 -1/-1 -1/-1 -1/-1 1/1" && pn === "-1/-1 -2/-2 -3/-3 -4/-4 -3/-3" ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'delta-crdts %s, Node.js %s\n' "$(version delta-crdts)" "$(node --version)"
node try.js
