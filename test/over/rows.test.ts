import { expect, test } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { instantiateSync } from '../../runtime/index.ts';
import { seeded } from '../support/randomValues.ts';
import { cells, sizesOf } from './cells.ts';

const [steps, batch, S] = [4, 2, 5];
const random = seeded(8);
const numbers = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);

test('rows that end before the others keep to what they were given: the bits of each alone', () => {
  const text = cells.attention!;
  const made = (rows: number) =>
    instantiateSync(
      compile(
        { name: 'a.rnn', text },
        {
          sizes: { ...sizesOf(text), S },
          batch: rows,
          window: steps,
          inputCotangents: true,
          lengths: true,
          profile: 'separate',
        },
      ),
      { seed: 1 },
    );
  const [x, M, cotangent] = [numbers(steps * batch * 2), numbers(batch * S * 2), numbers(steps * batch * 3)];
  const [lengths, counts] = [
    [4, 2],
    [3, 4],
  ];
  const step = (values: Float32Array, t: number, row: number) => {
    const width = values.length / (steps * batch);
    return values.subarray((t * batch + row) * width, (t * batch + row + 1) * width);
  };
  for (let t = 2; t < steps; t++) for (const array of [x, cotangent]) step(array, t, 1).fill(Number.NaN);
  const whole = made(batch);
  whole.setInputs({ M }, { entries: { S: counts } });
  const h = whole.forward({ x }, steps, { lengths }).h!.slice();
  for (let t = 2; t < steps; t++) step(cotangent, t, 1).fill(1);
  whole.backward({ outputCotangents: { h: cotangent } });
  for (const row of [0, 1]) {
    const alone = made(1);
    const own = (values: Float32Array) =>
      Array.from({ length: lengths[row]! }, (_, t) => [...step(values, t, row)]).flat();
    alone.setInputs({ M: M.subarray(row * S * 2, (row + 1) * S * 2) }, { entries: { S: [counts[row]!] } });
    expect([...alone.forward({ x: own(x) }, lengths[row]!).h!]).toEqual(own(h));
    alone.backward({ outputCotangents: { h: own(cotangent) } });
    const arriving = [...whole.inputCotangents.M!.subarray(row * S * 2, (row + 1) * S * 2)];
    expect(arriving.map((v) => v + 0)).toEqual([...alone.inputCotangents.M!].map((v) => v + 0));
    expect(arriving.slice(0, counts[row]! * 2).every((value) => value !== 0)).toBe(true);
  }
});
