#!/usr/bin/env bash
# @colyseus/schema 5.0.34 (npm), state replication for games: the server changes a plain-looking array, the client decodes
# what was encoded. A list of waiting players is shortened by one and sorted, before the next encoding.
# One would expect the same list on the client: the README says that changes are tracked and sent "for you".
# What happens: the client gets the sorted players, and one of them once more at the end. It keeps one too many for good,
# while a client that joins later has the right list. With an encoding between the two steps, or only one of them, all is well.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @colyseus/schema@5.0.34
cat >try.mjs <<'JS'
import { Decoder, Encoder, schema, t } from "@colyseus/schema";

const State = schema({ waiting: t.array("string") }, "State");
const run = (label, ...rounds) => {
  const [server, client, newcomer] = [new State(), new State(), new State()];
  server.waiting.push("dora", "carl", "bert", "anna");
  const [encoder, decoder] = [new Encoder(server), new Decoder(client)];
  decoder.decode(encoder.encodeAll());
  encoder.discardChanges();
  for (const round of rounds) {
    for (const step of round) step(server.waiting);
    decoder.decode(encoder.encode());
    encoder.discardChanges();
  }
  new Decoder(newcomer).decode(encoder.encodeAll());
  const seen = [server, client, newcomer].map(({ waiting }) => [...waiting].join(" "));
  console.log(`${label}: server ${seen[0]}; client ${seen[1]}; a newcomer ${seen[2]}`);
  return seen.join();
};
const next = (list) => void list.shift();
const sort = (list) => void list.sort((a, b) => (a < b ? -1 : 1));
const more = (list) => void list.push("emma");
const apart = run("next, encode, sort", [next], [sort]);
const alone = run("sort alone", [sort]);
const both = run("next and sort", [next, sort]);
const later = run("next and sort, encode, one more", [next, sort], [more]);
const asTold =
  apart === "anna bert carl,anna bert carl,anna bert carl" &&
  alone === "anna bert carl dora,anna bert carl dora,anna bert carl dora" &&
  both === "anna bert carl,anna bert carl anna,anna bert carl" &&
  later.split(",")[0] === "anna bert carl emma" && later.split(",")[1] !== later.split(",")[0];
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@colyseus/schema %s, Node.js %s\n' "$(version @colyseus/schema)" "$(node --version)"
node try.mjs
