import { type Instance, type Optimiser, RuntimeError } from '../../runtime/index.ts';
import { lookUp } from '../../runtime/named.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Checkpoint } from './checkpoint.ts';

/**
 * Puts a network and its optimiser where a checkpoint says.
 *
 * @param file  of the checkpoint, for messages
 * @throws Failure (failed) where it does not fit the cell; somebody may have changed it
 */
export function restore(
  { parameters, bestParameters, optimiser: gathered, position }: Checkpoint,
  network: Instance,
  optimiser: Optimiser,
  file: string,
): void {
  const { manifest } = network;
  const damaged = (what: string): never => {
    throw new Failure(exitCodes.failed, `${file} is damaged: ${what}.`);
  };
  for (const [kind, arrays] of [
    ['parameter', parameters],
    ['best parameter', bestParameters],
  ] as const) {
    const missing = arrays && manifest.parameters.find(({ name }) => !arrays.has(name));
    if (missing !== undefined) damaged(`the ${kind} ${missing.name} is missing`);
  }
  const learned = manifest.parameters.filter(({ gradient }) => gradient !== undefined);
  for (const [slot, arrays] of Object.entries(gathered.arrays)) {
    const wrong = learned.find(
      ({ name }) => lookUp(arrays, name)?.length !== network.gradients[name]!.length,
    );
    if (wrong !== undefined) damaged(`of the optimiser's ${slot}, ${wrong.name} is not as long as it is`);
  }
  const state = position.window?.state;
  const absent =
    state && manifest.states.find(({ name }) => !lookUp(state.states, name) || !lookUp(state.fresh, name));
  if (absent !== undefined) damaged(`the state ${absent.name} is missing`);
  for (const name of ['stepCounters', 'sequenceNumbers', 'stepsAtReset'] as const) {
    if (state !== undefined && state[name]?.length !== manifest.batch) damaged(`its ${name} do not fit`);
  }
  try {
    if (bestParameters !== undefined) network.setParameters(bestParameters);
    network.setParameters(parameters);
    optimiser.load(gathered);
    if (state !== undefined) network.restoreState(state);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    damaged(error.message);
  }
}
