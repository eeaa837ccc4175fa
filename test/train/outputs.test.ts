import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/failure.ts';
import { withOutputs } from '../../cli/run/outputs.ts';
import { boundSizes, checkedCell } from '../../compiler/compile.ts';
import { rnnc } from '../cli/support.ts';
import { csv, wave, workshop } from './support.ts';

const { path, put } = workshop();

/** A cell with a gate and two predictions, of one shape each. */
const text = (body: string) => `cell Gated(K = 3) {
  input x: []
  target y: []
  param w, v, u: [] ~ uniform(-0.5, 0.5)
  param V: [K] ~ uniform(-0.5, 0.5)
  state h: []
  gate = sigmoid(w*x)
  h = gate*tanh(x + h_prev)
${body}
}
`;

function outputOf(body: string, targets: readonly string[] = ['y']) {
  const cell = checkedCell({ name: 'gated.rnn', text: text(body) });
  const bound = targets.map((name) => {
    const classes = cell.targets.find((one) => one.name === name)!.classes && 3;
    return { name, columns: ['c'], ...(classes && { classes }) };
  });
  return withOutputs(cell, bound, boundSizes(cell, new Map()).sizes).map(({ output }) => output);
}

describe('the output that stands for a target', () => {
  it.each<[string, string, string | undefined]>([
    ['compared last, declared last', 'y_hat = v*h\n output gate, y_hat\n loss 0.5*(y_hat - y)^2', 'y_hat'],
    ['beside a penalty', 'y_hat = v*h\n output gate, y_hat\n loss (y_hat - y)^2 + 0.1*gate^2', 'y_hat'],
    ['weighted by another', 'y_hat = v*h\n output gate, y_hat\n loss gate*(y - y_hat)^2', 'y_hat'],
    ['in an equation', 'y_hat = v*h\n e = y_hat - y\n output gate, y_hat, e\n loss e^2 + gate^2', 'y_hat'],
    [
      'a mean, beside a deviation',
      'm = v*h\n s = exp(u*h)\n output s, m\n loss ((y - m)/s)^2/2 + log(s)',
      'm',
    ],
    [
      'a probability, read twice',
      'p = sigmoid(v*h)\n output gate, p\n loss -(y*log(p) + (1 - y)*log(1 - p))',
      'p',
    ],
    [
      'computed from what is compared',
      'a = v*h\n p = sigmoid(a)\n output gate, p\n loss softplus(a) - a*y',
      'p',
    ],
    ['not there', 'y_hat = v*h\n output gate\n loss (y_hat - y)^2', undefined],
    ['of another shape', 'output q = V*h\n loss (sum(V)*h - y)^2', undefined],
  ])('is the one %s', (_, body, expected) => {
    expect(outputOf(` ${body}`)).toEqual([expected]);
  });

  it('is found for each of several targets, in any order', () => {
    const body = ` target z: [], c: index(K)
 a = v*h
 b = u*h
 scores = V*h
 others = 2*V
 output b, others, a, gate, scores
 loss (a - y)^2 + (b - z)^2 + cross_entropy(scores, c)`;
    expect(outputOf(body, ['y', 'z', 'c'])).toEqual(['a', 'b', 'scores']);
  });

  it('is not guessed where several fit', async () => {
    const cell = put('sum.rnn', text('  a = v*h\n  b = u*h\n  output gate, a, b\n  loss (a + b - y)^2'));
    const data = put('xy.csv', csv({ x: wave(20), y: wave(20, 1) }));
    const { code, err } = await rnnc('train', cell, '--data', data, '--out', path('sum-run'));
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain('Several outputs of Gated may say what y will be: a, b.');
  });
});
