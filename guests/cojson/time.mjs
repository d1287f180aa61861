// The time that a node reads, and its timers. Nothing here looks at the clock of the machine.

const RealDate = Date;
const realImmediate = setImmediate;

// The clocks of one node, in microseconds but for the wall clock, which has milliseconds.
export class Clock {
  now = 0;
  wall = 0;
  work = 0;
  #worked = 0;
  #timers = new Map();
  #nextTimer = 1;

  // A step begins. The time of the process's own work may have got ahead in an earlier step; it
  // never goes back.
  set({ now, wall, work = 0 }) {
    if (!Number.isSafeInteger(now) || now < 0) throw new Error("`now` is missing");
    if (!Number.isSafeInteger(wall)) throw new Error("`wall` is missing");
    if (!Number.isSafeInteger(work) || work < 0) throw new Error("`work` is no number of microseconds");
    this.now = now;
    this.wall = wall;
    this.work = work;
    this.#worked = Math.max(this.#worked, now);
  }

  // A process has begun anew: the timers of the one before are gone.
  clear() {
    this.#timers.clear();
  }

  // Whoever looks how long his work has taken so far finds that `work` has gone by since he last
  // looked. So how often the package yields is decided by the simulator and by how much there is
  // to do, not by how fast this machine is.
  performance() {
    const worked = this.#worked / 1000;
    this.#worked += this.work;
    return worked;
  }

  // Delays of less than a millisecond are one, as in Node.js.
  start(callback, delay, values, again) {
    delay = Number(delay);
    const microseconds = Math.round((delay >= 1 && delay <= 0x7fffffff ? delay : 1) * 1000);
    const number = this.#nextTimer++;
    const timer = { number, callback, values, again, microseconds, due: this.now + microseconds };
    this.#timers.set(number, timer);
    return new Timer(this, number);
  }

  stop(number) {
    this.#timers.delete(number);
  }

  // When the next timer is due, or null.
  due() {
    return this.#next()?.due ?? null;
  }

  // The same of those that come once: something waits for them, and not, as with a garbage
  // collector, for whatever there may be by then.
  awaits() {
    return this.#next((timer) => !timer.again)?.due ?? null;
  }

  // The next timer that is due by now. What comes first was due first or, if both were due at
  // once, was made first.
  takeDue() {
    const timer = this.#next();
    if (!timer || timer.due > this.now) return undefined;
    if (timer.again) timer.due = this.now + timer.microseconds;
    else this.#timers.delete(timer.number);
    return () => timer.callback(...timer.values);
  }

  #next(counts = () => true) {
    let next;
    for (const timer of this.#timers.values()) {
      if (!counts(timer)) continue;
      if (!next || timer.due < next.due || (timer.due === next.due && timer.number < next.number)) {
        next = timer;
      }
    }
    return next;
  }
}

// What `setTimeout` gives.
class Timer {
  #clock;
  #number;
  constructor(clock, number) {
    this.#clock = clock;
    this.#number = number;
  }
  stop() {
    this.#clock.stop(this.#number);
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
}

let immediates = 0;

// Puts clocks and timers in the place of the machine's. `clock()` tells whose turn it is; while
// it is nobody's (a package is being read in), the time stands still and timers are real.
export function installTime(clock) {
  const realTimeout = setTimeout;
  const realInterval = setInterval;
  const realClear = clearTimeout;

  class NodeDate extends RealDate {
    constructor(...values) {
      if (values.length === 0) super(NodeDate.now());
      else super(...values);
    }
    static now() {
      return clock()?.wall ?? 0;
    }
  }
  globalThis.Date = NodeDate;
  performance.now = () => clock()?.performance() ?? 0;

  globalThis.setTimeout = (callback, delay, ...values) =>
    clock()?.start(callback, delay, values, false) ?? realTimeout(callback, delay, ...values);
  globalThis.setInterval = (callback, delay, ...values) =>
    clock()?.start(callback, delay, values, true) ?? realInterval(callback, delay, ...values);
  const clear = (timer) => (timer instanceof Timer ? timer.stop() : realClear(timer));
  globalThis.clearTimeout = clear;
  globalThis.clearInterval = clear;

  // These stay real, since a turn of the event loop is no time. They are counted, so that a step
  // is not over while one is to come.
  const ended = new WeakSet();
  globalThis.setImmediate = (callback, ...values) => {
    immediates += 1;
    const immediate = realImmediate(() => {
      ended.add(immediate);
      immediates -= 1;
      callback(...values);
    });
    return immediate;
  };
  const realClearImmediate = clearImmediate;
  globalThis.clearImmediate = (immediate) => {
    if (immediate && !ended.has(immediate)) {
      ended.add(immediate);
      immediates -= 1;
    }
    realClearImmediate(immediate);
  };
}

const TURNS = 3;

// Waits until nothing is left to do but to wait for a message or a timer. All microtasks run in
// each turn of the event loop; a turn more is taken as long as somebody has asked for one.
export async function settle() {
  let turns = 0;
  while (turns < TURNS || immediates > 0) {
    await new Promise((resolve) => realImmediate(resolve));
    turns += 1;
  }
}
