import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { CellDefinition, InnerCellDeclaration } from '../syntax/tree.ts';
import type { Cell, Constant, Equation, Output, Parameter, State, TypedExpression } from './cell.ts';
import { declareHeader, declareStatement } from './declarations.ts';
import { gatherDefinitions } from './definitions.ts';
import { constantDim, dimKey, namedDim, subtractDims } from './dim.ts';
import { type CellHome, type Env, report } from './env.ts';
import { checkDefinition, type Definition } from './equations.ts';
import type { AppliedCell } from './innerCells.ts';
import { instantiate } from './instantiate.ts';
import { noisesOf } from './noise.ts';
import { inputsOf, lossOf, outputsOf, refuseMissing } from './offers.ts';
import { inOrder } from './order.ts';
import type { Reporter } from './reporter.ts';
import { Scope } from './scope.ts';
import { constantsOf, parametersOf, statesOf } from './starts.ts';
import { groupsOf } from './statements.ts';
import { visitExpressions } from './typed.ts';
import { writeOutLoops } from './writeOut.ts';

/** How an inner cell is found and checked: undefined where it has errors, which have been reported. */
export type FindCell = (statement: InnerCellDeclaration, env: Env) => Cell | undefined;

/** How many equations a cell may come to, the cells in it written out. */
const MOST_EQUATIONS = 5_000;

/**
 * Checks one cell; undefined where anything in it is wrong, after reporting all of it.
 *
 * @param fixed  values of the sizes that its loops depend on
 */
export function checkCell(
  { definition: asWritten, module }: CellHome,
  fixed: ReadonlyMap<string, number>,
  reporter: Reporter,
  findCell: FindCell,
): Cell | undefined {
  const before = reporter.errors;
  const formulas = new Map<string, TypedExpression>();
  const env: Env = {
    reporter,
    module,
    scope: new Scope(reporter, fixed),
    locals: new Map(),
    calls: [],
    role: 'equation',
    constraints: [],
    formulas,
    work: { depth: 0, operations: 0, flawed: false },
  };
  const header = declareHeader(asWritten, env);
  const beforeLoops = reporter.errors;
  const writtenOut = writeOutLoops(asWritten, fixed, module, reporter);
  if (writtenOut === undefined) return undefined;
  const { definition, layers } = writtenOut;
  const loopsAreSound = reporter.errors === beforeLoops;
  // What loops could not resolve stands as this name.
  env.scope!.refused.add('');
  for (const statement of definition.statements) {
    if (statement.kind === 'innerCell') declareInner(statement, findCell, env);
    else declareStatement(statement, env);
  }
  const definitions = gatherDefinitions(definition, layers, env);
  const constants = groupsOf(definition, 'const').flatMap(({ groups }) =>
    groups.flatMap((group) => {
      const found = constantsOf(group, env);
      for (const { name, shape, value } of found) if (shape.length === 0) formulas.set(name, value);
      return found;
    }),
  );
  const noises = groupsOf(definition, 'noise').flatMap(({ groups }) =>
    groups.flatMap((group) => noisesOf(group, env)),
  );
  const { equations, applied } = checkEquations(definitions, env);
  const own: Own = {
    constants,
    states: groupsOf(definition, 'state').flatMap(({ groups }) => groups.flatMap((g) => statesOf(g, env))),
    parameters: groupsOf(definition, 'param').flatMap(({ groups, frozen }) =>
      groups.flatMap((g) => parametersOf(g, frozen, env)),
    ),
    outputs: outputsOf(definition, env),
    loss: lossOf(definition, env),
  };
  if (loopsAreSound) refuseMissing(definition, definitions, env);
  if (reporter.errors !== before || env.work.flawed) return undefined;
  const cell: Cell = {
    name: definition.name.name,
    span: definition.name.span,
    ...header,
    inputs: inputsOf(definition, 'input', env),
    targets: inputsOf(definition, 'target', env),
    states: [...own.states, ...applied.flatMap((part) => part.states)],
    parameters: [...own.parameters, ...applied.flatMap((part) => part.parameters)],
    constants: [...own.constants, ...applied.flatMap((part) => part.constants)],
    noises: [...noises, ...applied.flatMap((part) => part.noises)],
    equations,
    outputs: own.outputs,
    ...(own.loss && { loss: own.loss }),
    fixed,
    constraints: [...constraintsOf(env, definition), ...fixedBy(definition, fixed)],
  };
  if (equations.length > MOST_EQUATIONS) {
    const what = `With the cells in it, ${cell.name} comes to more than ${MOST_EQUATIONS} equations`;
    return report(env, cellCatalog.tooComplex, cell.span, { what });
  }
  warnOfUnused(cell, own.parameters, env);
  return cell;
}

interface Own {
  readonly constants: readonly Constant[];
  readonly states: readonly State[];
  readonly parameters: readonly Parameter[];
  readonly outputs: readonly Output[];
  readonly loss: TypedExpression | undefined;
}

function declareInner(statement: InnerCellDeclaration, findCell: FindCell, env: Env): void {
  const generic = findCell(statement, env);
  if (generic === undefined) env.work.flawed = true;
  const cell = generic && instantiate(generic, statement, env);
  const { name, span } = statement.name;
  env.scope!.declare({ kind: 'innerCell', name, span, cell, overridden: new Set() }, statement.name);
}

function checkEquations(
  definitions: readonly Definition[],
  env: Env,
): { readonly equations: readonly Equation[]; readonly applied: readonly AppliedCell[] } {
  const { sorted, cycles } = inOrder(definitions);
  const broken = new Set(cycles.flat());
  for (const cycle of cycles) reportCycle(cycle, env);
  const applied = new Map<Definition, AppliedCell>();
  const equations = sorted.flatMap((definition) => {
    // In a cycle nothing has a type; the cycle itself has been reported.
    if (broken.has(definition)) return [];
    const checked = checkDefinition(definition, env);
    if (checked.applied) applied.set(definition, checked.applied);
    return checked.equations;
  });
  return { equations, applied: definitions.flatMap((d) => applied.get(d) ?? []) };
}

function reportCycle(cycle: readonly Definition[], env: Env): void {
  const name = (definition: Definition, i: number): string => {
    const reader = cycle[(i + cycle.length - 1) % cycle.length]!;
    return definition.defines.find((defined) => reader.reads.has(defined)) ?? definition.defines[0]!;
  };
  const [first, ...others] = cycle;
  const related = others.map((definition) => ({ span: definition.names[0]!.span, label: 'defined here' }));
  report(env, cellCatalog.cycle, first!.names[0]!.span, { names: cycle.map(name) }, related);
}

/** One constraint for each size, the strictest; first those of the cell's own equations. */
function constraintsOf(env: Env, definition: CellDefinition): Cell['constraints'] {
  const inner = groupsOf(definition, 'innerCell').flatMap(({ name }) => {
    const symbol = env.scope!.symbols.get(name.name);
    return symbol?.kind === 'innerCell' ? (symbol.cell?.constraints ?? []) : [];
  });
  const strictest = new Map<string, Cell['constraints'][number]>();
  for (const constraint of [...env.constraints, ...inner]) {
    const key = dimKey(constraint.value);
    const known = strictest.get(key);
    if (known === undefined || known.least < constraint.least) strictest.set(key, constraint);
  }
  return [...strictest.values()];
}

/** Equations that were written out for a size hold for that size alone. */
function fixedBy({ name, sizes }: CellDefinition, fixed: ReadonlyMap<string, number>): Cell['constraints'] {
  return sizes.flatMap(({ name: size }) => {
    const value = fixed.get(size.name);
    if (value === undefined) return [];
    const reason = `The loops of ${name.name} are written out for ${size.name} = ${value}`;
    const above = subtractDims(namedDim(size.name), constantDim(value));
    const below = subtractDims(constantDim(value), namedDim(size.name));
    return [above, below].map((dim) => ({ value: dim, least: 0, reason, span: size.span }));
  });
}

function warnOfUnused(cell: Cell, parameters: readonly Parameter[], env: Env): void {
  const read = new Set<string>();
  const roots = [
    ...cell.equations.map((equation) => equation.value),
    ...cell.states.map((state) => state.start),
    ...cell.outputs.map((output) => output.value),
    ...(cell.loss ? [cell.loss] : []),
  ];
  visitExpressions(roots, (e) => {
    if (e.kind === 'read' && e.from === 'parameter') read.add(e.name);
  });
  for (const { name, span } of parameters) {
    if (!read.has(name)) report(env, cellCatalog.unusedParameter, span, { name });
  }
}
