import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Expression, FunctionDefinition } from '../syntax/tree.ts';
import { shapeInWords } from './describe.ts';
import { type Dim, sameShape } from './dim.ts';
import { mapOf } from './elementwise.ts';
import { type Checked, type Env, report } from './env.ts';
import { typeOf } from './expressions.ts';

/**
 * The value of a function with a derivative of its own: the body, cut off from what it is made of, and for each argument
 * a surrogate whose partial by it is what stands behind `with derivative`. In formulas and draws, which nothing
 * differentiates, the body alone.
 *
 * @param body  the body, typed
 * @param args  the arguments, typed
 * @param env   the inside of the function
 */
export function withDerivatives(
  definition: FunctionDefinition,
  body: Checked,
  args: readonly Checked[],
  env: Env,
): Checked {
  const { derivatives = [], parameters, name } = definition;
  if (derivatives.length !== parameters.length) {
    const counts = { name: name.name, needs: parameters.length, given: derivatives.length };
    return report(env, cellCatalog.derivativeCount, derivatives[0]!.span, counts);
  }
  const slopes = derivatives.map((derivative) => typeOf(derivative, env));
  if (body === undefined || slopes.includes(undefined)) return undefined;
  if (env.role === 'formula' || env.role === 'draw') return body;
  const shape = shapeOf(body);
  const wide = [...args, ...slopes].findIndex((part) => !fits(shapeOf(part!), shape));
  if (wide >= 0) {
    const isSlope = wide >= args.length;
    const at: Expression = isSlope ? derivatives[wide - args.length]! : definition.body;
    const part = isSlope ? slopes[wide - args.length]! : args[wide]!;
    const parameter = parameters[isSlope ? wide - args.length : wide]!.name;
    return report(env, cellCatalog.derivativeShape, at.span, {
      name: name.name,
      value: shapeInWords(shape),
      part: isSlope ? `its derivative by ${parameter}` : `its argument ${parameter}`,
      found: shapeInWords(shapeOf(part)),
    });
  }
  const { span } = env.calls.at(-1)!;
  const value = mapOf('stop_gradient', [body], span, env);
  return args.reduce<Checked>((made, arg, i) => {
    const slope = slopes[i]!;
    if (slope.kind === 'number' && slope.value === 0) return made;
    return mapOf('surrogate', [made, arg, slope], span, env);
  }, value);
}

const shapeOf = (part: Exclude<Checked, undefined>): readonly Dim[] =>
  part.kind === 'stretched' ? part.value.type.shape : part.type.shape;

/** A scalar is repeated. */
const fits = (part: readonly Dim[], whole: readonly Dim[]): boolean =>
  part.length === 0 || sameShape(part, whole);
