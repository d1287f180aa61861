// What a node draws by chance: a stream of numbers that follows from its seed alone.

// xoshiro128**, whose state is filled from the 64 bits of the seed by splitmix.
export class Chance {
  #state = new Uint32Array(4);

  constructor(seed) {
    if (typeof seed !== "string" || !/^[0-9a-f]{16}$/.test(seed)) {
      throw new Error("`seed` is not 16 hexadecimal digits");
    }
    let mixed = BigInt(`0x${seed}`);
    for (let at = 0; at < 4; at += 2) {
      mixed = BigInt.asUintN(64, mixed + 0x9e3779b97f4a7c15n);
      let word = mixed;
      word = BigInt.asUintN(64, (word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n);
      word = BigInt.asUintN(64, (word ^ (word >> 27n)) * 0x94d049bb133111ebn);
      word ^= word >> 31n;
      this.#state[at] = Number(word & 0xffffffffn);
      this.#state[at + 1] = Number(word >> 32n);
    }
  }

  // 32 bits.
  next() {
    const state = this.#state;
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return result;
  }

  // At least 0, and less than 1.
  fraction() {
    const high = this.next() >>> 5;
    const low = this.next() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  fill(array) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at += 4) {
      let word = this.next();
      for (let end = Math.min(at + 4, bytes.length), byte = at; byte < end; byte += 1) {
        bytes[byte] = word & 0xff;
        word >>>= 8;
      }
    }
    return array;
  }
}

function rotate(word, by) {
  return (word << by) | (word >>> (32 - by));
}

// Puts the stream of whoever's turn it is in the place of the machine's random numbers. The
// package reads `crypto` once and keeps the object, so its method is what is replaced.
export function installChance(chance) {
  Math.random = () => chance().fraction();
  Object.defineProperty(globalThis.crypto, "getRandomValues", {
    value: (array) => chance().fill(array),
    configurable: true,
    writable: true,
  });
}
