import { render } from 'preact';
import { App } from './app';
import { Log, unpack } from './data';
import { Model } from './model';
import { Store } from './store';
import './style.css';

/** For how long one prepares at a time, in milliseconds: less than a frame. */
const SLICE = 5;

/** Does in idle time what would else be done when somebody asks for a state. */
function prepare(steps: Generator<void>): void {
  const until = performance.now() + SLICE;
  while (performance.now() < until) {
    if (steps.next().done) {
      document.documentElement.dataset.prepared = 'yes';
      return;
    }
  }
  const later = window.requestIdleCallback ?? ((does: () => void) => setTimeout(does, SLICE));
  later(() => prepare(steps));
}

async function open(): Promise<void> {
  const root = document.getElementById('app')!;
  try {
    const data = JSON.parse(document.getElementById('data')!.textContent ?? '') as { gzip: string };
    performance.mark('found');
    const bytes = await unpack(data.gzip);
    performance.mark('unpacked');
    const log = new Log(bytes);
    performance.mark('read');
    const model = new Model(log);
    performance.mark('understood');
    root.replaceChildren();
    render(<App store={new Store(model)} />, root);
    performance.mark('shown');
    document.documentElement.dataset.opened = 'yes';
    prepare(model.states.prepare());
  } catch (error) {
    const text = document.createElement('p');
    text.className = 'opening';
    text.textContent = `This page cannot be opened: ${error instanceof Error ? error.message : String(error)}. Is the file whole, and the browser not older than 2023?`;
    root.replaceChildren(text);
    throw error;
  }
}

void open();
