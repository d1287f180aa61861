// The pages of a sweep, of tests and of findings in a browser.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { addressHas, compare, drawn, type Look, NARROW, on, serious } from './seen';

const opens = async (page: Page, link: number): Promise<void> => {
  await page.getByRole('link', { name: 'Open the run' }).nth(link).click();
  await page.waitForSelector('.one-of .moment');
};

describe('a sweep', () => {
  test('tells its failures by key, and opens the first of each', () =>
    on('swept.html', '', async (page) => {
      expect(await page.locator('.verdict').innerText()).toMatch(/✗ \d+ failed[^]*120 runs · seeds 0 to 39 of each · 2 kinds of failure/);
      const key = await page.locator('.failures li h3 code').nth(1).innerText();
      await opens(page, 1);
      await addressHas(page, 'run=2');
      expect(await page.locator('.one-of .finding b').innerText()).toBe(key.split(' ')[0]);
      await page.locator('.back a').click();
      await page.waitForSelector('.one-of', { state: 'detached' });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Open the run');
    }));

  test('a link leads to a moment of a run of it', () =>
    on('swept.html', 'run=1&event=20', async (page) => {
      await page.waitForSelector('.one-of .moment');
      expect(await page.locator('.one-of .moment h2').innerText()).toContain('event 20');
    }));

  test('is come back to by Escape, even while the run still writes its address', () =>
    on('swept.html', '', async (page) => {
      await opens(page, 0);
      await page.locator('.one-of .list').focus();
      // All in one task: the run is not gone yet when it would write where it was.
      await page.evaluate(() => {
        document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
        location.hash = '';
        const end = performance.now() + 300;
        while (performance.now() < end);
      });
      await page.waitForSelector('.one-of', { state: 'detached' });
      await page.waitForTimeout(400);
      expect(await page.evaluate(() => location.hash)).toBe('');
    }));

  test('draws how figures are spread, with words for who does not see it', () =>
    on('swept.html', '', async (page) => {
      const labels = await page.getByRole('img').evaluateAll((all) => all.map((it) => it.getAttribute('aria-label')));
      expect(labels.length).toBe(12);
      expect(labels[0]).toMatch(/^time to convergence of scenarios\/swarm\/pair.json: median .* s, 99 % up to .*, largest /);
      // The areas of the bars are the runs.
      const bars = await page.locator('.histogram').first().locator('rect').count();
      expect(bars).toBeGreaterThan(5);
      expect(await page.locator('.swept').nth(2).innerText()).toContain('no run held');
      expect(await page.getByRole('region', { name: 'Seeds that stand out' }).locator('tbody tr').count()).toBeGreaterThan(2);
      expect(await page.getByRole('region', { name: 'Runs with the most events' }).locator('tbody tr').count()).toBe(10);
      expect(await page.locator('.exercised').innerText()).toMatch(/messages[^]*network/);
    }));

  test('shows the scenarios that are looked for, and keeps that in its address', () =>
    on('swept.html', '', async (page) => {
      await page.getByRole('searchbox').fill('STAR');
      expect(await page.locator('.swept h3').allInnerTexts()).toEqual([expect.stringContaining('scenarios/swarm/star.json')]);
      expect(await page.locator('.search .count').innerText()).toBe('1 of 3 scenarios');
      expect(await page.locator('.failures li').count()).toBe(0);
      await addressHas(page, 'scenario=STAR');
    }));

  test('is opened with what was looked for', () =>
    on('swept.html', 'scenario=planted', async (page) => expect(await page.locator('.failures li').count()).toBe(2)));

  test('in which all held says so', () =>
    on('held.html', '', async (page) => {
      expect(await page.locator('.verdict').innerText()).toMatch(/✓ all held[^]*A sweep of scenarios\/swarm\/pair.json/);
      expect(await page.locator('main').innerText()).toContain('No run failed.');
      expect(await page.getByRole('searchbox').count()).toBe(0);
    }));

  test('takes no name for markup', () =>
    on('named.html', '', async (page) => {
      expect(await page.locator('.verdict .title').innerText()).toContain('<img src=x onerror=hit=1>.json');
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
    }));
});

describe('tests', () => {
  test('show first what fails, and open its run', () =>
    on('tests.html', '', async (page) => {
      expect(await page.locator('.verdict').innerText()).toMatch(/✗ \d failed/);
      const words = await page.locator('.tests .word').allInnerTexts();
      expect(words).toContain('BAD');
      expect(words).toContain('MISSING');
      await opens(page, 0);
      await page.locator('.back a').click();
      await page.waitForSelector('.one-of', { state: 'detached' });
      await page.getByRole('button', { name: /^passed/ }).click();
      expect(await page.locator('.tests .word').count()).toBe(0);
      expect(await page.locator('main').innerText()).toContain('There is no such scenario.');
    }));
});

describe('findings', () => {
  test('say what is open, and show the smallest run', () =>
    on('findings.html', '', async (page) => {
      expect(await page.locator('.verdict').innerText()).toMatch(/✗ \d+ open[^]*1 sweep, 40 runs/);
      expect(await page.locator('.tests pre').first().innerText()).toMatch(/^shape +\w/);
      await page.getByRole('link', { name: 'Open the smallest run' }).first().click();
      await page.waitForSelector('.one-of .moment');
      await page.locator('.back a').click();
      await page.waitForSelector('.one-of', { state: 'detached' });
      await page.getByRole('button', { name: /^settled/ }).click();
      expect(await page.locator('main').innerText()).toContain('There is no such finding.');
    }));
});

describe('everybody can read it', () => {
  test.each([
    ['swept.html', {}],
    ['swept.html', { colorScheme: 'dark' as const }],
    ['held.html', { viewport: NARROW }],
    ['tests.html', {}],
    ['findings.html', {}],
  ])('%s %o', (name, look: Look) => on(name, '', async (page) => expect(await serious(page)).toEqual([]), look));

  test.each(['swept.html', 'tests.html', 'findings.html'])('nothing is wider than a narrow page: %s', (name) =>
    on(name, '', async (page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(NARROW.width), { viewport: NARROW }),
  );
});

test('a sweep looks as it was reviewed', () =>
  on('swept.html', '', async (page) => {
    await drawn(page);
    compare('swept', await page.screenshot(), 16, 0.08, 0.18);
  }));
