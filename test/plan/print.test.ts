import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compileStages } from '../../compiler/compile.ts';
import { budgetOf } from '../../compiler/plan/page/budget.ts';
import { keptValues } from '../../compiler/plan/page/kept.ts';
import { loopsOf } from '../../compiler/plan/page/loops.ts';
import { pageWidth, paragraph, tableRow } from '../../compiler/plan/page/table.ts';
import { formatBytes, formatCount } from '../../compiler/plan/page/units.ts';
import { printPlan } from '../../compiler/plan/print.ts';
import { describeKernel } from '../../compiler/plan/words.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'dsl-examples');
const read = (name: string) => ({ name, text: readFileSync(join(folder, name), 'utf8') });
const load = (path: string) => read(path.replace('./', ''));
const planOf = (name: string, options: CompileOptions) =>
  compileStages(read(name), { load, ...options }).plan;
const planOfText = (text: string, options: CompileOptions) =>
  compileStages({ name: 'test.rnn', text }, options).plan;

const lstm = planOf('lstm.rnn', { sizes: { I: 32, H: 128 }, batch: 32, window: 100 });

describe('the page of a plan', () => {
  /* Read as prose before they are committed; `vitest run -u` writes them anew. */
  it.each([
    ['elman', 'elman.rnn', { sizes: { I: 3, H: 8 }, batch: 4, window: 10 }],
    ['lstm', 'lstm.rnn', { sizes: { I: 32, H: 128 }, batch: 32, window: 100 }],
    ['lstm.streaming', 'lstm.rnn', { sizes: { I: 40, H: 40 }, training: false }],
    ['elman.naive', 'elman.rnn', { sizes: { I: 3, H: 8 }, batch: 4, window: 10, plan: 'naive' }],
  ] as const)('of %s', async (name, file, options) => {
    await expect(printPlan(planOf(file, options))).toMatchFileSnapshot(`../golden/${name}.plan.txt`);
  });

  it('says in words what its terms are', () => {
    const page = printPlan(lstm).replace(/\s+/g, ' ');
    expect(page).toContain('a slab is 2 steps: 64 rows share one reading of a matrix (96 would be enough)');
    expect(page).toContain('256 KiB of values wait between its stages (512 KiB stay in cache)');
    expect(page).toMatch(
      /counters and gaps \d+ B numbers of steps and sequences; buffers begin at multiples of 64 bytes/,
    );
  });

  it('stands in the docs as it is printed', async () => {
    const docs = readFileSync(join(root, 'docs/compiler.md'), 'utf8');
    const block = /```text\nLSTM, [^`]*```/;
    expect(docs).toMatch(block);
    const anew = docs.replace(block, () => `\`\`\`text\n${printPlan(lstm)}\`\`\``);
    await expect(anew).toMatchFileSnapshot('../../docs/compiler.md');
  });
});

const examples = readdirSync(folder).filter((name) => name.endsWith('.rnn'));
const sizesOf = (text: string) => {
  const [, header] = [...text.matchAll(/^cell \w+\(([^)]*)\)/gm)].at(-1)!;
  const names = header!.split(',').flatMap((size) => (size.includes('=') ? [] : [size.trim()]));
  return Object.fromEntries(names.map((name, i) => [name, 4 + 2 * i]));
};

describe.each(examples)('%s', (name) => {
  const sizes = sizesOf(read(name).text);
  const variants: readonly CompileOptions[] = [
    { sizes, batch: 3, window: 7 },
    { sizes, batch: 128, window: 7 },
    { sizes, batch: 3, window: 7, plan: 'naive' },
    { sizes, training: false },
    { sizes, window: 1 },
  ];

  it('fits the page and says everything in words', () => {
    for (const options of variants) {
      const page = printPlan(planOf(name, options));
      expect(page.split('\n').filter((line) => line.length > pageWidth)).toEqual([]);
      expect(page).not.toMatch(/undefined|NaN|Infinity|%\d| $/m);
    }
  });

  it('accounts for every byte of memory and of tape', () => {
    for (const options of variants) {
      const plan = planOf(name, options);
      const shares = budgetOf(plan);
      expect(shares.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(plan.memoryBytes);
      const gaps = shares.find(({ what }) => what === 'counters and gaps')!;
      expect(gaps.bytes).toBeGreaterThanOrEqual(0);
      expect(gaps.bytes).toBeLessThan(64 * (plan.buffers.length + 1) + 8 * plan.batch);
      const tape = plan.buffers.filter((buffer) => buffer.name.startsWith('tape.'));
      const kept = keptValues(plan).filter(({ where }) => where === 'tape');
      const bytes = kept.reduce((sum, { bytesPerStep }) => sum + bytesPerStep * plan.window, 0);
      expect(kept).toHaveLength(tape.length);
      expect(bytes).toBe(tape.reduce((sum, { length }) => sum + 4 * length, 0));
    }
  });
});

describe('what is kept', () => {
  it('is what the equations of the LSTM ask for when they are derived by hand', () => {
    const kept = keptValues(lstm).map(({ value, where, why }) => [value, where, why.length]);
    expect(kept).toEqual([
      ['i', 'tape', 2],
      ['f', 'tape', 2],
      ['o', 'tape', 2],
      ['g', 'tape', 2],
      ['tanh(c)', 'tape', 1],
      ['h_prev', 'state', 1],
      ['c_prev', 'state', 1],
      ['x', 'input', 1],
    ]);
  });

  it('is kept without a name where no value has one', () => {
    const text = `cell A(H) {
  input x: [H]
  state h: [H]
  param w: [H] = 1
  h = x*(w + sqrt(h_prev*h_prev + 1))
  output h
}
`;
    const kept = keptValues(planOfText(text, { sizes: { H: 4 }, window: 3 }));
    expect(kept.map(({ value }) => value)).toContain('sqrt(h_prev*h_prev + 1)');
  });
});

describe('why a loop is a loop', () => {
  const chains = (text: string) =>
    loopsOf(planOfText(text, { sizes: { H: 3 }, window: 4 }).bound.graph, 'forward').map(
      ({ chain }) => chain,
    );
  const cell = (equations: string) => `cell A(H) {
  input x: [H]
  state a: [H], b: [H]
${equations}
  output a, b
}
`;

  it('names the shortest way from each state to itself', () => {
    expect(chains(cell('  u = a_prev + x\n  v = 2*u\n  a = v + u\n  b = b_prev + a'))).toEqual([
      ['a_prev', 'u', 'a'],
      ['b_prev', 'b'],
    ]);
  });

  it('goes through other states where they exchange', () => {
    expect(chains(cell('  a = b_prev + x\n  b = 2*a_prev'))).toEqual([
      ['a_prev', 'b', 'b_prev', 'a'],
      ['b_prev', 'a', 'a_prev', 'b'],
    ]);
  });

  it('has no loop where a state is only looked back at', () => {
    expect(chains(cell('  a = x\n  b = a_prev + b_prev'))).toEqual([['b_prev', 'b']]);
  });
});

it('kernels are called by lines and equations, in the code too', () => {
  const { forward, backward, prepare } = lstm.sweeps;
  const called = ({ before, stages }: typeof forward) =>
    [...before, ...stages.flatMap(({ kernels }) => kernels)].map((kernel) => describeKernel(lstm, kernel));
  expect(called(prepare)[2]).toBe('lstm.rnn:12  [U_i; U_f; U_o; U_g].T in panels');
  expect(called(forward)).toEqual([
    'lstm.rnn:18  [W_i; W_f; W_o; W_g] @ x',
    'lstm.rnn:18  [U_i; U_f; U_o; U_g] @ h_prev',
    'lstm.rnn:18-23  i, f, o, g, c, tanh(c), h',
  ]);
  expect(called(backward)).toContain(
    'lstm.rnn:12  h_prev_bar = [U_i; U_f; U_o; U_g].T @ [z_i_bar; z_f_bar; z_o_bar; z_g_bar]',
  );
});

it('units have three figures', () => {
  expect([0, 7, 999, 1000, 52_400, 999_600, 2_097_152].map(formatCount)).toEqual([
    '0',
    '7',
    '999',
    '1 k',
    '52.4 k',
    '1.00 M',
    '2.10 M',
  ]);
  expect([96, 1023, 1024, 16_384, 1_638_400].map(formatBytes)).toEqual([
    '96 B',
    '1023 B',
    '1 KiB',
    '16 KiB',
    '1.56 MiB',
  ]);
});

it('cells that are too wide go on below', () => {
  const columns = [
    { width: 8, align: 'left' },
    { width: 4, align: 'right' },
  ] as const;
  expect(tableRow(columns, ['one two three', '12'], 2)).toEqual(['  one two     12', '    three']);
  expect(tableRow(columns, ['abcdefghij', ''], 0)).toEqual(['abcdefgh', '  ij']);
  expect(paragraph('a b c d', 1, 5)).toEqual([' a b', '   c', '   d']);
});
