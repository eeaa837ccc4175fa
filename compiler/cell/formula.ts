import { mathOps } from '../ops/math.ts';
import { invariant } from '../support/invariant.ts';
import type { TypedExpression } from './cell.ts';
import { evaluateDim } from './dim.ts';
import type { BoundSizes } from './sizes.ts';

/**
 * Evaluates a scalar formula over indices, sizes and numbers (a constant, or a parameter's start) at every entry.
 *
 * @returns row-major values of `shape`, f64
 */
export function evaluateFormula(
  formula: TypedExpression,
  indices: readonly string[],
  shape: readonly number[],
  binding: BoundSizes,
): Float64Array {
  const result = new Float64Array(shape.reduce((product, size) => product * size, 1));
  const place = shape.map(() => 0);
  for (let entry = 0; entry < result.length; entry++) {
    let rest = entry;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const at = new Map(indices.map((name, axis) => [name, place[axis]!]));
    result[entry] = evaluateScalar(formula, at, binding);
  }
  return result;
}

export function evaluateScalar(
  e: TypedExpression,
  indices: ReadonlyMap<string, number>,
  binding: BoundSizes,
): number {
  const evaluate = (inner: TypedExpression) => evaluateScalar(inner, indices, binding);
  switch (e.kind) {
    case 'number':
      return e.value;
    case 'size':
      return evaluateDim(e.dim, binding.sizes);
    case 'indexVariable': {
      const value = indices.get(e.name);
      invariant(value !== undefined, `index ${e.name} is not bound`);
      return value;
    }
    case 'read': {
      const value = binding.numbers.get(e.name);
      invariant(e.from === 'number' && value !== undefined, `a formula reads ${e.from} ${e.name}`);
      return value;
    }
    case 'power':
      return evaluate(e.base) ** e.exponent;
    case 'map': {
      // In a formula, computed once in f64, a negative base may have a whole exponent that depends on indices.
      if (e.op === 'pow') return evaluate(e.args[0]!) ** evaluate(e.args[1]!);
      const op = mathOps.get(e.op);
      invariant(op !== undefined, `no op ${e.op}`);
      return op.evaluate(...e.args.map(evaluate));
    }
    default:
      invariant(false, `${e.kind} in a scalar formula`);
  }
}
