// Takes the pictures of the README: `node test/pictures.mjs PAGES FOLDER`.
import { writeFileSync } from 'node:fs';
import { browser, open } from './browser.mjs';
import { small } from './small.mjs';

/** How large a picture may be, in bytes: whoever reads the README loads them all. */
const LARGEST = 100_000;
const [, , pages, folder] = process.argv;
const PICTURES = [
  ['storm', 'event=300', { viewport: { width: 1180, height: 640 } }],
  ['violation', '', { viewport: { width: 1180, height: 640 } }],
  ['narrow', 'event=50', { viewport: { width: 400, height: 640 }, colorScheme: 'dark' }],
];

const chromium = await browser();
for (const [name, hash, look] of PICTURES) {
  const context = await chromium.newContext(look);
  const { page } = await open(context, `${pages}/${name}.html`, hash);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
  const path = `${folder}/${name}.png`;
  const picture = small(await page.screenshot());
  writeFileSync(path, picture);
  const size = picture.length;
  if (size > LARGEST) throw new Error(`${path} has ${size} bytes: make it smaller`);
  await context.close();
}
await chromium.close();
