import type { Case } from '../cases.ts';
import { compileCase, givenCase, instantiate, loadBundle } from './rnncCase.ts';

/*
 * What a new process needs from text to an instance; the one who starts it holds the watch.
 */

const bundle = await loadBundle();
await instantiate(bundle, compileCase(bundle, JSON.parse(givenCase!) as Case));
process.exit(0);
