import type { Visit } from '../graph/evaluate.ts';
import type { Values } from '../graph/evaluateNode.ts';
import type { Graph } from '../graph/graph.ts';

/*
 * Differences say nothing about a backward that is not the derivative on purpose. They are taken of another function, which
 * has the value of the cell at the point of the check and whose derivative is what the backward promises:
 * `stop_gradient(x)` stays what it is at the point; a surrogate is value + slope*(argument - argument at the point).
 */

/** What a run at the point noted, node by node in the order of evaluation. */
export interface Point {
  readonly noted: readonly Noted[];
}

interface Noted {
  readonly argument: Values;
  readonly slope?: Values;
}

/** A visitor that notes what `linearised` needs. */
export function notePoint(graph: Graph): { readonly visit: Visit; readonly point: Point } {
  const noted: Noted[] = [];
  const visit: Visit = (id, read) => {
    const node = graph.nodes[id]!;
    if (node.form === 'map' && node.op === 'stop_gradient') {
      noted.push({ argument: read(node.operands[0]!).slice() });
    } else if (node.form === 'map' && node.op === 'surrogate') {
      noted.push({ argument: read(node.operands[1]!).slice(), slope: read(node.operands[2]!).slice() });
    }
    return undefined;
  };
  return { visit, point: { noted } };
}

/** A visitor for one run beside the point, over the same graph. */
export function linearised(graph: Graph, { noted }: Point): Visit {
  let next = 0;
  return (id, read) => {
    const node = graph.nodes[id]!;
    if (node.form !== 'map' || (node.op !== 'stop_gradient' && node.op !== 'surrogate')) return undefined;
    const { argument, slope } = noted[next++]!;
    if (slope === undefined) return argument;
    const moved = read(node.operands[1]!);
    return read(node.operands[0]!).map((value, i) => value + slope[i]! * (moved[i]! - argument[i]!));
  };
}

/** A visitor that lets cotangents through `clip_gradient` as they are. */
export function unclipped(graph: Graph): Visit {
  return (id, read) => {
    const node = graph.nodes[id]!;
    return node.form === 'map' && node.op === 'clip_cotangent' ? read(node.operands[0]!) : undefined;
  };
}
