// What cosim put into the page: unpacked, and laid out so that nothing is read before somebody looks at it.
//
// `sim/testbed/src/page.rs` writes it: a line of JSON that says what follows, then columns of numbers with one number for
// each entry of the log, then the texts of its lines, each once.

/** Stands for no node, no CoValue, no number. */
export const NOTHING = 0xffffffff;

export interface Violated {
  oracle: string;
  rule: string;
  key: string;
  event: number;
  at: number;
  node: string;
  peer: string | null;
  id: string | null;
  what: string;
  /** What may have led to it: entries, by number. The command line lists the same. */
  causes: number[];
}

export interface Act {
  act: string;
  [field: string]: unknown;
}

/** What is known of the run beside its log; of a log from elsewhere, only which cosim wrote it. */
export interface Facts {
  cosim: string;
  about: string | null;
  verdict: string | null;
  key: string | null;
  end: string | null;
  endedAt: number | null;
  fingerprint: string | null;
  summary: string | null;
  violations: Violated[];
  isExpected: boolean;
  unmet: { says: string; why: string[]; isKnown: boolean }[];
  guestFailures: string[];
  looks: Record<string, number>;
  rules: Record<string, string>;
  acts: Record<string, Act>;
  clocks: Record<string, { skew?: string; drift?: number }>;
  guests: Record<string, string>;
  views: Record<string, Record<string, unknown>> | null;
  decisions: { decision: string; without: string | null }[];
  unused: string[];
  origin: { scenario: string; seed: number; key?: string; cosim: string } | null;
  command: string | null;
  scenario: string | null;
  frozen: string | null;
  isRedacted: boolean;
}

export interface Head {
  entries: number;
  columns: [string, number][];
  kinds: string[];
  says: string[];
  flags: string[];
  losses: string[];
  timers: string[];
  nodes: string[];
  coValues: string[];
  source: { scenario: string | null; seed: number | null; crypto: string | null };
  tells: { states: boolean; looks: boolean };
  dropped: { after: number; entries: number } | null;
  facts: Facts;
  /** The run as a drawing to be pasted elsewhere, where it is small; `null` of a large one. */
  drawings: { svg: string; mermaid: string } | null;
}

/** One line of the log. Its fields depend on its kind: `sim/testbed/src/log/event.rs` has them all. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Line = any;

/** Undoes base64 and gzip. Nothing is fetched. */
export async function unpack(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** Numbers of eight bytes. They are below 2^53, or the last digits do not matter. */
function wide(halves: Uint32Array): Float64Array {
  const numbers = new Float64Array(halves.length / 2);
  for (let i = 0; i < numbers.length; i++) numbers[i] = halves[2 * i] + (halves[2 * i + 1] | 0) * 2 ** 32;
  return numbers;
}

/** How many lines that were read are kept. */
const LINES_KEPT = 4096;

export class Log {
  readonly head: Head;
  readonly length: number;
  /** Microseconds, which fit a double as long as a run is shorter than 285 years. */
  readonly at: Float64Array;
  readonly sentAt: Float64Array;
  readonly event: Uint32Array;
  readonly node: Uint32Array;
  readonly peer: Uint32Array;
  readonly id: Uint32Array;
  readonly number: Uint32Array;
  readonly sentIn: Uint32Array;
  readonly kind: Uint8Array;
  readonly says: Uint8Array;
  readonly flags: Uint8Array;
  readonly detail: Uint8Array;
  /** The number of each kind, by name. */
  readonly KIND: Record<string, number>;
  readonly SAYS: Record<string, number>;
  /** The bit of each flag, by name. */
  readonly FLAG: Record<string, number>;
  private readonly text: Uint32Array;
  private readonly texts: Uint8Array;
  private readonly starts: Uint32Array;
  private readonly read = new Map<number, Line>();
  private readonly decoder = new TextDecoder();
  /** The sent entry of each message; -1 where the log does not have it. */
  readonly sentOf: Int32Array;
  readonly messages: number;

  constructor(data: Uint8Array<ArrayBuffer>) {
    const end = data.indexOf(10);
    const head = JSON.parse(new TextDecoder().decode(data.subarray(0, end))) as Head;
    const n = head.entries;
    let offset = data.byteOffset + end + 1;
    const columns: Record<string, Float64Array | Uint32Array | Uint8Array> = {};
    for (const [name, width] of head.columns) {
      if (width === 8) columns[name] = wide(new Uint32Array(data.buffer, offset, 2 * n));
      else columns[name] = width === 4 ? new Uint32Array(data.buffer, offset, n) : new Uint8Array(data.buffer, offset, n);
      offset += width * n;
    }
    this.head = head;
    this.length = n;
    this.at = columns.at as Float64Array;
    for (let i = 1; i < n; i++) this.at[i] += this.at[i - 1];
    this.sentAt = (columns.sentAt as Float64Array) ?? new Float64Array(n);
    this.event = columns.event as Uint32Array;
    // Where a number is smaller than the one before, the difference wraps around, and so does the sum.
    for (let i = 1; i < n; i++) this.event[i] += this.event[i - 1];
    this.node = columns.node as Uint32Array;
    this.peer = columns.peer as Uint32Array;
    this.id = columns.id as Uint32Array;
    this.number = columns.number as Uint32Array;
    this.sentIn = (columns.sentIn as Uint32Array) ?? new Uint32Array(n).fill(NOTHING);
    this.kind = columns.kind as Uint8Array;
    this.says = columns.says as Uint8Array;
    this.flags = columns.flags as Uint8Array;
    this.detail = columns.detail as Uint8Array;
    this.text = columns.text as Uint32Array;
    this.texts = data.subarray(offset - data.byteOffset);
    const starts = [0];
    for (let at = this.texts.indexOf(10); at >= 0; at = this.texts.indexOf(10, at + 1)) starts.push(at + 1);
    this.starts = Uint32Array.from(starts);
    const numbers = (names: string[]): Record<string, number> => Object.fromEntries(names.map((name, i) => [name, i]));
    this.KIND = numbers(head.kinds);
    this.SAYS = numbers(head.says);
    this.FLAG = Object.fromEntries(head.flags.map((name, i) => [name, 1 << i]));
    const { sent, delivered } = this.KIND;
    let messages = 0;
    for (let i = 0; i < n; i++) {
      if (this.kind[i] === sent || this.kind[i] === delivered) messages = Math.max(messages, this.number[i] + 1);
    }
    this.messages = messages;
    this.sentOf = new Int32Array(messages).fill(-1);
    for (let i = 0; i < n; i++) {
      if (this.kind[i] === sent) this.sentOf[this.number[i]] = i;
      else if (this.kind[i] === delivered && this.sentOf[this.number[i]] >= 0) {
        const from = this.sentOf[this.number[i]];
        this.sentAt[i] = this.at[from];
        this.sentIn[i] = this.event[from];
      }
    }
    this.attribute();
  }

  private textOf(number: number): string {
    return this.decoder.decode(this.texts.subarray(this.starts[number], this.starts[number + 1] - 1));
  }

  /** What the page has of a line beside the columns, as text. */
  rest(i: number): string {
    const text = this.textOf(this.text[i]);
    const message = /"message":(\d+)/.exec(text);
    return message && this.isMail(i) ? text + this.textOf(Number(message[1])) : text;
  }

  private isMail(i: number): boolean {
    return this.kind[i] === this.KIND.sent || this.kind[i] === this.KIND.delivered;
  }

  /** The line of an entry, with all that the log says. */
  line(i: number): Line {
    const known = this.read.get(i);
    if (known !== undefined) return known;
    const line = this.fresh(i);
    if (this.read.size >= LINES_KEPT) this.read.clear();
    this.read.set(i, line);
    return line;
  }

  /** The same, read anew: for those who look at each line once. */
  fresh(i: number): Line {
    return this.whole(i, JSON.parse(this.textOf(this.text[i])) as Line);
  }

  private whole(i: number, rest: Line): Line {
    const kind = this.head.kinds[this.kind[i]];
    const line: Line = { kind };
    const isMail = kind === 'sent' || kind === 'delivered';
    if (this.node[i] !== NOTHING && !this.isOperation(i)) line[isMail ? 'from' : 'node'] = this.nodeName(this.node[i]);
    if (this.peer[i] !== NOTHING && !this.isOperation(i)) line[isMail ? 'to' : 'peer'] = this.nodeName(this.peer[i]);
    if (this.id[i] !== NOTHING && !isMail && kind !== 'looks' && !this.isOperation(i)) line.id = this.idName(this.id[i]);
    if (this.id[i] !== NOTHING && kind === 'looks') line.ids = [this.idName(this.id[i])];
    if (kind === 'delivered') {
      const sent = this.sentOf[this.number[i]];
      Object.assign(line, { sentAt: this.sentAt[i], sentIn: this.sentIn[i] });
      if (sent >= 0) {
        const { connection, mail, message, n, re } = this.line(sent);
        Object.assign(line, { connection, mail, message, n, re });
      }
    }
    if (rest.message !== undefined) rest.message = JSON.parse(this.textOf(rest.message));
    return Object.assign(line, rest);
  }

  private isOperation(i: number): boolean {
    return this.kind[i] === this.KIND.operation || this.kind[i] === this.KIND.skipped;
  }

  is(i: number, flag: string): boolean {
    return (this.flags[i] & this.FLAG[flag]) !== 0;
  }

  /** At which node something happens: a message arrives at who receives it. */
  where(i: number): number {
    return this.kind[i] === this.KIND.delivered ? this.peer[i] : this.node[i];
  }

  nodeName(node: number): string {
    return this.head.nodes[node] ?? `node ${node}`;
  }

  idName(id: number): string {
    return this.head.coValues[id] ?? `CoValue ${id}`;
  }

  /** Operations say in their act whom they are about; where no act is known, in words. */
  private attribute(): void {
    const { operation, skipped } = this.KIND;
    const number = (names: string[]): Map<string, number> => new Map(names.map((name, i) => [name, i]));
    const nodes = number(this.head.nodes);
    const ids = number(this.head.coValues);
    for (let i = 0; i < this.length; i++) {
      if (this.kind[i] !== operation && this.kind[i] !== skipped) continue;
      const line = this.line(i);
      const act = this.head.facts.acts[line.name];
      let about: unknown[];
      let id: unknown;
      if (act) {
        about = [act.node ?? act.from, act.peer ?? act.to ?? act.on, act.between].flat();
        id = act.id;
      } else {
        const words = String(line.text ?? '').split(/[ ,:]+/);
        about = words.slice(0, 3).filter((word) => nodes.has(word));
        id = words.slice(1).find((word) => ids.has(word));
      }
      const found = about.filter((name) => typeof name === 'string').map((name) => nodes.get(name as string));
      const ends = found.filter((node) => node !== undefined) as number[];
      if (ends.length > 0) this.node[i] = ends[0];
      if (ends.length > 1) this.peer[i] = ends[1];
      const at = typeof id === 'string' ? ids.get(id) : undefined;
      if (at !== undefined) this.id[i] = at;
    }
  }
}
