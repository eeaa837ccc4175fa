import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adagrad,
  adam,
  adamw,
  type Clipper,
  clipByGlobalNorm,
  clipByParameterNorm,
  clipByValue,
  type Optimiser,
  rescaleToNorm,
  rmsprop,
  sgd,
  type Trainable,
  update,
} from '../../runtime/index.ts';
import { kernelsFor } from '../../runtime/kernels.ts';
import { allBits, kernelModel, type Model, plainModel } from './flat.ts';

const optimisers: Readonly<Record<string, () => Optimiser>> = {
  sgd: () => sgd({ learningRate: 0.1 }),
  'sgd with momentum': () => sgd({ learningRate: 0.1, momentum: 0.9 }),
  adam: () => adam({ learningRate: 0.1 }),
  'adam without means': () => adam({ learningRate: 0.1, beta1: 0, beta2: 0 }),
  nesterov: () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  adamw: () => adamw({ learningRate: 0.1, weightDecay: 0.3 }),
  rmsprop: () => rmsprop({ learningRate: 0.1, momentum: 0.5 }),
  'rmsprop, centred': () => rmsprop({ learningRate: 0.1, momentum: 0.5, centred: true }),
  adagrad: () => adagrad({ learningRate: 0.1, learningRateDecay: 0.5, initialSum: 0.25 }),
};
const clippers: Readonly<Record<string, () => Clipper | undefined>> = {
  none: () => undefined,
  global: () => clipByGlobalNorm(1),
  parameter: () => clipByParameterNorm(1),
  value: () => clipByValue(0.5),
  rescale: () => rescaleToNorm(1e-3),
};
const names = (of: object) => fc.constantFrom(...Object.keys(of));

/** Small enough that no update leaves the range of f32. */
const entry = fc.oneof(
  { weight: 4, arbitrary: fc.float({ min: -8, max: 8, noNaN: true }) },
  fc.constantFrom(...[0, -0, 2 ** -149, -(2 ** -149), 1e-40, 2 ** -126, 1e25, -1e25, 1e37].map(Math.fround)),
);
const shapes = fc.array(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 4 });

/** Values for parameters of these lengths. */
const valuesFor = (lengths: readonly number[]) =>
  fc.tuple(...lengths.map((length) => fc.array(entry, { minLength: length, maxLength: length })));

const setGradients = (of: Trainable, values: readonly (readonly number[])[]) => {
  for (const [i, gradient] of Object.values(of.gradients).entries()) gradient.set(values[i]!);
};
const bitsIn = (of: Model) => ({
  parameters: allBits(of.parameters),
  gradients: allBits(of.gradients),
  changes: of.changes(),
});
const gatheredBits = (optimiser: Optimiser) =>
  Object.entries(optimiser.save().arrays).map(([slot, arrays]) => [slot, ...allBits(arrays)]);
const roomOf = (of: Trainable) => kernelsFor(Object.values(of.gradients)[0]!)!.room!;

/** A course of training: parameters, and gradients of each update. */
const course = shapes.chain((lengths) =>
  fc.record({
    start: valuesFor(lengths),
    gradients: fc.array(valuesFor(lengths), { minLength: 1, maxLength: 4 }),
  }),
);

describe('an update by kernels', () => {
  it('gives the bits of the definition: parameters, gradients, what is gathered, reports', () => {
    fc.assert(
      fc.property(
        course,
        names(optimisers),
        names(clippers),
        fc.constantFrom(0, 1, 3),
        ({ start, gradients }, optimiserName, clipName, gap) => {
          const runs = [plainModel(start), kernelModel(start, gap)].map((model) => {
            const optimiser = optimisers[optimiserName]!();
            const clip = clippers[clipName]!();
            const path = gradients.map((values, t) => {
              optimiser.learningRate = 0.1 / (t + 1);
              setGradients(model, values);
              const clipped = update(model, optimiser, clip);
              return { clipped, ...bitsIn(model) };
            });
            return { model, end: { path, gathered: gatheredBits(optimiser), report: clip?.report } };
          });
          expect(runs[1]!.end).toEqual(runs[0]!.end);
          expect(roomOf(runs[1]!.model).tenant).toBeDefined();
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  it.each([
    ['plain arrays', plainModel],
    ['kernels', (start: readonly (readonly number[])[]) => kernelModel(start)],
  ] as const)('is clip.apply and then step, to the bit, with %s', (_, modelOf) => {
    fc.assert(
      fc.property(
        course,
        names(optimisers),
        names(clippers),
        ({ start, gradients }, optimiserName, clipName) => {
          const [atOnce, apart] = [true, false].map((together) => {
            const model = modelOf(start);
            const optimiser = optimisers[optimiserName]!();
            const clip = clippers[clipName]!();
            const path = gradients.map((values) => {
              setGradients(model, values);
              if (together) return { clipped: update(model, optimiser, clip), ...bitsIn(model) };
              const clipped = clip?.apply(model.gradients) ?? false;
              optimiser.step(model);
              return { clipped, ...bitsIn(model) };
            });
            return { path, gathered: gatheredBits(optimiser), report: clip?.report };
          });
          expect(atOnce).toEqual(apart);
        },
      ),
      { numRuns: 100, seed: 6 },
    );
  });

  it('takes one step over all parameters that stand side by side, and leaves the lanes between others alone', () => {
    const model = kernelModel([[1, 2, 3], [4]], 2);
    const lanes = new Float32Array(Object.values(model.parameters)[0]!.buffer, 0, 10);
    setGradients(model, [[1, 1, 1], [1]]);
    update(model, sgd({ learningRate: 1 }));
    expect([...lanes.slice(0, 8)]).toEqual([1, 0, 1, 2, 1, 1, 3, 1]);
  });

  it('follows the textbook: Adam with its corrections divided out as Kingma & Ba write them', () => {
    const model = kernelModel([[0.5, -2, 3]]);
    const optimiser = adam({ learningRate: 0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-4 });
    const gradients = [
      [1, 2, -3],
      [0.5, -1e-3, 7],
      [-4, 0, 2],
    ];
    const [w, m, v] = [
      [0.5, -2, 3],
      [0, 0, 0],
      [0, 0, 0],
    ] as [number[], number[], number[]];
    for (const [t, gradient] of gradients.entries()) {
      setGradients(model, [gradient]);
      update(model, optimiser);
      for (const [i, raw] of gradient.entries()) {
        const g = Math.fround(raw);
        m[i] = 0.8 * m[i]! + 0.2 * g;
        v[i] = 0.9 * v[i]! + 0.1 * g * g;
        const corrected = m[i]! / (1 - 0.8 ** (t + 1));
        w[i]! -= (0.01 * corrected) / (Math.sqrt(v[i]! / (1 - 0.9 ** (t + 1))) + 1e-4);
        expect(Math.abs(model.parameters.p0![i]! / w[i]! - 1)).toBeLessThan(2e-7);
      }
    }
  });
});

describe('numbers that are not finite', () => {
  it.each(Object.keys(clippers))(
    'in a gradient stop the update, and nothing is changed, with clipping %s',
    (name) => {
      for (const model of [plainModel([[1], [2, 3]]), kernelModel([[1], [2, 3]])]) {
        setGradients(model, [[10], [20, Number.NaN]]);
        const before = bitsIn(model);
        const optimiser = adam();
        const clip = clippers[name]!();
        expect(() => update(model, optimiser, clip, [3, 7])).toThrow(
          /RNN511 {2}The gradient of p1 is NaN at its entry 1, from steps 3 to 7/,
        );
        expect(bitsIn(model)).toEqual(before);
        expect(optimiser.updates).toBe(0);
        expect(gatheredBits(optimiser)).toEqual([['mean'], ['square']]);
      }
    },
  );

  it('in a parameter are named after the update; the others are updated all the same', () => {
    for (const model of [plainModel([[1], [2, -3e38], [4]]), kernelModel([[1], [2, -3e38], [4]])]) {
      setGradients(model, [[1], [1, 3e38], [1]]);
      expect(() => sgd({ learningRate: 1 }).step(model)).toThrow(
        /RNN512 {2}Parameter p1 became -Infinity at its entry 1 in update 1/,
      );
      expect(Object.values(model.parameters).map((values) => [...values])).toEqual([
        [0],
        [1, Number.NEGATIVE_INFINITY],
        [3],
      ]);
      expect(model.changes()).toBe(1);
    }
  });
});

describe('the room for optimisers', () => {
  const start = [
    [1, 2, 3],
    [4, 5],
  ];
  const gradientsOf = (t: number) => [
    [Math.sin(t), 1, -t],
    [0.25 * t, Math.cos(t)],
  ];

  /** What parameters become by `steps` updates; `step` may use several optimisers. */
  function train(model: Model, step: (t: number, model: Model) => void) {
    for (let t = 0; t < 6; t++) {
      setGradients(model, gradientsOf(t));
      step(t, model);
    }
    return allBits(model.parameters);
  }

  it('goes to the optimiser that steps; the one before takes its values along', () => {
    const alternating = () => {
      const both = [adam({ learningRate: 0.1 }), sgd({ learningRate: 0.1, momentum: 0.5 })];
      return (t: number, model: Model) => both[t % 2]!.step(model);
    };
    const model = kernelModel(start);
    expect(train(model, alternating())).toEqual(train(plainModel(start), alternating()));
  });

  it('lets an optimiser move between memories, and from plain arrays, and back', () => {
    const moving = (models: readonly Model[]) => {
      const optimiser = adam({ learningRate: 0.1 });
      for (let t = 0; t < 6; t++) {
        const model = models[t % models.length]!;
        setGradients(model, gradientsOf(t));
        optimiser.step(model);
      }
      return [models.map(({ parameters }) => allBits(parameters)), gatheredBits(optimiser)];
    };
    const models = [kernelModel(start), plainModel(start), kernelModel(start, 1)];
    expect(moving(models)).toEqual(moving([plainModel(start), plainModel(start), plainModel(start)]));
  });

  it('takes up a state that was loaded, also over another one', () => {
    const resumed = (t: number, of: { optimiser: Optimiser }) => {
      if (t !== 3) return;
      const saved = structuredClone(of.optimiser.save());
      if (saved.updates % 2 === 1) of.optimiser = adam({ learningRate: 0.1 });
      of.optimiser.load(saved);
    };
    const run = (model: Model, cut: boolean) => {
      const of = { optimiser: adam({ learningRate: 0.1 }) };
      return train(model, (t, on) => {
        if (cut) resumed(t, of);
        of.optimiser.step(on);
      });
    };
    const expected = run(plainModel(start), false);
    expect(run(kernelModel(start), true)).toEqual(expected);
    expect(run(kernelModel(start), false)).toEqual(expected);
  });

  it('begins with zeros for a new optimiser, whatever stood there', () => {
    const model = kernelModel(start);
    train(model, (_, on) => update(on, adam({ learningRate: 0.5 })));
    const fresh = adam({ learningRate: 0.1 });
    for (const [i, parameter] of Object.values(model.parameters).entries()) parameter.set(start[i]!);
    expect(train(model, (_, on) => fresh.step(on))).toEqual(
      train(
        plainModel(start),
        (
          (optimiser) => (_: number, on: Model) =>
            optimiser.step(on)
        )(adam({ learningRate: 0.1 })),
      ),
    );
  });

  it('is not used where it is too small or is not there', () => {
    for (const bytes of [5 * 16 - 8, 0]) {
      const model = kernelModel(start, 0, bytes);
      const [inMemory, plain] = [model, plainModel(start)].map((of) => {
        const optimiser = adam({ learningRate: 0.1 });
        return train(of, (_, on) => optimiser.step(on));
      });
      expect(inMemory).toEqual(plain);
      expect(roomOf(model).tenant).toBeUndefined();
    }
  });

  it('refuses another cell before anything is changed', () => {
    for (const other of [plainModel([[1, 2], [3]]), kernelModel([[1, 2], [3]])]) {
      const optimiser = adam();
      const first = kernelModel(start);
      setGradients(first, gradientsOf(1));
      optimiser.step(first);
      const gathered = gatheredBits(optimiser);
      expect(() => optimiser.step(other)).toThrow(
        'RNN513  The state of this optimiser belongs to another cell: p0 has 3 entries there and 2 here.',
      );
      expect(allBits(other.parameters)).toEqual(allBits(plainModel([[1, 2], [3]]).parameters));
      expect(optimiser.updates).toBe(1);
      expect(gatheredBits(optimiser)).toEqual(gathered);
      optimiser.step(first);
    }
  });
});

it('a clipper or an optimiser of the caller need not know of factors', () => {
  const halve: Clipper = {
    report: { updates: 0, clipped: 0, largest: 0 },
    apply(gradients) {
      for (const gradient of Object.values(gradients as Trainable['gradients'])) {
        gradient.set(gradient.map((value) => value / 2));
      }
      return true;
    },
  };
  const minus: Optimiser = {
    ...sgd(),
    scaledStep: undefined as never,
    step({ parameters, gradients }) {
      for (const name of Object.keys(gradients)) {
        parameters[name]!.set(parameters[name]!.map((value, i) => value - gradients[name]![i]!));
      }
    },
  };
  for (const model of [plainModel([[8]]), kernelModel([[8]])]) {
    setGradients(model, [[2]]);
    expect(update(model, sgd({ learningRate: 1 }), halve)).toBe(true);
    expect([...model.parameters.p0!]).toEqual([7]);
    setGradients(model, [[4]]);
    expect(update(model, minus, clipByGlobalNorm(3))).toBe(true);
    expect([...model.parameters.p0!]).toEqual([4]);
  }
});
