import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Failure } from '../failure.ts';
import { fileFailure } from '../files.ts';
import { isAlive, startOf } from './processes.ts';

/** In a run's folder while a process trains there: its number, and when it began, where the system tells. */
export const lockName = 'run.lock';

/**
 * Keeps other processes from training in this folder. What a dead process left behind is taken over.
 *
 * @returns lets others in again
 * @throws Failure (failed) where another process trains there, (file) where nothing can be written
 */
export function lockFolder(path: string): () => void {
  const file = join(path, lockName);
  for (;;) {
    try {
      const descriptor = openSync(file, 'wx');
      try {
        writeSync(descriptor, [process.pid, startOf(process.pid) ?? ''].join(' '));
      } finally {
        closeSync(descriptor);
      }
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFailure(`write ${file}`, error);
    }
    const owner = ownerOf(file);
    if (owner !== undefined) {
      throw new Failure(
        exitCodes.failed,
        `${path} is in use: process ${owner} trains there. Wait for its end, or name another folder with --out.\n` +
          `If that process is no rnnc, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
  }
}

/** @returns undefined where the process that wrote it has ended */
function ownerOf(file: string): number | undefined {
  const [id = '', start = ''] = textOf(file).split(' ');
  const owner = Number(id);
  if (!(Number.isSafeInteger(owner) && owner > 0 && isAlive(owner))) return undefined;
  const began = startOf(owner);
  return start === '' || began === undefined || began === start ? owner : undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
