import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Failure } from '../failure.ts';
import { fileFailure } from '../files.ts';
import { isAlive } from './processes.ts';

/** In a run's folder while a process trains there: its number. */
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
        writeSync(descriptor, String(process.pid));
      } finally {
        closeSync(descriptor);
      }
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFailure(`write ${file}`, error);
    }
    const owner = ownerOf(file);
    if (owner !== undefined && isAlive(owner)) {
      throw new Failure(
        exitCodes.failed,
        `${path} is in use: process ${owner} trains there. Wait for its end, or name another folder with --out.\n` +
          `If that process is no rnnc, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
  }
}

function ownerOf(file: string): number | undefined {
  try {
    const id = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch {
    return undefined;
  }
}
