import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type {
  DeclarationGroup,
  Expression,
  Identifier,
  Initialiser as InitialiserSyntax,
} from '../syntax/tree.ts';
import type { Constant, Initialiser, Parameter, State, TypedExpression } from './cell.ts';
import { refuseRepeated } from './declarations.ts';
import { quote, shapeInWords } from './describe.ts';
import { type Dim, sameShape } from './dim.ts';
import { type Checked, type Env, report } from './env.ts';
import { typeExpression } from './expressions.ts';
import { reportRole } from './names.ts';
import { isSingle } from './over.ts';
import type { ArraySymbol } from './scope.ts';
import { formatShape, shared } from './type.ts';
import { real, visitExpressions } from './typed.ts';

/** The symbol that a name was declared as, if it was this one that entered the scope. */
function declared(
  name: Identifier,
  env: Env,
): (ArraySymbol & { readonly shape: readonly Dim[] }) | undefined {
  const symbol = env.scope?.symbols.get(name.name);
  if (
    symbol === undefined ||
    symbol.span !== name.span ||
    !('shape' in symbol) ||
    symbol.kind === 'noise' ||
    symbol.shape === undefined
  ) {
    return undefined;
  }
  return { ...symbol, shape: symbol.shape };
}

/** States of one group, each with its value before the first step. */
export function statesOf(group: DeclarationGroup, env: Env): readonly State[] {
  const shape = group.names.map((name) => declared(name, env)?.shape).find((s) => s !== undefined);
  const start = group.initialiser && startValue(group.names[0]!, group.initialiser, shape, env);
  if (group.initialiser !== undefined && start === undefined) return [];
  return group.names.flatMap((name) => {
    const symbol = declared(name, env);
    if (symbol === undefined) return [];
    const zero: TypedExpression = { kind: 'number', value: 0, type: real([], shared), span: name.span };
    return [{ name: name.name, shape: symbol.shape, start: start ?? zero, span: name.span }];
  });
}

function startValue(
  name: Identifier,
  initialiser: InitialiserSyntax,
  shape: readonly Dim[] | undefined,
  env: Env,
): TypedExpression | undefined {
  if (initialiser.kind === 'draw') {
    const hint = 'Give it a parameter to start at: state h: [H] = h0.';
    return report(env, cellCatalog.notYet, initialiser.span, { what: 'a random start of a state', hint });
  }
  if (initialiser.kind === 'indexFunction') {
    const what = 'A state does not start at a formula of indices';
    const hint = `Name it: const start: [...] = (i) -> ..., then state ${name.name}: [...] = start.`;
    return report(env, cellCatalog.initialiserMisplaced, initialiser.span, { what, hint });
  }
  const value = typeExpression(initialiser.value, { ...env, role: 'start' });
  if (value === undefined || shape === undefined) return undefined;
  if (!isSingle(value, `The start of ${name.name}`, env)) return undefined;
  if (value.type.shape.length === 0 || sameShape(value.type.shape, shape)) return value;
  return report(env, cellCatalog.startShape, initialiser.value.span, {
    name: name.name,
    declared: formatShape(shape),
    found: formatShape(value.type.shape),
  });
}

/** Parameters of one group, each with how it starts. */
export function parametersOf(group: DeclarationGroup, frozen: boolean, env: Env): readonly Parameter[] {
  const initialiser = formulaOf(group, true, env);
  if (initialiser === undefined) return [];
  return group.names.flatMap((name) => {
    const symbol = declared(name, env);
    return symbol === undefined
      ? []
      : [{ name: name.name, shape: symbol.shape, frozen, initialiser, span: name.span }];
  });
}

/** Constants of one group. */
export function constantsOf(group: DeclarationGroup, env: Env): readonly Constant[] {
  const initialiser = formulaOf(group, false, env);
  if (initialiser === undefined) return [];
  const { indices, value } = initialiser;
  return group.names.flatMap((name) => {
    const symbol = declared(name, env);
    return symbol === undefined
      ? []
      : [{ name: name.name, shape: symbol.shape, indices, value, span: name.span }];
  });
}

const formulaKinds: ReadonlySet<TypedExpression['kind']> = new Set([
  'number',
  'size',
  'read',
  'indexVariable',
  'draw',
  'map',
  'power',
]);

/** Types what is computed before anything runs: entry by entry, from sizes, numbers, indices and draws alone. */
export function typeFormula(e: Expression, env: Env): TypedExpression | undefined {
  const value = typeExpression(e, env);
  if (value === undefined) return undefined;
  let strange: TypedExpression | undefined;
  visitExpressions([value], (part) => {
    if (!formulaKinds.has(part.kind)) strange ??= part;
  });
  if (strange === undefined) return value;
  if (value.type.shape.length > 0) {
    return report(env, cellCatalog.formulaShape, e.span, { found: shapeInWords(value.type.shape) });
  }
  return reportRole(quote(strange.span), 'an operation on arrays', strange.span, env);
}

/** The formula that fills an array before anything runs: of sizes and numbers, by indices, over draws. */
function formulaOf(group: DeclarationGroup, mayDraw: boolean, env: Env): Initialiser | undefined {
  const name = group.names[0]!;
  const shape = group.names.map((other) => declared(other, env)?.shape).find((s) => s !== undefined);
  const { initialiser } = group;
  if (initialiser === undefined) {
    const isMatrix = group.type.kind === 'shape' && group.type.dims.length >= 2;
    const example =
      mayDraw && isMatrix
        ? `${name.name}: ${quote(group.type.span)} ~ glorot`
        : `${name.name}: ${quote(group.type.span)} = 0`;
    return report(env, cellCatalog.missingInitialiser, group.span, { name: name.name, example });
  }
  if (initialiser.kind === 'indexFunction') return byIndices(initialiser, shape, env);
  if (initialiser.kind === 'draw' && !mayDraw) {
    const what = 'A constant is not drawn';
    const hint = 'Declare it as a frozen param.';
    return report(env, cellCatalog.initialiserMisplaced, initialiser.span, { what, hint });
  }
  const role = initialiser.kind === 'draw' ? 'draw' : 'formula';
  const value = typeFormula(initialiser.value, { ...env, role, ...(shape && { drawShape: shape }) });
  if (value === undefined || shape === undefined) return undefined;
  const isDrawn = role === 'draw' && sameShape(value.type.shape, shape);
  if (value.type.shape.length > 0 && !isDrawn) {
    const found = shapeInWords(value.type.shape);
    return report(env, cellCatalog.formulaShape, initialiser.value.span, { found });
  }
  return { kind: initialiser.kind, indices: [], value };
}

function byIndices(
  initialiser: Extract<InitialiserSyntax, { kind: 'indexFunction' }>,
  shape: readonly Dim[] | undefined,
  env: Env,
): Initialiser | undefined {
  refuseRepeated(initialiser.indices, 'an index', env);
  const locals = new Map<string, Checked>(
    initialiser.indices.map(({ name, span }) => [
      name,
      { kind: 'indexVariable', name, type: real([], shared), span },
    ]),
  );
  const value = typeFormula(initialiser.body, { ...env, role: 'formula', locals });
  if (shape !== undefined && shape.length !== initialiser.indices.length) {
    const parameters = {
      indices: initialiser.indices.length,
      rank: shape.length,
      shape: shapeInWords(shape),
    };
    return report(env, cellCatalog.indexCount, initialiser.span, parameters);
  }
  if (value === undefined || shape === undefined) return undefined;
  if (value.type.shape.length > 0) {
    const found = shapeInWords(value.type.shape);
    return report(env, cellCatalog.formulaShape, initialiser.body.span, { found });
  }
  return { kind: 'value', indices: initialiser.indices.map((index) => index.name), value };
}
