// A random history: people appoint and remove each other, write, and hear of each other now and then.

import { acts } from "./acts.mjs";
import { Dice } from "./dice.mjs";
import { ORDERS, STRANGER, roles, shown } from "./readers.mjs";
import { World } from "./world.mjs";

const ALWAYS = { sync: 10, set: 6, add: 3, remove: 2, clock: 1 };

// What happens how often in a history of each kind, besides what always does.
export const KINDS = {
  roles: { add: 6, remove: 4, leave: 1, rotate: 1, everyone: 1, forge: 3, name: 1 },
  invites: { invite: 4, accept: 6, remove: 2 },
  "write-only": { addWriteOnly: 5, everyoneWriteOnly: 1, everyone: 1, remove: 2, rotate: 1, set: 4 },
  everyone: { everyone: 4, everyoneLeaves: 3, rotate: 1 },
  parents: { extend: 7, revokeExtend: 2, group: 3, rotate: 2, remove: 2, forge: 1 },
  accounts: { add: 3, extend: 1, account: 4, name: 1 },
  maps: { set: 10, first: 6, open: 2 },
  lists: { append: 8, prepend: 4, replace: 3, take: 4, several: 2, firstItems: 2 },
  texts: { write: 10, cut: 5 },
  streams: { push: 10 },
  branches: { branch: 4, merge: 4, set: 4, append: 3, push: 1, write: 1 },
  deletions: { erase: 2, append: 2, push: 2, add: 2 },
  all: {
    leave: 1, rotate: 1, everyone: 1, everyoneLeaves: 1, forge: 2, name: 1, invite: 2, accept: 2,
    addWriteOnly: 1, extend: 3, revokeExtend: 1, group: 2, first: 2, append: 2, prepend: 1, replace: 1,
    take: 2, write: 2, cut: 1, push: 2, open: 1,
  },
  // Branches of everything, of branches too, merged by several.
  merges: {
    branch: 6, merge: 16, set: 2, append: 3, prepend: 1, replace: 1, take: 1, push: 10, write: 2, cut: 1,
  },
};

// Kinds of which none are recorded with ties.
export const UNTIED = new Set(["merges"]);

// Kinds that the older version knows.
export const OLDER_KINDS = ["roles", "invites", "everyone", "maps", "lists", "streams"];

const TYPES = {
  lists: ["colist", "restricted"],
  texts: ["coplaintext", "comap"],
  streams: ["costream", "comap"],
  maps: ["comap", "comap", "colist"],
  branches: ["comap", "colist"],
  merges: ["comap", "colist", "costream", "coplaintext"],
  deletions: ["comap", "colist", "costream"],
};

// Plays the history of this kind and number. Without ties, what is shown does not depend on the order of arrival; a
// history of which that is not so is none, and says why. So is one in which the package raises an error where nobody
// has asked for anything.
export async function play(pack, kind, number, { ties = false } = {}) {
  try {
    return await playOut(pack, kind, number, ties);
  } catch (error) {
    return { kind, n: number, none: `the package raises an error: ${error.message ?? error}` };
  }
}

async function playOut(pack, kind, number, ties) {
  const dice = new Dice(`${pack.version}/${ties ? "ties/" : ""}${kind}`, number);
  const world = new World(pack, dice, { ties, nests: kind === "merges" });
  await begin(world, kind);
  const weights = { ...ALWAYS };
  for (const [act, weight] of Object.entries(KINDS[kind])) weights[act] = (weights[act] ?? 0) + weight;
  if (!pack.is20) for (const act of NEWER_ACTS) delete weights[act];
  // What is refused does not count.
  let left = 10 + dice.below(24);
  for (let tried = 0; left > 0 && tried < 80; tried += 1) {
    world.now += ties ? dice.below(25) : 1 + dice.below(400);
    if (await act(world, dice.weighed(weights))) left -= 1;
  }
  return finish(world, kind, number, ties);
}

const NEWER_ACTS = [
  "addWriteOnly", "everyoneWriteOnly", "extend", "revokeExtend", "write", "cut", "branch", "merge", "erase",
  "first", "firstItems", "everyoneLeaves", "replace", "several", "name", "account",
];

const OF_FOUNDERS = new Set([
  "add", "addWriteOnly", "remove", "rotate", "everyone", "everyoneWriteOnly", "everyoneLeaves", "invite",
  "revokeExtend", "name", "erase",
]);

async function begin(world, kind) {
  const { dice, pack } = world;
  const people = 3 + dice.below(4);
  for (let at = 0; at < people; at += 1) {
    const account = pack.is20 && (kind === "accounts" ? at < 2 : dice.once(6));
    await world.addPerson({ account, devices: at < 2 && dice.once(2) ? 2 : 1 });
  }
  for (const node of world.nodes) if (!world.ties && dice.once(2)) node.offset = dice.below(6000) - 3000;
  world.now += 10_000;
  await world.syncAll();
  await act(world, "group", world.nodes[0]);
  world.now += 10;
  for (let more = 1 + dice.below(4); more > 0; more -= 1) await act(world, "add", world.nodes[0]);
  if (kind === "parents") {
    for (const _ of [1, 2]) await act(world, "group", world.nodes[0]);
    await act(world, "extend", world.nodes[0]);
  }
  const types = TYPES[kind] ?? (pack.is20 ? ["comap", "colist", "coplaintext", "costream"] : ["comap", "colist", "costream"]);
  const made = TYPES[kind] ?? [types[0], dice.pick(types)];
  for (const type of made) {
    world.now += 10;
    await world.step(world.nodes[0], () => {
      const usable = type === "coplaintext" && !pack.is20 ? "comap" : type;
      acts.value({ world, node: world.nodes[0], dice, type: usable, group: dice.once(3) ? world.groups.at(-1) : world.groups[0] });
    });
  }
  world.now += 10_000;
  await world.syncAll();
  world.now += 10_000;
}

// One act of somebody. What the package refuses is no part of the history, but for what it has written by then.
async function act(world, name, by) {
  const { dice } = world;
  const node = by ?? actor(world, name);
  if (name === "sync") {
    const other = dice.pick(world.nodes.filter((one) => one !== node));
    if (dice.once(4)) await world.syncAll();
    else await world.sync(other, node);
    return true;
  }
  if (name === "clock") {
    if (!world.ties) node.offset = dice.below(8000) - 6000;
    return true;
  }
  let done = true;
  await world.step(node, async () => {
    try {
      await acts[name]({ world, node, dice });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      done = false;
    }
  });
  return done;
}

// Acts on groups are mostly the founder's, and values are mostly written by members: others mostly may not.
function actor(world, name) {
  const { dice, nodes } = world;
  if (dice.once(3)) return dice.pick(nodes);
  if (OF_FOUNDERS.has(name)) return nodes[0];
  const members = nodes.filter((node) => world.view(node, world.groups[0])?.myRole());
  return dice.pick(members.length > 0 ? members : nodes);
}

async function finish(world, kind, number, ties) {
  const { pack, people } = world;
  const messages = world.everything();
  const about = { kind, n: number };
  if (!ties && tied(messages)) return { ...about, none: "two sessions wrote in the same millisecond" };
  const everyone = [...people, { ...STRANGER, secret: pack.secret(Buffer.from(STRANGER.seed, "hex")) }];
  const seen = await shown(pack, everyone, messages, ORDERS.sorted);
  const other = await shown(pack, everyone, messages, ORDERS.reversed);
  const same = JSON.stringify(sorted(seen)) === JSON.stringify(sorted(other));
  if (!ties && !same) return { ...about, none: "what is shown depends on the order of arrival" };
  return {
    ...about,
    nodes: Object.fromEntries(
      everyone.map(({ name, seed, account }) => [
        name,
        { secretSeedHex: seed, accountID: account ?? null },
      ]),
    ),
    messages: messages.map((message) => ({ message })),
    roles: await roles(pack, people[0], messages, (group) => [
      ...group.keys().filter((key) => key.startsWith("co_") || key.startsWith("sealer_")),
      ...(pack.is20 ? ["everyone"] : []),
      ...people.map(({ id }) => id),
    ]),
    ...summed(seen, messages),
    ...(ties && !same ? { reversed: summed(other, messages) } : {}),
  };
}

// Whether transactions of different sessions in one CoValue have one time.
function tied(messages) {
  return messages.some((message) => {
    const by = new Map();
    return Object.entries(message.new).some(([session, { newTransactions }]) =>
      newTransactions.some(({ madeAt }) => {
        const other = by.get(madeAt);
        by.set(madeAt, session);
        return other !== undefined && other !== session;
      }),
    );
  });
}

// Each view with those who see it, and for each group who has which key.
function summed(seen, messages) {
  const views = {};
  const readKeys = {};
  for (const { id, header } of messages) {
    const found = new Map();
    for (const [name, readers] of Object.entries(seen)) {
      const { view, deleted } = readers[id];
      const text = JSON.stringify(sorted({ view, deleted }));
      if (!found.has(text)) found.set(text, { to: [], ...(deleted ? { deleted } : { view }) });
      found.get(text).to.push(name);
      if (header.ruleset.type === "group") (readKeys[id] ??= {})[name] = readers[id].readKey;
    }
    views[id] = [...found.values()];
  }
  return { views, readKeys };
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
