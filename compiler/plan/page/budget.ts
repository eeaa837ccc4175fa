import type { Buffer } from '../memory.ts';
import { laneBytes } from '../memory.ts';
import { bufferNames, type Plan } from '../plan.ts';

export interface Share {
  readonly what: string;
  readonly bytes: number;
  /** Names of what lies there. */
  readonly members: readonly string[];
}

interface Kind {
  readonly what: string;
  readonly holds: (buffer: string) => boolean;
}

const begins =
  (...prefixes: readonly string[]) =>
  (buffer: string) =>
    prefixes.some((prefix) => buffer.startsWith(prefix));
const is =
  (...names: readonly string[]) =>
  (buffer: string) =>
    names.includes(buffer);

/** In this order: what lies in two of them counts for the first. */
const kinds: readonly Kind[] = [
  { what: 'parameters', holds: is(bufferNames.parameters) },
  { what: 'gradients', holds: is(bufferNames.gradients) },
  { what: 'room for an optimiser', holds: is(bufferNames.optimiserState) },
  { what: 'constants', holds: begins('constant.') },
  { what: 'noise', holds: begins('noise.') },
  { what: 'inputs', holds: begins('input.') },
  { what: 'states', holds: begins('state.') },
  { what: 'outputs', holds: (name) => begins('output.')(name) || name === bufferNames.loss },
  { what: 'cotangents, in and out', holds: begins('cotangent.') },
  { what: 'tape', holds: begins('tape.') },
  { what: 'matrices in panels', holds: begins('packed.') },
  { what: 'working memory', holds: begins('slab.', 'value.', 'leaving.') },
];

/** The memory of a plan by what it is for; shares add up to all of it. */
export function budgetOf({ buffers, memoryBytes }: Plan): readonly Share[] {
  const taken: Range[] = [];
  const shares = kinds.map(({ what, holds }): Share => {
    const own = buffers.filter(({ name }) => holds(name));
    let bytes = 0;
    for (const range of own.map(rangeOf)) {
      for (const free of without(range, taken)) {
        bytes += free.end - free.start;
        taken.push(free);
      }
    }
    return { what, bytes, members: own.map(({ name }) => name.slice(name.indexOf('.') + 1)) };
  });
  const rest = memoryBytes - shares.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...shares.filter(({ members }) => members.length > 0),
    { what: 'counters and gaps', bytes: rest, members: [] },
  ];
}

/** Bytes that values of working memory would take side by side; they share what lifetimes allow. */
export const workingBytes = ({ buffers }: Plan): number =>
  buffers
    .filter(({ name }) => kinds.at(-1)!.holds(name))
    .reduce((sum, { length }) => sum + length * laneBytes, 0);

interface Range {
  readonly start: number;
  readonly end: number;
}

const rangeOf = ({ offset, length }: Buffer): Range => ({ start: offset, end: offset + length * laneBytes });

/** What of a range no other has taken. */
function without(range: Range, taken: readonly Range[]): readonly Range[] {
  return taken.reduce<readonly Range[]>(
    (free, other) =>
      free.flatMap((part) =>
        other.end <= part.start || part.end <= other.start
          ? [part]
          : [
              { start: part.start, end: Math.min(part.end, other.start) },
              { start: Math.max(part.start, other.end), end: part.end },
            ].filter(({ start, end }) => start < end),
      ),
    [range],
  );
}
