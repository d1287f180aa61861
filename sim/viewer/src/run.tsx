// What is known of the run as a whole: what it came to, how to play it again, and what the page cannot know.
import { useState } from 'preact/hooks';
import { Copy, Download } from './buttons';
import type { Facts, Log } from './data';
import { Broken } from './moment';
import type { Store } from './store';
import { counted, span, time } from './words';

/** What a run can come to. */
export const VERDICTS: Record<string, string> = { held: 'held', liveness: 'not live', violated: 'violated', guest: 'a guest failed' };

/** What a run came to, as far as its log is known to say. */
export function verdictInWords({ head }: Log, isViolated = false): string {
  const { verdict } = head.facts;
  if (verdict === null) return isViolated ? 'a log with a violation' : 'a log';
  return `${verdict === 'held' ? '✓' : '✗'} ${VERDICTS[verdict] ?? verdict}`;
}

export function Verdict({ store }: { store: Store }) {
  const { log, violation, violated } = store.model;
  const { facts, source } = log.head;
  const bad = facts.verdict !== null && facts.verdict !== 'held';
  const found = violated >= 0 && !bad;
  const ended = log.length > 0 ? log.at[log.length - 1] : 0;
  return (
    <header class="verdict">
      <h1>
        <span class={`pill ${bad ? 'is-bad' : facts.verdict === null ? 'is-unknown' : ''}`}>
          {verdictInWords(log, violated >= 0)}
        </span>{' '}
        <span class="title">{source.scenario ?? 'an event log'}</span>
      </h1>
      <p class="figures">
        {source.seed === null ? '' : `seed ${source.seed} · `}
        {source.crypto === null ? '' : `${source.crypto} crypto · `}
        {counted(log.head.nodes.length, 'node')} · {counted(log.head.coValues.length, 'CoValue')} · {span(facts.endedAt ?? ended)}
      </p>
      {violation ? (
        <p class={`finding ${found ? 'is-expected' : ''}`}>
          <button type="button" onClick={() => store.select(store.model.headline(violated))}>
            {facts.isExpected ? 'Expected: ' : ''}
            <b>{violation.oracle}</b> at {time(violation.at)}
          </button>{' '}
          {violation.what || violation.rule}
        </p>
      ) : null}
      {facts.unmet
        .filter((it) => violation === null || it.isKnown)
        .map((it) => (
          <Unmet key={it.says} {...it} />
        ))}
      {violation === null && facts.guestFailures.length > 0 ? <p class="finding">{facts.guestFailures[0].split('\n')[0]}</p> : null}
    </header>
  );
}

/** What this log does not have, in words. */
function lacks(store: Store): string[] {
  const { log } = store.model;
  const { facts, tells, dropped, source } = log.head;
  const missing: string[] = [];
  if (dropped) missing.push(`It leaves out ${dropped.entries.toLocaleString('en')} entries in the middle. What nodes hold after those is told only as far as it changes later.`);
  if (!tells.states) missing.push('It does not tell what nodes hold: play the run with --with states, or let cosim report play it.');
  if (!tells.looks) missing.push('It does not tell what oracles look at: play the run with --with looks, or let cosim report play it.');
  if (facts.verdict === null) missing.push('A log does not say what the run came to, nor its scenario: partitions, clocks, decisions and the command are known only where cosim report plays the scenario itself.');
  if (source.seed === null) missing.push('It is of version 1, which does not say of which scenario and seed it is, nor when messages were sent that arrived.');
  if (facts.isRedacted) missing.push('What apps wrote is left out (--redact), and with it the scenario. Sizes and hashes are kept.');
  return missing;
}

/** `storm-seed-1-frozen.json`, from the name of the scenario's file. */
function fileName(store: Store, suffix: string, ending = 'json'): string {
  const path = (store.model.log.head.source.scenario ?? 'run').split(' ')[0];
  const base = path.split(/[/\\]/).pop() || 'run';
  return `${base.replace(/\.jsonl?$/, '')}${suffix}.${ending}`;
}

export function RunFacts({ store }: { store: Store }) {
  const { log } = store.model;
  const { facts, source } = log.head;
  const missing = lacks(store);
  const explained = facts.decisions.some((it) => it.without !== null);
  const [all, setAll] = useState(false);
  const decisions = all ? facts.decisions : facts.decisions.slice(0, 40);
  return (
    <section class="run" aria-label="The run">
      <h2>The run</h2>
      {facts.about ? <p class="about">{facts.about}</p> : null}
      {missing.map((text) => (
        <p key={text} class="lacks">
          {text}
        </p>
      ))}
      {explained ? <Decisions store={store} decisions={decisions} explained /> : null}
      {explained ? <Broken store={store} /> : null}
      <Drawings store={store} />
      {facts.command ? (
        <div class="box">
          <h3>Play it again</h3>
          <pre class="command" tabIndex={0}>{facts.command}</pre>
          <div class="buttons">
            <Copy text={facts.command} label="Copy command" />
            {facts.scenario ? <Download text={facts.scenario} name={fileName(store, '')} label="Scenario" /> : null}
            {facts.frozen ? <Download text={facts.frozen} name={fileName(store, `-seed-${source.seed}-frozen`)} label="This run without randomness" /> : null}
          </div>
        </div>
      ) : null}
      {facts.origin ? (
        <p class="none">
          It comes from seed {facts.origin.seed} of {facts.origin.scenario}
          {facts.origin.key ? (
            <>
              , which failed with <code>{facts.origin.key}</code>
            </>
          ) : null}
          .
        </p>
      ) : null}
      {facts.summary ? (
        <div class="box">
          <h3>Summary</h3>
          <pre tabIndex={0}>{facts.summary.slice(facts.summary.indexOf('\n\n') + 2)}</pre>
        </div>
      ) : null}
      <Rules store={store} />
      {facts.unused.length > 0 ? (
        <div class="box">
          <h3>Decided about what never came ({facts.unused.length.toLocaleString('en')})</h3>
          <ul class="unused">
            {facts.unused.slice(0, 40).map((decision) => (
              <li key={decision}>
                <code>{decision}</code>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {explained || facts.decisions.length === 0 ? null : <Decisions store={store} decisions={decisions} explained={false} />}
      {facts.decisions.length > decisions.length ? (
        <button type="button" onClick={() => setAll(true)}>
          all {facts.decisions.length.toLocaleString('en')} decisions
        </button>
      ) : null}
      <Views store={store} />
      <div class="box">
        <h3>Keys</h3>
        <p class="keys">
          <kbd>j</kbd> <kbd>k</kbd> next and previous entry, <kbd>n</kbd> <kbd>p</kbd> of the same node, <kbd>u</kbd> <kbd>i</kbd> of the same CoValue, <kbd>c</kbd> only what may have led to it, <kbd>/</kbd> find. Over the diagram the wheel scrolls, with Ctrl it zooms.
        </p>
      </div>
      <p class="none">
        Written by cosim {facts.cosim}
        {facts.fingerprint ? `, fingerprint ${facts.fingerprint}` : ''}.
      </p>
    </section>
  );
}

/** An expectation that is not met, and why. */
function Unmet({ says, why, isKnown }: Facts['unmet'][number]) {
  const kind = `finding ${isKnown ? 'is-expected' : ''}`;
  const what = `${isKnown ? 'Not met, as the scenario says of a known bug: ' : 'Expectation not met: '}${says}`;
  if (why.length === 0) return <p class={kind}>{what}</p>;
  return (
    <details class={kind} open={!isKnown}>
      <summary>{what}</summary>
      <ul class="reasons">
        {why.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}

/** A small run to be pasted where a page cannot go. */
function Drawings({ store }: { store: Store }) {
  const { drawings } = store.model.log.head;
  if (!drawings) return null;
  return (
    <div class="box">
      <h3>The diagram, for elsewhere</h3>
      <div class="buttons">
        <Download text={drawings.svg} name={fileName(store, '', 'svg')} label="SVG" type="image/svg+xml" />
        <Copy text={drawings.mermaid} label="Copy as Mermaid" />
      </div>
    </div>
  );
}

function Decisions({ store, decisions, explained }: { store: Store; decisions: { decision: string; without: string | null }[]; explained: boolean }) {
  const all = store.model.log.head.facts.decisions.length;
  return (
    <div class="box">
      <h3>{explained ? 'What it takes' : `What chance decided (${all.toLocaleString('en')})`}</h3>
      <table class="decisions">
        {explained ? (
          <thead>
            <tr>
              <th scope="col">decision</th>
              <th scope="col">without it</th>
            </tr>
          </thead>
        ) : null}
        <tbody>
          {decisions.map(({ decision, without }) => (
            <tr key={decision}>
              <td>
                <code>{decision}</code>
              </td>
              {explained ? <td>{without}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Rules({ store }: { store: Store }) {
  const { looks, rules, violations } = store.model.log.head.facts;
  const all = Object.entries(looks);
  if (all.length === 0) return null;
  const broken = new Set(violations.map((it) => it.oracle));
  return (
    <details class="box">
      <summary>
        {all.length} oracles judged, {all.filter(([, count]) => count === 0).length} had nothing to judge
      </summary>
      <table class="rules">
        <tbody>
          {all.map(([oracle, count]) => (
            <tr key={oracle} class={broken.has(oracle) ? 'is-violated' : ''}>
              <th scope="row">{oracle}</th>
              <td>{rules[oracle]}</td>
              <td class="number">{count.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Views({ store }: { store: Store }) {
  const { views } = store.model.log.head.facts;
  const nodes = Object.entries(views ?? {}).filter(([, shown]) => Object.keys(shown).length > 0);
  if (nodes.length === 0) return null;
  return (
    <details class="box">
      <summary>What apps see in the end</summary>
      <pre tabIndex={0}>{JSON.stringify(Object.fromEntries(nodes), null, 1).slice(0, 200_000)}</pre>
    </details>
  );
}
