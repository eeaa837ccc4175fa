import { createHash } from 'node:crypto';
import type { TensorFile } from '../../runtime/safetensors.ts';

/** In the metadata of a file of arrays: SHA-256 of all else in it, in hex. */
const seal = 'sha256';

/** The file with a checksum of what it holds. */
export function sealed(file: TensorFile): TensorFile {
  return { ...file, metadata: new Map([...file.metadata, [seal, checksum(file)]]) };
}

/** Whether a file holds what was sealed. One without a checksum was made by somebody else, and passes. */
export function isIntact(file: TensorFile): boolean {
  const written = file.metadata.get(seal);
  return written === undefined || written === checksum(file);
}

/** Of names, texts, shapes and values, whatever their order in the file. */
function checksum({ tensors, metadata }: TensorFile): string {
  const hash = createHash('sha256');
  for (const name of [...metadata.keys()].sort()) {
    if (name !== seal) hash.update(JSON.stringify([name, metadata.get(name)]));
  }
  for (const name of [...tensors.keys()].sort()) {
    const { shape, values } = tensors.get(name)!;
    hash.update(JSON.stringify([name, shape, values.constructor.name]));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
