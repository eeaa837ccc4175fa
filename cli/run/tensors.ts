import { RuntimeError } from '../../runtime/index.ts';
import { decodeSafetensors, type TensorFile } from '../../runtime/safetensors.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { RunFile, RunFolder } from './folder.ts';

/** @throws Failure (file) where it cannot be read, (failed) where it is damaged */
export function readTensors(folder: RunFolder, which: RunFile): TensorFile {
  const bytes = folder.read(which);
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new Failure(exitCodes.failed, `${folder.file(which)}: ${error.message}`);
  }
}
