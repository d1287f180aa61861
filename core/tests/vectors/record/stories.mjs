// The stories that are recorded: what people do, and when messages arrive. Each is told to a stage (`stage.mjs`).

export const STORIES = {
  // Content without a load, and what is written while others listen.
  async "client-creates-and-uploads"(stage) {
    await pair(stage);
    const map = await stage.create("client", stage.free(), set("a", 1));
    await stage.settle();
    await stage.app("client", { subject: map, ...set("b", 2) }, { subject: map, ...set("a", 3) });
    await stage.settle();
    await stage.app("server", { subject: map, ...set("c", 4) });
    await stage.settle();
    const empty = await stage.create("client", stage.free());
    await stage.settle();
    await stage.app("client", { subject: empty, ...set("late", true) });
    await stage.settle();
  },

  async "client-loads-from-server"(stage) {
    await pair(stage);
    const map = await stage.create("server", stage.free(), set("a", 1), set("b", 2));
    const other = await stage.create("server", stage.free(), set("nobody", "asks"));
    await stage.settle();
    await stage.app("client", load(map));
    await stage.settle();
    await stage.app("server", { subject: map, ...set("a", 3) });
    await stage.app("server", { subject: other, ...set("still", "nobody") });
    await stage.settle();
    await stage.app("client", { subject: map, ...set("b", 4) });
    await stage.settle();
  },

  async "two-clients-one-server"(stage) {
    await trio(stage);
    const map = await stage.create("alice", stage.free(), set("a", 1));
    await stage.settle();
    await stage.app("bob", load(map));
    await stage.settle();
    await stage.app("bob", { subject: map, ...set("b", 2) });
    await stage.settle();
    await stage.app("alice", { subject: map, ...set("a", 3) });
    await stage.settle();
  },

  // Everybody writes before anything arrives.
  async "concurrent-edits"(stage) {
    await trio(stage);
    const map = await stage.create("server", stage.free(), set("of", "server"));
    await stage.app("alice", load(map));
    await stage.app("bob", load(map));
    await stage.settle();
    for (let round = 0; round < 3; round += 1) {
      await stage.app("alice", { subject: map, ...set("last", `alice ${round}`) });
      await stage.app("bob", { subject: map, ...set("last", `bob ${round}`) });
      await stage.app("server", { subject: map, ...set("last", `server ${round}`) });
      if (round === 1) await stage.deliver("bob", "server");
    }
    await stage.settle();
  },

  async "lists-streams-and-texts"(stage) {
    await trio(stage);
    const list = await stage.create("alice", stage.free("colist"), { op: "insert", index: 0, values: ["a", "b", "c"] });
    const stream = await stage.create("alice", stage.free("costream"), { op: "push", value: { n: 1 } });
    const text = await stage.create("alice", stage.free("coplaintext"), { op: "splice", index: 0, insert: "hello" });
    await stage.settle();
    await stage.app("bob", load(list), load(stream), load(text));
    await stage.settle();
    await stage.app("bob", { op: "insert", subject: list, index: 1, values: ["x"] });
    await stage.app("alice", { op: "remove", subject: list, index: 0, count: 1 });
    await stage.app("bob", { op: "push", subject: stream, value: "bob's" });
    await stage.app("alice", { op: "splice", subject: text, index: 5, insert: " world" });
    await stage.app("bob", { op: "splice", subject: text, index: 0, delete: 1, insert: "J" });
    await stage.settle();
  },

  // A group of agents; what it owns is private. Later somebody is removed.
  async "private-map-of-a-group"(stage) {
    await trio(stage);
    const group = await stage.create("alice", stage.group("alice"));
    const map = await stage.create("alice", stage.owned(group), set("secret", 1, true));
    await stage.settle();
    await stage.app("alice", { op: "add_member", subject: group, member: agent(stage, "bob"), role: "writer" });
    await stage.settle();
    await stage.app("bob", load(map));
    await stage.settle();
    await stage.app("bob", { subject: map, ...set("secret", 2, true) });
    await stage.settle();
    await stage.app("alice", { op: "remove_member", subject: group, member: agent(stage, "bob") });
    await stage.app("alice", { subject: map, ...set("secret", 3, true) });
    await stage.settle();
  },

  // Accounts, of which one is a member of the other's group: what is loaded depends on all of that.
  async "accounts-and-groups"(stage) {
    await stage.node("server");
    const alice = await stage.node("alice", { account: true });
    const bob = await stage.node("bob", { account: true });
    await stage.connect("alice", "server");
    await stage.connect("bob", "server");
    await stage.settle();
    const group = await stage.create("alice", stage.group("alice"));
    const map = await stage.create("alice", stage.owned(group), set("a", 1));
    await stage.settle();
    await stage.app("alice", load(bob));
    await stage.settle();
    await stage.app("alice", { op: "add_member", subject: group, member: bob, role: "writer" });
    await stage.settle();
    await stage.app("bob", load(map));
    await stage.settle();
    await stage.app("bob", { subject: map, ...set("b", alice, true) });
    await stage.settle();
  },

  // A map of a group that extends another: whoever loads it is sent both first, and so is a server that has neither.
  async "groups-with-parents"(stage) {
    await trio(stage);
    const parent = await stage.create("alice", stage.group("alice"));
    const child = await stage.create("alice", stage.group("alice"), { op: "extend", parent });
    const map = await stage.create("alice", stage.owned(child), set("a", "to all of the parent", true));
    await stage.app("alice", { op: "add_member", subject: parent, member: agent(stage, "bob"), role: "reader" });
    await stage.settle();
    await stage.app("bob", load(map));
    await stage.settle();
    await stage.app("alice", { op: "revoke_extend", subject: child, parent });
    await stage.app("alice", { subject: map, ...set("a", "to nobody else", true) });
    await stage.settle();
    const late = await stage.create("alice", stage.group("alice"));
    await stage.settle();
    await stage.app("alice", { op: "extend", subject: late, parent: child, role: "reader" });
    await stage.settle();
    await stage.app("bob", load(late));
    await stage.settle();
  },

  // A branch is of no use without its source.
  async "branch-and-merge"(stage) {
    await trio(stage);
    const group = await stage.create("alice", stage.group("alice"));
    await stage.app("alice", { op: "add_member", subject: group, member: agent(stage, "bob"), role: "writer" });
    const map = await stage.create("alice", stage.owned(group), set("a", 1), set("b", 1));
    await stage.settle();
    const notices = await stage.app("alice", { op: "branch", subject: map, name: "draft", token: "draft" });
    const branch = notices.find(({ notice }) => notice === "made").subject;
    await stage.app("alice", { subject: branch, ...set("a", 2) });
    await stage.settle();
    await stage.app("bob", load(branch));
    await stage.settle();
    await stage.app("bob", { subject: branch, ...set("b", 3) });
    await stage.settle();
    await stage.app("alice", { op: "merge", subject: branch });
    await stage.settle();
  },

  async "invite-accepted"(stage) {
    await stage.node("server");
    await stage.node("alice", { account: true });
    await stage.node("bob", { account: true });
    await stage.connect("alice", "server");
    await stage.connect("bob", "server");
    await stage.settle();
    const group = await stage.create("alice", stage.group("alice"));
    const map = await stage.create("alice", stage.owned(group), set("a", 1, true));
    const secret = await stage.invite("alice", group, "writer");
    await stage.settle();
    await stage.app("bob", { op: "accept", subject: group, secret });
    await stage.settle();
    await stage.wait(1000);
    await stage.app("bob", load(map));
    await stage.settle();
    await stage.app("bob", { subject: map, ...set("b", 2, true) });
    await stage.settle();
  },

  // Both ends write alone, and a new connection begins with a load of everything.
  async "reconnect"(stage) {
    await pair(stage);
    const map = await stage.create("client", stage.free(), set("before", 1));
    const other = await stage.create("client", stage.free(), set("untouched", 1));
    await stage.settle();
    await stage.disconnect("client", "server");
    await stage.app("client", { subject: map, ...set("of client", 2) });
    await stage.app("server", { subject: map, ...set("of server", 3) });
    const alone = await stage.create("client", stage.free(), set("made", "alone"));
    await stage.connect("client", "server");
    await stage.settle();
    await stage.app("server", { subject: alone, ...set("seen", true) }, { subject: other, ...set("touched", 2) });
    await stage.app("client", { subject: map, ...set("after", 4) });
    await stage.settle();
  },

  // The connection is cut while messages are under way.
  async "reconnect-with-losses"(stage) {
    await pair(stage);
    const map = await stage.create("client", stage.free(), set("a", 1));
    await stage.settle();
    await stage.app("client", { subject: map, ...set("a", 2) });
    await stage.app("server", { subject: map, ...set("b", 1) });
    await stage.deliver("client", "server");
    await stage.disconnect("client", "server");
    await stage.connect("client", "server");
    await stage.app("client", { subject: map, ...set("a", 3) });
    await stage.deliver("client", "server");
    await stage.disconnect("client", "server");
    await stage.connect("client", "server");
    await stage.settle();
    await stage.app("server", { subject: map, ...set("b", 2) });
    await stage.settle();
  },

  // What a client wrote alone outlives its process.
  async "client-restarts-with-storage"(stage) {
    await stage.node("server");
    await stage.node("client", { disk: true });
    await stage.connect("client", "server");
    await stage.settle();
    const synced = await stage.create("client", stage.free(), set("a", 1));
    await stage.settle();
    await stage.disconnect("client", "server");
    const group = await stage.create("client", stage.group("client"));
    const map = await stage.create("client", stage.owned(group), set("b", 2, true));
    await stage.wait(2000);
    await stage.restart("client");
    await stage.connect("client", "server");
    await stage.settle();
    await stage.app("client", load(map), load(synced));
    await stage.settle();
    await stage.app("client", { subject: map, ...set("b", 3, true) }, { subject: synced, ...set("a", 2) });
    await stage.settle();
  },

  // A server that has lost its memory answers from its disk.
  async "server-restarts-with-storage"(stage) {
    await trio(stage, { disk: true });
    const group = await stage.create("alice", stage.group("alice"));
    const map = await stage.create("alice", stage.owned(group), set("a", 1));
    const quiet = await stage.create("alice", stage.free(), set("nothing", "new"));
    await stage.settle();
    await stage.restart("server");
    await stage.app("alice", { subject: map, ...set("a", 2) });
    await stage.connect("alice", "server");
    await stage.settle();
    await stage.connect("bob", "server");
    await stage.settle();
    await stage.app("bob", load(map));
    await stage.settle();
    await stage.app("alice", { subject: quiet, ...set("something", "new") }, { subject: map, ...set("a", 3) });
    await stage.settle();
  },

  // A server has lost all, and is told again, once something is written: what that rests on it has to ask for.
  async "server-restarts-with-nothing"(stage) {
    await pair(stage);
    const group = await stage.create("client", stage.group("client"));
    const map = await stage.create("client", stage.owned(group), set("a", 1));
    await stage.settle();
    await stage.restart("server", { from: "nothing" });
    await stage.connect("client", "server");
    await stage.settle();
    await stage.app("client", { subject: map, ...set("a", 2) });
    await stage.settle();
    await stage.app("client", { subject: map, ...set("a", 3) });
    await stage.settle();
  },

  // Content in pieces, of which the first says how far they go: as a client loads it, and as one uploads it.
  async "large-values-in-pieces"(stage) {
    await trio(stage);
    const down = await stage.create("server", stage.free(), ...large("down", 9));
    await stage.settle();
    await stage.app("alice", load(down));
    await stage.settle();
    const up = await stage.create("bob", stage.free(), ...large("up", 7));
    await stage.settle();
    await stage.app("alice", load(up));
    await stage.deliver("alice", "server");
    await stage.app("server", { subject: up, ...set("meanwhile", 1) });
    await stage.settle();
  },

  // The disk of an edge gives a large value in pieces, while a client waits for it.
  async "large-value-from-storage"(stage) {
    await pair(stage, { disk: true });
    const map = await stage.create("client", stage.free(), ...large("up", 6));
    await stage.settle();
    await stage.restart("server");
    await stage.node("other");
    await stage.connect("other", "server");
    await stage.settle();
    await stage.app("other", load(map));
    await stage.settle();
    await stage.app("other", { subject: map, ...set("short", 1) });
    await stage.settle();
    await stage.connect("client", "server");
    await stage.settle();
  },

  // The connection is cut when one piece of three has come.
  async "cut-between-pieces"(stage) {
    await pair(stage);
    const map = await stage.create("server", stage.free(), ...large("down", 9));
    await stage.app("client", load(map));
    await stage.deliver("client", "server");
    await stage.deliver("server", "client");
    await stage.disconnect("client", "server");
    await stage.connect("client", "server");
    await stage.settle();
    await stage.app("server", { subject: map, ...set("short", 1) });
    await stage.settle();
  },

  // Two devices of one account, each with a session of its own.
  async "two-devices"(stage) {
    await stage.node("server");
    await stage.node("phone", { account: true });
    await stage.connect("phone", "server");
    await stage.settle();
    const group = await stage.create("phone", stage.group("phone"));
    const map = await stage.create("phone", stage.owned(group), set("from", "phone", true));
    await stage.settle();
    await stage.node("laptop", { like: "phone" });
    await stage.connect("laptop", "server");
    await stage.app("laptop", load(agent(stage, "phone")), load(map));
    await stage.settle();
    await stage.app("laptop", { subject: map, ...set("from", "laptop", true) });
    await stage.app("phone", { subject: map, ...set("of", "phone", true) });
    await stage.settle();
  },

  // What is deleted is kept by nobody who hears of it but as a tombstone; somebody has written meanwhile.
  async "deleted-value"(stage) {
    await trio(stage);
    const group = await stage.create("alice", stage.group("alice"));
    await stage.app("alice", { op: "add_member", subject: group, member: agent(stage, "bob"), role: "writer" });
    const map = await stage.create("alice", stage.owned(group), set("a", 1));
    await stage.settle();
    await stage.app("bob", load(map));
    await stage.settle();
    await stage.disconnect("bob", "server");
    await stage.app("bob", { subject: map, ...set("b", 2) });
    await stage.app("alice", { op: "delete_value", subject: map });
    await stage.settle();
    await stage.connect("bob", "server");
    await stage.settle();
  },

  // Content is changed on its way, so its signature does not hold.
  async "content-forged"(stage) {
    await pair(stage);
    const map = await stage.create("client", stage.free(), set("a", 1));
    await stage.settle();
    await stage.app("client", { subject: map, ...set("a", 2) });
    stage.lose("client", "server", (message) => {
      for (const piece of Object.values(message.new)) {
        piece.newTransactions[0].changes = piece.newTransactions[0].changes.replace("2", "7");
      }
      return message;
    });
    await stage.settle();
    await stage.app("client", { subject: map, ...set("a", 3) });
    await stage.settle();
  },

  // An edge between a client and a core: what it lacks it asks the core for, and what comes goes on both ways.
  async "edge-between"(stage) {
    await chain(stage);
    const group = await stage.create("core", stage.group("core"));
    const map = await stage.create("core", stage.owned(group), set("a", 1));
    const mine = await stage.create("client", stage.free(), set("mine", 1));
    await stage.settle();
    await stage.app("client", load(map));
    await stage.settle();
    await stage.app("core", { subject: map, ...set("a", 2) });
    await stage.app("client", { subject: mine, ...set("mine", 2) });
    await stage.settle();
    await stage.app("core", { subject: mine, ...set("yours", 3) });
    await stage.settle();
  },

  // The edge loses its core for a while, then its memory.
  async "edge-restarts-with-storage"(stage) {
    await chain(stage, { disk: true });
    const map = await stage.create("client", stage.free(), set("a", 1));
    const theirs = await stage.create("core", stage.free(), set("b", 1));
    await stage.settle();
    await stage.app("client", load(theirs));
    await stage.settle();
    await stage.disconnect("edge", "core");
    await stage.app("client", { subject: map, ...set("a", 2) });
    await stage.app("core", { subject: theirs, ...set("b", 2) });
    await stage.settle();
    await stage.wait(2000);
    await stage.restart("edge");
    await stage.connect("edge", "core");
    await stage.settle();
    await stage.connect("client", "edge");
    await stage.settle();
    await stage.app("client", { subject: theirs, ...set("c", 3) });
    await stage.settle();
  },

  // The edge loses all that it had, but not the core: what a map rests on it can ask both its neighbours for.
  async "edge-restarts-with-nothing"(stage) {
    await chain(stage);
    const group = await stage.create("client", stage.group("client"));
    const map = await stage.create("client", stage.owned(group), set("a", 1));
    await stage.settle();
    await stage.restart("edge", { from: "nothing" });
    await stage.connect("edge", "core");
    await stage.connect("client", "edge");
    await stage.settle();
    await stage.app("client", { subject: map, ...set("a", 2) });
    await stage.settle();
    await stage.app("core", { subject: map, ...set("b", 3) });
    await stage.settle();
  },

  // Nobody has it, until somebody makes it.
  async "unavailable-at-first"(stage) {
    await trio(stage);
    const header = stage.free();
    const id = stage.pack.id(header);
    await stage.app("bob", load(id));
    await stage.settle();
    await stage.wait(4000);
    await stage.create("alice", header, set("at", "last"));
    await stage.settle();
    await stage.app("alice", { subject: id, ...set("and", "more") });
    await stage.settle();
  },

  // Content is lost within a connection, so what builds on it cannot be taken.
  async "content-lost-and-corrected"(stage) {
    await pair(stage);
    const map = await stage.create("client", stage.free(), set("a", 1));
    await stage.settle();
    await stage.app("client", { subject: map, ...set("a", 2) });
    stage.lose("client", "server");
    await stage.app("client", { subject: map, ...set("a", 3) });
    await stage.settle();
    // Who sends again what nobody acknowledges has done so before the correction comes.
    await stage.app("client", { subject: map, ...set("a", 4) });
    stage.lose("client", "server");
    await stage.app("client", { subject: map, ...set("a", 5) });
    stage.pass(3000);
    await stage.settle();
    const lost = await stage.create("client", stage.free(), set("b", 1));
    stage.lose("client", "server");
    await stage.app("client", { subject: lost, ...set("b", 2) });
    await stage.settle();
  },
};

async function pair(stage, { disk = false } = {}) {
  await stage.node("server", { disk });
  await stage.node("client");
  await stage.connect("client", "server");
  await stage.settle();
}

async function trio(stage, { disk = false } = {}) {
  await stage.node("server", { disk });
  for (const name of ["alice", "bob"]) {
    await stage.node(name);
    await stage.connect(name, "server");
  }
  await stage.settle();
}

async function chain(stage, { disk = false } = {}) {
  await stage.node("core");
  await stage.node("edge", { disk });
  await stage.node("client");
  await stage.connect("edge", "core");
  await stage.connect("client", "edge");
  await stage.settle();
}

function agent(stage, name) {
  return stage.nodes.get(name).id;
}

function load(subject) {
  return { op: "load", subject };
}

function set(key, value, isPrivate = false) {
  return { op: "set", key, value, private: isPrivate };
}

// So many texts of 30 KiB.
function large(name, count) {
  return Array.from({ length: count }, (_, n) => set(`${name} ${n}`, `${n}`.repeat(30 * 1024)));
}
