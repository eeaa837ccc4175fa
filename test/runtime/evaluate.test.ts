import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantiateSync } from '../../runtime/index.ts';
import { linearCell } from './linearCell.ts';
import { wave } from './linearReference.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const batch = 2;
const steps = 23;
const inputs = Float32Array.from(wave(steps * batch, 0.37));
const targets = Float32Array.from(wave(steps * batch, 0.71));

describe('evaluate', () => {
  it('gives the same bits for any chunk, window, and for steps in a row', () => {
    const one = instantiateSync(linearCell({ batch, window: 1, training: false }));
    const inRow: number[] = [];
    for (let t = 0; t < steps; t++) inRow.push(...one.step(inputs.subarray(t * batch, (t + 1) * batch)).h!);
    const reference = instantiateSync(linearCell({ batch, window: steps })).evaluate(inputs, steps, {
      targets,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (window, chunk) => {
        const cell = instantiateSync(linearCell({ batch, window, training: false }));
        const evaluation = cell.evaluate(inputs, steps, {
          targets,
          collect: true,
          chunk: Math.min(chunk, window),
        });
        expect([...evaluation.outputs.h!]).toEqual(inRow);
        expect(evaluation.loss).toBe(reference.loss);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('begins sequences anew, or goes on', () => {
    const cell = instantiateSync(linearCell({ batch, window: 4 }));
    const whole = cell.evaluate(inputs, steps, { collect: true }).outputs.h!;
    const first = cell.evaluate(inputs.subarray(0, 10), 5, { collect: ['h'] }).outputs.h!;
    const rest = cell.evaluate(inputs.subarray(10), steps - 5, { collect: ['h'], carry: true }).outputs.h!;
    expect([...first, ...rest]).toEqual([...whole]);
  });

  it('hands out chunks, asks for inputs chunk by chunk, and collects nothing unasked', () => {
    const cell = instantiateSync(linearCell({ batch, window: 10 }));
    const asked: number[][] = [];
    const got: number[][] = [];
    const evaluation = cell.evaluate(
      (first, count) => {
        asked.push([first, count]);
        return inputs.subarray(first * batch, (first + count) * batch);
      },
      steps,
      { onChunk: ({ h }, first, count) => got.push([first, count, h!.length]) },
    );
    const plan = [
      [0, 10],
      [10, 10],
      [20, 3],
    ];
    expect(asked).toEqual(plan);
    expect(got).toEqual(plan.map(([first, count]) => [first, count, count! * batch]));
    expect(Object.keys(evaluation)).toEqual(['outputs']);
    expect(Object.keys(evaluation.outputs)).toEqual([]);
  });

  it('takes the mean over the weighted steps and rows in f64', () => {
    const cell = instantiateSync(linearCell({ batch: 1, window: 2, w: 0 }));
    const evaluation = cell.evaluate([1, 2, 3], 3, { targets: [0, 0, 0], lossWeights: [0, 1, 3] });
    expect(evaluation.loss).toBe((2 + 3 * 4.5) / 4);
  });

  it('runs a million steps in memory that does not grow', () => {
    const cell = instantiateSync(linearCell({ batch: 1, window: 500, training: false }));
    const chunk = new Float32Array(500).fill(0.01);
    const used: number[] = [];
    cell.evaluate((_, count) => chunk.subarray(0, count), 1_000_000, {
      targets: (_, count) => chunk.subarray(0, count),
      onChunk: (_, first) => {
        if (first % 100_000 === 0) used.push(usedBytes());
      },
    });
    // A number kept per step would be 900,000*8 bytes between the first sample and the last.
    expect(used.at(-1)! - used[0]!).toBeLessThan(1e6);
    expect([...cell.stepCounters]).toEqual([1_000_000]);
  });
});

/** What is alive, garbage collected first. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
