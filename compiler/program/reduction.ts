import { substitute, widen } from './lanes.ts';
import type { Axis } from './operands.ts';
import type { ProgramExpression, ProgramStatement } from './program.ts';
import { affine, letReal, local, loop, set } from './write.ts';

/** Running values a sum or maximum keeps: element j of the innermost axis goes to value j mod 16. */
const ways = 16;
const lanes = 4;
type FourLanes = readonly [number, number, number, number];

export interface Reduction {
  /** Axes that go away, the innermost last. */
  readonly axes: readonly Axis[];
  /** What a running value starts as; joining it changes nothing. */
  readonly identity: number;
  /** Joins a running value with the element at the axes' indices. */
  readonly step: (running: ProgramExpression) => ProgramExpression;
  /** Joins two running values. */
  readonly join: (a: ProgramExpression, b: ProgramExpression) => ProgramExpression;
  readonly isReal: (buffer: string) => boolean;
}

/**
 * A sum or maximum in sixteen running values, four vectors of four where elements lie side by side, joined by a fixed tree,
 * 8 + 4 + 2 + 1.
 *
 * @param finish  what to do with the result
 */
export function reduction(
  { axes, identity, step, join, isReal }: Reduction,
  finish: (result: ProgramExpression) => readonly ProgramStatement[],
): readonly ProgramStatement[] {
  const inner = axes.at(-1) ?? { index: 'only', extent: 1 };
  const vectors = Math.min(ways / lanes, Math.ceil(inner.extent / lanes));
  const name = (v: number) => `running${v}`;
  const scalar = set('running', step(local('running')));
  const isWide =
    inner.extent >= lanes &&
    widen([letReal('running', local('running')), scalar], inner.index, isReal) !== undefined;
  if (!isWide) {
    const loops = axes.reduceRight<readonly ProgramStatement[]>(
      (body, { index, extent }) => loop(index, extent, body),
      [scalar],
    );
    return [
      letReal('running', { kind: 'constant', lanes: 'f32', value: identity }),
      ...loops,
      ...finish(local('running')),
    ];
  }
  /** Elements `first` … `first + 3`, `first` counted from 16 times the block. */
  const accumulate = (v: number, first: number, inBlock: boolean): ProgramStatement => {
    const [wide] = substitute(
      widen([set(name(v), step(local(name(v))))], inner.index, isReal, new Set([name(v)]))!,
      inner.index,
      affine(first, ...(inBlock ? [{ index: 'block', stride: ways }] : [])),
    );
    return wide!;
  };
  const blocks = Math.floor(inner.extent / ways);
  const rest = inner.extent % ways;
  const body = [
    ...loop(
      'block',
      blocks,
      Array.from({ length: ways / lanes }, (_, v) => accumulate(v, lanes * v, true)),
    ),
    ...Array.from({ length: Math.floor(rest / lanes) }, (_, v) =>
      accumulate(v, blocks * ways + lanes * v, false),
    ),
    ...partial(Math.floor(rest / lanes), rest % lanes),
  ];
  /** Lanes beyond the last element stay as they were. */
  function partial(v: number, count: number): readonly ProgramStatement[] {
    if (count === 0) return [];
    const whole = accumulate(v, blocks * ways + lanes * v, false) as ProgramStatement & { kind: 'set' };
    const chosen = [0, 1, 2, 3].map((lane) => (lane < count ? lane : lanes + lane)) as unknown as FourLanes;
    return [set(name(v), { kind: 'shuffle', lanes: [...chosen], left: whole.value, right: local(name(v)) })];
  }
  const outer = axes
    .slice(0, -1)
    .reduceRight<readonly ProgramStatement[]>(
      (inside, { index, extent }) => loop(index, extent, inside),
      body,
    );
  const joinWide = (a: ProgramExpression, b: ProgramExpression) =>
    ({ ...join(a, b), width: 4 }) as ProgramExpression;
  let running: readonly ProgramExpression[] = Array.from({ length: vectors }, (_, v) => local(name(v)));
  for (let half = 2; half >= 1; half /= 2) {
    running = running.slice(0, half).map((a, v) => {
      const b = running[v + half];
      return b === undefined ? a : joinWide(a, b);
    });
  }
  const lane = (index: 0 | 1 | 2 | 3): ProgramExpression => ({
    kind: 'lane',
    lane: index,
    value: local('joined'),
  });
  return [
    ...Array.from(
      { length: vectors },
      (_, v): ProgramStatement => ({
        kind: 'let',
        name: name(v),
        lanes: 'f32x4',
        value: { kind: 'constant', lanes: 'f32x4', value: identity },
      }),
    ),
    ...outer,
    { kind: 'let', name: 'joined', lanes: 'f32x4', value: running[0]! },
    ...finish(join(join(lane(0), lane(2)), join(lane(1), lane(3)))),
  ];
}
