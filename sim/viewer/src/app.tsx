// The page: what the run came to, the diagram, the log, and what was at the selected moment.
import { Diagram } from './diagram';
import { EventList } from './list';
import { Moment } from './moment';
import { RunFacts, Verdict } from './run';
import { Search } from './search';
import type { Pane, Store } from './store';

const PANES: [Pane, string][] = [
  ['diagram', 'Diagram'],
  ['events', 'Log'],
  ['moment', 'Moment'],
  ['run', 'Run'],
];

export function App({ store }: { store: Store }) {
  const pane = store.pane.value;
  return (
    <div class={`page show-${pane}`} onKeyDown={(event) => keys(event, store)}>
      <Verdict store={store} />
      <Search store={store} />
      <main class="parts">
        <Diagram store={store} />
        <EventList store={store} />
        <nav class="panes" aria-label="Parts of the page">
          {PANES.map(([name, words]) => (
            <button key={name} type="button" class={`to-${name}`} aria-pressed={pane === name} onClick={() => (store.pane.value = name)}>
              {words}
            </button>
          ))}
        </nav>
        <Moment store={store} />
        <RunFacts store={store} />
      </main>
    </div>
  );
}

/** j and k go through the list from wherever one is, n and p through the events of one node, u and i of one CoValue. */
function keys(event: KeyboardEvent, store: Store): void {
  const target = event.target as HTMLElement;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  const { log } = store.model;
  const at = store.selected.value;
  const [node, id] = [log.where(at), log.id[at]];
  const ofNode = (entry: number): boolean => log.node[entry] === node || log.peer[entry] === node;
  const ofId = (entry: number): boolean => log.id[entry] === id;
  const does: Record<string, () => void> = {
    j: () => store.moveInList(1),
    k: () => store.moveInList(-1),
    n: () => store.move(1, ofNode),
    p: () => store.move(-1, ofNode),
    u: () => store.move(1, ofId),
    i: () => store.move(-1, ofId),
    c: () => (store.cone.value = store.cone.value === 'none' ? 'before' : 'none'),
    '/': () => document.getElementById('filter')?.focus(),
  };
  const action = does[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
