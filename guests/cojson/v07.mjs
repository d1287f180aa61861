// What differs in cojson 0.7: how nodes are made and connected, and where to look at what they hold.

import { pathToFileURL } from "node:url";

export const CAN = ["load", "restart", "session"];

export async function open(find) {
  const main = await import(pathToFileURL(find("cojson")));
  const crypto = await main.WasmCrypto.create();
  // These two draw within their WebAssembly, where no seed reaches; all else draws outside.
  crypto.newEd25519SigningKey = () => crypto.randomBytes(32);
  crypto.newX25519StaticSecret = () => crypto.randomBytes(32);
  observe(main.CoValueCore.prototype);
  return new Package(main, crypto);
}

// Who hears of what a node writes.
const watches = new WeakMap();

// A write may raise an error when it is in the session already, so it is looked at in any case.
function observe(prototype) {
  const make = prototype.makeTransaction;
  prototype.makeTransaction = function (...values) {
    const watch = watches.get(this.node);
    if (!watch) return make.apply(this, values);
    const before = this.knownStateUncached().sessions;
    try {
      return make.apply(this, values);
    } finally {
      watch.touched(this.id);
      report(this, before, watch);
    }
  };
}

function report(core, before, watch) {
  for (const [session, log] of core.sessionLogs) {
    const after = before[session] ?? 0;
    if (log.transactions.length <= after) continue;
    watch.wrote({
      subject: core.id,
      session,
      after,
      transactions: log.transactions.slice(after),
      lastSignature: log.lastSignature,
    });
  }
}

class Package {
  types = new Set(["comap", "colist", "costream"]);
  roles = new Set(["reader", "writer", "admin"]);
  relationships = new Set(["server", "client", "peer"]);

  constructor(main, crypto) {
    this.main = main;
    this.crypto = crypto;
  }

  reset() {}

  id(header) {
    return this.main.cojsonInternals.idforHeader(header, this.crypto);
  }

  begin({ secretSeed, session, watch }) {
    const secret = this.crypto.agentSecretFromSecretSeed(secretSeed);
    const who = this.main.cojsonInternals.accountOrAgentIDfromSessionID(session);
    let account = new this.main.ControlledAgent(secret, this.crypto);
    if (this.main.cojsonInternals.isAccountID(who)) {
      // An account that is not loaded yet, or not even made, but whose agent is known.
      account = Object.create(account, { id: { value: who } });
    }
    const local = new this.main.LocalNode(account, session, this.crypto);

    watches.set(local, watch);

    // Whatever comes into a value passes one of these.
    const sync = local.syncManager;
    const received = sync.handleNewContent;
    sync.handleNewContent = (message, peer) => {
      watch.touched(message.id);
      return received.call(sync, message, peer);
    };
    const made = local.createCoValue;
    local.createCoValue = (header) => {
      const core = made.call(local, header);
      watch.touched(core.id);
      return core;
    };
    return local;
  }

  connect(local, { peer, connection, relationship }, out) {
    const incoming = new Stream();
    local.syncManager.addPeer({
      // A peer that comes back is another one to this version.
      id: `${peer}_${connection}`,
      role: relationship,
      crashOnClose: false,
      incoming,
      outgoing: {
        push(message) {
          out.send(message);
          return Promise.resolve();
        },
        close: () => out.close(),
      },
    });
    return {
      receive: (message) => incoming.push(message),
      cut: () => incoming.push("Disconnected"),
    };
  }

  core(local, id) {
    const entry = local.coValues[id];
    return entry?.state === "loaded" ? entry.coValue : entry;
  }

  ids(local) {
    return Object.keys(local.coValues);
  }

  available(core) {
    return core.state === undefined;
  }

  header(core) {
    return core.header;
  }

  // The cached one is not always renewed when an invite was accepted.
  known(core) {
    if (!this.available(core)) return { header: false, sessions: {} };
    return core.knownStateUncached();
  }

  streaming() {
    return undefined;
  }

  state(core) {
    return core.state ?? "loaded";
  }

  deleted() {
    return undefined;
  }

  dependants(local, core) {
    if (core.header.ruleset.type !== "group") return [];
    return Object.keys(local.coValues).filter((id) => {
      const other = this.core(local, id);
      return this.available(other) && other.getDependedOnCoValues().includes(core.id);
    });
  }

  // To look at a value changes nothing in this version: views write nothing, and are made anew
  // after each change.
  isOpen(local, core) {
    return this.available(core);
  }

  content(core) {
    return core.getCurrentContent();
  }

  glass(local) {
    return local;
  }

  readKey(group) {
    return group.get("readKey");
  }

  secret(local) {
    return local.account.agentSecret;
  }

  me(local) {
    return local.account.id;
  }

  async load(local, id) {
    const content = await local.load(id);
    return content === "unavailable" ? undefined : content;
  }

  append(list, values, after, privacy) {
    for (const value of values) {
      list.append(value, after, privacy);
      if (after !== undefined) after += 1;
    }
  }

  // This version puts what the invite has written into the group without a word to anybody.
  async accept(local, id, secret, watch) {
    let core = this.core(local, id);
    if (core && this.available(core) && core.header.ruleset.type === "ownedByGroup") {
      core = this.core(local, core.header.ruleset.group);
    }
    const before = core ? this.known(core).sessions : {};
    await local.acceptInvite(id, secret);
    if (!core || !this.available(core)) return;
    watch.touched(core.id);
    report(core, before, watch);
  }

  async shutDown(local) {
    local.gracefulShutdown();
  }
}

// What one side writes and the other reads with `for await`.
class Stream {
  #waiting = [];
  #wake;

  push(message) {
    this.#waiting.push(message);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift();
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }
}
