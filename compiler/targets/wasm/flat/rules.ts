/*
 * Optimisers as formulas: how one entry of a parameter and what is gathered for it change, in f64, in the order written.
 * `update.ts` makes a kernel of each, two entries at a time. The definition in JavaScript stands in runtime/optimisers/,
 * and must round where this does: products and sums as they are nested here, an f32 slot when it is set.
 */

/** A name is a slot, a setting, `parameter` or `gradient`, as it stands then. */
export type Formula =
  | string
  | { readonly op: 'add' | 'sub' | 'mul' | 'div' | 'sqrt'; readonly args: readonly Formula[] };

export interface UpdateRule {
  /** What is gathered per entry, kept in memory as f32 or f64. */
  readonly slots: Readonly<Record<string, 'f32' | 'f64'>>;
  /** Numbers of one update, the same for all entries. */
  readonly settings: readonly string[];
  /** New values of slots and, last, of `parameter`. */
  readonly update: readonly (readonly [target: string, value: Formula])[];
}

const binary =
  (op: 'add' | 'sub' | 'mul' | 'div') =>
  (a: Formula, b: Formula): Formula => ({ op, args: [a, b] });
const [add, sub, mul, div] = [binary('add'), binary('sub'), binary('mul'), binary('div')] as const;
const sqrt = (a: Formula): Formula => ({ op: 'sqrt', args: [a] });

/** Adam's running means, and the change that follows from them. */
const means = [
  ['mean', add(mul('beta1', 'mean'), mul('rest1', 'gradient'))],
  ['square', add(mul('beta2', 'square'), mul(mul('rest2', 'gradient'), 'gradient'))],
] as const;
const adamChange = div(mul('rate', 'mean'), add(sqrt(mul('correction', 'square')), 'epsilon'));

const deviation = sub('gradient', 'mean');

export const updateRules = {
  sgd: {
    slots: { velocity: 'f32' },
    settings: ['rate', 'momentum'],
    update: [
      ['velocity', add(mul('momentum', 'velocity'), 'gradient')],
      ['parameter', sub('parameter', mul('rate', 'velocity'))],
    ],
  },
  nesterov: {
    slots: { velocity: 'f32' },
    settings: ['rate', 'momentum'],
    update: [
      ['velocity', add(mul('momentum', 'velocity'), 'gradient')],
      ['parameter', sub('parameter', mul('rate', add('gradient', mul('momentum', 'velocity'))))],
    ],
  },
  adam: {
    slots: { mean: 'f64', square: 'f64' },
    settings: ['beta1', 'rest1', 'beta2', 'rest2', 'rate', 'correction', 'epsilon'],
    update: [...means, ['parameter', sub('parameter', adamChange)]],
  },
  adamw: {
    slots: { mean: 'f64', square: 'f64' },
    settings: ['beta1', 'rest1', 'beta2', 'rest2', 'rate', 'correction', 'epsilon', 'keep'],
    update: [...means, ['parameter', sub(mul('keep', 'parameter'), adamChange)]],
  },
  rmsprop: {
    slots: { square: 'f64', velocity: 'f32' },
    settings: ['alpha', 'rest', 'epsilon', 'momentum', 'rate'],
    update: [
      ['square', add(mul('alpha', 'square'), mul(mul('rest', 'gradient'), 'gradient'))],
      ['velocity', add(mul('momentum', 'velocity'), div('gradient', add(sqrt('square'), 'epsilon')))],
      ['parameter', sub('parameter', mul('rate', 'velocity'))],
    ],
  },
  rmspropCentred: {
    slots: { variance: 'f64', mean: 'f32', velocity: 'f32' },
    settings: ['alpha', 'rest', 'epsilon', 'momentum', 'rate'],
    update: [
      ['variance', mul('alpha', add('variance', mul(mul('rest', deviation), deviation)))],
      ['mean', add('mean', mul('rest', deviation))],
      ['velocity', add(mul('momentum', 'velocity'), div('gradient', add(sqrt('variance'), 'epsilon')))],
      ['parameter', sub('parameter', mul('rate', 'velocity'))],
    ],
  },
  adagrad: {
    slots: { sum: 'f64' },
    settings: ['rate', 'initial', 'epsilon'],
    update: [
      ['sum', add('sum', mul('gradient', 'gradient'))],
      [
        'parameter',
        sub('parameter', div(mul('rate', 'gradient'), add(sqrt(add('initial', 'sum')), 'epsilon'))),
      ],
    ],
  },
} as const satisfies Record<string, UpdateRule>;
