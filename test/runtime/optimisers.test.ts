import { describe, expect, it } from 'vitest';
import { adam, crossEntropy, sgd, squaredError, type Trainable } from '../../runtime/index.ts';

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

describe('both', () => {
  it.each([
    ['sgd', () => sgd({ learningRate: 0.1, momentum: 0.9 })],
    ['adam', () => adam({ learningRate: 0.1 })],
  ])('%s goes on exactly from a saved state', (_, make) => {
    const run = (cut: number) => {
      const { model } = trainable([1, 2]);
      let optimiser = make();
      for (let t = 0; t < 10; t++) {
        if (t === cut) {
          const saved = structuredClone(optimiser.save());
          optimiser = make();
          optimiser.load(saved);
        }
        model.gradients.w.set([Math.sin(t), Math.cos(3 * t)]);
        optimiser.step(model);
      }
      expect(optimiser.updates).toBe(10);
      return [...model.parameters.w];
    };
    expect(run(4)).toEqual(run(-1));
  });

  it.each([
    ['sgd', () => sgd({ learningRate: 1 })],
    ['adam', () => adam()],
  ])('%s stops where a parameter is no longer finite, and at another cell', (_, make) => {
    const { model } = trainable([1, 3e38]);
    model.gradients.w.set([0, Number.NEGATIVE_INFINITY]);
    expect(() => make().step(model)).toThrow(
      /RNN512 {2}Parameter w became (NaN|Infinity) at its entry 1 in update 1/,
    );
    const optimiser = make();
    optimiser.step(trainable([1]).model);
    expect(() => optimiser.step(trainable([1, 2]).model)).toThrow('RNN513');
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
