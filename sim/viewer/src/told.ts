// What two nodes last said to each other of a CoValue, by the messages in the log.
import type { Log } from './data';

/** How many entries are looked at, at most, to find what was said last. */
const FAR = 50_000;

export interface Told {
  /** The entry in which the peer's last word of what it holds arrived; -1 where none did. */
  heard: number;
  /** The entry in which the node last said what it holds; -1 where it did not. */
  said: number;
}

/** What was said until an entry, that one included. */
export function told(log: Log, node: number, peer: number, id: number, until: number): Told {
  const found: Told = { heard: -1, said: -1 };
  const { sent, delivered } = log.KIND;
  const { load, known, correction } = log.SAYS;
  for (let i = until; i >= 0 && i > until - FAR; i--) {
    if (log.id[i] !== id || (log.kind[i] !== sent && log.kind[i] !== delivered)) continue;
    if (log.says[i] !== load && log.says[i] !== known && log.says[i] !== correction) continue;
    if (found.said < 0 && log.kind[i] === sent && log.node[i] === node && log.peer[i] === peer) found.said = i;
    if (found.heard < 0 && log.kind[i] === delivered && log.node[i] === peer && log.peer[i] === node && !log.is(i, 'stale')) found.heard = i;
    if (found.said >= 0 && found.heard >= 0) break;
  }
  return found;
}
