import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { opsPage } from '../../compiler/ops/docs.ts';
import { argument, constant } from '../../compiler/ops/expression.ts';
import { add, div, less, mul, neg, pow, select, sub } from '../../compiler/ops/notation.ts';
import { printScalar } from '../../compiler/ops/printScalar.ts';

const page = new URL('../../docs/ops.md', import.meta.url);

it('docs/ops.md is up to date; UPDATE=1 rewrites it', () => {
  if (process.env.UPDATE) writeFileSync(page, opsPage());
  expect(readFileSync(page, 'utf8')).toBe(opsPage());
});

describe('scalar expressions print as formulas', () => {
  const [a, b, y] = [argument(0), argument(1), argument(-1)];
  it.each([
    [sub(1, mul(y, y)), '1 - y*y'],
    [mul(y, sub(1, y)), 'y*(1 - y)'],
    [sub(a, sub(b, 1)), 'a - (b - 1)'],
    [sub(sub(a, b), 1), 'a - b - 1'],
    [div(a, mul(b, 2)), 'a/(b*2)'],
    [neg(div(y, b)), '-(y/b)'],
    [mul(b, pow(a, sub(b, 1))), 'b*a^(b - 1)'],
    [mul(constant(-0.5), a), '-0.5*a'],
    [select(less(0, a), 1, mul(a, b)), 'if 0 < a then 1 else a*b'],
    [add(select(a, 1, 2), b), '(if a then 1 else 2) + b'],
  ])('%#: %s', (expression, text) => {
    expect(printScalar(expression, ['a', 'b'])).toBe(text);
  });
});
