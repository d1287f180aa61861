// A folder of scenarios, each held against its snapshot: what was found of each, and the runs of those that fail.
import { useState } from 'preact/hooks';
import type { Overview } from './several';
import { counted } from './words';

/** What `sim/testbed/src/page/tested.rs` writes. */
interface Tests {
  cosim: string;
  folder: string;
  tests: Test[];
}

interface Test {
  path: string;
  word: string;
  /** `null` where it was not played. */
  passed: boolean | null;
  /** `null` where what apps wrote is left out. */
  details: string | null;
  /** Its number in the page; `null` where it is not in there, and `why` says why, if it might have been. */
  run: number | null;
  why: string | null;
}

const WHICH = ['all', 'failed', 'passed', 'not played'] as const;
type Which = (typeof WHICH)[number];

const of = ({ passed }: Test): Which => (passed === null ? 'not played' : passed ? 'passed' : 'failed');

function View({ facts }: { facts: Tests }) {
  const { tests } = facts;
  const count = (which: Which): number => tests.filter((test) => which === 'all' || of(test) === which).length;
  const failed = count('failed');
  const [which, setWhich] = useState<Which>(failed > 0 ? 'failed' : 'all');
  const [wanted, setWanted] = useState('');
  const shown = tests.filter((test) => (which === 'all' || of(test) === which) && test.path.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <div class="text">
      <header class="verdict">
        <h1>
          <span class={`pill ${failed > 0 ? 'is-bad' : ''}`}>{failed > 0 ? `✗ ${failed} failed` : '✓ all passed'}</span> <span class="title">Tests of {facts.folder}</span>
        </h1>
        <p class="figures">
          {counted(count('passed'), 'scenario')} passed · {failed.toLocaleString('en')} failed · {count('not played').toLocaleString('en')} not played
        </p>
      </header>
      <div class="search">
        <input type="search" value={wanted} placeholder="Find scenarios" aria-label="Find scenarios" onInput={(event) => setWanted(event.currentTarget.value)} />
        {WHICH.map((name) => (
          <button key={name} type="button" aria-pressed={name === which} onClick={() => setWhich(name)}>
            {name} {count(name).toLocaleString('en')}
          </button>
        ))}
      </div>
      <main>
        <h2 class="unseen">Scenarios</h2>
        <ul class="tests" aria-live="polite">
          {shown.map((test) => (
            <li key={test.path} class={of(test) === 'failed' ? 'is-failed' : ''}>
              <p>
                <span class="word">{test.word}</span> {test.path} {test.run === null ? null : <a href={`#run=${test.run}`}>Open the run</a>}
              </p>
              {test.why === null ? null : <p class="none">Its run is not in this page: {test.why}.</p>}
              {test.details ? <pre tabIndex={0}>{test.details.trimEnd()}</pre> : null}
            </li>
          ))}
        </ul>
        {shown.length === 0 ? <p class="none">There is no such scenario.</p> : null}
        <p class="none">Written by cosim {facts.cosim}.</p>
      </main>
    </div>
  );
}

export const tests: Overview = { name: 'the tests', View };
