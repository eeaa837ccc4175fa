import { type Instance, loadWeights, type Manifest, RuntimeError } from '../../runtime/index.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../runtime/safetensors.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Configuration } from './configuration.ts';
import type { RunFolder } from './folder.ts';
import { resumeCommand } from './resumeCommand.ts';
import { isIntact, sealed } from './seal.ts';

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
  folder.write('weights', encodeSafetensors(sealed({ tensors, metadata })));
}

/**
 * Gives a network of the run's cell the best weights.
 *
 * @throws Failure (file) where they cannot be read, (failed) where they are damaged, do not fit, with what differs, or
 *         their normalisation is not the run's
 */
export function loadRunWeights(
  folder: RunFolder,
  network: Instance,
  { columns }: Pick<Configuration, 'columns'>,
): void {
  const bytes = folder.read('weights');
  const file = folder.file('weights');
  try {
    loadWeights(network, bytes);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new Failure(exitCodes.failed, `${file}: ${error.message}`);
  }
  const content = decodeSafetensors(bytes);
  if (!isIntact(content)) {
    const again = folder.has('checkpoint') ? ` The checkpoint has them, too: ${resumeCommand(folder)}` : '';
    throw new Failure(
      exitCodes.failed,
      `${file} is damaged: it does not hold what its checksum is of.${again}\n` +
        'If you changed the weights on purpose, leave sha256 out of the metadata.',
    );
  }
  const normalisation = content.metadata.get('normalisation');
  if (normalisation === undefined || normalisation === JSON.stringify(columns)) return;
  throw new Failure(
    exitCodes.failed,
    `${file} and ${folder.file('configuration')} do not belong together: their normalisations differ.`,
  );
}
