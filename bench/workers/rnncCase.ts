import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type * as Compiler from '../../compiler/index.ts';
import type { Program } from '../../compiler/program/program.ts';
import type * as Runtime from '../../runtime/index.ts';
import type { Case } from '../cases.ts';
import { cells } from '../cells.ts';

/*
 * A case of the bench, compiled by one bundle of rnnc (bundle.ts), of today or of an earlier commit, as the command line
 * of the worker says. Switches of the engine (`--experimental-…`) stand before the worker's name.
 */

export interface Bundle {
  readonly compiler: typeof Compiler;
  readonly runtime: typeof Runtime;
  readonly scalarise?: (program: Program) => Program;
}

const { values: given } = parseArgs({
  options: {
    module: { type: 'string' },
    /** Where the cells' paths begin. */
    root: { type: 'string' },
    profile: { type: 'string', default: 'separate' },
    /** `wasm`, `js`, or `scalar`: WebAssembly with every four-lane operation written as four. */
    target: { type: 'string', default: 'wasm' },
    /** For compileOnce.ts, as JSON. */
    case: { type: 'string' },
  },
});
const root = given.root!;
export const profile = given.profile as 'separate' | 'fused';
export const givenCase = given.case;
export const target = given.target as 'wasm' | 'js' | 'scalar';

export async function loadBundle(): Promise<Bundle> {
  const bundle = (await import(pathToFileURL(given.module!).href)) as Bundle;
  if (target === 'scalar' && bundle.scalarise === undefined) throw new Error('this tree has no scalarise');
  return bundle;
}

/**
 * What `compile` is given for a case.
 *
 * @param trained  the cell with a loss, where the case trains; else the cell alone
 */
export function questionOf(
  { compiler }: Bundle,
  wanted: Case,
  { trained }: { readonly trained: boolean },
): { readonly source: Compiler.Source; readonly options: Compiler.CompileOptions } {
  const { operation, steps, batch } = wanted;
  const training = operation === 'train';
  const known = cells.get(wanted.cell);
  const file = known === undefined ? wanted.cell : training && trained ? known.trained : known.file;
  const cell = training && trained ? undefined : known?.cell;
  const source = read(join(root, file));
  if (source === undefined) throw new Error(`there is no file ${file}`);
  const chosen = cell === undefined ? {} : { cell };
  const usual = ['I', 'H'];
  // Cells of the bench have both sizes; another's are looked up.
  const named =
    known !== undefined
      ? usual
      : compiler
          .checkedCell(source, { load, ...chosen })
          .sizes.map(({ name }) => name)
          .filter((name) => usual.includes(name));
  const options: Compiler.CompileOptions = {
    sizes: Object.fromEntries(named.map((name) => [name, name === 'I' ? wanted.inputs : wanted.hidden])),
    batch,
    window: steps,
    training,
    target: target === 'scalar' ? 'wasm' : target,
    profile,
    load,
    ...chosen,
  };
  return { source, options };
}

export function compileCase(bundle: Bundle, wanted: Case): Compiler.CompiledCell {
  const { compiler, scalarise } = bundle;
  const { source, options } = questionOf(bundle, wanted, { trained: true });
  if (target !== 'scalar') return compiler.compile(source, options);
  const { program } = compiler.compileStages(source, options);
  const { manifest } = compiler.compile(source, options);
  const wasm = compiler.targets.find(({ name }) => name === 'wasm')!;
  return { manifest, code: wasm.emit(scalarise!(program)) };
}

/** Parameters are drawn, so that the time to do so counts. */
export function instantiate({ runtime }: Bundle, compiled: Compiler.CompiledCell): Promise<Runtime.Instance> {
  return runtime.instantiate(compiled, { seed: 1 });
}

function read(name: string): Compiler.Source | undefined {
  return statSync(name, { throwIfNoEntry: false })?.isFile()
    ? { name, text: readFileSync(name, 'utf8') }
    : undefined;
}

function load(path: string, from: Compiler.Source): Compiler.Source | undefined {
  return read(normalize(join(dirname(from.name), path)));
}
