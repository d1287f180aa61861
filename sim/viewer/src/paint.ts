// Draws the space-time diagram: only what the window shows of it. Nothing here changes what is shown.
import { END } from './arrows';
import { NOTHING } from './data';
import type { DiskSpell } from './spells';
import { place, type Store } from './store';
import { brief, span, time, timerInWords } from './words';

/** What the window shows: from which row on, how many pixels a row has, and how far it is moved to the left. */
export interface View {
  top: number;
  scale: number;
  left: number;
}

const STRIP = 12;
/** From how many arrows on they are drawn as bands. */
export const ARROWS_MAX = 2000;
/** The height of a band, in pixels. */
const BAND = 34;
/** From how many arrows on those that reach far beyond the window are drawn at their ends only. */
const STUBS_MIN = 60;
/** Below how many pixels a row nothing is called by its name. */
const NAMED_MIN = 9;
const LINE = 13;

interface Hit {
  entry: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface Palette {
  [name: string]: string;
}

const COLOURS = ['bg', 'panel', 'line', 'grid', 'text', 'muted', 'accent', 'bad', 'known', 'load', 'content', 'correction', 'done', 'other', 'shade', 'changed'];

export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Places for labels, so that none lies over another: boxes by the row of pixels in which their middle is. */
class Room {
  private readonly rows = new Map<number, { from: number; to: number; y: number }[]>();

  /** Takes all of these places, or none where one is taken. Each is `[from, to, middle]`. */
  take(places: [number, number, number][]): boolean {
    for (const [from, to, y] of places) {
      const row = Math.floor(y / LINE);
      for (let near = row - 1; near <= row + 1; near++) {
        for (const it of this.rows.get(near) ?? []) {
          if (from < it.to && to > it.from && Math.abs(y - it.y) < LINE) return false;
        }
      }
    }
    for (const [from, to, y] of places) {
      const row = Math.floor(y / LINE);
      const taken = this.rows.get(row);
      if (taken) taken.push({ from, to, y });
      else this.rows.set(row, [{ from, to, y }]);
    }
    return true;
  }
}

export class Painter {
  private readonly context: CanvasRenderingContext2D;
  private colours: Palette = palette();
  private hits: Hit[] = [];
  private room = new Room();
  private width = 0;
  private height = 0;
  private fitting = new Uint8Array(0);
  private fittingOf: Uint32Array | null = null;
  private bands = new Uint32Array(0);
  /** Of what they were counted: while the window stays, so do they. */
  private bandsOf: unknown[] = [];
  private readonly hatches = new Map<string, CanvasPattern | null>();
  /** How many arrows are in the window, and whether they are drawn as bands. */
  shown = { arrows: 0, merged: false };

  /** How wide the axis is: as the longest time. */
  readonly axisWidth: number;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly store: Store,
  ) {
    this.context = canvas.getContext('2d')!;
    const { log } = store.model;
    const longest = log.length > 0 ? `${Math.floor(log.at[log.length - 1] / 1e6)}.000000s`.length : 0;
    this.axisWidth = Math.max(72, longest * 6.8 + STRIP + 14);
  }

  recolour(): void {
    this.colours = palette();
    this.hatches.clear();
  }

  resize(width: number, height: number): void {
    const ratio = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** How wide a column is. */
  columnWidth(): number {
    const columns = this.store.columns.value.length;
    return Math.max(96, Math.min(280, (this.width - this.axisWidth - 8) / Math.max(1, columns)));
  }

  /** The middle of a column. */
  x(column: number, view: View): number {
    return this.axisWidth + this.columnWidth() * (column + 0.5) - view.left;
  }

  widest(): number {
    return this.axisWidth + 8 + this.columnWidth() * this.store.columns.value.length;
  }

  draw(view: View): void {
    const { context: c, width, height } = this;
    c.clearRect(0, 0, width, height);
    c.font = '11px system-ui, sans-serif';
    c.textBaseline = 'middle';
    this.hits = [];
    this.room = new Room();
    this.fit();
    const from = view.top;
    const to = view.top + height / view.scale;
    this.folds(view, from, to);
    c.save();
    c.beginPath();
    c.rect(this.axisWidth - STRIP, 0, width, height);
    c.clip();
    this.lifelines(view);
    this.broken(view);
    this.arrows(view, from, to);
    this.markers(view, from, to);
    c.restore();
    this.axis(view, from, to);
    this.looks(view, from, to);
    this.now(view);
  }

  /** The entry that is drawn nearest to a point, if any is near. */
  at(x: number, y: number): number | undefined {
    let best = 9;
    let found: number | undefined;
    for (const { entry, x1, y1, x2, y2 } of this.hits) {
      const dx = x2 - x1;
      const dy = y2 - y1;
      const length = dx * dx + dy * dy;
      const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length));
      // A point wins over an arrow that passes by.
      const distance = Math.hypot(x - x1 - along * dx, y - y1 - along * dy) + (length === 0 ? 0 : 2);
      if (distance < best) {
        best = distance;
        found = entry;
      }
    }
    return found;
  }

  /** Which entries fit the filter. */
  private fit(): void {
    const listed = this.store.listed.value;
    if (this.fittingOf === listed) return;
    this.fittingOf = listed;
    this.fitting = new Uint8Array(this.store.model.log.length);
    for (const entry of listed) this.fitting[entry] = 1;
  }

  /** How strongly an entry is drawn: weakly where it is not what is looked for. */
  private strength(entry: number): number {
    const { store } = this;
    if (store.isFiltered.value && !this.fitting[entry]) return 0.14;
    const cone = store.coneOf.value;
    return cone && !cone(store.model.steps.of[entry]) ? 0.14 : 1;
  }

  private label(text: string, x: number, y: number, colour: string, align: 'left' | 'right' | 'center' = 'left', most = Infinity): boolean {
    const { context: c } = this;
    if (text === '' || y < 4 || y > this.height + 4) return false;
    let shown = text;
    let width = c.measureText(shown).width;
    if (width > most) {
      const keep = Math.floor((shown.length * most) / width) - 1;
      if (keep < 4) return false;
      shown = `${shown.slice(0, keep)}…`;
      width = c.measureText(shown).width;
    }
    const start = align === 'left' ? x : align === 'right' ? x - width : x - width / 2;
    if (!this.room.take([[start - 3, start + width + 3, y]])) return false;
    c.textAlign = 'left';
    c.lineWidth = 4;
    c.lineJoin = 'round';
    c.strokeStyle = this.colours.bg;
    c.strokeText(shown, start, y);
    c.fillStyle = colour;
    c.fillText(shown, start, y);
    return true;
  }

  /** A label along a line, above its middle, if it fits there. */
  private along(text: string, x1: number, y1: number, x2: number, y2: number, colour: string): void {
    const { context: c } = this;
    const [fromX, fromY, toX, toY] = x1 < x2 ? [x1, y1, x2, y2] : [x2, y2, x1, y1];
    const length = Math.hypot(toX - fromX, toY - fromY);
    const slope = Math.atan2(toY - fromY, toX - fromX);
    const most = Math.abs(slope) > 1 ? Infinity : length - 36;
    let shown = text;
    let width = c.measureText(shown).width;
    if (width > most) {
      const keep = Math.floor((shown.length * most) / width) - 1;
      if (keep < 5) return;
      shown = `${shown.slice(0, keep)}…`;
      width = c.measureText(shown).width;
    }
    // In the middle, or nearer to one end where the middle is taken.
    for (const part of [0.5, 0.32, 0.68]) {
      const x = fromX + (toX - fromX) * part;
      const y = fromY + (toY - fromY) * part;
      if (y < -10 || y > this.height + 10) continue;
      if (Math.abs(slope) > 1) {
        if (this.label(shown, x + 6, y, colour)) return;
        continue;
      }
      if (Math.abs(part - 0.5) * length + width / 2 > length / 2 - 10) continue;
      const [cos, sin] = [Math.cos(slope), Math.sin(slope)];
      const places: [number, number, number][] = [];
      for (let at = -width / 2; at < width / 2; at += 22) {
        const end = Math.min(at + 22, width / 2);
        const middle = (at + end) / 2;
        places.push([x + at * cos + 7 * sin, x + end * cos + 7 * sin, y + middle * sin - 7 * cos]);
      }
      if (!this.room.take(places)) continue;
      c.save();
      c.translate(x, y);
      c.rotate(slope);
      c.textAlign = 'left';
      c.lineWidth = 3;
      c.lineJoin = 'round';
      c.strokeStyle = this.colours.bg;
      c.strokeText(shown, -width / 2, -7);
      c.fillStyle = colour;
      c.fillText(shown, -width / 2, -7);
      c.restore();
      return;
    }
  }

  private y(row: number, view: View): number {
    return (row - view.top) * view.scale;
  }

  /** Where an entry stands; -1 is the top, the number of entries the bottom. */
  private yOf(entry: number, view: View): number {
    if (entry < 0) return this.y(0, view);
    if (entry >= this.store.model.log.length) return this.y(this.store.heights.value.end, view);
    return this.y(this.store.heights.value.entry(entry), view);
  }

  private folds(view: View, from: number, to: number): void {
    const { context: c, colours } = this;
    c.fillStyle = colours.changed;
    for (const [top, bottom] of this.store.heights.value.apart(from, to)) {
      c.fillRect(0, this.y(top, view), this.width, Math.max(1, (bottom - top) * view.scale));
    }
    for (const fold of this.store.heights.value.folds) {
      if (fold.bottom < from || fold.top > to) continue;
      const middle = this.y((fold.top + fold.bottom) / 2, view);
      const half = Math.min(7, ((fold.bottom - fold.top) * view.scale) / 2 - 2);
      if (half < 2) continue;
      c.fillStyle = colours.shade;
      c.fillRect(0, middle - half, this.width, half * 2);
    }
  }

  private hatch(kind: string): CanvasPattern | string {
    const known = this.hatches.get(kind);
    if (known) return known;
    const tile = document.createElement('canvas');
    const ratio = window.devicePixelRatio || 1;
    const size = kind === 'down' ? 6 : 8;
    tile.width = tile.height = Math.round(size * ratio);
    const c = tile.getContext('2d')!;
    c.scale(ratio, ratio);
    c.strokeStyle = this.colours.muted;
    c.fillStyle = this.colours.muted;
    c.lineWidth = kind === 'down' ? 1.6 : 1;
    if (kind === 'offline') {
      c.fillRect(1, 1, 2, 2);
      c.fillRect(5, 5, 2, 2);
    } else {
      c.beginPath();
      const lines = kind === 'asleep' ? [[0, size, size, 0]] : [[0, 0, size, size]];
      for (const [x1, y1, x2, y2] of lines) {
        for (const shift of [-size, 0, size]) {
          c.moveTo(x1 + shift, y1);
          c.lineTo(x2 + shift, y2);
        }
      }
      c.stroke();
    }
    const pattern = this.context.createPattern(tile, 'repeat');
    pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
    this.hatches.set(kind, pattern);
    return pattern ?? this.colours.muted;
  }

  private lifelines(view: View): void {
    const { context: c, colours, store } = this;
    const { log, spells } = store.model;
    const columnOf = store.columnOf.value;
    const columns = store.columns.value;
    const bottom = Math.min(this.height, this.y(store.heights.value.end, view));
    const top = Math.max(0, this.y(0, view));
    columns.forEach((column, at) => {
      const x = this.x(at, view);
      if (x < this.axisWidth - 60 || x > this.width + 60) return;
      c.strokeStyle = colours.line;
      c.lineWidth = column.folded ? 5 : 1.5;
      c.beginPath();
      c.moveTo(x, top);
      c.lineTo(x, bottom);
      c.stroke();
    });
    const seen = (y1: number, y2: number): boolean => y2 >= 0 && y1 <= this.height;
    const single = (node: number): number | null => (columns[columnOf[node]]?.folded ? null : columnOf[node]);
    for (const spell of spells.spells) {
      const column = single(spell.node);
      const y1 = this.yOf(spell.from, view);
      const y2 = this.yOf(spell.to, view);
      if (column === null || !seen(y1, y2)) continue;
      const x = this.x(column, view);
      const [a, b] = [Math.max(-20, y1), Math.min(this.height + 20, y2)];
      c.fillStyle = colours.bg;
      c.fillRect(x - 9, a, 18, b - a);
      c.fillStyle = this.hatch(spell.kind);
      c.globalAlpha = 0.75;
      c.fillRect(x - 9, a, 18, b - a);
      c.globalAlpha = 1;
      c.strokeStyle = colours.muted;
      c.lineWidth = 1;
      c.strokeRect(x - 9, a, 18, b - a);
      const word = spell.kind === 'absent' ? 'not there yet' : spell.kind;
      if (b - a > c.measureText(word).width + 14) {
        c.save();
        c.translate(x, (Math.max(0, a) + Math.min(this.height, b)) / 2);
        c.rotate(-Math.PI / 2);
        c.textAlign = 'center';
        c.lineWidth = 5;
        c.strokeStyle = colours.bg;
        c.strokeText(word, 0, 0);
        c.fillStyle = colours.text;
        c.fillText(word, 0, 0);
        c.restore();
      }
    }
    this.connections(view, seen, single);
    for (const wall of spells.walls) {
      const y1 = this.yOf(wall.start, view);
      const y2 = this.yOf(wall.end, view);
      if (!seen(y1, y2)) continue;
      for (const [node, other] of [[wall.from, wall.to], [wall.to, wall.from]]) {
        const column = single(node);
        if (column === null) continue;
        const side = columnOf[other] > column ? 1 : -1;
        this.wall(this.x(column, view) + side * 22, y1, y2, `${wall.bothWays ? 'no way to' : node === wall.from ? 'nothing to' : 'nothing from'} ${log.nodeName(other)}`);
      }
    }
    for (const disk of spells.disks) this.disk(disk, view, seen, single(disk.node));
    for (const clock of spells.clocks) {
      const column = single(clock.node);
      if (column === null) continue;
      const y = clock.at < 0 ? Math.max(10, this.y(0, view) + 10) : this.yOf(clock.at, view);
      if (y >= 0 && y <= this.height) this.label(`◷ ${clock.words}`, this.x(column, view) + 12, y, colours.correction);
    }
  }

  /** A disk that does not write, as a bar on the other side of the column than connections. */
  private disk({ words, from, until }: DiskSpell, view: View, seen: (y1: number, y2: number) => boolean, column: number | null): void {
    const { context: c, colours, store } = this;
    const heights = store.heights.value;
    const y1 = this.yOf(from, view);
    const y2 = Math.max(y1 + 2, this.y(until === Infinity ? heights.end : heights.time(until), view));
    if (column === null || !seen(y1, y2)) return;
    const [x, a, b] = [this.x(column, view) + 12, Math.max(-10, y1), Math.min(this.height + 10, y2)];
    c.fillStyle = colours.correction;
    c.fillRect(x, a, 4, b - a);
    if (b - a > 20) this.label(words, x + 7, Math.max(8, y1 + 12), colours.correction);
  }

  private wall(x: number, y1: number, y2: number, words: string): void {
    const { context: c, colours } = this;
    const [a, b] = [Math.max(-10, y1), Math.min(this.height + 10, y2)];
    c.fillStyle = colours.bg;
    c.fillRect(x - 3, a, 6, b - a);
    c.strokeStyle = colours.text;
    c.lineWidth = 1;
    c.strokeRect(x - 3, a, 6, b - a);
    c.beginPath();
    const first = Math.max(0, Math.floor((a - y1) / 8));
    for (let brick = first; y1 + brick * 8 < b; brick++) {
      const y = y1 + brick * 8;
      if (y < a) continue;
      c.moveTo(x - 3, y);
      c.lineTo(x + 3, y);
    }
    c.stroke();
    if (b - a > 20) this.label(words, x + 7, Math.max(8, y1 + 20), colours.text);
  }

  private connections(view: View, seen: (y1: number, y2: number) => boolean, single: (node: number) => number | null): void {
    const { context: c, colours, store } = this;
    const { log, spells } = store.model;
    if (store.columns.value.length > 14) return;
    const lanes = new Map<number, number[]>();
    // A node with many connections would have a wall of lanes: it has none.
    const peers = new Map<number, Set<number>>();
    for (const { node, peer } of spells.connections) peers.set(node, (peers.get(node) ?? new Set()).add(peer));
    for (const connection of spells.connections) {
      if (peers.get(connection.node)!.size > 4) continue;
      const column = single(connection.node);
      if (column === null) continue;
      const lane = lanes.get(connection.node) ?? [];
      if (!lane.includes(connection.peer)) lane.push(connection.peer);
      lanes.set(connection.node, lane);
      const place = lane.indexOf(connection.peer);
      const y1 = this.yOf(connection.from, view);
      const y2 = this.yOf(connection.to, view);
      if (!seen(y1, y2)) continue;
      const x = this.x(column, view) - 13 - place * 5;
      const [a, b] = [Math.max(-10, y1), Math.min(this.height + 10, y2)];
      c.strokeStyle = colours.line;
      c.lineWidth = 3;
      c.beginPath();
      c.moveTo(x, a);
      c.lineTo(x, b);
      c.stroke();
      c.lineWidth = 1;
      c.strokeStyle = colours.muted;
      c.beginPath();
      for (const y of [y1, y2]) {
        c.moveTo(x - 2.5, y);
        c.lineTo(x + 2.5, y);
      }
      c.stroke();
      const { selected } = store;
      const isConcerned = log.where(selected.value) === connection.node && b - a > 60;
      if (isConcerned && a < 0) this.label(`#${connection.epoch} ${log.nodeName(connection.peer)}`, x - 5, 10 + place * LINE, colours.muted, 'right');
    }
  }

  private arrows(view: View, from: number, to: number): void {
    const { store } = this;
    const visible: number[] = [];
    let count = 0;
    const { placed, columnOf } = store;
    const of = columnOf.value;
    const { arrows } = store.model;
    placed.value.between(from, to, (arrow) => {
      if (of[arrows.from[arrow]] === of[arrows.to[arrow]]) return;
      count += 1;
      if (count <= ARROWS_MAX) visible.push(arrow);
    });
    this.shown = { arrows: count, merged: count > ARROWS_MAX };
    if (count > ARROWS_MAX) this.merged(view, from, to);
    else {
      // What is weak lies under what is not.
      const weak = visible.filter((arrow) => this.strengthOf(arrow) < 1);
      const strong = visible.filter((arrow) => this.strengthOf(arrow) === 1);
      const far = visible.length > STUBS_MIN ? this.height * 0.75 : Infinity;
      for (const arrow of [...weak, ...strong]) {
        const named = view.scale >= NAMED_MIN && this.strengthOf(arrow) === 1;
        if ((placed.value.bottom[arrow] - placed.value.top[arrow]) * view.scale > far && !this.isSelected(arrow)) this.stubs(arrow, view, named);
        else this.arrow(arrow, view, named);
      }
    }
  }

  /** What a message says, and who of a folded column it is. */
  private brief(arrow: number, entry: number): string {
    const { arrows, log } = this.store.model;
    const columns = this.store.columns.value;
    const of = this.store.columnOf.value;
    const folded = [arrows.from[arrow], arrows.to[arrow]].find((node) => columns[of[node]]?.folded);
    const text = brief(log.line(entry).message);
    return folded === undefined ? text : `${log.nodeName(folded)}: ${text}`;
  }

  private isSelected(arrow: number): boolean {
    const { arrows } = this.store.model;
    const selected = this.store.selected.value;
    return arrows.arrived[arrow] === selected || (arrows.sent[arrow] === selected && arrows.again[arrow] === 0);
  }

  /** The ends of an arrow that reaches far: a little of its way from whom, and a little of its way to whom. */
  private stubs(arrow: number, view: View, named: boolean): void {
    const { context: c, colours, store } = this;
    const { arrows, log } = store.model;
    const placed = store.placed.value;
    const columnOf = store.columnOf.value;
    const x1 = this.x(columnOf[arrows.from[arrow]], view);
    const x2 = this.x(columnOf[arrows.to[arrow]], view);
    const side = x2 > x1 ? 1 : -1;
    const reach = side * Math.min(210, Math.abs(x2 - x1) * 0.46);
    const says = log.head.says[arrows.says[arrow]];
    const entry = this.entryOf(arrow);
    const sent = arrows.sent[arrow];
    const colour = colours[says] ?? colours.known;
    const strength = this.strengthOf(arrow);
    const text = named ? this.brief(arrow, sent >= 0 ? sent : entry) : '';
    const stub = (fromX: number, fromY: number, toX: number, toY: number, arrives: boolean): void => {
      if (Math.max(fromY, toY) < 0 || Math.min(fromY, toY) > this.height) return;
      const fade = c.createLinearGradient(fromX, 0, toX, 0);
      fade.addColorStop(arrives ? 0 : 1, 'transparent');
      fade.addColorStop(arrives ? 0.5 : 0.5, colour);
      c.globalAlpha = strength;
      c.strokeStyle = fade;
      c.fillStyle = colour;
      c.lineWidth = says === 'content' ? 2.2 : 1.3;
      c.beginPath();
      c.moveTo(fromX, fromY);
      c.lineTo(toX, toY);
      c.stroke();
      c.strokeStyle = colour;
      if (arrives) this.head(toX, toY, Math.atan2(toY - fromY, toX - fromX), says, arrows.end[arrow], arrows.again[arrow] === 1);
      this.hits.push({ entry, x1: fromX, y1: fromY, x2: toX, y2: toY });
      if (text !== '') this.along(text, fromX, fromY, toX, toY, colours.text);
      c.globalAlpha = 1;
    };
    const top = this.y(placed.top[arrow], view);
    const bottom = this.y(placed.bottom[arrow], view);
    stub(x1, top, x1 + reach, top + 10, false);
    stub(x2 - reach, bottom - 10, x2 - side * 6, bottom, true);
  }

  private entryOf(arrow: number): number {
    const { arrows } = this.store.model;
    return arrows.arrived[arrow] >= 0 ? arrows.arrived[arrow] : arrows.sent[arrow];
  }

  private strengthOf(arrow: number): number {
    const entry = this.entryOf(arrow);
    const { log } = this.store.model;
    // A message under way is no entry that people see: it is drawn as long as nothing is looked for.
    if (!log.is(entry, 'told') && this.store.isFiltered.value) return 0.14;
    return this.strength(entry);
  }

  private arrow(arrow: number, view: View, named: boolean): void {
    const { context: c, colours, store } = this;
    const { arrows, log } = store.model;
    const placed = store.placed.value;
    const columnOf = store.columnOf.value;
    const entry = this.entryOf(arrow);
    const sent = arrows.sent[arrow];
    const end = arrows.end[arrow];
    const x1 = this.x(columnOf[arrows.from[arrow]], view);
    const xTo = this.x(columnOf[arrows.to[arrow]], view);
    const y1 = this.y(placed.top[arrow], view);
    const y2 = this.y(placed.bottom[arrow], view);
    const side = xTo > x1 ? 1 : -1;
    const is = (flag: string): boolean => log.is(entry, flag) || (sent >= 0 && log.is(sent, flag));
    // What never arrives ends on its way.
    const stops = end === END.lost || end === END.held || end === END.gone;
    const reach = stops ? Math.min(0.55, 90 / Math.abs(xTo - x1)) : 1;
    const x2 = x1 + (xTo - x1) * reach - (stops ? 0 : side * 6);
    const yEnd = stops ? y1 + Math.min(y2 - y1, view.scale) * 0.6 : y2;
    const says = log.head.says[arrows.says[arrow]];
    const again = arrows.again[arrow] === 1;
    const isSelected = this.isSelected(arrow);
    const colour = end === END.lost || end === END.gone ? colours.bad : (colours[says] ?? colours.known);
    c.globalAlpha = Math.max(this.strengthOf(arrow), isSelected ? 1 : 0);
    const path = (): void => {
      c.beginPath();
      c.moveTo(x1, y1);
      if (is('reordered') && !stops) c.quadraticCurveTo(x1 + (x2 - x1) * 0.25, y1 + (yEnd - y1) * 0.9, x2, yEnd);
      else c.lineTo(x2, yEnd);
    };
    if (isSelected) {
      c.strokeStyle = colours.accent;
      c.globalAlpha = 0.25;
      c.lineWidth = 9;
      path();
      c.stroke();
      c.globalAlpha = 1;
    }
    c.strokeStyle = colour;
    c.fillStyle = colour;
    c.lineWidth = says === 'content' ? 2.2 : 1.3;
    const dashes: Record<string, number[]> = { load: [6, 4], done: [1.5, 3.5] };
    c.setLineDash(end === END.underWay ? [2, 5] : again ? [10, 3, 2, 3] : (dashes[says] ?? []));
    path();
    c.stroke();
    c.setLineDash([]);
    const angle = Math.atan2(yEnd - y1, x2 - x1);
    this.head(x2, yEnd, angle, says, end, again || is('stale'));
    if (view.scale >= 3 || isSelected) this.hits.push({ entry, x1, y1, x2, y2: yEnd });
    if (named || isSelected) {
      const marks = [
        end === END.lost ? log.head.losses[log.detail[sent]] : '',
        end === END.held ? 'held' : '',
        end === END.gone ? 'gone with its connection' : '',
        end === END.underWay ? 'still under way' : '',
        again ? 'again' : '',
        is('reordered') && !stops ? 'out of order' : '',
        log.is(entry, 'damaged') && !stops ? 'damaged' : '',
        log.is(entry, 'stale') ? 'ignored' : '',
      ].filter(Boolean);
      const text = this.brief(arrow, sent >= 0 ? sent : entry) + (marks.length > 0 ? ` (${marks.join(', ')})` : '');
      if (stops) this.label(text, x2 + side * 9, yEnd, end === END.held ? colours.text : colours.bad, side > 0 ? 'left' : 'right');
      else {
        // A bent one is as steep in its middle as a straight one, but lies elsewhere.
        const bent = is('reordered') ? 0.5 : 0;
        const [dx, dy] = [(x2 - x1) * -0.25 * bent, (yEnd - y1) * 0.4 * bent];
        this.along(text, x1 + dx, y1 + dy, x2 + dx, yEnd + dy, colours.text);
      }
    }
    c.globalAlpha = 1;
  }

  /** The end of an arrow, by what it says and how it ends. */
  private head(x: number, y: number, angle: number, says: string, end: number, hollow: boolean): void {
    const { context: c } = this;
    c.save();
    c.translate(x, y);
    c.rotate(angle);
    c.lineWidth = 1.6;
    c.beginPath();
    if (end === END.lost || end === END.gone) {
      c.moveTo(-4, -4);
      c.lineTo(4, 4);
      c.moveTo(4, -4);
      c.lineTo(-4, 4);
      c.stroke();
    } else if (end === END.held) {
      c.moveTo(0, -6);
      c.lineTo(0, 6);
      c.stroke();
    } else if (end === END.underWay) {
      c.arc(-3, 0, 3, 0, Math.PI * 2);
      c.stroke();
    } else if (says === 'load') {
      c.moveTo(-7, -4);
      c.lineTo(0, 0);
      c.lineTo(-7, 4);
      c.stroke();
    } else if (says === 'done') {
      c.moveTo(-1, -4.5);
      c.lineTo(-1, 4.5);
      c.stroke();
    } else {
      const large = says === 'content' ? 9 : 7;
      c.moveTo(0, 0);
      c.lineTo(-large, -large / 2.1);
      c.lineTo(-large, large / 2.1);
      c.closePath();
      if (says === 'correction') {
        c.moveTo(-large, 0);
        c.lineTo(-2 * large, -large / 2.1);
        c.lineTo(-2 * large, large / 2.1);
        c.closePath();
      }
      if (hollow) {
        c.fillStyle = this.colours.bg;
        c.fill();
        c.stroke();
      } else c.fill();
    }
    c.restore();
  }

  /** Many arrows at once: how many go from where to where, how many of them are lost, and what most of them say. */
  private merged(view: View, from: number, to: number): void {
    const { context: c, colours, store } = this;
    const { arrows, log } = store.model;
    const columns = store.columns.value.length;
    const of = store.columnOf.value;
    const placed = store.placed.value;
    const kinds = log.head.says.length;
    const bands = Math.ceil(this.height / BAND) + 2;
    const slots = kinds + 1;
    const base = Math.floor((view.top * view.scale) / BAND);
    const faint = store.isFiltered.value || store.coneOf.value !== null;
    const bandsOf = [placed, of, from, to, bands, faint, this.fitting, store.coneOf.value];
    const isCounted = bandsOf.every((it, at) => it === this.bandsOf[at]);
    this.bandsOf = bandsOf;
    const size = bands * columns * columns * slots;
    if (!isCounted) {
      if (this.bands.length < size) this.bands = new Uint32Array(size);
      else this.bands.fill(0, 0, size);
    }
    const count = (arrow: number): void => {
      const [a, b] = [of[arrows.from[arrow]], of[arrows.to[arrow]]];
      if (a === b || (faint && this.strengthOf(arrow) < 1)) return;
      const middle = ((placed.top[arrow] + Math.min(placed.bottom[arrow], to)) / 2) * view.scale;
      const band = Math.floor(middle / BAND) - base;
      if (band < 0 || band >= bands) return;
      const slot = ((band * columns + a) * columns + b) * slots;
      this.bands[slot + arrows.says[arrow]] += 1;
      if (arrows.end[arrow] === END.lost || arrows.end[arrow] === END.gone) this.bands[slot + kinds] += 1;
    };
    if (!isCounted) placed.between(from, to, count);
    for (let band = 0; band < bands; band++) {
      for (let a = 0; a < columns; a++) {
        for (let b = 0; b < columns; b++) {
          const slot = ((band * columns + a) * columns + b) * slots;
          let total = 0;
          let most = 0;
          for (let kind = 0; kind < kinds; kind++) {
            total += this.bands[slot + kind];
            if (this.bands[slot + kind] > this.bands[slot + most]) most = kind;
          }
          if (total > 0) this.band(a, b, (band + base + 0.5) * BAND - view.top * view.scale, total, this.bands[slot + kinds], log.head.says[most], view);
        }
      }
    }
    c.globalAlpha = 1;
    c.fillStyle = colours.text;
  }

  private band(a: number, b: number, middle: number, total: number, lost: number, says: string, view: View): void {
    const { context: c, colours } = this;
    const side = b > a ? 1 : -1;
    const y = middle + side * -8;
    const x1 = this.x(a, view) + side * 4;
    const x2 = this.x(b, view) - side * 4;
    const thick = Math.min(8, 1 + Math.log2(total));
    c.globalAlpha = 0.55;
    c.fillStyle = colours[says] ?? colours.known;
    c.beginPath();
    c.moveTo(x1, y - thick / 4);
    c.lineTo(x2 - side * 7, y - thick / 2);
    c.lineTo(x2, y);
    c.lineTo(x2 - side * 7, y + thick / 2);
    c.lineTo(x1, y + thick / 4);
    c.closePath();
    c.fill();
    c.globalAlpha = 1;
    if (Math.abs(x2 - x1) < 40) return;
    const words = `${total}${lost > 0 ? `, ${lost} lost` : ''}`;
    this.label(words, (x1 + x2) / 2, y, lost > 0 ? colours.bad : colours.text, 'center', Math.abs(x2 - x1));
  }

  private markers(view: View, from: number, to: number): void {
    const { context: c, store, colours } = this;
    const { log, steps, told } = store.model;
    const heights = store.heights.value;
    const columnOf = store.columnOf.value;
    const first = Math.max(0, heights.stepAt(from) - 1);
    const last = heights.stepAt(to) + 1;
    const start = place(told, steps.first[first]);
    const stop = last >= steps.length ? told.length : place(told, steps.first[last]);
    const { delivered, sent } = log.KIND;
    const dense = stop - start > 4000;
    const taken = new Uint8Array(dense ? (this.height + 2) * store.columns.value.length : 0);
    for (let t = start; t < stop; t++) {
      const entry = told[t];
      const kind = log.kind[entry];
      if (kind === delivered || kind === sent) continue;
      const node = log.node[entry];
      if (node === NOTHING) {
        if (!dense) this.everywhere(entry, view);
        continue;
      }
      const column = columnOf[node];
      const x = this.x(column, view);
      const y = this.y(heights.entry(entry), view);
      if (y < -8 || y > this.height + 8) continue;
      const strength = this.strength(entry);
      if (dense) {
        const slot = Math.max(0, Math.round(y)) * store.columns.value.length + column;
        if (taken[slot]) continue;
        taken[slot] = 1;
        c.globalAlpha = strength;
        c.fillStyle = colours.muted;
        c.fillRect(x - 3, y, 6, 1);
        continue;
      }
      c.globalAlpha = entry === store.selected.value ? 1 : strength;
      this.marker(entry, x, y, view);
      c.globalAlpha = 1;
      if (view.scale >= 3) this.hits.push({ entry, x1: x, y1: y, x2: x, y2: y });
    }
    c.globalAlpha = 1;
  }

  /** What happens to no node in particular. */
  private everywhere(entry: number, view: View): void {
    const { context: c, colours, store } = this;
    const { log } = store.model;
    const y = this.y(store.heights.value.entry(entry), view);
    if (y < -8 || y > this.height + 8) return;
    const kind = log.head.kinds[log.kind[entry]];
    c.strokeStyle = colours.muted;
    c.setLineDash([2, 4]);
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(this.axisWidth, y);
    c.lineTo(this.width, y);
    c.stroke();
    c.setLineDash([]);
    if (view.scale < NAMED_MIN) return;
    const line = log.line(entry);
    const text = kind === 'liveness' ? 'the faults end' : (line.text ?? line.why ?? '');
    this.label(text, this.width - 14, y - 8, colours.muted, 'right');
    this.hits.push({ entry, x1: this.axisWidth, y1: y, x2: this.width, y2: y });
  }

  private marker(entry: number, x: number, y: number, view: View): void {
    const { context: c, colours, store } = this;
    const { log } = store.model;
    const kind = log.head.kinds[log.kind[entry]];
    const r = Math.max(2, Math.min(5, view.scale / 3));
    c.lineWidth = 1.4;
    c.strokeStyle = colours.text;
    c.fillStyle = colours.text;
    if (entry === store.selected.value) {
      c.save();
      c.globalAlpha = 0.25;
      c.fillStyle = colours.accent;
      c.beginPath();
      c.arc(x, y, r + 6, 0, Math.PI * 2);
      c.fill();
      c.restore();
    }
    let words = '';
    c.beginPath();
    switch (kind) {
      case 'operation':
        c.rect(x - r, y - r, 2 * r, 2 * r);
        c.fillStyle = colours.accent;
        c.fill();
        words = view.scale >= NAMED_MIN ? this.operation(entry) : '';
        break;
      case 'skipped':
        c.rect(x - r, y - r, 2 * r, 2 * r);
        c.fillStyle = colours.bg;
        c.fill();
        c.stroke();
        break;
      case 'timer':
        c.arc(x, y, r, 0, Math.PI * 2);
        c.fillStyle = colours.bg;
        c.fill();
        c.moveTo(x, y - r + 1);
        c.lineTo(x, y);
        c.lineTo(x + r - 1.5, y);
        c.strokeStyle = colours.correction;
        c.stroke();
        words = `${timerInWords(log.head.timers[log.detail[entry]] ?? '')} ${log.idName(log.id[entry])}`;
        if (log.id[entry] === NOTHING) words = 'deadline';
        break;
      case 'connected':
      case 'disconnected':
      case 'closed': {
        const up = kind === 'connected';
        c.moveTo(x, y + (up ? -r : r));
        c.lineTo(x + r, y + (up ? r : -r) * 0.7);
        c.lineTo(x - r, y + (up ? r : -r) * 0.7);
        c.closePath();
        c.fillStyle = up ? colours.muted : colours.bg;
        c.fill();
        c.strokeStyle = colours.muted;
        c.stroke();
        words = `${up ? '' : kind === 'closed' ? 'drops ' : 'lost '}${log.nodeName(log.peer[entry])} #${log.number[entry]}`;
        break;
      }
      case 'disk':
      case 'committed':
      case 'writeFailed': {
        const failed = log.detail[entry] > 0 || kind === 'writeFailed';
        c.ellipse(x, y - r * 0.5, r, r * 0.45, 0, 0, Math.PI * 2);
        c.rect(x - r, y - r * 0.5, 2 * r, r * 1.4);
        c.fillStyle = failed ? colours.bad : colours.muted;
        c.fill();
        words = failed ? 'not written' : log.id[entry] === NOTHING ? 'written' : `wrote ${log.idName(log.id[entry])}`;
        break;
      }
      case 'loadEnded': {
        const available = log.detail[entry] > 0;
        c.arc(x, y, r, 0, Math.PI * 2);
        c.fillStyle = available ? colours.accent : colours.bg;
        c.fill();
        c.strokeStyle = available ? colours.accent : colours.bad;
        c.stroke();
        words = `${log.idName(log.id[entry])} ${available ? 'available' : 'unavailable'}`;
        break;
      }
      default:
        c.moveTo(x - r, y);
        c.lineTo(x, y - r);
        c.lineTo(x + r, y);
        c.lineTo(x, y + r);
        c.closePath();
        c.fill();
        words = kind === 'cut' || kind === 'recovered' || kind === 'uploaded' ? kind : kind === 'blocked' ? `line to ${log.nodeName(log.peer[entry])} full` : kind === 'writable' ? 'line free' : kind;
    }
    const isSelected = entry === store.selected.value;
    if (view.scale >= NAMED_MIN && (c.globalAlpha === 1 || isSelected)) {
      const colour = kind === 'operation' ? colours.text : colours.muted;
      // To the right, unless that is beyond the window.
      const most = Math.max(70, this.columnWidth() - 20);
      const isTight = x + r + 8 + Math.min(most, c.measureText(words).width) > this.width;
      this.label(words, x + (isTight ? -r - 5 : r + 5), y, colour, isTight ? 'right' : 'left', most);
    }
  }

  /** What an operation does, without the node that the column names, and whether it did. */
  private operation(entry: number): string {
    const { log, steps } = this.store.model;
    const column = this.store.columns.value[this.store.columnOf.value[log.node[entry]]];
    const name = `${log.nodeName(log.node[entry])} `;
    const text = String(log.line(entry).text ?? '');
    const isOwn = !column?.folded && text.startsWith(name) && !text.startsWith(`${name}and `);
    let skipped = false;
    for (let i = entry + 1; i < steps.first[steps.of[entry] + 1]; i++) skipped ||= log.kind[i] === log.KIND.skipped;
    return (isOwn ? text.slice(name.length) : text) + (skipped ? ' (no effect)' : '');
  }

  private axis(view: View, from: number, to: number): void {
    const { context: c, colours, store } = this;
    const heights = store.heights.value;
    const { steps, log } = store.model;
    c.fillStyle = colours.muted;
    c.textAlign = 'right';
    c.font = '11px ui-monospace, monospace';
    // What is folded says how long it is, in the middle between two times.
    const folded = heights.folds.filter((fold) => fold.bottom >= from && fold.top <= to && (fold.bottom - fold.top) * view.scale > 30);
    for (const fold of folded) c.fillText(`⋮ ${span(fold.length)}`, this.axisWidth - STRIP - 8, this.y((fold.top + fold.bottom) / 2, view));
    let last = -Infinity;
    let lastTime = -1;
    const step = (height: number, us: number): void => {
      const y = this.y(height, view);
      if (y - last < 22 || us === lastTime) return;
      c.fillText(time(us), this.axisWidth - STRIP - 8, y);
      last = y;
      lastTime = us;
    };
    const first = Math.max(0, heights.stepAt(from));
    // Where steps are far apart each has its time; else there is one every so many pixels.
    if (view.scale >= 6) {
      for (let s = first; s < steps.length && heights.of[s] <= to; s++) step(heights.of[s], log.at[steps.first[s]]);
    } else {
      for (let y = 12; y < this.height; y += 40) {
        const s = heights.stepAt(view.top + y / view.scale);
        if (s >= 0 && this.y(heights.end, view) > y) step(heights.of[s], log.at[steps.first[s]]);
      }
    }
    c.font = '11px system-ui, sans-serif';
  }

  /** The strip of what oracles looked at: a mark a look, and one across everything where something did not hold. */
  private looks(view: View, from: number, to: number): void {
    const { context: c, colours, store } = this;
    const { log, steps, violated } = store.model;
    const heights = store.heights.value;
    const x = this.axisWidth - STRIP;
    if (log.head.tells.looks) {
      const first = Math.max(0, heights.stepAt(from));
      const { looks } = log.KIND;
      let last = -Infinity;
      c.fillStyle = colours.line;
      for (let s = first; s < steps.length && heights.of[s] <= to; s++) {
        const y = this.y(heights.of[s], view);
        if (y - last < 2) continue;
        let count = 0;
        for (let i = steps.first[s]; i < steps.first[s + 1]; i++) if (log.kind[i] === looks) count += 1;
        if (count === 0) continue;
        c.fillRect(x, y - 1, Math.min(STRIP - 2, 3 + count), 2);
        last = y;
      }
    }
    if (violated >= 0) {
      const y = this.y(heights.of[violated], view);
      c.fillStyle = colours.bad;
      c.beginPath();
      c.moveTo(x - 2, y - 6);
      c.lineTo(x + 7, y);
      c.lineTo(x - 2, y + 6);
      c.fill();
    }
  }

  /** Where something did not hold. */
  private broken(view: View): void {
    const { context: c, colours, store } = this;
    const { violated, violation } = store.model;
    if (violated < 0) return;
    const y = this.y(store.heights.value.of[violated], view);
    if (y < -10 || y > this.height + 10) return;
    c.fillStyle = colours.bad;
    c.fillRect(this.axisWidth - STRIP, y - 1, this.width, 2);
    this.label(violation?.oracle ?? 'violated', this.width - 12, y - 10, colours.bad, 'right');
  }

  private now(view: View): void {
    const { context: c, colours, store } = this;
    const y = this.y(store.mark.value ?? store.heights.value.entry(store.selected.value), view);
    if (y < 0 || y > this.height || (store.mark.value === null && store.step.value === store.model.violated)) return;
    c.strokeStyle = colours.accent;
    c.globalAlpha = 0.45;
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(this.axisWidth - STRIP, Math.round(y) + 0.5);
    c.lineTo(this.width, Math.round(y) + 0.5);
    c.stroke();
    c.globalAlpha = 1;
  }
}
