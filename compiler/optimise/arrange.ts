import type { StepGraph, TrainingGraph } from '../graph/graph.ts';
import { mergeAdjointSums } from './mergeAdjointSums.ts';
import { mergeGradients } from './mergeGradients.ts';
import { mergeProducts } from './mergeProducts.ts';
import { padsToConcat } from './padsToConcat.ts';
import { type Pass, runPasses } from './passes.ts';
import { takeApartConcats } from './takeApartConcats.ts';
import { takeApartSlices } from './takeApartSlices.ts';

/** In the order they run: first products are taken apart where a loop needs only a part, then they are merged. */
export const arrangements: readonly Pass[] = [
  { name: 'pads-to-concat', doc: 'Puts padded addends side by side.', run: padsToConcat },
  { name: 'take-apart-slices', doc: 'Computes in slices what a loop needs in part.', run: takeApartSlices },
  {
    name: 'take-apart-concats',
    doc: 'Multiplies in parts what a loop computes in part.',
    run: takeApartConcats,
  },
  // Before products of one cotangent are merged: those of one sum give a longer product without anything to add.
  { name: 'merge-adjoint-sums', doc: 'Sums of products become products.', run: mergeAdjointSums },
  { name: 'merge-products', doc: 'Multiplies one value by several matrices at once.', run: mergeProducts },
  { name: 'merge-gradients', doc: 'Totals several gradients at once.', run: mergeGradients },
];

/**
 * Arranges a graph for fast kernels: larger products, and fewer, in the loops over steps and out of them. What one pass
 * made may be of use to an earlier one, so they run until none changes anything: mostly once, twice for a cell in a cell.
 */
export function arrange<G extends StepGraph | TrainingGraph>(graph: G): G {
  const arranged = runPasses(arrangements, graph);
  return arranged === graph ? graph : arrange(arranged);
}
