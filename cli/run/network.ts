import { compile } from '../../compiler/compile.ts';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import { type Configuration, runSource } from './configuration.ts';

export interface NetworkOptions {
  readonly batch: number;
  /** Most steps of one sweep. */
  readonly window: number;
  readonly training: boolean;
}

/** The cell of a run, compiled for the run's target, in its profile. */
export function compileRun(configuration: Configuration, options: NetworkOptions): CompiledCell {
  const { cell, target, profile } = configuration;
  const { source, load } = runSource(configuration);
  return compile(source, {
    ...options,
    load,
    target,
    cell: cell.name,
    sizes: new Map(cell.sizes),
    ...(profile && { profile }),
  });
}
