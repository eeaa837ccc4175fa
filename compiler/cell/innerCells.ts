import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Span } from '../source/source.ts';
import type { Call, Expression, Identifier, NamedArgument } from '../syntax/tree.ts';
import type {
  Cell,
  Constant,
  Equation,
  Input,
  Noise,
  Parameter,
  State,
  TypedExpression,
  TypedRead,
} from './cell.ts';
import { quote, whereFrom } from './describe.ts';
import { formatDim, sameDim, sameShape } from './dim.ts';
import { type Env, report } from './env.ts';
import { typeExpression, typeIndexOrReal } from './expressions.ts';
import { lagsOf } from './lags.ts';
import { isSingle } from './over.ts';
import { oneHotOf } from './pieces.ts';
import { rewriter } from './rewrite.ts';
import type { InnerCellSymbol } from './scope.ts';
import { dependentOnTargets } from './targets.ts';
import { formatShape, oversOf, ownTime, perStep } from './type.ts';
import { real } from './typed.ts';

/** What an inner cell adds to the cell around it, all under the names `inner.…`. */
export interface AppliedCell {
  readonly states: readonly State[];
  readonly parameters: readonly Parameter[];
  readonly constants: readonly Constant[];
  readonly noises: readonly Noise[];
  readonly equations: readonly Equation[];
  /** Outputs and states, by their names in the inner cell. */
  readonly members: ReadonlyMap<string, TypedExpression>;
}

/** Values given to an inner cell, by the name of the input or state. */
interface Given {
  readonly inputs: ReadonlyMap<string, TypedExpression>;
  readonly previous: ReadonlyMap<string, TypedExpression>;
}

/** `inner(x, h_prev = a)`: the equations of the inner cell with `x` and `a` in place. */
export function applyCell(symbol: InnerCellSymbol, e: Call, env: Env): AppliedCell | undefined {
  const { cell } = symbol;
  if (cell === undefined) {
    for (const arg of [...e.args, ...e.named.map((named) => named.value)]) typeIndexOrReal(arg, env);
    return undefined;
  }
  const given = givenTo(cell, e, env);
  const blocked = dependentOnTargets(cell);
  const needed = [...cell.states, ...cell.outputs].find((value) => blocked.has(value.name));
  if (needed !== undefined) {
    const target = blocked.get(needed.name)!;
    const parameters = { cell: cell.name, name: needed.name, target };
    return report(env, cellCatalog.innerTarget, e.callee.span, parameters);
  }
  return given && written(symbol.name, cell, given, (name) => !blocked.has(name), e.span);
}

function givenTo(cell: Cell, e: Call, env: Env): Given | undefined {
  const before = env.reporter.errors;
  const names = cell.inputs.map((input) => input.name);
  const inputs = new Map<string, TypedExpression>();
  if (e.args.length !== names.length) {
    const parameters = { cell: cell.name, takes: names, given: e.args.length };
    report(env, cellCatalog.innerInputs, e.span, parameters, [
      { span: cell.span, label: `${cell.name} is defined here` },
    ]);
  }
  for (const [i, arg] of e.args.entries()) {
    const input = cell.inputs[i];
    const value = input?.classes ? classGiven(cell, input, arg, env) : typeExpression(arg, env);
    if (value === undefined || input === undefined) continue;
    if (!input.classes && !fits(cell, input.name, input.type.shape, value, env)) continue;
    if (!isGivenAs(cell, input, value, env)) continue;
    inputs.set(input.name, value);
  }
  const previous = new Map<string, TypedExpression>();
  for (const named of e.named) {
    const state = stateNamed(cell, named.name, env);
    const value = typeExpression(named.value, env);
    if (state === undefined || value === undefined) continue;
    if (looksFurtherBack(cell, state.name)) {
      report(env, cellCatalog.innerLag, named.span, { cell: cell.name, name: state.name }, [
        { span: cell.span, label: `${cell.name} is defined here` },
      ]);
      continue;
    }
    if (!isSingle(value, `${named.name.name} of ${cell.name}`, env)) continue;
    if (fits(cell, named.name.name, state.shape, value, env)) previous.set(state.name, value);
  }
  refuseTwice(e.named, env);
  // An argument with a mistake of its own is missing here, whether that was reported now or earlier.
  const isComplete = inputs.size === names.length && previous.size === e.named.length;
  return isComplete && env.reporter.errors === before ? { inputs, previous } : undefined;
}

function refuseTwice(named: readonly NamedArgument[], env: Env): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (seen.has(name.name)) {
      const parameters = { name: name.name, kind: 'given', isSize: false };
      report(env, cellCatalog.duplicateName, name.span, parameters);
    }
    seen.add(name.name);
  }
}

/** Whether the cell reads `prev(h, 2)` or more: what was given at earlier steps is not kept. */
function looksFurtherBack(cell: Cell, state: string): boolean {
  return lagsOf(cell).some(({ name }) => name === state);
}

function stateNamed(cell: Cell, { name, span }: Identifier, env: Env): State | undefined {
  const state = cell.states.find((candidate) => `${candidate.name}_prev` === name);
  if (state !== undefined) return state;
  const near = nearest(
    name,
    cell.states.map((candidate) => `${candidate.name}_prev`),
  );
  return report(env, cellCatalog.innerPrevious, span, { cell: cell.name, name, nearest: near });
}

function fits(cell: Cell, name: string, shape: State['shape'], value: TypedExpression, env: Env): boolean {
  if (sameShape(shape, value.type.shape)) return true;
  const [needs, found] = [formatShape(shape), formatShape(value.type.shape)];
  report(env, cellCatalog.innerInputShape, value.span, { cell: cell.name, name, needs, found }, [
    whereFrom(value, env),
    { span: cell.span, label: `${cell.name} is defined here` },
  ]);
  return false;
}

/** Whether a value varies over what the input does, and not over steps where the input is given once per sequence. */
function isGivenAs(cell: Cell, { name, type }: Input, value: TypedExpression, env: Env): boolean {
  const [needs, found] = [oversOf(type.outer), oversOf(value.type.outer)];
  const complain = (message: string) => {
    report(env, cellCatalog.innerOver, value.span, { cell: cell.name, message }, [whereFrom(value, env)]);
    return false;
  };
  const inWords = (sizes: readonly string[]) =>
    sizes.length === 0 ? 'is a single value' : `is one value for every entry of ${sizes.join(' and ')}`;
  if (needs.join() !== found.join()) {
    return complain(`${name} of ${cell.name} ${inWords(needs)}; what it is given ${inWords(found)}`);
  }
  if (type.outer.includes(ownTime) || !value.type.outer.includes(ownTime)) return true;
  return complain(`${name} of ${cell.name} is given once per sequence; this changes from step to step`);
}

function classGiven(cell: Cell, input: Input, arg: Expression, env: Env): TypedExpression | undefined {
  const value = typeIndexOrReal(arg, env);
  const hot = value && oneHotOf(value, arg.span, env);
  if (hot === undefined) return undefined;
  if (input.lagged) {
    const what = `the previous class number of the inner cell ${cell.name}`;
    return report(env, cellCatalog.notYet, arg.span, { what });
  }
  const classes = hot.type.shape[0]!;
  if (sameDim(classes, input.classes!)) return value;
  return report(env, cellCatalog.classesDiffer, arg.span, {
    text: quote(arg.span),
    classes: formatDim(classes),
    rows: formatDim(input.classes!),
    shape: `${input.name} of ${cell.name}`,
  });
}

/** The inner cell under its path: what it is given becomes equations, where it is more than a name. */
function written(
  prefix: string,
  cell: Cell,
  { inputs, previous }: Given,
  isKept: (name: string) => boolean,
  span: Span,
): AppliedCell {
  const path = (name: string) => `${prefix}.${name}`;
  const first: Equation[] = [];
  const named = (name: string, value: TypedExpression): TypedExpression => {
    if (value.kind === 'read' || value.kind === 'number' || value.type.element === 'index') return value;
    return define(name, value);
  };
  const define = (name: string, value: TypedExpression): TypedExpression => {
    first.push({ name, value, span });
    return { kind: 'read', from: 'value', name, type: value.type, span };
  };
  const inputValues = new Map<string, TypedExpression>();
  const carried: State[] = [];
  for (const input of cell.inputs) {
    const value = inputs.get(input.name)!;
    if (input.lagged) {
      const name = path(input.name);
      const start: TypedExpression = {
        kind: 'number',
        value: input.start,
        type: real([], []),
        span: input.span,
      };
      carried.push({ name, shape: input.type.shape, start, span: input.span });
      inputValues.set(input.name, define(name, value));
    } else inputValues.set(input.name, named(path(input.name), value));
  }
  const previousValues = new Map<string, TypedExpression>();
  for (const [name, value] of previous) previousValues.set(name, named(path(`${name}_prev`), value));

  const read = (e: TypedRead): TypedExpression => {
    if (e.from === 'number') return e;
    const value =
      e.from === 'input'
        ? inputValues.get(e.name)
        : e.from === 'previous'
          ? previousValues.get(e.name)
          : undefined;
    return value === undefined ? { ...e, name: path(e.name) } : { ...value, span: e.span };
  };
  const rewritten = rewriter({ read });
  const states = cell.states
    .filter((state) => !previous.has(state.name))
    .map((state) => ({ ...state, name: path(state.name), start: rewritten(state.start) }));
  const equations = cell.equations
    .filter((equation) => isKept(equation.name))
    .map((equation) => ({ ...equation, name: path(equation.name), value: rewritten(equation.value) }));
  const members = new Map<string, TypedExpression>();
  for (const output of cell.outputs) members.set(output.name, rewritten(output.value));
  for (const state of cell.states) {
    const type = real(state.shape, perStep);
    members.set(state.name, { kind: 'read', from: 'value', name: path(state.name), type, span: state.span });
  }
  return {
    states: [...states, ...carried],
    parameters: cell.parameters.map((p) => ({ ...p, name: path(p.name) })),
    constants: cell.constants.map((c) => ({ ...c, name: path(c.name) })),
    noises: cell.noises.map((n) => ({ ...n, name: path(n.name) })),
    equations: [...first, ...equations],
    members,
  };
}
