import { type ArrayFunction, arrayFunctions } from './array.ts';
import { mathOps } from './math.ts';
import type { MathOp } from './mathOp.ts';

export type { MathOp } from './mathOp.ts';

/** What a name means when it is called in the language, `name(...)`. */
export interface CallableFunction {
  readonly name: string;
  /** Element by element, with `scalar.parameters.length` arguments. */
  readonly scalar?: MathOp;
  /** Over an array: `array.arity` arguments, and one more, the axis, where `takesAxis`. */
  readonly array?: ArrayFunction;
  readonly takesAxis: boolean;
  /** Numbers of arguments it can be called with, ascending. `max` takes 1 (over an array) or 2 (element by element). */
  readonly arities: readonly number[];
}

function callable(name: string): CallableFunction {
  const op = mathOps.get(name);
  const scalar = op?.inLanguage ? op : undefined;
  const array = arrayFunctions.get(name);
  const takesAxis = array !== undefined && scalar === undefined;
  const arities = new Set<number>();
  if (array) arities.add(array.arity);
  if (array && takesAxis) arities.add(array.arity + 1);
  if (scalar) arities.add(scalar.parameters.length);
  return {
    name,
    ...(scalar && { scalar }),
    ...(array && { array }),
    takesAxis,
    arities: [...arities].sort((a, b) => a - b),
  };
}

const callableNames = new Set([
  ...[...mathOps.values()].filter((op) => op.inLanguage).map((op) => op.name),
  ...arrayFunctions.keys(),
]);

/** Every function of the language that the op tables define, by name, in the order of the tables. */
export const callableFunctions: ReadonlyMap<string, CallableFunction> = new Map(
  [...callableNames].map((name) => [name, callable(name)]),
);
