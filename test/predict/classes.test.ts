import { expect, it } from 'vitest';
import { exitCodes } from '../../cli/failure.ts';
import { rnnc } from '../cli/support.ts';
import { csv, workshop } from '../train/support.ts';

const { path, put } = workshop();

it('scores that are no numbers name no class, at once and fed back', async () => {
  const cell = put(
    'class.rnn',
    `cell Next(K = 3) {
  input k: index(K)
  input x: []
  target c: index(K)
  param V: [K, K] ~ uniform(-0.5, 0.5)
  param b: [K] = 0
  scores = V[k]*log(x) + b
  output scores
  loss cross_entropy(scores, c)
}
`,
  );
  const c = [...Array(20).keys()].map((t) => t % 3);
  const data = put('class.csv', csv({ k: c, x: c.map((one) => one + 1), c }));
  const run = path('class-run');
  const begun = await rnnc('train', cell, '--data', data, '--raw', 'x', '--epochs', '1', '--out', run);
  expect(begun).toMatchObject({ code: 0, err: '' });
  const rows = put('rows.csv', csv({ k: [1, 1], x: [2, -1] }));
  const { code, err, out } = await rnnc('predict', run, '--observed', rows);
  expect(code).toBe(exitCodes.failed);
  expect(out).toMatch(/^c\n[012]\n$/);
  expect(err).toContain('line 3: the prediction of c is no finite number');
});

it('a class that was predicted as no number is not read as the first one', async () => {
  const cell = put(
    'chain.rnn',
    `cell Chain(K = 3) {
  input k: index(K)
  target c: index(K)
  param V: [K, K] ~ uniform(-0.5, 0.5)
  state s: []
  s = s_prev + 1
  scores = V[k]*log(18.5 - s)
  output scores
  loss cross_entropy(scores, c)
}
`,
  );
  const k = [...Array(20).keys()].map((t) => t % 3);
  const data = put('chain.csv', csv({ k }));
  const run = path('chain-run');
  const begun = await rnnc(
    ...['train', cell, '--data', data, '--forecast', 'k', '--epochs', '1', '--holdout', '0.3', '--out', run],
  );
  expect(begun).toMatchObject({ code: 1, err: expect.stringContaining('On the held-out rows') });
  const fine = await rnnc(
    ...['train', cell, '--data', put('short.csv', csv({ k: k.slice(0, 18) }))],
    ...['--forecast', 'k', '--epochs', '1', '--holdout', '0.3', '--out', run],
  );
  expect(fine).toMatchObject({ code: 0, err: '' });
  const { code, err } = await rnnc(
    'evaluate',
    run,
    '--horizon',
    '4',
    '--data',
    put('long.csv', csv({ k })),
    '--unseen',
  );
  expect(code).toBe(exitCodes.failed);
  expect(err).toMatch(/no numbers any more|no finite number/);
});
