// The diagram in the page: its columns' names, the canvas, and the overview beside it; moved and zoomed with wheel, mouse
// and fingers.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { effect, signal, type Signal } from '@preact/signals';
import { select } from 'd3-selection';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior } from 'd3-zoom';
import { NOTHING } from './data';
import { Overview } from './overview';
import { Painter, type View } from './paint';
import type { Store } from './store';
import { said } from './words';

/** The pixels of a row at zoom 1. */
const ROW = 26;
const ZOOM: [number, number] = [1e-5, 60];
/** How many pixels wide a sheet of paper is. */
const PAPER = 690;
/** Up to how many rows a run is shown whole at first. */
const WHOLE_MAX = 70;

/** `name` is what the run is called where its diagram is one of two, which are moved together. */
export function Diagram({ store, name }: { store: Store; name?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const overview = useRef<HTMLCanvasElement>(null);
  const names = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const control = useRef<Control | null>(null);
  const shown = useMemo(() => signal<Shown>({ arrows: 0, merged: false }), []);

  useEffect(() => {
    const made = new Control(store, canvas.current!, overview.current!, names.current!, frame.current!, shown);
    control.current = made;
    return () => made.stop();
  }, [store]);

  const { columns } = store;
  const isAlone = name === undefined;
  return (
    <section class="diagram" aria-label={isAlone ? 'Space-time diagram' : `Space-time diagram of ${name}`}>
      {isAlone ? <Tools store={store} control={control} shown={shown} /> : null}
      <div class="names" ref={names}>
        {columns.value.map((column, at) => (
          <span key={`${column.label} ${at}`} class="name" data-at={at}>
            {column.folded && column.family !== null ? (
              <button type="button" title={`Open: a column for each of ${column.nodes.length} nodes`} onClick={() => (store.open.value = new Set([...store.open.value, column.family!]))}>
                {column.label}
              </button>
            ) : (
              <b title={column.label}>{column.label}</b>
            )}
            {column.folded ? null : (
              <small>{store.model.log.head.facts.guests[column.label]}</small>
            )}
          </span>
        ))}
      </div>
      <div class="canvas" ref={frame}>
        <canvas ref={canvas} aria-hidden="true" />
        <canvas class="overview" ref={overview} aria-hidden="true" />
        <div class="tip" aria-hidden="true" />
      </div>
      {isAlone ? <Legend /> : null}
    </section>
  );
}

interface Shown {
  arrows: number;
  merged: boolean;
}

function Tools({ store, control, shown }: { store: Store; control: { current: Control | null }; shown: Signal<Shown> }) {
  const { arrows, merged } = shown.value;
  const folded = store.columns.value.filter((column) => column.folded).reduce((sum, column) => sum + column.nodes.length, 0);
  const all = store.model.log.head.nodes.length;
  const opened = [...store.open.value];
  return (
    <div class="tools">
      <button type="button" aria-pressed={store.toScale.value} onClick={() => (store.toScale.value = !store.toScale.value)} title="Time to scale, or idle stretches folded">
        Time to scale
      </button>
      <button type="button" onClick={() => control.current?.whole()} title="The whole run in the window">
        Whole run
      </button>
      <button type="button" aria-label="Zoom in" onClick={() => control.current?.zoomBy(1.6)}>
        +
      </button>
      <button type="button" aria-label="Zoom out" onClick={() => control.current?.zoomBy(1 / 1.6)}>
        −
      </button>
      <span class="note">
        {folded > 0 ? `${all - folded} of ${all} nodes have a column of their own. ` : ''}
        {merged ? `${arrows.toLocaleString('en')} messages in view, merged into bands: zoom in to tell them apart.` : ''}
      </span>
      {opened.map((family) => (
        <button key={family} type="button" onClick={() => (store.open.value = new Set(opened.filter((it) => it !== family)))}>
          Fold {family}
        </button>
      ))}
    </div>
  );
}

function Legend() {
  const rows: [string, string][] = [
    ['load', 'load'],
    ['known', 'known'],
    ['correction', 'correction'],
    ['content', 'content'],
    ['done', 'done'],
    ['lost', 'lost'],
    ['held', 'held'],
    ['way', 'still under way'],
    ['again', 'a copy'],
    ['ignored', 'ignored'],
    ['bent', 'out of order'],
  ];
  return (
    <ul class="legend" aria-label="How messages are drawn">
      {rows.map(([kind, words]) => (
        <li key={kind}>
          <svg width="34" height="10" viewBox="0 0 34 10" class={`sample ${kind}`} aria-hidden="true">
            {kind === 'bent' ? <path d="M1,1 Q7,8 28,8" /> : <line x1="1" y1="5" x2={kind === 'content' ? 25 : kind === 'lost' ? 20 : 28} y2="5" />}
            {kind === 'load' ? <polyline points="26,1 33,5 26,9" /> : null}
            {['known', 'again', 'ignored'].includes(kind) ? <polygon points="33,5 26,1.7 26,8.3" /> : null}
            {kind === 'bent' ? <polygon points="33,8 26,5 26,10" /> : null}
            {kind === 'content' ? <polygon points="33,5 24,0.7 24,9.3" /> : null}
            {kind === 'correction' ? <polygon points="33,5 26,1.7 26,5 19,1.7 19,8.3 26,5 26,8.3" /> : null}
            {kind === 'done' || kind === 'held' ? <line x1={kind === 'done' ? 31 : 28} y1="0.5" x2={kind === 'done' ? 31 : 28} y2="9.5" /> : null}
            {kind === 'way' ? <circle cx="30" cy="5" r="3" /> : null}
            {kind === 'lost' ? <path d="M20,1 l8,8 m0,-8 l-8,8" /> : null}
          </svg>
          {words}
        </li>
      ))}
      <li>
        <svg width="8" height="12" viewBox="0 0 8 12" class="sample connection" aria-hidden="true">
          <path d="M4,1 v10 M1,1 h6 M1,11 h6" />
        </svg>
        connection
      </li>
      <li>
        <svg width="12" height="12" viewBox="0 0 12 12" class="sample deadline" aria-hidden="true">
          <circle cx="6" cy="6" r="4.6" />
          <path d="M6,2.6 V6 H9" />
        </svg>
        deadline
      </li>
    </ul>
  );
}

/** What moves the window over the diagram. */
export class Control {
  private view: View = { top: 0, scale: ROW, left: 0 };
  private readonly painter: Painter;
  private readonly map: Overview;
  private readonly zoom: ZoomBehavior<HTMLCanvasElement, unknown>;
  private readonly stops: (() => void)[] = [];
  private asked = 0;
  private size = { width: 0, height: 0 };

  constructor(
    private readonly store: Store,
    private readonly canvas: HTMLCanvasElement,
    private readonly overview: HTMLCanvasElement,
    private readonly names: HTMLElement,
    private readonly frame: HTMLElement,
    private readonly shown: Signal<Shown>,
  ) {
    this.painter = new Painter(canvas, store);
    this.map = new Overview(overview, store);
    this.zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent(ZOOM)
      // The wheel scrolls; with Ctrl, or two fingers, it zooms.
      .filter((event: Event) => (event.type === 'wheel' ? (event as WheelEvent).ctrlKey || (event as WheelEvent).metaKey : !(event as MouseEvent).button))
      .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => this.zoomed(event));
    const picked = select(canvas);
    picked.call(this.zoom).on('dblclick.zoom', null);
    const listen = (target: EventTarget, type: string, does: (event: never) => void, options?: AddEventListenerOptions): void => {
      target.addEventListener(type, does as EventListener, options);
      this.stops.push(() => target.removeEventListener(type, does as EventListener, options));
    };
    listen(canvas, 'wheel', (event: WheelEvent) => this.wheel(event), { passive: false });
    listen(canvas, 'click', (event: MouseEvent) => this.click(event));
    listen(canvas, 'mousemove', (event: MouseEvent) => this.hover(event));
    listen(canvas, 'mouseleave', () => this.tip(null, 0, 0));
    listen(overview, 'pointerdown', (event: PointerEvent) => {
      overview.setPointerCapture(event.pointerId);
      this.scrub(event.offsetY);
    });
    listen(overview, 'pointermove', (event: PointerEvent) => {
      if (event.buttons === 1) this.scrub(event.offsetY);
    });
    listen(window, 'beforeprint', () => this.forPaper());
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    listen(scheme, 'change', () => {
      this.painter.recolour();
      this.map.recolour();
      this.ask();
    });
    const watch = new ResizeObserver(() => this.resized());
    watch.observe(frame);
    this.stops.push(() => watch.disconnect());
    let heights: object | null = null;
    this.stops.push(
      effect(() => {
        const now = store.heights.value;
        if (heights !== null && heights !== now) queueMicrotask(() => (store.mark.value === null ? this.show(store.selected.value) : this.centre(store.mark.value)));
        heights = now;
      }),
      effect(() => {
        const wish = store.wish.value;
        if (wish) queueMicrotask(() => this.reveal(wish.entry));
      }),
      effect(() => {
        // Whatever of this changes, the diagram is drawn anew.
        void [store.selected.value, store.listed.value, store.coneOf.value, store.columns.value, store.placed.value];
        this.ask();
      }),
      effect(() => {
        const mark = store.mark.value;
        if (mark !== null) queueMicrotask(() => this.centre(mark));
      }),
      effect(() => {
        const view = store.together?.value;
        if (view && (view.top !== this.view.top || view.scale !== this.view.scale)) queueMicrotask(() => this.put(view));
      }),
    );
  }

  stop(): void {
    this.stops.forEach((stop) => stop());
    cancelAnimationFrame(this.asked);
  }

  private resized(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    const isFirst = this.size.height === 0;
    this.size = { width, height };
    this.painter.resize(width, height);
    if (isFirst) {
      const { mark } = this.store;
      if (mark.value !== null) this.centre(mark.value);
      else if (this.store.heights.value.end <= WHOLE_MAX && this.store.heights.value.end * 13 < height) this.whole();
      else this.show(this.store.selected.value);
    }
    this.draw();
  }

  /** On paper the diagram is as it was on the screen, but as narrow as the paper. */
  private forPaper(): void {
    if (this.size.width === 0) return;
    this.draw();
    const diagram = this.frame.parentElement!;
    const put = (name: string, value: string): void => diagram.style.setProperty(name, value);
    put('--width', `${diagram.clientWidth}px`);
    put('--height', `${this.size.height}px`);
    put('--zoom', String(Math.min(1, PAPER / diagram.clientWidth)));
  }

  private ask(): void {
    if (this.asked !== 0) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  /** Draws at once. */
  draw(): void {
    if (this.size.height === 0) return;
    this.painter.draw(this.view);
    this.map.draw(this.view, this.size.height / this.view.scale);
    this.store.columns.value.forEach((_, at) => {
      const name = this.names.children[at] as HTMLElement | undefined;
      if (!name) return;
      const x = this.painter.x(at, this.view);
      const width = this.painter.columnWidth();
      name.style.left = `${x - width / 2}px`;
      name.style.width = `${width}px`;
      name.style.visibility = x < this.painter.axisWidth ? 'hidden' : 'visible';
    });
    const { arrows, merged } = this.painter.shown;
    const { shown } = this;
    if (shown.value.merged !== merged || (merged && shown.value.arrows !== arrows)) shown.value = { arrows, merged };
  }

  /** Moves the window, and with it that of the diagram beside. */
  move(view: Partial<View>): void {
    this.put(view);
    const { together } = this.store;
    if (together) together.value = { top: this.view.top, scale: this.view.scale };
  }

  /** Moves the window, within the run. */
  private put(view: Partial<View>): void {
    const next = { ...this.view, ...view };
    const rows = this.size.height / next.scale;
    const end = this.store.heights.value.end;
    next.top = Math.max(-0.5, Math.min(next.top, Math.max(-0.5, end + 0.5 - rows)));
    next.left = Math.max(0, Math.min(next.left, this.painter.widest() - this.size.width));
    this.view = next;
    // The zoom goes on from where the window is.
    const transform = zoomIdentity.translate(-next.left, -next.top * next.scale).scale(next.scale / ROW);
    (this.canvas as unknown as { __zoom: unknown }).__zoom = transform;
    this.ask();
  }

  private zoomed(event: D3ZoomEvent<HTMLCanvasElement, unknown>): void {
    const { k, x, y } = event.transform;
    const scale = k * ROW;
    // Zooming is about time alone: columns stay where they are.
    const left = scale === this.view.scale ? -x : this.view.left;
    if (event.sourceEvent) this.tip(null, 0, 0);
    this.move({ scale, top: -y / scale, left });
  }

  private wheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? this.size.height : 1;
    const sideways = event.shiftKey && event.deltaX === 0;
    this.move({
      top: this.view.top + (sideways ? 0 : (event.deltaY * unit) / this.view.scale),
      left: this.view.left + (sideways ? event.deltaY : event.deltaX) * unit,
    });
  }

  zoomBy(factor: number): void {
    const scale = Math.max(ZOOM[0] * ROW, Math.min(ZOOM[1] * ROW, this.view.scale * factor));
    const middle = this.view.top + this.size.height / this.view.scale / 2;
    this.move({ scale, top: middle - this.size.height / scale / 2 });
  }

  /** The whole run in the window, as large as it is legible. */
  whole(): void {
    const end = this.store.heights.value.end;
    this.move({ top: -0.3, scale: Math.min(ROW * 1.8, this.size.height / (end + 0.6)) });
  }

  /** An entry in the middle, at a size at which it can be read. */
  show(entry: number): void {
    const scale = ROW;
    this.move({ scale, top: this.store.heights.value.entry(entry) - (this.size.height / scale) * 0.6 });
    this.sideways(entry);
  }

  /** A height in the middle, at a size at which it can be read. */
  private centre(height: number): void {
    if (this.size.height === 0) return;
    const scale = Math.max(ROW * 0.6, this.view.scale);
    this.move({ scale, top: height - this.size.height / scale / 2 });
    this.sideways(this.store.selected.value);
  }

  /** Moves as little as is needed for an entry to be seen. */
  private reveal(entry: number): void {
    if (this.size.height === 0 || this.store.mark.value !== null) return;
    const row = this.store.heights.value.entry(entry);
    const rows = this.size.height / this.view.scale;
    const margin = Math.min(rows / 3, 60 / this.view.scale);
    if (row < this.view.top + margin) this.move({ top: row - margin });
    else if (row > this.view.top + rows - margin) this.move({ top: row - rows + margin });
    this.sideways(entry);
  }

  private sideways(entry: number): void {
    const node = this.store.model.log.where(entry);
    if (node === NOTHING) return;
    const x = this.painter.x(this.store.columnOf.value[node], this.view);
    const margin = this.painter.columnWidth() / 2;
    const first = this.painter.axisWidth + margin;
    if (x < first) this.move({ left: this.view.left + x - first });
    else if (x > this.size.width - margin) this.move({ left: this.view.left + x - this.size.width + margin });
  }

  private scrub(y: number): void {
    const row = this.map.row(y, this.overview.clientHeight);
    this.move({ top: row - this.size.height / this.view.scale / 2 });
    const step = Math.max(0, this.store.heights.value.stepAt(row));
    this.store.select(this.store.model.headline(step), false);
  }

  private click(event: MouseEvent): void {
    const found = this.painter.at(event.offsetX, event.offsetY);
    if (found !== undefined) return this.store.select(found, false);
    // Beside everything: the moment is what is asked for.
    const step = this.store.heights.value.stepAt(this.view.top + event.offsetY / this.view.scale);
    if (step >= 0) this.store.select(this.store.model.headline(step), false);
  }

  private hover(event: MouseEvent): void {
    if (event.buttons !== 0) return;
    const found = this.painter.at(event.offsetX, event.offsetY);
    this.tip(found ?? null, event.offsetX, event.offsetY);
  }

  private tip(entry: number | null, x: number, y: number): void {
    const tip = this.frame.querySelector<HTMLElement>('.tip')!;
    tip.style.display = entry === null ? 'none' : 'block';
    this.canvas.style.cursor = entry === null ? '' : 'pointer';
    if (entry === null) return;
    tip.textContent = said(this.store.model.log, entry);
    const half = this.size.width / 2;
    tip.style.left = x < half ? `${x + 14}px` : '';
    tip.style.right = x < half ? '' : `${this.frame.clientWidth - x + 14}px`;
    tip.style.left ||= 'auto';
    tip.style.right ||= 'auto';
    tip.style.top = `${y + 14}px`;
  }
}
