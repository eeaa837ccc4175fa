import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { Distribution, TypedExpression } from './cell.ts';
import { shapeInWords } from './describe.ts';
import { constantDim, divideDims, formatDim, sameDim } from './dim.ts';
import { type Env, report, requireAtLeast } from './env.ts';
import { shared } from './type.ts';
import { real } from './typed.ts';

interface DistributionRecord {
  /** Numbers of arguments. */
  readonly takes: readonly number[];
  readonly takesInWords: string;
  /** Draws the last two axes as a whole. */
  readonly ofMatrix: boolean;
  /** Its argument is a number of blocks of rows, each drawn by itself. */
  readonly inBlocks?: boolean;
  readonly isSquare?: boolean;
}

const blocks = { takes: [0, 1], takesInWords: 'at most 1 argument', ofMatrix: true, inBlocks: true };
const two = { takes: [2], takesInWords: '2 arguments', ofMatrix: false };

const distributions: ReadonlyMap<string, DistributionRecord> = new Map<Distribution, DistributionRecord>([
  ['uniform', two],
  ['normal', two],
  ['glorot', blocks],
  ['he', blocks],
  ['orthogonal', blocks],
  ['identity', { takes: [0], takesInWords: 'no arguments', ofMatrix: true }],
  ['spectral', { takes: [1], takesInWords: '1 argument', ofMatrix: true, isSquare: true }],
]);

export const isDistribution = (name: string): name is Distribution => distributions.has(name);

export const distributionNames: readonly string[] = [...distributions.keys()];

/** `~ glorot`, `~ uniform(-k, k)`: fills the array that the initialiser is for. */
export function drawOf(
  name: Distribution,
  args: readonly TypedExpression[],
  span: Span,
  env: Env,
): TypedExpression | undefined {
  const record = distributions.get(name)!;
  if (env.role !== 'draw') {
    const isNoise = env.role === 'equation' && !record.ofMatrix;
    return report(env, cellCatalog.drawMisplaced, span, { name, isNoise });
  }
  if (!record.takes.includes(args.length)) {
    const parameters = { name, takes: record.takesInWords, given: args.length };
    return report(env, cellCatalog.argumentCount, span, parameters);
  }
  const shape = env.drawShape;
  if (shape === undefined) return undefined;
  for (const arg of args) {
    if (arg.type.shape.length === 0) continue;
    const found = shapeInWords(arg.type.shape);
    return report(env, cellCatalog.wrongRank, arg.span, { what: name, needs: 'numbers', found });
  }
  const found = shapeInWords(shape);
  if (record.ofMatrix && shape.length < 2) {
    const hint = 'For a vector: uniform(-k, k), normal(0, s), or = 0.';
    return report(env, cellCatalog.drawShape, span, { name, needs: 'a matrix', shape: found, hint });
  }
  if (record.isSquare && !sameDim(shape.at(-1)!, shape.at(-2)!)) {
    return report(env, cellCatalog.drawShape, span, { name, needs: 'a square matrix', shape: found });
  }
  if (record.inBlocks && args[0] !== undefined && !blocksFit(name, args[0], env)) return undefined;
  return { kind: 'draw', distribution: name, args, type: real(shape, shared), span };
}

function blocksFit(name: string, count: TypedExpression, env: Env): boolean {
  const value = count.kind === 'number' ? count.value : Number.NaN;
  if (!Number.isSafeInteger(value) || value < 1) {
    const what = `The number of blocks of ${name}`;
    report(env, cellCatalog.notConstant, count.span, { text: 'this', what });
    return false;
  }
  const rows = env.drawShape!.at(-2)!;
  const each = divideDims(rows, constantDim(value))!;
  const what = `${name}(${value}) needs ${formatDim(rows)} rows in ${value} equal blocks; ${formatDim(each)} has to be whole`;
  return requireAtLeast(env, each, 1, count.span, what);
}
