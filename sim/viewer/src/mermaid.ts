// The run as a sequence diagram in Mermaid, to be pasted where that is drawn.
import type { Log } from './data';
import { brief, said, time } from './words';

/** How many messages a diagram may have. Larger ones are drawn by nobody. */
export const MESSAGES_MAX = 100;

/** What ends a statement of Mermaid, or begins something else in it, becomes a character that does not. */
const plain = (text: string): string => text.replace(/[;#]/g, ',').replace(/[<>{}[\]]/g, '·').replace(/\s+/g, ' ');

/** The first messages of a run, and what happens between them; the last line says what is left out. */
export function mermaid(log: Log): string {
  const { sent, delivered, looks, state } = log.KIND;
  const lines = ['sequenceDiagram'];
  log.head.nodes.forEach((name, node) => lines.push(`  participant n${node} as ${plain(name)}`));
  let messages = 0;
  for (let i = 0; i < log.length; i++) {
    if (!log.is(i, 'told') || log.kind[i] === looks || log.kind[i] === state) continue;
    const isMail = log.kind[i] === sent || log.kind[i] === delivered;
    if (isMail && messages === MESSAGES_MAX) {
      let left = 0;
      for (let j = i; j < log.length; j++) if (log.is(j, 'told') && (log.kind[j] === sent || log.kind[j] === delivered)) left += 1;
      lines.push(`  Note over n0: ${left} more messages are left out`);
      break;
    }
    if (isMail) {
      messages += 1;
      const arrow = log.is(i, 'lost') ? '-x' : log.is(i, 'held') ? '-)' : '->>';
      const lost = log.is(i, 'lost') ? `, ${log.head.losses[log.detail[i]]}` : log.is(i, 'again') ? ', again' : '';
      lines.push(`  n${log.node[i]}${arrow}n${log.peer[i]}: ${plain(`${brief(log.line(i).message)}${lost} (${time(log.at[i])})`)}`);
    } else {
      const node = log.node[i] < log.head.nodes.length ? log.node[i] : 0;
      if (log.head.nodes.length > 0) lines.push(`  Note over n${node}: ${plain(said(log, i))}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
