// People with nodes of the package, their clocks, and what comes from one to the other.

import { Machine, on } from "../../../../guests/cojson/machine.mjs";
import { settle } from "../../../../guests/cojson/time.mjs";
import { hex } from "./dice.mjs";

const START = Date.UTC(2026, 0, 5, 9);

export class World {
  // CoValues, in an order in which each comes after what it depends on.
  ids = [];
  groups = [];
  values = [];
  invites = [];
  people = [];
  nodes = [];
  now = START;
  #taken = new Map();

  // With `nests`, branches have branches.
  constructor(pack, dice, { ties = false, nests = false } = {}) {
    this.pack = pack;
    this.dice = dice;
    this.ties = ties;
    this.nests = nests;
  }

  // Somebody with one node or two.
  async addPerson({ account, devices }) {
    const { pack, dice } = this;
    const seed = dice.bytes(32);
    const secret = pack.secret(seed);
    const person = {
      name: `p${this.people.length}`,
      seed: hex(seed),
      secret,
      id: pack.crypto.getAgentID(secret),
      account: undefined,
    };
    this.people.push(person);
    const first = this.#addNode(person, undefined);
    if (account) {
      await this.step(first, () => {
        const made = pack.account(secret);
        person.account = person.id = made.id;
        first.local = made.core.node;
      });
      this.ids.push(person.account);
    } else {
      await this.step(first, () => (first.local = this.#begin(person)));
    }
    for (let more = 1; more < devices; more += 1) {
      const node = this.#addNode(person);
      await this.step(node, () => (node.local = this.#begin(person)));
    }
    return person;
  }

  #addNode(person) {
    const node = { person, machine: new Machine(this.dice.seed()), offset: 0, local: undefined };
    this.nodes.push(node);
    return node;
  }

  #begin({ secret, id }) {
    return this.pack.node(secret, this.pack.session(id));
  }

  // Does `work` at the node, at a time at which no other has done anything, but where ties are wanted.
  async step(node, work) {
    let wall = this.now + node.offset;
    if (this.ties) wall -= wall % 150;
    else {
      while ((this.#taken.get(wall) ?? node) !== node) wall += 1;
      this.#taken.set(wall, node);
    }
    node.machine.clock.set({ now: (this.now - START) * 1000, wall });
    let ended = false;
    let failure;
    await on(node.machine, async () => {
      Promise.resolve(work())
        .catch((error) => (failure = error))
        .finally(() => (ended = true));
      await settle();
    });
    if (failure) throw failure;
    if (!ended) throw new Error("an act waits for something that does not come");
  }

  // All that `from` has and `to` lacks comes to it.
  async sync(from, to) {
    await this.step(to, () => {
      for (const id of this.ids) {
        if (this.pack.content(from.local, id)) this.pack.bring(from.local, to.local, id);
      }
    });
  }

  async syncAll() {
    for (const node of this.nodes.slice(1)) await this.sync(node, this.nodes[0]);
    for (const node of this.nodes.slice(1)) await this.sync(this.nodes[0], node);
  }

  // The view of a CoValue at a node, if it is there.
  view(node, id) {
    return this.pack.content(node.local, id)?.getCurrentContent();
  }

  // Everything that any node has, as one message for each CoValue.
  everything() {
    return this.ids.map((id) => {
      const message = { action: "content", id, header: undefined, priority: 0, new: {} };
      for (const { local } of this.nodes) {
        const core = this.pack.content(local, id);
        if (!core) continue;
        message.header = this.pack.header(core);
        message.priority = this.pack.main.cojsonInternals.getPriorityFromHeader?.(message.header) ?? 0;
        for (const [session, log] of Object.entries(this.pack.sessions(core))) {
          const known = message.new[session]?.newTransactions.length ?? 0;
          if (log.newTransactions.length > known) message.new[session] = log;
        }
      }
      message.new = Object.fromEntries(
        Object.keys(message.new)
          .sort()
          .map((session) => [session, message.new[session]]),
      );
      return JSON.parse(JSON.stringify(message));
    });
  }
}
