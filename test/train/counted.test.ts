import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/failure.ts';
import { rnnc } from '../cli/support.ts';
import { csv, wave, workshop } from './support.ts';

const { path, put } = workshop();
const two = put(
  'two.rnn',
  `cell Two() {
  input x: []
  target y: [], z: []
  param w: [] ~ uniform(-0.5, 0.5)
  state h: []
  h = tanh(w*x + h_prev)
  a = h
  b = 0.5*h
  output a, b
  loss (a - y)^2 + (b - z)^2
}
`,
);
const next = path('next.rnn');

let runs = 0;
const train = async (...args: readonly string[]) => {
  const run = path(`run-${runs++}`);
  return { run, ...(await rnnc('train', ...args, '--epochs', '2', '--out', run)) };
};

describe('targets that count', () => {
  it('must be in the training part', async () => {
    // Every row lacks one of its two targets.
    const x = wave(10);
    const y = x.map((value, i) => (i % 2 === 0 ? value : ''));
    const z = x.map((value, i) => (i % 2 === 1 ? value : ''));
    const data = put('holes.csv', csv({ x, y, z }));
    const { code, err, out, run } = await train(two, '--data', data, '--fill', 'mean');
    expect({ code, out }).toEqual({ code: exitCodes.failed, out: '' });
    expect(err).toContain('holes.csv: there is nothing to learn from');
    expect(existsSync(run)).toBe(false);
  });

  it('must be among what is held out, where something is', async () => {
    const x = wave(20);
    const data = put('end.csv', csv({ x, y: x.map((value, i) => (i < 16 ? value : '')), z: x }));
    const options = [two, '--data', data, '--fill', 'mean'];
    const { code, err, run } = await train(...options);
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain('end.csv: nothing that is held out can be scored');
    expect(existsSync(run)).toBe(false);
    const all = await train(...options, '--holdout', '0');
    expect(all.code).toBe(0);
    expect(all.out).toContain('20 rows, 16 targets to learn from, 0 held out');
  });

  it('are those that are counted', async () => {
    const x = wave(20);
    const y = x.map((value, i) => ([2, 3, 18].includes(i) ? '' : value));
    const data = put('some.csv', csv({ x, y, z: x }));
    const { out } = await train(two, '--data', data, '--fill', 'mean');
    expect(out).toContain('20 rows, 14 targets to learn from, 3 held out');
  });

  it('come from sequences that are long enough', async () => {
    // Whatever the seed: of the seven sequences five have one row, from which nothing can be forecast.
    const v = wave(16);
    const who = [...'aaaaaabbbbbcdefg'].slice(0, 16);
    const data = put('short.csv', csv({ v, who }));
    for (const seed of ['1', '2', '3', '4', '5', '6']) {
      const { code, err, run, out } = await train(
        ...[next, '--data', data, '--forecast', 'v', '--key', 'who', '--holdout-by', 'key', '--seed', seed],
      );
      const note =
        '5 of 16 rows are the only rows of their sequences: no next row is there to be compared with.\n';
      expect({ code, err }).toEqual({ code: 0, err: note });
      expect(out).toMatch(/, (5 targets to learn from, 4 held out|4 targets to learn from, 5 held out)/);
      expect(readFileSync(join(run, 'log.jsonl'), 'utf8').match(/"heldOutLoss":\d/g)?.length).toBe(2);
    }
    const alone = put('alone.csv', csv({ v: wave(9), who: [...'aaaaaabcd'] }));
    const { err } = await train(
      ...[next, '--data', alone, '--forecast', 'v', '--key', 'who', '--holdout-by', 'key'],
    );
    expect(err).toContain('there is one sequence only of more than one row');
  });
});
