// The page in a browser: opens, is looked at, is moved about in, and looks as it did when it was reviewed.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { address, open } from './browser.mjs';
import { file, folder } from './pages';
import { addressHas, chromium, compare, drawn, type Look, NARROW, on, serious, WIDE } from './seen';

const selected = (page: Page): Promise<string> => page.locator('.row[aria-selected=true] .words').innerText();

describe('a run', () => {
  test('opens with what it came to and all entries of its log', () =>
    on('storm.html', '', async (page) => {
      expect(await page.title()).toContain('storm.json, seed 1');
      expect(await page.locator('.pill').innerText()).toContain('held');
      expect(await page.locator('.count').innerText()).toBe('705 entries');
      expect(await page.locator('.row').count()).toBeGreaterThan(5);
      expect(await page.locator('.name').allInnerTexts()).toEqual(expect.arrayContaining(['alice', 'bob', 'carol', 'core', 'edge']));
    }));

  test('says what is not as expected, what is known of that, and why', () =>
    on('unmet.html', '', async (page) => {
      const findings = await page.locator('.finding').allInnerTexts();
      expect(findings).toHaveLength(2);
      expect(findings[0]).toMatch(/^Expectation not met: alice was to show card as .*, but it shows/);
      expect(findings[1]).toMatch(/^Not met, as the scenario says of a known bug: server was to hold 3 transactions/);
      await page.locator('.reasons').first().waitFor({ state: 'visible' });
      expect(await page.locator('.reasons').nth(1).isVisible()).toBe(false);
      const reasons = await page.locator('.reasons').first().innerText();
      expect(reasons).toContain('by a clock that was 1d ahead');
      expect(reasons).toContain('and the last date counts');
    }));

  test('is gone through by keyboard alone', () =>
    on('storm.html', 'event=100', async (page) => {
      await page.locator('.list').focus();
      const first = await selected(page);
      await page.keyboard.press('ArrowDown');
      expect(await selected(page)).not.toBe(first);
      await page.keyboard.press('k');
      expect(await selected(page)).toBe(first);
      await page.keyboard.press('End');
      await addressHas(page, 'event=610');
      expect(await page.locator('.list').getAttribute('aria-activedescendant')).toMatch(/^event-/);
      await page.keyboard.press('Home');
      await page.waitForFunction(() => location.hash === '#event=1');
    }));

  test('is scrubbed: the moment, its state and the address follow', () =>
    on('storm.html', '', async (page) => {
      const overview = (await page.locator('canvas.overview').boundingBox())!;
      await page.mouse.move(overview.x + 20, overview.y + overview.height * 0.3);
      await page.mouse.down();
      await page.mouse.move(overview.x + 20, overview.y + overview.height * 0.6, { steps: 5 });
      await page.mouse.up();
      const heading = await page.locator('.moment h2').innerText();
      const event = Number(/event (\d+)/.exec(heading)![1]);
      expect(event).toBeGreaterThan(250);
      await addressHas(page, `event=${event}`);
      expect(await page.locator('.everybody tbody tr').count()).toBe(5);
    }));

  test('is filtered, by words and by lists', () =>
    on('storm.html', '', async (page) => {
      await page.locator('#filter').fill('kind:lost node:bob');
      await page.waitForFunction(() => document.querySelector('.count')!.textContent!.startsWith('34 of'));
      await addressHas(page, 'filter=kind:lost+node:bob');
      await page.getByRole('combobox', { name: 'any CoValue' }).selectOption('notes');
      await page.waitForFunction(() => !document.querySelector('.count')!.textContent!.startsWith('34 of'));
      for (const words of await page.locator('.row .words').allInnerTexts()) expect(words).toMatch(/notes.*\((lost|partitioned)\)/);
      await page.locator('#filter').fill('node:nobody');
      expect(await page.locator('.unknown').innerText()).toContain('node:nobody');
    }));

  test('a link leads to the same moment, filter and causes', () =>
    on('storm.html', 'event=300&filter=id%3Adiary&cone=before&time=scale', async (page) => {
      expect(await page.locator('.moment h2').innerText()).toContain('event 300');
      expect(await page.locator('#filter').inputValue()).toBe('id:diary');
      expect(await page.getByRole('button', { name: 'Time to scale' }).getAttribute('aria-pressed')).toBe('true');
      expect(await page.locator('.moves select').inputValue()).toBe('before');
      await page.evaluate(() => (location.hash = '#event=301'));
      await page.waitForFunction(() => document.querySelector('.moment h2')!.textContent!.includes('event 301'));
    }));

  test('a click in the diagram selects, the wheel moves, and Ctrl and the wheel zoom', () =>
    on('hello.html', '', async (page) => {
      const canvas = (await page.locator('.canvas canvas').first().boundingBox())!;
      // The server's column, in the last third: its last event, or the message that begins there.
      await page.mouse.click(canvas.x + canvas.width * 0.64, canvas.y + canvas.height * 0.5);
      expect(await page.locator('.moment h2').innerText()).not.toContain('event 1\n');
      const image = (): Promise<string> => page.evaluate(() => document.querySelector('canvas')!.toDataURL());
      const before = await image();
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -300);
      await page.keyboard.up('Control');
      await page.waitForFunction((was) => document.querySelector('canvas')!.toDataURL() !== was, before);
    }));

  test('says the command, and hands out the scenario', () =>
    on('hello.html', '', async (page) => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      expect(await page.locator('.command').innerText()).toBe('cosim run scenarios/basics/hello.json --seed 1 --crypto fast');
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Scenario/ }).click()]);
      expect(download.suggestedFilename()).toBe('hello.json');
      expect(JSON.parse(readFileSync(await download.path(), 'utf8')).nodes).toEqual({ alice: {}, server: {} });
    }));

  test('of many nodes folds them, and opens them by a click', () =>
    on('comeback.html', '', async (page) => {
      expect(await page.locator('.name').count()).toBe(2);
      await page.getByRole('button', { name: /^client-… \(200\)/ }).click();
      expect(await page.locator('.name').count()).toBeGreaterThan(50);
      expect(await page.locator('.name').first().innerText()).toBe('server');
      await page.getByRole('button', { name: 'Fold client' }).click();
      expect(await page.locator('.name').count()).toBe(2);
      await page.getByRole('button', { name: 'Whole run' }).click();
      await page.waitForFunction(() => document.querySelector('.note')!.textContent!.includes('merged into bands'));
    }));
});

describe('a failure', () => {
  test('shows its rule, what broke it, what led there, and the state, at once', () =>
    on('planted.html', '', async (page) => {
      expect(await page.locator('.pill').innerText()).toContain('violated');
      const broken = page.locator('.moment .broken');
      expect(await broken.innerText()).toContain('what a node believes that a peer has confirmed');
      expect(await broken.locator('.links li').count()).toBe(21);
      expect(await broken.innerText()).toContain('server is wiped');
      expect(await page.locator('.moment .change').first().innerText()).toContain('confirmed');
    }));

  test('a cause is followed, and its state is read before and after', () =>
    on('planted.html', '', async (page) => {
      await page.locator('.moment .broken .links button').filter({ hasText: 'carol -> server | CONTENT notes' }).click();
      expect(await page.locator('.what').innerText()).toContain('carol -> server | CONTENT notes');
      const change = page.locator('.change').first();
      expect(await change.innerText()).toContain('carol/1');
      expect(await change.locator('tr.is-changed').count()).toBeGreaterThan(1);
    }));

  test('that was cut down shows what it takes first', () =>
    on('shrunk.html', '', async (page) => {
      expect(await page.locator('.run').isVisible()).toBe(true);
      const rows = await page.locator('.decisions tbody tr').allInnerTexts();
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toMatch(/the run holds|another failure|the same failure/);
    }));
});

describe('a log from elsewhere', () => {
  test('says what it lacks', () =>
    on('plain.html', '', async (page) => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      const lacks = await page.locator('.lacks').allInnerTexts();
      expect(lacks.join('\n')).toMatch(/does not tell what nodes hold[^]*does not tell what oracles look at[^]*does not say what the run came to/);
    }));

  test('of version 1 is drawn too', () =>
    on('old.html', '', async (page) => {
      expect(await page.locator('.count').innerText()).toBe('3 entries');
      await page.locator('.row').nth(2).click();
      expect(await page.locator('.links li').count()).toBe(2);
    }));

  test('is text, whatever it says', () =>
    on('hostile.html', '', async (page) => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.keyboard.press('j');
      await page.locator('#filter').fill('<b>');
      expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('.names').innerText()).toContain('<img src="x" onerror="window.hit = 1">');
    }));
});

describe('a page of a kind that nobody knows', () => {
  test('says so', async () => {
    const page = readFileSync(file('hello.html'), 'utf8').replace('"kind":"run"', '"kind":"<i>odd</i>"');
    writeFileSync(file('odd.html'), page);
    const context = await chromium.newContext();
    const shown = await context.newPage();
    await shown.goto(address(file('odd.html')));
    await shown.waitForFunction(() => document.body.innerText.includes('cannot be opened: it is of a kind that it does not know, "<i>odd</i>"'));
    await context.close();
  });
});

describe('everybody', () => {
  test.each([
    ['storm.html', 'event=300', {}],
    ['planted.html', '', {}],
    ['planted.html', '', { colorScheme: 'dark' as const }],
    ['shrunk.html', '', {}],
    ['keys.html', '', { viewport: NARROW }],
  ])('can read it: %s %s %o', (name, hash, look: Look) =>
    on(name, hash, async (page) => expect(await serious(page)).toEqual([]), look),
  );

  test('nothing is wider than a narrow page', () =>
    on(
      'planted.html',
      '',
      async (page) => {
        for (const pane of ['Diagram', 'Log', 'Moment', 'Run']) {
          await page.getByRole('button', { name: pane, exact: true }).click();
          expect([pane, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([pane, NARROW.width]);
        }
      },
      { viewport: NARROW },
    ));
});

describe('looks as it was reviewed', () => {
  const PAGES: [string, string, string, Look][] = [
    ['hello', 'hello.html', '', {}],
    ['storm', 'storm.html', 'event=300', {}],
    ['planted', 'planted.html', '', {}],
    ['shrunk', 'shrunk.html', '', {}],
    ['narrow', 'keys.html', 'event=50', { viewport: NARROW, colorScheme: 'dark' }],
  ];

  // Text differs with the fonts that there are, and how much of it fits. What is left of that is blocks of grey.
  test.each(PAGES)('as a whole: %s', (name, page, hash, look) =>
    on(
      page,
      hash,
      async (page) => {
        await drawn(page);
        compare(name, await page.screenshot(), 16, 0.08, 0.18);
      },
      look,
    ),
  );

  // The diagram alone, of one size and without text, is the same whatever fonts there are.
  test.each(PAGES)('in its lines: %s', async (name, file, hash, { colorScheme = 'light' }) => {
    const context = await chromium.newContext({ viewport: WIDE, colorScheme });
    await context.addInitScript(() => {
      const canvas = CanvasRenderingContext2D.prototype;
      canvas.fillText = canvas.strokeText = () => {};
      canvas.measureText = (text: string) => ({ width: text.length * 6 }) as TextMetrics;
      new MutationObserver(() => {
        const frame = document.querySelector<HTMLElement>('.canvas');
        if (frame) Object.assign(frame.style, { position: 'fixed', left: '0', top: '0', width: '840px', height: '560px', background: 'var(--bg)', zIndex: '9' });
      }).observe(document, { childList: true, subtree: true });
    });
    const { page, complaints } = await open(context, `${folder}/${file}`, hash);
    await drawn(page);
    compare(`${name}.lines`, await page.screenshot({ clip: { x: 0, y: 0, width: 840, height: 560 } }), 4, 0.04, 0.002);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
