import { expect, it } from 'vitest';
import { gradcheck, objective } from '../../compiler/gradcheck/gradcheck.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { jacobianTimesVector } from '../support/forwardMode.ts';
import { randomGiven, seeded } from '../support/randomValues.ts';
import { stagesOf } from '../support/stages.ts';

const text = (cell: string) => `cell Noisy(H) {
  input x: [H]
  noise m: [H] ~ bernoulli(0.5) per step, q: [H] ~ normal(0, 1) per sequence
  noise D: [H, H] ~ bernoulli(0.5) per update
  param U: [H, H] ~ glorot
  state h: [H]
  ${cell}
  h = f((U*D) @ h_prev + m*x + q) + 0.5*h_prev
  output h
}
`;

it.each([
  ['tanh', 'fn f(u) = tanh(u)'],
  ['a surrogate', 'fn f(u) = u > 0 with derivative 1/(1 + abs(10*u))^2'],
])('gradients with noise held still are differences and obey the adjoint law, through %s', (_, f) => {
  const { cell, bound } = stagesOf(text(f), { sizes: { H: 3 } });
  const given = randomGiven(cell, bound, { steps: 4, batch: 2, seed: 3 });
  const { passed, checked } = gradcheck(bound, given);
  expect(passed).toBe(true);
  expect(checked.map(({ name }) => name)).toEqual(['U', 'x']);

  const adjoint = evaluateSequence(bound, given).adjoint!;
  const random = seeded(5);
  const direction = (like: ArrayLike<number>) => Float64Array.from(like, () => 2 * random() - 1);
  const along = {
    parameters: new Map([['U', direction(given.parameters.get('U')!)]]),
    inputs: new Map([['x', direction(given.inputs.get('x')!)]]),
    starts: new Map<string, Float64Array>(),
  };
  const inner = (a: Float64Array, b: ArrayLike<number>) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const forward = objective(given, jacobianTimesVector(bound, given, along));
  const backward =
    inner(along.parameters.get('U')!, adjoint.gradients.get('U')!) +
    inner(along.inputs.get('x')!, adjoint.inputCotangents.get('x')!);
  expect(forward).toBeCloseTo(backward, 9);
});
