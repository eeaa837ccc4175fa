import { interpreter } from './interpreter/run.ts';
import { js } from './js/emit.ts';
import type { Target } from './target.ts';
import { wasm } from './wasm/emit.ts';

/** Every target; conformance tests run each. */
export const targets: readonly Target[] = [interpreter, js, wasm];
