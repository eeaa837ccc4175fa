import type { Case } from '../cases.ts';
import { compileCase, instantiate, loadBundle } from './rnncCase.ts';

/*
 * What a new process needs from text to an instance; the one who starts it holds the watch.
 */

const wanted: Case = {
  cell: 'lstm',
  operation: 'train',
  inputs: 128,
  hidden: 128,
  steps: 100,
  batch: 32,
};
const bundle = await loadBundle();
await instantiate(bundle, compileCase(bundle, wanted));
process.exit(0);
