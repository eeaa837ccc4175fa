import type { CellTypes, CompiledCell } from '../compiler/module/manifest.ts';
import { requireSetting } from './errors.ts';
import { type Executable, execute, executeSync } from './executable.ts';
import { initialise } from './initialise.ts';
import { Instance } from './instance.ts';
import { checkOptions, type OptionNames } from './knownOptions.ts';
import type { Given } from './named.ts';
import { Random } from './random.ts';
import type { VariantOptions } from './variant.ts';

/** Options of `instantiate`. */
export interface InstantiateOptions extends VariantOptions {
  /** Of the parameters' random start, and of noise: a whole number from 0; 0 by default. */
  readonly seed?: number;
  /** Parameters by path name, instead of a random start; `other.parameters` will do. Those not named are drawn. */
  readonly weights?: Given<ArrayLike<number>>;
}

const optionNames: OptionNames<InstantiateOptions> = {
  seed: true,
  weights: true,
  profile: true,
  block: true,
};

/**
 * Brings a compiled cell to life: memory, parameters at their start, states at theirs.
 *
 * @param compiled  what `compile`, `readWasm` or a compiled module gives
 * @returns an instance of which TypeScript knows the names where `compiled` comes from a compiled module
 * @throws RuntimeError RNN501, RNN504, RNN520 for weights that do not fit, RNN509, RNN514, RNN515, RNN518
 */
export async function instantiate<Types extends CellTypes>(
  compiled: CompiledCell<Types>,
  options: InstantiateOptions = {},
): Promise<Instance<Types>> {
  checkOptions('instantiate', optionNames, options);
  return bringUp(compiled, await execute(compiled, options), options);
}

/**
 * As `instantiate`, at once. Browsers refuse large WebAssembly modules here, on their main thread.
 *
 * @throws RuntimeError as `instantiate`
 */
export function instantiateSync<Types extends CellTypes>(
  compiled: CompiledCell<Types>,
  options: InstantiateOptions = {},
): Instance<Types> {
  checkOptions('instantiate', optionNames, options);
  return bringUp(compiled, executeSync(compiled, options), options);
}

function bringUp<Types extends CellTypes>(
  compiled: CompiledCell<Types>,
  executable: Executable,
  options: InstantiateOptions,
): Instance<Types> {
  const seed = options.seed ?? 0;
  requireSetting('seed', seed, Number.isSafeInteger(seed) && seed >= 0, 'a whole number of at least 0');
  const instance = new Instance<Types>(compiled.manifest, executable, seed);
  for (const parameter of compiled.manifest.parameters) {
    instance.parameters[parameter.name]!.set(initialise(parameter, new Random(seed, parameter.name)));
  }
  instance.setParameters(options.weights ?? {});
  instance.updates = 0;
  instance.start();
  return instance;
}
