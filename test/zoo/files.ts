import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import type { Source } from '../../compiler/index.ts';
import { type Header, readHeader } from './header.ts';

export const folder = fileURLToPath(new URL('../../dsl-examples/', import.meta.url));

/** Cells made for docs/lectures.md, which test/lectures holds to what that page says. */
const elsewhere = 'lectures/';

/** Every cell of dsl-examples by its path there, `/` between: those of the folder itself first. */
export const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.rnn') && !path.startsWith(elsewhere))
  .sort((a, b) => Number(a.includes('/')) - Number(b.includes('/')) || (a < b ? -1 : 1));

/** Finds a file by its path in the folder, or an import of one by what it is imported into. */
export function load(path: string, from?: Source): Source {
  const name = from === undefined ? path : join(dirname(from.name), path);
  return { name, text: readFileSync(join(folder, name), 'utf8') };
}

/** @throws Error as `readHeader` */
export const headerOf = (file: string): Header => readHeader(load(file).text);
