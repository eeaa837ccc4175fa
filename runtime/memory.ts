import type { Manifest, ManifestBuffer } from '../compiler/module/manifest.ts';

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
 */
export function layOut(manifest: Manifest, block: ArrayBuffer): Memory {
  const views = new Map(manifest.buffers.map((buffer) => [buffer.name, view(block, buffer)]));
  const lanes = (name: string): Lanes => {
    const found = views.get(name);
    if (found === undefined) throw new TypeError(`The manifest of ${manifest.cell} has no buffer ${name}`);
    return found;
  };
  for (const { buffer, values } of manifest.constants) lanes(buffer).set(values);
  return {
    block,
    lanes,
    f32: (name) => lanes(name) as Float32Array,
    i32: (name) => lanes(name) as Int32Array,
  };
}

function view(block: ArrayBuffer, { lanes, offset, length }: ManifestBuffer): Lanes {
  return lanes === 'f32' ? new Float32Array(block, offset, length) : new Int32Array(block, offset, length);
}
