// The selected row of a comparison: what differs in it, what led to it, and what the node held on either side; and where
// the two runs part.
import { type Field, NAMES, SIDES, type Side } from './beside';
import type { BesideStore } from './besidestore';
import { NOTHING } from './data';
import { inWords } from './moment';
import { said, time } from './words';

/** How many causes of a side are shown, and how many decisions: the last. */
const CAUSES_MAX = 8;
const DECISIONS_MAX = 40;
/** How much is shown of a value. */
const VALUE_MAX = 200;

export function Details({ store }: { store: BesideStore }) {
  const { beside } = store;
  const row = store.row.value;
  if (beside.length === 0) return <section class="details" aria-label="Details" />;
  const { sign, long } = beside.mark(row);
  const to = beside.movedTo(row);
  const fields = beside.fields(row);
  return (
    <section class="details" aria-label="The selected row">
      <h2>
        {sign} Row {(row + 1).toLocaleString('en')} <small>{long}</small>
      </h2>
      {SIDES.map((side) => (
        <Told key={side} store={store} side={side} />
      ))}
      {to === undefined ? null : (
        <button type="button" onClick={() => store.select(to)}>
          Go to row {(to + 1).toLocaleString('en')}, where the other has it
        </button>
      )}
      {fields.length > 0 ? (
        <div class="box">
          <h3>What differs</h3>
          <Fields fields={fields} />
        </div>
      ) : null}
      {SIDES.map((side) => (
        <Causes key={side} store={store} side={side} />
      ))}
      <States store={store} />
      <Parting store={store} />
      <Lacks store={store} />
      <div class="box">
        <h3>Keys</h3>
        <p class="keys">
          <kbd>j</kbd> <kbd>k</kbd> next and previous row, <kbd>n</kbd> <kbd>p</kbd> next and previous difference, <kbd>f</kbd> where they part, <kbd>t</kbd> hide or show differences in time, <kbd>←</kbd> <kbd>→</kbd> choose A or B, <kbd>Enter</kbd> open that run at this event, <kbd>Esc</kbd> come back. A second click on an event opens it too.
        </p>
      </div>
    </section>
  );
}

function Told({ store, side }: { store: BesideStore; side: Side }) {
  const { beside } = store;
  const entry = beside.entries[side][store.row.value];
  const { log } = beside.models[side];
  return (
    <p class="told">
      <b>{NAMES[side]}</b> {entry < 0 ? <span class="none">has nothing here.</span> : `${time(log.at[entry])} ${said(log, entry)}`}{' '}
      <button type="button" onClick={() => store.open(side)}>
        Open {NAMES[side]} {entry < 0 ? 'before this' : 'at this event'}
      </button>
    </p>
  );
}

const short = (value: string | null): string => (value === null ? 'nothing' : value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX)}…` : value);

function Fields({ fields }: { fields: Field[] }) {
  return (
    <table class="change">
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {fields.slice(0, 24).map(({ path, values }) => (
          <tr key={path}>
            <th scope="row">{path}</th>
            <td>{short(values[0])}</td>
            <td>{short(values[1])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The messages that led to an event of a side. */
function Causes({ store, side }: { store: BesideStore; side: Side }) {
  const { beside } = store;
  const model = beside.models[side];
  const entry = beside.entries[side][store.row.value];
  if (entry < 0) return null;
  const chain = model.steps.chain(model.steps.of[entry]).map((step) => model.headline(step));
  if (chain.length < 2) return null;
  return (
    <div class="box">
      <h3>What led to it in {NAMES[side]}</h3>
      {chain.length > CAUSES_MAX ? <p class="none">{chain.length - CAUSES_MAX} before these</p> : null}
      <ol class="links">
        {chain.slice(-CAUSES_MAX).map((cause) => (
          <li key={cause}>
            <button type="button" class="link" onClick={() => store.select(beside.row(side, cause))}>
              <span class="at">{time(model.log.at[cause])}</span> {said(model.log, cause)}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What the node of the selected event holds of its CoValue right after it, on either side. */
function States({ store }: { store: BesideStore }) {
  const { beside } = store;
  const row = store.row.value;
  if (beside.models.some(({ log }) => !log.head.tells.states)) return null;
  const side = beside.entries[store.side.value][row] >= 0 ? store.side.value : ((1 - store.side.value) as Side);
  const { log } = beside.models[side];
  const entry = beside.entries[side][row];
  const [node, id] = [log.where(entry), log.id[entry]];
  if (node === NOTHING || id === NOTHING) return null;
  const held = SIDES.map((side) => {
    const { log: own, states, steps } = beside.models[side];
    const [ownNode, ownId] = [own.head.nodes.indexOf(log.nodeName(node)), own.head.coValues.indexOf(log.idName(id))];
    const at = store.near(side, row);
    if (ownNode < 0 || ownId < 0 || at < 0) return null;
    return { held: states.before(ownNode, ownId, steps.first[steps.of[at] + 1]), at: own.at[at] };
  });
  const [a, b] = held;
  if (a === null || b === null) return null;
  const rows = inWords(a.held, b.held, [a.at, b.at]);
  return (
    <div class="box">
      <h3>
        What {log.nodeName(node)} holds of {log.idName(id)} then
      </h3>
      <table class="change">
        <thead>
          <tr>
            <td />
            <th scope="col">A</th>
            <th scope="col">B</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, left, right]) => (
            <tr key={name} class={left === right ? '' : 'is-changed'}>
              <th scope="row">
                {left === right ? '' : '≠ '}
                {name}
              </th>
              <td>{left}</td>
              <td>{right}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Parting({ store }: { store: BesideStore }) {
  const { beside } = store;
  const { at, says, decided } = beside.facts;
  const fields = beside.first();
  return (
    <div class="box">
      <h3>Where they part</h3>
      <p>{says}</p>
      {at !== null && at !== store.row.value && fields.length > 0 ? <Fields fields={fields} /> : null}
      {decided === null ? (
        <p class="none">What chance decided is known only where both sides are scenarios that are played.</p>
      ) : (
        SIDES.map((side) => <Decided key={side} name={NAMES[side]} all={decided[side]} isParted={at !== null} />)
      )}
    </div>
  );
}

function Decided({ name, all, isParted }: { name: string; all: string[]; isParted: boolean }) {
  if (all.length === 0) return isParted ? <p class="none">Until then chance decided nothing in {name} alone.</p> : null;
  return (
    <>
      <h3>Decided in {name} only</h3>
      {all.length > DECISIONS_MAX ? <p class="none">{all.length - DECISIONS_MAX} before these</p> : null}
      <ul class="links">
        {all.slice(-DECISIONS_MAX).map((decision) => (
          <li key={decision}>
            <code>{decision}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What is missing on either side, in words. */
function Lacks({ store }: { store: BesideStore }) {
  const { facts, models } = store.beside;
  const missing = SIDES.flatMap((side) => {
    const { dropped, tells, source, facts: known } = models[side].log.head;
    const name = NAMES[side];
    return [
      dropped ? `${name} leaves out ${dropped.entries.toLocaleString('en')} entries after the first ${dropped.after.toLocaleString('en')}: what stands beside each other after those may not belong together.` : '',
      tells.states ? '' : `${name} does not tell what nodes hold: it is a log without states.`,
      known.verdict === null ? `${name} is a log, which does not say what the run came to.` : '',
      source.seed === null ? `${name} is a log of version 1, which lacks what happens to messages on their way.` : '',
      known.isRedacted ? `${name} is without what apps wrote (--redact): sizes and hashes are kept.` : '',
    ];
  }).filter(Boolean);
  const versions = [...new Set(facts.sides.map((side) => side.cosim))];
  return (
    <>
      {missing.map((text) => (
        <p key={text} class="lacks">
          {text}
        </p>
      ))}
      {versions.length > 1 ? <p class="lacks">A was written by cosim {versions[0]}, B by cosim {versions[1]}.</p> : null}
    </>
  );
}
