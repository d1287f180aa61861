// Everything that is made of the log once, when the page opens.
import { Arrows } from './arrows';
import { type Log, NOTHING, type Violated } from './data';
import { Spells } from './spells';
import { States } from './states';
import { Steps } from './steps';

export class Model {
  readonly steps: Steps;
  readonly arrows: Arrows;
  readonly spells: Spells;
  readonly states: States;
  /** The entries that people see. */
  readonly told: Uint32Array;
  readonly violation: Violated | null;
  /** The step in which the violation was found. */
  readonly violated: number;
  /** The nodes of the violation's chain, those that it is about first. */
  readonly concerned: number[] = [];
  /** The kinds of entries, and what messages say, that there are. */
  readonly used: { kinds: Set<string>; says: Set<string> };

  constructor(readonly log: Log) {
    this.steps = new Steps(log);
    this.spells = new Spells(log);
    this.arrows = new Arrows(log, this.spells);
    this.states = new States(log);
    const told: number[] = [];
    for (let i = 0; i < log.length; i++) if (log.is(i, 'told')) told.push(i);
    this.told = Uint32Array.from(told);
    const seen = (column: Uint8Array, names: string[]): Set<string> => {
      const counts = new Uint32Array(256);
      for (const number of column) counts[number] += 1;
      return new Set(names.filter((_, number) => counts[number] > 0));
    };
    this.used = { kinds: seen(log.kind, log.head.kinds), says: seen(log.says, log.head.says) };
    this.violation = log.head.facts.violations[0] ?? null;
    this.violated = this.violation === null ? this.ofLooks() : this.stepOf(this.violation.event);
    if (this.violation) {
      const names = [this.violation.node, this.violation.peer];
      const about = names.map((name) => log.head.nodes.indexOf(name ?? '')).filter((node) => node >= 0);
      const chain = this.steps.chain(this.violated).map((step) => this.steps.node[step]).filter((node) => node !== NOTHING);
      for (const node of [...about, ...chain.reverse()]) if (!this.concerned.includes(node)) this.concerned.push(node);
    }
  }

  /** In which step a log says that something did not hold. */
  private ofLooks(): number {
    const { looks } = this.log.KIND;
    for (let i = 0; i < this.log.length; i++) {
      if (this.log.kind[i] === looks && this.log.detail[i] > 0) return this.steps.of[i];
    }
    return -1;
  }

  /** The step of an event, or the last before it: what ends a run is in no step of its own. */
  private stepOf(event: number): number {
    const exact = this.steps.ofEvent(event);
    if (exact !== undefined) return exact;
    let last = this.steps.length - 1;
    for (let step = 0; step < this.steps.length; step++) {
      const of = this.log.event[this.steps.first[step]];
      if (of > 0 && of <= event) last = step;
    }
    return last;
  }

  /** `57`, or `57.2` for the third entry of event 57. */
  address(entry: number): string {
    const first = this.steps.first[this.steps.of[entry]];
    const place = entry - first;
    return `${this.log.event[entry]}${place > 0 ? `.${place}` : ''}`;
  }

  /** The entry at an address. */
  entryAt(address: string): number | undefined {
    const [, event, place] = /^(\d+)(?:\.(\d+))?$/.exec(address) ?? [];
    if (event === undefined) return undefined;
    const step = this.steps.ofEvent(Number(event));
    if (step === undefined) return undefined;
    const entry = this.steps.first[step] + Number(place ?? 0);
    return entry < this.steps.first[step + 1] ? entry : this.steps.first[step];
  }

  /** What people see of a step: its first entry that is told, else its first. */
  headline(step: number): number {
    for (let i = this.steps.first[step]; i < this.steps.first[step + 1]; i++) if (this.log.is(i, 'told')) return i;
    return this.steps.first[step];
  }
}
