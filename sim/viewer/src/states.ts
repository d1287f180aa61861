// What every node holds at any moment, put together from the changes that the log tells. For each node and CoValue the
// states after every so many changes are kept once they were asked for, so that no moment is far from one that is known.
import type { Line, Log } from './data';
import type { Known } from './words';

export interface Held {
  /** Whether the node has an entry of it, be it only a want. */
  entry: boolean;
  known: Known;
  durable: Known;
  /** What it told peers that it holds, assumes that they hold, and heard from them that they hold. */
  told: Record<string, Known>;
  assumed: Record<string, Known>;
  confirmed: Record<string, Known>;
  waits: Wait[];
  /** A hash over what its app sees; null where nothing shows. */
  shown: string | null;
}

/** After how many changes a state is kept. */
const KEYFRAME = 8;

export const nothing = (): Held => ({
  entry: false,
  known: { header: false, sessions: {} },
  durable: { header: false, sessions: {} },
  told: {},
  assumed: {},
  confirmed: {},
  waits: [],
  shown: null,
});

function known(was: Known, change: Line): Known {
  if (change.header === undefined && change.sessions === undefined) return was;
  const sessions: Record<string, number> = { ...was.sessions, ...(change.sessions ?? {}) };
  for (const [session, count] of Object.entries(sessions)) if (count === 0) delete sessions[session];
  return { header: change.header ?? was.header, sessions };
}

function byPeer(was: Record<string, Known>, change: Record<string, Line> | undefined): Record<string, Known> {
  if (change === undefined) return was;
  const now = { ...was };
  for (const [peer, it] of Object.entries(change)) {
    if (it === null) delete now[peer];
    else now[peer] = known(now[peer] ?? { header: false, sessions: {} }, it);
  }
  return now;
}

interface Wait {
  until: number;
  peer: string;
  why: string;
}

/** What a node waits for, after some of it is over and some is new. */
function waits(was: Wait[], change: { over: Wait[]; now: Wait[] }): Wait[] {
  const gone = new Set([...change.over, ...change.now].map((wait) => `${wait.why} ${wait.peer}`));
  const all = [...was.filter((wait) => !gone.has(`${wait.why} ${wait.peer}`)), ...change.now];
  return all.sort((a, b) => (a.peer < b.peer ? -1 : a.peer > b.peer ? 1 : a.until - b.until));
}

/** A state with one change made. What has not changed is shared. */
export function changed(was: Held, change: Line): Held {
  return {
    entry: change.entry ?? was.entry,
    known: known(was.known, change),
    durable: change.durable ? known(was.durable, change.durable) : was.durable,
    told: byPeer(was.told, change.told),
    assumed: byPeer(was.assumed, change.assumed),
    confirmed: byPeer(was.confirmed, change.confirmed),
    waits: change.waits ? waits(was.waits, change.waits) : was.waits,
    shown: change.shown === undefined ? was.shown : change.shown,
  };
}

export class States {
  private readonly changes = new Map<number, number[]>();
  private readonly keyframes = new Map<number, Held[]>();
  private readonly ids: number;

  constructor(private readonly log: Log) {
    this.ids = Math.max(1, log.head.coValues.length);
    const { state } = log.KIND;
    for (let i = 0; i < log.length; i++) {
      if (log.kind[i] !== state) continue;
      const key = this.key(log.node[i], log.id[i]);
      const list = this.changes.get(key);
      if (list) list.push(i);
      else this.changes.set(key, [i]);
    }
  }

  private key(node: number, id: number): number {
    return node * this.ids + id;
  }

  /** What a node holds of a CoValue before an entry: after all changes that come before it. */
  before(node: number, id: number, entry: number): Held {
    const key = this.key(node, id);
    const changes = this.changes.get(key);
    if (!changes) return nothing();
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (changes[middle] < entry) low = middle + 1;
      else high = middle;
    }
    return this.after(key, changes, low);
  }

  /** Makes the next keyframe of a node and a CoValue. */
  private extend(frames: Held[], changes: number[]): void {
    let held = frames[frames.length - 1];
    const start = (frames.length - 1) * KEYFRAME;
    for (let c = start; c < start + KEYFRAME; c++) held = changed(held, this.log.fresh(changes[c]));
    frames.push(held);
  }

  private frames(key: number): Held[] {
    const frames = this.keyframes.get(key) ?? [nothing()];
    this.keyframes.set(key, frames);
    return frames;
  }

  /** Makes all keyframes, one with each step, so that whoever has time can do it before somebody asks. */
  *prepare(): Generator<void> {
    for (const [key, changes] of this.changes) {
      const frames = this.frames(key);
      while (frames.length * KEYFRAME <= changes.length) {
        this.extend(frames, changes);
        yield;
      }
    }
  }

  /** The state after so many changes. */
  private after(key: number, changes: number[], count: number): Held {
    const frames = this.frames(key);
    const frame = Math.floor(count / KEYFRAME);
    while (frames.length <= frame) this.extend(frames, changes);
    let held = frames[frame];
    for (let c = frame * KEYFRAME; c < count; c++) held = changed(held, this.log.line(changes[c]));
    return held;
  }

  /** Which CoValues of a node change between two entries. */
  changedBetween(from: number, to: number): { node: number; id: number }[] {
    const found: { node: number; id: number }[] = [];
    for (let i = from; i < to; i++) {
      if (this.log.kind[i] !== this.log.KIND.state) continue;
      const node = this.log.node[i];
      const id = this.log.id[i];
      if (!found.some((it) => it.node === node && it.id === id)) found.push({ node, id });
    }
    return found;
  }

  /** The CoValues of which a node ever holds anything. */
  idsOf(node: number): number[] {
    const ids: number[] = [];
    for (let id = 0; id < this.log.head.coValues.length; id++) if (this.changes.has(this.key(node, id))) ids.push(id);
    return ids;
  }

  /** The nodes that ever hold anything of a CoValue. */
  nodesOf(id: number): number[] {
    const nodes: number[] = [];
    for (let node = 0; node < this.log.head.nodes.length; node++) if (this.changes.has(this.key(node, id))) nodes.push(node);
    return nodes;
  }
}
