import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { exitCodes, Failure } from '../../cli/failure.ts';
import { RunFolder } from '../../cli/run/folder.ts';
import { rnnc } from '../cli/support.ts';
import { csv, wave, workshop } from './support.ts';

/*
 * What is done as it was said, and may not be meant.
 */

const { path, put } = workshop();
const next = path('next.rnn');
const v = wave(40);
const series = put('series.csv', csv({ v, u: wave(40, 1), row: v.map((_, i) => i) }));

let runs = 0;
async function train(data: string, ...args: readonly string[]) {
  const run = path(`run-${runs++}`);
  return { run, ...(await rnnc('train', next, '--data', data, '--epochs', '1', '--out', run, ...args)) };
}

describe('a note', () => {
  it('tells of a column that is read and predicted in one row', async () => {
    const { code, err } = await train(series, '--inputs', 'v,u', '--targets', 'v');
    expect({ code, err }).toEqual({
      code: 0,
      err:
        'Column "v" is a target and, in the same row, an input. For its value in the next row give --forecast instead of ' +
        '--targets.\n',
    });
    for (const fine of [
      ['--inputs', 'u', '--targets', 'v'],
      ['--inputs', 'v,u', '--forecast', 'v'],
    ]) {
      expect((await train(series, ...fine)).err).toBe('');
    }
  });

  it('tells of a key that numbers the rows', async () => {
    const alone = await train(series, '--forecast', 'v', '--key', 'row');
    expect(alone).toMatchObject({ code: exitCodes.failed, out: '' });
    const hint = 'The key column "row" has 40 values in 40 rows: does it tell sequences apart?';
    expect(alone.err).toContain(hint);
    const few = put('few.csv', csv({ v, row: v.map((_, i) => (i < 12 ? 0 : i)) }));
    const { code, err } = await train(few, '--forecast', 'v', '--key', 'row', '--holdout', '0');
    expect(code).toBe(0);
    expect(err).toContain('28 of 40 rows are the only rows of their sequences');
    expect(err).toContain('The key column "row" has 29 values in 40 rows');
    for (const holdout of ['0', '0.2']) {
      const pair = ['--inputs', 'u', '--targets', 'v', '--key', 'row', '--holdout', holdout];
      const same = await train(series, ...pair);
      expect(same.code).toBe(holdout === '0' ? exitCodes.fine : exitCodes.failed);
      expect(same.err).toContain(hint);
    }
    const one = put('one.csv', csv({ v, row: v.map((_, i) => (i < 20 ? 0 : i < 39 ? 1 : 2)) }));
    expect((await train(one, '--forecast', 'v', '--key', 'row')).err).toBe(
      '1 of 40 rows is the only row of its sequence: no next row is there to be compared with.\n',
    );
  });

  it('tells of a result that the mean beats by far', async () => {
    const leaps = put('leaps.csv', csv({ u: v.map((x, i) => (i < 32 ? x : x * 1e6)), v }));
    const cell = put(
      'line.rnn',
      `cell Line(I) {
  input x: [I]
  target y: []
  param w: [I] = 1
  state s: []
  s = dot(w, x)
  output s
  loss (s - y)^2
}
`,
    );
    const poor = await rnnc(
      ...['train', cell, '--data', leaps, '--inputs', 'u', '--targets', 'v', '--epochs', '1'],
      ...['--out', path('poor')],
    );
    expect(poor.code).toBe(0);
    expect(poor.err).toMatch(
      /^The best held-out loss, \d{10,}, is far worse than predicting the mean, whose squared error is [01]\.\d+\./,
    );
    const late = await rnnc(
      ...['train', cell, '--data', leaps, '--inputs', 'v', '--targets', 'u', '--epochs', '1'],
      ...['--out', path('late')],
    );
    expect(late.err).toMatch(
      /the held-out rows lie far outside of what was learned from, at a .* \d{10,} from/,
    );
    const raw = await rnnc(
      ...['train', cell, '--data', leaps, '--inputs', 'u', '--targets', 'v', '--epochs', '1', '--raw', 'v'],
      ...['--out', path('raw')],
    );
    expect(raw).toMatchObject({ code: 0, err: '' });
  });
});

describe('a run that cannot be written', () => {
  it('leaves no folder where none was', async () => {
    const write = vi.spyOn(RunFolder.prototype, 'write').mockImplementation(() => {
      throw new Failure(exitCodes.file, 'Cannot write it: no space is left on the disk.');
    });
    try {
      const { code, run } = await train(series, '--forecast', 'v');
      expect(code).toBe(exitCodes.file);
      expect(existsSync(run)).toBe(false);
    } finally {
      write.mockRestore();
    }
  });
});

describe('classes', () => {
  const cell = (size: string, classes: string) => `cell Cls(I${size}) {
  input x: [I]
  target y: index(${classes})
  state s: [I]
  param W: [${classes}, I] = 0.1
  s = x
  scores = W @ s
  output scores
  loss cross_entropy(scores, y)
}
`;
  const kinds = v.map((_, i) => (i % 4) + 1);
  const data = put(
    'kinds.csv',
    csv({ v, kinds, half: kinds.map((kind) => kind / 2), text: kinds.map(() => 'cat') }),
  );
  const tried = (path: string, column: string, ...more: readonly string[]) =>
    rnnc(
      ...['train', path, '--data', data, '--inputs', 'v', '--targets', column, '--epochs', '1'],
      ...['--out', `${path}-run`, ...more],
    );

  it('that do not fit name the size that would', async () => {
    const sized = put('sized.rnn', cell(', K = 3', 'K'));
    const { code, err } = await tried(sized, 'kinds');
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain(
      'line 4, column "kinds": 3 is no class; it must be a whole number from 0 to 2, as classes count from 0. ' +
        'For 5 classes give -s K=5.',
    );
    expect((await tried(sized, 'kinds', '-s', 'K=5')).code).toBe(0);
    const half = await tried(put('half.rnn', cell(', K = 3', 'K')), 'half');
    expect(half.err).toContain(
      '0.5 is no class; it must be a whole number from 0 to 2, as classes count from 0.\n',
    );
    const fixed = await tried(put('fixed.rnn', cell('', '3')), 'kinds');
    expect(fixed.err).toContain('as classes count from 0.\n');
  });

  it('that are texts are told what classes are', async () => {
    const { err } = await tried(put('texts.rnn', cell(', K = 3', 'K')), 'text');
    expect(err).toContain('"cat" is no number: classes are whole numbers, 0 to 2.');
    expect(err).not.toContain('12.5');
  });
});

it('one target is a target', async () => {
  const three = put('three.csv', csv({ v: [1, 2, 4] }));
  expect((await train(three, '--forecast', 'v', '--holdout', '0.34')).out).toContain(
    '3 rows, 1 target to learn from, 1 held out',
  );
});
