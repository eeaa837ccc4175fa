import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { bundleWasm } from '../../compiler/module/bundle.ts';
import { example } from './streamCells.ts';

const folder = mkdtempSync(join(tmpdir(), 'rnnc-heap-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes, of a million steps. */
interface Use {
  readonly taken: number;
  readonly held: number;
  readonly grown: number;
}

it('a million steps leave the heap as it was, and take nothing of it on the way', async () => {
  const outfile = join(folder, 'probe.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('heapProbe.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  const file = join(folder, 'lstm.wasm');
  const options = { sizes: { I: 1, H: 8 }, training: false, profile: 'separate' } as const;
  writeFileSync(file, bundleWasm(example('lstm.rnn', options)));
  const nursery = ['--min-semi-space-size=64', '--max-semi-space-size=64'];
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', ...nursery, outfile, file]);
  const { control, ...ways } = JSON.parse(stdout).report as Record<string, Use>;
  expect(control!.taken).toBeGreaterThan(16e6);
  expect(Object.keys(ways)).toHaveLength(4);
  for (const [way, { taken, held, grown }] of Object.entries(ways)) {
    // One byte a step: the engine's own notes on code need some.
    expect(taken, way).toBeLessThan(1e6);
    expect(held, way).toBeLessThan(1e6);
    expect(grown, way).toBe(0);
  }
});
