// What is in a page: of which kind it is, and its parts, each unpacked when somebody wants to see it.
//
// `sim/testbed/src/page.rs` writes it. A page of one run has that run as its only part. Any other has facts about
// several runs as its first part, and those runs as the others, numbered from 1.
import { Log, unpack } from './data';
import { Model } from './model';

export class Page {
  readonly kind: string;
  /** What the browser calls the page. */
  readonly title = typeof document === 'undefined' ? '' : document.title;
  private readonly parts: string[];
  private readonly opened = new Map<number, Promise<Model>>();

  constructor(text: string) {
    const { kind, parts } = JSON.parse(text) as { kind: string; parts: string[] };
    this.kind = kind;
    this.parts = parts;
  }

  /** What is known of the runs together: the first part, of a page of several. */
  async facts(): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await unpack(this.parts[0])));
  }

  /** Whether there is a run of this number among several. */
  has(run: number): boolean {
    return Number.isInteger(run) && run > 0 && run < this.parts.length;
  }

  /** The run in a part. It is unpacked once, and kept. */
  run(part: number): Promise<Model> {
    let model = this.opened.get(part);
    if (model === undefined) {
      model = this.open(part);
      this.opened.set(part, model);
    }
    return model;
  }

  private async open(part: number): Promise<Model> {
    const bytes = await unpack(this.parts[part]);
    performance.mark('unpacked');
    const log = new Log(bytes);
    performance.mark('read');
    const model = new Model(log);
    performance.mark('understood');
    return model;
  }
}
