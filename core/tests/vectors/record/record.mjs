// Makes all vectors of cojson 0.20.19 again, to the same bytes:
//
//     npm ci --ignore-scripts --legacy-peer-deps && node record.mjs
//
// `node record.mjs lockstep` makes those of one folder only: `bytes`, `views`, `ties` or `lockstep`.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { coids, keys, newContent, sealed, sessionLogs, stable } from "./bytes.mjs";
import { KINDS, UNTIED, play } from "./history.mjs";
import { open } from "./package.mjs";
import { Stage, newTheatre } from "./stage.mjs";
import { STORIES } from "./stories.mjs";

const HISTORIES = 34;
const TIED = 60;

const here = import.meta.dirname;
const target = join(here, "..", "data", "0.20");
const pack = await open(here);
const only = process.argv[2];
const parts = { bytes: recordBytes, views: recordViews, ties: recordTies, lockstep: recordStories };
if (only !== undefined && !Object.hasOwn(parts, only)) throw new Error(`there is no part called ${only}`);
mkdirSync(target, { recursive: true });
for (const [name, record] of Object.entries(parts)) {
  if (only === undefined || only === name) await record(name);
}
process.exit(0);

function recordBytes() {
  write("stable-stringify", stable(pack));
  write("keys", keys(pack));
  write("coids", coids(pack));
  write("session-logs", sessionLogs(pack));
  write("new-content-since", newContent(pack));
  write("sealed", sealed(pack));
}

async function recordViews(folder) {
  clear(folder);
  for (const kind of Object.keys(KINDS)) {
    const vectors = [];
    for (let number = 0; vectors.length < HISTORIES; number += 1) {
      const history = await play(pack, kind, number);
      if (history.none) report(`${kind} ${number} is left out: ${history.none}`);
      else vectors.push(history);
    }
    write(join(folder, kind), vectors);
  }
}

// Those of which something depends on the order of arrival.
async function recordTies(folder) {
  clear(folder);
  const tied = [];
  for (let number = 0; tied.length < TIED; number += 1) {
    for (const kind of Object.keys(KINDS).filter((kind) => !UNTIED.has(kind))) {
      const history = await play(pack, kind, number, { ties: true });
      if (history.reversed && tied.length < TIED) tied.push(history);
    }
  }
  write(join(folder, "ties"), tied);
}

// Runs, each in a file of its own: every message that was sent, and what each node held and showed in the end.
async function recordStories(folder) {
  clear(folder);
  const theatre = await newTheatre(here);
  for (const [name, tell] of Object.entries(STORIES)) {
    const stage = new Stage(theatre, name);
    await tell(stage);
    const run = await stage.end();
    const bytes = pressed({ madeBy: made(), ...run });
    writeFileSync(join(target, folder, `${name}.json.gz`), bytes);
    report(`${name}: ${run.messages.length} messages in ${bytes.length} bytes`);
  }
}

function clear(folder) {
  rmSync(join(target, folder), { recursive: true, force: true });
  mkdirSync(join(target, folder), { recursive: true });
}

function made() {
  return { package: "cojson", version: pack.version };
}

function pressed(value) {
  return gzipSync(JSON.stringify(value), { level: 9 });
}

function write(name, vectors) {
  const bytes = pressed({ madeBy: made(), count: vectors.length, vectors });
  writeFileSync(join(target, `${name}.json.gz`), bytes);
  report(`${name}: ${vectors.length} in ${bytes.length} bytes`);
}

function report(line) {
  process.stdout.write(`${line}\n`);
}
