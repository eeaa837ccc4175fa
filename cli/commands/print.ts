import { dump, type StageName } from '../../compiler/dump.ts';
import type { BlockName } from '../../compiler/plan/blocks.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { loadImport, readSource } from '../files.ts';
import type { Io } from '../io.ts';

export interface PrintCommand {
  readonly stage: StageName;
  readonly size: ReadonlyMap<string, number>;
  readonly cell?: string;
  readonly batch: number;
  readonly window?: number;
  readonly inference: boolean;
  readonly inputCotangents?: boolean;
  readonly lengths?: boolean;
  readonly resets?: boolean;
  readonly profile: 'separate' | 'fused';
  /** One that is none is refused by the compiler. */
  readonly block: BlockName;
  readonly plan: 'fast' | 'naive';
}

/** Any stage of the compilation as text. */
export function printStage(
  path: string,
  { stage, size, inference, ...options }: PrintCommand,
  io: Io,
): ExitCode {
  io.out(dump(readSource(path), stage, { ...options, sizes: size, training: !inference, load: loadImport }));
  return exitCodes.fine;
}
