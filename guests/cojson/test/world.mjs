// What the tests play guests with: the requests that cosim would make, with links that lose
// nothing, and a clock that goes on as the test says.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = resolve(dirname(fileURLToPath(import.meta.url)), "..");

// The installed versions: those of the folders that COSIM_COJSON names, with `:` between them, or
// else of all folders beside the guest in which something is installed.
export function installed() {
  const folders = process.env.COSIM_COJSON
    ? process.env.COSIM_COJSON.split(":")
    : readdirSync(here).map((name) => join(here, name));
  return folders
    .map((folder) => ({ folder: resolve(folder), manifest: join(folder, "node_modules/cojson/package.json") }))
    .filter(({ manifest }) => existsSync(manifest))
    .map(({ folder, manifest }) => ({
      folder,
      version: JSON.parse(readFileSync(manifest, "utf8")).version,
    }));
}

// A process, and all that was said to it and by it.
export class Guest {
  transcript = [];
  #id = 0;

  constructor(folder) {
    this.process = spawn(process.execPath, [join(here, "guest.mjs"), "--package", folder], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env.PATH, TZ: "UTC", LANG: "C.UTF-8" },
    });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async say(line) {
    this.process.stdin.write(`${line}\n`);
    const { value } = await this.lines.next();
    this.transcript.push(line, value);
    return JSON.parse(value);
  }

  async ask(verb, members = {}) {
    this.#id += 1;
    const answer = await this.say(JSON.stringify({ id: this.#id, verb, ...members }));
    if (answer.id !== this.#id) throw new Error(`another id in ${JSON.stringify(answer)}`);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  // All that was said since the last time, with the numbers taken out.
  cut() {
    const text = this.transcript.join("\n").replaceAll(/"id":\d+/g, '"id":0');
    this.transcript = [];
    return text;
  }

  end() {
    return new Promise((done) => {
      this.process.on("exit", done);
      this.process.stdin.end();
    });
  }
}

// Ids and secrets, made with the package itself.
export async function names(folder) {
  const root = join(folder, "node_modules/cojson");
  const main = await import(pathToFileURL(join(root, "dist/index.js")));
  const { WasmCrypto } =
    main.WasmCrypto !== undefined
      ? main
      : await import(pathToFileURL(join(root, "dist/crypto/WasmCrypto.js")));
  const crypto = await WasmCrypto.create();
  const secretSeed = (number) => number.toString(16).padStart(2, "0").repeat(32);
  const secret = (number) => crypto.agentSecretFromSecretSeed(Buffer.from(secretSeed(number), "hex"));
  const agent = (number) => crypto.getAgentID(secret(number));
  const made = { createdAt: "2025-01-01T00:00:00.000Z" };
  return {
    secretSeed,
    agent,
    id: (header) => main.cojsonInternals.idforHeader(header, crypto),
    account: (number) => main.cojsonInternals.accountHeaderForInitialAgentSecret(secret(number), crypto),
    group: (initialAdmin, uniqueness) => ({
      type: "comap",
      ruleset: { type: "group", initialAdmin },
      meta: null,
      ...made,
      uniqueness,
    }),
    owned: (type, group, uniqueness) => ({
      type,
      ruleset: { type: "ownedByGroup", group },
      meta: null,
      ...made,
      uniqueness,
    }),
    open: (type, uniqueness) => ({
      type,
      ruleset: { type: "unsafeAllowAll" },
      meta: null,
      ...made,
      uniqueness,
    }),
  };
}

export const BEGIN = 1735689600000;

// Nodes, the links between them, and the time.
export class World {
  now = 0;
  work = undefined;
  nodes = new Map();
  #links = new Map();
  #way = [];
  #connection = 0;

  constructor(names) {
    this.names = names;
  }

  async make(name, guest, secret, { session = 1, who, disk = false } = {}) {
    const of = who ?? this.names.agent(secret);
    const node = { name, guest, off: 0, due: null, notices: [], log: [], held: {}, wrote: [], commits: 0 };
    this.nodes.set(name, node);
    await this.ask(name, "make", {
      seed: `${secret.toString(16).padStart(8, "0")}${session.toString(16).padStart(8, "0")}`,
      session: `${of}_session_z${session}${name}`,
      secretSeed: this.names.secretSeed(secret),
      ...(disk ? { disk: true } : {}),
    });
    return node;
  }

  // One request to a node, and all that follows from its answer but what is sent.
  async ask(name, verb, members = {}) {
    const node = this.nodes.get(name);
    const times = { now: this.now, wall: BEGIN + (node.wall ?? Math.floor(this.now / 1000) + node.off) };
    const { work } = this;
    const answer = await node.guest.ask(verb, { node: name, ...times, work, ...members });
    if (verb === "query") return answer;
    node.due = answer.due;
    node.notices.push(...(answer.notices ?? []));
    node.log.push(...(answer.log ?? []));
    node.wrote.push(...(answer.wrote ?? []));
    node.commits += answer.commits ?? 0;
    Object.assign(node.held, answer.held);
    for (const { connection, message } of answer.sent ?? []) {
      const link = this.#links.get(connection);
      if (link) this.#way.push({ to: link.ends.find((end) => end !== name), from: name, connection, message });
    }
    return answer;
  }

  async link(client, server, { persistent = true } = {}) {
    this.#connection += 1;
    const connection = this.#connection;
    this.#links.set(connection, { ends: [client, server] });
    await this.ask(client, "connect", { peer: server, connection, relationship: "server", persistent });
    await this.ask(server, "connect", { peer: client, connection, relationship: "client", persistent: false });
    return connection;
  }

  // What was under way is lost.
  async cut(connection) {
    const { ends } = this.#links.get(connection);
    this.#links.delete(connection);
    this.#way = this.#way.filter((message) => message.connection !== connection);
    for (const [at, end] of ends.entries()) {
      await this.ask(end, "disconnect", { peer: ends[1 - at], connection });
    }
  }

  // A node begins anew. The other ends of its connections hear of it.
  async restart(name, members) {
    for (const [connection, { ends }] of [...this.#links]) {
      if (!ends.includes(name)) continue;
      this.#links.delete(connection);
      this.#way = this.#way.filter((message) => message.connection !== connection);
      const other = ends.find((end) => end !== name);
      await this.ask(other, "disconnect", { peer: name, connection });
    }
    return this.ask(name, "restart", members);
  }

  app(name, ...operations) {
    return this.ask(name, "app", { operations });
  }

  // Delivers so many of the messages that are under way, and those that come of them.
  async deliver(count = Number.POSITIVE_INFINITY) {
    let delivered = 0;
    while (this.#way.length > 0 && delivered < count) {
      const { to, from, connection, message } = this.#way.shift();
      this.now += 1000;
      await this.ask(to, "deliver", { peer: from, connection, message });
      delivered += 1;
    }
    return delivered;
  }

  // So many milliseconds go by.
  async wait(milliseconds) {
    const end = this.now + milliseconds * 1000;
    for (;;) {
      await this.deliver();
      const due = [...this.nodes.values()]
        .filter((node) => node.due !== null && node.due <= end)
        .sort((a, b) => a.due - b.due)[0];
      if (!due) break;
      this.now = Math.max(this.now, due.due);
      await this.ask(due.name, "tick");
    }
    this.now = Math.max(this.now, end);
  }

  async see(name, subject) {
    return (await this.ask(name, "query", { subjects: [subject] })).subjects[subject];
  }

  async shown(name, subject) {
    return (await this.see(name, subject))?.shown;
  }

  // The number of the node's last commit.
  commits(name) {
    return this.nodes.get(name).commits;
  }

  // How many transactions the node has said that it holds.
  count(name, subject) {
    const held = this.nodes.get(name).held[subject];
    return Object.values(held?.sessions ?? {}).reduce((sum, count) => sum + count, 0);
  }
}
