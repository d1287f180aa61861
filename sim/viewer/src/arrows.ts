// Arrows: every message that was sent, once for each time that it arrives, or once where it never does.
import type { Log } from './data';
import type { Spells } from './spells';

/** How the way of a message ends. */
export const END = { arrives: 0, lost: 1, held: 2, underWay: 3, gone: 4 } as const;

/** How many arrows share one entry of the index that says how far down they reach. */
const BLOCK = 256;

export class Arrows {
  readonly length: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** The entries in which it was sent and arrives; -1 where there is none. */
  readonly sent: Int32Array;
  readonly arrived: Int32Array;
  readonly sentAt: Float64Array;
  readonly end: Uint8Array;
  readonly says: Uint8Array;
  /** Whether a copy of it arrived before. */
  readonly again: Uint8Array;
  /** The entry that ends the connection with which a message is gone; -1 where none is. */
  readonly over: Int32Array;
  /** The arrows of each entry: that in which it arrives, or the first that was sent in it. */
  private readonly ofEntry = new Map<number, number>();

  constructor(log: Log, spells: Spells) {
    const { sent, delivered } = log.KIND;
    interface Arrow { sent: number; arrived: number; sentAt: number; end: number; entry: number; over: number }
    // What is on its way goes with its connection, of which the log does not tell. A connection is over for both ends
    // when it is for one of them.
    const ends = new Map<string, number[]>();
    for (const { node, peer, to } of spells.connections) {
      if (to >= log.length) continue;
      const pair = `${Math.min(node, peer)} ${Math.max(node, peer)}`;
      ends.set(pair, [...(ends.get(pair) ?? []), to]);
    }
    for (const list of ends.values()) list.sort((a, b) => a - b);
    const overAfter = (i: number): number => {
      const [a, b] = [log.node[i], log.peer[i]];
      return ends.get(`${Math.min(a, b)} ${Math.max(a, b)}`)?.find((entry) => entry > i) ?? -1;
    };
    const all: Arrow[] = [];
    const arrivals = new Uint32Array(log.messages);
    for (let i = 0; i < log.length; i++) {
      if (log.kind[i] !== delivered) continue;
      arrivals[log.number[i]] += 1;
      all.push({ sent: log.sentOf[log.number[i]], arrived: i, sentAt: log.sentAt[i], end: END.arrives, entry: i, over: -1 });
    }
    const copies = log.FLAG.copied;
    for (let i = 0; i < log.length; i++) {
      if (log.kind[i] !== sent) continue;
      const came = arrivals[log.number[i]];
      const end = log.is(i, 'lost') ? END.lost : log.is(i, 'held') && came === 0 ? END.held : END.underWay;
      // Of a message with two copies one may be lost, or still be on its way.
      const expected = (log.flags[i] & copies) !== 0 ? 2 : 1;
      if (end === END.underWay ? came < expected : end === END.lost || came === 0) {
        const over = end === END.underWay ? overAfter(i) : -1;
        all.push({ sent: i, arrived: -1, sentAt: log.at[i], end: over < 0 ? end : END.gone, entry: i, over });
      }
    }
    all.sort((a, b) => a.sentAt - b.sentAt || a.entry - b.entry);
    const n = all.length;
    this.length = n;
    this.from = Uint32Array.from(all, (it) => log.node[it.entry]);
    this.to = Uint32Array.from(all, (it) => log.peer[it.entry]);
    this.sent = Int32Array.from(all, (it) => it.sent);
    this.arrived = Int32Array.from(all, (it) => it.arrived);
    this.sentAt = Float64Array.from(all, (it) => it.sentAt);
    this.end = Uint8Array.from(all, (it) => it.end);
    this.says = Uint8Array.from(all, (it) => log.says[it.entry]);
    this.again = Uint8Array.from(all, (it) => (log.is(it.entry, 'again') ? 1 : 0));
    this.over = Int32Array.from(all, (it) => it.over);
    for (let a = n - 1; a >= 0; a--) {
      if (this.arrived[a] >= 0) this.ofEntry.set(this.arrived[a], a);
      if (this.sent[a] >= 0) this.ofEntry.set(this.sent[a], a);
    }
  }

  /** The arrow of an entry that tells of a message. */
  at(entry: number): number | undefined {
    return this.ofEntry.get(entry);
  }
}

/** Where each arrow begins and ends in a layout, and which of them a window shows. */
export class Placed {
  readonly top: Float64Array;
  readonly bottom: Float64Array;
  private readonly order: Uint32Array;
  private readonly reach: Float64Array;

  constructor(
    readonly arrows: Arrows,
    y: (entry: number) => number,
    yOfTime: (us: number) => number,
    end: number,
  ) {
    const n = arrows.length;
    this.top = new Float64Array(n);
    this.bottom = new Float64Array(n);
    for (let a = 0; a < n; a++) {
      this.top[a] = arrows.sent[a] >= 0 ? y(arrows.sent[a]) : yOfTime(arrows.sentAt[a]);
      if (arrows.arrived[a] >= 0) this.bottom[a] = y(arrows.arrived[a]);
      else this.bottom[a] = arrows.end[a] === END.underWay ? end : this.top[a] + 1;
    }
    this.order = Uint32Array.from({ length: n }, (_, a) => a);
    this.order.sort((a, b) => this.top[a] - this.top[b]);
    this.reach = new Float64Array(Math.ceil(n / BLOCK));
    for (let i = 0; i < n; i++) {
      const block = Math.floor(i / BLOCK);
      this.reach[block] = Math.max(this.reach[block], this.bottom[this.order[i]]);
    }
  }

  /** Calls `show` for each arrow that is seen between two heights. */
  between(from: number, to: number, show: (arrow: number) => void): void {
    for (let block = 0; block < this.reach.length; block++) {
      const start = block * BLOCK;
      if (this.top[this.order[start]] > to) return;
      if (this.reach[block] < from) continue;
      const stop = Math.min(start + BLOCK, this.order.length);
      for (let i = start; i < stop; i++) {
        const arrow = this.order[i];
        if (this.top[arrow] > to) return;
        if (this.bottom[arrow] >= from) show(arrow);
      }
    }
  }
}
