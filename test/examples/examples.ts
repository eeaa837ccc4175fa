import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Source } from '../../compiler/index.ts';

export const folder = fileURLToPath(new URL('../../dsl-examples/', import.meta.url));

export const files = readdirSync(folder)
  .filter((name) => name.endsWith('.rnn'))
  .sort();

/** Finds a file of the folder; all of them import only their neighbours. */
export function load(path: string): Source {
  const name = normalize(path);
  return { name, text: readFileSync(join(folder, name), 'utf8') };
}

/** Small sizes, odd ones and no two alike, for each file. */
export const sizes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'char_model.rnn': { V: 5, D: 2, H: 3 },
  'elman.rnn': { I: 3, H: 5 },
  'forecaster.rnn': { H: 5 },
  'gru.rnn': { I: 3, H: 5 },
  'gru_reset_after.rnn': { I: 3, H: 5 },
  'learned_start.rnn': { I: 3, H: 5 },
  'lstm.rnn': { I: 3, H: 5 },
  'lstm_stacked.rnn': { I: 3, H: 5 },
  'matrix_memory.rnn': { I: 3, K: 2, V: 5 },
  'mgu.rnn': { I: 3, H: 5 },
  'mingru.rnn': { I: 3, H: 5 },
  'peephole_lstm.rnn': { I: 3, H: 5 },
  'relu_rnn.rnn': { I: 3, H: 5 },
  'residual_stack.rnn': { I: 2, H: 3 },
};
