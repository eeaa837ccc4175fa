import type { SequenceAdjoint, SequenceGiven, SequenceResult } from '../../compiler/graph/evaluate.ts';
import { rowControls } from '../../compiler/graph/rows.ts';
import type { CompiledCell, Manifest } from '../../compiler/module/manifest.ts';
import { executeSync } from '../../runtime/executable.ts';
import { layOut, type Memory } from '../../runtime/memory.ts';
import { sizeOf } from '../../runtime/shapes.ts';

/**
 * The kernels of a compiled cell as a function over whole sequences, with the evaluator's types: f32 numbers in f64
 * arrays. One call is one window that begins its sequences; calls use the same memory, one after the other.
 *
 * @param compiled  for at least the steps and exactly the batch of every call
 */
export function kernels(compiled: CompiledCell): (given: SequenceGiven) => SequenceResult {
  const { manifest } = compiled;
  const { block, procedures } = executeSync(compiled);
  const memory = layOut(manifest, block);
  return (given) => {
    writeGiven(manifest, memory, given);
    procedures.prepare();
    procedures.start();
    writeStarts(manifest, memory, given);
    procedures.forward(given.steps);
    const result = forwardResult(manifest, memory, given.steps);
    if (!manifest.training) return result;
    writeCotangents(manifest, memory, given);
    procedures.backward(given.steps);
    passToStarts(manifest, memory, given);
    procedures.finish();
    return { ...result, adjoint: backwardResult(manifest, memory, given.steps) };
  };
}

function writeGiven(
  {
    batch,
    parameters,
    inputs,
    sequenceInputs = [],
    overs = [],
    targets,
    noises = [],
    rows,
    stepCounter,
  }: Manifest,
  memory: Memory,
  given: SequenceGiven,
) {
  for (const { name, buffer } of parameters) memory.f32(buffer).set(given.parameters.get(name)!);
  for (const { name, buffer } of [...inputs, ...sequenceInputs, ...targets])
    memory.lanes(buffer).set(given.inputs.get(name)!);
  for (const { name, size, buffer } of overs)
    memory.f32(buffer).set(given.entries?.get(name) ?? Array<number>(batch).fill(size));
  for (const { name, buffer } of noises) {
    if (buffer !== undefined) memory.f32(buffer).set((given.inputs.get(name) ?? given.parameters.get(name))!);
  }
  for (const [control, buffer] of Object.entries(rows ?? {})) {
    memory.f32(buffer).set(given.inputs.get(rowControls[control as keyof typeof rowControls])!);
  }
  const counters = memory.i32(stepCounter).fill(0);
  if (given.stepsBefore !== undefined) counters.set(given.stepsBefore);
}

function writeStarts({ states }: Manifest, memory: Memory, { starts }: SequenceGiven) {
  for (const { name, buffer } of states) {
    const values = starts?.get(name);
    if (values !== undefined) memory.lanes(buffer).set(values);
  }
}

function writeCotangents({ outputs, states, loss }: Manifest, memory: Memory, given: SequenceGiven) {
  const write = (buffer: string | undefined, values: Float64Array | undefined) => {
    if (buffer === undefined) return;
    const view = memory.f32(buffer).fill(0);
    if (values !== undefined) view.set(values);
  };
  for (const { name, cotangent } of outputs) write(cotangent, given.outputCotangents?.get(name));
  for (const { name, cotangent } of states) write(cotangent, given.finalCotangents?.get(name));
  write(loss?.cotangent, given.lossWeights);
}

/** What arrives before the first step goes on to the cell's own start values, not to those given from outside. */
function passToStarts({ states }: Manifest, memory: Memory, { starts }: SequenceGiven) {
  for (const { name, cotangent, startCotangent } of states) {
    if (cotangent === undefined || startCotangent === undefined) continue;
    const to = memory.f32(startCotangent);
    if (starts?.has(name)) to.fill(0);
    else to.set(memory.f32(cotangent));
  }
}

function forwardResult(manifest: Manifest, memory: Memory, steps: number): SequenceResult {
  const { batch, outputs, states, loss } = manifest;
  const perStep = (buffer: string, shape: readonly number[]) =>
    Float64Array.from(memory.f32(buffer).subarray(0, steps * batch * sizeOf(shape)));
  return {
    outputs: new Map(outputs.map(({ name, buffer, shape }) => [name, perStep(buffer, shape)])),
    values: new Map(),
    finals: new Map(
      states.map(({ name, buffer, shape }) => {
        const slot = batch * sizeOf(shape);
        return [name, Float64Array.from(memory.lanes(buffer).subarray(steps * slot, (steps + 1) * slot))];
      }),
    ),
    ...(loss === undefined ? {} : { loss: perStep(loss.buffer, []) }),
  };
}

function backwardResult(manifest: Manifest, memory: Memory, steps: number): SequenceAdjoint {
  const { batch, parameters, inputs, sequenceInputs = [], targets, states } = manifest;
  const whole = <Item extends { readonly name: string }>(
    items: readonly Item[],
    bufferOf: (item: Item) => string | undefined,
    length?: (item: Item) => number,
  ) =>
    new Map(
      items.flatMap((item) => {
        const buffer = bufferOf(item);
        if (buffer === undefined) return [];
        return [[item.name, Float64Array.from(memory.f32(buffer).subarray(0, length?.(item)))] as const];
      }),
    );
  return {
    gradients: whole(parameters, ({ gradient }) => gradient),
    inputCotangents: new Map([
      ...whole(
        [...inputs, ...targets],
        ({ cotangent }) => cotangent,
        ({ shape }) => steps * batch * sizeOf(shape),
      ),
      ...whole(sequenceInputs, ({ cotangent }) => cotangent),
    ]),
    startCotangents: whole(states, ({ cotangent }) => cotangent),
  };
}
