import { type Kernels, kernelsFor, type Room } from '../kernels.ts';
import type { Named } from '../named.ts';
import type { Trainable } from './optimiser.ts';

/** How the learned parameters of a live cell and their gradients stand in its memory. */
export interface Layout {
  readonly kernels: Kernels;
  readonly room: Room;
  /** Of all learned parameters. */
  readonly entries: number;
  /** A parameter each, in the order of the gradients. */
  readonly pieces: readonly Piece[];
  /** The same entries, with parameters joined that follow one another without a gap, as do their gradients. */
  readonly runs: readonly Piece[];
}

export interface Piece {
  /** Of the parameter, of the first one in a run. */
  readonly name: string;
  /** Byte offsets. */
  readonly parameters: number;
  readonly gradients: number;
  /** Entries that come before it. */
  readonly first: number;
  readonly count: number;
}

const known = new WeakMap<
  object,
  { readonly parameters: Named<Float32Array>; readonly layout: Layout | undefined }
>();

/**
 * The layout of an instance whose memory is WebAssembly's and has a room for optimisers. It is looked for once, so only
 * records that cannot change, as those of an `Instance`, have one.
 */
export function layoutOf({ parameters, gradients }: Trainable): Layout | undefined {
  const found = known.get(gradients);
  if (found?.parameters === parameters) return found.layout;
  if (!Object.isFrozen(parameters) || !Object.isFrozen(gradients)) return undefined;
  const layout = lookForLayout(parameters, gradients);
  known.set(gradients, { parameters, layout });
  return layout;
}

function lookForLayout(parameters: Named<Float32Array>, gradients: Named<Float32Array>): Layout | undefined {
  const names = Object.keys(gradients);
  const views = names.flatMap((name) => [parameters[name]!, gradients[name]!]);
  const block = views[0] && kernelsFor(views[0]);
  if (block?.room === undefined) return undefined;
  if (views.some(({ buffer }) => buffer !== block.room!.block)) return undefined;
  if (names.some((name) => parameters[name]!.length !== gradients[name]!.length)) return undefined;
  let entries = 0;
  const pieces = names.map((name): Piece => {
    const first = entries;
    const count = gradients[name]!.length;
    entries += count;
    const at = { parameters: parameters[name]!.byteOffset, gradients: gradients[name]!.byteOffset };
    return { name, ...at, first, count };
  });
  return { kernels: block.kernels, room: block.room, entries, pieces, runs: joined(pieces) };
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const runs: Piece[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    const follows =
      last !== undefined &&
      piece.parameters === last.parameters + 4 * last.count &&
      piece.gradients === last.gradients + 4 * last.count;
    if (follows) runs[runs.length - 1] = { ...last, count: last.count + piece.count };
    else runs.push(piece);
  }
  return runs;
}
