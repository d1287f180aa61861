import { render } from 'preact';
import { App } from './app';
import { comparison } from './compare';
import { findings } from './findings';
import { Page } from './page';
import { prepare } from './prepare';
import { type Overview, Several } from './several';
import { Store } from './store';
import { sweep } from './sweep';
import { tests } from './tests';
import './style.css';
import './several.css';

/** What pages of several runs show, by kind. A page of the kind `run` shows its run. */
const OVERVIEWS = new Map<string, Overview>([
  ['comparison', comparison],
  ['findings', findings],
  ['sweep', sweep],
  ['tests', tests],
]);

async function show(page: Page, root: HTMLElement): Promise<void> {
  if (page.kind === 'run') {
    const model = await page.run(0);
    root.replaceChildren();
    render(<App store={new Store(model)} />, root);
    prepare(model.states.prepare());
    return;
  }
  const overview = OVERVIEWS.get(page.kind);
  if (overview === undefined) throw new Error(`it is of a kind that it does not know, ${JSON.stringify(page.kind)}`);
  const facts = await page.facts();
  root.replaceChildren();
  render(<Several page={page} facts={facts} overview={overview} />, root);
}

async function open(): Promise<void> {
  const root = document.getElementById('app')!;
  try {
    const page = new Page(document.getElementById('data')!.textContent ?? '');
    performance.mark('found');
    await show(page, root);
    performance.mark('shown');
    document.documentElement.dataset.opened = 'yes';
  } catch (error) {
    const text = document.createElement('p');
    text.className = 'opening';
    text.textContent = `This page cannot be opened: ${error instanceof Error ? error.message : String(error)}. Is the file whole, and the browser not older than 2023?`;
    root.replaceChildren(text);
    throw error;
  }
}

void open();
