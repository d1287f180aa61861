// What readers are shown once everything has arrived at a fresh node of theirs.

import { Machine, on } from "../../../../guests/cojson/machine.mjs";
import { settle } from "../../../../guests/cojson/time.mjs";

export const LATER = Date.UTC(2027, 0, 1);

export const STRANGER = { name: "stranger", seed: "07".repeat(32) };

// In which order sessions arrive, where that should make no difference.
export const ORDERS = {
  sorted: (names) => names,
  reversed: (names) => [...names].reverse(),
};

// What each of `people` is shown by a package, given messages in an order in which each can be taken.
export async function shown(pack, people, messages, order) {
  const readers = {};
  for (const person of people) {
    const machine = new Machine("0000000000000000");
    machine.clock.set({ now: 0, wall: LATER });
    await on(machine, async () => {
      readers[person.name] = await look(pack, person, messages, order);
    });
  }
  return readers;
}

async function look(pack, person, messages, order) {
  const id = person.account ?? pack.crypto.getAgentID(person.secret);
  const local = pack.onlooker(person.secret, `${id}_session_zReader`);
  for (const message of messages) {
    const names = order(Object.keys(message.new));
    const pieces = Object.fromEntries(names.map((name) => [name, message.new[name]]));
    pack.take(local, JSON.parse(JSON.stringify({ ...message, new: pieces })));
  }
  await settle();
  const seen = {};
  for (const { id, header } of messages) {
    const core = pack.content(local, id);
    if (!core) throw new Error(`${id} did not arrive`);
    if (pack.isDeleted(core)) {
      seen[id] = { deleted: true };
      continue;
    }
    const content = core.getCurrentContent();
    seen[id] = { view: plain(header.type === "coplaintext" ? content.toString() : content.toJSON()) };
    if (header.ruleset.type === "group") seen[id].readKey = plain(pack.readKey(content));
  }
  return seen;
}

// The role of each member in each group that is no account, as anybody has it.
export async function roles(pack, person, messages, members) {
  const machine = new Machine("0000000000000000");
  machine.clock.set({ now: 0, wall: LATER });
  const roles = {};
  await on(machine, async () => {
    const id = pack.crypto.getAgentID(person.secret);
    const local = pack.onlooker(person.secret, `${id}_session_zReader`);
    for (const message of messages) pack.take(local, JSON.parse(JSON.stringify(message)));
    await settle();
    for (const { id, header } of messages) {
      if (header.ruleset.type !== "group" || header.meta?.type === "account") continue;
      const group = pack.content(local, id).getCurrentContent();
      roles[id] = Object.fromEntries(
        members(group).map((member) => [member, group.roleOfInternal(member) ?? null]),
      );
    }
  });
  return roles;
}

function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
