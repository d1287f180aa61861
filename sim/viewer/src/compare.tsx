// Two runs side by side: what they are and where they part, both diagrams, both logs in two columns, and what is known of
// the selected row.
import { useEffect, useState } from 'preact/hooks';
import { Beside, type Comparison, NAMES, SIDES, type Side } from './beside';
import { BesideStore, type Part } from './besidestore';
import { Details } from './details';
import { Diagram } from './diagram';
import type { Model } from './model';
import type { Page } from './page';
import { prepare } from './prepare';
import { Rows } from './rows';
import { verdictInWords } from './run';
import type { Overview } from './several';
import { Store } from './store';
import { counted, span } from './words';

const PARTS: [Part, string][] = [
  ['rows', 'Log'],
  ['diagrams', 'Diagrams'],
  ['details', 'Details'],
];

function Compare({ store }: { store: BesideStore }) {
  const part = store.pane.value;
  return (
    <div class={`page compare show-${part}`} onKeyDown={(event) => keys(event, store)}>
      <Heading store={store} />
      <nav class="panes" aria-label="Parts of the page">
        {PARTS.map(([name, words]) => (
          <button key={name} type="button" aria-pressed={part === name} onClick={() => (store.pane.value = name)}>
            {words}
          </button>
        ))}
      </nav>
      <main class="two">
        <div class="diagrams">
          {SIDES.map((side) => (
            <div key={side} class="half">
              <h2>
                {NAMES[side]} <small>{store.beside.facts.sides[side].name}</small>
              </h2>
              <Diagram store={store.stores[side]} name={NAMES[side]} />
            </div>
          ))}
        </div>
        <Rows store={store} />
        <Details store={store} />
      </main>
    </div>
  );
}

function Heading({ store }: { store: BesideStore }) {
  const { beside } = store;
  const { says, at } = beside.facts;
  const starts = store.starts.value.length;
  const number = store.difference();
  const toFirst = (): void => {
    if (at !== null) store.select(at);
  };
  return (
    <header class="verdict">
      <h1>
        <span class={`pill ${at === null ? '' : 'is-different'}`}>{at === null ? '= the same' : '≠ different'}</span> <span class="title">Two runs compared</span>
      </h1>
      <p class="figures">{says}</p>
      <ul class="sides">
        {SIDES.map((side) => (
          <SideLine key={side} store={store} side={side} />
        ))}
      </ul>
      <div class="moves">
        <button type="button" onClick={toFirst} disabled={at === null}>
          Where they part
        </button>
        <span class="pair">
          <button type="button" aria-label="Previous difference" title="Previous difference (p)" disabled={starts === 0} onClick={() => store.stepDifference(-1)}>
            ‹
          </button>
          <span aria-live="polite">{starts === 0 ? 'no difference' : `${number === 0 ? '–' : number.toLocaleString('en')} of ${counted(starts, 'difference')}`}</span>
          <button type="button" aria-label="Next difference" title="Next difference (n)" disabled={starts === 0} onClick={() => store.stepDifference(1)}>
            ›
          </button>
        </span>
        <label>
          <input type="checkbox" checked={store.hidesTime.value} onChange={(event) => (store.hidesTime.value = event.currentTarget.checked)} /> Hide differences in time only
        </label>
      </div>
    </header>
  );
}

function SideLine({ store, side }: { store: BesideStore; side: Side }) {
  const { beside } = store;
  const { log } = beside.models[side];
  const { facts } = log.head;
  const ended = facts.endedAt ?? (log.length > 0 ? log.at[log.length - 1] : 0);
  const entries = beside.entries[side].reduce((sum, entry) => sum + (entry >= 0 ? 1 : 0), 0);
  return (
    <li>
      <b>{NAMES[side]}</b> <span class="title">{beside.facts.sides[side].name}</span>{' '}
      <span class={`pill ${facts.verdict !== null && facts.verdict !== 'held' ? 'is-bad' : ''}`}>{verdictInWords(log)}</span>{' '}
      <span class="figures">
        {counted(entries, 'entry', 'entries')} · {span(ended)}
      </span>{' '}
      <button type="button" class="link open" onClick={() => store.open(side)}>
        Open {NAMES[side]}
      </button>
    </li>
  );
}

/** j and k go through the rows from wherever one is, n and p through the differences. */
function keys(event: KeyboardEvent, store: BesideStore): void {
  const target = event.target as HTMLElement;
  if (/^(SELECT|TEXTAREA)$/.test(target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  const does: Record<string, () => void> = {
    j: () => store.step(1),
    k: () => store.step(-1),
    n: () => store.stepDifference(1),
    p: () => store.stepDifference(-1),
    f: () => store.select(store.beside.facts.at ?? store.row.value),
    t: () => (store.hidesTime.value = !store.hidesTime.value),
  };
  const action = does[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

/** The comparison in a page, once both runs are read. */
function View({ facts, page }: { facts: Comparison; page: Page }) {
  const [store, setStore] = useState<BesideStore | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const show = (models: [Model, Model]): void => {
      const stores = models.map((model) => new Store(model, null, false)) as [Store, Store];
      setStore(new BesideStore(new Beside(facts, models), stores));
      for (const model of models) prepare(model.states.prepare());
    };
    const leave = (event: KeyboardEvent): void => {
      const isRun = new URLSearchParams(location.hash.slice(1)).has('run');
      if (event.key === 'Escape' && isRun && !/^(INPUT|SELECT)$/.test((event.target as HTMLElement).tagName)) location.hash = '';
    };
    window.addEventListener('keydown', leave);
    Promise.all([page.run(1), page.run(2)]).then(show, (error: unknown) => setProblem(`This comparison cannot be opened: ${String(error)}`));
  }, []);
  return store ? <Compare store={store} /> : <p class="opening">{problem || 'Opening both runs…'}</p>;
}

export const comparison: Overview = { name: 'the comparison', View };
