#!/usr/bin/env bash
# y-protocols 1.0.7 with yjs 13.6.33 (npm), awareness: who is online. A connection breaks and is there again at once.
# One would expect that who sends its state again after a reconnect is shown as online again.
# What happens: a peer that took them off its list as the connection broke (removeAwarenessStates, as providers do) drops
# the state that comes again, since its clock is no higher. They stay offline for it, though connected and heard, until
# they change their state, or renew it, which is done after some 15 seconds.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts yjs@13.6.33 y-protocols@1.0.7
cat >try.mjs <<'JS'
import { Doc } from "yjs";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";

const [ada, bob] = [1, 2].map((id) => { const doc = new Doc(); doc.clientID = id; return new Awareness(doc); });
const announce = () => applyAwarenessUpdate(bob, encodeAwarenessUpdate(ada, [1]), "connection");
const shown = () => bob.getStates().get(1)?.name ?? "nobody";

ada.setLocalState({ name: "Ada" });
announce();
const first = shown();
removeAwarenessStates(bob, [1], "connection lost");
announce();
const again = shown();
ada.setLocalState(ada.getLocalState());
announce();
const renewed = shown();
console.log(`Bob sees ${first}; after the reconnect ${again}; once Ada set the same state anew ${renewed}`);
process.exit(first === "Ada" && again === "nobody" && renewed === "Ada" ? 0 : 1);
JS
printf 'y-protocols %s, yjs %s, Node.js %s\n' "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/y-protocols/package.json")).version')" "$(node -p 'JSON.parse(require("fs").readFileSync("node_modules/yjs/package.json")).version')" "$(node --version)"
node try.mjs
