import { columnsOfTile, lanesPerColumn } from '../plan/panels.ts';
import type { RegisterBlock } from '../plan/plan.ts';
import type { Axis } from './operands.ts';
import type { Address, ProgramExpression, ProgramStatement } from './program.ts';
import { affine, load, local, loop, type op, set, shift } from './write.ts';

/** An axis of a contraction with the strides of its three arrays along it. */
export interface TileAxis extends Axis {
  readonly left: number;
  readonly right: number;
  readonly out: number;
}

/**
 * `out[row, lane] = sum over k of left[row, k]*right[k, lane]`, all arrays anywhere in memory. One chain of multiply-adds
 * per result, ascending in the summed axes, from zero or (`accumulate`) from what stands in `out`.
 */
export interface Tiled {
  /** Loops around everything. */
  readonly outer: readonly TileAxis[];
  readonly row: TileAxis;
  /** Along the lanes; `out` has the stride 1. */
  readonly lane: Axis;
  readonly summed: readonly TileAxis[];
  /** Entry 0 of rows, lanes and summed axes. Their strides stand in the axes and not here. */
  readonly left: Address;
  readonly out: Address;
  /** Four lanes from lane `4*column` on, at the summed entry 0; `column` is a loop's index or a number. */
  readonly right: (column: ColumnAt) => ProgramExpression;
  readonly accumulate: boolean;
  /** Where the right array lies in panels: a tile takes whole ones. */
  readonly columnsOfPanel?: number;
}

/** Column `block*columns + constant`, where there is a loop over blocks of so many columns. */
export interface ColumnAt {
  readonly constant: number;
  readonly block?: { readonly index: string; readonly columns: number };
}

/**
 * The loops of a product in register tiles: each tile of results stays in locals while the summed axes run. Tiles divide
 * the results only, so their shape never shows in the bits.
 */
export function tiles(product: Tiled, block: RegisterBlock): readonly ProgramStatement[] {
  const { row, lane } = product;
  const wanted = columnsOfTile(row.extent, block);
  const panel = product.columnsOfPanel ?? 1;
  const perTile = wanted % panel === 0 ? wanted : panel;
  const columns = Math.ceil(lane.extent / lanesPerColumn);
  const partial = lane.extent % lanesPerColumn;
  let whole = Math.floor(columns / perTile);
  if (partial > 0 && columns % perTile === 0) whole -= 1;
  const rest = columns - whole * perTile;
  const rowsInTurn = (count: number, column: (j: number) => ColumnAt, lanesOfLast: number) =>
    heightsOf(row.extent, block.rows).flatMap(({ first, height: rows, count: times }, turn) => {
      const index = `rows${turn}`;
      const at = (i: number, stride: number) =>
        affine((first + i) * stride, { index, stride: rows * stride });
      return loop(index, times, tile(product, { rows, columns: count, at, column, lanesOfLast }));
    });
  const body = [
    ...loop(
      'block',
      whole,
      rowsInTurn(
        perTile,
        (j) => ({ constant: j, block: { index: 'block', columns: perTile } }),
        lanesPerColumn,
      ),
    ),
    ...(rest > 0
      ? rowsInTurn(rest, (j) => ({ constant: whole * perTile + j }), partial === 0 ? lanesPerColumn : partial)
      : []),
  ];
  return product.outer.reduceRight<readonly ProgramStatement[]>(
    (inner, { index, extent }) => loop(index, extent, inner),
    body,
  );
}

/** Rows cut into blocks of at most `most`, as equal as can be: at most two heights. */
function heightsOf(rows: number, most: number) {
  const blocks = Math.ceil(rows / most);
  const low = Math.floor(rows / blocks);
  const tall = rows % blocks;
  const all = [
    { first: 0, height: low + 1, count: tall },
    { first: tall * (low + 1), height: low, count: blocks - tall },
  ];
  return all.filter(({ count }) => count > 0);
}

interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** Where row i of the tile stands along an axis with this stride. */
  readonly at: (i: number, stride: number) => ReturnType<typeof affine>;
  readonly column: (j: number) => ColumnAt;
  /** Lanes of the last column that belong to the result. */
  readonly lanesOfLast: number;
}

function tile(product: Tiled, { rows, columns, at, column, lanesOfLast }: Tile): readonly ProgramStatement[] {
  const { row, summed } = product;
  const cells = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => ({ i, j, name: `c${i}_${j}` })),
  );
  const outAt = (i: number, j: number) => {
    const { constant, block } = column(j);
    const lanes = affine(
      constant * lanesPerColumn,
      ...(block === undefined ? [] : [{ index: block.index, stride: block.columns * lanesPerColumn }]),
    );
    return shift(shift(product.out, at(i, row.out)), lanes);
  };
  const start = (i: number, j: number): ProgramExpression =>
    product.accumulate
      ? { kind: 'load', address: outAt(i, j), width: 4 }
      : { kind: 'constant', lanes: 'f32x4', value: 0 };
  const along = (strideOf: (axis: TileAxis) => number) =>
    affine(0, ...summed.map((axis) => ({ index: axis.index, stride: strideOf(axis) })));
  const inner: ProgramStatement[] = [];
  // With one row each is used once, and would only take a register from another.
  const right = (j: number) => (rows === 1 ? product.right(column(j)) : local(`r${j}`));
  if (rows > 1) for (let j = 0; j < columns; j++) inner.push(letLanes(`r${j}`, product.right(column(j))));
  for (let i = 0; i < rows; i++) {
    const address = shift(
      shift(product.left, at(i, row.left)),
      along((axis) => axis.left),
    );
    inner.push(letLanes(`a${i}`, { kind: 'splat', value: load(address) }));
    for (let j = 0; j < columns; j++) {
      const name = `c${i}_${j}`;
      inner.push(set(name, wideOp('mulAdd', local(`a${i}`), right(j), local(name))));
    }
  }
  const loops = summed.reduceRight<readonly ProgramStatement[]>(
    (body, { index, extent }) => loop(index, extent, body),
    inner,
  );
  return [
    ...cells.flat().map(({ i, j, name }) => letLanes(name, start(i, j))),
    ...loops,
    ...cells.flat().map(
      ({ i, j, name }): ProgramStatement => ({
        kind: 'store',
        address: outAt(i, j),
        value: local(name),
        count: (j === columns - 1 ? lanesOfLast : lanesPerColumn) as 1 | 2 | 3 | 4,
      }),
    ),
  ];
}

const letLanes = (name: string, value: ProgramExpression): ProgramStatement => ({
  kind: 'let',
  name,
  lanes: 'f32x4',
  value,
});

const wideOp = (
  name: Parameters<typeof op>[0],
  ...args: readonly ProgramExpression[]
): ProgramExpression => ({
  kind: 'apply',
  op: name,
  args,
  width: 4,
});
