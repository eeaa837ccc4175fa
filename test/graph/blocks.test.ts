import { expect, test } from 'vitest';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { randomGiven } from '../support/randomValues.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';

const [steps, batch] = [2, 2];
const [N, A, B] = [3, 2, 4];

test('block_diagonal(R) @ x is each block times its part, and reshape keeps the entries in order', () => {
  const { cell, bound } = stagesOf(
    `cell Blocks(N, A, B) {
  input x: [N*B]
  param R: [N, A, B] ~ glorot
  output y = block_diagonal(R) @ x, z = reshape(x, [B, N])
}
`,
    { sizes: { N, A, B }, batch, window: steps },
  );
  const given = randomGiven(cell, bound, { steps, batch, seed: 4 });
  const { outputs } = evaluateSequence(bound, given);
  const x = given.inputs.get('x')!;
  const R = given.parameters.get('R')!;
  const want: number[] = [];
  for (let row = 0; row < steps * batch; row++)
    for (let n = 0; n < N; n++)
      for (let a = 0; a < A; a++) {
        let sum = 0;
        for (let b = 0; b < B; b++) sum += R[(n * A + a) * B + b]! * x[row * N * B + n * B + b]!;
        want.push(sum);
      }
  const y = outputs.get('y')!;
  expect(y.length).toBe(want.length);
  want.forEach((value, i) => {
    expect(y[i]).toBeCloseTo(value, 12);
  });
  expect([...outputs.get('z')!]).toEqual([...x]);
});

test('the plan without cleverness and the fast one agree on blocks and their gradient', () => {
  const text =
    'cell C(N, D) {\n  input x: [N*D]\n  state h: [N*D]\n  param R: [N, D, D] ~ orthogonal\n  h = tanh(block_diagonal(R) @ h_prev + x)\n}\n';
  const [naive, fast] = (['naive', 'fast'] as const).map((plan) => {
    const stages = stagesOf(text, { sizes: { N: 3, D: 5 }, batch, window: 4, plan });
    const given = randomGiven(stages.cell, stages.bound, { steps: 4, batch, seed: 6 });
    return runProgram(stages, given, 'interpreter');
  });
  for (const name of [bufferNames.gradient('R'), bufferNames.output('h')]) {
    const want = [...naive!.buffer(name)];
    expect(Math.max(...want.map(Math.abs))).toBeGreaterThan(0.1);
    [...fast!.buffer(name)].forEach((value, i) => {
      expect(value).toBeCloseTo(want[i]!, 4);
    });
  }
});
