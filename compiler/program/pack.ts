import type { NodeId } from '../graph/graph.ts';
import { lanesPerColumn, panelsOf } from '../plan/panels.ts';
import type { Packed } from '../plan/plan.ts';
import { invariant } from '../support/invariant.ts';
import type { Operands } from './operands.ts';
import { labelIndex } from './product.ts';
import type { Address, Affine, ProgramExpression, ProgramStatement } from './program.ts';
import { turned } from './turn.ts';
import { affine, load, loop, shift, store } from './write.ts';

/** Lays the shared operand of a contraction in panels. Lanes of a panel beyond the last one stay as they are. */
export function lowerPack(id: NodeId, packed: Packed, operands: Operands): readonly ProgramStatement[] {
  const { graph } = operands.plan.bound;
  const panels = panelsOf(graph, id, packed.columns);
  const node = graph.nodes[id]!;
  invariant(panels !== undefined && node.form === 'contract', 'nothing to pack');
  const axes = panels.side === 'left' ? node.leftAxes : node.rightAxes;
  const source = operands.readAt(panels.node, axes.map(labelIndex));
  invariant(source.kind === 'load', 'a number is not packed');
  const lane = labelIndex(panels.lane);
  const strideOf = (index: string) =>
    source.address.at.terms.find((term) => term.index === index)?.stride ?? 0;
  const target = affine(
    0,
    ...[...panels.outer, ...panels.summed].map(({ label, stride }) => ({ index: labelIndex(label), stride })),
  );
  const around = [...panels.outer, ...panels.summed].map(({ label, extent }) => ({
    index: labelIndex(label),
    extent,
  }));
  const innermost = around.at(-1)!;
  const turns = strideOf(innermost.index) === 1 && strideOf(lane) !== 1 && innermost.extent >= lanesPerColumn;
  const withLane = (by: Affine): Address => shift(without(source.address, lane), scale(by, strideOf(lane)));
  const to = (by: Affine): Address => ({
    buffer: packed.buffer,
    at: shift({ buffer: '', at: target }, by).at,
  });

  /** `count` lanes from lane `first` of a panel on, which stands at `panel` in lanes of the result. */
  const columns = (panel: Affine, inPanel: Affine, count: number): readonly ProgramStatement[] =>
    Array.from({ length: Math.ceil(count / lanesPerColumn) }, (_, column) => {
      const lanes = Math.min(lanesPerColumn, count - column * lanesPerColumn);
      const start = column * lanesPerColumn;
      const results = { at: plus(panel, start), into: plus(inPanel, start) };
      return turns ? transposed(results, lanes) : straight(results, lanes);
    }).flat();

  const straight = (
    { at, into }: { at: Affine; into: Affine },
    lanes: number,
  ): readonly ProgramStatement[] => {
    if (strideOf(lane) === 1) {
      const value = loadFour(withLane(at));
      return wrap(around, [{ kind: 'store', address: to(into), value, count: lanes as 1 | 2 | 3 | 4 }]);
    }
    const stores = Array.from({ length: lanes }, (_, k) =>
      store(to(plus(into, k)), load(withLane(plus(at, k)))),
    );
    return wrap(around, stores);
  };

  /** Four rows of four at a time, turned in registers. */
  const transposed = (results: { at: Affine; into: Affine }, lanes: number): readonly ProgramStatement[] => {
    if (lanes < lanesPerColumn) return straight(results, lanes);
    const { at, into } = results;
    const panelStep = panels.summed.at(-1)!.stride;
    const blocks = Math.floor(innermost.extent / lanesPerColumn);
    const done = blocks * lanesPerColumn;
    const four = (k: number) => fourth(innermost.index, k);
    const { statements, columns } = turned(
      [0, 1, 2, 3].map((k) => loadFour(inFours(withLane(plus(at, k))))),
      '',
    );
    const stores = columns.map(
      (value, k): ProgramStatement => ({
        kind: 'store',
        address: shift(inFours(to(into)), affine(k * panelStep)),
        value,
        count: 4,
      }),
    );
    const outer = around.slice(0, -1);
    const rest = innermost.extent - done;
    return [
      ...wrap([...outer, { index: innermost.index, extent: blocks }], [...statements, ...stores]),
      ...(rest === 0
        ? []
        : wrap(
            [...outer, { index: innermost.index, extent: rest }],
            Array.from({ length: lanes }, (_, k) => {
              const past = (address: Address): Address => pushed(address, innermost.index, done);
              return store(past(to(plus(into, k))), load(past(withLane(plus(at, k)))));
            }),
          )),
    ];

    function inFours(address: Address): Address {
      return { ...address, at: four(0)(address.at) };
    }
  };

  const whole = Math.floor(panels.laneExtent / panels.width);
  const last = panels.laneExtent % panels.width;
  return [
    ...loop(
      'panel',
      whole,
      columns(
        affine(0, { index: 'panel', stride: panels.width }),
        affine(0, { index: 'panel', stride: panels.panelStride }),
        panels.width,
      ),
    ),
    ...columns(affine(whole * panels.width), affine(whole * panels.panelStride), last),
  ];
}

const loadFour = (address: Address): ProgramExpression => ({ kind: 'load', address, width: 4 });
const plus = (at: Affine, lanes: number): Affine => affine(at.constant + lanes, ...at.terms);
const scale = (at: Affine, by: number): Affine =>
  affine(at.constant * by, ...at.terms.map(({ index, stride }) => ({ index, stride: stride * by })));
const without = (address: Address, index: string): Address => ({
  ...address,
  at: affine(address.at.constant, ...address.at.terms.filter((term) => term.index !== index)),
});
/** Reads an index as counting fours. */
const fourth = (index: string, offset: number) => (at: Affine) =>
  affine(
    at.constant + offset,
    ...at.terms.map((term) =>
      term.index === index ? { index, stride: term.stride * lanesPerColumn } : term,
    ),
  );
/** Counts an index from `by` on. */
const pushed = (address: Address, index: string, by: number): Address => {
  const stride = address.at.terms.find((term) => term.index === index)?.stride ?? 0;
  return shift(address, affine(by * stride));
};
const wrap = (
  axes: readonly { readonly index: string; readonly extent: number }[],
  body: readonly ProgramStatement[],
): readonly ProgramStatement[] =>
  axes.reduceRight<readonly ProgramStatement[]>(
    (inner, { index, extent }) => loop(index, extent, inner),
    body,
  );
