import { describe, expect, it } from 'vitest';
import { instantiate, instantiateSync, type Named } from '../../runtime/index.ts';
import { linearCell } from './linearCell.ts';
import { linearReference, wave } from './linearReference.ts';

const at = (arrays: Named<Float32Array>, name: string) => arrays[name]![0];
const steps = 50;
const x = wave(steps, 0.7);
const y = wave(steps, 1.3);

describe('forward and backward', () => {
  it('meets the closed form of a linear recurrence', async () => {
    const cell = await instantiate(linearCell({ window: 64, w: 0.9, start: 0.25 }));
    const outputs = cell.forward(x, steps, { targets: y });
    const w = cell.parameters.w![0]!;
    const expected = linearReference({ x, y, w, h0: 0.25 }, { from: 0, first: 0, end: steps });
    expect(outputs.h!.length).toBe(steps);
    expected.h.forEach((h, t) => {
      expect(outputs.h![t]).toBeCloseTo(h, 5);
    });
    expect(cell.meanLoss()).toBeCloseTo(expected.loss, 6);
    cell.backward();
    expect(cell.gradients.w![0]).toBeCloseTo(expected.w, 5);
    expect(cell.gradients.h0![0]).toBeCloseTo(expected.h0, 6);
    expect(cell.startCotangents.h![0]).toBeCloseTo(expected.h0, 6);
  });

  it('carries the state, and gives start values a gradient only in rows that began with the window', () => {
    const cell = instantiateSync(linearCell({ batch: 2, window: 4, w: 0.5, start: 1 }));
    cell.forward([1, 2, 3, 4], 2, { targets: [0, 0, 0, 0] });
    expect([...cell.states.h!.current]).toEqual([0.5 * 1.5 + 3, 0.5 * 2.5 + 4]);
    cell.start([1]);
    expect([...cell.states.h!.current]).toEqual([3.75, 1]);
    expect([...cell.stepCounters]).toEqual([2, 0]);
    const { h } = cell.forward([0, 0], 1);
    expect([...h!]).toEqual([1.875, 0.5]);
    cell.backward({ outputCotangents: { h: [16, 8] } });
    expect([...cell.startCotangents.h!]).toEqual([8, 4]);
    expect(cell.gradients.h0![0]).toBe(4);
    expect(cell.gradients.w![0]).toBe(16 * 3.75 + 8 * 1);
    expect([...cell.inputCotangents.x!]).toEqual([16, 8]);
    expect([...cell.stepCounters]).toEqual([3, 1]);
  });

  it('sends cotangents of outputs, of final states and of the loss back together', () => {
    const cell = instantiateSync(linearCell({ window: 2, w: 0.5, start: 2 }));
    const run = () => {
      cell.start();
      cell.forward([1, 1], 2, { targets: [0, 0] }); // h = 2, 2
    };
    run();
    cell.backward({ finalStateCotangents: { h: [3] } });
    expect(cell.gradients.w![0]).toBe(3 * 2 + 1.5 * 2);
    run();
    cell.backward({ outputCotangents: [4, 0], finalStateCotangents: { h: [3] }, lossWeights: [0, 1] });
    expect(cell.gradients.w![0]).toBe((3 + 2) * 2 + (4 + 2.5) * 2);
    run();
    cell.backward({ lossWeights: [1, 3], lossScale: 4 });
    expect(cell.gradients.w![0]).toBe(3 * 2 * 2 + (2 + 3) * 2);
    expect(cell.meanLoss([0, 0])).toBe(0);
  });

  it('starts from states it is given, without a gradient for the start value', () => {
    const cell = instantiateSync(linearCell({ window: 2, w: 0.5, start: 2 }));
    cell.setState({ h: [10] });
    expect(cell.forward([1], 1).h![0]).toBe(6);
    cell.backward({ outputCotangents: [1] });
    expect(cell.startCotangents.h![0]).toBe(0.5);
    expect(cell.gradients.h0![0]).toBe(0);
    expect(cell.getState().h![0]).toBe(6);
  });

  it('takes start values from the parameters of the time the steps are run', () => {
    const cell = instantiateSync(linearCell({ window: 2, w: 1, start: 2 }));
    cell.parameters.h0![0] = 5;
    cell.parametersChanged();
    expect(cell.forward([0], 1).h![0]).toBe(5);
    expect(cell.step([1]).h![0]).toBe(6);
    cell.parameters.w![0] = 2;
    expect(cell.step([0]).h![0]).toBe(6); // step does not look; this cell keeps a packed copy of w
    cell.parametersChanged();
    expect(cell.step([0]).h![0]).toBe(12);
  });

  it('takes parameters as they are in forward, where the cell is compiled for training', () => {
    const cell = instantiateSync(linearCell({ window: 2, w: 1, start: 2 }));
    cell.parameters.w![0] = 3;
    expect(cell.forward([0], 1).h![0]).toBe(6);
  });

  it('restores a snapshot, so that the same steps give the same bits again', () => {
    const cell = instantiateSync(linearCell({ batch: 3, window: 4 }));
    cell.forward(wave(12, 0.4), 4);
    const snapshot = cell.saveState();
    const first = cell.forward(wave(6, 0.9), 2).h!.slice();
    cell.restoreState(snapshot);
    expect([...cell.stepCounters]).toEqual([4, 4, 4]);
    expect(cell.forward(wave(6, 0.9), 2).h).toEqual(first);
  });

  it('numbers sequences as they run, or as it is told', () => {
    const cell = instantiateSync(linearCell({ batch: 2 }));
    expect([...cell.sequenceNumbers]).toEqual([0, 1]);
    cell.start();
    expect([...cell.sequenceNumbers]).toEqual([0, 1]);
    cell.step([0, 0]);
    cell.start([1]);
    expect([...cell.sequenceNumbers]).toEqual([0, 2]);
    cell.start([0]);
    expect([...cell.sequenceNumbers]).toEqual([3, 2]);
    cell.start([0, 1], [70, 7]);
    cell.step([0, 0]);
    cell.start();
    expect([...cell.sequenceNumbers]).toEqual([71, 72]);
  });

  it('takes weights of another instance, and names like __proto__', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const;
    const cell = linearCell({ names, window: 2 });
    const one = instantiateSync(cell, { weights: new Map([['hasOwnProperty', [0.5]]]) });
    const two = instantiateSync(cell, { weights: one.parameters });
    expect(Object.keys(two.parameters)).toEqual(['hasOwnProperty', 'valueOf']);
    expect(at(two.parameters, 'hasOwnProperty')).toBe(0.5);
    two.forward(JSON.parse('{"__proto__": [4]}'), 1, { targets: { constructor: [1] } as never });
    expect(at(two.outputs, 'toString')).toBe(4);
    two.backward();
    expect(at(two.inputCotangents, '__proto__')).toBe(3);
    expect(Object.getPrototypeOf(two.parameters)).toBe(null);
  });
});

describe('step', () => {
  it('gives the bits of forward, in the same arrays each time', () => {
    const values = wave(40, 0.3);
    const whole = instantiateSync(linearCell({ batch: 2, window: 20 })).forward(values, 20).h!;
    const cell = instantiateSync(linearCell({ batch: 2, window: 3, training: false }));
    const seen = new Set<Float32Array>();
    for (let t = 0; t < 20; t++) {
      const { h } = cell.step(values.slice(2 * t, 2 * t + 2));
      seen.add(h!);
      expect(h).toEqual(whole.subarray(2 * t, 2 * t + 2));
    }
    expect(seen.size).toBe(1);
  });
});
