// How a figure is spread over many runs, drawn small: bars over a scale that all who are compared share.

/** A figure of many runs. */
export interface Spread {
  count: number;
  min: number;
  median: number;
  p90: number;
  p99: number;
  max: number;
  /** The smallest and the largest number of each bucket, and how many are in it. */
  buckets: [number, number, number][];
}

/** From the smallest to the largest of what is compared. */
export interface Scale {
  min: number;
  max: number;
}

const WIDTH = 200;
const HEIGHT = 40;

/** The scale that several share; `null` where there is nothing to draw. */
export function shared(spreads: (Spread | null)[]): Scale | null {
  const there = spreads.filter((it) => it !== null);
  if (there.length === 0) return null;
  return { min: Math.min(...there.map((it) => it.min)), max: Math.max(...there.map((it) => it.max)) };
}

/** Where numbers are on a scale, by their logarithm: what takes twice as long is as far away everywhere. */
function place({ min, max }: Scale): (value: number) => number {
  const [from, to] = [Math.log1p(min), Math.log1p(max + 1)];
  return (value) => Math.min(1, Math.max(0, (Math.log1p(value) - from) / (to - from))) * WIDTH;
}

/** The bars. The area of each is how many runs there are in it. */
export function Histogram({ spread, scale, label }: { spread: Spread; scale: Scale; label: string }) {
  const x = place(scale);
  const bars = spread.buckets.map(([low, high, count]) => {
    const left = x(Math.max(low, spread.min));
    const width = Math.max(1.5, x(Math.min(high, spread.max) + 1) - left);
    return { left, width, height: count / width };
  });
  const most = Math.max(...bars.map((bar) => bar.height));
  return (
    <svg class="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT + 1}`} role="img" aria-label={label} preserveAspectRatio="none">
      {bars.map((bar) => {
        const height = Math.max(1, (bar.height / most) * (HEIGHT - 2));
        return <rect key={bar.left} x={bar.left} y={HEIGHT - height} width={bar.width} height={height} />;
      })}
      <line class="base" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      <line class="median" x1={x(spread.median)} x2={x(spread.median)} y1={0} y2={HEIGHT} />
    </svg>
  );
}
