import type { Contract, NodeId } from '../graph/graph.ts';
import { positionAt, type Span } from '../source/source.ts';
import { invariant } from '../support/invariant.ts';
import { formulaOf, textOfValue, viewsOf } from './formula.ts';
import { rowAddOf } from './fusion.ts';
import { namesOf } from './names.ts';
import { panelsOf } from './panels.ts';
import type { Kernel, Plan } from './plan.ts';

/** A profiler shows these as names of functions. */
const longest = 100;

/** What a kernel does and where that is written: `lstm.rnn:16-19  [W_i; W_f; W_o; W_g] @ x`. */
export function describeKernel(plan: Plan, kernel: Kernel): string {
  const text = whatOf(plan, kernel);
  const spans = nodesOf(kernel).map((id) => plan.bound.graph.nodes[id]!.origin.span);
  const where = spans.length === 0 ? '' : `${linesOf(spans)}  `;
  return `${where}${text.length > longest ? `${text.slice(0, longest - 1)}…` : text}`;
}

/** What a kernel does, in the names of the equations: `c_bar, z_i_bar`, `h_prev_bar = U.T @ z_bar`, `new h`. */
export function whatOf(plan: Plan, kernel: Kernel): string {
  const { graph } = plan.bound;
  const text = (id: NodeId) => textOfValue(graph, id);
  switch (kernel.kind) {
    case 'copy':
      return kernel.into === undefined ? kernel.why : `${text(kernel.from)} into ${text(kernel.into)}`;
    case 'move':
      return kernel.why;
    case 'part':
      return `${text(kernel.from)} into ${text(kernel.concat)}`;
    case 'group':
      return kernel.nodes.length === 1 ? equation(plan, kernel.nodes[0]!) : members(plan, kernel.nodes);
    case 'compute':
    case 'product':
    case 'reduce':
      return equation(plan, kernel.node);
    case 'pack': {
      const panels = panelsOf(graph, kernel.node, kernel.packed.columns);
      invariant(panels !== undefined, `%${kernel.node} has no operand for panels`);
      const node = graph.nodes[kernel.node]! as Contract;
      const isTurned = node[`${panels.side}Axes`].indexOf(panels.lane) === 1;
      return `${text(panels.node)}${isTurned ? '.T' : ''} in panels`;
    }
    case 'clear':
      return `${targetsOf(plan, kernel.total)} = 0`;
    case 'accumulate':
    case 'total': {
      const node = graph.nodes[kernel.total]!;
      const row = rowAddOf(graph, kernel.total);
      const targets = targetsOf(plan, kernel.total);
      if (row !== undefined) return `${targets}[${text(row.index)}] += ${text(row.value)}`;
      return node.form === 'total' ? `${targets} += ${text(node.operand)}` : targets;
    }
  }
}

/** Nodes that a kernel computes or adds to. */
export function nodesOf(kernel: Kernel): readonly NodeId[] {
  switch (kernel.kind) {
    case 'group':
      return kernel.nodes;
    case 'compute':
    case 'product':
    case 'reduce':
    case 'pack':
      return [kernel.node];
    case 'accumulate':
    case 'total':
    case 'clear':
      return [kernel.total];
    case 'copy':
    case 'move':
    case 'part':
      return [];
  }
}

/** `h_prev_bar = U.T @ z_bar`; without a name the formula alone. */
function equation({ bound: { graph } }: Plan, id: NodeId): string {
  const name = namesOf(graph).of(id);
  const formula = formulaOf(graph, id);
  return name === undefined || name === formula ? formula : `${name} = ${formula}`;
}

/** Values of a group that have a name or are kept. */
function members({ bound: { graph }, places }: Plan, ids: readonly NodeId[]): string {
  const names = namesOf(graph);
  const shown = ids.filter((id) => names.isUsers(id) || places.has(id));
  const texts = (shown.length === 0 ? ids.slice(-1) : shown).map((id) => textOfValue(graph, id));
  return [...new Set(texts)].join(', ');
}

/** Gradients that a total is, or holds side by side. */
export function targetsOf({ bound: { graph } }: Plan, total: NodeId): string {
  const names = namesOf(graph);
  const found = viewsOf(graph, total).flatMap((id) => names.of(id) ?? []);
  if (found.length > 0) return [...new Set(found)].join(', ');
  const users = graph.nodes.flatMap((node, id) => {
    const operands = node.form === 'concat' || node.form === 'sum' ? node.operands : [];
    return operands.includes(total) ? (names.of(id) ?? []) : [];
  });
  return users.length > 0 ? `part of ${users.join(', ')}` : 'total';
}

/** `lstm.rnn:16-19` */
export function linesOf(spans: readonly Span[]): string {
  const lines = new Map<string, number[]>();
  const distinct = new Map(spans.map((span) => [`${span.start} ${span.source.name}`, span]));
  for (const { source, start } of distinct.values()) {
    const { line } = positionAt(source, start);
    const known = lines.get(source.name);
    if (known === undefined) lines.set(source.name, [line]);
    else known.push(line);
  }
  return [...lines]
    .map(([file, all]) => {
      const [first, last] = [Math.min(...all), Math.max(...all)];
      return first === last ? `${file}:${first}` : `${file}:${first}-${last}`;
    })
    .join(', ');
}
