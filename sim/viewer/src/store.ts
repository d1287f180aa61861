// What the person who looks has chosen. The address of the page has it too, so that a link leads to the same place.
import { computed, effect, signal, type Signal } from '@preact/signals';
import { Placed } from './arrows';
import { NOTHING } from './data';
import { type Filter, isEmpty, parse, search } from './filter';
import { byTime, columns, type Heights } from './layout';
import type { Model } from './model';

export type Cone = 'none' | 'before' | 'after' | 'both';
export type Pane = 'diagram' | 'events' | 'moment' | 'run';

/** When a page is narrow; the style says the same. */
const NARROW = '(max-width: 860px)';

export class Store {
  /** The selected entry. */
  readonly selected = signal(0);
  readonly filterText = signal('');
  readonly toScale = signal(false);
  readonly cone = signal<Cone>('none');
  readonly open = signal<ReadonlySet<string>>(new Set());
  /** Which pane a narrow page shows. A wide one has the diagram and the events always, and either of the others. */
  readonly pane: Signal<Pane>;
  /** What the diagram is to bring into view: a new object for each wish. */
  readonly wish = signal<{ entry: number } | null>(null);

  readonly filter = computed<Filter>(() => parse(this.model.log, this.filterText.value));
  readonly isFiltered = computed(() => !isEmpty(this.filter.value));
  /** The entries that the list shows. */
  readonly listed = signal<Uint32Array>(new Uint32Array(0));
  /** How far the search has come, or null where it is over. */
  readonly searched = signal<number | null>(null);

  /** The order of the columns, where another diagram gives it. */
  readonly order = signal<number[] | null>(null);
  readonly columns = computed(() => columns(this.model.log, this.model.arrows, this.open.value, this.model.concerned, this.order.value));
  /** The column of each node. */
  readonly columnOf = computed(() => {
    const of = new Uint32Array(this.model.log.head.nodes.length).fill(NOTHING);
    this.columns.value.forEach((column, at) => column.nodes.forEach((node) => (of[node] = at)));
    return of;
  });
  /** The heights that put the diagram beside that of another run, while it stands there. */
  readonly beside = signal<Heights | null>(null);
  /** While it stands there: the height that is marked, and the window that both diagrams show. */
  readonly mark = signal<number | null>(null);
  together: Signal<{ top: number; scale: number } | null> | null = null;
  readonly heights = computed(() => this.beside.value ?? byTime(this.model.log, this.model.steps, this.toScale.value));
  readonly placed = computed(() => {
    const heights = this.heights.value;
    return new Placed(this.model.arrows, (entry) => heights.entry(entry), (us) => heights.time(us), heights.end);
  });
  readonly step = computed(() => this.model.steps.of[this.selected.value] ?? 0);
  /** The steps that may have led to the selected one, and those that it may have led to, as far as they are shown. */
  readonly coneOf = computed(() => {
    const cone = this.cone.value;
    if (cone === 'none') return null;
    const { steps } = this.model;
    const before = cone === 'after' ? null : steps.before(this.step.value);
    const after = cone === 'before' ? null : steps.after(this.step.value);
    return (step: number): boolean => {
      if (step === this.step.value) return true;
      const node = steps.node[step];
      if (node === NOTHING) return false;
      return (before !== null && step <= before[node]) || (after !== null && step >= after[node]);
    };
  });

  private searching = 0;
  private address = '';
  private writing = 0;
  private readonly ends: (() => void)[] = [];

  /** `run` is the number of the run in a page of several. The address is left alone where it is of something else. */
  constructor(
    readonly model: Model,
    private readonly run: number | null = null,
    private readonly isAddressed = true,
  ) {
    // Of a failure that was cut down, what it takes is what matters.
    const isExplained = model.log.head.facts.decisions.some((it) => it.without !== null);
    const isNarrow = window.matchMedia(NARROW).matches;
    this.pane = signal(isNarrow ? 'diagram' : isExplained ? 'run' : 'moment');
    this.readAddress();
    const list = effect(() => {
      const filter = this.filter.value;
      if (isEmpty(filter)) {
        this.searching += 1;
        this.listed.value = model.told;
        this.searched.value = null;
      } else void this.search(filter);
    });
    const write = effect(() => this.writeAddress());
    const read = (): void => this.readAddress();
    window.addEventListener('hashchange', read);
    this.ends.push(list, write, () => window.removeEventListener('hashchange', read));
  }

  /** Ends what the store does by itself: nobody looks at the run any more. */
  dispose(): void {
    this.searching += 1;
    clearTimeout(this.writing);
    this.ends.forEach((end) => end());
  }

  private async search(filter: Filter): Promise<void> {
    this.searching += 1;
    const mine = this.searching;
    let found: number[] = [];
    for await (const part of search(this.model.log, filter)) {
      if (mine !== this.searching) return;
      found = found.concat(part.found);
      this.listed.value = Uint32Array.from(found);
      this.searched.value = part.done < this.model.log.length ? part.done / this.model.log.length : null;
    }
  }

  select(entry: number, reveal = true): void {
    if (entry < 0 || entry >= this.model.log.length) return;
    this.selected.value = entry;
    if (reveal) this.wish.value = { entry };
  }

  /** To the next entry that people see and of which this holds, forwards or back. */
  move(by: 1 | -1, holds: (entry: number) => boolean = () => true): void {
    const { told } = this.model;
    let at = place(told, this.selected.value);
    if (by === 1 && told[at] === this.selected.value) at += 1;
    if (by === -1) at -= 1;
    for (; at >= 0 && at < told.length; at += by) {
      if (holds(told[at])) return this.select(told[at]);
    }
  }

  /** To the next entry of the list. */
  moveInList(by: number): void {
    const listed = this.listed.value;
    if (listed.length === 0) return;
    let at = place(listed, this.selected.value);
    if (by > 0 && listed[at] !== this.selected.value) at -= 1;
    this.select(listed[Math.max(0, Math.min(listed.length - 1, at + by))]);
  }

  private first(): number {
    const { violated } = this.model;
    return violated >= 0 ? this.model.headline(violated) : (this.model.told[0] ?? 0);
  }

  private readAddress(): void {
    const address = new URLSearchParams(location.hash.slice(1));
    if (!this.isAddressed || (this.run !== null && address.get('run') !== String(this.run))) return;
    const entry = this.model.entryAt(address.get('event') ?? '') ?? this.first();
    if (entry !== this.selected.value || this.wish.value === null) this.select(entry);
    this.filterText.value = address.get('filter') ?? '';
    this.toScale.value = address.get('time') === 'scale';
    const cone = address.get('cone');
    this.cone.value = cone === 'before' || cone === 'after' || cone === 'both' ? cone : 'none';
    this.open.value = new Set((address.get('open') ?? '').split(',').filter(Boolean));
  }

  private writeAddress(): void {
    if (!this.isAddressed) return;
    const address = new URLSearchParams();
    if (this.run !== null) address.set('run', String(this.run));
    address.set('event', this.model.address(this.selected.value));
    if (this.filterText.value) address.set('filter', this.filterText.value);
    if (this.toScale.value) address.set('time', 'scale');
    if (this.cone.value !== 'none') address.set('cone', this.cone.value);
    if (this.open.value.size > 0) address.set('open', [...this.open.value].join(','));
    this.address = `#${address.toString()}`;
    // Browsers take only so many changes of the address: while one scrubs, the last of them counts.
    clearTimeout(this.writing);
    this.writing = window.setTimeout(() => this.link(), 120);
  }

  /** The address of what is shown, which the page has then. */
  link(): string {
    clearTimeout(this.writing);
    // Who has left the run for the overview does not come back by its last word.
    const run = new URLSearchParams(location.hash.slice(1)).get('run');
    if (this.run !== null && run !== String(this.run)) return location.href;
    try {
      if (this.address !== location.hash) history.replaceState(null, '', this.address);
    } catch {
      // A page inside a frame without an address of its own has no link either.
    }
    return location.href;
  }
}

/** Where a number is in a list in order, or would be. */
export function place(list: Uint32Array, number: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
