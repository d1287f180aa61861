#!/usr/bin/env bash
# redux-optimistic-ui 3.1.0 with redux 4.2.1 (npm): shows a change before the server has answered, and takes it back (REVERT)
# when the server refuses it. A chat: the user sends "one", a message of somebody else comes in, the user sends "two".
# The server then refuses "one". One would expect that just "one" goes: what came from the server is no optimistic change.
# What happens: the other person's message goes too. The first open change is reverted, and with it everything that came
# between it and the next open one is left out of the replay. It does not come back when "two" is confirmed. If the server
# refuses "two" instead, or if "two" is sent before the message came, nothing else is lost.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts redux-optimistic-ui@3.1.0 redux@4.2.1
cat >try.js <<'JS'
const { createStore } = require("redux");
const { optimistic, ensureState, BEGIN, COMMIT, REVERT } = require("redux-optimistic-ui");

const chat = (messages = [], action) => (action.type === "message" ? [...messages, action.text] : messages);
const send = (id, text) => ({ type: "message", text, meta: { optimistic: { type: BEGIN, id } } });
const answer = (id, type) => ({ type: "answer", meta: { optimistic: { type, id } } });
const others = { type: "message", text: "from Ann" };

const run = (title, ...actions) => {
  const store = createStore(optimistic(chat));
  const seen = () => ensureState(store.getState()).join(", ");
  actions.slice(0, 3).forEach(store.dispatch);
  const before = seen();
  actions.slice(3).forEach(store.dispatch);
  console.log(`${title}: before the answers [${before}], after them [${seen()}]`);
  return seen();
};
const first = run('"one" is refused', send(0, "one"), others, send(1, "two"), answer(0, REVERT), answer(1, COMMIT));
const second = run('"two" is refused', send(0, "one"), others, send(1, "two"), answer(1, REVERT), answer(0, COMMIT));
const sooner = run('"two" sent sooner', send(0, "one"), send(1, "two"), others, answer(0, REVERT), answer(1, COMMIT));
process.exit(first === "two" && second === "one, from Ann" && sooner === "two, from Ann" ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf 'redux-optimistic-ui %s, redux %s, Node.js %s\n' "$(version redux-optimistic-ui)" "$(version redux)" "$(node --version)"
node try.js
