import type { Load } from './cell/modules.ts';
import { compileCatalog } from './diagnostics/catalog/compile.ts';
import { CompileError } from './diagnostics/compileError.ts';
import { type Diagnostic, diagnose } from './diagnostics/diagnostic.ts';
import { nearest } from './diagnostics/suggest.ts';
import { type BlockName, registerBlocks } from './plan/blocks.ts';
import type { RoundingProfile } from './program/program.ts';
import type { Source } from './source/source.ts';
import { targets } from './targets/index.ts';
import type { Target } from './targets/target.ts';

/** Options of `compile`. */
export interface CompileOptions {
  /** Sizes and real numbers of the cell's header that have no default, or another value. */
  readonly sizes?: Readonly<Record<string, number>> | ReadonlyMap<string, number>;
  /** Which cell of the file; by default the last. */
  readonly cell?: string;
  /** Rows that run side by side; default 1. */
  readonly batch?: number;
  /** Most steps of one forward call, so the steps between truncations; default 1 without training, else 64. */
  readonly window?: number;
  /** Whether gradients are wanted; default true. */
  readonly training?: boolean;
  /**
   * Whether noise is `drawn`, or the number it is on average, `expected`, which then is all the code knows of it. Default
   * `drawn` where gradients are wanted, else `expected`.
   */
  readonly noise?: 'drawn' | 'expected';
  /** Default `wasm`. */
  readonly target?: Target['name'];
  /**
   * How a multiply-add rounds: `separate` (twice, the same bits on every host) or `fused` (once, faster). Default: in
   * WebAssembly both, for the host to choose; elsewhere `separate`.
   */
  readonly profile?: RoundingProfile;
  /** Results a contraction keeps in registers at a time; changes speed and never bits. Default: see `compile`. */
  readonly block?: BlockName;
  /** Whether `backward` gives the loss's derivative by the inputs too; default false. */
  readonly inputCotangents?: boolean;
  /**
   * Whether rows of a batch may end before the others, at lengths that are given with each call; default false. Costs a
   * choice at every state, output and operand of a product.
   */
  readonly lengths?: boolean;
  /** Whether rows may begin new sequences inside a window, at steps that are given with each call; default false. */
  readonly resets?: boolean;
  /** Default `fast`; `naive` is the plan without cleverness, for comparison. */
  readonly plan?: 'fast' | 'naive';
  /** Reads imported files. */
  readonly load?: Load;
}

/** What an option may be: one of a few values, or what `holds` says, in words. */
interface Range {
  readonly among?: readonly (string | boolean)[];
  readonly holds?: (value: unknown) => boolean;
  readonly words?: string;
}

const among = (...values: readonly (string | boolean)[]): Range => ({ among: values });

/** Numbers are checked where the cell is known, with RNN403 and RNN407. */
const anything: Range = {};

const ranges: Readonly<Record<keyof CompileOptions, Range>> = {
  sizes: {
    holds: (value) => typeof value === 'object' && value !== null,
    words: 'a record or a Map of numbers by name',
  },
  cell: { holds: (value) => typeof value === 'string', words: 'the name of a cell' },
  batch: anything,
  window: anything,
  training: among(true, false),
  noise: among('drawn', 'expected'),
  target: among(...targets.map(({ name }) => name)),
  profile: among('separate', 'fused'),
  block: among(...Object.keys(registerBlocks)),
  inputCotangents: among(true, false),
  lengths: among(true, false),
  resets: among(true, false),
  plan: among('fast', 'naive'),
  load: { holds: (value) => typeof value === 'function', words: 'a function' },
};

/**
 * Refuses what TypeScript would have refused: a source that is none, options that there are not, values they cannot have.
 *
 * @throws CompileError RNN408, RNN409, RNN410, with all that is wrong
 */
export function checkCall(source: Source, options: CompileOptions): void {
  checkSourceText(source);
  const isRecord = typeof options === 'object' && options !== null;
  const wrong = isRecord
    ? Object.entries(options).flatMap(([name, value]) => problemOf(source, name, value))
    : [badValue(source, 'options', options, { words: 'a record' })];
  if (wrong.length > 0) throw new CompileError(wrong);
}

/**
 * Refuses what is not one of a few texts.
 *
 * @param what  what it is, for the message
 * @throws CompileError RNN408
 */
export function checkAmong(source: Source, what: string, value: unknown, known: readonly string[]): void {
  if (!fits(value, { among: known }))
    throw new CompileError([badValue(source, what, value, { among: known })]);
}

/** @throws CompileError RNN410 */
export function checkSourceText(source: Source): void {
  const given: Partial<Source> | null | undefined = source;
  const { name, text } = given ?? {};
  if (typeof name === 'string' && typeof text === 'string') return;
  const empty = { name: typeof name === 'string' ? name : 'source', text: '' };
  throw new CompileError([diagnose(compileCatalog.noText, startOf(empty), { what: missing(source, name) })]);
}

function missing(source: unknown, name: unknown): string {
  if (typeof source !== 'object' || source === null)
    return `${source === null ? 'null' : typeof source} is given`;
  return typeof name === 'string' ? 'the text is missing' : 'the name is missing';
}

function problemOf(source: Source, name: string, value: unknown): readonly Diagnostic[] {
  if (!Object.hasOwn(ranges, name)) {
    const known = Object.keys(ranges);
    const parameters = { name, known, nearest: nearest(name, known) };
    return [diagnose(compileCatalog.unknownOption, startOf(source), parameters)];
  }
  const range = ranges[name as keyof CompileOptions];
  return value === undefined || fits(value, range) ? [] : [badValue(source, name, value, range)];
}

function fits(value: unknown, { among: values, holds }: Range): boolean {
  if (values !== undefined) return (values as readonly unknown[]).includes(value);
  return holds === undefined || holds(value);
}

function badValue(
  source: Source,
  name: string,
  value: unknown,
  { among: values = [], words }: Range,
): Diagnostic {
  const texts = values.filter((known) => typeof known === 'string');
  const near = typeof value === 'string' ? nearest(value, texts) : undefined;
  const range = words ?? `one of ${values.map((known) => JSON.stringify(known)).join(', ')}`;
  return diagnose(compileCatalog.badOption, startOf(source), { name, value, range, nearest: near });
}

const startOf = (source: Source) => ({ source, start: 0, end: 0 });
