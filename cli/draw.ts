import type { Parameter } from '../compiler/cell/cell.ts';
import { evaluateDim } from '../compiler/cell/dim.ts';
import type { Binding } from '../compiler/graph/bind.ts';
import { initialiserFormula } from '../compiler/module/initialiser.ts';
import { initialise } from '../runtime/initialise.ts';
import { Random } from '../runtime/random.ts';

/**
 * A parameter as the cell starts it: the numbers that the runtime's `instantiate` draws from this seed, in f64.
 *
 * @throws RuntimeError RNN514 where shape and distribution do not go together
 */
export function drawParameter(parameter: Parameter, binding: Binding, seed: number): Float64Array {
  const { name, frozen } = parameter;
  const shape = parameter.shape.map((dim) => evaluateDim(dim, binding.sizes));
  const initialiser = initialiserFormula(parameter, binding);
  return initialise({ name, shape, frozen, buffer: '', initialiser }, new Random(seed, name));
}
