// Chromium, as the tests and the measurements use it: from the system's packages, without a display.
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

export const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';

export async function browser() {
  return chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text'] });
}

export const address = (file, hash = '') => pathToFileURL(resolve(file)).href + (hash ? `#${hash}` : '');

/** Opens a page and waits until it is there. What it complains about is gathered. */
export async function open(context, file, hash = '') {
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(address(file, hash));
  await page.waitForSelector('html[data-opened=yes]', { state: 'attached' });
  return { page, complaints };
}
