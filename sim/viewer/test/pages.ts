// The pages that the tests open. `check` makes them with the cosim that it is given, and says where they are.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Log } from '../src/data';

export const folder = process.env.PAGES ?? '';
if (folder === '') throw new Error('PAGES must name the folder of the pages: run sim/viewer/check');

export const file = (name: string): string => `${folder}/${name}`;

/** The log in a page. */
export function logOf(name: string): Log {
  const page = readFileSync(file(name), 'utf8');
  const data = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)![1]) as { parts: string[] };
  const bytes = gunzipSync(Buffer.from(data.parts[0], 'base64'));
  // In memory of its own, so that columns begin where they may.
  return new Log(new Uint8Array(bytes) as Uint8Array<ArrayBuffer>);
}
