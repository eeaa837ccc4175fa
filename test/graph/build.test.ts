import { describe, expect, it } from 'vitest';
import { namedDim } from '../../compiler/cell/dim.ts';
import { perStep, shared, type TensorType } from '../../compiler/cell/type.ts';
import { GraphBuilder } from '../../compiler/graph/build.ts';

const source = { name: 'test.rnn', text: '' };
const build = () => new GraphBuilder({ span: { source, start: 0, end: 0 }, sweep: 'primal' });
const [H, I] = [namedDim('H'), namedDim('I')];
const real = (outer: TensorType['outer'], ...shape: TensorType['shape']): TensorType => ({
  shape,
  outer,
  element: 'real',
});

describe('the builder', () => {
  it('returns the node that is there already, and keeps 0 and -0 apart', () => {
    const g = build();
    const x = g.leaf('input', 'x', real(perStep, H));
    expect(g.map('tanh', x)).toBe(g.map('tanh', x));
    expect(g.fill(0)).not.toBe(g.fill(-0));
  });

  it('leaves out what changes no float', () => {
    const g = build();
    const x = g.leaf('input', 'x', real(perStep, H));
    expect(g.map('mul', x, g.fill(1))).toBe(x);
    expect(g.map('neg', g.map('neg', x))).toBe(x);
    expect(g.sum([x])).toBe(x);
    expect(g.slice(x, 0, namedDim('Z'), H)).toBe(x);
  });

  it('reads a transposed matrix in place', () => {
    const g = build();
    const W = g.leaf('parameter', 'W', real(shared, H, I));
    const z = g.leaf('input', 'z', real(perStep, H));
    const product = g.contract(g.broadcast(W, [1, 0], [I, H]), z, [0, 1], [1], [0]);
    expect(g.node(product)).toMatchObject({ form: 'contract', left: W, leftAxes: [1, 0] });
    expect(g.shape(product)).toEqual([I]);
  });

  it('unites outer axes, and totals take them away', () => {
    const g = build();
    const w = g.leaf('parameter', 'w', real(shared, H));
    const x = g.leaf('input', 'x', real(perStep, H));
    const product = g.map('mul', w, x);
    expect(g.type(product).outer).toEqual(perStep);
    expect(g.type(g.total(product, perStep)).outer).toEqual([]);
  });

  it('refuses shapes that do not fit: our fault, not the user’s', () => {
    const g = build();
    const a = g.leaf('input', 'a', real(perStep, H));
    const b = g.leaf('input', 'b', real(perStep, I));
    expect(() => g.map('mul', a, b)).toThrow('shapes differ');
    expect(() => g.contract(a, b, [0], [0], [])).toThrow('contract');
    expect(() => g.total(g.fill(1), perStep)).toThrow('total');
  });
});
