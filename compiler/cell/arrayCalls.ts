import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { arrayFunctions } from '../ops/array.ts';
import type { CallableFunction } from '../ops/index.ts';
import type { Call, Expression } from '../syntax/tree.ts';
import type { TypedExpression } from './cell.ts';
import { constantNumber } from './constantNumber.ts';
import { quote, shapeInWords, whereFrom } from './describe.ts';
import { oneDim } from './dim.ts';
import { type Checked, type Env, report } from './env.ts';
import { typeExpression } from './expressions.ts';
import { sizeNamed } from './over.ts';
import { formatShape, oversOf, withoutOver } from './type.ts';
import { real } from './typed.ts';

/** `sum(x)`, `softmax(A, 1)`, `max(A, axis = 0)`: a function of a whole array, or along one of its axes. */
export function arrayCallOf(callable: CallableFunction, e: Call, env: Env): Checked {
  const fn = callable.array!;
  const named = e.named.find((argument) => argument.name.name === 'axis');
  const strange = e.named.find((argument) => argument !== named);
  if (strange !== undefined) {
    const parameters = { name: strange.name.name, callee: fn.name, hint: `An axis is named: axis = 0.` };
    return report(env, cellCatalog.namedArgument, strange.span, parameters);
  }
  const positional = callable.takesAxis && named === undefined ? e.args[fn.arity] : undefined;
  const count = e.args.length - (positional === undefined ? 0 : 1);
  if (count !== fn.arity) {
    const takes = callable.takesAxis ? 'an array, and the number of an axis' : 'one array, or two values';
    return report(env, cellCatalog.argumentCount, e.span, { name: fn.name, takes, given: e.args.length });
  }
  const value = typeExpression(e.args[0]!, env);
  const axis = axisOf(named?.value ?? positional, env);
  const over = e.over && sizeNamed(e.over, env);
  if (value === undefined || axis === 'wrong' || (e.over !== undefined && over === undefined))
    return undefined;
  if (over !== undefined) return resultOver(fn.name, value, axis, over, e, env);
  return resultOf(fn.name, fn.result, value, axis, e, env);
}

function axisOf(e: Expression | undefined, env: Env): number | undefined | 'wrong' {
  if (e === undefined) return undefined;
  const axis = constantNumber(e);
  if (axis !== undefined && Number.isInteger(axis) && axis >= 0) return axis;
  const message = `${quote(e.span)} is not the number of an axis`;
  report(env, cellCatalog.axis, e.span, { message, hint: 'Axes are counted from 0: sum(A, 1).' });
  return 'wrong';
}

/** `softmax(e over S)`: over the entries of S, for each entry of the shape by itself. */
function resultOver(
  fn: string,
  value: TypedExpression,
  axis: number | undefined,
  over: string,
  e: Call,
  env: Env,
): TypedExpression | undefined {
  const { span } = e;
  if (axis !== undefined) {
    const message = `${fn} goes over ${over} or along an axis, not both at once`;
    return report(env, cellCatalog.notOver, span, { message });
  }
  const { shape, outer } = value.type;
  if (!oversOf(outer).includes(over)) {
    const text = quote(value.span, 'this');
    const message = `${text} does not vary over ${over}`;
    const hint = `What varies over ${over} is declared so, input M: [D] over ${over}, or computed from such.`;
    return report(env, cellCatalog.notOver, value.span, { message, hint }, [whereFrom(value, env)]);
  }
  const left = arrayFunctions.get(fn)!.result === 'reduced' ? withoutOver(outer, over) : outer;
  return { kind: 'array', fn, args: [value], over, type: real(shape, left), span };
}

function resultOf(
  fn: string,
  result: 'reduced' | 'same',
  value: TypedExpression,
  axis: number | undefined,
  e: Call,
  env: Env,
): TypedExpression | undefined {
  const { shape, outer } = value.type;
  const { span } = e;
  if (axis !== undefined && axis >= shape.length) {
    const message = `${fn} over axis ${axis}: ${quote(value.span, 'its argument')} is ${shapeInWords(shape)}`;
    const hint = shape.length === 0 ? undefined : `It has the axes 0 to ${shape.length - 1}.`;
    return report(env, cellCatalog.axis, span, { message, hint }, [whereFrom(value, env)]);
  }
  if (result === 'reduced') {
    // A scalar is summed as a vector of one entry.
    const array: TypedExpression =
      shape.length === 0 ? { kind: 'reshape', value, type: real([oneDim], outer), span: value.span } : value;
    const kept = axis === undefined ? [] : shape.filter((_, i) => i !== axis);
    return {
      kind: 'array',
      fn,
      args: [array],
      type: real(kept, outer),
      span,
      ...(axis !== undefined && { axis }),
    };
  }
  if (shape.length === 0) {
    const [over] = oversOf(outer);
    const hint = over && `Over the entries of ${over}: ${fn}(${quote(value.span, 'e')} over ${over}).`;
    const parameters = { what: fn, needs: 'a vector or matrix', found: 'a scalar', hint };
    return report(env, cellCatalog.wrongRank, value.span, parameters, [whereFrom(value, env)]);
  }
  if (shape.length > 1 && axis === undefined) {
    const message = `${fn} of the matrix ${formatShape(shape)} needs an axis`;
    const hint = `${fn}(${quote(value.span, 'A')}, ${shape.length - 1}) goes along each row.`;
    return report(env, cellCatalog.axis, span, { message, hint }, [whereFrom(value, env)]);
  }
  return { kind: 'array', fn, args: [value], axis: axis ?? 0, type: real(shape, outer), span };
}
