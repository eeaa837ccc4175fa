import { expect, test } from 'vitest';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { randomGiven } from '../support/randomValues.ts';
import { stagesOf } from '../support/stages.ts';
import { headerOf, load } from '../zoo/files.ts';

/*
 * The attention decoder in plain loops, written from the paper's equations.
 */

test('attention/attention_decoder.rnn says what the paper says, for sentences of different lengths', () => {
  const file = 'attention/attention_decoder.rnn';
  const { sizes } = headerOf(file);
  const [steps, batch] = [3, 3];
  const { cell, bound } = stagesOf(load(file), { load, sizes, batch, window: steps });
  const words = [sizes.S!, 1, 4];
  const given = { ...randomGiven(cell, bound, { steps, batch, seed: 4 }), entries: new Map([['S', words]]) };
  const { outputs } = evaluateSequence(bound, given);
  const times = (name: string, x: readonly number[]) => {
    const values = given.parameters.get(name)!;
    return Array.from({ length: values.length / x.length }, (_, i) =>
      x.reduce((sum, xj, j) => sum + values[i * x.length + j]! * xj, 0),
    );
  };
  const part = (values: ArrayLike<number>, index: number, length: number) =>
    Array.from({ length }, (_, i) => values[index * length + i]!);
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  for (let b = 0; b < batch; b++) {
    const H = Array.from({ length: words[b]! }, (_, j) =>
      part(given.inputs.get('H')!, b * sizes.S! + j, sizes.D!),
    );
    let s = times('W_s', part(given.inputs.get('h_first')!, b, sizes.D!)).map(Math.tanh);
    for (let t = 0; t < steps; t++) {
      const y = part(given.inputs.get('y')!, t * batch + b, sizes.E!);
      const query = times('W_a', s);
      const scores = H.map((h) =>
        times('U_a', h).reduce(
          (sum, u, i) => sum + given.parameters.get('v_a')![i]! * Math.tanh(query[i]! + u),
          0,
        ),
      );
      const total = scores.reduce((sum, e) => sum + Math.exp(e), 0);
      const context = Array.from({ length: sizes.D! }, (_, d) =>
        H.reduce((sum, h, j) => sum + (Math.exp(scores[j]!) / total) * h[d]!, 0),
      );
      const gate = (suffix: string, before: readonly number[]) => {
        const [fromWord, fromState, fromContext] = [
          times(`W${suffix}`, y),
          times(`U${suffix}`, before),
          times(`C${suffix}`, context),
        ];
        return fromWord.map((w, i) => w + fromState[i]! + fromContext[i]!);
      };
      const update = gate('_z', s).map(sigmoid);
      const reset = gate('_r', s).map(sigmoid);
      const candidate = gate(
        '',
        s.map((v, i) => reset[i]! * v),
      ).map(Math.tanh);
      s = s.map((v, i) => (1 - update[i]!) * v + update[i]! * candidate[i]!);
      const got = part(outputs.get('s')!, t * batch + b, sizes.N!);
      for (const [i, v] of s.entries()) expect(got[i]).toBeCloseTo(v, 12);
    }
  }
});
