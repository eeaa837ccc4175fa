import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { type Instance, instantiateSync, loadWeights } from '../../runtime/index.ts';
import { rnnc } from '../cli/support.ts';
import { cellText } from '../train/support.ts';

/** A run that has learned a little, told these options. */
export async function trained(run: string, ...args: readonly string[]): Promise<string> {
  const { code, err } = await rnnc('train', ...args, '--epochs', '2', '--out', run);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return run;
}

/** The cell of `test/train/support.ts` through the public API, with a run's weights. */
export function networkByHand(run: string, inputs: number, window: number): Instance {
  const { profile } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
  const source = { name: 'next.rnn', text: cellText };
  const network = instantiateSync(
    compile(source, { sizes: { I: inputs }, window, training: false, profile }),
  );
  loadWeights(network, readFileSync(join(run, 'weights.safetensors')));
  return network;
}

/** Mean and deviation, the slow way. */
export function scaleOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, deviation };
}

/** The lines of a CSV without its first, as numbers. */
export const numbers = (text: string): number[][] =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
