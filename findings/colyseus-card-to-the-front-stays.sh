#!/usr/bin/env bash
# @colyseus/schema 5.0.34 (npm), state replication for games: the server changes a plain-looking array, the client decodes
# what was encoded. On the server a card is taken off one end of a hand and put at the other, between two encodings.
# One would expect the same order on the client: the README says that changes are tracked and sent "for you".
# What happens: from the front to the end, the client follows. From the end to the front, it does not move anything, and keeps
# the old order for good; also later changes do not mend it. A client that joins later sees the right order. With plain
# strings in the list instead of cards, the same move arrives.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @colyseus/schema@5.0.34
cat >try.mjs <<'JS'
import { Decoder, Encoder, schema, t } from "@colyseus/schema";

const Card = schema({ name: t.string() }, "Card");
const kinds = {
  cards: [schema({ list: t.array(Card) }, "Cards"), (name) => Object.assign(new Card(), { name })],
  strings: [schema({ list: t.array("string") }, "Strings"), (name) => name],
};
const run = (kind, label, ...steps) => {
  const [State, make] = kinds[kind];
  const [server, client, newcomer] = [new State(), new State(), new State()];
  for (const name of ["ace", "king", "queen"]) server.list.push(make(name));
  const [encoder, decoder] = [new Encoder(server), new Decoder(client)];
  decoder.decode(encoder.encodeAll());
  encoder.discardChanges();
  for (const step of steps) {
    step(server.list, make);
    decoder.decode(encoder.encode());
    encoder.discardChanges();
  }
  new Decoder(newcomer).decode(encoder.encodeAll());
  const seen = [server, client, newcomer].map(({ list }) => [...list].map((card) => card.name ?? card).join(" "));
  console.log(`${kind}, ${label}: server ${seen[0]}; client ${seen[1]}; a newcomer ${seen[2]}`);
  return seen.join();
};
const toEnd = (list) => void list.push(list.shift());
const toFront = (list) => void list.unshift(list.pop());
const oneMore = (list, make) => void list.push(make("jack"));
const end = run("cards", "first to the end", toEnd);
const strings = run("strings", "last to the front", toFront);
const front = run("cards", "last to the front", toFront);
const later = run("cards", "last to the front, then one more", toFront, oneMore);
const asTold =
  end === "king queen ace,king queen ace,king queen ace" &&
  strings === "queen ace king,queen ace king,queen ace king" &&
  front === "queen ace king,ace king queen,queen ace king" &&
  later === "queen ace king jack,ace king queen jack,queen ace king jack";
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@colyseus/schema %s, Node.js %s\n' "$(version @colyseus/schema)" "$(node --version)"
node try.mjs
