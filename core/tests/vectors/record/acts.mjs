// What people do. Each act is of one node; an act that makes no sense where it stands throws, or does nothing.

const ROLES = ["reader", "writer", "admin", "manager"];
const INVITES = ["reader", "writer", "admin", "manager", "writeOnly"];
const KEYS = ["a", "b", "c"];

// A group that the node has; mostly the first one.
function group({ world, node, dice }) {
  const there = world.groups.filter((id) => world.pack.content(node.local, id));
  if (there.length === 0) throw new Error("there is no group");
  return world.view(node, dice.once(2) ? there[0] : dice.pick(there));
}

// A value of one of these types that the node has.
function value({ world, node, dice }, ...types) {
  const there = world.values.filter(({ id, type }) => {
    return types.includes(type) && world.pack.content(node.local, id);
  });
  if (there.length === 0) throw new Error("there is no such value");
  return world.view(node, dice.pick(there).id);
}

// Seldom the founder, since little happens to a group without an admin.
function person({ world, dice }) {
  return dice.pick(dice.once(6) ? world.people : world.people.slice(1));
}

// The package asks for an agent by its id, and for an account by itself.
function member({ world, node }, { id }) {
  return id.startsWith("co_") ? world.view(node, id) : id;
}

function role({ world, dice }) {
  return dice.pick(world.pack.is20 ? ROLES : ROLES.slice(0, 3));
}

function privacy({ dice }) {
  return dice.once(2) ? "private" : "trusting";
}

function item({ dice }) {
  return dice.pick([dice.below(100), `t${dice.below(100)}`, true, null, { x: dice.below(10) }]);
}

function set(core, key, value, how) {
  core.makeTransaction([{ op: "set", key, value }], how);
}

export const acts = {
  // Groups.
  group(it) {
    const { world, node, dice } = it;
    const named = world.pack.is20 && dice.once(3);
    const made = named ? node.local.createGroup(undefined, { name: "us" }) : node.local.createGroup();
    world.ids.push(made.id);
    world.groups.push(made.id);
  },
  add(it) {
    group(it).addMemberInternal(member(it, person(it)), role(it));
  },
  addWriteOnly(it) {
    group(it).addMemberInternal(member(it, person(it)), "writeOnly");
  },
  remove(it) {
    it.world.pack.remove(group(it), person(it).id);
  },
  leave(it) {
    it.world.pack.remove(group(it), it.node.person.id);
  },
  rotate(it) {
    group(it).rotateReadKey();
  },
  everyone(it) {
    group(it).addMemberInternal("everyone", it.dice.pick(["reader", "writer"]));
  },
  everyoneWriteOnly(it) {
    group(it).addMemberInternal("everyone", "writeOnly");
  },
  everyoneLeaves(it) {
    it.world.pack.remove(group(it), "everyone");
  },
  invite(it) {
    const { world, dice } = it;
    const to = group(it);
    const roles = world.pack.is20 ? INVITES : INVITES.slice(0, 3);
    const before = new Set(to.keys());
    const secret = to.createInvite(dice.pick(roles));
    const agent = to.keys().find((key) => key.startsWith("sealer_") && !before.has(key));
    world.invites.push({ group: to.id, agent, secret });
  },
  async accept(it) {
    const { world, node, dice } = it;
    const { group, agent, secret } = dice.pick(world.invites) ?? {};
    if (!group || !world.view(node, group)?.get(agent)) throw new Error("there is no such invite");
    await node.local.acceptInvite(group, secret);
  },
  // Only a group that was made earlier becomes a parent: so there are no circles.
  extend(it) {
    const { world, node, dice } = it;
    const children = world.groups.slice(1).filter((id) => world.view(node, id)?.myRole() === "admin");
    const child = world.view(node, dice.pick(children));
    const parent = world.view(node, dice.pick(world.groups.slice(0, world.groups.indexOf(child.id))));
    child.extend(parent, dice.pick(["inherit", "inherit", "reader", "writer", "manager", "admin"]));
  },
  revokeExtend(it) {
    const { world, node, dice } = it;
    const child = world.view(node, dice.pick(world.groups));
    child.revokeExtend(dice.pick(child.getParentGroups()));
  },
  // What no honest app writes, or only by mistake, or too early or late.
  forge(it) {
    const { world, dice } = it;
    const { core } = group(it);
    const somebody = person(it).id;
    const newer = ["manager", "writeOnly", "writerInvite", "managerInvite", "writeOnlyInvite"];
    const roles = ["reader", "writer", "admin", "revoked", "readerInvite", "adminInvite", "owner"];
    const any = dice.pick(world.pack.is20 ? [...roles, ...newer] : roles);
    const forgeries = [
      () => set(core, somebody, any, "trusting"),
      () => set(core, it.node.person.id, any, "trusting"),
      () => set(core, "everyone", any, "trusting"),
      // In the older version, an admin's private role shows, and counts, for those who can read it: docs/views.md.
      () => set(core, somebody, any, world.pack.is20 ? "private" : "trusting"),
      () => core.makeTransaction([{ op: "del", key: somebody }], "trusting"),
      () => {
        const change = { op: "set", key: somebody, value: any };
        core.makeTransaction([change, change], "trusting");
      },
      () => set(core, "a", 1, "trusting"),
    ];
    if (world.pack.is20) forgeries.push(() => set(core, `writeKeyFor_${somebody}`, "key_zNone", "trusting"));
    dice.pick(forgeries)();
  },
  // What is said of a group itself.
  name(it) {
    set(group(it).core, it.dice.pick(["root", "profile"]), "co_zSomething", "trusting");
  },
  // What accounts say of themselves, and what is theirs alone.
  account(it) {
    const { world, node, dice } = it;
    const { account } = node.person;
    if (!account) throw new Error("this one has no account");
    const mine = world.view(node, account);
    const doings = [
      () => set(mine.core, dice.pick(["root", "profile"]), "co_zMine", "trusting"),
      () => set(mine.core, "root", "co_zSecret", "private"),
      () => acts.value({ ...it, type: "comap", group: account }),
      () => acts.set(it),
    ];
    dice.pick(doings)();
  },

  // Values.
  value(it) {
    const { world, node, type, group } = it;
    const restricted = type === "restricted";
    const ruleset = group ? { type: "ownedByGroup", group } : { type: "unsafeAllowAll" };
    if (restricted) ruleset.restrictDeletion = true;
    const core = node.local.createCoValue({
      type: restricted ? "colist" : type,
      ruleset,
      meta: null,
      ...world.pack.crypto.createdNowUnique(),
    });
    world.ids.push(core.id);
    world.values.push({ id: core.id, type: restricted ? "colist" : type });
  },
  open(it) {
    const type = it.dice.pick(["comap", "colist"]);
    acts.value({ ...it, type, group: it.dice.once(3) ? undefined : group(it).id });
  },
  set(it) {
    const { dice } = it;
    const map = value(it, "comap");
    const how = map.core.verified?.header.ruleset.type === "unsafeAllowAll" ? "trusting" : privacy(it);
    if (dice.once(5)) map.delete(dice.pick(KEYS), how);
    else map.set(dice.pick(KEYS), item(it), how);
  },
  // Whoever writes first, wins.
  first(it) {
    const { dice } = it;
    const map = value(it, "comap");
    const changes = [{ op: "set", key: dice.pick(KEYS), value: item(it) }];
    if (dice.once(3)) changes.push({ op: "set", key: "d", value: item(it) });
    map.core.makeTransaction(changes, privacy(it), { fww: dice.pick(["one", "two"]) });
  },
  append(it) {
    const { dice } = it;
    const list = value(it, "colist");
    const length = list.asArray().length;
    const after = length === 0 || dice.once(2) ? undefined : dice.below(length);
    it.world.pack.append(list, [item(it)], after, privacy(it));
  },
  several(it) {
    const list = value(it, "colist");
    it.world.pack.append(list, [item(it), item(it), item(it)], undefined, privacy(it));
  },
  firstItems(it) {
    const list = value(it, "colist");
    it.world.pack.append(list, [item(it), item(it)], undefined, privacy(it), { fww: "init" });
  },
  prepend(it) {
    const list = value(it, "colist");
    const length = list.asArray().length;
    list.prepend(item(it), it.dice.below(length + 1), privacy(it));
  },
  replace(it) {
    const list = value(it, "colist");
    list.replace(it.dice.below(list.asArray().length || 1), item(it), privacy(it));
  },
  take(it) {
    const list = value(it, "colist");
    list.delete(it.dice.below(list.asArray().length || 1), privacy(it));
  },
  write(it) {
    const { dice } = it;
    const text = value(it, "coplaintext");
    const at = dice.below(text.entries().length + 1);
    text.insertBefore(at, dice.pick(["a", "hey", "é", "👩‍👩‍👧!", "two words"]), privacy(it));
  },
  cut(it) {
    const { dice } = it;
    const text = value(it, "coplaintext");
    const length = text.entries().length;
    if (length === 0) return;
    const from = dice.below(length);
    text.deleteRange({ from, to: Math.min(length, from + 1 + dice.below(3)) }, privacy(it));
  },
  push(it) {
    value(it, "costream").push(item(it), privacy(it));
  },
  async branch(it) {
    const { world, node, dice } = it;
    const source = value(it, "comap", "colist", "coplaintext", "costream");
    if (source.core.isBranched() && !world.nests) return;
    const owner = dice.once(4) ? group(it).id : undefined;
    const branch = await node.local.checkoutBranch(source.id, dice.pick(["draft", "idea"]), owner);
    if (branch === "unavailable" || branch.id === source.id || world.ids.includes(branch.id)) return;
    world.ids.push(branch.id);
    world.values.push({ id: branch.id, type: branch.type });
  },
  merge(it) {
    const { world, node } = it;
    const branches = world.values.filter(({ id }) => world.pack.content(node.local, id)?.isBranched());
    world.view(node, it.dice.pick(branches).id).core.mergeBranch();
  },
  erase(it) {
    value(it, "comap", "colist", "costream").core.deleteCoValue();
  },
};
