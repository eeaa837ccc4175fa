import type { Parameter, TypedExpression } from '../cell/cell.ts';
import { evaluateDim } from '../cell/dim.ts';
import { evaluateFormula, evaluateScalar } from '../cell/formula.ts';
import type { Binding } from '../graph/bind.ts';
import type { InitialiserFormula } from './manifest.ts';

/** How a parameter starts, with sizes and numbers put in: what is known is a number, what is drawn stays a formula. */
export function initialiserFormula(parameter: Parameter, binding: Binding): InitialiserFormula {
  const { kind, indices, value } = parameter.initialiser;
  if (kind === 'draw') return drawn(value, binding);
  if (indices.length === 0) return { kind: 'number', value: evaluateScalar(value, new Map(), binding) };
  const shape = parameter.shape.map((dim) => evaluateDim(dim, binding.sizes));
  return { kind: 'values', values: [...evaluateFormula(value, indices, shape, binding)] };
}

function drawn(value: TypedExpression, binding: Binding): InitialiserFormula {
  switch (value.kind) {
    case 'draw':
      return {
        kind: 'draw',
        distribution: value.distribution,
        args: value.args.map((arg) => drawn(arg, binding)),
      };
    case 'map':
      return { kind: 'apply', op: value.op, args: value.args.map((arg) => drawn(arg, binding)) };
    case 'power':
      return {
        kind: 'apply',
        op: 'pow',
        args: [drawn(value.base, binding), { kind: 'number', value: value.exponent }],
      };
    default:
      return { kind: 'number', value: evaluateScalar(value, new Map(), binding) };
  }
}
