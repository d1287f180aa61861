// What many sweeps have found: every finding by key and shape, and the smallest runs that show one.
import { useState } from 'preact/hooks';
import type { Overview } from './several';

/** What `sim/testbed/src/page/findings.rs` writes. */
interface Findings {
  cosim: string;
  database: string;
  played: string;
  findings: Finding[];
}

interface Finding {
  key: string;
  shape: string;
  state: string;
  open: boolean;
  told: [string, string][];
  /** Its number in the page; `null` where it is not in there, and `why` says why, if it might have been. */
  run: number | null;
  why: string | null;
}

const WHICH = ['all', 'open', 'settled'] as const;
type Which = (typeof WHICH)[number];

function View({ facts }: { facts: Findings }) {
  const { findings } = facts;
  const is = (finding: Finding, which: Which): boolean => which === 'all' || finding.open === (which === 'open');
  const count = (which: Which): number => findings.filter((finding) => is(finding, which)).length;
  const open = count('open');
  const [which, setWhich] = useState<Which>(open > 0 ? 'open' : 'all');
  const [wanted, setWanted] = useState('');
  const word = wanted.trim().toLowerCase();
  const shown = findings.filter((finding) => is(finding, which) && `${finding.key} ${finding.shape}`.toLowerCase().includes(word));
  return (
    <div class="text">
      <header class="verdict">
        <h1>
          <span class={`pill ${open > 0 ? 'is-bad' : ''}`}>{open > 0 ? `✗ ${open} open` : '✓ none open'}</span> <span class="title">Findings in {facts.database}</span>
        </h1>
        <p class="figures">{facts.played}</p>
      </header>
      <div class="search">
        <input type="search" value={wanted} placeholder="Find findings" aria-label="Find findings" onInput={(event) => setWanted(event.currentTarget.value)} />
        {WHICH.map((name) => (
          <button key={name} type="button" aria-pressed={name === which} onClick={() => setWhich(name)}>
            {name} {count(name).toLocaleString('en')}
          </button>
        ))}
      </div>
      <main>
        <h2 class="unseen">Findings</h2>
        <ul class="tests" aria-live="polite">
          {shown.map((finding) => (
            <li key={`${finding.key};${finding.shape}`} class={finding.open ? 'is-failed' : ''}>
              <p>
                <span class="word">{finding.state}</span> {finding.key} {finding.run === null ? null : <a href={`#run=${finding.run}`}>Open the smallest run</a>}
              </p>
              {finding.why === null ? null : <p class="none">Its run is not in this page: {finding.why}.</p>}
              <pre tabIndex={0}>{finding.told.map(([what, says]) => `${what.padEnd(10)}  ${says}`).join('\n')}</pre>
            </li>
          ))}
        </ul>
        {shown.length === 0 ? <p class="none">There is no such finding.</p> : null}
        <p class="none">Written by cosim {facts.cosim}.</p>
      </main>
    </div>
  );
}

export const findings: Overview = { name: 'the findings', View };
