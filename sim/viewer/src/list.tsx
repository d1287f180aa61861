// The log: what the diagram shows, in words, for keyboards and screen readers. Only the rows in sight exist.
import { useEffect, useRef, useState } from 'preact/hooks';
import { place, type Store } from './store';
import { time, said } from './words';

const ROW = 24;
/** Browsers do not make elements as high as a long list would be: beyond that, rows stand closer in the scroll bar. */
const HEIGHT_MAX = 8_000_000;

export function EventList({ store }: { store: Store }) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [height, setHeight] = useState(400);
  const listed = store.listed.value;
  const selected = store.selected.value;
  const { log } = store.model;
  const full = listed.length * ROW;
  const shown = Math.min(full, HEIGHT_MAX);
  const squeeze = shown > height ? (full - height) / (shown - height) : 1;
  const offset = scroll * squeeze;
  const first = Math.max(0, Math.floor(offset / ROW) - 4);
  const last = Math.min(listed.length, Math.ceil((offset + height) / ROW) + 4);

  useEffect(() => {
    const element = box.current!;
    const watch = new ResizeObserver(() => setHeight(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  // The selected event, or where it would stand, is in sight.
  useEffect(() => {
    const element = box.current!;
    if (element.clientHeight === 0) return;
    const top = place(listed, selected) * ROW;
    const at = element.scrollTop * squeeze;
    if (top < at || top > at + element.clientHeight - ROW) element.scrollTop = (top - element.clientHeight / 2) / squeeze;
  }, [selected, listed, height, store.pane.value]);

  const timeWidth = `${Math.max(9, time(log.length > 0 ? Math.floor(log.at[log.length - 1] / 1e6) * 1e6 + 1 : 0).length)}ch`;
  const rows = [];
  for (let at = first; at < last; at++) {
    const entry = listed[at];
    const violated = store.model.steps.of[entry] === store.model.violated;
    rows.push(
      <div
        key={entry}
        id={`event-${entry}`}
        role="option"
        aria-selected={entry === selected}
        aria-posinset={at + 1}
        aria-setsize={listed.length}
        class={`row ${log.is(entry, 'lost') ? 'is-lost' : ''} ${violated ? 'is-violated' : ''}`}
        style={{ top: `${at * ROW - offset + scroll}px` }}
        onClick={() => store.select(entry)}
      >
        <span class="at" style={{ width: timeWidth }}>
          {time(log.at[entry])}
        </span>
        <span class={`glyph ${log.head.says[log.says[entry]] || log.head.kinds[log.kind[entry]]}`} aria-hidden="true" />
        <span class="words">{said(log, entry)}</span>
      </div>,
    );
  }
  const keys = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / ROW) - 1);
    const by: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -listed.length, End: listed.length };
    if (!(event.key in by)) return;
    event.preventDefault();
    store.moveInList(by[event.key]);
  };
  const isListed = listed[place(listed, selected)] === selected;
  return (
    <section class="events" aria-label="Log">
      <h2>Events</h2>
      <div
        ref={box}
        class="list"
        role="listbox"
        tabIndex={0}
        aria-label="Events, in order: arrows or j and k move"
        aria-activedescendant={isListed ? `event-${selected}` : undefined}
        onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
        onKeyDown={keys}
      >
        <div class="filler" role="presentation" style={{ height: `${shown}px` }}>
          {rows}
        </div>
        {listed.length === 0 ? <p class="none">No entry fits.</p> : null}
      </div>
    </section>
  );
}
