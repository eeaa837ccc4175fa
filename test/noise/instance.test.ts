import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../compiler/compile.ts';
import { bundleWasm } from '../../compiler/module/bundle.ts';
import { type Instance, instantiateSync, sgd, update, windows } from '../../runtime/index.ts';
import { NoiseStream } from '../../runtime/noise.ts';
import { openStream } from '../../runtime/realtime.ts';

/** Shows its noise: outputs are what was drawn. */
const mirror = `cell Mirror(H) {
  input x: [H]
  noise m: [H] ~ bernoulli(0.5) per step, e: [] ~ normal(1, 2) per step
  noise q: [H] ~ uniform(-1, 3) per sequence
  noise D: [H, H] ~ normal(0, 1) per update
  param w: [H] ~ normal(0, 1)
  state h: [H]
  h = w*m*x + 0.5*h_prev
  D2 = 2*D
  output h, m, e, q, D2
  loss sum(h*h) + sum(D)
}
`;
const source = (text: string) => ({ name: 'noise.rnn', text });
const H = 3;
const live = (options: CompileOptions = {}, seed = 11): Instance =>
  instantiateSync(compile(source(mirror), { sizes: { H }, batch: 2, window: 6, target: 'js', ...options }), {
    seed,
  });
const inputs = (steps: number, batch: number) =>
  Float32Array.from({ length: steps * batch * H }, (_, i) => Math.sin(i + 1));
/** What the definition says. */
const drawn = (name: 'm' | 'e' | 'q' | 'D', count: number, sequence: number, step: number, seed = 11) => {
  const all = {
    m: ['bernoulli', [0.5]],
    e: ['normal', [1, 2]],
    q: ['uniform', [-1, 3]],
    D: ['normal', [0, 1]],
  } as const;
  const [distribution, args] = all[name];
  const values = new Float32Array(count);
  new NoiseStream({ name, distribution, args }, seed).fill(values, 0, count, sequence, step);
  return [...values];
};

describe('an instance', () => {
  it('draws by sequence, step and entry, and per update by the number of updates', () => {
    const instance = live();
    instance.start(undefined, [4, 9]);
    for (const first of [0, 2]) {
      const { m, e, q, D2: D } = instance.forward({ x: inputs(2, 2) }, 2);
      for (const [t, step] of [first, first + 1].entries()) {
        for (const [row, sequence] of [4, 9].entries()) {
          const at = 2 * t + row;
          expect([...m!.subarray(at * H, (at + 1) * H)]).toEqual(drawn('m', H, sequence, step));
          expect(e![at]).toBe(drawn('e', 1, sequence, step)[0]);
          expect([...q!.subarray(at * H, (at + 1) * H)]).toEqual(drawn('q', H, sequence, 0));
          expect([...D!.subarray(at * H * H, (at + 1) * H * H)]).toEqual(
            drawn('D', H * H, 0, 0).map((d) => 2 * d),
          );
        }
      }
    }
    instance.parametersChanged();
    expect(instance.updates).toBe(1);
    const { D2: D } = instance.forward({ x: inputs(1, 2) }, 1);
    expect([...D!.subarray(0, H * H)]).toEqual(drawn('D', H * H, 1, 0).map((d) => 2 * d));
    instance.updates = 0;
    expect([...instance.forward({ x: inputs(1, 2) }, 1).D2!.subarray(0, H * H)]).toEqual(
      drawn('D', H * H, 0, 0).map((d) => 2 * d),
    );
  });

  it('draws the same bits on every target, in any chunks, at any place of any batch', () => {
    const steps = 6;
    const x = inputs(steps, 1);
    /** Row `row` of a batch that runs sequence 5 there, all outputs of all steps. */
    const run = (options: CompileOptions, batch: number, row: number, chunks: readonly number[]) => {
      const instance = live({ ...options, batch });
      const numbers = Array.from({ length: batch }, (_, i) => (i === row ? 5 : 100 + i));
      instance.start(undefined, numbers);
      const seen: number[][] = [];
      let first = 0;
      for (const count of chunks) {
        const wide = new Float32Array(count * batch * H);
        for (let t = 0; t < count; t++)
          for (let i = 0; i < H; i++) wide[(t * batch + row) * H + i] = x[(first + t) * H + i]!;
        const outputs = instance.forward({ x: wide }, count);
        for (let t = 0; t < count; t++) {
          seen.push(
            ['h', 'm', 'e', 'q', 'D2'].flatMap((name) => {
              const values = outputs[name]!;
              const size = values.length / (count * batch);
              return [...values.subarray((t * batch + row) * size, (t * batch + row + 1) * size)];
            }),
          );
        }
        first += count;
      }
      return seen;
    };
    const judge = run({ target: 'js' }, 1, 0, [6]);
    expect(judge.flat().some((value) => value !== 0)).toBe(true);
    expect(run({ target: 'wasm', profile: 'separate' }, 1, 0, [6])).toEqual(judge);
    expect(run({ target: 'wasm', profile: 'separate' }, 3, 2, [1, 4, 1])).toEqual(judge);
    expect(run({ target: 'js' }, 4, 1, [2, 2, 2])).toEqual(judge);
    expect(run({ target: 'js', plan: 'naive' }, 2, 0, [5, 1])).toEqual(judge);
    expect(run({ target: 'js', training: false, noise: 'drawn', window: 6 }, 2, 0, [3, 3])).toEqual(judge);
  });

  it('has expectations in evaluation, before and after training, and steps alike', () => {
    const instance = live();
    const expected = (outputs: Instance['outputs'], count: number) => {
      expect([...outputs.m!]).toEqual(new Array(count * H).fill(0.5));
      expect([...outputs.e!]).toEqual(new Array(count).fill(1));
      expect([...outputs.q!]).toEqual(new Array(count * H).fill(1));
      expect([...outputs.D2!]).toEqual(new Array(count * H * H).fill(0));
    };
    expected(instance.forward({ x: inputs(3, 2) }, 3, { mode: 'evaluation' }), 6);
    instance.forward({ x: inputs(6, 2) }, 6);
    expected(instance.evaluate({ x: inputs(4, 2) }, 4, { collect: true }).outputs, 8);
    instance.forward({ x: inputs(6, 2) }, 6);
    expected(instance.step({ x: inputs(1, 2) }), 2);
    const { outputs } = instance.evaluate({ x: inputs(4, 2) }, 4, { collect: true, mode: 'training' });
    expect(new Set(outputs.e).size).toBe(8);
  });

  it('compiled for inference knows expectations alone, with the numbers of evaluation', () => {
    const training = live();
    const inference = live({ training: false, window: 6 });
    const [a, b] = [training, inference].map(
      (one) => one.evaluate({ x: inputs(6, 2) }, 6, { collect: true }).outputs,
    );
    expect(b).toEqual(a);
    expect(inference.manifest.buffers.some(({ name }) => name.startsWith('noise'))).toBe(false);
    expect(inference.manifest.noises).toMatchObject([
      {
        name: 'm',
        shape: [H],
        axes: ['H'],
        scope: 'step',
        distribution: 'bernoulli',
        args: [0.5],
        expectation: 0.5,
      },
      { name: 'e', shape: [], scope: 'step', distribution: 'normal', args: [1, 2], expectation: 1 },
      { name: 'q', shape: [H], scope: 'sequence', distribution: 'uniform', args: [-1, 3], expectation: 1 },
      { name: 'D', shape: [H, H], scope: 'update', distribution: 'normal', args: [0, 1], expectation: 0 },
    ]);
    expect(() => inference.forward({ x: inputs(1, 2) }, 1, { mode: 'training' })).toThrow('RNN550');
    expect(() => training.forward({ x: inputs(1, 2) }, 1, { mode: 'train' as 'training' })).toThrow('RNN509');
    expect(() => {
      training.updates = -1;
    }).toThrow('RNN509');
  });

  it('goes back through the very noise it went forward with', () => {
    const instance = live({ batch: 1 });
    const x = inputs(1, 1);
    const { m, h } = instance.forward({ x }, 1);
    instance.backward({ lossScale: 1 });
    // h = w*m*x, so dL/dw = 2*h*m*x.
    instance.gradients.w!.forEach((found, i) => {
      expect(found).toBeCloseTo(2 * h![i]! * m![i]! * x[i]!, 5);
    });
  });

  it('trains on from a saved state with the bits of one go', () => {
    const sequence = { inputs: { x: inputs(12, 2) }, steps: 12 };
    const whole = live();
    const optimiser = sgd({ learningRate: 0.01 });
    const trace: number[][] = [];
    let kept: { at: NonNullable<ReturnType<typeof next>>; w: Float32Array; updates: number } | undefined;
    const next = (window: {
      readonly next?: {
        readonly first: number;
        readonly from: number;
        readonly state: ReturnType<Instance['saveState']>;
      };
    }) => window.next;
    for (const window of windows(whole, sequence, { k1: 3, k2: 5 })) {
      trace.push([window.loss, ...whole.gradients.w!]);
      update(whole, optimiser);
      const position = next(window);
      if (window.first === 3 && position !== undefined) {
        const state = structuredClone(position.state);
        kept = { at: { ...position, state }, w: whole.parameters.w!.slice(), updates: whole.updates };
      }
    }
    expect(kept!.updates).toBe(2);
    const again = live();
    again.setParameters({ w: kept!.w });
    again.updates = kept!.updates;
    const second = sgd({ learningRate: 0.01 });
    const rest: number[][] = [];
    for (const window of windows(again, sequence, { k1: 3, k2: 5, at: kept!.at })) {
      rest.push([window.loss, ...again.gradients.w!]);
      update(again, second);
    }
    expect(rest).toEqual(trace.slice(2));
  });
});

it('a stream for audio threads has expectations, whatever the module was compiled for', () => {
  for (const training of [true, false]) {
    const compiled = compile(source(mirror), {
      sizes: { H },
      training,
      window: 2,
      profile: 'separate',
      block: '4x2',
    });
    const stream = openStream(bundleWasm(compiled), { weights: { w: Float32Array.of(1, 2, 3) } });
    stream.inputs.x!.fill(2);
    const { h, e } = stream.step();
    expect([...h!]).toEqual([1, 2, 3]);
    expect([...e!]).toEqual([1]);
  }
});
