import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { InnerCellDeclaration } from '../syntax/tree.ts';
import type { Cell, TypedExpression } from './cell.ts';
import { lengthOf } from './declarations.ts';
import { shapeInWords } from './describe.ts';
import { constantDim, type Dim, formatDim, isAtLeast, replaceNames, zeroDim } from './dim.ts';
import { type Env, report } from './env.ts';
import { nameOf } from './over.ts';
import { renamedOvers, rewriter } from './rewrite.ts';
import { typeFormula } from './starts.ts';
import { oversOf, shared } from './type.ts';
import { real } from './typed.ts';

/** The cell of `cell inner: LSTM(I, H; dt = 0.1)` in the sizes and numbers of the cell around it. */
export function instantiate(cell: Cell, statement: InnerCellDeclaration, env: Env): Cell | undefined {
  const sizes = sizesOf(cell, statement, env);
  const numbers = numbersOf(cell, statement, env);
  const over = sizes && oversIn(cell, sizes, statement, env);
  if (sizes === undefined || numbers === undefined || over === undefined) return undefined;
  let fits = true;
  const dim = (before: Dim): Dim => {
    const after = replaceNames(before, sizes);
    if (after === undefined && fits) {
      const message = `${cell.name} divides by one of its sizes, so that cannot be a sum here: ${formatDim(before)}`;
      report(env, cellCatalog.innerSizes, statement.span, { cell: cell.name, message });
      fits = false;
    }
    return after ?? zeroDim;
  };
  const expression = rewriter({
    dim,
    over,
    read: (e) => (e.from === 'number' ? { ...numbers.get(e.name)!, span: e.span } : e),
  });
  const result = rewriteCell(cell, dim, over, expression);
  if (!fits) return undefined;
  for (const constraint of result.constraints) {
    if (isAtLeast(constraint.value, constraint.least) !== 'never') continue;
    const message = `${cell.name} cannot have these sizes: ${constraint.reason}, and here that is ${formatDim(constraint.value)}`;
    return report(env, cellCatalog.innerSizes, statement.span, { cell: cell.name, message }, [
      { span: constraint.span, label: 'needed here' },
    ]);
  }
  return result;
}

/** A cell with every size and every expression in it rewritten. */
function rewriteCell(
  cell: Cell,
  dim: (dim: Dim) => Dim,
  over: ReadonlyMap<string, string>,
  expression: (e: TypedExpression) => TypedExpression,
): Cell {
  const shape = (dims: readonly Dim[]) => dims.map(dim);
  const input = (i: Cell['inputs'][number]) => ({
    ...i,
    type: { ...i.type, shape: shape(i.type.shape), outer: renamedOvers(i.type.outer, over) },
    ...(i.classes && { classes: dim(i.classes) }),
  });
  return {
    ...cell,
    inputs: cell.inputs.map(input),
    targets: cell.targets.map(input),
    states: cell.states.map((s) => ({ ...s, shape: shape(s.shape), start: expression(s.start) })),
    parameters: cell.parameters.map((p) => ({
      ...p,
      shape: shape(p.shape),
      initialiser: { ...p.initialiser, value: expression(p.initialiser.value) },
    })),
    constants: cell.constants.map((c) => ({ ...c, shape: shape(c.shape), value: expression(c.value) })),
    noises: cell.noises.map((n) => ({
      ...n,
      shape: shape(n.shape),
      args: n.args.map(expression),
      expectation: expression(n.expectation),
    })),
    equations: cell.equations.map((e) => ({ ...e, value: expression(e.value) })),
    outputs: cell.outputs.map((o) => ({ ...o, value: expression(o.value) })),
    constraints: cell.constraints
      .map((c) => ({ ...c, value: dim(c.value) }))
      .filter((c) => isAtLeast(c.value, c.least) !== 'always'),
  };
}

/** What the sizes that its inputs vary over are called in the cell around it: there they must be sizes, too. */
function oversIn(
  cell: Cell,
  sizes: ReadonlyMap<string, Dim>,
  statement: InnerCellDeclaration,
  env: Env,
): ReadonlyMap<string, string> | undefined {
  const names = new Map<string, string>();
  for (const over of new Set(cell.inputs.flatMap(({ type }) => oversOf(type.outer)))) {
    const name = nameOf(sizes.get(over)!);
    if (name === undefined || [...names.values()].includes(name)) {
      const found = formatDim(sizes.get(over)!);
      const message = `${cell.name} has values over ${over}, which is ${found} here: it has to be a size of this cell, by its name, and no other's`;
      return report(env, cellCatalog.innerOver, statement.span, { cell: cell.name, message });
    }
    names.set(over, name);
  }
  return names;
}

function sizesOf(
  cell: Cell,
  statement: InnerCellDeclaration,
  env: Env,
): ReadonlyMap<string, Dim> | undefined {
  const given = statement.sizes.map((e) => lengthOf(e, `A size of ${cell.name}:`, env));
  const header = `${cell.name}(${cell.sizes.map((size) => size.name).join(', ')})`;
  const required = cell.sizes.filter((size, i) => i >= given.length && size.default === undefined);
  if (given.length > cell.sizes.length || required.length > 0) {
    const count = `${given.length} ${given.length === 1 ? 'is' : 'are'} given`;
    const message =
      required.length > 0
        ? `${cell.name} needs the size ${required[0]!.name}; ${count}`
        : `${cell.name} takes ${cell.sizes.length} sizes; ${count}`;
    const parameters = { cell: cell.name, message, hint: `Its header is ${header}.` };
    return report(env, cellCatalog.innerSizes, statement.span, parameters, [
      { span: cell.span, label: `${cell.name} is defined here` },
    ]);
  }
  if (!given.every((dim) => dim !== undefined)) return undefined;
  return new Map(cell.sizes.map((size, i) => [size.name, given[i] ?? constantDim(size.default!)]));
}

function numbersOf(
  cell: Cell,
  statement: InnerCellDeclaration,
  env: Env,
): ReadonlyMap<string, TypedExpression> | undefined {
  const before = env.reporter.errors;
  const values = new Map<string, TypedExpression>();
  const names = cell.numbers.map((number) => number.name);
  for (const argument of statement.numbers) {
    const { name } = argument.name;
    const value = typeFormula(argument.value, { ...env, role: 'formula' });
    if (!names.includes(name)) {
      const parameters = { cell: cell.name, name, nearest: nearest(name, names), missing: false };
      report(env, cellCatalog.innerNumber, argument.name.span, parameters);
    } else if (values.has(name)) {
      const parameters = { name, kind: 'given', isSize: false };
      report(env, cellCatalog.duplicateName, argument.name.span, parameters);
    } else if (value !== undefined && value.type.shape.length > 0) {
      const parameters = { what: name, needs: 'a number', found: shapeInWords(value.type.shape) };
      report(env, cellCatalog.wrongRank, argument.value.span, parameters);
    } else if (value !== undefined) values.set(name, value);
  }
  for (const number of cell.numbers) {
    if (values.has(number.name) || statement.numbers.some((n) => n.name.name === number.name)) continue;
    if (number.default === undefined) {
      const parameters = { cell: cell.name, name: number.name, missing: true };
      report(env, cellCatalog.innerNumber, statement.cell.span, parameters);
      continue;
    }
    const type = real([], shared);
    values.set(number.name, { kind: 'number', value: number.default, type, span: number.span });
  }
  return values.size === names.length && env.reporter.errors === before ? values : undefined;
}
