// How high everything stands: time downwards, to scale or with idle stretches folded; and which columns there are.
import type { Log } from './data';
import type { Arrows } from './arrows';
import type { Steps } from './steps';

/** The least height between two steps, in rows, and the most. What is longer is folded to the most, and marked. */
const LEAST = 0.62;
const MOST = 2.6;
/** How many times the usual distance is marked as folded, with its length. */
const MARKED = 8;

export interface Fold {
  top: number;
  bottom: number;
  length: number;
  from: number;
}

/** The height of each step, in rows. */
export class Heights {
  private readonly at: Float64Array;

  constructor(
    log: Log,
    steps: Steps,
    readonly of: Float64Array,
    readonly end: number,
    /** The height of an entry. */
    readonly entry: (i: number) => number = (i) => of[steps.of[i]],
    readonly folds: Fold[] = [],
    /** The stretches between two heights that are set apart from the rest. */
    readonly apart: (from: number, to: number) => [number, number][] = () => [],
  ) {
    this.at = Float64Array.from({ length: steps.length }, (_, step) => log.at[steps.first[step]]);
  }

  /** The last step at or above a height; -1 where there is none. */
  stepAt(height: number): number {
    let low = 0;
    let high = this.of.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.of[middle] <= height) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The height of a moment. */
  time(us: number): number {
    let low = 0;
    let high = this.at.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at[middle] <= us) low = middle + 1;
      else high = middle;
    }
    const before = low - 1;
    if (before < 0) return 0;
    if (low >= this.at.length) return this.of[before];
    const part = (us - this.at[before]) / (this.at[low] - this.at[before]);
    return this.of[before] + (this.of[low] - this.of[before]) * part;
  }

  /** The moment at a height. */
  moment(height: number): number {
    const step = this.stepAt(height);
    if (step < 0) return this.at[0] ?? 0;
    if (step + 1 >= this.of.length) return this.at[step];
    const part = (height - this.of[step]) / (this.of[step + 1] - this.of[step]);
    return this.at[step] + (this.at[step + 1] - this.at[step]) * part;
  }
}

/** The heights of a run: time downwards, to scale or with idle stretches folded. */
export function byTime(log: Log, steps: Steps, toScale: boolean): Heights {
  const n = steps.length;
  const of = new Float64Array(n);
  const folds: Fold[] = [];
  const at = (step: number): number => log.at[steps.first[step]];
  const gaps: number[] = [];
  for (let step = 1; step < n; step++) if (at(step) > at(step - 1)) gaps.push(at(step) - at(step - 1));
  gaps.sort((a, b) => a - b);
  const usual = gaps.length > 0 ? gaps[Math.floor(gaps.length / 2)] : 1;
  const mean = gaps.length > 0 ? (at(n - 1) - at(0)) / n : 1;
  let y = 0.8;
  for (let step = 0; step < n; step++) {
    if (step > 0) {
      // Time never goes back in a log; what its end tells stands under all else.
      const gap = Math.max(0, at(step) - at(step - 1));
      const top = y;
      if (toScale) y += gap / mean;
      else if (gap === 0) y += LEAST;
      else y += Math.min(MOST, Math.max(LEAST, gap / usual));
      if (!toScale && gap > usual * MARKED && gap >= 1e6) folds.push({ top, bottom: y, length: gap, from: at(step - 1) });
    }
    of[step] = y;
  }
  return new Heights(log, steps, of, y + 1, undefined, folds);
}

export interface Column {
  label: string;
  nodes: number[];
  /** The family that it stands for, or belongs to. */
  family: string | null;
  folded: boolean;
}

/** From how many members on nodes are one column, where there are so many nodes at least. */
const FAMILY_MIN = 5;
const NODES_MIN = 8;
/** How many columns there are at most; the nodes that are left are one more. */
const COLUMNS_MAX = 60;

/**
 * The families, by what their column is called: nodes that are called the same but for a number, and of the others those
 * that talk with one and the same node and with nobody else, as a server's clients do.
 */
export function families(names: string[], peers: (node: number) => number[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  if (names.length < NODES_MIN) return found;
  const put = (family: string, node: number): void => void found.set(family, [...(found.get(family) ?? []), node]);
  const keepLarge = (): void => {
    for (const [family, nodes] of found) if (nodes.length < FAMILY_MIN) found.delete(family);
  };
  names.forEach((name, node) => {
    const family = /^(.*?)[-_ ]?\d+$/.exec(name)?.[1];
    if (family) put(`${family}-…`, node);
  });
  keepLarge();
  const placed = new Set([...found.values()].flat());
  names.forEach((_, node) => {
    const [only, ...others] = placed.has(node) ? [] : peers(node);
    if (only !== undefined && others.length === 0) put(`clients of ${names[only]}`, node);
  });
  keepLarge();
  return found;
}

/** Who stands beside whom: those who talk most with each other, one after the other. */
export function order(nodes: number, traffic: (a: number, b: number) => number, first: number[]): number[] {
  const left = new Set(Array.from({ length: nodes }, (_, node) => node));
  const line: number[] = [];
  const take = (node: number, atStart: boolean): void => {
    left.delete(node);
    if (atStart) line.unshift(node);
    else line.push(node);
  };
  for (const node of first) if (left.has(node)) take(node, false);
  if (nodes > 40) return [...line, ...left];
  while (left.size > 0) {
    let best: [number, number, boolean] = [-1, -1, false];
    for (const node of left) {
      const ends = line.length === 0 ? [] : first.length > 0 ? [line[line.length - 1]] : [line[line.length - 1], line[0]];
      ends.forEach((end, side) => {
        const talk = traffic(node, end);
        if (talk > best[0]) best = [talk, node, side === 1];
      });
      if (line.length === 0) {
        // Begin with the node that talks with the fewest others.
        let others = 0;
        for (const other of left) if (other !== node && traffic(node, other) > 0) others += 1;
        if (best[1] < 0 || others < -best[0]) best = [-others, node, false];
      }
    }
    take(best[1], best[2]);
  }
  return line;
}

/** The columns, from left to right, where these families are open; in the order of their nodes that is given, if one is. */
export function columns(log: Log, arrows: Arrows, open: ReadonlySet<string>, first: number[], given: number[] | null = null): Column[] {
  const names = log.head.nodes;
  const counts = new Map<number, number>();
  const key = (a: number, b: number): number => Math.min(a, b) * names.length + Math.max(a, b);
  for (let a = 0; a < arrows.length; a++) {
    const pair = key(arrows.from[a], arrows.to[a]);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const line = given ?? order(names.length, (a, b) => counts.get(key(a, b)) ?? 0, first);
  const peers = names.map(() => new Set<number>());
  for (const pair of counts.keys()) {
    const [a, b] = [Math.floor(pair / names.length), pair % names.length];
    peers[a].add(b);
    peers[b].add(a);
  }
  const found = families(names, (node) => [...peers[node]]);
  const familyOf = new Map<number, string>();
  for (const [family, nodes] of found) nodes.forEach((node) => familyOf.set(node, family));
  const result: Column[] = [];
  const placed = new Map<string, Column>();
  for (const node of line) {
    const family = familyOf.get(node) ?? null;
    // Whom a violation is about stands alone.
    if (family !== null && !open.has(family) && !first.includes(node)) {
      const column = placed.get(family);
      if (column) column.nodes.push(node);
      else {
        const fresh: Column = { label: '', nodes: [node], family, folded: true };
        placed.set(family, fresh);
        result.push(fresh);
      }
    } else result.push({ label: names[node], nodes: [node], family, folded: false });
  }
  if (result.length > COLUMNS_MAX) {
    // Those whom a violation is about and those who are of no family stand before the many.
    const rank = (column: Column): number => (first.includes(column.nodes[0]) ? 0 : column.family === null ? 1 : 2);
    result.sort((a, b) => rank(a) - rank(b));
    const rest = result.splice(COLUMNS_MAX);
    result.push({ label: '', nodes: rest.flatMap((column) => column.nodes), family: null, folded: true });
  }
  for (const column of result) {
    if (column.folded) column.label = `${column.family ?? 'others'} (${column.nodes.length})`;
  }
  return result;
}
