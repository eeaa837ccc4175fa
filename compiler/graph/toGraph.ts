import type { Cell, TypedExpression, TypedMap, TypedRead } from '../cell/cell.ts';
import { evaluateDim, oneDim } from '../cell/dim.ts';
import { perStep, shared, type TensorType } from '../cell/type.ts';
import { type ArrayAlgebra, arrayFunctions } from '../ops/array.ts';
import { mathOps } from '../ops/math.ts';
import type { Span } from '../source/source.ts';
import { invariant } from '../support/invariant.ts';
import { GraphBuilder } from './build.ts';
import type { NamedNode, NodeId, Origin, StateNodes, StepGraph } from './graph.ts';
import { keptName, longestLags, previousName } from './lags.ts';

/**
 * A checked cell as values: one step, one example.
 *
 * @param sizes  needed where a lag is a size (`hasSizedLags`)
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

  const inputs = cell.inputs.map((i) => named(i.span, i.name, () => builder.leaf('input', i.name, i.type)));
  const targets = cell.targets.map((i) => named(i.span, i.name, () => builder.leaf('input', i.name, i.type)));
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
  const convert = converter(builder, ({ from, name, lag = oneDim }) => {
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
  const outputs = cell.outputs.map((o) => named(o.span, o.name, () => convert(o.value)));
  const loss = cell.loss && named(cell.loss.span, 'loss', () => convert(cell.loss!)).node;
  return {
    nodes: builder.nodes,
    cell: { name: cell.name, constants: cell.constants },
    values,
    inputs,
    targets,
    parameters,
    states,
    outputs,
    ...(loss === undefined ? {} : { loss }),
  };
}

type Resolve = (read: TypedRead) => NodeId;

/** Typed expression → node. One case per kind; the only place that knows both. */
function converter(builder: GraphBuilder, resolve: Resolve): (expression: TypedExpression) => NodeId {
  const algebra = arrayAlgebra(builder);
  // One `clip_gradient` in the text is one node, though an argument of a function may be read at several places.
  const clips = new Map<TypedExpression, NodeId>();
  const convert = (e: TypedExpression): NodeId => {
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
        if (mathOps.get(e.op)?.backward !== undefined) return clips.get(e) ?? clip(e);
        return builder.map(e.op, ...e.args.map(convert));
      case 'power':
        return power(builder, convert(e.base), e.exponent);
      case 'matmul':
        return matmul(builder, convert(e.left), convert(e.right));
      case 'outer':
        return builder.contract(convert(e.left), convert(e.right), [0], [1], [0, 1]);
      case 'dot':
        return builder.contract(convert(e.left), convert(e.right), [0], [0], []);
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

/** The formulas of `ops/array.ts` as nodes. */
export function arrayAlgebra(builder: GraphBuilder): ArrayAlgebra<NodeId> {
  const axesOf = (x: NodeId, axis: number | undefined) =>
    axis === undefined ? builder.shape(x).map((_, i) => i) : [axis];
  return {
    map: (op, ...args) => builder.map(op, ...args),
    constant: (value) => builder.fill(value),
    sum: (x, axis) => builder.reduce('sum', x, axesOf(x, axis)),
    max: (x, axis) => builder.reduce('max', x, axesOf(x, axis)),
    spread: (y, x, axis) => {
      const reduced = axesOf(x, axis);
      const kept = builder.shape(x).flatMap((_, i) => (reduced.includes(i) ? [] : [i]));
      return builder.broadcast(y, kept, builder.shape(x));
    },
    count: (x, axis) =>
      axesOf(x, axis)
        .map((i) => builder.fill(builder.shape(x)[i]!))
        .reduce((a, b) => builder.map('mul', a, b), builder.fill(1)),
    running: (x, axis) => builder.running(x, axis, 'up'),
  };
}
