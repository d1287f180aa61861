// What apps ask for.

import { AsyncLocalStorage } from "node:async_hooks";
import { words } from "./protocol.mjs";

// Which operation is being done: a variable tells it of those that are done at once. Those that
// go on after a while are told by what they go on with.
let doing;
const goingOn = new AsyncLocalStorage();
const GO_ON = new Set(["accept", "branch"]);

// Does all operations of one request, in one go. One that raises an error does not keep the
// others from being done.
export function run(node, operations) {
  if (!Array.isArray(operations)) throw new Error("`operations` is no list");
  const request = {};
  node.request = request;
  node.operation = () => {
    const operation = doing ?? goingOn.getStore();
    return operation?.request === node.request ? operation?.place : undefined;
  };
  operations.forEach((operation, place) => {
    const failed = (error) => {
      // Once the request is answered, the places in it mean nothing any more.
      const about = node.request === request ? { operation: place } : {};
      const { subject } = operation;
      node.notice({ notice: "failed", ...about, subject, error: words(error) });
    };
    const here = { request, place };
    doing = here;
    try {
      if (!Object.hasOwn(acts, operation.op)) {
        throw new Error(`no operation is called ${JSON.stringify(operation.op)}`);
      }
      const act = () => acts[operation.op](new Request(node, operation, place));
      const later = GO_ON.has(operation.op) ? goingOn.run(here, act) : act();
      later?.catch(failed);
    } catch (error) {
      failed(error);
    } finally {
      doing = undefined;
    }
  });
}

// One operation, and what it is about.
class Request {
  constructor(node, operation, place) {
    Object.assign(this, operation);
    this.node = node;
    this.pack = node.pack;
    this.local = node.local;
    this.place = place;
    this.privacy = operation.private === true ? "private" : "trusting";
  }

  // The app's view of the CoValue, or the one that it has kept under a name.
  content(id = this.subject) {
    if (this.through !== undefined) {
      const kept = this.node.kept.get(this.through);
      if (!kept) throw new Error(`the app keeps nothing that it calls ${this.through}`);
      return kept;
    }
    const content = this.local.getLoaded(id);
    if (!content) throw new Error(`${id} is not loaded`);
    return content;
  }

  core() {
    const core = this.pack.core(this.local, this.subject);
    if (!core || !this.pack.available(core)) throw new Error(`${this.subject} is not loaded`);
    return core;
  }

  // The package asks for an agent by its id, and for an account by itself.
  who() {
    return this.member?.startsWith("co_") ? this.content(this.member) : this.member;
  }

  // Calls a method of the package, which older versions may lack.
  call(what, method, ...values) {
    if (typeof what[method] !== "function") this.lacks();
    return what[method](...values);
  }

  lacks(what = this.op) {
    throw new Error(`cojson ${this.pack.version} has no ${what} for ${this.subject ?? "a node"}`);
  }

  notice(notice, more) {
    this.node.notice({ notice, ...more });
  }
}

const acts = {
  create(it) {
    const { header, subject, pack, local } = it;
    if (header === null || typeof header !== "object") throw new Error("`header` is missing");
    if (!pack.types.has(header.type)) it.lacks(`CoValue of the type ${header.type}`);
    const id = pack.id(header);
    if (id !== subject) throw new Error(`a CoValue with this header is ${id}, not ${subject}`);
    const core = pack.core(local, subject);
    if (core && pack.available(core)) throw new Error(`${subject} is there already`);
    if (header.ruleset?.type !== "group") {
      pack.content(local.createCoValue(header));
    } else if (header.meta?.type === "account") {
      foundAccount(it, local.createCoValue(header));
    } else {
      foundGroup(it);
    }
  },

  load(it) {
    return follow(it).then((content) => {
      it.notice("loaded", { subject: it.subject, available: content !== undefined });
    });
  },

  done(it) {
    it.node.subscriptions.get(it.subject)?.();
    it.node.subscriptions.delete(it.subject);
  },

  set(it) {
    it.call(it.content(), "set", it.key, it.value, it.privacy);
  },

  delete(it) {
    const map = it.content();
    if (map.type !== "comap") throw new Error(`${it.subject} is no map`);
    map.delete(it.key, it.privacy);
  },

  insert(it) {
    const list = it.content();
    const { values, privacy, pack } = it;
    if (typeof list.append !== "function") throw new Error(`${it.subject} is no list`);
    if (values.length === 0) return;
    const length = list.asArray().length;
    const index = Math.min(it.index, length);
    if (length === 0) {
      pack.append(list, values.slice(0, 1), undefined, privacy);
      if (values.length > 1) pack.append(list, values.slice(1), 0, privacy);
    } else if (index > 0) {
      pack.append(list, values, index - 1, privacy);
    } else {
      // Only one item at a time can be put before all others.
      list.prepend(values[0], 0, privacy);
      if (values.length > 1) pack.append(list, values.slice(1), 0, privacy);
    }
  },

  remove(it) {
    const list = it.content();
    if (typeof list.append !== "function") throw new Error(`${it.subject} is no list`);
    for (let count = 0; count < it.count; count += 1) list.delete(it.index, it.privacy);
  },

  push(it) {
    it.call(it.content(), "push", it.value, it.privacy);
  },

  splice(it) {
    const text = it.content();
    if (typeof text.deleteRange !== "function") it.lacks();
    const length = text.entries().length;
    const index = Math.min(it.index, length);
    const end = Math.min(index + (it.delete ?? 0), length);
    if (end > index) text.deleteRange({ from: index, to: end }, it.privacy);
    if (it.insert) text.insertBefore(index, it.insert, it.privacy);
  },

  add_member(it) {
    if (!it.pack.roles.has(it.role)) it.lacks(`role ${it.role}`);
    it.call(it.content(), "addMemberInternal", it.who(), it.role);
  },

  remove_member(it) {
    const group = it.content();
    // The older version takes the id of an agent only here.
    it.call(group, group.removeMemberInternal ? "removeMemberInternal" : "removeMember", it.who());
  },

  extend(it) {
    const group = it.content();
    if (typeof group.extend !== "function") it.lacks();
    group.extend(it.content(it.parent), it.role);
  },

  revoke_extend(it) {
    const group = it.content();
    if (typeof group.revokeExtend !== "function") it.lacks();
    group.revokeExtend(it.content(it.parent));
  },

  rotate(it) {
    it.call(it.content(), "rotateReadKey");
  },

  invite(it) {
    if (!it.pack.roles.has(it.role)) it.lacks(`role ${it.role}`);
    const secret = it.call(it.content(), "createInvite", it.role);
    it.notice("invited", { operation: it.place, secret });
  },

  accept(it) {
    return it.pack.accept(it.local, it.subject, it.secret, it.node);
  },

  branch(it) {
    if (!it.local.checkoutBranch) it.lacks();
    const { request } = it.node;
    return it.local.checkoutBranch(it.subject, it.name, it.owner).then((branch) => {
      if (branch === "unavailable") throw new Error(`${it.subject} is not available`);
      const about = it.node.request === request ? { operation: it.place } : {};
      it.notice("made", { ...about, token: it.token, subject: branch.id });
    });
  },

  // The branch of this name is merged or, without one, the CoValue is one itself.
  merge(it) {
    const core = it.core();
    if (!core.mergeBranch) it.lacks();
    if (it.name === undefined) core.mergeBranch();
    else core.getBranch(it.name, it.owner).mergeBranch();
  },

  delete_value(it) {
    const core = it.core();
    if (!core.deleteCoValue) it.lacks();
    core.deleteCoValue();
  },

  wait_for_sync(it) {
    const { syncManager } = it.local;
    if (!syncManager.waitForSync) it.lacks();
    return syncManager.waitForSync(it.subject, it.timeout).then(() => {
      it.notice("synced", { subject: it.subject });
    });
  },

  collect_garbage(it) {
    if (!it.local.enableGarbageCollector) it.lacks();
    it.local.enableGarbageCollector();
  },

  hold(it) {
    it.node.kept.set(it.as, it.content());
  },
};

// Loads a CoValue, and keeps it up to date from then on.
async function follow(it) {
  const { node, subject } = it;
  const content = await it.pack.load(it.local, subject);
  if (content && !node.subscriptions.has(subject)) {
    node.subscriptions.set(subject, content.subscribe(() => {}));
  }
  return content;
}

// The package makes the group, and is told its header.
function foundGroup({ header, local }) {
  const make = local.createCoValue;
  local.createCoValue = () => {
    local.createCoValue = make;
    return make.call(local, header);
  };
  try {
    local.createGroup();
  } finally {
    local.createCoValue = make;
  }
}

// An account's member is its agent. The package makes accounts together with a node only.
function foundAccount({ pack, local }, core) {
  const { crypto } = pack;
  const account = pack.content(core);
  const secret = pack.secret(local);
  const agent = crypto.getAgentID(secret);
  account.set(agent, "admin", "trusting");
  const key = crypto.newRandomKeySecret();
  const sealed = crypto.seal({
    message: key.secret,
    from: crypto.getAgentSealerSecret(secret),
    to: crypto.getAgentSealerID(agent),
    nOnceMaterial: { in: account.id, tx: core.nextTransactionID() },
  });
  account.set(`${key.id}_for_${agent}`, sealed, "trusting");
  account.set("readKey", key.id, "trusting");
}
