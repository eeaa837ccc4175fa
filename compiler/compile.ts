import { differentiate } from './autodiff/differentiate.ts';
import type { Cell } from './cell/cell.ts';
import { type Checked, check } from './cell/check.ts';
import { bindLagSizes, bindSizes } from './cell/sizes.ts';
import { verifyCell } from './cell/verify.ts';
import { compileCatalog } from './diagnostics/catalog/compile.ts';
import { sizeCatalog } from './diagnostics/catalog/sizes.ts';
import { CompileError } from './diagnostics/compileError.ts';
import { diagnose } from './diagnostics/diagnostic.ts';
import { type Binding, type Bound, bind } from './graph/bind.ts';
import type { StepGraph, TrainingGraph } from './graph/graph.ts';
import { withRows } from './graph/rows.ts';
import { toGraph } from './graph/toGraph.ts';
import { verifyGraph } from './graph/verify.ts';
import { describe } from './module/describe.ts';
import type { CompiledCell } from './module/manifest.ts';
import { arrange } from './optimise/arrange.ts';
import { forwardOnly } from './optimise/forwardOnly.ts';
import { optimise } from './optimise/passes.ts';
import { withoutInputCotangents } from './optimise/removeDead.ts';
import { type Stabilised, stabilise } from './optimise/stable/stabilise.ts';
import { type CompileOptions, checkCall, checkSourceText } from './options.ts';
import { type BlockName, blocksOf, registerBlocks } from './plan/blocks.ts';
import { choosePlan } from './plan/choose.ts';
import { naivePlan } from './plan/naive.ts';
import type { Plan } from './plan/plan.ts';
import { verifyPlan } from './plan/verify.ts';
import { lower } from './program/lower.ts';
import type { Program, RoundingProfile } from './program/program.ts';
import { verifyProgram } from './program/verify.ts';
import type { Source } from './source/source.ts';
import { invariant } from './support/invariant.ts';
import { parse } from './syntax/parse.ts';
import { targets } from './targets/index.ts';
import type { Target } from './targets/target.ts';

export type { CompileOptions } from './options.ts';

/** Every stage of one compilation, for printing and for tests. */
export interface Stages {
  /** Names resolved, shapes settled. */
  readonly cell: Cell;
  /** One step, with what would overflow or cancel as it is written computed in another way. */
  readonly graph: StepGraph;
  /** Where that is so, and how. */
  readonly stabilised: readonly Stabilised[];
  /** With its adjoint where training, passes done, sizes still symbolic. */
  readonly optimised: StepGraph | TrainingGraph;
  /** Arranged for fast kernels, with numbers for sizes. */
  readonly bound: Bound<StepGraph | TrainingGraph>;
  /** What runs when, and where everything lies. */
  readonly plan: Plan;
  /** Loops, loads and stores: what targets print. */
  readonly program: Program;
}

/**
 * Text → module: the whole road, one line per stage.
 *
 * For WebAssembly the result holds a variant for each profile and register block that is not given; all have one manifest
 * and memory map. Which is best, the host finds out when the cell is brought to life. A variant is emitted when its bytes
 * are first asked for.
 *
 * @param source  the text, under the name that messages give it
 * @throws CompileError with every diagnostic of the source, or with what is wrong about the options, sizes, window and batch
 */
export function compile(source: Source, options: CompileOptions = {}): CompiledCell {
  checkCall(source, options);
  const target = targets.find(({ name }) => name === (options.target ?? 'wasm'));
  invariant(target !== undefined, `no target ${options.target}`);
  const front = frontStages(source, options);
  const variants = variantsOf(target, options).map(({ profile, block }) => {
    const plan = once(() => planned(front, { ...options, profile, block }));
    const code = once(() => target.emit(lowered(plan()), block));
    return { profile, block, plan, code };
  });
  const [first] = variants;
  const manifest = describe(front.cell, first!.plan());
  if (target.name !== 'wasm') return { manifest, code: first!.code() };
  return {
    manifest,
    code: {
      kind: 'wasm',
      variants: variants.map(({ profile, block, code }) => ({
        profile,
        block,
        get bytes() {
          const emitted = code();
          invariant(emitted.kind === 'wasm', 'WebAssembly only has variants');
          return emitted.variants[0]!.bytes;
        },
      })),
    },
  };
}

/** What is to be emitted: one program, or several for WebAssembly. */
function variantsOf(target: Target, options: CompileOptions): readonly Variant[] {
  const { profile, block } = options;
  if (target.name !== 'wasm' || options.plan === 'naive') return [variantFor(options)];
  const profiles: readonly RoundingProfile[] = profile === undefined ? ['fused', 'separate'] : [profile];
  return profiles.flatMap((rounding) =>
    (block === undefined ? blocksOf[rounding] : [block]).map((name) => ({ profile: rounding, block: name })),
  );
}

interface Variant {
  readonly profile: RoundingProfile;
  readonly block: BlockName;
}

function variantFor({ profile = 'separate', block = blocksOf[profile][0]! }: CompileOptions): Variant {
  return { profile, block };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Every stage, of the program that `options` name; the profile is `separate` by default.
 *
 * @throws CompileError as `compile`
 */
export function compileStages(source: Source, options: CompileOptions = {}): Stages {
  checkCall(source, options);
  const front = frontStages(source, options);
  const { cell, graph, stabilised, optimised, bound } = front;
  const plan = planned(front, { ...options, ...variantFor(options) });
  return { cell, graph, stabilised, optimised, bound, plan, program: lowered(plan) };
}

interface Front extends Pick<Stages, 'cell' | 'graph' | 'stabilised' | 'optimised' | 'bound'> {
  readonly batch: number;
  readonly window: number;
}

/** All that does not depend on rounding and register block. */
function frontStages(source: Source, options: CompileOptions): Front {
  const cell = checkedCell(source, options);
  const binding = boundSizes(cell, options.sizes);
  const { graph, stabilised, optimised } = graphStagesOf(cell, options);
  const training = options.training ?? true;
  const { batch = 1, window = training ? 64 : 1 } = options;
  checkExtents(cell, { batch, window });
  const wanted = options.inputCotangents === true ? optimised : withoutInputCotangents(optimised);
  const bound = bind(options.plan === 'naive' ? wanted : arrange(wanted), binding);
  return { cell, graph, stabilised, optimised, bound, batch, window };
}

function planned(
  { cell, bound, batch, window }: Front,
  { plan: kind, profile, block }: Pick<CompileOptions, 'plan'> & Variant,
): Plan {
  const options = { batch, window, profile };
  const plan =
    kind === 'naive'
      ? naivePlan(bound, options)
      : choosePlan(bound, { ...options, block: registerBlocks[block] });
  verifyPlan(plan);
  checkMemory(cell, plan);
  return plan;
}

function lowered(plan: Plan): Program {
  const program = lower(plan);
  verifyProgram(program, plan.window);
  return program;
}

/** The stages for which sizes need not be known. */
export function graphStages(
  source: Source,
  options: CompileOptions = {},
): Pick<Stages, 'cell' | 'graph' | 'stabilised' | 'optimised'> {
  return graphStagesOf(checkedCell(source, options), options);
}

function graphStagesOf(
  cell: Cell,
  options: CompileOptions,
): Pick<Stages, 'cell' | 'graph' | 'stabilised' | 'optimised'> {
  verifyCell(cell);
  const training = options.training ?? true;
  const { lengths = false, resets = false } = options;
  const { graph: stable, done } = stabilise(verified(stepGraph(cell, options)));
  const graph = verified(withRows(stable, { lengths, resets }));
  const whole = training ? verified(differentiate(graph, frozenParameters(cell))) : forwardOnly(graph);
  return { cell, graph, stabilised: done, optimised: optimise(whole) };
}

/**
 * A checked cell as values. Where a lag is made of sizes, those must be known.
 *
 * @throws CompileError where they are not, or do not fit
 */
export function stepGraph(
  cell: Cell,
  { sizes, training = true, noise = training ? 'drawn' : 'expected' }: CompileOptions = {},
): StepGraph {
  return toGraph(cell, lagSizes(cell, sizes), noise);
}

/**
 * The cell to compile: the one named, else the last of the file.
 *
 * @throws CompileError with every error of the source and of what it imports
 */
export function checkedCell(
  source: Source,
  options: Pick<CompileOptions, 'cell' | 'load' | 'sizes'> = {},
): Cell {
  const { cells, diagnostics } = checkSource(source, options);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const cell = options.cell === undefined ? [...cells.values()].at(-1) : cells.get(options.cell);
  if (errors.length === 0 && cell === undefined) {
    const start = { source, start: 0, end: 0 };
    throw new CompileError([diagnose(compileCatalog.noCell, start, { file: source.name })]);
  }
  if (cell === undefined || errors.length > 0) throw new CompileError(errors);
  return cell;
}

/** Everything there is to say about a source, and those of its cells that are sound. */
export function checkSource(
  source: Source,
  options: Pick<CompileOptions, 'cell' | 'load' | 'sizes'> = {},
): Checked {
  checkSourceText(source);
  const { tree, diagnostics, lost } = parse(source);
  const checked = check(tree, { ...options, ...(diagnostics.length === 0 ? {} : { lost }) });
  return { cells: checked.cells, diagnostics: [...diagnostics, ...checked.diagnostics] };
}

/** @throws CompileError where a size that a lag is made of is missing, or does not fit */
function lagSizes(cell: Cell, given: CompileOptions['sizes']): ReadonlyMap<string, number> {
  const bound = bindLagSizes(cell, given ?? {});
  if ('diagnostics' in bound) throw new CompileError(bound.diagnostics);
  return bound.sizes;
}

/** @throws CompileError where sizes are missing or do not fit */
export function boundSizes(cell: Cell, given: CompileOptions['sizes'] = {}): Binding {
  const bound = bindSizes(cell, given);
  if ('diagnostics' in bound) throw new CompileError(bound.diagnostics);
  return bound;
}

const gibibytes = (bytes: number): string => `${Number((bytes / 2 ** 30).toPrecision(3))} GiB`;

/** Addresses have 32 bits. */
const mostBytes = 2 ** 32;

/** @throws CompileError */
function checkMemory(cell: Cell, { memoryBytes, window, batch }: Plan): void {
  if (memoryBytes <= mostBytes) return;
  const what = `The memory for ${window} ${window === 1 ? 'step' : 'steps'} of ${batch} ${batch === 1 ? 'row' : 'rows'}`;
  const remedy = 'Give a smaller window, batch or sizes.';
  const parameters = { what, value: gibibytes(memoryBytes), limit: gibibytes(mostBytes), remedy };
  throw new CompileError([diagnose(sizeCatalog.tooLarge, cell.span, parameters)]);
}

function checkExtents(cell: Cell, extents: Readonly<Record<'batch' | 'window', number>>): void {
  const wrong = (['batch', 'window'] as const).filter(
    (what) => !Number.isSafeInteger(extents[what]) || extents[what] < 1,
  );
  if (wrong.length === 0) return;
  throw new CompileError(
    wrong.map((what) => diagnose(compileCatalog.badExtent, cell.span, { what, value: extents[what] })),
  );
}

export function frozenParameters(cell: Cell): ReadonlySet<string> {
  return new Set(cell.parameters.filter(({ frozen }) => frozen).map(({ name }) => name));
}

function verified<G extends StepGraph | TrainingGraph>(graph: G): G {
  verifyGraph(graph);
  return graph;
}
