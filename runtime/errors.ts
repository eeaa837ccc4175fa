/*
 * What can go wrong while a cell runs, as a table: code, one sentence for the reference, wording. Wording lives here only.
 */

/** A mistake in what the runtime was given, or numbers that left the range of f32. Never the compiler's fault. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  /** RNN5xx, stable. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}  ${message}`);
    this.code = code;
  }
}

export interface RuntimeErrorEntry<Parameters> {
  readonly code: string;
  /** One sentence for the list of errors. */
  readonly doc: string;
  readonly wording: (parameters: Parameters) => string;
}

function entry<Parameters>(
  code: string,
  doc: string,
  wording: (parameters: Parameters) => string,
): RuntimeErrorEntry<Parameters> {
  return { code, doc, wording };
}

interface At {
  readonly step: number;
  readonly row: number;
}

/** Against numbers that leave the range of f32 in training. */
export const advice = 'Lower the learning rate, or clip the gradient (clipByGlobalNorm).';

/** Every error of the runtime: its code, what it means, and its wording. */
export const runtimeErrors = {
  wrongSize: entry(
    'RNN501',
    'An array has another length than its shape asks for, or is none.',
    (p: { what: string; shape: string; expected: number; given: unknown }) =>
      `${p.what} must hold ${counted(p.expected)}, ${p.shape}; it ${holding(p.given)}.`,
  ),
  badSteps: entry(
    'RNN502',
    'A number of steps is not whole, below 1, or above the compiled window.',
    (p: { steps: unknown; window: number }) =>
      `steps must be a whole number from 1 to the compiled window, ${p.window}; got ${show(p.steps)}. ` +
      'Compile with a larger window, or use evaluate() or windows() for longer sequences.',
  ),
  badIndex: entry(
    'RNN503',
    'An entry of an index input is not a whole number of its range.',
    (p: At & { what: string; value: unknown; classes: number }) =>
      `${p.what} at step ${p.step}, row ${p.row} is ${show(p.value)}; it must be a whole number from 0 to ${p.classes - 1}.`,
  ),
  unknownName: entry(
    'RNN504',
    'A name is given that the cell does not have.',
    (p: { what: string; name: string; known: readonly string[] }) =>
      `The cell has no ${p.what} ${p.name}; ${p.known.length === 0 ? 'it has none' : `it has ${p.known.join(', ')}`}.`,
  ),
  missing: entry(
    'RNN505',
    'An input or target that the cell reads is not given.',
    (p: { what: string; name: string; shape: string }) =>
      `The ${p.what} ${p.name} is missing. Give it as an array ${p.shape}.`,
  ),
  backwardBeforeForward: entry(
    'RNN506',
    'backward() is called without a forward() of its own before it.',
    () =>
      'backward() goes back through the steps of the last forward(), once. Call forward() before it; ' +
      'step(), start(), setState() and restoreState() in between leave nothing to go back through.',
  ),
  notTraining: entry(
    'RNN507',
    'The cell was compiled without its backward sweep.',
    (p: { cell: string }) =>
      `${p.cell} was compiled for inference; compile it for training to use gradients.`,
  ),
  noLoss: entry(
    'RNN508',
    'There is no loss to take the mean or the gradient of.',
    (p: { reason: 'cell' | 'targets' }) =>
      p.reason === 'cell'
        ? 'The cell has no loss. Give backward() the cotangents of outputs or of final states, or write a loss in the cell.'
        : 'The loss needs targets, and the last forward() had none. Give them: forward(inputs, steps, { targets }).',
  ),
  badSetting: entry(
    'RNN509',
    'A setting is outside its range.',
    (p: { name: string; value: unknown; range: string }) =>
      p.value === undefined
        ? `${p.name} is missing; it must be ${p.range}.`
        : `${p.name} must be ${p.range}; got ${show(p.value)}.`,
  ),
  lossNotFinite: entry(
    'RNN510',
    'The loss of a step is infinite or not a number.',
    (p: At & { value: number; culprit?: string }) =>
      `The loss at step ${p.step}, row ${p.row} is ${p.value}. ${p.culprit ?? advice}`,
  ),
  gradientNotFinite: entry(
    'RNN511',
    'A gradient has an infinite entry or one that is not a number.',
    (p: {
      parameter: string;
      index: number;
      value: number;
      steps?: readonly [first: number, last: number];
    }) =>
      `The gradient of ${p.parameter} is ${p.value} at its entry ${p.index}` +
      `${p.steps ? `, from steps ${p.steps[0]} to ${p.steps[1]}` : ''}. ${advice}`,
  ),
  parameterNotFinite: entry(
    'RNN512',
    'A parameter has an infinite entry or one that is not a number after an update.',
    (p: { parameter: string; index: number; value: number; update: number }) =>
      `Parameter ${p.parameter} became ${p.value} at its entry ${p.index} in update ${p.update}. ${advice}`,
  ),
  otherCell: entry(
    'RNN513',
    'State of an optimiser or of a cell is given to another cell.',
    (p: { what: string; name: string; expected: number; got: number }) =>
      `${p.what} belongs to another cell: ${p.name} has ${p.got} entries there and ${p.expected} here.`,
  ),
  badInitialiser: entry(
    'RNN514',
    'A parameter cannot be drawn as its initialiser says.',
    (p: { parameter: string; reason: string }) => `Parameter ${p.parameter} cannot be drawn: ${p.reason}.`,
  ),
  cannotRun: entry(
    'RNN515',
    'A module cannot be run here, is damaged, or is none.',
    (p: { reason: string }) => p.reason,
  ),
  damagedTensors: entry(
    'RNN516',
    'Bytes are no safetensors file, or a damaged one.',
    (p: { reason: string }) => `These bytes are no safetensors file, or a damaged one: ${p.reason}.`,
  ),
  unreadTensor: entry(
    'RNN517',
    'An array of a safetensors file is of a type that is not read.',
    (p: { name: string; dtype: string; known: readonly string[] }) =>
      `The array ${p.name} is of type ${p.dtype}; ${p.known.join(', ')} are read.`,
  ),
  unknownOption: entry(
    'RNN518',
    'An option is given that a call, an optimiser or a schedule does not have.',
    (p: { what: string; name: string; known: readonly string[] }) =>
      `${p.what} has no option ${p.name}; it has ${p.known.join(', ')}.`,
  ),
  doesNotFit: entry(
    'RNN519',
    'Weights do not fit a cell, or a saved state an optimiser.',
    (p: { what: string; to: string; differences: readonly string[] }) =>
      `${p.what} do${p.what.endsWith('s') ? '' : 'es'} not fit ${p.to}: ${p.differences.join('; ')}.`,
  ),
  weightNotFinite: entry(
    'RNN520',
    'A number to be saved or loaded is infinite in f32, or not a number.',
    (p: { name: string; index: number; value: number }) =>
      `${p.name} is ${p.value} at its entry ${p.index}, which is no finite number of f32; nothing is saved or loaded.`,
  ),
  noneRead: entry(
    'RNN530',
    'Inputs or targets are given to a cell that reads none.',
    (p: { what: string; count: number }) =>
      `The cell has no ${p.what}s, and ${counted(p.count)} ${p.count === 1 ? 'is' : 'are'} given as such. Leave them out.`,
  ),
  rowsNotCompiled: entry(
    'RNN540',
    'Lengths or resets are given to a cell that was not compiled for them.',
    (p: { cell: string; option: 'lengths' | 'resets' }) =>
      `${p.cell} was compiled without ${p.option}. Compile it with { ${p.option}: true }, or rnnc compile --${p.option}.`,
  ),
  noNoise: entry(
    'RNN550',
    'Noise is to be drawn in code that knows its expectation alone.',
    (p: { cell: string }) =>
      `${p.cell} was compiled with the expectation of its noise, so the mode "training" has nothing to draw; ` +
      "compile it for training, or with noise: 'drawn'.",
  ),
  sequenceInputMissing: entry(
    'RNN560',
    'An input that is given once per sequence was not given before the first step.',
    (p: { name: string; shape: string }) =>
      `${p.name} is given once per sequence: call setInputs({ ${p.name} }) before the first step, with the shape ${p.shape}.`,
  ),
  badEntries: entry(
    'RNN561',
    'A number of entries of a size is not whole, below 0, or above that size.',
    (p: { name: string; row: number; value: unknown; size: number }) =>
      `The entries of ${p.name} in row ${p.row} are ${show(p.value)}; they must be a whole number from 0 to ${p.size}.`,
  ),
  notPerStep: entry(
    'RNN562',
    'An input that is given once per sequence was given with the steps.',
    (p: { name: string }) =>
      `${p.name} is given once per sequence, not at every step: call setInputs({ ${p.name} }) before.`,
  ),
};

const counted = (count: number): string => `${count} ${count === 1 ? 'number' : 'numbers'}`;

function holding(given: unknown): string {
  const length = (given as ArrayLike<number> | null | undefined)?.length;
  return typeof length === 'number' ? `holds ${length}` : `is ${show(given)}, not an array`;
}

export function fail<Parameters>(of: RuntimeErrorEntry<Parameters>, parameters: Parameters): never {
  throw new RuntimeError(of.code, of.wording(parameters));
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * Checks a number a caller has set.
 *
 * @throws RuntimeError RNN509 unless it is a number and `holds`
 */
export function requireSetting(name: string, value: number, holds: boolean, range: string): void {
  if (typeof value !== 'number' || !holds) fail(runtimeErrors.badSetting, { name, value, range });
}
