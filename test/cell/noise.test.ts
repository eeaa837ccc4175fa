import { describe, expect, it } from 'vitest';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import { formatShape } from '../../compiler/cell/type.ts';
import { textOf } from '../../compiler/source/source.ts';
import { checkText, inCell, soundCell } from './support.ts';

describe('noise', () => {
  it('per step and per sequence varies by example and step, per update by nothing', () => {
    const cell = soundCell(
      inCell(
        'noise a: [H] ~ bernoulli(0.9) per step, b: [] ~ normal(0, 1) per sequence\n' +
          'noise D: [H, I] ~ uniform(-1, 1) per update\n' +
          'param W: [H, I] ~ glorot\nu = a + b\nv = W*D\noutput u, v',
      ),
    );
    expect(cell.noises).toMatchObject([
      { name: 'a', scope: 'step', distribution: 'bernoulli', args: [{ value: 0.9 }] },
      { name: 'b', scope: 'sequence', distribution: 'normal' },
      { name: 'D', scope: 'update', distribution: 'uniform' },
    ]);
    expect(
      cell.equations.map(({ name, value }) => [name, formatShape(value.type.shape), value.type.outer]),
    ).toEqual([
      ['u', '[H]', ['example', 'time:T']],
      ['v', '[H, I]', []],
    ]);
  });

  it('of an inner cell goes by its path, with the sizes and numbers of the cell around it', () => {
    const inner =
      'cell Inner(H; keep = 0.9) {\ninput x: [H]\nnoise m: [H] ~ bernoulli(keep) per step\noutput y = m*x\n}\n';
    const cell = soundCell(
      `${inner}cell Outer(I) {\ninput x: [2*I]\ncell deep: Inner(2*I; keep = 0.25)\nn = deep(x)\noutput y = n.y\n}\n`,
    );
    expect(cell.noises).toMatchObject([{ name: 'deep.m', args: [{ kind: 'number', value: 0.25 }] }]);
    expect(formatShape(cell.noises[0]!.shape)).toBe('[2*I]');
  });

  it.each([
    ['state h: [H]\nh = h_prev + m_prev', 'RNN211', 'm_prev', 'm is noise'],
    ['state h: [H] = m\nh = 0.5*h_prev', 'RNN229', 'm', 'noise'],
    ['param b: [H] = sum(m)\noutput y = b', 'RNN232', 'm', 'noise'],
    ['m = 2*x\noutput m', 'RNN209', 'm', 'noise'],
    ['noise e: [H] ~ glorot per step\noutput y = e', 'RNN275', 'glorot', 'bernoulli(probability)'],
    [
      'noise e: [H] ~ bernouli(0.5) per step\noutput y = e',
      'RNN275',
      'bernouli(0.5)',
      'Did you mean bernoulli',
    ],
    ['noise e: [H] ~ 2*normal(0, 1) per step\noutput y = e', 'RNN275', '2*normal(0, 1)', 'is an equation'],
    ['noise e: [H] ~ bernoulli(1.5) per step\noutput y = e', 'RNN276', 'bernoulli(1.5)', 'from 0 to 1'],
    ['noise e: [H] ~ bernoulli(-0.5) per step\noutput y = e', 'RNN276', 'bernoulli(-0.5)', 'from 0 to 1'],
    ['noise e: [H] ~ normal(0, -1) per step\noutput y = e', 'RNN276', 'normal(0, -1)', 'at least 0'],
    ['noise e: [H] ~ uniform(2, 1) per step\noutput y = e', 'RNN276', 'uniform(2, 1)', '2 is above 1'],
    ['noise e: [H] ~ normal(1) per step\noutput y = e', 'RNN217', 'normal(1)', 'mean, deviation'],
    ['noise e: [H] ~ normal(mean = 0, 1) per step\noutput y = e', undefined, '', ''],
    ['noise e: [H] ~ bernoulli(m) per step\noutput y = e', 'RNN232', 'm', 'noise'],
    ['noise e: index(3) ~ bernoulli(0.5) per step\noutput y = x', 'RNN242', 'index(3)', 'class numbers'],
    ['noise x: [H] ~ bernoulli(0.5) per step\noutput y = x', 'RNN202', 'x', 'an input'],
    ['output y = bernoulli(0.5)*x', 'RNN233', 'bernoulli(0.5)', 'noise n: [H] ~ bernoulli(...) per step'],
    ['output y = normal(0, 1)*x', 'RNN233', 'normal(0, 1)', 'noise n: [H] ~ normal(...) per step'],
  ])('%s', (body, code, at, says) => {
    const text = inCell(`input x: [H]\nnoise m: [H] ~ bernoulli(0.5) per step\n${body}`);
    if (code === undefined) return expect(() => checkText(text)).toThrow();
    const errors = checkText(text).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => [error.code, textOf(error.span)])).toEqual([[code, at]]);
    expect([errors[0]!.message, errors[0]!.hint].join(' ')).toContain(says);
  });

  it('with numbers of the header is looked at when these are known', () => {
    const cell = soundCell(
      inCell('noise m: [H] ~ bernoulli(1 - drop/H) per step\noutput m', 'H; drop = 0.5'),
    );
    const bound = (drop: number) => bindSizes(cell, { H: 2, drop });
    expect(bound(2)).toMatchObject({ numbers: new Map([['drop', 2]]) });
    expect(bound(2.5)).toMatchObject({ diagnostics: [{ code: 'RNN475' }] });
  });
});
