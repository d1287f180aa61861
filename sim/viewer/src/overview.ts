// The whole run beside the diagram, as small as it gets: how much happens where, what is lost, and where the window is.
import { END } from './arrows';
import { palette, type View } from './paint';
import type { Store } from './store';

/** The height of a bar, in pixels. */
const BAR = 3;

export class Overview {
  private image: { canvas: HTMLCanvasElement; of: unknown[] } | null = null;

  private colours = palette();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly store: Store,
  ) {}

  recolour(): void {
    this.colours = palette();
  }

  /** The height in rows at a point. */
  row(y: number, height: number): number {
    return (y / height) * this.store.heights.value.end;
  }

  /** The bars, which stay the same while one moves. */
  private drawn(width: number, height: number, ratio: number): HTMLCanvasElement {
    const heights = this.store.heights.value;
    const of = [heights, width, height, ratio, this.colours];
    if (this.image && of.every((it, at) => it === this.image!.of[at])) return this.image.canvas;
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const c = canvas.getContext('2d')!;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { counts, lost } = this.count(height);
    let most = 1;
    for (const count of counts) most = Math.max(most, count);
    counts.forEach((count, bar) => {
      if (count === 0) return;
      const length = 3 + (width - 10) * Math.sqrt(count / most);
      c.fillStyle = this.colours.line;
      c.fillRect(2, bar * BAR, length, BAR - 1);
      if (lost[bar] > 0) {
        c.fillStyle = this.colours.bad;
        c.fillRect(2, bar * BAR, Math.max(2, length * (lost[bar] / count)), BAR - 1);
      }
    });
    this.image = { canvas, of };
    return canvas;
  }

  draw(view: View, shown: number): void {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0) return;
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = Math.round(width * ratio);
    if (this.canvas.height !== Math.round(height * ratio)) this.canvas.height = Math.round(height * ratio);
    const c = this.canvas.getContext('2d')!;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    const { colours } = this;
    const heights = this.store.heights.value;
    c.drawImage(this.drawn(width, height, ratio), 0, 0, width, height);
    const y = (row: number): number => (row / heights.end) * height;
    const { violated, steps } = this.store.model;
    if (violated >= 0) {
      c.fillStyle = colours.bad;
      c.fillRect(0, y(heights.of[violated]) - 1, width, 3);
    }
    c.fillStyle = colours.accent;
    c.fillRect(0, y(heights.of[steps.of[this.store.selected.value]]) - 1, width, 2);
    c.strokeStyle = colours.accent;
    c.lineWidth = 1.5;
    const top = Math.max(1, y(view.top));
    const bottom = Math.min(height - 1, y(view.top + shown));
    c.strokeRect(1, top, width - 2, Math.max(6, bottom - top));
    c.globalAlpha = 0.06;
    c.fillRect(1, top, width - 2, Math.max(6, bottom - top));
    c.globalAlpha = 1;
  }

  private count(height: number): { counts: Float64Array; lost: Float64Array } {
    const heights = this.store.heights.value;
    const n = Math.max(1, Math.floor(height / BAR));
    const counts = new Float64Array(n);
    const lost = new Float64Array(n);
    const bar = (row: number): number => Math.min(n - 1, Math.floor((row / heights.end) * n));
    const { told, steps, arrows } = this.store.model;
    for (const entry of told) counts[bar(heights.of[steps.of[entry]])] += 1;
    for (let a = 0; a < arrows.length; a++) if (arrows.end[a] === END.lost) lost[bar(heights.entry(arrows.sent[a]))] += 1;
    return { counts, lost };
  }
}
