// Steps: what happened in one event of the run is one step, with the entries that tell of it. Steps are what causes lead
// from and to, and what the diagram has a height for.
import { type Log, NOTHING } from './data';

export class Steps {
  readonly length: number;
  /** The step of each entry. */
  readonly of: Uint32Array;
  /** The first entry of each step, and at the end the number of entries. */
  readonly first: Uint32Array;
  /** At which node each step happens. */
  readonly node: Uint32Array;
  /** The step in which what a step took in was sent; -1 where no message began it. */
  readonly cause: Int32Array;
  /** The entry by which the cause is known: the arrival. */
  readonly began: Int32Array;
  private readonly byEvent = new Map<number, number>();

  constructor(private readonly log: Log) {
    const n = log.length;
    this.of = new Uint32Array(n);
    const first: number[] = [];
    for (let i = 0; i < n; i++) {
      if (i === 0 || log.event[i] !== log.event[i - 1] || log.at[i] !== log.at[i - 1]) first.push(i);
      this.of[i] = first.length - 1;
    }
    this.length = first.length;
    first.push(n);
    this.first = Uint32Array.from(first);
    this.node = new Uint32Array(this.length).fill(NOTHING);
    this.cause = new Int32Array(this.length).fill(-1);
    this.began = new Int32Array(this.length).fill(-1);
    const { delivered, state, looks } = log.KIND;
    for (let step = 0; step < this.length; step++) {
      const event = log.event[first[step]];
      if (!this.byEvent.has(event)) this.byEvent.set(event, step);
      for (let i = first[step]; i < first[step + 1]; i++) {
        const kind = log.kind[i];
        if (this.node[step] === NOTHING && kind !== looks && kind !== state) this.node[step] = log.where(i);
        if (kind !== delivered) continue;
        this.began[step] = i;
        const sent = log.sentOf[log.number[i]];
        // A log of version 1 says the event only.
        const cause = sent >= 0 ? this.of[sent] : this.byEvent.get(log.sentIn[i]);
        this.cause[step] = cause ?? -1;
        break;
      }
    }
  }

  /** The step of an event's number. */
  ofEvent(event: number): number | undefined {
    return this.byEvent.get(event);
  }

  /** The messages that led to a step, the first first: the steps in which each was sent, and the step itself. */
  chain(step: number): number[] {
    const chain = [step];
    for (let at = this.cause[step]; at >= 0 && chain.length < this.length; at = this.cause[at]) chain.push(at);
    return chain.reverse();
  }

  /**
   * What may have led to a step: for each node the last of its steps that may have, or -1. What happened before at the
   * same node may have, and what happened before a message was sent that arrived.
   */
  before(step: number): Int32Array {
    const last = new Int32Array(this.log.head.nodes.length).fill(-1);
    if (this.node[step] === NOTHING) return last;
    last[this.node[step]] = step;
    for (let at = step; at >= 0; at--) {
      const node = this.node[at];
      if (node === NOTHING || at > last[node] || this.cause[at] < 0) continue;
      const sender = this.node[this.cause[at]];
      if (sender !== NOTHING) last[sender] = Math.max(last[sender], this.cause[at]);
    }
    return last;
  }

  /** What a step may have led to: for each node the first of its steps that may be, or the number of all steps. */
  after(step: number): Int32Array {
    const first = new Int32Array(this.log.head.nodes.length).fill(this.length);
    if (this.node[step] === NOTHING) return first;
    first[this.node[step]] = step;
    for (let at = step + 1; at < this.length; at++) {
      const node = this.node[at];
      const cause = this.cause[at];
      if (node === NOTHING || cause < 0 || at >= first[node]) continue;
      const sender = this.node[cause];
      if (sender !== NOTHING && cause >= first[sender]) first[node] = at;
    }
    return first;
  }
}
