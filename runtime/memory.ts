import type { Manifest, ManifestBuffer } from '../compiler/module/manifest.ts';

import { fail, runtimeErrors } from './errors.ts';

export type Lanes = Float32Array | Int32Array;

/** The memory block of one live cell, with a view of each buffer. */
export interface Memory {
  readonly block: ArrayBuffer;
  /** View of a buffer of f32 lanes. */
  readonly f32: (buffer: string) => Float32Array;
  /** View of a buffer of i32 lanes. */
  readonly i32: (buffer: string) => Int32Array;
  /** View of a buffer, by its own lanes. */
  readonly lanes: (buffer: string) => Lanes;
}

/**
 * Lays the manifest's buffers over a block and writes its constants.
 *
 * @param block  at least `manifest.memoryBytes` bytes; all else in it is left alone
 * @throws RuntimeError RNN515 where the manifest does not hold together
 */
export function layOut(manifest: Manifest, block: ArrayBuffer): Memory {
  const refuse = (what: string): never =>
    fail(runtimeErrors.cannotRun, { reason: `The manifest of ${manifest.cell} ${what}; compile it again.` });
  const views = new Map(
    manifest.buffers.map((buffer) => {
      if (!fits(block, buffer)) refuse(`places ${buffer.name} outside its memory`);
      return [buffer.name, view(block, buffer)];
    }),
  );
  const lanes = (name: string): Lanes => {
    const found = views.get(name);
    return found ?? refuse(`has no buffer ${name}`);
  };
  for (const { buffer, values } of manifest.constants) lanes(buffer).set(values);
  return {
    block,
    lanes,
    f32: (name) => lanes(name) as Float32Array,
    i32: (name) => lanes(name) as Int32Array,
  };
}

function fits(block: ArrayBuffer, { offset, length }: ManifestBuffer): boolean {
  return offset >= 0 && offset % 4 === 0 && length >= 0 && offset + 4 * length <= block.byteLength;
}

function view(block: ArrayBuffer, { lanes, offset, length }: ManifestBuffer): Lanes {
  return lanes === 'f32' ? new Float32Array(block, offset, length) : new Int32Array(block, offset, length);
}
