// What lasts: nodes that are down, asleep or offline, disks that stall or are full, connections, partitions, and clocks
// that are wrong.
import { type Log, NOTHING } from './data';
import { span } from './words';

export interface Spell {
  kind: 'down' | 'asleep' | 'offline' | 'absent';
  node: number;
  /** The entries with which it begins and ends; -1 is the start of the run, the number of entries its end. */
  from: number;
  to: number;
}

export interface Connection {
  node: number;
  peer: number;
  epoch: number;
  from: number;
  to: number;
}

export interface Wall {
  /** Nothing passes from the first to the second. */
  from: number;
  to: number;
  bothWays: boolean;
  start: number;
  end: number;
}

/** A disk that writes nothing, or has no room. */
export interface DiskSpell {
  node: number;
  words: string;
  /** The entry with which it begins. */
  from: number;
  /** When it ends, in microseconds. */
  until: number;
}

export interface ClockChange {
  node: number;
  at: number;
  words: string;
}

const UNITS: Record<string, number> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 };

/** A duration of a scenario, forwards or back, in microseconds. */
export function shift(text: string): number {
  const [, sign, number, unit] = /^([+-]?)([0-9.]+)([a-z]+)$/.exec(text) ?? [];
  if (number === undefined || !(unit in UNITS)) return 0;
  return Number(number) * UNITS[unit] * (sign === '-' ? -1 : 1);
}

/** How wrong a clock is. */
const wrong = (us: number): string => (us === 0 ? 'clock right' : `clock ${span(Math.abs(us))} ${us > 0 ? 'ahead' : 'behind'}`);
const drifts = (ppm: unknown): string => `${Number(ppm) > 0 ? '+' : ''}${String(ppm)} ppm`;

const ENDS: Record<string, Spell['kind']> = { up: 'down', awake: 'asleep', online: 'offline' };

export class Spells {
  readonly spells: Spell[] = [];
  readonly connections: Connection[] = [];
  readonly walls: Wall[] = [];
  readonly clocks: ClockChange[] = [];
  readonly disks: DiskSpell[] = [];

  private readonly wrong = new Map<number, number>();

  constructor(private readonly log: Log) {
    const open = new Map<string, Spell>();
    const connected = new Map<string, Connection>();
    const end = (key: string, at: number): void => {
      const connection = connected.get(key);
      if (connection) connection.to = at;
      connected.delete(key);
    };
    const { operation, liveness } = log.KIND;
    const walls = new Map<string, Wall>();
    const names = new Map(log.head.nodes.map((name, node) => [name, node]));
    for (const [name, clock] of Object.entries(log.head.facts.clocks)) {
      const node = names.get(name);
      if (node === undefined) continue;
      const skew = shift(clock.skew ?? '');
      this.wrong.set(node, skew);
      const words = [skew === 0 ? (clock.drift ? 'clock' : '') : wrong(skew), clock.drift ? drifts(clock.drift) : ''];
      if (words.some(Boolean)) this.clocks.push({ node, at: -1, words: words.filter(Boolean).join(', ') });
    }
    for (let i = 0; i < log.length; i++) {
      const kind = log.head.kinds[log.kind[i]];
      const node = log.node[i];
      if (kind === 'down' || kind === 'asleep' || kind === 'offline') {
        const spell: Spell = { kind, node, from: i, to: log.length };
        this.spells.push(spell);
        open.set(`${kind} ${node}`, spell);
        if (kind === 'down') for (const key of [...connected.keys()]) if (key.startsWith(`${node} `)) end(key, i);
      } else if (kind in ENDS) {
        const spell = open.get(`${ENDS[kind]} ${node}`);
        if (spell) spell.to = i;
        open.delete(`${ENDS[kind]} ${node}`);
      } else if (kind === 'connected') {
        const key = `${node} ${log.peer[i]}`;
        end(key, i);
        const connection = { node, peer: log.peer[i], epoch: log.number[i], from: i, to: log.length };
        this.connections.push(connection);
        connected.set(key, connection);
      } else if (kind === 'disconnected' || kind === 'closed') end(`${node} ${log.peer[i]}`, i);
      else if (log.kind[i] === operation) this.operation(i, walls, names);
      else if (log.kind[i] === liveness) {
        for (const wall of walls.values()) wall.end = i;
        walls.clear();
        // From then on no disk stalls or is full.
        for (const disk of this.disks) disk.until = Math.min(disk.until, log.at[i]);
      }
    }
  }

  private operation(i: number, walls: Map<string, Wall>, names: Map<string, number>): void {
    const act = this.log.head.facts.acts[this.log.line(i).name];
    if (!act) return;
    const text = (field: string): string => (act[field] === undefined ? '' : String(act[field]));
    if (act.act === 'clock') {
      const node = this.log.node[i];
      // Of a clock that drifts or stood still, this is the difference without that.
      const now = (this.wrong.get(node) ?? 0) + shift(text('jump'));
      this.wrong.set(node, now);
      const words = [
        act.jump && wrong(now),
        act.stop && 'clock stops',
        act.go && 'clock goes on',
        act.drift !== undefined && `clock ${drifts(act.drift)}`,
      ];
      this.clocks.push({ node, at: i, words: words.filter(Boolean).join(', ') });
    } else if (act.act === 'stall' || act.act === 'reorder_writes') {
      this.disks.push({ node: this.log.node[i], words: 'disk stalls', from: i, until: this.log.at[i] + shift(text('for')) });
    } else if (act.act === 'disk_full') {
      this.disks.push({ node: this.log.node[i], words: 'disk full', from: i, until: Infinity });
    } else if (act.act === 'disk_room') {
      for (const disk of this.disks) if (disk.node === this.log.node[i]) disk.until = Math.min(disk.until, this.log.at[i]);
    } else if (act.act === 'join') {
      this.spells.push({ kind: 'absent', node: this.log.node[i], from: -1, to: i });
    } else if (act.act === 'partition' || act.act === 'heal') {
      const [from, to] = this.ends(i, act, names);
      if (from === NOTHING || to === NOTHING) return;
      const bothWays = Array.isArray(act.between);
      if (act.act === 'partition') {
        const wall = { from, to, bothWays, start: i, end: this.log.length };
        this.walls.push(wall);
        walls.set(`${from} ${to} ${bothWays}`, wall);
        return;
      }
      for (const [key, wall] of walls) {
        const same = (wall.from === from && wall.to === to) || (bothWays && wall.from === to && wall.to === from);
        const either = wall.bothWays && ((wall.from === from && wall.to === to) || (wall.from === to && wall.to === from));
        if (same || either) {
          wall.end = i;
          walls.delete(key);
        }
      }
    }
  }

  private ends(i: number, act: { [field: string]: unknown }, names: Map<string, number>): [number, number] {
    const between = Array.isArray(act.between) ? (act.between as string[]) : [act.from as string, act.to as string];
    const [from, to] = between.map((name) => names.get(name) ?? NOTHING);
    return [from ?? this.log.node[i], to ?? this.log.peer[i]];
  }
}
