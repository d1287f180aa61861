// What differs in cojson 0.7: how nodes are made and connected, and where to look at what they hold.

import { pathToFileURL } from "node:url";

export const CAN = ["load", "restart", "session"];

export async function open(find) {
  const main = await import(pathToFileURL(find("cojson")));
  const crypto = await main.WasmCrypto.create();
  // These two draw within their WebAssembly, where no seed reaches; all else draws outside.
  crypto.newEd25519SigningKey = () => crypto.randomBytes(32);
  crypto.newX25519StaticSecret = () => crypto.randomBytes(32);
  return new Package(main, crypto);
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

    // Whatever comes into a value is synced on. What was not received then was written here.
    const sync = local.syncManager;
    const received = sync.handleNewContent;
    let receiving = false;
    sync.handleNewContent = (message, peer) => {
      receiving = true;
      try {
        return received.call(sync, message, peer);
      } finally {
        receiving = false;
      }
    };
    const written = sync.syncCoValue;
    sync.syncCoValue = (core) => {
      watch.touched(core.id);
      if (!receiving) this.#report(core, watch);
      return written.call(sync, core);
    };
    return local;
  }

  // Each transaction is told of as soon as it is written, so it is the session's last.
  #report(core, watch) {
    const { sessionID: session } = core.nextTransactionID();
    const log = core.sessionLogs.get(session);
    if (!log) return;
    watch.wrote({
      subject: core.id,
      session,
      after: log.transactions.length - 1,
      transactions: log.transactions.slice(-1),
      lastSignature: log.lastSignature,
    });
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
