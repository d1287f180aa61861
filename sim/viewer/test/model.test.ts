// What the page makes of a log, without a browser.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Arrows, END, Placed } from '../src/arrows';
import { fits, parse } from '../src/filter';
import { byTime, columns, families, order } from '../src/layout';
import { Model } from '../src/model';
import { Spells, shift } from '../src/spells';
import { States } from '../src/states';
import { Steps } from '../src/steps';
import { span, time, words } from '../src/words';
import { file, logOf } from './pages';

const RUNS = ['hello', 'storm', 'crash', 'keys', 'planted', 'damaged', 'laptop'];

describe('words', () => {
  test.each(RUNS)('are those of cosim run --log: %s', (name) => {
    const log = logOf(`${name}.html`);
    const mine: string[] = [];
    for (let i = 0; i < log.length; i++) {
      if (log.is(i, 'told')) mine.push(`${time(log.at[i]).padStart(12)}  ${words(log, i)}`);
    }
    // The text of the log ends with the first empty line.
    const theirs = readFileSync(file(`${name}.txt`), 'utf8').split('\n\n')[0].split('\n');
    expect(mine).toEqual(theirs.filter((line) => line !== ''));
  });

  test('lengths of time', () => {
    expect([0, 350, 1500, 22e6, 90e6, 5400e6, 172800e6].map(span)).toEqual(['0 µs', '350 µs', '1.5 ms', '22 s', '1.5 min', '1.5 h', '2 d']);
  });
});

describe('steps', () => {
  test('a chain leads back by messages to what no message caused', () => {
    const model = new Model(logOf('planted.html'));
    const chain = model.steps.chain(model.violated);
    expect(model.violation?.oracle).toBe('truthful');
    expect(chain.length).toBe(6);
    chain.slice(1).forEach((step, at) => expect(model.steps.cause[step]).toBe(chain[at]));
    expect(model.steps.cause[chain[0]]).toBe(-1);
  });

  test('what led to a violation is what the command line lists: more than the chain of messages', () => {
    const model = new Model(logOf('planted.html'));
    const { steps, violation } = model;
    const causes = violation?.causes ?? [];
    for (const step of steps.chain(model.violated)) expect(causes.some((entry) => steps.of[entry] === step)).toBe(true);
    const told = readFileSync(file('planted.txt'), 'utf8').split('what may have led to it:\n')[1].trim().split('\n');
    expect(causes.length).toBe(told.length);
  });

  test('what may have led to a step is what its message was sent after, and nothing later', () => {
    const log = logOf('storm.html');
    const steps = new Steps(log);
    const step = Math.floor(steps.length / 2);
    const before = steps.before(step);
    // By another way: from the first step on, each may have led to what came after it.
    const may = new Uint8Array(steps.length);
    for (let from = 0; from <= step; from++) {
      const after = steps.after(from);
      if (steps.node[from] < log.head.nodes.length && after[steps.node[step]] <= step) may[from] = 1;
    }
    for (let from = 0; from <= step; from++) {
      const node = steps.node[from];
      if (node < log.head.nodes.length) expect([from, may[from]]).toEqual([from, from <= before[node] ? 1 : 0]);
    }
  });
});

describe('states', () => {
  test.each(RUNS)('put together from changes are those of the end: %s', (name) => {
    const log = logOf(`${name}.html`);
    const states = new States(log);
    const text = readFileSync(file(`${name}.states.json`), 'utf8');
    const end = JSON.parse(text.slice(0, text.indexOf('\n}\n') + 2));
    for (const [node, { coValues }] of Object.entries<any>(end)) {
      for (const [id, state] of Object.entries<any>(coValues)) {
        const held = states.before(log.head.nodes.indexOf(node), log.head.coValues.indexOf(id), log.length);
        const logs = Object.entries<any>(state.sessions).map(([session, it]) => [session, it.transactions.length]);
        const counts = Object.fromEntries(logs.filter(([, count]) => count > 0));
        expect([node, id, held.entry, held.known.sessions]).toEqual([node, id, true, counts]);
      }
    }
  });

  test('are the same by way of kept ones and from the start', () => {
    const log = logOf('storm.html');
    const [once, again] = [new States(log), new States(log)];
    for (let i = log.length; i > 0; i -= 97) {
      for (const { node, id } of once.changedBetween(0, log.length)) {
        expect(once.before(node, id, i)).toEqual(new States(log).before(node, id, i));
        expect(again.before(node, id, log.length)).toEqual(once.before(node, id, log.length));
      }
    }
  });
});

describe('arrows', () => {
  const log = logOf('storm.html');
  const arrows = new Arrows(log, new Spells(log));

  test('are every arrival and every loss', () => {
    let wanted = 0;
    for (let i = 0; i < log.length; i++) if (log.kind[i] === log.KIND.delivered || log.is(i, 'lost')) wanted += 1;
    let found = 0;
    for (let a = 0; a < arrows.length; a++) if (arrows.end[a] === END.arrives || arrows.end[a] === END.lost) found += 1;
    expect(found).toBe(wanted);
  });

  test('are of messages that went with their connection, too, and of none that are under way when all is silent', () => {
    const ends = [...arrows.end];
    expect(ends.filter((end) => end === END.gone).length).toBeGreaterThan(0);
    expect(ends.filter((end) => end === END.underWay).length).toBe(0);
    arrows.over.forEach((over, a) => expect(over > arrows.sent[a]).toBe(arrows.end[a] === END.gone));
  });

  test('in a window are those that reach into it', () => {
    const heights = byTime(log, new Steps(log), false);
    const placed = new Placed(arrows, (entry) => heights.entry(entry), (us) => heights.time(us), heights.end);
    for (let from = 0; from < heights.end; from += 37.3) {
      const shown = new Set<number>();
      placed.between(from, from + 20, (arrow) => shown.add(arrow));
      for (let a = 0; a < arrows.length; a++) {
        expect(shown.has(a)).toBe(placed.top[a] <= from + 20 && placed.bottom[a] >= from);
      }
    }
  });
});

describe('layout', () => {
  test('heights never go back, to scale or folded, and moments are found again', () => {
    const log = logOf('laptop.html');
    const steps = new Steps(log);
    for (const toScale of [false, true]) {
      const heights = byTime(log, steps, toScale);
      for (let step = 1; step < steps.length; step++) expect(heights.of[step]).toBeGreaterThanOrEqual(heights.of[step - 1]);
      expect(heights.stepAt(heights.end)).toBe(steps.length - 1);
      expect(heights.moment(heights.of[steps.length - 1])).toBe(log.at[log.length - 1]);
    }
    expect(byTime(log, steps, false).folds.length).toBeGreaterThan(3);
  });

  test('who talks with each other stands together', () => {
    const talk = (a: number, b: number): number => (Math.abs(a - b) === 2 ? 10 : 0);
    expect(order(4, talk, []).join('')).toMatch(/02|20/);
    expect(order(3, () => 1, [2])[0]).toBe(2);
  });

  test('nodes that differ in their number are a family, if they are many', () => {
    const names = [...Array.from({ length: 9 }, (_, i) => `client-${i}`), 'server', 'edge-1', 'edge-2'];
    expect([...families(names, () => []).keys()]).toEqual(['client-…']);
    // Bob talks with two, and Alice's server has too few other clients.
    const people = ['server', 'Ann', 'Ben', 'Cem', 'Dan', 'Eva', 'bob', 'edge', 'alice', 'carl'];
    const peers: Record<number, number[]> = { 0: [1, 2, 3, 4, 5, 6], 6: [0, 7], 7: [6, 8, 9], 8: [7], 9: [7] };
    expect([...families(people, (node) => peers[node] ?? [0])]).toEqual([['clients of server', [1, 2, 3, 4, 5]]]);
    const log = logOf('comeback.html');
    const folded = columns(log, new Arrows(log, new Spells(log)), new Set(), []);
    expect(folded.map((column) => column.nodes.length).sort((a, b) => a - b)).toEqual([1, 200]);
  });
});

describe('spells', () => {
  test('what lasts begins and ends', () => {
    const spells = new Spells(logOf('storm.html'));
    expect(spells.walls.length).toBe(4);
    expect(spells.spells.filter((spell) => spell.kind === 'down').length).toBe(3);
    for (const it of [...spells.spells, ...spells.connections]) expect(it.to).toBeGreaterThan(it.from);
  });

  test('a disk that stalls or is full does so until it goes on', () => {
    const log = logOf('disks.html');
    const { disks } = new Spells(log);
    const said = disks.map((it) => [it.words, log.nodeName(it.node), Math.round((it.until - log.at[it.from]) / 1e4)]);
    expect(said).toContainEqual(['disk full', 'server', 243]);
    expect(said).toContainEqual(['disk stalls', 'server', 281]);
  });

  test('durations forwards and back', () => {
    expect(['+3d', '-2h', '1.5s', 'nonsense'].map(shift)).toEqual([259_200e6, -7_200e6, 1.5e6, 0]);
  });
});

test('a small run has its drawings with it, a large one has not', () => {
  const { drawings } = logOf('hello.html').head;
  expect(drawings!.svg).toMatch(/^<svg /);
  expect(drawings!.mermaid.split('\n').filter((line) => line.includes('->>')).length).toBe(4);
  expect(logOf('storm.html').head.drawings).toBeNull();
});

describe('filter', () => {
  const log = logOf('storm.html');
  const count = (text: string): number => {
    const filter = parse(log, text);
    let found = 0;
    for (let i = 0; i < log.length; i++) if (log.is(i, 'told') && fits(log, filter, i)) found += 1;
    return found;
  };

  test('all words must fit', () => {
    expect(count('kind:lost')).toBe(72);
    expect(count('kind:lost node:bob')).toBeLessThan(72);
    expect(count('kind:content id:notes')).toBeGreaterThan(0);
    expect(count('session:bob/1')).toBeGreaterThan(0);
    expect(count('deadline')).toBe(56);
    expect(count('op:create-notes')).toBe(1);
  });

  test('a name that there is not is said', () => {
    expect(parse(log, 'node:nobody id:nothing kind:odd').unknown).toEqual(['node:nobody', 'id:nothing', 'kind:odd']);
  });

  test('entries have addresses that lead back', () => {
    const model = new Model(log);
    for (let i = 0; i < log.length; i += 41) {
      if (log.event[i] > 0) expect(model.entryAt(model.address(i))).toBe(i);
    }
  });
});
