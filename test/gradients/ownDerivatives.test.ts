import { describe, expect, it } from 'vitest';
import { compileStages } from '../../compiler/compile.ts';
import { gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { stagesOf } from '../support/stages.ts';

/** dL/dx and dL/dw of one step of a cell of scalars, at x, w and (where it has it) the state h before. */
function gradients(body: string, at: { x: number; w?: number; h?: number }) {
  const text = `cell One() {\ninput x: []\nparam w: [] = 1\n${body}\n}\n`;
  const { bound } = stagesOf(text);
  const given = {
    steps: 1,
    batch: 1,
    parameters: new Map([['w', Float64Array.of(at.w ?? 1)]]),
    inputs: new Map([['x', Float64Array.of(at.x)]]),
    lossWeights: Float64Array.of(1),
    ...(at.h === undefined ? {} : { starts: new Map([['h', Float64Array.of(at.h)]]) }),
  };
  const { adjoint, loss } = evaluateSequence(bound, given);
  const state = adjoint!.startCotangents.get('h')?.[0];
  const [x, w] = [adjoint!.inputCotangents.get('x')![0], adjoint!.gradients.get('w')![0]];
  return { x, w, state, loss: loss![0], check: () => gradcheck(bound, given) };
}

describe('a function with a derivative of its own', () => {
  it('has its value forwards, and its declared slope backwards', () => {
    const body = 'fn spike(u) = u > 0 with derivative 1/(1 + abs(10*u))^2\nloss 3*spike(w*x)';
    const found = gradients(body, { x: 0.2, w: 0.5 });
    expect(found.loss).toBe(3);
    expect(found.x).toBeCloseTo((3 * 0.5) / 4, 14);
    expect(found.w).toBeCloseTo((3 * 0.2) / 4, 14);
  });

  it('of two arguments has a slope for each', () => {
    const body = 'fn gate(a, b) = a*b with derivative 7, a + b\nloss gate(x, w)';
    expect(gradients(body, { x: 2, w: 3 })).toMatchObject({ loss: 6, x: 7, w: 5 });
  });

  it('lets nothing back where the slope is the number 0, whatever its value is', () => {
    const body = 'fn gate(a, b) = a/b with derivative 1, 0\nloss gate(x, w)';
    expect(gradients(body, { x: 2, w: 0 })).toMatchObject({ loss: Number.POSITIVE_INFINITY, x: 1, w: 0 });
  });

  it('goes straight through with the derivative 1', () => {
    expect(gradients('fn through(u) = round(u) with derivative 1\nloss through(x)^2', { x: 1.7 }).x).toBe(4);
  });

  it('of itself multiplies the slopes', () => {
    const body = 'fn f(u) = u > 0 with derivative 3*u\nloss f(f(x))';
    // Inner slope 3*2, outer slope at the inner value, 3*1.
    expect(gradients(body, { x: 2 }).x).toBe(18);
  });

  it('sees names of the cell, also in its derivative', () => {
    const body = 'a = 4*w\nfn f(u) = u > 0 with derivative a\nloss f(x)';
    expect(gradients(body, { x: 2, w: 0.5 })).toMatchObject({ x: 2, w: 0 });
  });

  it('counts as nothing in starts of parameters', () => {
    const body = 'fn f(u) = u > 0 with derivative 1\nparam p: [] = f(3) + stop_gradient(2)\nloss p*x';
    const { cell } = stagesOf(`cell One() {\ninput x: []\n${body}\n}\n`);
    expect(cell.parameters[0]!.initialiser.value.kind).toBe('map');
    expect(JSON.stringify(cell.parameters[0]!.initialiser.value)).not.toContain('surrogate');
  });

  it('is compared with what it declares', () => {
    const body = 'fn f(u) = u > 0 with derivative 1/(1 + u^2)\nloss f(w*x)^2 + w*f(x)';
    const report = gradients(body, { x: 0.3, w: 0.7 }).check();
    expect(report.passed).toBe(true);
    expect(report.checked.every(({ compared }) => compared === 1)).toBe(true);
    expect(report.notDerivatives.map(({ op }) => op)).toContain('surrogate');
  });
});

describe('stop_gradient', () => {
  it('holds on inputs, parameters and states', () => {
    const stopped = gradients(
      'state h: []\nh = stop_gradient(h_prev)*stop_gradient(w)*stop_gradient(x)\nloss h',
      {
        x: 2,
        w: 3,
        h: 5,
      },
    );
    expect(stopped).toMatchObject({ loss: 30, x: 0, w: 0, state: 0 });
  });

  it('holds on one path and leaves the other', () => {
    expect(gradients('y = w*x\nloss stop_gradient(y)*y', { x: 2, w: 3 })).toMatchObject({ x: 18, w: 12 });
  });
});

describe('clip_gradient', () => {
  it.each([
    ['loss 3*clip_gradient(x, 1)', 1],
    ['loss -3*clip_gradient(x, 1)', -1],
    ['loss 0.5*clip_gradient(x, 1)', 0.5],
    // Written twice, clipped twice; a sum of both is not clipped.
    ['loss 3*clip_gradient(x, 1) + 3*clip_gradient(x, 1)', 2],
    ['loss 3*clip_gradient(x, 1) - 0.25*clip_gradient(x, 1)', 0.75],
    // Written once, clipped once, however often it is used.
    ['c = clip_gradient(x, 1)\nloss 3*c + 3*c', 1],
    ['fn three(c) = c + c + c\nloss three(clip_gradient(x, 1))', 1],
    ['fn clipped(c) = clip_gradient(c, 1)\nloss 3*clipped(x) + 3*clipped(x)', 2],
    ['loss 3*clip_gradient(clip_gradient(x, 1), 0.5)', 0.5],
  ])('%s: %f arrives', (body, expected) => {
    expect(gradients(body, { x: 0.4 }).x).toBe(expected);
  });

  it('is checked as if it did not clip', () => {
    const { x, check } = gradients('loss clip_gradient(x, 0.001)^2', { x: 3 });
    expect(x).toBe(0.001);
    expect(check()).toMatchObject({ passed: true });
  });

  it('takes a number of the header as its limit', () => {
    const text =
      'cell Inner(; most = 2) {\ninput x: []\noutput y = clip_gradient(x, most)\n}\ncell Outer() {\ninput x: []\ncell inner: Inner(; most = 0.25)\nn = inner(x)\nloss 5*n.y\n}\n';
    const { bound } = stagesOf(text);
    const inputs = new Map([['x', Float64Array.of(1)]]);
    const given = { steps: 1, batch: 1, parameters: new Map(), inputs, lossWeights: Float64Array.of(1) };
    expect(evaluateSequence(bound, given).adjoint!.inputCotangents.get('x')).toEqual(Float64Array.of(0.25));
  });
});

it('a cell that is not trained keeps nothing of all this', () => {
  const text =
    'fn f(u) = u > 0 with derivative 1/(1 + u^2)\ncell Run(H) {\ninput x: [H]\noutput y = f(clip_gradient(x, 1)) + stop_gradient(x)\n}\n';
  const { bound } = compileStages({ name: 'run.rnn', text }, { sizes: { H: 2 }, training: false });
  expect(bound.graph.nodes.flatMap((node) => (node.form === 'map' ? [node.op] : []))).toEqual(['less']);
});

it('only what the author wrote is named as no derivative', () => {
  const named = (body: string) =>
    gradients(body, { x: 0.3 })
      .check()
      .notDerivatives.map(({ op }) => op);
  const own = 'fn spike(u) = u > 0 with derivative 1/(1 + abs(u))';
  const two = 'fn gate(a, b) = a*b with derivative b, 1';
  expect(named(`${own}\nloss spike(w*x)`)).toEqual(['surrogate']);
  expect(named(`${two}\nloss gate(x, w)`)).toEqual(['surrogate']);
  expect(named(`${own}\nloss spike(w*x) + stop_gradient(x)`).toSorted()).toEqual([
    'stop_gradient',
    'surrogate',
  ]);
});
