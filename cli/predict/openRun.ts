import { type Instance, instantiate, RuntimeError } from '../../runtime/index.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { type Configuration, readConfiguration } from '../run/configuration.ts';
import { RunFolder } from '../run/folder.ts';
import { compileRun } from '../run/network.ts';
import { resumeCommand } from '../run/resumeCommand.ts';
import { loadRunWeights } from '../run/weights.ts';

export interface OpenRun {
  readonly configuration: Configuration;
  /** Of one row, for single steps, with the best weights. */
  readonly network: Instance;
}

/**
 * A run as it is used: its cell compiled without gradients, with its best weights.
 *
 * @throws Failure where the folder holds no run, has no weights yet, or is damaged
 */
export async function openRun(path: string, io: Io): Promise<OpenRun> {
  const folder = new RunFolder(path);
  const configuration = readConfiguration(folder);
  if (folder.isFree()) {
    throw new Failure(
      exitCodes.failed,
      `${path} has no weights: no epoch was done, and nothing is kept. If its numbers left their range, begin anew with ` +
        `other options; ${path} can be used again. If it was stopped: ${resumeCommand(folder)}`,
    );
  }
  if (!folder.has('weights')) {
    throw new Failure(
      exitCodes.failed,
      `${path} has no weights yet: there is no ${folder.file('weights')}. Weights are written with the first checkpoint ` +
        `after an epoch. Go on with: ${resumeCommand(folder)}`,
    );
  }
  const network = await streaming(configuration, io);
  loadRunWeights(folder, network, configuration);
  return { configuration, network };
}

/** Where the host cannot round as the run did, it rounds twice, which every host can. */
async function streaming(configuration: Configuration, io: Io): Promise<Instance> {
  const options = { batch: 1, window: 1, training: false };
  try {
    return await instantiate(compileRun(configuration, options));
  } catch (error) {
    if (!(error instanceof RuntimeError) || configuration.profile !== 'fused') throw error;
    io.err('This host has no fused multiply-add: the last bits differ from those of the training.\n');
    return await instantiate(compileRun({ ...configuration, profile: 'separate' }, options));
  }
}
