import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { caseErrors } from '../../cli/case/errors.ts';
import { examples, rnnc, scratch } from './support.ts';

const { file } = scratch();
const docs = new URL('../../docs/', import.meta.url);
const good = readFileSync(new URL('examples/case.json', docs), 'utf8');

/** A case of the documentation's example, as tests may spoil it. */
interface Spoiled {
  [part: string]: unknown;
  parameters: Record<string, unknown>;
  inputs: Record<string, unknown> & { x: { shape: number[]; data: unknown[] } };
  starts: Record<string, unknown>;
  cotangents: Record<string, unknown> & { outputs: Record<string, unknown> };
}

const seen = new Set<string>();

/** What `rnnc run` says about a case for a cell, which must be refused. */
async function refusal(
  text: string,
  cell = join(examples, 'elman.rnn'),
  target = 'evaluate',
): Promise<string> {
  const { code, out, err } = await rnnc('run', cell, '--data', file('case.json', text), '--target', target);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  for (const [found] of err.matchAll(/RNN6\d\d/g)) seen.add(found);
  return err;
}

async function spoiled(spoil: (data: Spoiled) => void, ...rest: readonly string[]): Promise<string> {
  const data = JSON.parse(good) as Spoiled;
  spoil(data);
  return refusal(JSON.stringify(data), ...rest);
}

it('a cell that there is not: said of the case, or of the source first where that is wrong, too', async () => {
  const other = JSON.stringify({ ...JSON.parse(good), cell: 'Other' });
  const err = await refusal(other);
  expect(err).toMatch(/case\.json {2}RNN603 {2}.*elman\.rnn has no cell Other\n {2}There is Elman\.\n$/);
  expect(err).not.toContain('RNN304');
  const wrong = file('wrong.rnn', 'cell A(N) { input x: [N]\n y = x +\n output y }');
  const ofSource = await rnnc('run', wrong, '--data', file('case.json', other));
  expect(ofSource.err).toMatch(/^.*wrong\.rnn:\d/);
  expect(ofSource.err).not.toContain('cell Other');
});

it('fused WebAssembly where the host has no relaxed multiply-add: what to write instead', async () => {
  const validate = vi.spyOn(
    (globalThis as unknown as { WebAssembly: { validate(): boolean } }).WebAssembly,
    'validate',
  );
  validate.mockReturnValue(false);
  try {
    const err = await spoiled(
      (c) => Object.assign(c, { profile: 'fused' }),
      join(examples, 'elman.rnn'),
      'wasm',
    );
    expect(err).toContain('RNN610');
    expect(err).toContain('"profile": "separate"');
    expect(err).toContain('--target js');
    expect(err).not.toContain('enableRelaxed');
  } finally {
    validate.mockRestore();
  }
});

describe('a file that is no case', () => {
  it.each([
    ['', 'RNN601  This is not JSON'],
    ['{ "format": "rnnc-case-1", "steps": 3,\n  }', 'RNN601  This is not JSON'],
    ['{ "format": "rnnc-case-1", "starts": { "h": [NaN] } }', 'write "NaN", "Infinity" or "-Infinity"'],
    ['{ "format": "rnnc-case-1", "starts": { "h": [1, -Infinity] } }', 'JSON has no NaN or Infinity'],
    ['[]', 'RNN602  A case must be an object, and is an empty list'],
    ['null', 'and is null'],
    [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'and is a list'],
    ['{ "steps": 3 }', 'RNN604  The format is missing'],
    ['{ "format": "rnnc-case-2", "steps": 3 }', 'RNN602  format must be "rnnc-case-1", and is "rnnc-case-2"'],
  ])('%#', async (text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  it('is told where JSON ends to be JSON, where Node knows', async () => {
    const text = '{\n  "format": "rnnc-case-1",\n  "steps": 3]\n}';
    expect(await refusal(text)).toMatch(/RNN601 {2}This is not JSON, at line 3, column 1\d: /);
  });
});

describe('one mistake', () => {
  it.each<[message: string, spoil: (data: Spoiled) => void]>([
    ['RNN602  steps must be a whole number of at least 1, and is 0', (c) => Object.assign(c, { steps: 0 })],
    [
      'RNN602  steps must be a whole number of at least 1, and is "3"',
      (c) => Object.assign(c, { steps: '3' }),
    ],
    ['RNN604  steps is missing', (c) => Reflect.deleteProperty(c, 'steps')],
    ['RNN602  batch must be a whole number', (c) => Object.assign(c, { batch: 2.5 })],
    [
      'RNN602  profile must be "separate" or "fused", and is "fast"',
      (c) => Object.assign(c, { profile: 'fast' }),
    ],
    ['RNN602  seed must be a whole number of at least 0, and is -1', (c) => Object.assign(c, { seed: -1 })],
    ['RNN602  cell must be a name, and is 3', (c) => Object.assign(c, { cell: 3 })],
    [
      'elman.rnn has no cell Elmann\n  Did you mean Elman? There is Elman.',
      (c) => Object.assign(c, { cell: 'Elmann' }),
    ],
    ['RNN603  A case has no part input\n  Did you mean inputs?', (c) => Object.assign(c, { input: {} })],
    ['RNN603  Elman has no size J\n  It has I, H.', (c) => Object.assign(c, { sizes: { I: 2, H: 2, J: 1 } })],
    ['H belongs under "sizes"', (c) => Object.assign(c, { numbers: { H: 2 } })],
    ['RNN602  The size H must be a number, and is "2"', (c) => Object.assign(c, { sizes: { I: 2, H: '2' } })],
    ['RNN403  The size H cannot be 2.5', (c) => Object.assign(c, { sizes: { I: 2, H: 2.5 } })],
    ['RNN401  Elman needs the size H', (c) => Object.assign(c, { sizes: { I: 2 } })],
    [
      'RNN602  sizes must be an object of sizes by name, and is a list',
      (c) => Object.assign(c, { sizes: [2] }),
    ],
    ['RNN602  parameters must be an object of arrays', (c) => Object.assign(c, { parameters: 7 })],
    ['RNN602  cotangents must be an object, and is "mean"', (c) => Object.assign(c, { cotangents: 'mean' })],
    [
      'RNN604  The parameter b is missing\n  Give it as [H] = [2], or a seed',
      (c) => Reflect.deleteProperty(c.parameters, 'b'),
    ],
    [
      'RNN604  The input x is missing\n  Give it as [T, B, I] = [3, 2, 2].',
      (c) => Reflect.deleteProperty(c.inputs, 'x'),
    ],
    [
      'RNN603  Elman has no parameter W_hx\n  Did you mean W_xh?',
      (c) => Object.assign(c.parameters, { W_hx: [1] }),
    ],
    ['b belongs under "parameters"', (c) => Object.assign(c.inputs, { b: [1, 2] })],
    ['RNN603  Elman has no state c', (c) => Object.assign(c.starts, { c: [[1, 2]] })],
    ['RNN603  Elman has no output z', (c) => Object.assign(c.cotangents.outputs, { z: 0 })],
    [
      'RNN603  cotangents has no part output\n  Did you mean outputs?',
      (c) => Object.assign(c.cotangents, { output: {} }),
    ],
    ['RNN608  Elman has no loss', (c) => Object.assign(c.cotangents, { loss: 'mean' })],
    [
      'RNN605  The input x must be [T, B, I] = [3, 2, 2], and is [2, 3, 2]',
      (c) => Object.assign(c.inputs.x, { shape: [2, 3, 2] }),
    ],
    [
      'RNN605  The input x must be [T, B, I] = [3, 2, 2], and is 11 entries of 12',
      (c) => c.inputs.x.data.pop(),
    ],
    [
      'and is [12]\n  Nest the lists, or write { "shape": [3, 2, 2], "data": [...] }',
      (c) => Object.assign(c.inputs, { x: c.inputs.x.data }),
    ],
    [
      'RNN605  The start of h must be [B, H] = [2, 2], and is 1 long at [1]',
      (c) => Object.assign(c.starts, { h: [[0, 1], [2]] }),
    ],
    ['and is 5 at [1], where it should be 2 long', (c) => Object.assign(c.starts, { h: [[0, 1], 5] })],
    ['and is [1, 1, 1, 1, 1, 1, 1, 1, …]', (c) => Object.assign(c.starts, { h: [[[[[[[[[[1]]]]]]]]]] })],
    ['RNN606  The input x has null at [1, 0, 1]', (c) => Object.assign(c.inputs.x.data, { 5: null })],
    ['RNN606  The input x has "1.0" at [0, 0, 0]', (c) => Object.assign(c.inputs.x.data, { 0: '1.0' })],
    [
      'RNN604  The shape of the parameter b is missing',
      (c) => Object.assign(c.parameters, { b: { data: [1, 2] } }),
    ],
    [
      'RNN602  The shape of the parameter b must be a list',
      (c) => Object.assign(c.parameters, { b: { shape: 2, data: [1, 2] } }),
    ],
    [
      'RNN603  The parameter b has no part dtype',
      (c) => Object.assign(c.parameters, { b: { shape: [2], data: [1, 2], dtype: 'f32' } }),
    ],
    [
      'RNN605  The parameter b must be [H] = [2], and is true',
      (c) => Object.assign(c.parameters, { b: true }),
    ],
    [
      'lengths must be a list of 2 whole numbers (one per row) from 1 to 3, and is 1 long',
      (c) => Object.assign(c, { lengths: [3] }),
    ],
    ['and is one with 4 in it', (c) => Object.assign(c, { lengths: [3, 4] })],
    ['and is one with 0 in it', (c) => Object.assign(c, { lengths: [0, 3] })],
    [
      'resets must be 0 or 1 everywhere, and is 2 at [1, 0]',
      (c) => Object.assign(c, { resets: { shape: [3, 2], data: [0, 0, 2, 0, 0, 0] } }),
    ],
    ['stepsBefore must be a list of 2', (c) => Object.assign(c, { stepsBefore: 'none' })],
    ['RNN609  3 steps of 1000000000000000 rows do not fit', (c) => Object.assign(c, { batch: 1e15 })],
  ])('%s', async (message, spoil) => {
    expect(await spoiled(spoil)).toContain(message);
  });
});

describe('several mistakes', () => {
  it('are all told at once, each in a line that begins with the file', async () => {
    const err = await spoiled((c) => {
      c.parameters = { W_xh: c.parameters.W_xh, B: [1, 2] };
      c.inputs.x.shape = [3, 2];
      c.cotangents.outputs.h = [[['none']]];
      c.lengths = [1];
      c.Batch = 3;
    });
    for (const told of [
      'W_hh is missing',
      'b is missing',
      'no parameter B',
      'input x',
      'output h',
      'lengths',
      'Batch',
    ])
      expect(err).toContain(told);
    const heads = err.split('\n').filter((line) => /RNN\d/.test(line));
    expect(heads).toHaveLength(7);
    for (const head of heads) expect(head).toMatch(/case\.json {2}RNN6/);
  });

  it('with names made to mislead, as printable text', async () => {
    const err = await refusal(
      '{"format":"rnnc-case-1","steps":1,"__proto__":1,"constructor":2,"\\u001b[31mred\\u202e":3,"sizes":{"I":1,"H":1},"parameters":{"__proto__":[1],"toString":1}}',
    );
    for (const name of ['part __proto__', 'part constructor', 'parameter __proto__', 'parameter toString'])
      expect(err).toContain(name);
    for (const hidden of ['\u001b', '\u202e']) expect(err).not.toContain(hidden);
  });
});

describe('classes', () => {
  const cell = join(examples, 'char_model.rnn');
  const data = (token: unknown) =>
    JSON.stringify({
      format: 'rnnc-case-1',
      sizes: { V: 5, D: 2, H: 3 },
      steps: 2,
      batch: 2,
      seed: 1,
      inputs: { token },
      targets: {
        next_token: [
          [0, 1],
          [2, 4],
        ],
      },
    });

  it.each([5, -1, 1.5, 'NaN', 'Infinity', 1e300])('%s is not one of 5', async (entry) => {
    const err = await refusal(
      data([
        [0, 1],
        [entry, 2],
      ]),
      cell,
      'wasm',
    );
    expect(err).toContain(`RNN607  The input token is ${Number(entry)} at [1, 0]`);
    expect(err).toContain('a whole number from 0 to 4, since V = 5');
  });
});

it('a cell that has mistakes itself is told of these', async () => {
  const cell = file('wrong.rnn', 'cell Wrong(H) {\n  state h: [H]\n  h = tanh(g)\n}\n');
  expect(await refusal(good.replace('"Elman"', '"Wrong"'), cell)).toMatch(/wrong\.rnn:3:12 {2}RNN2/);
});

it.each(['evaluate', 'interpreter', 'js', 'wasm'])('memory that there is not, %s', async (target) => {
  const cell = file('large.rnn', 'cell Large() {\n  state S: [1000, 1000]\n  S = S_prev + 1\n}\n');
  const err = await refusal('{ "format": "rnnc-case-1", "steps": 1000000 }', cell, target);
  expect(err).toMatch(/RNN609|RNN404/);
});

it('rows of different lengths beside what is given once per sequence, and entries that cannot be', async () => {
  const cell = file(
    'sum.rnn',
    'cell Sum(D, S) {\n  input M: [D] over S\n  state h: [D]\n  h = h_prev + sum(M over S)\n}\n',
  );
  const data = (rest: object) =>
    JSON.stringify({
      format: 'rnnc-case-1',
      sizes: { D: 1, S: 2 },
      steps: 2,
      batch: 2,
      inputs: {
        M: [
          [[1], [2]],
          [[3], [4]],
        ],
      },
      ...rest,
    });
  expect(await refusal(data({ entries: { S: [1, 3] } }), cell)).toContain('from 0 to 2');
  expect(await refusal(data({ entries: { D: [1, 1] } }), cell)).toContain('D');
  const { code, out } = await rnnc(
    'run',
    cell,
    '--data',
    file('case.json', data({ entries: { S: [2, 1] } })),
  );
  expect(code).toBe(0);
  expect(JSON.parse(out).finals.h.data).toEqual([6, 6]);
});

it('every code has been met, and stands in the documentation', () => {
  const table = readFileSync(new URL('case-format.md', docs), 'utf8');
  for (const { code, doc } of Object.values(caseErrors)) {
    expect([...seen], code).toContain(code);
    expect(table).toContain(`| ${code} | ${doc} |`);
  }
});
