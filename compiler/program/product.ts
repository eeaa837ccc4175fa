import { boundShape } from '../graph/bind.ts';
import type { Contract, NodeId } from '../graph/graph.ts';
import { lanesPerColumn, type Panels, panelsOf } from '../plan/panels.ts';
import type { Packed } from '../plan/plan.ts';
import { invariant } from '../support/invariant.ts';
import { joinAxes } from './nest.ts';
import type { Axis, Operands } from './operands.ts';
import type { Address, Affine, ProgramExpression, ProgramStatement } from './program.ts';
import { reduction } from './reduction.ts';
import { type ColumnAt, type TileAxis, tiles } from './tile.ts';
import { turnedProduct } from './turnedProduct.ts';
import { affine, letReal, load, local, loop, op, real, set, shift, store } from './write.ts';

/** Loop index of an axis label. */
export const labelIndex = (label: number) => `i${label}`;

export interface Product {
  readonly left: ProgramExpression;
  readonly right: ProgramExpression;
  readonly out: Address;
  /** Axes of the result, outermost first, rows before all. */
  readonly kept: readonly Axis[];
  readonly summed: readonly Axis[];
  readonly accumulate: boolean;
  /** The right operand in panels. */
  readonly panels?: { readonly layout: Panels; readonly buffer: string };
}

/** A contraction for all rows of the frame. */
export function lowerProduct(
  id: NodeId,
  packed: Packed | undefined,
  operands: Operands,
): readonly ProgramStatement[] {
  const { graph } = operands.plan.bound;
  const node = graph.nodes[id]!;
  invariant(node.form === 'contract', 'not a contraction');
  const sizes = sizesOf(id, operands);
  const axis = (label: number): Axis => ({ index: labelIndex(label), extent: sizes.get(label)! });
  const summed = node.leftAxes.filter((label) => !node.outAxes.includes(label)).map(axis);
  const layout = packed === undefined ? undefined : panelsOf(graph, id, packed.columns);
  const swap = layout?.side === 'left';
  const [left, right] = readBoth(node, operands);
  return lowerTiled(
    {
      left: swap ? right : left,
      right: swap ? left : right,
      out: outOf(id, node.outAxes, operands),
      kept: [...operands.frame.rows, ...node.outAxes.map(axis)],
      summed,
      accumulate: false,
      ...(layout === undefined ? {} : { panels: { layout, buffer: packed!.buffer } }),
    },
    operands,
  );
}

/** A total of products over all rows of the frame: these are its summed axes. */
export function lowerTotalOfProducts(
  total: NodeId,
  id: NodeId,
  operands: Operands,
): readonly ProgramStatement[] {
  const { graph } = operands.plan.bound;
  const node = graph.nodes[id]!;
  invariant(node.form === 'contract', 'not a contraction');
  const sizes = sizesOf(id, operands);
  const [left, right] = readBoth(node, operands);
  return lowerTiled(
    {
      left,
      right,
      out: outOf(total, node.outAxes, operands),
      kept: node.outAxes.map((label) => ({ index: labelIndex(label), extent: sizes.get(label)! })),
      summed: operands.frame.rows,
      accumulate: true,
    },
    operands,
  );
}

function readBoth(node: Contract, operands: Operands): [ProgramExpression, ProgramExpression] {
  return [
    operands.readAt(node.left, node.leftAxes.map(labelIndex)),
    operands.readAt(node.right, node.rightAxes.map(labelIndex)),
  ];
}

function outOf(id: NodeId, axes: readonly number[], operands: Operands): Address {
  const shape = boundShape(operands.plan.bound.graph, id);
  let stride = 1;
  const terms = shape
    .map((extent, axis) => ({ extent, index: labelIndex(axes[axis]!) }))
    .reverse()
    .map(({ extent, index }) => {
      const term = { index, stride };
      stride *= extent;
      return term;
    });
  return shift(operands.place(id), affine(0, ...terms));
}

function sizesOf(id: NodeId, operands: Operands): ReadonlyMap<number, number> {
  const { graph } = operands.plan.bound;
  const node = graph.nodes[id] as Contract;
  return new Map([
    ...boundShape(graph, node.left).map((size, axis) => [node.leftAxes[axis]!, size] as const),
    ...boundShape(graph, node.right).map((size, axis) => [node.rightAxes[axis]!, size] as const),
  ]);
}

function lowerTiled(given: Product, operands: Operands): readonly ProgramStatement[] {
  const product = joined(given);
  const { kept, summed } = product;
  const panelled = product.panels !== undefined;
  const strideIn = (at: Affine, index: string) => at.terms.find((term) => term.index === index)?.stride ?? 0;
  const measured = (axis: Axis, left: Affine, right: Affine): TileAxis => ({
    ...axis,
    left: strideIn(left, axis.index),
    right: strideIn(right, axis.index),
    out: strideIn(product.out.at, axis.index),
  });
  if (isSingle(given, operands)) return lowerDots(product, operands);
  for (const swap of panelled ? [false] : [false, true]) {
    const [left, right] = swap ? [product.right, product.left] : [product.left, product.right];
    if (left.kind !== 'load') continue;
    const rightAt = right.kind === 'load' ? right.address.at : affine(0);
    const axes = kept.map((axis) => measured(axis, left.address.at, rightAt));
    const lane = panelled
      ? axes.find(({ index }) => index === labelIndex(product.panels!.layout.lane))
      : axes.findLast(({ out, left: l, right: r }) => out === 1 && l === 0 && r === 1);
    if (lane === undefined || lane.out !== 1 || right.kind !== 'load') continue;
    const others = axes.filter((axis) => axis !== lane);
    const rows = others.filter((axis) => axis.right === 0 && axis.left !== 0);
    const row = rows.reduce<TileAxis | undefined>(
      (a, b) => (a === undefined || b.extent > a.extent ? b : a),
      undefined,
    );
    const strip = (address: Address, indices: readonly string[]): Address => ({
      ...address,
      at: affine(address.at.constant, ...address.at.terms.filter(({ index }) => !indices.includes(index))),
    });
    const own = [lane.index, ...(row === undefined ? [] : [row.index])];
    const sum = summed.map((axis) => measured(axis, left.address.at, rightAt));
    const stripped = [...own, ...summed.map(({ index }) => index)];
    return tiles(
      {
        outer: others.filter((axis) => axis !== row),
        row: row ?? { index: 'noRow', extent: 1, left: 0, right: 0, out: 0 },
        lane,
        summed: sum,
        left: strip(left.address, stripped),
        out: strip(product.out, own),
        right: panelled ? panelRead(product.panels!, summed) : laneRead(strip(right.address, [lane.index])),
        accumulate: product.accumulate,
        ...(panelled ? { columnsOfPanel: product.panels!.layout.width / lanesPerColumn } : {}),
      },
      operands.plan.block,
    );
  }
  return lowerTurned(product, operands) ?? lowerScalar(product);
}

/** A matrix whose rows run along the summed axis times a vector; undefined where there is none. */
function lowerTurned(product: Product, operands: Operands): readonly ProgramStatement[] | undefined {
  const { kept, summed, out, accumulate } = product;
  const strideIn = (address: Address, name: string) =>
    address.at.terms.find(({ index }) => index === name)?.stride ?? 0;
  const inner = summed.at(-1);
  const pairs = [
    [product.left, product.right],
    [product.right, product.left],
  ] as const;
  for (const [matrix, vector] of pairs) {
    if (matrix.kind !== 'load' || vector.kind !== 'load' || inner === undefined) continue;
    const lane = kept.findLast(
      ({ index }) => strideIn(out, index) === 1 && strideIn(vector.address, index) === 0,
    );
    const isReal = [matrix, vector].every(({ address }) => operands.isReal(address.buffer));
    if (lane === undefined || lane.extent < lanesPerColumn || !isReal) continue;
    if (strideIn(matrix.address, inner.index) !== 1) continue;
    const without = (address: Address): Address => ({
      ...address,
      at: affine(address.at.constant, ...address.at.terms.filter(({ index }) => index !== lane.index)),
    });
    const stride = strideIn(matrix.address, lane.index);
    const outer = kept.filter((axis) => axis !== lane);
    const whole = turnedProduct({
      outer,
      lane: { ...lane, stride },
      summed,
      matrix: without(matrix.address),
      vector: vector.address,
      out: without(out),
      accumulate,
    });
    const done = Math.floor(lane.extent / lanesPerColumn) * lanesPerColumn;
    if (done === lane.extent) return whole;
    const past = (address: Address) => shift(address, affine(done * strideIn(address, lane.index)));
    const rest: Product = {
      ...product,
      left: { ...matrix, address: past(matrix.address) },
      right: vector,
      out: past(out),
      kept: [...outer, { ...lane, extent: lane.extent - done }],
    };
    return [...whole, ...lowerScalar(rest)];
  }
  return undefined;
}

/** One result per row: a sum in sixteen running values, whatever the batch. */
function isSingle(product: Product, operands: Operands): boolean {
  const rows = new Set(operands.frame.rows.map(({ index }) => index));
  return !product.accumulate && product.kept.every(({ index, extent }) => rows.has(index) || extent === 1);
}

/** With axes joined where all arrays lie so; axes that panels lay in their own way stay as they are. */
function joined(product: Product): Product {
  const { left, right, out, kept, summed, panels } = product;
  const sums = [left, right].flatMap((read) => (read.kind === 'load' ? [read.address.at] : []));
  const all = [...sums, out.at];
  const isLabel = ({ index }: Axis) => index.startsWith('i');
  const free = panels === undefined ? kept : kept.filter((axis) => !isLabel(axis));
  const rows = joinAxes(free, all);
  const inner = panels === undefined ? joinAxes(summed, all) : { axes: summed, rewrite: (at: Affine) => at };
  const rewrite = (at: Affine) => inner.rewrite(rows.rewrite(at));
  const read = (expression: ProgramExpression): ProgramExpression =>
    expression.kind === 'load'
      ? { ...expression, address: { ...expression.address, at: rewrite(expression.address.at) } }
      : expression;
  return {
    ...product,
    left: read(left),
    right: read(right),
    out: { ...out, at: rewrite(out.at) },
    kept: panels === undefined ? rows.axes : [...rows.axes, ...kept.filter(isLabel)],
    summed: inner.axes,
  };
}

const laneRead =
  (address: Address) =>
  ({ constant, block }: ColumnAt): ProgramExpression => ({
    kind: 'load',
    address: shift(
      address,
      affine(
        constant * lanesPerColumn,
        ...(block === undefined ? [] : [{ index: block.index, stride: block.columns * lanesPerColumn }]),
      ),
    ),
    width: 4,
  });

function panelRead({ layout, buffer }: NonNullable<Product['panels']>, summed: readonly Axis[]) {
  const columnsOfPanel = layout.width / lanesPerColumn;
  const terms = [
    ...layout.outer.map(({ label, stride }) => ({ index: labelIndex(label), stride })),
    ...layout.summed
      .map(({ label, stride }) => ({ index: labelIndex(label), stride }))
      .filter(({ index }) => summed.some((axis) => axis.index === index)),
  ];
  return ({ constant, block }: ColumnAt): ProgramExpression => {
    const panel = Math.floor(constant / columnsOfPanel);
    const inPanel = (constant % columnsOfPanel) * lanesPerColumn;
    const blocks =
      block === undefined
        ? []
        : [{ index: block.index, stride: (block.columns / columnsOfPanel) * layout.panelStride }];
    return {
      kind: 'load',
      address: { buffer, at: affine(panel * layout.panelStride + inPanel, ...blocks, ...terms) },
      width: 4,
    };
  };
}

/** One result at a time: where nothing lies along lanes. */
function lowerScalar({ left, right, out, kept, summed, accumulate }: Product): readonly ProgramStatement[] {
  const chain = summed.reduceRight<readonly ProgramStatement[]>(
    (inner, { index, extent }) => loop(index, extent, inner),
    [set('sum', op('mulAdd', left, right, local('sum')))],
  );
  return around(kept, [letReal('sum', accumulate ? load(out) : real(0)), ...chain, store(out, local('sum'))]);
}

function lowerDots(
  { left, right, out, kept, summed }: Product,
  operands: Operands,
): readonly ProgramStatement[] {
  const sum = reduction(
    {
      axes: summed,
      identity: 0,
      step: (running) => op('mulAdd', left, right, running),
      join: (a, b) => op('add', a, b),
      isReal: operands.isReal,
    },
    (result) => [store(out, result)],
  );
  return around(kept, sum);
}

const around = (axes: readonly Axis[], body: readonly ProgramStatement[]): readonly ProgramStatement[] =>
  axes.length === 0
    ? loop('once', 1, body)
    : axes.reduceRight<readonly ProgramStatement[]>(
        (inner, { index, extent }) => loop(index, extent, inner),
        body,
      );
