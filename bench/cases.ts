import { cells } from './cells.ts';

export type Operation = 'train' | 'infer' | 'step';

/** One thing to measure. Inputs and state are vectors of length `inputs` and `hidden`. */
export interface Case {
  /** A name of cells.ts, or the path of an .rnn file. */
  readonly cell: string;
  /**
   * `train`: forward over all steps, mean squared error, gradients of all parameters; no gradient of the input, no
   * optimiser. `infer`: forward over all steps, every output. `step`: one step of one row, state carried, called from
   * the host language.
   */
  readonly operation: Operation;
  readonly inputs: number;
  readonly hidden: number;
  readonly steps: number;
  readonly batch: number;
}

type Shape = readonly [hidden: number, steps: number, batch: number];

const small: Shape = [16, 64, 1];
const middle: Shape = [64, 64, 1];
const batched: Shape = [64, 64, 16];
const large: Shape = [128, 100, 32];

const ofLstm: Readonly<Record<Operation, readonly Shape[]>> = {
  train: [
    small,
    middle,
    batched,
    large,
    [256, 64, 32],
    [64, 16, 8],
    [64, 256, 8],
    [64, 1024, 8],
    [512, 64, 64],
  ],
  infer: [small, middle, batched, large, [256, 64, 32], [512, 64, 64]],
  step: [
    [16, 1, 1],
    [40, 1, 1],
    [128, 1, 1],
    [256, 1, 1],
  ],
};

const ofOthers: typeof ofLstm = {
  train: [small, middle, batched, large],
  infer: [small, batched, large],
  step: [[40, 1, 1]],
};

export const allCases: readonly Case[] = [...cells.keys()].flatMap((cell) =>
  casesOf(cell, cell === 'lstm' ? ofLstm : ofOthers),
);

const quickNames = new Set([
  'lstm/train/16x64x1',
  'lstm/train/64x64x16',
  'lstm/infer/64x64x16',
  'lstm/step/40x1x1',
  'gru/train/64x64x16',
  'peephole_lstm/train/64x64x16',
]);
export const quickCases: readonly Case[] = allCases.filter((one) => quickNames.has(nameOf(one)));

/** `lstm/train/128x100x32`: cell, operation, and state × steps × batch. */
export function nameOf({ cell, operation, hidden, steps, batch }: Case): string {
  return `${cell}/${operation}/${hidden}x${steps}x${batch}`;
}

/**
 * Those whose name, or a part of it after a slash, begins with one of the words; a word that ends in `.rnn` is the path of
 * a cell's file in the project, and adds the usual cases for it.
 *
 * @param words  separated by commas
 */
export function chooseCases(words: string, from: readonly Case[] = allCases): Case[] {
  const wanted = words.split(',').filter((word) => word !== '');
  return wanted.flatMap((word) =>
    word.endsWith('.rnn')
      ? casesOf(word, ofOthers)
      : from.filter((one) => `/${nameOf(one)}`.includes(`/${word}`)),
  );
}

function casesOf(cell: string, shapes: typeof ofLstm): Case[] {
  return (['train', 'infer', 'step'] as const).flatMap((operation) =>
    shapes[operation].map(([hidden, steps, batch]) => ({
      cell,
      operation,
      inputs: hidden,
      hidden,
      steps,
      batch,
    })),
  );
}
