import type { Cell } from '../compiler/cell/cell.ts';
import type { Bound } from '../compiler/graph/bind.ts';
import { evaluateSequence, type SequenceGiven } from '../compiler/graph/evaluate.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../compiler/graph/graph.ts';
import { operandsOf } from '../compiler/graph/phase.ts';
import { Random } from '../runtime/random.ts';
import { sizeOf } from '../runtime/shapes.ts';
import { drawNoise, noiseGiven } from './case/noise.ts';
import { arraysOf, type CaseArray } from './case/shapes.ts';
import { drawParameter } from './draw.ts';

const shiftSize = 0.1;

/**
 * Values for a gradient check: parameters as the cell starts them, shifted a little, so that zero biases are no special
 * place; start states likewise, where they are not made of parameters; the rest drawn, noise as the runtime draws it.
 * The shift of a start is positive: a state may be the sum of squares.
 *
 * @throws RuntimeError RNN514 where a parameter cannot be drawn
 */
export function randomGiven(
  cell: Cell,
  bound: Bound<TrainingGraph>,
  { batch, steps, seed }: { readonly batch: number; readonly steps: number; readonly seed: number },
): SequenceGiven {
  const { graph, binding } = bound;
  const arrays = arraysOf(cell, binding, steps, batch);
  const draw = ({ what, shape, classes }: CaseArray) => {
    const random = new Random(seed, what);
    const one = () =>
      classes === undefined ? random.normal() : Math.floor(random.uniform() * classes.count);
    return Float64Array.from({ length: sizeOf(shape) }, one);
  };
  const drawAll = (list: readonly CaseArray[]) => new Map(list.map((array) => [array.name, draw(array)]));
  const parameters = new Map(
    cell.parameters.map((parameter, i) => {
      const shift = draw(arrays.parameters[i]!);
      return [
        parameter.name,
        drawParameter(parameter, binding, seed).map((x, k) => x + shiftSize * shift[k]!),
      ];
    }),
  );
  const draws = cell.noises.map(
    (one) => [one.name, drawNoise(one, binding, { seed, steps, batch })] as const,
  );
  const { shared, perStep } = noiseGiven(cell, new Map(draws), steps);
  const inputs = new Map([...drawAll([...arrays.inputs, ...arrays.targets]), ...perStep]);
  const nothing = { steps: 0, batch, parameters: new Map([...parameters, ...shared]), inputs };
  const ownStarts = evaluateSequence(bound, nothing).finals;
  const free = arrays.starts.filter(({ name, classes }) => {
    const { start } = graph.states.find((state) => state.name === name)!;
    return classes === undefined && !readsParameter(graph, start);
  });
  const starts = free.map((array) => {
    const shift = draw(array);
    return [
      array.name,
      ownStarts.get(array.name)!.map((x, k) => x + shiftSize * Math.abs(shift[k]!)),
    ] as const;
  });
  return {
    steps,
    batch,
    parameters: new Map([...parameters, ...shared]),
    inputs,
    starts: new Map(starts),
    outputCotangents: drawAll(arrays.outputCotangents),
    finalCotangents: drawAll(arrays.finalCotangents),
    ...(cell.loss === undefined ? {} : { lossWeights: draw(arrays.lossCotangent) }),
  };
}

function readsParameter(graph: StepGraph, id: NodeId): boolean {
  const node = graph.nodes[id]!;
  if (node.form === 'leaf') return node.role === 'parameter' || node.role === 'input';
  return operandsOf(graph, id).some((operand) => readsParameter(graph, operand));
}
