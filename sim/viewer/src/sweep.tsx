// A sweep: what failed, how the figures of its runs are spread, which seeds stand out, and what was exercised.
import { useEffect, useState } from 'preact/hooks';
import { Copy } from './buttons';
import { Histogram, type Scale, type Spread, shared } from './histogram';
import { VERDICTS } from './run';
import type { Overview } from './several';
import { counted, span } from './words';

/** What `sim/testbed/src/page/sweep.rs` writes. */
interface Sweep {
  cosim: string;
  /** `null` where nothing was played. */
  verdict: string | null;
  runs: number;
  /** How many were to be played; `null` where that is more than a number can say. */
  planned: number | null;
  failed: number;
  seeds: { from: number; until: number };
  shard: string | null;
  maxFailures: number | null;
  failures: Failure[];
  exercised: [string, string][];
  faults: { called: string; planned: number; happened: number; touched: number }[];
  looks: { oracle: string; looks: number; rule: string }[];
  scenarios: Swept[];
  most: { scenario: number; seed: number; events: number; verdict: string; command: string }[];
}

interface Failure {
  key: string;
  rule: string;
  count: number;
  /** How many there are of each scenario, by its number. */
  scenarios: [number, number][];
  scenario: number;
  seed: number;
  command: string;
  report: string;
  /** Its number in the page; `null` where it is not in there, and `why` says why. */
  run: number | null;
  why: string | null;
}

interface Figured extends Spread {
  standOut: { value: number; seed: number; timesTenths: number | null; command: string }[];
}

interface Swept {
  path: string;
  crypto: string;
  recording: string | null;
  runs: number;
  held: number;
  liveness: number;
  violated: number;
  guest: number;
  endsAtViolation: boolean;
  never: string[];
  /** Why it cannot be played, where it cannot. */
  lacks: string | null;
  command: string;
  figures: Record<string, Figured | null>;
}

const number = (value: number): string => value.toLocaleString('en');

/** `12.3 KB`: a thousand bytes are a kilobyte. */
function bytes(value: number): string {
  const [unit, size] = ([['GB', 1e9], ['MB', 1e6], ['KB', 1e3]] as const).find(([, size]) => value >= size) ?? ['bytes', 1];
  return `${Number((value / size).toPrecision(3))} ${unit}`;
}

/** The figures, by the names they have in the data: what they are called, and how one says a value. */
const FIGURES: [string, string, (value: number) => string][] = [
  ['convergence', 'time to convergence', span],
  ['silence', 'time to silence', span],
  ['messages', 'messages', number],
  ['bytes', 'bytes', bytes],
  ['retransmissions', 'retransmissions', number],
  ['events', 'events', number],
];

/** What is said of a file before its name differs from those of the others. */
const file = (path: string): string => path.split(/[/\\]/).pop() ?? path;

function View({ facts }: { facts: Sweep }) {
  const [wanted, setWanted] = useState(() => new URLSearchParams(location.hash.slice(1)).get('scenario') ?? '');
  useEffect(() => {
    const follow = (): void => {
      const said = new URLSearchParams(location.hash.slice(1));
      if (!said.has('run')) setWanted(said.get('scenario') ?? '');
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const choose = (text: string): void => {
    setWanted(text);
    history.replaceState(null, '', text === '' ? '#' : `#scenario=${encodeURIComponent(text)}`);
  };
  const shown = facts.scenarios.map(({ path }) => path.toLowerCase().includes(wanted.trim().toLowerCase()));
  const several = facts.scenarios.length > 1;
  return (
    <div class="text">
      <Heading facts={facts} />
      {several ? (
        <div class="search">
          <input type="search" value={wanted} placeholder="Find scenarios" aria-label="Find scenarios" onInput={(event) => choose(event.currentTarget.value)} />
          <span class="count" aria-live="polite">
            {shown.filter(Boolean).length} of {counted(facts.scenarios.length, 'scenario')}
          </span>
        </div>
      ) : null}
      <main>
        <Failures facts={facts} shown={shown} />
        <Distributions facts={facts} shown={shown} />
        <StandOut facts={facts} shown={shown} />
        <Most facts={facts} shown={shown} />
        <Exercised facts={facts} />
        <p class="none">Written by cosim {facts.cosim}.</p>
      </main>
    </div>
  );
}

function Heading({ facts }: { facts: Sweep }) {
  const { verdict, runs, planned, failed, seeds, scenarios, shard, maxFailures } = facts;
  const bad = failed > 0;
  const ended = planned !== null && runs < planned;
  const lacking = scenarios.filter((it) => it.lacks !== null);
  return (
    <header class="verdict">
      <h1>
        <span class={`pill ${bad ? 'is-bad' : verdict === null ? 'is-unknown' : ''}`}>
          {verdict === null ? 'nothing was played' : bad ? `✗ ${number(failed)} failed` : '✓ all held'}
        </span>{' '}
        <span class="title">{scenarios.length === 1 ? `A sweep of ${scenarios[0].path}` : `A sweep of ${scenarios.length} scenarios`}</span>
      </h1>
      <p class="figures">
        {counted(runs, 'run')}
        {ended ? ` of ${number(planned)}` : ''} · seeds {number(seeds.from)} to {number(seeds.until - 1)}
        {scenarios.length > 1 ? ' of each' : ''}
        {shard === null ? '' : ` · part ${shard}`} · {counted(facts.failures.length, 'kind')} of failure
      </p>
      {ended ? (
        <p class="finding is-expected">
          {maxFailures !== null && failed >= maxFailures ? `It ended at ${counted(maxFailures, 'failure')}, as --max-failures says.` : 'It was interrupted: what follows is about the runs that were played.'}
        </p>
      ) : null}
      {lacking.length > 0 ? (
        <p class="finding is-expected">
          No run of {counted(lacking.length, 'scenario')} is in this page: {lacking[0].lacks}.
        </p>
      ) : null}
    </header>
  );
}

function Command({ text, of }: { text: string; of: string }) {
  return (
    <div class="to-copy">
      <code>{text}</code>
      <Copy text={text} label="Copy" of={of} />
    </div>
  );
}

function Failures({ facts, shown }: { facts: Sweep; shown: boolean[] }) {
  const failures = facts.failures.filter((failure) => failure.scenarios.some(([index]) => shown[index]));
  if (facts.failures.length === 0) return facts.runs > 0 ? <p class="all-held">No run failed.</p> : null;
  return (
    <section aria-labelledby="failures">
      <h2 id="failures">Failures</h2>
      <ul class="failures">
        {failures.map((failure) => (
          <li key={failure.key}>
            <h3>
              <code>{failure.key}</code> <span class="times">× {number(failure.count)}</span>
            </h3>
            {failure.rule ? <p class="rule">{failure.rule}</p> : null}
            <p>
              First: seed {number(failure.seed)} of {facts.scenarios[failure.scenario].path}.{' '}
              {failure.run === null ? <span class="none">{`It is not in this page: ${failure.why}.`}</span> : <a href={`#run=${failure.run}`}>Open the run</a>}
            </p>
            {failure.scenarios.length > 1 ? (
              <p class="none">{failure.scenarios.map(([index, count]) => `${file(facts.scenarios[index].path)}: ${number(count)}`).join(' · ')}</p>
            ) : null}
            <Command text={failure.command} of={failure.key} />
          </li>
        ))}
      </ul>
      {failures.length === 0 ? <p class="none">None in the scenarios that are shown.</p> : null}
    </section>
  );
}

function Distributions({ facts, shown }: { facts: Sweep; shown: boolean[] }) {
  const scenarios = facts.scenarios.filter((_, index) => shown[index]);
  const scales = FIGURES.map(([name]) => shared(scenarios.map((it) => it.figures[name])));
  if (scales.every((scale) => scale === null)) return null;
  return (
    <section aria-labelledby="spreads">
      <h2 id="spreads">Scenarios, and how their figures are spread</h2>
      <p class="none">Over the runs that held. Every column has one scale, by logarithm; the line is the median.</p>
      {scenarios.map((scenario) => (
        <div key={scenario.path} class="swept">
          <h3>
            {scenario.path} <small>{outcome(scenario)}</small>
          </h3>
          {scenario.never.map((words) => (
            <p key={words} class="lacks">
              {words}
            </p>
          ))}
          <div class="spreads">
            {FIGURES.map(([name, called, say], index) => (
              <Figure key={name} called={called} spread={scenario.figures[name]} scale={scales[index]} say={say} of={scenario.path} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

/** `98 of 100 held, 2 violated`. */
function outcome(it: Swept): string {
  const others = (['liveness', 'violated', 'guest'] as const).filter((verdict) => it[verdict] > 0);
  return [`${number(it.held)} of ${number(it.runs)} held`, ...others.map((verdict) => `${number(it[verdict])} ${VERDICTS[verdict]}`)].join(', ');
}

function Figure({ called, spread, scale, say, of }: { called: string; spread: Figured | null; scale: Scale | null; say: (value: number) => string; of: string }) {
  if (spread === null || scale === null) {
    return (
      <figure>
        <figcaption>{called}</figcaption>
        <p class="none">no run held</p>
      </figure>
    );
  }
  const words = `median ${say(spread.median)}, 99 % up to ${say(spread.p99)}, largest ${say(spread.max)}`;
  return (
    <figure>
      <figcaption>{called}</figcaption>
      <Histogram spread={spread} scale={scale} label={`${called} of ${of}: ${words}`} />
      <div class="scale" aria-hidden="true">
        <span>{say(scale.min)}</span>
        <span>{say(scale.max)}</span>
      </div>
      <dl>
        {(
          [
            ['median', spread.median],
            ['99 %', spread.p99],
            ['largest', spread.max],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{say(value)}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

/** A table that scrolls by itself where it is wider than the page. */
function Wide({ called, heads, rows }: { called: string; heads: string[]; rows: (string | preact.JSX.Element)[][] }) {
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={called}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function StandOut({ facts, shown }: { facts: Sweep; shown: boolean[] }) {
  const all = facts.scenarios.flatMap((scenario, index) =>
    shown[index] ? FIGURES.flatMap(([name, called, say]) => (scenario.figures[name]?.standOut ?? []).map((it) => ({ scenario, called, say, median: scenario.figures[name]!.median, ...it }))) : [],
  );
  // What was never there in the median is infinitely many times it, and comes first.
  all.sort((a, b) => (b.timesTenths ?? Infinity) - (a.timesTenths ?? Infinity));
  const [some, setAll] = useState(false);
  const rows = some ? all : all.slice(0, 12);
  return (
    <section aria-labelledby="stand-out">
      <h2 id="stand-out">Seeds that stand out</h2>
      {all.length === 0 ? (
        <p class="none">None: no figure of a run that held is twice the median of its scenario.</p>
      ) : (
        <>
          <p class="none">Runs that held, with a figure of at least twice the median of their scenario.</p>
          <Wide
            called="Seeds that stand out"
            heads={['scenario', 'seed', 'figure', 'median', 'times', 'its page']}
            rows={rows.map((it) => [
              file(it.scenario.path),
              String(it.seed),
              `${it.say(it.value)}${it.called.startsWith('time to') ? it.called.slice('time'.length) : it.called === 'bytes' ? '' : ` ${it.called}`}`,
              it.say(it.median),
              it.timesTenths === null ? '–' : `${(it.timesTenths / 10).toFixed(1)} ×`,
              <Command text={it.command} of={`seed ${it.seed} of ${it.scenario.path}`} />,
            ])}
          />
          {rows.length < all.length ? (
            <button type="button" onClick={() => setAll(true)}>
              all {number(all.length)}
            </button>
          ) : null}
        </>
      )}
    </section>
  );
}

function Most({ facts, shown }: { facts: Sweep; shown: boolean[] }) {
  const most = facts.most.filter((it) => shown[it.scenario]);
  if (most.length === 0) return null;
  return (
    <section aria-labelledby="most">
      <h2 id="most">Runs with the most events</h2>
      <Wide
        called="Runs with the most events"
        heads={['scenario', 'seed', 'events', 'came to', 'its page']}
        rows={most.map((it) => [
          file(facts.scenarios[it.scenario].path),
          String(it.seed),
          number(it.events),
          VERDICTS[it.verdict] ?? it.verdict,
          <Command text={it.command} of={`seed ${it.seed} of ${facts.scenarios[it.scenario].path}`} />,
        ])}
      />
    </section>
  );
}

function Exercised({ facts }: { facts: Sweep }) {
  const idle = facts.looks.filter((it) => it.looks === 0);
  return (
    <section aria-labelledby="exercised">
      <h2 id="exercised">What was exercised</h2>
      <dl class="exercised">
        {facts.exercised.map(([heading, words]) => (
          <div key={heading}>
            <dt>{heading}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {facts.faults.length > 0 ? (
        <Wide
          called="Faults"
          heads={['fault', 'planned', 'happened', 'touched something']}
          rows={facts.faults.map((it) => [it.called, number(it.planned), number(it.happened), it.touched === 0 ? <b class="nothing">nothing</b> : number(it.touched)])}
        />
      ) : null}
      {facts.looks.length > 0 ? (
        <details class="box" open={idle.length > 0}>
          <summary>
            {counted(facts.looks.length, 'oracle')} judged{idle.length > 0 ? `, ${idle.length} of them had nothing to judge` : ''}
          </summary>
          <table class="rules">
            <tbody>
              {facts.looks.map((it) => (
                <tr key={it.oracle} class={it.looks === 0 ? 'is-idle' : ''}>
                  <th scope="row">{it.oracle}</th>
                  <td>{it.rule}</td>
                  <td class="number">{number(it.looks)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ) : null}
    </section>
  );
}

export const sweep: Overview = { name: 'the sweep', View };
