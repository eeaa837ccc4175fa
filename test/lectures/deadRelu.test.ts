import { describe, expect, it } from 'vitest';
import { sgd } from '../../runtime/index.ts';
import { live } from './support.ts';

/*
 * A rectified unit whose sum is negative for every input learns nothing more; one with a slope there does.
 */

const x = [1, -1, 2];
const y = [0, 0, 0];

/** Weights of both units before and after fifty updates. */
function trained(file: string) {
  const network = live(file, { window: 3 });
  const optimiser = sgd({ learningRate: 0.01 });
  const copies = () =>
    Object.fromEntries(['w', 'u', 'b'].map((name) => [name, [...network.parameters[name]!]]));
  const before = copies();
  const gradients: number[][] = [];
  for (let update = 0; update < 50; update++) {
    network.start();
    network.forward(x, 3, { targets: y });
    network.backward();
    gradients.push(['w', 'u', 'b'].map((name) => network.gradients[name]![1]!));
    optimiser.step(network);
  }
  return { before, after: copies(), gradients, outputs: [...network.outputs.h!] };
}

describe('a dead rectified unit', () => {
  it('gives 0, gets the gradient 0, and keeps its weights while its neighbour learns', () => {
    const { before, after, gradients, outputs } = trained('lectures/dead_relu.rnn');
    expect(outputs.filter((_, i) => i % 2 === 1)).toEqual([0, 0, 0]);
    expect(gradients.flat().every((entry) => entry === 0)).toBe(true);
    for (const name of ['w', 'u', 'b']) {
      expect(after[name]![1]).toBe(before[name]![1]);
      expect(Math.abs(after[name]![0]! - before[name]![0]!)).toBeGreaterThan(0.1);
    }
  });

  it('is woken by a slope for negative sums', () => {
    const { before, after, gradients } = trained('lectures/leaky_relu.rnn');
    expect(gradients.every((update) => update.some((entry) => entry !== 0))).toBe(true);
    expect(after.b![1]).not.toBe(before.b![1]);
  });
});
