import { boundShape, entriesOf } from '../../graph/bind.ts';
import type { MapNode, NodeId, StepGraph, TrainingGraph } from '../../graph/graph.ts';
import { operandsOf, phasesOf } from '../../graph/phase.ts';
import { type Span, textOf } from '../../source/source.ts';
import { isView } from '../access.ts';
import { formulaOf, textOfValue } from '../formula.ts';
import { isFusedProduct } from '../fusion.ts';
import { laneBytes } from '../memory.ts';
import { namesOf } from '../names.ts';
import type { Plan } from '../plan.ts';
import { linesOf } from '../words.ts';
import { listing } from './units.ts';

/** A value of the forward sweep that the backward sweep reads. */
export interface Kept {
  readonly value: string;
  readonly bytesPerStep: number;
  /** `tape` if it is kept for this alone; else it is there anyway. */
  readonly where: 'tape' | 'state' | 'output' | 'input' | 'other';
  /** What reads it. */
  readonly why: readonly string[];
}

export function keptValues(plan: Plan): readonly Kept[] {
  const { graph } = plan.bound;
  if (!('adjoint' in graph)) return [];
  const readers = readersBackward(graph);
  const kept = graph.nodes.flatMap((_, id): (Kept & { readonly id: NodeId })[] => {
    const place = plan.places.get(id);
    const reasons = readers.get(id);
    if (place === undefined || reasons === undefined || place.stepStride === 0 || place.inSlab) return [];
    const lanes = entriesOf(boundShape(graph, id)) * plan.batch;
    const where = whereOf(place.buffer);
    return [
      {
        id,
        value: textOfValue(graph, id),
        bytesPerStep: laneBytes * lanes,
        where,
        why: whyOf(plan, reasons),
      },
    ];
  });
  const rank = ['tape', 'output', 'state', 'input', 'other'];
  return kept.sort((a, b) => rank.indexOf(a.where) - rank.indexOf(b.where) || a.id - b.id);
}

function whereOf(buffer: string): Kept['where'] {
  const kind = buffer.slice(0, buffer.indexOf('.'));
  if (kind === 'tape' || kind === 'state' || kind === 'output' || kind === 'input') return kind;
  return 'other';
}

/** By value of the forward sweep, looked at through views: the nodes after it that read it. */
function readersBackward(graph: TrainingGraph): ReadonlyMap<NodeId, readonly NodeId[]> {
  const phases = phasesOf(graph);
  const isLater = (id: NodeId) => phases[id] === 'backward' || phases[id] === 'finish';
  const readers = new Map<NodeId, NodeId[]>();
  const note = (id: NodeId, reader: NodeId): void => {
    const node = graph.nodes[id]!;
    if (phases[id] !== 'forward') return;
    const list = readers.get(id);
    if (list === undefined) readers.set(id, [reader]);
    else list.push(reader);
    if (isView(node.form)) for (const operand of operandsOf(graph, id)) note(operand, reader);
  };
  graph.nodes.forEach((_, id) => {
    if (isLater(id)) for (const operand of operandsOf(graph, id)) note(operand, id);
  });
  return readers;
}

/** `the gradients of U_i and U_f`, `the derivative of c = f*c_prev + i*g (lstm.rnn:20)` */
function whyOf({ bound: { graph } }: Plan, readers: readonly NodeId[]): readonly string[] {
  const parameters: string[] = [];
  const equations = new Map<string, Span>();
  for (const id of readers) {
    const gradients = isFusedProduct(graph, id) ? gradientsOf(graph, id) : [];
    parameters.push(...gradients);
    const { span } = graph.nodes[id]!.origin;
    if (gradients.length === 0) equations.set(`${span.source.name} ${span.start}`, span);
  }
  const names = [...new Set(parameters)];
  const written = [...equations.values()].map((span) => `the derivative of ${quoted(span)}`);
  return names.length === 0
    ? written
    : [`the gradient${names.length > 1 ? 's' : ''} of ${listing(names)}`, ...written];
}

/** Parameters whose gradients are made of totals of a product. */
function gradientsOf(graph: StepGraph | TrainingGraph, product: NodeId): readonly string[] {
  if (!('adjoint' in graph)) return [];
  const reached = new Set([product]);
  graph.nodes.forEach((_, id) => {
    if (operandsOf(graph, id).some((operand) => reached.has(operand))) reached.add(id);
  });
  return graph.adjoint.gradients.flatMap(({ name, node }) => (reached.has(node) ? [name] : []));
}

const longestReason = 43;

/** An equation, cut to what fits the page, and its place. */
function quoted(span: Span): string {
  const text = textOf(span).replaceAll(/\s+/g, ' ');
  const file = span.source.name.slice(span.source.name.lastIndexOf('/') + 1);
  const place = ` (${linesOf([{ ...span, source: { ...span.source, name: file } }])})`;
  const room = Math.max(16, longestReason - place.length);
  return `${text.length > room ? `${text.slice(0, room - 1)}…` : text}${place}`;
}

/** Values of the forward sweep that the backward sweep does without, and how it can. */
export interface NotKept {
  /** Arguments of functions whose slope follows from the result, by function. */
  readonly arguments: ReadonlyMap<string, readonly string[]>;
  /** Addends and products, whose values no derivative asks for. */
  readonly addends: readonly string[];
  /** Computed a second time from what is kept. */
  readonly again: readonly string[];
}

export function valuesNotKept(plan: Plan): NotKept {
  const { graph } = plan.bound;
  const inside = new Map<string, string[]>();
  const addends = new Set<string>();
  if (!('adjoint' in graph)) return { arguments: inside, addends: [], again: [] };
  const phases = phasesOf(graph);
  const readers = readersBackward(graph);
  const users = usersOf(graph);
  const isFunction = (user: NodeId) => {
    const { form } = graph.nodes[user]!;
    return form === 'map' && operandsOf(graph, user).length === 1 && readers.has(user);
  };
  /** Those who read a value, or a part of it. */
  const readBy = (id: NodeId): readonly NodeId[] =>
    users[id]!.flatMap((user) => (isView(graph.nodes[user]!.form) ? readBy(user) : [user]));
  graph.nodes.forEach((node, id) => {
    if (node.form === 'leaf' || node.form === 'fill' || phases[id] !== 'forward') return;
    const isElsewhere = /^(tape|state|output)\./.test(plan.places.get(id)?.buffer ?? '');
    if (node.type.outer.length < 2 || isElsewhere || readers.has(id)) return;
    const own = users[id]!;
    const text = () => textOfValue(graph, id);
    if (own.length > 0 && own.every(isFunction)) {
      for (const op of new Set(own.map((user) => (graph.nodes[user] as MapNode).op)))
        inside.set(op, [...(inside.get(op) ?? []), text()]);
    } else if (!isView(node.form) && readBy(id).some((user) => graph.nodes[user]!.form === 'sum'))
      addends.add(text());
  });
  return { arguments: inside, addends: [...addends], again: computedAgain(graph) };
}

/** Values of the backward sweep that no cotangent enters; only those that are not parts of another. */
function computedAgain(graph: TrainingGraph): readonly string[] {
  const phases = phasesOf(graph);
  const pure: boolean[] = [];
  graph.nodes.forEach((node, id) => {
    const isLeaf = node.form === 'leaf' && node.role.endsWith('Cotangent');
    pure.push(!isLeaf && node.form !== 'total' && operandsOf(graph, id).every((operand) => pure[operand]!));
  });
  const isAgain = (id: NodeId) => {
    const { form } = graph.nodes[id]!;
    return pure[id] && phases[id] === 'backward' && form !== 'leaf' && form !== 'fill';
  };
  const again = graph.nodes.flatMap((_, id) => (isAgain(id) ? [id] : []));
  const users = usersOf(graph);
  const isPart = (id: NodeId) => users[id]!.some(isAgain);
  const { of } = namesOf(graph);
  return [...new Set(again.filter((id) => !isPart(id)).map((id) => of(id) ?? formulaOf(graph, id)))];
}

function usersOf(graph: StepGraph): readonly (readonly NodeId[])[] {
  const users: NodeId[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((_, id) => {
    for (const operand of new Set(operandsOf(graph, id))) users[operand]!.push(id);
  });
  return users;
}
