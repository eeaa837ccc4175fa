import { describe, expect, it } from 'vitest';
import { Random } from '../../runtime/index.ts';
import { distance, evaluated, live } from './support.ts';

/*
 * The GRU is written with either sign of z. Since 1 - sigmoid(a) = sigmoid(-a), negating W_z, U_z and b_z takes one to the
 * other.
 */

const [steps, batch, I, H] = [9, 2, 3, 5];
const random = new Random(11, 'gru');
const draw = (length: number) => Float64Array.from({ length }, () => Math.fround(2 * random.uniform() - 1));
const keep: Record<string, Float64Array> = Object.fromEntries(
  ['z', 'r', 'n'].flatMap((gate) => [
    [`W_${gate}`, draw(H * I)],
    [`U_${gate}`, draw(H * H)],
    [`b_${gate}`, draw(H)],
  ]),
);
const ofUpdateGate = (name: string) => name.endsWith('_z');
const negated = (values: ArrayLike<number>) => Array.from(values, (value) => -value);
const take = Object.fromEntries(
  Object.entries(keep).map(([name, values]) => [
    name,
    ofUpdateGate(name) ? values.map((value) => -value) : values,
  ]),
);
const inputs = { x: draw(steps * batch * I) };
const outputCotangents = { h: draw(steps * batch * H) };
const names = Object.keys(keep);

describe('GRU with z = 1 to keep, and with z = 1 to take', () => {
  const inDoubles = (file: string, parameters: Record<string, Float64Array>) =>
    evaluated(file, { steps, batch, parameters, inputs, outputCotangents }, { I, H });

  it('are equal after negating W_z, U_z, b_z: outputs, and gradients but for the sign of these', () => {
    const one = inDoubles('gru.rnn', keep);
    const other = inDoubles('lectures/gru_update.rnn', take);
    expect(distance(other.outputs.get('h')!, one.outputs.get('h')!)).toBeLessThan(1e-14);
    expect(
      distance(other.adjoint.inputCotangents.get('x')!, one.adjoint.inputCotangents.get('x')!),
    ).toBeLessThan(1e-13);
    expect([...one.adjoint.gradients.keys()].sort()).toEqual([...names].sort());
    for (const name of names) {
      const gradient = other.adjoint.gradients.get(name)!;
      const expected = one.adjoint.gradients.get(name)!;
      expect(distance(ofUpdateGate(name) ? negated(gradient) : gradient, expected)).toBeLessThan(1e-13);
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
    }
  });

  it('in the kernels too, to f32 accuracy', () => {
    const run = (file: string, parameters: Record<string, Float64Array>) => {
      const cell = live(file, { sizes: { I, H }, batch, window: steps });
      cell.setParameters(parameters);
      cell.forward(inputs, steps);
      cell.backward({ outputCotangents });
      return cell;
    };
    const one = run('gru.rnn', keep);
    const other = run('lectures/gru_update.rnn', take);
    expect(distance(other.outputs.h!, one.outputs.h!)).toBeLessThan(1e-6);
    for (const name of names) {
      const gradient = other.gradients[name]!;
      expect(distance(ofUpdateGate(name) ? negated(gradient) : gradient, one.gradients[name]!)).toBeLessThan(
        1e-5,
      );
    }
  });

  it('are not equal with the same weights', () => {
    const one = inDoubles('gru.rnn', keep);
    const other = inDoubles('lectures/gru_update.rnn', keep);
    expect(distance(other.outputs.get('h')!, one.outputs.get('h')!)).toBeGreaterThan(0.1);
  });
});
