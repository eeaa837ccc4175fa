import type { SequenceGiven } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { targets } from '../../compiler/targets/index.ts';
import { allocate, instantiate } from '../../compiler/targets/instantiate.ts';
import type { Target } from '../../compiler/targets/target.ts';
import type { TrainingStages } from './stages.ts';

export interface ProgramRun {
  /** A buffer by name, as it is after the backward sweep. */
  readonly buffer: (name: string) => Float32Array;
  /** All of memory, as 32-bit lanes. */
  readonly lanes: Int32Array;
}

/** Runs all five procedures of a planned cell in a fresh memory, from `given`, on one target. */
export function runProgram(stages: TrainingStages, given: SequenceGiven, name: Target['name']): ProgramRun {
  const { plan, program, bound } = stages;
  const target = targets.find((t) => t.name === name)!;
  const memory = allocate(plan.memoryBytes);
  const procedures = instantiate(target.emit(program), memory);
  const find = (buffer: string) => plan.buffers.find((b) => b.name === buffer)!;
  const floats = (buffer: string) =>
    new Float32Array(memory.buffer, find(buffer).offset, find(buffer).length);
  const write = (buffer: string, values: ArrayLike<number> | undefined) => {
    if (values === undefined) return;
    const { lanes, offset } = find(buffer);
    const view = lanes === 'i32' ? new Int32Array(memory.buffer, offset, values.length) : floats(buffer);
    view.set(values);
  };
  for (const [constant, values] of bound.constants) {
    if (plan.buffers.some((b) => b.name === bufferNames.constant(constant)))
      write(bufferNames.constant(constant), values);
  }
  /** Noise stands among parameters or inputs, and has buffers of its own. */
  const orNoise = (buffer: string, name: string) =>
    plan.buffers.some((b) => b.name === buffer) ? buffer : bufferNames.noise(name);
  for (const [name, values] of given.parameters) write(orNoise(bufferNames.parameter(name), name), values);
  for (const [name, values] of given.inputs) write(orNoise(bufferNames.input(name), name), values);
  for (const { name: size } of bound.graph.entries) {
    const all = bound.binding.sizes.get(size)!;
    write(bufferNames.entries(size), given.entries?.get(size) ?? Array(given.batch).fill(all));
  }
  for (const [output, values] of given.outputCotangents ?? [])
    write(bufferNames.outputCotangent(output), values);
  for (const [state, values] of given.finalCotangents ?? []) write(bufferNames.stateCotangent(state), values);
  if (bound.graph.loss !== undefined) write(bufferNames.lossCotangent, given.lossWeights);
  if (given.stepsBefore !== undefined) write(bufferNames.stepCounter, given.stepsBefore);
  procedures.prepare();
  procedures.start();
  for (const [state, values] of given.starts ?? []) write(bufferNames.state(state), values);
  procedures.forward(given.steps);
  procedures.backward(given.steps);
  for (const { name: state } of bound.graph.adjoint.states) {
    if (given.starts?.has(state)) continue;
    floats(bufferNames.startCotangent(state)).set(floats(bufferNames.stateCotangent(state)));
  }
  procedures.finish();
  return { buffer: floats, lanes: new Int32Array(memory.buffer, 0, plan.memoryBytes / 4) };
}
