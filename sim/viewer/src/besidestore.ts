// What the person who compares two runs has chosen: a row, a side, and whether a run of the two is open.
import { computed, effect, signal, type Signal } from '@preact/signals';
import { type Beside, SIDES, type Side } from './beside';
import { place, type Store } from './store';

export type Part = 'rows' | 'diagrams' | 'details';

export class BesideStore {
  readonly row = signal(0);
  /** The side whose event Enter opens. */
  readonly side = signal<Side>(0);
  /** Whether what differs in time only counts as the same. */
  readonly hidesTime = signal(false);
  /** Which part a narrow page shows. */
  readonly pane: Signal<Part> = signal<Part>('rows');
  /** Where differences begin. */
  readonly starts = computed(() => Uint32Array.from(this.beside.starts(!this.hidesTime.value)));

  private address = '';
  private writing = 0;
  private isRead = false;

  constructor(
    readonly beside: Beside,
    readonly stores: [Store, Store],
  ) {
    this.readAddress();
    effect(() => this.writeAddress());
    window.addEventListener('hashchange', () => {
      this.readAddress();
      this.writeAddress();
    });
    const together = signal<{ top: number; scale: number } | null>(null);
    const [a, b] = stores;
    // The columns of both stand in the same order, that of A.
    const names = (store: Store): string[] => store.model.log.head.nodes;
    const order = a.columns.value.flatMap((column) => column.nodes).map((node) => names(a)[node]);
    const known = order.map((name) => names(b).indexOf(name)).filter((node) => node >= 0);
    b.order.value = [...known, ...names(b).map((_, node) => node).filter((node) => !known.includes(node))];
    for (const side of SIDES) {
      const store = stores[side];
      store.together = together;
      store.beside.value = beside.heights(side);
      effect(() => {
        const row = this.row.value;
        const entry = this.near(side, row);
        if (entry >= 0) store.select(entry, false);
        store.mark.value = beside.height(row);
      });
    }
  }

  /** The entry of a row, or the last before it. */
  near(side: Side, row: number): number {
    for (let at = row; at >= 0; at--) if (this.beside.entries[side][at] >= 0) return this.beside.entries[side][at];
    return this.beside.entries[side].find((entry) => entry >= 0) ?? -1;
  }

  select(row: number): void {
    const last = this.beside.length - 1;
    if (last < 0) return;
    this.row.value = Math.max(0, Math.min(last, row));
    // Where only one side has something, that is what Enter opens.
    if (this.beside.entries[this.side.value][this.row.value] < 0) this.side.value = this.side.value === 0 ? 1 : 0;
  }

  step(by: number): void {
    this.select(this.row.value + by);
  }

  choose(side: Side): void {
    if (this.beside.entries[side][this.row.value] >= 0) this.side.value = side;
  }

  /** To the next difference, or the one before: rows that differ, one below the other, are one. */
  stepDifference(by: 1 | -1): void {
    const starts = this.starts.value;
    let at = place(starts, this.row.value);
    if (by === 1 && starts[at] === this.row.value) at += 1;
    if (by === -1) at -= 1;
    if (at >= 0 && at < starts.length) this.select(starts[at]);
  }

  /** Which difference the selected row belongs to, counted from 1; 0 where it comes before all. */
  difference(): number {
    return place(this.starts.value, this.row.value + 1);
  }

  /** Opens a run at the selected event, or near it. */
  open(side: Side): void {
    const entry = this.near(side, this.row.value);
    if (entry < 0) return;
    this.link();
    location.hash = `run=${side + 1}&event=${this.beside.models[side].address(entry)}`;
  }

  /** `#row=57` is the 57th row, counted from 1. Without one it is where the runs part. */
  private readAddress(): void {
    const address = new URLSearchParams(location.hash.slice(1));
    if (address.has('run') || (this.isRead && !address.has('row'))) return;
    this.isRead = true;
    const row = Number(address.get('row') ?? NaN);
    this.hidesTime.value = address.get('time') === 'hidden';
    this.select(Number.isInteger(row) ? row - 1 : (this.beside.facts.at ?? 0));
  }

  private writeAddress(): void {
    this.address = `#row=${this.row.value + 1}${this.hidesTime.value ? '&time=hidden' : ''}`;
    // Browsers take only so many changes of the address: while one scrolls, the last of them counts.
    clearTimeout(this.writing);
    this.writing = window.setTimeout(() => this.link(), 120);
  }

  /** Puts what is shown into the address, unless a run is open. */
  private link(): void {
    clearTimeout(this.writing);
    if (new URLSearchParams(location.hash.slice(1)).has('run')) return;
    try {
      if (this.address !== location.hash) history.replaceState(null, '', this.address);
    } catch {
      // A page inside a frame without an address of its own has no link either.
    }
  }
}
