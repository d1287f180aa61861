// What the recorder itself decides by chance, from a seed.

import { Chance } from "../../../../guests/cojson/chance.mjs";

export class Dice {
  #chance;

  constructor(name, number) {
    this.#chance = new Chance(seedOf(name, number));
  }

  // At least 0, and less than `end`.
  below(end) {
    return this.#chance.next() % end;
  }

  // `true` once in `times`.
  once(times) {
    return this.below(times) === 0;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // One of the names, each as often as its weight says.
  weighed(weights) {
    const entries = Object.entries(weights);
    let left = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [name, weight] of entries) {
      if (left < weight) return name;
      left -= weight;
    }
  }

  shuffled(list) {
    const left = [...list];
    return list.map(() => left.splice(this.below(left.length), 1)[0]);
  }

  bytes(count) {
    return this.#chance.fill(new Uint8Array(count));
  }

  seed() {
    return hex(this.bytes(8));
  }
}

// The 64 bits of FNV-1a of a name and a number.
function seedOf(name, number) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(`${name}/${number}`)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
