import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../cli/rnnc.ts';

/*
 * Every `rnnc …` line that README and docs print is run, in a folder that has what a clone has.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['README.md', 'docs/cli.md', 'docs/case-format.md', 'docs/browser/README.md'];
const commands = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^ {4}(?:npx )?rnnc (.*)$/gm)].map(([, line]) => ({
    page,
    line: line!.replace(/\s+#.*$/, '').trim(),
  })),
);

describe('the commands that the docs print', () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'rnnc-docs-'));
  beforeAll(() => {
    for (const part of ['dsl-examples', 'docs'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  it('are there', () => {
    expect(commands.length).toBeGreaterThan(12);
  });

  it.each(commands)('$page: rnnc $line', async ({ line }) => {
    let err = '';
    const colour = picocolors.createColors(false);
    const code = await main(line.split(/\s+/), {
      out: () => {},
      err: (text) => {
        err += text;
      },
      terminal: false,
      colours: { out: colour, err: colour },
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});
