// Measures a page: how long it takes to open, and what a step of scrubbing and of zooming costs in script, style and
// layout, as the browser counts it, beside the processor time of the page's thread, which other programs do not stretch.
// Prints medians. `node test/measure.mjs run.html`
import { browser, open } from './browser.mjs';

const STEPS = 20;
const file = process.argv[2];
if (!file) throw new Error('name a page: node test/measure.mjs run.html');

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const chromium = await browser();
const opened = [];
let page;
for (let i = 0; i < 3; i++) {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 } });
  const started = Date.now();
  ({ page } = await open(context, file));
  opened.push(Date.now() - started);
  if (i < 2) await context.close();
}
const marks = await page.evaluate(() => performance.getEntriesByType('mark').map((mark) => `${mark.name} ${Math.round(mark.startTime)}`));
console.log(`the last time, in ms: ${marks.join(', ')}`);
console.log(`open: ${median(opened)} ms, median of ${opened.length}`);

await page.waitForSelector('html[data-prepared=yes]', { state: 'attached' });
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');
const metrics = async () => {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return { busy: of('ScriptDuration') + of('LayoutDuration') + of('RecalcStyleDuration'), cpu: of('ThreadTime'), heap: of('JSHeapUsedSize') };
};
const frame = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

async function measure(name, step) {
  const costs = [];
  const cpu = [];
  await frame();
  for (let i = 0; i < STEPS; i++) {
    const before = await metrics();
    await step(i);
    await frame();
    const after = await metrics();
    costs.push((after.busy - before.busy) * 1000);
    cpu.push((after.cpu - before.cpu) * 1000);
  }
  console.log(`${name}: ${median(costs).toFixed(1)} ms, median of ${STEPS}, the most ${Math.max(...costs).toFixed(1)} ms; processor ${median(cpu).toFixed(1)} ms`);
}

const overview = await page.locator('canvas.overview').boundingBox();
const canvas = await page.locator('.canvas canvas').first().boundingBox();
const middle = { x: canvas.x + canvas.width / 2, y: canvas.y + canvas.height / 2 };

await page.mouse.move(overview.x + 20, overview.y + 5);
await page.mouse.down();
await measure('scrub', (i) => page.mouse.move(overview.x + 20, overview.y + 10 + ((overview.height - 20) * i) / STEPS));
await page.mouse.up();
await page.mouse.move(middle.x, middle.y);
await measure('scroll', () => page.mouse.wheel(0, 400));
await page.keyboard.down('Control');
await measure('zoom out', () => page.mouse.wheel(0, 260));
await measure('zoom in', () => page.mouse.wheel(0, -260));
await page.keyboard.up('Control');
await page.getByRole('button', { name: 'Whole run' }).click();
await measure('scrub, the whole run in view', (i) => page.mouse.click(overview.x + 20, overview.y + 10 + ((overview.height - 20) * i) / STEPS));
await page.locator('.list').focus();
await measure('step through the list', () => page.keyboard.press('ArrowDown'));
console.log(`heap: ${Math.round((await metrics()).heap / 1e6)} MB`);
await chromium.close();
