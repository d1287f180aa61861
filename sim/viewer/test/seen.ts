// A page as the tests see it: opened in a browser, held to complain about nothing, compared with what was reviewed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import pixelmatch from 'pixelmatch';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect } from 'vitest';
import { browser, open } from './browser.mjs';
import { file } from './pages';
import { small } from './small.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 400, height: 800 };

export let chromium: Browser;
beforeAll(async () => {
  chromium = await browser();
});
afterAll(() => chromium.close());

export type Look = { viewport?: typeof WIDE; colorScheme?: 'light' | 'dark' };

/** Opens a page, does something with it, and holds it to have complained about nothing. */
export async function on(name: string, hash: string, does: (page: Page, context: BrowserContext) => Promise<void>, look: Look = {}): Promise<void> {
  const context = await chromium.newContext({ viewport: WIDE, acceptDownloads: true, ...look });
  const { page, complaints } = await open(context, file(name), hash);
  await does(page, context);
  expect(complaints).toEqual([]);
  await context.close();
}

/** Waits until the address of the page has something in it. */
export const addressHas = (page: Page, text: string): Promise<unknown> => page.waitForFunction((text) => decodeURIComponent(location.hash).includes(text), text);

/** What is seriously wrong for somebody who cannot see or point. */
export async function serious(page: Page): Promise<string[]> {
  // The policy lets the page load nothing; what the test brings along is not of the page.
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run(document)')) as { violations: { id: string; impact: string; nodes: { html: string }[] }[] };
  const serious = violations.filter((it) => it.impact === 'serious' || it.impact === 'critical');
  return serious.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(' ')}`);
}

function coarse(image: PNG, piece: number): PNG {
  const small = new PNG({ width: Math.floor(image.width / piece), height: Math.floor(image.height / piece) });
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0;
        for (let dy = 0; dy < piece; dy++) for (let dx = 0; dx < piece; dx++) sum += image.data[((y * piece + dy) * image.width + x * piece + dx) * 4 + channel];
        small.data[(y * small.width + x) * 4 + channel] = sum / piece ** 2;
      }
    }
  }
  return small;
}

/** Compares what is seen with the reviewed picture, in pieces of so many pixels: which share of them may differ, and how much. */
export function compare(name: string, taken: Buffer, piece: number, threshold: number, worst: number): void {
  const reviewed = new URL(`screens/${name}.png`, import.meta.url);
  if (process.env.REVIEW !== undefined) {
    writeFileSync(reviewed, small(taken));
    return;
  }
  if (!existsSync(reviewed)) throw new Error(`there is no reviewed picture ${name}: REVIEW=1 sim/viewer/check COSIM makes it`);
  const [now, then] = [PNG.sync.read(taken), PNG.sync.read(readFileSync(reviewed))].map((image) => coarse(image, piece));
  expect([now.width, now.height]).toEqual([then.width, then.height]);
  const share = pixelmatch(now.data, then.data, undefined, now.width, now.height, { threshold, includeAA: true }) / (now.width * now.height);
  if (share > worst) {
    mkdirSync('.different', { recursive: true });
    writeFileSync(`.different/${name}.png`, taken);
  }
  expect(share, `what it looks like now is in sim/viewer/.different/${name}.png`).toBeLessThanOrEqual(worst);
}

/** Waits until what is to be drawn is. */
export const drawn = (page: Page): Promise<void> => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
