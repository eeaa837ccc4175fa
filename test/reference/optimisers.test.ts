import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  adagrad,
  adam,
  adamw,
  cosineSchedule,
  type Optimiser,
  rmsprop,
  type Schedule,
  sgd,
  stepSchedule,
  warmup,
} from '../../runtime/index.ts';
import { kernelModel, plainModel } from '../runtime/flat.ts';

/*
 * Parameters after each update and learning rates as PyTorch computed them in f64; make_optimisers.py says how.
 */

interface Reference {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly optimisers: readonly {
    readonly name: string;
    readonly options: Readonly<Record<string, number | boolean>>;
    readonly path: readonly (readonly number[])[];
  }[];
  readonly schedules: Readonly<Record<string, readonly number[]>>;
}
const { start, gradients, optimisers, schedules }: Reference = JSON.parse(
  readFileSync(new URL('optimisers.json', import.meta.url), 'utf8'),
);

const makers: Readonly<Record<string, (options: object) => Optimiser>> = {
  sgd,
  adam,
  adamw,
  rmsprop,
  adagrad,
};

const made: Readonly<Record<string, Schedule>> = {
  step: stepSchedule({ every: 3, factor: 0.5 }),
  cosine: cosineSchedule({ period: 12, lowest: 0.05 }),
  warmup: warmup({ length: 5, from: 0.25 }),
  'warmup, then step': warmup({ length: 5, from: 0.25 }, stepSchedule({ every: 3, factor: 0.5 })),
  'warmup, then cosine': warmup({ length: 5, from: 0.25 }, cosineSchedule({ period: 12, lowest: 0.05 })),
};

describe.each([
  ['in JavaScript', plainModel],
  ['by kernels', (values: readonly (readonly number[])[]) => kernelModel(values)],
] as const)('%s', (_, modelOf) => {
  it.each(
    optimisers.map((reference) => [reference.name, JSON.stringify(reference.options), reference] as const),
  )('%s %s is PyTorch’s to the accuracy of f32', (name, _options, { options, path }) => {
    const model = modelOf([start.slice(0, 4), start.slice(4)]);
    const optimiser = makers[name]!(options);
    // Each update may be off by a rounding or two of the parameter, and of what is kept in f32.
    let allowed = 0;
    for (const [t, gradient] of gradients.entries()) {
      model.gradients.p0!.set(gradient.slice(0, 4));
      model.gradients.p1!.set(gradient.slice(4));
      optimiser.step(model);
      allowed += 2 ** -22;
      const got = [...model.parameters.p0!, ...model.parameters.p1!];
      for (const [i, expected] of path[t]!.entries()) {
        const off = Math.abs(got[i]! - expected) / Math.max(1, Math.abs(expected));
        expect(off, `entry ${i} after update ${t + 1}: ${got[i]}, not ${expected}`).toBeLessThan(allowed);
      }
    }
  });
});

it.each(Object.entries(schedules))('the schedule %s is PyTorch’s', (name, rates) => {
  for (const [count, rate] of rates.entries()) {
    expect(Math.abs(made[name]!(count) - rate)).toBeLessThan(4e-16);
  }
});
