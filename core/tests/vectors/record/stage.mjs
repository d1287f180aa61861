// A stage for the stories of `stories.mjs`: nodes of the package, joined by links that deliver one message when they are
// told to. All that happens is written down, step by step.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Machine, on } from "../../../../guests/cojson/machine.mjs";
import { Node } from "../../../../guests/cojson/node.mjs";
import { run } from "../../../../guests/cojson/operations.mjs";
import { newDisk } from "../../../../guests/cojson/storage.mjs";
import { settle } from "../../../../guests/cojson/time.mjs";
import { open } from "../../../../guests/cojson/v20.mjs";
import { LATER } from "./readers.mjs";

const START = Date.UTC(2026, 0, 5, 9);
const MADE = new Date(START).toISOString();

// How long an act or a message takes.
const TICK = 10;

// The package that is installed in `directory`, as the stage plays it.
export async function newTheatre(directory) {
  const root = join(directory, "node_modules", "cojson", "dist");
  const files = { cojson: "index.js", "cojson/crypto/WasmCrypto": "crypto/WasmCrypto.js" };
  const pack = await open((name) => join(root, files[name]));
  return { pack, resolver: createRequire(join(directory, "package.json")) };
}

export class Stage {
  // Milliseconds since the start.
  now = 0;
  nodes = new Map();
  messages = [];
  steps = [];
  secrets = {};
  #links = new Map();
  #way = [];
  #connection = 0;
  #ids = 0;

  constructor({ pack, resolver }, story) {
    this.pack = pack;
    this.resolver = resolver;
    this.story = story;
  }

  // A node of its own person, who has an account or only an agent, or of one who has a node already (`like`).
  async node(name, { account = false, disk = false, like } = {}) {
    const { crypto, main } = this.pack;
    const seed = like ? this.nodes.get(like).node.secretSeed : this.#bytes(`secret of ${name}`, 32);
    const secret = crypto.agentSecretFromSecretSeed(seed);
    const header = main.cojsonInternals.accountHeaderForInitialAgentSecret(secret, crypto);
    const id = like ? this.nodes.get(like).id : account ? this.pack.id(header) : crypto.getAgentID(secret);
    const session = `${id}_session_z${this.#base58(name)}`;
    const node = new Node(this.pack, {
      name,
      seed: this.#bytes(`chance of ${name}`, 8).toString("hex"),
      session,
      secretSeed: seed,
      disk: disk ? await newDisk(this.resolver) : undefined,
    });
    this.nodes.set(name, { node, id, session, secret, account: id.startsWith("co_") ? id : undefined, due: null });
    this.secrets[crypto.getAgentID(secret)] = seed.toString("hex");
    await this.#quietly(name, () => node.begin());
    if (account && !like) await this.app(name, { op: "create", subject: id, header });
    return id;
  }

  // Headers of things that this stage has not seen.

  group(founder) {
    return this.#header("comap", { type: "group", initialAdmin: this.nodes.get(founder).id });
  }

  owned(group, type = "comap") {
    return this.#header(type, { type: "ownedByGroup", group });
  }

  free(type = "comap") {
    return this.#header(type, { type: "unsafeAllowAll" });
  }

  #header(type, ruleset) {
    this.#ids += 1;
    return { type, ruleset, meta: null, createdAt: MADE, uniqueness: `z${this.#base58(`header ${this.#ids}`)}` };
  }

  // Makes a CoValue with this header, and goes on with it.
  async create(name, header, ...operations) {
    const subject = this.pack.id(header);
    const more = operations.map((operation) => ({ subject, ...operation }));
    await this.app(name, { op: "create", subject, header }, ...more);
    return subject;
  }

  // What an app does in one go.
  async app(name, ...operations) {
    this.now += TICK;
    const { node } = this.nodes.get(name);
    const answer = await this.#step(name, () => run(node, operations));
    this.#note({ type: "app", node: name, ...this.#did(name, answer, operations) }, name, answer);
    return answer.notices;
  }

  // Makes an invite. Who accepts it writes as its agent, so its secret is written down.
  async invite(name, group, role) {
    const notices = await this.app(name, { op: "invite", subject: group, role });
    const { secret } = notices.find(({ notice }) => notice === "invited");
    const { crypto } = this.pack;
    const seed = this.resolver("@scure/base").base58.decode(secret.slice("inviteSecret_z".length));
    this.secrets[crypto.getAgentID(crypto.agentSecretFromSecretSeed(seed))] = Buffer.from(seed).toString("hex");
    return secret;
  }

  async connect(client, server) {
    this.now += TICK;
    this.#connection += 1;
    const connection = this.#connection;
    this.#links.set(connection, [client, server]);
    const end = (name, peer, relationship, persistent) =>
      this.#step(name, () => this.nodes.get(name).node.connect({ peer, connection, relationship, persistent }));
    const first = await end(client, server, "server", true);
    const second = await end(server, client, "client", false);
    this.#note(
      { type: "connect", a: client, b: server, aRole: "client", bRole: "server" },
      client,
      first,
      [server, second],
    );
  }

  // What was under way is lost.
  async disconnect(a, b) {
    this.now += TICK;
    for (const [connection, ends] of [...this.#links]) {
      if (!ends.includes(a) || !ends.includes(b)) continue;
      const said = await this.#cut(connection);
      this.#note({ type: "disconnect", a: ends[0], b: ends[1] }, ...said);
    }
  }

  async #cut(connection, gone) {
    const ends = this.#links.get(connection);
    this.#links.delete(connection);
    this.#way = this.#way.filter((message) => message.connection !== connection);
    const answers = [];
    for (const end of ends.filter((end) => end !== gone)) {
      answers.push([end, await this.#step(end, () => this.nodes.get(end).node.disconnect({ connection }))]);
    }
    const [[name, answer], ...others] = answers;
    return [name, answer, ...others];
  }

  // The process of a node ends, and another one begins, with the disk or with nothing. The others hear of it.
  async restart(name, { from = "disk", graceful = false } = {}) {
    this.now += TICK;
    for (const [connection, ends] of [...this.#links]) {
      if (!ends.includes(name)) continue;
      const said = await this.#cut(connection, name);
      this.#note({ type: "disconnect", a: ends[0], b: ends[1] }, ...said);
    }
    const entry = this.nodes.get(name);
    const answer = await entry.node.restart(this.#times(), { from, graceful });
    entry.due = answer.due;
    this.#note({ type: "restart", node: name, from }, name, answer);
  }

  // Delivers the oldest message from one to another; a story that wants one lost or changed says so.
  async deliver(from, to) {
    const at = this.#way.findIndex((sent) => sent.from === from && sent.to === to);
    if (at < 0) throw new Error(`${this.story}: nothing is under way from ${from} to ${to}`);
    await this.#arrive(this.#way.splice(at, 1)[0]);
  }

  async #arrive({ n, to, connection, message }) {
    this.now += 1;
    const answer = await this.#step(to, () => this.nodes.get(to).node.deliver({ connection, message }));
    this.#note({ type: "deliver", n, node: to, ...this.#did(to, answer, []) }, to, answer);
  }

  // The oldest message from one to another is lost, or changed.
  lose(from, to, change) {
    const at = this.#way.findIndex((sent) => sent.from === from && sent.to === to);
    if (at < 0) throw new Error(`${this.story}: nothing is under way from ${from} to ${to}`);
    const sent = this.#way[at];
    if (change) {
      sent.message = change(JSON.parse(JSON.stringify(sent.message)));
      this.messages[sent.n].replacedBy = sent.message;
    } else {
      this.#way.splice(at, 1);
      this.messages[sent.n].dropped = true;
    }
  }

  // All that is under way arrives, and what comes of it.
  async settle() {
    for (let left = 5000; this.#way.length > 0; left -= 1) {
      if (left === 0) throw new Error(`${this.story}: no end to it`);
      await this.#arrive(this.#way.shift());
    }
  }

  // So much time goes by while nothing arrives.
  pass(milliseconds) {
    this.now += milliseconds;
  }

  // So much time goes by, in which timers are due.
  async wait(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      await this.settle();
      const due = [...this.nodes]
        .filter(([, { due }]) => due !== null && due <= end * 1000)
        .sort(([, a], [, b]) => a.due - b.due)[0];
      if (!due) break;
      const [name, entry] = due;
      this.now = Math.max(this.now, Math.ceil(entry.due / 1000));
      const answer = await this.#step(name, () => entry.node.tick());
      if (answer.sent.length > 0 || answer.wrote.length > 0) {
        this.#note({ type: "timers", node: name, ...this.#did(name, answer, []) }, name, answer);
      }
    }
    this.now = Math.max(this.now, end);
  }

  #times() {
    return { now: this.now * 1000, wall: START + this.now };
  }

  async #step(name, work) {
    const entry = this.nodes.get(name);
    const answer = await entry.node.step(this.#times(), work);
    entry.due = answer.due;
    const failed = answer.notices.filter(({ notice }) => ["failed", "raised"].includes(notice));
    if (failed.length > 0) throw new Error(`${this.story}: ${name}: ${JSON.stringify(failed)}`);
    return answer;
  }

  async #quietly(name, work) {
    const answer = await this.#step(name, work);
    if (answer.sent.length > 0) throw new Error(`${this.story}: ${name} has said something before it was asked`);
  }

  // What an app has made, written and asked for, in order.
  #did(name, { wrote, notices }, operations) {
    const did = [];
    const rest = [...wrote];
    const made = new Set(this.steps.flatMap((step) => (step.did ?? []).filter((it) => it.do === "create").map((it) => it.id)));
    const take = (operation) => {
      for (let at = 0; at < rest.length; ) {
        if (operation !== undefined && rest[at].operation !== operation) at += 1;
        else {
          const { subject, session, after, transactions, lastSignature } = rest.splice(at, 1)[0];
          did.push({ do: "write", id: subject, session, after, newTransactions: transactions, lastSignature });
        }
      }
    };
    operations.forEach(({ op, subject, header }, place) => {
      if (op === "create") did.push({ do: "create", id: subject, header });
      if (op === "load" || op === "accept") did.push({ do: "load", id: subject });
      for (const { notice, operation, subject } of notices) {
        if (notice === "made" && operation === place && !made.has(subject)) {
          const { local } = this.nodes.get(name).node;
          did.push({ do: "create", id: subject, header: this.pack.header(this.pack.core(local, subject)) });
        }
      }
      take(place);
    });
    take(undefined);
    return did.length > 0 ? { did } : {};
  }

  #note(step, name, answer, ...others) {
    const outputs = [];
    for (const [from, { sent }] of [[name, answer], ...others]) {
      for (const line of sent) {
        const { connection, message } = JSON.parse(line);
        const ends = this.#links.get(connection);
        if (!ends) continue;
        const to = ends.find((end) => end !== from);
        const n = this.messages.length;
        this.messages.push({ n, from, to, message });
        this.#way.push({ n, from, to, connection, message });
        outputs.push(n);
      }
    }
    this.steps.push({ ...step, at: START + this.now, outputs });
  }

  // What each holds and shows in the end.
  async end() {
    const finalKnownStates = {};
    const finalViews = {};
    const finalErrors = {};
    for (const [name, { node }] of this.nodes) {
      finalKnownStates[name] = {};
      finalViews[name] = {};
      finalErrors[name] = [];
      for (const id of node.ids()) {
        const { header, sessions } = node.held(id);
        finalKnownStates[name][id] = { id, header, sessions };
        const core = this.pack.core(node.local, id);
        if ([...this.nodes.keys()].some((peer) => core?.isErroredInPeer(peer))) finalErrors[name].push(id);
        if (core && this.pack.available(core) && !this.pack.streaming(core)) {
          const seen = await this.#look(node, core);
          if (seen !== undefined) finalViews[name][id] = seen;
        }
      }
    }
    const nodes = Object.fromEntries(
      [...this.nodes].map(([name, { node, session, secret, account }]) => [
        name,
        {
          secretSeedHex: node.secretSeed.toString("hex"),
          agentID: this.pack.crypto.getAgentID(secret),
          accountID: account ?? null,
          sessionID: session,
          hasDisk: node.disk !== undefined,
        },
      ]),
    );
    for (const { node } of this.nodes.values()) node.end();
    return {
      name: this.story,
      nodes,
      secrets: this.secrets,
      messages: this.messages,
      steps: this.steps,
      finalKnownStates,
      finalViews,
      finalErrors,
    };
  }

  // In a copy that is thrown away, since to build a view may make the package write.
  async #look(node, core) {
    if (this.pack.deleted(core)) return "deleted";
    const machine = new Machine("0000000000000000");
    machine.clock.set({ now: 0, wall: LATER });
    let seen;
    await on(machine, async () => {
      const glass = this.pack.glass(node.local, core);
      await settle();
      const content = this.pack.content(this.pack.core(glass, core.id));
      const text = this.pack.header(core).type === "coplaintext";
      seen = JSON.parse(JSON.stringify(text ? content.toString() : content.toJSON()));
    });
    return seen;
  }

  #bytes(what, count) {
    return createHash("sha256").update(`${this.story}: ${what}`).digest().subarray(0, count);
  }

  #base58(what) {
    const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    return Array.from(this.#bytes(what, 11), (byte) => alphabet[byte % 58]).join("");
  }
}
