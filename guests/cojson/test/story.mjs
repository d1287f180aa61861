// One story with all that a guest can be asked for: two clients and a server.

import { World } from "./world.mjs";

// Plays it, and gives the world at its end.
export async function story(names, guest, { can }) {
  const world = new World(names);
  const disk = can.includes("disk");
  await world.make("server", guest, 9);
  await world.make("alice", guest, 1, { disk });
  const account = names.account(2);
  await world.make("bob", guest, 2, { who: names.id(account), disk });

  let alice = await world.link("alice", "server");
  let bob = await world.link("bob", "server");

  const group = names.group(names.agent(1), "zgroup");
  const parent = names.group(names.agent(1), "zparent");
  const of = (type, uniqueness) => names.owned(type, names.id(group), uniqueness);
  const headers = {
    map: of("comap", "zmap"),
    list: of("colist", "zlist"),
    text: of("coplaintext", "ztext"),
    stream: of("costream", "zstream"),
  };
  const ids = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, names.id(header)]));
  ids.group = names.id(group);
  ids.parent = names.id(parent);
  ids.account = names.id(account);

  // An account, and a group with members.
  await world.app("bob", { op: "create", subject: ids.account, header: account });
  await world.deliver();
  await world.app("alice", { op: "load", subject: ids.account });
  await world.deliver();
  await world.app(
    "alice",
    { op: "create", subject: ids.group, header: group },
    { op: "create", subject: ids.map, header: of("comap", "somebody else's") },
    ...Object.entries(headers).map(([name, header]) => ({ op: "create", subject: ids[name], header })),
    { op: "add_member", subject: ids.group, member: ids.account, role: "writer" },
    { op: "add_member", subject: ids.group, member: names.agent(9), role: "reader" },
    { op: "add_member", subject: ids.group, member: "everyone", role: "reader" },
    { op: "invite", subject: ids.group, role: "writer" },
  );
  await world.deliver();

  // Writes of each kind, private and not.
  await world.app(
    "alice",
    { op: "set", subject: ids.map, key: "a", value: { deep: [1, null, "ü"] }, private: true },
    { op: "set", subject: ids.map, key: "b", value: 2 },
    { op: "delete", subject: ids.map, key: "b" },
    { op: "insert", subject: ids.list, index: 0, values: ["one", "two", "three"], private: true },
    { op: "insert", subject: ids.list, index: 1, values: ["one and a half", "nearly two"] },
    { op: "insert", subject: ids.list, index: 0, values: ["zero", "half"], private: true },
    { op: "insert", subject: ids.list, index: 99, values: ["last"] },
    { op: "remove", subject: ids.list, index: 2, count: 2, private: true },
    { op: "splice", subject: ids.text, index: 0, delete: 0, insert: "Hello, wörld 👩‍👩‍👧", private: true },
    { op: "splice", subject: ids.text, index: 7, delete: 5, insert: "you", private: true },
    { op: "push", subject: ids.stream, value: "first", private: true },
    { op: "hold", subject: ids.map, as: "mine" },
    { op: "set", through: "mine", subject: ids.map, key: "held", value: true },
    { op: "set", subject: "co_zNothing", key: "a", value: 1 },
    { op: "nonsense" },
  );
  await world.deliver();
  for (const name of Object.keys(headers)) await world.app("bob", { op: "load", subject: ids[name] });
  await world.deliver();

  // Clocks that are wrong, and both write at once.
  world.nodes.get("alice").off = -86_400_000;
  world.nodes.get("bob").off = 3_600_000;
  await world.app("bob", { op: "set", subject: ids.map, key: "a", value: "bob's", private: true });
  await world.app("alice", { op: "set", subject: ids.map, key: "a", value: "alice's", private: true });
  await world.app("bob", { op: "insert", subject: ids.list, index: 1, values: ["bob's"], private: true });
  await world.app("bob", { op: "push", subject: ids.stream, value: "second", private: true });
  await world.deliver();

  world.nodes.get("alice").off = 0;

  // Offline, with an edit, and back.
  await world.cut(bob);
  await world.app("bob", { op: "set", subject: ids.map, key: "offline", value: 1, private: true });
  await world.app("alice", { op: "remove_member", subject: ids.group, member: "everyone" });
  await world.app("alice", { op: "rotate", subject: ids.group });
  await world.app("alice", { op: "set", subject: ids.map, key: "after", value: "rotation", private: true });
  await world.wait(5000);
  bob = await world.link("bob", "server");
  await world.wait(5000);

  // An invite, groups in groups, and branches, where the version has them.
  const secret = world.nodes.get("alice").notices.find(({ notice }) => notice === "invited")?.secret;
  await world.make("carol", guest, 3);
  const carol = await world.link("carol", "server", { persistent: false });
  await world.app("carol", { op: "load", subject: ids.map }, { op: "accept", subject: ids.group, secret });
  await world.wait(5000);
  await world.app("carol", { op: "set", subject: ids.map, key: "carol", value: "was here", private: true });
  await world.app(
    "alice",
    { op: "create", subject: ids.parent, header: parent },
    { op: "extend", subject: ids.group, parent: ids.parent },
    { op: "add_member", subject: ids.parent, member: names.agent(3), role: "admin" },
    { op: "add_member", subject: ids.parent, member: names.agent(4), role: "writeOnly" },
    { op: "branch", subject: ids.map, name: "draft" },
    { op: "wait_for_sync", subject: ids.map, timeout: 10_000 },
  );
  await world.wait(3000);
  const branch = world.nodes.get("alice").notices.find(({ notice }) => notice === "made")?.subject;
  await world.app(
    "alice",
    { op: "set", subject: branch ?? ids.map, key: "draft", value: 1, private: true },
    { op: "merge", subject: ids.map, name: "draft" },
    { op: "revoke_extend", subject: ids.group, parent: ids.parent },
    { op: "delete_value", subject: ids.stream },
    { op: "collect_garbage" },
    { op: "done", subject: ids.list },
  );
  await world.wait(3000);

  // Something that nobody has, and machines that are slow.
  world.work = 40_000;
  await world.app("carol", { op: "load", subject: "co_zA1B2C3D4E5F6G7H8J9KLMNPQRST" });
  await world.wait(130_000);
  await world.cut(carol);

  // New processes: from the disk, from a copy, from nothing.
  if (disk) {
    const before = world.commits("alice");
    await world.app("alice", { op: "set", subject: ids.map, key: "on disk", value: 1, private: true });
    await world.restart("alice", { from: { disk: "alice", commit: before } });
    await world.link("alice", "server");
    await world.app("alice", { op: "load", subject: ids.map });
    await world.wait(1000);
    await world.restart("bob", { from: "disk", graceful: true, seed: "00000000000000ff" });
    await world.link("bob", "server");
    await world.wait(1000);
    await world.restart("alice", {
      from: { disk: "alice", commit: before },
      session: `${names.agent(1)}_session_z2alice`,
      seed: "00000000000000fe",
    });
  } else {
    await world.cut(alice);
    await world.restart("alice", { from: "nothing", session: `${names.agent(1)}_session_z2alice` });
  }
  alice = await world.link("alice", "server");
  await world.app("alice", { op: "load", subject: ids.map });
  await world.wait(700_000);
  await world.restart("server", { from: "nothing", graceful: true });
  await world.wait(10_000);
  await world.app("alice", { op: "set", subject: ids.map, key: "again", value: 1, private: true });
  await world.wait(10_000);

  for (const name of world.nodes.keys()) {
    await world.ask(name, "query");
    await world.ask(name, "query", { subjects: Object.values(ids) });
  }
  return { world, ids };
}
