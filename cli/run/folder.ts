import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes, Failure } from '../failure.ts';
import { fileFailure } from '../files.ts';
import { lockFolder, lockName } from './lock.ts';
import { isAlive } from './processes.ts';

/** The files of a run. Each is written whole or not at all. */
export const runFiles = {
  configuration: 'config.json',
  /** Best weights so far. */
  weights: 'weights.safetensors',
  /** All that `--resume` needs. */
  checkpoint: 'checkpoint.safetensors',
  log: 'log.jsonl',
  lossCurve: 'loss.svg',
  gradientCurve: 'gradient-norm.svg',
} as const;

/** Files that are being written, with the process that writes: two that write at once do not mix. */
const temporaryName = (name: string): string => `${name}.${process.pid}.tmp`;
const temporaryNames = new RegExp(
  `^(?:${Object.values(runFiles)
    .map((name) => name.replaceAll('.', '\\.'))
    .join('|')})\\.(\\d+)\\.tmp$`,
);

export type RunFile = keyof typeof runFiles;

/** What writing asks of the system; tests let it fail. */
export interface Disk {
  write(descriptor: number, bytes: Uint8Array, from: number): number;
}

const systemDisk: Disk = { write: (descriptor, bytes, from) => writeSync(descriptor, bytes, from) };

/** A folder that holds one run. */
export class RunFolder {
  readonly path: string;
  readonly #disk: Disk;
  #unlock: (() => void) | undefined;
  /** Folders that `create` made, the innermost first. */
  #made: readonly string[] = [];

  constructor(path: string, disk: Disk = systemDisk) {
    this.path = path;
    this.#disk = disk;
  }

  file(which: RunFile): string {
    return join(this.path, runFiles[which]);
  }

  /** @throws Failure (usage) where something is there already that would be lost */
  checkFree(): void {
    if (!existsSync(this.path)) return;
    if (!statSync(this.path).isDirectory()) {
      throw new Failure(exitCodes.usage, `${this.path} is a file. Name another folder with --out.`);
    }
    if (this.has('configuration')) {
      if (this.isFree()) return;
      throw new Failure(
        exitCodes.usage,
        `${this.path} holds a run already. Go on with it: rnnc train --resume ${this.path}\n` +
          'or name another folder with --out, or delete it.',
      );
    }
    const others = readdirSync(this.path).filter((name) => name !== lockName && !temporaryNames.test(name));
    if (others.length > 0) {
      throw new Failure(exitCodes.usage, `${this.path} is not empty. Name another folder with --out.`);
    }
  }

  /** Whether nothing would be lost if another run began here: this one has neither checkpoint nor weights. */
  isFree(): boolean {
    return !this.has('checkpoint') && !this.has('weights');
  }

  /**
   * Makes the folder, locked. Of a run that ended before its first checkpoint nothing is left.
   *
   * @throws Failure as `checkFree` and `lock`, and (file) where it cannot be made
   */
  create(): void {
    this.checkFree();
    attempt(`write ${this.path}`, () => {
      this.#made = makeFolder(this.path);
    });
    try {
      this.lock();
    } catch (error) {
      this.abandon();
      throw error;
    }
    for (const name of Object.values(runFiles)) rmSync(join(this.path, name), { force: true });
  }

  /** @throws Failure (failed) where another process trains there, (file) where nothing can be written */
  lock(): void {
    this.#unlock = lockFolder(this.path);
  }

  /** Lets other processes in. */
  unlock(): void {
    this.#unlock?.();
    this.#unlock = undefined;
  }

  /** Lets other processes in. What `create` made goes, as far as it is empty. */
  abandon(): void {
    this.unlock();
    try {
      for (const path of this.#made) rmdirSync(path);
    } catch {
      // Somebody has put something there.
    }
  }

  /** @throws Failure (file) where it cannot be read */
  read(which: RunFile): Uint8Array {
    const path = this.file(which);
    return attempt(`read ${path}`, () => readFileSync(path));
  }

  has(which: RunFile): boolean {
    return existsSync(this.file(which));
  }

  /**
   * Into a file beside it, which reaches the disk before it takes the name: whatever happens, the old content or the new
   * is there.
   *
   * @throws Failure (file); the old content is still there then
   */
  write(which: RunFile, content: string | Uint8Array): void {
    const path = this.file(which);
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    attempt(`write ${path}`, () => {
      const temporary = temporaryName(path);
      try {
        const descriptor = openSync(temporary, 'w');
        try {
          for (let at = 0; at < bytes.length; ) at += this.#disk.write(descriptor, bytes, at);
          fsyncSync(descriptor);
        } finally {
          closeSync(descriptor);
        }
        renameSync(temporary, path);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
      this.#keepNames();
    });
  }

  /** Files that a killed process left behind half-written under names of their own. */
  sweep(): void {
    for (const name of readdirSync(this.path)) {
      const [, writer] = temporaryNames.exec(name) ?? [];
      if (writer !== undefined && !isAlive(Number(writer))) rmSync(join(this.path, name), { force: true });
    }
  }

  /** Lets the folder itself reach the disk, where the system can. */
  #keepNames(): void {
    try {
      const descriptor = openSync(this.path, 'r');
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch {
      // Windows opens no folders; the rename is kept by its file system.
    }
  }
}

/**
 * With those around it. Node's own recursion does not end where a system has folders that take none, as /proc.
 *
 * @returns those that were not there, the innermost first
 */
function makeFolder(path: string): readonly string[] {
  if (existsSync(path)) return [];
  const around = makeFolder(dirname(path));
  mkdirSync(path);
  return [path, ...around];
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileFailure(what, error);
  }
}
