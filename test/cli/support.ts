import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import picocolors from 'picocolors';
import { afterAll, expect } from 'vitest';
import { main } from '../../cli/rnnc.ts';

export const examples = fileURLToPath(new URL('../../dsl-examples/', import.meta.url));

/** Whatever is wrong, nobody sees our stack. */
export const stackLine = /^\s+at .*:\d+:\d+/m;

/** One call of the command line in this process. */
export const rnnc = (...args: readonly string[]) => call(args);

/** As on a terminal that shows colours, if `colour`. */
export async function call(args: readonly string[], colour = false) {
  let out = '';
  let err = '';
  const code = await main(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    terminal: false,
    colours: { out: picocolors.createColors(colour), err: picocolors.createColors(colour) },
  });
  expect(`${out}${err}`).not.toMatch(stackLine);
  return { code, out, err };
}

/** A folder for the files of one test file, gone afterwards. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'rnnc-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    /** A file with this text; its path. */
    file(name: string, text: string): string {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
}
