import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { bundleWasm } from '../../compiler/module/bundle.ts';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import { fusesMultiplyAdd } from '../../runtime/host.ts';
import { instantiateSync, readWasm } from '../../runtime/index.ts';
import { example } from '../runtime/streamCells.ts';
import { ChromiumPage, chromiumPath } from './chromium.ts';
import { playedThrough, sweep, tone, training, type Weights } from './scenarios.ts';

/*
 * Chromium and this Node, two versions of one engine and two ways to be started, give the same bits.
 */

const options = { batch: 3, window: 5, training: true };
const cells = {
  'elman.rnn': { I: 2, H: 5 },
  'lstm.rnn': { I: 3, H: 8 },
  'gru.rnn': { I: 4, H: 7 },
  'peephole_lstm.rnn': { I: 2, H: 9 },
  'char_model.rnn': { V: 11, D: 3, H: 6 },
  'learned_start.rnn': { I: 2, H: 4 },
} as const;

/** A .wasm file and weights for it, drawn here: hosts may differ in the last bit of a logarithm. */
function prepared(
  compiled: CompiledCell,
  variant = 0,
): { readonly wasm: Uint8Array; readonly weights: Weights } {
  const wasm = bundleWasm(compiled, variant);
  const { parameters } = instantiateSync(readWasm(wasm), { seed: 3 });
  const weights = Object.entries(parameters).map(([name, values]) => [name, [...values]] as const);
  return { wasm, weights: Object.fromEntries(weights) };
}

describe.skipIf(chromiumPath === undefined)('Chromium', () => {
  let page: ChromiumPage;
  beforeAll(async () => {
    page = await ChromiumPage.open();
  }, 60_000);
  afterAll(() => page?.close());

  it('rounds a multiply-add once where this machine does', async () => {
    expect(await page.call('fuses')).toBe(fusesMultiplyAdd());
  });

  for (const profile of fusesMultiplyAdd() ? (['separate', 'fused'] as const) : (['separate'] as const)) {
    it.each(Object.entries(cells))(
      `gives the bits of Node, outputs and gradients, rounding ${profile}: %s`,
      async (name, sizes) => {
        const compiled = example(name, { ...options, sizes, profile });
        const count = compiled.code.kind === 'wasm' ? compiled.code.variants.length : 0;
        for (let variant = 0; variant < count; variant++) {
          const { wasm, weights } = prepared(compiled, variant);
          const expected = await sweep(wasm, weights, 17);
          const gradients = Object.entries(expected).filter(([part]) => part.startsWith('gradient'));
          expect(gradients.flatMap(([, bits]) => bits).filter((bits) => bits !== 0).length).toBeGreaterThan(
            10,
          );
          expect(await page.call('sweep', page.serve(wasm), weights, 17)).toEqual(expected);
        }
      },
    );
  }

  it('learns as Node does: the same losses, the same weights at the end', async () => {
    const compiled = example('forecaster.rnn', { sizes: { H: 6 }, batch: 4, window: 8, profile: 'separate' });
    const { wasm, weights } = prepared(compiled);
    const expected = await training(wasm, weights);
    expect(expected.losses).toHaveLength(40);
    expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0]!);
    expect(await page.call('training', page.serve(wasm), weights)).toEqual(expected);
  });

  describe('in an audio worklet', () => {
    const text = `cell Tone(H) {
  input x: []
  param W: [3*H] ~ uniform(-1, 1), U: [3*H, H] ~ orthogonal(3), v: [H] ~ uniform(-1, 1)
  state h: [H]
  z = W*x + U@h_prev
  r = sigmoid(z[0:H])
  h = (1 - r)*h_prev + r*tanh(z[H:2*H] + z[2*H:3*H])
  y = tanh(dot(v, h))
  output y
}
`;
    const count = 2 * 44_100;

    it.each(['module', 'bytes'] as const)(
      'runs sample by sample, given %s, with the bits of Node',
      async (as) => {
        const compiled = compile(
          { name: 'tone.rnn', text },
          { sizes: { H: 8 }, training: false, profile: 'separate' },
        );
        const { wasm, weights } = prepared(compiled);
        const expected = playedThrough(wasm, weights, tone(count));
        expect(new Set(expected).size).toBeGreaterThan(count / 2);
        const found = await page.call('audio', page.serve(wasm), weights, count, as);
        expect(found).toHaveLength(count);
        expect(found.findIndex((sample, i) => sample !== expected[i])).toBe(-1);
      },
    );
  });
});
