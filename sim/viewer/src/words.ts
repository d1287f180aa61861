// Entries in words: the lines that `cosim run --log` prints. `sim/testbed/src/log/text.rs` has the same words; a test
// compares the two over whole runs.
import type { Line, Log } from './data';

/** How many sessions of one message are named. */
const SESSIONS_NAMED = 16;
/** How many members of a guest's message are shown, and how many characters of each. */
const MEMBERS_SHOWN = 8;
const VALUE_SHOWN = 60;

export interface Known {
  header: boolean;
  sessions: Record<string, number>;
}

/** `12.345s`, to the microsecond where it matters. */
export function time(us: number): string {
  const s = Math.floor(us / 1e6);
  const rest = Math.round(us - s * 1e6);
  return rest % 1000 === 0 ? `${s}.${String(rest / 1000).padStart(3, '0')}s` : `${s}.${String(rest).padStart(6, '0')}s`;
}

const UNITS: [string, number][] = [
  ['d', 86_400e6],
  ['h', 3_600e6],
  ['min', 60e6],
  ['s', 1e6],
  ['ms', 1e3],
  ['µs', 1],
];

/** A length of time as one says it: `1.5 h`, `22 s`, `350 ms`. */
export function span(us: number): string {
  const [unit, size] = UNITS.find(([, size]) => us >= size) ?? ['µs', 1];
  const number = us / size;
  return `${number >= 100 ? Math.round(number) : Number(number.toPrecision(3))} ${unit}`;
}

/** The kinds of sessions in the order of cosim: those of an app, those for one thing, those that delete. */
const KINDS = ['', 'apart-', 'deletion-'];

/** The sessions by name in the order of cosim: by node, then by kind, then by life. */
export function inOrder<T>(sessions: Record<string, T>): [string, T][] {
  const parts = (name: string): [string, number] => {
    const cut = name.lastIndexOf('/');
    const [, kind = '', life] = /^(.*-)?(\d+)$/.exec(name.slice(cut + 1)) ?? [];
    return [name.slice(0, cut), KINDS.indexOf(kind) * 2 ** 32 + Number(life)];
  };
  return Object.entries(sessions).sort(([a], [b]) => {
    const [nodeA, lifeA] = parts(a);
    const [nodeB, lifeB] = parts(b);
    return nodeA === nodeB ? lifeA - lifeB : nodeA < nodeB ? -1 : 1;
  });
}

/** `header/5 (alice/1: 3, bob/1: 2)`. */
export function knownInWords(known: Known): string {
  const sessions = inOrder(known.sessions ?? {});
  if (!known.header && sessions.length === 0) return 'sessions: empty';
  const total = sessions.reduce((sum, [, count]) => sum + count, 0);
  let text = `sessions: ${known.header ? 'header' : 'no header'}/${total}`;
  if (sessions.length > 1) {
    const named = sessions.slice(0, SESSIONS_NAMED).map(([session, count]) => `${session}: ${count}`);
    text += ` (${named.join(', ')}${more(sessions.length)})`;
  }
  return text;
}

const more = (sessions: number): string =>
  sessions > SESSIONS_NAMED ? `, … ${sessions - SESSIONS_NAMED} more sessions` : '';

/** What a message says. */
export function message(it: Line): string {
  if (it === undefined) return 'a message of which the log does not say more';
  switch (it.action) {
    case 'load':
      return `LOAD ${it.id} ${knownInWords(it)}${it.safe ? ', and what is safe' : ''}`;
    case 'known': {
      const kind = it.isCorrection ? 'KNOWN CORRECTION' : 'KNOWN';
      return `${kind} ${it.id} ${knownInWords(it)}${it.safe ? `, safe ${knownInWords(it.safe)}` : ''}`;
    }
    case 'content': {
      const pieces = inOrder(it.new as Record<string, { after: number; newTransactions: unknown[] }>);
      const named = pieces.length > 1;
      const said = pieces.slice(0, SESSIONS_NAMED).map(([session, piece]) => {
        const who = named ? ` ${session}:` : '';
        return `${who} After: ${piece.after} New: ${piece.newTransactions.length}`;
      });
      return `CONTENT ${it.id} header: ${it.header != null} new:${said.join(',')}${more(pieces.length)}`;
    }
    case 'done':
      return `DONE ${it.id}`;
    default: {
      const rest = Object.entries((it.says ?? {}) as Record<string, unknown>)
        .filter(([name]) => name !== 'kind' && name !== 'subject')
        .slice(0, MEMBERS_SHOWN)
        .map(([name, value]) => {
          const text = JSON.stringify(value);
          const shown = [...text].slice(0, VALUE_SHOWN).join('');
          return ` ${name}: ${shown}${shown.length < text.length ? '…' : ''}`;
        });
      return `${String(it.kind).toUpperCase()} ${it.id}${rest.join('')}`;
    }
  }
}

const TIMERS: Record<string, string> = {
  load: 'no answer yet to the load of',
  announce: 'no answer yet to the announcement of',
  acknowledge: 'no acknowledgement yet of the content of',
  pull: 'no content yet of',
  store: 'time to write again',
  safe: 'not known to be on the disk yet:',
};

export const timerInWords = (why: string): string => TIMERS[why] ?? why;

const OUTCOMES: Record<string, string> = {
  written: 'is written',
  full: 'cannot be written: the disk is full',
  nothing: 'cannot be written',
  torn: 'cannot be written, but half of it is',
  whole: 'cannot be written, it says, but is',
};

const REASONS: Record<string, string> = {
  down: 'the node is down',
  alreadySo: 'it is so already',
  noDisk: 'the node has no disk',
  noBackup: 'no such copy was taken',
  emptyDisk: 'nothing is written on the disk',
  lastCopy: 'the node holds the last copy of something',
  absent: 'the node has not joined yet',
  gone: 'the node has left',
  offline: 'the node is offline',
  asleep: 'the node sleeps',
};

const LOSSES: Record<string, string> = {
  partition: 'partitioned',
  chance: 'lost',
  overflow: 'overflow',
  filter: 'dropped',
  undecodable: 'undecodable',
};

const reason = (why: Line): string => (typeof why === 'string' ? (REASONS[why] ?? why) : String(why?.refused ?? ''));

/** An entry in words, without its time. */
export function words(log: Log, i: number): string {
  const it = log.line(i);
  const { node, peer, connection, id } = it;
  const way = (arrow: string): string => `${it.from} ${arrow} ${it.to} | ${message(it.message)}`;
  switch (it.kind) {
    case 'operation':
      return `* ${it.text}  [${it.name}]`;
    case 'skipped':
      return `* skipped: ${reason(it.why)}  [${it.name}]`;
    case 'down':
    case 'up':
    case 'asleep':
    case 'awake':
    case 'offline':
    case 'online':
      return `* ${node} is ${it.kind}`;
    case 'connected':
      return `* ${node} connected to ${peer} (#${connection})`;
    case 'disconnected':
      return `* ${node} lost ${peer} (#${connection})`;
    case 'closed':
      return `* ${node} drops ${peer} (#${connection})`;
    case 'blocked':
      return `* ${node}'s line to ${peer} is full (#${connection})`;
    case 'writable':
      return `* ${node}'s line to ${peer} takes messages again (#${connection})`;
    case 'timer':
      return `* ${node}'s deadline${it.why === undefined ? '' : `: ${timerInWords(it.why)} ${id} to ${peer}`}`;
    case 'delivered': {
      const marks = [
        it.damaged ? '  (damaged)' : '',
        it.again ? '  (again)' : '',
        it.stale ? '  (ignored: an earlier connection)' : '',
      ];
      return way('->') + marks.join('');
    }
    case 'sent':
      if (it.why !== undefined) return `${way('-x')}  (${LOSSES[it.why] ?? it.why})`;
      return it.held ? `${way('-|')}  (held)` : `${way('->')}  (sent)`;
    case 'disk': {
      const what = it.session === undefined ? `header of ${id}` : `${id} ${it.session} ${it.after}..${it.after + it.count}`;
      return `* ${node}'s disk: ${what} ${OUTCOMES[it.outcome] ?? it.outcome}`;
    }
    case 'committed':
      return `* ${node}'s disk: commit ${it.number} ${OUTCOMES[it.outcome] ?? it.outcome}`;
    case 'cut': {
      const torn = it.torn > 0 ? `, and ${it.torn} bytes of the next` : '';
      return `* ${node}: ${it.kept} of the ${it.pending} writes under way are written${torn}`;
    }
    case 'recovered': {
      const waiting = it.waiting > 0 ? `, ${it.waiting} that wait for what they depend on` : '';
      const fresh = it.newSession ? '; its app writes in a new session' : '';
      return `* ${node}: its disk has ${it.records} records, ${it.damaged} damaged, ${it.unfit} that do not fit${waiting}${fresh}`;
    }
    case 'writeFailed':
      return `* ${node}: ${it.count} transactions of ${it.session} in ${id} after ${it.after} are not written`;
    case 'uploaded': {
      const how = ({ sent: 'sent to', held: 'held by', safe: 'safe at' } as Record<string, string>)[it.reach] ?? it.reach;
      return `* ${node}: ${it.count} of ${it.session} in ${id} are ${how} ${peer}`;
    }
    case 'loadEnded':
      return `* ${node}: ${id} is ${it.available ? 'available' : 'unavailable'}`;
    case 'guestFailed':
      return `* ${it.why}`;
    case 'liveness':
      return '* the faults end';
    case 'state':
      return `* ${node} holds something else of ${id}`;
    case 'looks':
      return `* looked: ${Object.keys(it.looks).join(', ')}`;
    default:
      return `* ${it.kind}`;
  }
}

/** An entry in words, without the star that sets a line apart in a log of text. */
export const said = (log: Log, i: number): string => words(log, i).replace(/^\* /, '');

/** `1 node`, `2 nodes`. */
export const counted = (count: number, what: string, many = `${what}s`): string => `${count.toLocaleString('en')} ${count === 1 ? what : many}`;

/** What a message says in so few words that they fit beside its arrow. */
export function brief(it: Line): string {
  if (it === undefined) return '';
  const count = (known: Known): string => {
    const total = Object.values(known.sessions ?? {}).reduce((sum, count) => sum + count, 0);
    return known.header ? String(total) : total > 0 ? `${total}, no header` : '∅';
  };
  switch (it.action) {
    case 'load':
      return `load ${it.id} · ${count(it)}`;
    case 'known':
      return `${it.isCorrection ? 'correction' : 'known'} ${it.id} · ${count(it)}`;
    case 'content': {
      const pieces = Object.values(it.new as Record<string, { newTransactions: unknown[] }>);
      const total = pieces.reduce((sum, piece) => sum + piece.newTransactions.length, 0);
      return `content ${it.id} +${it.header != null ? (total > 0 ? `h+${total}` : 'h') : total}`;
    }
    case 'done':
      return `done ${it.id}`;
    default:
      return `${it.kind} ${it.id}`;
  }
}
