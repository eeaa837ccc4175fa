import type { Case } from '../cases.ts';
import { givenCase, instantiate, loadBundle, questionOf } from './rnncCase.ts';

/*
 * What a new process needs from text to an instance; the one who starts it holds the watch.
 */

const bundle = await loadBundle();
const { source, options } = questionOf(bundle, JSON.parse(givenCase!) as Case, { trained: false });
await instantiate(bundle, bundle.compiler.compile(source, options));
process.exit(0);
