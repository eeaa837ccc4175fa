import { describe, expect, it } from 'vitest';
import { gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import { compile } from '../../compiler/index.ts';
import { instantiateSync } from '../../runtime/index.ts';
import { randomGiven } from '../support/randomValues.ts';
import { stagesOf } from '../support/stages.ts';

const padovan = 'cell Padovan() {\n  state p: [] = 1\n  p = prev(p, 2) + prev(p, 3)\n}\n';
const delay =
  'cell Delay(D) {\n  input x: []\n  output y = prev(x, D), z = prev(x, 2*D - 1), n = prev(x, 1)\n}\n';
const deep = `cell Deep(H, D = 4) {
  input x: [H]
  target y: [H]
  param W, U: [H, H] ~ glorot
  param h0: [H] ~ normal(0, 1)
  state h: [H] = h0
  h = tanh(W @ prev(h, D) + U @ h_prev + prev(x, 3))
  output h
  loss sum((h - y)^2)
}
`;

const compiled = (text: string, options: Parameters<typeof compile>[1]) =>
  compile({ name: 'lags.rnn', text }, { target: 'js', ...options });
const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i + 1));

describe.each(['js', 'wasm'] as const)('lags in %s', (target) => {
  it('start at the start value, and go on from window to window', () => {
    const cell = instantiateSync(compiled(padovan, { target, window: 4, training: false }));
    const found = [4, 1, 3, 2].flatMap((steps) => [...cell.forward({}, steps).p!]);
    expect(found).toEqual([2, 2, 3, 4, 5, 7, 9, 12, 16, 21]);
    cell.start();
    expect([...cell.step().p!, ...cell.step().p!]).toEqual([2, 2]);
  });

  it('may be sizes', () => {
    const cell = instantiateSync(compiled(delay, { target, sizes: { D: 3 }, window: 7, training: false }));
    const { y, z, n } = cell.forward(Float32Array.of(1, 2, 3, 4, 5, 6, 7), 7);
    expect([...y!]).toEqual([0, 0, 0, 1, 2, 3, 4]);
    expect([...z!]).toEqual([0, 0, 0, 0, 0, 1, 2]);
    expect([...n!]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('are the same bits in windows of any length, and in single steps', () => {
    const [steps, batch, H] = [11, 2, 3];
    const x = numbers(steps * batch * H);
    const runs = [11, 4, 1].map((window) => {
      const cell = instantiateSync(compiled(deep, { target, sizes: { H }, window, batch }), { seed: 1 });
      return cell.evaluate(x, steps).outputs.h;
    });
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });
});

it('go back further than the window began: nothing is lost, nothing invented', () => {
  const { cell, bound } = stagesOf(deep, { sizes: { H: 2 } });
  for (const steps of [1, 3, 9]) {
    const given = randomGiven(cell, bound, { steps, batch: 2, seed: steps });
    expect(gradcheck(bound, given)).toMatchObject({ passed: true });
  }
});

it('of inner cells are read from outside, too', () => {
  const inner = 'cell Inner() {\n  input x: []\n  state h: []\n  h = x + 0*h_prev\n}\n';
  const text = `${inner}cell Outer() {\n  input x: []\n  cell inner: Inner()\n  n = inner(x)\n  output y = prev(n.h, 2)\n}\n`;
  const cell = instantiateSync(compiled(text, { window: 4, training: false }));
  expect([...cell.forward(Float32Array.of(1, 2, 3, 4), 4).y!]).toEqual([0, 0, 1, 2]);
});
