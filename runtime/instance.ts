import type { CellTypes, Manifest, Procedures } from '../compiler/module/manifest.ts';
import {
  checkLength,
  checkNames,
  copyInputs,
  type InputBuffer,
  inputBuffers,
  takeStep,
  type Values,
} from './arrays.ts';
import {
  type BackwardOptions,
  backwardOptions,
  fillFinalStateCotangents,
  fillLossCotangent,
  fillOutputCotangents,
  lossWeightsOf,
  passToStarts,
} from './cotangents.ts';
import { fail, requireSetting, runtimeErrors } from './errors.ts';
import { type EvaluateOptions, type Evaluation, evaluate, type InputSource } from './evaluate.ts';
import type { Executable } from './executable.ts';
import { checkOptions, type OptionNames } from './knownOptions.ts';
import { checkWeights, LossMean } from './loss.ts';
import { layOut, type Memory } from './memory.ts';
import { entriesOf, type Given, lookUp, type Named, named } from './named.ts';
import { checkMode, type Mode, NoiseBuffers } from './noiseBuffers.ts';
import { checkRowTimes, RowControls, type RowTimes, withoutPadding } from './rows.ts';
import { SequenceInputs, type SetInputsOptions, setInputsOptions } from './sequenceInputs.ts';
import { CarriedStates, type StateSnapshot } from './state.ts';
import { type StateView, stateViews, viewsWhere, type WindowViews, windowViews } from './views.ts';
import { checkFinite } from './weights.ts';

/** Options of `Instance.forward`. */
export interface ForwardOptions extends RowTimes {
  /** What the loss compares with: [steps, batch, ...shape], by name, or the one array where the cell has one target. */
  readonly targets?: Values;
  /** Whether noise is drawn (`training`, the default) or its expectation (`evaluation`). */
  readonly mode?: Mode;
}

const forwardOptions: OptionNames<ForwardOptions> = {
  targets: true,
  mode: true,
  lengths: true,
  resets: true,
};

const noTimes: RowTimes = {};

/**
 * A live cell: compiled code, its memory, and the state that is carried from one call to the next. All arrays are views
 * into the memory: the next call overwrites outputs and gradients. Shapes are slowest axis first.
 */
export class Instance<Types extends CellTypes = CellTypes> {
  /** Its `profile` is that of the code that runs. */
  readonly manifest: Manifest;
  /** Which WebAssembly was chosen at load; `instantiate` takes it as an option again. Absent where the code is JavaScript. */
  readonly variant?: Executable['variant'];
  /** By path name: [...shape]. After writing into one by hand call `parametersChanged()`. */
  readonly parameters: Types['parameters'];
  /** By path name, those that are learned: [...shape], overwritten by `backward`. Empty without training. */
  readonly gradients: Named<Float32Array>;
  /** By name: views of [batch, ...shape] before and after the last window, and of every step in it. */
  readonly states: { readonly [Name in keyof Types['states']]: StateView };
  /** By name: [window, batch, ...shape]; Int32Array for index inputs. `forward` copies into these. */
  readonly inputs: Types['inputs'];
  /**
   * By name: [batch, ...shape], what is given once per sequence. After writing into these by hand call
   * `sequenceInputsChanged()`.
   */
  readonly sequenceInputs: NonNullable<Types['sequenceInputs']>;
  /** By name: [window, batch, ...shape]. */
  readonly targets: Types['targets'];
  /** By state: [batch, ...shape], filled by `backward`: dL/d state before the window's first step. */
  readonly startCotangents: Named<Float32Array>;

  readonly #procedures: Procedures;
  readonly #memory: Memory;
  readonly #carried: CarriedStates;
  readonly #noise: NoiseBuffers;
  readonly #rows: RowControls | undefined;
  readonly #inputs: readonly InputBuffer[];
  readonly #targets: readonly InputBuffer[];
  readonly #sequence: SequenceInputs;
  readonly #viewsOf: (steps: number) => WindowViews;
  readonly #stepOutputs: Named<Float32Array>;
  #stale = true;
  #steps = 0;
  #canGoBack = false;
  #hasLoss = false;
  #updates = 0;

  /** Use `instantiate`. */
  constructor(compiled: Manifest, { block, procedures, variant }: Executable, seed = 0) {
    const manifest = variant === undefined ? compiled : { ...compiled, profile: variant.profile };
    const memory = layOut(manifest, block);
    this.manifest = manifest;
    this.variant = variant;
    this.#memory = memory;
    this.#procedures = procedures;
    this.#carried = new CarriedStates(manifest, memory, procedures);
    this.#noise = new NoiseBuffers(manifest, memory, seed);
    this.#inputs = inputBuffers(manifest.inputs, manifest.batch, memory);
    this.#targets = inputBuffers(manifest.targets, manifest.batch, memory);
    this.#rows =
      manifest.rows && new RowControls(manifest, manifest.rows, memory, [...this.#inputs, ...this.#targets]);
    this.inputs = named(this.#inputs.map(({ input, buffer }) => [input.name, buffer]));
    this.targets = named(this.#targets.map(({ input, buffer }) => [input.name, buffer]));
    this.#sequence = new SequenceInputs(manifest, memory);
    this.sequenceInputs = this.#sequence.views as typeof this.sequenceInputs;
    this.parameters = named(manifest.parameters.map(({ name, buffer }) => [name, memory.f32(buffer)]));
    this.gradients = viewsWhere(manifest.parameters, ({ gradient }) => gradient && memory.f32(gradient));
    this.states = stateViews(this.#carried, memory) as typeof this.states;
    this.startCotangents = viewsWhere(manifest.states, ({ cotangent, hidden }) =>
      !hidden && cotangent ? memory.f32(cotangent) : undefined,
    );
    this.#viewsOf = windowViews(manifest, memory);
    this.#stepOutputs = this.#viewsOf(1).outputs;
    this.#carried.begin(rowsOf(manifest.batch));
  }

  /** By name: [steps, batch, ...shape] of the last `forward`. */
  get outputs(): Types['outputs'] {
    return this.#viewsOf(this.#steps).outputs;
  }

  /** By name: those of `outputs` from step `first` of the last window on. */
  outputsFrom(first: number): Named<Float32Array> {
    if (first === 0) return this.outputs;
    return named(
      entriesOf(this.outputs).map(([name, values]) => [
        name,
        values.subarray((values.length / this.#steps) * first),
      ]),
    );
  }

  /** [steps, batch]: the loss of each step and row of the last `forward`; empty where the cell has no loss. */
  get losses(): Float32Array {
    return this.#viewsOf(this.#steps).losses;
  }

  /**
   * By name: [steps, batch, ...shape], filled by `backward`, where asked for at compile time. Of an input that is given
   * once per sequence [batch, ...shape], the sum over the steps of the window.
   */
  get inputCotangents(): Named<Float32Array> {
    return this.#viewsOf(this.#steps).inputCotangents;
  }

  /** [batch]: steps each row has done since its sequence began, the last window's included. A copy. */
  get stepCounters(): Int32Array {
    return this.#carried.stepCounters.map((_, row) => this.#carried.stepsAt(this.#carried.pending, row));
  }

  /** [batch]: running number of each row's sequence. A copy. */
  get sequenceNumbers(): Int32Array {
    return this.#carried.sequenceNumbers.slice();
  }

  /** To be called after parameters were written by hand, so that what is computed from them once is computed again. */
  parametersChanged(): void {
    this.#stale = true;
    this.#updates++;
  }

  /**
   * How often the parameters have changed: noise that is drawn per update is drawn anew with each. To go on with a training
   * as if nothing had been, set it to what it was.
   */
  get updates(): number {
    return this.#updates;
  }

  /** @throws RuntimeError RNN509 */
  set updates(count: number) {
    const holds = Number.isInteger(count) && count >= 0 && count < 2 ** 32;
    requireSetting('updates', count, holds, 'whole, from 0 to 2^32 - 1');
    this.#updates = count;
  }

  /**
   * Overwrites parameters.
   *
   * @param weights  by path name, each row-major [...shape]; those not named stay as they are
   * @throws RuntimeError RNN501 wrong length, RNN504 unknown name, RNN520 a number that is not finite; nothing is
   *         written then
   */
  setParameters(weights: Given<ArrayLike<number>>): void {
    const { parameters } = this.manifest;
    checkNames(
      weights,
      'parameter',
      parameters.map(({ name }) => name),
    );
    const given = parameters.map((parameter) => {
      const { name } = parameter;
      const values = lookUp(weights, name);
      if (values === undefined) return undefined;
      checkLength(`parameter ${name}`, values, [], parameter);
      const rounded = Float32Array.from(values);
      checkFinite(name, rounded, values);
      return { name, rounded };
    });
    for (const one of given) if (one !== undefined) this.parameters[one.name]!.set(one.rounded);
    this.parametersChanged();
  }

  /**
   * Gives what is given once per sequence, for all steps until something else is given. What the cell computes of it
   * alone is computed once, before the next step. Best called together with `start`, for the same rows.
   *
   * @param values  [rows, ...shape] by name, or the one array where the cell has one such input; inputs that are not
   *                named stay
   * @throws RuntimeError RNN501, RNN503, RNN504, RNN509, RNN518, RNN561; nothing is written then
   */
  setInputs(values: Values, options: SetInputsOptions = {}): void {
    checkOptions('setInputs', setInputsOptions, options);
    this.#sequence.set(values, options);
    this.#canGoBack = false;
  }

  /** To be called after all of `sequenceInputs` were written by hand. */
  sequenceInputsChanged(): void {
    this.#sequence.written();
    this.#canGoBack = false;
  }

  /**
   * Begins sequences: states at their start values, step counters at 0. The start values are those of the parameters at
   * the time the next steps are run.
   *
   * @param rows             rows of the batch, each once; all by default. The others carry on.
   * @param sequenceNumbers  one per row, whole and at least 0, for noise; by default the next running numbers
   * @throws RuntimeError RNN509
   */
  start(rows?: readonly number[], sequenceNumbers?: ArrayLike<number>): void {
    const { batch } = this.manifest;
    const begun = rows ?? rowsOf(batch);
    for (const row of begun) {
      requireSetting(
        'row',
        row,
        Number.isInteger(row) && row >= 0 && row < batch,
        `whole, from 0 to ${batch - 1}`,
      );
    }
    if (sequenceNumbers !== undefined) {
      checkLength('sequenceNumbers', sequenceNumbers, [['rows', begun.length]]);
      for (const number of Array.from(sequenceNumbers)) {
        requireSetting(
          'sequence number',
          number,
          Number.isInteger(number) && number >= 0 && number < 2 ** 31,
          'whole, from 0 to 2^31 - 1',
        );
      }
    }
    this.#canGoBack = false;
    this.#carried.begin(begun, sequenceNumbers);
    this.#prepare();
    this.#carried.settle(false);
  }

  /**
   * Copies inputs, carries the state, and runs the forward sweep. Noise is drawn, unless the mode is `evaluation`.
   *
   * @param given   [steps, batch, ...shape] by name, or the one array where the cell has one input. Entries of an index
   *                input must be whole numbers of its range.
   * @param steps   1 … the compiled window
   * @returns views of the outputs by name, [steps, batch, ...shape], valid until the next run
   * @throws RuntimeError RNN501 to RNN505, RNN509, RNN518, RNN530, RNN540, RNN550; nothing was run then
   */
  forward(given: Values, steps: number, options: ForwardOptions = {}): Types['outputs'] {
    const { window, batch } = this.manifest;
    const inputs: Values = (given as Values | undefined) ?? {};
    checkOptions('forward', forwardOptions, options);
    checkMode(this.manifest, options.mode);
    if (!(Number.isInteger(steps) && steps >= 1 && steps <= window))
      fail(runtimeErrors.badSteps, { steps, window });
    checkRowTimes(this.manifest, options, steps);
    this.#canGoBack = false;
    this.#sequence.refuse(inputs);
    checkNames(
      inputs,
      'input',
      this.manifest.inputs.map(({ name }) => name),
    );
    copyInputs('input', inputs, this.#inputs, steps, batch, options.lengths);
    if (options.targets !== undefined) {
      checkNames(
        options.targets,
        'target',
        this.manifest.targets.map(({ name }) => name),
      );
      copyInputs('target', options.targets, this.#targets, steps, batch, options.lengths);
    }
    if (this.manifest.training) this.#stale = true;
    this.#run(steps, options.mode ?? 'training', options);
    this.#hasLoss = options.targets !== undefined || this.#targets.length === 0;
    this.#canGoBack = true;
    return this.outputs;
  }

  /**
   * One step for all rows, state carried, for streams. Noise is its expectation. Allocates nothing. The loss is not
   * looked at.
   *
   * @param inputs  [batch, ...shape] by name, or the one array; left out where the caller has written them to the
   *                beginning of `this.inputs`
   * @returns views of the outputs by name, [batch, ...shape]: the same arrays at every call
   * @throws RuntimeError RNN501, RNN503, RNN505; nothing was run then
   */
  step(inputs?: Values): Types['outputs'] {
    // First of all: where an input is refused, the window's inputs are no longer whole.
    this.#canGoBack = false;
    takeStep(inputs, this.#inputs, this.manifest.batch);
    this.#hasLoss = false;
    this.#run(1, 'evaluation', noTimes);
    return this.#stepOutputs;
  }

  /**
   * The mean loss of the last `forward`, in f64.
   *
   * @param weights  [steps, batch], at least 0; all alike by default. Where none counts the mean is 0.
   * @throws RuntimeError RNN501, RNN508 where there is no loss, RNN509
   */
  meanLoss(weights?: ArrayLike<number>): number {
    this.#requireLoss();
    if (weights !== undefined) checkWeights(weights, this.#steps, this.manifest.batch);
    const mean = new LossMean();
    mean.add(this.losses, this.#withoutPadding(weights));
    return mean.mean;
  }

  /**
   * The backward sweep over the steps of the last `forward`, once. Fills `gradients`, `inputCotangents` and
   * `startCotangents`.
   *
   * @throws RuntimeError RNN501, RNN504, RNN506 without a forward before, RNN507 without training, RNN508 where there is
   *         nothing to differentiate, RNN509, RNN518
   */
  backward(options: BackwardOptions = {}): void {
    const { manifest } = this;
    checkOptions('backward', backwardOptions, options);
    if (!manifest.training) fail(runtimeErrors.notTraining, { cell: manifest.cell });
    if (!this.#canGoBack) fail(runtimeErrors.backwardBeforeForward, undefined);
    const steps = this.#steps;
    const weights = lossWeightsOf(options);
    if (weights !== undefined) this.#requireLoss();
    if (typeof weights === 'object' && weights !== null) checkWeights(weights, steps, manifest.batch);
    const counted =
      weights === 'mean' ? (this.#withoutPadding() ?? 'mean') : weights && this.#withoutPadding(weights);
    fillLossCotangent(manifest, this.#memory, steps, counted, options.lossScale ?? 1);
    fillOutputCotangents(manifest, this.#memory, steps, options.outputCotangents ?? {});
    fillFinalStateCotangents(manifest, this.#memory, options.finalStateCotangents ?? {});
    this.#canGoBack = false;
    this.#procedures.backward(steps);
    passToStarts(this.#carried, this.#memory, options.fromStart);
    this.#procedures.finish();
  }

  /**
   * Sets states, in all rows, as if they had just been computed. Step counters stay.
   *
   * @param values  by name: [batch, ...shape]; states that are not named stay
   * @throws RuntimeError RNN501, RNN504; nothing is written then
   */
  setState(values: Given<ArrayLike<number>>): void {
    const visible = this.#carried.visible;
    checkNames(
      values,
      'state',
      visible.map(({ state }) => state.name),
    );
    const given = visible.map((carried) => {
      const { name } = carried.state;
      const value = lookUp(values, name);
      if (value !== undefined)
        checkLength(`state ${name}`, value, [['batch', this.manifest.batch]], carried.state);
      return { carried, value };
    });
    this.#canGoBack = false;
    for (const { carried, value } of given) if (value !== undefined) this.#carried.set(carried, value);
  }

  /** Copies of the newest states, by name: [batch, ...shape]. */
  getState(): Types['states'] {
    return named(entriesOf(this.states).map(([name, { current }]) => [name, current.slice()]));
  }

  /**
   * All that is carried, for `restoreState`: states, hidden ones too, counters and sequence numbers.
   *
   * @param slot  take it as it was before this step of the last window; by default after its last
   * @param into  an earlier snapshot to write over, instead of a new one
   */
  saveState(slot: number = this.#carried.pending, into?: StateSnapshot): StateSnapshot {
    const { pending } = this.#carried;
    requireSetting(
      'slot',
      slot,
      Number.isInteger(slot) && slot >= 0 && slot <= pending,
      `whole, from 0 to ${pending}`,
    );
    return this.#carried.save(slot, into);
  }

  /**
   * Goes back to what `saveState` copied.
   *
   * @throws RuntimeError RNN513 for a snapshot of another cell
   */
  restoreState(snapshot: StateSnapshot): void {
    this.#canGoBack = false;
    this.#carried.restore(snapshot);
  }

  /** Runs any number of steps, in chunks of the window, with the state carried; see `evaluate`. */
  evaluate(inputs: InputSource, steps: number, options?: EvaluateOptions): Evaluation {
    return evaluate(this, inputs, steps, options);
  }

  #run(steps: number, mode: Mode, times: RowTimes): void {
    this.#sequence.requireAll();
    this.#carried.carry();
    if (this.#noise.fillShared(mode, this.#updates)) this.#stale = true;
    this.#prepare();
    this.#carried.settle(this.#sequence.changed);
    this.#sequence.changed = false;
    this.#rows?.write(steps, times, this.#carried);
    this.#noise.fillRows(mode, steps, this.#carried);
    this.#procedures.forward(steps);
    this.#carried.ran(steps, this.#rows?.lengths);
    this.#steps = steps;
  }

  #withoutPadding(weights?: ArrayLike<number>): ArrayLike<number> | undefined {
    return withoutPadding(weights, this.#rows?.lengths, this.#steps, this.manifest.batch);
  }

  #prepare(): void {
    if (!this.#stale) return;
    this.#procedures.prepare();
    this.#stale = false;
    // What is known once per sequence is made of parameters, too.
    if (this.#sequence.any) this.#sequence.changed = true;
  }

  #requireLoss(): void {
    if (this.manifest.loss === undefined) fail(runtimeErrors.noLoss, { reason: 'cell' });
    if (!this.#hasLoss) fail(runtimeErrors.noLoss, { reason: 'targets' });
  }
}

function rowsOf(batch: number): readonly number[] {
  return Array.from({ length: batch }, (_, row) => row);
}
