#!/usr/bin/env bash
# delta-crdts 0.10.3 (npm): a set with add and remove (aworset), and a flag with enable and disable (ewflag). Each change
# gives a delta, and the README has each applied on the other replica. One changes, the other applies all, once, in order.
# One would expect that both then have the same: nothing was changed on the other side, and nothing was late or lost.
# What happens: a delta of a removal is to name the additions that it removes, but what it names is garbage. So the other
# replica keeps the item, and the flag stays enabled, for good, unless a whole state is sent. The remove-wins set (rworset),
# which tells a removal in another way, has it right.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts delta-crdts@0.10.3
cat >try.js <<'JS'
const CRDT = require("delta-crdts");

const show = (value) => (value instanceof Set ? `{${[...value].join(" ")}}` : String(value));
const run = (type, ...steps) => {
  const [phone, laptop] = ["phone", "laptop"].map((id) => CRDT(type)(id));
  for (const [name, ...rest] of steps) laptop.apply(phone[name](...rest));
  const seen = [phone, laptop].map((one) => show(one.value()));
  laptop.apply(phone.state());
  const line = `phone ${seen[0]}, laptop ${seen[1]}; after the whole state laptop ${show(laptop.value())}`;
  console.log(`${type}: ${line}`);
  return line;
};
const set = [["add", "milk"], ["add", "eggs"], ["remove", "milk"]];
const addWins = run("aworset", ...set);
const flag = run("ewflag", ["enable"], ["disable"]);
const removeWins = run("rworset", ...set);
const asTold =
  addWins === "phone {eggs}, laptop {milk eggs}; after the whole state laptop {eggs}" &&
  flag === "phone false, laptop true; after the whole state laptop false" &&
  removeWins === "phone {eggs}, laptop {eggs}; after the whole state laptop {eggs}";
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'delta-crdts %s, Node.js %s\n' "$(version delta-crdts)" "$(node --version)"
node try.js
