import { fusesMultiplyAdd } from './host.ts';
import { noV8, type Switched, v8 } from './v8.ts';

/** V8 11 knows relaxed SIMD behind a flag; later ones need none. */
const flaggedVersion = 11;

/**
 * Makes code of the profile `fused` run, where the engine can be told to: Node 20 has relaxed SIMD behind a flag. To be
 * called before `instantiate`. Changes nothing where it is there already.
 */
export function enableRelaxed(): Switched {
  if (fusesMultiplyAdd()) return { enabled: true };
  const engine = v8();
  if (engine === undefined) return { enabled: false, reason: noV8 };
  if (engine.major === flaggedVersion) engine.setFlag('--experimental-wasm-relaxed-simd');
  if (fusesMultiplyAdd()) return { enabled: true };
  return { enabled: false, reason: 'This engine or processor does not round a multiply-add once.' };
}
