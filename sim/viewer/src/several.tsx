// A page of several runs: what they came to together, or one of them, as the address says. `#run=2&event=57` is a moment
// of the second; what begins otherwise is of the overview.
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { App } from './app';
import type { Model } from './model';
import type { Page } from './page';
import { prepare } from './prepare';
import { Store } from './store';

/** How a page of some kind shows its runs together. A link to `#run=2` opens the second. */
export interface Overview {
  /** What a run leads back to: `the sweep`. */
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  View: ComponentType<{ facts: any; page: Page }>;
}

/** The run in the address; `null` where it has none. */
function addressed(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('run');
}

export function Several({ page, facts, overview }: { page: Page; facts: unknown; overview: Overview }) {
  const [run, setRun] = useState(addressed);
  const left = useRef({ scroll: 0, link: null as Element | null });
  const isOpen = run !== null;
  useEffect(() => {
    const follow = (): void => setRun((before) => {
      if (before === null) left.current = { scroll: window.scrollY, link: document.activeElement };
      return addressed();
    });
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  // Who comes back finds the overview as it was left.
  useLayoutEffect(() => {
    if (isOpen) return window.scrollTo(0, 0);
    document.title = page.title;
    window.scrollTo(0, left.current.scroll);
    if (left.current.link instanceof HTMLElement) left.current.link.focus({ preventScroll: true });
  }, [isOpen]);
  return (
    <>
      <div hidden={isOpen}>
        <overview.View facts={facts} page={page} />
      </div>
      {run === null ? null : <OneOf key={run} page={page} run={Number(run)} name={overview.name} />}
    </>
  );
}

/** One of the runs, below a way back. */
function OneOf({ page, run, name }: { page: Page; run: number; name: string }) {
  const [store, setStore] = useState<Store | null>(null);
  const [problem, setProblem] = useState(page.has(run) ? '' : 'There is no such run in this page.');
  const back = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    back.current?.focus();
    if (!page.has(run)) return;
    let shown: Store | null = null;
    let isGone = false;
    const show = (model: Model): void => {
      if (isGone) return;
      shown = new Store(model, run);
      const { scenario, seed } = model.log.head.source;
      document.title = `${scenario ?? 'a log'}${seed === null ? '' : `, seed ${seed}`}`;
      setStore(shown);
      prepare(model.states.prepare());
    };
    page.run(run).then(show, (error: unknown) => setProblem(`This run cannot be opened: ${String(error)}`));
    return () => {
      isGone = true;
      shown?.dispose();
    };
  }, []);
  return (
    <div class="one-of">
      <nav class="back" aria-label="Back">
        <a href="#" ref={back}>
          ← {name}
        </a>
      </nav>
      {store ? <App store={store} /> : <p class="opening">{problem || 'Opening the run…'}</p>}
    </div>
  );
}
