// Plays random histories with the npm package, and compares what it shows with what we do:
//
//     node run.mjs PACKAGE COUNT [FROM]
//
// where PACKAGE is a folder with `node_modules`. COUNT histories of each kind are played, from number FROM on.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KINDS, OLDER_KINDS, play } from "../vectors/record/history.mjs";
import { open } from "../vectors/record/package.mjs";

const AT_ONCE = 100;

const [directory, count, from = "1000"] = process.argv.slice(2);
if (!directory || !(Number(count) > 0)) {
  process.stderr.write("usage: node run.mjs PACKAGE COUNT [FROM]\n");
  process.exit(2);
}
const pack = await open(directory);
const version = pack.is20 ? "0.20" : "0.7";
let played = 0;
let leftOut = 0;
let differing = 0;
for (const kind of pack.is20 ? Object.keys(KINDS) : OLDER_KINDS) {
  for (let begin = 0; begin < Number(count); begin += AT_ONCE) {
    const end = Math.min(begin + AT_ONCE, Number(count));
    const vectors = [];
    for (let number = Number(from) + begin; number < Number(from) + end; number += 1) {
      const history = await play(pack, kind, number);
      if (history.none) {
        leftOut += 1;
        report(`${kind} ${number} is left out: ${history.none}`);
      } else vectors.push(history);
    }
    played += vectors.length;
    differing += compare(kind, vectors);
  }
}
report(`cojson ${pack.version}: ${played} histories, ${leftOut} left out, ${differing} differ`);
process.exit(differing === 0 ? 0 : 1);

// How many of the histories look otherwise to us.
function compare(kind, vectors) {
  const folder = mkdtempSync(join(tmpdir(), "cosim-views-"));
  try {
    mkdirSync(join(folder, version, "views"), { recursive: true });
    const file = join(folder, version, "views", `${kind}.json`);
    writeFileSync(file, JSON.stringify({ count: vectors.length, vectors }));
    const { status, stdout, stderr } = spawnSync(
      "cargo",
      ["test", "-q", "-p", "cosim-core", "--test", "view", "todays_recorded_views_are_ours", "--", "--nocapture"],
      {
        cwd: import.meta.dirname,
        env: { ...process.env, COSIM_VECTORS: folder, RUST_BACKTRACE: "0" },
        encoding: "utf8",
        maxBuffer: 1 << 28,
      },
    );
    const output = `${stdout}${stderr}`;
    const names = vectors.map(({ n }) => `${kind} ${n}`);
    const lines = output.split("\n").filter((line) => names.some((name) => line.startsWith(`${name}: `)));
    if (status === 0 && stdout.includes(`${version}: ${vectors.length} histories`)) return 0;
    if (lines.length === 0) throw new Error(`the test did not run:\n${output}`);
    for (const line of lines) report(line);
    return new Set(lines.map((line) => line.slice(0, line.indexOf(":")))).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(line) {
  process.stdout.write(`${line}\n`);
}
