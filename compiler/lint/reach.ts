import type { Cell, TypedExpression } from '../cell/cell.ts';
import { operandsOf } from '../cell/typed.ts';
import { argument } from '../ops/expression.ts';
import { mathOps } from '../ops/math.ts';

/** Names of parameters and of states that a value is made of, over any number of steps. */
export interface Reached {
  readonly parameters: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
}

/** @param operands  which parts of an expression count: all, or those that a gradient goes back to */
export function reach(
  cell: Cell,
  roots: readonly TypedExpression[],
  operands: (e: TypedExpression) => readonly TypedExpression[] = operandsOf,
): Reached {
  const values = new Map(cell.equations.map(({ name, value }) => [name, value]));
  const starts = new Map(cell.states.map(({ name, start }) => [name, start]));
  const parameters = new Set<string>();
  const states = new Set<string>();
  const seen = new Set<TypedExpression>();
  const pending = [...roots];
  const enter = (e: TypedExpression | undefined) => {
    if (e !== undefined && !seen.has(e)) {
      seen.add(e);
      pending.push(e);
    }
  };
  for (let e = pending.pop(); e !== undefined; e = pending.pop()) {
    for (const operand of operands(e)) enter(operand);
    if (e.kind !== 'read') continue;
    if (e.from === 'parameter') parameters.add(e.name);
    if (e.from === 'value' || e.from === 'previous') enter(values.get(e.name));
    if (starts.has(e.name) && (e.from === 'value' || e.from === 'previous')) {
      states.add(e.name);
      enter(starts.get(e.name));
    }
  }
  return { parameters, states };
}

/** The operands that a derivative goes back to. */
export function differentiated(e: TypedExpression): readonly TypedExpression[] {
  if (e.kind === 'oneHot') return [];
  if (e.kind !== 'map') return operandsOf(e);
  const partials = mathOps.get(e.op)!.partials(
    e.args.map((_, i) => argument(i)),
    argument(-1),
  );
  return e.args.filter((_, i) => partials[i] !== null && partials[i] !== undefined);
}
