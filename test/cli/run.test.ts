import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { instantiate } from '../../runtime/index.ts';
import { expectClose, kernelTargets, numbers, type Rows, run, spread, type Target } from './cases.ts';
import { examples, rnnc, scratch } from './support.ts';

const { folder, file } = scratch();
const targets = ['evaluate', ...kernelTargets] as const;
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

describe('the numbers are right', () => {
  it.each(targets)('of a linear recurrence computed by hand, %s', async (target) => {
    // h: 4, then 0.5*4 + 2*1 = 4, 0.5*4 - 2 = 0, 0 + 2*3 = 6. L = the sum of y = 2h, and the last h.
    // dL/dh: 2 + 1 = 3, 2 + 3/2 = 3.5, 2 + 3.5/2 = 3.75, and 3.75/2 at the start.
    const cell = file(
      'linear.rnn',
      'cell Linear() {\n  input x: []\n  state h: []\n  param w: [] = 0, u: [] = 0\n  h = w*h_prev + u*x\n  output y = 2*h\n}\n',
    );
    const { result } = await run(
      file,
      cell,
      {
        format: 'rnnc-case-1',
        steps: 3,
        parameters: { w: 0.5, u: { shape: [], data: [2] } },
        inputs: { x: [[1], [-1], [3]] },
        starts: { h: [4] },
        cotangents: { outputs: { y: [[1], [1], [1]] }, finals: { h: [1] } },
      },
      target,
    );
    expect(result).toEqual({
      format: 'rnnc-result-1',
      cell: 'Linear',
      target,
      ...(target === 'evaluate' ? {} : { profile: 'separate' }),
      sizes: {},
      numbers: {},
      steps: 3,
      batch: 1,
      outputs: { y: { shape: [3, 1], data: [8, 0, 12] } },
      finals: { h: { shape: [1], data: [6] } },
      gradients: {
        parameters: {
          w: { shape: [], data: [3.75 * 4 + 3.5 * 4 + 3 * 0] },
          u: { shape: [], data: [3.75 * 1 + 3.5 * -1 + 3 * 3] },
        },
        inputs: { x: { shape: [3, 1], data: [2 * 3.75, 2 * 3.5, 2 * 3] } },
        starts: { h: { shape: [1], data: [1.875] } },
      },
    });
  });

  const torch = JSON.parse(readFileSync(new URL('../reference/torch.json', import.meta.url), 'utf8')) as {
    readonly cases: readonly {
      readonly file: string;
      readonly steps: number;
      readonly expected: {
        readonly outputs: Readonly<Record<string, Rows>>;
        readonly finals: Readonly<Record<string, Rows>>;
        readonly gradients: Readonly<Record<string, Readonly<Record<string, Rows>>>>;
      };
    }[];
  };

  it.each(torch.cases)('of PyTorch, $file', async ({ file: name, expected, ...data }) => {
    for (const target of targets) {
      const { result } = await run(file, join(examples, name), { format: 'rnnc-case-1', ...data }, target);
      const pairs = [
        [result.outputs, expected.outputs],
        [result.finals, expected.finals],
        ...(['parameters', 'inputs', 'starts'] as const).map(
          (kind) => [result.gradients![kind], expected.gradients[kind]!] as const,
        ),
      ] as const;
      for (const [actual, wanted] of pairs) {
        expect(Object.keys(actual).toSorted()).toEqual(Object.keys(wanted).toSorted());
        for (const [array, { shape, data: entries }] of Object.entries(wanted)) {
          const tolerance = target === 'evaluate' ? 1e-12 : 1e-4;
          expectClose(numbers(actual[array], ...shape), entries.map(Number), tolerance);
        }
      }
    }
  });

  it('of the example in the documentation, which stands there as it is written and computed', async () => {
    const text = readFileSync(`${docs}case-format.md`, 'utf8');
    const [data, result] = [...text.matchAll(/^```json\n(.*?)^```/gms)].map(([, block]) => block!);
    expect(data).toBe(readFileSync(`${docs}examples/case.json`, 'utf8'));
    const { code, out } = await rnnc(
      'run',
      join(examples, 'elman.rnn'),
      '--data',
      `${docs}examples/case.json`,
    );
    expect({ code, out }).toEqual({ code: 0, out: result });

    // One row at a time, as a lecture does it.
    const { parameters, inputs, starts } = JSON.parse(data!);
    const [wx, wh, b, x] = [parameters.W_xh.data, parameters.W_hh.data, parameters.b.data, inputs.x.data];
    const outputs: number[] = [];
    const states: number[][] = structuredClone(starts.h);
    for (let t = 0; t < 3; t++) {
      for (const [row, h] of states.entries()) {
        const at = x.slice((2 * t + row) * 2);
        const z = [0, 1].map(
          (i) => wx[2 * i] * at[0] + wx[2 * i + 1] * at[1] + wh[2 * i] * h[0]! + wh[2 * i + 1] * h[1]! + b[i],
        );
        states[row] = z.map(Math.tanh);
        outputs.push(...states[row]);
      }
    }
    expectClose(numbers(JSON.parse(result!).outputs.h, 3, 2, 2), outputs, 1e-15);
  });
});

/** A language model in the small: index inputs, a loss, inner cells, and every row its own history. */
const model = 'char_model.rnn';
const modelCase = (steps: number, batch: number) => ({
  format: 'rnnc-case-1',
  sizes: { V: 5, D: 3, H: 4 },
  steps,
  batch,
  seed: 11,
  inputs: {
    token: { shape: [steps, batch], data: Array.from({ length: steps * batch }, (_, i) => (i * i) % 4) },
  },
  targets: {
    next_token: {
      shape: [steps, batch],
      data: Array.from({ length: steps * batch }, (_, i) => (3 * i + 1) % 5),
    },
  },
});

describe('targets agree', () => {
  const lstm = {
    format: 'rnnc-case-1',
    sizes: { I: 3, H: 5 },
    steps: 7,
    batch: 3,
    seed: 3,
    inputs: { x: { shape: [7, 3, 3], data: spread(63) } },
    cotangents: {
      outputs: { h: { shape: [7, 3, 5], data: spread(105, 7) } },
      finals: { c: { shape: [3, 5], data: spread(15, 3) } },
    },
  };
  it.each([
    ['lstm.rnn', lstm],
    ['lstm.rnn', { ...lstm, profile: 'fused' }],
    ['lstm.rnn', { ...lstm, lengths: [7, 1, 4] }],
    [model, modelCase(6, 2)],
  ] as const)('%s: the same bits in f32, and close to f64', async (name, data) => {
    const cell = join(examples, name);
    const texts = new Map<Target, string>();
    for (const target of targets) texts.set(target, (await run(file, cell, data, target)).text);
    const plain = (target: Target) => texts.get(target)!.replace(`"target": "${target}"`, '');
    expect(plain('js')).toBe(plain('interpreter'));
    expect(plain('wasm')).toBe(plain('interpreter'));

    const [exact, kernels] = [JSON.parse(texts.get('evaluate')!), JSON.parse(texts.get('wasm')!)];
    let compared = 0;
    const compare = (wanted: unknown, actual: unknown): void => {
      if (Array.isArray(wanted)) {
        compared += wanted.length;
        expectClose((actual as number[]).map(Number), wanted.map(Number), 1e-4);
      } else if (typeof wanted === 'object' && wanted !== null) {
        expect(Object.keys(actual as object)).toEqual(Object.keys(wanted));
        for (const [key, value] of Object.entries(wanted))
          compare(value, (actual as Record<string, unknown>)[key]);
      }
    };
    for (const part of ['outputs', 'finals', 'loss', 'gradients']) compare(exact[part], kernels[part]);
    expect(compared).toBeGreaterThan(100);
  });

  it('numbers come back as the f32 that the runtime has, from the same seed', async () => {
    const { result } = await run(file, join(examples, 'lstm.rnn'), lstm, 'js');
    const compiled = compile(
      { name: 'lstm.rnn', text: readFileSync(join(examples, 'lstm.rnn'), 'utf8') },
      { sizes: lstm.sizes, batch: 3, window: 7, target: 'js' },
    );
    const instance = await instantiate(compiled, { seed: 3 });
    const outputs = instance.forward(lstm.inputs.x.data, 7).h!;
    expect(result.outputs.h!.data.map((x) => Math.fround(Number(x)))).toEqual([...outputs]);
    for (const [name, { data }] of Object.entries(result.parameters!))
      expect(data.map((x) => Math.fround(Number(x)))).toEqual([...instance.parameters[name]!]);
  });
});

describe('losses', () => {
  it('are weighted as the case says', async () => {
    const cell = file(
      'loss.rnn',
      'cell Loss() {\n  input x: []\n  target y: []\n  param w: [] = 0\n  p = w*x\n  output p\n  loss (p - y)^2\n}\n',
    );
    const data = {
      format: 'rnnc-case-1',
      steps: 2,
      batch: 2,
      parameters: { w: 3 },
      inputs: {
        x: [
          [1, 2],
          [-1, 0.5],
        ],
      },
      targets: {
        y: [
          [1, 7],
          [0, 1],
        ],
      },
    };
    // p - y: 2, -1; -3, 0.5. d loss/dw = 2*(p - y)*x: 4, -4; 6, 0.5.
    const slopes = [4, -4, 6, 0.5];
    const losses = [4, 1, 9, 0.25];
    const weighted = (weights: readonly number[], values: readonly number[]) =>
      weights.reduce((sum, weight, i) => sum + weight * values[i]!, 0);
    for (const [cotangents, weights] of [
      [undefined, [0.25, 0.25, 0.25, 0.25]],
      [{ loss: 'mean' }, [0.25, 0.25, 0.25, 0.25]],
      [
        {
          loss: [
            [0, 1],
            [-2, 0.5],
          ],
        },
        [0, 1, -2, 0.5],
      ],
    ] as const) {
      for (const target of targets) {
        const { result } = await run(file, cell, { ...data, cotangents }, target);
        expect(result.loss).toEqual({ shape: [2, 2], data: losses });
        expect(result.lossValue).toBe(weighted(weights, losses));
        expect(result.gradients!.parameters).toEqual({ w: { shape: [], data: [weighted(weights, slopes)] } });
        // d loss/dy = -2*(p - y)
        const residuals = [2, -1, -3, 0.5];
        expect(result.gradients!.targets).toEqual({
          y: { shape: [2, 2], data: residuals.map((r, i) => (weights[i] === 0 ? -0 : -2 * r * weights[i]!)) },
        });
      }
    }
    for (const target of targets) {
      const { result } = await run(file, cell, { ...data, cotangents: {} }, target);
      expect(result.loss!.data).toEqual(losses);
      expect(result).not.toHaveProperty('gradients');
      expect(result).not.toHaveProperty('lossValue');
    }
  });

  it('over classes: log of their number where nothing is learned, and no gradient in rows that are not read', async () => {
    const { result } = await run(
      file,
      join(examples, model),
      { ...modelCase(3, 2), parameters: { W: { shape: [5, 4], data: new Array(20).fill(0) } } },
      'evaluate',
    );
    expectClose(numbers(result.loss, 3, 2), new Array(6).fill(Math.log(5)), 1e-15);
    expect(result.lossValue).toBeCloseTo(Math.log(5), 14);
    expect(Object.keys(result.parameters!)).toContain('lstm.W_i');
    expect(Object.keys(result.parameters!)).not.toContain('W');
    expect(result.gradients!.inputs).toEqual({});
    expect(numbers(result.gradients!.parameters.E, 5, 3).slice(6, 9)).toEqual([0, 0, 0]); // token 2 is never read
  });
});

describe('rows of different lengths', () => {
  const lengths = [5, 2, 3];
  const row = (rows: Rows, b: number, steps: number): Rows => {
    const [, batch, ...shape] = rows.shape as [number, number, ...number[]];
    const entries = shape.reduce((a, c) => a * c, 1);
    const data = Array.from({ length: steps }, (_, t) =>
      rows.data.slice((t * batch + b) * entries, (t * batch + b + 1) * entries),
    ).flat();
    return { shape: [steps, 1, ...shape], data };
  };

  it.each(targets)('are each as if alone, whatever stands in the padding, %s', async (target) => {
    const cell = join(examples, model);
    const whole = modelCase(5, 3);
    const padding = (rows: Rows): Rows => ({
      ...rows,
      data: rows.data.map((x, i) => (Math.floor(i / 3) < lengths[i % 3]! ? x : -1)),
    });
    const { result } = await run(
      file,
      cell,
      {
        ...whole,
        inputs: { token: padding(whole.inputs.token) },
        targets: { next_token: padding(whole.targets.next_token) },
        lengths,
      },
      target,
    );
    const alone = await Promise.all(
      lengths.map(async (steps, b) => {
        const data = {
          ...whole,
          steps,
          batch: 1,
          // The same sums in the same order: bits are promised within one way of compiling.
          lengths: [steps],
          inputs: { token: row(whole.inputs.token, b, steps) },
          targets: { next_token: row(whole.targets.next_token, b, steps) },
          cotangents: { loss: { shape: [steps, 1], data: new Array(steps).fill(1 / 10) } },
        };
        return (await run((name, text) => file(`${b}${name}`, text), cell, data, target)).result;
      }),
    );
    for (const [b, steps] of lengths.entries()) {
      expect(row(result.outputs.logits!, b, steps)).toEqual(alone[b]!.outputs.logits);
      expect(row(result.loss!, b, steps)).toEqual(alone[b]!.loss);
      const after = row(result.outputs.logits!, b, 5).data.slice(steps * 5);
      expect(after).toEqual(new Array((5 - steps) * 5).fill(0));
      for (const [name, { data }] of Object.entries(result.finals))
        expect(data.slice(b * 4, b * 4 + 4)).toEqual(alone[b]!.finals[name]!.data);
      for (const [name, { data }] of Object.entries(result.gradients!.starts))
        expect(data.slice(b * 4, b * 4 + 4)).toEqual(alone[b]!.gradients!.starts[name]!.data);
    }
    const tolerance = target === 'evaluate' ? 1e-15 : 1e-6;
    for (const [name, { shape, data }] of Object.entries(result.gradients!.parameters)) {
      const sum = data.map((_, i) =>
        alone.reduce((total, { gradients }) => total + Number(gradients!.parameters[name]!.data[i]), 0),
      );
      expectClose(numbers(result.gradients!.parameters[name], ...shape), sum, tolerance);
    }
    expect(result.lossValue).toBeCloseTo(
      alone.reduce((sum, { lossValue }) => sum + Number(lossValue), 0),
      6,
    );
  });
});

describe('what is carried', () => {
  /** Reads its history, and how long it is. */
  const carried = file(
    'carried.rnn',
    [
      'cell Carried() {',
      '  input x: [2], k: index(3) = 1',
      '  state h: [2] = 0.5',
      '  param w: [2] = 0, E: [3, 2] = 0',
      '  h = tanh(w*h_prev + x - x_prev + E[k_prev]) + 0.125*step',
      '  output h',
      '}',
      '',
    ].join('\n'),
  );
  const data = {
    format: 'rnnc-case-1',
    steps: 4,
    batch: 2,
    parameters: {
      w: [0.5, -0.75],
      E: [
        [0, 1],
        [0.25, -0.5],
        [2, 1],
      ],
    },
    inputs: {
      x: { shape: [4, 2, 2], data: spread(16) },
      k: { shape: [4, 2], data: [0, 1, 2, 0, 1, 1, 2, 2] },
    },
  };

  it.each(targets)('finals are the starts of the next case, %s', async (target) => {
    const { result: whole } = await run(file, carried, data, target);
    const half = (rows: Rows, from: number): Rows => ({
      shape: [2, ...rows.shape.slice(1)],
      data: rows.data.slice((from * rows.data.length) / 2, ((from + 1) * rows.data.length) / 2),
    });
    const inputs = (from: number) => ({ x: half(data.inputs.x, from), k: half(data.inputs.k, from) });
    const first = (await run(file, carried, { ...data, steps: 2, inputs: inputs(0) }, target)).result;
    expect(first.finals.k).toEqual({ shape: [2], data: [2, 0] });
    const next = { ...data, steps: 2, inputs: inputs(1), starts: first.finals, stepsBefore: [2, 2] };
    const second = (await run(file, carried, next, target)).result;
    expect([...first.outputs.h!.data, ...second.outputs.h!.data]).toEqual(whole.outputs.h!.data);
    expect(second.finals).toEqual(whole.finals);
  });

  it.each(targets)('nothing is, where a row begins anew, %s', async (target) => {
    const resets = [
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 0],
    ];
    const { result } = await run(file, carried, { ...data, resets }, target);
    const { result: whole } = await run(file, carried, data, target);
    const second = {
      ...data,
      steps: 2,
      inputs: {
        x: { shape: [2, 2, 2], data: data.inputs.x.data.slice(8) },
        k: { shape: [2, 2], data: data.inputs.k.data.slice(4) },
      },
    };
    const { result: anew } = await run(file, carried, second, target);
    // [steps, 2 rows, 2 entries]: row 0 is the first two of every four.
    const ofRow = (values: readonly unknown[], row: number) =>
      values.filter((_, i) => Math.floor(i / 2) % 2 === row);
    const found = result.outputs.h!.data;
    expect(ofRow(found.slice(0, 8), 0)).toEqual(ofRow(whole.outputs.h!.data.slice(0, 8), 0));
    expect(ofRow(found.slice(8), 0)).toEqual(ofRow(anew.outputs.h!.data, 0));
    expect(ofRow(found, 1)).toEqual(ofRow(whole.outputs.h!.data, 1));
    expect(ofRow(found, 0)).not.toEqual(ofRow(whole.outputs.h!.data, 0));
  });

  it.each(targets)(
    'what a lag looks back at is the start that is given, and after a reset that of the cell, %s',
    async (target) => {
      const cell = file(
        'classes_back.rnn',
        'cell Back(V) {\n  input k: index(V) = 1\n  const e: [V] = (i) -> i\n  y = e[prev(k, 2)] + 10*e[k_prev]\n  output y\n}\n',
      );
      const data = { format: 'rnnc-case-1', sizes: { V: 5 }, steps: 5, parameters: {} };
      const given = { ...data, inputs: { k: [[0], [2], [3], [1], [4]] }, starts: { k: [4] } };
      const resets = (...at: number[]) => ({ resets: [0, 1, 2, 3, 4].map((t) => [at.includes(t) ? 1 : 0]) });
      const read = async (times: object) =>
        (await run(file, cell, { ...given, ...times }, target)).result.outputs.y!.data;
      expect(await read({})).toEqual([41, 4, 20, 32, 13]);
      expect(await read(resets())).toEqual([41, 4, 20, 32, 13]);
      expect(await read(resets(3))).toEqual([41, 4, 20, 11, 11]);
      expect(await read(resets(0))).toEqual([11, 1, 20, 32, 13]);
      expect(await read({ ...resets(2), lengths: [4] })).toEqual([41, 4, 11, 31, 0]);
    },
  );

  it.each(targets)('a start that is given is cut off from the learned one, %s', async (target) => {
    const cell = join(examples, 'learned_start.rnn');
    const base = {
      format: 'rnnc-case-1',
      sizes: { I: 1, H: 2 },
      steps: 2,
      batch: 2,
      seed: 5,
      inputs: { x: { shape: [2, 2, 1], data: spread(4) } },
      cotangents: {
        finals: {
          h: [
            [1, 2],
            [3, -4],
          ],
        },
      },
    };
    const { gradients: own } = (await run(file, cell, base, target)).result;
    const arrived = numbers(own!.starts.h, 2, 2);
    const sum = [arrived[0]! + arrived[2]!, arrived[1]! + arrived[3]!];
    expect(sum.every((x) => Math.abs(x) > 1e-3)).toBe(true);
    expectClose(numbers(own!.parameters.h0, 2), sum, 1e-6);
    const given = {
      ...base,
      starts: {
        h: [
          [0.5, 0],
          [0, 0.5],
        ],
      },
    };
    const { gradients: cut } = (await run(file, cell, given, target)).result;
    expect(numbers(cut!.parameters.h0, 2)).toEqual([0, 0]);
    expect(numbers(cut!.starts.h, 2, 2).every((x) => Math.abs(x) > 1e-3)).toBe(true);
  });
});

describe('everything a file can hold', () => {
  it.each(targets)('NaN, infinities and minus zero go in and out, %s', async (target) => {
    const cell = file('pass.rnn', 'cell Pass() {\n  input x: []\n  output y = -x\n}\n');
    const x = [['NaN'], ['Infinity'], ['-Infinity'], [0], [1e-3]];
    const { text, result } = await run(
      file,
      cell,
      { format: 'rnnc-case-1', steps: 5, inputs: { x } },
      target,
    );
    expect(result.outputs.y!.data).toEqual(['NaN', '-Infinity', 'Infinity', -0, -1e-3]);
    expect(text).toContain('"-Infinity", "Infinity", -0, -0.001]');
    expect(result).not.toHaveProperty('gradients');
  });

  it.each(targets)(
    'names that mean something to JavaScript, or are written in another form, %s',
    async (target) => {
      const cell = file(
        'names.rnn',
        'cell Names() {\n  input __proto__: [], caf\u00e9: []\n  param constructor: [] = 0\n  output toString = constructor*__proto__ + caf\u00e9\n}\n',
      );
      const path = file(
        'names.json',
        '{"format":"rnnc-case-1","steps":1,"parameters":{"constructor":3},"inputs":{"__proto__":[[2]],"cafe\u0301":[[0.5]]},"cotangents":{"outputs":{"toString":[[1]]}}}',
      );
      const { code, out } = await rnnc('run', cell, '--data', path, '--target', target);
      expect(code).toBe(0);
      expect(out).toContain('"toString": { "shape": [1, 1], "data": [6.5] }');
      expect(out).toContain('"constructor": { "shape": [], "data": [2] }');
      expect(out).toContain('"__proto__": { "shape": [1, 1], "data": [3] }');
    },
  );

  it('the values of all equations, in f64', async () => {
    const cell = join(examples, 'elman.rnn');
    const data = JSON.parse(readFileSync(`${docs}examples/case.json`, 'utf8'));
    const { result } = await run(file, cell, data, 'evaluate', '--values');
    expect(Object.keys(result.values!)).toEqual(['z', 'h']);
    expectClose(numbers(result.values!.z, 3, 2, 2).map(Math.tanh), numbers(result.outputs.h, 3, 2, 2), 1e-15);
    const refused = await rnnc(
      'run',
      cell,
      '--data',
      `${docs}examples/case.json`,
      '--values',
      '--target',
      'js',
    );
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('--target evaluate');
  });

  it('wide code gives the same result, and only WebAssembly can be wide', async () => {
    const call = ['run', join(examples, 'elman.rnn'), '--data', `${docs}examples/case.json`, '--target'];
    const narrow = await rnnc(...call, 'wasm');
    const wide = await rnnc(...call, 'wasm', '--wide');
    expect({ ...wide, err: '' }).toEqual(narrow);
    expect(wide.err).toMatch(/^(--wide is left out: .*\n)?$/);
    const refused = await rnnc(...call, 'js', '--wide');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('--target wasm only');
  });

  it('a result goes to a file, whole or not at all', async () => {
    const cell = join(examples, 'elman.rnn');
    const out = join(folder, 'result.json');
    const answer = await rnnc('run', cell, '--data', `${docs}examples/case.json`, '--out', out);
    expect(answer).toEqual({ code: 0, out: '', err: '' });
    expect(JSON.parse(readFileSync(out, 'utf8')).format).toBe('rnnc-result-1');
    const nowhere = await rnnc(
      'run',
      cell,
      '--data',
      `${docs}examples/case.json`,
      '--out',
      join(folder, 'no', 'r.json'),
    );
    expect(nowhere.code).toBe(3);
    expect((await rnnc('run', cell, '--data', join(folder, 'none.json'))).code).toBe(3);
    expect((await rnnc('run', '-', '--data', '-')).code).toBe(2);
  });
});

it.each(targets)('a clipped parameter is clipped once for all rows and sequences, %s', async (target) => {
  const text = `cell Clip(I, H) {
  input x: [I]
  state h: [H]
  param W: [H, I] ~ glorot
  W_clipped = clip_gradient(W, 0.5)
  h = 0.5*h_prev + W_clipped @ x
}
`;
  const given = {
    format: 'rnnc-case-1',
    sizes: { I: 2, H: 2 },
    steps: 4,
    batch: 3,
    seed: 1,
    inputs: { x: { shape: [4, 3, 2], data: Array.from({ length: 24 }, (_, i) => 1 + (i % 5)) } },
    cotangents: { outputs: { h: { shape: [4, 3, 2], data: Array(24).fill(1) } } },
  };
  // Without the clip every entry is a sum of positive numbers, far above 1/2.
  const resets = { shape: [4, 3], data: [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0] };
  for (const rows of [{}, { lengths: [4, 4, 4] }, { lengths: [4, 2, 3] }, { resets }]) {
    const { result } = await run(file, file('clip.rnn', text), { ...given, ...rows }, target);
    expect(result.gradients!.parameters.W!.data.map(Number)).toEqual([0.5, 0.5, 0.5, 0.5]);
  }
});

it.each(targets)('lengths beside an input that is given once per sequence, %s', async (target) => {
  const text = `cell Once(D) {
  input x: []
  input m: [D] per sequence
  state h: [D]
  h = h_prev + x*m
}
`;
  const m = [1, 2, 3, 4];
  const x = [1, 10, 1, 10, 1, 10];
  const { result } = await run(
    file,
    file('once.rnn', text),
    {
      format: 'rnnc-case-1',
      sizes: { D: 2 },
      steps: 3,
      batch: 2,
      inputs: { x: { shape: [3, 2], data: x }, m: { shape: [2, 2], data: m } },
      cotangents: { finals: { h: { shape: [2, 2], data: [1, 1, 1, 1] } } },
      lengths: [3, 1],
    },
    target,
  );
  expect(result.finals.h!.data.map(Number)).toEqual([3, 6, 30, 40]);
  expect(result.gradients!.inputs.m!.data.map(Number)).toEqual([3, 3, 10, 10]);
  expect(result.gradients!.inputs.x!.data.map(Number)).toEqual([3, 7, 3, 0, 3, 0]);
});
