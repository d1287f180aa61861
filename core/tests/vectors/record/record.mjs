// Makes all vectors of cojson 0.20.19 again, to the same bytes:
//
//     npm ci --ignore-scripts --legacy-peer-deps && node record.mjs

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { coids, keys, newContent, sealed, sessionLogs, stable } from "./bytes.mjs";
import { KINDS, UNTIED, play } from "./history.mjs";
import { open } from "./package.mjs";

const HISTORIES = 34;
const TIED = 60;

const here = import.meta.dirname;
const target = join(here, "..", "data", "0.20");
const pack = await open(here);
mkdirSync(target, { recursive: true });

write("stable-stringify", stable(pack));
write("keys", keys(pack));
write("coids", coids(pack));
write("session-logs", sessionLogs(pack));
write("new-content-since", newContent(pack));
write("sealed", sealed(pack));

for (const folder of ["views", "ties"]) {
  rmSync(join(target, folder), { recursive: true, force: true });
  mkdirSync(join(target, folder), { recursive: true });
}
for (const kind of Object.keys(KINDS)) {
  const vectors = [];
  for (let number = 0; vectors.length < HISTORIES; number += 1) {
    const history = await play(pack, kind, number);
    if (history.none) report(`${kind} ${number} is left out: ${history.none}`);
    else vectors.push(history);
  }
  write(join("views", kind), vectors);
}

// Those of which something depends on the order of arrival.
const tied = [];
for (let number = 0; tied.length < TIED; number += 1) {
  for (const kind of Object.keys(KINDS).filter((kind) => !UNTIED.has(kind))) {
    const history = await play(pack, kind, number, { ties: true });
    if (history.reversed && tied.length < TIED) tied.push(history);
  }
}
write(join("ties", "ties"), tied);
process.exit(0);

function write(name, vectors) {
  const made = { package: "cojson", version: pack.version };
  const text = JSON.stringify({ madeBy: made, count: vectors.length, vectors });
  const bytes = gzipSync(text, { level: 9 });
  writeFileSync(join(target, `${name}.json.gz`), bytes);
  report(`${name}: ${vectors.length} in ${bytes.length} bytes`);
}

function report(line) {
  process.stdout.write(`${line}\n`);
}
