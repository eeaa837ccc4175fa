import type { Bound } from '../graph/bind.ts';
import { evaluateSequence, type SequenceGiven, type SequenceResult } from '../graph/evaluate.ts';
import type { Values } from '../graph/evaluateNode.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { mathOps } from '../ops/math.ts';

/** What the ops with kinks read during one evaluation, in order, and how far from a kink that was. */
export interface KinkTrace {
  readonly result: SequenceResult;
  readonly readings: readonly KinkReading[];
}

interface KinkReading {
  readonly operands: readonly Values[];
  /** To the nearest place where the slope jumps. */
  readonly distance: number;
}

/** Evaluates, and watches every op that has kinks. */
export function traceKinks(bound: Bound<StepGraph | TrainingGraph>, given: SequenceGiven): KinkTrace {
  const readings: KinkReading[] = [];
  const result = evaluateSequence(bound, given, (id, read) => {
    const operands = kinkyOperands(bound.graph, id)?.map(read);
    if (operands !== undefined)
      readings.push({ operands, distance: kinkDistance(bound.graph, id, operands) });
  });
  return { result, readings };
}

/** Whether what the ops read moved so far from `base` to `moved` that one of them may have met its kink. */
export function mayCrossKink(base: KinkTrace, moved: KinkTrace): boolean {
  return base.readings.some(({ operands, distance }, i) => {
    let largest = 0;
    operands.forEach((values, k) => {
      const others = moved.readings[i]!.operands[k]!;
      values.forEach((value, entry) => {
        largest = Math.max(largest, Math.abs(value - others[entry]!));
      });
    });
    // Each of two operands moves by at most `largest`, so their difference by twice that.
    return distance <= 2 * largest && largest > 0;
  });
}

function kinkyOperands(graph: StepGraph, id: NodeId): readonly NodeId[] | undefined {
  const node = graph.nodes[id]!;
  if (node.form === 'reduce' && node.op === 'max') return [node.operand];
  return node.form === 'map' && mathOps.get(node.op)?.kinkDistance !== undefined ? node.operands : undefined;
}

function kinkDistance(graph: StepGraph, id: NodeId, operands: readonly Values[]): number {
  const node = graph.nodes[id]!;
  if (node.form !== 'map') return smallestGap([...operands[0]!]);
  const distance = mathOps.get(node.op)!.kinkDistance!;
  return operands[0]!.reduce(
    (nearest, _, i) => Math.min(nearest, distance(...operands.map((values) => values[i]!))),
    Number.POSITIVE_INFINITY,
  );
}

/** At most the gap between any two entries that compete for a maximum, whatever the axes. */
function smallestGap(values: number[]): number {
  values.sort((a, b) => a - b);
  return values
    .slice(1)
    .reduce((gap, value, i) => Math.min(gap, value - values[i]!), Number.POSITIVE_INFINITY);
}
