import type { Operation } from '../cases.ts';
import { largeCase } from '../extras.ts';
import type { BenchResult, CaseResult, PeerResult } from '../result.ts';
import { spreadOf } from '../statistics.ts';
import { recorded } from './recorded.ts';
import {
  absent,
  fractionOf,
  kilobytes,
  mebibytes,
  milliseconds,
  percent,
  ratio,
  ratioOf,
  shapeOf,
  table,
  time,
  timingOf,
  titleOf,
} from './words.ts';

/*
 * The page's tables, from a result.
 */

const rowName = ({ case: one }: CaseResult) => `${titleOf(one)}, ${shapeOf(one)}`;

function casesOf({ cases }: BenchResult, operation: Operation): CaseResult[] {
  return cases.filter((one) => one.case.operation === operation);
}

/** rnnc's own time with its spread, the part of the peak, and its time on other engines. */
export function ownTable(result: BenchResult, operation: Operation): string {
  const others = result.peers.filter(
    ({ name, family, ready }) =>
      family === 'rnnc' && ready !== undefined && name !== 'rnnc' && !/js|scalar/.test(name),
  );
  const head = [
    'cell and sizes',
    'rnnc, median',
    'least to most',
    'of the peak',
    ...others.map(({ title }) => title.replace(/^rnnc, /, '')),
  ];
  const rows = casesOf(result, operation).map((one) => {
    const own = timingOf(one, 'rnnc');
    const fraction = fractionOf(one, own);
    return [
      rowName(one),
      own === undefined ? absent : time(own.spread!.median),
      own === undefined ? absent : `${time(own.spread!.least)} to ${time(own.spread!.most)}`,
      fraction === undefined ? absent : percent(fraction),
      ...others.map(({ name }) => {
        const timing = timingOf(one, name);
        const part = fractionOf(one, timing);
        if (timing === undefined) return absent;
        return `${time(timing.spread!.median)}${part === undefined ? '' : ` (${percent(part)})`}`;
      }),
    ];
  });
  return table(head, rows);
}

/** Time over rnnc's, of those who have at least one case of the kind. */
export function ratioTable(result: BenchResult, operation: Operation): string {
  const cases = casesOf(result, operation);
  const others = result.peers.filter(
    ({ name, family }) => family !== 'rnnc' && cases.some((one) => timingOf(one, name) !== undefined),
  );
  const rows = cases.map((one) => [
    rowName(one),
    ...others.map(({ name }) => {
      const spread = ratioOf(one, name);
      if (spread === undefined) return absent;
      const text = ratio(spread.median);
      return spread.median < 1 ? `**${text}**` : text;
    }),
  ]);
  return table(['cell and sizes', ...others.map(({ title }) => title)], rows);
}

export function versionsTable({ peers }: BenchResult): string {
  return table(
    ['line', 'what it is'],
    peers.map(({ title, ready, absent: reason }) => [title, ready ?? `left out: ${reason}`]),
    true,
  );
}

/** Of all visits of the run, in multiply-adds of f32 per nanosecond. */
export function peakTable({ peers, cases }: BenchResult): string {
  const rows = peers.flatMap(({ name, title }: PeerResult) => {
    const peaks = cases.flatMap((one) => timingOf(one, name)?.peaks ?? []);
    if (peaks.length === 0) return [];
    const { median, least, most } = spreadOf(peaks);
    const giga = (value: number) => (value / 1e9).toFixed(1);
    return [[title, giga(median), `${giga(least)} to ${giga(most)}`, (median / 5e8).toFixed(0)]];
  });
  return table(['line', 'multiply-adds per ns', 'least to most', 'GFLOP/s'], rows);
}

/** The JavaScript target beside WebAssembly without vectors and beside brain.js, both over it. */
export function javascriptTable({ cases }: BenchResult): string {
  const rows = cases
    .filter((one) => timingOf(one, 'rnnc-js') !== undefined)
    .map((one) => {
      const of = (peer: string) => ratioOf(one, 'rnnc-js', peer);
      const text = (peer: string) => {
        const spread = of(peer);
        return spread === undefined ? absent : ratio(spread.median);
      };
      const own = timingOf(one, 'rnnc-js')!;
      return [
        `${rowName(one)}, ${one.case.operation}`,
        time(own.spread!.median),
        text('rnnc-scalar'),
        text('rnnc'),
        text('brain'),
        text('brain-2'),
      ];
    });
  const head = ['cell and sizes', 'JavaScript', 'over wasm without SIMD', 'over rnnc', 'over brain.js 1'];
  return table([...head, 'over brain.js 2 beta'], rows);
}

export function memoryTable({ memory, peers }: BenchResult): string {
  const titles = new Map(peers.map(({ name, title }) => [name, title]));
  const rows = memory.map(({ peer, idle, peak }) => [
    titles.get(peer) ?? peer,
    mebibytes(peak - idle),
    mebibytes(idle),
    mebibytes(peak),
  ]);
  return table(['line', 'over idle', 'idle', 'with the step'], rows);
}

export function compileTable({ compile, peers }: BenchResult): string {
  const titles = new Map(peers.map(({ name, title }) => [name, title]));
  const rows = compile.map(
    ({ peer, case: one, warm, warmCompile, warmAgain, first, process, emptyProcess }) => [
      `${titles.get(peer) ?? peer}, ${shapeOf(one)}`,
      milliseconds(warm),
      milliseconds(warmCompile),
      milliseconds(warmAgain),
      milliseconds(first),
      milliseconds(process.median),
      milliseconds(emptyProcess.median),
    ],
  );
  const head = [
    'line',
    'warm',
    'of that, `compile`',
    'another instance',
    'first in a process',
    'new process',
    'empty process',
  ];
  return table(head, rows);
}

export function sizeTable({ sizes, peers }: BenchResult): string {
  const titles = new Map(peers.map(({ name, title }) => [name, title]));
  const rows = sizes.map(({ peer, case: one, figures }) => [
    `${titles.get(peer) ?? peer}, ${one.operation === 'train' ? `training, H ${largeCase.hidden}` : `one step, H ${largeCase.hidden}`}`,
    kilobytes(figures.code!),
    kilobytes(figures.codeGzip!),
    kilobytes(figures.file!),
    kilobytes(figures.fileGzip!),
    String(figures.variants!),
  ]);
  const head = ['module of `lstm.rnn`', 'code', 'gzip', 'file with manifest', 'gzip', 'register blocks'];
  return table(head, rows);
}

export function recordedTable(): string {
  const rows = recorded.map(({ torch, jax, ...one }) => [
    `${titleOf({ ...one, inputs: one.hidden })}, ${one.operation}, ${shapeOf({ ...one, inputs: one.hidden })}`,
    time(torch * 1e3),
    time(jax * 1e3),
  ]);
  return table(['cell and sizes', 'PyTorch 2.13', 'JAX 0.10'], rows);
}
