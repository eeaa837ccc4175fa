import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rnnc } from '../cli/support.ts';

/*
 * The page on training, followed literally: its commands in their order, in a folder that has what a clone has. The lines
 * that it shows beneath a command are printed by it, whatever the digits behind
 * their points.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/training.md'), 'utf8');

interface Shown {
  readonly command: string;
  readonly lines: string[];
}

const examples: Shown[] = [];
for (const [, text] of page.matchAll(/^ {4}( *\S.*)$/gm)) {
  if (text!.startsWith('rnnc ')) examples.push({ command: text!, lines: [] });
  else examples.at(-1)!.lines.push(text!);
}

/** The words of a line. */
const wording = (line: string) =>
  line
    .replace(/\d*\.\d+(e-\d+)?|\d+e-\d+/g, '#')
    .replace(/\b(fused|separate) rounding/, 'rounding')
    .replace(/ {2}best$/, '')
    .replace(/ {2,}/g, '  ')
    .trim();

describe('docs/training.md', () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'rnnc-docs-'));
  beforeAll(() => {
    cpSync(join(root, 'docs/examples'), join(folder, 'docs/examples'), { recursive: true });
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  it('has commands', () => expect(examples.length).toBeGreaterThan(4));

  it.each(examples)('$command', async ({ command, lines }) => {
    const { code, err, out } = await rnnc(...command.split(/\s+/).slice(1));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const printed = out.split('\n').map(wording);
    for (const line of lines) expect(printed).toContain(wording(line));
  });
});
