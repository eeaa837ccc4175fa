import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  adam,
  evaluate,
  evaluateAsync,
  type Instance,
  instantiateSync,
  type Progress,
  type TrainOptions,
  trainEpoch,
  trainEpochAsync,
  update,
  windows,
} from '../../runtime/index.ts';
import { numbersFrom } from '../support/numbersFrom.ts';
import { example } from './streamCells.ts';

/*
 * Calls that can be watched and ended.
 */

const batch = 2;
const steps = 70;
const compiled = example('forecaster.rnn', { sizes: { H: 5 }, batch, window: 10 });
const next = numbersFrom(4);
const inputs = {
  change: Float32Array.from({ length: steps * batch }, next),
  season: Float32Array.from({ length: steps * batch * 2 }, next),
};
const sequence = { inputs, targets: inputs.change.slice(), steps };
const windowing = { k1: 5, k2: 10 };
/** Of a sequence so long that 10 ms pass many times. */
const long = {
  inputs: (_: number, count: number) => ({
    change: inputs.change.subarray(0, count * batch),
    season: inputs.season.subarray(0, count * batch * 2),
  }),
  targets: (_: number, count: number) => inputs.change.subarray(0, count * batch),
  steps: 1_000_000_000,
};

const live = () => instantiateSync(compiled, { seed: 2 });
const optimiser = () => adam({ learningRate: 0.01 });
const parametersOf = (cell: Instance) =>
  Object.fromEntries(Object.entries(cell.parameters).map(([name, values]) => [name, [...values]]));

/** After so many updates, by a loop of one's own. */
function parametersAfter(
  count: number,
  from: typeof sequence | typeof long,
): ReturnType<typeof parametersOf> {
  const cell = live();
  const rule = optimiser();
  let done = 0;
  for (const _ of count === 0 ? [] : windows(cell, from, windowing)) {
    update(cell, rule);
    if (++done === count) break;
  }
  return parametersOf(cell);
}

/** What a call throws, or its promise rejects with. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('It did not end early.');
}

const trainers = { trainEpoch, trainEpochAsync };
const evaluators = { evaluate, evaluateAsync };

describe.each(Object.entries(trainers))('%s', (_, train) => {
  it('tells how far it is, after each window, in steps', async () => {
    const reports: Progress[] = [];
    const order: string[] = [];
    await train(live(), sequence, {
      ...windowing,
      optimiser: optimiser(),
      onWindow: () => void order.push('window'),
      onProgress: (progress) => {
        order.push('progress');
        reports.push(progress);
      },
    });
    expect(reports).toEqual(Array.from({ length: 14 }, (_, i) => ({ done: 5 * (i + 1), total: steps })));
    expect(order.slice(0, 4)).toEqual(['window', 'progress', 'window', 'progress']);
  });

  it('does nothing when it was aborted before', async () => {
    const cell = live();
    cell.step({ change: [1, 2], season: [1, 2, 3, 4] });
    const state = cell.getState();
    const reason = new Error('no more');
    const options: TrainOptions = { ...windowing, optimiser: optimiser(), signal: AbortSignal.abort(reason) };
    expect(await thrownBy(() => train(cell, sequence, options))).toBe(reason);
    expect(cell.getState()).toEqual(state);
    expect(parametersOf(cell)).toEqual(parametersAfter(0, sequence));
  });

  it.each([1, 4, 13])('aborted in window %s it leaves that many updates', async (count) => {
    const [cell, rule, controller] = [live(), optimiser(), new AbortController()];
    const { signal } = controller;
    const onProgress = ({ done }: Progress) => done === 5 * count && controller.abort();
    const options = {
      ...windowing,
      optimiser: rule,
      signal,
      onProgress: (p: Progress) => void onProgress(p),
    };
    expect(await thrownBy(() => train(cell, sequence, options))).toBe(signal.reason);
    expect(signal.reason).toMatchObject({ name: 'AbortError' });
    expect(rule.updates).toBe(count);
    expect(parametersOf(cell)).toEqual(parametersAfter(count, sequence));
    expect([...cell.stepCounters]).toEqual([5 * count, 5 * count]);
  });

  it('is done when it is aborted in the last window', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: Progress) => void (done === steps && controller.abort());
    const { signal } = controller;
    const epoch = await train(live(), sequence, { ...windowing, optimiser: optimiser(), signal, onProgress });
    expect(epoch.updates).toBe(14);
  });
});

describe('trainEpochAsync', () => {
  it('has the numbers of trainEpoch', async () => {
    const [one, other] = [live(), live()];
    const options = () => ({ ...windowing, optimiser: optimiser() });
    expect(await trainEpochAsync(other, sequence, options())).toEqual(trainEpoch(one, sequence, options()));
    expect(parametersOf(other)).toEqual(parametersOf(one));
    expect(other.getState()).toEqual(one.getState());
  });

  it('is reached by a timer, and keeps its numbers though others use the instance', async () => {
    const [cell, rule, controller] = [live(), optimiser(), new AbortController()];
    const { signal } = controller;
    const others = setInterval(() => cell.evaluate(inputs, steps), 1);
    setTimeout(() => controller.abort(), 60);
    const error = await thrownBy(() =>
      trainEpochAsync(cell, long, { ...windowing, optimiser: rule, signal }),
    );
    clearInterval(others);
    expect(error).toBe(signal.reason);
    expect(rule.updates).toBeGreaterThan(0);
    expect(parametersOf(cell)).toEqual(parametersAfter(rule.updates, long));
    expect([...cell.stepCounters]).toEqual([5 * rule.updates, 5 * rule.updates]);
  });

  it('is reached by AbortSignal.timeout', async () => {
    const options = { ...windowing, optimiser: optimiser(), signal: AbortSignal.timeout(20) };
    expect(await thrownBy(() => trainEpochAsync(live(), long, options))).toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('rejects, and does not throw, where an option is wrong', async () => {
    const promise = trainEpochAsync(live(), sequence, { k1: 0, optimiser: optimiser() });
    await expect(promise).rejects.toMatchObject({ code: 'RNN509' });
  });

  it('has its turns without setImmediate too, as in a browser', async () => {
    const { setImmediate: kept } = globalThis;
    try {
      Object.assign(globalThis, { setImmediate: undefined });
      const options = { ...windowing, optimiser: optimiser(), signal: AbortSignal.timeout(40) };
      expect(await thrownBy(() => trainEpochAsync(live(), long, options))).toMatchObject({
        name: 'TimeoutError',
      });
    } finally {
      Object.assign(globalThis, { setImmediate: kept });
    }
  });
});

describe.each(Object.entries(evaluators))('%s', (_, run) => {
  it('tells how far it is, and ends between chunks', async () => {
    const [cell, controller, reports] = [live(), new AbortController(), [] as Progress[]];
    const options = {
      signal: controller.signal,
      onProgress: (progress: Progress) => void reports.push(progress),
    };
    await run(cell, inputs, steps, options);
    expect(reports.map(({ done }) => done)).toEqual([10, 20, 30, 40, 50, 60, 70]);
    expect(reports.every(({ total }) => total === steps)).toBe(true);

    const onChunk = (_: unknown, first: number) => void (first === 20 && controller.abort('enough'));
    expect(await thrownBy(() => run(cell, inputs, steps, { ...options, onChunk }))).toBe('enough');
    expect([...cell.stepCounters]).toEqual([30, 30]);
    expect(await thrownBy(() => run(cell, inputs, steps, options))).toBe('enough');
    expect([...cell.stepCounters]).toEqual([30, 30]);
  });
});

describe('evaluateAsync', () => {
  it('has the bits of evaluate, though others use the instance', async () => {
    const count = 400_000;
    const series = (first: number, length: number) => {
      const at = (first * batch) % 60;
      return {
        change: inputs.change.subarray(at, at + length * batch),
        season: inputs.season.subarray(at, at + length * batch * 2),
      };
    };
    const targets = (first: number, length: number) => series(first, length).change;
    const expected = evaluate(live(), series, count, { targets });
    const cell = live();
    let [running, others] = [true, 0];
    const result = evaluateAsync(cell, series, count, { targets }).finally(() => {
      running = false;
    });
    while (running) {
      await turn();
      cell.step({ change: [1, 2], season: [1, 2, 3, 4] });
      others++;
    }
    expect(others).toBeGreaterThan(3);
    expect(await result).toEqual(expected);
  });
});
