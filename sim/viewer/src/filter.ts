// What is looked for: words, and `node:`, `id:`, `kind:`, `session:` and `op:` before a name. All of them must fit.
import { type Log, NOTHING } from './data';
import { words } from './words';

export interface Filter {
  nodes: Set<number>[];
  ids: number[];
  kinds: string[];
  /** What must stand in the line of the log. */
  inLine: string[];
  /** What must stand in the words. */
  inWords: string[];
  /** Names that there are not. */
  unknown: string[];
}

/** Words, or what is between quotation marks. */
function tokens(text: string): string[] {
  return [...text.matchAll(/(\w+:)?"([^"]*)"|\S+/g)].map((found) => (found[2] === undefined ? found[0] : (found[1] ?? '') + found[2]));
}

export function parse(log: Log, text: string): Filter {
  const filter: Filter = { nodes: [], ids: [], kinds: [], inLine: [], inWords: [], unknown: [] };
  for (const token of tokens(text)) {
    const [, field, value] = /^(node|id|kind|session|op):(.+)$/.exec(token) ?? [];
    if (field === 'node') {
      // `client-*` are all that begin so.
      const names = log.head.nodes;
      const fits = value.endsWith('*') ? (name: string) => name.startsWith(value.slice(0, -1)) : (name: string) => name === value;
      const nodes = new Set(names.flatMap((name, node) => (fits(name) ? [node] : [])));
      if (nodes.size === 0) filter.unknown.push(token);
      filter.nodes.push(nodes);
    } else if (field === 'id') {
      const id = log.head.coValues.indexOf(value);
      if (id < 0) filter.unknown.push(token);
      filter.ids.push(id);
    } else if (field === 'kind') {
      if (!log.head.kinds.includes(value) && !log.head.says.includes(value) && !(value in KINDS)) filter.unknown.push(token);
      filter.kinds.push(value);
    } else if (field === 'session') filter.inLine.push(JSON.stringify(value));
    else if (field === 'op') filter.inLine.push(JSON.stringify(value));
    else filter.inWords.push(token.toLowerCase());
  }
  return filter;
}

/** Kinds that are several of the log's. */
export const KINDS: Record<string, { words: string; kinds: string[] }> = {
  message: { words: 'messages', kinds: ['sent', 'delivered'] },
  lost: { words: 'losses', kinds: [] },
  connection: { words: 'connections', kinds: ['connected', 'disconnected', 'closed', 'blocked', 'writable'] },
  life: { words: 'lives of nodes', kinds: ['down', 'up', 'asleep', 'awake', 'offline', 'online'] },
  storage: { words: 'disks', kinds: ['disk', 'committed', 'cut', 'recovered', 'writeFailed'] },
};

export const isEmpty = (filter: Filter): boolean =>
  filter.nodes.length + filter.ids.length + filter.kinds.length + filter.inLine.length + filter.inWords.length === 0;

function isOfKind(log: Log, i: number, kind: string): boolean {
  const name = log.head.kinds[log.kind[i]];
  if (name === kind || (log.says[i] > 0 && log.head.says[log.says[i]] === kind)) return true;
  if (kind === 'lost') return log.is(i, 'lost');
  return KINDS[kind]?.kinds.includes(name) ?? false;
}

/** Whether an entry is what is looked for. Those that read the line come last. */
export function fits(log: Log, filter: Filter, i: number): boolean {
  for (const nodes of filter.nodes) {
    if (!nodes.has(log.node[i]) && (log.peer[i] === NOTHING || !nodes.has(log.peer[i]))) return false;
  }
  for (const id of filter.ids) if (log.id[i] !== id) return false;
  for (const kind of filter.kinds) if (!isOfKind(log, i, kind)) return false;
  if (filter.inLine.length > 0) {
    // Of a message that arrives as it was sent, the sent entry has the line.
    const sent = log.kind[i] === log.KIND.delivered ? log.sentOf[log.number[i]] : -1;
    const line = log.rest(i) + (sent >= 0 ? log.rest(sent) : '');
    for (const text of filter.inLine) if (!line.includes(text)) return false;
  }
  if (filter.inWords.length > 0) {
    const text = words(log, i).toLowerCase();
    for (const word of filter.inWords) if (!text.includes(word)) return false;
  }
  return true;
}

/** The entries that people see and that fit, in pieces, so that the page stays alive meanwhile. */
export async function* search(log: Log, filter: Filter): AsyncGenerator<{ found: number[]; done: number }> {
  let found: number[] = [];
  let since = performance.now();
  for (let i = 0; i < log.length; i++) {
    if (log.is(i, 'told') && fits(log, filter, i)) found.push(i);
    if ((i & 255) === 0 && performance.now() - since > 12) {
      yield { found, done: i };
      found = [];
      await new Promise((resolve) => setTimeout(resolve, 0));
      since = performance.now();
    }
  }
  yield { found, done: log.length };
}
