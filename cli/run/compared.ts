import type { Cell, Equation, TypedExpression } from '../../compiler/cell/cell.ts';
import { dependentOnTargets } from '../../compiler/cell/targets.ts';
import { operandsOf } from '../../compiler/cell/typed.ts';

/**
 * The values that a loss compares a target with: those that are read in the smallest expressions that read the target, too.
 * In `0.5*gate*(y_hat - y)^2` that is `y_hat`. Equations that depend on targets count as written out.
 *
 * @param interesting  values of other names are looked through
 */
export function comparedWith(
  cell: Cell,
  target: string,
  interesting: (name: string) => boolean = () => true,
): ReadonlySet<string> {
  if (cell.loss === undefined) return new Set();
  const equations = equationsOf(cell);
  const late = dependentOnTargets(cell);
  const known = new Map<string, Seen>();
  const look = (e: TypedExpression): Seen => {
    if (e.kind !== 'read') return together(operandsOf(e).map(look));
    if (e.from === 'input') return { target: e.name === target, values: none, compared: none };
    if (e.from !== 'value') return nothing;
    if (!late.has(e.name)) return interesting(e.name) ? { ...nothing, values: new Set([e.name]) } : nothing;
    const before = known.get(e.name) ?? look(equations.get(e.name)!.value);
    known.set(e.name, before);
    return before;
  };
  return look(cell.loss).compared;
}

/** Whether an expression reads one of these values at the same step, itself or through equations. */
export function readsAny(cell: Cell, root: TypedExpression, values: ReadonlySet<string>): boolean {
  const equations = equationsOf(cell);
  const entered = new Set<string>();
  const reads = (e: TypedExpression): boolean => {
    if (e.kind !== 'read') return operandsOf(e).some(reads);
    if (e.from !== 'value') return false;
    if (values.has(e.name)) return true;
    if (entered.has(e.name)) return false;
    entered.add(e.name);
    const equation = equations.get(e.name);
    return equation !== undefined && reads(equation.value);
  };
  return reads(root);
}

interface Seen {
  /** Whether the target is read. */
  readonly target: boolean;
  readonly values: ReadonlySet<string>;
  /** In the smallest expressions that hold both. */
  readonly compared: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
const nothing: Seen = { target: false, values: none, compared: none };

function together(parts: readonly Seen[]): Seen {
  const target = parts.some((part) => part.target);
  const values = new Set(parts.flatMap((part) => [...part.values]));
  const compared = new Set(parts.flatMap((part) => [...part.compared]));
  return { target, values, compared: target && compared.size === 0 ? values : compared };
}

function equationsOf({ equations }: Cell): ReadonlyMap<string, Equation> {
  return new Map(equations.map((equation) => [equation.name, equation]));
}
