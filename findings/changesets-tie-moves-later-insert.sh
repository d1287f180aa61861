#!/usr/bin/env bash
# changesets 1.0.2 (npm), operational transformation of text, whose README promises convergence: "everybody sees the same state,
# eventually". Ann puts a word at the front and, just behind, a digit; Bob, meanwhile, puts a mark at the front. Each applies the
# own change, then the other's, transformed: Ann's counts as left, Bob's as right, as the interface for ShareJS has it.
# One would expect equal texts on both sides: left and right settle who comes first at the front, all else is no conflict.
# What happens: on Bob's side Ann's digit lands in front of the "2", within Bob's text: Ann has 20 eggs, Bob 2, for good. It is so
# when the left one's text at the front is longer than the way to its next insert. With Bob left, or writing elsewhere, it works.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts changesets@1.0.2
cat >try.js <<'JS'
const { Changeset, apply, transform } = require("changesets");

const text = "2 eggs";
const change = (...steps) => {
  const made = Changeset.create();
  for (const [what, value] of steps) made[what](value);
  return made.end().pack();
};
const ann = change(["insert", "buy "], ["retain", 1], ["insert", "0"], ["retain", 5]);
const front = change(["insert", "* "], ["retain", 6]);
const end = change(["retain", 6], ["insert", "!"]);

const run = (title, bob, sideOfAnn, sideOfBob) => {
  const atAnn = apply(apply(text, ann), transform(bob, ann, sideOfBob));
  const atBob = apply(apply(text, bob), transform(ann, bob, sideOfAnn));
  console.log(`${title}: Ann has "${atAnn}", Bob has "${atBob}"`);
  return `${atAnn}|${atBob}`;
};
console.log(`at first "${text}", Ann alone "${apply(text, ann)}", Bob alone "${apply(text, front)}" or "${apply(text, end)}"`);
const tie = run("Bob at the front, Ann is left", front, "left", "right");
const turned = run("Bob at the front, Bob is left", front, "right", "left");
const apart = run("Bob at the end, Ann is left", end, "left", "right");
const fine = turned === "* buy 20 eggs|* buy 20 eggs" && apart === "buy 20 eggs!|buy 20 eggs!";
process.exit(fine && tie === "buy * 20 eggs|buy *0 2 eggs" ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'changesets %s, Node.js %s\n' "$(version changesets)" "$(node --version)"
node try.js
