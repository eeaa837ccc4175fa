import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { adam, clipByGlobalNorm, Random, update } from '../../runtime/index.ts';
import { live } from './support.ts';

/*
 * The parity of a bit string: by weights found by thinking, and learned.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('parity by hand', () => {
  it('is exact on every bit string of length 1 to 12', () => {
    let strings = 0;
    for (let length = 1; length <= 12; length++) {
      const rows = 2 ** length;
      const cell = live('lectures/parity_by_hand.rnn', {
        batch: rows,
        window: length,
        training: false,
      });
      // Row r spells the number r, highest bit first.
      const bits = Float32Array.from(
        { length: length * rows },
        (_, i) => ((i % rows) >> (length - 1 - Math.floor(i / rows))) & 1,
      );
      const parity = cell.forward(bits, length).parity!.subarray((length - 1) * rows);
      for (let row = 0; row < rows; row++) {
        const ones = row.toString(2).replaceAll('0', '').length;
        if (!Object.is(parity[row], ones % 2)) expect.fail(`${row.toString(2)}: ${parity[row]}`);
        strings++;
      }
    }
    expect(strings).toBe(2 ** 13 - 2);
  });
});

describe('parity learned', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rnnc-lectures-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const page = readFileSync(join(root, 'docs/lectures.md'), 'utf8');

  it('five seeds make no mistake on 1,000 strings of length 200, with the numbers of the page', async () => {
    // The script as it is, with the sources in place of the built package.
    const script = join(root, 'dsl-examples/lectures/learn_parity.mjs');
    const outfile = join(folder, 'learn_parity.mjs');
    await build({
      entryPoints: [script],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      define: { 'import.meta.url': JSON.stringify(new URL(`file://${script}`).href) },
      plugins: [
        {
          name: 'sources',
          setup(building) {
            building.onResolve({ filter: /^rnnc(\/compiler)?$/ }, ({ path }) => ({
              path: join(root, path === 'rnnc' ? 'runtime/index.ts' : 'compiler/index.ts'),
            }));
          },
        },
      ],
    });
    const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const lines = stdout.trim().split('\n');
    const results = lines.slice(2).map((line) => line.match(/\d+/g)!.map(Number));
    expect(results.map(([seed, , wrong]) => [seed, wrong])).toEqual([1, 2, 3, 4, 5].map((seed) => [seed, 0]));
    expect(lines.every((line) => !line.includes('not done'))).toBe(true);
    expect(page).toContain(lines.join('\n'));
  });

  it('learns the same bits in every target', () => {
    const [rows, length] = [8, 12];
    const weights = (target: 'js' | 'wasm') => {
      const cell = live('lectures/parity.rnn', {
        target,
        batch: rows,
        window: length,
        inputCotangents: false,
      });
      const [optimiser, clip] = [adam({ learningRate: 0.01 }), clipByGlobalNorm(1)];
      const random = new Random(1, 'bits');
      for (let i = 0; i < 20; i++) {
        const bits = Float32Array.from({ length: rows * length }, () => random.bits() >>> 31);
        const parity = bits.slice();
        for (let k = rows; k < parity.length; k++) parity[k] = (bits[k]! + parity[k - rows]!) % 2;
        cell.start();
        cell.forward(bits, length, { targets: parity });
        cell.backward();
        update(cell, optimiser, clip);
      }
      return Object.entries(cell.parameters).map(([name, values]) => [name, ...values]);
    };
    expect(weights('js')).toEqual(weights('wasm'));
  });
});
