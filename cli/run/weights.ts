import type { Manifest } from '../../runtime/index.ts';
import { encodeSafetensors, type Tensor } from '../../runtime/safetensors.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Configuration } from './configuration.ts';
import type { RunFolder } from './folder.ts';
import { readTensors } from './tensors.ts';

/** Parameters by their names, and in the metadata what a reader needs to feed them: format, cell, normalisation. */
export function writeWeights(
  folder: RunFolder,
  parameters: ReadonlyMap<string, Float32Array>,
  manifest: Manifest,
  { columns }: Pick<Configuration, 'columns'>,
): void {
  const tensors = new Map(
    manifest.parameters.map(({ name, shape }): [string, Tensor] => [
      name,
      { shape, values: parameters.get(name)! },
    ]),
  );
  const metadata = new Map([
    ['format', 'rnnc-weights-1'],
    ['cell', manifest.cell],
    ['normalisation', JSON.stringify(columns)],
  ]);
  folder.write('weights', encodeSafetensors({ tensors, metadata }));
}

/** @throws Failure where the file cannot be read, or holds anything but arrays of f32 */
export function readWeights(folder: RunFolder): ReadonlyMap<string, Float32Array> {
  const file = folder.file('weights');
  return new Map(
    [...readTensors(folder, 'weights').tensors].map(([name, { values }]) => {
      if (values instanceof Float32Array) return [name, values];
      throw new Failure(exitCodes.failed, `${file}: ${name} does not hold numbers of single precision.`);
    }),
  );
}
