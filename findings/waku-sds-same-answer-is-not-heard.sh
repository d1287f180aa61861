#!/usr/bin/env bash
# @waku/sds 0.0.8 with @waku/proto 0.0.15 and @waku/utils 0.0.27 (npm), message reliability for group chats: lost messages are
# noticed, each is delivered once, and all have one history. Ann asks "lunch?", Bob answers "yes", and so does Ann.
# One would expect that Bob hears Ann's "yes", and that all three messages are in the history of all.
# What happens: a message is known by the hash of its text alone, without its sender or time. So Ann's "yes" is Bob's: he drops
# it as his own come twice, and it is in no history, not even in Ann's, though it counts as sent there. The same when one
# person answers "yes" to two questions: the history has the first only. With another text ("yes!") all of it arrives.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{ "private": true, "type": "module" }\n' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @waku/sds@0.0.8 @waku/proto@0.0.15 @waku/utils@0.0.27
cat >try.mjs <<'JS'
import { Message, MessageChannel, MessageChannelEvent } from "@waku/sds";

const bytes = (text) => new TextEncoder().encode(text);
const text = (message) => `${message.senderId} ${new TextDecoder().decode(message.content)}`;

const run = async (title, ...talk) => {
  const people = {};
  for (const name of ["Ann", "Bob"]) {
    const channel = new MessageChannel("lunch", name);
    const [received, heard] = [new Map(), []];
    channel.addEventListener(MessageChannelEvent.InMessageReceived, ({ detail }) => received.set(detail.messageId, text(detail)));
    channel.addEventListener(MessageChannelEvent.InMessageDelivered, ({ detail }) => heard.push(received.get(detail)));
    people[name] = { channel, heard };
  }
  let sent = 0;
  for (const [from, to, words] of talk) {
    let onTheWire;
    people[from].channel.pushOutgoingMessage(bytes(words), async (message) => {
      onTheWire = message.encode();
      sent += 1;
      return { success: true, retrievalHint: bytes("hint") };
    });
    await people[from].channel.processTasks();
    people[to].channel.pushIncomingMessage(Message.decode(onTheWire), bytes("hint"));
    await people[to].channel.processTasks();
  }
  const history = Object.values(people).map(({ channel }) => channel.localHistory.slice(0).map(text).join(", "));
  const same = history[0] === history[1] ? "all have" : "they differ:";
  console.log(`${title}: sent ${sent}, Bob heard [${people.Bob.heard.join(", ")}], ${same} [${history[0]}]`);
  return `${people.Bob.heard.join(", ")}|${history.join("|")}`;
};
const other = await run("another text", ["Ann", "Bob", "lunch?"], ["Bob", "Ann", "yes"], ["Ann", "Bob", "yes!"]);
const equal = await run("the same text", ["Ann", "Bob", "lunch?"], ["Bob", "Ann", "yes"], ["Ann", "Bob", "yes"]);
const questions = [["Ann", "Bob", "tea?"], ["Bob", "Ann", "yes"], ["Ann", "Bob", "cake?"], ["Bob", "Ann", "yes"]];
const twice = await run("one person twice", ...questions);
const all = "Ann lunch?, Bob yes, Ann yes!";
const one = "Ann lunch?, Bob yes";
const half = "Ann tea?, Bob yes, Ann cake?";
const asTold =
  other === `Ann lunch?, Ann yes!|${all}|${all}` &&
  equal === `Ann lunch?|${one}|${one}` &&
  twice === `Ann tea?, Ann cake?|${half}|${half}`;
process.exit(asTold ? 0 : 1);
JS
version() { node -p "JSON.parse(require('fs').readFileSync('node_modules/$1/package.json')).version"; }
printf '@waku/sds %s, Node.js %s\n' "$(version @waku/sds)" "$(node --version)"
node try.mjs
