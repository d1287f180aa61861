// A node: a `LocalNode` of the package, the machine it runs on, its connections and its disk.

import { Machine, on } from "./machine.mjs";
import { settle } from "./time.mjs";
import { words } from "./protocol.mjs";
import { Chance } from "./chance.mjs";

export class Node {
  // What the app of this node has: subscriptions by subject, and references that it has kept.
  subscriptions = new Map();
  kept = new Map();
  #connections = new Map();
  #said = new Map();
  #stored = new Map();
  #step;

  constructor(pack, { name, seed, session, secretSeed, disk }) {
    this.pack = pack;
    this.name = name;
    this.session = session;
    this.secretSeed = secretSeed;
    this.disk = disk;
    this.machine = new Machine(seed);
    this.#freshStep();
  }

  // Begins the package's node. Whatever it held before it holds no more.
  begin() {
    this.subscriptions.clear();
    this.kept.clear();
    this.#connections.clear();
    this.machine.clock.clear();
    this.local = this.pack.begin({
      secretSeed: this.secretSeed,
      session: this.session,
      storage: this.disk?.open(),
      watch: this,
    });
    this.disk?.formatted();
    this.#stored = this.disk?.known() ?? new Map();
    for (const id of this.#stored.keys()) this.touched(id);
    // All is said anew, also what is gone.
    for (const id of this.#said.keys()) {
      this.touched(id);
      this.#said.set(id, undefined);
    }
  }

  // One step: does `work`, waits until nothing is left to do, and tells what has come of it.
  async step(times, work) {
    this.#freshStep();
    this.disk?.step();
    this.machine.clock.set(times);
    await on(this.machine, async () => {
      await work();
      await settle();
    });
    return this.#answer();
  }

  connect({ peer, connection, relationship, persistent }) {
    if (this.#connections.has(connection)) throw new Error(`connection ${connection} is open`);
    if (!this.pack.relationships.has(relationship)) {
      throw new Error(`this version knows no peer that is a ${relationship}`);
    }
    const open = { peer, end: undefined };
    this.#connections.set(connection, open);
    const isOpen = () => this.#connections.get(connection) === open;
    open.end = this.pack.connect(
      this.local,
      { peer, connection, relationship, persistent: persistent === true },
      {
        send: (message) => {
          if (!isOpen()) return;
          const commits = this.disk?.commits() ?? 0;
          const after = commits > 0 ? `,"commits":${commits}` : "";
          this.#step.sent.push(
            `{"connection":${connection},"message":${JSON.stringify(message)}${after}}`,
          );
        },
        close: () => {
          if (!isOpen()) return;
          this.#connections.delete(connection);
          this.notice({ notice: "closed", connection });
        },
      },
    );
  }

  // Closes a connection. One that the node has closed itself is closed already.
  disconnect({ connection }) {
    const open = this.#connections.get(connection);
    this.#connections.delete(connection);
    open?.end.cut();
  }

  deliver({ connection, message }) {
    this.#connections.get(connection)?.end.receive(message);
  }

  // Runs the timers that are due, one after the other, each with all that follows from it.
  async tick() {
    for (;;) {
      const timer = this.machine.clock.takeDue();
      if (!timer) return;
      try {
        timer();
      } catch (error) {
        this.notice({ notice: "raised", error: words(error) });
      }
      await settle();
    }
  }

  // The process was told to end, and does what it does then.
  async shutDown() {
    this.#connections.clear();
    await this.pack.shutDown(this.local);
    await settle();
  }

  // The process has ended, gracefully or not, and another begins. What is said of this step is
  // of both.
  async restart(times, { from, image, graceful, session, seed }) {
    return this.step(times, async () => {
      if (graceful) await this.shutDown();
      if (from === "nothing") this.disk?.empty();
      if (image) this.disk.become(image);
      if (session !== undefined) this.session = session;
      if (seed !== undefined) this.machine.chance = new Chance(seed);
      this.begin();
    });
  }

  // Nothing of this node is left.
  end() {
    this.#connections.clear();
    this.disk?.close();
  }

  notice(notice) {
    this.#step.notices.push(notice);
  }

  touched(id) {
    this.#step.touched.add(id);
  }

  // One operation may write several times; what it writes in a row in one session is one entry.
  wrote({ subject, session, after, transactions, lastSignature }) {
    const operation = this.operation();
    const last = this.#step.wrote.at(-1);
    if (
      last?.subject === subject &&
      last.session === session &&
      last.operation === operation &&
      last.after + last.transactions.length === after
    ) {
      last.transactions.push(...transactions);
      last.lastSignature = lastSignature;
      return;
    }
    this.#step.wrote.push({
      subject,
      session,
      after,
      operation,
      transactions: [...transactions],
      lastSignature,
    });
  }

  // Which operation of this request is being done; the operations say so.
  operation() {
    return undefined;
  }

  // How much the node holds of a CoValue: in memory or, as long as it has not been read from
  // there or not to its end, on its disk.
  held(id) {
    const core = this.pack.core(this.local, id);
    const known = core ? this.pack.known(core) : { header: false, sessions: {} };
    const inMemory = core && this.pack.available(core) && !this.pack.streaming(core);
    // Not as it was when the process began: what was in memory may have been taken out since.
    const stored = inMemory ? undefined : this.disk?.known(id).get(id);
    if (!stored) return sorted(known.header, known.sessions);
    const sessions = { ...stored };
    for (const [session, count] of Object.entries(known.sessions)) {
      sessions[session] = Math.max(sessions[session] ?? 0, count);
    }
    return sorted(true, sessions);
  }

  // All CoValues of which the node holds anything.
  ids() {
    return [...new Set([...this.pack.ids(this.local), ...this.#stored.keys()])].sort();
  }

  #freshStep() {
    this.request = undefined;
    this.#step = { sent: [], wrote: [], notices: [], touched: new Set() };
  }

  #answer() {
    const { sent, wrote, notices, touched } = this.#step;
    const held = {};
    const changed = new Set();
    for (const id of [...touched].sort()) {
      const now = this.held(id);
      const text = JSON.stringify(now);
      const nothing = !now.header && Object.keys(now.sessions).length === 0;
      if (text === this.#said.get(id) || (nothing && !this.#said.has(id))) continue;
      if (nothing) this.#said.delete(id);
      else this.#said.set(id, text);
      held[id] = now;
      this.#addChanged(id, changed);
    }
    const raised = this.machine.raised.splice(0);
    for (const error of raised) notices.push({ notice: "raised", error });
    return {
      sent,
      wrote,
      changed: [...changed].sort(),
      held: Object.keys(held).length > 0 ? held : undefined,
      notices,
      commits: this.disk?.commits() || undefined,
      log: this.machine.log.splice(0),
      due: this.machine.clock.due(),
      awaits: this.machine.clock.awaits(),
    };
  }

  // With a group, all may look different that it decides about.
  #addChanged(id, changed) {
    if (changed.has(id)) return;
    changed.add(id);
    const core = this.pack.core(this.local, id);
    if (!core || !this.pack.available(core)) return;
    for (const dependant of this.pack.dependants(this.local, core)) {
      this.#addChanged(dependant, changed);
    }
  }
}

function sorted(header, sessions) {
  return {
    header,
    sessions: Object.fromEntries(Object.keys(sessions).sort().map((id) => [id, sessions[id]])),
  };
}
