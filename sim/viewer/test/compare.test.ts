// The page of a comparison in a browser.
import type { Page } from 'playwright-core';
import { expect, describe, test } from 'vitest';
import { addressHas, compare, drawn, NARROW, on as onPage, serious } from './seen';

/** Opens a comparison: it is there once both runs are read. */
const on: typeof onPage = (name, hash, does, look) =>
  onPage(
    name,
    hash,
    async (page, context) => {
      await page.waitForSelector('.compare, .one-of .page');
      await does(page, context);
    },
    look,
  );

const selected = (page: Page): Promise<string> => page.locator('.row[aria-selected=true] .unseen').innerText();
/** How far from the middle of the list the selected row is, but for what cannot be scrolled. */
async function aside(page: Page): Promise<number> {
  const [list, row] = [(await page.locator('.list').boundingBox())!, (await page.locator('.row[aria-selected=true]').boundingBox())!];
  const above = list.y + list.height / 2 - row.y - row.height / 2;
  const isAtTop = (await page.locator('.list').evaluate((list) => list.scrollTop)) === 0;
  return isAtTop ? Math.max(0, -above) : Math.abs(above);
}
const rowOf = (page: Page): Promise<number> => page.evaluate(() => Number(/row=(\d+)/.exec(location.hash)?.[1] ?? 0));

describe('a comparison', () => {
  test('opens where the runs part, in the middle of the window', () =>
    on('seeds.html', '', async (page) => {
      expect(await page.title()).toBe('scenarios/faults/storm.json, seed 1 and scenarios/faults/storm.json, seed 2');
      expect(await page.locator('.verdict').innerText()).toMatch(/≠ different[^]*The first \d+ entries are the same, the next is not\.[^]*A scenarios\/faults\/storm\.json, seed 1[^]*✓ held/);
      const said = Number(/first (\d+) entries/.exec(await page.locator('.verdict .figures').first().innerText())![1]);
      await addressHas(page, `row=${said + 1}`);
      expect(await selected(page)).not.toMatch(/^the same/);
      expect(await aside(page)).toBeLessThan(30);
    }));

  test('opens another row in the middle as well', () =>
    on('seeds.html', 'row=200', async (page) => expect(await aside(page)).toBeLessThan(30)));

  test('has the columns of both diagrams, and partners at the same height', () =>
    on('seeds.html', 'row=30', async (page) => {
      const names = await page.locator('.half').evaluateAll((halves) => halves.map((half) => [...half.querySelectorAll('.name')].map((name) => name.textContent)));
      expect(names[0]).toEqual(names[1]);
      expect(names[0]).toContain('alice');
      const image = (side: number): Promise<string> => page.evaluate((side) => document.querySelectorAll('canvas')[2 * side].toDataURL(), side);
      const before = [await image(0), await image(1)];
      // Whoever scrolls one scrolls both.
      const canvas = (await page.locator('.half canvas').first().boundingBox())!;
      await page.mouse.move(canvas.x + 200, canvas.y + 60);
      await page.mouse.wheel(0, 300);
      await page.waitForFunction((was) => [0, 1].every((side) => document.querySelectorAll('canvas')[2 * side].toDataURL() !== was[side]), before);
    }));

  test('is gone through by keyboard: rows, differences, and a run and back', () =>
    on('seeds.html', '', async (page) => {
      await addressHas(page, 'row=');
      const first = await rowOf(page);
      await page.locator('.list').focus();
      await page.keyboard.press('k');
      expect(await selected(page)).toMatch(/^the same/);
      await page.keyboard.press('n');
      await addressHas(page, `row=${first}`);
      await page.keyboard.press('n');
      await page.waitForFunction((first) => Number(/row=(\d+)/.exec(location.hash)?.[1] ?? 0) > first, first);
      const second = await rowOf(page);
      expect(await selected(page)).not.toMatch(/^the same/);
      await page.keyboard.press('p');
      await addressHas(page, `row=${first}`);
      await page.keyboard.press('n');
      await addressHas(page, `row=${second}`);
      const words = (await page.locator('.cell.is-chosen .words').innerText()).trim();
      await page.keyboard.press('Enter');
      await page.waitForSelector('.one-of .moment');
      expect((await page.locator('.one-of .what').innerText()).trim()).toBe(words);
      await page.keyboard.press('Escape');
      await page.waitForSelector('.one-of', { state: 'detached' });
      await addressHas(page, `row=${second}`);
      expect(await page.locator('.compare').isVisible()).toBe(true);
    }));

  test('an event is opened by a second click, and left by the way back', () =>
    on('seeds.html', '', async (page) => {
      await page.locator('.row .cell.is-b:not(.is-nothing)').nth(4).click();
      await page.locator('.row[aria-selected=true] .cell.is-chosen').click();
      await page.waitForSelector('.one-of .moment');
      await addressHas(page, 'run=2&event=');
      await page.locator('.back a').click();
      await page.waitForSelector('.one-of', { state: 'detached' });
      await addressHas(page, 'row=');
    }));

  test('a link leads to the same row, and to the same moment of a run', () =>
    on('seeds.html', 'row=120&time=hidden', async (page) => {
      expect(await page.locator('.details h2').innerText()).toContain('Row 120');
      expect(await page.getByRole('checkbox').isChecked()).toBe(true);
      await page.evaluate(() => (location.hash = '#run=1&event=40'));
      await page.waitForSelector('.one-of .moment');
      expect(await page.locator('.one-of .moment h2').innerText()).toContain('event 40');
    }));

  test('differences in time are hidden', () =>
    on('late.html', '', async (page) => {
      const count = (): Promise<string> => page.locator('.verdict .pair').innerText();
      expect(await count()).toContain('of 4 differences');
      await page.getByRole('checkbox').check();
      await page.waitForFunction(() => document.querySelector('.verdict .pair')!.textContent!.includes('of 2 differences'));
      expect((await page.locator('.row.is-same .mark').allInnerTexts()).map((mark) => mark.replace(/\s+/g, ' '))).toContain('≈ +1 s');
    }));

  test('shows the decisions, the fields and the states that differ', () =>
    on('late.html', '', async (page) => {
      expect(await page.locator('.details').innerText()).toMatch(/Decided in B only[^]*lost: alice>server content greeting edit-greeting-alice/);
      await page.locator('.list').focus();
      await page.keyboard.press('End');
      const details = await page.locator('.details').innerText();
      expect(details).toMatch(/What differs[^]*at[^]*What (server|alice) holds of greeting/);
    }));

  test('of equal runs says so', () =>
    on('equal.html', '', async (page) => {
      expect(await page.locator('.verdict').innerText()).toMatch(/= the same[^]*There is no difference, in 13 entries\.|= the same[^]*There is no difference, in \d+ entries\./);
      expect(await page.getByRole('button', { name: 'Next difference' }).isDisabled()).toBe(true);
      expect(await page.locator('.row.is-same').count()).toBeGreaterThan(5);
    }));

  test('of logs says what they lack, and is text, whatever they say', () =>
    on('strange.html', '', async (page) => {
      const lacks = (await page.locator('.lacks').allInnerTexts()).join('\n');
      expect(lacks).toMatch(/A does not tell what nodes hold[^]*B is a log of version 1[^]*A was written by cosim 0\.1\.0, B by cosim 0\.0\.9/);
      expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('.rows').innerText()).toContain('<b>notes</b>');
    }));
});

describe('everybody can read a comparison', () => {
  test.each([
    ['seeds.html', {}],
    ['seeds.html', { colorScheme: 'dark' as const }],
    ['equal.html', {}],
    ['strange.html', { viewport: NARROW }],
  ])('%s %o', (name, look) => on(name, '', async (page) => expect(await serious(page)).toEqual([]), look));

  test('nothing is wider than a narrow page', () =>
    on(
      'seeds.html',
      '',
      async (page) => {
        for (const part of ['Log', 'Diagrams', 'Details']) {
          await page.getByRole('button', { name: part, exact: true }).click();
          expect([part, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([part, NARROW.width]);
        }
      },
      { viewport: NARROW },
    ));
});

test('a comparison looks as it was reviewed', () =>
  on('seeds.html', '', async (page) => {
    await drawn(page);
    compare('seeds', await page.screenshot(), 16, 0.08, 0.18);
  }));
