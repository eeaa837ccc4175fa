import { differentiate } from '../../compiler/autodiff/differentiate.ts';
import type { Cell, Parameter, TypedExpression } from '../../compiler/cell/cell.ts';
import { type Dim, namedDim } from '../../compiler/cell/dim.ts';
import { type OuterAxes, perStep, shared } from '../../compiler/cell/type.ts';
import { bind } from '../../compiler/graph/bind.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { describe } from '../../compiler/module/describe.ts';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import { optimise } from '../../compiler/optimise/passes.ts';
import { naivePlan } from '../../compiler/plan/naive.ts';
import { lower } from '../../compiler/program/lower.ts';
import { targets } from '../../compiler/targets/index.ts';
import type { Target } from '../../compiler/targets/target.ts';

const source = {
  name: 'elman.rnn',
  text: `cell Elman(I, H) {
  input  x: [I]
  state  h: [H] = h0
  param  W: [H, I] ~ normal(0, 1), V: [H, I] ~ normal(0, 1), U: [H, H] ~ orthogonal, h0: [H] ~ normal(0, 1)
  target y: [H]
  h = tanh(W @ x + V @ x_prev + U @ h_prev)
  output h
  loss   sum((h - y)*(h - y))
}`,
};

/*
 * What the compiler makes of the text above, from its checked form on: an Elman network with a lagged input and a
 * learned start.
 */

const span = { source, start: 0, end: 0 };
const H = namedDim('H');
const I = namedDim('I');
const type = (shape: readonly Dim[], outer: OuterAxes = perStep) => ({
  shape,
  outer,
  element: 'real' as const,
});
const number = (value: number): TypedExpression => ({ kind: 'number', value, type: type([], shared), span });
const map = (op: string, ...args: readonly TypedExpression[]): TypedExpression => ({
  kind: 'map',
  op,
  args,
  type: type([H]),
  span,
});
const parameter = (name: string, shape: readonly Dim[]): TypedExpression => ({
  kind: 'read',
  from: 'parameter',
  name,
  type: type(shape, shared),
  span,
});
const read = (from: 'input' | 'previous' | 'value', name: string, dim: Dim): TypedExpression => ({
  kind: 'read',
  from,
  name,
  type: type([dim]),
  span,
});
const product = (left: TypedExpression, right: TypedExpression): TypedExpression => ({
  kind: 'matmul',
  left,
  right,
  type: type([H]),
  span,
});
const declared = (name: string, shape: readonly Dim[], distribution: 'normal' | 'orthogonal'): Parameter => ({
  name,
  shape,
  frozen: false,
  initialiser: {
    kind: 'draw',
    indices: [],
    value: {
      kind: 'draw',
      distribution,
      args: distribution === 'normal' ? [number(0), number(1)] : [],
      type: type([], shared),
      span,
    },
  },
  span,
});

const input = (name: string, dim: Dim, lagged: boolean) => ({
  name,
  type: type([dim]),
  start: 0,
  lagged,
  span,
});
const difference = map('sub', read('value', 'h', H), read('input', 'y', H));

const elman: Cell = {
  name: 'Elman',
  span,
  sizes: [],
  numbers: [],
  inputs: [input('x', I, true)],
  targets: [input('y', H, false)],
  states: [{ name: 'h', shape: [H], start: parameter('h0', [H]), span }],
  parameters: [
    declared('W', [H, I], 'normal'),
    declared('V', [H, I], 'normal'),
    declared('U', [H, H], 'orthogonal'),
    declared('h0', [H], 'normal'),
  ],
  constants: [],
  noises: [],
  fixed: new Map(),
  equations: [
    {
      name: 'h',
      span,
      value: map(
        'tanh',
        map(
          'add',
          map(
            'add',
            product(parameter('W', [H, I]), read('input', 'x', I)),
            product(parameter('V', [H, I]), read('previous', 'x', I)),
          ),
          product(parameter('U', [H, H]), read('previous', 'h', H)),
        ),
      ),
    },
  ],
  outputs: [{ name: 'h', value: read('value', 'h', H), span }],
  loss: { kind: 'array', fn: 'sum', args: [map('mul', difference, difference)], type: type([]), span },
  constraints: [],
};

export const sizes = { I: 2, H: 3 };

export interface ElmanOptions {
  readonly batch: number;
  readonly window: number;
  readonly training: boolean;
  readonly target?: Target['name'];
}

/** Compiled with I = 2, H = 3; to WebAssembly where not said otherwise. */
export function elmanCell({ batch, window, training, target = 'wasm' }: ElmanOptions): CompiledCell {
  const graph = toGraph(elman);
  const bound = bind(optimise(training ? differentiate(graph) : graph), {
    sizes: new Map(Object.entries(sizes)),
    numbers: new Map(),
  });
  const plan = naivePlan(bound, { batch, window, profile: 'separate' });
  const code = targets.find(({ name }) => name === target)!.emit(lower(plan));
  return { manifest: describe(elman, plan), code };
}
