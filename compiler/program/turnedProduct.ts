import type { Axis } from './operands.ts';
import type { Address, ProgramExpression, ProgramStatement } from './program.ts';
import { turned } from './turn.ts';
import { affine, local, loop, op, set, shift } from './write.ts';

const lanes = 4;
/** Vectors of results at a time: two chains of multiply-adds side by side. */
const vectors = 2;

/** A matrix times a vector where the matrix is no parameter, and its rows run along the summed axis. */
export interface TurnedProduct {
  /** Loops around everything. */
  readonly outer: readonly Axis[];
  /** Rows of the matrix, which become lanes; `stride` apart. */
  readonly lane: Axis & { readonly stride: number };
  /** Summed axes; along the last one the matrix lies side by side. */
  readonly summed: readonly Axis[];
  /** Summed index 0 and lane 0; the strides of summed axes stand in it. */
  readonly matrix: Address;
  readonly vector: Address;
  readonly out: Address;
  readonly accumulate: boolean;
}

/**
 * Four rows by four columns are read at a time and turned in registers, so that the results of four rows are lanes. Each
 * result is one chain of multiply-adds, ascending in the summed axes. Rows beyond the last four are left out.
 */
export function turnedProduct(product: TurnedProduct): readonly ProgramStatement[] {
  const { outer, lane } = product;
  const whole = Math.floor(lane.extent / (lanes * vectors));
  const rest = Math.floor((lane.extent % (lanes * vectors)) / lanes);
  const first = affine(0, { index: 'rows', stride: lanes * vectors });
  const body = [
    ...loop('rows', whole, rowsOf(product, first, vectors)),
    ...loop('rowsRest', rest > 0 ? 1 : 0, rowsOf(product, affine(whole * lanes * vectors), rest)),
  ];
  return outer.reduceRight<readonly ProgramStatement[]>(
    (inner, { index, extent }) => loop(index, extent, inner),
    body,
  );
}

function rowsOf(
  { lane, summed, matrix, vector, out, accumulate }: TurnedProduct,
  first: ReturnType<typeof affine>,
  count: number,
): readonly ProgramStatement[] {
  const inner = summed.at(-1)!;
  const at = (address: Address, row: number, stride: number) =>
    shift(
      address,
      affine(
        (first.constant + row) * stride,
        ...first.terms.map((term) => ({ index: term.index, stride: term.stride * stride })),
      ),
    );
  const sum = (j: number) => `c${j}`;
  const outAt = (j: number) => at(out, lanes * j, 1);
  /** Summed indices from `start` on, four at a time; `used` of the last four exist. */
  const columns = (from: (address: Address) => Address, used: number): readonly ProgramStatement[] =>
    Array.from({ length: count }, (_, j) => {
      const rows = Array.from({ length: lanes }, (_unused, k) =>
        loadFour(from(at(matrix, lanes * j + k, lane.stride))),
      );
      const four = turned(rows, `t${j}`);
      const strideOfVector = strideOf(vector, inner.index);
      return [
        ...four.statements,
        ...four.columns.slice(0, used).map((column, k) => {
          const element = shift(from(vector), affine(k * strideOfVector));
          return set(sum(j), {
            ...op(
              'mulAdd',
              { kind: 'splat', value: { kind: 'load', address: element } },
              column,
              local(sum(j)),
            ),
            width: 4,
          } as ProgramExpression);
        }),
      ];
    }).flat();
  const fours = Math.floor(inner.extent / lanes);
  const used = inner.extent % lanes;
  const inFours = (address: Address): Address => ({
    ...address,
    at: affine(
      address.at.constant,
      ...address.at.terms.map(({ index, stride }) => ({
        index,
        stride: index === inner.index ? stride * lanes : stride,
      })),
    ),
  });
  const last = (address: Address): Address => ({
    ...address,
    at: affine(
      address.at.constant + fours * lanes * strideOf(address, inner.index),
      ...address.at.terms.filter(({ index }) => index !== inner.index),
    ),
  });
  const chain = summed
    .slice(0, -1)
    .reduceRight<readonly ProgramStatement[]>(
      (inside, { index, extent }) => loop(index, extent, inside),
      [
        ...loop(inner.index, fours, columns(inFours, lanes)),
        ...loop(`${inner.index}Rest`, used > 0 ? 1 : 0, columns(last, used)),
      ],
    );
  return [
    ...Array.from(
      { length: count },
      (_, j): ProgramStatement => ({
        kind: 'let',
        name: sum(j),
        lanes: 'f32x4',
        value: accumulate ? loadFour(outAt(j)) : { kind: 'constant', lanes: 'f32x4', value: 0 },
      }),
    ),
    ...chain,
    ...Array.from(
      { length: count },
      (_, j): ProgramStatement => ({ kind: 'store', address: outAt(j), value: local(sum(j)), count: lanes }),
    ),
  ];
}

const loadFour = (address: Address): ProgramExpression => ({ kind: 'load', address, width: lanes });
const strideOf = (address: Address, name: string) =>
  address.at.terms.find(({ index }) => index === name)?.stride ?? 0;
