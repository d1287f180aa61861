// The npm package, in either version, as the recorder uses it: how nodes are made, and how what one holds comes to
// another. Randomness and clocks are the machine's that a step runs on, as in guests/cojson.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { install } from "../../../../guests/cojson/machine.mjs";

// Opens the package that is installed in `directory`. The globals are replaced first, since it may keep what it finds.
export async function open(directory) {
  install();
  const root = join(resolve(directory), "node_modules", "cojson");
  const { version, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const find = (path) => pathToFileURL(join(root, exports?.[path]?.default ?? "./dist/index.js")).href;
  const main = await import(find("."));
  if (version.startsWith("0.7.")) return new Older(version, main, await main.WasmCrypto.create());
  const { WasmCrypto } = await import(find("./crypto/WasmCrypto"));
  return new Newer(version, main, await WasmCrypto.create());
}

// Whoever only looks on writes nothing: to build a view may make the package repair a group.
const onlookers = new WeakSet();

class Package {
  constructor(version, main, crypto) {
    this.version = version;
    this.main = main;
    this.crypto = crypto;
    const prototype = main.CoValueCore.prototype;
    const make = prototype.makeTransaction;
    prototype.makeTransaction = function (...values) {
      return onlookers.has(this.node) ? false : make.apply(this, values);
    };
  }

  onlooker(secret, session) {
    const local = this.node(secret, session);
    onlookers.add(local);
    return local;
  }

  id(header) {
    return this.main.cojsonInternals.idforHeader(header, this.crypto);
  }

  secret(seed) {
    return this.crypto.agentSecretFromSecretSeed(seed);
  }

  // What `to` lacks of a CoValue comes from `from`, as a copy.
  bring(from, to, id) {
    for (const piece of this.content(from, id).newContentSince(this.known(to, id)) ?? []) {
      this.take(to, JSON.parse(JSON.stringify(piece)));
    }
  }
}

class Newer extends Package {
  is20 = true;

  node(secret, session) {
    return new this.main.LocalNode(secret, session, this.crypto);
  }

  account(secret) {
    return this.main.LocalNode.internalCreateAccount({
      crypto: this.crypto,
      initialAgentSecret: secret,
    });
  }

  session(id) {
    return this.crypto.newRandomSessionID(id);
  }

  // The CoValue, if the node holds it.
  content(local, id) {
    const core = local.coValues.get(id);
    return core?.isAvailable() ? core : undefined;
  }

  known(local, id) {
    return this.content(local, id)?.knownState();
  }

  take(local, message) {
    local.syncManager.handleNewContent(message, "import");
  }

  // All sessions of a CoValue: transactions, and the signature of the last.
  sessions(core) {
    const { impl } = core.verified;
    return Object.fromEntries(
      impl.getSessionIds().map((session) => [
        session,
        {
          after: 0,
          newTransactions: impl.getSessionTransactions(session, 0) ?? [],
          lastSignature: impl.getLastSignature(session),
        },
      ]),
    );
  }

  header(core) {
    return core.verified.header;
  }

  isDeleted(core) {
    return core.isDeleted;
  }

  readKey(group) {
    const id = group.getCurrentReadKeyId();
    return { id, secret: id && group.getReadKey(id) };
  }

  append(list, values, after, privacy, meta) {
    list.appendItems(values, after, privacy, meta);
  }

  remove(group, member) {
    group.removeMember(member);
  }
}

class Older extends Package {
  is20 = false;

  constructor(version, main, crypto) {
    super(version, main, crypto);
    // These two draw within their WebAssembly, where no seed reaches; all else draws outside.
    crypto.newEd25519SigningKey = () => crypto.randomBytes(32);
    crypto.newX25519StaticSecret = () => crypto.randomBytes(32);
  }

  node(secret, session) {
    const account = new this.main.ControlledAgent(secret, this.crypto);
    return new this.main.LocalNode(account, session, this.crypto);
  }

  session(id) {
    return this.main.cojsonInternals.newRandomSessionID(id);
  }

  content(local, id) {
    const entry = local.coValues[id];
    const core = entry?.state === "loaded" ? entry.coValue : entry;
    return core?.state === undefined ? core : undefined;
  }

  known(local, id) {
    return this.content(local, id)?.knownStateUncached();
  }

  // This version takes content from peers only; what comes from elsewhere is put where it belongs.
  take(local, { id, header, new: pieces }) {
    if (!this.content(local, id)) local.createCoValue(header);
    const core = this.content(local, id);
    for (const [session, { newTransactions, lastSignature }] of Object.entries(pieces)) {
      const result = core.tryAddTransactions(session, newTransactions, undefined, lastSignature);
      if (result.isErr()) throw new Error(JSON.stringify(result.error));
    }
  }

  sessions(core) {
    return Object.fromEntries(
      [...core.sessionLogs].map(([session, { transactions, lastSignature }]) => [
        session,
        { after: 0, newTransactions: transactions, lastSignature },
      ]),
    );
  }

  header(core) {
    return core.header;
  }

  isDeleted() {
    return false;
  }

  readKey(group) {
    const id = group.get("readKey");
    return { id, secret: id && group.core.getReadKey(id) };
  }

  append(list, values, after, privacy) {
    for (const value of values) {
      list.append(value, after, privacy);
      if (after !== undefined) after += 1;
    }
  }

  remove(group, member) {
    group.removeMemberInternal(member);
  }
}

