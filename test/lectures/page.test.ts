import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rnnc } from '../cli/support.ts';

/*
 * The page on the lectures' facts, followed literally: its `rnnc` commands print what stands beneath them, whatever the
 * digits after the twelfth; the tests it names and the cells it links are there.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/lectures.md'), 'utf8');

const examples: { readonly command: string; readonly lines: string[] }[] = [];
for (const [, text] of page.matchAll(/^ {4}(\S.*)$/gm)) {
  if (/^(npx|node|npm) /.test(text!)) examples.push({ command: text!, lines: [] });
  else examples.at(-1)!.lines.push(text!);
}
const commands = examples.filter(({ command }) => command.startsWith('npx rnnc '));

/** Numbers with twelve digits; the rest of a line from where the page leaves it off. */
const twelve = (line: string) =>
  line.replace(/-?\d+\.\d+(e-?\d+)?/g, (number) => Number(number).toPrecision(12));

describe('docs/lectures.md', () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'rnnc-docs-'));
  beforeAll(() => {
    cpSync(join(root, 'dsl-examples'), join(folder, 'dsl-examples'), { recursive: true });
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  it('has commands', () => expect(commands.length).toBeGreaterThan(10));

  it.each(commands)('$command', async ({ command, lines }) => {
    const { code, err, out } = await rnnc(...command.replace('npx rnnc ', '').split(/\s+/));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const printed = out.split('\n').map((line) => twelve(line.trim()));
    for (const line of lines) {
      const [shown] = line.split(' ...');
      expect(printed.map((whole) => whole.slice(0, twelve(shown!).length))).toContain(twelve(shown!));
    }
  });

  it('shows what the commands print', () => {
    expect(commands.filter(({ lines }) => lines.length > 0).length).toBeGreaterThan(8);
  });

  it('names tests and scripts that are there', () => {
    const others = examples.filter(({ command }) => !command.startsWith('npx rnnc '));
    const paths = others.flatMap(({ command }) => command.match(/\S+\/\S+/g) ?? []);
    expect(paths.length).toBeGreaterThan(6);
    for (const path of paths) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  });

  it('links every cell of dsl-examples/lectures', () => {
    const cells = readdirSync(join(root, 'dsl-examples/lectures')).filter((name) => name.endsWith('.rnn'));
    for (const name of cells) expect(page).toContain(`(../dsl-examples/lectures/${name})`);
  });
});
