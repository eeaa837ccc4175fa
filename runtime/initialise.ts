import type { InitialiserFormula, ManifestParameter } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';
import { formulas } from './formulas.ts';
import { orthonormalise } from './orthogonal.ts';
import type { Random } from './random.ts';
import { sizeOf } from './shapes.ts';
import { spectralRadius } from './spectral.ts';

/**
 * The start of a parameter, row-major [...shape]. Computed in f64 and rounded once, by the caller.
 *
 * @param random  the parameter's own stream
 * @throws RuntimeError RNN514 where shape and distribution do not go together
 */
export function initialise(parameter: ManifestParameter, random: Random): Float64Array {
  return evaluate(parameter.initialiser, { parameter: parameter.name, shape: parameter.shape, random });
}

interface Draw {
  readonly parameter: string;
  readonly shape: readonly number[];
  readonly random: Random;
}

function evaluate(formula: InitialiserFormula, draw: Draw): Float64Array {
  const entries = sizeOf(draw.shape);
  switch (formula.kind) {
    case 'number':
      return new Float64Array(entries).fill(formula.value);
    case 'values':
      if (formula.values.length !== entries) {
        refuse(draw, `its initialiser has ${formula.values.length} values for ${entries} entries`);
      }
      return Float64Array.from(formula.values);
    case 'draw':
      return distributions[formula.distribution](
        draw,
        formula.args.map((arg) => evaluate(arg, draw)),
      );
    case 'apply': {
      const apply = formulas.get(formula.op);
      if (apply === undefined) refuse(draw, `its initialiser uses ${formula.op}, which has no meaning there`);
      const args = formula.args.map((arg) => evaluate(arg, draw));
      return new Float64Array(entries).map((_, i) => apply(...args.map((arg) => arg[i]!)));
    }
  }
}

type Distribution = Extract<InitialiserFormula, { kind: 'draw' }>['distribution'];

/** Arguments are arrays of the parameter's shape; those of whole-array draws are the same everywhere. */
const distributions: Readonly<
  Record<Distribution, (draw: Draw, args: readonly Float64Array[]) => Float64Array>
> = {
  /** uniform(low, high): even in [low, high). */
  uniform: ({ shape, random }, [low, high]) =>
    new Float64Array(sizeOf(shape)).map((_, i) => low![i]! + (high![i]! - low![i]!) * random.uniform()),

  /** normal(mean, deviation). */
  normal: ({ shape, random }, [mean, deviation]) =>
    new Float64Array(sizeOf(shape)).map((_, i) => mean![i]! + deviation![i]! * random.normal()),

  /** glorot, glorot(blocks): even within ±sqrt(6/(fan in + fan out)) (Glorot & Bengio 2010), per block of rows. */
  glorot: (draw, args) => {
    const { rows, columns } = matrixOf(draw, args[0]?.[0]);
    const bound = Math.sqrt(6 / (rows + columns));
    return new Float64Array(sizeOf(draw.shape)).map(() => bound * (2 * draw.random.uniform() - 1));
  },

  /** he: normal of deviation sqrt(2/fan in) (He, Zhang, Ren & Sun 2015). */
  he: (draw) => {
    const deviation = Math.sqrt(2 / matrixOf(draw).columns);
    return new Float64Array(sizeOf(draw.shape)).map(() => deviation * draw.random.normal());
  },

  /** orthogonal, orthogonal(blocks): rows orthonormal, or columns where there are more rows (Saxe et al. 2014). */
  orthogonal: (draw, args) => {
    const { rows, columns, count } = matrixOf(draw, args[0]?.[0]);
    const all = new Float64Array(sizeOf(draw.shape));
    for (let i = 0; i < count; i++) {
      all.set(orthogonalMatrix(rows, columns, draw.random), i * rows * columns);
    }
    return all;
  },

  /** identity: ones on the diagonal of each matrix, rectangular ones too (Le, Jaitly & Hinton 2015). */
  identity: (draw) => {
    const { rows, columns } = matrixOf(draw);
    return new Float64Array(sizeOf(draw.shape)).map((_, i) => {
      const row = Math.floor(i / columns) % rows;
      return row === i % columns ? 1 : 0;
    });
  },

  /** spectral(radius): normal, scaled so that the largest modulus of an eigenvalue is `radius` (Jaeger 2001). */
  spectral: (draw, args) => {
    const { rows, columns, count } = matrixOf(draw);
    if (rows !== columns)
      refuse(draw, `spectral needs a square matrix, and its rows are ${rows} by ${columns}`);
    const all = new Float64Array(sizeOf(draw.shape)).map(() => draw.random.normal());
    for (let i = 0; i < count; i++) {
      const matrix = all.subarray(i * rows * rows, (i + 1) * rows * rows);
      const radius = spectralRadius(matrix, rows);
      if (!(radius > 0)) refuse(draw, 'its eigenvalues could not be found; use another seed');
      const factor = args[0]![0]! / radius;
      for (let k = 0; k < matrix.length; k++) matrix[k]! *= factor;
    }
    return all;
  },
};

/**
 * The last two axes as matrices, each cut into `blocks` blocks of rows; a vector is one row. `rows` are those of a block
 * (fan out), `columns` fan in, `count` how many matrices there are in all.
 */
function matrixOf(draw: Draw, blocks = 1): { rows: number; columns: number; count: number } {
  const { shape } = draw;
  const columns = shape.at(-1) ?? 1;
  const allRows = shape.at(-2) ?? 1;
  if (!(Number.isInteger(blocks) && blocks >= 1 && allRows % blocks === 0)) {
    refuse(draw, `its ${allRows} rows do not divide into ${blocks} blocks`);
  }
  const rows = allRows / blocks;
  return { rows, columns, count: sizeOf(shape) / (rows * columns) };
}

function orthogonalMatrix(rows: number, columns: number, random: Random): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = new Float64Array(count * length).map(() => random.normal());
  orthonormalise(vectors, count, length);
  if (rows <= columns) return vectors;
  return new Float64Array(rows * columns).map(
    (_, i) => vectors[(i % columns) * length + Math.floor(i / columns)]!,
  );
}

function refuse({ parameter }: Draw, reason: string): never {
  fail(runtimeErrors.badInitialiser, { parameter, reason });
}
