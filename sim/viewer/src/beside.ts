// Two runs side by side: the rows in which `sim/testbed/src/diff/align.rs` has put their events, and what differs in each.
import type { Line, Log } from './data';
import { Heights } from './layout';
import type { Model } from './model';
import { span } from './words';

export type Side = 0 | 1;
export const SIDES: Side[] = [0, 1];
export const NAMES = ['A', 'B'] as const;

/** What is known of a comparison beside its two runs. */
export interface Comparison {
  sides: { name: string; cosim: string }[];
  /** Where they part, in a sentence. */
  says: string;
  /** The row in which they part; null where they are the same. */
  at: number | null;
  /** A character for each row: `=` the same, `~` at another time, `!` different, `<` in A only, `>` in B only. */
  signs: string;
  /** Events that stand elsewhere on the other side: their numbers in A and in B. */
  moved: [number, number][];
  /** What only A decided, and what only B; null where one of them is a log. */
  decided: [string[], string[]] | null;
}

export interface Field {
  path: string;
  values: [string | null, string | null];
}

/** How high a row is in a diagram, in its own rows. */
const ROW = 0.85;
const TOP = 0.8;

/** Fields that are no difference: logs of version 1 lack them, and what they say stands elsewhere too. */
const OPERATION = ['nodes', 'id'];
/** Fields that say when something happens, or count. */
const TIME = ['at', 'event', 'sentAt', 'sentIn', 'mail', 'n', 're', 'connection'];

export class Beside {
  readonly length: number;
  /** The entry of each row, on either side; -1 where there is none. */
  readonly entries: [Int32Array, Int32Array];
  /** The row of each entry that has one, on either side; that of the entry before where it has none. */
  private readonly rows: [Int32Array, Int32Array];
  /** The row on the other side, for each row of what was moved. */
  private readonly elsewhere = new Map<number, number>();

  constructor(
    readonly facts: Comparison,
    readonly models: [Model, Model],
  ) {
    const { signs, moved } = facts;
    const n = signs.length;
    this.length = n;
    this.entries = [new Int32Array(n).fill(-1), new Int32Array(n).fill(-1)];
    const numbered: [number[], number[]] = [[], []];
    this.rows = [new Int32Array(0), new Int32Array(0)];
    for (const side of SIDES) {
      const { log } = models[side];
      const absent = side === 0 ? '>' : '<';
      const rows = new Int32Array(log.length);
      let row = -1;
      for (let entry = 0; entry < log.length; entry++) {
        if (log.is(entry, 'told') && log.kind[entry] !== log.KIND.liveness) {
          row += 1;
          while (row < n && signs[row] === absent) row += 1;
          if (row < n) this.entries[side][row] = entry;
          numbered[side].push(row);
        }
        rows[entry] = Math.max(0, Math.min(row, n - 1));
      }
      this.rows[side] = rows;
    }
    for (const [a, b] of moved) {
      const [left, right] = [numbered[0][a], numbered[1][b]];
      this.elsewhere.set(left, right);
      this.elsewhere.set(right, left);
    }
  }

  row(side: Side, entry: number): number {
    return this.rows[side][entry];
  }

  /** Where the same event stands on the other side; nothing where it was not moved. */
  movedTo(row: number): number | undefined {
    return this.elsewhere.get(row);
  }

  isDifferent(row: number, withTime: boolean): boolean {
    const sign = this.facts.signs[row];
    return sign !== '=' && (withTime || sign !== '~');
  }

  /** Where differences begin: rows that differ in the same way, one below the other, are one. */
  starts(withTime: boolean): number[] {
    const starts: number[] = [];
    const { signs } = this.facts;
    for (let row = 0; row < this.length; row++) {
      if (this.isDifferent(row, withTime) && (row === 0 || signs[row] !== signs[row - 1])) starts.push(row);
    }
    return starts;
  }

  /** The sign of a row, and what it means. */
  mark(row: number): { sign: string; words: string; long: string; kind: string } {
    const [a, b] = this.entries.map((entries) => entries[row]);
    const sign = this.facts.signs[row];
    const to = this.movedTo(row);
    if (to !== undefined) {
      const other = sign === '<' ? 'B' : 'A';
      const way = to < row ? 'earlier' : 'later';
      return { sign: to < row ? '↑' : '↓', words: 'moved', long: `${sign === '<' ? 'A' : 'B'} has it here; ${other} has it ${way} in the order`, kind: 'moved' };
    }
    switch (sign) {
      case '=':
        return { sign: '=', words: '', long: 'the same', kind: 'same' };
      case '<':
        return { sign: '←', words: 'only A', long: 'only in A', kind: 'only' };
      case '>':
        return { sign: '→', words: 'only B', long: 'only in B', kind: 'only' };
      case '~': {
        const later = this.models[1].log.at[b] - this.models[0].log.at[a];
        if (later === 0) return { sign: '≈', words: 'number', long: 'differs only in numbers that count', kind: 'time' };
        return { sign: '≈', words: `${later > 0 ? '+' : '−'}${span(Math.abs(later))}`, long: `differs in time: B is ${span(Math.abs(later))} ${later > 0 ? 'later' : 'earlier'}`, kind: 'time' };
      }
      default:
        return { sign: '≠', words: 'differs', long: 'differs', kind: 'differs' };
    }
  }

  /** What differs between the two entries of a row; the fields that say when and that count come last. */
  fields(row: number): Field[] {
    const [a, b] = this.entries.map((entries) => entries[row]);
    return a < 0 || b < 0 ? [] : this.between(a, b);
  }

  /** What differs where the two part: between the next entries of both, if they tell of the same kind of thing. */
  first(): Field[] {
    const { at } = this.facts;
    if (at === null) return [];
    const next = SIDES.map((side) => this.entries[side].subarray(at).find((entry) => entry >= 0) ?? -1);
    if (next.some((entry) => entry < 0)) return [];
    const [a, b] = next;
    return this.models[0].log.head.kinds[this.models[0].log.kind[a]] === this.models[1].log.head.kinds[this.models[1].log.kind[b]] ? this.between(a, b) : [];
  }

  private between(a: number, b: number): Field[] {
    const found: Field[] = [];
    descend('', compared(this.models[0].log, a), compared(this.models[1].log, b), found);
    const counts = (field: Field): number => (TIME.includes(field.path) ? 1 : 0);
    return found.sort((a, b) => counts(a) - counts(b));
  }

  /** The heights of a side's diagram, in which partners stand at the same height. */
  heights(side: Side): Heights {
    const { log, steps } = this.models[side];
    const y = (row: number): number => TOP + row * ROW;
    const of = Float64Array.from({ length: steps.length }, (_, step) => {
      // Of a step the first event that is compared counts.
      for (let entry = steps.first[step]; entry < steps.first[step + 1]; entry++) {
        const row = this.rows[side][entry];
        if (this.entries[side][row] === entry) return y(row);
      }
      return y(this.rows[side][steps.first[step]]);
    });
    // What differs is set apart: rows in which this side has nothing, too.
    const apart = (from: number, to: number): [number, number][] => {
      const found: [number, number][] = [];
      const last = Math.min(this.length - 1, Math.ceil((to - TOP) / ROW) + 1);
      for (let row = Math.max(0, Math.floor((from - TOP) / ROW) - 1); row <= last; row++) {
        if (this.isDifferent(row, false)) found.push([y(row) - ROW / 2, y(row) + ROW / 2]);
      }
      return found;
    };
    return new Heights(log, steps, of, TOP + this.length * ROW, (entry) => y(this.rows[side][entry]), [], apart);
  }

  /** The height of a row in both diagrams. */
  height(row: number): number {
    return TOP + row * ROW;
  }
}

/** What is compared of an entry. */
function compared(log: Log, entry: number): Line {
  const line: Line = { ...log.line(entry), at: log.at[entry], event: log.event[entry] };
  delete line.way;
  if (line.kind === 'operation') for (const field of OPERATION) delete line[field];
  return line;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The smallest parts in which two values differ; `sim/testbed/src/diff.rs` tells them likewise. */
function descend(path: string, a: unknown, b: unknown, found: Field[]): void {
  const inside = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (isObject(a) && isObject(b)) {
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) descend(inside(key), a[key], b[key], found);
  } else if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) descend(inside(String(i)), a[i], b[i], found);
  } else {
    const [left, right] = [a, b].map((value) => (value === undefined ? null : JSON.stringify(value)));
    if (left !== right) found.push({ path, values: [left, right] });
  }
}
