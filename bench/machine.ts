import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';

/** What a reader needs to know of a machine; not its name. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly architecture: string;
  /** Widest vectors of the CPU in bits, where that is known. */
  readonly vectorBits?: number;
  readonly memoryGiB: number;
  readonly system: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  const vectorBits = widestVectors();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    architecture: arch(),
    ...(vectorBits === undefined ? {} : { vectorBits }),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: systemName(),
  };
}

/** `amd-epyc`, for a file's name. */
export function slugOf({ cpu }: Machine): string {
  return cpu
    .toLowerCase()
    .replace(/\((r|tm)\)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function widestVectors(): number | undefined {
  if (!existsSync('/proc/cpuinfo')) return undefined;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  if (flags.includes('avx512f')) return 512;
  return flags.includes('avx2') ? 256 : undefined;
}

function systemName(): string {
  if (existsSync('/etc/os-release')) {
    const found = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'));
    if (found) return found[1]!;
  }
  return `${type()} ${release()}`;
}
