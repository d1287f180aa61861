// The machine that a node runs on: its clocks, its chance, and its log. All nodes share one
// process, so whose machine is read depends on whose turn it is.

import { Clock, installTime } from "./time.mjs";
import { Chance, installChance } from "./chance.mjs";
import { line, words } from "./protocol.mjs";

export class Machine {
  clock = new Clock();
  chance;
  log = [];
  raised = [];

  constructor(seed) {
    this.chance = new Chance(seed);
  }
}

let current;

// What is drawn while it is no node's turn, by the packages themselves: nobody sees it, but it
// must not be drawn from any node.
const aside = new Chance("0000000000000000");

// Runs `work` on this machine, until all that it has set going has come to rest.
export async function on(machine, work) {
  const before = current;
  current = machine;
  try {
    return await work();
  } finally {
    current = before;
  }
}

// Runs `work`, which must not wait, on no machine: what it draws is no node's.
export function off(work) {
  const before = current;
  current = undefined;
  try {
    return work();
  } finally {
    current = before;
  }
}

export function install() {
  installTime(() => current?.clock);
  installChance(() => current?.chance ?? aside);
  for (const level of ["debug", "log", "info", "warn", "error", "trace"]) {
    console[level] = (...values) => {
      const text = line(level, values);
      if (current) current.log.push(text);
      else process.stderr.write(`${text}\n`);
    };
  }
  const raise = (error) => {
    if (current) current.raised.push(words(error));
    else process.stderr.write(`raised outside of any step: ${words(error)}\n`);
  };
  process.on("uncaughtException", raise);
  process.on("unhandledRejection", raise);
}
