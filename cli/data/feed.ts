import type { Sequence } from '../../runtime/index.ts';
import { type Group, type Part, stepsOf } from './groups.ts';
import type { Prepared, PreparedInput } from './prepare.ts';

/**
 * A group as the runtime takes it: arrays are made window by window. A row whose sequence has ended goes on with the inputs
 * of the first, which is the longest.
 */
export function sequenceOf(data: Prepared, group: Group, part: Part): Sequence {
  return {
    steps: group.steps,
    inputs: source(data, group, part, data.inputs, 0),
    ...(data.targets.length === 0 ? {} : { targets: source(data, group, part, data.targets, data.ahead) }),
    lossWeights: weightsOf(data, group, part),
  };
}

/** By row of a group: the step at which its sequence has ended; 0 where it has none. */
export function endsOf(data: Prepared, { members }: Group, part: Part): readonly number[] {
  return members.map((member) => (member === undefined ? 0 : stepsOf(data, member, part)));
}

function source(data: Prepared, group: Group, part: Part, inputs: readonly PreparedInput[], shift: number) {
  const { members } = group;
  const batch = members.length;
  const ends = endsOf(data, group, part);
  const starts = members.map((member) => data.series[member ?? members[0]!]!.first + shift);
  return (first: number, steps: number): ReadonlyMap<string, Float32Array> =>
    new Map(
      inputs.map(({ name, columns }) => {
        const stride = columns.length;
        const values = new Float32Array(steps * batch * stride);
        for (let row = 0; row < batch; row++) {
          for (let t = 0; t < steps; t++) {
            const from = (first + t < ends[row]! ? starts[row]! : starts[0]!) + first + t;
            const to = (t * batch + row) * stride;
            for (let i = 0; i < stride; i++) values[to + i] = columns[i]![from]!;
          }
        }
        return [name, values];
      }),
    );
}

/** [steps, batch]: 1 where a target belongs to the part and was in the file. */
function weightsOf({ series, ahead, counts }: Prepared, { members, steps }: Group, part: Part): Float32Array {
  const batch = members.length;
  const weights = new Float32Array(steps * batch);
  for (const [row, member] of members.entries()) {
    if (member === undefined) continue;
    const { first, rows, training } = series[member]!;
    const [from, end] = part === 'training' ? [0, training] : [training, rows];
    for (let target = Math.max(from, ahead); target < end; target++) {
      weights[(target - ahead) * batch + row] = counts[first + target]!;
    }
  }
  return weights;
}
