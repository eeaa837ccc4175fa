import { describe, expect, it } from 'vitest';
import {
  adagrad,
  adam,
  adamw,
  cosineSchedule,
  crossEntropy,
  type Optimiser,
  rmsprop,
  sgd,
  squaredError,
  stepSchedule,
  type Trainable,
  warmup,
} from '../../runtime/index.ts';

function trainable(parameters: readonly number[]) {
  let changes = 0;
  const model = {
    parameters: { w: Float32Array.from(parameters) },
    gradients: { w: new Float32Array(parameters.length) },
    parametersChanged: () => {
      changes++;
    },
  } satisfies Trainable;
  return { model, changes: () => changes };
}

describe('sgd', () => {
  it('gathers v = momentum*v + g and takes off learningRate*v', () => {
    const { model, changes } = trainable([1]);
    const optimiser = sgd({ learningRate: 0.5, momentum: 0.5 });
    const path: number[] = [];
    for (const gradient of [1, 2, -1, 0]) {
      model.gradients.w[0] = gradient;
      optimiser.step(model);
      path.push(model.parameters.w[0]!);
    }
    // v = 1, 2.5, 0.25, 0.125
    expect(path).toEqual([0.5, -0.75, -0.875, -0.9375]);
    expect(changes()).toBe(4);
    expect(optimiser.updates).toBe(4);
  });

  it('lets the learning rate change between updates', () => {
    const { model } = trainable([0]);
    const optimiser = sgd({ learningRate: 1 });
    model.gradients.w[0] = 1;
    optimiser.step(model);
    optimiser.learningRate = 0.25;
    optimiser.step(model);
    expect(model.parameters.w[0]).toBe(-1.25);
  });
});

describe('adam', () => {
  it('moves by the learning rate at first, whatever the size of the gradient', () => {
    for (const gradient of [1e-3, 1, 1e25, -1e25]) {
      const { model } = trainable([0]);
      model.gradients.w[0] = gradient;
      adam({ learningRate: 0.125 }).step(model);
      expect(model.parameters.w[0]).toBeCloseTo(-0.125 * Math.sign(gradient), 5);
    }
  });

  it('meets three updates worked out by hand', () => {
    const { model } = trainable([1]);
    const optimiser = adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 1e-8 });
    const path: number[] = [];
    for (const gradient of [2, -1, 4]) {
      model.gradients.w[0] = gradient;
      optimiser.step(model);
      path.push(model.parameters.w[0]!);
    }
    // t = 1: m = 1, v = 1; corrected 2 and 4: change 0.1*2/2.
    // t = 2: m = 0, v = 0.75 + 0.25 = 1: change 0.
    // t = 3: m = 2, v = 0.75 + 4 = 4.75; corrected 2/(7/8) and 4.75/(37/64): change 0.1*(16/7)/sqrt(304/37).
    const third = (0.1 * (16 / 7)) / Math.sqrt(304 / 37);
    [0.9, 0.9, 0.9 - third].forEach((value, i) => {
      expect(path[i]).toBeCloseTo(value, 6);
    });
  });
});

describe('rmsprop, centred', () => {
  it('stays finite where the gradient never changes, so that its variance goes to 0', () => {
    const { model } = trainable([0]);
    const optimiser = rmsprop({ learningRate: 1e-3, alpha: 0.5, epsilon: 1e-3, centred: true });
    for (let t = 0; t < 500; t++) {
      model.gradients.w[0] = 0.1;
      const before = model.parameters.w[0]!;
      optimiser.step(model);
      // In the end the divisor is epsilon alone: 0.1/1e-3.
      if (t > 100) expect((before - model.parameters.w[0]!) / 1e-3).toBeCloseTo(100, 1);
    }
  });
});

const all: readonly [name: string, make: () => Optimiser][] = [
  ['sgd', () => sgd({ learningRate: 0.1, momentum: 0.9 })],
  ['nesterov', () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
  ['adam', () => adam({ learningRate: 0.1 })],
  ['adamw', () => adamw({ learningRate: 0.1 })],
  ['rmsprop', () => rmsprop({ learningRate: 0.1, momentum: 0.9 })],
  ['rmsprop, centred', () => rmsprop({ learningRate: 0.1, centred: true })],
  ['adagrad', () => adagrad({ learningRate: 0.1, learningRateDecay: 0.1 })],
];

describe('each', () => {
  it.each(all)('%s goes on exactly from a saved state, its learning rate too', (_, make) => {
    const run = (cut: number) => {
      const { model } = trainable([1, 2]);
      let optimiser = make();
      for (let t = 0; t < 10; t++) {
        if (t === cut) {
          const saved = structuredClone(optimiser.save());
          optimiser = make();
          optimiser.load(saved);
        }
        if (t === 2) optimiser.learningRate = 0.05;
        model.gradients.w.set([Math.sin(t), Math.cos(3 * t)]);
        optimiser.step(model);
      }
      expect(optimiser.updates).toBe(10);
      return [...model.parameters.w];
    };
    expect(run(4)).toEqual(run(-1));
  });

  it.each(all)('%s stops at another cell, and nothing is changed', (_, make) => {
    const optimiser = make();
    optimiser.step(trainable([1]).model);
    const longer = trainable([1, 2]).model;
    longer.gradients.w.fill(1);
    expect(() => optimiser.step(longer)).toThrow(/RNN513 .*w has 1 entries there and 2 here/);
    const other = { parameters: { u: Float32Array.of(1) }, gradients: { u: Float32Array.of(1) } };
    expect(() => optimiser.step({ ...other, parametersChanged: () => {} })).toThrow(
      /RNN513 .*u has 0 entries/,
    );
    expect([...longer.parameters.w, ...other.parameters.u]).toEqual([1, 2, 1]);
    expect(optimiser.updates).toBe(1);
  });

  it.each(all)('%s stops at a learning rate that is none', (_, make) => {
    for (const rate of [-0.1, Number.NaN, Infinity]) {
      const optimiser = make();
      optimiser.learningRate = rate;
      expect(() => optimiser.step(trainable([1]).model)).toThrow(/RNN509 {2}learningRate must be/);
    }
  });

  it('stops where a parameter is no longer finite', () => {
    for (const make of [() => sgd({ learningRate: 1 }), adam]) {
      const { model } = trainable([1, 3e38]);
      model.gradients.w.set([0, Number.NEGATIVE_INFINITY]);
      expect(() => make().step(model)).toThrow(
        /RNN512 {2}Parameter w became (NaN|Infinity) at its entry 1 in update 1/,
      );
    }
  });

  it('takes no state of another kind or of other options', () => {
    const state = adam({ beta1: 0.5 }).save();
    expect(() => adamw().load(state)).toThrow(/RNN519 .*saved by adam, and this is adamw/);
    expect(() => adam({ epsilon: 1e-6 }).load(state)).toThrow(
      'The state does not fit this optimiser: beta1 is 0.5 there and 0.9 here; epsilon is 1e-8 there and 0.000001 here.',
    );
    expect(() => adam().load({ updates: -1, arrays: {} })).toThrow('RNN509');
    const broken = {
      updates: 1,
      arrays: { mean: { w: new Float64Array(2) }, square: { w: new Float64Array(1) } },
    };
    expect(() => adam().load(broken)).toThrow('RNN513');
  });
});

const nonsense: readonly [make: (options: never) => unknown, options: object, message: RegExp][] = [
  [sgd, { learningRate: 0 }, /RNN509 {2}learningRate must be a finite number above 0; got 0/],
  [sgd, { learningRate: '0.1' }, /RNN509 {2}learningRate .*got "0.1"/],
  [sgd, { momentum: 1 }, /RNN509 {2}momentum/],
  [sgd, { nesterov: true }, /RNN509 {2}momentum must be above 0 with nesterov; got 0/],
  [sgd, { nesterov: 1, momentum: 0.9 }, /RNN509 {2}nesterov must be true or false; got 1/],
  [sgd, { lr: 0.1 }, /RNN518 {2}sgd has no option lr; it has learningRate, momentum, nesterov\./],
  [adam, { learningRate: Number.NaN }, /RNN509 {2}learningRate/],
  [adam, { beta1: 1 }, /RNN509 {2}beta1/],
  [adam, { beta2: -0.1 }, /RNN509 {2}beta2/],
  [adam, { epsilon: 0 }, /RNN509 {2}epsilon/],
  [adam, { weightDecay: 0.1 }, /RNN518 {2}adam has no option weightDecay/],
  [adamw, { weightDecay: -1 }, /RNN509 {2}weightDecay/],
  [adamw, { beta2: 1 }, /RNN509 {2}beta2/],
  [rmsprop, { alpha: 1 }, /RNN509 {2}alpha/],
  [rmsprop, { momentum: Infinity }, /RNN509 {2}momentum/],
  [rmsprop, { centered: true }, /RNN518 {2}rmsprop has no option centered; it has .*centred/],
  [adagrad, { learningRateDecay: -0.1 }, /RNN509 {2}learningRateDecay/],
  [adagrad, { initialSum: Number.NaN }, /RNN509 {2}initialSum/],
  [adagrad, { constructor: 1 }, /RNN518 {2}adagrad has no option constructor/],
  [stepSchedule, {}, /RNN509 {2}every is missing; it must be a whole number above 0\./],
  [stepSchedule, { every: 1.5 }, /RNN509 {2}every/],
  [stepSchedule, { every: 2, factor: 0 }, /RNN509 {2}factor/],
  [cosineSchedule, { period: 0 }, /RNN509 {2}period/],
  [cosineSchedule, { period: 4, lowest: 2 }, /RNN509 {2}lowest/],
  [warmup, { length: 4, from: -1 }, /RNN509 {2}from/],
  [warmup, { length: 4, steps: 4 }, /RNN518 {2}warmup has no option steps/],
];

describe('options that make no sense', () => {
  it.each(nonsense)('%o with %o', (make, options, message) => {
    expect(() => make(options as never)).toThrow(message);
  });
});

describe('schedules', () => {
  it('stay where they end, and take counts alone', () => {
    const cosine = cosineSchedule({ period: 4, lowest: 0.125 });
    expect([0, 2, 4, 5, 1e9].map(cosine)).toEqual([1, 0.5625, 0.125, 0.125, 0.125]);
    const rising = warmup({ length: 4 });
    expect([0, 1, 2, 3, 4, 100].map(rising)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
    for (const count of [-1, 0.5, Number.NaN]) {
      for (const schedule of [cosine, rising, stepSchedule({ every: 2 })]) {
        expect(() => schedule(count)).toThrow(/RNN509 {2}count must be whole, from 0/);
      }
    }
  });

  it('give a resumed run the rates that it would have had', () => {
    const schedule = warmup({ length: 3 }, cosineSchedule({ period: 5 }));
    const run = (cut: number) => {
      const { model } = trainable([1]);
      let optimiser = adam();
      for (let t = 0; t < 8; t++) {
        if (t === cut) {
          const state = optimiser.save();
          optimiser = adam();
          optimiser.load(state);
        }
        optimiser.learningRate = 0.1 * schedule(optimiser.updates);
        model.gradients.w[0] = Math.cos(t);
        optimiser.step(model);
      }
      return model.parameters.w[0];
    };
    for (let cut = 0; cut < 8; cut++) expect(run(cut)).toBe(run(-1));
  });
});

describe('losses outside a cell', () => {
  it('squared error with its cotangent', () => {
    const { loss, cotangent } = squaredError([1, 2, 3, 4], [1, 0, 3, 8], 2);
    expect(loss).toBe((2 + 8) / 2);
    expect([...cotangent]).toEqual([0, 1, 0, -2]);
    expect(() => squaredError([1], [1, 2], 1)).toThrow('RNN501');
  });

  it('cross-entropy with its cotangent', () => {
    const { loss, cotangent } = crossEntropy([0, Math.log(3), 1000, 0], [0, 0], 2);
    expect(loss).toBeCloseTo(Math.log(4) / 2, 12);
    const expected = [-0.375, 0.375, 0, 0];
    expected.forEach((value, i) => {
      expect(cotangent[i]).toBeCloseTo(value, 7);
    });
    expect(() => crossEntropy([0, 0], [2], 2)).toThrow('RNN503');
  });
});
