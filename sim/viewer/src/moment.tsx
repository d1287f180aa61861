// The selected moment: what happened, what led to it, what nodes held before and after, and what oracles looked at.
import { useState } from 'preact/hooks';
import { type Log, NOTHING } from './data';
import { type Held, nothing } from './states';
import type { Cone, Store } from './store';
import { told } from './told';
import { counted, inOrder, type Known, span, time, timerInWords, said } from './words';

/** How many rows of a long table are shown before somebody asks for all of them. */
const ROWS = 24;

export function Moment({ store }: { store: Store }) {
  const { log, steps } = store.model;
  const entry = store.selected.value;
  const step = store.step.value;
  const [first, end] = [steps.first[step], steps.first[step + 1]];
  const beside = [];
  for (let i = first; i < end; i++) {
    if (i !== entry && log.kind[i] !== log.KIND.state && log.kind[i] !== log.KIND.looks) beside.push(i);
  }
  if (log.length === 0) return <section class="moment">This log has no entries.</section>;
  return (
    <section class="moment" aria-label="The selected moment">
      <h2>
        {time(log.at[entry])} <small>event {log.event[entry]}</small>
      </h2>
      <p class="what">{said(log, entry)}</p>
      <Moves store={store} />
      {step === store.model.violated ? <Broken store={store} /> : <Chain store={store} step={step} />}
      <StateBox store={store} first={first} end={end} />
      {beside.length > 0 ? (
        <div class="box">
          <h3>Also in this event</h3>
          <Links store={store} entries={beside} />
        </div>
      ) : null}
      <Looks store={store} first={first} end={end} />
      <details class="box">
        <summary>All fields of the log</summary>
        <pre tabIndex={0}>{raw(log, first, end)}</pre>
      </details>
    </section>
  );
}

function raw(log: Log, first: number, end: number): string {
  const most = 40;
  const lines = [];
  for (let i = first; i < Math.min(end, first + most); i++) lines.push(JSON.stringify(log.line(i)));
  if (end - first > most) lines.push(`… ${end - first - most} more`);
  return lines.join('\n');
}

function Moves({ store }: { store: Store }) {
  const { log } = store.model;
  const entry = store.selected.value;
  const [node, id] = [log.where(entry), log.id[entry]];
  const ofNode = (other: number): boolean => log.node[other] === node || log.peer[other] === node;
  const ofId = (other: number): boolean => log.id[other] === id;
  const pair = (words: string, keys: string, holds?: (entry: number) => boolean) => (
    <span class="pair">
      <button type="button" aria-label={`Previous event ${words}`} title={`Previous event ${words} (${keys[0]})`} onClick={() => store.move(-1, holds)}>
        ‹
      </button>
      <span>{words === '' ? 'event' : words}</span>
      <button type="button" aria-label={`Next event ${words}`} title={`Next event ${words} (${keys[1]})`} onClick={() => store.move(1, holds)}>
        ›
      </button>
    </span>
  );
  return (
    <div class="moves">
      {pair('', 'kj')}
      {node === NOTHING ? null : pair(`of ${log.nodeName(node)}`, 'pn', ofNode)}
      {id === NOTHING ? null : pair(`of ${log.idName(id)}`, 'iu', ofId)}
      <label>
        Show{' '}
        <select value={store.cone.value} onChange={(event) => (store.cone.value = event.currentTarget.value as Cone)}>
          <option value="none">everything</option>
          <option value="before">what may have led to it</option>
          <option value="after">what may have come of it</option>
          <option value="both">both</option>
        </select>
      </label>
      <CopyLink store={store} />
    </div>
  );
}

function CopyLink({ store }: { store: Store }) {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(store.link());
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" onClick={() => void copy()} title="The address of this page has the event and the filter in it">
      {done ? 'Copied' : 'Copy link'}
    </button>
  );
}

/** Entries to go to: of many the first, or the last, until all are asked for. */
function Links({ store, entries, end = 'first' }: { store: Store; entries: number[]; end?: 'first' | 'last' }) {
  const { log } = store.model;
  const [all, setAll] = useState(false);
  const few = end === 'first' ? entries.slice(0, ROWS) : entries.slice(-ROWS);
  const shown = all ? entries : few;
  return (
    <ol class="links">
      {shown.map((entry) => (
        <li key={entry}>
          <button type="button" class="link" aria-current={entry === store.selected.value ? 'true' : undefined} onClick={() => store.select(entry)}>
            <span class="at">{time(log.at[entry])}</span> {said(log, entry)}
          </button>
        </li>
      ))}
      {entries.length > shown.length ? (
        <li>
          <button type="button" onClick={() => setAll(true)}>
            all {entries.length}
          </button>
        </li>
      ) : null}
    </ol>
  );
}

/** The messages that led to a step. */
function Chain({ store, step }: { store: Store; step: number }) {
  const { steps } = store.model;
  const chain = steps.chain(step);
  if (chain.length < 2) return null;
  return (
    <div class="box">
      <h3>What led to it</h3>
      <Links store={store} entries={chain.map((it) => store.model.headline(it))} />
    </div>
  );
}

/** The violation: the rule, what broke it, and what led there. */
export function Broken({ store }: { store: Store }) {
  const { violation, violated } = store.model;
  if (violation === null) return <Chain store={store} step={violated} />;
  return (
    <div class="box broken">
      <h3>{violation.oracle}</h3>
      <dl>
        <dt>What must hold</dt>
        <dd>{violation.rule}</dd>
        <dt>What was found</dt>
        <dd>{violation.what || '(left out)'}</dd>
        <dt>Failure key</dt>
        <dd>
          <code>{violation.key}</code>
        </dd>
      </dl>
      <h3>What led to it</h3>
      <Links store={store} entries={violation.causes} end="last" />
    </div>
  );
}

function Looks({ store, first, end }: { store: Store; first: number; end: number }) {
  const { log } = store.model;
  const { rules } = log.head.facts;
  if (!log.head.tells.looks) return null;
  const counts = new Map<string, number>();
  const violated = new Map<string, string>();
  for (let i = first; i < end; i++) {
    if (log.kind[i] !== log.KIND.looks) continue;
    const line = log.line(i);
    const times = Math.max(1, (line.ids ?? []).length);
    for (const [oracle, looks] of Object.entries(line.looks as Record<string, number>)) counts.set(oracle, (counts.get(oracle) ?? 0) + looks * times);
    for (const [oracle, key] of Object.entries((line.violated ?? {}) as Record<string, string>)) violated.set(oracle, key);
  }
  if (counts.size === 0) return null;
  return (
    <div class="box">
      <h3>Oracles that looked</h3>
      <ul class="looks">
        {[...counts].map(([oracle, looks]) => (
          <li key={oracle} class={violated.has(oracle) ? 'is-violated' : ''} title={rules[oracle]}>
            {violated.has(oracle) ? '✗' : '✓'} {oracle}
            {looks > 1 ? ` ×${looks}` : ''}
            {violated.has(oracle) ? `: ${violated.get(oracle)}` : ''}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What nodes hold: of whom something changes here first, then everybody who ever holds the CoValue. */
function StateBox({ store, first, end }: { store: Store; first: number; end: number }) {
  const { log, states, violation, steps } = store.model;
  const entry = store.selected.value;
  const [chosen, choose] = useState<number | null>(null);
  if (!log.head.tells.states) {
    return (
      <div class="box">
        <h3>State</h3>
        <p class="none">This log does not tell what nodes hold: it was written without states.</p>
      </div>
    );
  }
  const pairs = states.changedBetween(first, end);
  const add = (node: number, id: number): void => {
    if (node !== NOTHING && id !== NOTHING && node >= 0 && id >= 0 && !pairs.some((it) => it.node === node && it.id === id)) pairs.push({ node, id });
  };
  if (violation && steps.of[entry] === store.model.violated) {
    const id = log.head.coValues.indexOf(violation.id ?? '');
    add(log.head.nodes.indexOf(violation.node), id);
    if (violation.peer) add(log.head.nodes.indexOf(violation.peer), id);
  }
  add(log.where(entry), log.id[entry]);
  const id = chosen ?? (log.id[entry] !== NOTHING ? log.id[entry] : (pairs[0]?.id ?? 0));
  return (
    <>
      {pairs.slice(0, 6).map((pair) => (
        <Change key={`${pair.node} ${pair.id}`} store={store} node={pair.node} id={pair.id} first={first} end={end} />
      ))}
      {pairs.length > 6 ? <p class="none">{pairs.length - 6} more change in this event.</p> : null}
      {log.head.coValues.length > 0 ? (
        <div class="box">
          <h3>
            Everybody at this moment{' '}
            <select aria-label="CoValue" value={String(id)} onChange={(event) => choose(Number(event.currentTarget.value))}>
              {log.head.coValues.map((name, at) => (
                <option key={name} value={String(at)}>
                  {name}
                </option>
              ))}
            </select>
          </h3>
          <Everybody store={store} id={id} first={first} end={end} />
        </div>
      ) : null}
    </>
  );
}

const count = (known: Known): number => Object.values(known.sessions).reduce((sum, count) => sum + count, 0);

function short(known: Known): string {
  const total = count(known);
  if (!known.header && total === 0) return 'nothing';
  return `${known.header ? '' : 'no header, '}${counted(total, 'transaction')}`;
}

/** For each wait, whom it is for and why: how long it still takes. */
function waits(held: Held, now: number): Map<string, string> {
  const words = held.waits.map((wait): [string, string] => {
    const left = wait.until >= now ? `for ${span(wait.until - now)} more` : `overdue since ${span(now - wait.until)}`;
    return [`waits: ${timerInWords(wait.why)} it, ${wait.peer}`, left];
  });
  return new Map(words);
}

/** What a node thinks of a peer. */
const BELIEFS: ['told' | 'assumed' | 'confirmed', (peer: string) => string][] = [
  ['told', (peer) => `told ${peer}`],
  ['assumed', (peer) => `assumes of ${peer}`],
  ['confirmed', (peer) => `${peer} confirmed`],
];

/** The peers of whom it thinks anything, in either of two states. */
const believed = (...states: Held[]): string[] => [...new Set(states.flatMap((held) => BELIEFS.flatMap(([what]) => Object.keys(held[what]))))].sort();

/** Two states in words, line by line: before and after, or on either side, at these moments. */
export function inWords(before: Held, after: Held, [then, now]: [number, number]): [string, string, string][] {
  const rows: [string, string, string][] = [];
  const put = (name: string, was: string, is: string): void => {
    rows.push([name, was, is]);
  };
  const yes = (is: boolean): string => (is ? 'yes' : 'no');
  put('has an entry', yes(before.entry), yes(after.entry));
  put('header', yes(before.known.header), yes(after.known.header));
  const of = (known: Known, session: string): string => String(known.sessions[session] ?? 0);
  for (const [session] of inOrder({ ...before.known.sessions, ...after.known.sessions })) put(session, of(before.known, session), of(after.known, session));
  for (const peer of believed(before, after)) {
    for (const [what, words] of BELIEFS) {
      const said = (held: Held): string => (held[what][peer] ? compared(held[what][peer], held.known) : 'nothing known');
      // Older logs have only what was confirmed.
      if (before[what][peer] || after[what][peer]) put(words(peer), said(before), said(after));
    }
  }
  if (count(before.durable) + count(after.durable) > 0 || before.durable.header || after.durable.header) put('on its disk', compared(before.durable, before.known), compared(after.durable, after.known));
  const [waited, waiting] = [waits(before, then), waits(after, now)];
  for (const wait of new Set([...waited.keys(), ...waiting.keys()])) put(wait, waited.get(wait) ?? 'no', waiting.get(wait) ?? 'no');
  put('shows', before.shown?.slice(0, 8) ?? 'nothing', after.shown?.slice(0, 8) ?? 'nothing');
  return rows;
}

/** What one node holds of one CoValue before and after, and what is different. */
function Change({ store, node, id, first, end }: { store: Store; node: number; id: number; first: number; end: number }) {
  const { log, states } = store.model;
  const [whole, setWhole] = useState(false);
  const before = states.before(node, id, first);
  const after = states.before(node, id, end);
  const rows = inWords(before, after, [log.at[first], log.at[first]]);
  const peers = believed(before, after);
  const changed = rows.filter(([, was, is]) => was !== is);
  const same = rows.length - changed.length;
  const shown = whole ? rows : changed.length > 0 ? changed : rows.slice(0, 6);
  return (
    <div class="box">
      <h3>
        {log.nodeName(node)} <small>of</small> {log.idName(id)}
      </h3>
      <table class="change">
        <thead>
          <tr>
            <td />
            <th scope="col">before</th>
            <th scope="col">after</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(([name, was, is]) => (
            <tr key={name} class={was === is ? '' : 'is-changed'}>
              <th scope="row">{name}</th>
              <td>{was}</td>
              <td>{is}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length || whole ? (
        <button type="button" onClick={() => setWhole(!whole)}>
          {whole ? 'Only what changes' : changed.length > 0 ? `${same} that stay the same` : `All ${rows.length}`}
        </button>
      ) : null}
      <Spoken store={store} node={node} id={id} peers={peers} until={end - 1} />
      {before.entry === nothing().entry && after.entry === before.entry && changed.length === 0 ? <p class="none">It holds nothing of it.</p> : null}
    </div>
  );
}

/** What somebody is known to hold, beside what the node holds itself. */
function compared(known: Known, own: Known): string {
  const missing = Object.entries(own.sessions).reduce((sum, [session, count]) => sum + Math.max(0, count - (known.sessions[session] ?? 0)), 0);
  const beyond = Object.entries(known.sessions).reduce((sum, [session, count]) => sum + Math.max(0, count - (own.sessions[session] ?? 0)), 0);
  if (known.header === own.header && missing + beyond === 0) return 'all that it holds';
  const parts = [missing > 0 ? `${missing} behind` : '', beyond > 0 ? `${beyond} more` : ''].filter(Boolean);
  return `${short(known)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
}

/** What was last said between a node and its peers, looked for only when somebody asks. */
function Spoken(props: { store: Store; node: number; id: number; peers: string[]; until: number }) {
  const [open, setOpen] = useState(false);
  if (props.peers.length === 0) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What was said last</summary>
      {open ? <Words {...props} /> : null}
    </details>
  );
}

function Words({ store, node, id, peers, until }: { store: Store; node: number; id: number; peers: string[]; until: number }) {
  const { log } = store.model;
  const spoken = peers.slice(0, 6).flatMap((name) => {
    const peer = log.head.nodes.indexOf(name);
    const last = told(log, node, peer, id, until);
    return [
      { words: `heard from ${name}`, entry: last.heard },
      { words: `told ${name}`, entry: last.said },
    ];
  });
  const known = spoken.filter((it) => it.entry >= 0);
  return (
    <>
      <ul class="links">
        {known.map(({ words: how, entry }) => (
          <li key={`${how} ${entry}`}>
            {how}:{' '}
            <button type="button" class="link" onClick={() => store.select(entry)}>
              <span class="at">{time(log.at[entry])}</span> {said(log, entry).split(' | ')[1] ?? said(log, entry)}
            </button>
          </li>
        ))}
      </ul>
      {known.length === 0 ? <p class="none">Nothing of it.</p> : null}
    </>
  );
}

function Everybody({ store, id, first, end }: { store: Store; id: number; first: number; end: number }) {
  const { log, states } = store.model;
  const [all, setAll] = useState(false);
  const nodes = states.nodesOf(id);
  const most = all ? nodes.length : ROWS;
  const changing = new Set(states.changedBetween(first, end).filter((it) => it.id === id).map((it) => it.node));
  const rows = nodes.slice(0, most).map((node) => ({ node, is: states.before(node, id, end) }));
  // Equal contents get one letter, so that who sees the same is seen at a glance.
  const letters = new Map<string, string>();
  const letter = (shown: string | null): string => {
    if (shown === null) return '';
    if (!letters.has(shown)) letters.set(shown, letters.size < 26 ? String.fromCharCode(65 + letters.size) : `#${letters.size + 1}`);
    return letters.get(shown)!;
  };
  const hasViews = rows.some(({ is }) => is.shown !== null);
  const hasDisks = rows.some(({ is }) => is.durable.header || count(is.durable) > 0);
  const largest = Math.max(1, ...rows.map(({ is }) => count(is.known)));
  return (
    <>
      <table class="everybody">
        <thead>
          <tr>
            <th scope="col">node</th>
            <th scope="col">holds</th>
            {hasDisks ? <th scope="col">on disk</th> : null}
            {hasViews ? <th scope="col">shows</th> : null}
            <th scope="col">waits for</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ node, is }) => (
            <tr key={node} class={changing.has(node) ? 'is-changed' : ''}>
              <th scope="row">{log.nodeName(node)}</th>
              <td>
                <span class="bar" aria-hidden="true">
                  <i style={{ width: `${(100 * count(is.known)) / largest}%` }} />
                </span>
                {is.entry ? (is.known.header ? count(is.known) : count(is.known) > 0 ? `${count(is.known)}, no header` : 'wanted') : '–'}
              </td>
              {hasDisks ? <td>{is.durable.header || count(is.durable) > 0 ? count(is.durable) : '–'}</td> : null}
              {hasViews ? <td title={is.shown ?? ''}>{letter(is.shown)}</td> : null}
              <td class="waits">{is.waits.map((wait) => `${wait.peer} (${wait.why})`).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasViews ? <p class="none">Nodes with the same letter show the same.</p> : null}
      {nodes.length > most ? (
        <button type="button" onClick={() => setAll(true)}>
          all {nodes.length} nodes
        </button>
      ) : null}
    </>
  );
}
