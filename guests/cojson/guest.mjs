// A guest of cosim whose nodes are those of the npm package `cojson`:
//
//     node guest.mjs --package DIR
//
// where DIR holds `node_modules`. It is driven by docs/guest-protocol.md.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { install } from "./machine.mjs";
import { Node } from "./node.mjs";
import { run } from "./operations.mjs";
import { serve, words } from "./protocol.mjs";
import { query } from "./views.mjs";

const PROTOCOL = 1;

const directory = argument("--package");
if (directory === undefined) {
  process.stderr.write("usage: node guest.mjs --package DIR, where DIR holds node_modules\n");
  process.exit(2);
}
const resolver = createRequire(join(resolve(directory), "package.json"));
const { version, exports } = readPackage();

// All that is read of the machine is replaced before the package is read in, since it may keep
// what it finds.
install();
const adapter = await import(version.startsWith("0.7.") ? "./v07.mjs" : "./v20.mjs");

// The package is read in while the first answer is on its way.
const ready = adapter.open(find);
ready.catch(() => {});

const nodes = new Map();
let greeted = false;

const verbs = {
  hello({ protocol }) {
    if (greeted) throw new Error("hello is said once");
    if (protocol !== PROTOCOL) throw new Error(`this guest speaks protocol ${PROTOCOL}`);
    greeted = true;
    return {
      protocol: PROTOCOL,
      name: "cojson",
      version,
      speaks: "cojson",
      can: adapter.CAN,
      contract: "stream",
      format: ["0.7", "0.20"].find((rules) => version.startsWith(`${rules}.`)),
    };
  },

  async make(request) {
    const pack = await loaded();
    const { node: name, seed, session, secretSeed } = request;
    if (typeof name !== "string") throw new Error("`node` is missing");
    if (nodes.has(name)) throw new Error(`there is a node ${name} already`);
    if (typeof session !== "string") throw new Error("`session` is missing");
    const node = new Node(pack, {
      name,
      seed,
      session,
      secretSeed: bytes(secretSeed),
      disk: request.disk === true ? await newDisk() : undefined,
    });
    const answer = await node.step(request, () => node.begin());
    nodes.set(name, node);
    return answer;
  },

  connect: step((node, request) => node.connect(request)),
  disconnect: step((node, request) => node.disconnect(request)),
  deliver: step((node, request) => node.deliver(request)),
  tick: step((node) => node.tick()),
  app: step((node, { operations }) => run(node, operations)),

  query(request) {
    return query(named(request), request.subjects);
  },

  async restart(request) {
    const node = named(request);
    const { from, graceful, session, seed } = request;
    if (from !== "nothing" && !node.disk) throw new Error(`${node.name} has no disk`);
    const image = typeof from === "object" ? imageOf(from) : undefined;
    if (!["nothing", "disk"].includes(from) && !image) {
      throw new Error("there is no such thing to restart from");
    }
    return node.restart(request, { from, image, graceful, session, seed });
  },

  async reset() {
    for (const node of nodes.values()) node.end();
    nodes.clear();
    (await loaded()).reset();
    return {};
  },
};

serve((request) => {
  if (!Object.hasOwn(verbs, request.verb)) {
    throw new Error(`no verb is called ${JSON.stringify(request.verb)}`);
  }
  if (!greeted && request.verb !== "hello") throw new Error("hello comes first");
  return verbs[request.verb](request);
});

function step(work) {
  return (request) => {
    const node = named(request);
    return node.step(request, () => work(node, request));
  };
}

function named({ node }) {
  if (!nodes.has(node)) throw new Error(`there is no node ${JSON.stringify(node)}`);
  return nodes.get(node);
}

// What a node's disk held after one of its commits.
function imageOf(from) {
  return nodes.get(from?.disk)?.disk?.image(from.commit);
}

async function loaded() {
  try {
    const pack = await ready;
    pack.version = version;
    return pack;
  } catch (error) {
    throw new Error(`the package could not be read in: ${words(error)}`);
  }
}

async function newDisk() {
  if (!adapter.CAN.includes("disk")) throw new Error(`cojson ${version} has no disk here`);
  const { newDisk } = await import("./storage.mjs");
  return newDisk(resolver);
}

function bytes(text) {
  if (typeof text !== "string" || !/^[0-9a-f]{64}$/.test(text)) {
    throw new Error("`secretSeed` is not 64 hexadecimal digits");
  }
  return Uint8Array.from(text.match(/../g), (byte) => Number.parseInt(byte, 16));
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

// Where a module of the package is. It offers modules to `import` only, so its own list of them
// is read here.
function find(name) {
  const path = name === "cojson" ? "." : `.${name.slice("cojson".length)}`;
  const file = exports?.[path]?.default ?? (path === "." ? "./dist/index.js" : undefined);
  if (!file) throw new Error(`cojson ${version} has no ${name}`);
  return join(root(), file);
}

function root() {
  return join(resolve(directory), "node_modules", "cojson");
}

function readPackage() {
  try {
    return JSON.parse(readFileSync(join(root(), "package.json"), "utf8"));
  } catch (error) {
    process.stderr.write(`there is no package cojson in ${directory}: ${words(error)}\n`);
    process.exit(2);
  }
}
