import {
  chmodSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Load } from '../compiler/cell/modules.ts';
import type { Source } from '../compiler/source/source.ts';
import { exitCodes, Failure } from './failure.ts';

/**
 * Reads a text file, or standard input for `-`.
 *
 * @throws Failure (file) that says which file and why
 */
export function readText(path: string): string {
  const bytes = attempt(`read ${path}`, () => readFileSync(path === '-' ? 0 : path));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(exitCodes.file, `Cannot read ${path}: it is not UTF-8 text.`);
  }
}

export function readSource(path: string): Source {
  return { name: path === '-' ? 'standard input' : path, text: readText(path) };
}

/** Finds imported files, relative to the file that imports them. */
export const loadImport: Load = (path, from) => {
  const name = normalize(join(dirname(from.name), path));
  try {
    return statSync(name).isFile() ? { name, text: readFileSync(name, 'utf8') } : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Writes all or nothing: into a file beside it, which then takes its name. A link stays one, a file keeps its mode, and
 * what is no file (a device, a pipe) is written to as it is.
 *
 * @throws Failure (file); what was there before is still there
 */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  writeTogether([{ path, content }]);
}

/**
 * Files that belong together: all are written beside their targets before the first takes its name.
 *
 * @param files  the one that the user named first
 * @throws Failure (file); what was there before is still there
 */
export function writeTogether(
  files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
): void {
  const ready: (() => void)[] = [];
  const temporaries: string[] = [];
  try {
    for (const { path, content } of files) {
      attempt(`write ${path}`, () => {
        requireFolder(path);
        const target = existsSync(path) ? realpathSync(path) : path;
        const before = existsSync(target) ? statSync(target) : undefined;
        if (before?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
        if (before !== undefined && !before.isFile()) {
          ready.push(() => writeFileSync(target, content));
          return;
        }
        const temporary = `${target}.${process.pid}.tmp`;
        temporaries.push(temporary);
        writeFileSync(temporary, content);
        if (before !== undefined) chmodSync(temporary, before.mode);
        ready.push(() => renameSync(temporary, target));
      });
    }
    files.forEach(({ path }, i) => {
      attempt(`write ${path}`, ready[i]!);
    });
  } finally {
    for (const temporary of temporaries) rmSync(temporary, { force: true });
  }
}

function requireFolder(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder))
    throw new Failure(exitCodes.file, `Cannot write ${path}: the folder ${folder} does not exist.`);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'permission denied',
  ENOSPC: 'no space is left on the disk',
};

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Failure ? error : fileFailure(what, error);
  }
}

/** @param what  `read FILE` or `write FILE`, to say what could not be done */
export function fileFailure(what: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  return new Failure(exitCodes.file, `Cannot ${what}: ${reasons[code ?? ''] ?? message}.`);
}
