// What differs in cojson 0.20: how nodes are made and connected, and where to look at what they hold.

import { pathToFileURL } from "node:url";

export const CAN = ["load", "restart", "disk", "session", "wait_for_sync"];

// `find` tells where a file of an installed package is.
export async function open(find) {
  const [main, wasm] = await Promise.all([
    import(pathToFileURL(find("cojson"))),
    import(pathToFileURL(find("cojson/crypto/WasmCrypto"))),
  ]);
  observe(main.CoValueCore.prototype);
  return new Package(main, await wasm.WasmCrypto.create(), find);
}

// Who hears of what a node writes.
const watches = new WeakMap();

// A write may raise an error when it is in the session already, so it is looked at in any case.
function observe(prototype) {
  const make = prototype.makeTransaction;
  prototype.makeTransaction = function (...values) {
    const watch = watches.get(this.node);
    if (!watch || !this.verified) return make.apply(this, values);
    const before = this.verified.knownState().sessions;
    try {
      return make.apply(this, values);
    } finally {
      watch.touched(this.id);
      report(this.verified, before, watch);
    }
  };
}

function report(verified, before, watch) {
  for (const [session, count] of Object.entries(verified.knownState().sessions)) {
    const after = before[session] ?? 0;
    if (count <= after) continue;
    watch.wrote({
      subject: verified.id,
      session,
      after,
      transactions: verified.impl.getSessionTransactions(session, after),
      lastSignature: verified.impl.getLastSignature(session),
    });
  }
}

class Package {
  types = new Set(["comap", "colist", "coplaintext", "costream"]);
  roles = new Set(["reader", "writer", "admin", "manager", "writeOnly"]);
  relationships = new Set(["server", "client"]);

  constructor(main, crypto, find) {
    this.main = main;
    this.crypto = crypto;
    this.find = find;
  }

  // Nothing of a run that has ended is kept.
  reset() {
    this.crypto.agentIdCache.clear();
  }

  id(header) {
    return this.main.cojsonInternals.idforHeader(header, this.crypto);
  }

  // A node begins. `watch` hears of each CoValue that something was done to, and of each run of
  // transactions that the node has written.
  begin({ secretSeed, session, storage, watch }) {
    const secret = this.crypto.agentSecretFromSecretSeed(secretSeed);
    const local = new this.main.LocalNode(secret, session, this.crypto);
    if (storage) local.setStorage(this.main.getSqliteStorage(storage));

    watches.set(local, watch);

    // These are called as members of what they belong to wherever they are called, also by the
    // package itself, so that whatever happens to a value passes here.
    const sync = local.syncManager;
    const begun = sync.syncLocalTransaction;
    sync.syncLocalTransaction = (verified, before) => {
      watch.touched(verified.id);
      return begun.call(sync, verified, before);
    };
    const received = sync.handleNewContent;
    sync.handleNewContent = (message, from) => {
      watch.touched(message.id);
      // What is imported was written here, by a node that the package has made for an invite.
      const imported = from === "import" ? local.coValues.get(message.id)?.verified : undefined;
      const before = imported?.knownState().sessions;
      try {
        return received.call(sync, message, from);
      } finally {
        if (imported) report(imported, before, watch);
      }
    };
    const unmounted = local.internalUnmountCoValue;
    local.internalUnmountCoValue = (id) => {
      watch.touched(id);
      return unmounted.call(local, id);
    };
    return local;
  }

  connect(local, { peer, relationship, persistent }, out) {
    let onMessage = () => {};
    const onClose = [];
    local.syncManager.addPeer({
      id: peer,
      role: relationship,
      persistent,
      incoming: {
        onMessage: (callback) => (onMessage = callback),
        onClose: (callback) => onClose.push(callback),
        close: () => out.close(),
      },
      outgoing: {
        push: (message) => (message === "Disconnected" ? out.close() : out.send(message)),
        onClose: (callback) => onClose.push(callback),
        close: () => out.close(),
      },
    });
    return {
      receive: (message) => onMessage(message),
      cut() {
        onMessage("Disconnected");
        for (const callback of onClose) callback();
      },
    };
  }

  core(local, id) {
    return local.coValues.get(id);
  }

  ids(local) {
    return [...local.coValues.keys()];
  }

  available(core) {
    return core.isAvailable();
  }

  header(core) {
    return core.verified.header;
  }

  known(core) {
    return core.knownState();
  }

  streaming(core) {
    return core.isStreaming();
  }

  state(core) {
    return core.loadingState;
  }

  deleted(core) {
    return core.isDeleted;
  }

  // The values that may look different when this one has changed.
  dependants(local, core) {
    return core.isGroup() ? core.dependant : [];
  }

  // Whether the app's view of this value, and of all groups that decide what is in it, is there
  // already, so that to look at it does not make it.
  isOpen(local, core, seen = new Set()) {
    if (!core.isAvailable() || core._cachedContent === undefined) return false;
    seen.add(core.id);
    for (const id of core.dependencies) {
      const dependency = local.coValues.get(id);
      if (seen.has(id) || !dependency?.isGroup()) continue;
      if (!this.isOpen(local, dependency, seen)) return false;
    }
    return true;
  }

  content(core) {
    return core.getCurrentContent();
  }

  // A node that holds the same of this value and of all that it depends on, and that nobody else
  // knows: whoever looks at it there changes nothing here. (To build a view of a group may make
  // the package write to it.)
  glass(local, core) {
    const glass = new this.main.LocalNode(local.agentSecret, local.currentSessionID, this.crypto);
    glass.syncManager.disableTransactionVerification();
    const seen = new Set();
    const copy = (core) => {
      if (seen.has(core.id)) return;
      seen.add(core.id);
      for (const id of core.dependencies) {
        const dependency = local.coValues.get(id);
        if (dependency?.isAvailable()) copy(dependency);
      }
      const { header, impl } = core.verified;
      const content = { action: "content", id: core.id, priority: 0, header, new: {} };
      for (const session of impl.getSessionIds()) {
        content.new[session] = {
          after: 0,
          newTransactions: impl.getSessionTransactions(session, 0) ?? [],
          lastSignature: impl.getLastSignature(session),
        };
      }
      glass.syncManager.handleNewContent(content, "import");
    };
    const account = local.coValues.get(local.getCurrentAccountOrAgentID());
    if (account?.isAvailable()) copy(account);
    copy(core);
    return glass;
  }

  readKey(group) {
    return group.getCurrentReadKeyId();
  }

  secret(local) {
    return local.agentSecret;
  }

  // The account or agent that this node is.
  me(local) {
    return local.getCurrentAccountOrAgentID();
  }

  async load(local, id) {
    const content = await local.load(id);
    return content === "unavailable" ? undefined : content;
  }

  append(list, values, after, privacy) {
    list.appendItems(values, after, privacy);
  }

  async accept(local, id, secret) {
    await local.acceptInvite(id, secret);
  }

  async shutDown(local) {
    await local.gracefulShutdown();
  }
}
