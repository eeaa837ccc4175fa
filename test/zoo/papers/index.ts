import type { Step } from './loops.ts';
import { regularised } from './regularised.ts';
import { repeated } from './repeated.ts';
import { top } from './top.ts';

/** Steps of cells by the file in dsl-examples; a file here for each folder there. */
export const papers: Readonly<Record<string, Step>> = { ...top, ...regularised, ...repeated };
