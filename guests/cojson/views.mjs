// What a node holds and shows. To look must change nothing.

import { Machine, on } from "./machine.mjs";
import { settle } from "./time.mjs";

// What the node holds and shows of these CoValues; of all where none are named. A view that is
// not there yet is made only where somebody asks for the CoValue by name, and then not in the
// node itself.
export async function query(node, subjects) {
  const named = subjects !== undefined;
  const found = {};
  // Whatever the package does to build a view has its own timers and chance, which go with it.
  const machine = new Machine("0000000000000000");
  machine.clock.set({ now: node.machine.clock.now, wall: node.machine.clock.wall });
  await on(machine, async () => {
    for (const id of named ? subjects : node.ids()) {
      const answer = await look(node, id, named);
      if (answer) found[id] = answer;
    }
  });
  return { subjects: found };
}

async function look(node, id, named) {
  const { pack, local } = node;
  const core = pack.core(local, id);
  const held = node.held(id);
  if (!core && !held.header) return undefined;
  const answer = { ...held };
  if (!core) return answer;
  answer.state = pack.state(core);
  if (!pack.available(core)) return answer;
  answer.streaming = pack.streaming(core);
  answer.deleted = pack.deleted(core);
  if (answer.deleted) return answer;
  if (pack.isOpen(local, core)) {
    Object.assign(answer, view(pack, local, core));
  } else if (named) {
    try {
      const glass = pack.glass(local, core);
      await settle();
      Object.assign(answer, view(pack, glass, pack.core(glass, id)));
    } catch {
      // What the package cannot show is left out.
    }
  }
  return answer;
}

function view(pack, local, core) {
  const header = pack.header(core);
  const shown = attempt(() => show(header, pack.content(core)));
  const { ruleset } = header;
  const owner = ruleset.type === "ownedByGroup" ? pack.core(local, ruleset.group) : core;
  if (ruleset.type === "unsafeAllowAll" || !owner || !pack.available(owner)) return { shown };
  const group = attempt(() => pack.content(owner));
  return {
    shown,
    role: attempt(() => group.roleOfInternal(pack.me(local))),
    readKey: attempt(() => pack.readKey(group)),
  };
}

function show(header, content) {
  if (header.ruleset.type === "group") {
    const members = content
      .keys()
      .filter((key) => key === "everyone" || key.startsWith("co_z") || key.startsWith("sealer_z"));
    return Object.fromEntries(members.sort().map((member) => [member, content.get(member)]));
  }
  if (header.type === "coplaintext") return content.toString();
  if (header.type === "comap") return inOrder(content.toJSON());
  if (header.type === "costream") return inOrder(streams(content));
  return content.toJSON();
}

// The items of a stream, by session.
function streams(content) {
  return Object.fromEntries(
    Object.entries(content.items).map(([session, items]) => [
      session,
      items.map((item) => item.value),
    ]),
  );
}

// The order in which keys have come is no part of what is shown.
function inOrder(object) {
  return Object.fromEntries(Object.keys(object).sort().map((key) => [key, object[key]]));
}

function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}
