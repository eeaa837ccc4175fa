import type { Cell, TypedExpression, TypedMap, TypedRead } from '../cell/cell.ts';
import { evaluateDim, oneDim } from '../cell/dim.ts';
import { oversOf, perStep, shared, type TensorType } from '../cell/type.ts';
import { arrayFunctions } from '../ops/array.ts';
import { mathOps } from '../ops/math.ts';
import type { Span } from '../source/source.ts';
import { invariant } from '../support/invariant.ts';
import { arrayAlgebra } from './arrayAlgebra.ts';
import { GraphBuilder } from './build.ts';
import { convertOver, variesOver } from './convertOver.ts';
import type { NamedNode, NodeId, Origin, StateNodes, StepGraph } from './graph.ts';
import { keptName, longestLags, previousName } from './lags.ts';
import { Over } from './over.ts';

/**
 * A checked cell as values: one step, one example.
 *
 * @param sizes  those that lags are made of (`sizesOfLags`)
 * @param noise  whether noise is read from memory, or is its expectation, a number
 */
export function toGraph(
  cell: Cell,
  sizes?: ReadonlyMap<string, number>,
  noise: 'drawn' | 'expected' = 'drawn',
): StepGraph {
  const origin = (span: Span, name?: string): Origin =>
    name === undefined ? { span, sweep: 'primal' } : { span, sweep: 'primal', name };
  const builder = new GraphBuilder(origin(cell.span));
  const named = (span: Span, name: string, make: () => NodeId): NamedNode => {
    builder.origin = origin(span, name);
    return { name, node: make() };
  };
  const real = (shape: TensorType['shape'], outer: TensorType['outer']): TensorType => ({
    shape,
    outer,
    element: 'real',
  });

  const over = new Over(builder);
  const inputs = cell.inputs.map((i) =>
    named(i.span, i.name, () => builder.leaf('input', i.name, over.typeOf(i.type))),
  );
  for (const { type } of [...cell.inputs, ...cell.targets])
    for (const size of oversOf(type.outer)) over.mask(size);
  const targets = cell.targets.map((i) =>
    named(i.span, i.name, () => builder.leaf('input', i.name, over.typeOf(i.type))),
  );
  const parameters = cell.parameters.map((p) =>
    named(p.span, p.name, () => builder.leaf('parameter', p.name, real(p.shape, shared))),
  );
  const constants = cell.constants.map((c) =>
    named(c.span, c.name, () => builder.leaf('constant', c.name, real(c.shape, shared))),
  );
  const lagged = [...cell.inputs, ...cell.targets].filter((input) => input.lagged);
  const lags = longestLags(cell, sizes);
  const previous = new Map<string, NodeId>();
  const remember = (name: string, type: TensorType, span: Span) => {
    for (let steps = 0; steps < (lags.get(name) ?? 1); steps++) {
      const state = keptName(name, steps);
      const leaf = named(span, previousName(state), () => builder.leaf('previous', state, type));
      previous.set(state, leaf.node);
    }
  };
  for (const { name, shape, span } of cell.states) remember(name, real(shape, perStep), span);
  for (const { name, type, span } of lagged) remember(name, type, span);

  const known = new Map<string, NodeId>();
  for (const { name, node } of [...inputs, ...targets]) known.set(`input ${name}`, node);
  for (const { name, node } of parameters) known.set(`parameter ${name}`, node);
  for (const { name, node } of constants) known.set(`constant ${name}`, node);
  for (const [name, node] of previous) known.set(`previous ${name}`, node);
  const convert = converter(builder, over, ({ from, name, lag = oneDim }) => {
    if (from === 'number') return builder.leaf('number', name, real([], shared));
    const text = from === 'previous' ? keptName(name, evaluateDim(lag, sizes ?? new Map()) - 1) : name;
    const node = known.get(`${from} ${text}`);
    invariant(node !== undefined, `nothing known of ${from} ${text}`);
    return node;
  });
  for (const { name, shape, scope, expectation, span } of cell.noises) {
    const read = named(span, name, () =>
      noise === 'drawn'
        ? builder.leaf('noise', name, real(shape, scope === 'update' ? shared : perStep))
        : builder.repeat(convert(expectation), shape),
    );
    known.set(`noise ${name}`, read.node);
  }

  const values: NamedNode[] = [];
  for (const equation of cell.equations) {
    const value = named(equation.span, equation.name, () => convert(equation.value));
    known.set(`value ${equation.name}`, value.node);
    values.push(value);
  }
  /** A state, and the hidden ones that keep what it was further back. */
  const withLags = (name: string, next: NodeId, start: NodeId, hidden: boolean): readonly StateNodes[] =>
    Array.from({ length: lags.get(name) ?? 1 }, (_, steps) => ({
      name: keptName(name, steps),
      previous: previous.get(keptName(name, steps))!,
      next: steps === 0 ? next : previous.get(keptName(name, steps - 1))!,
      start,
      hidden: hidden || steps > 0,
    }));
  const states: StateNodes[] = cell.states.flatMap((state) => {
    builder.origin = origin(state.span, `${state.name}_start`);
    const start = builder.repeat(convert(state.start), state.shape);
    const next = known.get(`value ${state.name}`);
    invariant(next !== undefined, `state ${state.name} has no equation`);
    return withLags(state.name, next, start, false);
  });
  for (const input of lagged) {
    builder.origin = origin(input.span, `${input.name}_start`);
    const start = builder.fill(input.start, input.type.shape, input.type.element);
    const next = known.get(`input ${input.name}`)!;
    states.push(...withLags(input.name, next, start, true));
  }
  const outputs = cell.outputs.map((o) =>
    named(o.span, o.name, () => over.masked(convert(o.value), oversOf(o.value.type.outer), 0)),
  );
  const loss = cell.loss && named(cell.loss.span, 'loss', () => convert(cell.loss!)).node;
  return {
    nodes: builder.nodes,
    cell: { name: cell.name, constants: [...cell.constants, ...over.constants] },
    values,
    inputs,
    targets,
    entries: over.entries,
    parameters,
    states,
    outputs,
    ...(loss === undefined ? {} : { loss }),
  };
}

type Resolve = (read: TypedRead) => NodeId;

/** Typed expression → node. One case per kind; the only place that knows both. */
function converter(
  builder: GraphBuilder,
  over: Over,
  resolve: Resolve,
): (expression: TypedExpression) => NodeId {
  const algebra = arrayAlgebra(builder);
  // One `clip_gradient` in the text is one node, though an argument of a function may be read at several places.
  const clips = new Map<TypedExpression, NodeId>();
  const convert = (e: TypedExpression): NodeId => {
    if (variesOver(e) && !isClip(e)) {
      const node = convertOver(builder, over, e, convert);
      if (node !== undefined) return node;
    }
    switch (e.kind) {
      case 'number':
        return builder.fill(e.value, e.type.shape);
      case 'size':
        return builder.fill(e.dim);
      case 'read':
        return resolve(e);
      case 'step':
        return builder.leaf('step', 'step', e.type);
      case 'map':
        if (e.op === 'add') return builder.sum(addends(e).map(convert));
        if (isClip(e)) return clips.get(e) ?? clip(e);
        return builder.map(e.op, ...e.args.map(convert));
      case 'power':
        return power(builder, convert(e.base), e.exponent);
      case 'matmul':
        return matmul(builder, convert(e.left), convert(e.right));
      case 'outer':
        return builder.contract(convert(e.left), convert(e.right), [0], [1], [0, 1]);
      case 'dot':
        return builder.contract(convert(e.left), convert(e.right), [0], [0], []);
      case 'blocks':
        return builder.contract(convert(e.left), convert(e.right), [0, 1, 2], [0, 2], [0, 1]);
      case 'transpose': {
        const [rows, columns] = e.value.type.shape;
        return builder.broadcast(convert(e.value), [1, 0], [columns!, rows!]);
      }
      case 'stack': {
        const parts = e.parts.map(convert);
        return builder.concat(
          parts.map((id) => (builder.shape(id).length === 0 ? builder.reshape(id, [oneDim]) : id)),
          0,
        );
      }
      case 'slice':
        return builder.slice(convert(e.value), 0, e.start, e.length);
      case 'reshape':
        return builder.reshape(convert(e.value), e.type.shape);
      case 'stretch':
        return builder.broadcast(convert(e.value), [e.along], e.type.shape);
      case 'array': {
        const fn = arrayFunctions.get(e.fn);
        invariant(fn !== undefined, `no array function ${e.fn}`);
        return fn.build(algebra, e.args.map(convert), e.axis);
      }
      case 'oneHot':
        return builder.oneHot(convert(e.index), e.classes);
      case 'indexVariable':
      case 'draw':
        invariant(false, `${e.kind} outside an initialiser`);
    }
  };
  const clip = (e: TypedMap): NodeId => {
    const node = builder.map(e.op, ...e.args.map(convert));
    clips.set(e, node);
    return node;
  };
  return convert;
}

const isClip = (e: TypedExpression): boolean => e.kind === 'map' && mathOps.get(e.op)?.backward !== undefined;

/** `a + b + c` as its addends: one sum, whose order is the plan's. */
function addends(e: TypedExpression): readonly TypedExpression[] {
  const found: TypedExpression[] = [];
  const pending = [e];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (next.kind === 'map' && next.op === 'add') pending.push(...[...next.args].reverse());
    else found.push(next);
  }
  return found;
}

/** Repeated squaring; a negative exponent divides once, at the end. */
function power(builder: GraphBuilder, base: NodeId, exponent: number): NodeId {
  if (exponent === 0) return builder.fill(1, builder.shape(base));
  let result: NodeId | undefined;
  let square = base;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? square : builder.map('mul', result, square);
    if (rest > 1) square = builder.map('mul', square, square);
  }
  return exponent > 0 ? result! : builder.map('div', builder.fill(1), result!);
}

/** Last axis of the left with the first of the right. */
function matmul(builder: GraphBuilder, left: NodeId, right: NodeId): NodeId {
  const leftRank = builder.shape(left).length;
  const rightRank = builder.shape(right).length;
  const leftAxes = Array.from({ length: leftRank }, (_, i) => i);
  const rightAxes = Array.from({ length: rightRank }, (_, i) => leftRank - 1 + i);
  const summed = leftRank - 1;
  const outAxes = [...leftAxes, ...rightAxes].filter((label) => label !== summed);
  return builder.contract(left, right, leftAxes, rightAxes, outAxes);
}
