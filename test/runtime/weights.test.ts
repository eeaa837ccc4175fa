import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../compiler/index.ts';
import {
  adagrad,
  adam,
  copyWeights,
  decodeSafetensors,
  encodeSafetensors,
  type Instance,
  instantiateSync,
  loadOptimiser,
  loadWeights,
  type Optimiser,
  rmsprop,
  saveOptimiser,
  saveWeights,
  sgd,
  type Tensor,
  trainEpoch,
} from '../../runtime/index.ts';
import { wave } from './linearReference.ts';

const source = {
  name: 'net.rnn',
  text: `cell Cell(I, H) {
  input  x: [I]
  state  h: [H] = h0
  param  W: [H, I] ~ glorot, U: [H, H] ~ orthogonal, b: [H] = 0, h0: [H] ~ normal(0, 0.1)
  h = tanh(W @ x + U @ h_prev + b)
  output h
}

cell Net(I, H) {
  input  x: [I]
  target y: []
  cell   inner: Cell(I, H)
  param  V: [H] ~ normal(0, 0.5), c: [] = 0, __proto__: [2] ~ normal(0, 1)
  frozen param scale: [] = 2
  n = inner(x)
  p = scale*dot(V, n.h) + c + __proto__[0]
  output p
  loss (p - y)*(p - y)
}
`,
};
const sizes = { I: 3, H: 4 };
const live = (options: CompileOptions, seed = 1): Instance =>
  instantiateSync(compile(source, { sizes, profile: 'separate', ...options }), { seed });
const training = (seed?: number) => live({ batch: 4, window: 16 }, seed);
const streaming = (seed?: number, target: 'js' | 'wasm' = 'wasm') =>
  live({ batch: 1, window: 1, training: false, target }, seed);

const steps = 32;
const inputs = Float32Array.from(wave(steps * 4 * sizes.I, 0.7));
const targets = Float32Array.from(wave(steps * 4, 0.3));
const sequence = { inputs, targets, steps };
const parametersOf = ({ parameters }: Instance) =>
  Object.entries(parameters).map(([name, values]) => [name, [...values]]);

function trained(optimiser: Optimiser = adam({ learningRate: 0.05 })): Instance {
  const instance = training();
  for (let epoch = 0; epoch < 5; epoch++) trainEpoch(instance, sequence, { k1: 8, k2: 16, optimiser });
  return instance;
}

/** Outputs of one row of the batch, step by step. */
function streamed(instance: Instance, row: number): number[] {
  instance.start();
  return Array.from({ length: 16 }, (_, t) => {
    const first = (t * 4 + row) * sizes.I;
    return instance.step(inputs.subarray(first, first + sizes.I)).p![0]!;
  });
}

describe('one set of weights', () => {
  const instance = trained();
  const bytes = saveWeights(instance);
  instance.start();
  const outputs = instance.forward(inputs.subarray(0, 16 * 4 * sizes.I), 16).p!.slice();

  it.each(['wasm', 'js'] as const)(
    'serves a training and a streaming instance, through a file, in %s',
    (target) => {
      const stream = streaming(7, target);
      loadWeights(stream, bytes);
      for (let row = 0; row < 4; row++) {
        expect(streamed(stream, row)).toEqual(Array.from({ length: 16 }, (_, t) => outputs[t * 4 + row]!));
      }
    },
  );

  it('and at once, also where the stream has run with others before', () => {
    const stream = streaming(7);
    streamed(stream, 0);
    copyWeights(instance, stream);
    expect(streamed(stream, 2)).toEqual(Array.from({ length: 16 }, (_, t) => outputs[t * 4 + 2]!));
  });

  it('is named and shaped in the file, frozen parameters too', () => {
    const { tensors, metadata } = decodeSafetensors(saveWeights(instance, { metadata: { unit: 'ppm' } }));
    expect(Object.fromEntries([...tensors].map(([name, { shape }]) => [`.${name}`, shape]))).toEqual({
      '.inner.W': [4, 3],
      '.inner.U': [4, 4],
      '.inner.b': [4],
      '.inner.h0': [4],
      '.V': [4],
      '.c': [],
      '.__proto__': [2],
      '.scale': [],
    });
    expect(metadata).toEqual(new Map([['unit', 'ppm']]));
    expect(loadWeights(training(3), saveWeights(instance, { metadata: new Map([['a', 'b']]) }))).toEqual(
      new Map([['a', 'b']]),
    );
  });

  it('comes back to the bit, and the same weights give the same bytes', () => {
    const other = training(9);
    loadWeights(other, bytes);
    expect(parametersOf(other)).toEqual(parametersOf(instance));
    expect(saveWeights(other)).toEqual(bytes);
  });

  it('may come from other tools in other floats, in any order', () => {
    const doubled = [...decodeSafetensors(bytes).tensors]
      .reverse()
      .map(([name, { shape, values }]): [string, Tensor] => [
        name,
        { shape, values: Float64Array.from(values) },
      ]);
    const other = training(9);
    loadWeights(other, encodeSafetensors({ tensors: new Map(doubled), metadata: new Map() }));
    expect(parametersOf(other)).toEqual(parametersOf(instance));
  });
});

describe('weights that do not fit', () => {
  const changed = (change: (tensors: Map<string, Tensor>) => void): Uint8Array => {
    const tensors = new Map(decodeSafetensors(saveWeights(training())).tensors);
    change(tensors);
    return encodeSafetensors({ tensors, metadata: new Map() });
  };
  const zeros = (...shape: number[]): Tensor => ({
    shape,
    values: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });

  it.each<readonly [what: string, bytes: () => Uint8Array, message: string | RegExp]>([
    [
      'everything that differs',
      () =>
        changed((tensors) => {
          tensors.delete('inner.b');
          tensors.set('inner.W', zeros(3, 4));
          tensors.set('V', { shape: [4], values: new Int32Array(4) });
          tensors.set('c', zeros(1));
          tensors.set('W', zeros(2, 2));
        }),
      'RNN519  The weights do not fit Net: V is of whole numbers; c is [1] instead of []; ' +
        'inner.W is [3, 4] instead of [H, I] with H = 4, I = 3; inner.b is missing, [H] with H = 4; ' +
        'W, [2, 2], is no parameter of the cell.',
    ],
    [
      'a number that is none',
      () => changed((tensors) => tensors.get('V')!.values.set([Number.NaN], 2)),
      /RNN520 {2}V is NaN at its entry 2/,
    ],
    [
      'a number beyond f32',
      () => changed((tensors) => tensors.set('V', { shape: [4], values: Float64Array.of(0, 1e300, 0, 0) })),
      /RNN520 {2}V is 1e\+300 at its entry 1/,
    ],
    ['a damaged file', () => saveWeights(training()).subarray(0, -1), /RNN516/],
  ])('%s is told, and nothing is written', (_, bytes, message) => {
    const instance = training(5);
    const before = parametersOf(instance);
    expect(() => loadWeights(instance, bytes())).toThrow(message);
    expect(parametersOf(instance)).toEqual(before);
  });

  it('are not copied from a cell of other sizes', () => {
    const larger = instantiateSync(compile(source, { sizes: { I: 3, H: 5 } }));
    expect(() => copyWeights(larger, training())).toThrow(
      /RNN519 .*inner.U is \[5, 5\] instead of \[H, H\] with H = 4/,
    );
  });

  it('are not saved where one is not finite', () => {
    const instance = training();
    instance.parameters['inner.U']![5] = Infinity;
    expect(() => saveWeights(instance)).toThrow(/RNN520 {2}inner.U is Infinity at its entry 5/);
  });
});

describe('the state of an optimiser', () => {
  it.each<readonly [name: string, make: () => Optimiser]>([
    ['sgd', () => sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true })],
    ['adam', () => adam({ learningRate: 0.05 })],
    ['rmsprop', () => rmsprop({ centred: true, momentum: 0.5 })],
    ['adagrad', () => adagrad({ learningRateDecay: 1e-2 })],
  ])('of %s goes on exactly beside the weights', (_, make) => {
    const epoch = (instance: Instance, optimiser: Optimiser) =>
      trainEpoch(instance, sequence, { k1: 8, k2: 16, optimiser });
    const through = training();
    const whole = make();
    epoch(through, whole);
    whole.learningRate /= 2;
    const [weights, state] = [saveWeights(through), saveOptimiser(whole)];
    epoch(through, whole);

    const resumed = training(8);
    const optimiser = make();
    loadWeights(resumed, weights);
    loadOptimiser(optimiser, state);
    epoch(resumed, optimiser);
    expect(parametersOf(resumed)).toEqual(parametersOf(through));
    expect(optimiser.updates).toBe(8);
    expect(saveOptimiser(optimiser)).toEqual(saveOptimiser(whole));
  });

  const optimiser = adam({ learningRate: 0.05 });
  trained(optimiser);
  const bytes = saveOptimiser(optimiser);
  const changed = (change: (tensors: Map<string, Tensor>) => void, replace = (json: string) => json) => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const copy = new Map(tensors);
    change(copy);
    return encodeSafetensors({
      tensors: copy,
      metadata: new Map([...metadata].map(([key, json]) => [key, replace(json)])),
    });
  };

  it.each<readonly [what: string, make: () => Optimiser, bytes: () => Uint8Array, message: string | RegExp]>([
    ['another kind', sgd, () => bytes, /RNN519 .*saved by adam, and this is sgd/],
    ['other options', () => adam({ beta1: 0.5 }), () => bytes, /RNN519 .*beta1 is 0.9 there and 0.5 here/],
    [
      'everything that is missing, too much or of another length',
      adam,
      () =>
        changed((tensors) => {
          tensors.delete('mean/V');
          tensors.set('square/c', { shape: [2], values: new Float64Array(2) });
          tensors.set('velocity/c', { shape: [1], values: new Float64Array(1) });
          tensors.set('mean/__proto__', { shape: [2], values: new Int32Array(2) });
        }),
      'RNN519  The state does not fit this optimiser: it gathers no velocity/c; ' +
        'mean/__proto__ is of whole numbers; mean/V is missing; mean/__proto__ is missing; ' +
        'square/c has 2 entries instead of 1.',
    ],
    ['weights instead', adam, () => saveWeights(training()), /RNN519 .*the file holds none/],
    [
      'metadata that are none',
      adam,
      () =>
        changed(
          () => {},
          () => '{"updates":3}',
        ),
      /RNN519 .*the file holds none/,
    ],
    [
      'metadata that are no JSON',
      adam,
      () =>
        changed(
          () => {},
          (json) => json.slice(1),
        ),
      /RNN519/,
    ],
    [
      'updates that are not whole',
      adam,
      () =>
        changed(
          () => {},
          (json) => json.replace(/"updates":\d+/, '"updates":-3'),
        ),
      /RNN509 {2}updates/,
    ],
    [
      'a learning rate that is none',
      adam,
      () =>
        changed(
          () => {},
          (json) => json.replace('0.05', '-1'),
        ),
      /RNN509 {2}learningRate/,
    ],
    [
      'a number that is none',
      adam,
      () => changed((tensors) => tensors.get('mean/V')!.values.set([Infinity])),
      /RNN520 {2}mean\/V is Infinity/,
    ],
    ['a damaged file', adam, () => bytes.subarray(3), /RNN516/],
  ])('%s is refused, and nothing is changed', (_, make, of, message) => {
    const fresh = make();
    const before = fresh.save();
    expect(() => loadOptimiser(fresh, of())).toThrow(message);
    expect(fresh.save()).toEqual(before);
  });

  it('of another cell is refused at the next update', () => {
    const other = instantiateSync(compile(source, { sizes: { I: 3, H: 5 }, window: 4 }));
    const loaded = adam();
    loadOptimiser(loaded, bytes);
    const one = { inputs: inputs.subarray(0, 12), targets: targets.subarray(0, 4), steps: 4 };
    expect(() => trainEpoch(other, one, { k1: 4, optimiser: loaded })).toThrow(
      /RNN513 .*V has 4 entries there and 5 here/,
    );
  });
});
