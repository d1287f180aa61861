// The logs of two runs in two columns, partners side by side. Only the rows in sight exist.
import { useEffect, useRef, useState } from 'preact/hooks';
import { NAMES, SIDES, type Side } from './beside';
import type { BesideStore } from './besidestore';
import { said, time } from './words';

const ROW = 24;
/** Where there is no room for two columns, one stands below the other. */
const NARROW = 46;
const HEIGHT_MAX = 8_000_000;

export function Rows({ store }: { store: BesideStore }) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [size, setSize] = useState({ height: 400, width: 1000 });
  const { beside } = store;
  const selected = store.row.value;
  const row = size.width < 560 ? NARROW : ROW;
  const full = beside.length * row;
  const shown = Math.min(full, HEIGHT_MAX);
  const squeeze = shown > size.height ? (full - size.height) / (shown - size.height) : 1;
  const offset = scroll * squeeze;
  const first = Math.max(0, Math.floor(offset / row) - 4);
  const last = Math.min(beside.length, Math.ceil((offset + size.height) / row) + 4);
  const centred = useRef(false);

  useEffect(() => {
    const element = box.current!;
    const watch = new ResizeObserver(() => setSize({ height: element.clientHeight, width: element.clientWidth }));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  // The selected row is in sight, and at first in the middle.
  useEffect(() => {
    const element = box.current!;
    const { clientHeight } = element;
    if (clientHeight === 0) return;
    const top = selected * row;
    const at = element.scrollTop * squeeze;
    const isSeen = top >= at && top <= at + clientHeight - row;
    if (isSeen && centred.current) return;
    centred.current = true;
    element.scrollTop = (top - (clientHeight - row) / 2) / squeeze;
  }, [selected, size, store.pane.value]);

  const widest = Math.max(...beside.models.map(({ log }) => (log.length > 0 ? Math.floor(log.at[log.length - 1] / 1e6) * 1e6 + 1 : 0)));
  const timeWidth = `${Math.max(9, time(widest).length)}ch`;
  const rows = [];
  for (let at = first; at < last; at++) rows.push(<Row key={at} store={store} at={at} top={at * row - offset + scroll} timeWidth={timeWidth} />);
  const keys = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(size.height / row) - 1);
    const by: Record<string, () => void> = {
      ArrowDown: () => store.step(1),
      ArrowUp: () => store.step(-1),
      PageDown: () => store.step(page),
      PageUp: () => store.step(-page),
      Home: () => store.select(0),
      End: () => store.select(beside.length - 1),
      ArrowLeft: () => store.choose(0),
      ArrowRight: () => store.choose(1),
      Enter: () => store.open(store.side.value),
    };
    const action = by[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
  return (
    <section class="rows" aria-label="Events of both runs">
      <div class="row heading" aria-hidden="true">
        <span class="cell">A</span>
        <span class="mark" />
        <span class="cell">B</span>
      </div>
      <div
        ref={box}
        class="list"
        role="listbox"
        tabIndex={0}
        aria-label="Events of A and B side by side: arrows, j and k move, n and p go to differences, left and right choose A or B, Enter opens the run"
        aria-activedescendant={beside.length > 0 ? `row-${selected}` : undefined}
        onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
        onKeyDown={keys}
      >
        <div class="filler" role="presentation" style={{ height: `${shown}px` }}>
          {rows}
        </div>
        {beside.length === 0 ? <p class="none">Neither run has an entry.</p> : null}
      </div>
    </section>
  );
}

function Row({ store, at, top, timeWidth }: { store: BesideStore; at: number; top: number; timeWidth: string }) {
  const { beside } = store;
  const { sign, words, long, kind } = beside.mark(at);
  const isSelected = store.row.value === at;
  const isQuiet = kind === 'time' && store.hidesTime.value;
  const events = SIDES.map((side) => {
    const entry = beside.entries[side][at];
    const { log } = beside.models[side];
    return entry < 0 ? null : { entry, at: time(log.at[entry]), text: said(log, entry), isLost: log.is(entry, 'lost') };
  });
  const [a, b] = events;
  const isSame = a !== null && b !== null && a.text === b.text;
  const click = (side: Side, event: MouseEvent): void => {
    event.stopPropagation();
    // The first click selects, the second opens.
    if (isSelected && store.side.value === side) return store.open(side);
    store.select(at);
    store.choose(side);
  };
  return (
    <div
      id={`row-${at}`}
      role="option"
      aria-selected={isSelected}
      aria-posinset={at + 1}
      aria-setsize={beside.length}
      class={`row is-${isQuiet ? 'same' : kind}`}
      style={{ top: `${top}px` }}
      onClick={() => store.select(at)}
    >
      <span class="unseen">{long}: </span>
      {SIDES.map((side) => {
        const event = events[side];
        const isChosen = isSelected && store.side.value === side && event !== null;
        return (
          <span
            key={side}
            class={`cell ${side === 0 ? 'is-a' : 'is-b'} ${event === null ? 'is-nothing' : ''} ${event?.isLost ? 'is-lost' : ''} ${isChosen ? 'is-chosen' : ''} ${isSame && side === 1 ? 'is-again' : ''}`}
            onClick={(mouse) => click(side, mouse)}
          >
            {event === null ? null : (
              <>
                <span class="letter">{NAMES[side]}</span>
                <span class="at" style={{ width: timeWidth }}>
                  {event.at}
                </span>
                <span class="words">{event.text}</span>{' '}
                {isChosen ? <span class="go">open ↵</span> : null}
              </>
            )}
          </span>
        );
      })}
      <span class="mark" aria-hidden="true">
        <b>{sign}</b> {words}
      </span>
    </div>
  );
}
