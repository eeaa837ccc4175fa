import { expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { instantiateSync } from '../../runtime/index.ts';
import { kernelTargets, numbers, run } from '../cli/cases.ts';
import { scratch } from '../cli/support.ts';

const { file } = scratch();
const text = `cell Shown(H) {
  input x: []
  noise m: [H] ~ uniform(0, 1) per step, q: [H] ~ uniform(0, 1) per sequence
  state h: []
  h = h_prev + x
  output m, q, h
}
`;
const [H, steps, batch] = [3, 8, 2];
const live = () =>
  instantiateSync(
    compile(
      { name: 'shown.rnn', text },
      { sizes: { H }, batch, window: steps, target: 'js', resets: true, lengths: true },
    ),
    { seed: 4 },
  );
/** Row 0 begins anew at steps 3 and 6, row 1 at step 0. */
const resets = Array.from({ length: steps * batch }, (_, i) => Number([6, 12, 1].includes(i)));
const x = new Float32Array(steps * batch).fill(1);

function outputsOf(
  chunks: readonly number[],
  lengths?: readonly number[],
): Record<'m' | 'q' | 'h', number[]> {
  const cell = live();
  const all: Record<'m' | 'q' | 'h', number[]> = { m: [], q: [], h: [] };
  let first = 0;
  for (const count of chunks) {
    const part = (values: ArrayLike<number>) =>
      Array.from(values).slice(first * batch, (first + count) * batch);
    const left = lengths?.map((length) => Math.max(0, Math.min(length - first, count)));
    const outputs = cell.forward(part(x), count, { resets: part(resets), ...(left && { lengths: left }) });
    for (const name of ['m', 'q', 'h'] as const) all[name].push(...outputs[name]!);
    first += count;
  }
  return all;
}
const at = (values: readonly number[], t: number, row: number) =>
  values.slice((t * batch + row) * H, (t * batch + row + 1) * H).join();

it('a reset gives the sequence it begins a draw of its own, and repeats none of those per step', () => {
  const { m, q, h } = outputsOf([8]);
  expect(h.filter((_, i) => i % 2 === 0)).toEqual([1, 2, 3, 1, 2, 3, 1, 2]);
  const ofRow0 = Array.from({ length: steps }, (_, t) => at(q, t, 0));
  expect(new Set(ofRow0).size).toBe(3);
  expect(ofRow0.map((draw) => ofRow0.indexOf(draw))).toEqual([0, 0, 0, 3, 3, 3, 6, 6]);
  expect(new Set(Array.from({ length: steps }, (_, t) => at(q, t, 1))).size).toBe(1);
  const perStep = Array.from({ length: steps }, (_, t) => [at(m, t, 0), at(m, t, 1)]).flat();
  expect(new Set(perStep).size).toBe(steps * batch);
});

it('draws are the same in any chunks, for rows that have ended, and when steps are run again', () => {
  const judge = outputsOf([8]);
  for (const chunks of [
    [3, 5],
    [1, 2, 3, 2],
    [4, 2, 1, 1],
  ])
    expect(outputsOf(chunks)).toEqual(judge);
  const ended = outputsOf([4, 1, 3], [5, 8]);
  for (let t = 0; t < steps; t++) {
    for (const row of [0, 1]) {
      if (row === 0 && t >= 5) continue;
      for (const name of ['m', 'q'] as const) expect(at(ended[name], t, row)).toBe(at(judge[name], t, row));
    }
  }
  const cell = live();
  cell.forward([...x.subarray(0, 8)], 4, { resets: resets.slice(0, 8) });
  const kept = cell.saveState();
  const rest = () => [
    ...cell.forward([...x.subarray(8)], 4, { resets: resets.slice(8) }).q!,
    ...cell.outputs.m!,
  ];
  const once = rest();
  cell.restoreState(kept);
  expect(rest()).toEqual(once);
});

it.each(['evaluate', ...kernelTargets] as const)('a case with resets draws the same, %s', async (target) => {
  const { q, m } = outputsOf([8]);
  const data = {
    format: 'rnnc-case-1',
    sizes: { H },
    steps,
    batch,
    seed: 4,
    inputs: { x: { shape: [steps, batch], data: [...x] } },
    resets: { shape: [steps, batch], data: resets },
    cotangents: {},
  };
  const { result } = await run(file, file('shown.rnn', text), data, target);
  expect(numbers(result.outputs.q, steps, batch, H).map(Math.fround)).toEqual(q);
  expect(numbers(result.outputs.m, steps, batch, H).map(Math.fround)).toEqual(m);
  const { noise } = result as unknown as { noise: Record<string, { shape: number[] }> };
  expect(noise.q!.shape).toEqual([steps, batch, H]);
});
